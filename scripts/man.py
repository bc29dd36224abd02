#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Make the manual pages of the tools that are installed, from what their --help says: the same bytes each time.

Who installs them writes the folder of the texts for @DOCDIR@."""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
# By the name that it is installed under: the program, its subcommands, and what it does in some words.
TOOLS = {
    "slipway-bench": ("tools/bootbench", ["compare", "plot", "ratio", "disks"], "run firmware images side by side"),
    "slipway-log": ("tools/bootlog", [], "show what a boot with Slipway left behind"),
    "slipway-run": ("tools/run", [], "boot a kernel in QEMU with Slipway"),
}
PAGES = {name: f"{name}.1" for name in TOOLS}


def help_of(name, *words):
    """What the tool says when it is called by the name that it is installed under."""
    with tempfile.TemporaryDirectory() as folder:
        link = pathlib.Path(folder) / name
        link.symlink_to(ROOT / TOOLS[name][0])
        # Its width and colours are not the terminal's, and its defaults not the caller's.
        env = {k: v for k, v in os.environ.items() if k not in ("KERNEL", "INITRD", "APPEND", "FORCE_COLOR")}
        env |= {"COLUMNS": "92", "NO_COLOR": "1", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run([sys.executable, link, *words, "--help"], capture_output=True, text=True, env=env, timeout=60)
    if done.returncode:
        sys.exit(f"man: {TOOLS[name][0]} {' '.join(words)} --help: {done.stderr.strip() or done.returncode}")
    return done.stdout


def escape(text):
    """Text as roff takes it: a hyphen that can be copied, and no control line."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("~", "\\(ti").replace("^", "\\(ha").replace("`", "\\(ga")
    return "\n".join("\\&" + line if line.startswith((".", "'")) else line for line in text.split("\n"))


def entries(lines):
    """argparse's lists of options: (what is written, what it does)."""
    found = []
    for line in lines:
        if re.match(r"  \S", line):
            words = re.split(r"  +", line.strip(), maxsplit=1)
            found.append([words[0], words[1:]])
        elif line.strip():
            found[-1][1].append(line.strip())
    return [(what, " ".join(does)) for what, does in found]


def body(text):
    """A description: paragraphs are filled, what is indented stays as it is."""
    out = []
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        lines = block.split("\n")
        if any(line.startswith(" ") for line in lines):
            out += [".PP", ".nf", escape(block), ".fi"]
        else:
            out += [".PP", escape(" ".join(lines))]
    return out


def sections(text):
    """{heading: text} of what --help prints: "usage", "" for what is before and behind lists, and argparse's lists."""
    usage, _, rest = text.partition("\n\n")
    found = {"usage": " ".join(usage.split()[1:]), "": "", "examples": ""}
    current = ""
    for line in rest.split("\n"):
        heading = re.fullmatch(r"(positional arguments|options|examples):", line)
        ends = current and line and not line.startswith(" ")
        if heading:
            current = heading[1]
            found.setdefault(current, "")
        elif ends:
            current = "exit"
            found[current] = found.get(current, "") + line + "\n"
        else:
            found[current] += line + "\n"
    return found


def command(found, heading):
    """The lists of one command's --help, under a heading of that level."""
    out = []
    for name in ("positional arguments", "options"):
        if name in found:
            out += [f".{heading} {'ARGUMENTS' if name[0] == 'p' else 'OPTIONS'}"]
            for what, does in entries(found[name].split("\n")):
                out += [".TP", f".B {escape(what)}", escape(does)]
    return out


def page(name, version):
    tool, subcommands, short = TOOLS[name]
    found = sections(help_of(name))
    out = [f'.TH {name.upper()} 1 "" "Slipway {version}" "User Commands"', ".ad l", ".nh", ".SH NAME",
           f"{escape(name)} \\- {short}", ".SH SYNOPSIS"]
    parts = {word: sections(help_of(name, word)) for word in subcommands}
    for usage in (f["usage"] for f in (found, *parts.values())):
        words = usage[len(name):].strip()
        out += [f".B {escape(name)}", escape(words), ".br"]
    out += [".SH DESCRIPTION", *body(found[""]), *command(found, "SH")]
    for word, part in parts.items():
        out += [f'.SH "{word.upper()}"', *body(part[""]), *command(part, "SS")]
    if found["examples"].strip():
        out += [".SH EXAMPLES", *body(found["examples"])]
    if "exit" in found:
        out += [".SH NOTES", *body(found["exit"])]
    out += [".SH SEE ALSO", "@DOCDIR@, qemu\\-system\\-x86_64(1)"]
    return "\n".join(out) + "\n"


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--out", type=pathlib.Path, required=True, help="folder of the pages")
    p.add_argument("--version", required=True, help="what the foot of each page names")
    args = p.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    for name, file in PAGES.items():
        (args.out / file).write_text(page(name, args.version))


if __name__ == "__main__":
    main()

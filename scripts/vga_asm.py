#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Make gcc's assembly for 16-bit code harmless to weak emulators of the x86, and small.

A VGA BIOS runs in emulators too (X servers, 64-bit Windows). Some of them take the operand-size prefix of `call`, `ret`,
or `lea` for nothing, so these are said in other words:

    call F          callw F                 a return address of two bytes: arguments on the stack are two bytes
    ret             retw                    nearer than gcc expects
    leal D(B,I,S)   movl, shll, addl        between pushfw and popfw where a condition is alive

and what gcc says with 32 bits is said with 16 where nobody wants the upper half (vga_narrow.py), a byte or more shorter.

What cannot be said otherwise ends with 1 and names the line."""
import argparse
import pathlib
import re
import sys

from vga_narrow import Program, Refused

LEA = re.compile(r"\s*leal\s+(?:(?P<disp>[^(]*)\((?P<base>%\w+)?(?:,(?P<index>%\w+)(?:,(?P<scale>\d))?)?\)|(?P<plain>[^(]+)),\s*(?P<to>%\w+)$")
def mnemonic(line):
    """The instruction's name, or "" for labels, directives, comments."""
    word = line.split(None, 1)[0] if line.strip() else ""
    if word in ("rep", "repz", "repnz", "lock"):
        return line.split()[1].rstrip(";")
    return "" if word.startswith((".", "#", "/")) or word.endswith(":") else word


def lea(line, alive):
    m = LEA.match(line)
    if not m:
        raise Refused("an address that is not known here")
    to, base, index, disp = m["to"], m["base"], m["index"], m["disp"] or m["plain"] or ""
    if m["plain"]:
        return [f"\tmovl\t${disp}, {to}"]
    times = int(m["scale"] or 1)
    out = []
    if index is None:
        if base != to:
            out.append(f"\tmovl\t{base}, {to}")
        if disp and disp != "0":
            out.append(f"\taddl\t${disp}, {to}")
    elif to == index:
        if base == to:
            out.append(f"\timull\t${times + 1}, {to}, {to}")
        elif times > 1:
            out.append(f"\tshll\t${times.bit_length() - 1}, {to}")
        if base not in (to, None):
            out.append(f"\taddl\t{base}, {to}")
    else:
        if base == to:
            out += [f"\taddl\t{index}, {to}"] * times
        else:
            out.append(f"\tmovl\t{index}, {to}")
            if times > 1:
                out.append(f"\tshll\t${times.bit_length() - 1}, {to}")
            if base:
                out.append(f"\taddl\t{base}, {to}")
    if index is not None and disp and disp != "0":
        out.append(f"\taddl\t${disp}, {to}")
    if alive and any(not x.startswith("\tmovl") for x in out):
        if "%esp" in (index, to):
            raise Refused("a condition is alive and the stack pointer changes")
        if base == "%esp":
            out.append(f"\taddl\t$2, {to}")        # the pushed flags
        out = ["\tpushfw", *out, "\tpopfw"]
    return out


def one(line, alive):
    name = mnemonic(line)
    if name in ("call", "calll"):
        target = line.split(None, 1)[1]
        if target.startswith("*"):
            if not re.fullmatch(r"\*%e\w\w", target) or target == "*%esp":
                raise Refused("a call through memory")
            target = f"*%{target[3:]}"
        return [f"\tcallw\t{target}"]
    if name in ("ret", "retl"):
        return ["\tretw" + line.strip()[len(name):]]
    if name == "leal":
        return lea(line, alive)
    if name in ("enter", "enterl", "lea"):
        raise Refused(f"{name} is not known here")
    return [line]


def said(text, alive):
    """What a weak emulator understands for one instruction."""
    if text.startswith("\tleal16\t"):
        return [re.sub(r"%e", "%", line).replace("l\t", "w\t") for line in lea(text.replace("leal16", "leal"), alive)]
    return one(text, alive)


def convert(files):
    """{name: what it is made of} of a whole program, {name: gcc's assembly}."""
    program = Program(files)
    out = {}
    for name in files:
        lines = []
        for line in program.rewritten(name, said):
            lines.append("\t.code16" if line.strip() == ".code16gcc" else line)
        out[name] = "\n".join(lines) + "\n"
    return out


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("file", type=pathlib.Path, help="gcc -m16 -S of the whole program")
    p.add_argument("--out", required=True, type=pathlib.Path, help="the assembly to make")
    args = p.parse_args()
    try:
        made = convert({args.file.name: args.file.read_text()})
    except Refused as e:
        sys.exit(f"vga_asm: {e}")
    args.out.write_text(made[args.file.name])


if __name__ == "__main__":
    main()

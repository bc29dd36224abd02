#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Say which code of the firmware a boot spends its instructions in.

As a rule: the instructions that ran, by function. QEMU runs one at a time and logs its address;
repeated string instructions count once per iteration.

--translated: the instructions and blocks that TCG translated until the kernel was entered, each block
once, which is what code that runs once costs there. An instruction counts for the function that it was
written in, inlined or not; one of a header for the function of a .c file that it was inlined
into; a block for its first instruction.
"""
import argparse
import bisect
import collections
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from elftools.elf.elffile import ELFFile

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "qemu"),
                str(pathlib.Path(__file__).resolve().parent)]
import measure  # noqa: E402
import vm  # noqa: E402
from bench import trace, translated  # noqa: E402

ROM = range(0xFFF80000, 0x100000000)
ROM16 = range(0xFFFF0000, 0x100000000)	# the 16-bit image; it is linked where guests see it:
SHADOW = range(0xF0000, 0x100000)
OUTSIDE = "(outside the image)"


class Source:
    """Names behind linear addresses, from the symbols and line numbers of the two linked images."""

    def __init__(self, elf, elf16):
        self.elf, self.elf16 = elf, elf16
        self.tables = {f: symbols(f) for f in (elf, elf16)}
        self.frames = {}	# place: [(function, file:line), ...], innermost first

    def place(self, address):
        """(image, address in it), or None outside."""
        if address in ROM16 or address in SHADOW:
            return self.elf16, SHADOW.start | address & 0xFFFF
        return (self.elf, address) if address in ROM else None

    def symbol(self, address):
        where = self.place(address)
        if not where:
            return OUTSIDE
        table = self.tables[where[0]]
        at = bisect.bisect(table, (where[1], "\x7f")) - 1
        return table[at][1] if at >= 0 else "(before the first symbol)"

    def learn(self, addresses):
        """Ask for the line numbers of all at once."""
        wanted = {self.place(a) for a in addresses} - {None}
        for image in self.tables:
            said = subprocess.run(["addr2line", "-aif", "-e", image], stdout=subprocess.PIPE, check=True, text=True,
                                  input="".join(f"{a:#x}\n" for i, a in wanted if i == image)).stdout
            for answer in re.split(r"^0x", said, flags=re.M)[1:]:
                address, *frames = answer.splitlines()
                self.frames[image, int(address, 16)] = list(zip(frames[::2], frames[1::2]))

    def name(self, address):
        """(function, file): of the innermost frame that is not in a header."""
        where = self.place(address)
        if not where:
            return OUTSIDE, OUTSIDE
        for function, line in self.frames[where]:
            file = re.sub(r":[^:]*$", "", line)
            if not file.endswith(".h") and file != "??":
                return self.symbol(address) if function == "??" else function, os.path.normpath(file)
        return self.symbol(address), "(no line numbers)"


def symbols(elf):
    """Sorted (address, name) of functions and labels."""
    with open(elf, "rb") as f:
        image = ELFFile(f)
        code = [n for n in range(image.num_sections()) if image.get_section(n)["sh_flags"] & 4]
        return sorted({s["st_value"]: s.name for s in image.get_section_by_name(".symtab").iter_symbols()
                       if s["st_shndx"] in code and s["st_info"]["type"] in ("STT_FUNC", "STT_NOTYPE")
                       and s.name and not s.name.startswith("exception_")}.items())


def command(args, folder):
    """QEMU's command line: the one that the budgets are of, or the caller's own."""
    path = next(p for p in measure.PATHS if p.name == args.machine)
    if args.qemu:
        path = measure.Path("own", [*args.qemu, *([] if "-M" in args.qemu else ["-M", "pc"])], None, None, None, None)
    line = measure.command(path, args.bios, folder, [])
    if args.kernel:
        line[line.index("-kernel") + 1] = args.kernel
    return line


def ran(args, source, folder):
    """Instructions that ran, by function, those of the kernel included."""
    log = folder / "log"
    one = ["-accel", "tcg,one-insn-per-tb=on"] if vm.version() >= (8, 1) else ["-accel", "tcg", "-singlestep"]
    line = command(args, folder)
    del line[line.index("-accel"):line.index("-accel") + 2]
    try:
        subprocess.run([*line, *one, "-d", "exec,nochain", "-device", "isa-debug-exit,iobase=0xf4", "-D", log],
                       timeout=args.seconds, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        print(f"hotspots: QEMU did not end within {args.seconds} s; counting what there is", file=sys.stderr)
    return collections.Counter(source.symbol(int(m[1], 16))
                               for m in re.finditer(r"\[[0-9a-f]+/([0-9a-f]+)/", log.read_text()))


def show(counts, top, heads):
    """counts: [(name, numbers)], sorted; a bar for the first number."""
    total = [sum(n[i] for _, n in counts) for i in range(len(heads))]
    most = max((n[0] for _, n in counts), default=1)
    print("".join(f"{h:>13}" for h in heads))
    for name, n in counts[:top]:
        share = n[0] / max(total[0], 1)
        print("".join(f"{x:13,}" for x in n) + f" {share:6.1%}  {'#' * (n[0] * 20 // most):20} {name}")
    if len(counts) > top:
        print("".join(f"{sum(n[i] for _, n in counts[top:]):13,}" for i in range(len(heads))) +
              f"{'':31}({len(counts) - top} more)")
    print("".join(f"{x:13,}" for x in total) + f"{'':31}together")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                epilog="Everything after -- goes to QEMU, in place of the machine's own arguments.")
    p.add_argument("--translated", action="store_true", help="what was translated, not what ran")
    p.add_argument("--by", choices=["function", "file", "folder"], default="function", help="with --translated")
    p.add_argument("--order", action="store_true", help="print src/arch/launch_path.lds anew: the functions that a launch runs")
    p.add_argument("--machine", choices=measure.LIMITS, default="pc", help="as measure.py has it (default pc)")
    p.add_argument("--bios", default=str(vm.OUT / "bios.bin"))
    p.add_argument("--elf", default=str(vm.OUT / "bios.elf"), help="symbols of the image; rt16.elf is beside it")
    p.add_argument("--kernel", help="another marker kernel")
    p.add_argument("--seconds", type=int, default=60, help="limit (default 60)")
    p.add_argument("--top", type=int, default=40, help="rows (default 40)")
    p.add_argument("qemu", nargs="*")
    args = p.parse_args()
    source = Source(args.elf, str(pathlib.Path(args.elf).with_name("rt16.elf")))
    with tempfile.TemporaryDirectory() as tmp:
        if args.order:
            order(args, pathlib.Path(tmp))
            return
        if not args.translated:
            counts = ran(args, source, pathlib.Path(tmp))
            show([(name, [n]) for name, n in counts.most_common()], args.top, ["instructions"])
            return
        try:
            code = translated.measure(command(args, pathlib.Path(tmp)), args.seconds)
        except trace.NotReached as e:
            sys.exit(f"hotspots: {e}")
    source.learn([a for b in code.blocks for a in b.instructions])
    counts = collections.defaultdict(lambda: [0, 0])
    for block in code.blocks:
        names = [label(source.name(a), args.by) for a in block.instructions]
        for name in names:
            counts[name][0] += 1
        counts[names[0]][1] += 1
    show(sorted(counts.items(), key=lambda c: c[1], reverse=True), args.top, ["instructions", "blocks"])


def order(args, folder):
    """The functions that a launch on each machine runs, as they come first: input sections for the linker script."""
    source = Source(args.elf, str(pathlib.Path(args.elf).with_name("rt16.elf")))
    rom = range(0xfff80000, 0xfffe8000)
    sections = set(re.findall(r"^ \.text\.(\w+)", pathlib.Path(args.elf).with_suffix(".map").read_text(), re.MULTILINE))
    names = {}
    for args.machine in ("q35", "pc", "microvm", "q35-default", "pc-default"):
        code = translated.measure(command(args, folder), args.seconds)
        for a in (a for b in code.blocks for a in b.instructions if a in rom):
            names[source.symbol(a).split(".")[0]] = True
    for name in names:
        if name in sections:
            print(f"*(.text.{name} .text.{name}.*)")


def label(name, by):
    function, file = name
    return f"{function}  {file}" if by == "function" else file if by == "file" else os.path.dirname(file) or file


if __name__ == "__main__":
    main()

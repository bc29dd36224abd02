#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Say which functions of the firmware a boot spends its instructions in.

QEMU runs one instruction at a time and logs its address; the addresses are counted by the
symbols of the linked image. Repeated string instructions count once per iteration.
"""
import argparse
import bisect
import collections
import pathlib
import re
import subprocess
import sys
import tempfile

from elftools.elf.elffile import ELFFile

ROM = range(0xFFFC0000, 0x100000000)


def symbols(elf):
    """Sorted (address, name) of functions in ROM."""
    with open(elf, "rb") as f:
        table = ELFFile(f).get_section_by_name(".symtab")
        found = {s["st_value"]: s.name for s in table.iter_symbols()
                 if s["st_value"] in ROM and s["st_info"]["type"] in ("STT_FUNC", "STT_NOTYPE")
                 and s.name and not s.name.startswith("exception_")}
    return sorted(found.items())


def main():
    p = argparse.ArgumentParser(description=__doc__, epilog="Everything after -- goes to QEMU.")
    p.add_argument("--bios", default="out/bios.bin")
    p.add_argument("--elf", default="out/bios.elf", help="symbols of the image")
    p.add_argument("--kernel", default="out/guests/marker-8m.bzImage")
    p.add_argument("--seconds", type=int, default=60, help="limit (default 60)")
    p.add_argument("--top", type=int, default=40, help="rows (default 40)")
    p.add_argument("qemu", nargs="*", default=["-M", "pc", "-nodefaults", "-m", "512"])
    args = p.parse_args()
    table = symbols(args.elf)
    starts = [a for a, _ in table]
    with tempfile.TemporaryDirectory() as tmp:
        trace = pathlib.Path(tmp) / "trace"
        try:
            subprocess.run(["qemu-system-x86_64", "-display", "none", "-no-reboot", "-bios", args.bios,
                            "-kernel", args.kernel, "-singlestep", "-d", "exec,nochain",
                            "-device", "isa-debug-exit,iobase=0xf4", "-D", trace, *args.qemu],
                           timeout=args.seconds, stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            print(f"hotspots: QEMU did not end within {args.seconds} s; counting what there is",
                  file=sys.stderr)
        counts, total = collections.Counter(), 0
        for m in re.finditer(r"\[[0-9a-f]+/([0-9a-f]+)/", trace.read_text()):
            pc = int(m.group(1), 16)
            total += 1
            if pc in ROM and pc < 0xFFFF0000:
                counts[table[bisect.bisect(starts, pc) - 1][1]] += 1
            elif pc in ROM:
                counts["(16-bit)"] += 1
            else:
                counts["(outside the image)"] += 1
    for name, n in counts.most_common(args.top):
        print(f"{n:9} {n / total:6.1%}  {'#' * (n * 40 // total):40} {name}")
    print(f"{total:9} instructions, log and kernel entry included")


if __name__ == "__main__":
    main()

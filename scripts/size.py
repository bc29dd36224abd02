#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Show what the image is filled with: bytes by folder of src/, against their budgets, and the largest
objects. --check ends with 1 when a budget is exceeded."""
import argparse
import collections
import pathlib
import re
import sys

# What an output section can hold (src/arch/rom32.lds, src/arch/rt16.lds), and what each folder may take
# of the ROM: what it takes today and a tenth more, so that growth is a decision and shows in a commit.
LIMITS = {"rom": 160 * 1024, "bss": 12 * 1024}
ROM_BUDGET = {
    "arch": 1_300, "boot": 10_100, "fw": 28_500, "hw": 4_900, "hw/chipset": 1_050, "hw/pci": 13_000,
    "lib": 1_800, "machine": 200, "mem": 3_500, "post": 3_300, "trace": 2_600,
}


def contributions(map_file):
    """(output section, object, bytes) for every piece the linker placed.

    Strings that several objects have are placed once, which newer linkers book on the first object of all:
    what an object brings ("size before relaxing") is counted, and what two bring is counted twice.
    """
    out, pending, found = None, None, []
    for line in map_file.read_text().splitlines():
        if m := re.match(r"^(\.\w+)", line):
            out = m.group(1)[1:]
        line = pending + line if pending else line
        pending = None
        if re.match(r"^ \S+$", line):
            pending = line
        elif m := re.match(r"^ (\S+)\s+0x[0-9a-f]+\s+0x([0-9a-f]+) (\S+\.o)$", line):
            found.append([out, m.group(3).split("/src/")[-1], int(m.group(2), 16)])
        elif m := re.match(r"^ +0x([0-9a-f]+) \(size before relaxing\)$", line):
            found[-1][2] = int(m.group(1), 16)
    return found


def folder_of(name):
    return name.rpartition("/")[0]


def by_folder(map_file):
    """Bytes of ROM by folder below src/."""
    sizes = collections.Counter()
    for where, name, size in contributions(map_file):
        if where == "rom":
            sizes[folder_of(name)] += size
    return sizes


def exceeded(sizes):
    """A line for each folder that takes more than it may, or has no budget."""
    return [f"size: src/{folder}: {size} bytes of ROM, budget {ROM_BUDGET.get(folder, 0)}"
            for folder, size in sorted(sizes.items()) if size > ROM_BUDGET.get(folder, 0)]


def bar(size, largest):
    return "#" * (size * 40 // largest)


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("out", nargs="?", default="out", help="build folder (default out)")
    p.add_argument("--check", action="store_true", help="print only what exceeds its budget; 1 if anything does")
    args = p.parse_args()
    map_file = pathlib.Path(args.out) / "bios.map"
    if not map_file.exists():
        sys.exit(f"size: {map_file} is not there: run make first")
    folders = by_folder(map_file)
    over = exceeded(folders)
    if not args.check:
        print(f"ROM by folder: {sum(folders.values())} of {LIMITS['rom']} bytes")
        for name, size in folders.most_common():
            print(f"  {size:6} of {ROM_BUDGET.get(name, 0):6} {bar(size, max(folders.values())):40} src/{name}")
        for section, limit in LIMITS.items():
            objects = collections.Counter()
            for where, name, size in contributions(map_file):
                if where == section:
                    objects[name] += size
            print(f".{section} by object: {sum(objects.values())} of {limit} bytes")
            for name, size in objects.most_common(40):
                if size:
                    print(f"  {size:6} {bar(size, max(objects.values())):40} {name}")
    if over:
        print("\n".join(over), file=sys.stderr)
    return bool(over) and args.check


if __name__ == "__main__":
    sys.exit(main())

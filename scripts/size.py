#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Show what the image is filled with: bytes by folder, and the largest objects."""
import argparse
import collections
import pathlib
import re
import sys

LIMITS = {"rom": 160 * 1024, "bss": 12 * 1024}


def contributions(map_file):
    """(output section, object, bytes) for every piece the linker placed."""
    out, pending = None, None
    for line in map_file.read_text().splitlines():
        if m := re.match(r"^(\.\w+)", line):
            out = m.group(1)[1:]
        line = pending + line if pending else line
        pending = None
        if re.match(r"^ \S+$", line):
            pending = line
            continue
        if m := re.match(r"^ (\S+)\s+0x[0-9a-f]+\s+0x([0-9a-f]+) (\S+\.o)$", line):
            yield out, m.group(3), int(m.group(2), 16)


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("out", nargs="?", default="out", help="build folder (default out)")
    args = p.parse_args()
    out = pathlib.Path(args.out)
    if not (out / "bios.map").exists():
        sys.exit(f"size: {out}/bios.map is not there: run make first")
    for section in ("rom", "bss"):
        by_object = collections.Counter()
        for where, name, size in contributions(out / "bios.map"):
            if where == section:
                by_object[name.split("/src/")[-1]] += size
        total, limit = sum(by_object.values()), LIMITS[section]
        print(f".{section}: {total} of {limit} bytes")
        for name, size in by_object.most_common(40):
            if size:
                print(f"  {size:6} {'#' * (size * 40 // max(by_object.values())):40} {name}")


if __name__ == "__main__":
    main()

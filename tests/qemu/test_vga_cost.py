#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What calls of INT 10h take of each display: device accesses and changes of the memory map, by QEMU's trace between the marks
of tests/guests/programs/vga_cost.c. Run as a program it prints the table, of SeaVGABIOS or of the ROMs in VGA_ROMS."""
import functools
import sys

import pytest

import test_vga_calls as calls
import vm as qemu

sys.path.insert(0, str(qemu.ROOT / "tools"))
from bench import trace  # noqa: E402

MARK = 0xE1
END = 0xFF
NAMES = ["mode 3", "one character", "79 characters", "line feed that scrolls", "clear", "string of 80", "2,000 cells", "font of 8x16",
         "cursor set", "cursor get", "mode 12h", "character in 12h", "mode 13h", "VBE 118h"]
# Of std: accesses and map changes at most; None: no limit but SeaVGABIOS's.
LIMITS = {"mode 3": (300, 2), "one character": (3, 0), "79 characters": (237, 0), "line feed that scrolls": (4_000, 0), "mode 13h": (300, None),
          "VBE 118h": (60, None)}
# The least of either: by the window of 64 KiB, a line is moved with few accesses, and the map changes twice.
SCROLL_BY_WINDOW = 12
# What SeaVGABIOS 1.16.2 takes of std on QEMU 7.2: the ruler measured.
KNOWN = {"mode 3": 38_007, "one character": 4, "79 characters": 316, "line feed that scrolls": 7_844, "clear": 4_000, "2,000 cells": 4_000,
         "mode 12h": 66_666, "mode 13h": 937, "VBE 118h": 86, "cursor set": 3, "cursor get": 0}


def read_marks(stream):
    """{name: (accesses, map changes)} until the end's mark; a reason (str) when the trace ends without it."""
    found, current, accesses, maps = {}, 0, 0, 0
    for line in stream:
        if line.startswith(b"flatview_new"):
            maps += 1
        elif line.startswith(b"memory_region_ops_") and b" cpu -1 " not in line:
            _, _, addr, value, _, _ = trace.ACCESS.match(line).groups()
            if int(addr, 16) != MARK:
                accesses += 1
                continue
            if current:
                found[NAMES[current - 1]] = accesses, maps
            current, accesses, maps = int(value, 16), 0, 0
            if current == END:
                return found
    return "QEMU ended, or the time limit came, before the last mark"


@functools.lru_cache(None)
def costs(firmware, display, roms=None):
    device = calls.DISPLAYS[display][0]
    qemu.need_device(device)
    command = [qemu.QEMU, "-M", "pc", "-accel", "tcg", "-m", "128", "-nodefaults", "-display", "none", "-no-user-config", "-no-reboot",
               *(["-L", str(roms)] if roms else []), "-bios", qemu.firmware(firmware), "-device", device,
               "-drive", f"file={qemu.GUESTS / 'vga_cost.img'},format=raw,if=none,id=d,snapshot=on",
               "-device", "virtio-blk-pci,drive=d", *qemu.DEBUG_EXIT]
    return trace.run(command, ["memory_region_ops_*", "flatview_new"], read_marks, 240)[1]


def test_the_ruler_measures_what_it_did():
    measured = costs("seabios", "std")
    assert list(measured) == NAMES
    for name, known in KNOWN.items():
        assert abs(measured[name][0] - known) <= known / 20 + 1, (name, measured[name])


@pytest.mark.parametrize("display", calls.DISPLAYS)
def test_no_call_takes_more_than_seavgabios_does(display):
    calls.rom_asked_for(display)
    ours, theirs = costs("seabios", display, calls.ROMS), costs("seabios", display)
    more = [f"{name}: {ours[name]}, {theirs[name]} with SeaVGABIOS" for name in NAMES if ours[name][0] > theirs[name][0]]
    assert not more, "\n".join(more)


@pytest.mark.parametrize("name", LIMITS)
def test_calls_keep_to_their_budget(name):
    calls.rom_asked_for("std")
    accesses, maps = costs("seabios", "std", calls.ROMS)[name]
    limit, map_limit = LIMITS[name]
    if name == "line feed that scrolls" and accesses <= SCROLL_BY_WINDOW:
        map_limit = None
    assert accesses <= limit and (map_limit is None or maps <= map_limit), (accesses, maps)


def main():
    roms = calls.ROMS if len(sys.argv) > 1 and sys.argv[1] == "ours" else None
    tables = {}
    for display in calls.DISPLAYS:
        try:
            if roms:
                calls.rom_asked_for(display)
            tables[display] = costs("seabios", display, roms)
        except qemu.Absent as e:
            print(f"{display}: {e}")
    print(f"{'':24}" + "".join(f"{d:>16}" for d in tables))
    for name in NAMES:
        print(f"{name:24}" + "".join(f"{'{:,} / {}'.format(*t[name]):>16}" for t in tables.values()))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What calls of INT 10h take of each display: device accesses and changes of the memory map, by QEMU's trace between the marks
of tests/guests/programs/vga_cost.c. Run as a program it prints the table, of SeaVGABIOS or, with "ours", of the ROMs in out/ or
VGA_ROMS.

An element of `rep outsb` counts as one access: KVM, too, hands each to QEMU by itself. A change of the map makes some
flatviews anew, as many as the machine has address spaces: the guest's first mark, around one change, tells how many."""
import functools
import sys

import pytest

import test_vga_calls as calls
import vm as qemu
from test_budget import judge

sys.path.insert(0, str(qemu.ROOT / "tools"))
from bench import trace  # noqa: E402

MARK = 0xE1
END = 0xFF
RULER = "one map change"
NAMES = ["mode 3", "one character", "79 characters", "line feed that scrolls", "clear", "string of 80", "2,000 cells", "font of 8x16",
         "cursor set", "cursor get", "mode 12h", "character in 12h", "mode 13h", "VBE 118h"]
# Accesses and map changes at most. Mode 13h has a DAC of 256 colours, three bytes each: 768 that no register takes two at a time.
VGA = {"mode 3": (300, 2), "one character": (3, 0), "79 characters": (237, 0), "line feed that scrolls": (10, 2), "clear": (4_000, 0),
       "string of 80": (162, 0), "2,000 cells": (4_000, 0), "font of 8x16": (15, 2), "cursor set": (2, 0), "cursor get": (0, 0),
       "mode 12h": (65_820, 0), "character in 12h": (25, 0), "mode 13h": (768 + 92, 1), "VBE 118h": (20, 1)}
# QEMU counts a word to two of cirrus' registers as two, and its memory is no plain memory in mode 13h.
CIRRUS = {"mode 3": (369, 2), "one character": (5, 0), "79 characters": (395, 0), "line feed that scrolls": (24, 2), "string of 80": (164, 0),
          "font of 8x16": (30, 2), "cursor set": (4, 0), "mode 12h": (65_887, 0), "character in 12h": (32, 0), "mode 13h": (66_463, 0),
          "VBE 118h": (261, 37)}
ATI = {"mode 12h": (65_825, 0), "mode 13h": (768 + 97, 1), "VBE 118h": (49, 5)}
PAINTED = {name: (0, 0) for name in NAMES}
LIMITS = {"cirrus": VGA | CIRRUS, "ati": VGA | ATI, "ramfb": PAINTED | {"mode 3": (1, 0)},
          "bochs-display": PAINTED | {"mode 3": (18, 0), "mode 12h": (10, 0), "mode 13h": (10, 0), "VBE 118h": (10, 0)}}
# Where SeaVGABIOS changes nothing in the map and reads and writes cell by cell: the window that is plain memory, there and back.
WINDOW_MAPS = 2
# What SeaVGABIOS 1.16.2 takes of std on QEMU 7.2: the ruler measured. NEWER: what 1.17 takes more.
KNOWN = {"mode 3": 38_007, "one character": 4, "79 characters": 316, "line feed that scrolls": 7_844, "clear": 4_000, "2,000 cells": 4_000,
         "mode 12h": 66_666, "mode 13h": 937, "VBE 118h": 86, "cursor set": 3, "cursor get": 0}
NEWER = {"mode 13h": 1_192}


def read_marks(stream):
    """{name: (accesses, flatviews)} until the end's mark; a reason (str) when the trace ends without it."""
    names, found, current, accesses, maps = [RULER, *NAMES], {}, 0, 0, 0
    for line in stream:
        if line.startswith(b"flatview_new"):
            maps += 1
        elif line.startswith(b"memory_region_ops_") and b" cpu -1 " not in line:
            _, _, addr, value, _, _ = trace.ACCESS.match(line).groups()
            if int(addr, 16) != MARK:
                accesses += 1
                continue
            if current:
                found[names[current - 1]] = accesses, maps
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
    found = trace.run(command, ["memory_region_ops_*", "flatview_new"], read_marks, 240)[1]
    accesses, change = found.pop(RULER)
    assert (accesses, change > 0) == (1, True), (accesses, change)
    assert not any(views % change for _, views in found.values()), (change, found)
    return {name: (accesses, views // change) for name, (accesses, views) in found.items()}


def test_the_ruler_measures_what_it_did():
    measured = costs("seabios", "std")
    assert list(measured) == NAMES
    for name, known in KNOWN.items():
        assert any(abs(measured[name][0] - n) <= n / 20 + 1 for n in (known, NEWER.get(name, known))), (name, measured[name])


@pytest.mark.parametrize("display", calls.DISPLAYS)
def test_no_call_takes_more_than_seavgabios_does(display):
    calls.rom(display)
    ours, theirs = costs("seabios", display, calls.ROMS), costs("seabios", display)
    more = [f"{name}: {ours[name]}, {theirs[name]} with SeaVGABIOS" for name in NAMES
            if ours[name][0] > theirs[name][0] or ours[name][1] > max(theirs[name][1], WINDOW_MAPS)]
    assert not more, "\n".join(more)


@pytest.mark.parametrize("display", calls.DISPLAYS)
def test_calls_keep_to_their_budget(display):
    calls.rom(display)
    ours = costs("seabios", display, calls.ROMS)
    limits = LIMITS.get(display, VGA)
    for name in NAMES:
        judge(f"{display}: {name}: device accesses", ours[name][0], limits[name][0])
        judge(f"{display}: {name}: map changes", ours[name][1], limits[name][1])


def main():
    roms = calls.ROMS if len(sys.argv) > 1 and sys.argv[1] == "ours" else None
    tables = {}
    for display in calls.DISPLAYS:
        try:
            if roms:
                calls.rom(display)
            tables[display] = costs("seabios", display, roms)
        except qemu.Absent as e:
            print(f"{display}: {e}")
    print(f"{'':24}" + "".join(f"{d:>16}" for d in tables))
    for name in NAMES:
        print(f"{name:24}" + "".join(f"{'{:,} / {}'.format(*t[name]):>16}" for t in tables.values()))


if __name__ == "__main__":
    main()

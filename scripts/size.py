#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Show what the image is filled with: bytes by folder of src/, against their budgets, and the largest
objects. --check ends with 1 when a budget is exceeded."""
import argparse
import collections
import pathlib
import sys

from elftools.elf.constants import SH_FLAGS
from elftools.elf.elffile import ELFFile

SRC = pathlib.Path(__file__).resolve().parents[1] / "src"

# What an output section can hold (src/arch/rom32.lds, src/arch/rt16.lds), and what each folder may take
# of the ROM: what it takes today and a tenth more, so that growth is a decision and shows in a commit.
LIMITS = {"rom": 416 * 1024, "bss": 12 * 1024}
ROM_BUDGET = {
    "arch": 2_150, "arch/hash": 600, "boot": 12_000, "boot/kernel": 26_100, "boot/list": 8_600, "boot/menu": 3_000, "boot/request": 2_600, "boot/rom": 14_700, "boot/intact": 3_000, "boot/splash": 3_500, "boot/failure": 1_750,
    "fw": 31_000, "hw": 6_700, "hw/block": 6_700, "hw/block/ata": 10_400, "hw/block/floppy": 3_650, "hw/block/hba": 12_350, "hw/block/nvme": 5_100,
    "hw/block/scsi": 4_000, "hw/block/sd": 3_550, "hw/block/virtio": 8_300,
    "hw/chipset": 2_150, "hw/display": 1_980, "hw/display/several": 310, "../vgasrc": 30_720, "hw/pci": 13_450, "hw/watchdog": 2_650,
    "lib": 1_800, "lib/hash": 1_100, "machine": 250, "mem": 3_300, "post": 4_500, "trace": 3_150, "dma": 2_500, "pm": 2_750, "services": 21_600, "smm": 3_200,
}


def contributions(out):
    """(section, object, bytes) for each object: what it compiles to by itself. The image is made of all as a
    whole and takes less."""
    for file in sorted((out / "src").rglob("*.o")):
        name = str(file.relative_to(out / "src"))
        source = SRC / name
        if name.startswith(("rt16/", "smm/handler/")) or not (source.with_suffix(".c").exists() or source.with_suffix(".S").exists()):
            continue  # another image, or left by an older tree
        with open(file, "rb") as f:
            for section in ELFFile(f).iter_sections():
                if section["sh_flags"] & SH_FLAGS.SHF_ALLOC:
                    writable = section["sh_flags"] & SH_FLAGS.SHF_WRITE
                    yield "bss" if writable else "rom", name, section["sh_size"]


def rom_of(out):
    """Bytes of ROM that the linked image takes."""
    with open(out / "bios.elf", "rb") as f:
        return ELFFile(f).get_section_by_name(".rom")["sh_size"]


def folder_of(name):
    """Where it belongs: the VGA BIOS is a program of its own, which is a constant in the image."""
    return "../vgasrc" if name == "boot/rom/own_vga_image.o" else name.rpartition("/")[0]


def by_folder(out):
    """Bytes of ROM by folder below src/."""
    sizes = collections.Counter()
    for where, name, size in contributions(out):
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
    out = pathlib.Path(args.out)
    if not (out / "bios.elf").exists():
        sys.exit(f"size: {out}/bios.elf is not there: run make first")
    folders = by_folder(out)
    over = exceeded(folders)
    if not args.check:
        print(f"ROM: {rom_of(out)} of {LIMITS['rom']} bytes; by folder, each source by itself: {sum(folders.values())}")
        for name, size in folders.most_common():
            print(f"  {size:6} of {ROM_BUDGET.get(name, 0):6} {bar(size, max(folders.values())):40} src/{name}")
        for section, limit in LIMITS.items():
            objects = collections.Counter()
            for where, name, size in contributions(out):
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

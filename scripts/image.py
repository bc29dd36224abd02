#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Put the two linked programs into the 512 KiB image and check what must hold of it."""
import argparse
import sys

from elftools.elf.elffile import ELFFile

ROM_BASE, ROM_SIZE = 0xFFF80000, 512 * 1024
HOLE = (0xFFFE8000, 0xFFFF0000)     # the firmware's RAM aliases it on machines without shadow RAM


def segments(path):
    """Loaded bytes of an ELF file as (physical address, bytes)."""
    with open(path, "rb") as f:
        elf = ELFFile(f)
        loads = [s for s in elf.iter_segments("PT_LOAD")]
        for s in elf.iter_sections():
            if s["sh_flags"] & 2 and s["sh_type"] == "SHT_PROGBITS" and s["sh_size"]:
                load = next(p for p in loads if p.section_in_segment(s))
                yield s["sh_addr"] + load["p_paddr"] - load["p_vaddr"], s.data(), s.name


def symbol(path, name):
    with open(path, "rb") as f:
        found = ELFFile(f).get_section_by_name(".symtab").get_symbol_by_name(name)
        if not found:
            sys.exit(f"image: {path} has no symbol {name}")
        return found[0]["st_value"]


def check_gdt(image, address):
    """Accessed bits must be set: the CPU would write them, and under KVM a write to ROM hangs."""
    at = address - ROM_BASE
    limit = int.from_bytes(image[at:at + 2], "little")
    base = int.from_bytes(image[at + 2:at + 6], "little")
    for i in range(base - ROM_BASE, base - ROM_BASE + limit + 1, 8):
        descriptor = int.from_bytes(image[i:i + 8], "little")
        access = descriptor >> 40 & 0xFF
        if descriptor and (not access & 1 or not access & 0x10):
            sys.exit(f"image: GDT descriptor {descriptor:#018x} at {i + ROM_BASE:#x}: "
                     f"access byte {access:#04x} has no accessed bit or is a system segment")


def check_window(image):
    """QEMU shows the last 128 KiB at E0000, where an OS looks for tables and option ROMs: no text may be one."""
    for at in range(ROM_SIZE - 0x20000, ROM_SIZE, 16):
        if image.startswith((b"RSD PTR ", b"_MP_", b"_SM_", b"_SM3_", b"$PIR", b"_32_", b"$PnP"), at):
            sys.exit(f"image: the bytes at {ROM_BASE + at:#x} begin like a table that an OS scans for: {image[at:at + 8]}")
        if at % 2048 == 0 and image[at:at + 2] == b"\x55\xaa":
            sys.exit(f"image: the bytes at {ROM_BASE + at:#x} begin like an option ROM")


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--rom32", required=True, help="ELF file of the 32-bit program")
    p.add_argument("--rt16", required=True, help="ELF file of the 16-bit image")
    p.add_argument("--out", required=True)
    args = p.parse_args()
    image = bytearray(ROM_SIZE)
    for path, shift in ((args.rom32, 0), (args.rt16, 0xFFF00000)):
        for address, data, name in segments(path):
            address += shift
            if address < ROM_BASE or address + len(data) > ROM_BASE + ROM_SIZE:
                sys.exit(f"image: {path}: {name} at {address:#x} is outside the image")
            if address < HOLE[1] and address + len(data) > HOLE[0]:
                sys.exit(f"image: {path}: {name} at {address:#x} lies in the hole")
            image[address - ROM_BASE:address - ROM_BASE + len(data)] = data
    check_gdt(image, symbol(args.rt16, "rt16_gdt_pointer") + 0xFFF00000)
    check_window(image)
    with open(args.out, "wb") as f:
        f.write(image)


if __name__ == "__main__":
    main()

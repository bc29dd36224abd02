#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Make an option ROM file of the VGA BIOS, for one kind of display: the header's size, ids and checksums are filled in.
The display is known by the file's name, which is the one that QEMU looks for."""
import argparse
import pathlib
import struct
import sys

from elftools.elf.elffile import ELFFile

# By file: number of the card (enum vga_card, src/arch/vga_rom.h), vendor, device, and bytes of its ROM BAR with the file that
# QEMU brings; 0: it has none. A file that QEMU would give a smaller one is made longer: a guest is saved with that BAR.
CARDS = {
    "vgabios-stdvga.bin": (0, 0x1234, 0x1111, 0x10000),
    "vgabios.bin": (1, 0, 0, 0),
    "vgabios-cirrus.bin": (2, 0x1013, 0x00b8, 0x10000),
    "vgabios-qxl.bin": (3, 0x1b36, 0x0100, 0x10000),
    "vgabios-vmware.bin": (4, 0x15ad, 0x0405, 0x10000),
    "vgabios-virtio.bin": (5, 0x1af4, 0x1050, 0x10000),
    "vgabios-ati.bin": (6, 0x1002, 0x5046, 0x10000),
    "vgabios-bochs-display.bin": (7, 0x1234, 0x1111, 0x8000),
    "vgabios-ramfb.bin": (8, 0, 0, 0),
}
BLOCK = 512
CARD_AT = 0x28      # rom_info.card


def image(elf):
    """The program, and where its PCI data structure is."""
    with open(elf, "rb") as f:
        data = ELFFile(f).get_section_by_name(".rom").data()
    return bytearray(data.ljust(-(-len(data) // BLOCK) * BLOCK, b"\0"))


def fill_sum(data, at, start, size):
    data[at] = 0
    data[at] = -sum(data[start:start + size]) & 0xff


def finish(data, name):
    card, vendor, device, bar = CARDS[name]
    if bar and len(data) > bar:
        raise ValueError(f"{len(data)} bytes, {bar} at most")
    pcir, pnp = struct.unpack_from("<HH", data, 0x18)
    if data[pcir:pcir + 4] != b"PCIR" or data[pnp:pnp + 4] != b"$PnP" or data[0x24:0x28] != b"SLVG":
        raise ValueError("not the VGA BIOS: a header is not where it should be")
    data[2] = len(data) // BLOCK
    data[CARD_AT] = card
    struct.pack_into("<HH", data, pcir + 4, vendor, device)
    struct.pack_into("<H", data, pcir + 16, len(data) // BLOCK)
    if not vendor:                          # no PCI device: nobody is to take it for one's
        data[0x18:0x1a] = b"\0\0"
    fill_sum(data, pnp + 9, pnp, 32)
    fill_sum(data, 6, 0, len(data))
    return bytes(data)


def for_bar(data, name):
    """The image, and behind it as much as makes QEMU, which rounds up to a power of two, give it that BAR."""
    bar = CARDS[name][3]
    return data.ljust(bar // 2 + BLOCK, b"\0") if len(data) <= bar // 2 else data


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--elf", help="the program, linked")
    p.add_argument("--out", type=pathlib.Path, help=f"the file; its name is one of {', '.join(CARDS)}")
    p.add_argument("--bare", action="store_true", help="no longer than the image in it")
    p.add_argument("--names", action="store_true", help="print those names")
    args = p.parse_args()
    if args.names:
        print(*CARDS)
        return
    if not args.elf or not args.out or args.out.name not in CARDS:
        p.error("--elf and --out are needed, and a name that is known")
    try:
        rom = finish(image(args.elf), args.out.name)
        args.out.write_bytes(rom if args.bare else for_bar(rom, args.out.name))
    except (OSError, ValueError) as e:
        sys.exit(f"vga_rom: {args.out}: {e}")


if __name__ == "__main__":
    main()

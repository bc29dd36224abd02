#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Make a bzImage of a linked test kernel.

The payload is padded to --size bytes with a pattern that has no period the size of a page. Where
it starts with the magic of check/entry32.S, the blanks there are filled in: sizes, an Adler-32 of everything
but the variables and these blanks, and a copy of the setup header.
"""
import argparse
import subprocess
import struct
import tempfile
import zlib

MAGIC = b"SLGUEST1"			# at payload offset 8, then the fields of `struct blanks`
BLANKS = struct.Struct("<8sIIII")	# magic, payload size, zero_start, zero_end, adler32
HEADER_COPY = 64, 0x1f1, 0x26c		# where in the payload, first byte and end in the setup part
SUM_FROM = 192				# the sum leaves out what stands before


def section(elf, name):
    with tempfile.NamedTemporaryFile() as f:
        subprocess.run(["objcopy", "-O", "binary", "--set-section-flags", ".zero=alloc,load,contents",
                        *[f"--only-section={n}" for n in name], elf, f.name], check=True)
        return f.read()


def symbol(elf, name):
    for line in subprocess.run(["nm", elf], check=True, text=True, stdout=subprocess.PIPE).stdout.splitlines():
        field = line.split()
        if field[-1] == name:
            return int(field[0], 16)
    raise SystemExit(f"{elf}: no symbol {name}")


def pattern(size):
    """size bytes, each 4 KiB page different from every other in its first bytes."""
    page = bytes((i * 167 + (i >> 8) * 13 + 5) & 0xff for i in range(4092))
    return b"".join(struct.pack("<I", n ^ 0x5a17c3e9) + page for n in range(size // 4096 + 1))[:size]


def build(elf, size):
    setup = bytearray(section(elf, [".setup"]))
    payload = bytearray(section(elf, [".payload", ".zero"]))
    # At least 16 KiB: a kernel whose boot_params, stack and text share one page hides mistakes.
    payload += pattern(max(size, 16384, (len(payload) + 15) & ~15) - len(payload))
    if len(payload) % 16:
        raise SystemExit("--size is not a multiple of 16")
    setup[0x1f1] = len(setup) // 512 - 1
    struct.pack_into("<I", setup, 0x1f4, len(payload) // 16)
    struct.pack_into("<I", setup, 0x260, len(payload))
    if payload[8:16] == MAGIC:
        start = symbol(elf, "payload_start")
        zero = symbol(elf, "zero_start") - start, symbol(elf, "zero_end") - start
        where, first, last = HEADER_COPY
        payload[where:where + last - first] = setup[first:last]
        BLANKS.pack_into(payload, 8, MAGIC, len(payload), *zero, 0)
        total = zlib.adler32(payload[zero[1]:], zlib.adler32(payload[SUM_FROM:zero[0]]))
        BLANKS.pack_into(payload, 8, MAGIC, len(payload), *zero, total)
    return setup + payload


def fill_in(elf):
    """The blanks of a kernel that stays an ELF file, of which the variables are no part."""
    data = bytearray(open(elf, "rb").read())
    at, start = data.index(MAGIC), symbol(elf, "payload_start")
    zero = symbol(elf, "zero_start") - start, symbol(elf, "zero_end") - start
    total = zlib.adler32(section(elf, [".payload", ".note"]).ljust(zero[0], b"\0")[SUM_FROM:])
    BLANKS.pack_into(data, at, MAGIC, zero[0], *zero, total)
    return data


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("elf")
    p.add_argument("image")
    p.add_argument("--size", type=lambda s: int(s, 0), default=0, help="bytes of the protected-mode part, padded")
    p.add_argument("--elf", dest="stays", action="store_true", help="the image is an ELF file too, the blanks filled in")
    args = p.parse_args()
    data = fill_in(args.elf) if args.stays else build(args.elf, args.size)
    with open(args.image, "wb") as f:
        f.write(data)


if __name__ == "__main__":
    main()

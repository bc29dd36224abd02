# SPDX-License-Identifier: BSD-2-Clause
"""Kernels of the forms that are ELF files, PVH and multiboot, made of a few instructions."""
import struct

MULTIBOOT = struct.pack("<III", 0x1BADB002, 0, -0x1BADB002 & 0xFFFFFFFF)
PHYS32_ENTRY = 18       # XEN_ELFNOTE_PHYS32_ENTRY
DONE = b"\xb0\x10\xe6\xf4\xf4\xeb\xfd"     # ends QEMU with 33


def elf(code, header=b"", pvh=False, base=0x100000):
    """A 32-bit ELF file of one segment at base that begins with code behind a header; pvh: a note says so too."""
    segments = 2 if pvh else 1
    start = 52 + 32 * segments
    total = start + (20 if pvh else 0) + len(header) + len(code)
    entry = base + total - len(code)
    note = struct.pack("<III4sI", 4, 4, PHYS32_ENTRY, b"Xen\0", entry) if pvh else b""
    head = struct.pack("<16sHHIIIIIHHHHHH", b"\x7fELF\1\1\1", 2, 3, 1, entry, 52, 0, 0, 52, 32, segments, 0, 0, 0)
    head += struct.pack("<8I", 1, 0, base, base, total, total, 5, 4)
    if note:
        head += struct.pack("<8I", 4, start, base + start, base + start, len(note), len(note), 4, 4)
    return head + note + header + code


# As marker.S has it: a magic number and the TSC to port e0h; and an end, by a table of no interrupts: zeros of the ELF header.
MARK = bytes.fromhex("0f31 89c1 b8534d524b e7e0 89c8 e7e0 89d0 e7e0 66ba1005 66b8ff3f 66ef 0f011d") + struct.pack("<I", 0x100008) + b"\xcc"
FORMS = {"PVH": elf(MARK, pvh=True), "multiboot": elf(MARK, MULTIBOOT)}

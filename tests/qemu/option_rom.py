# SPDX-License-Identifier: BSD-2-Clause
"""Option ROMs made by tests: size and sum, and the script of tests/guests/roms/pmm.S."""
import struct

import vm as qemu

UNIT = 512
SCRIPT = 0x500      # as in pmm.S
FROM_SLOT, POKE, PEEK = 1, 2, 4
ANONYMOUS = 0xffffffff
CONVENTIONAL, EXTENDED, EITHER, ALIGN, PERMANENT = 1, 2, 3, 4, 8


def finish(data):
    """data as a whole ROM: a multiple of 512 bytes, that many in byte 2, adding up to 0."""
    data = bytearray(data) + bytes(-(len(data) + 1) % UNIT + 1)
    data[2] = len(data) // UNIT
    data[-1] = -sum(data) & 0xff
    return bytes(data)


class Script:
    """Calls of the POST Memory Manager by the ROM, one after the other. Each method returns the number of its answer,
    by which later ones name it."""

    def __init__(self):
        self.rows = []

    def row(self, function=0, a=0, b=0, flags=0, action=0, slot=0):
        self.rows.append(struct.pack("<HIIHBBH", function, a, b, flags, action, slot, 0))
        return len(self.rows) - 1

    def allocate(self, paragraphs, handle, flags):
        return self.row(0, paragraphs, handle, flags)

    def find(self, handle):
        return self.row(1, handle)

    def free(self, address):
        return self.row(2, address)

    def free_answer(self, slot):
        return self.row(2, 0, 0, 0, FROM_SLOT, slot)

    def call(self, function, *more):
        return self.row(function, *more)

    def poke(self, slot, value):
        return self.row(0, value, 0, 0, POKE, slot)

    def peek(self, slot):
        return self.row(0, 0, 0, 0, PEEK, slot)

    def rom(self):
        code = (qemu.GUESTS / "roms/pmm.bin").read_bytes()
        assert len(code) == SCRIPT and len(self.rows) <= 64
        return finish(code + struct.pack("<H", len(self.rows)) + b"".join(self.rows))


def answers(serial):
    """(answers as numbers, rest of what was said) up to the end of the script; a register that was changed stays in the
    text."""
    lines, numbers = serial.splitlines(), []
    while lines and lines[0] not in ("end", "none"):
        numbers.append(int(lines.pop(0), 16))
    return numbers, lines

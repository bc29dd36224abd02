# SPDX-License-Identifier: BSD-2-Clause
"""What QEMU translated until a marker kernel was entered: each block once, with its instructions.

Code that runs once costs TCG its translation, and what is translated repeats without a clock. In the
log, `-d in_asm` gives a block's linear address and `-d op` a line for each guest instruction. The
dump of in_asm does not do for the latter: a disassembler breaks long instructions over two lines, and
a QEMU without one prints bytes. The marker's magic is an immediate in its first block.
"""
import re

from bench import trace

LOG = ["-d", "in_asm,op"]
MAGIC = b"$0x4b524d53"
ADDRESS = re.compile(rb"0x([0-9a-f]+):")
INSTRUCTION = re.compile(rb" ---- ([0-9a-f]+)")
PAGE = 0xFFF	# a block spans less


class Block:
    """A translation: the linear address of its code, and of each instruction in it."""

    instructions = []

    def __init__(self, dump):
        """dump: the log's lines of its code, the first with the address; bytes may follow on the next."""
        self.address = int(ADDRESS.match(dump[0])[1], 16)
        self.key = dump[0] if len(dump[0].split()) > 1 else b" ".join(dump[:2])
        self.instructions = []

    def add(self, counter):
        """The next instruction. counter: as logged, the whole program counter or its offset in the page."""
        if not self.instructions:
            self.first = counter
        self.instructions.append(self.address + (counter - self.first & PAGE))


class Translated:
    """blocks: in order. again: how many more translations were of a block that there was already."""

    def __init__(self, blocks, again):
        self.blocks, self.again = blocks, again
        self.instructions = sum(len(b.instructions) for b in blocks)


def read(stream):
    """Read the log up to the marker. Returns Translated, or a reason (str) when the log ends without.

    A block is known by its address and the beginning of its dump: other code at the same place, or
    the same bytes in another mode, is another block. Of one translated in several lengths the
    longest counts.
    """
    found, again = {}, 0
    block = dump = None
    for line in stream:
        if line.startswith(b"IN:"):
            dump = []
        elif dump is not None and line != b"\n":
            dump.append(line.strip())
        elif dump is not None:
            block = Block(dump)
            again += block.key in found
            dump = None
        elif line.startswith(b" ---- "):
            block.add(int(INSTRUCTION.match(line)[1], 16))
            if len(block.instructions) > len(found.get(block.key, Block).instructions):
                found[block.key] = block
        elif MAGIC in line:
            # The marker begins with rdtsc, two bytes, which newer QEMU makes a block of its own.
            marker = range(block.address - 2, block.address + 1)
            return Translated([b for b in found.values() if b.address not in marker], again)
    return "QEMU ended, or the time limit came, before the marker"


def measure(command, limit):
    """Translated of one run of this QEMU command line. Raises trace.NotReached."""
    # One thread for all processors: the lines of two blocks would mix.
    command = ["tcg,thread=single" if word == "tcg" else word for word in command]
    return trace.run(command + LOG, [], read, limit)[1]

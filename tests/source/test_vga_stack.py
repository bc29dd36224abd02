# SPDX-License-Identifier: BSD-2-Clause
"""How deep the VGA BIOS's stack gets, by its machine code: every way from INT 10h's entry through every call; where a
display's table is called, each display's function. That has to fit its own stack; a caller's gets a few bytes alone."""
import pathlib
import re
import struct
import subprocess

import pytest

ROOT = pathlib.Path(__file__).parents[2]
ELF = ROOT / "out" / "vga.elf"
LINE = re.compile(r"\s*([0-9a-f]+):\t((?:[0-9a-f]{2} )+)\s*\t(\S.*)")
JUMP = re.compile(r"(j\w+|loop\w*)\s+([0-9a-f]+)\b")
CALL = re.compile(r"call\w?\s+([0-9a-f]+)\b")
TABLE_CALL = re.compile(r"call\w?\s+\*%(\w+)$")
MOVED = re.compile(r"(add|sub)\w?\s+\$(-?0x[0-9a-f]+),%e?sp")
TABLES = "card_dispi", "card_bochs_display", "card_ramfb", "card_cirrus", "card_ati"
INT = 6                 # flags, CS, IP
PREFIXES = b"\x26\x2e\x36\x3e\x64\x65\x66\x67\xf2\xf3"
SPARE = 64              # of the ROM's own stack, for a non-maskable interrupt


class Unknown(Exception):
    """An instruction that moves the stack pointer in a way not known here."""


class Code:
    """Instructions by address; depths by following them."""

    def __init__(self, listing, tables):
        self.lines, self.deepest, self.under_way = {}, {}, []
        self.never = set()                      # addresses that nothing leads to
        self.tables = tables                    # {offset in a display's table: [addresses]}
        last = None
        for line in listing.splitlines():
            found = LINE.match(line)
            if not found:
                continue
            at = int(found[1], 16)
            raw = bytes.fromhex(found[2])
            text = found[3].split("#")[0].split("<")[0].strip()
            text = re.sub(r"^(?:rep\w*|lock|addr32|data32|cs|ds|es|gs|fs) ", "", text)
            self.lines[at] = raw, text, at + len(raw), last
            last = at

    def called_by_table(self, at, register):
        """Which functions: the register was loaded from a table a few instructions before."""
        before = self.lines[at][3]
        for _ in range(8):
            if before is None:
                break
            found = re.match(rf"mov\w?\s+%gs:(-?0x[0-9a-f]+|)\(%\w+\),%e?{register[-2:]}$", self.lines[before][1])
            if found:
                return self.tables[int(found[1] or "0", 16)]
            before = self.lines[before][3]
        raise Unknown(f"{at:x}: a call of what was not loaded from a table")

    def step(self, at, depth, marks):
        """The depth behind an instruction; marks: where the stack pointer is kept, {register: depth}."""
        raw, text, _, _ = self.lines[at]
        name, _, operands = text.partition(" ")
        operands = operands.strip()
        whole = 4 if 0x66 in raw[:len(raw) - len(raw.lstrip(PREFIXES))] else 2
        if name.startswith("pusha"):
            return depth + 8 * whole
        if name.startswith("popa"):
            return depth - 8 * whole
        if name.startswith("push"):
            return depth + whole
        if name.startswith("pop"):
            return depth - whole
        found = MOVED.match(text)
        if found:
            return depth + int(found[2], 16) * (1 if found[1] == "sub" else -1)
        found = re.match(r"mov\s+%e?sp,%e?(\w\w)$", text)
        if found:
            marks[found[1]] = depth
        elif re.match(r"mov\s+%e?(\w\w),%e?sp$", text):
            if text.split(",")[0][-2:] not in marks:
                raise Unknown(f"{at:x}: {text}")
            return marks[text.split(",")[0][-2:]]
        elif re.match(r"mov\s+\$0x[0-9a-f]+,%esp$", text) or re.match(r"mov\s+0x4,%esp$", text):
            return 0                            # another stack
        elif re.search(r",%e?sp$", text) and not re.match(r"movzwl\s+%sp,%esp$|cmp|test", text):
            raise Unknown(f"{at:x}: {text}")
        elif name in ("leave", "enter", "sti", "int"):
            raise Unknown(f"{at:x}: {text}")
        return depth

    def depth(self, start, end=None, held=0):
        """Bytes on the stack at most, with all that is called: from start on, where there are those held, to end."""
        if start in self.under_way:
            raise Unknown(f"{start:x} calls itself")
        if (start, end) in self.deepest:
            return self.deepest[start, end]
        self.under_way.append(start)
        seen, work, most = {}, [(start, held, {})], held
        while work:
            at, depth, marks = work.pop()
            while at != end and at not in self.never:
                if at in seen:
                    if seen[at] != depth:
                        raise Unknown(f"{at:x}: reached with {seen[at]} and {depth} bytes")
                    break
                seen[at] = depth
                raw, text, following, _ = self.lines[at]
                call, table, jump = CALL.match(text), TABLE_CALL.match(text), JUMP.match(text)
                if call or table:
                    targets = [int(call[1], 16)] if call else self.called_by_table(at, table[1])
                    most = max([most, *(depth + 2 + self.depth(target) for target in targets)])
                elif jump:
                    if jump[1] == "jmp":
                        at = int(jump[2], 16)
                        continue
                    work.append((int(jump[2], 16), depth, dict(marks)))
                elif re.match(r"l?ret|iret", text):
                    if depth:
                        raise Unknown(f"{at:x}: returns with {depth} bytes on the stack")
                    break
                elif re.match(r"jmp|ljmp|lcall", text):
                    raise Unknown(f"{at:x}: {text}")
                else:
                    depth = self.step(at, depth, marks)
                    most = max(most, depth)
                at = following
        self.under_way.pop()
        self.deepest[start, end] = most
        return most


def tool(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


@pytest.fixture(scope="module")
def rom():
    """Code, and {symbol: (address, bytes)}."""
    symbols = {}
    for line in tool("nm", "-S", ELF).splitlines():
        words = line.split()
        symbols[words[-1]] = int(words[0], 16), int(words[1], 16) if len(words) == 4 else 0
    section = next(line.split() for line in tool("readelf", "-SW", ELF).splitlines() if " .rom " in line)
    data = ELF.read_bytes()
    offset = int(section[section.index("PROGBITS") + 2], 16)
    tables = {}
    for name in TABLES:
        at, size = symbols[name]
        for field in range(2, size, 2):
            tables.setdefault(field, []).append(struct.unpack_from("<H", data, offset + at + field)[0])
    return Code(tool("objdump", "-d", "--insn-width=15", "-m", "i8086", ELF), tables), symbols


def constant(name):
    text = (ROOT / "src/arch/vga_rom.h").read_text()
    return int(re.search(rf"#define {name}\s+(\d+)", text)[1])


def entry(code, symbols):
    """Addresses of INT 10h's entry, of the instruction behind which ESP is the ROM's own stack, and of the other way."""
    start, _ = symbols["int10_entry"]
    at = start
    while not re.match(r"mov\s+\$0x[0-9a-f]+,%esp", code.lines[at][1]):
        at = code.lines[at][2]
    return start, at, symbols["on_callers"][0]


def without_init(code, symbols):
    """INT 10h comes to C by the same function as init, with the carry clear: the jump there is not taken."""
    at = symbols["enter_c"][0]
    while not code.lines[at][1].startswith(("jb", "jc")):
        at = code.lines[at][2]
    code.never = {int(JUMP.match(code.lines[at][1])[2], 16)}
    entries = [at for at, (_, text, _, _) in code.lines.items() if text == f"call   {symbols['enter_c'][0]:x}"]
    before = [code.lines[code.lines[at][3]][1] for at in entries]
    assert before == ["clc", "clc", "stc"] and entries[2] > symbols["rom_init"][0]


def test_the_deepest_call_fits_the_own_stack(rom):
    code, symbols = rom
    without_init(code, symbols)
    _, switched, _ = entry(code, symbols)
    end = next(at for at, (_, text, _, _) in code.lines.items() if at > switched and re.match(r"mov\s+0x4,%esp", text))
    deepest = code.depth(switched, end)
    room = constant("VGA_ROM_STACK") - constant("VGA_ROM_VARIABLES")
    print(f"{deepest} of {room} bytes")
    assert deepest + SPARE <= room, f"{deepest} bytes, {room} are there and {SPARE} have to stay"


def test_a_caller_lends_twelve_bytes(rom):
    code, symbols = rom
    start, switched, others = entry(code, symbols)
    depth = most = INT
    at = start
    while at != switched:
        if code.lines[at][1].startswith("j"):
            assert JUMP.match(code.lines[at][1])[2] == f"{others:x}"
        else:
            depth = code.step(at, depth, {})
        most = max(most, depth)
        at = code.lines[at][2]
    assert most == 12


def test_without_an_own_stack_a_caller_lends_two_thirds_of_a_kilobyte(rom):
    code, symbols = rom
    without_init(code, symbols)
    deepest = INT + code.depth(symbols["on_callers"][0], held=6)
    print(f"{deepest} bytes of the caller's")
    assert deepest <= 680


LISTING = """
   0:\t66 50                \tpush   %eax
   2:\te8 07 00             \tcall   c <g>
   5:\t74 01                \tje     8 <f+0x8>
   7:\t90                   \tnop
   8:\t66 58                \tpop    %eax
   a:\tc3                   \tret
   c:\t66 83 ec 0c          \tsub    $0xc,%esp
  10:\t66 83 c4 0c          \tadd    $0xc,%esp
  14:\tc3                   \tret
"""


def test_depths_add_up():
    assert Code(LISTING, {}).depth(0) == 4 + 2 + 12


@pytest.mark.parametrize("was, now", [
    ("sub    $0xc,%esp", "mov    %eax,%esp"), ("add    $0xc,%esp", "add    $0x8,%esp"), ("call   c", "call   0"),
    ("nop", "push   %ax"), ("nop", "sti"), ("nop", "jmp    *%ax"), ("nop", "call   *%ax")])
def test_what_is_not_known_is_told(was, now):
    listing = LISTING.replace(was, now)
    assert listing != LISTING
    with pytest.raises(Unknown):
        Code(listing, {}).depth(0)

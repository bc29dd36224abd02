#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Say in 8 bits what nobody reads more of, and leave out what nobody reads: part of what makes the VGA BIOS small, behind
scripts/vga_asm.py: NAME.words.s to NAME.long.s.

Which parts of each register somebody may still read is found backwards, through calls too: bits 7-0, 15-8, and those above. An
instruction that is not known here reads all of all registers; a function in assembly reads all that arguments can be in."""
import argparse
import pathlib
import re
import sys

from vga_narrow import ARGUMENTS, BYTES, ENTRIES, MEMORY, REGISTERS, STRINGS, Instruction, number

# Parts of registers, as bits of a set.
LOW = {r: 1 << 3 * n for n, r in enumerate(REGISTERS)}
HIGH = {r: 2 * bit for r, bit in LOW.items()}
UPPER = {r: 4 * bit for r, bit in LOW.items()}
BY_SIZE = {"b": LOW, "w": {r: LOW[r] | HIGH[r] for r in REGISTERS}, "l": {r: 7 * LOW[r] for r in REGISTERS}}
WORD, ALL_OF = BY_SIZE["w"], BY_SIZE["l"]
FLAGS = 1 << 3 * len(REGISTERS)
EVERYTHING = 2 * FLAGS - 1
PASSED = sum(ALL_OF[r] for r in ARGUMENTS)
KEPT = sum(ALL_OF[r] for r in REGISTERS if r not in ARGUMENTS)
RESULT = ALL_OF["ax"]                   # of other registers gcc knows that a function leaves them, where it counts on that
# Functions in assembly that have no arguments (big_real.S).
WITHOUT = {"big_real_possible", "big_real_begin"}

COPY = re.compile(r"(mov|lea)[bwl]$|mov[sz](bw|bl|wl)$")
# What a part of their result is made of lies no higher in their operands.
UPWARDS = {"add", "sub", "inc", "dec", "neg", "not", "shl", "sal", "imul"}
BITWISE = {"and", "or", "xor"}
KNOWN = re.compile(r"(mov|lea|push|pop|add|sub|adc|sbb|and|or|xor|cmp|test|bt|inc|dec|neg|not|sh[rl]|sa[rl]|imul|mul|div"
                   r"|in|out)[bwl]$|mov[sz](bw|bl|wl)$|set\w+$")


def parts(operand):
    """Of an operand that is a register."""
    name = operand[1:] if operand.startswith("%") else ""
    if name in BYTES:
        return (LOW if name[1] == "l" else HIGH)[BYTES[name]]
    return WORD.get(name) or ALL_OF.get(name[1:], 0) if name else 0


def register(operand):
    return next((r for r in REGISTERS if parts(operand) & ALL_OF[r]), None)


def address(operand):
    """What an operand in memory is found by."""
    m = MEMORY.match(operand)
    return parts(m["base"] or "") | parts(m["index"] or "") if m else 0


def effects(i):
    """What an instruction reads at most, and what it certainly writes."""
    operands = [parts(o) for o in i.operands]
    reads = 0
    for o in i.operands:
        reads |= address(o)
    to, sources = (operands or [0])[-1], sum(set(operands[:-1]))
    if i.name in ("cld", "cli", "nop"):
        return 0, 0
    if STRINGS.match(i.name):
        return strings(i), 0
    if i.name in ("pushfw", "popfw"):
        return (FLAGS, 0) if i.name == "pushfw" else (0, FLAGS)
    if not KNOWN.match(i.name) or i.prefix:
        return EVERYTHING, 0
    if i.name.startswith("set"):
        return reads | FLAGS, to
    if COPY.match(i.name):
        return reads | sources, to
    if i.base in ("push", "pop"):
        return (reads | to, 0) if i.base == "push" else (reads, to)
    if i.base in ("xor", "sub") and i.source == i.to and to:
        return 0, to | FLAGS
    if i.base in ("add", "sub", "and", "or", "xor", "cmp", "test", "bt", "neg"):
        return reads | sources | to, FLAGS
    if i.base in ("adc", "sbb"):
        return reads | sources | to | FLAGS, FLAGS
    if i.base == "imul" and i.source:
        return (reads | operands[1], to | FLAGS) if len(operands) == 3 else (reads | sources | to, FLAGS)
    if i.base in ("mul", "imul", "div"):
        both = WORD["ax"] if i.size == "b" else BY_SIZE[i.size]["ax"] | BY_SIZE[i.size]["dx"]
        return reads | to | (both if i.base == "div" else BY_SIZE[i.size]["ax"]), both
    if i.base == "in":
        return reads | sources, to
    return reads | sources | to, 0      # shifts by 0 leave the flags


def strings(i):
    """What an instruction for strings reads."""
    sizes = ALL_OF if "addr32" in i.prefix else WORD
    kind = i.name[:-1]
    reads = sizes["cx"] if "rep" in i.prefix else 0
    if kind in ("movs", "outs"):
        reads |= sizes["si"]
    if kind in ("movs", "stos", "ins"):
        reads |= sizes["di"]
    if kind == "stos":
        reads |= BY_SIZE[i.name[-1]]["ax"]
    if kind in ("ins", "outs"):
        reads |= WORD["dx"]
    return reads if kind in ("movs", "stos", "ins", "outs") else EVERYTHING


def read_for(i, reads, live):
    """Of what an instruction reads, that which parts that are alive behind it are made of."""
    to, r = parts(i.to), register(i.to)
    if not to or i.prefix or STRINGS.match(i.name) or not KNOWN.match(i.name) or i.source == i.to:
        return reads
    memory = 0
    for o in i.operands:
        memory |= address(o)
    source, live = register(i.source), live & (to | FLAGS)

    def same(which):
        """The same parts of the source."""
        return sum(table[source] for table in (LOW, HIGH, UPPER) if source and which & table[r]) & parts(i.source)

    if re.match(r"mov[wl]$|movz", i.name):
        if i.name.startswith("movz") and i.source.endswith("h"):
            return memory | (parts(i.source) if live & LOW[r] else 0)
        return memory | same(live)
    if i.size not in ("w", "l") or live & FLAGS:
        return reads
    if i.base in BITWISE:
        value = number(i.source)
        mask = value if i.base == "and" and value is not None else -1
        kept = sum(table[r] for table, bits in ((LOW, 0xff), (HIGH, 0xff00), (UPPER, 0xffff0000)) if mask & bits)
        return memory | (live & to & kept) | same(live)
    if i.base in UPWARDS and (i.source or i.base != "imul"):
        highest = "l" if live & UPPER[r] else "w" if live & HIGH[r] else "b" if live & LOW[r] else ""
        out = memory
        for n, o in enumerate(i.operands):
            if n == 0 and i.base in ("shl", "sal") and i.source:
                out |= parts(o)
            elif parts(o) and highest and not (n == 2 and i.base == "imul"):
                out |= parts(o) & BY_SIZE[highest][register(o)]
        return out
    return reads


class Function:
    def __init__(self, name):
        self.name, self.code, self.labels = name, [], {}
        self.exit = 0                   # of the result, what callers read

    def finish(self):
        """What follows each instruction."""
        self.next = []
        for n, i in enumerate(self.code):
            there = [n + 1] if not i.name.startswith(("ret", "jmp")) else []
            if i.name.startswith("j"):
                there.append(self.labels[i.to])
            self.next.append(there)
        self.live = [0] * (len(self.code) + 1)         # before each instruction

    def behind(self, n):
        out = 0
        for k in self.next[n]:
            out |= self.live[k]
        return out


class Program:
    def __init__(self, text):
        self.lines, self.functions = text.splitlines(), {}
        names = set(re.findall(r"^\s*\.type\s+(\S+?),\s*@function", text, re.M))
        function = None
        for n, line in enumerate(self.lines):
            word = line.strip()
            label = re.match(r"([.\w$]+):", word)
            if label:
                if label[1] in names:
                    function = self.functions[label[1]] = Function(label[1])
                if function:
                    function.labels[label[1]] = len(function.code)
            elif function and re.match(r"\.size\s", word):
                function.finish()
                function = None
            elif function and word and not word.startswith((".", "#", "/")):
                function.code += [Instruction(one, "", n) for one in word.split(";") if one.strip()]
        # Whose address is taken is what a call through a register can reach.
        taken = set(re.findall(r"(?:\.long\s+|\.value\s+|\$)([A-Za-z_][\w.]*)", text))
        self.taken = [self.functions[name] for name in sorted(names & taken)]
        changed = True
        while changed:
            changed = False
            for function in self.functions.values():
                changed |= self.find(function)

    def find(self, f):
        """What is alive in a function. True: something has changed, here or at another's exit."""
        again, ever = True, False
        while again:
            again = False
            for n in reversed(range(len(f.code))):
                now, told = self.before(f, n)
                again |= now != f.live[n]
                ever |= told or now != f.live[n]
                f.live[n] = now
        return ever

    def before(self, f, n):
        i, behind = f.code[n], f.behind(n)
        if i.name.startswith("ret"):
            return KEPT | (0 if f.name in ENTRIES else f.exit), False
        if i.name.startswith("call"):
            called = self.taken if i.to.startswith("*") else [self.functions[i.to]] if i.to in self.functions else []
            told = False
            for callee in called:
                told |= bool(behind & RESULT & ~callee.exit)
                callee.exit |= behind & RESULT
            wanted = called[0].live[0] if called and called[0].name == i.to else 0 if i.to in WITHOUT else PASSED
            return wanted & PASSED | behind & ~(RESULT | FLAGS) | parts(i.to[1:] if i.to.startswith("*") else ""), told
        if i.name.startswith("j"):
            return behind | (0 if i.name == "jmp" else FLAGS), False
        reads, writes = effects(i)
        return read_for(i, reads, behind) | behind & ~writes, False


def shorter(i, live):
    """How an instruction is said of whose result that much is alive; None: as it is, "": not at all."""
    to, r = parts(i.to), register(i.to)
    if i.prefix or not to or not KNOWN.match(i.name):
        return None
    m = MEMORY.match(i.source)
    # Memory that nobody else looks after: the ROM's and the frame's.
    own = i.base == "lea" or i.source.startswith("%gs:") or \
        (m["base"] in ("%bp", "%esp") and not m["segment"] if m else ":" not in i.source)
    if COPY.match(i.name) and not live & to and own and r != "bp":
        return ""
    if i.name == "movzbl" and r in REGISTERS[:4] and not live & UPPER[r] and live & HIGH[r]:
        return f"movzbw\t{i.source}, %{r}"
    if r not in REGISTERS[:4] or live & to & ~LOW[r]:
        return None
    low, value = f"%{r[0]}l", number(i.source)
    if i.name in ("movzbw", "movzbl"):
        return "" if i.source == low else f"movb\t{i.source}, {low}"
    if i.name in ("movw", "movl") and value is not None:
        return f"movb\t${value & 0xff}, {low}"
    if i.base in BITWISE | {"add", "sub"} and i.size in ("w", "l") and r == "ax" and value is not None and not live & FLAGS:
        return f"{i.base}b\t${value & 0xff}, {low}"
    return None


def halves(f, n):
    """Two instructions that put a byte above another one, said by halves; None: they do not."""
    i, j = f.code[n], f.code[n + 1] if n + 1 < len(f.code) and n + 1 not in f.labels.values() else None
    r, value = register(i.to), number(j.source) if j else None
    if i.base in ("shl", "sal") and i.source == "$8" and i.to in ("%ax", "%cx", "%dx", "%bx") and \
            j and j.name == "orw" and j.to == i.to and value is not None and value < 0x100 and not f.behind(n + 1) & FLAGS:
        return f"movb\t%{r[0]}l, %{r[0]}h", f"movb\t${value}, %{r[0]}l"
    return None


def constants(f):
    """{place: how it is said} of constants for registers that have them already, or nearly."""
    said, known, places = {}, {}, set(f.labels.values())
    for n, i in enumerate(f.code):
        if n in places:
            known = {}
        to, r, value = parts(i.to), register(i.to), number(i.source)
        if i.name == "movw" and r and value is not None:
            value &= 0xffff
            changed = known.get(r, ~value) ^ value
            if not changed:
                said[n] = ""
            elif r in known and (known[r] - value) & 0xffff in (1, 0xffff) and not f.behind(n) & FLAGS:
                said[n] = f"{'inc' if (value - known[r]) & 0xffff == 1 else 'dec'}w\t%{r}"
            elif r in known and r in REGISTERS[:4] and (not changed & 0xff or not changed & 0xff00):
                said[n] = f"movb\t${value >> 8}, %{r[0]}h" if not changed & 0xff else f"movb\t${value & 0xff}, %{r[0]}l"
            known[r] = value
        elif i.name in ("xorw", "xorl") and r and i.source == i.to:
            known[r] = 0
        elif i.name.startswith(("call", "ret", "jmp")) or STRINGS.match(i.name) or effects(i)[0] == EVERYTHING:
            known = {}
        elif not i.name.startswith("j"):
            written = effects(i)[1] | (to if i.base not in ("push", "cmp", "test", "bt", "out") else 0)
            if i.name == "movb" and r in known and value is not None:
                shift = 8 if to == HIGH[r] else 0
                known[r] = known[r] & ~(0xff << shift) | (value & 0xff) << shift
            else:
                known = {q: what for q, what in known.items() if not written & WORD[q]}
    return said


def changes(program, counts, late):
    """{number of a line: how it is said now}. late: by constants, which count on what the others have left whole."""
    said = {}
    for f in program.functions.values():
        constant = constants(f) if late else {}
        for n, i in enumerate(f.code):
            both = None if late else halves(f, n)
            if i.number in said or counts[i.number]:
                continue
            if both and not counts[f.code[n + 1].number]:
                said[i.number], said[f.code[n + 1].number] = both
            else:
                said[i.number] = constant.get(n) if late else shorter(i, f.behind(n))
    return {number: what for number, what in said.items() if what is not None}


def rewrite(text):
    """The assembly anew."""
    while True:
        program = Program(text)
        counts = [line.count(";") for line in program.lines]
        said = changes(program, counts, False) or changes(program, counts, True)
        if not said:
            return text
        for number_, what in said.items():
            program.lines[number_] = f"\t{what}" if what else None
        text = "\n".join(line for line in program.lines if line is not None) + "\n"


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("file", type=pathlib.Path, help="assembly")
    p.add_argument("--out", required=True, type=pathlib.Path, help="the assembly to make")
    args = p.parse_args()
    args.out.write_text(rewrite(args.file.read_text()))


if __name__ == "__main__":
    sys.exit(main())

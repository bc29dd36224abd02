# SPDX-License-Identifier: BSD-2-Clause
"""Say in 16 bits what gcc -m16 has said in 32 where no upper half is wanted: part of scripts/vga_asm.py.

The whole program is looked at, function by function, until nothing changes any more:

bounds    forwards: how large the number in each register can be
demand    backwards: whether anybody reads the upper half of a register, in what calls the function too

The rule that all rewriting keeps: lower halves are what gcc's program has in them at any time, upper halves where there is
a demand. An address asks for no upper half where 16 bits can say it: what it leads to is in the first 64 KiB of a segment.
An instruction that is not known here asks for all of them; one that moves the stack pointer and is not known is refused."""
import re

REGISTERS = "ax", "cx", "dx", "bx", "si", "di", "bp"
KEPT = "bx", "si", "di", "bp"           # by every function, for who calls it (i386 System V ABI, 2.2.3)
ARGUMENTS = "ax", "dx", "cx"            # -mregparm=3
BYTES = {r[0] + half: r for r in REGISTERS[:4] for half in "lh"}
TOP = 0xffffffff
ROM_END = 0x7fff                        # offset of its last byte (vgasrc/vga.lds)
STEPS = 0, 1, 0xff, 0x7fff, 0xffff, 0x7fffffff, TOP      # what a bound that keeps growing goes up by
RETURN = 4                              # bytes of a return address, for gcc; callw's are two

MEMORY = re.compile(r"(?P<segment>%[c-gs]s:)?(?P<disp>[^(%$]*)\((?P<base>%\w+)?(?:,\s*(?P<index>%\w+)(?:,\s*(?P<scale>\d))?)?\)$")
NEAR = {("bx",), ("si",), ("di",), ("bp",), ("bx", "si"), ("bx", "di"), ("bp", "si"), ("bp", "di")}

ARITHMETIC = {"add", "sub", "adc", "sbb", "and", "or", "xor"}
ALONE = {"inc", "dec", "neg", "not"}
RIGHT = {"shr", "sar"}
# Flags that an instruction reads by its condition: zero, carry, and sign or overflow.
ZERO, CARRY, SIGN = 1, 2, 4
CONDITIONS = {"e": ZERO, "ne": ZERO, "z": ZERO, "nz": ZERO, "b": CARRY, "c": CARRY, "nb": CARRY, "nc": CARRY, "ae": CARRY, "nae": CARRY,
              "a": ZERO | CARRY, "be": ZERO | CARRY, "na": ZERO | CARRY, "nbe": ZERO | CARRY}
ALL_FLAGS = ZERO | CARRY | SIGN
# They know no upper half but in addresses: operands of 8 and 16 bits, ports, strings (CX, SI and DI are 16 bits there).
HALVES = re.compile(r"((mov|add|sub|adc|sbb|and|or|xor|cmp|test|inc|dec|neg|not|shr|sar|sal|shl|rol|ror|rcl|rcr|imul|mul|idiv|div|xchg|bt|bts|btr"
                    r"|in|out|push|pop|movs|stos|lods|cmps|scas|ins|outs|pushf|popf)[bw]|mov[sz]bw|c[bw]t[wd]|set\w+|cl[cdi]|st[cdi]|cmc|nop)$")
# What changes no register but the one that it names last.
COPIES_STAY = re.compile(r"(mov|movz.|movs.|add|sub|and|or|xor|cmp|test|inc|dec|neg|not|sh[lr]|sa[lr]|push|pop|lea)[bwl]$|set\w+$|j(?!mp)\w+$")
STRINGS = re.compile(r"(movs|stos|lods|cmps|scas|ins|outs)[bwl]$")


class Refused(Exception):
    pass


def split_operands(text):
    out, depth, word = [], 0, ""
    for c in text:
        depth += (c == "(") - (c == ")")
        if c == "," and not depth:
            out.append(word.strip())
            word = ""
        else:
            word += c
    return [*out, word.strip()] if word.strip() else out


class Instruction:
    def __init__(self, text, file, number):
        self.file, self.number = file, number
        self.say(text)

    def say(self, text):
        self.text = text.strip()
        words = self.text.split(None, 1)
        self.prefix = ""
        while words[0] in ("rep", "repz", "repnz", "repe", "repne", "addr32", "lock"):
            self.prefix += words[0] + " "
            words = words[1].split(None, 1)
        self.name = words[0]
        self.operands = split_operands(words[1]) if len(words) > 1 else []
        # What its suffix says of the operands' size, for those that have one.
        self.base, self.size = (self.name[:-1], self.name[-1]) if self.name[-1] in "bwl" else (self.name, "")
        self.to = self.operands[-1] if self.operands else ""
        self.source = self.operands[0] if len(self.operands) > 1 else ""

    def memory(self):
        """Its operand in memory by registers, if there is one; the place in the list of operands."""
        for k, operand in enumerate(self.operands):
            m = MEMORY.match(operand)
            if m:
                return k, m
        return None, None


def full(operand):
    """The register that an operand of 32 bits is; None: it is none, or the stack pointer."""
    return operand[2:] if operand[:2] == "%e" and operand[2:] in REGISTERS else None


def part(operand):
    """The register of which an operand of 8 or 16 bits is a part."""
    return BYTES.get(operand[1:], operand[1:] if operand[1:] in REGISTERS else None) if operand.startswith("%") else None


def number(operand):
    m = re.fullmatch(r"\$(-?\d+)", operand)
    return int(m[1]) & TOP if m else None


def shifted(i):
    """By how many bits; None: CL says it."""
    return number(i.source) if i.source else 1


def near_registers(m):
    """Registers of an address in the order that 16 bits have for it; None: there is none."""
    registers = [r[2:] for r in (m["base"], m["index"]) if r]
    if (m["scale"] or "1") != "1":
        return None
    return next((r for r in (tuple(registers), tuple(reversed(registers))) if r in NEAR), None)


def as_word(operand):
    """An operand of 32 bits, of which the lower half is meant."""
    n = number(operand)
    return f"${n & 0xffff}" if n is not None else "%sp" if operand == "%esp" else "%" + full(operand) if full(operand) else operand


class Function:
    """Instructions in order, with what follows each; what has been found out of it."""

    def __init__(self, name, file, code, labels):
        self.name, self.file, self.code, self.labels = name, file, code, labels
        self.address_by_copies()
        self.next = [self.follow(n, i) for n, i in enumerate(code)]
        self.arguments = {r: 0 if r in ARGUMENTS else TOP for r in REGISTERS}   # bounds at its entry
        self.called = False
        self.returns = 0                # bound of EAX
        self.exit = 0                   # what callers want of it afterwards: bits of REGISTERS
        self.passed = {r: 0 for r in REGISTERS}         # what each of them asks for at the entry
        self.wanted = 0                 # what is asked for at the entry in any case
        self.flags = self.flags_read()
        ends = {number(i.source) for i in code if i.name == "cmpl" and number(i.source)}
        self.steps = sorted({*STEPS, *ends, *(end - 1 for end in ends)})       # a counter stays below its end
        self.loads = set()              # of pointers to functions, from tables
        self.stack()

    def address_by_copies(self):
        """An address by a register that has just been copied is said by the copy, where 16 bits have an address by that alone."""
        copies = {}
        for n, i in enumerate(self.code):
            if n in self.labels.values() or not COPIES_STAY.match(i.name):
                copies = {}
            place, m = i.memory()
            if m and not m["index"] and (m["base"] or "")[2:] in copies:
                operand = i.operands[place]
                i.say(i.text.replace(operand, operand.replace(f"({m['base']})", f"(%e{copies[m['base'][2:]]})")))
            changed = full(i.to) or part(i.to)
            copies = {r: copy for r, copy in copies.items() if changed not in (r, copy)}
            if i.name == "movl" and full(i.source) in ARGUMENTS and changed in ("bx", "si", "di"):
                copies[full(i.source)] = changed

    def follow(self, n, i):
        if i.name.startswith("ret"):
            return ()
        if i.name.startswith("j"):
            if i.to not in self.labels:
                raise Refused(f"{i.file}: {i.text}: not a place in {self.name}")
            there = self.labels[i.to]
            return [k for k in ((there,) if i.name == "jmp" else (n + 1, there)) if k < len(self.code)]
        return (n + 1,) if n + 1 < len(self.code) else ()

    def flags_read(self):
        """Which flags, as each instruction leaves them, somebody may read."""
        before, after, changed = [0] * len(self.code), [0] * len(self.code), True
        while changed:
            changed = False
            for n in reversed(range(len(self.code))):
                name = self.code[n].name
                after[n] = 0
                for k in self.next[n]:
                    after[n] |= before[k]
                m = re.match(r"(?:j|set|cmov)(\w+)$", name)
                if m and name != "jmp":
                    now = after[n] | CONDITIONS.get(m[1], ALL_FLAGS)
                elif re.match(r"(adc|sbb|rcl|rcr)[bwl]|cmc", name):
                    now = CARRY
                elif name.startswith(("pushf", "lahf")):
                    now = ALL_FLAGS
                elif name.startswith(("call", "ret", "iret", "popf")) or re.match(r"(add|sub|cmp|test|and|or|xor|neg)[bwl]$", name):
                    now = 0
                elif re.match(r"(inc|dec)[bwl]$", name):
                    now = after[n] & CARRY
                else:
                    now = after[n]      # shifts by 0 keep them
                if now != before[n]:
                    before[n], changed = now, True
        return after

    def stack(self):
        """
        What is pushed at each instruction: places in the code (or negative: bytes reserved, one entry each dword), the
        newest last. Saves: those that keep a register for the caller, popped into it again and touched by nobody else.
        """
        self.pushed, self.saves, spoiled, popped = {}, {}, set(), {}
        self.slots, self.escaped, self.loaded = {}, 0, set()
        outside = False                 # a pointer to arguments
        todo = [(0, ())]
        while todo:
            n, now = todo.pop()
            if n in self.pushed:
                if [size for _, size in self.pushed[n]] != [size for _, size in now]:
                    raise Refused(f"{self.file}: {self.name}: {self.code[n].text}: the stack is of two heights")
                for one, other in zip(self.pushed[n], now):
                    spoiled.update({one[0], other[0]} if one != other else ())
                continue
            self.pushed[n] = now
            i = self.code[n]
            if i.base == "push" and i.name != "pushf":
                now += ((n, 2 if i.size == "w" else 4),)
            elif i.name in ("pushfw", "pushfl"):
                now += ((n, 2 if i.name == "pushfw" else 4),)
            elif i.base == "pop" or i.name in ("popfw", "popfl"):
                if not now or now[-1][1] != (2 if i.name[-1] == "w" else 4):
                    raise Refused(f"{self.file}: {self.name}: {i.text}: of what has not been pushed so")
                popped.setdefault(now[-1][0], set()).add(i.to if i.name == "popl" else "?")
                popped[n, "from"] = now[-1][0]
                now = now[:-1]
            elif i.to == "%esp":
                count = number(i.source)
                if i.name not in ("addl", "subl") or count is None:
                    raise Refused(f"{self.file}: {self.name}: {i.text}: where is the stack?")
                count -= (count & 0x80000000) * 2
                count = count if i.name == "addl" else -count
                if count % 4:
                    raise Refused(f"{self.file}: {self.name}: {i.text}: not a dword's multiple")
                while count > 0:
                    if not now:
                        raise Refused(f"{self.file}: {self.name}: {i.text}: beyond what was pushed")
                    count -= now[-1][1]
                    popped.setdefault(now[-1][0], set()).add("?")
                    now = now[:-1]
                for _ in range(-count // 4):
                    now += ((-1, 4),)
            elif i.name.startswith("ret"):
                if now or i.operands:
                    raise Refused(f"{self.file}: {self.name}: {i.text}: the stack is not as it was")
            elif i.name.startswith(("enter", "leave", "pusha", "popa", "iret", "lret", "lcall", "int")):
                raise Refused(f"{self.file}: {self.name}: {i.text}: not known here")
            todo += [(k, now) for k in self.next[n]]
        self.reads_stack = 0
        self.popped = popped
        for n, i in enumerate(self.code):
            if n not in self.pushed:
                self.pushed[n] = ()     # nobody gets there
            at = self.place(n)
            if at is not None:
                self.reads_stack += 1
                depth = 0
                for who, size in self.pushed[n]:
                    depth -= size
                    if depth <= at < depth + size:
                        spoiled.add(who)
                        if i.memory()[0] != len(i.operands) - 1 or i.base not in ("mov", "pop"):
                            self.loaded.add(who)
            if at is not None and (i.name == "leal" or i.memory()[1]["index"]):
                self.escaped = min(self.escaped, at)
                outside |= at >= 0
            elif i.source == "%esp" and i.name in ("movl", "addl") and i.to != "%ebp":
                at = -sum(size for _, size in self.pushed[n])
                self.escaped = min(self.escaped, at)
                if self.pushed[n]:
                    spoiled.add(self.pushed[n][-1][0])
            elif "%esp" in " ".join(i.operands) and at is None and i.to != "%esp":
                raise Refused(f"{self.file}: {self.name}: {i.text}: a use of the stack pointer that is not known here")
        for n, i in enumerate(self.code):
            r = full(i.to)
            if i.name == "pushl" and n not in spoiled and r in KEPT and popped.get(n) == {i.to}:
                self.saves[n] = False
            elif i.name == "pushl" and n not in spoiled and number(i.to) is not None and len(popped.get(n, ())) == 1 and \
                    n + 1 < len(self.code) and popped.get((n + 1, "from")) == n and full(self.code[n + 1].to):
                self.saves[n] = False
        # Pushed for room, or for others to read; how far up this function itself reads.
        self.unread = {n for n, i in enumerate(self.code) if i.name == "pushl" and n not in self.loaded and
                       (n in spoiled or popped.get(n, set()) <= {"?"})}
        self.reach = TOP if outside else max([at for at in map(self.place, range(len(self.code))) if at is not None], default=0)
        # Dwords of the frame that are stored and loaded as such, where no pointer leads.
        for n, i in enumerate(self.code):
            at = self.place(n)
            if at is None:
                continue
            if i.name == "movl" and (at < self.escaped if at < 0 else not outside):
                self.slots.setdefault(at, False)
        self.slot_bounds = {slot: 0 if slot < 0 else TOP for slot in self.slots}
        for n, i in enumerate(self.code):
            at = self.place(n)
            if at is None:
                continue
            size = {"b": 1, "w": 2}.get(i.size, 4)
            if i.name.startswith(("movz", "movs")):
                size = 1 if i.name[4] == "b" else 2
            for slot in self.slots:
                if (i.name in ("movl", "cmpl") or (i.base in ARITHMETIC and full(i.to))) and at == slot and not i.memory()[1]["index"]:
                    continue
                if at < slot + 4 and slot + 2 < at + size:
                    self.slots[slot] = True
                if at < slot + 4 and slot < at + size and not i.name.startswith(("cmp", "test", "movz", "movs", "push")) and i.memory()[0] == len(i.operands) - 1:
                    self.slot_bounds[slot] = TOP

    def place(self, n):
        """Where an operand by the stack pointer lies, from the return address on as gcc has it; None: there is none."""
        _, m = self.code[n].memory()
        if not m or m["base"] != "%esp":
            return None
        if not re.fullmatch(r"-?\d*", m["disp"]) or abs(int(m["disp"] or 0)) > 0x7fff:
            raise Refused(f"{self.file}: {self.name}: {self.code[n].text}: which place is it?")
        return int(m["disp"] or 0) - sum(size for _, size in self.pushed[n])

    def slot(self, n):
        """The dword of the frame that an instruction loads or stores, if its halves are looked after."""
        at = self.place(n)
        return at if at in self.slots else None


REAL, ANYWAY = 1 << len(REGISTERS), 2 << len(REGISTERS)
EVERY = 2 * ANYWAY - 1
BIT = {r: 1 << n for n, r in enumerate(REGISTERS)}
# Upper halves that functions in assembly read (entry.S, big_real.S); one that is not here reads those of all arguments.
ASSEMBLY = {"far_fill16": (), "far_copy": ("ax", "dx"), "far_call_pmm": ("ax", "dx"), "big_real_possible": (), "big_real_begin": (),
            "big_read16": ("ax",), "big_write16": ("ax",), "big_copy32": ("ax", "dx", "cx"), "big_fill32": ("ax", "dx", "cx"),
            "big_draw": ("ax",)}
# Of these, who has arguments on the stack.
ON_STACK = {"far_fill16"}
# Called by assembly that wants nothing of the registers afterwards.
ENTRIES = "int10", "init"


class Assembly:
    """A function that is not gcc's: keeps what it has to, and clobbers the rest."""

    def __init__(self, name):
        self.wanted = sum(BIT[r] for r in ASSEMBLY.get(name, ARGUMENTS))
        self.passed = {r: BIT[r] if r in KEPT else 0 for r in REGISTERS}
        self.returns, self.exit = TOP, 0
        self.stacked = 0 if name in ON_STACK else EVERY          # what it reads of upper halves there
        self.arguments = dict.fromkeys(REGISTERS, TOP)


def ceiling(n):
    """The smallest bound in which every number up to n is, whatever its bits."""
    return (1 << n.bit_length()) - 1


class Program:
    def __init__(self, files):
        """files: {name: gcc's assembly}"""
        self.items, self.functions, self.globals, taken = {}, {}, {}, set()
        self.tables = {}                # offset: functions that tables of pointers have there
        for file, text in files.items():
            self.read(file, text, taken)
        self.indirect = [f for (file, name), f in self.functions.items() if (file, name) in taken or (None, name) in taken]
        for f in self.functions.values():
            f.callees = {n: self.callees(f, n) for n, i in enumerate(f.code) if i.name.startswith("call")}
            for called in f.callees.values():
                for callee in called:
                    callee.called = True
            f.pushes = {}
            for n, called in f.callees.items():
                at = RETURN
                for who, size in reversed(f.pushed[n]):
                    if who >= 0:
                        f.pushes.setdefault(who, []).extend((callee, at) for callee in called if isinstance(callee, Assembly) or at <= callee.reach)
                    at += size
            f.pushes = {who: what for who, what in f.pushes.items() if what}
        for (_, name), f in self.functions.items():
            if not f.called or name in ENTRIES:
                f.arguments = dict.fromkeys(REGISTERS, TOP)
                f.exit = 0 if name in ENTRIES else sum(BIT[r] for r in REGISTERS if r != "cx")
        self.find_bounds()
        self.find_demand()

    def read(self, file, text, taken):
        items, code, labels, name, offset, own = [], None, {}, None, 0, True
        is_global = set(re.findall(r"^\s*\.globl\s+(\S+)", text, re.M))
        functions = set(re.findall(r"^\s*\.type\s+(\S+?),\s*@function", text, re.M))
        for number_, line in enumerate(text.splitlines(), 1):
            word = line.strip()
            own = word == "#NO_APP" or (own and word != "#APP")
            label = re.match(r"([.\w$]+):", word)
            if label:
                if label[1] in functions:
                    name, code, labels = label[1], [], {}
                labels[label[1]] = len(code) if code is not None else 0
                items.append(line)
            elif code is not None and re.match(r"\.size\s", word):
                f = Function(name, file, code, labels)
                self.functions[file, name] = f
                if name in is_global:
                    self.globals[name] = f
                code = None
                items.append(line)
            elif code is not None and word and not word.startswith((".", "#", "/")):
                for one in word.split(";"):
                    if one.strip():
                        code.append(Instruction(one, file, number_))
                        code[-1].own = own
                        items.append(code[-1])
            elif not word.startswith((".cfi", "#")):
                items.append(line)
            offset = 0 if label else self.in_table(file, word, offset)
            for symbol in re.findall(r"[$]([A-Za-z_][\w.]*)|^\.(?:long|int|value|word|hword|2byte|4byte)\s+([A-Za-z_][\w.]*)", word):
                taken.add((file, symbol[0] or symbol[1]))
                if (symbol[0] or symbol[1]) not in functions:
                    taken.add((None, symbol[0] or symbol[1]))
        self.items[file] = items

    def in_table(self, file, word, offset):
        """Keep a pointer that a table has at this offset, if it is one. Returns the offset behind the line; -1: not known any more."""
        m = re.match(r"\.(byte|value|word|long|zero|string|ascii)\s+(.*)", word)
        if offset < 0 or not m:
            return offset
        kind, what = m.groups()
        if kind in ("string", "ascii"):
            return -1
        if kind == "zero":
            return offset + int(what)
        if kind == "long" and re.match(r"[A-Za-z_]", what):
            self.tables.setdefault(offset, set()).add((file, what))
        return offset + {"byte": 1, "long": 4}.get(kind, 2)

    def callees(self, f, n):
        i = f.code[n]
        if i.to.startswith("*"):
            found = self.from_table(f, n)
            if self.tables and not found:
                raise Refused(f"{f.file}: {f.name}: {i.text}: from which table?")
            return found or self.indirect or [Assembly("")]
        return [self.functions.get((f.file, i.to)) or self.globals.get(i.to) or Assembly(i.to)]

    def from_table(self, f, n):
        """Who is called through a register that has just been loaded from a table of the ROM: what tables have at that offset."""
        register = f.code[n].to[1:]
        for k in reversed(range(n)):
            if k + 1 in f.labels.values() or len(f.next[k]) != 1 or f.code[k].name.startswith(("call", "j")):
                return None
            i = f.code[k]
            if i.to == register:
                m = MEMORY.match(i.source)
                if i.name != "movl" or not m or m["segment"] != "%gs:" or m["index"] or not re.fullmatch(r"\d*", m["disp"]):
                    return None
                found = [self.functions.get((file, name)) or self.globals.get(name) for file, name in self.tables.get(int(m["disp"] or 0), ())]
                f.loads.add(k)
                return None if None in found else found
            if part(i.to) == full(register) or register in i.operands and i.base == "xchg":
                return None
        return None

    # --- how large numbers can be ---

    def near_tables(self, lines):
        """Data anew: a pointer to a function takes two bytes, in tables of nothing else behind a byte."""
        names, out, n = {name for _, name in self.functions}, [], 0
        while n < len(lines):
            label = re.match(r"([\w.$]+):$", lines[n])
            end = n + 1
            while end < len(lines) and re.match(r"\s*\.(byte|value|long|zero)\s", lines[end]):
                end += 1
            words = [line.split() for line in lines[n + 1:end]]
            if label and any(kind == ".long" and what in names for kind, what in words):
                if words[0][0] != ".byte" or words[1] != [".zero", "3"] or \
                        not all(kind == ".long" and what in names for kind, what in words[2:]):
                    raise Refused(f"{label[1]}: not a byte and pointers to functions alone")
                size = re.compile(r"\s*\.size\s+" + re.escape(label[1]) + ",")
                out = [f"\t.size\t{label[1]}, {2 * len(words) - 2}" if size.match(line) else line for line in out]
                out += [lines[n], lines[n + 1], "\t.zero\t1", *[f"\t.value\t{what}" for _, what in words[2:]]]
            else:
                out += lines[n:end]
            n = end
        return out

    def find_bounds(self):
        todo = True
        while todo:
            todo = False
            for f in self.functions.values():
                todo |= self.bounds_of(f)

    def bounds_of(self, f):
        """Bounds before each instruction. True: something about another function has changed."""
        changed = f.slots_grow = False
        f.bounds, times, todo = {0: dict(f.arguments)}, {}, [0]
        while todo:
            n = todo.pop()
            now = self.after(f, n, dict(f.bounds[n]))
            if f.code[n].name.startswith("ret") and now["ax"] > f.returns:
                f.returns, changed = self.step(now["ax"]), True
            for callee in f.callees.get(n, ()):
                for r in ARGUMENTS:
                    if f.bounds[n][r] > callee.arguments[r]:
                        callee.arguments[r], changed = self.step(f.bounds[n][r]), True
            for k, now in self.edges(f, n, now):
                old = f.bounds.get(k)
                if old is None:
                    f.bounds[k] = dict(now)
                    todo.append(k)
                elif any(now[r] > old[r] for r in REGISTERS):
                    times[k] = times.get(k, 0) + 1
                    for r in REGISTERS:
                        if now[r] > old[r]:
                            old[r] = now[r] if times[k] < 4 else self.step(now[r], f)
                    todo.append(k)
        return changed or f.slots_grow

    def edges(self, f, n, now):
        """What follows, with bounds that a comparison just before has set."""
        name, compared = f.code[n].name, f.code[n - 1] if n and n not in f.labels.values() else None
        for k in f.next[n]:
            b = now
            if len(f.next[n]) == 2 and compared and compared.name == "cmpl" and full(compared.to):
                least = self.bound(f, n - 1, compared.source, now)
                taken = k == f.labels[f.code[n].to]
                if (name in ("jb", "jc", "jnae") if taken else name in ("jnb", "jnc", "jae")):
                    b = {**now, full(compared.to): min(now[full(compared.to)], max(least - 1, 0))}
                elif (name in ("jbe", "jna", "je", "jz") if taken else name in ("ja", "jnbe", "jne", "jnz")):
                    b = {**now, full(compared.to): min(now[full(compared.to)], least)}
                elif name in ("je", "jz", "jne", "jnz") and number(compared.source) == now[full(compared.to)]:
                    b = {**now, full(compared.to): max(least - 1, 0)}       # not the largest that it can be
            yield k, b

    @staticmethod
    def bound(f, n, operand, b):
        """Of an operand of 32 bits. Symbols are offsets in the ROM, the stack pointer is one in its segment."""
        value = number(operand)
        if value is not None or full(operand):
            return b[full(operand)] if value is None else value
        if re.fullmatch(r"\$[A-Za-z_.][\w.]*(\+\d+)?", operand):
            return ROM_END
        if operand == "%esp":
            return 0xffff
        return f.slot_bounds[f.slot(n)] if f.slot(n) is not None else TOP

    @staticmethod
    def step(bound, f=None):
        return next(s for s in (f.steps if f else STEPS) if s >= bound)

    def after(self, f, n, b):
        """Bounds behind an instruction; b: those before it."""
        i, r = f.code[n], full(f.code[n].to)

        def of(operand):
            return self.bound(f, n, operand, b)

        def put(register, bound):
            b[register] = bound if 0 <= bound <= TOP else TOP

        if i.name.startswith("call"):
            put("ax", max(c.returns for c in f.callees[n]))
            b["cx"] = b["dx"] = TOP
        elif STRINGS.match(i.name) and "addr32" not in i.prefix and i.name != "lodsl":
            for register in ("ax", "cx", "si", "di"):
                b[register] |= 0xffff
        elif i.name.startswith(("j", "ret")) or i.name in ("nop", "cld") or i.base in ("push", "cmp", "test", "bt", "out", "pushf", "popf"):
            pass
        elif i.name in ("divl", "mull"):
            if i.name == "divl" and not b["dx"]:
                b["dx"] = of(i.to)
            else:
                b["ax"], b["dx"] = (TOP, TOP) if i.name == "divl" or b["ax"] * of(i.to) > TOP else (b["ax"] * of(i.to), 0)
        elif i.name in ("divw", "mulw", "divb", "mulb", "idivw", "idivb", "cbtw", "cwtd") or (i.name in ("imulw", "imulb") and not i.source):
            b["ax"] |= 0xffff
            b["dx"] |= 0xffff
        elif i.name == "cltd":
            b["dx"] = 0 if b["ax"] <= 0x7fffffff else TOP
        elif i.name == "xchgl" and r and full(i.source):
            b[r], b[full(i.source)] = b[full(i.source)], b[r]
        elif HALVES.match(i.name):
            for operand in i.operands if i.base == "xchg" else [i.to]:
                register = part(operand)
                if not register:
                    continue
                mask = 0xff if operand.endswith("l") else 0xffff
                value = number(i.source) if i.base == "mov" else None
                fits = b[register] <= mask
                b[register] |= mask
                if fits and i.name.startswith("set"):
                    b[register] = 0xff
                elif fits and value is not None and not operand.endswith("h"):
                    b[register] = value & mask
                elif fits and i.name == "movzbw":
                    b[register] = 0xff
        elif r is None and i.to.startswith("%") and ":" not in i.to and i.to != "%esp":
            return dict.fromkeys(REGISTERS, TOP) if i.size != "w" else b
        elif i.name == "movl" and r is None and f.slot(n) is not None:
            bound = of(i.source)
            if bound > f.slot_bounds[f.slot(n)]:
                f.slot_bounds[f.slot(n)] = self.step(bound)
                f.slots_grow = True
        elif i.name == "idivl":
            b["ax"] = b["dx"] = TOP
        elif r is None and i.operands and (i.base in ARITHMETIC | ALONE | RIGHT or i.base in ("mov", "sal", "shl", "pop")):
            pass
        elif r is None:
            return dict.fromkeys(REGISTERS, TOP)
        elif i.name == "movl":
            put(r, of(i.source))
        elif i.name == "popl":
            push = f.code[n - 1] if n else None
            put(r, number(push.to) if push and push.name == "pushl" and number(push.to) is not None and n - 1 in f.saves else TOP)
        elif i.name in ("movzwl", "movzbl"):
            mask = 0xffff if i.name == "movzwl" else 0xff
            put(r, min(mask, b[part(i.source)] if part(i.source) and not i.source.endswith("h") else mask))
        elif i.name == "andl":
            put(r, min(b[r], of(i.source)))
        elif i.name in ("orl", "xorl"):
            put(r, 0 if i.name == "xorl" and i.source == i.to else ceiling(max(b[r], of(i.source))))
        elif i.name == "addl":
            put(r, b[r] + of(i.source))
        elif i.name == "incl":
            put(r, b[r] + 1)
        elif i.name in ("sall", "shll") and shifted(i) is not None:
            put(r, b[r] << shifted(i))
        elif i.base in RIGHT and shifted(i) is not None:
            put(r, b[r] >> shifted(i) if i.base == "shr" or b[r] <= 0x7fffffff else TOP)
        elif i.name == "shrl":
            pass
        elif i.name == "imull" and i.source:
            put(r, of(i.operands[0]) * of(i.operands[1]))
        elif i.name == "leal":
            m = MEMORY.match(i.source)
            if m and "%esp" in (m["base"], m["index"]) and not m["index"]:
                b[r] = 0xffff
            elif m and re.fullmatch(r"\d*", m["disp"]) and "%esp" not in (m["base"], m["index"]):
                put(r, int(m["disp"] or 0) + (of(m["base"]) if m["base"] else 0) + int(m["scale"] or 1) * (of(m["index"]) if m["index"] else 0))
            else:
                b[r] = TOP
        elif i.base in ARITHMETIC | ALONE or i.name in ("movsbl", "movswl", "inl", "sall", "shll", "sarl", "roll", "rorl"):
            b[r] = TOP
        else:
            return dict.fromkeys(REGISTERS, TOP)
        return b

    # --- what is wanted of upper halves ---

    def find_demand(self):
        changed = True
        for f in self.functions.values():
            f.save_demand, f.slot_demand = dict.fromkeys(f.saves, 0), {s: EVERY if wide else 0 for s, wide in f.slots.items()}
            f.live = [dict.fromkeys(REGISTERS, 0) for _ in range(len(f.code) + 1)]
        while changed:
            changed = False
            for f in self.functions.values():
                changed |= self.demand_of(f)

    def demand_of(self, f):
        """Demand before each instruction. True: something has changed, here or for another function."""
        again, ever = True, False
        while again:
            again = False
            for n in reversed(range(len(f.code))):
                live = {r: 0 for r in REGISTERS}
                for k in f.next[n]:
                    for r in REGISTERS:
                        live[r] |= f.live[k][r]
                told = [dict(f.save_demand), dict(f.slot_demand)]
                self.before(f, n, live)
                told = told != [f.save_demand, f.slot_demand]
                if told or live != f.live[n]:
                    again = ever = True
                    f.live[n] = live
        entry = f.live[0]
        f.wanted = sum(BIT[r] for r in REGISTERS if entry[r] & ANYWAY)
        f.passed = {s: sum(BIT[r] for r in REGISTERS if entry[r] & BIT[s]) for s in REGISTERS}
        for n, callees in f.callees.items():
            for callee in callees:
                wanted = sum(BIT[r] for r in REGISTERS if f.live[n + 1][r] & REAL) if n + 1 < len(f.live) else 0
                if wanted & ~callee.exit:
                    callee.exit |= wanted
                    ever = True
        return ever

    def argument_demand(self, f, n):
        """Of the upper half of what is pushed, for the functions that are called with it on the stack."""
        if n not in f.pushes:
            return 0 if n in f.unread else EVERY
        return EVERY if n not in f.unread else max((callee.stacked if isinstance(callee, Assembly) else EVERY if at not in callee.slots else
                                                    EVERY if callee.slot_demand[at] & ANYWAY else 0) for callee, at in f.pushes[n])

    def flags_fit(self, f, n):
        """Whether 16 bits give the same flags as 32, as far as somebody reads them."""
        i, read, b = f.code[n], f.flags[n], f.bounds.get(n)
        if not read or b is None:
            return True

        def of(operand):
            return self.bound(f, n, operand, b)

        largest = 0x7fff if read & SIGN else 0xffff
        if i.base in ("cmp", "sub"):
            return max(of(o) for o in i.operands) <= largest
        if i.base in ("and", "test"):
            return min(of(o) for o in i.operands) <= largest
        if i.base in ("or", "xor"):
            return max(of(o) for o in i.operands) <= largest
        if i.base == "add":
            return sum(of(o) for o in i.operands) <= largest
        if i.base == "inc":
            return of(i.to) < largest
        if i.base == "dec":
            return of(i.to) <= largest
        return False

    def small(self, f, n, operand, bound=0xffff):
        return f.bounds.get(n, {}).get(full(operand), 0) <= bound

    def before(self, f, n, live):
        """Demand before an instruction; live: that behind it."""
        i, r, s = f.code[n], full(f.code[n].to), full(f.code[n].source)

        def want(mask, *registers):
            for register in registers:
                if register:
                    live[register] |= mask

        _, m = i.memory()
        if i.name.startswith("ret"):
            for register in REGISTERS:
                live[register] = BIT[register] | (REAL if f.exit & BIT[register] else 0)
        elif i.name.startswith("call"):
            out = dict(live)
            live.update(dict.fromkeys(REGISTERS, 0))
            for callee in f.callees[n]:
                for register in REGISTERS:
                    if callee.wanted & BIT[register]:
                        live[register] = EVERY
                    for after in REGISTERS:
                        if callee.passed[after] & BIT[register]:
                            live[register] |= out[after]
            if i.to.startswith("*"):
                want(0, full(i.to[1:]))         # callw takes the lower half
        elif i.name.startswith("j") or HALVES.match(i.name):
            if "addr32" in i.prefix:
                want(EVERY, *REGISTERS)
        elif STRINGS.match(i.name) and "addr32" not in i.prefix:
            want(EVERY if i.name != "movsl" and i.name[:3] not in ("ins", "out") else 0, "ax")
        elif i.base == "push":
            want(f.save_demand[n] if n in f.saves else self.argument_demand(f, n), r)
        elif i.base == "pop" and r:
            who = f.popped.get((n, "from"))
            if who in f.saves:
                f.save_demand[who] |= live[r]
            live[r] = 0
        elif i.name == "movl" and r:
            wanted, live[r] = live[r], 0
            want(wanted, s)
            if f.slot(n) is not None:
                f.slot_demand[f.slot(n)] |= wanted
        elif i.name == "movl" and m:
            want(f.slot_demand[f.slot(n)] if f.slot(n) is not None else EVERY, s)
        elif i.name == "xorl" and r and i.source == i.to:
            live[r] = 0
        elif i.base in ARITHMETIC and i.size == "l" and r:
            if not self.flags_fit(f, n):
                live[r] = EVERY
            want(live[r], s)
            if f.slot(n) is not None:
                f.slot_demand[f.slot(n)] |= live[r]
        elif i.base in ("cmp", "test") and i.size == "l":
            if not self.flags_fit(f, n):
                want(EVERY, r, s)
                if f.slot(n) is not None:
                    f.slot_demand[f.slot(n)] = EVERY
        elif i.base in ALONE and i.size == "l" and r:
            if not self.flags_fit(f, n):
                live[r] = EVERY
        elif i.name in ("sall", "shll") and r:
            if f.flags[n]:
                live[r] = EVERY
        elif i.base in RIGHT and r and i.size == "l":
            if not (self.small(f, n, i.to) and (shifted(i) or 99) < 16):
                live[r] = EVERY
        elif i.name == "imull" and r and i.source:
            wanted = EVERY if f.flags[n] else live[r]
            if len(i.operands) == 3:
                live[r] = 0
                want(wanted, full(i.operands[1]))
            else:
                live[r] = wanted
                want(wanted, s)
        elif i.name in ("movzwl", "movzbl", "movsbl", "movswl") and r:
            live[r] = 0
        elif i.name == "leal" and r:
            wanted, live[r] = live[r], 0
            m2 = MEMORY.match(i.source)
            if m2:
                want(wanted, *[full(x) for x in (m2["base"], m2["index"]) if x])
            return
        elif i.name == "xchgl" and r and s:
            live[r], live[s] = live[s], live[r]
        elif i.name == "divl" and self.near_division(f, n):
            want(live["ax"] | live["dx"], "ax", "dx", r)
        elif i.name in ("divl", "mull") and (r or m):
            want(EVERY, "ax", "dx" if i.name == "divl" else None, r)
        elif i.name == "inl":
            live["ax"] = 0
        elif i.name == "outl":
            want(EVERY, "ax")
        elif i.base in {"mov", "pop", "sal", "shl"} | ARITHMETIC | ALONE | RIGHT and i.size == "l" and r is None and i.to != "%esp" and \
                (m or ":" in i.to or not i.to.startswith("%")):
            want(EVERY, s)
        elif i.base in ("rol", "ror") and r:
            want(EVERY, r)
        elif i.name == "cltd":
            live["dx"] = 0
            want(EVERY, "ax")
        elif i.name == "idivl" and (r or m):
            want(EVERY, "ax", "dx", r)
        elif i.name == "btl" and r and number(i.source) is not None:
            want(EVERY if number(i.source) > 15 else 0, r)
        elif i.to == "%esp" and number(i.source) is not None:
            pass
        else:
            want(EVERY, *REGISTERS)
        if m and not near_registers(m):
            want(EVERY, *[full(x) for x in (m["base"], m["index"]) if x and x.startswith("%e")])

    def near_division(self, f, n):
        i, b = f.code[n], f.bounds.get(n)
        return b is not None and full(i.to) is not None and not b["dx"] and max(b["ax"], b[full(i.to)]) <= 0xffff

    # --- the program anew ---

    def rewritten(self, file, otherwise):
        """Lines of a file. otherwise: what an instruction is made of in the end, said by its text and whether flags are alive."""
        lines, out = {}, []
        for (where, _), f in self.functions.items():
            if where == file:
                for n, i in enumerate(f.code):
                    lines[id(i)] = f, n
        frames = {id(f): self.frame_worth(f) for (where, _), f in self.functions.items() if where == file}
        for item in self.items[file]:
            if isinstance(item, str):
                out.append(item)
                continue
            f, n = lines[id(item)]
            if frames[id(f)] and n == 0:
                out += ["\tpushw\t%bp", "\tmovw\t%sp, %bp"]
            if frames[id(f)] and item.name.startswith("ret"):
                out.append("\tpopw\t%bp")
            if item.own and STRINGS.match(item.name) and item.name[:3] not in ("ins", "out", "lod"):
                out += ["\tpushw\t%ss", "\tpopw\t%es"]        # where gcc takes it to be (vgasrc/rom.h)
            for text in self.instruction(f, n, frames[id(f)]):
                out += otherwise(text, bool(f.flags[n]))
        return self.near_tables(out)

    def frame_worth(self, f):
        """BP as a frame pointer: two bytes less where the stack pointer is told, four more at the ends."""
        uses = sum(1 for n, i in enumerate(f.code) if f.place(n) is not None)
        ends = sum(1 for i in f.code if i.name.startswith("ret"))
        return 2 * uses > 3 + ends and not any(re.search(r"%e?bp\b", i.text) for i in f.code) and \
            not any(i.base == "pop" and f.place(n) is not None for n, i in enumerate(f.code))

    def address(self, f, n, text, m, frame, by_bp=True):
        """An operand in memory, as the stack is now and with 16 bits where they do."""
        if m["base"] == "%esp":
            at = f.place(n)
            narrow = lambda entries: 2 * sum(1 for who, _ in entries if who in f.saves and not f.save_demand[who] & REAL)
            above, depth = [], 0
            for entry in f.pushed[n]:
                depth -= entry[1]
                if depth > at:
                    above.append(entry)
            index, now = m["index"], at + narrow(above)
            if frame and by_bp and (not index or (index in ("%esi", "%edi") and (m["scale"] or "1") == "1")):
                return f"{m['segment'] or ''}{now}(%bp{',%' + index[2:] if index else ''})"
            now += sum(size for _, size in f.pushed[n]) - narrow(f.pushed[n]) - (2 if at >= 0 and not frame else 0)
            return f"{m['segment'] or ''}{now}(%esp{',' + index if index else ''}{',' + m['scale'] if m['scale'] else ''})"
        registers = near_registers(m) if (m["base"] or "").startswith("%e") else None
        return text if registers is None else f"{m['segment'] or ''}{m['disp']}({','.join('%' + r for r in registers)})"

    def instruction(self, f, n, frame):
        i = f.code[n]
        r, s = full(i.to), full(i.source)
        live = dict.fromkeys(REGISTERS, 0)
        for k in f.next[n]:
            for register in REGISTERS:
                live[register] |= f.live[k][register]
        wanted = bool(r and live[r] & REAL)
        k, m = i.memory()
        operands = list(i.operands)
        if m and i.name != "leal":
            operands[k] = self.address(f, n, operands[k], m, frame)

        def said(name, *words):
            return [f"\t{i.prefix}{name}\t{', '.join(words)}" if words else f"\t{i.prefix}{name}"]

        if n in f.loads:                # of a table, as near_tables() makes them
            return said("movw", re.sub(r"\d+(?=\()", lambda at: str(int(at[0]) // 2), operands[0]), "%" + r)
        narrow = said(i.base + "w", *[as_word(o) for o in operands])
        wide = said(i.name, *operands)
        if i.base == "push" and n in f.saves and not f.save_demand[n] & REAL:
            return [] if number(i.to) is not None else narrow
        if i.name == "popl" and f.popped.get((n, "from")) in f.saves and not f.save_demand[f.popped[n, "from"]] & REAL:
            value = number(f.code[f.popped[n, "from"]].to)
            return narrow if value is None else said("movw", f"${value & 0xffff}", "%" + r)
        if i.name == "movl" and not r and m and f.slot(n) is not None:
            return wide if f.slot_demand[f.slot(n)] & REAL else narrow
        if i.to == "%esp" and number(i.source) is not None:
            return narrow               # its upper half is 0 (entry.S)
        if i.name == "movl" and r and i.source == "%esp":
            return wide if wanted else said("movw", "%sp", "%" + r)
        if i.name in ("movzwl", "movzbl") and r:
            if wanted:
                return wide
            if i.name == "movzwl":
                return [] if part(i.source) == r else said("movw", operands[0], "%" + r)
            if i.source == f"%{r[0]}l":
                return said("movb", "$0", f"%{r[0]}h")
            return said("movzbw", operands[0], "%" + r)
        if i.name in ("movsbl", "movswl") and r and not wanted:
            return said("movsbw" if i.name == "movsbl" else "movw", operands[0], "%" + r)
        if i.name == "leal" and r:
            m = MEMORY.match(i.source)
            if wanted or not m:
                return said("leal", self.address(f, n, i.source, m, frame, False) if m and m["base"] == "%esp" else i.source, i.to)
            near = self.address(f, n, i.source, m, frame)
            if "%e" not in near and (f.flags[n] or m["base"] == "%esp" or m["index"] or m["base"] != i.to):
                return said("leaw", near, "%" + r)
            return said("leal16", near, i.to)
        if i.base in ("cmp", "test") and i.size == "l":
            known = all(full(o) or o.startswith("$") for o in i.operands) or f.slot(n) is not None
            return narrow if known and self.flags_fit(f, n) else wide
        if i.base in RIGHT and i.size == "l" and r:
            return said("shrw", *operands[:-1], "%" + r) if not wanted and self.small(f, n, i.to) and (shifted(i) or 99) < 16 else wide
        if i.name == "divl" and self.near_division(f, n) and not (live["ax"] | live["dx"]) & REAL:
            return narrow
        if r and not wanted and i.size == "l":
            if i.name == "movl" and (s or i.source[0] != "%" or ":" in i.source):
                return narrow
            if i.base in ("sal", "shl") and not f.flags[n] and (shifted(i) or 99) < 16:
                return narrow
            if i.base in ARITHMETIC | ALONE and self.flags_fit(f, n):
                if i.base in ("add", "sub") and number(i.source) in (1, TOP) and not f.flags[n] & CARRY:
                    return said("incw" if (i.base == "add") == (number(i.source) == 1) else "decw", "%" + r)
                return narrow
            if i.name == "imull" and i.source and not f.flags[n]:
                return narrow
            if i.name == "xchgl" and s and not live[s] & REAL:
                return narrow
        return wide

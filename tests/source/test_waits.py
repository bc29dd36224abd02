# SPDX-License-Identifier: BSD-2-Clause
"""No wait is endless: outside src/hw/timer.c a loop looks at a clock, at a device's register or at what another
processor writes only if it is counted, or asks wait_expired() each time round.

A loop is counted if its head, or a body of one plain statement, steps a variable that its condition asks, and the condition
looks at nothing of that kind."""
import pathlib
import re

TREE = pathlib.Path(__file__).resolve().parents[2]
SRC = TREE / "src"
# The clock itself; and the end of all, where a processor halts.
ALLOWED = {"src/hw/timer.c", "src/arch/cpu.h"}

DRIVERS = ("src/arch/", "src/hw/")
# What reads a clock, a register, or memory that somebody else writes. Whoever calls one of them does so too.
LOOKS = {"rdtsc", "inb", "inw", "inl", "mmio_read8", "mmio_read16", "mmio_read32", "rdmsr", "io_barrier", "cpu_pause"}
# In src/hw/pci they go from function to function, each once; whoever waits for such a register elsewhere is seen.
CONFIG = {f"pci_{what}{bits}" for what in ("read", "write") for bits in (8, 16, 32)}
# They end on their own: they wait by timer.c inside.
BOUNDED = {"wait_expired", "wait_start", "delay_us"}
# A loop that asks the first ends; in the other a program waits for its user, for as long as he likes.
ASKED = {"wait_expired", "wait_interrupt"}


def plain(text):
    """The text without comments, strings and preprocessor lines, of the same shape."""
    blank = lambda m: re.sub(r"[^\n]", " ", m[0])  # noqa: E731
    text = re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.DOTALL)
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", blank, text, flags=re.MULTILINE)


def closing(text, at):
    """Behind the bracket that closes the one at text[at]."""
    pairs, depth = {"(": ")", "{": "}"}, 0
    opening, end = text[at], pairs[text[at]]
    while at < len(text):
        depth += (text[at] == opening) - (text[at] == end)
        at += 1
        if not depth:
            return at
    raise AssertionError("a bracket does not close")


def skip_space(text, at):
    return at + len(re.match(r"\s*", text[at:])[0])


def statement(text, at):
    """Behind the statement that begins at text[at]."""
    at = skip_space(text, at)
    if text[at] == "{":
        return closing(text, at)
    word = re.match(r"(if|for|while|switch|do|else)\b", text[at:])
    if not word:
        depth = 0
        while depth or text[at] != ";":
            depth += (text[at] in "({") - (text[at] in ")}")
            at += 1
        return at + 1
    at = skip_space(text, at + len(word[0]))
    if word[1] in ("do", "else"):
        at = statement(text, at)
        return text.index(";", at) + 1 if word[1] == "do" else at
    at = statement(text, closing(text, at))
    if word[1] == "if" and re.match(r"\s*else\b", text[at:]):
        at = statement(text, at)
    return at


def loops(text):
    """(line, head, body) of each loop; head is what stands in its brackets."""
    ends = set()  # the while of each do
    for m in re.finditer(r"\b(for|while|do)\b", text):
        line = text.count("\n", 0, m.start()) + 1
        at = skip_space(text, m.end())
        if m[1] == "do":
            end = statement(text, at)
            ends.add(skip_space(text, end))
            open_ = text.index("(", end)
            yield line, text[open_ + 1:closing(text, open_) - 1], text[at:end]
        elif m.start() not in ends:
            end = closing(text, at)
            yield line, text[at + 1:end - 1], text[end:statement(text, end)]


def functions(text):
    """(name, whether it is known in this file alone, body) of each function that is defined here."""
    for m in re.finditer(r"^[A-Za-z_][^;{}=]*?\b(\w+)\s*\([^;{}]*\)\s*\{", text, re.MULTILINE):
        yield m[1], m[0].startswith("static"), text[m.end() - 1:closing(text, m.end() - 1)]


def calls(text):
    return set(re.findall(r"\b(\w+)\s*\(", text)) - {"volatile"} | set(re.findall(r"\b(volatile)\b(?!\s*\()", text))


def spared(file):
    return CONFIG if file.startswith("src/hw/pci/") else set()


def who_looks(texts):
    """{file: names of the functions that look, as that file knows them}, from the plain texts of all files.
    Beyond its own file a function of a driver counts, for it may hand on what a register says."""
    bodies = {}  # (file, or "" for all; name): what it calls
    for file, text in texts.items():
        for name, own, body in functions(text):
            everybody = file.endswith(".h") or not own and file.startswith(DRIVERS)
            bodies.setdefault(("" if everybody else file, name), set()).update(calls(body) - spared(file))
    looking = {file: LOOKS | {"volatile"} for file in ["", *texts]}
    changed = True
    while changed:
        changed = False
        for (file, name), called in bodies.items():
            if name not in looking[file] | BOUNDED and called & looking[file]:
                looking[file].add(name)
                changed = True
        for file in texts:
            # A function of its own hides one of the same name elsewhere.
            hidden = {name for owner, name in bodies if owner == file} | spared(file)
            looking[file] |= looking[""] - hidden
    return looking


def counted(head, body, looking):
    condition, step = (head.split(";") + [head])[1:3] if head.count(";") == 2 else (head, head)
    if not re.search(r"\{|\bif\b|\?|&&|\|\|", body):  # what it steps it steps each time
        step += body
    if calls(condition) & looking:
        return False
    stepped = set(re.findall(r"(\w+)\s*(?:\+\+|--|[-+*/]=|<<=|>>=)|(?:\+\+|--)\s*(\w+)", f"{condition};{step}"))
    return bool({name for pair in stepped for name in pair if name} & set(re.findall(r"\w+", condition)))


def endless(text, looking):
    """Lines of loops that may wait for ever."""
    for line, head, body in loops(plain(text)):
        called = calls(head) | calls(body)
        if called & looking and not called & ASKED and not counted(head, body, looking):
            yield line


def sources():
    return {str(p.relative_to(TREE)): p.read_text() for p in sorted(SRC.rglob("*.[ch]"))}


def test_no_loop_waits_by_itself():
    texts = sources()
    looking = who_looks({name: plain(text) for name, text in texts.items()})
    found = {name: list(endless(text, looking[name])) for name, text in texts.items() if name not in ALLOWED}
    assert {name: lines for name, lines in found.items() if lines} == {}


def lines_of(text):
    return list(endless(text, who_looks({"x.c": plain(text)})["x.c"]))


def test_waits_of_every_form_are_seen():
    assert lines_of("void f(void)\n{\n\twhile (rdtsc() - first < LONG)\n\t\tcpu_pause();\n}\n") == [3]
    assert lines_of("static int busy(void)\n{\n\treturn inb(PORT) & 1;\n}\n"
                    "void f(void)\n{\n\tint x;\n\tdo\n\t\tx = 1;\n\twhile (busy());\n}\n") == [8]
    assert lines_of("void f(void)\n{\n\tfor (;;)\n\t\tif (mmio_read32(A))\n\t\t\tbreak;\n}\n") == [3]
    assert lines_of("void f(void)\n{\n\tfor (int i = 0; inb(PORT) & 1; i++)\n\t\t;\n}\n") == [3]
    assert lines_of("void f(void)\n{\n\tfor (int i = 0; j < 3; i++)\n\t\tj = inb(PORT);\n}\n") == [3]
    assert lines_of("int done(void)\n{\n\treturn *(volatile int *)&x;\n}\nvoid f(void)\n{\n\twhile (!done())\n\t\t;\n}\n") == [7]
    assert lines_of("void f(void)\n{\n\twhile (n < 3)\n\t\tif (inb(PORT))\n\t\t\tn++;\n}\n") == [3]
    assert lines_of("void f(void)\n{\n\tdo {\n\t\tio_barrier();\n\t} while (dma.control);\n}\n") == [3]


def test_what_ends_is_let_alone():
    assert lines_of("void f(void)\n{\n\twhile (!(inb(PORT) & 1))\n\t\tif (wait_expired(&wait))\n\t\t\treturn;\n}\n") == []
    assert lines_of("void f(void)\n{\n\tfor (int i = 0; i < 4; i++)\n\t\tx += inb(PORT);\n}\n") == []
    assert lines_of("void f(void)\n{\n\tfor (; len; len--, text++)\n\t\tput(inb(*text));\n}\n") == []
    assert lines_of("void f(void)\n{\n\twhile (step <= LAST)\n\t\ttake(inb(step++));\n}\n") == []
    assert lines_of("void f(void)\n{\n\twhile (n--)\n\t\tx++; /* while (inb(1)) */\n}\n") == []

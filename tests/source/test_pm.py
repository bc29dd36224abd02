# SPDX-License-Identifier: BSD-2-Clause
"""What src/pm promises its callers, who bring their own segments: code and constants in CS alone, wherever that begins, the
stack, and what the caller names by ES; of the data segment that APM's connections name its three words alone. Seen in the objects: what QEMU emulates enforces no limits of segments."""
import os
import pathlib
import re
import subprocess

import pytest

TREE = pathlib.Path(__file__).resolve().parents[2]
OUT = pathlib.Path(os.environ.get("OUT", TREE / "out")).resolve()
OBJECTS = {"pci": "i386", "pnp": "i8086", "apm16": "i8086", "apm32": "i386"}
# Behind DS of their own: apm_state, src/rt16/apm.h.
OWN_WORDS = {"apm16": ("0x4", "0x6", "0x8"), "apm32": ("0x4", "0x6", "0x8")}
INSTRUCTION = re.compile(r"^ *(\w+):\t(?:\w\w )+ *\t(.*)")
RELOCATION = re.compile(r"^\s+\w+: (R_386_\w+)\t(\S+)")
# An operand in memory by a register: its segment, what is added, the first register. Ports are in brackets as well.
BY_REGISTER = re.compile(r"(?:%([c-gs]s):)?(-?0x\w+|-?\d+)?\((%\w+)[^)]*\)")
BY_NUMBER = re.compile(r"%[c-gs]s:(?:0x)?\w+(?![\w(])|[ ,](?:0x)?[0-9a-f]+(?=,|$)")
STACK = ("%esp", "%ebp", "%sp", "%bp")


def faults(listing, own=()):
    """(instruction, what is wrong) of a listing with relocations; own: what may be reached by DS."""
    found, last = [], ""
    for line in listing.splitlines():
        if re.search(r":\t(00 )+ *\t", line):
            continue        # variables
        if m := RELOCATION.match(line):
            absolute = m[1] not in ("R_386_PC32", "R_386_PC16", "R_386_PC8")
            if absolute and not re.match(r"(mov|push)\w* +\$", last):
                found.append((last, "an absolute address that is no number for a register"))
            elif not absolute and not re.match(r"\.text|rt16_pm_|rt16_bios32_|rt16_pnp_|\*ABS\*", m[2]):     # a distance
                found.append((last, f"goes to {m[2]}"))
        elif m := INSTRUCTION.match(line):
            last = m[2]
            operands = last.partition(" ")[2].split("<")[0].strip()
            if re.match(r"(lea|in|out)\w* |(j\w+|calll?|loop\w*) ", last):
                continue
            named = BY_NUMBER.search(f" {operands}")
            if named and not last.startswith("lret") and named[0].strip(" ,") not in own:
                found.append((last, "a fixed address"))
            for segment, _, register in BY_REGISTER.findall(operands):
                if not segment and register not in STACK or segment in ("ds", "fs", "gs"):
                    found.append((last, "memory of the caller's that he has not named"))
                if segment == "ss" or register in STACK and segment not in ("", "ss"):
                    found.append((last, "another segment than the stack's"))
    return found


@pytest.mark.parametrize("source", OBJECTS)
def test_the_callers_segments_may_be_anywhere(source):
    objects = sorted(p.stem for p in (TREE / "src/pm").glob("*.S"))
    assert objects == sorted(OBJECTS)
    listing = subprocess.run(["objdump", "-dr", "-j", ".text.pm", "-M", OBJECTS[source], str(OUT / f"src/pm/{source}.o")], check=True, text=True,
                             stdout=subprocess.PIPE).stdout
    assert len(re.findall(INSTRUCTION.pattern, listing, re.MULTILINE)) > 20
    assert faults(listing, OWN_WORDS.get(source, ())) == []
    sections = subprocess.run(["objdump", "-h", str(OUT / f"src/pm/{source}.o")], check=True, text=True,
                              stdout=subprocess.PIPE).stdout
    sizes = {name: int(size, 16) for name, size in re.findall(r"^ *\d+ (\S+) +(\w+)", sections, re.MULTILINE)}
    assert not {name for name, size in sizes.items() if size and name in (".data", ".bss", ".rodata", ".text")}


def test_the_directory_touches_no_memory():
    """Its page and the next one are all that a caller maps before he knows more."""
    listing = subprocess.run(["objdump", "-d", "-M", "i386", str(OUT / "src/pm/pci.o")], check=True, text=True,
                             stdout=subprocess.PIPE).stdout
    directory = re.search(r"<rt16_bios32_entry>:\n(.*?)\n\n", listing, re.DOTALL)[1]
    assert directory.count("lret") == 3 and "(" not in directory and "call" not in directory


@pytest.mark.parametrize("line, what", [
    ("   0:\t8b 0d 00 00 00 00    \tmov    0x0,%ecx\n\t\t\t2: R_386_32\trt16_pm_pir", "a fixed address"),
    ("   0:\ta1 34 12 00 00       \tmov    0x1234,%eax", "a fixed address"),
    ("   0:\t2e a0 34 12 00 00    \tmov    %cs:0x1234,%al", "a fixed address"),
    ("   0:\t8a 07                \tmov    (%edi),%al", "memory of the caller's that he has not named"),
    ("   0:\t3e 8a 04 24          \tmov    %ds:(%esi),%al", "memory of the caller's that he has not named"),
    ("   0:\tf3 a4                \trep movsb %ds:(%esi),%es:(%edi)", "memory of the caller's that he has not named"),
    ("   0:\t2e 8b 04 24          \tmov    %cs:(%esp),%eax", "another segment than the stack's"),
    ("   0:\te8 fc ff ff ff       \tcall   1 <x>\n\t\t\t1: R_386_PC32\tservice16", "goes to service16"),
])
def test_what_is_not_promised_is_seen(line, what):
    assert what in [reason for _, reason in faults(line)]


def test_own_words_are_a_few():
    listing = "   0:\t66 39 2d 04 00 00 00 \tcmp    %bp,0x4\n   7:\tf6 05 0a 00 00 00 10 \ttestb  $0x10,0xa\n"
    assert [what for what, _ in faults(listing, OWN_WORDS["apm32"])] == ["testb  $0x10,0xa"] and len(faults(listing)) == 2


def test_what_is_promised_is_let_alone():
    assert faults("   0:\tbf 00 00 00 00       \tmov    $0x0,%edi\n\t\t\t1: R_386_32\trt16_bios32_entry\n"
                  "   5:\t2e 8a 8f b1 01 00 00 \tmov    %cs:0x1b1(%edi),%cl\n   6:\t26 66 39 0f          \tcmp    %cx,%es:(%edi)\n"
                  "   7:\t66 89 04 24          \tmov    %ax,(%esp)\n   8:\tef                   \tout    %eax,(%dx)\n"
                  "   9:\tf3 2e a4             \trep movsb %cs:(%esi),%es:(%edi)\n   a:\t75 13                \tjne    42 <call+0x20>\n"
                  "   b:\tc4 5d 0e             \tles    0xe(%ebp),%bx\n") == []

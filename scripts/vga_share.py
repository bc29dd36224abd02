#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Say once what the VGA BIOS's assembly says often: NAME.long.s to NAME.shared.s. What it saves is printed with --tell.

    pieces      what several places do becomes a function of its own, which they call
    last calls  `callw f` before `retw` is `jmp f`

What several functions end with is scripts/vga_place.py's.

A piece has no jump and no place that is jumped to in it, and knows nothing of the stack's height: what it calls has no
arguments there either. None is taken out of a loop that calls nobody, where a call each time would cost more than bytes
are worth. A call through a table stays with the load of its register, so that who is called can be read there. How long an instruction is
says the assembler's listing of the same file (as -aln)."""
import argparse
import collections
import copy
import pathlib
import re
import sys

from vga_narrow import ASSEMBLY, ON_STACK

CALL = JUMP = 3             # bytes
RETURN = 1
LONGEST = 24                # instructions that are compared
LABEL = re.compile(r"([.\w$]+):")
STACK = re.compile(r"%e?sp\b")


class Line:
    """One of the assembly; size: bytes of an instruction, 0: it is none."""

    def __init__(self, text, size=0, loop=False):
        self.text, self.size, self.loop = text, size, loop
        self.kept = False       # must not be torn from the next
        self.said = " ".join(text.split())
        self.name = self.said.split(" ")[0] if size else ""


def sizes(listing):
    """{number of a line: bytes that it makes}, of what `as -aln` writes."""
    found = collections.Counter()
    for line in listing.splitlines():
        m = re.match(r"\s*(\d+) [0-9a-f]{4,} ([0-9A-F]+)", line)
        if m:
            found[int(m[1])] += len(m[2]) // 2
    return found


def read(text, listing):
    """The assembly as Lines; those with a size are instructions of its code."""
    size, out, code = sizes(listing), [], False
    for number, line in enumerate(text.splitlines(), 1):
        word = line.strip()
        if word.startswith(".section"):
            code = ".text" in word
        out.append(Line(line, size[number] if code and word and not word.startswith(".") and not LABEL.match(word) else 0))
    return out


def functions(lines):
    """[(name, first line, line behind the last)]"""
    names = {m[1] for m in (re.match(r"\s*\.type\s+([\w.$]+),\s*@function", line.text) for line in lines) if m}
    found, name, start = [], None, 0
    for n, line in enumerate(lines):
        m = LABEL.match(line.text)
        if m and m[1] in names:
            name, start = m[1], n
        elif name and re.match(r"\s*\.size\s+" + re.escape(name), line.text):
            found.append((name, start, n))
            name = None
    return found


def mark_loops(lines, start, end):
    """Instructions from which control comes back to them, without a call on the way."""
    labels = {LABEL.match(line.text)[1]: n for n, line in enumerate(lines[start:end], start) if LABEL.match(line.text)}

    def follow(n):
        line = lines[n]
        if line.name.startswith("ret"):
            return []
        there = [labels[line.said.split()[-1]]] if line.name.startswith("j") else []
        return [k for k in (there if line.name == "jmp" else [*there, n + 1]) if k < end]

    def circles(inside):
        """Those of them, as bits of a number, from which control comes back."""
        reached, before = {n: 0 for n in inside}, None
        while reached != before:
            before = dict(reached)
            for n in reversed(inside):
                for k in follow(n):
                    if k in reached:
                        reached[n] |= 1 << k - start | reached[k]
        return {n for n in inside if reached[n] >> n - start & 1}

    for n in circles([n for n in range(start, end) if lines[n].name != "callw"]):
        lines[n].loop = True


def keep_table_calls(lines):
    """From the load of a register to the call through it."""
    for n, line in enumerate(lines):
        if line.name == "callw" and "*" in line.said:
            register = line.said.split("*%")[1]
            load = next((k for k in range(n - 1, max(n - 9, -1), -1) if re.match(rf"mov\w %gs:.*, %e?{register}$", lines[k].said)), n)
            for k in range(load, n):
                lines[k].kept = True


def stack_functions(lines):
    """Functions that may have arguments on the stack: those that reach above their frame, or may."""
    found = set()
    for name, start, end in functions(lines):
        for line in lines[start:end]:
            above = re.search(r"(?<![-\d])(\d+)\(%bp", line.text)
            if (above and int(above[1]) >= 4) or re.search(r"\(%e?sp", line.text):
                found.add(name)
    return found


def alone(key, known):
    """Whether these instructions can be a function of their own."""
    height = 0
    for said in key:
        name, _, operands = said.partition(" ")
        if name[0] == "j" or name.startswith(("ret", "lret", "iret")) or STACK.search(operands):
            return False
        if name.startswith("call") and operands not in known:
            return False
        height += name.startswith("push") - name.startswith("pop")
        if height < 0:
            return False
    return not height


def candidates(lines):
    """{instructions: [first lines]} of what may be a piece."""
    pieces = collections.defaultdict(list)
    for start in range(len(lines)):
        if start and lines[start - 1].kept:
            continue
        key, size = [], 0
        for line in lines[start:start + LONGEST]:
            if not line.size:
                break
            key.append(line.said)
            size += line.size
            if line.name.startswith(("j", "ret")) or line.loop:
                break
            if size > CALL and not line.kept:
                pieces[tuple(key)].append(start)
    return pieces


def once(lines, number, known):
    """Take out what saves most, all that do not touch each other. Returns the lines, and how many bytes are saved."""
    found = []
    for key, places in candidates(lines).items():
        if len(places) < 2 or not alone(key, known):
            continue
        apart = []
        for place in places:
            if not apart or place >= apart[-1] + len(key):
                apart.append(place)
        size = sum(line.size for line in lines[places[0]:places[0] + len(key)])
        saved = len(apart) * (size - CALL) - size - RETURN
        if saved > 0:
            found.append((saved, key, apart))
    found.sort(key=lambda x: (-x[0], x[1]))
    taken, inserted, dropped, behind, total = set(), {}, set(), [], 0
    for saved, key, places in found:
        covered = {n for place in places for n in range(place, place + len(key))}
        if covered & taken or saved * 2 < found[0][0]:
            continue            # the next time, when the others are gone
        taken |= covered
        total += saved
        name = f"shared_{number + len(behind)}"
        body = [copy.copy(line) for line in lines[places[0]:places[0] + len(key)]]
        behind.append([Line(f"\t.section\t.text.{name},\"ax\",@progbits"), Line(f"\t.type\t{name}, @function"), Line(f"{name}:"), *body,
                       Line("\tretw", RETURN), Line(f"\t.size\t{name}, .-{name}")])
        for place in places:
            inserted[place] = Line(f"\tcallw\t{name}", CALL)
            dropped.update(range(place, place + len(key)))
        known.add(name)
    out = []
    for n, line in enumerate(lines):
        if n in inserted:
            out.append(inserted[n])
        if n not in dropped:
            out.append(line)
    return out, behind, total


def last_calls(lines, known):
    """Jumps for calls that a return follows, where what is called finds nothing on the stack anyway."""
    out, saved = [], 0
    for line in lines:
        before = out[-1] if out else None
        if line.name == "retw" and before and before.name == "callw" and before.said.split()[1] in known:
            out[-1] = Line(f"\tjmp\t{before.said.split()[1]}", JUMP)
            saved += RETURN
        else:
            out.append(line)
    return out, saved


def share(text, listing):
    """The assembly anew, and how many bytes it is less."""
    lines = read(text, listing)
    for _, start, end in functions(lines):
        mark_loops(lines, start, end)
    keep_table_calls(lines)
    known = (set(ASSEMBLY) | {name for name, _, _ in functions(lines)}) - ON_STACK - stack_functions(lines)
    saved, number = 0, 0
    while True:
        lines, behind, now = once(lines, number, known)
        if not behind:
            break
        number += len(behind)
        saved += now
        for one in behind:
            lines += one
    lines, now = last_calls(lines, known)
    saved += now
    return "\n".join(line.text for line in lines) + "\n", saved


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("file", type=pathlib.Path, help="assembly")
    p.add_argument("listing", type=pathlib.Path, help="what `as -aln` writes of it")
    p.add_argument("--out", required=True, type=pathlib.Path, help="the assembly to make")
    p.add_argument("--tell", action="store_true", help="print how many bytes are saved")
    args = p.parse_args()
    text, saved = share(args.file.read_text(), args.listing.read_text())
    args.out.write_text(text)
    if args.tell:
        print(f"vga_share: {saved} bytes less")


if __name__ == "__main__":
    sys.exit(main())

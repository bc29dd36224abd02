#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Make gcc's assembly for 16-bit code harmless to weak emulators of the x86: stdin or FILE to stdout.

A VGA BIOS runs in emulators too (X servers, 64-bit Windows). Some of them take the operand-size prefix of `call`, `ret`,
`leave` or `lea` for nothing, so these are said in other words:

    call F          pushw $0; callw F       a return address of four bytes, as gcc expects, the upper half 0
    ret             retw $2
    leave           movl %ebp, %esp; popl %ebp
    jmp *%eax       jmpw *%ax               a call at a function's end
    leal D(B,I,S)   movl, shll, addl        between pushfw and popfw where a condition is alive

What cannot be said otherwise ends with 1 and names the line."""
import argparse
import re
import sys

LEA = re.compile(r"\s*leal\s+(?:(?P<disp>[^(]*)\((?P<base>%\w+)?(?:,(?P<index>%\w+)(?:,(?P<scale>\d))?)?\)|(?P<plain>[^(]+)),\s*(?P<to>%\w+)$")
# They read flags; and the others that are known here write all those that gcc reads.
READS = re.compile(r"(j(?!mp)\w+|set\w+|cmov\w+|adc\w|sbb\w|rc[lr]\w|pushf\w?|lahf)$")
WRITES = re.compile(r"(add|sub|cmp|test|and|or|xor|neg)[bwl]$")
ENDS = re.compile(r"(call\w?|ret\w?|iret\w?|lret\w?)$")


class Refused(Exception):
    pass


def mnemonic(line):
    """The instruction's name, or "" for labels, directives, comments."""
    word = line.split(None, 1)[0] if line.strip() else ""
    if word in ("rep", "repz", "repnz", "lock"):
        return line.split()[1].rstrip(";")
    return "" if word.startswith((".", "#", "/")) or word.endswith(":") else word


def flags_alive(lines, n, labels, seen=None):
    """May a condition that was there before line n be read at or behind it?"""
    seen = seen if seen is not None else set()
    while n < len(lines):
        if n in seen:
            return False
        seen.add(n)
        name = mnemonic(lines[n])
        if READS.match(name):
            return True
        if WRITES.match(name) or ENDS.match(name):
            return False
        if name == "jmp":
            target = labels.get(lines[n].split()[1])
            return True if target is None else flags_alive(lines, target, labels, seen)
        n += 1
    return False


def lea(line, alive):
    m = LEA.match(line)
    if not m:
        raise Refused("an address that is not known here")
    to, base, index, disp = m["to"], m["base"], m["index"], m["disp"] or m["plain"] or ""
    if m["plain"]:
        return [f"\tmovl\t${disp}, {to}"]
    times = int(m["scale"] or 1)
    out = []
    if index is None:
        if base != to:
            out.append(f"\tmovl\t{base}, {to}")
        if disp and disp != "0":
            out.append(f"\taddl\t${disp}, {to}")
    elif to == index:
        if base == to:
            out.append(f"\timull\t${times + 1}, {to}, {to}")
        elif times > 1:
            out.append(f"\tshll\t${times.bit_length() - 1}, {to}")
        if base not in (to, None):
            out.append(f"\taddl\t{base}, {to}")
    else:
        if base == to:
            out += [f"\taddl\t{index}, {to}"] * times
        else:
            out.append(f"\tmovl\t{index}, {to}")
            if times > 1:
                out.append(f"\tshll\t${times.bit_length() - 1}, {to}")
            if base:
                out.append(f"\taddl\t{base}, {to}")
    if index is not None and disp and disp != "0":
        out.append(f"\taddl\t${disp}, {to}")
    if alive and any(not x.startswith("\tmovl") for x in out):
        if "%esp" in (index, to):
            raise Refused("a condition is alive and the stack pointer changes")
        if base == "%esp":
            out.append(f"\taddl\t$2, {to}")        # the pushed flags
        out = ["\tpushfw", *out, "\tpopfw"]
    return out


def one(lines, n, labels):
    line = lines[n]
    name = mnemonic(line)
    if line.strip() == ".code16gcc":
        return ["\t.code16"]
    if name in ("call", "calll"):
        target = line.split(None, 1)[1]
        if target.startswith("*"):
            if not re.fullmatch(r"\*%e\w\w", target) or target == "*%esp":
                raise Refused("a call through memory")
            target = f"*%{target[3:]}"
        return ["\tpushw\t$0", f"\tcallw\t{target}"]
    if name in ("ret", "retl"):
        if len(line.split()) > 1:
            return [f"\tretw\t$2+({line.split()[1].lstrip('$')})"]
        return ["\tretw\t$2"]
    if name in ("leave", "leavel"):
        return ["\tmovl\t%ebp, %esp", "\tpopl\t%ebp"]
    if name == "leal":
        return lea(line, flags_alive(lines, n + 1, labels))
    if name == "jmp" and line.split()[1].startswith("*"):
        target = line.split()[1]
        if not re.fullmatch(r"\*%e\w\w", target) or target == "*%esp":
            raise Refused("a jump through memory")
        return [f"\tjmpw\t*%{target[3:]}"]
    if name in ("enter", "enterl", "leaw", "lea"):
        raise Refused(f"{name} is not known here")
    return [line]


def convert(text):
    lines = text.splitlines()
    labels = {line.split(":")[0].strip(): n for n, line in enumerate(lines) if re.match(r"[.\w$]+:", line)}
    out = []
    for n, line in enumerate(lines):
        try:
            out += one(lines, n, labels)
        except Refused as e:
            raise Refused(f"line {n + 1}: {line.strip()}: {e}") from None
    return "\n".join(out) + "\n"


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("file", nargs="?", type=argparse.FileType("r"), default=sys.stdin, help="gcc -m16 -S (default: stdin)")
    args = p.parse_args()
    try:
        sys.stdout.write(convert(args.file.read()))
    except Refused as e:
        sys.exit(f"vga_asm: {args.file.name}: {e}")


if __name__ == "__main__":
    main()

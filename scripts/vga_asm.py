#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Make gcc's assembly for 16-bit code harmless to weak emulators of the x86: stdin or FILE to stdout.

A VGA BIOS runs in emulators too (X servers, 64-bit Windows). Some of them take the operand-size prefix of `call`, `ret`,
`leave` or `lea` for nothing, so these are said in other words:

    call F          callw F                 a return address of two bytes: arguments on the stack are two bytes
    ret             retw                    nearer than gcc expects, which .cfi_def_cfa_offset tells of each line
    leave           movl %ebp, %esp; popl %ebp
    jmp *%eax       jmpw *%ax               a call at a function's end
    leal D(B,I,S)   movl, shll, addl        between pushfw and popfw where a condition is alive

and instructions on 32 bits are said with 16, a byte or more shorter, where nobody reads a result's upper half.

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
        return [f"\tcallw\t{target}"]
    if name in ("ret", "retl"):
        return ["\tretw" + line.strip()[len(name):]]
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


WIDE = re.compile(r"%e(ax|bx|cx|dx|si|di|bp)$")
ARGUMENTS = "ax", "cx", "dx"
ARGUMENT_BYTES = 0x100      # on the stack; offsets that are larger by 64 KiB lead into the frame
FILLS = re.compile(r"(movl|movz[bw]l|movs[bw]l|popl|leal)$")
# They use registers without naming them; string instructions of 16-bit code have halves alone for addresses and counts.
STRINGS = re.compile(r"(rep\w*|(movs|stos|ins|outs)[bwl])$")
IMPLICIT = re.compile(r"(rep\w*|(movs|stos|lods|cmps|scas|ins|outs)[bwl]|c[lw]t[dl]|cbtw|i?mul[bwl]|i?div[bwl]|push[af]\w*|pop[af]\w*|"
                      r"xchg\w|loop\w*|j\w?cxz|int)$")
NARROW = re.compile(r"(add|sub|and|or|xor|inc|dec|not|neg|sal|shl)l$")
NARROW_SOURCE = re.compile(r"(\$(?P<number>-?\d+)|%e(?P<register>ax|bx|cx|dx|si|di|bp))$")


def split_line(line):
    """Mnemonic; source, "" if there is none; destination."""
    words = line.strip().split(None, 1)
    source, _, to = words[1].rpartition(",") if len(words) > 1 else ("", "", "")
    return mnemonic(line), source.strip(), to.strip()


def half_alive(lines, n, labels, reg, seen):
    """May the upper half of a register be read at or behind line n?"""
    full = "%e" + reg
    while n < len(lines):
        if n in seen:
            return False
        seen.add(n)
        name, source, to = split_line(lines[n])
        if not name:
            pass
        elif ";" in lines[n] or STRINGS.match(lines[n].split()[0]):
            if full in lines[n] or "addr32" in lines[n] or (reg == "ax" and "stosl" in lines[n]):
                return True
        elif IMPLICIT.match(name) and not (name == "imull" and source):
            return True
        elif name.startswith("ret"):
            return reg != "cx"
        elif name.startswith("call"):
            if full in to:
                return True
            if reg in ARGUMENTS:
                return argument_alive(to, reg)
        elif ENDS.match(name):
            return True
        elif name.startswith("j"):
            if to not in labels:
                return True
            if name != "jmp" and half_alive(lines, labels[to], labels, reg, seen):
                return True
            if name == "jmp":
                n = labels[to]
        elif full in source or full in to:
            return not ((to == full and FILLS.match(name) and full not in source) or (name == "xorl" and source == to == full))
        n += 1
    return True


# Functions of the whole program: lines, where it begins, labels; and what has been found: (function, register): alive.
program, arguments = {}, {}


def argument_alive(function, reg):
    """Does a function read the upper half of a register that it is called with? One that is not known, or calls itself, does."""
    key = function, reg
    if key not in arguments:
        arguments[key] = True
        if function in program:
            lines, n, labels = program[function]
            arguments[key] = half_alive(lines, n, labels, reg, set())
    return arguments[key]


def learn(text):
    lines = near_arguments(text.splitlines())
    labels = labels_of(lines)
    for name, n in labels.items():
        if f"\t.globl\t{name}" in lines:
            program[name] = lines, n, labels


def narrowed(lines, n, labels):
    """What line n is in 16 bits, None if it has to stay."""
    name, source, to = split_line(lines[n])
    m = WIDE.match(to)
    if not m or not (name in ("movl", "movzwl", "movzbl", "popl") or NARROW.match(name)):
        return None
    reg, what = "%" + m[1], NARROW_SOURCE.match(source)
    small = source and what and (what["register"] or -0x8000 <= int(what["number"]) <= 0xffff)
    operand = what and ("%" + what["register"] if what["register"] else source)
    if name == "popl":      # of a number that was pushed just before
        push = re.fullmatch(r"\tpushl\t(\$-?\d+)", lines[n - 1])
        new = [f"\tmovw\t{push[1]}, {reg}"] if push else None
    elif name == "movzwl":
        new = [] if source == reg else [f"\tmovw\t{source}, {reg}"]
    elif name == "movzbl":
        new = [f"\tmovzbw\t{source}, {reg}"]
    elif name == "movl":
        new = [f"\tmovw\t{operand}, {reg}"] if small else [f"\tmovw\t{source}, {reg}"] if source.endswith("(%esp)") else None
    elif name == "xorl" and source == to:
        new = [f"\txorw\t{reg}, {reg}"]
    elif (source and not small) or flags_alive(lines, n + 1, labels):
        new = None
    else:
        new = [f"\t{name[:-1]}w\t{operand + ', ' if source else ''}{reg}"]
    return None if new is None or half_alive(lines, n + 1, labels, m[1], set()) else new


def near_arguments(lines):
    """Operands beyond the return address, which has two bytes for four: at or above the frame's size, which .cfi tells."""
    offset, saved, out = 0, [], []
    for line in lines:
        words = line.split()
        directive = words[0] if words else ""
        if directive.startswith(".cfi"):
            if directive in (".cfi_def_cfa", ".cfi_def_cfa_register"):
                raise Refused(f"{line.strip()}: a frame that is not found by the stack pointer")
            if directive == ".cfi_startproc":
                offset = 4
            elif directive == ".cfi_def_cfa_offset":
                offset = int(words[1])
            elif directive == ".cfi_adjust_cfa_offset":
                offset += int(words[1])
            elif directive == ".cfi_remember_state":
                saved.append(offset)
            elif directive == ".cfi_restore_state":
                offset = saved.pop()
            line = "#"
        elif mnemonic(line):
            line = re.sub(r"(-?\d+)(\(%esp)", lambda m: f"{int(m[1]) - 2 * (0 <= int(m[1]) - offset < ARGUMENT_BYTES)}{m[2]}", line)
        out.append(line)
    return out


def labels_of(lines):
    return {line.split(":")[0].strip(): n for n, line in enumerate(lines) if re.match(r"[.\w$]+:", line)}


def narrow(lines):
    """Until nothing changes: what is narrow reads no upper half. A line is taken away by making it a comment."""
    labels, changed = labels_of(lines), True
    program.update((name, (lines, n, labels)) for name, n in labels.items() if not name.startswith("."))
    while changed:
        changed = False
        arguments.clear()
        for n in range(len(lines)):
            new = narrowed(lines, n, labels)
            if new is not None:
                if split_line(lines[n])[0] == "popl":
                    lines[n - 1] = "#"
                lines[n], changed = new[0] if new else "#", True
    return lines


def convert(text):
    lines = narrow(near_arguments(text.splitlines()))
    labels = labels_of(lines)
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
    p.add_argument("--program", nargs="*", default=[], help="all that gcc has made of the program: what functions do with arguments")
    args = p.parse_args()
    try:
        for name in args.program:
            with open(name) as other:
                learn(other.read())
        sys.stdout.write(convert(args.file.read()))
    except Refused as e:
        sys.exit(f"vga_asm: {args.file.name}: {e}")


if __name__ == "__main__":
    main()

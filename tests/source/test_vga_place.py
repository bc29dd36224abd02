# SPDX-License-Identifier: BSD-2-Clause
"""Where scripts/vga_place.py puts code: what is done stays the same, jump for jump."""
import pathlib
import re
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "scripts"))
import vga_place  # noqa: E402

ENDS = ["movw $1, %ax", "movw $2, %cx", "retw"]


def function(name, *lines):
    return [f".section .text.{name},\"ax\"", f".type {name}, @function", f"{name}:", *lines, f".size {name}, .-{name}"]


def placed(*lines, size=3):
    """Instructions and labels of what comes out; each instruction has that many bytes, but `retw`, which has one."""
    listing = "\n".join(f"{n:4} 0000 {'00' * (1 if line == 'retw' else size)} {line}" for n, line in enumerate(lines, 1))
    said = [" ".join(line.split()) for line in vga_place.place("\n".join(lines), listing).splitlines()]
    return said[said.index(".text", said.index(".text") + 1 if lines[0] == ".text" else 0) + 1:] if ".text" in said else said


def walk(lines, start, choices):
    """What is done from a label on; choices: whether each jump with a condition is taken."""
    labels = {line[:-1]: n for n, line in enumerate(lines) if line.endswith(":")}
    n, done, choices = labels[start], [], list(choices)
    while len(done) < 50:
        line = lines[n]
        n += 1
        if line.endswith(":") or line.startswith("."):
            continue
        name, _, to = line.partition(" ")
        if name == "jmp":
            n = labels[to]
            continue
        done.append(name if name[0] == "j" else line)
        if name == "retw":
            break
        if name[0] == "j" and choices.pop(0):
            n = labels[to]
    return done


def same(lines, starts=("f", "g", "h")):
    out = placed(*lines)
    for start in starts:
        if f"{start}:" in lines:
            for choices in range(32):
                taken = [choices >> k & 1 for k in range(5)] * 10
                assert walk(out, start, taken) == walk(lines, start, taken), "\n".join(out)
    return out


def test_ends_stand_once():
    out = same([*function("f", "movb $1, (%si)", *ENDS), *function("g", "movb $2, (%si)", *ENDS), *function("h", "movb $3, (%si)", *ENDS)])
    assert out.count(ENDS[0]) == out.count("retw") == 1 and sum(line.startswith("jmp") for line in out) == 2


@pytest.mark.parametrize("first, second", [
    (["je .L1", "movb $1, (%di)", ".L1:", *ENDS], [*ENDS]),                 # entered from elsewhere: up to there
    (["je .L1", "movb $1, (%di)", ENDS[0], ".L1:", *ENDS[1:]], [*ENDS]),
    (["je .L1", *ENDS[:2], ".L1:", "retw"], [*ENDS]),
    (["movb $1, (%di)", ".L1:", "je .L1", *ENDS], ["movb $2, (%di)", ".L2:", "je .L2", *ENDS]),
    (["jmp .L1", ".L2:", *ENDS, ".L1:", "movb $1, (%di)", "jmp .L2"], ["movb $1, (%di)", "jmp .L2"]),
])
def test_what_is_done_stays(first, second):
    same([*function("f", *first), *function("g", *second)])


def test_a_call_through_a_table_stays_with_its_load():
    lines = [line for n, name in enumerate("fg") for line in function(name, f"movw %gs:{2 * n}(%eax), %ax", "callw *%ax", *ENDS)]
    out = same(lines)
    assert out.count("callw *%ax") == 2 and out.count(ENDS[0]) == 1


def test_what_a_jump_leads_to_follows():
    out = same([*function("f", "movb $1, (%si)", "jmp .L1", ".L2:", "movb $2, (%si)", "retw", ".L1:", "movb $3, (%si)", "je .L2", "jmp g"),
                *function("g", "movb $4, (%si)", "movw $1, %ax", "retw")])
    assert not any(line.startswith("jmp") for line in out)


def far(n):
    """That many instructions, three bytes each, all different."""
    return [f"movw ${k}, %bx" for k in range(1000 * n, 1000 * n + 60)]


def test_a_jump_that_is_too_far_goes_to_a_nearer_one():
    lines = function("f", "je .L1", "movb $1, (%si)", "jne .L1", *far(1), "jmp .L1", *far(2)[:5], "js .L1", *far(3), ".L1:", *far(4), "retw")
    out = same(lines, "f")
    assert {"je .L1", "jne .L1", "jmp .L1"} < set(out) and any(line.startswith("js .Lhop") for line in out)


def test_several_that_are_too_far_have_a_jump_of_their_own():
    lines = function("f", "je .L1", "movb $1, (%si)", "jne .L1", "movb $2, (%si)", "retw", *far(1), ".L1:", *far(2), "retw")
    out = same(lines, "f")
    assert not {"je .L1", "jne .L1"} & set(out) and out.count("jmp .L1") == 1


def test_data_stays():
    lines = [*function("f", "movb $1, (%si)", "retw"), ".section .rodata.a,\"a\"", "table:", ".byte 1", ".text", *function("g", "movb $2, (%si)", "retw")]
    text = vga_place.place("\n".join(lines), "\n".join(f"{n:4} 0000 {'00' * 3} {line}" for n, line in enumerate(lines, 1)))
    assert re.search(r"\.section \.rodata\.a,\"a\"\ntable:\n\.byte 1\n", text)
    assert text.index("table:") < text.index("g:") and ".size f" not in text

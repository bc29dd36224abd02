# SPDX-License-Identifier: BSD-2-Clause
"""What scripts/vga_share.py says once, and what it leaves: loops, conditions' jumps, and whatever depends on the stack's height."""
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "scripts"))
import vga_share  # noqa: E402

PIECE = ["movw $1, %ax", "movw $2, %cx", "movw $3, %dx"]       # nine bytes


def function(name, *lines):
    return [f".section .text.{name},\"ax\"", f".type {name}, @function", f"{name}:", *lines, f".size {name}, .-{name}"]


def shared(*lines, size=3):
    """Instructions and labels of what comes out; each instruction has that many bytes, but `retw`, which has one."""
    listing = "\n".join(f"{n:4} 0000 {'00' * (1 if line == 'retw' else size)} {line}" for n, line in enumerate(lines, 1))
    text, saved = vga_share.share("\n".join(lines), listing)
    said = [" ".join(line.split()) for line in text.splitlines()]
    return [line for line in said if not line.startswith(".") or line.startswith(".L")], saved


def three(*lines):
    """Three functions with something of their own before and behind."""
    return [line for k in range(3) for line in function(f"f{k}", f"movb ${k}, (%si)", *lines, f"movb ${k}, (%di)", "retw")]


def test_a_piece_is_called():
    said, saved = shared(*three(*PIECE))
    assert said.count("callw shared_0") == 3 and said[-5:] == ["shared_0:", *PIECE, "retw"]
    assert saved == 3 * (9 - 3) - 9 - 1


@pytest.mark.parametrize("lines", [
    [*PIECE, "movb %al, 4(%esp)", *PIECE[:1]],
    ["popw %cx", *PIECE],
    ["jne .Lout", "callw *%ax", ".Lout:", *PIECE[:1]],
])
def test_what_depends_on_the_stack_or_jumps_is_no_piece(lines):
    said, _ = shared(*three(*lines))
    for line in lines:
        if "sp" in line or line.startswith(("j", "callw", "pop")):
            assert said.count(line) == 3, line


def test_what_is_called_in_a_piece_has_no_arguments_on_the_stack():
    lines = [*three(*PIECE[:2], "callw g"), *function("g", "pushw %bp", "movw %sp, %bp", "movb 4(%bp), %al", "popw %bp", "retw")]
    assert shared(*lines)[0].count("callw g") == 3
    assert shared(*[line.replace("4(%bp)", "-4(%bp)") for line in lines])[0].count("jmp g") == 1
    assert shared(*three(*PIECE[:2], "callw far_fill16"))[0].count("callw far_fill16") == 3
    assert shared(*three(*PIECE[:2], "callw far_copy"))[0].count("jmp far_copy") == 1
    assert shared(*three(*PIECE[:2], "callw unknown"))[0].count("callw unknown") == 3


def test_a_loop_stays_as_it_is():
    lines = three(*PIECE)
    lines[4:4] = [".Lagain:"]
    lines[lines.index("movb $0, (%di)"):][:1] = []
    at = lines.index("retw")
    lines[at:at] = ["jne .Lagain"]
    said, _ = shared(*lines)
    assert said[:6] == ["f0:", "movb $0, (%si)", ".Lagain:", *PIECE]
    often = [*lines[:at], "je .Lrare", "jne .Lagain", "retw", ".Lrare:", "callw f1", "jmp .Lagain", *lines[at + 2:]]
    assert shared(*often)[0][:6] == said[:6]                            # a call, but not each time
    lines[at:at] = ["callw f1"]
    assert shared(*lines)[0][:4] == ["f0:", "movb $0, (%si)", ".Lagain:", "callw shared_0"]


def test_what_saves_nothing_is_left():
    lines = [line for k in range(2) for line in function(f"f{k}", f"movb ${k}, (%si)", *PIECE[:2], f"movb ${k}, (%di)", "retw")]
    assert shared(*lines) == ([line for line in lines if not line.startswith(".")], 0)


def test_a_last_call_is_a_jump():
    lines = [*function("f", "callw g", "retw"), *function("g", "movb 4(%bp), %al", "retw"), *function("h", "callw f", "retw", "callw f", ".L1:", "retw")]
    said, saved = shared(*lines)
    assert said == ["f:", "callw g", "retw", "g:", "movb 4(%bp), %al", "retw", "h:", "jmp f", "callw f", ".L1:", "retw"] and saved == 1


def test_a_call_through_a_table_stays_with_its_load():
    lines = ["movw %gs:36(%eax), %ax", "callw *%ax"]
    said, _ = shared(*three(*PIECE[:2], *lines))
    assert said.count("movw %gs:36(%eax), %ax") == said.count("callw *%ax") == 3
    said, _ = shared(*three(*PIECE[:2], lines[0].replace("%ax", "%cx"), lines[1]))
    assert said.count("movw %gs:36(%eax), %cx") == 1

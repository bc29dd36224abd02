# SPDX-License-Identifier: BSD-2-Clause
"""What scripts/vga_bytes.py says in 8 bits, what it leaves out, and what has to stay."""
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "scripts"))
import vga_bytes  # noqa: E402


def function(name, *lines):
    return f".type {name}, @function\n{name}:\n" + "".join(f"{line}\n" for line in lines) + f".size {name}, .-{name}\n"


def made(*lines, data="", **others):
    """Instructions of a function, anew; others: functions that it calls, or that call it."""
    text = vga_bytes.rewrite(function("f", *lines) + "".join(function(name, *what) for name, what in others.items()) + data)
    said = [" ".join(line.split()) for line in text.splitlines()]
    return said[said.index("f:") + 1:said.index(".size f, .-f")]


STORE = "movb %al, %fs:0"


@pytest.mark.parametrize("was, now", [
    ("movzbw 4(%si), %ax", "movb 4(%si), %al"), ("movzbl 4(%si), %eax", "movb 4(%si), %al"), ("movzbw %dh, %ax", "movb %dh, %al"),
    ("movw $773, %ax", "movb $5, %al"), ("movl $3, %eax", "movb $3, %al"), ("andw $15, %ax", "andb $15, %al"), ("addw $2, %ax", "addb $2, %al"),
    ("movb $0, %ah", None), ("movw -4(%bp), %dx", None), ("movw %gs:table, %dx", None), ("movw %bx, %cx", None), ("leaw 1(%si), %di", None),
    ("movzbw %al, %ax", None),
])
def test_what_nobody_reads_goes(was, now):
    assert made(was, STORE, "xorw %di, %di", "retw", g=["callw f", "retw"]) == [line for line in (now, STORE, "xorw %di, %di", "retw") if line]


@pytest.mark.parametrize("was", [
    "movw 4(%si), %dx", "movw %es:(%di), %dx", "movb %fs:1, %dl",         # memory that may be a device's, or change
    "movb %al, %fs:1", "pushw %dx", "movw %ax, %es", "outb %al, %dx",
])
def test_what_is_done_elsewhere_stays(was):
    assert was in made(was, STORE, "retw")


@pytest.mark.parametrize("lines", [
    ["movzbw 4(%si), %ax", "movw %ax, %fs:0"],
    ["movzbw 4(%si), %ax", "movb %ah, %fs:0"],
    ["movzbl 4(%si), %eax", "movb (%eax), %al", STORE],
    ["movzbw 4(%si), %ax", "divb %cl", STORE],
    ["movzbw 4(%si), %ax", "shrw $1, %ax", STORE],
    ["movzbw 4(%si), %ax", "addw %cx, %ax", "je .L1", ".L1:", STORE],
    ["movzbw 4(%si), %ax", "je .L1", "movw %ax, %fs:0", ".L1:", STORE],
    ["movzbw 4(%si), %ax", "callw unknown"],
    ["movzbw 4(%si), %ax", "lods"],
    ["movw $773, %cx", "rep outsb"],
    ["andw $15, %ax", "je .L1", ".L1:", STORE],
    ["movw $773, %bx"], ["movw %cx, %di"],                                  # the caller's
])
def test_what_is_read_stays(lines):
    assert made(*lines, "retw")[0] == lines[0]


def test_what_is_made_of_lower_parts_asks_for_no_more():
    lines = ["movzbw 4(%si), %cx", "movw %cx, %ax", "addw $3, %ax", "notw %ax", "shlw $2, %ax", STORE, "retw"]
    assert made(*lines)[0] == "movb 4(%si), %cl"
    assert made(*lines[:2], "rolw $2, %ax", *lines[5:])[0] == lines[0]


def test_what_a_called_function_reads_counts():
    lines = ["movzbw 4(%si), %ax", "callw g", "retw"]
    assert made(*lines, g=[STORE, "retw"])[0] == "movb 4(%si), %al"
    assert made(*lines, g=["movw %ax, %fs:0", "retw"])[0] == lines[0]
    assert made(*lines, g=["callw h", "retw"], h=["movw %ax, %fs:0", "retw"])[0] == lines[0]


def test_what_callers_read_of_a_result_counts():
    lines = ["movw $1, %ax", "retw"]
    assert made(*lines, g=["callw f", STORE, "retw"])[0] == "movb $1, %al"
    assert made(*lines, g=["callw f", "movw %ax, %fs:0", "retw"])[0] == lines[0]
    assert made(*lines, g=["callw *%cx", "movw %ax, %fs:0", "retw"], data="card:\n.value f\n")[0] == lines[0]


def test_a_register_that_a_called_function_leaves_is_read_behind_it():
    assert made("movw %ax, %cx", "callw g", "movw %cx, %fs:0", "retw", g=[STORE, "retw"])[0] == "movw %ax, %cx"
    assert made("movw %bx, %ax", "callw g", "movw %ax, %fs:0", "retw", g=["nop", "retw"])[0] == "movw %bx, %ax"


def test_registers_that_are_kept_for_the_caller_are_not_read_by_that():
    kept = ["pushw %bx", "movb 4(%si), %bl", STORE, "popw %bx", "retw"]
    assert made("movzbw %al, %bx", "callw g", "movb %bl, %fs:0", "popw %bx", "retw", g=kept)[0] == "movb %al, %bl"
    assert made("movzbw %al, %bx", "pushw %bx", "callw g", "popw %bx", "retw", g=kept)[0] == "movzbw %al, %bx"


def test_a_byte_above_another_is_put_there():
    pair = ["movzbw 4(%si), %ax", "salw $8, %ax", "orw $5, %ax", "outw %ax, %dx", "retw"]
    assert made(*pair) == ["movb 4(%si), %al", "movb %al, %ah", "movb $5, %al", *pair[3:]]
    for lines in ([*pair[:2], ".L1:", *pair[2:], "jmp .L1"], [*pair[:3], "je .L2", ".L2:", *pair[3:]], [pair[0], "salw $7, %ax", *pair[2:]],
                  [*pair[:2], "orw $261, %ax", *pair[3:]], [*pair[:2], "orw $5, %cx", *pair[3:]]):
        assert made(*lines) == lines


WRITE = "outw %ax, %dx"


@pytest.mark.parametrize("was, now", [
    ("movw $773, %ax", []), ("movw $774, %ax", ["incw %ax"]), ("movw $772, %ax", ["decw %ax"]), ("movw $769, %ax", ["movb $1, %al"]),
    ("movw $1285, %ax", ["movb $5, %ah"]), ("movw $1284, %ax", ["movw $1284, %ax"]),
])
def test_a_constant_that_is_nearly_there_is_said_by_what_differs(was, now):
    assert made("movw $773, %ax", WRITE, was, WRITE, "retw") == ["movw $773, %ax", WRITE, *now, WRITE, "retw"]


@pytest.mark.parametrize("between", [["callw g"], [".L1:"], ["movw %cx, %ax", WRITE], ["inb %dx, %al"], ["rep outsb"], ["popw %ax"], ["mulb %cl"], ["unknown"]])
def test_a_constant_that_may_be_gone_is_loaded_again(between):
    lines = ["movw $773, %ax", WRITE, *between, "movw $773, %ax", WRITE, "retw"]
    assert made(*lines).count("movw $773, %ax") == 2


def test_flags_that_are_read_stay_as_they_are():
    assert "incw %ax" not in made("movw $773, %ax", WRITE, "cmpb $1, (%si)", "movw $774, %ax", WRITE, "je .L1", ".L1:", "retw")


def test_what_a_later_constant_is_made_of_stays_whole():
    assert made("movw $773, %ax", STORE, "movw $769, %ax", WRITE, "retw") in (
        ["movw $773, %ax", STORE, "movb $1, %al", WRITE, "retw"], ["movb $5, %al", STORE, "movw $769, %ax", WRITE, "retw"])

# SPDX-License-Identifier: BSD-2-Clause
"""What scripts/vga_asm.py makes of gcc's 32-bit code: 16 bits where nobody reads the upper half, and only there."""
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "scripts"))
import vga_asm  # noqa: E402


def made(*lines, **others):
    """A function's instructions, and what is made of them; others: functions that it calls."""
    vga_asm.program.clear()
    for name, text in others.items():
        vga_asm.learn(f"\t.globl\t{name}\n{name}:\n{text}\n")
    text = "f:\n\t.cfi_startproc\n" + "".join(line if line.endswith(":\n") else f"\t{line}\n" for line in lines)
    return [line.strip().replace("\t", " ") for line in vga_asm.convert(text).splitlines()[1:] if line not in ("#", "")]


@pytest.mark.parametrize("lines", [
    ["movl\t$960, %ecx", "ret"],
    ["movl\t$960, %edx", "outb\t%al, %dx", "xorl\t%edx, %edx", "xorl\t%eax, %eax", "call\tg"],
    ["movl\t%ebx, %ecx", "movw\t%cx, 4(%esi)", "ret"],
    ["addl\t%ebx, %ecx", "cmpw\t$1, %cx", "ret"],
])
def test_a_half_that_nobody_reads_is_not_made(lines):
    assert made(*lines)[0] == {"movl\t$960, %ecx": "movw $960, %cx", "movl\t$960, %edx": "movw $960, %dx",
                               "movl\t%ebx, %ecx": "movw %bx, %cx", "addl\t%ebx, %ecx": "addw %bx, %cx"}[lines[0]]


@pytest.mark.parametrize("lines", [
    ["movl\t$960, %eax", "ret"],                                # what is returned
    ["movl\t$960, %edx", "call\tg"],                            # an argument, of a function that is not known
    ["movl\t$960, %ecx", "movl\t%ecx, 4(%esi)", "ret"],
    ["movl\t$960, %ecx", "movb\t(%ecx), %al", "ret"],
    ["movl\t$960, %ecx", "shrl\t$3, %ecx", "movw\t%cx, 4(%esi)", "ret"],
    ["movl\t$960, %ecx", "je\t.L1", "ret", ".L1:\n", "movl\t%ecx, (%esi)", "ret"],
    ["addl\t%ebx, %ecx", "je\t.L1", ".L1:\n", "ret"],           # a condition
    ["movl\t$960, %ebx", "ret"],                                # the caller's
    ["movl\t$960, %edx", "mull\t%ebx", "movl\t%eax, (%esi)", "ret"],
])
def test_a_half_that_is_read_stays(lines):
    assert made(*lines)[0] == lines[0].replace("\t", " ")


def test_what_a_called_function_reads_counts():
    lines = ["movl\t$960, %ecx", "call\tg", "ret"]
    assert made(*lines, g="\tmovw\t%cx, (%eax)\n\tret")[0] == "movw $960, %cx"
    assert made(*lines, g="\tmovl\t%ecx, (%eax)\n\tret")[0] == "movl $960, %ecx"
    assert made(*lines, g="\tcall\tg\n\tret")[0] == "movl $960, %ecx"


def test_arguments_on_the_stack_are_two_bytes_nearer():
    lines = made("pushl\t%ebx", ".cfi_def_cfa_offset 8", "movb\t7(%esp), %al", "movb\t8(%esp), %al", "movl\t65544(%esp), %ebx", "ret")
    assert [line for line in lines if "esp" in line] == ["movb 7(%esp), %al", "movb 6(%esp), %al", "movl 65544(%esp), %ebx"]


def test_a_frame_by_another_register_is_refused():
    with pytest.raises(vga_asm.Refused):
        made("movl\t%esp, %ebp", ".cfi_def_cfa_register 5", "ret")

# SPDX-License-Identifier: BSD-2-Clause
"""What scripts/vga_asm.py makes of gcc's 32-bit code: 16 bits where nobody reads the upper half, and only there."""
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "scripts"))
import vga_asm  # noqa: E402


def function(name, lines):
    text = "".join(line if line.endswith(":\n") else f"\t{line}\n" for line in lines)
    return f"\t.globl\t{name}\n\t.type\t{name}, @function\n{name}:\n{text}\t.size\t{name}, .-{name}\n"


def made(*lines, **others):
    """A function's instructions, and what is made of them; others: functions that it calls, or that call it."""
    files = {"f.s": function("f", lines), **{name: function(name, text.replace("\t", " ").split("\n")) for name, text in others.items()}}
    said = [line.strip().replace("\t", " ") for line in vga_asm.convert(files)["f.s"].splitlines()]
    return [line for line in said if line and not line.startswith((".globl", ".type", ".size", "f:"))]


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
    ["movl\t(%esi), %ecx", "shrl\t$3, %ecx", "movw\t%cx, 4(%esi)", "ret"],
    ["movl\t$960, %ecx", "je\t.L1", "ret", ".L1:\n", "movl\t%ecx, (%esi)", "ret"],
    ["addl\t%ebx, %ecx", "je\t.L1", ".L1:\n", "ret"],           # a condition
    ["movl\t$960, %ebx", "ret"],                                # the caller's
    ["movl\t$960, %edx", "divl\t%ebx", "movl\t%eax, (%esi)", "ret"],
])
def test_a_half_that_is_read_stays(lines):
    assert made(*lines)[0] == lines[0].replace("\t", " ").replace("(%esi)", "(%si)")


def test_what_a_called_function_reads_counts():
    lines = ["movl\t$960, %ecx", "call\tg", "ret"]
    assert made(*lines, g="\tmovw\t%cx, (%eax)\n\tret")[0] == "movw $960, %cx"
    assert made(*lines, g="\tmovl\t%ecx, (%eax)\n\tret")[0] == "movl $960, %ecx"
    assert made(*lines, g="\tmovl\t%ecx, (%eax)\n\tcall\tg\n\tret")[0] == "movl $960, %ecx"


def test_arguments_on_the_stack_are_two_bytes_nearer():
    assert "movb 6(%esp), %al" in made("pushl\t%ebx", "movb\t8(%esp), %al", "popl\t%ebx", "ret")
    assert "movb 3(%esp), %al" in made("subl\t$4, %esp", "movb\t3(%esp), %al", "addl\t$4, %esp", "ret")


def test_what_a_function_keeps_is_16_bits_unless_a_caller_wants_more():
    keeps = ["pushl\t%ebx", "movw\t%ax, %bx", "popl\t%ebx", "ret"]
    # init is called by assembly, which wants nothing afterwards.
    assert made(*keeps, init="call f\nmovw %bx, (%esi)\nret")[0] == "pushw %bx"
    assert made(*keeps, init="call f\nmovl %ebx, (%esi)\nret")[0] == "pushl %ebx"
    assert made(*keeps)[0] == "pushl %ebx"
    # Who pops another register has moved a number.
    assert made("pushl\t%ebx", "popl\t%esi", "ret", init="call f\nret")[0] == "pushl %ebx"


def test_offsets_follow_what_is_pushed():
    lines = ["pushl\t%ebx", "subl\t$4, %esp", "movb\t12(%esp), %al", "movb\t3(%esp), %ah", "addl\t$4, %esp", "popl\t%ebx", "ret"]
    assert made(*lines, init="call f\nret")[2:4] == ["movb 8(%esp), %al", "movb 3(%esp), %ah"]
    assert made(*lines)[2:4] == ["movb 10(%esp), %al", "movb 3(%esp), %ah"]


def test_a_frame_pointer_where_it_is_shorter():
    lines = ["pushl\t%ebx", "subl\t$4, %esp", *["movb\t%al, 3(%esp)"] * 4, "movb\t12(%esp), %al", "addl\t$4, %esp", "popl\t%ebx", "ret"]
    said = made(*lines, init="call f\nret")
    assert said[:5] == ["pushw %bp", "movw %sp, %bp", "pushw %bx", "subw $4, %sp", "movb %al, -3(%bp)"]
    assert said[-5:] == ["movb 4(%bp), %al", "addw $4, %sp", "popw %bx", "popw %bp", "retw"]
    assert "pushw %bp" not in made(*[line.replace("ebx", "ebp") for line in lines])


@pytest.mark.parametrize("line, said", [
    ("movb\t4(%ebx), %al", "movb 4(%bx), %al"),
    ("movb\t%gs:table-1(%esi), %al", "movb %gs:table-1(%si), %al"),
    ("movb\t(%esi,%ebx), %al", "movb (%bx,%si), %al"),
    ("movb\t(%eax), %al", "movb (%eax), %al"),
    ("movb\t(%ebx,%esi,2), %al", "movb (%ebx,%esi,2), %al"),
])
def test_addresses_that_16_bits_can_say(line, said):
    assert made(line, "ret")[0] == said


@pytest.mark.parametrize("lines, said", [
    (["movzwl\t(%esi), %ecx", "cmpl\t$4, %ecx", "ja\t.L1", ".L1:\n", "ret"], "cmpw $4, %cx"),
    (["movzwl\t(%esi), %ecx", "cmpl\t$4, %ecx", "jg\t.L1", ".L1:\n", "ret"], "cmpl $4, %ecx"),     # 8000h is not below 0
    (["movzbl\t(%esi), %ecx", "cmpl\t$4, %ecx", "jg\t.L1", ".L1:\n", "ret"], "cmpw $4, %cx"),
    (["movzwl\t(%esi), %ecx", "shrl\t$3, %ecx", "ret"], "shrw $3, %cx"),
    (["movzwl\t(%esi), %ecx", "incl\t%ecx", "shrl\t$3, %ecx", "ret"], "shrl $3, %ecx"),             # 10000h
    (["movzwl\t(%esi), %ecx", "addl\t%ecx, %ecx", "cmpl\t$4, %ecx", "ja\t.L1", ".L1:\n", "ret"], "cmpl $4, %ecx"),
    (["xorl\t%ecx, %ecx", ".L2:\n", "addl\t$3, %ecx", "cmpl\t$4, %ecx", "jne\t.L2", "ret"], "cmpl $4, %ecx"),
    (["call\tg", "testl\t%eax, %eax", "je\t.L1", ".L1:\n", "ret"], "testl %eax, %eax"),
])
def test_numbers_known_to_be_small_are_compared_in_16_bits(lines, said):
    assert said in made(*lines)


def test_what_a_function_returns_is_known():
    lines = ["call\tg", "testl\t%eax, %eax", "je\t.L1", ".L1:\n", "xorl\t%eax, %eax", "ret"]
    assert "testw %ax, %ax" in made(*lines, g="movzbl (%eax), %eax\nret")
    assert "testl %eax, %eax" in made(*lines, g="movl (%eax), %eax\nret")


def test_an_extension_asks_for_no_upper_half():
    assert made("movzbl\t(%esi), %eax", "movzbl\t%al, %eax", "ret") == ["movzbw (%si), %ax", "movzbl %al, %eax", "retw"]
    assert "movzbl %al, %eax" in made("movb\t(%esi), %al", "movzbl\t%al, %eax", "ret")


def test_a_counter_stays_below_its_end():
    loop = ["xorl\t%ecx, %ecx", ".L1:\n", "movb\t%cl, (%esi)", "incl\t%ecx", "cmpl\t$25, %ecx", "jne\t.L1", "xorl\t%eax, %eax", "ret"]
    assert "cmpw $25, %cx" in made(*loop) and "incw %cx" in made(*loop)
    assert "cmpl $25, %ecx" in made("movl\t(%esi), %ecx", *loop[1:])
    assert "cmpl $25, %ecx" in made(*loop[:3], "incl\t%ecx", *loop[3:])     # it may be passed by


def test_an_offset_in_the_rom_is_a_word():
    lines = ["movl\t$table, %ebx", ".L1:\n", "cmpl\t$table+210, %ebx", "jb\t.L1", "xorl\t%ebx, %ebx", "xorl\t%eax, %eax", "ret"]
    assert made(*lines)[0] == "movw $table, %bx" and "cmpw $table+210, %bx" in made(*lines)


def test_gccs_strings_are_the_stacks_and_others_are_as_they_say():
    assert made("rep stosb", "ret") == ["pushw %ss", "popw %es", "rep stosb", "retw"]
    assert "pushw %ss" not in made("#APP", "rep movsb", "#NO_APP", "ret")


def test_a_dword_of_the_frame_is_a_word_if_nobody_reads_more():
    kept = ["subl\t$4, %esp", "movl\t%eax, (%esp)", "movl\t(%esp), %ecx", "addl\t$4, %esp", "xorl\t%eax, %eax", "ret"]
    assert "movw %ax, 0(%esp)" in made(*kept)
    assert "movl %eax, 0(%esp)" in made(*kept[:3], "movl\t%ecx, (%esi)", *kept[3:])
    assert "movl %eax, -4(%bp)" in made(*kept[:3], "movw\t2(%esp), %ax", *kept[3:])
    assert "movl %eax, -4(%bp)" in made(*kept[:2], "leal\t(%esp), %eax", "call\tg", *kept[2:])


def test_what_moves_the_stack_and_is_not_known_is_refused():
    for lines in (["movl\t%esp, %ebp", "ret"], ["leave", "ret"], ["pushl\t%ebx", "ret"], ["pushal", "popal", "ret"],
                  ["andl\t$-16, %esp", "ret"], ["movb\t65544(%esp), %al", "ret"],
                  ["je\t.L1", "pushl\t%ebx", ".L1:\n", "popl\t%ebx", "ret"], ["jmp\tg"], ["jmp\t*%eax"]):
        with pytest.raises(vga_asm.Refused):
            made(*lines)


def test_who_is_called_through_a_table_is_who_stands_there_in_one():
    lines = ["pushl\t%ebx", "movl\t$100000, %edx", "movl\t%gs:4(%ebx), %eax", "call\t*%eax", "popl\t%ebx", "ret"]
    files = {"f.s": function("init", lines) + function("f", ["movw\t%dx, %fs:0", "ret"]) + function("g", ["movl\t%edx, %fs:0", "ret"]) +
             '\t.section .rodata.card,"a"\n\t.type card, @object\ncard:\n\t.byte\t3\n\t.zero\t3\n\t.long\tf\n\t.long\tg\n'}
    said = vga_asm.convert(files)["f.s"]
    assert "movw\t$34464, %dx" in said         # f reads no more of it; g would
    assert "movw\t%gs:2(%bx), %ax" in said and "\t.byte\t3\n\t.zero\t1\n\t.value\tf\n\t.value\tg\n" in said
    assert "movl\t$100000, %edx" in vga_asm.convert({"f.s": files["f.s"].replace("%gs:4(", "%gs:8(")})["f.s"]


def test_a_table_that_is_not_known_is_refused():
    lines = ["movl\t%gs:4(%ebx), %eax", "call\t*%eax", "ret"]
    data = '\t.section .rodata.card,"a"\ncard:\n\t.byte\t3\n\t.zero\t3\n\t.long\tf\n'
    f = function("f", ["movw\t%dx, %fs:0", "ret"])
    vga_asm.convert({"f.s": function("init", lines) + f + data})
    for text in (function("init", ["movl\t%ebx, %eax", *lines[1:]]) + f + data, function("init", lines) + f + data + "\t.byte\t1\n",
                 function("init", lines) + f + data.replace("3\n\t.zero", "3\n\t.byte\t0\n\t.zero")):
        with pytest.raises(vga_asm.Refused):
            vga_asm.convert({"f.s": text})


@pytest.mark.parametrize("between", [[], ["cmpb\t$1, 2(%esi)", "je\t.L1"], ["addl\t$2, %ecx"], ["pushl\t%edx", "popl\t%edx"]])
def test_an_address_is_said_by_a_copy_that_has_one(between):
    said = made("pushl\t%ebx", "movl\t%eax, %ebx", *between, "movb\t3(%eax), %al", ".L1:\n", "popl\t%ebx", "ret")
    assert "movb 3(%bx), %al" in said and "movw %ax, %bx" in said


@pytest.mark.parametrize("between", [[".L1:\n"], ["call\tg"], ["movb\t$1, %al"], ["incl\t%ebx"], ["movl\t(%esi), %eax"], ["xchgl\t%eax, %edx"],
                                     ["rep stosb"], ["mull\t%edx"], ["jmp\t.L1", ".L1:\n"], ["cltd"]])
def test_a_copy_that_may_be_none_any_more_is_not_taken(between):
    assert "movb 3(%eax), %al" in made("pushl\t%ebx", "movl\t%eax, %ebx", *between, "movb\t3(%eax), %al", "popl\t%ebx", "ret")

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/forms/trip.S: to real mode, to two services of the BIOS, and back. It runs at TRIP of forms.h.
 */
#define TRIP		0x7000
#define TRIP_ESP	(TRIP + 0x3f8)
#define TRIP_AX12	(TRIP + 0x3fc)
#define TRIP_ROWS	(TRIP + 0x400)
#define TRIP_LAST	(TRIP + 0x1000 - 20)
#define SMAP		0x534d4150
#define AT(label)	(TRIP + (label) - trip_start)

	/* void trip(void) */
	.section .text.trip, "ax"
	.globl	trip
trip:	pushal
	cld
	movl	$TRIP, %edi
	movl	$0x400, %ecx
	xorl	%eax, %eax
	rep stosl
	movl	$TRIP, %edi
	movl	$trip_start, %esi
	movl	$trip_end - trip_start, %ecx
	rep movsb
	movl	%esp, TRIP_ESP
	movl	$TRIP, %eax
	jmp	*%eax
back:	popal
	ret

	.section .rodata
	.code32
trip_start:
	lgdtl	AT(gdt_pointer)
	lidtl	AT(idt_pointer)
	ljmpl	$0x08, $AT(narrow)
	.code16
narrow:	movw	$0x10, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movw	%ax, %fs
	movw	%ax, %gs
	movl	%cr0, %eax
	andb	$0xfe, %al
	movl	%eax, %cr0
	ljmpw	$0, $AT(real)
real:	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %fs
	movw	%ax, %gs
	movw	%ax, %ss
	movl	$TRIP, %esp
	int	$0x12
	movw	%ax, TRIP_AX12
	xorl	%ebx, %ebx
	movw	$TRIP_ROWS, %di
1:	movl	$0xe820, %eax
	movl	$20, %ecx
	movl	$SMAP, %edx
	int	$0x15
	jc	2f
	cmpl	$SMAP, %eax
	jne	2f
	addw	$20, %di
	movw	$1, TRIP_AX12 + 2
	cmpw	$TRIP_LAST, %di
	ja	2f
	testl	%ebx, %ebx
	jnz	1b
2:	cli
	lgdtl	AT(gdt_pointer)
	movl	%cr0, %eax
	orb	$1, %al
	movl	%eax, %cr0
	ljmpl	$0x18, $AT(wide)
	.code32
wide:	movw	$0x20, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movw	%ax, %fs
	movw	%ax, %gs
	movl	TRIP_ESP, %esp
	movl	$back, %eax
	jmp	*%eax

	.balign	8
gdt:	.quad	0
	.quad	0x00009b000000ffff
	.quad	0x000093000000ffff
	.quad	0x00cf9b000000ffff
	.quad	0x00cf93000000ffff
gdt_pointer:
	.word	gdt_pointer - gdt - 1
	.long	AT(gdt)
idt_pointer:
	.word	0x3ff
	.long	0
trip_end:
	.section .note.GNU-stack, "", @progbits

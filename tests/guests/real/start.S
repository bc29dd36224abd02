/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/real/start.S: a boot sector that loads the program behind it, and the program's calls into the BIOS.
 * The program runs with CS = DS = ES = SS = 0x1000.
 */
#include "real/layout.h"

/* While a 32-bit service runs; see flat_gdt. */
#define SEL_SERVICE	0x10
#define SEL_OWN32	0x18
#define SEL_OWN16	0x20
#define SEL_OWN_DATA	0x28
#define OWN		(PROGRAM_SEGMENT * 16) << 16

	.code16
	.section .sector, "ax"
	.globl	_start
_start:
	ljmp	$0, $1f
1:	cld
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movw	$0x7c00, %sp
	movb	%dl, drive
	movw	$IMAGE_SECTORS, %bp
	movw	$PROGRAM_SEGMENT, %di
	movw	$1, %si				/* next sector */
	movb	$0x08, %ah
	pushw	%es
	pushw	%si
	pushw	%di
	int	$0x13				/* geometry: one sector at a time by CHS, works on every drive */
	popw	%di
	popw	%si
	popw	%es
	andb	$63, %cl
	movb	%cl, spt
	incb	%dh
	movb	%dh, heads
	testb	$0x80, drive
	jnz	2f
	/* A floppy: that is what the drive can take. What is in it: the largest number of a sector that there is. */
	movw	$sizes, %bp
5:	movb	(%bp), %cl
	movb	%cl, spt
	incw	%bp
	movb	$0, %ch
	movb	$0, %dh
	movb	drive, %dl
	movw	$0x1000, %bx
	movw	$0x0201, %ax
	int	$0x13
	jnc	6f
	cmpw	$sizes_end, %bp
	jne	5b
	jmp	failed
6:	movw	$IMAGE_SECTORS, %bp
2:	movw	%si, %ax
	xorw	%dx, %dx
	movzbw	spt, %cx
	divw	%cx
	incw	%dx
	movw	%dx, %cx			/* CL: sector */
	xorw	%dx, %dx
	movzbw	heads, %bx
	divw	%bx				/* AX: cylinder, DX: head */
	movb	%al, %ch
	movb	%dl, %dh
	movb	drive, %dl
	movw	%di, %es
	xorw	%bx, %bx
	movw	$0x0201, %ax
	int	$0x13
	jc	failed
	addw	$0x20, %di
	incw	%si
	decw	%bp
	jnz	2b
	movb	drive, %dl
	movb	boot_mode, %dh
	movb	spt, %cl
	movw	$PROGRAM_SEGMENT, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movl	$PROGRAM_STACK, %esp
	ljmp	$PROGRAM_SEGMENT, $program
failed:	movb	$'!', %al
	outb	%al, $CONSOLE
	movb	$EXIT_FAILED, %al
	movw	$EXIT_PORT, %dx
	outb	%al, %dx
	hlt
drive:	.byte	0
spt:	.byte	0
sizes:	.byte	36, 24, 21, 20, 18, 15, 9, 8
sizes_end:
heads:	.byte	0
	.org	MODE_AT
boot_mode:
	.byte	0
	.org	446
	.byte	0x80, 0x01, 0x01, 0x00, 0x0c, 0x3f, 0x20, 0x00
	.long	63, 1985
	.org	510
	.word	0xaa55

	.section .program, "ax"
	.globl	program
program:
	movzwl	%dx, %eax
	movzbl	%cl, %edx
	calll	real_main

/*
 * void call_vector(struct call *c): registers as in *c, then the interrupt, then *c as it left them. Flags before
 * the call: c->flags. What the callee uses of the stack is painted first and measured then.
 */
	.globl	call_vector
call_vector:
	pushal
	movl	%eax, current
	movl	%eax, %ebp
	movl	%esp, saved_esp
	movzwl	CALL_VECTOR(%ebp), %ebx
	shll	$2, %ebx
	xorw	%ax, %ax
	movw	%ax, %fs
	movl	%fs:(%ebx), %eax
	movl	%eax, handler
	pushw	CALL_FLAGS(%ebp)
	pushw	%cs
	pushw	$returned
go:					/* EBP: struct call; handler; on the stack what it finds there */
	movl	CALL_EBX(%ebp), %ebx
	movl	CALL_EDX(%ebp), %edx
	movl	CALL_ESI(%ebp), %esi
	movl	CALL_EDI(%ebp), %edi
	movw	CALL_ES(%ebp), %es
	movw	CALL_FS(%ebp), %fs
	movw	CALL_GS(%ebp), %gs
	pushl	handler
	movl	CALL_EAX(%ebp), %eax
	pushw	CALL_DS(%ebp)
	movw	CALL_FLAGS(%ebp), %cx
	andw	$~0x200, %cx			/* as INT clears it */
	pushw	%cx
	movl	CALL_ECX(%ebp), %ecx
	movl	CALL_EBP(%ebp), %ebp
	popfw
	popw	%ds
	lretw
	.globl	returned
returned:
	pushfw					/* on the stack that we gave */
	pushw	%ds
	pushl	%ebp
	pushw	%cs
	popw	%ds
	movl	current, %ebp
	popl	CALL_EBP(%ebp)
	popw	CALL_DS(%ebp)
	popw	CALL_FLAGS(%ebp)
	movl	%eax, CALL_EAX(%ebp)
	movl	%ebx, CALL_EBX(%ebp)
	movl	%ecx, CALL_ECX(%ebp)
	movl	%edx, CALL_EDX(%ebp)
	movl	%esi, CALL_ESI(%ebp)
	movl	%edi, CALL_EDI(%ebp)
	movw	%es, CALL_ES(%ebp)
	movw	%fs, CALL_FS(%ebp)
	movw	%gs, CALL_GS(%ebp)
	movl	%esp, %eax
	subl	saved_esp, %eax
	movw	%ax, CALL_VECTOR(%ebp)		/* how far the stack is off */
	movl	saved_esp, %esp
	pushw	%cs
	popw	%es
	cld
	cli
	popal
	retl

/* void call_pnp(struct call *c, uint32_t entry, uint16_t function, uint32_t pointer, uint16_t selector) */
	.globl	call_pnp
call_pnp:
	pushal
	movl	%eax, current
	movl	%eax, %ebp
	movl	%edx, handler
	movl	36(%esp), %ebx
	movw	40(%esp), %di
	movl	%esp, saved_esp
	pushw	%di
	pushl	%ebx
	pushw	%cx
	pushw	%cs
	pushw	$returned
	jmp	go

/* void set_big_limits(void) */
	.globl	set_big_limits
set_big_limits:
	pushl	%eax
	lgdtl	flat_gdt_pointer
	movl	%cr0, %eax
	orb	$1, %al
	movl	%eax, %cr0
	jmp	1f
1:	movw	$8, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %fs
	movw	%ax, %gs
	movl	%cr0, %eax
	andb	$~1, %al
	movl	%eax, %cr0
	jmp	1f
1:	pushw	%cs
	popw	%ds
	pushw	%cs
	popw	%es
	popl	%eax
	retl

/* void enter_protected(struct entered *e, uint32_t gdt) */
	.globl	pnp_protected
pnp_protected:	.long	0
	.globl	enter_protected
enter_protected:
	pushal
	movl	%eax, current
	movl	%edx, %esi
	shrl	$4, %edx
	movw	%dx, %es
	andl	$15, %esi
	orl	$0x51510000, %esi
	inb	$0x21, %al
	movb	%al, masks_in
	inb	$0xa1, %al
	movb	%al, masks_in + 1
	sidtl	real_idt
	movl	$0x11118977, %eax
	movl	$0x22225058, %ebx
	movl	$0x3333cccc, %ecx
	movl	$0x4444dddd, %edx
	movl	$0xd1d1d1d1, %edi
	movl	%esp, saved_esp
	int	$0x15				/* back in 16-bit code: of which mode is to be seen */
	pushfw
	movl	%ebp, saved_ebp
	movl	current, %ebp
	popw	%ds:ENTERED_FLAGS(%ebp)
	movl	%eax, %ds:ENTERED_EAX(%ebp)
	movl	%ebx, %ds:ENTERED_EBX(%ebp)
	movl	%ecx, %ds:ENTERED_ECX(%ebp)
	movl	%edx, %ds:ENTERED_EDX(%ebp)
	movl	%esi, %ds:ENTERED_ESI(%ebp)
	movl	%edi, %ds:ENTERED_EDI(%ebp)
	movw	%ds, %ds:ENTERED_DS(%ebp)
	movw	%es, %ds:ENTERED_ES(%ebp)
	movw	%ss, %ds:ENTERED_SS(%ebp)
	movw	%cs, %ds:ENTERED_CS(%ebp)
	movw	%sp, %ax
	subw	saved_esp, %ax
	movw	%ax, %ds:ENTERED_SP_OFF(%ebp)
	sgdtl	%ds:ENTERED_GDT(%ebp)
	sidtl	%ds:ENTERED_IDT(%ebp)
	movl	%es:0, %eax
	movl	%eax, %ds:ENTERED_PROBE(%ebp)
	inb	$0x21, %al
	movb	%al, %ds:ENTERED_MASKS(%ebp)
	inb	$0xa1, %al
	movb	%al, %ds:ENTERED_MASKS + 1(%ebp)
	smsww	%ax
	andw	$1, %ax
	movw	%ax, %ds:ENTERED_DONE(%ebp)
	jz	1f
	pushw	$0x38				/* Plug and Play from 16-bit protected mode: where is the version */
	pushw	$0x20
	pushw	$0x10
	pushw	$0x60
	lcallw	*pnp_protected
	addw	$8, %sp
	movw	%ax, %ds:ENTERED_PNP(%ebp)
	movw	$0x18, %ax
	movw	%ax, %es
	movw	%ax, %fs
	movw	%ax, %gs
	movl	%cr0, %eax
	andb	$~1, %al
	movl	%eax, %cr0
	ljmpw	$PROGRAM_SEGMENT, $1f
1:	cli
	movw	%cs, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	lidtl	real_idt
	movb	$0x11, %al			/* interrupt controllers as a BIOS leaves them */
	outb	%al, $0x20
	outb	%al, $0xa0
	movb	$0x08, %al
	outb	%al, $0x21
	movb	$0x70, %al
	outb	%al, $0xa1
	movb	$0x04, %al
	outb	%al, $0x21
	movb	$0x02, %al
	outb	%al, $0xa1
	movb	$0x01, %al
	outb	%al, $0x21
	outb	%al, $0xa1
	movb	masks_in, %al
	outb	%al, $0x21
	movb	masks_in + 1, %al
	outb	%al, $0xa1
	movl	saved_esp, %esp
	movl	saved_ebp, %ebp
	popal
	retl

	.globl	data_selector
data_selector:	.word	FLAT_SELECTOR
/* void call32(struct call *c, uint32_t base, uint32_t limit, uint32_t offset) */
	.globl	call32
call32:
	pushal
	movl	%eax, current
	movl	%esp, saved_esp
	movl	36(%esp), %ebx
	movl	%ebx, far32
	movw	$SEL_SERVICE, far32 + 4
	movw	%bx, far16
	movw	$SEL_SERVICE, far16 + 2
	movl	%ecx, %ebx
	cmpw	$0, CALL_VECTOR(%eax)
	movb	$0, %al				/* 16-bit */
	jne	1f
	cmpl	$0x100000, %ebx
	movb	$0x40, %al			/* 32-bit */
	jb	1f
	shrl	$12, %ebx
	movb	$0xc0, %al			/* and the limit in pages */
1:	movw	%bx, service_gdt
	shrl	$16, %ebx
	orb	%al, %bl
	movb	%bl, service_gdt + 6
	movw	%dx, service_gdt + 2
	shrl	$16, %edx
	movb	%dl, service_gdt + 4
	movb	%dh, service_gdt + 7
	lgdtl	flat_gdt_pointer
	movl	%cr0, %eax
	orb	$1, %al
	movl	%eax, %cr0
	ljmpl	$SEL_OWN32, $1f
	.code32
1:	movw	$SEL_OWN_DATA, %ax
	movw	%ax, %ss
	movl	%ss:current, %ebp
	movw	%ss:data_selector, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movl	%ss:CALL_EAX(%ebp), %eax
	movl	%ss:CALL_EBX(%ebp), %ebx
	movl	%ss:CALL_ECX(%ebp), %ecx
	movl	%ss:CALL_EDX(%ebp), %edx
	movl	%ss:CALL_ESI(%ebp), %esi
	movl	%ss:CALL_EDI(%ebp), %edi
	cmpw	$0, %ss:CALL_VECTOR(%ebp)
	jne	3f
	lcall	*%ss:far32
2:
	pushfl
	popl	%ss:flags32
	movl	%ss:current, %ebp
	movl	%eax, %ss:CALL_EAX(%ebp)
	movl	%ebx, %ss:CALL_EBX(%ebp)
	movl	%ecx, %ss:CALL_ECX(%ebp)
	movl	%edx, %ss:CALL_EDX(%ebp)
	movl	%esi, %ss:CALL_ESI(%ebp)
	movl	%edi, %ss:CALL_EDI(%ebp)
	movl	%ss:flags32, %eax
	movw	%ax, %ss:CALL_FLAGS(%ebp)
	ljmpl	$SEL_OWN16, $1f
3:	pushw	$SEL_SERVICE
	pushw	$FLAT_SELECTOR
	pushw	%ss:CALL_EDI(%ebp)
	pushw	%ss:CALL_VECTOR(%ebp)
	lcallw	*%ss:far16			/* on a 32-bit stack */
	leal	8(%esp), %esp
	jmp	2b
	.code16
1:	movw	$FLAT_SELECTOR, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movw	%ax, %fs
	movw	%ax, %gs
	movl	%cr0, %eax
	andb	$~1, %al
	movl	%eax, %cr0
	ljmpw	$PROGRAM_SEGMENT, $1f
1:	movw	%cs, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movl	saved_esp, %esp
	popal
	retl

	.balign	8
flat_gdt:
	.quad	0
	.quad	0x008f93000000ffff	/* data, 4 GiB, 16-bit */
service_gdt:
	.quad	0x00409b000000ffff
	.quad	0x00cf9b000000ffff | OWN
	.quad	0x00009b000000ffff | OWN
	.quad	0x00cf93000000ffff | OWN
	.quad	0x00cf93400000ffff	/* data from 4 MiB on: ELSEWHERE_BASE */
flat_gdt_pointer:
	.word	flat_gdt_pointer - flat_gdt - 1
	.long	PROGRAM_SEGMENT * 16 + flat_gdt

	.section .bss
	.balign	4
saved_ebp:	.long	0
real_idt:	.word	0
		.long	0
masks_in:	.word	0
far16:		.long	0
far32:		.long	0
		.word	0
flags32:	.long	0
current:	.long	0
saved_esp:	.long	0
handler:	.long	0
	.section .note.GNU-stack, "", @progbits

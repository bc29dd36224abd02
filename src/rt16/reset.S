/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/reset.S: from the reset vector to flat 32-bit mode, and the fixed addresses at the top
 * of the F segment.
 *
 * The CPU starts with CS base 0xffff0000, so this runs in ROM whatever the shadow registers say.
 * A20 is on: were it masked, neither the vector at 0xfffffff0 nor 0xfff80000 could be fetched.
 *
 * An NMI may be pending when the machine leaves a reset: an interrupt line that a guest routed as NMI
 * moves while the devices are reset. Before the first instruction it takes vector 2 of page 0, which
 * POST has filled (src/post/world.c); from then on the table below. In real mode it comes back to the copy
 * of this code in the F segment, since no IRET restores the base that CS has now.
 */
#include "arch/layout.h"
#include "std/bda.h"

	.code16

	.section .reset, "ax"
reset16:
	lidtl	%cs:rt16_transit_offset	/* both offsets: in the F segment, from the linker script */
	movl	$TRANSIT_STACK, %esp
	cli
	cld
	lgdtl	%cs:rt16_gdt_offset
	movl	%cr0, %eax
	andl	$~0x60000000, %eax	/* CD and NW off: caches work from here on */
	orl	$1, %eax
	movl	%eax, %cr0
	ljmpl	$SEL_CODE32, $ROM32_BASE

/*
 * Accessed bits are set: the CPU would write them back otherwise, and under KVM a write to ROM
 * hangs. The order is the one that Linux's boot protocol names.
 */
	.balign 8
	.global rt16_gdt, rt16_gdt_end
rt16_gdt:
	.quad	0
	.quad	0x0000930e8000ffff	/* 0x08: data and stack, the firmware's segment, 64 KiB, 16-bit */
	.quad	0x00cf9b000000ffff	/* 0x10: code, 4 GiB, 32-bit, read, accessed */
	.quad	0x00cf93000000ffff	/* 0x18: data, 4 GiB, 32-bit, write, accessed */
	.quad	0x00009b0f0000ffff	/* 0x20: code, the F segment: 16-bit */
	.quad	0x008f93000000ffff	/* 0x28: data, 4 GiB, 16-bit */
	.quad	0x008f930e8000ffff	/* 0x30: stack, the firmware's segment, 4 GiB, 16-bit */
rt16_gdt_end:
	.global rt16_gdt_pointer
rt16_gdt_pointer:
gdt_pointer:
	.word	rt16_gdt_end - rt16_gdt - 1
	.long	rt16_gdt + ROM16_BASE - FSEG_BASE

/*
 * The interrupt table from the first instruction to the 32-bit one, for both modes: a real-mode vector
 * is 4 bytes, a protected-mode gate 8, and NMI is number 2 of either. Nothing else can happen here.
 */
	.balign 8
transit:
	.quad	0
	.word	rt16_iret_offset, FSEG_BASE >> 4	/* vector 2: back to where it came */
	.long	0
	.word	rt16_nmi_offset, SEL_CODE32, 0x8e00, ROM16_BASE >> 16	/* gate 2 */
transit_end:
	.global rt16_transit_pointer
rt16_transit_pointer:
	.word	transit_end - transit - 1
	.long	transit + ROM16_BASE - FSEG_BASE

/*
 * An NMI between the switch to protected mode and the 32-bit code's own table. Its frame may name a
 * real-mode segment, to which no IRET returns: so the 32-bit code begins anew. Not by an IRET, which
 * some KVMs do not know here: the next NMI waits.
 */
	.code32
	.global rt16_nmi
rt16_nmi:
	ljmpl	$SEL_CODE32, $ROM32_BASE
	.code16

/* A program that jumps to the POST entry wants a reboot. POST copies this jump to the vector. */
	.section .entry_post, "ax"
	.global rt16_entry_post
rt16_entry_post:
	ljmp	$FSEG_BASE >> 4, $rt16_hard_reset_offset

	.section .text16.reset, "ax"
	.global rt16_hard_reset
rt16_hard_reset:
	cli
	/*
	 * One way after the other, as src/hw/reset.c does: a second request that comes while QEMU serves the first is a second
	 * reset, in the middle of the next start.
	 */
	.macro	ask port, how
	movw	$\port, %dx
	inb	%dx, %al
	incb	%al			/* all ones: nobody is there */
	jz	2f
	movb	$\how, %al
	outb	%al, %dx
	movl	$RESET_PAUSE, %ecx
1:	inb	$0x80, %al
	decl	%ecx
	jnz	1b
2:
	.endm
	ask	0xcf9, 0x06		/* reset control: full reset */
	ask	0x64, 0xfe		/* keyboard controller: pulse reset */
	/*
	 * Machines without both (microvm, where all of the image is here): an exception without a table.
	 * In protected mode: a KVM that emulates this stops the machine at one in real mode.
	 */
	lgdtl	%cs:rt16_gdt_offset
	movl	%cr0, %eax
	orl	$1, %eax
	movl	%eax, %cr0
	ljmpl	$SEL_CODE32, $rt16_triple_fault_rom
	.code32
	.global rt16_triple_fault, rt16_no_idt
rt16_triple_fault:
	lidtl	%cs:rt16_no_idt_rom
	ud2
rt16_no_idt:
	.word	0
	.long	0
	.code16

/*
 * From src/arch/launch.S: protected mode, 16-bit code, EDX SS << 16 | SP, EBX one of REAL_* in launch.h. Segments have
 * 64 KiB and the vectors are at 0 afterwards, as after a reset. Until SS is loaded the stack is the firmware's; nothing
 * is pushed.
 */
	.global rt16_launch
rt16_launch:
	movw	$SEL_REAL16, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %fs
	movw	%ax, %gs
	movw	%ax, %ss
	lidtl	%cs:rt16_launch_idt_offset
	movl	%cr0, %eax
	andb	$~1, %al
	movl	%eax, %cr0
	ljmpw	$FSEG_BASE >> 4, $rt16_launch_real_mode_offset
	.global rt16_launch_real_mode
rt16_launch_real_mode:
	xorl	%eax, %eax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %fs
	movw	%ax, %gs
	movl	%edx, %eax
	shrl	$16, %eax
	movw	%ax, %ss
	movzwl	%dx, %esp
	decb	%bl
	jz	rt16_iret_here
	jns	1f
	xorl	%eax, %eax
	xorl	%ebx, %ebx
	xorl	%ecx, %ecx
	xorl	%edx, %edx
	xorl	%esi, %esi
	xorl	%edi, %edi
	xorl	%ebp, %ebp
	lretw
1:	decb	%bl
	jz	2f
	ljmpw	*0x400 + BDA_RETURN	/* DS is 0 */
2:	popw	%ds
	popw	%es
	popaw
rt16_iret_here:
	iretw
	.global rt16_launch_idt
rt16_launch_idt:
	.word	0x3ff
	.long	0

	.section .entry_iret, "ax"
	.global rt16_iret
rt16_iret:
	iret

	.section .reset_vector, "ax"
	.global rt16_reset_vector, rt16_bios_date, rt16_model
rt16_reset_vector:
	.byte	0xe9			/* jmp near, in the form that POST patches in the copy */
	.word	reset16 - rt16_vector_end
rt16_vector_end:
	.org	rt16_reset_vector + 5
rt16_bios_date:
	.ascii	"06/23/99"		/* fixed, as guests have always seen it here */
	.org	rt16_reset_vector + 14
rt16_model:
	.byte	0xfc			/* PC AT */
	.byte	0

	.section .note.GNU-stack, "", @progbits

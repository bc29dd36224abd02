/* SPDX-License-Identifier: BSD-2-Clause
 * src/pm/pci.S: the BIOS32 service directory and the PCI BIOS, called by programs in their own protected mode, with
 * segments of their own choice: of the directory its page and the next one are mapped, of the PCI BIOS the F segment,
 * which it asks for. So: nothing absolute, constants through CS, no other memory but the stack and what the caller
 * names, ports only. INT 1Ah comes here as well (src/rt16/service16.c), so that there is one of it, but for
 * routing options, whose buffers a real-mode caller names otherwise (src/services/pci_bios.c).
 * Spec: Standard BIOS 32-bit Service Directory 0.4 (Phoenix 1993); PCI BIOS 2.1.
 */
#include "arch/layout.h"
#include "arch/regs.h"

#define FSEG_BYTES	0x10000

#define CONFIG_ADDRESS	0xcf8
#define CONFIG_DATA	0xcfc
#define ENABLE		0x80000000

#define SERVICE_PCI	0x49435024	/* "$PCI" */
#define NOT_PRESENT	0x80
#define BAD_FUNCTION	0x81

#define SIGNATURE	0x20494350	/* "PCI " */
#define VERSION		0x0210
#define MECHANISM_1	0x01

#define SUCCESSFUL		0x00
#define FUNC_NOT_SUPPORTED	0x81
#define BAD_VENDOR_ID		0x83
#define DEVICE_NOT_FOUND	0x86
#define BAD_REGISTER_NUMBER	0x87
#define BUFFER_TOO_SMALL	0x89

#define PIR_SIZE	6		/* of the header */
#define PIR_EXCLUSIVE	10
#define PIR_SLOTS	32
#define BUFFER_POINTER	2		/* of what the caller names: room in bytes, offset, selector */

	.code32
	.section .text.pm, "ax"
	.balign	4
	.global	rt16_bios32_entry, rt16_pm_last_bus, rt16_pm_pir, pci_bios_call

/* EAX: service, EBX: 0. A far call. AL: 0, EBX base, ECX length, EDX offset of the entry; else AL says why. */
rt16_bios32_entry:
	pushfl
	testb	%bl, %bl
	jnz	1f
	cmpl	$SERVICE_PCI, %eax
	jne	2f
	movl	$FSEG_BASE, %ebx
	movl	$FSEG_BYTES, %ecx
	movl	$pci_far - FSEG_BASE, %edx
	movb	$0, %al
	popfl
	lretl
1:	movb	$BAD_FUNCTION, %al
	popfl
	lretl
2:	movb	$NOT_PRESENT, %al
	popfl
	lretl

pci_far:
	cmpb	$0x0e, %al
	je	routing_options
	call	rt16_pm_pci32
	lretl

/*
 * The PCI BIOS: AH B1h (or whatever: the caller knows), AL the function; a near call for our own code. Results in
 * the registers the specification names, AH and carry the status; all others are kept. Twice: as 32-bit and as 16-bit
 * code, in the F segment either: a program that writes all ones to a 64-bit BAR to see its size has the device answer where
 * the ROM below 4 GiB was, and what calls that makes meanwhile must not need the ROM.
 */
	.macro	pci_bios bits
rt16_pm_pci\bits:
	pushl	%ebp
	pushl	%eax				/* 4: AL is kept but where a function says so */
	pushfl					/* 0 */
	cli
	pushl	%edx
	movw	$CONFIG_ADDRESS, %dx
	pushl	%eax
	inl	%dx, %eax			/* the caller may be between two accesses of his own */
	movl	%eax, %ebp
	popl	%eax
	popl	%edx
	cmpb	$0x01, %al
	je	installation_check\bits
	cmpb	$0x02, %al
	je	find_device\bits
	cmpb	$0x03, %al
	je	find_class\bits
	cmpb	$0x08, %al
	jb	unsupported\bits
	cmpb	$0x0d, %al
	jbe	config\bits
unsupported\bits:
	movb	$FUNC_NOT_SUPPORTED, %ah
/* AH: the status. */
done\bits:
	pushl	%edx
	pushl	%eax
	movw	$CONFIG_ADDRESS, %dx
	movl	%ebp, %eax
	outl	%eax, %dx
	popl	%eax
	popl	%edx
	movb	%ah, 5(%esp)
	popfl
	popl	%eax
	popl	%ebp
	cmpb	$1, %ah				/* carry: AH is 0 */
	cmc					/* carry: it is not */
	retl

installation_check\bits:
	movl	$SIGNATURE, %edx
	movw	$VERSION, %bx
	calll	1f
1:	popl	%edi
	movb	%cs:rt16_pm_last_bus - 1b(%edi), %cl
	movl	$rt16_bios32_entry, %edi
	movb	$MECHANISM_1, 4(%esp)		/* AL */
	movb	$SUCCESSFUL, %ah
	jmp	done\bits

/* CX: device, DX: vendor, SI: which. */
find_device\bits:
	cmpw	$0xffff, %dx
	je	1f
	pushl	%ecx
	shll	$16, %ecx
	movw	%dx, %cx
	pushl	$0				/* register 0, all bits */
	jmp	find\bits
1:	movb	$BAD_VENDOR_ID, %ah
	jmp	done\bits

/* ECX: class, SI: which. */
find_class\bits:
	pushl	%ecx
	shll	$8, %ecx
	pushl	$8				/* register 8, without the revision */

/*
 * Every function there is, whose register (on the stack) is ECX, and SI such before it. Of a device that says so in
 * function 0 all eight are looked at. BX: bus and function.
 */
find\bits:
	pushl	%esi
	pushl	%edi
	pushl	%edx
	xorl	%edi, %edi			/* bus << 8 | device << 3 | function */
next\bits:
	movl	%edi, %eax
	shll	$8, %eax
	orl	$ENABLE, %eax
	movw	$CONFIG_ADDRESS, %dx
	outl	%eax, %dx
	movw	$CONFIG_DATA, %dx
	inl	%dx, %eax
	incl	%eax				/* nobody: all ones */
	jz	absent\bits
	decl	%eax
	cmpl	$0, 12(%esp)
	je	compare\bits
	movl	%edi, %eax
	shll	$8, %eax
	orl	$ENABLE + 8, %eax
	movw	$CONFIG_ADDRESS, %dx
	outl	%eax, %dx
	movw	$CONFIG_DATA, %dx
	inl	%dx, %eax
	movb	$0, %al
compare\bits:
	cmpl	%ecx, %eax
	jne	other\bits
	testw	%si, %si
	jz	found\bits
	decw	%si
other\bits:
	testl	$7, %edi
	jnz	advance\bits
	movl	%edi, %eax			/* header type: one function or more? */
	shll	$8, %eax
	orl	$ENABLE + 12, %eax
	movw	$CONFIG_ADDRESS, %dx
	outl	%eax, %dx
	movw	$CONFIG_DATA, %dx
	inl	%dx, %eax
	testl	$0x800000, %eax
	jnz	advance\bits
absent\bits:
	testl	$7, %edi			/* function 0 is not there, or alone: the next device */
	jnz	advance\bits
	addl	$8, %edi
	jmp	1f
advance\bits:
	incl	%edi
1:	calll	2f
2:	popl	%eax
	movzbl	%cs:rt16_pm_last_bus - 2b(%eax), %eax
	incl	%eax
	shll	$8, %eax
	cmpl	%eax, %edi
	jb	next\bits
	movb	$DEVICE_NOT_FOUND, %ah
	jmp	3f
found\bits:
	movw	%di, %bx
	movb	$SUCCESSFUL, %ah
3:	popl	%edx
	popl	%edi
	popl	%esi
	leal	4(%esp), %esp
	popl	%ecx
	jmp	done\bits

/*
 * BX: bus and function, DI: register; ECX, or as much of it as the function's number says. A register that is not
 * aligned is rounded down, as programs know it.
 */
config\bits:
	cmpw	$0xff, %di
	ja	1f
	pushl	%edx
	pushl	%ecx
	movl	%eax, %ecx			/* CL: the function */
	movzwl	%bx, %eax
	shll	$8, %eax
	movzwl	%di, %edx
	andl	$0xfc, %edx
	leal	ENABLE(%eax,%edx), %eax
	movw	$CONFIG_ADDRESS, %dx
	outl	%eax, %dx
	movw	$CONFIG_DATA, %dx
	movl	%edi, %eax
	andl	$2, %eax
	cmpb	$0x0b, %cl
	jae	write\bits
	cmpb	$0x09, %cl
	ja	read_dword\bits
	je	read_word\bits
	movl	%edi, %eax
	andl	$3, %eax
	orl	%eax, %edx
	inb	%dx, %al
	movb	%al, (%esp)
	jmp	config_done\bits
read_word\bits:
	orl	%eax, %edx
	inw	%dx, %ax
	movw	%ax, (%esp)
	jmp	config_done\bits
read_dword\bits:
	inl	%dx, %eax
	movl	%eax, (%esp)
	jmp	config_done\bits
write\bits:
	cmpb	$0x0c, %cl
	ja	write_dword\bits
	je	write_word\bits
	movl	%edi, %eax
	andl	$3, %eax
	orl	%eax, %edx
	movl	(%esp), %eax
	outb	%al, %dx
	jmp	config_done\bits
write_word\bits:
	orl	%eax, %edx
	movl	(%esp), %eax
	outw	%ax, %dx
	jmp	config_done\bits
write_dword\bits:
	movl	(%esp), %eax
	outl	%eax, %dx
config_done\bits:
	popl	%ecx
	popl	%edx
	movb	$SUCCESSFUL, %ah
	jmp	done\bits
1:	movb	$BAD_REGISTER_NUMBER, %ah
	jmp	done\bits
	.endm

	pci_bios 32

/*
 * ES:EDI: the caller's words: how many bytes he has room for, and where (offset, selector). They are filled as PIR's
 * slots are, and BX with the IRQs that are PCI's alone.
 */
routing_options:
	pushl	%esi
	pushl	%ecx
	movb	$FUNC_NOT_SUPPORTED, %ah
	call	1f
1:	popl	%esi
	movl	%cs:rt16_pm_pir - 1b(%esi), %ecx
	jecxz	2f
	leal	-1b(%esi, %ecx), %esi		/* where the table is by CS */
	movzwl	%cs:PIR_SIZE(%esi), %ecx
	subl	$PIR_SLOTS, %ecx
	movb	$BUFFER_TOO_SMALL, %ah
	cmpw	%cx, %es:(%edi)
	movw	%cx, %es:(%edi)
	jb	2f
	movw	%cs:PIR_EXCLUSIVE(%esi), %bx
	addl	$PIR_SLOTS, %esi
	pushl	%es
	pushl	%edi
	lesl	%es:BUFFER_POINTER(%edi), %edi
	cld
	rep movsb %cs:(%esi), %es:(%edi)
	popl	%edi
	popl	%es
	movb	$SUCCESSFUL, %ah
2:	popl	%ecx
	popl	%esi
	cmpb	$1, %ah
	cmc
	lretl

	.balign	4
rt16_pm_pir:
	.long	0				/* POST writes it: physical address, 0: there is none */
rt16_pm_last_bus:
	.byte	0				/* and this */

	.code16
	.section .text16, "ax"
	pci_bios 16

/* void pci_bios_call(struct regs *r): see src/rt16/service16.h. */
pci_bios_call:
	pushl	%ebx
	pushl	%esi
	pushl	%edi
	pushl	%ebp
	movl	%eax, %ebp
	movl	REGS_EAX(%ebp), %eax
	movl	REGS_EBX(%ebp), %ebx
	movl	REGS_ECX(%ebp), %ecx
	movl	REGS_EDX(%ebp), %edx
	movl	REGS_ESI(%ebp), %esi
	movl	REGS_EDI(%ebp), %edi
	calll	rt16_pm_pci16
	movl	%eax, REGS_EAX(%ebp)
	movl	%ebx, REGS_EBX(%ebp)
	movl	%ecx, REGS_ECX(%ebp)
	movl	%edx, REGS_EDX(%ebp)
	movl	%edi, REGS_EDI(%ebp)
	sbbw	%ax, %ax
	andw	$FLAGS_CF, %ax
	andw	$~FLAGS_CF, REGS_FLAGS(%ebp)
	orw	%ax, REGS_FLAGS(%ebp)
	popl	%ebp
	popl	%edi
	popl	%esi
	popl	%ebx
	retl
	.section .note.GNU-stack, "", @progbits

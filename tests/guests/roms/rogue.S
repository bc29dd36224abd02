/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/roms/rogue.S: an option ROM that does in its init what its table says, good or bad, and says so on
 * the debug port 0x402 in lines that begin with "rogue". tests/qemu/test_option_roms.py puts bytes in, and sets size and sum.
 *
 * At 0x40: the action; 0x41: not 0, the Plug and Play header counts; 0x42: its letter; 0x43: units its size byte has
 * afterwards, 0: as it was.
 */
	.set	LOG, 0x402
	.set	DISK_SECTOR, 0x800	/* what its disk has as first sector */

	.code16
	.section .text, "ax"
start:	.byte	0x55, 0xaa, 0
	jmp	init
	.org	0x18
	.word	0
chain:	.word	0			/* 1Ah: the header, or none */

	.org	0x40
action:	.byte	0
pnp:	.byte	0
letter:	.byte	'?'
units:	.byte	0

	.org	0x50
header:	.ascii	"$PnP"
	.byte	1, 2
	.word	0
	.byte	0, 0
	.long	0
	.word	maker, product
	.byte	2, 0, 0, 0x14
	.word	bcv, 0, bev, 0, 0
	.org	0x70
maker:	.asciz	"Slipway's tests"
product: .asciz	"Rogue"

	.org	0xa0
old:	.long	0			/* the vector that it has taken */
number:	.byte	0			/* of its disk */

/* The string behind the call, to the log, with its letter for an '@'. */
say:	pushw	%bp
	movw	%sp, %bp
	pushw	%ax
	pushw	%dx
	pushw	%si
	movw	2(%bp), %si
	movw	$LOG, %dx
1:	lodsb	%cs:(%si), %al
	testb	%al, %al
	jz	2f
	cmpb	$'@', %al
	jne	3f
	movb	%cs:letter, %al
3:	outb	%al, %dx
	jmp	1b
2:	movw	%si, 2(%bp)
	popw	%si
	popw	%dx
	popw	%ax
	popw	%bp
	ret
	.macro	tell text
	call	say
	.asciz	"rogue @: \text\n"
	.endm

/* Take vector n for handler. */
	.macro	hook n, handler
	xorw	%ax, %ax
	movw	%ax, %ds
	movl	%ds:4 * \n, %eax
	movl	%eax, %cs:old
	movw	$\handler, %ds:4 * \n
	movw	%cs, %ds:4 * \n + 2
	.endm

init:	pushal
	pushw	%ds
	pushw	%es
	cld
	tell	"init"
	movzbw	%cs:action, %bx
	shlw	$1, %bx
	jmp	*%cs:table(%bx)
table:	.word	done, hang, crash, wipe_vectors, wipe_data, take_memory, hook_19, hook_18, hook_13, garbage, a20, registers
	.word	hook_nowhere, move_ebda, restart, fill_and_hang, call_18, mask, count_one, count_many
	.word	type, write_rom, write_code, write_variables, write_ebda
	.word	open_smram
	.word	deaf, deaf_and_blind

done:	movb	%cs:units, %al
	testb	%al, %al
	jz	1f
	movb	%al, %cs:2
1:	popw	%es
	popw	%ds
	popal
	movw	$0x20, %ax
	lretw

hang:	sti
	jmp	hang

/* Nothing comes through; and there would be nothing to come to. */
deaf:	cli
	jmp	deaf
deaf_and_blind:
	cli
	xorw	%ax, %ax
	movw	%ax, %es
	xorw	%di, %di
	movw	$512, %cx
	rep stosw
	jmp	deaf

/* No interrupt table, and a call: a triple fault. */
crash:	lidtl	%cs:nothing
	.byte	0x0f, 0x0b
nothing: .word	0
	.long	0

/* By the keyboard controller. */
restart: movb	$0xfe, %al
	outb	%al, $0x64
1:	hlt
	jmp	1b

wipe_vectors:
	cli
	xorw	%ax, %ax
	movw	%ax, %es
	xorw	%di, %di
	movw	$512, %cx
	rep stosw
	jmp	done

wipe_data:
	cli
	movw	$0x40, %ax
	movw	%ax, %es
	xorw	%di, %di
	xorw	%ax, %ax
	movw	$128, %cx
	rep stosw
	jmp	done

/* 4 KiB, with a handler of INT 60h in it. */
take_memory:
	xorw	%ax, %ax
	movw	%ax, %ds
	subw	$4, %ds:0x413
	movw	%ds:0x413, %ax
	shlw	$6, %ax
	movw	%ax, %es
	movb	$0xcf, %es:0
	movw	$0, %ds:4 * 0x60
	movw	%ax, %ds:4 * 0x60 + 2
	jmp	done

hook_19:
	hook	0x19, boot_19
	jmp	done
boot_19: tell	"INT 19h"
	ljmp	*%cs:old

hook_18:
	hook	0x18, boot_18
	jmp	done
boot_18: tell	"INT 18h"
	ljmp	*%cs:old

hook_13:
	call	add_disk
	jmp	done

garbage:
	cli
	xorw	%di, %di
	movw	%di, %es
	movw	$0x280, %cx
	movl	$0x9e3779b9, %eax
1:	imull	$0x343fd, %eax, %eax
	addl	$0x269ec3, %eax
	stosw
	loop	1b
	jmp	done

/* Port 92h, and comes back without. */
a20:	inb	$0x92, %al
	andb	$0xfc, %al
	outb	%al, $0x92
	jmp	done

/* Comes back with nothing as it was. */
registers:
	popw	%es
	popw	%ds
	popal
	movl	$0xdeadbeef, %eax
	movl	%eax, %ebx
	movl	%eax, %ecx
	movl	%eax, %edx
	movl	%eax, %esi
	movl	%eax, %edi
	movl	%eax, %ebp
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %fs
	movw	%ax, %gs
	std
	cli
	lretw

/* Within its own bytes, which it then gives back. */
hook_nowhere:
	hook	0x15, 0x7f0
	movb	$1, %cs:units
	jmp	done

/* Down by 1 KiB, as SCSI ROMs do. */
move_ebda:
	xorw	%ax, %ax
	movw	%ax, %ds
	decw	%ds:0x413
	movw	%ds:0x40e, %bx
	subw	$0x40, %bx
	pushw	%ds
	movw	%ds:0x40e, %ds
	movw	%bx, %es
	xorw	%si, %si
	xorw	%di, %di
	movw	$512, %cx
	rep movsw
	popw	%ds
	movw	%bx, %ds:0x40e
	jmp	done

/* All conventional memory above its own segment, then it stops. */
fill_and_hang:
	movw	$0x1000, %ax
1:	movw	%ax, %es
	xorw	%di, %di
	movw	$0x8000, %cx
	pushw	%ax
	movw	$0x5a5a, %ax
	rep stosw
	popw	%ax
	addw	$0x1000, %ax
	cmpw	$0x9000, %ax
	jb	1b
	jmp	hang

call_18:
	int	$0x18
	jmp	done

/* Disks that nobody has. */
count_one:
	xorw	%ax, %ax
	movw	%ax, %ds
	incb	%ds:0x475
	jmp	done
count_many:
	xorw	%ax, %ax
	movw	%ax, %ds
	movb	$0x60, %ds:0x475
	jmp	done

/* Every line. */
mask:	movb	$0xff, %al
	outb	%al, $0x21
	outb	%al, $0xa1
	jmp	done

/* By the keyboard controller a key, which it reads; by INT 16h two, which it does not. */
type:	sti
	movb	$0xd2, %al
	outb	%al, $0x64
	movb	$0x1e, %al
	outb	%al, $0x60
	movb	$0x10, %ah
	int	$0x16
	cmpw	$0x1e61, %ax
	jne	hang
	movw	$0x0500, %ax
	movw	$0x3062, %cx
	int	$0x16
	movw	$0x0500, %ax
	movw	$0x2e63, %cx
	int	$0x16
	jmp	done

/* The ROM in front. */
write_rom:
	movw	$0xc000, %ax
	movw	%ax, %es
	incb	%es:0x300
	jmp	done

/* The firmware's code, its memory behind the variables, its data in the EBDA. */
write_code:
	movw	$0xf000, %ax
	movw	%ax, %es
	notl	%es:0x2000
	jmp	done
write_variables:
	movw	$0xe800, %ax
	movw	%ax, %es
	movl	$0, %es:0x4bfc
	jmp	done
write_ebda:
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ds:0x40e, %es
	xorl	%eax, %eax
	movw	$2, %di
	movw	$0x40, %cx
	rep stosb
	jmp	done

/* SMRAM of q35: D_OPEN, and neither D_CLS nor D_LCK. */
open_smram:
	movl	$0x8000009c, %eax
	movw	$0xcf8, %dx
	outl	%eax, %dx
	movw	$0xcfd, %dx
	inb	%dx, %al
	andb	$0xcf, %al
	orb	$0x40, %al
	outb	%al, %dx
	inb	%dx, %al
	testb	$0x40, %al
	jnz	1f
	tell	"SMRAM stays closed"
	jmp	done
1:	tell	"SMRAM is open"
	jmp	done

bcv:	tell	"BCV"
	call	add_disk
	lretw

/* Its disk gets the next number. */
add_disk:
	pushal
	pushw	%ds
	hook	0x13, disk
	movb	%ds:0x475, %al
	orb	$0x80, %al
	movb	%al, %cs:number
	incb	%ds:0x475
	popw	%ds
	popal
	ret

/* One sector, that of its own; AH=02h, 08h, 15h and 00h. */
disk:	cmpb	%cs:number, %dl
	je	1f
	ljmp	*%cs:old
1:	cmpb	$0x02, %ah
	je	2f
	testb	%ah, %ah
	jz	4f
	movb	$1, %ah
	stc
	lretw	$2
2:	pushaw
	pushw	%ds
	pushw	%cs
	popw	%ds
	movw	%bx, %di
	movw	$DISK_SECTOR, %si
	movw	$256, %cx
	cld
	rep movsw
	popw	%ds
	popaw
4:	xorb	%ah, %ah
	clc
	lretw	$2

bev:	tell	"BEV"
	lretw

	.org	DISK_SECTOR
/* The boot sector of its disk. */
	.code16
	movw	$LOG, %dx
	movw	$0x7c00 + text - 0x800, %si
	xorw	%ax, %ax
	movw	%ax, %ds
	cld
1:	lodsb
	testb	%al, %al
	jz	2f
	outb	%al, %dx
	jmp	1b
2:	int	$0x18
text:	.asciz	"rogue: its disk is booted\n"
	.org	DISK_SECTOR + 510
	.word	0xaa55

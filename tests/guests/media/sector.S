/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/media/sector.S: a boot sector that says on port 0xe9 by which name it is known, what it finds in the
 * registers, and which drives have which number; then it does what its action says:
 *	X end QEMU, R far return, I IRET, 8 INT 18h, 9 INT 19h the first time and then INT 18h,
 *	H count all further calls of INT 13h with a hook at 9000:0 and go on by INT 18h, C end and tell that count.
 * tests/qemu/test_media.py puts name and action in (the bytes before the signature), and into the second sector of each
 * medium four letters for the list of drives.
 */
#define HOOK	0x9000
#define BUFFER	0x3000

	.code16
	.globl _start
_start:
	pushw	%ss
	pushw	%es
	pushw	%ds
	pushw	%fs
	pushw	%gs
	pushfw
	pushal
	cld
	call	1f
1:	popw	%bp
	subw	$1b - _start, %bp		/* IP of the start: segments may be any */
	pushw	%bp
	pushw	%cs
	pushw	%cs
	popw	%ds

	leaw	name - _start(%bp), %si		/* name AX.. */
	movw	$4, %cx
	call	text
	movw	$22 + 2, %cx			/* words: CS IP, then EDI ESI EBP ESP EBX EDX ECX EAX, flags.. SS */
	movw	%sp, %bx
2:	movw	%ss:(%bx), %ax
	addw	$2, %bx
	call	word
	loop	2b
	call	line

	movb	$0x80, %dl
3:	call	drive
	incb	%dl
	cmpb	$0x83, %dl
	jne	3b
	movb	$0, %dl
	call	drive
	incb	%dl
	call	drive
	movb	$0xe0, %dl
	call	drive
	call	line

	movb	%cs:action - _start(%bp), %al
	addw	$4, %sp
	cmpb	$'R', %al
	je	far_return
	cmpb	$'I', %al
	je	interrupt_return
	cmpb	$'9', %al
	je	once_more
	cmpb	$'H', %al
	je	hook
	cmpb	$'C', %al
	je	count
	cmpb	$'8', %al
	je	give_up
end:	movw	$0xf4, %dx
	movb	$0x10, %al
	outb	%al, %dx
	jmp	.
far_return:
	addw	$44, %sp
	lretw
interrupt_return:
	addw	$44, %sp
	iretw
once_more:
	xorw	%ax, %ax
	movw	%ax, %ds
	cmpb	$0, 0x4f0			/* nobody's but the programs' */
	jne	give_up
	incb	0x4f0
	int	$0x19
hook:
	xorw	%ax, %ax
	movw	%ax, %fs
	movw	$HOOK, %ax
	movw	%ax, %es
	movw	%cs, %ax
	movw	%ax, %ds
	leaw	hook_code - _start(%bp), %si
	xorw	%di, %di
	movw	$hook_end - hook_code, %cx
	rep movsb
	movl	%fs:0x13 * 4, %eax
	movl	%eax, %es:hook_chain - hook_code
	movl	$HOOK << 16, %fs:0x13 * 4
give_up:
	int	$0x18
count:
	movw	$HOOK, %ax
	movw	%ax, %ds
	movw	hook_count - hook_code, %ax
	call	word
	call	line
	jmp	end

hook_code:
	incw	%cs:hook_count - hook_code
	ljmpw	*%cs:hook_chain - hook_code
hook_count:
	.word	0
hook_chain:
	.long	0
hook_end:

/* DL: a drive. Its four letters, or "--" and the status. */
drive:
	pushw	%dx
	movw	$BUFFER, %ax
	movw	%ax, %ds
	movw	%ax, %es
	xorw	%bx, %bx
	movw	$0x0201, %ax
	movw	$2, %cx
	xorb	%dh, %dh
	int	$0x13
	jc	1f
	xorw	%si, %si
	movw	$4, %cx
	call	text
	popw	%dx
	ret
1:	movb	$0x2d, %al
	call	word
	popw	%dx
	ret

/* CX characters at DS:SI and a space. */
text:	lodsb
	outb	%al, $0xe9
	loop	text
space:	movb	$' ', %al
	outb	%al, $0xe9
	ret
line:	movb	$'\n', %al
	outb	%al, $0xe9
	ret
/* AX in hexadecimal and a space. */
word:	pushw	%cx
	movw	$4, %cx
1:	rolw	$4, %ax
	pushw	%ax
	andb	$15, %al
	addb	$'0', %al
	cmpb	$'9', %al
	jbe	2f
	addb	$'a' - '0' - 10, %al
2:	outb	%al, $0xe9
	popw	%ax
	loop	1b
	popw	%cx
	jmp	space

	.org	505
name:	.ascii	"name"
action:	.byte	'X'
	.word	0xaa55

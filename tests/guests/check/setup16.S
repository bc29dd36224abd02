/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/check/setup16.S: the 16-bit part, for firmware that enters a kernel by its setup
 * code. Makes boot_params 32 KiB above itself, with the memory map of INT 15h E820h, and enters
 * the 32-bit part as a boot loader would; boot_params[0x1f0] = 0x16 says that it was here.
 * Entered with DS = ES = SS = CS - 0x20, a stack near the segment's end.
 */
#include "../header.S"
#define PARAMS 0x8000
#define SMAP 0x534d4150

setup:
	cld
	movw	$PARAMS, %di
	xorl	%eax, %eax
	movw	$1024, %cx
	rep stosl
	movw	$0x1f1, %si
	movw	$PARAMS + 0x1f1, %di
	movw	$0x26c - 0x1f1, %cx
	rep movsb
	movb	$0x16, PARAMS + 0x1f0

	movw	%ds, %ax
	movw	%ax, PARAMS + 0xff0		/* a test of the entry state: the segment */
	movw	%cs, PARAMS + 0xff2
	xorl	%ebx, %ebx
	movw	$PARAMS + 0x2d0, %di
next:	movl	$0xe820, %eax
	movl	$20, %ecx
	movl	$SMAP, %edx
	int	$0x15
	jc	mapped
	cmpl	$SMAP, %eax
	jne	mapped
	addw	$20, %di
	incb	PARAMS + 0x1e8
	cmpb	$128, PARAMS + 0x1e8
	je	mapped
	testl	%ebx, %ebx
	jnz	next
mapped:
	cli
	xorl	%ebx, %ebx
	movw	%ds, %bx
	shll	$4, %ebx			/* linear address of the segment */
	leal	PARAMS(%ebx), %esi
	leal	gdt(%ebx), %eax
	movl	%eax, gdt_pointer + 2
	leal	flat(%ebx), %eax
	movl	%eax, target
	lgdtl	gdt_pointer
	movl	%cr0, %eax
	orb	$1, %al
	movl	%eax, %cr0
	ljmpl	*target

	.code32
flat:	movl	$0x18, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	%eax, %fs
	movl	%eax, %gs
	movl	0x214(%esi), %eax
	xorl	%ebx, %ebx
	xorl	%ebp, %ebp
	xorl	%edi, %edi
	jmp	*%eax

	.balign	8
gdt:	.quad	0, 0
	.quad	0x00cf9b000000ffff
	.quad	0x00cf93000000ffff
gdt_pointer:
	.word	31
	.long	0
target:	.long	0
	.word	0x10
kernel_version:
	.asciz	"slipway-check"

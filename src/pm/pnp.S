/* SPDX-License-Identifier: BSD-2-Clause
 * src/pm/pnp.S: the Plug and Play BIOS, called by a far call from real mode or from 16-bit protected mode with
 * arguments on the stack, the function's number on top, which the caller removes. There is one function, the
 * installation check of the BIOS Boot Specification: no devices are described, ACPI does that.
 * Spec: Plug and Play BIOS 1.0A, 4.3; BIOS Boot Specification 1.01, 6.2.
 */
#define FUNCTION_BBS	0x60
#define BBS_VERSION	0x0101

#define SUCCESS			0x0000
#define FUNCTION_NOT_SUPPORTED	0x0082

/* What EBP reaches. */
#define RESULT		0		/* AX */
#define FUNCTION	12
#define POINTER		14		/* segment or selector behind the offset */

#define STACK_IS_32BIT	22		/* bit of a segment's access rights, as LAR has them */

	.code16
	.section .text.pm, "ax"
	.global	rt16_pnp_real, rt16_pnp_protected
rt16_pnp_protected:			/* a system may stay on a 32-bit stack */
	pushl	%ebp
	pushl	%eax
	movw	%ss, %ax
	movzwl	%ax, %eax
	larl	%eax, %eax
	movl	%esp, %ebp
	btl	$STACK_IS_32BIT, %eax
	jc	call
	jmp	1f
rt16_pnp_real:
	pushl	%ebp
	pushl	%eax
1:	movzwl	%sp, %ebp
call:
	movw	$FUNCTION_NOT_SUPPORTED, RESULT(%ebp)
	cmpw	$FUNCTION_BBS, FUNCTION(%ebp)
	jne	2f
	pushw	%es
	pushw	%bx
	lesw	POINTER(%ebp), %bx
	movw	$BBS_VERSION, %es:(%bx)
	movw	$SUCCESS, RESULT(%ebp)
	popw	%bx
	popw	%es
2:	popl	%eax
	popl	%ebp
	clc
	lretw

	.section .note.GNU-stack, "", @progbits

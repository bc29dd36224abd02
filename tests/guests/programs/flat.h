/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/flat.h: what real-mode programs need to get at all of memory and at the local APIC: FS with 4 GiB, and
 * an INIT of their own processor. Included once by a program.
 */
#ifndef PROGRAMS_FLAT_H
#define PROGRAMS_FLAT_H

#include <stdint.h>

/*
 * flat_fs(): FS has a limit of 4 GiB and base 0 from now on, in real mode; loses EAX. init_self: to be jumped to or called, the
 * local APIC's INIT, which does not come back. The macro `protected` is protected mode with that FS and interrupts off.
 */
void flat_fs(void), init_self(void);
__asm__(".code16\n"
	".macro protected\n"
	"cli; lgdtl %cs:gdt_pointer; movl %cr0, %eax; orb $1, %al; movl %eax, %cr0; jmp 1f; 1: movw $8, %ax; movw %ax, %fs\n"
	".endm\n"
	"flat_fs: pushfl; protected; movl %cr0, %eax; andb $~1, %al; movl %eax, %cr0; jmp 1f\n"
	"1: xorw %ax, %ax; movw %ax, %fs; popfl; retl\n"	/* who saves FS and puts it back sets the base to the selector's */
	"init_self: protected; movl $0xfee00000, %ebx\n"
	"movl $0x1ff, %fs:0xf0(%ebx); movl $0, %fs:0x310(%ebx); movl $0x4500, %fs:0x300(%ebx)\n"
	"2: inb $0x80, %al; jmp 2b\n"
	".balign 8\n"
	"gdt: .quad 0, 0x00cf93000000ffff\n"
	"gdt_pointer: .word 15; .long gdt\n"
	".code16gcc\n");

/* A dword anywhere, once flat_fs() was called. */
static inline uint32_t peek(uint32_t at)
{
	uint32_t value;

	__asm__ volatile("movl %%fs:(%1), %0" : "=r"(value) : "r"(at) : "memory");
	return value;
}

static inline void poke(uint32_t at, uint32_t value)
{
	__asm__ volatile("movl %0, %%fs:(%1)" : : "r"(value), "r"(at) : "memory");
}

#endif

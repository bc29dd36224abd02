/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/regs.h: the registers of a program in real mode: as an entry of the BIOS finds and leaves
 * them (src/rt16/entry.S), and as real_call() sets and returns them. Shared by both modes and assembly.
 */
#ifndef ARCH_REGS_H
#define ARCH_REGS_H

/* Where assembly finds the fields of struct regs, checked below; from EDI to EAX as PUSHAL leaves them. */
#define REGS_FLAGS	0
#define REGS_A20_OFF	2
#define REGS_VECTOR	4
#define REGS_DS		6
#define REGS_EDI	8
#define REGS_ESI	12
#define REGS_EBP	16
#define REGS_EBX	24
#define REGS_EDX	28
#define REGS_ECX	32
#define REGS_EAX	36
#define REGS_GS		40
#define REGS_FS		42
#define REGS_ES		44
#define REGS_UNUSED3	46
#define REGS_ESP	48
#define REGS_SS		52
#define REGS_SIZE	56

/* What is on the caller's stack between ESP here and the offset that INT has pushed. */
#define REGS_ON_CALLERS_STACK	8

/* Not an interrupt: what real_call() called has returned. */
#define VECTOR_RETURNED	0x100

/* Nor this: a far call of the POST Memory Manager. What the caller has pushed is above its frame. */
#define VECTOR_PMM	0x101
#define REGS_PMM_CALL	18	/* from ESP here: 8, an interrupt's frame, the far return address */

/* Nor this: the firmware's stack is not where it has to be. */
#define VECTOR_LOST	0x102

/* INT 10h that goes on to the display's ROM afterwards. */
#define VECTOR_CONSOLE	0x110

#define FLAGS_CF	0x0001
#define FLAGS_ZF	0x0040
#define FLAGS_TF	0x0100
#define FLAGS_IF	0x0200
#define FLAGS_FIXED	0x0002	/* reads as 1 */

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

/* A general register and its parts. */
#define REGS_PARTS(r)							\
	union {								\
		uint32_t e##r##x;					\
		uint16_t r##x;						\
		struct { uint8_t r##l, r##h; };				\
	}
#define REGS_HALF(x)							\
	union {								\
		uint32_t e##x;						\
		uint16_t x;						\
	}

struct regs {
	uint16_t flags;		/* what the caller gets back: carry and zero are results */
	uint16_t a20_off;	/* not 0: leave for the caller with A20 masked. It is on in 32-bit code */
	uint16_t vector;	/* of the interrupt, or one of the above */
	uint16_t ds;
	REGS_HALF(di);
	REGS_HALF(si);
	REGS_HALF(bp);
	uint32_t unused2;
	REGS_PARTS(b);
	REGS_PARTS(d);
	REGS_PARTS(c);
	REGS_PARTS(a);
	uint16_t gs, fs, es, unused3;
	uint32_t esp;		/* the caller's, below what the entry has pushed there; read only */
	uint16_t ss, unused4;
};
_Static_assert(sizeof(struct regs) == REGS_SIZE, "struct regs and its offsets for assembly");
_Static_assert(offsetof(struct regs, vector) == REGS_VECTOR && offsetof(struct regs, ds) == REGS_DS, "struct regs");
_Static_assert(offsetof(struct regs, a20_off) == REGS_A20_OFF, "struct regs");
_Static_assert(offsetof(struct regs, eax) == REGS_EAX && offsetof(struct regs, edi) == REGS_EDI, "struct regs");
_Static_assert(offsetof(struct regs, esi) == REGS_ESI && offsetof(struct regs, ebp) == REGS_EBP, "struct regs");
_Static_assert(offsetof(struct regs, ebx) == REGS_EBX && offsetof(struct regs, edx) == REGS_EDX, "struct regs");
_Static_assert(offsetof(struct regs, ecx) == REGS_ECX && offsetof(struct regs, gs) == REGS_GS, "struct regs");
_Static_assert(offsetof(struct regs, fs) == REGS_FS && offsetof(struct regs, es) == REGS_ES, "struct regs");
_Static_assert(offsetof(struct regs, unused3) == REGS_UNUSED3, "struct regs");
_Static_assert(offsetof(struct regs, esp) == REGS_ESP && offsetof(struct regs, ss) == REGS_SS, "struct regs");
#endif

#endif

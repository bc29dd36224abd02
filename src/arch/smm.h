/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/smm.h: how a program that cannot leave its mode gets into the 32-bit services: System Management Mode
 * exchanges its state for that of flat 32-bit code, and back. What both sides and the handler must agree on.
 *
 * A program in virtual-8086 mode, or in 16-bit protected mode without paging, writes to SMM_PORT with SMM_ENTER in
 * EAX, at an address of the 16-bit image that the handler knows: it is found in 32-bit code at SMM32_ENTRY. That writes
 * there with SMM_LEAVE and an answer, at SMM32_LEAVE: the program is found where it gets answers, with
 * one of them in EAX. Whatever else raises an SMI comes back as if there had been none.
 */
#ifndef ARCH_SMM_H
#define ARCH_SMM_H

#include "arch/layout.h"
#include "arch/regs.h"

#define SMM_PORT	0xb2	/* APM control, of PIIX4 and ICH9 alike */

/*
 * EAX when the port is written: what is wanted in the upper half. The lower half counts the looks that are left until
 * the SMI must have come; its lowest byte is none of the commands that switch ACPI on and off.
 */
#define SMM_LOOKS	0x0f53
#define SMM_ENTER	0x5e3d0f53
#define SMM_AGAIN	0x5e3e0f53	/* back from a window, protected mode */
#define SMM_LEAVE	0x5e400f53	/* and the answer << 16 */

/* What is in EAX afterwards; anything else: no SMI, or none that was served. */
#define SMM_DONE	1
#define SMM_OUT		2	/* virtual-8086 mode: call what struct smm_call names; protected: let interrupts in */
#define SMM_REFUSED	3
#define SMM_ANSWERS	4

/* EAX at SMM32_ENTRY. */
#define SMM_FROM_V86		0	/* ESP: struct regs */
#define SMM_FROM_PROTECTED	1	/* EBX: linear address of the stack; DS: base ECX, limit ESI; ES: EDX, EDI */
#define SMM_FROM_WINDOW		2	/* the same, with SMM_AGAIN */

/* In ROM, behind each other. */
#define SMM32_ENTRY	0xfffe7fc0
#define SMM32_MARK	0xfffe7fcc	/* SMM_ROM_MARK: the ROM is there, A20 is on */
#define SMM32_LEAVE	0xfffe7fd0
#define SMM32_LEAVE_END	0xfffe7fe4	/* behind the last instruction at which that SMI is taken */
#define SMM_ROM_MARK	0x4d4d5331

/*
 * In the frame of a call from virtual-8086 mode, in REGS_UNUSED3: the memory that is written is the memory that is
 * read.
 */
#define SMM_FRAME_MARK	0x5e53

/* ESP of such a frame, in the firmware's segment: below it is room for a service, above it for the frame. */
#define SMM_FRAME_LOW	(STACK_TOP - FW_RAM_BASE - STACK_SIZE + 0x800)
#define SMM_FRAME_HIGH	(STACK_TOP - FW_RAM_BASE - REGS_SIZE + 1)

/* The firmware's RAM that is for this alone; zero at first. */
#define SMM_RAM		0x000ed400
#define SMM_PACKET	SMM_RAM		/* 24 bytes: a disk address packet */
#define SMM_CALL	0x000ed420	/* struct smm_call */
#define SMM_REMOTE	0x000ed440	/* real_call_remote (rom32.lds) */
#define SMM_COUNT	0x000ed444	/* SMIs that the handler has seen: nobody relies on it once processors are set up */
#define SMM_KNOWN	0x000ed450	/* what src/smm/smm.c knows from one start to the next wake */
#define SMM_NMI_STACK	0x000ed500	/* grows down: until 32-bit code has its own */
#define SMM_BUFFER	0x000ed500	/* on the way to or from a caller; while processors are set up, what is saved */
#define SMM_BUFFER_END	0x000ee400

/* struct smm_call, as 16-bit code reads it in the firmware's segment. */
#define SMM_CALL_ON	0
#define SMM_CALL_ESP	4
#define SMM_CALL_REGS	8
#define SMM_CALL_TO	12
#define SMM_CALL_16	(SMM_CALL - FW_RAM_BASE)

/* SMRAM: entries of processors, each with its stack behind it, from 98000 + 8000; their save areas between them. */
#define SMRAM_BASE	0x000a0000
/*
 * The first processor's, behind them: a page that programs do not touch. TCG keeps what it has seen of a page until PE, PG or WP
 * of CR0 changes, and an SMI from real mode changes none of them: where the display's memory was seen, it is seen
 * still. So the first instructions read no other page. On the way back RSM changes WP (handler/entry.S).
 */
#define SMM_FIRST_ENTRY	0x000b7c00
#define SMM_SLOTS	64
#define SMM_SLOT_SIZE	0x400
#define SMM_ENTRY_OFFSET 0x8000	/* from a processor's SMBASE */
#define SMM_STACK_OFFSET 0x8200	/* top; below it is room down to the entry */
#define SMM_SAVE_OFFSET	0xfe00	/* 512 bytes */
#define SMM_SAVE_SIZE	0x200
#define SMM_HANDLER	0x000b8000
#define SMM_HANDLER_END	0x000ba000
/* In the handler: what is copied to each slot, and to where SMIs lead first. */
#define SMM_STUB	0
#define SMM_MOVE	0x40
#define SMM_PART	0x40	/* bytes of each */
#define SMM_MOVE_TO	0x3c	/* in the latter: a dword, the new SMBASE; 0 once it is taken */

#define SMM_DEFAULT_BASE 0x30000

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

struct smm_call {
	uint32_t on;		/* not 0: SMIs are served */
	uint32_t esp;		/* with SMM_DONE and SMM_OUT: offset in the firmware's segment */
	uint32_t regs, to;	/* with SMM_OUT: as real_call() has them, regs as such an offset */
};
_Static_assert(offsetof(struct smm_call, on) == SMM_CALL_ON, "struct smm_call");
_Static_assert(offsetof(struct smm_call, esp) == SMM_CALL_ESP, "struct smm_call");
_Static_assert(offsetof(struct smm_call, regs) == SMM_CALL_REGS, "struct smm_call");
_Static_assert(offsetof(struct smm_call, to) == SMM_CALL_TO, "struct smm_call");
#endif

#endif

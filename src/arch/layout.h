/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/layout.h: the addresses that linker scripts, assembly and C must agree on. All
 * physical. docs/architecture.md has the whole memory map.
 */
#ifndef ARCH_LAYOUT_H
#define ARCH_LAYOUT_H

/* Flash, where a machine has any, ends at 4 GiB with the image: a write there is a command to it, though it be read-only. */
#define FLASH_BASE	0xff000000

#define ROM32_BASE	0xfff80000	/* the image begins: 32-bit code and constants, executed in place */
#define ROM32_END	0xfffe8000	/* above it the image is empty: the firmware's RAM aliases it */
#define ROM16_BASE	0xffff0000	/* master copy of the 16-bit image */

#define FW_RAM_BASE	0x000e8000	/* variables, stack: shadow RAM that stays writable */
#define FW_RAM_END	0x000f0000
#define FW_SEGMENT	(FW_RAM_BASE >> 4)	/* DS and SS of 16-bit code */
#define ROM_RAM_BASE	0x000ecc00	/* behind the variables (rom32.lds): for option ROMs that keep it */
#define ROM_RAM_END	0x000ed400
#define AP_MAILBOX	0x000effe0	/* 32 bytes: what the SIPI stub needs to find 32-bit code */
#define STACK_TOP	AP_MAILBOX	/* grows down */
#define STACK_SIZE	0x1800
#define RESUME_STACK	0x000ee7c0	/* grows down, to ee400: of a start that may go on with what was under way */
#define STACK_HEAD	0x000efe00	/* cleared before use; what is below it, by src/post/world.c */

/*
 * From the reset vector to the stack an NMI has 32 bytes of the guest's memory: SP is 0, so it pushes
 * here in real mode, and protected mode goes on here.
 */
#define TRANSIT_STACK	0x00010000

/* 8 bytes each that nobody writes to but who guards them (src/boot/intact/canary.h). */
#define CANARY_FRONT	(FW_RAM_BASE + 16)
#define CANARY_VARIABLES (ROM_RAM_BASE - 8)
#define CANARY_STACK	(STACK_TOP - STACK_SIZE - 8)

#define FSEG_BASE	0x000f0000	/* where guests see the 16-bit image */
#define FSEG_END	0x00100000

#define EBDA_BASE	0x0009fc00	/* 1 KiB, conventional memory ends here */

/* In resume_mark once POST is over: variables hold what a wake needs. */
#define RESUME_MARK	0x454b4157	/* "WAKE" */

/* Reads of port 0x80 that a reset register is given, about a microsecond each: QEMU's main loop may be busy. */
#define RESET_PAUSE	200000

/* Selectors of the GDT in ROM, the ones Linux's 32-bit boot protocol asks for. */
#define SEL_REAL16	0x08		/* the firmware's segment, 64 KiB: the limit of segments after a reset */
#define SEL_CODE32	0x10
#define SEL_DATA32	0x18
#define SEL_CODE16	0x20		/* the F segment */
#define SEL_DATA16	0x28
#define SEL_STACK16	0x30		/* the firmware's segment */

/* Bytes of our stack for what real_call() calls; entries that come from another stack use what is below. */
#define REAL_CALL_ROOM	1024

#define SERVICE32_ENTRY	0xfffe7ff0	/* where the 16-bit entries find the 32-bit services */

#endif

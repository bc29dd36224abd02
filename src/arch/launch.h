/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/launch.h: leave the firmware for a kernel.
 */
#ifndef ARCH_LAUNCH_H
#define ARCH_LAUNCH_H

#include <stdint.h>

/*
 * Enter a Linux kernel at its 32-bit entry with the registers the boot protocol names. Both are
 * physical addresses.
 * Spec: Linux Documentation/arch/x86/boot.rst, "32-bit Boot Protocol".
 */
void __attribute__((noreturn)) launch_linux32(uint32_t entry, uint32_t boot_params);

/*
 * What launch_linux32() can be given as entry: it goes to long mode with the page tables at launch_page_tables (physical, below
 * 4 GiB, all that is entered and needed mapped to itself) and on to the 64-bit entry of a kernel at 1 MiB. Not to be called.
 * Spec: boot.rst, "64-bit Boot Protocol".
 */
extern const char launch_linux64[];
extern uint32_t launch_page_tables;

/*
 * Enter a kernel at a flat 32-bit entry with these in EBX and EAX, all other registers but ESP 0: interrupts off, no
 * interrupt table, segments of 4 GiB from 0, A20 on, no paging.
 * Spec: Xen, docs/misc/pvh.pandoc; Multiboot Specification 0.6.96, 3.2.
 */
void __attribute__((noreturn)) launch_flat32(uint32_t entry, uint32_t ebx, uint32_t eax);

/*
 * Enter real mode at segment << 16 | offset, as after a reset: interrupts off, vectors at 0, DS to GS 0 and of 64 KiB; the
 * stack is the firmware's, and no other memory is written. The F segment has the 16-bit image, A20 is on.
 */
void __attribute__((noreturn)) launch_real(uint32_t target);

/* How to leave for real mode with a stack that is given. */
#define REAL_FAR_RETURN	0
#define REAL_IRET	1
#define REAL_BLOCK_MOVE	2	/* the stack has DS, ES, what PUSHA saves, and the frame of an interrupt */
#define REAL_JUMP	3	/* to where the dword at 40:67 points */

/* The same state with SS:SP of segment << 16 | offset, and then what how says. Other registers are not defined. */
void __attribute__((noreturn)) launch_real_stack(uint32_t stack, uint32_t how);

#endif

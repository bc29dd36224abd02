/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/exception.h: what a processor exception during POST leaves on the stack.
 */
#ifndef ARCH_EXCEPTION_H
#define ARCH_EXCEPTION_H

#include <stdint.h>

/* As pushed by src/arch/start.S; all registers as they were, esp before the CPU's own push. */
struct exception_frame {
	uint32_t edi, esi, ebp, esp_pushal, ebx, edx, ecx, eax;
	uint32_t vector, error;
	uint32_t eip, cs, eflags;
};

static inline uint32_t read_cr2(void)
{
	uint32_t value;

	__asm__ volatile("movl %%cr2, %0" : "=r"(value));
	return value;
}

/* NMIs since the start, counted by src/arch/start.S: POST goes on. */
extern volatile uint32_t nmi_count;

/* Print the registers and what looks like return addresses on the stack, then stop. */
void __attribute__((noreturn)) exception(const struct exception_frame *frame);

#endif

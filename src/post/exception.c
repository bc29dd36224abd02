/* SPDX-License-Identifier: BSD-2-Clause
 * src/post/exception.c: a processor exception during POST is a defect of this firmware: say where,
 * then stop. Without this it would be a triple fault, that is, a silent reboot. NMI is not one of them.
 */
#include "arch/exception.h"
#include "arch/layout.h"
#include "boot/fail.h"
#include "trace/log.h"

volatile uint32_t nmi_count;

extern const char rom_start[], rom_text_end[];

void exception(const struct exception_frame *f)
{
	const uint32_t *word = (const uint32_t *)(f + 1);
	const uint32_t *end = (const uint32_t *)STACK_TOP;

	log("exception: vector %u, error %x, at %x:%08x, eflags %x, cr2 %08x", f->vector, f->error,
	    f->cs, f->eip, f->eflags, read_cr2());
	log("exception: eax %08x ebx %08x ecx %08x edx %08x", f->eax, f->ebx, f->ecx, f->edx);
	log("exception: esi %08x edi %08x ebp %08x esp %08x", f->esi, f->edi, f->ebp, (uint32_t)word);
	/* Frames have no chain: list the words that point into code, most recent call first. */
	for (unsigned int calls = 0; word < end && calls < 16; word++)
		if (*word >= (uint32_t)rom_start && *word < (uint32_t)rom_text_end) {
			log("exception: called from %08x", *word);
			calls++;
		}
	boot_stop("exception: POST cannot go on");
}

/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/pci_bios.c: see pci_bios.h. The functions themselves are those of protected-mode callers, src/pm/pci.S.
 */
#include "services/pci_bios.h"
#include <stdbool.h>
#include "arch/layout.h"
#include "arch/phys.h"
#include "hw/pci/tree.h"
#include "lib/checksum.h"
#include "lib/string.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "services/pci_routing.h"

#define ROUTING_OPTIONS		0x0e

#define FUNCTION_NOT_SUPPORTED	0x81

extern char rt16_bios32_entry[];
extern uint8_t rt16_pm_last_bus;
extern uint32_t rt16_pm_pir;

static bool present;

struct bios32 {
	char signature[4];
	uint32_t entry;
	uint8_t revision, paragraphs, checksum, reserved[5];
} __attribute__((packed));
_Static_assert(sizeof(struct bios32) == 16, "BIOS32 service directory");

void pci_bios_init(void)
{
	struct bios32 *b;

	present = machine.pci != 0;
	if (!present)
		return;
	*(uint8_t *)phys_to_ptr((uint32_t)&rt16_pm_last_bus) = (uint8_t)(machine.pci->buses - 1);
	*(uint32_t *)phys_to_ptr((uint32_t)&rt16_pm_pir) = machine.pir;
	b = alloc(ZONE_FSEG, sizeof(*b), 16, "BIOS32 service directory");
	if (!b)
		return;
	memcpy(b->signature, "_32_", sizeof(b->signature));
	b->entry = (uint32_t)rt16_bios32_entry;
	b->paragraphs = 1;
	b->checksum = -checksum8(b, sizeof(*b));
}

static void answer(struct regs *r, uint8_t status)
{
	r->ah = status;
	r->flags = status ? r->flags | FLAGS_CF : r->flags & ~FLAGS_CF;
}

void pci_bios_call(struct regs *r)
{
	uint8_t carry;

	if (!present) {
		answer(r, FUNCTION_NOT_SUPPORTED);
		return;
	}
	if (r->al == ROUTING_OPTIONS) {
		answer(r, pci_routing_options(r));
		return;
	}
	__asm__ volatile("call rt16_pm_pci\n\tsetc %0"
			 : "=m"(carry), "+a"(r->eax), "+b"(r->ebx), "+c"(r->ecx), "+d"(r->edx), "+S"(r->esi), "+D"(r->edi)
			 : : "memory", "cc");
	r->flags = (uint16_t)((r->flags & ~FLAGS_CF) | (carry ? FLAGS_CF : 0));
}

/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/pci_bios.c: see pci_bios.h.
 */
#include "services/pci_bios.h"
#include "arch/layout.h"
#include "arch/phys.h"
#include "hw/pci/tree.h"
#include "lib/checksum.h"
#include "lib/string.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "rt16/shared.h"
#include "services/pci_routing.h"

#define FUNCTION_NOT_SUPPORTED	0x81

extern char rt16_bios32_entry[];
extern uint8_t rt16_pm_last_bus;
extern uint32_t rt16_pm_pir;

struct bios32 {
	char signature[4];
	uint32_t entry;
	uint8_t revision, paragraphs, checksum, reserved[5];
} __attribute__((packed));
_Static_assert(sizeof(struct bios32) == 16, "BIOS32 service directory");

/*
 * QEMU shows the image below 1 MiB where there are no shadow registers, and who looks for the signature there looks at
 * each multiple of 16: this is none.
 */
static const struct {
	char before, text[4];
} signature __attribute__((aligned(16))) = { .text = { '_', '3', '2', '_' } };

void pci_bios_init(void)
{
	struct bios32 *b;

	rt16_vars.has_pci = machine.pci != 0;
	if (!machine.pci)
		return;
	*(uint8_t *)phys_to_ptr((uint32_t)&rt16_pm_last_bus) = (uint8_t)(machine.pci->buses - 1);
	*(uint32_t *)phys_to_ptr((uint32_t)&rt16_pm_pir) = machine.pir;
	b = alloc(ZONE_FSEG, sizeof(*b), 16, "BIOS32 service directory");
	if (!b)
		return;
	memcpy(b->signature, signature.text, sizeof(b->signature));
	b->entry = (uint32_t)rt16_bios32_entry;
	b->paragraphs = 1;
	b->checksum = -checksum8(b, sizeof(*b));
}

void pci_bios_rest(struct regs *r)
{
	r->ah = FUNCTION_NOT_SUPPORTED;
	if (machine.pci && r->al == PCI_ROUTING_OPTIONS)
		r->ah = pci_routing_options(r);
	r->flags = r->ah ? r->flags | FLAGS_CF : r->flags & ~FLAGS_CF;
}

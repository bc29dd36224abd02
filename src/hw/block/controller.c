/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/controller.c: see controller.h.
 */
#include "hw/block/controller.h"
#include "trace/log.h"

uint32_t controller_registers(const struct pci_function *f, uint32_t bar, uint32_t bytes, const char *who)
{
	const struct pci_bar *b = &f->bar[bar];

	if (b->base && !(b->base >> 32) && b->kind != PCI_IO && b->size >= bytes)
		return (uint32_t)b->base;
	log("%s: %02x:%02x.%u: registers at %llx, %llx bytes, expected %x below 4 GiB in BAR %u; not used", who, PCI_BUS(f->bdf),
	    PCI_DEV(f->bdf), PCI_FN(f->bdf), (unsigned long long)b->base, (unsigned long long)b->size, bytes, bar);
	return 0;
}

void controller_enable(const struct pci_function *f)
{
	pci_write16(f->bdf, PCI_COMMAND, PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
}

/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/mptable.c: see mptable.h.
 */
#include <stdbool.h>
#include <stddef.h>
#include "arch/cpu.h"
#include "arch/io.h"
#include "arch/phys.h"
#include "fw/fw_cfg.h"
#include "fw/mptable.h"
#include "fw/table_room.h"
#include "hw/pci/tree.h"
#include "lib/checksum.h"
#include "trace/log.h"
#include "lib/string.h"
#include "hw/cpus.h"
#include "machine/machine.h"
#include "std/mp.h"

#define LOCAL_APIC	0xfee00000
#define LOCAL_APIC_VERSION 0x30		/* register: version in bits 7..0 */
#define IOAPIC		0xfec00000
#define IOAPIC_SELECT	0x00
#define IOAPIC_WINDOW	0x10
#define IOAPIC_VERSION	1		/* register behind the window: version in bits 7..0 */

/* What QEMU's models answer: hw/intc/apic_common.c, hw/intc/ioapic_common.c. */
#define APIC_VERSION_QEMU	0x14
#define IOAPIC_VERSION_QEMU	0x20
#define IOAPIC_ID		0	/* QEMU's reset value and its MADT: an OS need not rewrite it */

#define ISA_IRQS	16
#define IRQ_CASCADE	2
#define MAX_APIC_ID	254		/* 255 addresses all of them */

/* What is the same in every table, up to the processor that boots. */
static const struct head {
	struct mp_header header;
	struct mp_processor boot;
} head = {
	.header = {
		.signature = { 'P', 'C', 'M', 'P' },
		.revision = 4,
		/* As guests of QEMU have always found it: software may be bound to these names. */
		.oem = { 'B', 'O', 'C', 'H', 'S', 'C', 'P', 'U' },
		.product = { '0', '.', '1', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ' },
		.local_apic = LOCAL_APIC,
	},
	.boot = {
		.type = MP_PROCESSOR,
		.apic_version = APIC_VERSION_QEMU,
		.flags = MP_PROCESSOR_ENABLED | MP_PROCESSOR_BOOT,
	},
};

#define PCI_BUS_ENTRY(n)	((struct mp_bus){ MP_BUS, (n), { 'P', 'C', 'I', ' ', ' ', ' ' } })
#define ISA_BUS_ENTRY(n)	((struct mp_bus){ MP_BUS, (n), { 'I', 'S', 'A', ' ', ' ', ' ' } })

/* What stands for a tree where there is no PCI. */
static const struct pci_tree no_pci = { .count = 0 };

/* The other processors, left of them, like the one that boots. NULL when an APIC id does not fit. */
static struct mp_processor *add_processors(const struct mp_processor *boot, uint32_t left)
{
	struct mp_processor *at = (struct mp_processor *)boot + 1;

	for (uint32_t id = 0; left; id++) {
		if (id > MAX_APIC_ID)
			return NULL;
		if (id == boot->apic_id || !cpus_present(id))
			continue;
		memcpy(at, boot, sizeof(*at));
		at->apic_id = (uint8_t)id;
		at->flags = MP_PROCESSOR_ENABLED;
		at++;
		left--;
	}
	return at;
}

/* Every bus that has a function or lies behind a bridge. The scan numbers them as it goes. */
static struct mp_bus *add_pci_buses(struct mp_bus *at, const struct pci_tree *tree)
{
	const struct pci_function *function = tree->function;

	/* An entry that is not needed is overwritten by the next one. */
	*at = PCI_BUS_ENTRY(0);
	at += tree->buses != 0;
	if (tree->buses <= 1)
		return at;
	for (uint32_t left = tree->count; left; left--, function++) {
		*at = PCI_BUS_ENTRY(PCI_BUS(function->bdf));
		at += at->id > at[-1].id;
		*at = PCI_BUS_ENTRY(function->secondary);	/* 0 where there is no bridge */
		at += at->id > at[-1].id;
	}
	return at;
}

/*
 * A guest takes a PCI bus by its own number, so the ISA bus gets one above them all (0 without PCI):
 * with 1, as other firmware has it, Linux refuses the interrupts of PCI bus 1. Above 255: the highest
 * one free.
 */
static uint8_t isa_number(const struct mp_bus *first, const struct mp_bus *end,
			  uint32_t number)
{
	if (number > 255)
		for (number = 254; end-- > first && end->id >= number;)
			number -= end->id == number;
	return (uint8_t)number;
}

/*
 * PCI interrupts; those of IRQs 1-15 are added to *irqs. Level and active high as in QEMU's ACPI tables: KVM
 * of Linux before 3.15 turned the level round for active low.
 */
static struct mp_interrupt *add_pci(struct mp_interrupt *const first, const struct pci_tree *tree,
				    uint32_t *irqs)
{
	const struct pci_function *function = tree->function;
	struct mp_interrupt *at = first, *same;

	for (uint32_t left = tree->count; left; left--, function++) {
		if (!function->gsi)
			continue;
		*at = (struct mp_interrupt){
			MP_INTERRUPT, MP_KIND_INT, MP_FLAGS_LEVEL_HIGH,
			.way = MP_WAY(PCI_BUS(function->bdf),
				      PCI_DEV(function->bdf) << 2 | (function->pin - 1), IOAPIC_ID,
				      function->gsi)
		};
		/* Several functions of a slot may share a pin: one entry. */
		for (same = first; same->way != at->way;)
			same++;
		at += same == at;
		/* The 8259 sees it as this IRQ, also where the I/O APIC has another pin for it. */
		*irqs |= (uint32_t)(function->line - 1u < ISA_IRQS - 1u) << (function->line & 31);
	}
	return at;
}

/* ISA interrupts: all that are not PCI's. IRQ 0, the timer, arrives at a pin of its own. */
static struct mp_interrupt *add_isa(struct mp_interrupt *const first, uint8_t bus, uint32_t pci_irqs,
				    uint8_t timer_pin)
{
	struct mp_interrupt *at = first;
	uint32_t left = 0xffffu & ~(1u << IRQ_CASCADE) & ~pci_irqs;

	for (uint8_t irq = 0; left; irq++, left >>= 1) {
		/* An entry that is not needed is overwritten by the next one. */
		*at = (struct mp_interrupt){ MP_INTERRUPT, MP_KIND_INT, MP_FLAGS_BUS,
					     .way = MP_WAY(bus, irq, IOAPIC_ID, irq) };
		at += left & 1;
	}
	first->pin = timer_pin;
	return at;
}

/* Returns false when a processor could not be listed. */
static bool fill(struct head *table, uint32_t cpus, const struct pci_tree *tree)
{
	struct cpuid id = cpuid(1, 0);
	struct mp_interrupt *at;
	struct mp_bus *bus, *isa;
	uint32_t pci_irqs = 0;
	uint8_t timer_pin = 2;

	memcpy(table, &head, sizeof(head));
	table->boot.apic_id = id.ebx >> 24;
	table->boot.signature = id.eax;
	table->boot.features = id.edx;
	/*
	 * The boards that have another timer pin, and machine types up to 2.0, whose version is 0x11
	 * (Linux compares), all have no fw_cfg DMA.
	 */
	if (!fw_cfg_has_dma()) {
		table->boot.apic_version = (uint8_t)mmio_read32(LOCAL_APIC + LOCAL_APIC_VERSION);
		timer_pin = fw_cfg_le32(FW_CFG_IRQ0_OVERRIDE) ? 2 : 0;
	}
	bus = (struct mp_bus *)add_processors(&table->boot, cpus - 1);
	if (!bus | (table->boot.apic_id > MAX_APIC_ID))
		return false;
	isa = add_pci_buses(bus, tree);
	*isa = ISA_BUS_ENTRY(isa_number(bus, isa, tree->buses));
	at = (struct mp_interrupt *)(isa + 1);
	*(struct mp_ioapic *)at++ = (struct mp_ioapic){ MP_IOAPIC, IOAPIC_ID, IOAPIC_VERSION_QEMU,
							MP_IOAPIC_ENABLED, IOAPIC };
	at = add_pci(at, tree, &pci_irqs);
	at = add_isa(at, isa->id, pci_irqs, timer_pin);
	/* The 8259 pair comes in at LINT0 of the boot processor, NMI at LINT1 of all. */
	*at++ = (struct mp_interrupt){ MP_LOCAL, MP_KIND_EXTINT, MP_FLAGS_BUS,
				       .way = MP_WAY(isa->id, 0, table->boot.apic_id, 0) };
	*at++ = (struct mp_interrupt){ MP_LOCAL, MP_KIND_NMI, MP_FLAGS_BUS,
				       .way = MP_WAY(isa->id, 0, MP_APIC_ALL, 1) };

	table->header.length = (uint16_t)((uint8_t *)at - (uint8_t *)table);
	/* Every entry after the processors has eight bytes. */
	table->header.entries = (uint16_t)(cpus + (uint32_t)(at - (struct mp_interrupt *)bus));
	table->header.checksum = -checksum8(table, table->header.length);
	return true;
}

/* Boards without PCI: microvm has an I/O APIC, isapc has not; etc/fdt is microvm's. */
static bool has_ioapic(void)
{
	struct fw_cfg_item item;
	uint8_t version;

	if (fw_cfg_find("etc/fdt", &item) == 0)
		return true;
	mmio_write32(IOAPIC + IOAPIC_SELECT, IOAPIC_VERSION);
	version = (uint8_t)mmio_read32(IOAPIC + IOAPIC_WINDOW);
	return version >= 0x10 && version < 0x30;
}

/* Bytes that the table has at most: each bus once, and one pin of each function. */
static uint32_t size_bound(uint32_t cpus, const struct pci_tree *tree)
{
	/* PCI buses from 0 on, the ISA bus, the I/O APIC, PCI and ISA interrupts, local ones */
	uint32_t small = tree->buses + 1 + 1 + tree->count + ISA_IRQS + 2;

	return sizeof(struct mp_header) + cpus * sizeof(struct mp_processor) +
	       small * sizeof(struct mp_interrupt);
}

static const struct table_kind pointer_kind = {
	"MP pointer", sizeof(struct mp_pointer), offsetof(struct mp_pointer, checksum)
};

static bool publish(const struct head *table)
{
	struct mp_pointer pointer = {
		.signature = { '_', 'M', 'P', '_' },
		.table = (uint32_t)ptr_to_phys(table),
		.length = sizeof(pointer) / 16,
		.revision = 4,
	};

	return table_publish(&pointer_kind, &pointer);
}

void mptable_init(void)
{
	const struct pci_tree *tree;
	struct table_room room;
	struct head *table;
	uint32_t cpus;

	/* microvm with ACPI: a kernel that ignores it finds no device there, so no interrupt either. */
	if (machine.chipset == CHIPSET_NONE && (machine.rsdp || !has_ioapic()))
		return;
	if (!(machine.cpu_features & CPUID_1_EDX_APIC))
		return;
	tree = machine.pci ? machine.pci : &no_pci;
	cpus = cpus_found();
	table = table_room(&room, size_bound(cpus, tree), UINT32_MAX, "MP table");
	if (!table)
		return;
	if (!fill(table, cpus, tree))
		log("mptable: %u processors, some with an APIC id above %u; no MP table", cpus,
		    MAX_APIC_ID);
	else if (publish(table))
		return;
	table_room_release(&room);
}

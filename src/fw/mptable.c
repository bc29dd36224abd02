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
#include "hw/pci/irq.h"
#include "hw/pci/tree.h"
#include "lib/checksum.h"
#include "lib/errno.h"
#include "trace/log.h"
#include "lib/string.h"
#include "mem/alloc.h"
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
#define APIC_PIN_PIRQ_A	16		/* ICH9 in APIC mode: PIRQ A-H are pins 16-23 */
#define MAX_APIC_ID	254		/* 255 addresses all of them */

/* Buses with a PCI function, or behind a bridge: a bit each. */
struct buses {
	uint32_t bits[8];
	uint8_t isa;			/* a number no PCI bus has */
};

static bool bus_is_pci(const struct buses *buses, uint32_t bus)
{
	return buses->bits[bus / 32] & 1u << bus % 32;
}

static void bus_add(struct buses *buses, uint8_t bus)
{
	buses->bits[bus / 32] |= 1u << bus % 32;
}

/*
 * Number of interrupt pins in the tree (several functions of a slot may share one), and the buses.
 * A guest takes a PCI bus by its own number, so the ISA bus gets one above them all: with 1, as
 * other firmware has it, Linux refuses the interrupts of PCI bus 1.
 */
static uint32_t survey(struct buses *buses)
{
	const struct pci_tree *tree = machine.pci;
	uint32_t pins = 0;

	memset(buses, 0, sizeof(*buses));
	if (!tree)
		return 0;
	bus_add(buses, 0);
	for (uint32_t n = 0; n < tree->count; n++) {
		const struct pci_function *function = &tree->function[n];

		bus_add(buses, PCI_BUS(function->bdf));
		if (function->bridge)
			bus_add(buses, function->secondary);
		pins += function->pin != 0;
	}
	buses->isa = tree->last_bus + 1;
	if (tree->last_bus == 255)
		for (buses->isa = 254; buses->isa && bus_is_pci(buses, buses->isa);)
			buses->isa--;
	return pins;
}

/*
 * I/O APIC pin of a function. PIIX: its lines reach the I/O APIC as the IRQs they are routed to.
 * ICH9: each PIRQ has a pin of its own beside that; behind another root bus the way from pin to PIRQ is
 * not the one of bus 0, but the IRQ arrives too.
 */
static uint8_t ioapic_pin(const struct pci_function *function)
{
	const struct pci_function *up = function;
	uint32_t pin = function->pin - 1;

	if (machine.chipset == CHIPSET_I440FX)
		return function->line;
	while (up->parent != PCI_NONE) {
		pin = (pin + PCI_DEV(up->bdf)) & 3;
		up = &machine.pci->function[up->parent];
	}
	if (PCI_BUS(up->bdf) != 0)
		return function->line;
	return APIC_PIN_PIRQ_A + pci_slot_pirq(machine.chipset, PCI_DEV(up->bdf), pin + 1);
}

/* id is leaf 1 of the boot processor: the others are its equals. */
static struct mp_processor *add_processors(struct mp_processor *at, const struct cpuid *id,
					   uint32_t *left)
{
	uint8_t version = APIC_VERSION_QEMU;

	/* Machine types up to 2.0 have 0x11, and Linux compares; none of those has fw_cfg DMA. */
	if (!fw_cfg_has_dma())
		version = mmio_read32(LOCAL_APIC + LOCAL_APIC_VERSION);
	for (uint32_t n = 0; n <= MAX_APIC_ID && *left; n++) {
		if (!cpus_present(n))
			continue;
		*at++ = (struct mp_processor){
			.type = MP_PROCESSOR,
			.apic_id = n,
			.apic_version = version,
			.flags = MP_PROCESSOR_ENABLED | (n == id->ebx >> 24 ? MP_PROCESSOR_BOOT : 0),
			.signature = id->eax,
			.features = id->edx,
		};
		--*left;
	}
	return at;
}

static struct mp_bus *add_buses(struct mp_bus *at, const struct buses *buses)
{
	if (machine.pci)
		for (uint32_t bus = 0; bus <= machine.pci->last_bus; bus++)
			if (bus_is_pci(buses, bus))
				*at++ = (struct mp_bus){ MP_BUS, bus,
							 { 'P', 'C', 'I', ' ', ' ', ' ' } };
	*at++ = (struct mp_bus){ MP_BUS, buses->isa, { 'I', 'S', 'A', ' ', ' ', ' ' } };
	return at;
}

static bool has_interrupt(const struct mp_interrupt *first, const struct mp_interrupt *end,
			  uint8_t bus, uint8_t source)
{
	while (end-- > first)
		if (end->bus == bus && end->source == source)
			return true;
	return false;
}

/*
 * PCI interrupts; those of IRQs 0-15 are set in *irqs. Level and active high as in QEMU's ACPI tables: KVM
 * of Linux before 3.15 turned the level round for active low.
 */
static struct mp_interrupt *add_pci(struct mp_interrupt *const first, uint16_t *irqs)
{
	struct mp_interrupt *at = first;

	*irqs = 0;
	if (!machine.pci)
		return at;
	for (uint32_t n = 0; n < machine.pci->count; n++) {
		const struct pci_function *function = &machine.pci->function[n];
		uint8_t bus = PCI_BUS(function->bdf), pin, source;

		if (!function->pin)
			continue;
		source = PCI_DEV(function->bdf) << 2 | (function->pin - 1);
		pin = ioapic_pin(function);
		if (pin == 0 || pin == 0xff || has_interrupt(first, at, bus, source))
			continue;
		*at++ = (struct mp_interrupt){ MP_INTERRUPT, MP_KIND_INT, MP_FLAGS_LEVEL_HIGH,
					       bus, source, IOAPIC_ID, pin };
		/* The 8259 sees it as this IRQ, also where the I/O APIC has another pin for it. */
		if (function->line < ISA_IRQS)
			*irqs |= 1u << function->line;
	}
	return at;
}

/* ISA interrupts: all that are not PCI's. */
static struct mp_interrupt *add_isa(struct mp_interrupt *at, uint8_t bus, uint16_t pci_irqs)
{
	/* Boards of today all wire the timer, IRQ 0, to pin 2. */
	bool timer_on_2 = fw_cfg_has_dma() || fw_cfg_le32(FW_CFG_IRQ0_OVERRIDE);

	for (uint8_t irq = 0; irq < ISA_IRQS; irq++) {
		if (irq == IRQ_CASCADE || pci_irqs & 1u << irq)
			continue;
		*at++ = (struct mp_interrupt){ MP_INTERRUPT, MP_KIND_INT, MP_FLAGS_BUS, bus, irq,
					       IOAPIC_ID, irq == 0 && timer_on_2 ? 2 : irq };
	}
	return at;
}

static void finish(struct mp_header *table, uint32_t length, uint32_t entries)
{
	*table = (struct mp_header){
		.signature = { 'P', 'C', 'M', 'P' },
		.length = length,
		.revision = 4,
		.entries = entries,
		.local_apic = LOCAL_APIC,
	};
	/* As guests of QEMU have always found it: software may be bound to these names. */
	memcpy(table->oem, "BOCHSCPU", 8);
	memcpy(table->product, "0.1         ", 12);
	table->checksum = -checksum8(table, length);
}

/* Returns how many of cpus processors could not be listed. */
static uint32_t fill(struct mp_header *table, uint32_t cpus, const struct buses *buses)
{
	struct cpuid id = cpuid(1, 0);
	uint32_t left = cpus;
	struct mp_processor *cpu = (struct mp_processor *)(table + 1);
	struct mp_processor *cpus_end = add_processors(cpu, &id, &left);
	struct mp_bus *bus = (struct mp_bus *)cpus_end;
	struct mp_ioapic *ioapic = (struct mp_ioapic *)add_buses(bus, buses);
	struct mp_interrupt *at = (struct mp_interrupt *)(ioapic + 1);
	uint16_t pci_irqs;

	*ioapic = (struct mp_ioapic){ MP_IOAPIC, IOAPIC_ID, IOAPIC_VERSION_QEMU, MP_IOAPIC_ENABLED,
				      IOAPIC };
	at = add_pci(at, &pci_irqs);
	at = add_isa(at, buses->isa, pci_irqs);
	/* The 8259 pair comes in at LINT0 of the boot processor, NMI at LINT1 of all. */
	*at++ = (struct mp_interrupt){ MP_LOCAL, MP_KIND_EXTINT, MP_FLAGS_BUS, buses->isa, 0,
				       id.ebx >> 24, 0 };
	*at++ = (struct mp_interrupt){ MP_LOCAL, MP_KIND_NMI, MP_FLAGS_BUS, buses->isa, 0,
				       MP_APIC_ALL, 1 };
	/* Every entry after the processors has eight bytes. */
	finish(table, (uint8_t *)at - (uint8_t *)table,
	       (cpus_end - cpu) + (at - (struct mp_interrupt *)bus));
	return left;
}

/* pc and q35 have an I/O APIC, microvm too, isapc has not; etc/fdt is microvm's. */
static bool has_ioapic(void)
{
	struct fw_cfg_item item;
	uint8_t version;

	if (machine.chipset != CHIPSET_NONE || fw_cfg_find("etc/fdt", &item) == 0)
		return true;
	mmio_write32(IOAPIC + IOAPIC_SELECT, IOAPIC_VERSION);
	version = mmio_read32(IOAPIC + IOAPIC_WINDOW);
	return version >= 0x10 && version < 0x30;
}

static struct mp_header *table_alloc(uint32_t size, enum zone *zone, struct alloc_mark *mark)
{
	struct mp_header *table;

	*zone = ZONE_FSEG;
	*mark = alloc_mark(*zone);
	table = alloc_raw(*zone, size, 16, "MP table");
	if (!table) {		/* the floating pointer reaches all of the first 4 GiB */
		*zone = ZONE_HIGH;
		*mark = alloc_mark(*zone);
		table = alloc_raw(*zone, size, 16, "MP table");
	}
	return table;
}

static uint32_t table_size(uint32_t cpus, struct buses *buses)
{
	/* PCI interrupts; the ISA bus; the I/O APIC; ISA interrupts without the cascade; local ones */
	uint32_t small = survey(buses) + 1 + 1 + (ISA_IRQS - 1) + 2;

	for (uint32_t i = 0; i < 8; i++)
		for (uint32_t left = buses->bits[i]; left; left &= left - 1)
			small++;
	return sizeof(struct mp_header) + cpus * sizeof(struct mp_processor) +
	       small * sizeof(struct mp_interrupt);
}

static int publish(const struct mp_header *table)
{
	struct mp_pointer *pointer = alloc(ZONE_FSEG, sizeof(*pointer), 16, "MP pointer");

	if (!pointer)
		return -ENOMEM;
	memcpy(pointer->signature, "_MP_", 4);
	pointer->table = ptr_to_phys(table);
	pointer->length = sizeof(*pointer) / 16;
	pointer->revision = 4;
	pointer->checksum = -checksum8(pointer, sizeof(*pointer));
	return 0;
}

void mptable_init(void)
{
	uint32_t cpus = cpus_found(), left = cpus;
	struct mp_header *table;
	struct alloc_mark mark;
	struct buses buses;
	enum zone zone;

	if (!(machine.cpu_features & CPUID_1_EDX_APIC))
		return;
	/* microvm with ACPI: a kernel that ignores it finds no device there, so no interrupt either. */
	if (machine.chipset == CHIPSET_NONE && machine.rsdp)
		return;
	if (!has_ioapic())
		return;
	if (cpus <= MAX_APIC_ID + 1) {
		table = table_alloc(table_size(cpus, &buses), &zone, &mark);
		if (!table)
			return;
		left = fill(table, cpus, &buses);
		if (left == 0 && publish(table) == 0)
			return;
		alloc_release(zone, mark);
	}
	if (left)
		log("mptable: %u processors, some with an APIC id above %u; no MP table", cpus,
		    MAX_APIC_ID);
}

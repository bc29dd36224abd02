/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/fw/mptable_test.c: the MP table for machines of 1 to 300 processors, on every board.
 *
 * LINK: src/fw/mptable.c src/fw/table_room.c src/hw/pci/irq.c src/arch/checksum.c tests/fake/cpu.c tests/fake/io.c tests/fake/alloc.c tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "fake/alloc.h"
#include "fake/cpu.h"
#include "fake/io.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fw/fw_cfg.h"
#include "fw/mptable.h"
#include "hw/pci/irq.h"
#include "hw/pci/tree.h"
#include "lib/errno.h"
#include "hw/cpus.h"
#include "machine/machine.h"
#include "std/mp.h"

#define STATE void **state __attribute__((unused))
#define NONE PCI_NONE

struct machine machine;

/* --- the machine ---------------------------------------------------------------------------- */

static bool present[1024];
static uint32_t present_count;
static bool has_dma, has_fdt;
static uint32_t override_reads, irq0_override;
static struct pci_function functions[400];
static struct pci_tree tree = { .function = functions, .max = 400 };

bool cpus_present(uint32_t apic_id)
{
	return apic_id < sizeof(present) / sizeof(present[0]) && present[apic_id];
}

uint32_t cpus_found(void)
{
	return present_count;
}

bool fw_cfg_has_dma(void)
{
	return has_dma;
}

uint32_t fw_cfg_le32(uint16_t key)
{
	assert_int_equal(key, FW_CFG_IRQ0_OVERRIDE);
	override_reads++;
	return irq0_override;
}

int fw_cfg_find(const char *name, struct fw_cfg_item *item)
{
	assert_string_equal(name, "etc/fdt");
	(void)item;
	return has_fdt ? 0 : -ENOENT;
}

static void cpu(uint32_t id)
{
	present[id] = true;
	present_count++;
	machine.cpus++;
	if (machine.apic_id_limit <= id)
		machine.apic_id_limit = id + 1;
}

static void cpus(uint32_t n)
{
	while (n)
		cpu(--n);
}

static struct pci_function *function(uint32_t bus, uint32_t dev, uint32_t fn, uint32_t pin,
				     uint8_t line, uint16_t parent)
{
	struct pci_function *f = &functions[tree.count++];

	*f = (struct pci_function){ .bdf = PCI_BDF(bus, dev, fn), .pin = pin, .parent = parent };
	pci_irq_route(&tree, f, machine.chipset);
	f->line = line;
	if (f->gsi < 16)
		f->gsi = line;
	if (tree.buses <= bus)
		tree.buses = bus + 1;
	return f;
}

static int setup(STATE)
{
	fake_log_reset();
	if (!fake_ram_size)
		fake_ram_reset(4 << 20);
	fake_alloc_reset();
	memset(fake_ram + 0xf0000, 0, 0x10000);
	fake_io_reset();
	fake_cpu_reset();
	fake_cpuid_set(1, 0, (struct cpuid){ .eax = 0x60fb1, .edx = 0x178bfbfd });
	memset(&machine, 0, sizeof(machine));
	memset(present, 0, sizeof(present));
	present_count = 0;
	has_dma = true;
	has_fdt = false;
	override_reads = 0;
	irq0_override = 1;
	machine.cpu_features = 0x178bfbfd;
	machine.chipset = CHIPSET_I440FX;
	machine.pci = &tree;
	tree.count = tree.buses = 0;
	return 0;
}

/* As -M pc, default devices: PIIX4 power management on 9, VGA, e1000. */
static void pc(void)
{
	machine.rsdp = 0xf0050;
	function(0, 0, 0, 0, 0, NONE);
	function(0, 1, 0, 0, 0, NONE);
	function(0, 1, 1, 0, 0, NONE);
	function(0, 1, 3, 1, 9, NONE);
	function(0, 2, 0, 0, 0, NONE);
	function(0, 3, 0, 1, 11, NONE);
}

/* --- the reader ----------------------------------------------------------------------------- */

static const struct mp_header *table;
static uint32_t n_cpu, n_bus, n_ioapic, n_int, n_local;
static const struct mp_processor *cpu_entry[300];
static const struct mp_bus *bus_entry[300];
static const struct mp_ioapic *ioapic;
static const struct mp_interrupt *int_entry[600], *local_entry[8];

static uint8_t sum(const void *p, uint32_t len)
{
	const uint8_t *at = p;
	uint8_t total = 0;

	while (len--)
		total += *at++;
	return total;
}

/* Read the table as a guest does, asserting the form; false when there is none. */
static bool read_table(void)
{
	const struct mp_pointer *pointer = NULL;
	const uint8_t *at, *end;
	uint32_t entries = 0;
	uint8_t type = 0;

	for (uint32_t a = 0xf0000; a < 0x100000 && !pointer; a += 16)
		if (fake_alloc_owns(a, 16) && !memcmp(fake_ram + a, "_MP_", 4))
			pointer = (const void *)(fake_ram + a);
	if (!pointer)
		return false;
	assert_int_equal(sum(pointer, 16), 0);
	assert_int_equal(pointer->length, 1);
	assert_int_equal(pointer->revision, 4);
	assert_int_equal(pointer->default_config, 0);
	assert_int_equal(pointer->features, 0);
	assert_true(fake_alloc_owns(pointer->table, 44));
	table = (const void *)(fake_ram + pointer->table);
	assert_memory_equal(table->signature, "PCMP", 4);
	assert_true(fake_alloc_owns(pointer->table, table->length));
	assert_int_equal(sum(table, table->length), 0);
	assert_int_equal(table->local_apic, 0xfee00000);
	n_cpu = n_bus = n_ioapic = n_int = n_local = 0;
	at = (const uint8_t *)(table + 1);
	end = (const uint8_t *)table + table->length;
	for (; at < end; at += *at == MP_PROCESSOR ? 20 : 8, entries++) {
		assert_true(*at >= type && *at <= MP_LOCAL);	/* sorted by type */
		type = *at;
		switch (type) {
		case MP_PROCESSOR:
			cpu_entry[n_cpu++] = (const void *)at;
			break;
		case MP_BUS:
			bus_entry[n_bus++] = (const void *)at;
			break;
		case MP_IOAPIC:
			ioapic = (const void *)at;
			n_ioapic++;
			break;
		case MP_INTERRUPT:
			int_entry[n_int++] = (const void *)at;
			break;
		default:
			local_entry[n_local++] = (const void *)at;
		}
	}
	assert_ptr_equal(at, end);
	assert_int_equal(entries, table->entries);
	return true;
}

/* Pin of an interrupt, -1: no entry; two entries for one source are an error. */
static int pin_of(uint8_t bus, uint8_t source, uint16_t flags)
{
	int pin = -1;

	for (uint32_t i = 0; i < n_int; i++)
		if (int_entry[i]->bus == bus && int_entry[i]->source == source) {
			assert_int_equal(pin, -1);
			assert_int_equal(int_entry[i]->flags, flags);
			assert_int_equal(int_entry[i]->kind, 0);
			assert_int_equal(int_entry[i]->apic, ioapic->id);
			pin = int_entry[i]->pin;
		}
	return pin;
}

static int pci_pin(uint8_t bus, uint8_t dev, uint8_t pin)
{
	return pin_of(bus, dev << 2 | (pin - 1), 0x0d);
}

static int isa_pin(uint8_t irq)
{
	return pin_of(bus_entry[n_bus - 1]->id, irq, 0);
}

/* --- processors ----------------------------------------------------------------------------- */

static void every_processor_is_listed(STATE)
{
	static const uint32_t counts[] = { 1, 2, 8, 20, 21, 64, 200, 254, 255 };

	for (unsigned int i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		setup(NULL);
		pc();
		cpus(counts[i]);
		mptable_init();
		assert_true(read_table());
		assert_int_equal(n_cpu, counts[i]);
		for (uint32_t n = 0; n < n_cpu; n++) {
			assert_int_equal(cpu_entry[n]->apic_id, n);
			assert_int_equal(cpu_entry[n]->apic_version, 0x14);
			assert_int_equal(cpu_entry[n]->flags, n == 0 ? 3 : 1);
			assert_int_equal(cpu_entry[n]->signature, 0x60fb1);
			assert_int_equal(cpu_entry[n]->features, 0x178bfbfd);
		}
		assert_int_equal(fake_log_lines(), 0);
	}
}

static void gaps_in_the_ids_are_left_out(STATE)
{
	static const uint8_t ids[] = { 0, 1, 2, 4, 5, 6, 253, 254 };

	for (unsigned int i = 0; i < sizeof(ids); i++)
		cpu(ids[i]);
	machine.apic_id_limit = 1024;		/* hotplug may add more */
	pc();
	mptable_init();
	assert_true(read_table());
	assert_int_equal(n_cpu, sizeof(ids));
	for (unsigned int i = 0; i < sizeof(ids); i++)
		assert_int_equal(cpu_entry[i]->apic_id, ids[i]);
}

/* microvm tells how many processors there may be, and no limit of their ids. */
static void ids_above_the_number_of_processors_are_listed(STATE)
{
	static const struct {
		uint32_t cores;		/* in a package; ids of the next begin at a power of two */
		uint32_t count, highest;
	} machines[] = { { 3, 6, 6 }, { 3, 12, 14 }, { 5, 10, 12 }, { 3, 189, 250 }, { 1, 255, 254 } };

	for (unsigned int i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		uint32_t id = 0, n = 0, step = machines[i].cores == 5 ? 8 : machines[i].cores + 1;

		setup(NULL);
		machine.chipset = CHIPSET_NONE;
		machine.pci = NULL;
		has_fdt = true;
		for (; n < machines[i].count; id++)
			if (machines[i].cores == 1 || id % step < machines[i].cores) {
				cpu(id);
				n++;
			}
		assert_int_equal(id - 1, machines[i].highest);
		machine.apic_id_limit = machines[i].count;
		mptable_init();
		assert_true(read_table());
		assert_int_equal(n_cpu, machines[i].count);
		for (n = 0; n < n_cpu; n++) {
			assert_true(present[cpu_entry[n]->apic_id]);
			assert_true(n == 0 || cpu_entry[n]->apic_id > cpu_entry[n - 1]->apic_id);
		}
		assert_int_equal(fake_log_lines(), 0);
	}
}

static void the_boot_processor_is_marked_whatever_its_id(STATE)
{
	fake_cpuid_set(1, 0, (struct cpuid){ .eax = 1, .ebx = 3u << 24, .edx = 0x200 });
	cpus(4);
	pc();
	mptable_init();
	assert_true(read_table());
	for (uint32_t n = 0; n < 4; n++) {
		assert_int_equal(cpu_entry[n]->apic_id, n == 0 ? 3 : n - 1);	/* it comes first */
		assert_int_equal(cpu_entry[n]->flags, n == 0 ? 3 : 1);
	}
	assert_int_equal(local_entry[0]->apic, 3);
}

static void an_id_that_does_not_fit_leaves_the_table_out(STATE)
{
	static const uint32_t ids[] = { 255, 256, 1000 };

	for (unsigned int i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		setup(NULL);
		cpu(0);
		cpu(ids[i]);
		mptable_init();
		assert_false(read_table());
		assert_int_equal(fake_alloc_live_all(), 0);
		assert_true(fake_log_has("APIC id above 254; no MP table"));
	}
}

static void neither_does_one_of_the_boot_processor(STATE)
{
	fake_cpuid_set(1, 0, (struct cpuid){ .eax = 1, .ebx = 255u << 24, .edx = 0x200 });
	cpu(255);
	mptable_init();
	assert_false(read_table());
	assert_int_equal(fake_alloc_live_all(), 0);
	assert_true(fake_log_has("APIC id above 254; no MP table"));
}

static void a_bridge_on_another_root_bus_has_both_buses_listed(STATE)
{
	machine.chipset = CHIPSET_Q35;
	cpus(1);
	function(0, 0, 0, 0, 0, NONE);
	function(0, 4, 0, 1, 10, NONE)->bridge = true;
	functions[1].secondary = 1;
	function(1, 0, 0, 1, 10, 1);
	function(0, 5, 0, 1, 11, NONE)->bridge = true;	/* back on bus 0 */
	functions[3].secondary = 2;
	function(64, 0, 0, 1, 10, NONE)->bridge = true;
	functions[4].secondary = 65;
	tree.buses = 66;
	mptable_init();
	assert_true(read_table());
	assert_int_equal(n_bus, 6);
	for (uint32_t n = 0; n < 6; n++)
		assert_int_equal(bus_entry[n]->id, ((const uint8_t[]){ 0, 1, 2, 64, 65, 66 })[n]);
	assert_memory_equal(bus_entry[4]->name, "PCI   ", 6);
	assert_memory_equal(bus_entry[5]->name, "ISA   ", 6);
}

static void the_timer_stays_whatever_lines_there_are(STATE)
{
	static const uint8_t lines[] = { 0, 2, 15, 16, 32, 0xff };

	for (unsigned int i = 0; i < sizeof(lines); i++) {
		setup(NULL);
		machine.chipset = CHIPSET_Q35;
		cpus(1);
		function(0, 25, 0, 1, lines[i], NONE);
		mptable_init();
		assert_true(read_table());
		for (uint8_t irq = 0; irq < 16; irq++)
			assert_int_equal(isa_pin(irq), irq == 2 || (irq && irq == lines[i]) ? -1 : irq ? irq : 2);
	}
}

static void more_than_255_processors_leave_the_table_out(STATE)
{
	cpus(256);
	mptable_init();
	assert_false(read_table());
	assert_int_equal(fake_alloc_live_all(), 0);
	assert_true(fake_log_has("256 processors"));
}

static void without_an_apic_there_is_no_table(STATE)
{
	cpus(1);
	machine.cpu_features &= ~CPUID_1_EDX_APIC;
	mptable_init();
	assert_false(read_table());

	machine.cpu_features = 0;
	fake_cpu.is_486 = true;
	mptable_init();
	assert_false(read_table());
	assert_int_equal(fake_alloc_calls(), 0);
}

/* --- interrupts ----------------------------------------------------------------------------- */

static void names_are_the_ones_guests_know(STATE)
{
	cpus(1);
	pc();
	mptable_init();
	assert_true(read_table());
	assert_memory_equal(table->oem, "BOCHSCPU0.1         ", 20);
}

static void pc_wires_isa_and_pci_as_qemu_does(STATE)
{
	static const int isa[16] = { 2, 1, -1, 3, 4, 5, 6, 7, 8, -1, 10, -1, 12, 13, 14, 15 };

	cpus(1);
	pc();
	mptable_init();
	assert_true(read_table());
	assert_int_equal(n_bus, 2);
	assert_int_equal(bus_entry[0]->id, 0);
	assert_memory_equal(bus_entry[0]->name, "PCI   ", 6);
	assert_int_equal(bus_entry[1]->id, 1);
	assert_memory_equal(bus_entry[1]->name, "ISA   ", 6);
	assert_int_equal(n_ioapic, 1);
	assert_int_equal(ioapic->id, 0);
	assert_int_equal(ioapic->flags, 1);
	assert_int_equal(ioapic->address, 0xfec00000);
	for (uint8_t irq = 0; irq < 16; irq++)
		assert_int_equal(isa_pin(irq), isa[irq]);
	assert_int_equal(pci_pin(0, 1, 1), 9);
	assert_int_equal(pci_pin(0, 3, 1), 11);
	assert_int_equal(n_int, 13 + 2);
	assert_int_equal(n_local, 2);
	assert_int_equal(local_entry[0]->kind, 3);	/* ExtINT, LINT0 of the boot processor */
	assert_int_equal(local_entry[0]->apic, 0);
	assert_int_equal(local_entry[0]->pin, 0);
	assert_int_equal(local_entry[0]->bus, 1);
	assert_int_equal(local_entry[1]->kind, 1);	/* NMI, LINT1 of all */
	assert_int_equal(local_entry[1]->apic, 0xff);
	assert_int_equal(local_entry[1]->pin, 1);
	assert_int_equal(override_reads, 0);
}

static void functions_that_share_a_pin_have_one_entry(STATE)
{
	cpus(1);
	function(0, 4, 0, 1, 11, NONE);
	function(0, 5, 0, 1, 10, NONE)->bridge = true;
	function(1, 0, 0, 1, 10, 1);
	function(0, 4, 1, 1, 11, NONE);
	function(0, 4, 2, 2, 11, NONE);
	mptable_init();
	assert_true(read_table());
	assert_int_equal(pci_pin(0, 4, 1), 11);
	assert_int_equal(pci_pin(0, 4, 2), 11);
}

static void a_function_without_a_line_has_no_entry(STATE)
{
	cpus(1);
	function(0, 4, 0, 1, 0, NONE);
	mptable_init();
	assert_true(read_table());
	assert_int_equal(pci_pin(0, 4, 1), -1);
	assert_int_equal(n_int, 15);
}

static void ich9_pirqs_have_pins_of_their_own(STATE)
{
	machine.chipset = CHIPSET_Q35;
	cpus(1);
	function(0, 0, 0, 0, 0, NONE);
	function(0, 2, 0, 1, 11, NONE);		/* PIRQ G */
	function(0, 3, 0, 1, 11, NONE);		/* PIRQ H */
	function(0, 4, 0, 2, 10, NONE);		/* PIRQ F */
	function(0, 24, 0, 4, 11, NONE);	/* PIRQ H */
	function(0, 25, 0, 1, 10, NONE);	/* PIRQ A */
	function(0, 29, 0, 4, 11, NONE);	/* PIRQ D */
	function(0, 30, 0, 2, 10, NONE);	/* PIRQ F */
	function(0, 31, 2, 1, 10, NONE);	/* PIRQ A */
	mptable_init();
	assert_true(read_table());
	assert_int_equal(pci_pin(0, 2, 1), 22);
	assert_int_equal(pci_pin(0, 3, 1), 23);
	assert_int_equal(pci_pin(0, 4, 2), 21);
	assert_int_equal(pci_pin(0, 24, 4), 23);
	assert_int_equal(pci_pin(0, 25, 1), 16);
	assert_int_equal(pci_pin(0, 29, 4), 19);
	assert_int_equal(pci_pin(0, 30, 2), 21);
	assert_int_equal(pci_pin(0, 31, 1), 16);
	assert_int_equal(isa_pin(10), -1);
	assert_int_equal(isa_pin(11), -1);
	assert_int_equal(isa_pin(9), 9);
	assert_int_equal(isa_pin(5), 5);
}

static void behind_bridges_the_pin_rotates(STATE)
{
	machine.chipset = CHIPSET_Q35;
	cpus(1);
	function(0, 4, 0, 1, 10, NONE)->bridge = true;	/* root port: PIRQ E */
	functions[0].secondary = 1;
	function(1, 0, 0, 1, 10, 0)->bridge = true;
	functions[1].secondary = 2;
	function(2, 3, 0, 2, 10, 1);	/* INTB of slot 3: INTA of slot 0: INTA of slot 4 */
	function(2, 2, 0, 2, 11, 1);	/* INTB of slot 2: INTD: INTD of slot 4: PIRQ H */
	mptable_init();
	assert_true(read_table());
	assert_int_equal(pci_pin(1, 0, 1), 20);
	assert_int_equal(pci_pin(2, 3, 2), 20);
	assert_int_equal(pci_pin(2, 2, 2), 23);
	assert_int_equal(n_bus, 4);
	assert_int_equal(bus_entry[3]->id, 3);		/* ISA, above every PCI bus */
}

static void an_empty_bus_behind_a_bridge_is_listed(STATE)
{
	machine.chipset = CHIPSET_Q35;
	cpus(1);
	function(0, 4, 0, 1, 10, NONE)->bridge = true;
	functions[0].secondary = 1;
	tree.buses = 3;			/* kept for hotplug */
	mptable_init();
	assert_true(read_table());
	assert_int_equal(n_bus, 3);
	assert_int_equal(bus_entry[1]->id, 1);
	assert_memory_equal(bus_entry[1]->name, "PCI   ", 6);
	assert_int_equal(bus_entry[2]->id, 3);
}

static void on_another_root_bus_the_irq_is_used(STATE)
{
	machine.chipset = CHIPSET_Q35;
	cpus(1);
	function(0, 2, 0, 0, 0, NONE);
	function(128, 0, 0, 1, 10, NONE)->bridge = true;
	functions[1].secondary = 129;
	tree.buses = 131;
	function(129, 0, 0, 1, 11, 1);
	mptable_init();
	assert_true(read_table());
	assert_int_equal(pci_pin(128, 0, 1), 10);
	assert_int_equal(pci_pin(129, 0, 1), 11);
	assert_int_equal(n_bus, 4);
	assert_int_equal(bus_entry[1]->id, 128);
	assert_int_equal(bus_entry[2]->id, 129);
	assert_int_equal(bus_entry[3]->id, 131);
}

static void with_bus_255_the_isa_bus_gets_a_free_number(STATE)
{
	cpus(1);
	function(0, 2, 0, 0, 0, NONE);
	function(254, 0, 0, 0, 0, NONE);
	function(255, 0, 0, 1, 10, NONE);
	mptable_init();
	assert_true(read_table());
	assert_int_equal(n_bus, 4);
	assert_int_equal(bus_entry[3]->id, 253);
	assert_int_equal(isa_pin(1), 1);
}

static void many_functions_and_processors_fit(STATE)
{
	cpus(255);
	for (uint32_t bus = 0; bus < 12; bus++)
		for (uint32_t dev = 0; dev < 32; dev++)
			function(bus, dev, 0, 1 + dev % 4, 10 + dev % 2, NONE);
	mptable_init();
	assert_true(read_table());
	assert_int_equal(n_cpu, 255);
	assert_int_equal(n_int, 12 * 32 + 13);
}

/* --- boards --------------------------------------------------------------------------------- */

static void microvm_has_isa_alone(STATE)
{
	machine.chipset = CHIPSET_NONE;
	machine.pci = NULL;
	has_fdt = true;
	cpus(2);
	mptable_init();
	assert_true(read_table());
	assert_int_equal(n_cpu, 2);
	assert_int_equal(n_bus, 1);
	assert_int_equal(bus_entry[0]->id, 0);
	assert_memory_equal(bus_entry[0]->name, "ISA   ", 6);
	for (uint8_t irq = 0; irq < 16; irq++)
		assert_int_equal(isa_pin(irq), irq == 0 ? 2 : irq == 2 ? -1 : irq);
}

static void microvm_with_acpi_has_none(STATE)
{
	machine.chipset = CHIPSET_NONE;
	machine.pci = NULL;
	has_fdt = true;
	machine.rsdp = 0xf0050;
	cpus(2);
	mptable_init();
	assert_false(read_table());
	assert_int_equal(fake_alloc_calls(), 0);
}

static uint32_t selected, ioapic_version;

static uint32_t ioapic_read(void *opaque, uint32_t addr, unsigned int width)
{
	(void)opaque;
	assert_int_equal(width, 4);
	assert_int_equal(addr, 0xfec00010);
	return selected == 1 ? ioapic_version : 0xdead;
}

static void ioapic_write(void *opaque, uint32_t addr, unsigned int width, uint32_t value)
{
	(void)opaque, (void)width;
	assert_int_equal(addr, 0xfec00000);
	selected = value;
}

static void a_board_without_pci_is_asked_for_its_io_apic(STATE)
{
	machine.chipset = CHIPSET_NONE;
	machine.pci = NULL;
	cpus(1);
	mptable_init();			/* isapc: all ones */
	assert_false(read_table());

	fake_mmio_add(0xfec00000, 0xfec00fff, ioapic_read, ioapic_write, NULL);
	ioapic_version = 0;		/* QEMU answers so where there is nothing */
	mptable_init();
	assert_false(read_table());
	ioapic_version = 0x00170020;
	mptable_init();
	assert_true(read_table());
}

static uint32_t lapic_read(void *opaque, uint32_t addr, unsigned int width)
{
	(void)opaque, (void)width;
	return addr == 0xfee00030 ? 0x00050011 : 0;
}

static void old_machine_types_are_asked_for_apic_version_and_timer_wiring(STATE)
{
	fake_mmio_add(0xfee00000, 0xfee00fff, lapic_read, NULL, NULL);
	has_dma = false;
	cpus(1);
	pc();
	mptable_init();
	assert_true(read_table());
	assert_int_equal(cpu_entry[0]->apic_version, 0x11);
	assert_int_equal(isa_pin(0), 2);
	assert_int_equal(override_reads, 1);

	irq0_override = 0;
	fake_alloc_reset();
	mptable_init();
	assert_true(read_table());
	assert_int_equal(isa_pin(0), 0);
}

static void without_a_pci_tree_there_are_isa_interrupts_still(STATE)
{
	machine.pci = NULL;
	cpus(1);
	mptable_init();
	assert_true(read_table());
	assert_int_equal(n_bus, 1);
	assert_int_equal(n_int, 15);
}

/* --- memory --------------------------------------------------------------------------------- */

static void when_the_f_segment_is_full_the_table_goes_to_high_memory(STATE)
{
	cpus(1);
	pc();
	fake_alloc_fail_at(1);
	mptable_init();
	assert_true(read_table());
	assert_int_equal(fake_alloc_live(ZONE_HIGH), 1);
	assert_int_equal(fake_alloc_live(ZONE_FSEG), 1);
}

static void without_room_for_the_pointer_nothing_is_kept(STATE)
{
	cpus(1);
	pc();
	fake_alloc_fail_at(2);
	mptable_init();
	assert_false(read_table());
	assert_int_equal(fake_alloc_live_all(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup(f, setup)
		T(every_processor_is_listed),
		T(gaps_in_the_ids_are_left_out),
		T(ids_above_the_number_of_processors_are_listed),
		T(the_boot_processor_is_marked_whatever_its_id),
		T(an_id_that_does_not_fit_leaves_the_table_out),
		T(neither_does_one_of_the_boot_processor),
		T(a_bridge_on_another_root_bus_has_both_buses_listed),
		T(the_timer_stays_whatever_lines_there_are),
		T(more_than_255_processors_leave_the_table_out),
		T(without_an_apic_there_is_no_table),
		T(names_are_the_ones_guests_know),
		T(pc_wires_isa_and_pci_as_qemu_does),
		T(functions_that_share_a_pin_have_one_entry),
		T(a_function_without_a_line_has_no_entry),
		T(ich9_pirqs_have_pins_of_their_own),
		T(behind_bridges_the_pin_rotates),
		T(an_empty_bus_behind_a_bridge_is_listed),
		T(on_another_root_bus_the_irq_is_used),
		T(with_bus_255_the_isa_bus_gets_a_free_number),
		T(many_functions_and_processors_fit),
		T(microvm_has_isa_alone),
		T(microvm_with_acpi_has_none),
		T(a_board_without_pci_is_asked_for_its_io_apic),
		T(old_machine_types_are_asked_for_apic_version_and_timer_wiring),
		T(without_a_pci_tree_there_are_isa_interrupts_still),
		T(when_the_f_segment_is_full_the_table_goes_to_high_memory),
		T(without_room_for_the_pointer_nothing_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/fw/pirtable_test.c: the $PIR table against the wiring of both boards.
 *
 * LINK: src/fw/pirtable.c src/fw/table_room.c src/hw/pci/irq.c src/arch/checksum.c tests/fake/alloc.c tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "fake/alloc.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fw/pirtable.h"
#include "hw/pci/irq.h"
#include "hw/pci/tree.h"
#include "machine/machine.h"
#include "std/pir.h"

#define STATE void **state __attribute__((unused))

struct machine machine;
static struct pci_tree tree;

static int setup(STATE)
{
	fake_log_reset();
	if (!fake_ram_size)
		fake_ram_reset(4 << 20);
	fake_alloc_reset();
	memset(fake_ram + 0xf0000, 0, 0x10000);
	memset(&machine, 0, sizeof(machine));
	machine.chipset = CHIPSET_I440FX;
	machine.pci = &tree;
	return 0;
}

/* The table as a guest finds it, with its form asserted; NULL: there is none. */
static const struct pir_header *find(void)
{
	for (uint32_t at = 0xf0000; at < 0x100000; at += 16) {
		const struct pir_header *table = (const void *)(fake_ram + at);
		uint8_t sum = 0;

		if (!fake_alloc_owns(at, 32) || memcmp(table->signature, "$PIR", 4) != 0)
			continue;
		assert_int_equal(table->version, 0x0100);
		assert_int_equal(table->size % 16, 0);
		assert_true(fake_alloc_owns(at, table->size));
		for (uint32_t i = 0; i < table->size; i++)
			sum += fake_ram[at + i];
		assert_int_equal(sum, 0);
		assert_int_equal(table->router_bus, 0);
		assert_int_equal(table->miniport, 0);
		return table;
	}
	return NULL;
}

static const struct pir_slot *slot_of(const struct pir_header *table, uint32_t device)
{
	const struct pir_slot *slot = (const void *)(table + 1);

	for (uint32_t n = 0; n < (table->size - 32u) / 16; n++)
		if (slot[n].devfn == device << 3)
			return &slot[n];
	fail_msg("no entry for device %u", device);
	return NULL;
}

static void assert_links(const struct pir_slot *slot, uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
	const uint8_t expected[] = { a, b, c, d };

	for (unsigned int pin = 0; pin < 4; pin++) {
		assert_int_equal(slot->pin[pin].link, expected[pin]);
		assert_int_equal(slot->pin[pin].irqs, 0x0c20);	/* 5, 10, 11 */
	}
}

/* Each slot of bus 0 once, in order, empty or not; device 0 is the host bridge. */
static void assert_slots(const struct pir_header *table, uint32_t router)
{
	const struct pir_slot *slot = (const void *)(table + 1);

	assert_int_equal(table->size, 32 + 31 * 16);
	assert_int_equal(table->router_devfn, router << 3);
	assert_int_equal(table->router_compatible, 0x122e8086);
	for (uint32_t device = 1; device < 32; device++, slot++) {
		assert_int_equal(slot->bus, 0);
		assert_int_equal(slot->devfn, device << 3);
		assert_int_equal(slot->slot, device == router ? 0 : device);	/* on the board */
		assert_int_equal(slot->reserved, 0);
	}
}

static void piix_slots_rotate_through_four_links(STATE)
{
	const struct pir_header *table;

	pirtable_init();
	table = find();
	assert_non_null(table);
	assert_slots(table, 1);
	assert_links(slot_of(table, 1), 0x60, 0x61, 0x62, 0x63);
	assert_links(slot_of(table, 2), 0x61, 0x62, 0x63, 0x60);
	assert_links(slot_of(table, 3), 0x62, 0x63, 0x60, 0x61);
	assert_links(slot_of(table, 31), 0x62, 0x63, 0x60, 0x61);
	assert_int_equal(fake_log_lines(), 0);
}

static void ich9_slots_have_the_links_of_their_group(STATE)
{
	const struct pir_header *table;

	machine.chipset = CHIPSET_Q35;
	pirtable_init();
	table = find();
	assert_non_null(table);
	assert_slots(table, 31);
	assert_links(slot_of(table, 1), 0x69, 0x6a, 0x6b, 0x68);
	assert_links(slot_of(table, 2), 0x6a, 0x6b, 0x68, 0x69);
	assert_links(slot_of(table, 24), 0x68, 0x69, 0x6a, 0x6b);
	assert_links(slot_of(table, 25), 0x60, 0x61, 0x62, 0x63);
	assert_links(slot_of(table, 30), 0x68, 0x69, 0x6a, 0x6b);
	assert_links(slot_of(table, 31), 0x60, 0x61, 0x62, 0x63);
	assert_int_equal(fake_log_lines(), 0);
}

static void every_link_is_the_one_the_pin_is_wired_to(STATE)
{
	for (machine.chipset = CHIPSET_I440FX; machine.chipset <= CHIPSET_Q35; machine.chipset++) {
		const struct pir_header *table;

		fake_alloc_reset();
		memset(fake_ram + 0xf0000, 0, 0x10000);
		pirtable_init();
		table = find();
		assert_non_null(table);
		for (uint32_t dev = 1; dev < 32; dev++)
			for (uint32_t pin = 0; pin < 4; pin++) {
				uint32_t pirq = pci_slot_pirq(machine.chipset, dev, pin + 1);

				assert_int_equal(slot_of(table, dev)->pin[pin].irqs, 0x0c20);
				assert_int_equal(slot_of(table, dev)->pin[pin].link,
						 pirq < 4 ? 0x60 + pirq : 0x68 + pirq - 4);
			}
	}
}

static void without_pci_there_is_no_table(STATE)
{
	machine.chipset = CHIPSET_NONE;
	pirtable_init();
	assert_null(find());
	machine.chipset = CHIPSET_Q35;
	machine.pci = NULL;
	pirtable_init();
	assert_null(find());
	assert_int_equal(fake_alloc_calls(), 0);
}

static void without_memory_there_is_no_table(STATE)
{
	fake_alloc_fail_at(1);
	pirtable_init();
	assert_null(find());
	assert_true(fake_log_has("PIR table"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup(f, setup)
		T(piix_slots_rotate_through_four_links),
		T(ich9_slots_have_the_links_of_their_group),
		T(every_link_is_the_one_the_pin_is_wired_to),
		T(without_pci_there_is_no_table),
		T(without_memory_there_is_no_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/pci/place_recorded_test.c: placement on machines recorded from QEMU. pci_check() says of
 * each result what must hold of all.
 * LINK: src/hw/pci/place.c src/hw/pci/layout.c src/hw/pci/space.c src/hw/pci/scan.c src/hw/pci/bar.c src/hw/pci/bridge.c src/hw/pci/known.c src/hw/pci/irq.c src/hw/pci/config.c tests/fake/pci.c tests/fake/pci_check.c tests/fake/io.c tests/fake/log.c tests/fake/cpu.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "fake/pci_place_case.h"
#include "hw/pci/scan.h"
#include "hw/pci/space.h"

static void load(const char *name, uint32_t low_ram_end)
{
	fake_pci_load(name);
	pci_scan(&tree, fake_pci.chipset, fake_pci.extra_roots);
	pci_space_low(&space, fake_pci.chipset, low_ram_end);
}

static struct pci_function *find(uint16_t device, uint32_t nth)
{
	for (uint32_t n = 0; n < tree.count; n++)
		if (functions[n].id >> 16 == device && nth-- == 0)
			return &functions[n];
	fail_msg("device %04x is not there", device);
	return NULL;
}

static void every_recorded_machine_is_placed(void **state UNUSED)
{
	static const struct {
		const char *name;
		uint32_t given_up_low, given_up_high;
	} machines[] = {
		{ "pc_nodefaults.txt", 0, 0 },	   { "pc_default.txt", 0, 0 },
		{ "pc_usb.txt", 0, 0 },		   { "pc_pxb.txt", 0, 0 },
		{ "q35_nodefaults.txt", 0, 0 },	   { "q35_default.txt", 0, 0 },
		{ "q35_root_ports.txt", 0, 0 },	   { "q35_pxb_pcie.txt", 0, 0 },
		{ "q35_bar_64g.txt", 1, 0 },	   { "q35_port_bar_64g.txt", 1, 0 },
		/* Eight devices, and the reservations of the bridges above. */
		{ "pc_io_exhausted.txt", 16, 16 }, { "q35_reserve.txt", 1, 0 },
		{ "pc_mem_overflow.txt", 1, 0 },
	};

	for (uint32_t m = 0; m < sizeof(machines) / sizeof(machines[0]); m++) {
		setup(NULL);
		load(machines[m].name, 0xc0000000);
		assert_true(tree.count >= 4);
		assert_int_equal(place(), machines[m].given_up_low);
		with_high();
		assert_int_equal(place(), machines[m].given_up_high);
	}
}

static void default_devices_end_at_the_ioapic_and_stay_below_4_gib(void **state UNUSED)
{
	load("pc_default.txt", 0x8000000);
	with_high();
	place();
	assert_int_equal(find(0x1111, 0)->bar[0].base, 0xfd000000);
	assert_int_equal(find(0x100e, 0)->bar[0].base & 0xff000000, 0xfe000000);
	assert_int_equal(find(0x7010, 0)->bar[4].base >> 12, 0xc);
}

static void a_port_without_io_behind_it_has_no_io_window(void **state UNUSED)
{
	load("q35_root_ports.txt", 0x80000000);
	place();
	for (uint32_t n = 0, port = 0; n < tree.count; n++) {
		const struct pci_function *f = &functions[n];

		if (!f->bridge)
			continue;
		/* virtio-net behind ports 0, 5, 9 and 20 has an I/O BAR; e1000e behind 27. */
		assert_int_equal(f->window[PCI_IO].size, f[1].parent == n && f[1].bar[0].kind ==
				 PCI_IO && f[1].bar[0].size ? 0x1000 : port == 27 ? 0x1000 : 0);
		assert_true(f->window[PCI_MEM].size >= 2 * MIB);
		assert_true(f->window[PCI_PREF].size >= 2 * MIB);
		port++;
	}
}

static void a_64_gib_bar_goes_up_and_nothing_else(void **state UNUSED)
{
	load("q35_bar_64g.txt", 0x80000000);
	assert_int_equal(place(), 1);
	assert_true(find(0x0005, 0)->lost);
	assert_int_equal(find(0x0005, 0)->lost_bar, 2);
	with_high();
	assert_int_equal(place(), 0);
	assert_int_equal(find(0x0005, 0)->bar[2].base, 64 * GIB);
	assert_int_equal(find(0x0005, 0)->bar[0].base >> 32, 0);
	assert_int_equal(find(0x1111, 0)->bar[0].base >> 32, 0);
}

static void a_64_gib_bar_behind_a_port_takes_the_ports_window_along(void **state UNUSED)
{
	const struct pci_function *port;

	load("q35_port_bar_64g.txt", 0x80000000);
	assert_int_equal(place(), 1);
	with_high();
	assert_int_equal(place(), 0);
	port = find(0x000c, 0);
	assert_int_equal(port->window[PCI_PREF].base, 64 * GIB);
	assert_int_equal(port->window[PCI_PREF].size, 64 * GIB);
	assert_int_equal(find(0x0005, 0)->bar[2].base, 64 * GIB);
	assert_int_equal(port->window[PCI_MEM].base >> 32, 0);
}

static void exhausted_io_takes_the_last_and_leaves_the_disks(void **state UNUSED)
{
	load("pc_io_exhausted.txt", 0x8000000);
	place();
	assert_false(find(0x7010, 0)->lost);
	assert_false(find(0x1001, 0)->lost);	/* virtio-blk */
	for (uint32_t n = 0; n < 20; n++) {
		assert_int_equal(find(0x100e, n)->lost, n >= 12);
		assert_false(find(0x0001, n)->lost);	/* the bridges */
	}
}

static void an_overflow_raises_the_largest_only(void **state UNUSED)
{
	load("pc_mem_overflow.txt", 0xc0000000);
	with_high();
	assert_int_equal(place(), 0);
	assert_int_equal(find(0x1110, 0)->bar[2].base >> 32, 0);
	assert_int_equal(find(0x1110, 1)->bar[2].base, 5 * GIB);
	assert_int_equal(find(0x1111, 0)->bar[0].base >> 32, 0);
	/* With RAM below 2 GiB all of it fits. */
	pci_space_low(&space, fake_pci.chipset, 0x8000000);
	with_high();
	assert_int_equal(place(), 0);
	assert_int_equal(find(0x1110, 1)->bar[2].base >> 32, 0);
}

static void reservations_are_kept_and_asked_for_above_4_gib_honoured(void **state UNUSED)
{
	const struct pci_function *first, *second;

	load("q35_reserve.txt", 0x80000000);
	assert_int_equal(place(), 1);
	with_high();
	assert_int_equal(place(), 0);
	first = find(0x000c, 0);
	second = find(0x000c, 1);
	assert_int_equal(first->window[PCI_IO].size, 0x2000);
	assert_int_equal(first->window[PCI_MEM].size, 32 * MIB);
	assert_int_equal(first->window[PCI_PREF].size, 32 * GIB);
	assert_int_equal(first->window[PCI_PREF].base, 32 * GIB);
	assert_int_equal(second->window[PCI_PREF].size, 64 * MIB);
	assert_int_equal(second->window[PCI_PREF].base >> 32, 0);
	/* No I/O window: the e1000e goes without ports, and works without. */
	assert_int_equal(second->window[PCI_IO].size, 0);
	assert_false(find(0x10d3, 0)->lost);
	assert_int_equal(find(0x10d3, 0)->bar[2].base, 0);
	assert_true(find(0x10d3, 0)->bar[0].base != 0);
}

/* Lowest and highest memory address below 4 GiB on the root bus. */
static struct pci_range extent(uint32_t root)
{
	struct pci_range range = { ~0ull, 0 };

	for (uint32_t n = 0; n < tree.count; n++) {
		const struct pci_function *f = &functions[n];

		if (f->parent != PCI_NONE || PCI_BUS(f->bdf) != root)
			continue;
		for (uint32_t b = 0; b < PCI_BARS; b++)
			if (f->bar[b].base && f->bar[b].kind != PCI_IO) {
				uint64_t end = f->bar[b].base + f->bar[b].size;

				range.base = f->bar[b].base < range.base ? f->bar[b].base : range.base;
				range.end = end > range.end ? end : range.end;
			}
		for (uint32_t k = PCI_MEM; f->bridge && k < PCI_KINDS; k++)
			if (f->window[k].size) {
				uint64_t end = f->window[k].base + f->window[k].size;

				range.base = f->window[k].base < range.base ? f->window[k].base :
									      range.base;
				range.end = end > range.end ? end : range.end;
			}
	}
	return range;
}

static void each_root_bus_has_its_addresses_in_one_piece(void **state UNUSED)
{
	struct pci_range a, b, c;

	load("q35_pxb_pcie.txt", 0x80000000);
	assert_int_equal(place(), 0);
	a = extent(0);
	b = extent(64);
	c = extent(200);
	assert_true(a.base < a.end && b.base < b.end && c.base < c.end);
	assert_true(a.end <= b.base && b.end <= c.base);
}

static void placing_again_starts_afresh(void **state UNUSED)
{
	load("pc_io_exhausted.txt", 0x8000000);
	assert_int_equal(place(), 16);
	space.range[LAYOUT_IO][1] = (struct pci_range){ 0x20000, 0x40000 };
	assert_int_equal(pci_place(&tree, &space), 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		T(every_recorded_machine_is_placed),
		T(default_devices_end_at_the_ioapic_and_stay_below_4_gib),
		T(a_port_without_io_behind_it_has_no_io_window),
		T(a_64_gib_bar_goes_up_and_nothing_else),
		T(a_64_gib_bar_behind_a_port_takes_the_ports_window_along),
		T(exhausted_io_takes_the_last_and_leaves_the_disks),
		T(an_overflow_raises_the_largest_only),
		T(reservations_are_kept_and_asked_for_above_4_gib_honoured),
		T(each_root_bus_has_its_addresses_in_one_piece),
		T(placing_again_starts_afresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

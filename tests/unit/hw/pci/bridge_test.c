/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/pci/bridge_test.c: what bridges want reserved, and capabilities that lie.
 * LINK: src/hw/pci/scan.c src/hw/pci/bar.c src/hw/pci/bridge.c src/hw/pci/known.c src/hw/pci/irq.c src/hw/pci/config.c tests/fake/pci.c tests/fake/io.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "fake/pci_case.h"

static void a_reserve_capability_is_read(void **state UNUSED)
{
	const struct pci_function *first, *second;

	load("q35_reserve.txt");
	first = at(0, 1, 0);
	assert_int_equal(first->bus_reserve, 4);
	assert_int_equal(first->secondary, 1);
	assert_int_equal(first->subordinate, 5);
	assert_int_equal(first->window[PCI_IO].reserve, 0x2000);
	assert_int_equal(first->window[PCI_MEM].reserve, 0x2000000);
	assert_int_equal(first->window[PCI_PREF].reserve, 0x800000000);
	assert_true(first->window[PCI_PREF].reserve_high);
	second = at(0, 2, 0);
	assert_int_equal(second->secondary, 6);
	assert_int_equal(second->subordinate, 6);
	assert_int_equal(second->window[PCI_PREF].reserve, 0x4000000);
	assert_false(second->window[PCI_PREF].reserve_high);
	assert_int_equal(second->window[PCI_MEM].reserve, 0x200000);
	/* io-reserve=0: the port has no I/O window */
	assert_false(second->window[PCI_IO].present);
}

/* A root port with a reserve capability at 0x60, PCI Express at 0x40. */
static int reserving_port(uint32_t bus, uint64_t io, uint32_t mem, uint32_t pref32, uint64_t pref64)
{
	int port = fake_pci_add_bridge(-1, 0, 5, 0);

	fake_pci.function[port].config[PCI_CAPABILITIES] = 0x40;
	fake_pci_set32(port, 0x40, 0x01426010, 0);
	fake_pci_set32(port, 0x60, 0x01200009, 0);
	fake_pci_set32(port, 0x64, bus, 0);
	fake_pci_set32(port, 0x68, (uint32_t)io, 0);
	fake_pci_set32(port, 0x6c, (uint32_t)(io >> 32), 0);
	fake_pci_set32(port, 0x70, mem, 0);
	fake_pci_set32(port, 0x74, pref32, 0);
	fake_pci_set32(port, 0x78, (uint32_t)pref64, 0);
	fake_pci_set32(port, 0x7c, (uint32_t)(pref64 >> 32), 0);
	return port;
}

static void reservations_beyond_reason_are_refused(void **state UNUSED)
{
	const struct pci_function *port;

	fake_pci_add_host(CHIPSET_Q35);
	reserving_port(1000, 0x10001, 0x80000000, ~0u, (1ull << 50) + 1);
	scan();
	port = at(0, 5, 0);
	assert_int_equal(port->bus_reserve, 255);
	assert_int_equal(port->subordinate, 255);
	assert_int_equal(port->window[PCI_IO].reserve, 0);
	assert_int_equal(port->window[PCI_MEM].reserve, 0x80000000);
	assert_int_equal(port->window[PCI_PREF].reserve, 0x200000);
	assert_false(port->window[PCI_PREF].reserve_high);
	assert_true(fake_log_has("reservation of 0x10001 bytes of I/O space"));
	assert_true(fake_log_has("reservation of 0x4000000000001 bytes of prefetchable space"));
}

static void a_reservation_of_all_ones_is_no_wish(void **state UNUSED)
{
	const struct pci_function *port;

	fake_pci_add_host(CHIPSET_Q35);
	reserving_port(~0u, ~0ull, ~0u, ~0u, ~0ull);
	scan();
	port = at(0, 5, 0);
	assert_int_equal(port->bus_reserve, 0);
	assert_int_equal(port->window[PCI_IO].reserve, 0);
	assert_int_equal(port->window[PCI_MEM].reserve, 0x200000);
	assert_int_equal(port->window[PCI_PREF].reserve, 0x200000);
	assert_int_equal(fake_log_lines(), 0);
}

static void the_vendor_capability_of_another_vendor_means_nothing(void **state UNUSED)
{
	int port;

	fake_pci_add_host(CHIPSET_Q35);
	port = reserving_port(7, 0x1000, 0, 0, 0);
	fake_pci.function[port].config[PCI_VENDOR_ID] = 0x37;
	scan();
	assert_int_equal(at(0, 5, 0)->bus_reserve, 0);
	assert_int_equal(at(0, 5, 0)->window[PCI_MEM].reserve, 0x200000);
}

static void a_short_reserve_capability_is_not_read(void **state UNUSED)
{
	int port;

	fake_pci_add_host(CHIPSET_Q35);
	port = reserving_port(7, 0x1000, 0, 0, 0);
	fake_pci_set32(port, 0x60, 0x011f0009, 0);
	scan();
	assert_int_equal(at(0, 5, 0)->bus_reserve, 0);
}

static void a_reserve_capability_over_the_end_is_not_read(void **state UNUSED)
{
	int port;

	fake_pci_add_host(CHIPSET_Q35);
	port = reserving_port(7, 0x1000, 0, 0, 0);
	fake_pci_set32(port, 0x40, 0x0142e410, 0);
	fake_pci_set32(port, 0xe4, 0x01200009, 0);
	scan();
	assert_int_equal(at(0, 5, 0)->bus_reserve, 0);
}

static void a_capability_list_that_loops_ends(void **state UNUSED)
{
	int port;

	fake_pci_add_host(CHIPSET_Q35);
	port = fake_pci_add_bridge(-1, 0, 5, 0);
	fake_pci.function[port].config[PCI_CAPABILITIES] = 0x40;
	fake_pci_set32(port, 0x40, 0x00004005, 0);
	scan();
	assert_int_equal(tree.count, 2);
	assert_true(fake_io_accesses() < 62 + 62 + 200);
}

/* Of QEMU's own bridges the reserve capability is the fifth at most; a list may be longer. */
static void the_last_capability_of_a_long_list_is_read(void **state UNUSED)
{
	static const uint8_t at_[] = { 0x90, 0x98, 0xa0, 0xa8, 0xb0, 0xb8, 0xc0, 0x60 };
	int port;

	fake_pci_add_host(CHIPSET_Q35);
	port = reserving_port(7, 0x1000, 0x5000000, 0x300000, ~0ull);
	/* MSI and the like; then PCI Express at 0xc0, then the reservations. */
	fake_pci.function[port].config[PCI_CAPABILITIES] = at_[0];
	for (uint32_t n = 0; n < 7; n++)
		fake_pci_set32(port, at_[n], (n == 6 ? 0x01420010u : 0x05u) | (uint32_t)at_[n + 1] << 8, 0);
	scan();
	assert_true(at(0, 5, 0)->pcie_port);
	assert_true(at(0, 5, 0)->hotplug);
	assert_int_equal(at(0, 5, 0)->bus_reserve, 7);
	assert_int_equal(at(0, 5, 0)->window[PCI_IO].reserve, 0x1000);
	assert_int_equal(at(0, 5, 0)->window[PCI_MEM].reserve, 0x5000000);
	assert_int_equal(at(0, 5, 0)->window[PCI_PREF].reserve, 0x300000);
}

static void a_full_capability_list_is_read_to_its_end(void **state UNUSED)
{
	int port;

	fake_pci_add_host(CHIPSET_Q35);
	port = fake_pci_add_bridge(-1, 0, 5, 0);
	fake_pci.function[port].config[PCI_CAPABILITIES] = 0x40;
	for (uint32_t cap = 0x40; cap < 0xfc; cap += 4)
		fake_pci_set32(port, (uint8_t)cap, 0x05u | (cap + 4) << 8, 0);
	fake_pci_set32(port, 0xfc, 0x0c, 0);	/* standard hotplug controller: the 48th */
	scan();
	assert_true(at(0, 5, 0)->hotplug);
}

/* A window that answers: nothing, 32 bits, 64 bits. */
static void a_prefetchable_window_is_asked_for_only_when_it_reads_0(void **state UNUSED)
{
	uint32_t writes[3];

	fake_pci_add_host(CHIPSET_Q35);
	for (uint32_t n = 0; n < 3; n++) {
		int bridge = fake_pci_add_bridge(-1, 0, (uint8_t)(n + 5), 0);

		fake_pci_set32(bridge, PCI_PREF_BASE, n == 2 ? 0x00010001 : 0, n ? 0xfff0fff0 : 0);
	}
	scan();
	for (uint32_t n = 0; n < 3; n++) {
		assert_int_equal(at(0, n + 5, 0)->window[PCI_PREF].present, n != 0);
		assert_int_equal(at(0, n + 5, 0)->window[PCI_PREF].wide, n == 2);
		writes[n] = fake_pci.function[n + 1].writes;
	}
	assert_int_equal(writes[0], writes[2] + 1);
	assert_int_equal(writes[1], writes[2] + 1);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		T(a_reserve_capability_is_read),
		T(reservations_beyond_reason_are_refused),
		T(a_reservation_of_all_ones_is_no_wish),
		T(the_vendor_capability_of_another_vendor_means_nothing),
		T(a_short_reserve_capability_is_not_read),
		T(a_reserve_capability_over_the_end_is_not_read),
		T(a_capability_list_that_loops_ends),
		T(the_last_capability_of_a_long_list_is_read),
		T(a_full_capability_list_is_read_to_its_end),
		T(a_prefetchable_window_is_asked_for_only_when_it_reads_0),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

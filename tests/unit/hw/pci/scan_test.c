/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/pci/scan_test.c: numbering, BAR sizes, bridges, and what the questions cost.
 * LINK: src/hw/pci/scan.c src/hw/pci/bar.c src/hw/pci/bridge.c src/hw/pci/known.c src/hw/pci/irq.c src/hw/pci/config.c tests/fake/pci.c tests/fake/io.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "fake/pci_case.h"
#include "hw/pci/known.h"

static void a_default_pc_is_found_as_recorded(void **state UNUSED)
{
	load("pc_default.txt");
	assert_int_equal(tree.count, 6);
	assert_int_equal(tree.buses, 1);
	assert_bar(at(0, 1, 1), 4, PCI_IO, 16, false);
	assert_bar(at(0, 2, 0), 0, PCI_PREF, 0x1000000, false);
	assert_bar(at(0, 2, 0), 2, PCI_MEM, 0x1000, false);
	assert_bar(at(0, 3, 0), 0, PCI_MEM, 0x20000, false);
	assert_bar(at(0, 3, 0), 1, PCI_IO, 0x40, false);
	assert_int_equal(at(0, 3, 0)->bar[6].size, 0x40000);
	assert_int_equal(at(0, 3, 0)->bar[6].reg, 0x30);
	assert_true(at(0, 3, 0)->bar[6].rom);
	assert_int_equal(at(0, 3, 0)->class_revision, 0x02000003);
	assert_int_equal(at(0, 3, 0)->parent, PCI_NONE);
	assert_int_equal(fake_log_lines(), 0);
}

static void a_bare_pc_costs_62_and_14_accesses_and_one_interrupt_line(void **state UNUSED)
{
	load("pc_nodefaults.txt");
	assert_int_equal(tree.count, 4);
	assert_int_equal(fake_io_accesses(), 62 + 14 + 2);
	assert_int_equal(fake_pci.function[3].config[PCI_INTERRUPT_LINE], 9);
}

static void a_bare_q35_costs_31_and_7_accesses_and_two_interrupt_lines(void **state UNUSED)
{
	load("q35_nodefaults.txt");
	assert_int_equal(tree.count, 4);
	assert_int_equal(fake_io_accesses(), 31 + 7 + 2);
	assert_int_equal(fake_pci.function[2].config[PCI_INTERRUPT_LINE], 10);
}

/* Class 2, header 2, six BARs 3 each, ROM 3, line and pin 2, line written 1. */
static void an_unknown_device_costs_28_accesses(void **state UNUSED)
{
	uint64_t before;

	load("pc_nodefaults.txt");
	before = fake_io_accesses();
	setup(NULL);
	fake_pci_load("pc_nodefaults.txt");
	fake_pci_add(-1, 0, 3, 0, NIC, CLASS_NIC, 0);
	fake_pci.function[4].config[PCI_INTERRUPT_PIN] = 1;
	scan();
	assert_int_equal(tree.count, 5);
	assert_int_equal(fake_io_accesses() - before, 28);
}

static void every_known_row_is_what_the_hardware_would_have_said(void **state UNUSED)
{
	static const char *const machines[] = { "pc_default.txt", "pc_usb.txt", "q35_default.txt" };
	uint32_t known = 0;

	for (uint32_t m = 0; m < 3; m++) {
		setup(NULL);
		load(machines[m]);
		for (uint32_t n = 1; n < tree.count; n++) {
			struct pci_function asked, row = { .bdf = functions[n].bdf,
				.id = functions[n].id };
			struct fake_pci_function *moved = &fake_pci.function[n];

			if (!pci_known(&row))
				continue;
			known++;
			/* The same function elsewhere is not known, so it is asked. */
			moved->devfn = 9 << 3;
			scan();
			asked = *at(0, 9, 0);
			moved->devfn = (uint8_t)row.bdf;
			assert_int_equal(asked.class_revision, row.class_revision);
			assert_int_equal(asked.header_type, row.header_type);
			assert_int_equal(asked.pin, row.pin);
			if (row.id == 0x29308086)	/* SMBus: its BAR is the chipset code's */
				continue;
			for (uint32_t b = 0; b < PCI_BARS; b++) {
				assert_int_equal(asked.bar[b].size, row.bar[b].size);
				assert_int_equal(asked.bar[b].kind, row.bar[b].kind);
				assert_int_equal(asked.bar[b].reg, row.bar[b].reg);
			}
			scan();
		}
	}
	assert_int_equal(known, 3 + 4 + 3);
}

static void bars_are_sized_with_decoding_off(void **state UNUSED)
{
	load("pc_default.txt");
	assert_int_equal(fake_pci.sized_while_on, 0);
}

static void behind_every_port_is_its_own_bus(void **state UNUSED)
{
	load("q35_root_ports.txt");
	assert_int_equal(tree.buses, 29);
	for (uint32_t n = 0, port = 0; n < tree.count; n++) {
		const struct pci_function *function = &functions[n];

		if (!function->bridge)
			continue;
		assert_true(function->pcie_port);
		assert_true(function->hotplug);
		assert_int_equal(function->secondary, ++port);
		assert_int_equal(function->subordinate, port);
		assert_int_equal(function->window[PCI_MEM].reserve, 0x200000);
		assert_int_equal(function->window[PCI_PREF].reserve, 0x200000);
		assert_int_equal(function->window[PCI_IO].reserve, 0);
		assert_true(function->window[PCI_PREF].wide);
		assert_true(function->window[PCI_PREF].present);
		assert_true(function->window[PCI_IO].present);
	}
	/* rp27 at 05.3 has an e1000e */
	assert_int_equal(at(28, 0, 0)->id >> 16, 0x10d3);
	assert_int_equal(at(0, 5, 3)->secondary, 28);
	assert_ptr_equal(&functions[at(28, 0, 0)->parent], at(0, 5, 3));
	/* an NVMe disk: 64 bits, not prefetchable */
	assert_bar(at(22, 0, 0), 0, PCI_MEM, 0x4000, true);
}

static void the_tree_is_depth_first(void **state UNUSED)
{
	load("q35_pxb_pcie.txt");
	for (uint32_t n = 0; n < tree.count; n++) {
		uint32_t above = functions[n].parent;

		if (above == PCI_NONE)
			continue;
		assert_true(above < n);
		/* Everything between a function and the bridge above is below that bridge. */
		for (uint32_t between = above + 1; between < n; between++)
			assert_true(functions[between].parent != PCI_NONE &&
				    functions[between].parent >= above);
	}
}

static void extra_roots_are_found_and_bridges_numbered_round_them(void **state UNUSED)
{
	load("q35_pxb_pcie.txt");
	assert_int_equal(tree.extra_roots, 2);
	assert_int_equal(at(0, 3, 0)->secondary, 1);
	assert_int_equal(at(1, 0, 0)->secondary, 2);	/* PCI Express to PCI bridge */
	assert_int_equal(at(2, 2, 0)->id >> 16, 0x100e);
	assert_int_equal(at(64, 0, 0)->secondary, 65);
	assert_int_equal(at(200, 1, 0)->secondary, 201);
	assert_int_equal(at(201, 0, 0)->secondary, 202);	/* switch, upstream */
	assert_int_equal(at(202, 0, 0)->secondary, 203);
	assert_int_equal(at(202, 1, 0)->secondary, 204);
	assert_int_equal(at(200, 1, 0)->subordinate, 204);
	assert_int_equal(at(204, 0, 0)->id >> 16, 0x0010);
	assert_int_equal(tree.buses, 205);
	assert_int_equal(tree.count, 16);
	assert_int_equal(fake_log_lines(), 0);
}

static void conventional_extra_roots_are_found_as_well(void **state UNUSED)
{
	load("pc_pxb.txt");
	assert_int_equal(tree.extra_roots, 2);
	assert_int_equal(at(33, 3, 0)->id >> 16, 0x100e);
	assert_int_equal(at(129, 4, 0)->id >> 16, 0x1111);
	assert_true(at(0, 3, 0)->hotplug);	/* standard hotplug controller */
	assert_int_equal(at(0, 3, 0)->window[PCI_IO].reserve, 0x1000);
}

static void an_empty_extra_root_costs_a_line(void **state UNUSED)
{
	fake_pci_add_host(CHIPSET_Q35);
	fake_pci.extra_roots = 1;
	scan();
	assert_int_equal(tree.extra_roots, 0);
	assert_true(fake_log_has("0 extra root buses, QEMU has 1"));
}

static void a_bridge_never_takes_the_number_of_an_extra_root(void **state UNUSED)
{
	int bridge;

	fake_pci_add_host(CHIPSET_I440FX);
	for (uint8_t slot = 3; slot < 7; slot++) {
		bridge = fake_pci_add_bridge(-1, 0, slot, 0);
		fake_pci_add(bridge, 0, 1, 0, NIC, CLASS_NIC, 0);
	}
	fake_pci_add(-1, 3, 0, 0, NIC, CLASS_NIC, 0);
	fake_pci.extra_roots = 1;
	scan();
	assert_int_equal(at(0, 3, 0)->secondary, 1);
	assert_int_equal(at(0, 4, 0)->secondary, 2);
	assert_int_equal(at(0, 5, 0)->secondary, 0);
	assert_true(at(0, 5, 0)->lost);
	assert_true(at(0, 6, 0)->lost);
	assert_int_equal(at(3, 0, 0)->parent, PCI_NONE);
	assert_true(fake_log_has("00:05.0: bus numbers end at 0x02"));
	assert_int_equal(tree.count, 1 + 4 + 2 + 1);
}

static void functions_of_a_slot_are_looked_for_only_when_function_0_says_so(void **state UNUSED)
{
	fake_pci_add_host(CHIPSET_I440FX);
	fake_pci_add(-1, 0, 3, 0, NIC, CLASS_NIC, 0x80);
	fake_pci_add(-1, 0, 3, 7, NIC, CLASS_NIC, 0);
	fake_pci_add(-1, 0, 4, 0, NIC, CLASS_NIC, 0);
	fake_pci_add(-1, 0, 4, 1, NIC, CLASS_NIC, 0);
	fake_pci_add(-1, 0, 5, 1, NIC, CLASS_NIC, 0);
	scan();
	assert_int_equal(tree.count, 4);
	at(0, 3, 7);
}

static void a_bridge_that_is_a_function_among_others_does_not_end_its_slot(void **state UNUSED)
{
	int bridge;

	fake_pci_add_host(CHIPSET_I440FX);
	fake_pci_add(-1, 0, 3, 0, NIC, CLASS_NIC, 0x80);
	bridge = fake_pci_add_bridge(-1, 0, 3, 1);
	fake_pci_add(bridge, 0, 31, 0, NIC, CLASS_NIC, 0);
	fake_pci_add(-1, 0, 3, 2, NIC, CLASS_NIC, 0);
	bridge = fake_pci_add_bridge(-1, 0, 4, 0);
	fake_pci_add(-1, 0, 4, 1, NIC, CLASS_NIC, 0);	/* 04.0 says it is alone */
	fake_pci_add(-1, 0, 5, 0, NIC, CLASS_NIC, 0);
	scan();
	at(0, 3, 2);
	at(1, 31, 0);
	at(0, 5, 0);
	assert_int_equal(tree.count, 7);
}

static void bridges_nested_to_the_last_bus_are_scanned(void **state UNUSED)
{
	int bridge = -1;

	fake_pci_add_host(CHIPSET_I440FX);
	for (int n = 0; n < 255; n++)
		bridge = fake_pci_add_bridge(bridge, 0, 1, 0);
	/* One more than there are numbers. */
	bridge = fake_pci_add_bridge(bridge, 0, 1, 0);
	fake_pci_add(bridge, 0, 1, 0, NIC, CLASS_NIC, 0);
	scan();
	assert_int_equal(tree.buses, 256);
	assert_int_equal(tree.count, 1 + 256);
	assert_int_equal(at(254, 1, 0)->secondary, 255);
	assert_true(at(255, 1, 0)->lost);
	assert_true(fake_log_has("ff:01.0: bus numbers end at 0xff"));
}

static void functions_beyond_the_list_cost_one_line(void **state UNUSED)
{
	int bridge;

	fake_pci_add_host(CHIPSET_I440FX);
	bridge = fake_pci_add_bridge(-1, 0, 2, 0);
	for (uint8_t slot = 0; slot < 20; slot++)
		fake_pci_add(bridge, 0, slot, 0, NIC, CLASS_NIC, 0);
	fake_pci_add(-1, 0, 3, 0, NIC, CLASS_NIC, 0);
	tree.max = 10;
	memset(&functions[10], 0xa5, sizeof(functions[10]));
	scan();
	assert_int_equal(tree.count, 10);
	assert_int_equal(fake_log_lines(), 1);
	assert_true(fake_log_has("only 10 functions fit"));
	/* The bridge is closed all the same. */
	assert_int_equal(at(0, 2, 0)->subordinate, 1);
	assert_int_equal(functions[10].bdf, 0xa5a5);
}

static void an_unknown_header_type_is_left_alone(void **state UNUSED)
{
	int device;

	fake_pci_add_host(CHIPSET_I440FX);
	device = fake_pci_add(-1, 0, 4, 0, NIC, CLASS_NIC, 2);
	fake_pci_bar(device, 0, 0x1000, 0);
	scan();
	assert_int_equal(tree.count, 2);
	assert_int_equal(fake_pci.function[device].writes, 0);
	assert_true(fake_log_has("header type 0x02"));
}

static void a_pin_beyond_intd_is_none(void **state UNUSED)
{
	int device;

	fake_pci_add_host(CHIPSET_I440FX);
	device = fake_pci_add(-1, 0, 4, 0, NIC, CLASS_NIC, 0);
	fake_pci.function[device].config[PCI_INTERRUPT_PIN] = 5;
	scan();
	assert_int_equal(functions[1].pin, 0);
	assert_int_equal(functions[1].line, 0);
	assert_int_equal(fake_pci.function[device].config[PCI_INTERRUPT_LINE], 0);
}

static void interrupt_lines_rotate_with_the_slot_on_i440fx(void **state UNUSED)
{
	static const uint8_t lines[] = { 11, 11, 10, 10, 11, 11 };	/* slots 3 to 8, INTA */

	fake_pci_add_host(CHIPSET_I440FX);
	for (uint8_t slot = 3; slot < 9; slot++) {
		int device = fake_pci_add(-1, 0, slot, 0, NIC, CLASS_NIC, 0);

		fake_pci.function[device].config[PCI_INTERRUPT_PIN] = 1;
	}
	scan();
	for (uint8_t slot = 3; slot < 9; slot++) {
		assert_int_equal(at(0, slot, 0)->line, lines[slot - 3]);
		assert_int_equal(fake_pci.function[slot - 2].config[PCI_INTERRUPT_LINE],
				 lines[slot - 3]);
	}
}

/* It is beside the line, and QEMU maps all windows anew when it is written. */
static void the_line_of_a_bridge_leaves_its_control_register_alone(void **state UNUSED)
{
	int bridge;

	fake_pci_add_host(CHIPSET_I440FX);
	bridge = fake_pci_add_bridge(-1, 0, 3, 0);
	fake_pci_set32(bridge, PCI_INTERRUPT_LINE, 0x00080100, 0xffff00ff);
	scan();
	assert_int_equal(fake_pci_get32(bridge, PCI_INTERRUPT_LINE), 0x0008010b);
	assert_int_equal(at(0, 3, 0)->line, 11);
	assert_int_equal(at(0, 3, 0)->gsi, 11);
}

static void ich9_gives_bus_0_pins_of_the_io_apic(void **state UNUSED)
{
	load("q35_default.txt");
	assert_int_equal(at(0, 2, 0)->gsi, 22);		/* PIRQ G */
	assert_int_equal(at(0, 31, 2)->gsi, 16);	/* PIRQ A */
	assert_int_equal(at(0, 31, 0)->gsi, 0);		/* no pin */
	setup(NULL);
	load("pc_nodefaults.txt");
	assert_int_equal(at(0, 1, 3)->line, 9);
	assert_int_equal(at(0, 1, 3)->gsi, 9);
}

static void interrupt_pins_rotate_at_each_bridge(void **state UNUSED)
{
	int bridge, device;

	fake_pci_add_host(CHIPSET_I440FX);
	bridge = fake_pci_add_bridge(-1, 0, 3, 0);	/* INTA of slot 3: PIRQ C */
	bridge = fake_pci_add_bridge(bridge, 0, 1, 0);
	device = fake_pci_add(bridge, 0, 2, 0, NIC, CLASS_NIC, 0);
	fake_pci.function[device].config[PCI_INTERRUPT_PIN] = 2;
	scan();
	/* INTB in slot 2: INTD; in slot 1: INTA; slot 3 of the root: PIRQ C, IRQ 11 */
	assert_int_equal(at(2, 2, 0)->pin, 2);
	assert_int_equal(at(2, 2, 0)->line, 11);
	setup(NULL);
	fake_pci_add_host(CHIPSET_I440FX);
	bridge = fake_pci_add_bridge(-1, 0, 3, 0);
	device = fake_pci_add(bridge, 0, 2, 0, NIC, CLASS_NIC, 0);
	fake_pci.function[device].config[PCI_INTERRUPT_PIN] = 1;
	scan();
	/* INTA in slot 2: INTC; slot 3 of the root: PIRQ A, IRQ 10 */
	assert_int_equal(at(1, 2, 0)->line, 10);
}

static void ich9_routes_its_own_slots_to_a_to_d_and_others_to_e_to_h(void **state UNUSED)
{
	load("q35_default.txt");
	assert_int_equal(at(0, 2, 0)->line, 11);	/* slot 2, INTA: PIRQ G */
	assert_int_equal(at(0, 31, 2)->line, 10);	/* slot 31, INTA: PIRQ A */
}

static void what_is_not_there_any_more_is_not_in_the_tree(void **state UNUSED)
{
	fake_pci_add_host(CHIPSET_I440FX);
	fake_pci_add(-1, 0, 4, 0, NIC, CLASS_NIC, 0);
	fake_pci.function[1].answers = false;
	fake_pci_add(-1, 0, 5, 0, 0, CLASS_NIC, 0);	/* id 0 */
	scan();
	assert_int_equal(tree.count, 1);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		T(a_default_pc_is_found_as_recorded),
		T(a_bare_pc_costs_62_and_14_accesses_and_one_interrupt_line),
		T(a_bare_q35_costs_31_and_7_accesses_and_two_interrupt_lines),
		T(an_unknown_device_costs_28_accesses),
		T(every_known_row_is_what_the_hardware_would_have_said),
		T(bars_are_sized_with_decoding_off),
		T(behind_every_port_is_its_own_bus),
		T(the_tree_is_depth_first),
		T(extra_roots_are_found_and_bridges_numbered_round_them),
		T(conventional_extra_roots_are_found_as_well),
		T(an_empty_extra_root_costs_a_line),
		T(a_bridge_never_takes_the_number_of_an_extra_root),
		T(functions_of_a_slot_are_looked_for_only_when_function_0_says_so),
		T(a_bridge_that_is_a_function_among_others_does_not_end_its_slot),
		T(bridges_nested_to_the_last_bus_are_scanned),
		T(functions_beyond_the_list_cost_one_line),
		T(an_unknown_header_type_is_left_alone),
		T(a_pin_beyond_intd_is_none),
		T(interrupt_lines_rotate_with_the_slot_on_i440fx),
		T(the_line_of_a_bridge_leaves_its_control_register_alone),
		T(ich9_gives_bus_0_pins_of_the_io_apic),
		T(interrupt_pins_rotate_at_each_bridge),
		T(ich9_routes_its_own_slots_to_a_to_d_and_others_to_e_to_h),
		T(what_is_not_there_any_more_is_not_in_the_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

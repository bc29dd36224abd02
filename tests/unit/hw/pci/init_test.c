/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/pci/init_test.c: from recorded machines to programmed registers: what a function
 * decodes in the end is what the tree says, and lost devices are named and decode nothing.
 * LINK: tests/fake/screen.c
 * LINK: src/post/pci.c src/fw/fw_cfg_dir.c src/hw/pci/init.c src/hw/pci/program.c src/hw/display/card.c src/hw/pci/place.c src/hw/pci/layout.c src/hw/pci/space.c src/hw/pci/scan.c src/hw/pci/bar.c src/hw/pci/bridge.c src/hw/pci/known.c src/hw/pci/irq.c src/hw/pci/config.c tests/fake/pci.c tests/fake/pci_check.c tests/fake/io.c tests/fake/log.c tests/fake/cpu.c tests/fake/alloc.c tests/fake/ram.c tests/fake/fw_cfg_files.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "fake/alloc.h"
#include "fake/cpu.h"
#include "fake/fw_cfg_files.h"
#include "fake/io.h"
#include "fake/log.h"
#include "fake/pci.h"
#include "fake/ram.h"
#include "fw/fw_cfg.h"
#include "post/pci.h"
#include "hw/pci/init.h"
#include "hw/pci/space.h"
#include "hw/pci/tree.h"
#include "lib/errno.h"
#include "machine/machine.h"

#define UNUSED __attribute__((unused))
#define GIB 0x40000000ull

struct machine machine;

static uint64_t extra_roots, reserved_end;
static bool decode;

/* All numbers here have 8 bytes. Weak: the list of files may have it itself. */
__attribute__((weak)) int fw_cfg_read_number(const struct fw_cfg_item *item, uint64_t *value)
{
	return item->size == 8 ? fw_cfg_read(item, 0, value, 8) : -EINVAL;
}

static int setup(void **state UNUSED)
{
	fake_io_reset();
	fake_log_reset();
	fake_pci_reset();
	fake_cpu_reset();
	fake_cpuid_set(0x80000000, 0, (struct cpuid){ .eax = 0x80000008 });
	fake_cpuid_set(0x80000001, 0, (struct cpuid){ .edx = 1u << 29 });
	fake_cpuid_set(0x80000008, 0, (struct cpuid){ .eax = 40 });
	fake_ram_reset(32 << 20);
	fake_alloc_reset();
	alloc_open_high(32 << 20);
	fake_files_reset();
	decode = true;
	memset(&machine, 0, sizeof(machine));
	machine.low_ram_end = 0x20000000;
	machine.high_ram_end = 4 * GIB;
	return 0;
}

static void init(const char *name)
{
	fake_pci_load(name);
	machine.chipset = fake_pci.chipset;
	extra_roots = fake_pci.extra_roots;
	if (extra_roots)
		fake_files_add("etc/extra-pci-roots", &extra_roots, 8);
	assert_int_equal(pci_init(decode), 0);
	assert_non_null(machine.pci);
}

static uint16_t command(uint32_t n)
{
	return (uint16_t)fake_pci_get32((int)n, PCI_COMMAND);
}

static void assert_bars_programmed(uint32_t n)
{
	const struct pci_function *function = &machine.pci->function[n];
	uint16_t wanted = 0;

	for (uint32_t b = 0; b < PCI_BARS; b++) {
		const struct pci_bar *bar = &function->bar[b];

		if (!bar->size)
			continue;
		/* The lowest four bits are type bits, the lowest eleven of a ROM are not. */
		assert_int_equal(fake_pci_get32((int)n, bar->reg) & ~0xfu, (uint32_t)bar->base);
		if (bar->wide)
			assert_int_equal(fake_pci_get32((int)n, bar->reg + 4), bar->base >> 32);
		if (bar->rom)
			assert_int_equal(fake_pci_get32((int)n, bar->reg) & 1, 0);
		if (bar->base && !bar->rom)
			wanted |= bar->kind == PCI_IO ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY;
	}
	if (function->lost)
		assert_int_equal(command(n), 0);
	else
		assert_int_equal(command(n) & wanted, wanted);
}

/* Base and limit as the bridge reads them; base above limit is closed. */
static void assert_window(const struct pci_window *window, uint64_t base, uint64_t limit)
{
	if (!window->size) {
		assert_true(base > limit);
		return;
	}
	assert_int_equal(base, window->base);
	assert_int_equal(limit, window->base + window->size - 1);
}

static void assert_windows_programmed(uint32_t n)
{
	const struct pci_function *bridge = &machine.pci->function[n];
	uint32_t io = fake_pci_get32((int)n, PCI_IO_BASE);
	uint32_t mem = fake_pci_get32((int)n, PCI_MEMORY_BASE);
	uint32_t pref = fake_pci_get32((int)n, PCI_PREF_BASE);
	uint64_t base_high = fake_pci_get32((int)n, PCI_PREF_BASE_UPPER);
	uint64_t limit_high = fake_pci_get32((int)n, PCI_PREF_LIMIT_UPPER);

	assert_window(&bridge->window[PCI_IO], io << 8 & 0xf000, (io & 0xf000) | 0xfff);
	assert_window(&bridge->window[PCI_MEM], mem << 16 & 0xfff00000, mem | 0xfffff);
	assert_window(&bridge->window[PCI_PREF], base_high << 32 | (pref << 16 & 0xfff00000),
		      limit_high << 32 | (pref & 0xfff00000) | 0xfffff);
	if (!bridge->lost)
		assert_int_equal(command(n) & 7, 7);
	assert_int_equal(fake_pci_get32((int)n, PCI_PRIMARY_BUS) & 0xffffff,
			 bridge->subordinate << 16 | bridge->secondary << 8 | PCI_BUS(bridge->bdf));
}

static const char *const recorded_machines[] = {
	"pc_nodefaults.txt", "pc_default.txt", "pc_usb.txt", "pc_pxb.txt",
	"pc_io_exhausted.txt", "pc_mem_overflow.txt", "q35_nodefaults.txt",
	"q35_default.txt", "q35_root_ports.txt", "q35_pxb_pcie.txt", "q35_bar_64g.txt",
	"q35_port_bar_64g.txt", "q35_reserve.txt",
};

static void what_is_programmed_is_what_the_tree_says(void **state UNUSED)
{
	for (uint32_t m = 0; m < sizeof(recorded_machines) / sizeof(recorded_machines[0]); m++) {
		setup(NULL);
		init(recorded_machines[m]);
		assert_int_equal(machine.pci->count, fake_pci.count);
		for (uint32_t n = 1; n < machine.pci->count; n++) {
			/* The recorder numbers functions in the same order as the scan. */
			assert_int_equal(machine.pci->function[n].id, fake_pci_get32((int)n, 0));
			assert_bars_programmed(n);
			if (machine.pci->function[n].bridge)
				assert_windows_programmed(n);
		}
		assert_int_equal(fake_pci.sized_while_on, 0);
	}
}

/* Loaded anew, a recorded machine is as a reset leaves it. The table of the scan is somebody else's by then. */
static void a_wake_makes_every_register_what_it_was(void **state UNUSED)
{
	static uint8_t was[FAKE_PCI_MAX][256];

	for (uint32_t i = 0; i < sizeof(recorded_machines) / sizeof(recorded_machines[0]); i++) {
		struct pci_tree *scanned;

		setup(NULL);
		init(recorded_machines[i]);
		scanned = machine.pci;
		pci_keep();
		assert_ptr_not_equal(machine.pci, scanned);
		memset(scanned->function, 0xa5, scanned->count * sizeof(struct pci_function));
		memset(scanned, 0xa5, sizeof(*scanned));
		for (int n = 0; n < fake_pci.count; n++)
			memcpy(was[n], fake_pci.function[n].config, 256);
		fake_io_reset();
		fake_pci_load(recorded_machines[i]);
		pci_config_forget();
		pci_resume();
		for (int n = 0; n < fake_pci.count; n++)
			for (uint32_t reg = 0; reg < 256; reg++)
				if (fake_pci.function[n].config[reg] != was[n][reg])
					fail_msg("%s: function %d, register %02x: %02x, was %02x", recorded_machines[i], n, reg,
						 fake_pci.function[n].config[reg], was[n][reg]);
	}
}

static void without_memory_to_keep_it_pci_stays_as_the_reset_made_it(void **state UNUSED)
{
	struct pci_tree *scanned;
	uint32_t accesses;

	init("pc_default.txt");
	scanned = machine.pci;
	fake_alloc_fail_at(1);
	pci_keep();
	assert_ptr_equal(machine.pci, scanned);
	accesses = fake_io_accesses();
	pci_resume();
	assert_int_equal(fake_io_accesses(), accesses);
}

static void a_bare_pc_costs_82_accesses(void **state UNUSED)
{
	init("pc_nodefaults.txt");
	/* Scan and line 78; IDE: bus-master base 2, command 2. No file is read, no CPUID asked. */
	assert_int_equal(fake_io_accesses(), 82);
	assert_int_equal(fake_files.accesses, 0);
	assert_int_equal(fake_cpu.cpuids, 0);
	assert_int_equal(fake_log_lines(), 0);
}

static void a_bare_q35_costs_43_accesses(void **state UNUSED)
{
	init("q35_nodefaults.txt");
	/* Scan and lines 40; AHCI: two bases, command. */
	assert_int_equal(fake_io_accesses(), 43);
	assert_int_equal(fake_io_count.in + fake_io_count.out, 0);
	assert_int_equal(fake_log_lines(), 0);
}

static void default_devices_cost_less_than_39_accesses_each(void **state UNUSED)
{
	init("pc_default.txt");
	assert_true(fake_io_accesses() <= 82 + 2 * 39);
}

static void a_function_begins_to_decode_once(void **state UNUSED)
{
	init("pc_default.txt");
	/* VGA: BARs 3 asked, 3 placed, command. e1000: all asked, and the interrupt line. */
	assert_int_equal(fake_pci.function[4].writes, 3 + 3 + 1);
	assert_int_equal(fake_pci.function[5].writes, 7 + 3 + 1 + 1);
}

static void the_first_vga_decodes_its_legacy_ports(void **state UNUSED)
{
	init("pc_default.txt");
	assert_int_equal(command(4), PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_SERR);
}

static void bridges_above_the_first_vga_forward_the_legacy_ports(void **state UNUSED)
{
	init("pc_pxb.txt");
	/* The VGA card is behind function 10, the other bridges forward nothing. */
	assert_int_equal(fake_pci.function[10].config[PCI_BRIDGE_CONTROL], 0x08);
	assert_int_equal(fake_pci.function[8].config[PCI_BRIDGE_CONTROL], 0);
}

#define CLASS_VGA 0x03000000

static void both_bridges_above_a_vga_forward_the_legacy_ports(void **state UNUSED)
{
	int outer, inner, other, vga, second;

	fake_pci_add_host(CHIPSET_I440FX);
	machine.chipset = CHIPSET_I440FX;
	other = fake_pci_add_bridge(-1, 0, 3, 0);
	fake_pci_add_bridge(other, 0, 1, 0);
	outer = fake_pci_add_bridge(-1, 0, 4, 0);
	inner = fake_pci_add_bridge(outer, 0, 1, 0);
	vga = fake_pci_add(inner, 0, 2, 0, 0x11111234, CLASS_VGA, 0);
	fake_pci_bar(vga, 0, 0x1000000, 8);
	second = fake_pci_add(other, 0, 2, 0, 0x11111234, CLASS_VGA, 0);
	fake_pci.function[second].answers = false;
	assert_int_equal(pci_init(true), 0);
	assert_int_equal(fake_pci.function[outer].config[PCI_BRIDGE_CONTROL], 0x08);
	assert_int_equal(fake_pci.function[inner].config[PCI_BRIDGE_CONTROL], 0x08);
	assert_int_equal(fake_pci.function[other].config[PCI_BRIDGE_CONTROL], 0);
	assert_int_equal(fake_pci.function[other + 1].config[PCI_BRIDGE_CONTROL], 0);
	assert_int_equal(command((uint32_t)vga) & 3, 3);
	assert_int_equal(command((uint32_t)outer) & 3, 3);
	assert_int_equal(command((uint32_t)inner) & 3, 3);
}

/* Only the first: legacy cycles go down one branch. */
static void a_second_vga_gets_no_legacy_ports(void **state UNUSED)
{
	int bridge, vga[2];

	fake_pci_add_host(CHIPSET_I440FX);
	machine.chipset = CHIPSET_I440FX;
	vga[0] = fake_pci_add(-1, 0, 2, 0, 0x11111234, CLASS_VGA, 0);
	fake_pci_bar(vga[0], 0, 0x1000000, 8);
	bridge = fake_pci_add_bridge(-1, 0, 4, 0);
	vga[1] = fake_pci_add(bridge, 0, 2, 0, 0x11111234, CLASS_VGA, 0);
	fake_pci_bar(vga[1], 0, 0x1000000, 8);
	assert_int_equal(pci_init(true), 0);
	assert_int_equal(command((uint32_t)vga[0]) & 3, 3);
	assert_int_equal(command((uint32_t)vga[1]) & 3, 2);
	assert_int_equal(fake_pci.function[bridge].config[PCI_BRIDGE_CONTROL], 0);
}

static void a_bar_too_large_for_the_64_bit_window_is_reported_against_it(void **state UNUSED)
{
	int device;

	fake_pci_add_host(CHIPSET_Q35);
	machine.chipset = CHIPSET_Q35;
	device = fake_pci_add(-1, 0, 3, 0, 0x11101af4, 0x05000000, 0);
	fake_pci_bar(device, 2, 1ull << 40, 0xc);
	assert_int_equal(pci_init(true), 0);
	assert_true(fake_log_has("pci: 00:03.0: BAR 2: 0x10000000000 bytes do not fit into the 64-bit "
				 "window of 0xff00000000 bytes; device left disabled"));
	assert_int_equal(fake_log_lines(), 1);
}

/* A port with io-reserve=0: its I/O window cannot be written. */
static void an_io_bar_that_no_bridge_forwards_has_its_line(void **state UNUSED)
{
	int bridge, device;

	fake_pci_add_host(CHIPSET_Q35);
	machine.chipset = CHIPSET_Q35;
	bridge = fake_pci_add_bridge(-1, 0, 5, 0);
	fake_pci_set32(bridge, PCI_IO_BASE, 0x000000f0, 0);
	device = fake_pci_add(bridge, 0, 0, 0, 0x10d38086, 0x02000000, 0);
	fake_pci_bar(device, 0, 0x20000, 0);
	fake_pci_bar(device, 2, 0x20, 1);
	assert_int_equal(pci_init(true), 0);
	assert_true(fake_log_has("pci: 01:00.0: BAR 2: 0x20 ports, but a bridge above forwards no I/O; "
				 "BAR left disabled"));
	assert_int_equal(fake_log_lines(), 1);
	assert_int_equal(command((uint32_t)device) & 3, PCI_COMMAND_MEMORY);
}

/* Each of these writes makes QEMU build its memory map anew. */
static void a_window_is_written_once(void **state UNUSED)
{
	init("q35_root_ports.txt");
	for (uint32_t n = 1; n < machine.pci->count; n++) {
		const struct pci_function *port = &machine.pci->function[n];
		uint32_t bars = 0;

		if (!port->bridge)
			continue;
		for (uint32_t b = 0; b < PCI_BARS; b++)
			bars += port->bar[b].size != 0;
		/* Asking: two BARs and the ROM; bus numbers twice; line and command. */
		assert_true(fake_pci.function[n].writes <=
			    3 + 2 + bars + 1 + (port->window[PCI_IO].size != 0) + 2 + 1 + 1);
	}
}

static void a_bridge_forwards_when_all_behind_it_is_complete(void **state UNUSED)
{
	static const char *const machines[] = { "q35_root_ports.txt", "q35_pxb_pcie.txt", "pc_pxb.txt" };

	for (uint32_t m = 0; m < sizeof(machines) / sizeof(machines[0]); m++) {
		setup(NULL);
		init(machines[m]);
		for (uint32_t n = 0; n < machine.pci->count; n++) {
			uint32_t above = machine.pci->function[n].parent;

			if (above != PCI_NONE)
				assert_true(fake_pci.function[n].command_at <
					    fake_pci.function[above].command_at);
		}
	}
}

/* For an OS that switches its devices on: bases are written, bridges and VGA decode, no more. */
static void endpoints_are_left_off_for_an_os_that_switches_them_on(void **state UNUSED)
{
	static const char *const machines[] = { "pc_default.txt", "q35_root_ports.txt" };

	for (uint32_t m = 0; m < sizeof(machines) / sizeof(machines[0]); m++) {
		uint32_t off = 0;

		setup(NULL);
		decode = false;
		init(machines[m]);
		for (uint32_t n = 1; n < machine.pci->count; n++) {
			const struct pci_function *function = &machine.pci->function[n];

			for (uint32_t b = 0; b < PCI_BARS; b++)
				if (function->bar[b].size)
					assert_int_equal(fake_pci_get32((int)n, function->bar[b].reg) & ~0xfu,
							 (uint32_t)function->bar[b].base);
			if (function->bridge)
				assert_int_equal(command(n) & 7, 7);
			else if (function->class_revision >> 16 == 0x0300)
				assert_int_equal(command(n) & 7, 3);
			else
				assert_int_equal(command(n), 0);
			off += !command(n);
		}
		assert_true(off >= 2);
	}
}

static void what_the_acpi_tables_show_only_when_it_decodes_is_on(void **state UNUSED)
{
	decode = false;
	init("q35_bar_64g.txt");
	assert_bars_programmed(1);
	assert_true(command(1) & PCI_COMMAND_MEMORY);
	setup(NULL);
	decode = false;
	init("pc_pxb.txt");
	for (uint32_t n = 1; n < machine.pci->count; n++)
		assert_bars_programmed(n);
}

static void a_lost_device_is_named_with_both_numbers(void **state UNUSED)
{
	fake_cpuid_set(0x80000001, 0, (struct cpuid){ 0 });
	init("q35_bar_64g.txt");
	assert_true(fake_log_has("pci: 00:01.0: BAR 2: 0x1000000000 bytes do not fit into the "
				 "32-bit window of 0x3ec00000 bytes; device left disabled"));
	assert_int_equal(fake_log_lines(), 1);
	assert_int_equal(command(1), 0);
	assert_int_equal(fake_pci_get32(1, 0x18) & ~0xfu, 0);
	assert_int_equal(fake_pci_get32(1, 0x1c), 0);
}

static void exhausted_io_names_each_device(void **state UNUSED)
{
	init("pc_io_exhausted.txt");
	assert_true(fake_log_has("BAR 1: 0x40 bytes do not fit into the I/O range of 0xd000 bytes"));
	assert_true(fake_log_has("I/O reservations of 8 bridges do not fit"));
	assert_int_equal(fake_log_lines(), 9);
}

static void a_large_bar_goes_behind_ram_and_memory_hotplug(void **state UNUSED)
{
	reserved_end = 100 * GIB;
	fake_files_add("etc/reserved-memory-end", &reserved_end, 8);
	machine.high_ram_end = 70 * GIB;
	init("q35_bar_64g.txt");
	assert_int_equal(machine.pci->function[1].bar[2].base, 128 * GIB);
	assert_int_equal(fake_log_lines(), 0);
}

static void an_unreadable_end_of_reserved_memory_leaves_no_64_bit_window(void **state UNUSED)
{
	reserved_end = 100 * GIB;
	fake_files_add("etc/reserved-memory-end", &reserved_end, 8);
	fake_files.fail_at = 1;
	init("q35_bar_64g.txt");
	assert_true(machine.pci->function[1].lost);
	assert_true(fake_log_has("etc/reserved-memory-end: unreadable"));
}

static void an_unreadable_number_of_roots_is_none(void **state UNUSED)
{
	fake_pci_load("pc_pxb.txt");
	machine.chipset = fake_pci.chipset;
	extra_roots = 2;
	fake_files_add("etc/extra-pci-roots", &extra_roots, 8);
	fake_files.fail_at = 1;
	assert_int_equal(pci_init(true), 0);
	assert_int_equal(machine.pci->extra_roots, 0);
	assert_true(fake_log_has("etc/extra-pci-roots: unreadable"));
}

static void a_huge_number_of_roots_ends_at_the_last_bus(void **state UNUSED)
{
	fake_pci_add_host(CHIPSET_Q35);
	machine.chipset = CHIPSET_Q35;
	extra_roots = ~0ull;
	fake_files_add("etc/extra-pci-roots", &extra_roots, 8);
	assert_int_equal(pci_init(true), 0);
	assert_int_equal(machine.pci->count, 1);
	assert_true(fake_io_accesses() <= 255 * 32 + 31);
}

static void without_memory_pci_is_left_alone(void **state UNUSED)
{
	fake_pci_load("pc_default.txt");
	machine.chipset = fake_pci.chipset;
	fake_alloc_fail_at(1);
	assert_int_equal(pci_init(true), -ENOMEM);
	assert_null(machine.pci);
	assert_int_equal(fake_io_accesses(), 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		T(what_is_programmed_is_what_the_tree_says),
		T(a_wake_makes_every_register_what_it_was),
		T(without_memory_to_keep_it_pci_stays_as_the_reset_made_it),
		T(a_bare_pc_costs_82_accesses),
		T(a_bare_q35_costs_43_accesses),
		T(default_devices_cost_less_than_39_accesses_each),
		T(a_function_begins_to_decode_once),
		T(the_first_vga_decodes_its_legacy_ports),
		T(bridges_above_the_first_vga_forward_the_legacy_ports),
		T(both_bridges_above_a_vga_forward_the_legacy_ports),
		T(a_second_vga_gets_no_legacy_ports),
		T(a_bar_too_large_for_the_64_bit_window_is_reported_against_it),
		T(an_io_bar_that_no_bridge_forwards_has_its_line),
		T(a_window_is_written_once),
		T(a_bridge_forwards_when_all_behind_it_is_complete),
		T(endpoints_are_left_off_for_an_os_that_switches_them_on),
		T(what_the_acpi_tables_show_only_when_it_decodes_is_on),
		T(a_lost_device_is_named_with_both_numbers),
		T(exhausted_io_names_each_device),
		T(a_large_bar_goes_behind_ram_and_memory_hotplug),
		T(an_unreadable_end_of_reserved_memory_leaves_no_64_bit_window),
		T(an_unreadable_number_of_roots_is_none),
		T(a_huge_number_of_roots_ends_at_the_last_bus),
		T(without_memory_pci_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/chipset/chipset_test.c: exactly these writes, in this order, to what the PCI tree
 * has, and to nothing else.
 * LINK: src/hw/chipset/chipset.c src/hw/chipset/shadow.c src/hw/chipset/smi.c src/hw/pci/irq.c tests/fake/io.c tests/fake/log.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "fake/io.h"
#include "fake/log.h"
#include "hw/chipset/chipset.h"
#include "hw/pci/irq.h"
#include "hw/pci/tree.h"
#include "machine/machine.h"

struct machine machine;

/* Configuration space: what was done to it. */
struct access { pci_bdf_t bdf; uint16_t reg; uint8_t width; uint32_t value; };
static struct access writes[32], reads[8];
static unsigned int n_writes, n_reads;
static uint8_t smram;
static struct access present[2];	/* ids of functions, for who asks */

static uint32_t pm1a_in(void *opaque, uint16_t port, unsigned int width)
{
	(void)opaque;
	(void)port;
	assert_int_equal(width, 2);
	return 0x1c00;
}
static uint32_t pam[2];		/* the two dwords of shadow registers, as they are read */
static uint32_t piix4_id, devactb, ich9_id;	/* of the functions that smi.c asks; ids 0: they are not there */
static uint32_t smi_en;

static void record(pci_bdf_t bdf, uint16_t reg, uint8_t width, uint32_t value)
{
	assert_true(n_writes < 32);
	assert_int_equal(reg % width, 0);
	writes[n_writes++] = (struct access){ bdf, reg, width, value };
}

void pci_write8(pci_bdf_t bdf, uint8_t reg, uint8_t value) { record(bdf, reg, 1, value); }
void pci_write32(pci_bdf_t bdf, uint8_t reg, uint32_t value) { record(bdf, reg, 4, value); }

uint32_t pci_read32(pci_bdf_t bdf, uint8_t reg)
{
	for (unsigned int i = 0; reg == 0 && i < 2; i++)
		if (present[i].bdf == bdf && present[i].value)
			return present[i].value;
	assert_true(n_reads < 8);
	reads[n_reads++] = (struct access){ bdf, reg, 4, 0 };
	if (bdf == 0 && (reg == 0x58 || reg == 0x90))
		return pam[0];
	if (bdf == 0 && (reg == 0x5c || reg == 0x94))
		return pam[1];
	if (bdf == PCI_BDF(0, 1, 3) && piix4_id)
		return reg == 0x58 ? devactb : reg == 0 ? piix4_id : 0xffffffff;
	if (bdf == PCI_BDF(0, 31, 0) && ich9_id)
		return reg == 0 ? ich9_id : 0;
	if (reg == 0) {
		n_reads--;
		return 0xffffffff;
	}
	return bdf == 0 && reg == 0x70 ? 0xff00ffff | (uint32_t)smram << 16 : 0xffffffff;
}

/* Ports */
static struct access ports[8];
static unsigned int n_ports;

void fake_io_out(uint16_t port, unsigned int width, uint32_t value)
{
	assert_true(n_ports < 8);
	ports[n_ports++] = (struct access){ 0, port, width, value };
}

uint32_t fake_io_in(uint16_t port, unsigned int width)
{
	return port == 0x630 && width == 4 ? smi_en : 0xffffffff;
}

static struct pci_function functions[256];
static struct pci_tree tree = { .function = functions, .max = 256 };

static void pm1a_out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque;
	fake_io_out(port, width, value);
}

static void add(pci_bdf_t bdf, uint16_t vendor, uint16_t device)
{
	functions[tree.count].parent = PCI_NONE;
	functions[tree.count].bdf = bdf;
	functions[tree.count++].id = (uint32_t)device << 16 | vendor;
}

static void start(enum chipset chipset)
{
	n_writes = n_reads = n_ports = 0;
	smram = 0x02;
	piix4_id = ich9_id = smi_en = devactb = 0;
	memset(functions, 0, sizeof(functions));
	tree.count = 0;
	tree.decode = true;
	machine.chipset = chipset;
	machine.pci = &tree;
	fake_io_reset();
	fake_log_reset();
	if (chipset == CHIPSET_I440FX)
		add(PCI_BDF(0, 0, 0), 0x8086, 0x1237);
	else if (chipset == CHIPSET_Q35)
		add(PCI_BDF(0, 0, 0), 0x8086, 0x29c0);
}

static void assert_writes(const struct access *expected, unsigned int count)
{
	for (unsigned int i = 0; i < count && i < n_writes; i++) {
		assert_int_equal(writes[i].bdf, expected[i].bdf);
		assert_int_equal(writes[i].reg, expected[i].reg);
		assert_int_equal(writes[i].width, expected[i].width);
		assert_int_equal(writes[i].value, expected[i].value);
	}
	assert_int_equal(n_writes, count);
}
#define ASSERT_WRITES(e) assert_writes(e, sizeof(e) / sizeof((e)[0]))

static void assert_elcr_set(void)
{
	assert_int_equal(n_ports, 1);
	assert_int_equal(ports[0].reg, 0x4d1);
	assert_int_equal(ports[0].width, 1);
	assert_int_equal(ports[0].value, 0x0c);
}

/* -M pc -nodefaults */
static void pc(void)
{
	start(CHIPSET_I440FX);
	add(PCI_BDF(0, 1, 0), 0x8086, 0x7000);
	add(PCI_BDF(0, 1, 1), 0x8086, 0x7010);
	add(PCI_BDF(0, 1, 3), 0x8086, 0x7113);
}

static void pc_gets_its_routes_and_power_management(void **state)
{
	static const struct access expected[] = {
		{ PCI_BDF(0, 1, 0), 0x60, 4, 0x0b0b0a0a },
		{ PCI_BDF(0, 1, 1), 0x40, 4, 0x80008000 },
		{ PCI_BDF(0, 1, 3), 0x40, 4, 0x601 },
		{ PCI_BDF(0, 1, 3), 0x80, 4, 0x01 },
		{ PCI_BDF(0, 1, 3), 0x90, 4, 0x701 },
		{ PCI_BDF(0, 1, 3), 0xd0, 4, 0x090000 },
	};

	(void)state;
	pc();
	chipset_init(1);
	ASSERT_WRITES(expected);
	assert_elcr_set();
	assert_int_equal(n_reads, 1);	/* SMRAM */
	assert_int_equal(fake_log_lines(), 0);
}

static void pc_without_acpi_has_no_power_management_to_program(void **state)
{
	(void)state;
	start(CHIPSET_I440FX);
	add(PCI_BDF(0, 1, 0), 0x8086, 0x7000);
	add(PCI_BDF(0, 1, 1), 0x8086, 0x7010);
	chipset_init(1);
	assert_int_equal(n_writes, 2);
	assert_int_equal(fake_log_lines(), 0);
}

static void a_piix4_south_bridge_is_programmed_like_a_piix3(void **state)
{
	(void)state;
	start(CHIPSET_I440FX);
	add(PCI_BDF(0, 1, 0), 0x8086, 0x7110);
	add(PCI_BDF(0, 1, 1), 0x8086, 0x7111);
	add(PCI_BDF(0, 1, 3), 0x8086, 0x7113);
	chipset_init(1);
	assert_int_equal(n_writes, 6);
	assert_elcr_set();
}

static void the_same_chip_elsewhere_is_left_alone(void **state)
{
	(void)state;
	start(CHIPSET_I440FX);
	add(PCI_BDF(0, 2, 0), 0x8086, 0x7000);
	add(PCI_BDF(0, 2, 1), 0x8086, 0x7010);
	add(PCI_BDF(0, 2, 3), 0x8086, 0x7113);
	add(PCI_BDF(1, 1, 3), 0x8086, 0x7113);
	add(PCI_BDF(0, 1, 0), 0x1af4, 0x7000);	/* right place, another vendor */
	chipset_init(1);
	assert_int_equal(n_writes, 0);
	assert_int_equal(n_ports, 0);
	assert_true(fake_log_has("chipset: no ISA bridge in slot 1;"));
}

static void q35_gets_its_routes_and_power_management(void **state)
{
	static const struct access expected[] = {
		{ PCI_BDF(0, 0, 0), 0x9c, 4, 0x00381200 },
		{ PCI_BDF(0, 31, 0), 0x60, 4, 0x0b0b0a0a },
		{ PCI_BDF(0, 31, 0), 0x68, 4, 0x0b0b0a0a },
		{ PCI_BDF(0, 31, 0), 0x40, 4, 0x601 },
		{ PCI_BDF(0, 31, 0), 0x44, 4, 0x80 },
		{ PCI_BDF(0, 31, 0), 0xf0, 4, 0xfed1c001 },
		{ PCI_BDF(0, 31, 3), 0x20, 4, 0x701 },
		{ PCI_BDF(0, 31, 3), 0x40, 4, 0x01 },
		{ PCI_BDF(0, 31, 3), 0x04, 4, 0x0001 },
	};

	(void)state;
	start(CHIPSET_Q35);
	add(PCI_BDF(0, 31, 0), 0x8086, 0x2918);
	add(PCI_BDF(0, 31, 2), 0x8086, 0x2922);
	add(PCI_BDF(0, 31, 3), 0x8086, 0x2930);
	chipset_init(1);
	ASSERT_WRITES(expected);
	assert_elcr_set();
	assert_int_equal(n_reads, 0);
	assert_int_equal(fake_log_lines(), 0);
}

static void what_the_os_switches_on_is_left_off(void **state)
{
	(void)state;
	start(CHIPSET_Q35);
	tree.decode = false;
	add(PCI_BDF(0, 31, 0), 0x8086, 0x2918);
	add(PCI_BDF(0, 31, 3), 0x8086, 0x2930);
	chipset_init(1);
	assert_int_equal(n_writes, 1 + 5 + 2);
	for (unsigned int i = 0; i < n_writes; i++)
		assert_int_not_equal(writes[i].reg, 0x04);
	assert_elcr_set();
}

static void q35_without_its_bridge_is_reported(void **state)
{
	(void)state;
	start(CHIPSET_Q35);
	add(PCI_BDF(0, 30, 0), 0x8086, 0x2918);
	chipset_init(1);
	assert_int_equal(n_writes, 1);	/* SMRAM */
	assert_int_equal(n_ports, 0);
	assert_true(fake_log_has("chipset: no LPC bridge in slot 31;"));
}

static void the_routes_are_what_the_interrupt_lines_say(void **state)
{
	(void)state;
	start(CHIPSET_Q35);
	add(PCI_BDF(0, 31, 0), 0x8086, 0x2918);
	chipset_init(1);
	for (uint32_t pirq = 0; pirq < 8; pirq++) {
		uint32_t value = writes[1 + pirq / 4].value;

		assert_int_equal(value >> 8 * (pirq & 3) & 0xff, pci_pirq_irq(pirq));
		/* and each is level-triggered */
		assert_true(ports[0].value & 1 << (pci_pirq_irq(pirq) - 8));
	}
}

static void machines_without_pci_are_left_alone(void **state)
{
	(void)state;
	start(CHIPSET_NONE);
	machine.pci = NULL;
	chipset_init(1);
	shadow_lock(CHIPSET_NONE);
	assert_int_equal(n_writes + n_reads + n_ports, 0);
	assert_int_equal(fake_io_accesses(), 0);
}

/* A wake asks the functions themselves: the tree is gone, or another's. */
static void a_wake_programs_what_is_there(void **state)
{
	static const struct access pc_writes[] = {
		{ 0, 0x72, 1, 0x02 },
		{ PCI_BDF(0, 1, 0), 0x60, 4, 0x0b0b0a0a },
		{ PCI_BDF(0, 1, 3), 0x40, 4, 0x601 },
		{ PCI_BDF(0, 1, 3), 0x80, 4, 0x01 },
		{ PCI_BDF(0, 1, 3), 0x90, 4, 0x701 },
		{ PCI_BDF(0, 1, 3), 0xd0, 4, 0x090000 },
	};

	(void)state;
	start(CHIPSET_I440FX);
	present[0] = (struct access){ PCI_BDF(0, 1, 0), 0, 4, 0x70008086 };
	present[1] = (struct access){ PCI_BDF(0, 1, 3), 0, 4, 0x71138086 };
	machine.pci = (struct pci_tree *)16;
	fake_io_add(0x604, 0x604, pm1a_in, pm1a_out, NULL);
	chipset_resume();
	ASSERT_WRITES(pc_writes);
	assert_int_equal(n_ports, 2);
	assert_int_equal(ports[0].reg, 0x4d1);
	assert_int_equal(ports[0].value, 0x0c);
	assert_int_equal(ports[1].reg, 0x604);
	assert_int_equal(ports[1].width, 2);
	assert_int_equal(ports[1].value, 0x1c01);
	memset(present, 0, sizeof(present));
}

static void a_failed_pci_scan_is_survived(void **state)
{
	(void)state;
	start(CHIPSET_I440FX);
	machine.pci = NULL;
	chipset_init(1);
	assert_int_equal(n_writes, 0);
}

static void smram_that_a_guest_left_open_is_closed(void **state)
{
	static const uint8_t left[] = { 0x4a, 0x0a, 0x42, 0x00, 0xff };

	(void)state;
	for (unsigned int i = 0; i < sizeof(left); i++) {
		pc();
		smram = left[i];
		smram_close(CHIPSET_I440FX, 1);
		assert_int_equal(n_writes, 1);
		assert_int_equal(writes[0].bdf, 0);
		assert_int_equal(writes[0].reg, 0x72);
		assert_int_equal(writes[0].width, 1);
		assert_int_equal(writes[0].value, 0x02);
	}
}

/* The bits of 82441FX and Q35: 3 SMRAM is there for SMM, 4 locked, 6 open for everybody; the base is fixed. */
static void smram_is_opened_shut_and_locked(void **state)
{
	static const struct access pc_writes[] = { { 0, 0x72, 1, 0x4a }, { 0, 0x72, 1, 0x0a }, { 0, 0x72, 1, 0x0a }, { 0, 0x72, 1, 0x02 } };
	static const struct access q35_writes[] = {
		{ 0, 0x9c, 4, 0x384a00 }, { 0, 0x9c, 4, 0x380a00 }, { 0, 0x9c, 4, 0x381a00 }, { 0, 0x9c, 4, 0x381200 },
	};

	(void)state;
	for (enum chipset c = CHIPSET_NONE; c <= CHIPSET_Q35; c++) {
		start(c);
		smram_open(c);
		smram_shut(c, true, false);
		smram_shut(c, true, true);
		smram_shut(c, false, true);
		if (c == CHIPSET_NONE)
			assert_int_equal(n_writes, 0);
		else
			assert_writes(c == CHIPSET_Q35 ? q35_writes : pc_writes, 4);
		assert_int_equal(n_reads, 0);
	}
}

static void smram_stays_unlocked_for_who_sets_a_handler_up(void **state)
{
	static const struct access expected[] = { { 0, 0x9c, 4, 0x380200 } };

	(void)state;
	start(CHIPSET_Q35);
	chipset_init(0);
	ASSERT_WRITES(expected);
}

static void smis_of_pc_are_a_bit_of_piix4(void **state)
{
	static const struct access on[] = { { PCI_BDF(0, 1, 3), 0x58, 4, 0x02000040 } }, off[] = { { PCI_BDF(0, 1, 3), 0x58, 4, 0x40 } };

	(void)state;
	start(CHIPSET_I440FX);
	piix4_id = 0x71138086;
	devactb = 0x40;
	assert_true(smi_possible(CHIPSET_I440FX));
	smi_enable(CHIPSET_I440FX);
	ASSERT_WRITES(on);
	devactb = 0x02000040;	/* as QEMU's reset leaves it where there is no SMM */
	assert_false(smi_possible(CHIPSET_I440FX));
	n_writes = 0;
	smi_disable(CHIPSET_I440FX);
	ASSERT_WRITES(off);
	piix4_id = 0xffffffff;	/* acpi=off */
	devactb = 0;
	assert_false(smi_possible(CHIPSET_I440FX));
	n_writes = 0;
	smi_lock(CHIPSET_I440FX);
	assert_int_equal(n_writes, 0);
}

static void smis_of_q35_are_a_port_of_ich9(void **state)
{
	static const struct access lock[] = { { PCI_BDF(0, 31, 0), 0xa0, 4, 0x10 } };

	(void)state;
	start(CHIPSET_Q35);
	smi_en = 2;
	assert_false(smi_possible(CHIPSET_Q35));	/* no bridge */
	ich9_id = 0x29188086;
	assert_true(smi_possible(CHIPSET_Q35));
	smi_enable(CHIPSET_Q35);
	assert_true(n_ports == 1 && ports[0].reg == 0x630 && ports[0].width == 4 && ports[0].value == 0x23);
	smi_en = 0x23;
	assert_false(smi_possible(CHIPSET_Q35));
	smi_disable(CHIPSET_Q35);
	assert_true(n_ports == 2 && ports[1].reg == 0x630 && ports[1].value == 2);
	smi_lock(CHIPSET_Q35);
	ASSERT_WRITES(lock);
	assert_false(smi_possible(CHIPSET_NONE));
}

static void the_shadow_is_locked_and_opened_by_one_write(void **state)
{
	static const struct access pc_lock[] = { { 0, 0x58, 4, 0x1000 } };
	static const struct access q35_lock[] = { { 0, 0x90, 4, 0x10 } };
	static const struct access pc_open[] = { { 0, 0x58, 4, 0x3000 } };
	static const struct access q35_open[] = { { 0, 0x90, 4, 0x30 } };

	(void)state;
	start(CHIPSET_I440FX);
	shadow_lock(CHIPSET_I440FX);
	ASSERT_WRITES(pc_lock);
	start(CHIPSET_Q35);
	shadow_lock(CHIPSET_Q35);
	ASSERT_WRITES(q35_lock);
	start(CHIPSET_I440FX);
	shadow_open(CHIPSET_I440FX);
	ASSERT_WRITES(pc_open);
	start(CHIPSET_Q35);
	shadow_open(CHIPSET_Q35);
	ASSERT_WRITES(q35_open);
}

/* What is kept up to end, as the registers have it: the first dword at the lock, the second at once. */
static const struct kept { uint32_t end, pc[2], q35[2]; } kept[] = {
	{ 0xc0000, { 0x00001000, 0x33000000 }, { 0x00000010, 0x00330000 } },
	{ 0xc0800, { 0x00011000, 0x33000000 }, { 0x00000110, 0x00330000 } },
	{ 0xc4000, { 0x00011000, 0x33000000 }, { 0x00000110, 0x00330000 } },
	{ 0xc4800, { 0x00111000, 0x33000000 }, { 0x00001110, 0x00330000 } },
	{ 0xca000, { 0x01111000, 0x33000000 }, { 0x00011110, 0x00330000 } },
	{ 0xd0000, { 0x11111000, 0x33000000 }, { 0x00111110, 0x00330000 } },
	{ 0xd0800, { 0x11111000, 0x33000001 }, { 0x01111110, 0x00330000 } },
	{ 0xd8000, { 0x11111000, 0x33000011 }, { 0x11111110, 0x00330000 } },
	{ 0xd8800, { 0x11111000, 0x33000111 }, { 0x11111110, 0x00330001 } },
	{ 0xe4000, { 0x11111000, 0x33011111 }, { 0x11111110, 0x00330111 } },
	{ 0xe4800, { 0x11111000, 0x33111111 }, { 0x11111110, 0x00331111 } },
	{ 0xe8000, { 0x11111000, 0x33111111 }, { 0x11111110, 0x00331111 } },
};

static void rom_space_is_opened_once_and_closed_with_the_lock(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		const struct access pc_writes[] = { { 0, 0x58, 4, 0x33333000 }, { 0, 0x58, 4, kept[i].pc[0] } };
		const struct access q35_writes[] = { { 0, 0x90, 4, 0x33333330 }, { 0, 0x90, 4, kept[i].q35[0] } };

		if (kept[i].end <= 0xd0000) {
			start(CHIPSET_I440FX);
			shadow_open_roms(CHIPSET_I440FX, kept[i].end);
			shadow_keep_roms(CHIPSET_I440FX, kept[i].end);
			shadow_lock(CHIPSET_I440FX);
			ASSERT_WRITES(pc_writes);
		}
		if (kept[i].end <= 0xd8000) {
			start(CHIPSET_Q35);
			shadow_open_roms(CHIPSET_Q35, kept[i].end);
			shadow_keep_roms(CHIPSET_Q35, kept[i].end);
			shadow_lock(CHIPSET_Q35);
			ASSERT_WRITES(q35_writes);
		}
	}
}

static void the_second_half_is_opened_when_it_is_needed_and_closed_with_what_is_kept(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		const struct access pc_writes[] = {
			{ 0, 0x58, 4, 0x33333000 }, { 0, 0x5c, 4, 0x33333333 },
			{ 0, 0x5c, 4, kept[i].pc[1] }, { 0, 0x58, 4, kept[i].pc[0] },
		};
		const struct access q35_writes[] = {
			{ 0, 0x90, 4, 0x33333330 }, { 0, 0x94, 4, 0x00333333 },
			{ 0, 0x94, 4, kept[i].q35[1] }, { 0, 0x90, 4, kept[i].q35[0] },
		};

		start(CHIPSET_I440FX);
		shadow_open_roms(CHIPSET_I440FX, 0xd0000);
		shadow_open_roms(CHIPSET_I440FX, 0xd0001);
		shadow_open_roms(CHIPSET_I440FX, 0xe8000);
		shadow_open_roms(CHIPSET_I440FX, 0xc0000);
		shadow_keep_roms(CHIPSET_I440FX, kept[i].end);
		shadow_lock(CHIPSET_I440FX);
		ASSERT_WRITES(pc_writes);
		start(CHIPSET_Q35);
		shadow_open_roms(CHIPSET_Q35, 0xd8000);
		shadow_open_roms(CHIPSET_Q35, 0xe8000);
		shadow_keep_roms(CHIPSET_Q35, kept[i].end);
		shadow_lock(CHIPSET_Q35);
		ASSERT_WRITES(q35_writes);
	}
}

/* What is open is forgotten with what was kept: the second half is written once, and the next lock shows the same. */
static void rom_space_is_opened_and_closed_any_number_of_times(void **state)
{
	static const struct access again[] = {
		{ 0, 0x58, 4, 0x33333000 }, { 0, 0x5c, 4, 0x33333333 }, { 0, 0x5c, 4, 0x33000011 }, { 0, 0x58, 4, 0x11111000 },
		{ 0, 0x58, 4, 0x11111000 }, { 0, 0x58, 4, 0x33333000 }, { 0, 0x58, 4, 0x01111000 },
	};

	(void)state;
	start(CHIPSET_I440FX);
	shadow_open_roms(CHIPSET_I440FX, 0xd4800);
	shadow_keep_roms(CHIPSET_I440FX, 0xd4800);
	shadow_lock(CHIPSET_I440FX);
	shadow_lock(CHIPSET_I440FX);
	shadow_open_roms(CHIPSET_I440FX, 0xc0000);
	shadow_keep_roms(CHIPSET_I440FX, 0xca000);
	shadow_lock(CHIPSET_I440FX);
	ASSERT_WRITES(again);
}

static void boards_without_shadow_registers_are_left_alone(void **state)
{
	(void)state;
	start(CHIPSET_NONE);
	shadow_open_roms(CHIPSET_NONE, 0xe0000);
	shadow_keep_roms(CHIPSET_NONE, 0xca000);
	shadow_lock(CHIPSET_NONE);
	shadow_open(CHIPSET_NONE);
	assert_int_equal(n_writes, 0);
}

/* Every bit of them counts; what else is in the two dwords is not theirs. */
static void shadow_registers_that_were_changed_are_seen_and_written_again(void **state)
{
	static const struct { enum chipset chipset; uint8_t reg; uint32_t first, second, theirs[2]; } boards[] = {
		{ CHIPSET_I440FX, 0x58, 0x11111000, 0x33000011, { 0xffffff00, 0xffffffff } },
		{ CHIPSET_Q35, 0x90, 0x11111110, 0x00330000, { 0xffffffff, 0x00ffffff } },
	};
	uint32_t expected[2], found[2];

	(void)state;
	for (uint32_t i = 0; i < 2; i++) {
		start(boards[i].chipset);
		shadow_open_roms(boards[i].chipset, 0xe0000);
		shadow_keep_roms(boards[i].chipset, 0xd8000);
		shadow_lock(boards[i].chipset);
		for (uint32_t bit = 0; bit < 64; bit++) {
			bool theirs = boards[i].theirs[bit / 32] >> bit % 32 & 1;

			pam[0] = boards[i].first;
			pam[1] = boards[i].second;
			pam[bit / 32] ^= 1u << bit % 32;
			n_reads = 0;
			assert_int_equal(shadow_is_locked(boards[i].chipset, expected, found), !theirs);
			assert_int_equal(expected[0], boards[i].first);
			assert_int_equal(expected[1], boards[i].second);
			assert_int_equal(found[0], pam[0] & boards[i].theirs[0]);
			assert_int_equal(found[1], pam[1] & boards[i].theirs[1]);
		}
		n_writes = 0;
		shadow_lock_again(boards[i].chipset);
		assert_int_equal(n_writes, 2);
		assert_int_equal(writes[0].reg, boards[i].reg);
		assert_int_equal(writes[0].value, boards[i].first);
		assert_int_equal(writes[1].reg, boards[i].reg + 4);
		assert_int_equal(writes[1].value, boards[i].second);
	}
	start(CHIPSET_NONE);
	assert_true(shadow_is_locked(CHIPSET_NONE, expected, found));
	shadow_lock_again(CHIPSET_NONE);
	assert_int_equal(n_writes + n_reads, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pc_gets_its_routes_and_power_management),
		cmocka_unit_test(pc_without_acpi_has_no_power_management_to_program),
		cmocka_unit_test(a_piix4_south_bridge_is_programmed_like_a_piix3),
		cmocka_unit_test(the_same_chip_elsewhere_is_left_alone),
		cmocka_unit_test(q35_gets_its_routes_and_power_management),
		cmocka_unit_test(what_the_os_switches_on_is_left_off),
		cmocka_unit_test(q35_without_its_bridge_is_reported),
		cmocka_unit_test(the_routes_are_what_the_interrupt_lines_say),
		cmocka_unit_test(machines_without_pci_are_left_alone),
		cmocka_unit_test(a_wake_programs_what_is_there),
		cmocka_unit_test(a_failed_pci_scan_is_survived),
		cmocka_unit_test(smram_that_a_guest_left_open_is_closed),
		cmocka_unit_test(smram_is_opened_shut_and_locked),
		cmocka_unit_test(smram_stays_unlocked_for_who_sets_a_handler_up),
		cmocka_unit_test(smis_of_pc_are_a_bit_of_piix4),
		cmocka_unit_test(smis_of_q35_are_a_port_of_ich9),
		cmocka_unit_test(the_shadow_is_locked_and_opened_by_one_write),
		cmocka_unit_test(rom_space_is_opened_once_and_closed_with_the_lock),
		cmocka_unit_test(the_second_half_is_opened_when_it_is_needed_and_closed_with_what_is_kept),
		cmocka_unit_test(rom_space_is_opened_and_closed_any_number_of_times),
		cmocka_unit_test(boards_without_shadow_registers_are_left_alone),
		cmocka_unit_test(shadow_registers_that_were_changed_are_seen_and_written_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/block/probe_test.c: every controller is given to its driver, in order, and no other function is.
 * LINK: src/hw/block/probe.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "hw/block/ata/ahci.h"
#include "hw/block/floppy/floppy.h"
#include "hw/block/ata/ide.h"
#include "hw/block/hba/am53c974.h"
#include "hw/block/hba/lsi.h"
#include "hw/block/hba/megasas.h"
#include "hw/block/hba/mptsas.h"
#include "hw/block/hba/pvscsi.h"
#include "hw/block/nvme/nvme.h"
#include "hw/block/probe.h"
#include "hw/block/sd/sd.h"
#include "hw/block/virtio/virtio.h"
#include "hw/block/virtio/virtio_blk.h"
#include "hw/block/virtio/virtio_scsi.h"
#include "hw/pci/tree.h"
#include "lib/bits.h"
#include "machine/machine.h"

struct machine machine;

static char said[400];			/* which drivers were called for what */
static uint32_t slots[2];		/* addresses that hold a disk, */
static uint32_t scsi_slot;		/* and a SCSI host */
static uint32_t looks;			/* at slots */

static void say(const char *driver, uint32_t what)
{
	size_t at = strlen(said);

	snprintf(said + at, sizeof(said) - at, "%s %x, ", driver, what);
}

int ahci_init(const struct pci_function *f) { say("ahci", f->bdf); return 0; }
int virtio_blk_init_pci(const struct pci_function *f) { say("virtio", f->bdf); return 0; }
int lsi_init(const struct pci_function *f) { say("lsi", f->bdf); return 0; }
int am53c974_init(const struct pci_function *f) { say("am53c974", f->bdf); return 0; }
int megasas_init(const struct pci_function *f) { say("megasas", f->bdf); return 0; }
int pvscsi_init(const struct pci_function *f) { say("pvscsi", f->bdf); return 0; }
int mptsas_init(const struct pci_function *f) { say("mptsas", f->bdf); return 0; }
int virtio_scsi_init_pci(const struct pci_function *f) { say("scsi", f->bdf); return 0; }
int virtio_scsi_init_mmio(uint32_t base) { say("mmio-scsi", base); return 0; }
int virtio_blk_init_mmio(uint32_t base) { say("mmio", base); return 0; }
int nvme_init(const struct pci_function *f) { say("nvme", f->bdf); return 0; }
int ide_init_pci(const struct pci_function *f) { say("ide", f->bdf); return 0; }
int sd_init(const struct pci_function *f) { say("sd", f->bdf); return 0; }
void ide_init_isa(void) { say("isa", 0); }
void floppy_init(void) { say("floppy", 0); }

uint32_t virtio_mmio_device(uint32_t base)
{
	looks++;
	if (base == slots[0] || base == slots[1])
		return VIRTIO_BLK;
	return base == scsi_slot ? VIRTIO_SCSI : base == 0xfeb00400 ? 1 : 0;
}

static int set_up(void **state)
{
	(void)state;
	memset(&machine, 0, sizeof(machine));
	said[0] = 0;
	slots[0] = slots[1] = scsi_slot = looks = 0;
	return 0;
}

static void pci_functions_are_taken_by_kind_and_then_in_their_order(void **state)
{
	static const struct { uint32_t id, class_revision; } functions[] = {
		{ 0x12378086, 0x06000002 },	/* host bridge */
		{ 0x70108086, 0x01018000 },	/* IDE */
		{ 0x10001af4, 0x02000000 },	/* virtio-net */
		{ VIRTIO_BLK_MODERN, 0x01000001 },
		{ 0x29228086, 0x01060102 },	/* AHCI */
		{ 0x11111111, 0x01060002 },	/* SATA, not AHCI */
		{ VIRTIO_SCSI_LEGACY, 0x01000000 },
		{ VIRTIO_BLK_LEGACY, 0x01000000 },
		{ 0x22222222, 0x01000001 },	/* SCSI */
		{ 0x71118086, 0x01018000 },	/* IDE */
		{ VIRTIO_SCSI_MODERN, 0x01000001 },
		{ AM53C974, 0x01000000 },
		{ LSI_53C895A, 0x01000000 },
		{ 0x00071b36, 0x08050100 },	/* SD */
		{ MPTSAS1068, 0x01000000 },
		{ PVSCSI, 0x01000000 },
		{ MEGASAS_GEN2, 0x01040000 },
		{ MEGASAS_GEN1, 0x01040000 },
		{ 0x00101b36, 0x01080202 },	/* NVMe */
	};
	static struct pci_function function[ARRAY_SIZE(functions)];
	static struct pci_tree tree = { .function = function, .count = ARRAY_SIZE(functions) };

	(void)state;
	machine.pci = &tree;
	machine.chipset = CHIPSET_I440FX;
	for (uint32_t i = 0; i < ARRAY_SIZE(functions); i++) {
		function[i].bdf = (uint16_t)(i << 3);
		function[i].id = functions[i].id;
		function[i].class_revision = functions[i].class_revision;
	}
	block_probe(NULL, 0);
	assert_string_equal(said, "ide 8, ide 48, ahci 20, virtio 18, virtio 38, scsi 30, scsi 50, lsi 60, am53c974 58, "
			    "megasas 80, megasas 88, pvscsi 78, mptsas 70, sd 68, nvme 90, floppy 0, ");
}

/* QEMU puts the first device into the highest slot. */
static void slots_are_looked_at_from_the_highest_down(void **state)
{
	(void)state;
	machine.chipset = CHIPSET_NONE;
	slots[0] = 0xfeb00000;
	slots[1] = 0xfeb02e00;
	scsi_slot = 0xfeb00200;
	block_probe(NULL, 0);
	assert_string_equal(said, "isa 0, mmio feb02e00, mmio-scsi feb00200, mmio feb00000, floppy 0, ");
	assert_int_equal(looks, 24);
}

static void slots_that_are_known_are_those_that_are_looked_at(void **state)
{
	static const uint32_t known[] = { 0xd0000000, 0xfeb00000, 0xc0001000 };

	(void)state;
	machine.chipset = CHIPSET_NONE;
	slots[0] = 0xc0001000;
	slots[1] = 0xfeb02e00;
	scsi_slot = 0xd0000000;
	block_probe(known, 3);
	assert_string_equal(said, "isa 0, mmio-scsi d0000000, mmio c0001000, floppy 0, ");
	assert_int_equal(looks, 3);
}

static void a_pc_whose_tree_is_lost_has_no_slots(void **state)
{
	(void)state;
	machine.chipset = CHIPSET_I440FX;
	block_probe(NULL, 0);
	assert_string_equal(said, "isa 0, floppy 0, ");
}

static void only_what_a_driver_takes_has_one(void **state)
{
	static const struct { uint32_t id, class_revision; bool has; } functions[] = {
		{ 0x10011af4, 0x01000000, true }, { 0x10421af4, 0x01000001, true },	/* virtio-blk, old and new */
		{ 0x70108086, 0x01018000, true }, { 0x12345678, 0x01018a05, true },	/* IDE */
		{ 0x00071b36, 0x08050100, true }, { 0x00071b36, 0x08050000, true }, { 0x00071b36, 0x08000000, false },	/* SD */
		{ 0x29228086, 0x01060102, true }, { 0x00101b36, 0x01080202, true },	/* AHCI, NVMe */
		{ 0x29228086, 0x01060002, false },					/* SATA of another kind */
		{ 0x00601000, 0x01040000, true }, { 0x00791000, 0x01040000, true },	/* MegaRAID SAS */
		{ 0x07c015ad, 0x01000000, true }, { 0x00541000, 0x01000000, true },	/* PVSCSI, SAS 1068 */
		{ 0x005b1000, 0x01040000, false },					/* MegaRAID of a later kind */
		{ 0x10041af4, 0x01000000, true }, { 0x10481af4, 0x01000001, true },	/* virtio-scsi */
		{ 0x00121000, 0x01000000, true }, { 0x00101b36, 0x01080102, false },	/* LSI SCSI, NVMHCI */
		{ 0x10001af4, 0x02000000, false }, { 0x100e8086, 0x02000003, false }, { 0x11111234, 0x03000002, false },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(functions); i++) {
		struct pci_function f = { .id = functions[i].id, .class_revision = functions[i].class_revision };

		if (block_has_driver(&f) != functions[i].has)
			fail_msg("%08x %08x", f.id, f.class_revision);
	}
	assert_string_equal(said, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(pci_functions_are_taken_by_kind_and_then_in_their_order, set_up),
		cmocka_unit_test_setup(only_what_a_driver_takes_has_one, set_up),
		cmocka_unit_test_setup(slots_are_looked_at_from_the_highest_down, set_up),
		cmocka_unit_test_setup(slots_that_are_known_are_those_that_are_looked_at, set_up),
		cmocka_unit_test_setup(a_pc_whose_tree_is_lost_has_no_slots, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

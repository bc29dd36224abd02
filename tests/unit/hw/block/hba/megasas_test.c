/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/block/hba/megasas_test.c: drives behind a fake MegaRAID controller: what is true of all adapters, and what is of this.
 * LINK: src/hw/block/hba/megasas.c src/hw/block/hba/adapter.c src/hw/block/controller.c src/hw/block/model.c src/hw/block/scsi/target.c src/hw/block/scsi/disk.c src/hw/block/scsi/command.c
 * LINK: src/hw/block/scsi/packet.c src/hw/block/block.c src/hw/block/sectors.c src/dma/dma.c src/dma/sg.c src/hw/pci/config.c tests/fake/hba.c tests/fake/scsi.c
 * LINK: tests/fake/block.c tests/fake/io.c tests/fake/ram.c tests/fake/alloc.c tests/fake/timer.c tests/fake/log.c
 */
#include "hw/block/hba/megasas.h"

#define KIND		FAKE_MEGASAS
#define INIT		megasas_init
#define LAST_TARGET	63
#define LUN		255
#include "fake/hba_case.h"

static void a_disk_costs_eight_accesses_and_a_read_one(STATE)
{
	struct block *b;

	fake_scsi_add(0, 0, 0, SECTORS);
	init();
	b = block_first;
	/* CF8 and CFC, the state, the list, INQUIRY, READ CAPACITY twice (UNIT ATTENTION), REPORT LUNS */
	assert_int_equal(fake_io_accesses(), 8);
	assert_int_equal(cost(b), 1);
	assert_int_equal(fake_hba.resets, 0);
}

static void targets_keep_the_order_of_the_list(STATE)
{
	static const uint8_t added[] = { 3, 0, 63, 7 };

	for (uint32_t i = 0; i < 4; i++)
		fake_scsi_add(added[i], 0, 0, SECTORS);
	assert_int_equal(init(), 0);
	for (struct block *b = block_first; b; b = b->next)
		assert_int_equal(b->target, added[3 - (b == block_first ? 0 : b == block_first->next ? 1 : b->next ? 2 : 3)]);
	assert_int_equal(drives(), 4);
}

static void without_logical_drives_physical_ones_are_used(STATE)
{
	fake_hba.jbod = true;
	drives_are_found_in_the_order_of_their_targets(state);
}

/* The second generation has its registers in BAR 1. */
static void the_second_generation_is_the_same(STATE)
{
	struct pci_function f = fake_hba_function();

	f.id = MEGASAS_GEN2;
	f.bar[1] = f.bar[0];
	f.bar[0] = (struct pci_bar){ .base = 0xc000, .size = 256, .kind = PCI_IO };
	fake_scsi_add(3, 0, 0, SECTORS);
	assert_int_equal(megasas_init(&f), 0);
	assert_int_equal(drives(), 1);
	reads_back(block_first, 1, 1);
}

static void a_controller_that_is_not_ready_is_reset(STATE)
{
	fake_hba_leave(0xc, 0);
	disk();
	assert_int_equal(fake_hba.resets, 1);
	fresh(state);
	fake_hba_leave(0xf, 0);
	fake_hba.reset_sticks = true;
	assert_int_equal(init(), -EIO);
	assert_int_equal(fake_hba.command, 0);
}

static void a_list_that_is_longer_than_itself_is_cut(STATE)
{
	static const uint32_t counts[] = { 65, 0xffffffff };

	for (uint32_t i = 0; i < 2; i++) {
		fresh(state);
		fake_scsi_add(0, 0, 0, SECTORS);
		fake_hba.count = counts[i];
		assert_int_equal(init(), 0);
		assert_int_equal(drives(), 1);
		assert_true(fake_log_has("megasas: 00:04.0: a list of 65 drives, expected 64 at most") || i);
	}
	fresh(state);
	fake_scsi_add(0, 0, 0, SECTORS);
	fake_hba.jbod = true;
	fake_hba.count = 64;	/* of nothing: target 0, 64 times */
	assert_int_equal(init(), 0);
	assert_int_equal(drives(), 0);
}

static void a_list_that_is_refused_is_the_end(STATE)
{
	fake_scsi_add(0, 0, 0, SECTORS);
	fake_hba.spoil = true;
	fake_hba.status = 0x03;
	assert_int_equal(init(), -EIO);
	assert_true(fake_log_has("megasas: 00:04.0: list of drives (03010000): status 03"));
	assert_int_equal(drives(), 0);
	assert_int_equal(fake_alloc_live(ZONE_TEMP), 0);
}

static void every_status_but_two_is_an_error_that_is_told(STATE)
{
	struct block *b = disk();

	for (uint32_t status = 1; status < 0xff; status++) {
		fake_log_reset();
		fake_hba.spoil = true;
		fake_hba.status = (uint8_t)status;
		fake_hba.scsi_status = 8;
		assert_int_equal(get(b, 1, 1, BUFFER), status == 0x0c ? -ENODEV : -EIO);
		assert_true(status == 0x0c || fake_log_has("SCSI status 08"));
		reads_back(b, 1, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HBA_TESTS,
		HBA_TEST(targets_keep_the_order_of_the_list),
		HBA_TEST(a_disk_costs_eight_accesses_and_a_read_one), HBA_TEST(without_logical_drives_physical_ones_are_used),
		HBA_TEST(the_second_generation_is_the_same), HBA_TEST(a_controller_that_is_not_ready_is_reset),
		HBA_TEST(a_list_that_is_longer_than_itself_is_cut), HBA_TEST(a_list_that_is_refused_is_the_end),
		HBA_TEST(every_status_but_two_is_an_error_that_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

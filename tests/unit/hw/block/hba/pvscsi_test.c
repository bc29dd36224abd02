/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/block/hba/pvscsi_test.c: drives behind a fake PVSCSI adapter: what is true of all adapters, and what is of this.
 * LINK: src/hw/block/hba/pvscsi.c src/hw/block/hba/adapter.c src/hw/block/controller.c src/hw/block/model.c src/hw/block/scsi/target.c src/hw/block/scsi/disk.c src/hw/block/scsi/command.c
 * LINK: src/hw/block/scsi/packet.c src/hw/block/block.c src/hw/block/sectors.c src/dma/dma.c src/dma/sg.c src/hw/pci/config.c tests/fake/hba.c tests/fake/scsi.c
 * LINK: tests/fake/block.c tests/fake/io.c tests/fake/ram.c tests/fake/alloc.c tests/fake/timer.c tests/fake/log.c
 */
#include "hw/block/hba/pvscsi.h"

#define KIND		FAKE_PVSCSI
#define INIT		pvscsi_init
#define LAST_TARGET	64
#define LUN		0
#include "fake/hba_case.h"

static void targets_are_found_by_three_notifications_and_a_read_costs_one(STATE)
{
	struct block *b;

	fake_scsi_add(40, 0, 0, SECTORS);
	init();
	b = block_first;
	/* CF8 and CFC, the mask, 133 for the rings and their status; 3 for the targets; INQUIRY, READ CAPACITY, REPORT LUNS */
	assert_int_equal(fake_io_accesses(), 3 + 134 + 3 + 3);
	assert_int_equal(cost(b), 1);
	assert_int_equal(fake_hba.interrupt_mask, 0);
	assert_int_equal(fake_hba.commands, 65 + 3 + 1);
}

static void what_is_written_to_rings_goes_round(STATE)
{
	struct block *b = disk();

	for (uint32_t i = 0; i < 300; i++)
		reads_back(b, i, 1);
	assert_int_equal(fake_hba.inits, 1);
}

static void rings_that_are_refused_are_told_again_after_a_reset(STATE)
{
	fake_hba.rings_refused = 1;
	disk();
	assert_int_equal(fake_hba.resets, 1);
	fresh(state);
	fake_hba.rings_refused = 2;
	assert_int_equal(init(), -EIO);
	assert_int_equal(fake_hba.command, 0);
}

static void rings_of_another_length_are_refused(STATE)
{
	fake_scsi_add(0, 0, 0, SECTORS);
	fake_hba.ring_log2 = 6;
	assert_int_equal(init(), -EIO);
	assert_true(fake_log_has("pvscsi: rings of 2^6 requests and 2^7 completions, expected 5 and 7"));
	assert_int_equal(drives(), 0);
}

static void another_requests_completion_is_none(STATE)
{
	struct block *b = disk();

	fake_hba.spoil = true;
	fake_hba.answer = 0x12345;
	assert_int_equal(get(b, 1, 1, BUFFER), -EIO);
	assert_true(fake_log_has("pvscsi: completion of request 74565, expected "));
	assert_int_equal(fake_hba.resets, 1);
	fake_hba.answer = 0;
	reads_back(b, 1, 1);
}

static void targets_that_were_not_asked_are_not_believed(STATE)
{
	static const uint32_t answers[] = { 33, 66, 5000, 0xffffffff };

	for (uint32_t i = 0; i < 4; i++) {
		fresh(state);
		fake_scsi_add(0, 0, 0, SECTORS);
		fake_scsi_add(5, 0, 0, SECTORS);
		fake_hba.spoil = true;		/* target 0's */
		fake_hba.answer = answers[i];
		init();
		assert_int_equal(drives(), 1);
		assert_int_equal(fake_hba.commands, 65 + 3);
	}
}

static void more_completions_than_requests_are_a_lie(STATE)
{
	static const uint32_t extra[] = { 1, 128, 0x80000000, 0xfffffffe };

	for (uint32_t i = 0; i < 4; i++) {
		struct block *b;

		fresh(state);
		b = disk();
		fake_hba.spoil = true;
		fake_hba.extra = extra[i];
		assert_int_equal(get(b, 1, 1, BUFFER), -EIO);
		assert_int_equal(fake_hba.resets, 1);
		reads_back(b, 1, 1);
	}
}

static void completions_may_come_one_by_one(STATE)
{
	fake_hba.looks = 5;
	disk();
	assert_int_equal(fake_timer_expired, 0);
}

static void other_statuses_are_errors_that_are_told(STATE)
{
	struct block *b = disk();

	for (uint32_t status = 1; status < 0xff; status++) {
		int rc = status == 0x11 ? -ENODEV : -EIO;

		fake_log_reset();
		fake_hba.spoil = true;
		fake_hba.status = (uint8_t)status;
		assert_int_equal(get(b, 1, 1, BUFFER), rc);
		assert_true(status == 0x11 || fake_log_lines());
		reads_back(b, 1, 1);
	}
	fake_hba.spoil = true;
	fake_hba.status = 0;
	fake_hba.scsi_status = 8;
	assert_int_equal(get(b, 1, 1, BUFFER), -EIO);
	assert_true(fake_log_has("host status 00, SCSI status 08"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HBA_TESTS,
		HBA_TEST(targets_are_found_by_three_notifications_and_a_read_costs_one),
		HBA_TEST(what_is_written_to_rings_goes_round), HBA_TEST(rings_that_are_refused_are_told_again_after_a_reset),
		HBA_TEST(rings_of_another_length_are_refused), HBA_TEST(another_requests_completion_is_none),
		HBA_TEST(targets_that_were_not_asked_are_not_believed),
		HBA_TEST(more_completions_than_requests_are_a_lie), HBA_TEST(completions_may_come_one_by_one),
		HBA_TEST(other_statuses_are_errors_that_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

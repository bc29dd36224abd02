/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/block/hba/mptsas_test.c: drives behind a fake SAS 1068: what is true of all adapters, and what is of this.
 * LINK: src/hw/block/hba/mptsas.c src/hw/block/hba/adapter.c src/hw/block/controller.c src/hw/block/model.c src/hw/block/scsi/target.c src/hw/block/scsi/disk.c src/hw/block/scsi/command.c
 * LINK: src/hw/block/scsi/packet.c src/hw/block/block.c src/hw/block/sectors.c src/dma/dma.c src/dma/sg.c src/hw/pci/config.c tests/fake/hba.c tests/fake/scsi.c
 * LINK: tests/fake/block.c tests/fake/io.c tests/fake/ram.c tests/fake/alloc.c tests/fake/timer.c tests/fake/log.c
 */
#include "hw/block/hba/mptsas.h"

#define KIND		FAKE_MPTSAS
#define INIT		mptsas_init
#define LAST_TARGET	7
#define LUN		1
#include "fake/hba_case.h"

static void a_read_costs_two_accesses(STATE)
{
	struct block *b = disk();

	assert_int_equal(cost(b), 2);
	assert_int_equal(fake_hba.inits, 1);
}

static void the_fifo_is_not_looked_at_all_the_time(STATE)
{
	struct block *b = disk();

	fake_hba.looks = 900;
	assert_in_range(cost(b), 3, 16);
}

static void an_answer_that_was_left_unheard_is_read_to_its_end(STATE)
{
	static const uint32_t words[] = { 1, 10, 160 };

	for (uint32_t i = 0; i < 3; i++) {
		fresh(state);
		fake_hba_leave(1, words[i]);
		disk();
		assert_int_equal(fake_hba.resets, 1);
	}
}

static void an_adapter_that_is_not_ready_is_reset(STATE)
{
	static const uint32_t states[] = { 0, 2, 4 };

	for (uint32_t i = 0; i < 3; i++) {
		fresh(state);
		fake_hba_leave(states[i], 0);
		disk();
		assert_int_equal(fake_hba.resets, 1);
	}
}

static void an_initialisation_that_fails_is_tried_twice(STATE)
{
	fake_scsi_add(0, 0, 0, SECTORS);
	fake_hba.init_status = 7;
	assert_int_equal(init(), -EIO);
	assert_int_equal(fake_hba.inits, 2);
	assert_true(fake_log_has("mptsas: 00:04.0: initialisation ended with status 0007 in state 2, expected 2"));
	assert_int_equal(fake_hba.command, 0);
	fresh(state);
	fake_hba.attention_stays = true;
	assert_int_equal(init(), -EIO);
	assert_int_equal(fake_hba.command, 0);
}

static void an_answer_of_any_length_is_read_to_its_end(STATE)
{
	static const uint32_t words[] = { 2, 12, 200 };

	for (uint32_t i = 0; i < 3; i++) {
		fresh(state);
		fake_hba.init_words = words[i];
		fake_scsi_add(0, 0, 0, SECTORS);
		init();
		assert_int_equal(drives(), words[i] >= 10);
	}
}

static void answers_that_are_no_answers_are_refused(STATE)
{
	static const uint32_t answers[] = { 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe, 3, 1 };

	for (uint32_t i = 0; i < 6; i++) {
		struct block *b;

		fresh(state);
		b = disk();
		fake_hba.spoil = true;
		fake_hba.answer = answers[i];
		assert_int_equal(get(b, 1, 1, BUFFER), -EIO);
		assert_true(fake_log_has("mptsas: answer "));
		assert_int_equal(fake_hba.resets, 1);
		fake_hba.answer = 0;
		reads_back(b, 1, 1);
	}
}

/* As an old one would be. */
static void a_frame_about_another_command_is_refused(STATE)
{
	struct block *b = disk();

	fake_hba.spoil = true;
	fake_hba.answer = 0x80000000 | fake_hba.frame >> 1;
	assert_int_equal(get(b, 1, 1, BUFFER), -EIO);
	assert_int_equal(fake_hba.resets, 1);
	fake_hba.answer = 0;
	reads_back(b, 1, 1);
}

/* It ended when nobody waited any more, and not well: its frame is wanted for the next. */
static void a_late_errors_frame_is_given_back(STATE)
{
	struct block *b = disk();

	fake_hba.lose_at = fake_hba.lose_times = 1;
	fake_hba.hold = true;
	assert_int_equal(raw(b), -EINPROGRESS);
	fake_scsi.fail_at = fake_scsi.commands + 1;
	fake_scsi.fail_times = 2;
	fake_scsi.fail_key = 3;
	assert_int_equal(fake_hba_late(), 1);
	assert_int_equal(get(b, 1, 1, BUFFER), -EIO);
	reads_back(b, 1, 1);
	assert_int_equal(fake_hba.resets, 0);
}

static void other_statuses_are_errors_that_are_told(STATE)
{
	struct block *b = disk();

	for (uint32_t status = 1; status < 0xff; status++) {
		bool absent = status == 0x42 || status == 0x43, fine = status == 0x40 || status == 0x45;

		fake_log_reset();
		fake_hba.spoil = true;
		fake_hba.status = (uint8_t)status;
		assert_int_equal(get(b, 1, 1, BUFFER), absent ? -ENODEV : fine ? 0 : -EIO);
		assert_true(absent || fine || fake_log_has("SCSI status 00"));
		reads_back(b, 1, 1);
	}
	fake_hba.spoil = true;
	fake_hba.status = 0;
	fake_hba.scsi_status = 0x28;
	assert_int_equal(get(b, 1, 1, BUFFER), -EIO);
	assert_true(fake_log_has("IOC status 0000, SCSI status 28"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HBA_TESTS,
		HBA_TEST(a_read_costs_two_accesses), HBA_TEST(the_fifo_is_not_looked_at_all_the_time),
		HBA_TEST(an_answer_that_was_left_unheard_is_read_to_its_end), HBA_TEST(an_adapter_that_is_not_ready_is_reset),
		HBA_TEST(an_initialisation_that_fails_is_tried_twice), HBA_TEST(an_answer_of_any_length_is_read_to_its_end),
		HBA_TEST(a_frame_about_another_command_is_refused), HBA_TEST(a_late_errors_frame_is_given_back),
		HBA_TEST(answers_that_are_no_answers_are_refused), HBA_TEST(other_statuses_are_errors_that_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

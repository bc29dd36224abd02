/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/block/scsi/packet_test.c: commands to CD drives and what becomes of their answers.
 *
 * LINK: src/hw/block/scsi/packet.c src/hw/block/scsi/command.c tests/fake/timer.c tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>
#include "arch/phys.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fake/timer.h"
#include "hw/block/block.h"
#include "hw/block/scsi/packet.h"
#include "lib/errno.h"

#define STATE void **state __attribute__((unused))
#define MANY 20000

/* What the drive answers, command by command; after the script it succeeds. */
static struct {
	uint8_t key, code, qualifier;
	int rc;				/* instead of CHECK CONDITION */
} script[MANY];
static uint32_t scripted, told;		/* failures in the script, and those that have happened */
static int sense_rc;			/* of REQUEST SENSE */
static bool descriptor;
static uint32_t sense_bytes;
static uint8_t capacity[8], command[SCSI_CDB];
static uint32_t capacity_bytes, commands, senses, data_bytes;
static bool lies;			/* the answer is left as it is */
static uint32_t withheld;		/* bytes of data that do not come */

static int send(struct block *block, const uint8_t bytes[SCSI_CDB], const struct dma_list *list, uint32_t *done)
{
	uint8_t *to = phys_to_ptr(list->range[0].addr), sense[18] = { 0 };

	assert_int_equal(list->count, list->bytes != 0);
	if (bytes[0] == 0x03) {
		senses++;
		assert_int_equal(bytes[4], 18);
		assert_int_equal(list->bytes, 18);
		assert_ptr_equal(to, block->answer);
		if (descriptor)
			memcpy(sense, (uint8_t[]){ 0x72, script[told - 1].key, script[told - 1].code,
						   script[told - 1].qualifier }, 4);
		else
			memcpy(sense, (uint8_t[]){ 0x70, 0, 0xe0 | script[told - 1].key, 0, 0, 0, 0, 10, 0, 0, 0, 0,
						   script[told - 1].code, script[told - 1].qualifier }, 14);
		if (!lies)
			memcpy(to, sense, sense_bytes);
		*done = sense_bytes;
		return sense_rc;
	}
	commands++;
	memcpy(command, bytes, sizeof(command));
	if (told < scripted) {
		told++;
		*done = list->bytes;	/* in a block that is filled up */
		return script[told - 1].rc ? script[told - 1].rc : -EIO;
	}
	if (bytes[0] == 0x25) {
		assert_int_equal(list->bytes, 8);
		assert_ptr_equal(to, block->answer);
		memcpy(to, capacity, capacity_bytes);
		*done = capacity_bytes;
	} else {
		data_bytes = list->bytes;
		*done = list->bytes - withheld;
	}
	return 0;
}

static const struct block_driver driver = { .packet = send };
static struct block *block;
static struct dma_list list;

static int setup(STATE)
{
	fake_ram_reset(1 << 20);
	fake_log_reset();
	fake_timer_reset();
	block = (struct block *)(fake_ram + 0x1000);
	*block = (struct block){ .driver = &driver, .sectors = 1000, .description = "drive" };
	list = (struct dma_list){ .count = 1, .bytes = 4096, .range = { { 0x8000, 4096 } } };
	memset(script, 0, sizeof(script));
	memcpy(capacity, "\0\1\0\0\0\0\10\0", 8);
	capacity_bytes = 8;
	sense_bytes = 18;
	scripted = told = commands = senses = data_bytes = withheld = 0;
	sense_rc = 0;
	descriptor = lies = false;
	return 0;
}

static void say(uint8_t key, uint8_t code, uint32_t times)
{
	for (; times; times--) {
		script[scripted].key = key;
		script[scripted++].code = code;
	}
}

static int request(bool write, uint64_t lba, uint32_t sectors, uint32_t *done)
{
	struct block_request r = { .lba = lba, .sectors = sectors, .write = write, .list = list };
	int rc = packet_request(block, &r);

	*done = rc ? r.done : sectors;
	return rc;
}

static int read_two(uint32_t *done)
{
	return request(false, 0x12345678, 2, done);
}

static void a_read_has_its_address_and_count(STATE)
{
	static const uint8_t ten[12] = { 0x28, 0, 0x12, 0x34, 0x56, 0x78, 0, 0, 2, 0, 0, 0 };
	static const uint8_t last[12] = { 0x28, 0, 0xff, 0xff, 0xff, 0xff, 0, 0xff, 0xff, 0, 0, 0 };
	static const uint8_t twelve[12] = { 0xa8, 0, 0, 0, 0, 5, 0, 0x12, 0, 0x34, 0, 0 };
	uint32_t done;

	assert_int_equal(read_two(&done), 0);
	assert_memory_equal(command, ten, 12);
	assert_int_equal(data_bytes, 4096);
	assert_int_equal(request(false, 0xffffffff, 0xffff, &done), 0);
	assert_memory_equal(command, last, 12);
	assert_int_equal(request(false, 5, 0x120034, &done), 0);
	assert_memory_equal(command, twelve, 12);
	assert_int_equal(commands, 3);
	assert_int_equal(senses, 0);
}

static void data_that_is_not_whole_is_an_error(STATE)
{
	uint32_t done;

	for (withheld = 1; withheld <= 4096; withheld++) {
		fake_log_reset();
		assert_int_equal(read_two(&done), -EIO);
		assert_int_equal(done, (4096 - withheld) / 2048);
		assert_int_equal(fake_log_lines(), 1);
	}
}

static void what_cannot_be_asked_is_not(STATE)
{
	uint32_t done;

	assert_int_equal(request(false, 1ull << 32, 1, &done), -ERANGE);
	assert_int_equal(request(true, 0, 1, &done), -EROFS);
	assert_int_equal(commands, 0);
}

static void a_medium_tells_its_size(STATE)
{
	static const uint8_t ask[12] = { 0x25 };

	assert_int_equal(packet_media(block), 0);
	assert_memory_equal(command, ask, 12);
	assert_int_equal(block->sectors, 0x10001);
	memset(capacity, 0xff, 4);
	assert_int_equal(packet_media(block), 0);
	assert_true(block->sectors == 1ull << 32);
}

static void a_capacity_that_is_short_or_of_other_blocks_is_refused(STATE)
{
	for (capacity_bytes = 0; capacity_bytes < 8; capacity_bytes++) {
		fake_log_reset();
		assert_int_equal(packet_media(block), -EIO);
		assert_int_equal(fake_log_lines(), 1);
	}
	for (uint32_t i = 4; i < 8; i++) {
		capacity[i] ^= 1;
		assert_int_equal(packet_media(block), -EIO);
		capacity[i] ^= 1;
	}
	assert_int_equal(packet_media(block), 0);
}

static void lock_and_eject_are_one_byte(STATE)
{
	static const uint8_t lock[12] = { 0x1e, 0, 0, 0, 1 }, let_go[12] = { 0x1e }, eject[12] = { 0x1b, 0, 0, 0, 2 };

	assert_int_equal(packet_lock(block, true), 0);
	assert_memory_equal(command, lock, 12);
	assert_int_equal(packet_lock(block, false), 0);
	assert_memory_equal(command, let_go, 12);
	assert_int_equal(block->sectors, 1000);
	assert_int_equal(packet_eject(block), 0);
	assert_memory_equal(command, eject, 12);
	assert_int_equal(block->sectors, 0);
	assert_int_equal(data_bytes, 0);
}

/* How a request ends when the drive says this for ever, and how often it is sent; 0: as long as there is time. */
static const struct row {
	uint8_t key, code;
	int rc;
	uint32_t sent;
	uint64_t sectors;
} rows[] = {
	{ 0, 0, -EIO, 1, 1000 }, { 1, 0, -EIO, 8, 1000 },
	{ 2, 0x04, -EBUSY, 0, 1000 }, { 2, 0x3a, -ENOMEDIUM, 2, 0 }, { 2, 0x30, -EBUSY, 1, 1000 },
	{ 3, 0x11, -EIO, 1, 1000 }, { 4, 0, -EIO, 1, 1000 },
	{ 5, 0x21, -EIO, 1, 1000 }, { 5, 0x53, -EBUSY, 1, 1000 }, { 5, 0x20, -EIO, 1, 1000 },
	{ 6, 0x28, -EIO, 8, 0 }, { 6, 0x29, -EIO, 8, 0 }, { 7, 0x27, -EROFS, 1, 1000 },
	{ 0xb, 0, -EIO, 8, 1000 }, { 0xd, 0, -EIO, 1, 1000 }, { 0xf, 0, -EIO, 1, 1000 },
};

static void each_sense_has_its_answer(STATE)
{
	for (int d = 0; d < 2; d++)
		for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			const struct row *r = &rows[i];
			uint32_t done = 99;

			setup(state);
			descriptor = d;
			say(r->key, r->code, MANY);
			assert_int_equal(read_two(&done), r->rc);
			assert_int_equal(done, 0);
			assert_int_equal(commands, r->sent ? r->sent : 1000);
			assert_int_equal(senses, commands);
			assert_true(block->sectors == r->sectors);
			/* An error has a line with the drive and the sense; a drive without a medium is none. */
			assert_int_equal(fake_log_lines(), r->rc == -EIO || !r->sent);
		}
}

static void a_reset_and_a_changed_medium_are_got_over(STATE)
{
	uint32_t done;

	say(6, 0x29, 1);
	say(2, 0x3a, 1);
	say(6, 0x28, 1);
	say(0xb, 0, 1);
	say(2, 0x04, 30);
	assert_int_equal(read_two(&done), 0);
	assert_int_equal(done, 2);
	assert_int_equal(commands, 35);
	assert_int_equal(block->sectors, 0);
	assert_int_equal(fake_log_lines(), 0);
}

static void a_command_that_cannot_be_sent_is_not_repeated(STATE)
{
	uint32_t done;

	say(6, 0x29, 1);
	say(0, 0, 1);
	script[1].rc = -ETIMEDOUT;
	assert_int_equal(read_two(&done), -ETIMEDOUT);
	assert_int_equal(commands, 2);
	assert_int_equal(senses, 1);
}

static void a_sense_that_cannot_be_had_ends_the_request(STATE)
{
	uint32_t done;

	say(6, 0x29, MANY);
	sense_rc = -ETIMEDOUT;
	assert_int_equal(read_two(&done), -ETIMEDOUT);
	sense_rc = -EIO;
	assert_int_equal(read_two(&done), -EIO);
	assert_int_equal(done, 0);
	assert_int_equal(commands, 2);
}

static void a_sense_that_is_too_short_says_nothing(STATE)
{
	for (descriptor = 0;; descriptor = 1) {
		for (sense_bytes = 0; sense_bytes <= 18; sense_bytes++) {
			uint32_t done;

			scripted = told = commands = 0;
			say(2, 0x3a, MANY);
			assert_int_equal(read_two(&done), sense_bytes < (descriptor ? 4 : 14) ? -EIO : -ENOMEDIUM);
		}
		if (descriptor)
			break;
	}
}

static void an_answer_of_before_is_no_sense(STATE)
{
	uint32_t done;

	say(6, 0x29, 1);
	memcpy(block->answer, (uint8_t[]){ 0x70, 0, 2, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x3a }, 13);
	lies = true;
	assert_int_equal(read_two(&done), -EIO);
	assert_int_equal(commands, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_read_has_its_address_and_count, setup),
		cmocka_unit_test_setup(data_that_is_not_whole_is_an_error, setup),
		cmocka_unit_test_setup(what_cannot_be_asked_is_not, setup),
		cmocka_unit_test_setup(a_medium_tells_its_size, setup),
		cmocka_unit_test_setup(a_capacity_that_is_short_or_of_other_blocks_is_refused, setup),
		cmocka_unit_test_setup(lock_and_eject_are_one_byte, setup),
		cmocka_unit_test_setup(each_sense_has_its_answer, setup),
		cmocka_unit_test_setup(a_reset_and_a_changed_medium_are_got_over, setup),
		cmocka_unit_test_setup(a_command_that_cannot_be_sent_is_not_repeated, setup),
		cmocka_unit_test_setup(a_sense_that_cannot_be_had_ends_the_request, setup),
		cmocka_unit_test_setup(a_sense_that_is_too_short_says_nothing, setup),
		cmocka_unit_test_setup(an_answer_of_before_is_no_sense, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/block/block_test.c: vectors, flushing, requests whose caller is gone, and reads
 * into memory of the firmware's own.
 * LINK: src/hw/block/block.c src/hw/block/sectors.c src/dma/dma.c src/dma/sg.c src/mem/alloc.c src/mem/e820.c tests/fake/block.c tests/fake/ram.c
 * LINK: tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/phys.h"
#include "fake/block.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "lib/errno.h"
#include "machine/machine.h"
#include "mem/alloc.h"

struct machine machine;

#define RAM_END (16u << 20)

static int set_up(void **state)
{
	(void)state;
	fake_log_reset();
	fake_ram_reset(RAM_END);
	machine.low_ram_end = RAM_END;
	alloc_init(0xf4000, 0xf8000);
	alloc_open_high(RAM_END);
	fake_block_reset(1000);
	block_init();
	assert_int_equal(dma_init(), 0);
	return 0;
}

static void reads_go_to_memory_that_callers_cannot_have(void **state)
{
	uint8_t *own = alloc(ZONE_HIGH, 4096, 4096, "test");

	(void)state;
	assert_int_equal(block_read_own(&fake_block.block, 7, 8, own), 0);
	for (uint32_t i = 0; i < 4096; i++)
		assert_int_equal(own[i], fake_block_pattern(7 * 512 + i));
	assert_int_equal(block_read_own(&fake_block.block, 993, 8, own), -ERANGE);
	assert_int_equal(fake_block.requests, 1);
	fake_block.controller.busy = true;
	assert_int_equal(block_read_own(&fake_block.block, 0, 1, own), -EBUSY);
	fake_block.controller.busy = false;
	fake_block.fail_at = 2;
	fake_block.fail_rc = -EIO;
	assert_int_equal(block_read_own(&fake_block.block, 0, 1, own), -EIO);
	assert_false(fake_block.controller.busy);
}

static jmp_buf left;

/* A request in whose wait somebody goes elsewhere and does not come back. */
static int leave(struct block *block, struct block_request *r)
{
	(void)block;
	(void)r;
	longjmp(left, 1);
}

static int never(struct block *block, struct block_request *r)
{
	(void)block;
	(void)r;
	return -EINPROGRESS;
}

/* Drives that are at it for as long as their number is in this. */
static uint32_t at_it;

static int look(struct block *block)
{
	return at_it & 1u << block->lun ? -EALREADY : 0;
}

#define DRIVES (DMA_SPARES + 2)	/* one more than there are buffers */

/* So many drives that do not answer, each on its own controller, and a good one. */
static struct block *drives(struct block *drive[DRIVES], int (*transfer)(struct block *block, struct block_request *r))
{
	static struct block_controller controller[DRIVES];
	static struct block_driver driver;
	struct block b = fake_block.block;

	driver = fake_block.driver;
	driver.transfer = transfer;
	driver.reset = look;
	b.driver = &driver;
	at_it = 0;
	for (uint32_t i = 0; i < DRIVES; i++) {
		controller[i].busy = false;
		b.controller = &controller[i];
		b.lun = (uint16_t)i;
		drive[i] = block_add(&b);
		assert_non_null(drive[i]);
	}
	return block_add(&fake_block.block);
}

static int read_one(struct block *b, uint32_t linear)
{
	uint32_t done;

	return block_transfer(b, false, 9, 1, linear, &done);
}

static void read_and_leave(struct block *b)
{
	if (!setjmp(left)) {
		read_one(b, 0xf0000);
		fail();
	}
}

/* By the bounce buffers, one after the other, until there is none. */
static void who_is_busy_is_reset_and_works_again(void **state)
{
	struct block *drive[DRIVES], *good = drives(drive, leave);

	(void)state;
	for (uint32_t i = 0; i < DRIVES - 1; i++) {
		assert_int_equal(read_one(good, 0xf0000), 0);
		read_and_leave(drive[i]);
		assert_int_equal(read_one(drive[i], 0xf0000), -EBUSY);
	}
	assert_int_equal(read_one(good, 0xf0000), -EBUSY);
	assert_int_equal(read_one(good, 0x20000), 0);
	at_it = 1;
	block_abandon();
	assert_false(drive[0]->controller->busy);
	assert_int_equal(read_one(good, 0xf0000), 0);
	assert_int_equal(read_one(drive[0], 0xf0000), -ETIMEDOUT);
	for (uint32_t i = 1; i < DRIVES - 1; i++) {
		assert_int_equal(read_one(good, 0xf0000), 0);
		read_and_leave(drive[i]);
	}
	assert_int_equal(read_one(good, 0xf0000), -EBUSY);	/* the first has kept its own */
	at_it = 0;
	block_abandon();
	assert_int_equal(read_one(good, 0xf0000), 0);
}

/*
 * A drive that is at it keeps the bounce buffer that it has, and others take another. Whoever finds none left asks who
 * has one.
 */
static void each_of_many_drives_that_are_at_it_has_its_own_buffer(void **state)
{
	struct block *drive[DRIVES], *good = drives(drive, never);

	(void)state;
	for (uint32_t i = 0; i < DRIVES - 1; i++) {
		assert_int_equal(read_one(good, 0xf0000), 0);
		assert_int_equal(read_one(drive[i], 0xf0000), -ETIMEDOUT);
		at_it |= 1u << i;
		assert_int_equal(read_one(drive[i], 0xf0000), -ETIMEDOUT);	/* it takes no second */
		for (uint32_t k = 0; k < i; k++)
			assert_true(drive[k]->state.held && drive[k]->state.held != drive[i]->state.held);
	}
	assert_int_equal(read_one(drive[DRIVES - 1], 0xf0000), -EBUSY);
	assert_int_equal(read_one(good, 0xf0000), -EBUSY);
	assert_int_equal(read_one(good, 0x20000), 0);
	at_it &= ~(1u << 3);
	drive[3]->controller->busy = true;	/* somebody waits: whether it has ended is not for others to find out */
	assert_int_equal(read_one(good, 0xf0000), -EBUSY);
	drive[3]->controller->busy = false;
	assert_int_equal(read_one(good, 0xf0000), 0);
	assert_null(drive[3]->state.held);
	assert_int_equal(block_reset(drive[5]), -ETIMEDOUT);
	at_it &= ~(1u << 5);
	assert_int_equal(block_reset(drive[5]), 0);
	assert_null(drive[5]->state.held);
	block_abandon();
	assert_non_null(drive[4]->state.held);
	for (uint32_t i = 0; i < 2; i++)	/* what was given back is there, and no more */
		assert_int_equal(read_one(drive[i ? 3 : 5], 0xf0000), -ETIMEDOUT);
	at_it |= 1u << 3 | 1u << 5;
	assert_int_equal(read_one(good, 0xf0000), -EBUSY);
}

/* A vector is one request, wherever its pieces lie: the firmware's own memory, a caller's, memory that is bounced. */
static void a_vector_is_one_request(void **state)
{
	uint8_t *own = alloc(ZONE_HIGH, 1024, 512, "test"), *guest = phys_to_ptr(0x20001), *vectors = phys_to_ptr(0x200);
	struct sg_list sg;
	uint32_t done;

	(void)state;
	sg_init(&sg);
	sg_append(&sg, (uint32_t)ptr_to_phys(own), 512, true);
	sg_append(&sg, 0x20001, 1024, false);
	sg_append(&sg, 0x200, 512, false);
	assert_int_equal(block_readv(&fake_block.block, 5, &sg, &done), 0);
	assert_int_equal(done, 4);
	assert_int_equal(fake_block.requests, 1);
	for (uint32_t i = 0; i < 512; i++) {
		assert_int_equal(own[i], fake_block_pattern(5 * 512 + i));
		assert_int_equal(guest[i], fake_block_pattern(6 * 512 + i));
		assert_int_equal(guest[512 + i], fake_block_pattern(7 * 512 + i));
		assert_int_equal(vectors[i], fake_block_pattern(8 * 512 + i));
	}
	memset(own, 0x77, 512);
	memset(guest, 0x88, 1024);
	assert_int_equal(block_writev(&fake_block.block, 11, &sg, &done), 0);
	assert_int_equal(done, 4);
	assert_int_equal(fake_block.data[11 * 512], 0x77);
	assert_int_equal(fake_block.data[12 * 512], 0x88);
	assert_int_equal(fake_block.data[14 * 512], fake_block_pattern(8 * 512));
	assert_int_equal(block_readv(&fake_block.block, 997, &sg, &done), -ERANGE);
	sg_single(&sg, 0x20000, 513);
	assert_int_equal(block_readv(&fake_block.block, 5, &sg, &done), -EINVAL);
	fake_block.controller.busy = true;
	sg_single(&sg, 0x20000, 512);
	assert_int_equal(block_readv(&fake_block.block, 5, &sg, &done), -EBUSY);
	fake_block.controller.busy = false;
}

static uint32_t flushes;
static int flush_rc;

static int flush(struct block *block)
{
	(void)block;
	flushes++;
	return flush_rc;
}

/* What is said to be written is on the medium; a read is not flushed. */
static void writes_are_flushed(void **state)
{
	uint32_t done;

	(void)state;
	flushes = 0;
	flush_rc = 0;
	assert_int_equal(block_flush(&fake_block.block), 0);	/* has none */
	fake_block.driver.flush = flush;
	assert_int_equal(block_transfer(&fake_block.block, false, 0, 1, 0x20000, &done), 0);
	assert_int_equal(flushes, 0);
	assert_int_equal(block_transfer(&fake_block.block, true, 0, 1, 0x20000, &done), 0);
	assert_int_equal(flushes, 1);
	flush_rc = -EIO;
	assert_int_equal(block_transfer(&fake_block.block, true, 0, 1, 0x20000, &done), -EIO);
	assert_int_equal(done, 0);
	assert_int_equal(block_flush(&fake_block.block), -EIO);
	assert_false(fake_block.controller.busy);
}

static int get(struct block *b, uint32_t lba, uint32_t linear)
{
	uint32_t done = 7;
	int rc = block_transfer(b, false, lba, 4, linear, &done);

	assert_int_equal(done, rc ? 0 : 4);
	assert_false(fake_block.controller.busy);
	for (uint32_t i = 0; rc == 0 && linear < 0xf0000 && i < 4 * 512; i++)
		assert_int_equal(((uint8_t *)phys_to_ptr(linear))[i], fake_block_pattern(lba * 512 + i));
	return rc;
}

static void fails(int rc, bool stays)
{
	fake_block.fail_at = fake_block.requests + 1;
	fake_block.fail_rc = rc;
	fake_block.fail_stays = stays;
	fake_block.resets = 0;
	fake_log_reset();
}

#define AT "block: fake disk at 00:01.0, 0.0.0: read of 4 sectors at 9: "

/* At once, in parts (the firmware's own memory), and into memory of the firmware's own. */
static void what_is_lost_is_asked_for_once_more(void **state)
{
	struct block *b = block_add(&fake_block.block);
	uint8_t *own = alloc(ZONE_HIGH, 4096, 4096, "test");
	uint32_t requests;

	(void)state;
	for (uint32_t how = 0; how < 3; how++) {
		fails(-ETIMEDOUT, false);
		requests = fake_block.requests;
		assert_int_equal(how == 2 ? block_read_own(b, 9, 4, own) : get(b, 9, how ? 0xf0000 : 0x20000), 0);
		assert_int_equal(fake_block.requests, requests + 2);
		assert_int_equal(fake_block.resets, 1);
		assert_int_equal(fake_log_lines(), 1);
		assert_true(fake_log_has(AT "no answer within 30 s; reset, and asked once more"));
	}
	block_set_timeout(2);
	fails(-ETIMEDOUT, false);
	assert_int_equal(get(b, 9, 0x20000), 0);
	assert_true(fake_log_has(AT "no answer within 2 s; reset"));
}

static void a_drive_that_fails_twice_is_out_of_use_until_a_reset(void **state)
{
	struct block *b = block_add(&fake_block.block);
	uint8_t *own = alloc(ZONE_HIGH, 4096, 4096, "test");
	uint32_t requests;

	(void)state;
	for (uint32_t how = 0; how < 4; how++) {
		fails(-ETIMEDOUT, how != 3);
		if (how == 3)
			fake_block.reset_rc = -EIO;	/* the reset itself fails */
		requests = fake_block.requests;
		assert_int_equal(how == 2 ? block_read_own(b, 9, 4, own) : get(b, 9, how ? 0xf0000 : 0x20000), -ETIMEDOUT);
		assert_int_equal(fake_block.requests, requests + (how == 3 ? 1 : 2));
		assert_int_equal(fake_log_lines(), 2);
		assert_true(fake_log_has(AT "no answer again (error 110); out of use until it is reset"));
		fake_block.fail_at = 0;
		fake_block.fail_stays = false;
		requests = fake_block.requests;
		assert_int_equal(get(b, 9, 0x20000), -ETIMEDOUT);
		assert_int_equal(get(b, 9, 0xf0000), -ETIMEDOUT);
		assert_int_equal(block_read_own(b, 9, 4, own), -ETIMEDOUT);
		assert_int_equal(fake_block.requests, requests);
		assert_int_equal(fake_block.resets, 1);
		if (how == 3) {
			assert_int_equal(block_reset(b), -EIO);
			assert_int_equal(get(b, 9, 0x20000), -ETIMEDOUT);
		}
		fake_block.reset_rc = 0;
		assert_int_equal(block_reset(b), 0);
		assert_int_equal(get(b, 9, 0x20000), 0);
		assert_int_equal(get(b, 9, 0xf0000), 0);
	}
}

static void a_drive_that_is_at_it_keeps_the_memory_that_it_was_given(void **state)
{
	static struct block_controller idle;
	struct block *b = block_add(&fake_block.block), *other;
	uint8_t *own = alloc(ZONE_HIGH, 4096, 4096, "test"), *another = alloc(ZONE_HIGH, 4096, 4096, "test");
	const void *held;

	(void)state;
	other = block_add(&fake_block.block);
	other->controller = &idle;
	/* directly to the caller's: the drive is not reset, and nobody else notices */
	fails(-EINPROGRESS, false);
	assert_int_equal(get(b, 9, 0x20000), -ETIMEDOUT);
	assert_int_equal(fake_block.resets, 0);
	assert_int_equal(fake_log_lines(), 1);
	assert_true(fake_log_has(AT "no answer within 30 s, but it is at it; out of use until it has ended"));
	assert_int_equal(get(other, 9, 0xf0000), 0);
	fails(-EALREADY, false);
	fake_block.reset_rc = -EALREADY;
	assert_int_equal(get(b, 9, 0x20000), -ETIMEDOUT);
	assert_int_equal(fake_log_lines(), 0);
	fails(-EALREADY, false);		/* it has ended, as reset() sees */
	fake_block.reset_rc = 0;
	assert_int_equal(get(b, 9, 0x20000), 0);
	assert_int_equal(fake_log_lines(), 0);
	/* a bounce buffer: others have theirs, and this is nobody else's before the drive has ended */
	fails(-EINPROGRESS, false);
	assert_int_equal(get(b, 9, 0xf0000), -ETIMEDOUT);
	held = b->state.held;
	assert_non_null(held);
	fake_block.reset_rc = -EALREADY;
	assert_int_equal(get(other, 9, 0xf0000), 0);
	assert_int_equal(get(other, 9, 0x20000), 0);
	assert_int_equal(block_reset(b), -ETIMEDOUT);
	block_abandon();
	assert_int_equal(get(other, 9, 0xf0000), 0);
	assert_ptr_equal(b->state.held, held);
	fake_block.reset_rc = 0;
	assert_int_equal(get(b, 9, 0xf0000), 0);
	assert_null(b->state.held);
	/* the firmware's own */
	fails(-EINPROGRESS, false);
	assert_int_equal(block_read_own(b, 9, 4, own), -ETIMEDOUT);
	fake_block.reset_rc = -EALREADY;
	assert_true(block_holds(own));
	assert_false(block_holds(another));
	assert_int_equal(block_read_own(other, 9, 4, own), -EBUSY);
	assert_int_equal(block_read_own(other, 9, 4, another), 0);
	fake_block.reset_rc = 0;
	b->controller->busy = true;
	assert_true(block_holds(own));
	b->controller->busy = false;
	assert_false(block_holds(own));
	assert_int_equal(block_read_own(other, 9, 4, own), 0);
	assert_int_equal(block_read_own(b, 9, 4, own), 0);
}

static void errors_are_told_with_the_drives_own_code(void **state)
{
	struct block *b = block_add(&fake_block.block);

	(void)state;
	b->status = 0x51;
	fails(-EIO, false);
	assert_int_equal(get(b, 9, 0x20000), -EIO);
	assert_true(fake_log_has(AT "error, status 51"));
	fails(-EIO, false);
	assert_int_equal(get(b, 9, 0xf0000), -EIO);
	assert_true(fake_log_has(AT "error, status 0"));
	assert_int_equal(fake_block.resets, 0);
	for (uint32_t removable = 0; removable < 2; removable++) {	/* where that is nothing to tell */
		b->removable = removable;
		fails(-ENOMEDIUM, false);
		assert_int_equal(get(b, 9, 0x20000), -ENOMEDIUM);
		assert_int_equal(fake_log_lines(), !removable);
	}
	fake_block_has_tray();
	fake_block.tray_rc = -ETIMEDOUT;
	assert_int_equal(block_lock(b, true), -ETIMEDOUT);
	assert_int_equal(fake_block.tray_calls, 2);
	assert_int_equal(fake_block.resets, 1);
	assert_true(fake_log_has("block: fake disk at 00:01.0, 0.0.0: lock of 0 sectors at 0: no answer"));
	assert_int_equal(block_eject(b), -ETIMEDOUT);
	assert_int_equal(fake_block.tray_calls, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(reads_go_to_memory_that_callers_cannot_have, set_up),
		cmocka_unit_test_setup(a_vector_is_one_request, set_up),
		cmocka_unit_test_setup(writes_are_flushed, set_up),
		cmocka_unit_test_setup(what_is_lost_is_asked_for_once_more, set_up),
		cmocka_unit_test_setup(a_drive_that_fails_twice_is_out_of_use_until_a_reset, set_up),
		cmocka_unit_test_setup(a_drive_that_is_at_it_keeps_the_memory_that_it_was_given, set_up),
		cmocka_unit_test_setup(errors_are_told_with_the_drives_own_code, set_up),
		cmocka_unit_test_setup(each_of_many_drives_that_are_at_it_has_its_own_buffer, set_up),
		cmocka_unit_test_setup(who_is_busy_is_reset_and_works_again, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

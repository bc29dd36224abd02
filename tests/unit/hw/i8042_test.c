/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/i8042_test.c: the keyboard controller at POST, and talks with the mouse.
 * LINK: src/hw/i8042.c tests/fake/i8042.c tests/fake/io.c tests/fake/timer.c tests/fake/log.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "arch/io.h"
#include "fake/i8042.h"
#include "fake/io.h"
#include "fake/timer.h"
#include "hw/i8042.h"
#include "lib/errno.h"

static int setup(void **state)
{
	(void)state;
	fake_io_reset();
	fake_timer_reset();
	fake_i8042_add();
	return 0;
}

static void keys_come_translated_after_three_accesses(void **state)
{
	(void)state;
	assert_true(i8042_init());
	assert_int_equal(fake_io_accesses(), 3);
	assert_int_equal(fake_i8042.mode, 0x65);
}

static void without_a_controller_one_access(void **state)
{
	(void)state;
	fake_io_reset();
	assert_false(i8042_init());
	assert_int_equal(fake_io_accesses(), 1);
	assert_int_equal(i8042_mouse((uint8_t[]){ 0xf4 }, 1, NULL, 0, I8042_MOUSE_ON), -ENODEV);
	assert_int_equal(fake_io_accesses(), 2);
}

static void keys_of_post_are_dropped(void **state)
{
	(void)state;
	fake_i8042_queue(0x1c, false);
	fake_i8042_queue(0xf0, false);
	fake_i8042_queue(0x1c, false);
	assert_true(i8042_init());
	assert_int_equal(fake_i8042_waiting(), 0);
	assert_int_equal(fake_io_accesses(), 9);
}

static uint32_t always(void *opaque, uint16_t port, unsigned int width)
{
	(void)opaque, (void)port, (void)width;
	return 0x1d;
}

static void a_controller_that_never_runs_dry_ends(void **state)
{
	(void)state;
	fake_io_add(0x60, 0x64, always, NULL, NULL);
	assert_true(i8042_init());
	assert_true(fake_io_accesses() < 600);
}

static void the_mouse_answers(void **state)
{
	uint8_t answer[3];

	(void)state;
	i8042_init();
	assert_int_equal(i8042_mouse((uint8_t[]){ 0xf3, 60 }, 2, NULL, 0, I8042_MOUSE_AS_IT_IS), 0);
	assert_int_equal(i8042_mouse((uint8_t[]){ 0xe9 }, 1, answer, 3, I8042_MOUSE_AS_IT_IS), 0);
	assert_int_equal(answer[1], 2);
	assert_int_equal(answer[2], 60);
	assert_int_equal(fake_i8042.mode, 0x65);
	assert_int_equal(i8042_mouse((uint8_t[]){ 0xf4 }, 1, NULL, 0, I8042_MOUSE_ON), 0);
	assert_int_equal(fake_i8042.mode, 0x47);
	assert_int_equal(i8042_mouse((uint8_t[]){ 0xe6 }, 1, NULL, 0, I8042_MOUSE_AS_IT_IS), 0);
	assert_int_equal(fake_i8042.mode, 0x47);
	assert_int_equal(i8042_mouse((uint8_t[]){ 0xf5 }, 1, NULL, 0, I8042_MOUSE_OFF), 0);
	assert_int_equal(fake_i8042.mode, 0x65);
	assert_int_equal(fake_i8042_waiting(), 0);
}

static void movements_and_keys_in_between_do_no_harm(void **state)
{
	uint8_t type = 0xff;

	(void)state;
	i8042_init();
	fake_i8042.type = 3;
	fake_i8042_queue(0x1e, false);		/* in the controller: lost */
	fake_i8042_queue(0x9e, false);		/* behind it: kept back */
	fake_i8042_queue(0x08, true);
	fake_i8042_queue(0x05, true);
	assert_int_equal(i8042_mouse((uint8_t[]){ 0xf2 }, 1, &type, 1, I8042_MOUSE_AS_IT_IS), 0);
	assert_int_equal(type, 3);
	assert_int_equal(fake_i8042.mode, 0x65);
	assert_int_equal(fake_i8042_waiting(), 1);
	fake_i8042.moving = true;
	assert_int_equal(i8042_mouse((uint8_t[]){ 0xf2 }, 1, &type, 1, I8042_MOUSE_AS_IT_IS), 0);
	assert_int_equal(fake_i8042.mode, 0x65);
}

static void a_dead_mouse_is_reported_and_left_off(void **state)
{
	(void)state;
	i8042_init();
	fake_i8042.silent = true;
	assert_int_equal(i8042_mouse((uint8_t[]){ 0xf4 }, 1, NULL, 0, I8042_MOUSE_ON), -ETIMEDOUT);
	assert_int_equal(fake_i8042.mode, 0x65);
	for (uint32_t n = 1; n < 3; n++) {
		setup(state);
		i8042_init();
		fake_i8042.refuse = n;
		fake_i8042.refusal = n == 1 ? 0xfe : 0xfc;
		assert_int_equal(i8042_mouse((uint8_t[]){ 0xf3, 60 }, 2, NULL, 0, I8042_MOUSE_ON), -EIO);
		assert_int_equal(fake_i8042.sent_count, n);
		assert_int_equal(fake_i8042.mode, 0x65);
	}
}

static void a_short_answer_is_reported(void **state)
{
	uint8_t answer[4];

	(void)state;
	i8042_init();
	assert_int_equal(i8042_mouse((uint8_t[]){ 0xe9 }, 1, answer, 4, I8042_MOUSE_AS_IT_IS), -ETIMEDOUT);
	assert_int_equal(fake_i8042.mode, 0x65);
}

static void a_controller_that_takes_nothing_is_reported(void **state)
{
	(void)state;
	i8042_init();
	fake_i8042.busy = true;
	assert_int_equal(i8042_mouse((uint8_t[]){ 0xf4 }, 1, NULL, 0, I8042_MOUSE_ON), -ETIMEDOUT);
	assert_int_equal(fake_timer_expired, 1);
}

static void the_last_key_is_forgotten(void **state)
{
	(void)state;
	i8042_init();
	fake_i8042_queue(0x1c, false);
	assert_int_equal(inb(0x60), 0x1c);
	assert_int_equal(fake_i8042.shown, 0x1c);
	assert_int_equal(i8042_forget(), 0);
	assert_int_equal(fake_i8042.shown, 0x75);	/* its mode, with keys off */
	assert_int_equal(fake_i8042.mode, 0x65);
	assert_int_equal(fake_i8042_waiting(), 0);
}

static void a_key_that_nobody_has_taken_is_not(void **state)
{
	(void)state;
	for (uint32_t late = 0; late < 2; late++) {
		fake_i8042_add();
		i8042_init();
		if (late)
			fake_i8042.pressed = 0x9c;
		else
			fake_i8042_queue(0x9c, false);
		assert_int_equal(i8042_forget(), -EBUSY);
		assert_int_equal(fake_i8042.mode, 0x65);
		assert_int_equal(fake_i8042_waiting(), 1);
		assert_int_equal(inb(0x60), 0x9c);
	}
}

static void what_cannot_forget_is_reported(void **state)
{
	(void)state;
	fake_i8042.busy = true;
	assert_int_equal(i8042_forget(), -ETIMEDOUT);
	fake_io_reset();
	assert_int_equal(i8042_forget(), -ENODEV);
	assert_int_equal(fake_io_accesses(), 1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, setup)
	const struct CMUnitTest tests[] = {
		TEST(keys_come_translated_after_three_accesses),
		TEST(without_a_controller_one_access),
		TEST(keys_of_post_are_dropped),
		TEST(a_controller_that_never_runs_dry_ends),
		TEST(the_mouse_answers),
		TEST(movements_and_keys_in_between_do_no_harm),
		TEST(a_dead_mouse_is_reported_and_left_off),
		TEST(a_short_answer_is_reported),
		TEST(a_controller_that_takes_nothing_is_reported),
		TEST(the_last_key_is_forgotten),
		TEST(a_key_that_nobody_has_taken_is_not),
		TEST(what_cannot_forget_is_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

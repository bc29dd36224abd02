/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/services/keyboard_test.c: of what was typed only what nobody has read is left in the buffer.
 * LINK: src/services/keyboard.c tests/fake/ram.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "fake/ram.h"
#include "hw/i8042.h"
#include "lib/errno.h"
#include "services/guest.h"
#include "services/keyboard.h"
#include "services/services.h"

static uint32_t windows, forgotten;
static int answer;

void services_window(void)
{
	windows++;
	assert_int_equal(forgotten, 0);
}

int i8042_forget(void)
{
	forgotten++;
	return answer;
}

static struct bda *bda(void)
{
	return guest_bda();
}

static int set_up(void **state)
{
	(void)state;
	fake_ram_reset(1 << 20);
	memset(bda(), 0xee, sizeof(*bda()));
	bda()->kbd_start = bda()->kbd_head = bda()->kbd_tail = 0x1e;
	bda()->kbd_end = 0x3e;
	windows = forgotten = 0;
	answer = 0;
	return 0;
}

static void assert_kept(uint32_t head, uint32_t tail)
{
	for (uint32_t i = 0; i < 16; i++) {
		bool kept = head <= tail ? i >= head && i < tail : i >= head || i < tail;

		assert_int_equal(bda()->kbd_buffer[i], kept ? 0xeeee : 0);
	}
	assert_int_equal(fake_ram[0x41d], (0x1e + 2 * tail) >> 8);
	assert_int_equal(fake_ram[0x43e], 0xee);
}

static void keys_stay_that_nobody_has_read(void **state)
{
	for (uint32_t head = 0; head < 16; head++)
		for (uint32_t tail = 0; tail < 16; tail++) {
			set_up(state);
			bda()->kbd_head = (uint16_t)(0x1e + 2 * head);
			bda()->kbd_tail = (uint16_t)(0x1e + 2 * tail);
			keyboard_forget();
			assert_kept(head, tail);
			assert_int_equal(bda()->kbd_head, 0x1e + 2 * head);
			assert_int_equal(bda()->kbd_tail, 0x1e + 2 * tail);
			assert_int_equal(forgotten, 1);
			assert_int_equal(windows, 1);
			assert_int_equal(bda()->ctrl_break, 0);
		}
}

static void the_controller_is_left_alone_where_nothing_was_read(void **state)
{
	(void)state;
	memset(bda()->kbd_buffer, 0, 32);
	bda()->ctrl_break = 0x80;
	keyboard_forget();
	assert_int_equal(bda()->ctrl_break, 0);
	bda()->kbd_buffer[0] = 0x1c0d;		/* typed ahead */
	bda()->kbd_tail = 0x20;
	keyboard_forget();
	assert_int_equal(bda()->kbd_buffer[0], 0x1c0d);
	assert_int_equal(windows + forgotten, 0);
	bda()->kbd_buffer[15] = 0x0100;
	answer = -ETIMEDOUT;
	keyboard_forget();
	assert_int_equal(forgotten, 1);
	keyboard_forget();
	assert_int_equal(forgotten, 1);
}

static void a_buffer_elsewhere_is_a_programs(void **state)
{
	for (uint32_t i = 0; i < 2; i++) {
		set_up(state);
		*(i ? &bda()->kbd_start : &bda()->kbd_end) += 2;
		keyboard_forget();
		for (uint32_t k = 0; k < 16; k++)
			assert_int_equal(bda()->kbd_buffer[k], 0xeeee);
		assert_int_equal(forgotten, 0);
	}
}

static void bounds_that_cannot_be_are_harmless(void **state)
{
	static const uint16_t odd[] = { 0, 0x1d, 0x1f, 0x3d, 0x3e, 0x40, 0x7fff, 0xffff };

	for (uint32_t i = 0; i < 64; i++) {
		set_up(state);
		bda()->kbd_head = odd[i / 8];
		bda()->kbd_tail = odd[i % 8];
		keyboard_forget();
		assert_int_equal(bda()->kbd_start, 0x1e);
		assert_int_equal(fake_ram[0x43e], 0xee);
		assert_int_equal(bda()->kbd_end, 0x3e);
	}
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, set_up)
	const struct CMUnitTest tests[] = {
		TEST(keys_stay_that_nobody_has_read),
		TEST(the_controller_is_left_alone_where_nothing_was_read),
		TEST(a_buffer_elsewhere_is_a_programs),
		TEST(bounds_that_cannot_be_are_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

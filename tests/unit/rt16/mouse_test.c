/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/rt16/mouse_test.c: the mouse from INT 15h AH=C2h to the program's handler.
 * LINK: src/rt16/mouse.c src/services/mouse.c src/hw/i8042.c tests/fake/i8042.c tests/fake/rt16.c
 * LINK: tests/fake/io.c tests/fake/ram.c tests/fake/timer.c tests/fake/log.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/phys.h"
#include "fake/i8042.h"
#include "fake/io.h"
#include "fake/rt16.h"
#include "fake/timer.h"
#include "hw/i8042.h"
#include "rt16/mouse.h"
#include "services/mouse.h"
#include "services/services.h"
#include "std/bda.h"

static uint32_t ends[2], windows;

void services_window(void)
{
	windows++;
}

static void end(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)width, (void)port;
	assert_int_equal(value, 0x20);
	++*(uint32_t *)opaque;
}

static int setup(void **state)
{
	(void)state;
	fake_rt16_reset();
	fake_timer_reset();
	fake_i8042_add();
	fake_io_add(0x20, 0x20, NULL, end, &ends[0]);
	fake_io_add(0xa0, 0xa0, NULL, end, &ends[1]);
	ends[0] = ends[1] = windows = 0;
	((struct bda *)phys_to_ptr(0x400))->ebda_segment = 0x9fc0;
	i8042_init();
	return 0;
}

static struct regs call(uint8_t al, uint8_t bh)
{
	struct regs r = { .ax = 0xc200 | al, .bx = (uint16_t)(bh << 8 | 0x34), .cx = 0x2222, .dx = 0x3333, .es = 0x1234, .flags = FLAGS_ZF };

	r.flags |= al & 1 ? FLAGS_CF : 0;
	mouse_service(&r);
	assert_int_equal(!!(r.flags & FLAGS_CF), r.ah != 0);
	assert_int_equal(r.al, al);
	return r;
}

static void handler(uint16_t segment, uint16_t offset)
{
	struct regs r = { .ax = 0xc207, .es = segment, .bx = offset };

	mouse_service(&r);
	assert_int_equal(r.ah, 0);
}

static void comes(uint8_t value)
{
	fake_i8042_queue(value, true);
	mouse_interrupt();
	assert_int_equal(fake_i8042_waiting(), 0);
}

static void packets_go_to_the_handler(void **state)
{
	(void)state;
	assert_int_equal(call(5, 3).bx, 0x00aa);
	assert_int_equal(call(0, 1).ah, 5);
	handler(0x1234, 0x5678);
	assert_int_equal(call(0, 1).ah, 0);
	assert_int_equal(fake_i8042.mode, 0x47);
	comes(0x08);
	comes(0x05);
	assert_int_equal(fake_mouse_calls, 0);
	comes(0xfb);
	assert_int_equal(fake_mouse_calls, 1);
	assert_int_equal(fake_mouse_handler, 0x12345678);
	assert_memory_equal(fake_mouse_words, ((uint16_t[]){ 8, 5, 0xfb, 0 }), 8);
	assert_int_equal(ends[0], 3);
	assert_int_equal(ends[1], 3);
	/* A reset and switching on begin a packet anew. */
	comes(0x08);
	assert_int_equal(call(1, 0).ah, 0);
	comes(0x07);
	comes(1);
	comes(2);
	assert_int_equal(fake_mouse_calls, 2);
	assert_int_equal(fake_mouse_words[0], 7);
	assert_int_equal(call(0, 1).ah, 0);
	comes(0x08);
	assert_int_equal(call(0, 1).ah, 0);
	comes(0x09);
	comes(1);
	comes(2);
	assert_int_equal(fake_mouse_calls, 3);
	assert_int_equal(fake_mouse_words[0], 9);
	assert_int_equal(call(0, 0).ah, 0);
	assert_int_equal(fake_i8042.mode, 0x65);
}

static void packets_have_one_to_eight_bytes(void **state)
{
	(void)state;
	handler(1, 1);
	for (uint8_t size = 1; size <= 8; size++) {
		uint16_t want[4] = { 0 };

		assert_int_equal(call(5, size).ah, 0);
		fake_mouse_calls = 0;
		for (uint8_t round = 0; round < 2; round++)
			for (uint8_t i = 0; i < size; i++) {
				assert_int_equal(fake_mouse_calls, round);
				comes(0x10 + i);
				if (i < 4)
					want[i] = 0x10 + i;
			}
		assert_int_equal(fake_mouse_calls, 2);
		assert_memory_equal(fake_mouse_words, want, 8);
	}
	assert_int_equal(call(5, 0).ah, 3);
	assert_int_equal(call(5, 9).ah, 3);
	assert_int_equal(call(5, 0xff).ah, 3);
}

static void without_a_handler_packets_vanish(void **state)
{
	(void)state;
	call(5, 3);
	handler(1, 1);
	handler(0, 0);
	for (uint8_t i = 0; i < 6; i++)
		comes(i);
	assert_int_equal(fake_mouse_calls, 0);
	assert_int_equal(call(0, 1).ah, 5);
}

static void bytes_of_the_keyboard_are_left_alone(void **state)
{
	(void)state;
	call(5, 1);
	handler(1, 1);
	fake_i8042_queue(0x1e, false);
	mouse_interrupt();
	assert_int_equal(fake_i8042_waiting(), 1);
	assert_int_equal(fake_mouse_calls, 0);
	assert_int_equal(ends[1], 1);
}

static void settings_reach_the_mouse(void **state)
{
	static const uint8_t rates[] = { 10, 20, 40, 60, 80, 100, 200 };
	struct regs r;

	(void)state;
	for (uint8_t i = 0; i < 7; i++) {
		assert_int_equal(call(2, i).ah, 0);
		assert_int_equal(fake_i8042.rate, rates[i]);
	}
	assert_int_equal(call(2, 7).ah, 2);
	assert_int_equal(call(2, 0xff).ah, 2);
	for (uint8_t i = 0; i < 4; i++) {
		assert_int_equal(call(3, i).ah, 0);
		assert_int_equal(fake_i8042.resolution, i);
	}
	assert_int_equal(call(3, 4).ah, 2);
	fake_i8042.type = 3;
	r = call(4, 0x77);
	assert_int_equal(r.bx, 0x0334);
	fake_i8042.status = 0x31;
	r = call(6, 0);
	assert_int_equal(r.bx, 0x0031);
	assert_int_equal(r.cx, 0x2203);
	assert_int_equal(r.dx, 0x33c8);
	assert_int_equal(call(6, 1).ah, 0);
	assert_int_equal(fake_i8042.sent[fake_i8042.sent_count - 1], 0xe6);
	assert_int_equal(call(6, 2).ah, 0);
	assert_int_equal(fake_i8042.sent[fake_i8042.sent_count - 1], 0xe7);
	assert_int_equal(call(6, 3).ah, 1);
	assert_int_equal(call(1, 0x12).bx, 0x03aa);
	assert_int_equal(call(0, 2).ah, 1);
	for (uint32_t al = 8; al < 0x100; al++)
		assert_int_equal(call((uint8_t)al, 0).ah, 1);
	assert_int_not_equal(windows, 0);
}

static void a_mouse_that_fails_is_told(void **state)
{
	(void)state;
	handler(1, 1);
	fake_i8042.silent = true;
	for (uint8_t al = 0; al < 7; al++) {
		struct regs r = call(al, 1);

		assert_int_equal(r.ah, 3);
		assert_int_equal(r.bl, 0x34);
		assert_int_equal(fake_i8042.mode, 0x65);
	}
}

static void without_a_controller_it_fails_at_once(void **state)
{
	(void)state;
	handler(1, 1);
	fake_io_reset();
	for (uint8_t al = 0; al < 7; al++)
		assert_int_equal(call(al, 1).ah, 3);
	assert_int_equal(fake_io_accesses(), 7);
	assert_int_equal(fake_timer_waits, 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, setup)
	const struct CMUnitTest tests[] = {
		TEST(packets_go_to_the_handler),
		TEST(packets_have_one_to_eight_bytes),
		TEST(without_a_handler_packets_vanish),
		TEST(bytes_of_the_keyboard_are_left_alone),
		TEST(settings_reach_the_mouse),
		TEST(a_mouse_that_fails_is_told),
		TEST(without_a_controller_it_fails_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

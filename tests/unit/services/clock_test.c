/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/services/clock_test.c: INT 15h AH=86h.
 * LINK: src/services/clock.c tests/fake/ram.c tests/fake/timer.c tests/fake/log.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "arch/phys.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fake/timer.h"
#include "services/clock.h"
#include "std/bda.h"

static int setup(void **state)
{
	(void)state;
	fake_ram_reset(0x10000);
	fake_timer_reset();
	fake_log_reset();
	return 0;
}

static struct regs delay(uint16_t cx, uint16_t dx)
{
	struct regs r = { .ax = 0x8655, .cx = cx, .dx = dx, .flags = FLAGS_CF };

	clock_delay(&r);
	return r;
}

static void it_takes_its_time(void **state)
{
	struct regs r = delay(3, 0);

	(void)state;
	assert_int_equal(r.flags, 0);
	assert_int_equal(r.ax, 0x8655);
	assert_int_equal(fake_timer_delayed_us, 0x30000);
	assert_int_equal(fake_log_lines(), 0);
}

static void no_time_is_no_wait(void **state)
{
	(void)state;
	assert_int_equal(delay(0, 0).flags, 0);
	assert_int_equal(fake_timer_delayed_us, 0);
}

static void not_while_an_event_is_waited_for(void **state)
{
	(void)state;
	((struct bda *)phys_to_ptr(0x400))->wait_active = 1;
	assert_int_equal(delay(0, 5).ax, 0x8355);
	assert_int_equal(delay(0, 5).flags, FLAGS_CF);
	assert_int_equal(fake_timer_delayed_us, 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, setup)
	const struct CMUnitTest tests[] = {
		TEST(it_takes_its_time),
		TEST(no_time_is_no_wait),
		TEST(not_while_an_event_is_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

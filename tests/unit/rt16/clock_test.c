/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/rt16/clock_test.c: the tick, which also watches option ROMs, the real-time clock's functions and its
 * interrupts.
 * LINK: src/rt16/serial_console.c src/rt16/serial_keys.c src/rt16/serial_text.c src/rt16/cp437.c
 * LINK: src/rt16/keyboard.c src/rt16/key_table.c
 * LINK: src/rt16/clock.c tests/fake/rt16.c tests/fake/cmos.c tests/fake/io.c tests/fake/ram.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <cmocka.h>
#include "arch/far.h"
#include "fake/cmos.h"
#include "fake/io.h"
#include "fake/ram.h"
#include "fake/rt16.h"
#include "lib/endian.h"
#include "rt16/clock.h"
#include "rt16/shared.h"
#include "std/bda.h"

static uint8_t slave_mask, motors;
static uint32_t ends[2], motor_writes;

static uint32_t mask_in(void *opaque, uint16_t port, unsigned int width)
{
	(void)opaque, (void)port, (void)width;
	return slave_mask;
}

static void mask_out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque, (void)port, (void)width;
	slave_mask = (uint8_t)value;
}

static void end(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)width, (void)port;
	assert_int_equal(value, 0x20);
	++*(uint32_t *)opaque;
}

static void motor_out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque, (void)port, (void)width;
	motors = (uint8_t)value;
	motor_writes++;
}

static volatile struct bda *bda(void)
{
	return far_open(BDA_SEGMENT, 0);
}

static int setup(void **state)
{
	(void)state;
	fake_rt16_reset();
	fake_cmos_add();
	fake_cmos[0x0a] = 0x26;
	fake_cmos[0x0b] = 0x02;
	fake_io_add(0x20, 0x20, NULL, end, &ends[0]);
	fake_io_add(0xa0, 0xa0, NULL, end, &ends[1]);
	fake_io_add(0xa1, 0xa1, mask_in, mask_out, NULL);
	fake_io_add(0x3f2, 0x3f2, NULL, motor_out, NULL);
	slave_mask = 0xff;
	ends[0] = ends[1] = motor_writes = 0;
	return 0;
}

static struct regs call(uint8_t ah, uint16_t cx, uint16_t dx, uint16_t flags)
{
	struct regs r = { .eax = 0x12340055 | (uint32_t)ah << 8, .cx = cx, .dx = dx, .flags = flags };

	clock_service(&r);
	assert_int_equal(r.eax >> 16, 0x1234);
	return r;
}

static void a_tick_counts_calls_and_ends(void **state)
{
	(void)state;
	bda()->ticks = 0x1234ffff;	/* beyond midnight: it is put right */
	clock_tick();
	assert_int_equal(bda()->ticks, 0);
	assert_int_equal(bda()->midnight, 1);
	clock_tick();
	assert_int_equal(bda()->ticks, 1);
	assert_int_equal(ends[0], 2);
	assert_int_equal(fake_call_count, 2);
	assert_int_equal(fake_calls[0].vector, 0x1c);
	assert_int_equal(motor_writes, 0);
	bda()->ticks = 0x1800ae;
	bda()->midnight = 0;
	clock_tick();
	assert_int_equal(bda()->ticks, 0x1800af);
	assert_int_equal(bda()->midnight, 0);
	clock_tick();
	assert_int_equal(bda()->ticks, 0);
	assert_int_equal(bda()->midnight, 1);
}

static void the_floppy_motor_runs_out(void **state)
{
	(void)state;
	bda()->floppy_motor_ticks = 2;
	bda()->floppy_motor = 0x93;
	clock_tick();
	assert_int_equal(motor_writes, 0);
	clock_tick();
	assert_int_equal(motor_writes, 1);
	assert_int_equal(motors, 0x0c);
	assert_int_equal(bda()->floppy_motor, 0x90);
	clock_tick();
	assert_int_equal(motor_writes, 1);
	assert_int_equal(bda()->floppy_motor_ticks, 0);
}

/* The tick by which the machine is reset, from 1; 0: none of these. A key comes just before tick key. */
static uint32_t reset_at(uint32_t ticks, uint32_t key)
{
	static uint32_t n;

	fake_call_count = 0;
	if (setjmp(fake_reset))
		return n;
	for (n = 1; n <= ticks; n++) {
		if (n == key)
			bda()->kbd_tail = (uint16_t)(bda()->kbd_tail + 2);
		fake_call_count = 0;
		clock_tick();
		assert_int_equal(fake_call_count, 1);
		assert_int_equal(get_le32(fake_ram + ROM_WATCH_EXPIRED_AT), 0);
	}
	return 0;
}

static void a_rom_that_is_timed_costs_a_reset_in_the_end(void **state)
{
	(void)state;
	bda()->kbd_tail = vars16.rom_key = 0x1e;
	vars16.rom_ticks_given = 40;
	assert_int_equal(reset_at(100, 0), 0);		/* nobody is timed */
	assert_int_equal(vars16.rom_ticks, 0);
	vars16.rom_ticks = 40;
	assert_int_equal(reset_at(100, 0), 40);
	assert_int_equal(get_le32(fake_ram + ROM_WATCH_EXPIRED_AT), ROM_WATCH_EXPIRED);
	assert_int_equal(bda()->ticks, 140);
	assert_int_equal(fake_call_count, 0);		/* a hook of the tick hears nothing of the last */
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(fake_ram[ROM_WATCH_EXPIRED_AT - 4 + i] | fake_ram[ROM_WATCH_EXPIRED_AT + 4 + i], 0);
}

static void a_key_gives_a_rom_its_time_anew(void **state)
{
	(void)state;
	for (uint32_t key = 1; key <= 40; key++) {
		setup(state);
		bda()->kbd_tail = vars16.rom_key = 0x1e;
		vars16.rom_ticks = vars16.rom_ticks_given = 40;
		assert_int_equal(reset_at(100, key), key + 39);
	}
	setup(state);
	bda()->kbd_tail = 0x30;				/* of before it was timed */
	vars16.rom_key = 0x1e;
	vars16.rom_ticks = vars16.rom_ticks_given = 40;
	assert_int_equal(reset_at(100, 0), 40);
}

static void ticks_are_read_and_set(void **state)
{
	struct regs r;

	(void)state;
	bda()->ticks = 0x12345;
	bda()->midnight = 1;
	r = call(0, 0xffff, 0xffff, FLAGS_CF | FLAGS_ZF);
	assert_int_equal(r.ax, 1);
	assert_int_equal(r.cx, 1);
	assert_int_equal(r.dx, 0x2345);
	assert_int_equal(r.flags, FLAGS_ZF);
	assert_int_equal(call(0, 0, 0, 0).ax, 0);
	bda()->midnight = 1;
	r = call(1, 2, 0x3456, FLAGS_CF);
	assert_int_equal(r.ax, 0x0055);
	assert_int_equal(r.flags, 0);
	assert_int_equal(bda()->ticks, 0x23456);
	assert_int_equal(bda()->midnight, 0);
}

static void time_and_date_are_read_and_set(void **state)
{
	struct regs r;

	(void)state;
	r = call(3, 0x2233, 0x4401, FLAGS_CF);
	assert_int_equal(r.flags, 0);
	assert_int_equal(r.ah, 0);
	assert_int_equal(fake_cmos[4], 0x22);
	assert_int_equal(fake_cmos[2], 0x33);
	assert_int_equal(fake_cmos[0], 0x44);
	assert_int_equal(fake_cmos[0x0b], 0x03);
	r = call(2, 0, 0, FLAGS_CF);
	assert_int_equal(r.cx, 0x2233);
	assert_int_equal(r.dx, 0x4401);
	assert_int_equal(r.flags, 0);
	fake_cmos[0x0b] = 0x63;
	call(3, 0x2233, 0x4400, 0);
	assert_int_equal(fake_cmos[0x0b], 0x62);	/* interrupts stay as they are */
	fake_cmos[0x0b] = 0x23;
	r = call(5, 0x2031, 0x1224, FLAGS_CF);
	assert_int_equal(r.flags, 0);
	assert_int_equal(fake_cmos[0x32], 0x20);
	assert_int_equal(fake_cmos[9], 0x31);
	assert_int_equal(fake_cmos[8], 0x12);
	assert_int_equal(fake_cmos[7], 0x24);
	assert_int_equal(fake_cmos[0x0b], 0x23);
	r = call(4, 0, 0, FLAGS_CF);
	assert_int_equal(r.cx, 0x2031);
	assert_int_equal(r.dx, 0x1224);
	assert_int_equal(r.flags, 0);
}

static void the_clock_stands_while_it_is_set(void **state)
{
	(void)state;
	fake_cmos[0x0b] = 0x82;		/* somebody has left it so: it goes on */
	call(3, 0, 0, 0);
	assert_int_equal(fake_cmos[0x0b], 0x02);
	fake_cmos[0x0b] = 0x82;
	call(5, 0, 0, 0);
	assert_int_equal(fake_cmos[0x0b], 0x02);
}

static void there_is_one_alarm(void **state)
{
	struct regs r;

	(void)state;
	r = call(6, 0x0102, 0x0300, FLAGS_CF);
	assert_int_equal(r.flags, 0);
	assert_int_equal(fake_cmos[5], 1);
	assert_int_equal(fake_cmos[3], 2);
	assert_int_equal(fake_cmos[1], 3);
	assert_int_equal(fake_cmos[0x0b], 0x22);
	assert_int_equal(slave_mask, 0xfe);
	r = call(6, 0x1111, 0x1111, 0);
	assert_int_equal(r.flags, FLAGS_CF);
	assert_int_equal(fake_cmos[5], 1);
	r = call(7, 0, 0, FLAGS_CF);
	assert_int_equal(r.flags, 0);
	assert_int_equal(fake_cmos[0x0b], 0x02);
}

static void without_a_clock_only_ticks_are_there(void **state)
{
	(void)state;
	fake_io_reset();
	for (uint8_t ah = 0; ah < 8; ah++)
		assert_int_equal(call(ah, 0x5555, 0x5555, 0).flags, ah < 2 ? 0 : FLAGS_CF);
	fake_io_reset();
	fake_cmos_add();
	fake_cmos[0x0a] = 0xa6;		/* for ever within an update */
	assert_int_equal(call(2, 0x5555, 0x5555, 0).flags, FLAGS_CF);
}

static struct regs event(uint8_t al, uint32_t us)
{
	struct regs r = { .ax = 0x8300 | al, .cx = (uint16_t)(us >> 16), .dx = (uint16_t)us, .es = 0x1234, .bx = 0x0010, .flags = FLAGS_CF };

	clock_event(&r);
	return r;
}

static void period(void)
{
	fake_cmos[0x0c] = 0xc0;
	clock_rtc_interrupt();
	fake_cmos[0x0c] = 0;
}

static void an_event_does_not_change_the_firmwares_memory(void **state)
{
	struct regs r = { .ax = 0x8300, .dx = 1, .es = 0xe800, .bx = 0x0123, .flags = FLAGS_CF };

	(void)state;
	fake_ram[0xe8123] = 0x05;
	clock_event(&r);
	assert_int_equal(r.flags, 0);
	period();
	assert_int_equal(bda()->wait_active, 0);
	assert_int_equal(fake_ram[0xe8123], 0x05);
}

static void an_event_comes_after_its_time(void **state)
{
	uint32_t periods = 0;

	(void)state;
	fake_ram[0x12350] = 0x05;
	assert_int_equal(event(0, 100000).flags, 0);
	assert_int_equal(fake_cmos[0x0b], 0x42);
	assert_int_equal(slave_mask, 0xfe);
	assert_int_equal(bda()->wait_active, 1);
	assert_int_equal(event(0, 5).ax, 0x8600);
	assert_int_equal(event(0, 5).flags, FLAGS_CF);
	while (fake_ram[0x12350] == 0x05 && periods < 1000) {
		period();
		periods++;
	}
	assert_int_equal(fake_ram[0x12350], 0x85);
	assert_int_equal(periods, 100000 / 976 + 1);
	assert_int_equal(fake_cmos[0x0b], 0x02);
	assert_int_equal(bda()->wait_active, 0);
	assert_int_equal(ends[0], periods);
	assert_int_equal(ends[1], periods);
}

static void an_event_can_be_given_up(void **state)
{
	(void)state;
	event(0, 1000);
	assert_int_equal(event(1, 0).flags, 0);
	assert_int_equal(fake_cmos[0x0b], 0x02);
	fake_cmos[0x0b] = 0x42;		/* somebody else's */
	period();
	period();
	assert_int_equal(fake_ram[0x12350], 0);
	assert_int_equal(event(2, 1000).flags, FLAGS_CF);
	assert_int_equal(event(2, 1000).ax, 0x8602);
}

static void the_alarm_is_int_4a(void **state)
{
	(void)state;
	fake_cmos[0x0c] = 0xa0;
	fake_cmos[0x0b] = 0x02;		/* not let through: an alarm that nobody asked for */
	clock_rtc_interrupt();
	assert_int_equal(fake_call_count, 0);
	fake_cmos[0x0b] = 0x22;
	clock_rtc_interrupt();
	assert_int_equal(fake_call_count, 1);
	assert_int_equal(fake_calls[0].vector, 0x4a);
	assert_int_equal(ends[1], 2);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, setup)
	const struct CMUnitTest tests[] = {
		TEST(a_tick_counts_calls_and_ends),
		TEST(the_floppy_motor_runs_out),
		TEST(a_rom_that_is_timed_costs_a_reset_in_the_end),
		TEST(a_key_gives_a_rom_its_time_anew),
		TEST(ticks_are_read_and_set),
		TEST(time_and_date_are_read_and_set),
		TEST(the_clock_stands_while_it_is_set),
		TEST(there_is_one_alarm),
		TEST(without_a_clock_only_ticks_are_there),
		TEST(an_event_does_not_change_the_firmwares_memory),
		TEST(an_event_comes_after_its_time),
		TEST(an_event_can_be_given_up),
		TEST(the_alarm_is_int_4a),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/services/legacy_test.c: which devices are set up where, by how many accesses, and what the BIOS data area
 * says of them.
 * LINK: src/services/legacy.c src/hw/pic.c src/hw/pit.c src/hw/rtc.c src/hw/cmos.c src/hw/i8042.c
 * LINK: tests/fake/cmos.c tests/fake/i8042.c tests/fake/io.c tests/fake/ram.c tests/fake/timer.c tests/fake/log.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/phys.h"
#include "fake/cmos.h"
#include "fake/i8042.h"
#include "fake/io.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fake/timer.h"
#include "machine/machine.h"
#include "services/legacy.h"
#include "std/bda.h"

struct machine machine;

char rt16_irq_moved[24];

static uint8_t masks[2], first_said[8];
static uint32_t pit_writes, first_writes;
static uint32_t pit_writes;

static uint32_t mask_in(void *opaque, uint16_t port, unsigned int width)
{
	(void)port, (void)width;
	return *(uint8_t *)opaque;
}

static void mask_out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)port, (void)width;
	*(uint8_t *)opaque = (uint8_t)value;
	if (opaque == &masks[0] && first_writes < sizeof(first_said))
		first_said[first_writes++] = (uint8_t)value;
}

static void pit_out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque, (void)port, (void)width, (void)value;
	pit_writes++;
}

static uint32_t port_there(void *opaque, uint16_t port, unsigned int width)
{
	(void)opaque, (void)port, (void)width;
	return 0x01;
}

static struct bda *bda(void)
{
	return phys_to_ptr(0x400);
}

static void add_pics(void)
{
	fake_io_add(0x21, 0x21, mask_in, mask_out, &masks[0]);
	fake_io_add(0xa1, 0xa1, mask_in, mask_out, &masks[1]);
}

static void add_clock(void)
{
	fake_cmos_add();
	fake_cmos[0x0a] = 0x26;
	fake_cmos[0x0b] = 0x02;
	fake_cmos[4] = 0x12;
}

/* No port; the rest of a PC. */
static int setup(void **state)
{
	(void)state;
	fake_ram_reset(0x10000);
	fake_io_reset();
	fake_timer_reset();
	fake_log_reset();
	fake_i8042_add();
	add_pics();
	add_clock();
	fake_io_add(0x40, 0x43, NULL, pit_out, NULL);
	masks[0] = masks[1] = pit_writes = first_writes = 0;
	machine = (struct machine){ .chipset = CHIPSET_Q35, .cpu_features = 1 };
	return 0;
}

static void a_pc_takes_31_accesses(void **state)
{
	(void)state;
	legacy_init();
	assert_int_equal(fake_io_accesses(), 31);
	assert_int_equal(masks[0], 0xb8);
	assert_int_equal(masks[1], 0x8e);
	assert_int_equal(pit_writes, 3);
	assert_int_equal(fake_i8042.mode, 0x65);
	assert_int_equal(bda()->ticks, 12ull * 3600 * 1193182 >> 16);
	assert_int_equal(bda()->equipment, 0x0006);
	assert_int_equal(bda()->kbd_start, 0x1e);
	assert_int_equal(bda()->kbd_head, 0x1e);
	assert_int_equal(bda()->kbd_tail, 0x1e);
	assert_int_equal(bda()->kbd_end, 0x3e);
	assert_int_equal(bda()->kbd_mode, 0x10);
	assert_int_equal(fake_log_lines(), 0);
}

static void after_a_warm_start_the_clock_is_put_right(void **state)
{
	(void)state;
	machine.start = START_RESET;
	fake_cmos[0x0a] = 0x2f;
	fake_cmos[0x0b] = 0x76;
	legacy_init();
	assert_int_equal(fake_io_accesses(), 35);
	assert_int_equal(fake_cmos[0x0a], 0x26);
	assert_int_equal(fake_cmos[0x0b], 0x02);
}

static void what_a_machine_lacks_is_left_alone(void **state)
{
	(void)state;
	fake_io_reset();
	machine = (struct machine){ .chipset = CHIPSET_NONE };
	legacy_init();
	assert_int_equal(fake_io_accesses(), 2 + 1 + 2 + 7);
	assert_int_equal(bda()->equipment, 0);
	assert_int_equal(bda()->ticks, 0);
	assert_int_equal(bda()->kbd_end, 0x3e);
	assert_int_equal(fake_log_lines(), 0);
	/* With interrupt controllers (isapc), they and the timer are used. */
	setup(state);
	machine.chipset = CHIPSET_NONE;
	legacy_init();
	assert_int_equal(fake_io_accesses(), 33);
	assert_int_equal(masks[0], 0xb8);
	assert_int_equal(pit_writes, 3);
}

/* Linux leaves the controllers as they are there, and takes the tick's vector 8 for a double fault. */
static void with_reduced_hardware_lines_0_to_7_lead_elsewhere(void **state)
{
	(void)state;
	machine = (struct machine){ .chipset = CHIPSET_NONE, .rsdp = 0xe0000 };
	legacy_init();
	assert_int_equal(fake_io_accesses(), 33);
	assert_int_equal(first_writes, 5);
	assert_memory_equal(first_said, ((uint8_t[]){ 0xfb, 0xf0, 0x04, 0x01, 0xb8 }), 5);
	assert_int_equal(masks[1], 0x8e);
	for (uint32_t i = 0; i < 8; i++)
		assert_int_equal(((uint32_t *)phys_to_ptr(0))[0xf0 + i],
				 0xf0000000u | (uint16_t)((uintptr_t)rt16_irq_moved + 3 * i));
	/* ACPI or not, nowhere else. */
	setup(state);
	machine.rsdp = 0xe0000;
	legacy_init();
	assert_memory_equal(first_said, ((uint8_t[]){ 0x08, 0x04, 0x01, 0xb8 }), 4);
	assert_int_equal(((uint32_t *)phys_to_ptr(0))[0xf0], 0);
}

static void ports_stand_one_behind_the_other(void **state)
{
	(void)state;
	fake_io_add(0x2fa, 0x2fa, port_there, NULL, NULL);
	fake_io_add(0x2ea, 0x2ea, port_there, NULL, NULL);
	fake_io_add(0x279, 0x279, port_there, NULL, NULL);
	legacy_init();
	assert_int_equal(fake_io_accesses(), 31);
	assert_memory_equal(bda()->com, ((uint16_t[]){ 0x2f8, 0x2e8, 0, 0 }), 8);
	assert_memory_equal(bda()->lpt, ((uint16_t[]){ 0x278, 0, 0 }), 6);
	assert_memory_equal(bda()->com_timeout, ((uint8_t[]){ 10, 10, 0, 0 }), 4);
	assert_memory_equal(bda()->lpt_timeout, ((uint8_t[]){ 20, 0, 0, 0 }), 4);
	assert_int_equal(bda()->equipment, 0x0006 | 2 << 9 | 1 << 14);
	fake_io_add(0x3fa, 0x3fa, port_there, NULL, NULL);
	fake_io_add(0x3ea, 0x3ea, port_there, NULL, NULL);
	fake_io_add(0x379, 0x379, port_there, NULL, NULL);
	fake_io_add(0x3bd, 0x3bd, port_there, NULL, NULL);
	memset(bda(), 0, sizeof(*bda()));
	legacy_init();
	assert_memory_equal(bda()->com, ((uint16_t[]){ 0x3f8, 0x2f8, 0x3e8, 0x2e8 }), 8);
	assert_memory_equal(bda()->lpt, ((uint16_t[]){ 0x378, 0x278, 0x3bc }), 6);
	assert_int_equal(bda()->equipment, 0x0006 | 4 << 9 | 3 << 14);
}

static void a_clock_without_time_costs_the_time_and_a_line(void **state)
{
	(void)state;
	fake_cmos[4] = 0x99;
	legacy_init();
	assert_int_equal(bda()->ticks, 0);
	assert_true(fake_log_has("clock: time of day: no time can be read"));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, setup)
	const struct CMUnitTest tests[] = {
		TEST(a_pc_takes_31_accesses),
		TEST(after_a_warm_start_the_clock_is_put_right),
		TEST(what_a_machine_lacks_is_left_alone),
		TEST(with_reduced_hardware_lines_0_to_7_lead_elsewhere),
		TEST(ports_stand_one_behind_the_other),
		TEST(a_clock_without_time_costs_the_time_and_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

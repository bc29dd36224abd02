/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/pic_test.c: what the interrupt controllers and the timer are told.
 * LINK: src/hw/pic.c src/hw/pit.c tests/fake/io.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <cmocka.h>
#include "fake/io.h"
#include "hw/pic.h"
#include "hw/pit.h"

static uint8_t mask[2];

static void write_mask(void *pic, uint16_t port, unsigned int width, uint32_t value)
{
	(void)port;
	assert_int_equal(width, 1);
	*(uint8_t *)pic = (uint8_t)value;
}

static void all_lines_are_masked_by_two_writes(void **state)
{
	(void)state;
	fake_io_reset();
	fake_io_add(0x21, 0x21, NULL, write_mask, &mask[0]);
	fake_io_add(0xa1, 0xa1, NULL, write_mask, &mask[1]);
	pic_mask_all();
	assert_int_equal(mask[0], 0xff);
	assert_int_equal(mask[1], 0xff);
	assert_int_equal(fake_io_accesses(), 2);
}

/* An 8259 as far as its initialisation goes. */
struct pic {
	uint16_t port;
	uint32_t words;		/* ICW2-4 that are still to come */
	uint8_t icw[5], mask, masks;
};
static struct pic pics[2];

static void pic_out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	struct pic *p = opaque;

	assert_int_equal(width, 1);
	if (port == p->port) {
		p->icw[1] = (uint8_t)value;
		p->words = 3;
	} else if (p->words) {
		p->icw[5 - p->words--] = (uint8_t)value;
	} else {
		p->mask = (uint8_t)value;
		p->masks++;
	}
}

static uint32_t pic_in(void *opaque, uint16_t port, unsigned int width)
{
	struct pic *p = opaque;

	(void)width;
	assert_int_equal(port, p->port + 1);
	return p->mask;
}

static void add_pics(void)
{
	fake_io_reset();
	for (uint32_t i = 0; i < 2; i++) {
		pics[i] = (struct pic){ .port = i ? 0xa0 : 0x20 };
		fake_io_add(pics[i].port, pics[i].port + 1, pic_in, pic_out, &pics[i]);
	}
}

static void both_are_set_up_by_ten_writes(void **state)
{
	(void)state;
	add_pics();
	pic_init(0x7147);
	assert_int_equal(fake_io_accesses(), 10);
	assert_int_equal(pics[0].icw[2], 0x08);
	add_pics();
	pic_init_at(0xf0, 0x7147);
	assert_int_equal(fake_io_accesses(), 10);
	for (uint32_t i = 0; i < 2; i++) {
		assert_int_equal(pics[i].icw[1], 0x11);
		assert_int_equal(pics[i].icw[2], i ? 0x70 : 0xf0);
		assert_int_equal(pics[i].icw[3], i ? 2 : 4);
		assert_int_equal(pics[i].icw[4], 1);
		assert_int_equal(pics[i].masks, 1);
	}
	assert_int_equal(pics[0].mask, 0xb8);
	assert_int_equal(pics[1].mask, 0x8e);
}

static void lines_are_moved_to_other_vectors_masked_but_for_the_cascade(void **state)
{
	(void)state;
	add_pics();
	pic_move(0x68, 0x90);
	assert_int_equal(fake_io_accesses(), 10);
	for (uint32_t i = 0; i < 2; i++) {
		assert_int_equal(pics[i].icw[1], 0x11);
		assert_int_equal(pics[i].icw[2], i ? 0x90 : 0x68);
		assert_int_equal(pics[i].icw[3], i ? 2 : 4);
		assert_int_equal(pics[i].icw[4], 1);
	}
	assert_int_equal(pics[0].mask, 0xfb);
	assert_int_equal(pics[1].mask, 0xff);
}

static void a_machine_without_them_is_told_by_two_accesses(void **state)
{
	(void)state;
	add_pics();
	assert_true(pic_present());
	assert_int_equal(fake_io_accesses(), 2);
	fake_io_reset();
	assert_false(pic_present());
	assert_int_equal(fake_io_accesses(), 2);
}

static uint8_t pit[4];
static uint32_t pit_writes;

static void pit_out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque, (void)width;
	assert_int_equal(port, pit_writes++ == 0 ? 0x43 : 0x40);
	pit[port - 0x40] = (uint8_t)value;
}

static void the_timer_counts_65536_a_round(void **state)
{
	(void)state;
	fake_io_reset();
	fake_io_add(0x40, 0x43, NULL, pit_out, NULL);
	pit[0] = 0xff;
	pit_start();
	assert_int_equal(pit_writes, 3);
	assert_int_equal(pit[3], 0x34);
	assert_int_equal(pit[0], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_lines_are_masked_by_two_writes),
		cmocka_unit_test(both_are_set_up_by_ten_writes),
		cmocka_unit_test(lines_are_moved_to_other_vectors_masked_but_for_the_cascade),
		cmocka_unit_test(a_machine_without_them_is_told_by_two_accesses),
		cmocka_unit_test(the_timer_counts_65536_a_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

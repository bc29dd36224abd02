/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/post/shutdown_test.c: every shutdown code: which are served, with which stack and how each goes on, what
 * is written in memory, and which interrupts are ended.
 * LINK: src/post/shutdown.c src/hw/pic.c tests/fake/ram.c tests/fake/io.c tests/fake/log.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "arch/launch.h"
#include "fake/io.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "post/shutdown.h"

#define SIZE	(2u << 20)

static jmp_buf left;
static uint32_t left_stack, left_how;
static unsigned int ended[2];	/* commands to the two 8259s */

void launch_real_stack(uint32_t stack, uint32_t how)
{
	left_stack = stack;
	left_how = how;
	longjmp(left, 1);
}

static void pic_out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque;
	assert_int_equal(width, 1);
	assert_int_equal(value, 0x20);
	ended[port == 0xa0]++;
}

static uint8_t *before;

/* Memory in which every byte has bit 0, which is carry in a flags word. */
static void go_on(uint8_t code, uint32_t at_40_67)
{
	fake_ram_reset(SIZE);
	memset(fake_ram, 0xf5, SIZE);
	for (unsigned int i = 0; i < 4; i++)
		fake_ram[0x467 + i] = (uint8_t)(at_40_67 >> 8 * i);
	fake_io_reset();
	fake_io_add(0x20, 0x20, NULL, pic_out, NULL);
	fake_io_add(0xa0, 0xa0, NULL, pic_out, NULL);
	memset(ended, 0, sizeof(ended));
	before = realloc(before, SIZE);
	memcpy(before, fake_ram, SIZE);
	if (!setjmp(left))
		shutdown_go_on(code);
}

static void five_codes_are_served(void **state)
{
	(void)state;
	for (unsigned int code = 0; code < 0x100; code++)
		assert_int_equal(shutdown_code_served((uint8_t)code), code == 0x05 || (code >= 0x09 && code <= 0x0c));
}

static void jumps_write_nothing_and_have_the_stack_of_post(void **state)
{
	(void)state;
	for (unsigned int with_end = 0; with_end < 2; with_end++) {
		go_on(with_end ? 0x05 : 0x0a, 0x12345678);
		assert_int_equal(left_how, REAL_JUMP);
		assert_int_equal(left_stack, 0x00300100);
		assert_int_equal(ended[0], with_end);
		assert_int_equal(ended[1], with_end);
		assert_memory_equal(before, fake_ram, SIZE);
	}
}

static void returns_have_the_stack_of_40_67(void **state)
{
	(void)state;
	for (unsigned int iret = 0; iret < 2; iret++) {
		go_on(iret ? 0x0b : 0x0c, 0x8765fffe);
		assert_int_equal(left_how, iret ? REAL_IRET : REAL_FAR_RETURN);
		assert_int_equal(left_stack, 0x8765fffe);
		assert_int_equal(ended[0] + ended[1], 0);
		assert_memory_equal(before, fake_ram, SIZE);
	}
}

/* 13 words: AH is byte 19, the flags' low byte byte 24. */
static void a_block_move_has_its_answer_in_the_registers_it_saved(void **state)
{
	static const struct { uint32_t stack, ah, flags; } cases[] = {
		{ 0x20000100, 0x20113, 0x20118 },
		{ 0x1234ffe6, 0x12340 + 0xfff9, 0x12340 + 0xfffe },
		{ 0x1234ffec, 0x12340 + 0xffff, 0x12340 + 0x0004 },	/* its end is at the segment's begin */
		{ 0x1234ffed, 0x12340, 0x12340 + 0x0005 },
		{ 0xffffffe0, 0xffff0 + 0xfff3, 0xffff0 + 0xfff8 },	/* the highest segment, above 1 MiB */
		{ 0xffffffff, 0xffff0 + 0x0012, 0xffff0 + 0x0017 },
		{ 0x00000000, 0x13, 0x18 },
	};

	(void)state;
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		go_on(0x09, cases[i].stack);
		assert_int_equal(left_how, REAL_BLOCK_MOVE);
		assert_int_equal(left_stack, cases[i].stack);
		assert_int_equal(ended[0] + ended[1], 0);
		before[cases[i].ah] = 0;
		before[cases[i].flags] = 0xf4;
		assert_memory_equal(before, fake_ram, SIZE);
	}
}

static void it_is_told_once(void **state)
{
	(void)state;
	go_on(0x0a, 1);
	fake_log_reset();
	for (unsigned int i = 0; i < 10; i++)
		go_on(0x0c, 1);
	assert_int_equal(fake_log_lines(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(five_codes_are_served),
		cmocka_unit_test(jumps_write_nothing_and_have_the_stack_of_post),
		cmocka_unit_test(returns_have_the_stack_of_40_67),
		cmocka_unit_test(a_block_move_has_its_answer_in_the_registers_it_saved),
		cmocka_unit_test(it_is_told_once),
	};
	int rc = cmocka_run_group_tests(tests, NULL, NULL);

	free(before);
	return rc;
}

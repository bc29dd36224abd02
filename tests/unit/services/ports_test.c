/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/services/ports_test.c: what the BIOS data area says of the ports that answer.
 * LINK: src/services/ports.c tests/fake/io.c tests/fake/ram.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/phys.h"
#include "fake/io.h"
#include "fake/ram.h"
#include "services/ports.h"
#include "std/bda.h"

static uint32_t one(void *opaque, uint16_t port, unsigned int width)
{
	(void)opaque;
	(void)port;
	assert_int_equal(width, 1);
	return 0x01;
}

static struct bda *find(void)
{
	ports_init();
	assert_int_equal(fake_io_accesses(), 7);
	return phys_to_ptr(0x400);
}

static int set_up(void **state)
{
	(void)state;
	fake_io_reset();
	fake_ram_reset(1 << 20);
	return 0;
}

static void none_is_none(void **state)
{
	static const struct bda none;

	(void)state;
	assert_memory_equal(find(), &none, sizeof(none));
}

static void ports_that_answer_are_listed_without_gaps(void **state)
{
	struct bda *b = phys_to_ptr(0x400);

	(void)state;
	b->equipment = 0x0002;
	fake_io_add(0x2fa, 0x2fa, one, NULL, NULL);
	fake_io_add(0x2ea, 0x2ea, one, NULL, NULL);
	fake_io_add(0x3bd, 0x3bd, one, NULL, NULL);
	find();
	assert_int_equal(b->com[0], 0x2f8);
	assert_int_equal(b->com[1], 0x2e8);
	assert_int_equal(b->com[2], 0);
	assert_int_equal(b->lpt[0], 0x3bc);
	assert_int_equal(b->lpt[1], 0);
	assert_int_equal(b->com_timeout[1], 10);
	assert_int_equal(b->com_timeout[2], 0);
	assert_int_equal(b->lpt_timeout[0], 20);
	assert_int_equal(b->lpt_timeout[1], 0);
	assert_int_equal(b->equipment, 0x0002 | 2 << 9 | 1 << 14);
}

static void all_of_them(void **state)
{
	struct bda *b;

	(void)state;
	fake_io_add(0x200, 0x3ff, one, NULL, NULL);
	b = find();
	assert_int_equal(b->com[3], 0x2e8);
	assert_int_equal(b->lpt[2], 0x3bc);
	assert_int_equal(b->ebda_segment, 0);
	assert_int_equal(b->equipment, 4 << 9 | 3 << 14);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(none_is_none, set_up),
		cmocka_unit_test_setup(ports_that_answer_are_listed_without_gaps, set_up),
		cmocka_unit_test_setup(all_of_them, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/dma/sg_test.c: lists of a request's memory.
 * LINK: src/dma/sg.c src/dma/dma.c src/mem/alloc.c src/mem/e820.c tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/layout.h"
#include "arch/phys.h"
#include "dma/sg.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "machine/machine.h"
#include "mem/alloc.h"

struct machine machine;

#define RAM_END	(16u << 20)

static struct sg_list sg;

static int set_up(void **state)
{
	(void)state;
	fake_log_reset();
	fake_ram_reset(RAM_END);
	machine.low_ram_end = RAM_END;
	alloc_init(0xf4000, 0xf8000);
	alloc_open_high(RAM_END);
	sg_init(&sg);
	return 0;
}

static void entries_are_appended_and_what_goes_on_is_one(void **state)
{
	(void)state;
	assert_int_equal(sg_append(&sg, 0x1000, 16, false), 0);
	assert_int_equal(sg_append(&sg, 0x1010, 16, false), 0);
	assert_int_equal(sg.count, 1);
	assert_int_equal(sg.entry[0].len, 32);
	assert_int_equal(sg_append(&sg, 0x1020, 16, true), 0);	/* somebody else's */
	assert_int_equal(sg_append(&sg, 0x1020, 16, true), 0);	/* the same again */
	assert_int_equal(sg.count, 3);
	assert_int_equal(sg_append(&sg, 0x5000, 0, false), 0);	/* nothing */
	assert_int_equal(sg.count, 3);
	assert_int_equal(sg.bytes, 64);
	assert_int_equal(sg_append(&sg, 0x5000, 1, false), 0);
	assert_int_equal(sg.count, SG_ENTRIES);
	assert_int_equal(sg_append(&sg, 0x6000, 1, false), -ENOSPC);
	assert_int_equal(sg_append(&sg, 0x5001, 1, false), 0);	/* a full list takes what goes on */
	assert_int_equal(sg.bytes, 66);
}

static void nothing_wraps(void **state)
{
	(void)state;
	assert_int_equal(sg_append(&sg, 0xffffff00, 0x101, false), -EOVERFLOW);
	assert_int_equal(sg.count, 0);
	assert_int_equal(sg_append(&sg, 0xffffff00, 0x100, false), 0);
	assert_int_equal(sg_append(&sg, 0, 0x100, false), 0);		/* is not behind it */
	assert_int_equal(sg.count, 2);
	assert_int_equal(sg_append(&sg, 0, 0xfffffe00, false), -EOVERFLOW);
	assert_int_equal(sg.bytes, 0x200);
	assert_int_equal(sg_append(&sg, 0, 0xfffffdff, false), 0);
	assert_int_equal(sg.bytes, 0xffffffff);
}

/* Three pieces; every slice of them has the bytes that the list has there, and no others. */
static void every_slice_is_the_same_memory(void **state)
{
	struct sg_list part;

	(void)state;
	sg_append(&sg, 0x1000, 5, false);
	sg_append(&sg, 0x2000, 3, true);
	sg_append(&sg, 0x3000, 4, false);
	for (uint32_t from = 0; from <= 14; from++)
		for (uint32_t len = 0; len <= 14; len++) {
			uint32_t want = from >= 12 ? 0 : min_u32(len, 12 - from), at, at2;

			assert_int_equal(sg_slice(&part, &sg, from, len), want);
			assert_int_equal(part.bytes, want);
			for (uint32_t i = 0; i < want; i++) {
				const struct sg_entry *a = sg_find(&sg, from + i, &at), *b = sg_find(&part, i, &at2);

				assert_non_null(a);
				assert_non_null(b);
				assert_int_equal(a->addr + at, b->addr + at2);
				assert_int_equal(a->own, b->own);
			}
			assert_null(sg_find(&part, want, &at));
		}
}

static void a_list_is_flattened_and_unflattened(void **state)
{
	uint8_t buffer[16];

	(void)state;
	sg_append(&sg, 0x2003, 5, false);
	sg_append(&sg, 0x8000, 3, false);
	sg_append(&sg, RAM_END - 0x1000, 4, true);
	memcpy(phys_to_ptr(0x2003), "abcde", 5);
	memcpy(phys_to_ptr(0x8000), "fgh", 3);
	memcpy(phys_to_ptr(RAM_END - 0x1000), "ijkl", 4);
	memset(buffer, '-', sizeof(buffer));
	assert_int_equal(sg_flatten(&sg, 0, buffer, 16), 12);
	assert_memory_equal(buffer, "abcdefghijkl----", 16);
	assert_int_equal(sg_flatten(&sg, 4, buffer, 5), 5);
	assert_memory_equal(buffer, "efghi", 5);
	assert_int_equal(sg_flatten(&sg, 12, buffer, 5), 0);
	assert_int_equal(sg_flatten(&sg, 0xffffffff, buffer, 5), 0);
	assert_int_equal(sg_unflatten(&sg, 3, "DEFGHI", 6), 6);
	assert_memory_equal(phys_to_ptr(0x2003), "abcDE", 6);
	assert_memory_equal(phys_to_ptr(0x8000), "FGH", 4);
	assert_memory_equal(phys_to_ptr(RAM_END - 0x1000), "Ijkl", 5);
	assert_int_equal(sg_unflatten(&sg, 11, "XYZ", 3), 1);
}

/* What a caller may not write stays, what is the firmware's own is written. */
static void a_callers_entry_does_not_reach_the_firmwares_memory(void **state)
{
	(void)state;
	sg_append(&sg, FSEG_BASE, 4, false);
	sg_append(&sg, FSEG_BASE + 16, 4, true);
	assert_int_equal(sg_unflatten(&sg, 0, "12345678", 8), 8);
	assert_memory_equal(phys_to_ptr(FSEG_BASE), "\0\0\0\0", 4);
	assert_memory_equal(phys_to_ptr(FSEG_BASE + 16), "5678", 4);
}

static void one_entry_is_a_list(void **state)
{
	(void)state;
	sg_single(&sg, 0x7c00, 512);
	assert_int_equal(sg.count, 1);
	assert_int_equal(sg.bytes, 512);
	assert_false(sg.entry[0].own);
	sg_single(&sg, 0x7c00, 0);
	assert_int_equal(sg.count, 0);
	assert_int_equal(sg.bytes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(entries_are_appended_and_what_goes_on_is_one, set_up),
		cmocka_unit_test_setup(nothing_wraps, set_up),
		cmocka_unit_test_setup(every_slice_is_the_same_memory, set_up),
		cmocka_unit_test_setup(a_list_is_flattened_and_unflattened, set_up),
		cmocka_unit_test_setup(a_callers_entry_does_not_reach_the_firmwares_memory, set_up),
		cmocka_unit_test_setup(one_entry_is_a_list, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

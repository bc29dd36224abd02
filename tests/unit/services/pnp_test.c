/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/services/pnp_test.c: the Plug and Play structure, byte by byte.
 * LINK: src/services/pnp.c src/mem/alloc.c src/mem/e820.c src/arch/checksum.c tests/fake/ram.c
 * LINK: tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/phys.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "services/pnp.h"
#include "std/pnp.h"

struct machine machine;
char rt16_pnp_real[1], rt16_pnp_protected[1];

static void start(uint32_t room)
{
	fake_log_reset();
	fake_ram_reset(2 << 20);
	alloc_init(0xf4004, 0xf4004 + room);
	pnp_init();
}

static void the_structure_names_both_entries(void **state)
{
	static const uint8_t head[] = { '$', 'P', 'n', 'P', 0x10, 33, 0, 0 };
	static const uint8_t base[] = { 0x00, 0x00, 0x0f, 0x00, 0, 0, 0, 0, 0x00, 0xf0, 0x00, 0x00, 0x0f, 0x00 };
	const struct pnp_structure *p;
	const uint8_t *b;
	uint8_t sum = 0;

	(void)state;
	start(0x100);
	assert_int_equal(pnp_structure() >> 16, 0xf000);
	assert_int_equal(pnp_structure() % 16, 0);
	assert_in_range(pnp_structure() & 0xffff, 0x4004, 0x4104 - sizeof(*p));
	p = phys_to_ptr(0xf0000 + (pnp_structure() & 0xffff));
	b = (const uint8_t *)p;
	assert_memory_equal(b, head, sizeof(head));
	assert_int_equal(p->event_flag, 0);
	assert_int_equal(p->real_offset, (uint16_t)(uintptr_t)rt16_pnp_real);
	assert_int_equal(p->real_segment, 0xf000);
	assert_int_equal(p->protected_offset, (uint16_t)(uintptr_t)rt16_pnp_protected);
	assert_memory_equal(b + 19, base, sizeof(base));
	for (int i = 0; i < 33; i++)
		sum += b[i];
	assert_int_equal(sum, 0);
}

static void without_room_there_is_none(void **state)
{
	(void)state;
	start(40);
	assert_int_equal(pnp_structure(), 0);
	assert_true(fake_log_has("Plug and Play structure"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_structure_names_both_entries),
		cmocka_unit_test(without_room_there_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

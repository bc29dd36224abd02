/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/services/pci_routing_test.c: the routing table's slots, in a buffer that has room for them.
 * LINK: src/services/pci_routing.c src/services/guest.c src/dma/dma.c src/dma/sg.c src/mem/alloc.c src/mem/e820.c tests/fake/ram.c
 * LINK: tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/phys.h"
#include "fake/ram.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "services/pci_routing.h"
#include "std/pir.h"

struct machine machine;

#define PIR	0xf5000u
#define SLOTS	3u
#define BYTES	(SLOTS * sizeof(struct pir_slot))
#define WORDS	0x600u
#define BUFFER	0x20000u

static struct regs r;

static int set_up(void **state)
{
	struct pir_header *pir;

	(void)state;
	fake_ram_reset(16 << 20);
	machine.low_ram_end = 16 << 20;
	alloc_init(0xf4000, 0xf8000);
	alloc_open_high(16 << 20);
	pir = phys_to_ptr(PIR);
	pir->size = sizeof(*pir) + BYTES;
	pir->exclusive_irqs = 0x0c20;
	memset(pir + 1, 0x5a, BYTES);
	memset(phys_to_ptr(BUFFER), 0xff, 2 * BYTES);
	machine.pir = PIR;
	return 0;
}

static uint8_t ask(uint16_t room, uint16_t segment)
{
	const uint16_t words[] = { room, 0, segment };

	memcpy(phys_to_ptr(WORDS), words, sizeof(words));
	r = (struct regs){ .eax = 0x1111b10e, .ebx = 0x2222bbbb, .di = WORDS };
	return pci_routing_options(&r);
}

static uint16_t told(void)
{
	return *(uint16_t *)phys_to_ptr(WORDS);
}

static void slots_are_copied_where_there_is_room(void **state)
{
	const uint8_t *b = phys_to_ptr(BUFFER);

	(void)state;
	for (uint16_t more = 0; more < 2; more++) {
		assert_int_equal(ask((uint16_t)(BYTES + more), BUFFER >> 4), 0);
		assert_int_equal(told(), BYTES);
		assert_int_equal(r.ebx, 0x22220c20);
		assert_memory_equal(b, phys_to_ptr(PIR + 32), BYTES);
		assert_int_equal(b[BYTES], 0xff);
	}
}

static void without_room_the_size_is_told(void **state)
{
	static const uint16_t rooms[] = { 0, 16, BYTES - 1 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(ask(rooms[i], BUFFER >> 4), 0x89);
		assert_int_equal(told(), BYTES);
		assert_int_equal(r.ebx, 0x2222bbbb);
		assert_int_equal(*(uint8_t *)phys_to_ptr(BUFFER), 0xff);
	}
}

static void the_firmware_stays_as_it_is(void **state)
{
	(void)state;
	assert_int_equal(ask(BYTES, 0xf600), 0);
	assert_int_equal(*(uint8_t *)phys_to_ptr(0xf6000), 0);
}

static void without_a_table_there_is_no_such_function(void **state)
{
	(void)state;
	machine.pir = 0;
	assert_int_equal(ask(BYTES, BUFFER >> 4), 0x81);
	assert_int_equal(told(), BYTES);	/* as it came */
	assert_int_equal(*(uint8_t *)phys_to_ptr(BUFFER), 0xff);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(slots_are_copied_where_there_is_room, set_up),
		cmocka_unit_test_setup(without_room_the_size_is_told, set_up),
		cmocka_unit_test_setup(the_firmware_stays_as_it_is, set_up),
		cmocka_unit_test_setup(without_a_table_there_is_no_such_function, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

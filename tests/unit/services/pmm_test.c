/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/services/pmm_test.c: the POST Memory Manager as a ROM calls it, with the real allocator beside it: what
 * either has given, the other does not give. A random run keeps a pattern in every block.
 * LINK: src/services/guest.c src/mem/pool.c src/mem/alloc.c src/mem/e820.c
 * LINK: src/dma/dma.c src/dma/sg.c src/arch/checksum.c tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "arch/layout.h"
#include "arch/phys.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "services/guest.h"

/* Its n-th allocation fails, 0: none does. */
static uint32_t fail_at, allocations;
#define alloc(...) (++allocations == fail_at ? NULL : (alloc)(__VA_ARGS__))
#define alloc_raw(...) (++allocations == fail_at ? NULL : (alloc_raw)(__VA_ARGS__))
#include "services/pmm.c"	/* its variables are cleared as a start clears them */
#undef alloc
#undef alloc_raw

#include "std/pmm.h"

#define RAM	(32 * MIB)
#define FSEG	0xf4000u
#define STACK	0x7000u
#define TWO_LOW	(PMM_CONVENTIONAL | PMM_PERMANENT)
#define TWO_HIGH (PMM_EXTENDED | PMM_PERMANENT)

struct machine machine;
char rt16_pmm[1];
static uint32_t ram_end;

static void begin(uint32_t ram, uint32_t fseg_bytes)
{
	fake_log_reset();
	fake_ram_reset(RAM);
	ram_end = ram;
	alloc_init(FSEG, FSEG + fseg_bytes);
	alloc_open_high(ram);
	guest_bda()->base_kib = 639;
	memset(&pmm, 0, sizeof(pmm));
}

static int start(void **state)
{
	(void)state;
	begin(RAM, 0x100);
	pmm_open();
	return 0;
}

static uint32_t call(struct pmm_call c)
{
	struct regs r = {
		.ss = 0x10, .esp = 0xabcd0000u | (STACK - 0x100 - REGS_PMM_CALL), .eax = 0x5555aaaa, .edx = 0x66667777,
	};

	memcpy(fake_ram + STACK, &c, sizeof(c));
	pmm_service(&r);
	assert_int_equal(r.eax >> 16, 0x5555);
	assert_int_equal(r.edx >> 16, 0x6666);
	return (uint32_t)r.dx << 16 | r.ax;
}

static uint32_t get(uint32_t length, uint32_t handle, uint16_t flags)
{
	return call((struct pmm_call){ .function = PMM_ALLOCATE, .allocate = { length, handle, flags } });
}

static uint32_t find(uint32_t handle)
{
	return call((struct pmm_call){ .function = PMM_FIND, .handle = handle });
}

static uint32_t give(uint32_t address)
{
	return call((struct pmm_call){ .function = PMM_DEALLOCATE, .address = address });
}

static const struct pmm_structure *structure(void)
{
	const struct pmm_structure *found = NULL;

	for (uint32_t at = 0xe0000; at < MIB; at += 16) {
		const struct pmm_structure *s = phys_to_ptr(at);
		uint8_t sum = 0;

		if (s->signature != PMM_SIGNATURE)
			continue;
		assert_null(found);
		found = s;
		for (uint32_t i = 0; i < s->bytes; i++)
			sum = (uint8_t)(sum + ((const uint8_t *)s)[i]);
		assert_int_equal(sum, 0);
	}
	return found;
}

static void the_structure_is_there_while_it_is_open(void **state)
{
	const struct pmm_structure *s = structure();

	(void)state;
	assert_non_null(s);
	assert_int_equal(s->revision, 1);
	assert_int_equal(s->bytes, 16);
	assert_int_equal(s->entry_segment, 0xf000);
	assert_int_equal(s->entry_offset, (uint16_t)(uintptr_t)rt16_pmm);
	pmm_close();
	for (uint32_t i = 0; i < sizeof(*s); i++)
		assert_int_equal(((const uint8_t *)s)[i], 0);
	pmm_open();
	assert_ptr_equal(structure(), s);
}

static void each_kind_of_memory_lies_in_its_place(void **state)
{
	uint32_t at, ram;

	(void)state;
	ram = get(0x1300, 1, PMM_EXTENDED);
	assert_in_range(ram, ram_end - 17 * MIB, ram_end - 15 * MIB);
	assert_in_range(get(0x100, 2, PMM_CONVENTIONAL), 0x10000, 0x8f000);
	assert_in_range(get(0x100, 3, PMM_CONVENTIONAL | PMM_EXTENDED), 0x10000, 0x8f000);
	assert_int_equal(get(0x20, PMM_ANONYMOUS, TWO_LOW), ROM_RAM_BASE);
	at = get(0x20, PMM_ANONYMOUS, TWO_HIGH);
	assert_true(at >= alloc_high_bottom() && at < ram_end);
	assert_int_equal(alloc_low_bottom(), EBDA_BASE);
	assert_int_equal(get(0x20000, 4, PMM_CONVENTIONAL), 0);
	assert_true(get(0x20000, 4, PMM_CONVENTIONAL | PMM_EXTENDED) >= MIB);
}

static void what_network_roms_ask_for_is_there_for_a_dozen(void **state)
{
	(void)state;
	for (uint32_t nic = 1; nic <= 12; nic++) {
		assert_int_equal(find(nic), 0);
		assert_true(get(77824 / 16, nic, PMM_EXTENDED) > MIB);
		if (nic == 1)
			assert_true(get(786432 / 16, 0x1234, PMM_EXTENDED) > MIB);
		assert_true(find(0x1234) > MIB);
	}
}

static void permanent_memory_below_640_kib_goes_on_in_the_low_zone(void **state)
{
	uint32_t at;

	(void)state;
	while ((at = get(0x20, PMM_ANONYMOUS, TWO_LOW)) >= ROM_RAM_BASE && at < ROM_RAM_END)
		;
	assert_int_equal(at, EBDA_BASE - 1024);
	assert_int_equal(guest_bda()->base_kib, 638);
	assert_int_equal(get(0x20, PMM_ANONYMOUS, TWO_LOW), at + 0x200);
	assert_int_equal(get(0x20, PMM_ANONYMOUS, TWO_LOW), EBDA_BASE - 2048);
	assert_int_equal(give(at), 0);
	assert_int_equal(get(0x20, PMM_ANONYMOUS, TWO_LOW | PMM_EXTENDED), at);
	guest_bda()->base_kib = 600;		/* a ROM has taken some itself */
	assert_int_equal(get(0x80, PMM_ANONYMOUS, TWO_LOW), 0);
	assert_int_equal(guest_bda()->base_kib, 600);
	assert_int_equal(fake_log_lines(), 0);
}

static void kept_memory_ends_with_the_memory_map(void **state)
{
	struct e820_layer layers[ALLOC_LAYERS];
	uint32_t at = get(0x20, 1, TWO_HIGH);

	(void)state;
	alloc_layers(layers);
	assert_int_equal(get(0x1000, 2, TWO_HIGH), 0);
	assert_int_equal(get(0x1000, 3, TWO_LOW), 0);
	assert_int_equal(get(0x20, 4, TWO_HIGH), at + 0x200);	/* of a page that is reserved already */
	assert_int_equal(get(0, 0, TWO_HIGH), 4096 - 0x400);
	assert_int_equal(fake_log_lines(), 0);
}

static void what_is_kept_is_its_owners_to_write(void **state)
{
	uint32_t at = get(0x20, 1, TWO_HIGH), low = get(0x20, 2, TWO_LOW);
	uint64_t value = 0x1122334455667788;

	(void)state;
	machine.low_ram_end = ram_end;
	assert_true(dma_foreign(at, 0x200));
	assert_true(dma_foreign(low, 0x200));
	assert_false(dma_foreign(at - 1, 2));
	assert_false(dma_foreign(at, 4097));
	assert_false(dma_foreign(ROM_RAM_BASE - 1, 2));
	assert_false(dma_foreign(low + 0x200, 1));	/* nobody has asked for that */
	assert_false(dma_foreign(low, 0xffffffff));
	assert_false(dma_direct(at, 16));		/* by the processor */
	dma_write_guest(at, &value, sizeof(value));
	assert_memory_equal(fake_ram + at, &value, sizeof(value));
	machine.low_ram_end = 0;
}

static void lengths_and_flags_that_are_none_are_refused(void **state)
{
	static const struct { uint32_t length, handle; uint16_t flags; } bad[] = {
		{ 0x10, 1, 0 }, { 0x10, 1, PMM_ALIGN }, { 0x10, 1, PMM_PERMANENT }, { 0, 1, 0 },
		{ 0, 1, PMM_PERMANENT },
		{ 0xffffffff, 1, 3 }, { 0x10000000, 1, 3 }, { 0x10000001, 1, 3 }, { 0x0fffffff, 1, 3 },
		{ 0x0fffffff, 1, 11 }, { 0x08000000, 1, 7 }, { 0x08000000, 1, 15 }, { 0x0fff0000, 1, 15 },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(get(bad[i].length, bad[i].handle, bad[i].flags), 0);
	assert_int_equal(find(1), 0);
	assert_int_equal(fake_log_lines(), 0);
	for (uint32_t f = 3; f < 0x10000; f++)
		assert_int_equal(call((struct pmm_call){ .function = (uint16_t)f }), PMM_UNSUPPORTED);
}

static void alignment_is_the_lowest_bit_of_the_length(void **state)
{
	(void)state;
	for (uint32_t flags = PMM_ALIGN; flags <= (PMM_ALIGN | PMM_PERMANENT); flags += PMM_PERMANENT) {
		assert_true(get(1, PMM_ANONYMOUS, (uint16_t)flags | PMM_EXTENDED) != 0);
		for (uint32_t bit = 0; bit < 16; bit++) {
			uint32_t at = get(1u << bit, PMM_ANONYMOUS, (uint16_t)flags | PMM_EXTENDED);

			assert_true(at != 0 && at % (16u << bit) == 0);
		}
	}
	assert_int_equal(get(0x30, PMM_ANONYMOUS, PMM_ALIGN | PMM_CONVENTIONAL) % 0x100, 0);
}

static void a_handle_is_given_once(void **state)
{
	uint32_t at = get(0x10, 5, PMM_CONVENTIONAL);

	(void)state;
	assert_int_equal(get(0x10, 5, PMM_EXTENDED), 0);
	assert_int_equal(find(5), at);
	assert_true(get(0x10, PMM_ANONYMOUS, 1) != 0);
	assert_true(get(0x10, PMM_ANONYMOUS, 1) != 0);
	assert_int_equal(find(PMM_ANONYMOUS), 0);
	assert_int_equal(give(at), 0);
	assert_int_equal(give(at), 1);
	assert_int_equal(find(5), 0);
	assert_int_equal(get(0x10, 5, PMM_CONVENTIONAL), at);
	assert_int_equal(give(at + 16), 1);
	assert_int_equal(give(0), 1);
	assert_int_equal(give(0xffffffff), 1);
	assert_int_equal(find(5), at);
}

static void the_largest_block_can_be_had(void **state)
{
	static const uint16_t flags[] = { 1, 2, 3, TWO_LOW, TWO_HIGH, TWO_LOW | TWO_HIGH };

	for (uint32_t i = 0; i < ARRAY_SIZE(flags); i++) {
		uint32_t bytes;

		start(state);
		get(0x123, 1, flags[i]);
		bytes = get(0, PMM_ANONYMOUS, flags[i]);
		assert_true(bytes > 0x4000);
		assert_int_equal(get(bytes / 16 + 1, 2, flags[i]), 0);
				assert_true(get(bytes / 16, 2, flags[i]) != 0);
	}
}

static void closed_it_gives_nothing_and_opened_again_it_knows_its_blocks(void **state)
{
	uint32_t at = get(0x10, 5, PMM_EXTENDED);

	(void)state;
	pmm_close();
	assert_null(structure());
	assert_int_equal(get(0x10, 6, PMM_EXTENDED), 0);
	assert_int_equal(get(0, 6, PMM_EXTENDED), 0);
	assert_int_equal(find(5), 0);
	assert_int_equal(give(at), 1);
	assert_int_equal(call((struct pmm_call){ .function = 3 }), PMM_UNSUPPORTED);
	pmm_open();
	assert_int_equal(find(5), at);
	assert_int_equal(get(0x10, 6, PMM_EXTENDED), at + 0x100);
	assert_int_equal(give(at), 0);
}

static void conventional_memory_is_cleared_for_what_is_booted(void **state)
{
	uint32_t low = get(0x100, 1, 1), freed = get(0x100, 2, 1), high = get(0x100, 3, 2), kept = get(0x10, 4, 9);

	(void)state;
	give(freed);
	memset(phys_to_ptr(low), 0xee, 0x2001);
	memset(phys_to_ptr(high), 0xee, 0x100);
	memset(phys_to_ptr(kept), 0xee, 0x100);
	pmm_close();
	pmm_boot();
	for (uint32_t i = 0; i < 0x2000; i++)
		assert_int_equal(fake_ram[low + i], 0);
	assert_int_equal(fake_ram[low + 0x2000], 0xee);
	assert_int_equal(fake_ram[high], 0xee);
	assert_int_equal(fake_ram[kept], 0xee);
	pmm_open();
	assert_int_equal(find(1), 0);
	assert_int_equal(find(3), high);
	assert_int_equal(find(4), kept);
	fake_ram[low] = 0x77;		/* the program's: it is cleared no more */
	pmm_boot();
	assert_int_equal(fake_ram[low], 0x77);
}

static void without_room_there_is_none(void **state)
{
	(void)state;
	begin(RAM, 8);
	pmm_open();
	assert_null(structure());
	assert_int_equal(get(0x10, 1, 3), 0);
	assert_int_equal(fake_log_lines(), 1);
	begin(MIB, 0x100);			/* no list */
	pmm_open();
	assert_null(structure());
	assert_int_equal(get(0x10, 1, 3), 0);
	assert_int_equal(fake_log_lines(), 1);
	pmm_close();
	pmm_boot();
}

static void with_little_ram_the_temporary_zone_keeps_its_part(void **state)
{
	(void)state;
	begin(MIB + 0x3000, 0x100);
	pmm_open();
	assert_int_equal(get(0x10, 1, PMM_EXTENDED), 0);
	assert_true(get(0x100, 2, PMM_CONVENTIONAL) != 0);
	assert_true(get(0, 2, PMM_CONVENTIONAL) >= 0x20000);
	assert_non_null(alloc_raw(ZONE_TEMP, 0x20000, 16, "text"));
}

/* Both givers until neither has anything: no byte is given twice. */
static void tables_and_blocks_stop_at_each_other(void **state)
{
	static uint8_t owner[RAM / 16];

	for (uint32_t ram = 2 * MIB; ram <= RAM; ram += 6 * MIB) {
		uint32_t failed = 0;

		srand(ram);
		begin(ram, 0x100);
		memset(owner, 0, sizeof(owner));
		pmm_open();
		for (uint32_t turn = 0; failed < 40 && turn < 4000; turn++) {
			uint32_t what = (uint32_t)rand() % 5, bytes = 16 * (1 + (uint32_t)rand() % 0x2000), at = 0;
			static const enum zone zones[] = { ZONE_HIGH, ZONE_TEMP, ZONE_NVS };

			if (what < 3) {
				void *p = alloc_raw(zones[what], bytes, 16, "table");

				at = p ? (uint32_t)ptr_to_phys(p) : 0;
			} else {
				at = get(bytes / 16, PMM_ANONYMOUS, (uint16_t)(1 + rand() % 15));
			}
			failed += !at;
			for (uint32_t i = at / 16; at && i < (at + bytes) / 16; i++) {
				assert_int_equal(owner[i], 0);
				assert_true(i < ram / 16);
				owner[i] = 1;
			}
		}
		assert_true(failed >= 40);
	}
	(void)state;
}

static void random_calls_keep_every_block(void **state)
{
	static struct { uint32_t at, bytes, handle; uint8_t pattern; } mine[80];
	uint32_t count = 0;

	start(state);
	srand(7);
	for (uint32_t turn = 0; turn < 20000; turn++) {
		uint32_t i = count ? (uint32_t)rand() % count : 0, length = 1 + (uint32_t)rand() % 300;

		if (rand() % 100 == 0) {
			pmm_close();
			pmm_open();
		}
		if (count < ARRAY_SIZE(mine) && rand() % 2) {
			uint32_t at = get(length, turn, (uint16_t)rand());

			if (!at)
				continue;
			mine[count].at = at;
			mine[count].bytes = length * 16;
			mine[count].handle = turn;
			mine[count].pattern = (uint8_t)rand();
			memset(phys_to_ptr(at), mine[count].pattern, length * 16);
			count++;
		} else if (count) {
			for (uint32_t b = 0; b < mine[i].bytes; b++)
				assert_int_equal(fake_ram[mine[i].at + b], mine[i].pattern);
			assert_int_equal(find(mine[i].handle), mine[i].at);
			assert_int_equal(give(mine[i].at + 16 * (mine[i].bytes > 16)), mine[i].bytes > 16);
			if (mine[i].bytes > 16)
				assert_int_equal(give(mine[i].at), 0);
			mine[i] = mine[--count];
		}
	}
}

/* Whichever allocation fails, some get nothing, and what the others get is theirs alone and can be given back. */
static void every_allocation_may_fail(void **state)
{
	static const struct { uint32_t paragraphs; uint16_t flags; } wish[] = {
		{ 0x20, TWO_LOW }, { 77824 / 16, PMM_EXTENDED }, { 786432 / 16, PMM_EXTENDED }, { 0x100, TWO_LOW },
		{ 0x1000, TWO_HIGH }, { 0x400, PMM_CONVENTIONAL }, { 0x40, TWO_LOW }, { 0x2000, TWO_HIGH },
	};
	uint32_t got[ARRAY_SIZE(wish)], missing, n = 0;

	(void)state;
	do {
		begin(RAM, 0x100);
		allocations = 0;
		fail_at = ++n;
		pmm_open();
		missing = 0;
		for (uint32_t i = 0; i < ARRAY_SIZE(wish); i++) {
			got[i] = get(wish[i].paragraphs, i, wish[i].flags);
			missing += !got[i];
			assert_int_equal(find(i), got[i]);
			for (uint32_t j = 0; got[i] && j < i; j++)
				assert_true(!got[j] || got[i] + wish[i].paragraphs * 16 <= got[j] ||
					    got[j] + wish[j].paragraphs * 16 <= got[i]);
		}
		assert_int_equal(missing != 0, allocations >= n);	/* that many were asked for, or this was the last round */
		for (uint32_t i = 0; i < ARRAY_SIZE(wish); i++)
			if (got[i])
				assert_int_equal(give(got[i]), 0);
		pmm_close();
		assert_int_equal(get(1, PMM_ANONYMOUS, PMM_EXTENDED), 0);
	} while (missing);
	assert_in_range(n, 6, 20);
	fail_at = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_structure_is_there_while_it_is_open, start),
		cmocka_unit_test_setup(each_kind_of_memory_lies_in_its_place, start),
		cmocka_unit_test_setup(what_network_roms_ask_for_is_there_for_a_dozen, start),
		cmocka_unit_test_setup(permanent_memory_below_640_kib_goes_on_in_the_low_zone, start),
		cmocka_unit_test_setup(kept_memory_ends_with_the_memory_map, start),
		cmocka_unit_test_setup(what_is_kept_is_its_owners_to_write, start),
		cmocka_unit_test_setup(lengths_and_flags_that_are_none_are_refused, start),
		cmocka_unit_test_setup(alignment_is_the_lowest_bit_of_the_length, start),
		cmocka_unit_test_setup(a_handle_is_given_once, start),
		cmocka_unit_test(the_largest_block_can_be_had),
		cmocka_unit_test_setup(closed_it_gives_nothing_and_opened_again_it_knows_its_blocks, start),
		cmocka_unit_test_setup(conventional_memory_is_cleared_for_what_is_booted, start),
		cmocka_unit_test(without_room_there_is_none),
		cmocka_unit_test(with_little_ram_the_temporary_zone_keeps_its_part),
		cmocka_unit_test(tables_and_blocks_stop_at_each_other),
		cmocka_unit_test(random_calls_keep_every_block),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

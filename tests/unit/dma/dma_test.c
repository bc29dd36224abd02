/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/dma/dma_test.c: what a device gets to see of a caller's memory, and what it does not.
 * LINK: src/dma/dma.c src/dma/sg.c src/mem/alloc.c src/mem/e820.c tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/layout.h"
#include "arch/phys.h"
#include "dma/dma.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "machine/machine.h"
#include "mem/alloc.h"

struct machine machine;

#define RAM_END		(16u << 20)
#define SECTOR		512u
static const struct dma_limits anything = { .align_mask = 0 };
static const struct dma_limits even = { .align_mask = 1 };

/* The DMA controller of ISA, whose top is lower here than 16 MiB. */
#define ISA_TOP	(8u << 20)
static const struct dma_limits isa = { .top = ISA_TOP, .boundary = 0x10000, .whole = true };

static int set_up(void **state)
{
	(void)state;
	fake_log_reset();
	fake_ram_reset(RAM_END);
	fake_ram_map_statics(RAM_END);
	machine.low_ram_end = RAM_END;
	alloc_init(0xf4000, 0xf8000);
	alloc_open_high(RAM_END);
	assert_int_equal(dma_init(), 0);
	return 0;
}

/* A caller's memory in one piece; of up to eight requests at a time. */
static int map(struct dma_list *list, uint32_t linear, uint32_t len, uint32_t granule, bool to_device,
	       const struct dma_limits *limits)
{
	static struct sg_list sg[8];
	static uint32_t next;
	struct sg_list *one = &sg[next++ % ARRAY_SIZE(sg)];

	sg_single(one, linear, len);
	return dma_map(list, one, 0, len, granule, to_device, limits);
}

static uint32_t mapped(const struct dma_list *list)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < list->count; i++) {
		assert_true(list->range[i].len != 0);
		sum += list->range[i].len;
	}
	assert_int_equal(sum, list->bytes);
	return sum;
}

static bool bounced(const struct dma_list *list, uint32_t i)
{
	return list->range[i].addr >= alloc_high_bottom();
}

static void fill(uint8_t byte, const struct dma_list *list)
{
	for (uint32_t i = 0; i < list->count; i++)
		memset(phys_to_ptr(list->range[i].addr), byte, list->range[i].len);
}

static void a_guests_ram_is_reached_directly(void **state)
{
	static const uint32_t at[] = { 0x1000, 0x7c00, 0x7c01, 0x8fe00, 0x100000, 0x100001, 0x800000 };
	struct dma_list list;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
		assert_int_equal(map(&list, at[i], 2 * SECTOR, SECTOR, false, &anything), 0);
		assert_int_equal(list.count, 1);
		assert_int_equal(list.range[0].addr, at[i]);
		assert_int_equal(mapped(&list), 2 * SECTOR);
		assert_null(list.buffer);
		dma_unmap(&list, 2 * SECTOR);
	}
}

static void every_list_has_its_direction(void **state)
{
	static const uint32_t at[] = { 0x7c00, 0x7c01, 0x400 };	/* direct, and bounced */

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(at); i++)
		for (int to_device = 0; to_device < 2; to_device++) {
			struct dma_list list;

			memset(&list, to_device ? 0 : 0xff, sizeof(list));
			assert_int_equal(map(&list, at[i], SECTOR, SECTOR, to_device, &even), 0);
			assert_int_equal(*(uint8_t *)&list.to_device, to_device);
			dma_unmap(&list, 0);
		}
}

static void what_is_not_the_guests_is_bounced(void **state)
{
	/* vectors, BDA, EBDA, VGA, option ROMs, our RAM, our ROM, our tables */
	const uint32_t at[] = { 0, 0x400, 0x800, EBDA_BASE, 0xa0000, 0xc0000, FW_RAM_BASE, FSEG_BASE, 0xffe00,
				alloc_high_bottom(), RAM_END - SECTOR };
	struct dma_list list;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
		assert_int_equal(map(&list, at[i], SECTOR, SECTOR, false, &anything), 0);
		assert_int_equal(list.count, 1);
		assert_true(bounced(&list, 0));
		dma_unmap(&list, 0);
	}
}

static void only_what_the_device_did_comes_back_from_the_buffer(void **state)
{
	uint8_t *to = phys_to_ptr(0xa0000);
	struct dma_list list;

	(void)state;
	memset(to, 0x11, 2 * SECTOR);
	assert_int_equal(map(&list, 0xa0000, 2 * SECTOR, SECTOR, false, &anything), 0);
	fill(0x22, &list);
	dma_unmap(&list, SECTOR);
	assert_int_equal(to[SECTOR - 1], 0x22);
	assert_int_equal(to[SECTOR], 0x11);
}

static void the_firmwares_memory_takes_no_write(void **state)
{
	const uint32_t at[] = { FW_RAM_BASE, FW_RAM_BASE + 0x4000, FSEG_BASE, 0xffe00, alloc_high_bottom() };
	struct dma_list list;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
		uint8_t *to = phys_to_ptr(at[i]);

		memset(to, 0x11, SECTOR);
		assert_int_equal(map(&list, at[i], SECTOR, SECTOR, false, &anything), 0);
		fill(0x22, &list);
		dma_unmap(&list, SECTOR);
		if (at[i] != alloc_high_bottom())	/* the buffer itself */
			for (uint32_t n = 0; n < SECTOR; n++)
				assert_int_equal(to[n], 0x11);
	}
}

/* A read that begins in front of our RAM and ends behind the F segment. */
static void beside_the_firmware_everything_arrives(void **state)
{
	uint8_t *to = phys_to_ptr(FW_RAM_BASE - SECTOR);
	struct dma_list list;

	(void)state;
	memset(to, 0x11, 2 * SECTOR);
	assert_int_equal(map(&list, FW_RAM_BASE - SECTOR, 2 * SECTOR, 2 * SECTOR, false, &anything), 0);
	fill(0x22, &list);
	dma_unmap(&list, list.bytes);
	assert_int_equal(to[SECTOR - 1], 0x22);
	assert_int_equal(to[SECTOR], 0x11);
}

static void a_request_over_a_border_is_direct_on_one_side(void **state)
{
	struct dma_list list;

	(void)state;
	memset(phys_to_ptr(EBDA_BASE - 100), 0x11, 1000);
	assert_int_equal(map(&list, EBDA_BASE - 100, SECTOR, SECTOR, false, &anything), 0);
	assert_int_equal(list.count, 2);
	assert_int_equal(list.range[0].addr, EBDA_BASE - 100);
	assert_int_equal(list.range[0].len, 100);
	assert_true(bounced(&list, 1));
	assert_int_equal(mapped(&list), SECTOR);
	fill(0x33, &list);
	dma_unmap(&list, SECTOR);
	for (uint32_t i = 0; i < SECTOR; i++)
		assert_int_equal(*(uint8_t *)phys_to_ptr(EBDA_BASE - 100 + i), 0x33);
	assert_int_equal(*(uint8_t *)phys_to_ptr(EBDA_BASE - 100 + SECTOR), 0x11);
}

/* FFFF:0010 and up: bounced below 1 MiB, direct above. */
static void the_end_of_the_first_mib_is_a_border(void **state)
{
	struct dma_list list;

	(void)state;
	assert_int_equal(map(&list, 0xffff0, SECTOR, SECTOR, false, &anything), 0);
	assert_int_equal(list.count, 2);
	assert_true(bounced(&list, 0));
	assert_int_equal(list.range[1].addr, 0x100000);
	dma_unmap(&list, 0);
}

static void what_a_device_cannot_address_is_bounced(void **state)
{
	uint8_t *at = phys_to_ptr(0x7c01);
	struct dma_list list;

	(void)state;
	assert_int_equal(map(&list, 0x7c00, SECTOR, SECTOR, false, &even), 0);
	assert_false(bounced(&list, 0));
	dma_unmap(&list, 0);
	assert_int_equal(map(&list, 0x7c01, SECTOR, SECTOR, false, &even), 0);
	assert_true(bounced(&list, 0));
	fill(0x44, &list);
	dma_unmap(&list, SECTOR);
	assert_int_equal(at[0], 0x44);
	assert_int_equal(at[SECTOR - 1], 0x44);
	assert_int_equal(at[SECTOR], 0);
}

static void a_write_takes_its_data_through_the_buffer(void **state)
{
	struct dma_list list;

	(void)state;
	memset(phys_to_ptr(0x7c01), 0x55, SECTOR);
	assert_int_equal(map(&list, 0x7c01, SECTOR, SECTOR, true, &even), 0);
	for (uint32_t i = 0; i < SECTOR; i++)
		assert_int_equal(((uint8_t *)phys_to_ptr(list.range[0].addr))[i], 0x55);
	memset(phys_to_ptr(list.range[0].addr), 0x66, SECTOR);
	dma_unmap(&list, SECTOR);
	assert_int_equal(*(uint8_t *)phys_to_ptr(0x7c01), 0x55);	/* nothing comes back */
}

static void a_request_larger_than_the_buffer_is_done_in_parts(void **state)
{
	uint32_t done = 0, parts = 0, len = 5 * DMA_BOUNCE / 2 / SECTOR * SECTOR;
	struct dma_list list;

	(void)state;
	for (; done < len; parts++) {
		assert_int_equal(map(&list, 0x20001 + done, len - done, SECTOR, false, &even), 0);
		assert_int_equal(mapped(&list) % SECTOR, 0);
		fill((uint8_t)(1 + parts), &list);
		dma_unmap(&list, list.bytes);
		done += list.bytes;
	}
	assert_int_equal(parts, 3);
	assert_int_equal(*(uint8_t *)phys_to_ptr(0x20001), 1);
	assert_int_equal(*(uint8_t *)phys_to_ptr(0x20001 + DMA_BOUNCE), 2);
	assert_int_equal(*(uint8_t *)phys_to_ptr(0x20001 + len - 1), 3);
	assert_int_equal(*(uint8_t *)phys_to_ptr(0x20001 + len), 0);
}

static void a_range_lies_on_one_side_of_each_boundary(void **state)
{
	static const struct dma_limits edges = { .align_mask = 1, .boundary = 0x8000 };
	struct dma_list list;

	(void)state;
	assert_int_equal(map(&list, 0x1fffe, 0x30000, SECTOR, false, &edges), 0);
	assert_int_equal(list.count, DMA_RANGES);
	assert_int_equal(list.range[0].len, 2);
	for (uint32_t i = 1; i + 1 < list.count; i++)
		assert_int_equal(list.range[i].len, 0x8000);
	assert_int_equal(list.bytes, (DMA_RANGES - 1) * 0x8000);	/* whole sectors */
	dma_unmap(&list, list.bytes);
	/* the bounce buffer has none inside */
	assert_int_equal(map(&list, 0x1ffff, DMA_BOUNCE, SECTOR, false, &edges), 0);
	for (uint32_t i = 0; i < list.count; i++)
		assert_int_equal(list.range[i].addr >> 15, (list.range[i].addr + list.range[i].len - 1) >> 15);
	assert_int_equal(mapped(&list), DMA_BOUNCE);
	dma_unmap(&list, list.bytes);
}

static void flash_is_not_the_guests(void **state)
{
	(void)state;
	assert_true(dma_foreign(FLASH_BASE - SECTOR, SECTOR));
	assert_false(dma_foreign(FLASH_BASE - SECTOR, SECTOR + 1));
	assert_false(dma_foreign(ROM32_BASE, 4));
	assert_false(dma_foreign(0xffffffff, 1));
	assert_false(dma_foreign(0xffffff00, SECTOR));		/* goes on at 0 */
}

/* The first has the large one, others smaller ones as long as there are any; no two have the same. */
static void a_buffer_is_one_requests_at_a_time(void **state)
{
	struct dma_list of[1 + DMA_SPARES], more;
	uint8_t *guest = phys_to_ptr(0xb0000);

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(of); i++) {
		memset(guest, (int)i, DMA_BOUNCE);
		assert_int_equal(map(&of[i], 0xb0000, DMA_BOUNCE, SECTOR, true, &anything), 0);
		assert_true(bounced(&of[i], 0));
		assert_int_equal(of[i].bytes, i ? DMA_SPARE : DMA_BOUNCE);
		assert_int_equal(of[i].range[0].addr % of[i].bytes, 0);
	}
	for (uint32_t i = 0; i < ARRAY_SIZE(of); i++)
		for (uint32_t k = 0; k < of[i].range[0].len; k++)
			assert_int_equal(*(uint8_t *)phys_to_ptr(of[i].range[0].addr + k), i);
	assert_int_equal(map(&more, 0x400, SECTOR, SECTOR, false, &anything), -EBUSY);
	assert_int_equal(map(&more, 0x7c00, SECTOR, SECTOR, false, &anything), 0);	/* needs none */
	dma_unmap(&more, SECTOR);
	dma_unmap(&of[3], 0);
	assert_int_equal(map(&more, 0x400, SECTOR, SECTOR, false, &anything), 0);
	assert_ptr_equal(more.buffer, of[3].buffer);
	for (uint32_t i = 0; i < ARRAY_SIZE(of); i++)
		dma_unmap(&of[i], 0);
	assert_int_equal(map(&more, 0xb0000, DMA_BOUNCE, SECTOR, false, &anything), 0);
	assert_int_equal(more.bytes, DMA_BOUNCE);
	dma_unmap(&more, 0);
}

/* Of those that are abandoned all but what is kept are free, and that when it is released. */
static void what_is_kept_is_nobody_elses(void **state)
{
	struct dma_list first, second, low, other;

	(void)state;
	assert_int_equal(map(&first, 0x400, SECTOR, SECTOR, false, &anything), 0);
	assert_int_equal(map(&second, 0x400, SECTOR, SECTOR, false, &anything), 0);
	assert_int_equal(map(&low, 0x400, SECTOR, SECTOR, false, &isa), 0);
	dma_abandon();
	dma_keep(second.buffer);
	dma_keep(low.buffer);
	dma_keep(phys_to_ptr(0x400));
	dma_keep(NULL);
	assert_int_equal(map(&other, 0x400, SECTOR, SECTOR, false, &isa), -EBUSY);
	dma_release(phys_to_ptr(0x400));
	assert_int_equal(map(&other, 0x400, SECTOR, SECTOR, false, &isa), -EBUSY);
	dma_release(low.buffer);
	assert_int_equal(map(&other, 0x400, SECTOR, SECTOR, false, &isa), 0);
	assert_int_equal(map(&other, 0x400, SECTOR, SECTOR, false, &anything), 0);
	assert_ptr_equal(other.buffer, first.buffer);
	assert_int_equal(map(&other, 0x400, SECTOR, SECTOR, false, &anything), 0);
	assert_true(other.buffer != second.buffer);
	dma_release(second.buffer);
	assert_int_equal(map(&other, 0x400, SECTOR, SECTOR, false, &anything), 0);
	assert_ptr_equal(other.buffer, second.buffer);
	dma_abandon();
}

/* Any address and length: ranges are the caller's memory or the buffer, in order, and end on whole sectors. */
static void nothing_else_is_ever_mapped(void **state)
{
	static const uint32_t lens[] = { SECTOR, 2 * SECTOR, 63 * SECTOR, 128 * SECTOR };
	static const struct dma_limits limits[] = { { .align_mask = 0 }, { .align_mask = 1 }, { .align_mask = 1, .boundary = 0x10000 } };
	struct dma_list list;

	(void)state;
	for (uint32_t at = 0; at < 0x120000; at += 509)
		for (size_t n = 0; n < ARRAY_SIZE(lens) * ARRAY_SIZE(limits); n++) {
			const struct dma_limits *l = &limits[n / ARRAY_SIZE(lens)];
			uint32_t offset = 0, len = lens[n % ARRAY_SIZE(lens)];

			assert_int_equal(map(&list, at, len, SECTOR, false, l), 0);
			assert_true(mapped(&list) % SECTOR == 0 && list.bytes && list.bytes <= len);
			for (uint32_t i = 0; i < list.count; i++) {
				uint32_t last = list.range[i].addr + list.range[i].len - 1;

				assert_false((list.range[i].addr | list.range[i].len) & l->align_mask);
				assert_false((list.range[i].addr ^ last) & -l->boundary);
				if (!bounced(&list, i)) {
					assert_int_equal(list.range[i].addr, at + offset);
					assert_true(dma_direct(list.range[i].addr, list.range[i].len));
				}
				offset += list.range[i].len;
			}
			dma_unmap(&list, 0);
		}
}

/* The short way makes the same list as the long one, and exactly where one direct range can be all of it. */
static void the_short_way_is_the_long_one(void **state)
{
	static const struct dma_limits limits[] = { { .align_mask = 0 }, { .boundary = 0x10000 }, { .align_mask = 1 },
						    { .align_mask = 511, .boundary = 0x8000 } };
	static const uint32_t edges[] = { 0, 0x1000, 0x7c00, EBDA_BASE, 0xa0000, FW_RAM_BASE, FSEG_END, 0x100000, RAM_END };
	static const uint32_t lens[] = { SECTOR, 8 * SECTOR, 9 * SECTOR, 64 * SECTOR };
	uint32_t whole = 0;

	(void)state;
	for (size_t e = 0; e <= ARRAY_SIZE(edges); e++)
		for (uint32_t off = 0; off < 0x9000; off += off < 4 ? 1 : 508)
			for (size_t i = 0; i < ARRAY_SIZE(lens) * ARRAY_SIZE(limits) * 2; i++) {
				uint32_t edge = e < ARRAY_SIZE(edges) ? edges[e] : alloc_high_bottom(), len = lens[i % 4];
				uint32_t at = edge >= 0x8000 ? edge - 0x8000 + off : edge + off;
				const struct dma_limits *l = &limits[i / 4 % 4];
				bool to_device = i / 16, direct;
				struct dma_list fast, list;

				if (to_device && at + len > alloc_high_bottom())
					continue;	/* the buffer itself */
				direct = dma_map_whole(&fast, at, len, l);
				assert_int_equal(map(&list, at, len, SECTOR, to_device, l), 0);
				assert_int_equal(direct, list.count == 1 && !list.bounced && list.bytes == len);
				dma_unmap(&list, 0);
				if (!direct)
					continue;
				whole++;
				assert_int_equal(fast.count, 1);
				assert_int_equal(fast.range[0].addr, at);
				assert_int_equal(fast.range[0].len, len);
				assert_int_equal(fast.bytes, len);
			}
	assert_in_range(whole, 1000, 100000);
	assert_false(dma_map_whole(&(struct dma_list){ 0 }, 0x7c00, 0, &limits[0]));
	assert_false(dma_map_whole(&(struct dma_list){ 0 }, 0xfffffe00, SECTOR, &limits[0]));
	assert_false(dma_map_whole(&(struct dma_list){ 0 }, 0x100000, UINT32_MAX, &limits[0]));
}

static void a_command_does_not_cross_a_boundary(void **state)
{
	struct dma_list list;

	(void)state;
	assert_int_equal(map(&list, 0x2fc00, 4 * SECTOR, SECTOR, false, &isa), 0);
	assert_int_equal(list.count, 2);	/* neighbours, but two commands */
	assert_int_equal(list.range[0].addr, 0x2fc00);
	assert_int_equal(list.range[0].len, 2 * SECTOR);
	assert_int_equal(list.range[1].addr, 0x30000);
	assert_int_equal(list.range[1].len, 2 * SECTOR);
	dma_unmap(&list, list.bytes);
}

static void a_sector_on_both_sides_of_a_boundary_is_bounced(void **state)
{
	uint8_t *at = phys_to_ptr(0x2fd80);
	struct dma_list list;

	(void)state;
	assert_int_equal(map(&list, 0x2fd80, 4 * SECTOR, SECTOR, false, &isa), 0);
	assert_int_equal(list.count, 3);
	assert_int_equal(list.range[0].len, SECTOR);
	assert_true(bounced(&list, 1));
	assert_int_equal(list.range[1].len, SECTOR);
	assert_int_equal(list.range[2].addr, 0x30180);
	assert_int_equal(mapped(&list), 4 * SECTOR);
	for (uint32_t i = 0; i < list.count; i++)
		memset(phys_to_ptr(list.range[i].addr), 1 + (int)i, list.range[i].len);
	dma_unmap(&list, list.bytes);
	for (uint32_t i = 0; i < 4 * SECTOR; i++)
		assert_int_equal(at[i], 1 + (i >= SECTOR) + (i >= 2 * SECTOR));
}

static void what_is_above_the_top_is_bounced_low(void **state)
{
	static const uint32_t at[] = { ISA_TOP, ISA_TOP - 1, ISA_TOP + 0x12345, 0, 0x400, EBDA_BASE - 1, FSEG_BASE };
	struct dma_list list, other;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
		assert_int_equal(map(&list, at[i], 2 * SECTOR, SECTOR, false, &isa), 0);
		assert_true(bounced(&list, 0));
		assert_true(list.range[0].addr >= RAM_END);	/* where this test has the firmware's variables */
		assert_int_equal(list.range[0].len, SECTOR);
		/* The other buffer is another's. */
		assert_int_equal(map(&other, 0x400, SECTOR, SECTOR, false, &anything), 0);
		dma_unmap(&other, 0);
		assert_int_equal(map(&other, 0x400, SECTOR, SECTOR, false, &isa), -EBUSY);
		dma_unmap(&list, 0);
	}
	assert_int_equal(map(&list, ISA_TOP - SECTOR, 2 * SECTOR, SECTOR, false, &isa), 0);
	assert_int_equal(list.range[0].addr, ISA_TOP - SECTOR);
	assert_true(bounced(&list, 1));
	dma_unmap(&list, 0);
}

/* Any address: whole sectors, below the top, on one side of each boundary. */
static void isa_gets_nothing_else(void **state)
{
	struct dma_list list;

	(void)state;
	for (uint32_t at = 0; at < 0x120000; at += 507) {
		uint32_t offset = 0;

		assert_int_equal(map(&list, at, 127 * SECTOR, SECTOR, true, &isa), 0);
		for (uint32_t i = 0; i < list.count; i++) {
			const struct dma_range *r = &list.range[i];

			assert_true(r->len && r->len % SECTOR == 0);
			if (!bounced(&list, i)) {
				assert_int_equal(r->addr, at + offset);
				assert_true(dma_direct(r->addr, r->len) && r->addr + r->len <= ISA_TOP);
				assert_int_equal(r->addr >> 16, (r->addr + r->len - 1) >> 16);
			}
			offset += r->len;
		}
		assert_int_equal(offset, list.bytes);
		dma_unmap(&list, 0);
	}
}

/* A list that is mapped whole is what it was, in order; here, with the limits of a device at their edges. */
static void map_all(const struct sg_list *sg, uint32_t granule, const struct dma_limits *limits)
{
	uint32_t most = limits->max_ranges ? limits->max_ranges : DMA_RANGES;
	struct dma_list list;

	if (limits->max_range && most * limits->max_range < granule) {	/* no such device can be asked for anything */
		assert_int_equal(dma_map(&list, sg, 0, sg->bytes, granule, false, limits), -EINVAL);
		return;
	}
	for (uint32_t offset = 0, rounds = 0; offset != sg->bytes; offset += list.bytes, rounds++) {
		uint32_t in = 0;

		assert_in_range(rounds, 0, 64);
		assert_int_equal(dma_map(&list, sg, offset, sg->bytes - offset, granule, false, limits), 0);
		assert_true(mapped(&list) % granule == 0 && list.count <= most);
		for (uint32_t i = 0; i < list.count; i++) {
			const struct dma_range *r = &list.range[i];
			uint32_t at, last = r->addr + r->len - 1;
			const struct sg_entry *e = sg_find(sg, offset + in, &at);

			assert_true(!limits->max_range || r->len <= limits->max_range);
			assert_false((r->addr | r->len) & limits->align_mask);
			assert_true(!limits->boundary || (r->addr ^ last) < limits->boundary);
			if (in >= list.bounced_at && in < list.bounced_at + list.bounced)
				assert_true(bounced(&list, i));
			else
				assert_int_equal(r->addr, e->addr + at);
			in += r->len;
		}
		dma_unmap(&list, 0);
	}
}

static void a_vector_is_mapped_under_every_limit(void **state)
{
	static const uint32_t most[] = { 0, 1, 2, 3, DMA_RANGES }, longest[] = { 0, SECTOR, 4 * SECTOR }, boundary[] = { 0, 0x8000 };
	/* what is before, what is asked for, what is behind; the page of the vectors, an odd address, across 64 KiB, a hole */
	static const uint32_t at[] = { 0x7c00, 0x0e00, 0x7c01, 0xff00, 0x9f000 };
	uint32_t own = alloc_high_bottom();

	(void)state;
	for (uint32_t n = 0; n < ARRAY_SIZE(at) * ARRAY_SIZE(most) * ARRAY_SIZE(longest) * ARRAY_SIZE(boundary) * 2; n++) {
		uint32_t i = n;
		struct dma_limits l = { .align_mask = i & 1 };
		struct sg_list sg;

		i /= 2;
		l.max_ranges = most[i % ARRAY_SIZE(most)];
		i /= ARRAY_SIZE(most);
		l.max_range = longest[i % ARRAY_SIZE(longest)];
		i /= ARRAY_SIZE(longest);
		l.boundary = boundary[i % ARRAY_SIZE(boundary)];
		i /= ARRAY_SIZE(boundary);
		sg_init(&sg);
		assert_int_equal(sg_append(&sg, own, 3 * SECTOR, true), 0);
		assert_int_equal(sg_append(&sg, at[i], 20 * SECTOR, false), 0);
		assert_int_equal(sg_append(&sg, own + 0x1000, SECTOR, true), 0);
		map_all(&sg, SECTOR, &l);
		map_all(&sg, 8 * SECTOR, &l);
	}
}

static void a_part_of_a_vector_comes_back_to_its_place(void **state)
{
	uint8_t *first = phys_to_ptr(0x500), *second = phys_to_ptr(0x700);
	struct sg_list sg;
	struct dma_list list;

	(void)state;
	sg_single(&sg, 0x500, 256);
	assert_int_equal(sg_append(&sg, 0x700, 768, false), 0);
	assert_int_equal(dma_map(&list, &sg, SECTOR / 2, 2 * SECTOR - SECTOR / 2, SECTOR / 2, false, &anything), 0);
	assert_int_equal(mapped(&list), 768);
	fill(0x33, &list);
	dma_unmap(&list, 700);
	assert_int_equal(first[255], 0);
	assert_int_equal(second[0], 0x33);
	assert_int_equal(second[699], 0x33);
	assert_int_equal(second[700], 0);
	/* beyond the list there is nothing to map */
	assert_int_equal(dma_map(&list, &sg, 512, 513, 1, false, &anything), -EINVAL);
	assert_int_equal(dma_map(&list, &sg, 1024, 1, 1, false, &anything), -EINVAL);
	assert_int_equal(dma_map(&list, &sg, 0xffffff00, 512, 1, false, &anything), -EINVAL);
}

static void without_memory_there_is_no_buffer(void **state)
{
	(void)state;
	alloc_init(0xf4000, 0xf8000);
	assert_int_equal(dma_init(), -ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_guests_ram_is_reached_directly, set_up),
		cmocka_unit_test_setup(the_short_way_is_the_long_one, set_up),
		cmocka_unit_test_setup(flash_is_not_the_guests, set_up),
		cmocka_unit_test_setup(every_list_has_its_direction, set_up),
		cmocka_unit_test_setup(what_is_not_the_guests_is_bounced, set_up),
		cmocka_unit_test_setup(only_what_the_device_did_comes_back_from_the_buffer, set_up),
		cmocka_unit_test_setup(the_firmwares_memory_takes_no_write, set_up),
		cmocka_unit_test_setup(beside_the_firmware_everything_arrives, set_up),
		cmocka_unit_test_setup(a_request_over_a_border_is_direct_on_one_side, set_up),
		cmocka_unit_test_setup(the_end_of_the_first_mib_is_a_border, set_up),
		cmocka_unit_test_setup(what_a_device_cannot_address_is_bounced, set_up),
		cmocka_unit_test_setup(a_write_takes_its_data_through_the_buffer, set_up),
		cmocka_unit_test_setup(a_request_larger_than_the_buffer_is_done_in_parts, set_up),
		cmocka_unit_test_setup(a_range_lies_on_one_side_of_each_boundary, set_up),
		cmocka_unit_test_setup(a_buffer_is_one_requests_at_a_time, set_up),
		cmocka_unit_test_setup(what_is_kept_is_nobody_elses, set_up),
		cmocka_unit_test_setup(nothing_else_is_ever_mapped, set_up),
		cmocka_unit_test_setup(a_command_does_not_cross_a_boundary, set_up),
		cmocka_unit_test_setup(a_sector_on_both_sides_of_a_boundary_is_bounced, set_up),
		cmocka_unit_test_setup(what_is_above_the_top_is_bounced_low, set_up),
		cmocka_unit_test_setup(isa_gets_nothing_else, set_up),
		cmocka_unit_test_setup(a_vector_is_mapped_under_every_limit, set_up),
		cmocka_unit_test_setup(a_part_of_a_vector_comes_back_to_its_place, set_up),
		cmocka_unit_test_setup(without_memory_there_is_no_buffer, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

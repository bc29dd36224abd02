/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/block/virtio/virtio_scsi_test.c: the SCSI host of virtio with every layout of registers: targets found, requests, what
 * goes wrong, and hosts that lie.
 * LINK: src/hw/block/virtio/virtio.c src/hw/block/virtio/virtio_pci.c src/hw/block/virtio/virtio_window.c src/hw/block/virtio/virtio_legacy.c src/hw/block/virtio/virtio_mmio.c
 * LINK: src/hw/block/virtio/virtio_scsi.c src/hw/block/model.c src/hw/block/scsi/target.c src/hw/block/scsi/disk.c src/hw/block/scsi/command.c
 * LINK: src/hw/block/scsi/packet.c src/hw/block/block.c src/hw/block/sectors.c src/dma/dma.c src/dma/sg.c src/hw/pci/config.c src/mem/alloc.c src/mem/e820.c
 * LINK: tests/fake/virtio.c tests/fake/scsi.c tests/fake/block.c tests/fake/pci.c tests/fake/io.c tests/fake/ram.c tests/fake/log.c
 * LINK: tests/fake/timer.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/phys.h"
#include "fake/block.h"
#include "fake/io.h"
#include "fake/log.h"
#include "fake/pci.h"
#include "fake/ram.h"
#include "fake/scsi.h"
#include "fake/timer.h"
#include "fake/virtio.h"
#include "hw/block/block.h"
#include "hw/block/scsi/scsi.h"
#include "hw/block/virtio/virtio.h"
#include "hw/block/virtio/virtio_scsi.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "machine/machine.h"
#include "mem/alloc.h"

#define RAM_END	(16u << 20)
#define SECTORS	8192u
#define BUFFER	0x20000u
#define DISK	0
#define CD	5
#define FIELDS	3		/* of the configuration that are read */

struct machine machine;

static struct {
	uint32_t response_at;		/* the n-th request (from 1) ends so, */
	int response, status;		/* where these are not below 0 */
	uint32_t sense_bytes;		/* that are said to be there, 0: as many as there are */
	uint32_t residual;		/* added */
	uint32_t requests;
	bool silent;			/* the response is left as it was */
} fault;

static void put_le(uint8_t *to, unsigned int width, uint64_t value)
{
	for (unsigned int i = 0; i < width; i++)
		to[i] = (uint8_t)(value >> 8 * i);
}

/* The order of a request's parts: command, data that is read; response, data that is written [5.6.6.1]. */
static bool serve(uint16_t head)
{
	static uint8_t data[1 << 17];
	const struct virtio_desc *d = phys_to_ptr(fake_virtio.queue_at);
	uint8_t command[51], response[108] = { 0 }, *to;
	uint32_t out = 0, in = 0, done = 0, left;
	uint16_t i = head, at_response, lun;
	int rc;

	fault.requests++;
	assert_true(head < fake_virtio.queue_size);
	assert_int_equal(d[i].len, sizeof(command));
	assert_int_equal(d[i].flags, VIRTIO_DESC_NEXT);
	memcpy(command, phys_to_ptr(d[i].addr), sizeof(command));
	for (i = d[i].next; !(d[i].flags & VIRTIO_DESC_WRITE); i = d[i].next) {
		assert_true(i < fake_virtio.queue_size && d[i].flags == VIRTIO_DESC_NEXT && !d[i].addr_high);
		assert_true(out + d[i].len <= sizeof(data));
		memcpy(data + out, phys_to_ptr(d[i].addr), d[i].len);
		out += d[i].len;
	}
	at_response = i;
	assert_int_equal(d[i].len, sizeof(response));
	while (d[i].flags & VIRTIO_DESC_NEXT) {
		i = d[i].next;
		assert_true(i < fake_virtio.queue_size && d[i].flags & VIRTIO_DESC_WRITE && !d[i].addr_high);
		in += d[i].len;
	}
	assert_true(!in || !out);
	assert_true(in <= sizeof(data));
	assert_int_equal(command[0], 1);
	assert_int_equal(command[2] >> 6, 1);
	for (uint32_t n = 4; n < 19; n++)
		assert_int_equal(command[n], 0);
	for (uint32_t n = 19 + 16; n < sizeof(command); n++)
		assert_int_equal(command[n], 0);
	lun = (uint16_t)((command[2] & 0x3f) << 8 | command[3]);
	rc = fake_scsi_command(command[1], lun, command + 19, data, in + out, &done);
	response[11] = rc == FAKE_SCSI_NOBODY ? 3 : 0;
	response[10] = rc == FAKE_SCSI_CHECK ? 2 : 0;
	if (rc == FAKE_SCSI_CHECK) {
		put_le(response, 4, fault.sense_bytes ? fault.sense_bytes : fake_scsi.sense_bytes);
		memcpy(response + 12, fake_scsi.sense, sizeof(fake_scsi.sense));
	}
	put_le(response + 4, 4, rc ? 0 : in + out - done + fault.residual);
	if (fault.requests == fault.response_at) {
		response[11] = fault.response >= 0 ? (uint8_t)fault.response : response[11];
		response[10] = fault.status >= 0 ? (uint8_t)fault.status : response[10];
	}
	to = phys_to_ptr(d[at_response].addr);
	if (!fault.silent)
		memcpy(to, response, sizeof(response));
	left = in ? done : 0;
	for (i = at_response, out = 0; left && d[i].flags & VIRTIO_DESC_NEXT;) {
		uint32_t len;

		i = d[i].next;
		len = min_u32(d[i].len, left);
		memcpy(phys_to_ptr(d[i].addr), data + out, len);
		out += len;
		left -= len;
	}
	return true;
}

static void set_up(enum fake_virtio_kind kind)
{
	fake_log_reset();
	fake_timer_reset();
	fake_ram_reset(RAM_END);
	fake_io_reset();
	fake_pci_reset();
	fake_block_reset(SECTORS);
	fake_scsi_reset();
	machine.low_ram_end = RAM_END;
	alloc_init(0xf4000, 0xf8000);
	alloc_open_high(RAM_END);
	assert_int_equal(dma_init(), 0);
	block_init();
	pci_config_use_mmconfig(0);
	fake_virtio_add(kind, 0);
	fake_virtio.type = VIRTIO_SCSI;
	fake_virtio.queue = 2;
	fake_virtio.serve = serve;
	memset(&fault, 0, sizeof(fault));
	fault.response = fault.status = -1;
	put_le(fake_virtio.config, 4, 1);		/* queues */
	put_le(fake_virtio.config + 4, 4, 254);		/* ranges */
	put_le(fake_virtio.config + 8, 4, 0xffff);	/* sectors */
	put_le(fake_virtio.config + 20, 4, 96);
	put_le(fake_virtio.config + 24, 4, 32);
	put_le(fake_virtio.config + 30, 2, 255);	/* targets */
	put_le(fake_virtio.config + 32, 4, 16383);
}

static int bring_up(void)
{
	if (fake_virtio.kind < FAKE_VIRTIO_MMIO_1)
		return virtio_scsi_init_pci(&fake_virtio_function);
	assert_int_equal(virtio_mmio_device(FAKE_VIRTIO_SLOT), VIRTIO_SCSI);
	return virtio_scsi_init_mmio(FAKE_VIRTIO_SLOT);
}

static struct block *nth(uint32_t n)
{
	struct block *b = block_first;

	while (n-- && b)
		b = b->next;
	return b;
}

static void every_layout_finds_and_reads(void **state)
{
	(void)state;
	for (int kind = 0; kind < FAKE_VIRTIO_KINDS; kind++) {
		uint8_t *p;
		uint32_t done;

		set_up((enum fake_virtio_kind)kind);
		p = phys_to_ptr(BUFFER);
		fake_scsi_add(0, 0, DISK, SECTORS);
		fake_scsi_add(0, 3, CD, SECTORS);
		fake_scsi_add(127, 0x1234, DISK, SECTORS);
		fake_scsi_add(128, 0, DISK, SECTORS);
		fake_scsi_add(255, 0, CD, SECTORS);
		assert_int_equal(bring_up(), 0);
		assert_null(nth(5));
		assert_int_equal(nth(0)->target, 0);
		assert_int_equal(nth(1)->lun, 3);
		assert_int_equal(nth(1)->kind, BLOCK_CD);
		assert_int_equal(nth(2)->target, 127);
		assert_int_equal(nth(2)->lun, 0x1234);
		assert_int_equal(nth(3)->target, 128);
		assert_int_equal(nth(4)->target, 255);
		assert_int_equal(nth(4)->bus, BUS_SCSI);
		assert_int_equal(nth(4)->bdf, kind < FAKE_VIRTIO_MMIO_1 ? fake_virtio_function.bdf : PCI_NONE_BDF);
		assert_int_equal(nth(4)->mmio, kind < FAKE_VIRTIO_MMIO_1 ? 0 : FAKE_VIRTIO_SLOT);
		assert_int_equal(fake_scsi.senses, 0);		/* it comes by itself */
		for (uint32_t n = 0; n < 600; n++) {		/* rings come round */
			struct block *b = nth(n % 5);
			uint32_t size = b->sector_size, count = 1 + n % 7;

			memset(p, 0, 8 * size);
			assert_int_equal(block_transfer(b, false, n, count, BUFFER + 1, &done), 0);
			for (uint32_t i = 0; i < count * size; i++)
				assert_int_equal(p[1 + i], fake_block_pattern((uint64_t)n * size + i));
			assert_int_equal(p[1 + count * size], 0);
		}
		memset(p, 0xc3, 1024);
		assert_int_equal(block_transfer(nth(2), true, 100, 2, BUFFER, &done), 0);
		assert_int_equal(fake_block.data[100 * 512], 0xc3);
		assert_int_equal(fake_block.data[102 * 512 - 1], 0xc3);
		assert_int_equal(fake_block.data[102 * 512], 0);
		assert_int_equal(fake_scsi.flushes, 1);
		assert_int_equal(block_transfer(nth(2), true, 100, 2, 0x9fc00 - 700, &done), 0);	/* two ranges */
		memset(p, 0, 8 * 512);
		assert_int_equal(block_transfer(nth(2), false, 50, 3, BUFFER, &done), 0);	/* and the first way again */
		for (uint32_t i = 0; i < 3 * 512; i++)
			assert_int_equal(p[i], fake_block_pattern(50 * 512 + i));
		assert_int_equal(fake_virtio.accepted & 0xffffffff, 0);
		assert_int_equal(fake_log_lines(), 0);
	}
}

/* As many targets at once as there are pairs of entries. */
static void two_notifications_ask_256_targets(void **state)
{
	static const struct { uint32_t entries, notifications; } sizes[] = {
		{ 256, 2 }, { 128, 4 }, { 16, 32 }, { 4, 128 }, { 1024, 2 },
	};

	(void)state;
	for (int kind = 0; kind < FAKE_VIRTIO_KINDS; kind++)
		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
			set_up((enum fake_virtio_kind)kind);
			fake_virtio.queue_max = fake_virtio.queue_size = sizes[i].entries;
			assert_int_equal(bring_up(), 0);
			assert_int_equal(fault.requests, 256);
			assert_int_equal(fake_virtio.notifications, sizes[i].entries == 1024 && (kind == FAKE_VIRTIO_LEGACY || kind == FAKE_VIRTIO_BOTH) ? 1 :
					 sizes[i].notifications);
			assert_null(block_first);
			assert_int_equal(fake_virtio.status, 0);	/* of no use: stopped */
			assert_int_equal(fake_log_lines(), 0);
		}
}

static void a_read_costs_one_access(void **state)
{
	(void)state;
	for (int kind = 0; kind < FAKE_VIRTIO_KINDS; kind++) {
		uint64_t before;
		uint32_t done;

		set_up((enum fake_virtio_kind)kind);
		fake_scsi_add(9, 0, DISK, SECTORS);
		assert_int_equal(bring_up(), 0);
		before = fake_io_accesses();
		assert_int_equal(block_transfer(nth(0), false, 0, 127, BUFFER + 1, &done), 0);
		assert_int_equal(fake_io_accesses() - before, 1);
		assert_int_equal(fake_timer_expired, 0);
	}
}

/* Targets beyond what the device has are not asked, nor more than an address has numbers for. */
static void the_device_says_how_many_targets_there_may_be(void **state)
{
	static const struct { uint16_t last; uint32_t asked; } said[] = { { 0, 1 }, { 7, 8 }, { 255, 256 }, { 256, 256 }, { 0xffff, 256 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(said); i++) {
		set_up(FAKE_VIRTIO_MODERN);
		put_le(fake_virtio.config + 30, 2, said[i].last);
		assert_int_equal(bring_up(), 0);
		assert_int_equal(fault.requests, said[i].asked);
	}
}

static void ranges_and_sectors_are_limits(void **state)
{
	static const struct { uint32_t ranges, sectors, entries, most; } said[] = {
		{ 254, 0xffff, 256, 0xffff }, { 254, 0, 256, UINT32_MAX }, { 254, 8, 256, 8 }, { 254, 0xffffffff, 256, UINT32_MAX },
		{ 254, 0x7fffff, 256, UINT32_MAX }, { 254, 0x7ffffe, 256, 0x7ffffe }, { DMA_RANGES, 0xffff, 256, 0xffff }, { DMA_RANGES - 1, 0xffff, 256, 1 },
		{ 2, 0xffff, 256, 1 }, { 1, 0xffff, 256, 0 }, { 0, 0xffff, 256, 0 }, { 254, 0xffff, 4, 1 }, { 254, 0xffff, 2, 0 },
		{ 254, 0xffff, 1, 0 }, { 254, 0xffff, 2 + DMA_RANGES, 0xffff }, { 0xffffffff, 0xffff, 256, 0xffff },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(said); i++) {
		uint32_t done;

		set_up(FAKE_VIRTIO_MODERN);
		fake_scsi_add(5, 0, DISK, SECTORS);
		fake_virtio.queue_max = fake_virtio.queue_size = said[i].entries;
		put_le(fake_virtio.config + 4, 4, said[i].ranges);
		put_le(fake_virtio.config + 8, 4, said[i].sectors);
		assert_int_equal(bring_up(), said[i].most ? 0 : -ENODEV);
		assert_int_equal(block_first != NULL, said[i].most != 0);
		assert_int_equal(fake_log_lines(), said[i].most == 0);
		if (!said[i].most) {
			assert_int_equal(fake_virtio.status, 0);
			continue;
		}
		assert_int_equal(nth(0)->max_sectors, said[i].most);
		assert_int_equal(block_transfer(nth(0), false, 0, 3, 0x9fc00 - 700, &done), 0);
		for (uint32_t n = 0; n < 3 * 512; n++)
			assert_int_equal(((uint8_t *)phys_to_ptr(0x9fc00 - 700))[n], fake_block_pattern(n));
	}
}

/* More ranges than descriptors are not taken, whoever made the list. */
static void a_list_that_is_too_long_is_refused(void **state)
{
	struct dma_list list = { .range = { { BUFFER, 512 }, { BUFFER, 512 }, { BUFFER, 512 } }, .count = 3, .bytes = 1536 };
	const uint8_t cdb[SCSI_CDB] = { 0x28, [8] = 3 };
	uint32_t done, before;

	(void)state;
	set_up(FAKE_VIRTIO_MODERN);
	fake_scsi_add(5, 0, DISK, SECTORS);
	fake_virtio.queue_max = fake_virtio.queue_size = 4;
	assert_int_equal(bring_up(), 0);
	before = fault.requests;
	assert_int_equal(nth(0)->driver->packet(nth(0), cdb, &list, &done), -EINVAL);
	assert_int_equal(fault.requests, before);
}

/* What a request that fails is taken for: once, and whenever it is sent. */
static void responses_have_their_meanings(void **state)
{
	static const struct { int response, status, rc; uint32_t sent, lines; } said[] = {
		{ 0, -1, 0, 1, 0 }, { 1, -1, -ENODEV, 1, 1 }, { 2, -1, 0, 2, 0 }, { 3, -1, -ENODEV, 1, 0 }, { 4, -1, 0, 2, 0 }, { 5, -1, 0, 2, 0 },
		{ 6, -1, -ENODEV, 1, 1 }, { 7, -1, -ENODEV, 1, 1 }, { 8, -1, -ENODEV, 1, 1 }, { 9, -1, -ENODEV, 1, 1 },
		{ 12, -1, -ENOENT, 1, 0 }, { 0xff, -1, -ENODEV, 1, 1 }, { -1, 0x04, 0, 1, 0 }, { -1, 0x08, 0, 2, 0 }, { -1, 0x18, -ENODEV, 1, 1 },
		{ -1, 0x28, 0, 2, 0 }, { -1, 0x40, 0, 2, 0 }, { -1, 0x06, -ENODEV, 1, 1 }, { -1, 0xff, -ENODEV, 1, 1 },
		{ 9, 0x02, -ENODEV, 1, 1 }, { -1, 0x02, -EIO, 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(said); i++) {
		uint32_t done;

		set_up(FAKE_VIRTIO_LEGACY);
		fake_scsi_add(5, 0, DISK, SECTORS);
		assert_int_equal(bring_up(), 0);
		fault.response_at = fault.requests + 1;
		fault.response = said[i].response;
		fault.status = said[i].status;
		assert_int_equal(block_transfer(nth(0), false, 0, 1, BUFFER, &done), said[i].rc);
		assert_int_equal(fault.requests - fault.response_at + 1, said[i].sent);
		assert_int_equal(fake_log_lines() != 0, said[i].lines || said[i].rc == -ENODEV);
		assert_int_equal(block_transfer(nth(0), false, 0, 1, BUFFER, &done), 0);
	}
}

static void sense_data_is_cut_and_old_data_is_none(void **state)
{
	static const struct { uint32_t bytes; int rc; } said[] = {
		{ 18, 0 }, { 96, 0 }, { 0xffffffff, 0 }, { 97, 0 }, { 14, 0 }, { 3, 0 }, { 2, -EIO }, { 1, -EIO },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(said); i++) {
		uint32_t done;

		set_up(FAKE_VIRTIO_MODERN);
		fake_scsi_add(5, 0, DISK, SECTORS);
		assert_int_equal(bring_up(), 0);
		fault.sense_bytes = said[i].bytes;
		fake_scsi.unit[0].attention = true;
		assert_int_equal(scsi_disk_request(nth(0), &(struct block_request){ .sectors = 1, .list = {
			.range = { { BUFFER, 512 } }, .count = 1, .bytes = 512 } }), said[i].rc);
		fault.sense_bytes = 0;
		assert_int_equal(block_transfer(nth(0), false, 0, 1, BUFFER, &done), 0);
	}
}

static void a_residue_is_what_has_not_come(void **state)
{
	uint32_t done;

	(void)state;
	set_up(FAKE_VIRTIO_MODERN);
	fake_scsi_add(5, 0, DISK, SECTORS);
	assert_int_equal(bring_up(), 0);
	for (fault.residual = 1; fault.residual; fault.residual = fault.residual * 3 & 0xffffffff) {
		uint32_t left = min_u32(fault.residual, 4 * 512);

		assert_int_equal(block_transfer(nth(0), false, 0, 4, BUFFER, &done), -EIO);
		assert_int_equal(done, (4 * 512 - left) / 512);
		if (fault.residual > 0x40000000)
			break;
	}
	fault.residual = 0;
	assert_int_equal(block_transfer(nth(0), false, 0, 4, BUFFER, &done), 0);
}

/* It says that it is done and has written nothing: no target, no success. */
static void a_response_that_is_not_written_is_none(void **state)
{
	uint32_t done;

	(void)state;
	set_up(FAKE_VIRTIO_MODERN);
	fake_scsi_add(5, 0, DISK, SECTORS);
	fault.silent = true;
	assert_int_equal(bring_up(), 0);
	assert_null(block_first);
	set_up(FAKE_VIRTIO_MODERN);
	fake_scsi_add(5, 0, DISK, SECTORS);
	assert_int_equal(bring_up(), 0);
	fault.silent = true;
	assert_int_equal(block_transfer(nth(0), false, 0, 1, BUFFER, &done), -ENODEV);
	assert_true(fake_log_has("response 255"));
}

/* What it was asked while targets were looked for would be answered into memory that is somebody else's. */
static void a_host_that_does_not_answer_at_first_is_stopped(void **state)
{
	(void)state;
	for (int kind = 0; kind < FAKE_VIRTIO_KINDS; kind++) {
		set_up((enum fake_virtio_kind)kind);
		fake_scsi_add(5, 0, DISK, SECTORS);
		fake_virtio.sleeps = true;
		assert_true(bring_up() < 0);
		assert_int_equal(fake_virtio.status, 0);
		assert_null(block_first);
		assert_int_equal(fake_timer_expired, 1);
	}
}

/* Later it is left to its work; a request to any drive of it has to wait for that, and works then. */
static void a_host_that_is_slow_works_again(void **state)
{
	(void)state;
	for (int kind = 0; kind < FAKE_VIRTIO_KINDS; kind++) {
		uint32_t done, notifications;

		set_up((enum fake_virtio_kind)kind);
		fake_scsi_add(5, 0, DISK, SECTORS);
		fake_scsi_add(6, 0, DISK, SECTORS);
		assert_int_equal(bring_up(), 0);
		fake_virtio.sleeps = true;
		/* It has the command, of a drive whose store does not answer, say: it is left alone. */
		assert_int_equal(block_transfer(nth(0), false, 0, 1, BUFFER, &done), -ETIMEDOUT);
		assert_true(fake_virtio.status & VIRTIO_DRIVER_OK);
		notifications = fake_virtio.notifications;
		assert_int_equal(block_transfer(nth(1), false, 0, 1, BUFFER, &done), -ETIMEDOUT);
		assert_int_equal(block_reset(nth(1)), -ETIMEDOUT);
		assert_int_equal(fake_virtio.notifications, notifications);
		assert_int_equal(fake_timer_expired, 1);
		fake_virtio_wake();
		assert_int_equal(block_reset(nth(1)), 0);
		assert_int_equal(block_transfer(nth(0), false, 7, 2, BUFFER, &done), 0);
		assert_int_equal(block_transfer(nth(1), true, 7, 2, BUFFER, &done), 0);
		assert_int_equal(block_transfer(nth(0), false, 7, 2, BUFFER, &done), 0);
		/* and one that has lost its queue is brought up again */
		fake_virtio.sleeps = true;
		assert_int_equal(block_transfer(nth(0), false, 0, 1, BUFFER, &done), -ETIMEDOUT);
		fake_virtio_lose_queue();
		fake_virtio.sleeps = false;
		assert_int_equal(block_transfer(nth(1), false, 9, 2, BUFFER, &done), 0);
		assert_int_equal(block_transfer(nth(0), false, 9, 2, BUFFER, &done), 0);
	}
}

/* From the n-th request on it answers none: what was found until then is there, and each target has one wait. */
static void every_request_may_be_the_last(void **state)
{
	uint32_t n = 1;

	(void)state;
	do {
		set_up(FAKE_VIRTIO_MODERN);
		fake_scsi_add(5, 0, DISK, SECTORS);
		fake_scsi_add(5, 1, CD, SECTORS);
		fake_scsi_add(200, 0, DISK, SECTORS);
		fake_virtio.sleep_at = n++;
		assert_int_equal(bring_up() < 0, fake_virtio.sleep_at <= 256);
		assert_true(fake_timer_expired <= 2 && fake_virtio.requests < fake_virtio.sleep_at);
		if (!block_first)
			assert_int_equal(fake_virtio.status, 0);
	} while (fake_timer_expired);
	assert_non_null(nth(2));
	assert_true(n > 260);
}

/* One target costs itself. */
static uint32_t asleep;

static bool target_5_sleeps(uint16_t head)
{
	const struct virtio_desc *d = phys_to_ptr(fake_virtio.queue_at);
	const uint8_t *command = phys_to_ptr(d[head].addr);

	return !(command[1] == 5 && command[19] == asleep) && serve(head);
}

static void a_target_that_does_not_answer_costs_itself(void **state)
{
	static const uint8_t commands[] = { 0x12, 0x25, 0xa0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		set_up(FAKE_VIRTIO_MODERN);
		fake_scsi_add(5, 0, DISK, SECTORS);
		fake_scsi_add(200, 0, DISK, SECTORS);
		fake_virtio.serve = target_5_sleeps;
		asleep = commands[i];
		assert_int_equal(bring_up(), 0);
		assert_int_equal(fake_timer_expired, 1);
		assert_int_equal(nth(i == 2)->target, 200);
		assert_null(nth(1 + (i == 2)));
	}
}

static void without_memory_it_is_left_out(void **state)
{
	(void)state;
	for (uint32_t leave = 0; leave < 0x6000; leave += 0x400) {
		int rc;

		set_up(FAKE_VIRTIO_LEGACY);
		fake_scsi_add(5, 0, DISK, SECTORS);
		while (alloc_left(ZONE_HIGH) > leave && alloc_raw(ZONE_HIGH, min_u32(alloc_left(ZONE_HIGH) - leave, 0x400), 1, "all there is"))
			;
		rc = bring_up();
		assert_true(rc == -ENOMEM || rc == 0);
		if (rc == 0 && !block_first)
			assert_int_equal(fake_virtio.status, 0);
	}
	set_up(FAKE_VIRTIO_LEGACY);
	while (alloc_raw(ZONE_TEMP, 0x1000, 1, "all there is"))
		;
	fake_scsi_add(5, 0, DISK, SECTORS);
	assert_int_equal(bring_up(), -ENOMEM);
	assert_int_equal(fake_virtio.status, 0);
}

static void a_host_without_the_queue_is_refused(void **state)
{
	(void)state;
	for (int kind = 0; kind < FAKE_VIRTIO_KINDS; kind++) {
		set_up((enum fake_virtio_kind)kind);
		fake_virtio.queue = 0;		/* it has no queue 2 */
		assert_int_equal(bring_up(), -ENODEV);
		assert_null(block_first);
		assert_int_equal(fake_log_lines(), kind == FAKE_VIRTIO_BOTH ? 2 : 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_layout_finds_and_reads),
		cmocka_unit_test(two_notifications_ask_256_targets),
		cmocka_unit_test(a_read_costs_one_access),
		cmocka_unit_test(the_device_says_how_many_targets_there_may_be),
		cmocka_unit_test(ranges_and_sectors_are_limits),
		cmocka_unit_test(a_list_that_is_too_long_is_refused),
		cmocka_unit_test(responses_have_their_meanings),
		cmocka_unit_test(sense_data_is_cut_and_old_data_is_none),
		cmocka_unit_test(a_residue_is_what_has_not_come),
		cmocka_unit_test(a_response_that_is_not_written_is_none),
		cmocka_unit_test(a_host_that_does_not_answer_at_first_is_stopped),
		cmocka_unit_test(a_host_that_is_slow_works_again),
		cmocka_unit_test(every_request_may_be_the_last),
		cmocka_unit_test(a_target_that_does_not_answer_costs_itself),
		cmocka_unit_test(without_memory_it_is_left_out),
		cmocka_unit_test(a_host_without_the_queue_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

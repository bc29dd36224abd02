/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/fw_cfg.c: see fw_cfg.h.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "fake/fw_cfg.h"
#include "fake/io.h"
#include "fake/ram.h"
#include "fake/timer.h"

#define KEY_SIGNATURE	0x0000
#define KEY_ID		0x0001
#define KEY_DIRECTORY	0x0019
#define FIRST_FILE	0x20
#define KEYS		0x2000		/* of each of the two key spaces */
#define LOCAL		0x8000
#define INVALID		0x10000

#define CTL_ERROR	0x01
#define CTL_READ	0x02
#define CTL_SKIP	0x04
#define CTL_SELECT	0x08
#define CTL_WRITE	0x10

struct item {
	uint8_t *data;
	uint32_t len;
	uint32_t shown;		/* size in the directory */
	bool writable;
	char name[56];
};

struct fake_fw_cfg fake_fw_cfg;
extern char __data_start[], _end[];	/* the program's writable segment, from the linker */

static struct item items[2][KEYS];
static uint32_t files, selected, offset, mmio_base, looks;
static bool raw_directory, pending, pending_fails;
static uint64_t pending_at;
static uint8_t pending_request[16];
static uint32_t used[2];	/* keys below this may have been touched */

static struct item *item_of(uint32_t key)
{
	if (key == INVALID || (key & 0x3fff) >= KEYS)
		return NULL;
	return &items[!!(key & LOCAL)][key & 0x3fff];
}

static void put_be(uint8_t *to, uint64_t value, unsigned int bytes)
{
	while (bytes--) {
		to[bytes] = value;
		value >>= 8;
	}
}

static uint64_t get_be(const uint8_t *from, unsigned int bytes)
{
	uint64_t value = 0;

	while (bytes--)
		value = value << 8 | *from++;
	return value;
}

static void store(struct item *item, const void *data, uint32_t len)
{
	unsigned int space = item >= items[1];
	uint32_t index = item - items[space];
	uint8_t *copy = malloc(len ? len : 1);

	if (index >= used[space])
		used[space] = index + 1;

	if (len)
		memcpy(copy, data, len);
	free(item->data);
	item->data = copy;
	item->len = item->shown = len;
}

static void make_directory(void)
{
	uint32_t slots = fake_fw_cfg.slots > files ? fake_fw_cfg.slots : files;
	uint32_t len = 4 + 64 * slots;
	uint8_t *bytes;

	if (raw_directory)
		return;
	bytes = calloc(1, len);
	put_be(bytes, files, 4);
	for (uint32_t i = 0; i < files; i++) {
		const struct item *file = &items[0][FIRST_FILE + i];
		uint8_t *entry = bytes + 4 + 64 * i;

		put_be(entry, file->shown, 4);
		put_be(entry + 4, FIRST_FILE + i, 2);
		strncpy((char *)entry + 8, file->name, 55);
	}
	store(&items[0][KEY_DIRECTORY], bytes, len);
	free(bytes);
}

void fake_fw_cfg_set(uint16_t key, const void *data, uint32_t len)
{
	struct item *item = item_of(key);

	assert(item);
	store(item, data, len);
}

void fake_fw_cfg_set_le16(uint16_t key, uint16_t value)
{
	fake_fw_cfg_set(key, &value, sizeof(value));
}

void fake_fw_cfg_set_le32(uint16_t key, uint32_t value)
{
	fake_fw_cfg_set(key, &value, sizeof(value));
}

static struct item *file_named(const char *name)
{
	for (uint32_t i = 0; i < files; i++)
		if (!strncmp(items[0][FIRST_FILE + i].name, name, 55))
			return &items[0][FIRST_FILE + i];
	return NULL;
}

uint16_t fake_fw_cfg_file(const char *name, const void *data, uint32_t len)
{
	struct item *item = file_named(name);

	if (!item) {
		assert(FIRST_FILE + files < KEYS);
		item = &items[0][FIRST_FILE + files++];
		memset(item->name, 0, sizeof(item->name));
		memcpy(item->name, name, strnlen(name, 55));
	}
	store(item, data, len);
	make_directory();
	return item - items[0];
}

void fake_fw_cfg_claim_size(const char *name, uint32_t size)
{
	struct item *item = file_named(name);

	assert(item);
	item->shown = size;
	make_directory();
}

void fake_fw_cfg_writable(uint16_t key)
{
	item_of(key)->writable = true;
}

void fake_fw_cfg_set_directory(const void *bytes, uint32_t len)
{
	raw_directory = true;
	store(&items[0][KEY_DIRECTORY], bytes, len);
}

const uint8_t *fake_fw_cfg_bytes(uint16_t key, uint32_t *len)
{
	struct item *item = item_of(key);

	if (!item || !item->data)
		return NULL;
	*len = item->len;
	return item->data;
}

/* --- the device ---------------------------------------------------------------------------- */

static void select_key(uint16_t key)
{
	fake_fw_cfg.selects++;
	offset = 0;
	selected = item_of(key) ? key : INVALID;
	if (fake_fw_cfg.on_select)
		fake_fw_cfg.on_select(key);
	if (key == KEY_ID)
		fake_fw_cfg_set_le32(KEY_ID, fake_fw_cfg.dma == FAKE_DMA_ABSENT ?
				     fake_fw_cfg.features & ~2u : fake_fw_cfg.features);
}

/* What can be read of the selected item, from its start. */
static uint32_t length_now(void)
{
	const struct item *item = item_of(selected);

	if (!item || !item->data)
		return 0;
	if (selected == KEY_DIRECTORY && fake_fw_cfg.directory_bytes &&
	    fake_fw_cfg.directory_bytes < item->len)
		return fake_fw_cfg.directory_bytes;
	return item->len;
}

static uint8_t next_byte(void)
{
	fake_fw_cfg.port_bytes++;
	return offset < length_now() ? item_of(selected)->data[offset++] : 0;
}

/* Returns the control word at the end: 0 or the error bit. */
static uint32_t run(uint32_t control, uint32_t len, uint64_t address)
{
	struct item *item = item_of(selected);
	uint32_t size = length_now(), there = offset < size ? size - offset : 0;
	uint32_t n = len < there ? len : there;
	uint8_t *memory;

	if (!(control & (CTL_READ | CTL_WRITE | CTL_SKIP)))
		return 0;
	if (!(control & (CTL_READ | CTL_WRITE))) {
		offset += n;
		return 0;
	}
	memory = fake_dma_target(address, len);
	if (!memory)
		return CTL_ERROR;
	if (control & CTL_READ) {
		if (n)
			memcpy(memory, item->data + offset, n);
		if (fake_fw_cfg.dma != FAKE_DMA_BOCHS)
			memset(memory + n, 0, len - n);
	} else if (n != len || !item || !item->writable) {
		fake_fw_cfg.refused++;
		return len ? CTL_ERROR : 0;
	} else {
		memcpy(item->data + offset, memory, n);
	}
	offset += n;
	return 0;
}

/* What the bits mean to a host that has them in other places. */
static uint32_t shifted(uint32_t control)
{
	return (control & CTL_READ) | (control & 1u << 3 ? CTL_SKIP : 0) |
	       (control & 1u << 15 ? CTL_WRITE : 0);
}

/* The request at that address, NULL. */
static uint8_t *request_at(uint64_t at)
{
	if (at >> 32 && (at < (uintptr_t)__data_start || at >= (uintptr_t)_end))
		return NULL;		/* no static object: a wild address */
	return fake_dma_target(at, 16);
}

/* taken: the request as it was when the transfer began, NULL: as it is now. */
static void execute(uint64_t at, bool fail, const uint8_t *taken)
{
	uint8_t *request = request_at(at);
	uint32_t control, result;

	if (!request) {		/* as in QEMU: an error is reported where nobody can see it */
		fake_fw_cfg.bad_requests++;
		return;
	}
	if (!taken)
		taken = request;
	control = get_be(taken, 4);
	if (fail) {		/* nothing arrives, and yet the item has moved on */
		if (control & CTL_SELECT)
			select_key(control >> 16);
		offset += get_be(taken + 4, 4) / 2;
		put_be(request, CTL_ERROR, 4);
		return;
	}
	switch (fake_fw_cfg.dma) {
	case FAKE_DMA_IGNORES_SELECTOR:
		if (control & CTL_SELECT)
			offset = 0;
		break;
	case FAKE_DMA_SELECTS_ONE:
		if (control & CTL_SELECT)
			select_key(1);
		break;
	case FAKE_DMA_SHIFTED:
		control = shifted(control);
		break;
	case FAKE_DMA_NO_ERROR_BIT:
		put_be(request, 0, 4);
		return;
	case FAKE_DMA_KEY_0:
		if (control & CTL_SELECT)
			select_key(0);
		break;
	case FAKE_DMA_BOCHS:
		if (control & CTL_SELECT)
			select_key(control >> 16 & ~LOCAL);
		if (!length_now()) {
			put_be(request, (control & 0xffff0000) | CTL_ERROR, 4);
			return;
		}
		break;
	default:
		if (control & CTL_SELECT)
			select_key(control >> 16);
	}
	result = run(control, get_be(taken + 4, 4), get_be(taken + 8, 8));
	if (fake_fw_cfg.dma == FAKE_DMA_BOCHS)
		result |= control & 0xffff0000;
	put_be(request, result, 4);
}

void fake_fw_cfg_catch_up(void)
{
	if (pending)
		execute(pending_at, pending_fails,
			fake_fw_cfg.takes_at_once ? pending_request : NULL);
	pending = false;
}

static void tick(void)
{
	if (pending && fake_fw_cfg.slow_looks && ++looks >= fake_fw_cfg.slow_looks)
		fake_fw_cfg_catch_up();
}

static void start(uint32_t low)
{
	uint64_t at = (uint64_t)fake_fw_cfg.latch_high << 32 | low;
	uint32_t n = ++fake_fw_cfg.transfers;
	bool fail = fake_fw_cfg.fail_at && (n == fake_fw_cfg.fail_at ||
					     (fake_fw_cfg.fail_always && n > fake_fw_cfg.fail_at));

	fake_fw_cfg.latch_high = 0;
	if (fake_fw_cfg.on_transfer)
		fake_fw_cfg.on_transfer(n);
	if (fake_fw_cfg.dma == FAKE_DMA_SILENT || fake_fw_cfg.hang_at == n ||
	    fake_fw_cfg.slow_looks) {
		pending = true;
		pending_at = at;
		pending_fails = fail;
		if (request_at(at))
			memcpy(pending_request, request_at(at), sizeof(pending_request));
		looks = 0;
		fake_timer_tick = tick;
		return;
	}
	execute(at, fail, NULL);
}

static uint32_t swap32(uint32_t value)
{
	return __builtin_bswap32(value);
}

static void dma_write(unsigned int at, unsigned int width, uint32_t value)
{
	if (fake_fw_cfg.dma == FAKE_DMA_ABSENT || width != 4)
		return;
	if (at == 0) {
		fake_fw_cfg.high_writes++;
		fake_fw_cfg.latch_high = swap32(value);
	} else if (at == 4) {
		start(swap32(value));
	}
}

static uint32_t dma_read(unsigned int at)
{
	if (fake_fw_cfg.dma == FAKE_DMA_ABSENT)
		return 0xffffffff;
	return at == 0 ? 0x554d4551 : 0x47464320;
}

static uint32_t port_in(void *opaque, uint16_t port, unsigned int width)
{
	(void)opaque;
	if (fake_fw_cfg.absent)
		return 0xffffffff;
	if (fake_fw_cfg.rubbish)
		return 0x5a5a5a5a;
	if (port >= 0x514)
		return dma_read(port - 0x514);
	(void)width;		/* the register is one byte; what is read beside it is not ours */
	return next_byte() | 0xffffff00;
}

static void port_out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque;
	if (fake_fw_cfg.absent)
		return;
	if (fake_fw_cfg.rubbish) {
		fake_fw_cfg.transfers += port == 0x518;
		return;
	}
	if (port >= 0x514)
		dma_write(port - 0x514, width, value);
	else if (width == 2)
		select_key(value);
}

static uint32_t mem_read(void *opaque, uint32_t addr, unsigned int width)
{
	uint32_t value = 0;

	(void)opaque;
	if (fake_fw_cfg.absent)
		return 0xffffffff;
	if (addr - mmio_base >= 16)
		return dma_read(addr - mmio_base - 16);
	if (addr - mmio_base < 8)
		for (unsigned int i = 0; i < width; i++)
			value |= (uint32_t)next_byte() << (8 * i);
	return value;
}

static void mem_write(void *opaque, uint32_t addr, unsigned int width, uint32_t value)
{
	(void)opaque;
	if (fake_fw_cfg.absent)
		return;
	if (addr - mmio_base >= 16)
		dma_write(addr - mmio_base - 16, width, value);
	else if (addr - mmio_base == 8 && width == 2)
		select_key(__builtin_bswap16(value));
}

void fake_fw_cfg_map(uint32_t base)
{
	mmio_base = base;
	fake_mmio_add(base, base + 0x17, mem_read, mem_write, NULL);
}

void fake_fw_cfg_machine_reset(void)
{
	selected = KEY_SIGNATURE;
	offset = 0;
	pending = false;
}

void fake_fw_cfg_reset(void)
{
	for (unsigned int space = 0; space < 2; space++) {
		for (unsigned int key = 0; key < used[space]; key++) {
			free(items[space][key].data);
			items[space][key] = (struct item){ 0 };
		}
		used[space] = 0;
	}
	files = 0;
	raw_directory = false;
	fake_fw_cfg_machine_reset();
	fake_fw_cfg = (struct fake_fw_cfg){ .features = 3, .slots = 32 };
	fake_fw_cfg_set(KEY_SIGNATURE, "QEMU", 4);
	fake_fw_cfg_set_le32(KEY_ID, 3);
	make_directory();

	fake_ram_map_statics(0xf0000000);
	fake_timer_reset();
	fake_io_reset();
	fake_io_add(0x510, 0x511, port_in, port_out, NULL);
	fake_io_add(0x514, 0x51b, port_in, port_out, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/fw_cfg_io.c: how bytes come from the fw_cfg device: the DMA request, its test, its
 * bounded wait, and what happens when it fails. See fw_cfg_io.h.
 */
#include "arch/io.h"
#include "arch/phys.h"
#include "fw/fw_cfg.h"
#include "fw/fw_cfg_io.h"
#include "hw/timer.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "trace/log.h"
#include "lib/string.h"
#include "trace/timeline.h"

/*
 * QEMU is done when the write that starts a transfer returns; the specification allows it to be
 * later. A device of the second kind gets a second, and one more for each 16 MiB.
 */
#define DMA_LIMIT_US(bytes) (1000 * 1000 + (bytes) / 16)

#define POISON 0x5a5a5a5au

static const struct fw_cfg_bus *bus;

/* After a time-out this memory is the device's for ever: nothing else may live here. */
static volatile struct fw_cfg_dma_access request __attribute__((aligned(16)));

/* Where DMA puts small things: most of them are on a stack, which a late device must not hit. */
static uint32_t landing[4];

static bool dma_usable;
static enum item_path why_port;	/* the reason, while DMA is not usable */
static bool latch_cleared;	/* nothing of an earlier owner is left in the high half */

/* What the next byte of the device is, as far as it is known: reads in sequence need no seek. */
static struct {
	uint32_t offset;	/* 0: not known */
	uint16_t key;
} position;

/* A device that works while we look on; apart from transfer(), whose usual path stays short. */
static __attribute__((noinline)) int wait_for_end(uint32_t len)
{
	struct wait wait = wait_start(DMA_LIMIT_US(len), "fw_cfg: DMA");
	uint32_t status;

	for (;;) {
		io_barrier();
		status = be32_to_cpu(request.control);
		if (!(status & ~FW_CFG_DMA_ERROR))
			return status ? -EIO : 0;
		if (wait_expired(&wait)) {
			/* Should the device look at the request after all, it finds nothing to do. */
			request.control = cpu_to_be32(0);
			request.length = cpu_to_be32(0);
			dma_usable = false;
			why_port = ITEM_PORT_TIMED_OUT;
			return -ETIMEDOUT;
		}
	}
}

/* Run one request to its end. Returns 0; -EIO, the error bit; -ETIMEDOUT, and DMA is off. */
static inline int transfer(uint32_t control, uint64_t phys, uint32_t len)
{
	bool clear = !latch_cleared;

	request.control = cpu_to_be32(control);
	request.length = cpu_to_be32(len);
	request.address = cpu_to_be64(phys);
	latch_cleared = true;
	bus->dma(ptr_to_phys((const void *)&request), clear);
	return request.control.raw ? wait_for_end(len) : 0;
}

int fw_cfg_io_dma(uint32_t operation, uint16_t key, uint32_t offset, uint64_t phys, uint32_t len)
{
	uint32_t select = FW_CFG_DMA_SELECT | (uint32_t)key << 16;
	bool there = offset && position.offset == offset && position.key == key;
	int rc;

	position.offset = 0;
	if (offset && !there) {
		rc = transfer(select | FW_CFG_DMA_SKIP, 0, offset);
		if (rc)
			return rc;
	}
	rc = transfer(offset ? operation : operation | select, phys, len);
	if (rc)
		return rc;
	position.key = key;
	position.offset = offset + len;
	return 0;
}

int fw_cfg_io_pio(uint16_t key, uint32_t offset, void *buf, uint32_t len)
{
	if (!bus) {
		log("fw_cfg: item 0x%x: there is no device; not read", key);
		return -EIO;
	}
	if (!offset || position.offset != offset || position.key != key) {
		uint8_t unwanted[64];

		bus->select(key);
		for (uint32_t left = offset, n; left; left -= n) {
			n = min_u32(left, sizeof(unwanted));
			bus->read(unwanted, n);
		}
	}
	bus->read(buf, len);
	position.key = key;
	position.offset = offset + len;
	return 0;
}

static __attribute__((noinline)) void tell_failure(uint16_t key, uint64_t phys, const void *ptr,
						   uint32_t len, int rc)
{
	log("fw_cfg: item 0x%x: DMA of %u bytes to 0x%llx: error %d; %s", key, len,
	    (unsigned long long)phys, rc,
	    !ptr ? "not read" : dma_usable ? "read by port" : "read by port from now on");
}

/* DMA is not usable, or dma_rc says how it failed. */
static __attribute__((noinline)) int read_by_port(uint16_t key, uint32_t offset, uint64_t phys,
						  void *ptr, uint32_t len, int dma_rc)
{
	struct timeline_item *item;
	enum item_path path = why_port;
	int rc;

	if (dma_rc) {
		tell_failure(key, phys, ptr, len, dma_rc);
		path = dma_rc == -ETIMEDOUT ? ITEM_PORT_TIMED_OUT : ITEM_PORT_ERROR;
	} else if (!ptr) {
		log("fw_cfg: item 0x%x: %u bytes to 0x%llx need DMA; not read", key, len,
		    (unsigned long long)phys);
	}
	item = timeline_item_begin();
	rc = ptr ? fw_cfg_io_pio(key, offset, ptr, len) : -EIO;
	if (len >= TIMELINE_ITEM_MIN)
		timeline_item_end(item, key, rc ? ITEM_LOST : path, len);
	return rc;
}

/* What most reads are: a number, or a little more, from the start of an item. */
static inline int read_small(uint16_t key, void *ptr, uint32_t len)
{
	int rc;

	position.offset = 0;
	rc = transfer(FW_CFG_DMA_SELECT | FW_CFG_DMA_READ | (uint32_t)key << 16,
		      ptr_to_phys(landing), len);
	if (rc)
		return rc;
	if (len == sizeof(landing[0]))
		put_le32(ptr, landing[0]);
	else
		memcpy(ptr, landing, len);
	position.key = key;
	position.offset = len;
	return 0;
}

int fw_cfg_io_read(uint16_t key, uint32_t offset, uint64_t phys, void *ptr, uint32_t len)
{
	struct timeline_item *item;
	int rc = 0;

	if (dma_usable && ptr && len <= sizeof(landing)) {
		if (!offset) {
			rc = read_small(key, ptr, len);
		} else {
			rc = fw_cfg_io_dma(FW_CFG_DMA_READ, key, offset, ptr_to_phys(landing), len);
			if (!rc)
				memcpy(ptr, landing, len);
		}
		if (!rc)
			return 0;
	} else if (dma_usable) {
		item = timeline_item_begin();
		rc = fw_cfg_io_dma(FW_CFG_DMA_READ, key, offset, phys, len);
		if (!rc) {
			timeline_item_end(item, key, ITEM_DMA, len);
			return 0;
		}
	}
	return read_by_port(key, offset, phys, ptr, len, rc);
}

int fw_cfg_io_select(uint16_t key)
{
	if (!bus)
		return -EIO;
	position.offset = 0;
	if (!dma_usable || transfer(FW_CFG_DMA_SELECT | (uint32_t)key << 16, 0, 0))
		bus->select(key);
	return 0;
}

static uint32_t pio_number(uint16_t key)
{
	uint32_t value;

	bus->select(key);
	bus->read(&value, sizeof(value));
	return value;
}

/*
 * There are hosts that offer DMA and do it wrong: they ignore the key, have other control bits,
 * or never finish. All show when a known item is wanted that is not the selected one.
 */
static bool dma_works(void)
{
	landing[0] = POISON;
	dma_usable = true;
	if (transfer(FW_CFG_DMA_SELECT | FW_CFG_DMA_READ | (uint32_t)FW_CFG_SIGNATURE << 16,
		     ptr_to_phys(landing), sizeof(landing[0])))
		return false;
	return landing[0] == FW_CFG_SIGNATURE_LE32;
}

static bool is_fw_cfg(void)
{
	return pio_number(FW_CFG_SIGNATURE) == FW_CFG_SIGNATURE_LE32;
}

/* Returns 0 or -ENODEV. */
static int probe(void)
{
	uint32_t features = pio_number(FW_CFG_ID);
	bool sure = false;

	if (features == 0xffffffff)	/* nobody there */
		return -ENODEV;

	/* More bits than are defined: look closer before asking that something to write memory. */
	if (features & ~(FW_CFG_ID_TRADITIONAL | FW_CFG_ID_DMA)) {
		sure = is_fw_cfg();
		if (!sure)
			return -ENODEV;
		bus->select(FW_CFG_ID);	/* for the DMA test: anything but the signature */
	}
	if (features & FW_CFG_ID_DMA) {
		dma_usable = dma_works();
		if (dma_usable)
			return 0;
		why_port = ITEM_PORT_TEST_FAILED;
	}
	if (!sure && !is_fw_cfg())
		return -ENODEV;
	if (features & FW_CFG_ID_DMA)
		log("fw_cfg: DMA: the signature reads 0x%x instead of 0x%x; everything by port",
		    landing[0], FW_CFG_SIGNATURE_LE32);
	return 0;
}

int fw_cfg_io_attach(const struct fw_cfg_bus *on)
{
	int rc;

	bus = on;
	dma_usable = false;
	why_port = ITEM_PORT_NOT_OFFERED;
	latch_cleared = false;
	position.offset = 0;
	rc = probe();
	if (rc)
		bus = NULL;
	return rc;
}

const char *fw_cfg_io_name(void)
{
	return dma_usable ? "DMA" : bus ? bus->name : "none";
}

bool fw_cfg_io_has_dma(void)
{
	return dma_usable;
}

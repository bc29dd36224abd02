/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/fw_cfg_io.c: how bytes come from the fw_cfg device: the DMA request, its test, its
 * bounded wait, and what happens when it fails; and the numbered items, which need no more than
 * that. See fw_cfg_io.h and fw_cfg.h.
 */
#include "arch/io.h"
#include "arch/phys.h"
#include "fw/fw_cfg.h"
#include "fw/fw_cfg_io.h"
#include "hw/timer.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "mem/failures.h"
#include "trace/log.h"
#include "lib/string.h"
#include "trace/timeline.h"

/*
 * QEMU is done when the write that starts a transfer returns; the specification allows it to be
 * later. A device of the second kind gets a second, and one more for each 16 MiB.
 */
#define DMA_LIMIT_US(bytes) (1000 * 1000 + (bytes) / 16)

#define POISON 0x5a5a5a5au

static bool present;	/* there is a device */

/* After a time-out this memory is the device's for ever: nothing else may live here. */
static volatile struct fw_cfg_dma_access request __attribute__((aligned(16)));

/*
 * The buffer is the device's as well, and the caller's may be on a stack. Whatever could be on one,
 * which is what -Wstack-usage=1024 lets a function have, is transferred here and copied by the CPU.
 */
static uint8_t landing[1024] __attribute__((section(".scratch.landing"), aligned(16)));

static bool dma_usable;
static enum item_path why_port;	/* the reason, while DMA is not usable */

/* What the next byte of the device is, as far as it is known: reads in sequence need no seek. */
static struct {
	uint32_t offset;	/* 0: not known */
	uint16_t key;
} position;

void fw_cfg_forget(void)
{
	position.offset = 0;
}

static void use_port(enum item_path why)
{
	dma_usable = false;
	why_port = why;
	position.offset = 0;
}

/*
 * Control was not 0: the request has failed, or the device works while we look on, or it is one that
 * leaves the key where it was.
 */
static int wait_for_end(uint32_t len)
{
	struct wait wait = wait_start(DMA_LIMIT_US(len), "fw_cfg: DMA");
	uint32_t status;

	for (;;) {
		io_barrier();
		status = be32_to_cpu(request.control);
		if (!(status & FW_CFG_DMA_OPERATION)) {
			if (!(status & FW_CFG_DMA_ERROR))
				return 0;
			position.offset = 0;
			return -EIO;
		}
		if (wait_expired(&wait)) {
			/* Should the device look at the request after all, it finds nothing to do. */
			request.control = cpu_to_be32(0);
			request.length = cpu_to_be32(0);
			use_port(ITEM_PORT_TIMED_OUT);
			return -ETIMEDOUT;
		}
	}
}

/*
 * One request to its end; its address is set. what: the operation and, in bits 31..16, the key. Returns 0;
 * -EIO, the error bit; -ETIMEDOUT, and DMA is off.
 */
static int transfer_item(uint32_t what, uint32_t offset, uint32_t len)
{
	uint64_t at = ptr_to_phys((const void *)&request);
	uint32_t select = FW_CFG_DMA_SELECT;
	uint16_t key = what >> 16;
	int rc;

	if (offset) {
		select = 0;
		if (position.offset != offset || position.key != key) {
			rc = transfer_item((what & 0xffff0000) | FW_CFG_DMA_SKIP, 0, offset);
			if (rc)
				return rc;
		}
	}
	if (failure_due(FAILURE_DMA, "fw_cfg")) {
		position.offset = 0;
		return -EIO;
	}
	request.control = cpu_to_be32(what | select);
	request.length = cpu_to_be32(len);
	if (at >> 32)
		fw_cfg_bus_dma_high((uint32_t)(at >> 32));
	fw_cfg_bus_dma_low((uint32_t)at);
	position.key = key;
	position.offset = offset + len;
	return request.control.raw ? wait_for_end(len) : 0;
}

/* Where in its item a read begins: nearly all begin at the start, and need not say so. */
static uint32_t begin;

/* Not copied into its callers, of which each start has three. */
__attribute__((noinline)) int fw_cfg_io_dma(uint16_t key, void *buf, uint32_t len)
{
	request.address = cpu_to_be64(ptr_to_phys(buf));
	return transfer_item((uint32_t)key << 16 | FW_CFG_DMA_READ, begin, len);
}

int fw_cfg_io_pio(uint16_t key, uint32_t offset, void *buf, uint32_t len)
{
	if (!present) {
		log("fw_cfg: item 0x%x: there is no device; not read", key);
		return -EIO;
	}
	if (!offset || position.offset != offset || position.key != key) {
		uint8_t unwanted[64];

		fw_cfg_bus_select(key);
		for (uint32_t left = offset, n; left; left -= n) {
			n = min_u32(left, sizeof(unwanted));
			fw_cfg_bus_read(unwanted, n);
		}
	}
	fw_cfg_bus_read(buf, len);
	position.key = key;
	position.offset = offset + len;
	return 0;
}

/* rc says how DMA has failed; -EOPNOTSUPP, it was not tried. */
static int read_by_port(uint16_t key, void *buf, uint32_t len, int rc, struct timeline_item *item)
{
	enum item_path path = why_port;

	if (rc != -EOPNOTSUPP) {
		log("fw_cfg: item 0x%x: DMA of %u bytes to 0x%llx: error %d; %s", key, len,
		    (unsigned long long)ptr_to_phys(buf), rc,
		    dma_usable ? "read by port" : "read by port from now on");
		path = rc == -ETIMEDOUT ? ITEM_PORT_TIMED_OUT : ITEM_PORT_ERROR;
	}
	rc = fw_cfg_io_pio(key, begin, buf, len);
	if (len >= TIMELINE_ITEM_MIN)
		timeline_item_end(item, key, rc ? ITEM_LOST : path, len);
	return rc;
}

int fw_cfg_read_key(uint16_t key, void *buf, uint32_t len)
{
	struct timeline_item *item;
	int rc = -EOPNOTSUPP;
	void *to = buf;

	if (!len)
		return 0;
	item = timeline_item_begin();
	if (dma_usable) {
		if (len <= sizeof(landing)) {
			/* QEMU pads a short item with zeros, not every host does: for numbers */
			put_le32(landing, 0);
			to = landing;
		}
		rc = fw_cfg_io_dma(key, to, len);
	}
	if (rc)
		return read_by_port(key, buf, len, rc, item);
	if (to != buf)
		memcpy(buf, to, len);
	if (len >= TIMELINE_ITEM_MIN)
		timeline_item_end(item, key, ITEM_DMA, len);
	return 0;
}

int fw_cfg_io_read(uint16_t key, uint32_t offset, void *buf, uint32_t len)
{
	int rc;

	begin = offset;
	rc = fw_cfg_read_key(key, buf, len);
	begin = 0;
	return rc;
}

/* What fails leaves the 0. */
static uint32_t number(uint16_t key, uint32_t len)
{
	uint32_t value = 0;

	fw_cfg_read_key(key, &value, len);
	return value;
}

uint16_t fw_cfg_le16(uint16_t key)
{
	return number(key, 2);
}

uint32_t fw_cfg_le32(uint16_t key)
{
	return number(key, 4);
}

int fw_cfg_io_read_far(uint16_t key, uint32_t offset, uint64_t phys, uint32_t len)
{
	int rc = -EOPNOTSUPP;

	if (!len)
		return 0;
	if (dma_usable) {
		request.address = cpu_to_be64(phys);
		rc = transfer_item((uint32_t)key << 16 | FW_CFG_DMA_READ, offset, len);
	}
	timeline_item_end(&timeline.item[min_u32(timeline.items, TIMELINE_ITEMS)], key,
			  rc ? ITEM_LOST : ITEM_DMA, len);
	if (rc)
		log("fw_cfg: item 0x%x: %u bytes to 0x%llx need DMA: error %d; not read", key, len,
		    (unsigned long long)phys, rc);
	return rc ? -EIO : 0;
}

int fw_cfg_io_write(uint16_t key, uint32_t offset, const void *buf, uint32_t len)
{
	if (!dma_usable)
		return -EOPNOTSUPP;
	if (len > sizeof(landing))
		return -EINVAL;
	memcpy(landing, buf, len);
	request.address = cpu_to_be64(ptr_to_phys(landing));
	return transfer_item((uint32_t)key << 16 | FW_CFG_DMA_WRITE, offset, len) ? -EIO : 0;
}

/* By the selector also where there is DMA: one access either way, and this one cannot fail. */
int fw_cfg_select(uint16_t key)
{
	position.offset = 0;
	fw_cfg_bus_select(key);		/* where there is no device, nobody listens */
	return present ? 0 : -EIO;
}

void fw_cfg_io_refuse_dma(void)
{
	use_port(ITEM_PORT_TEST_FAILED);
}

static uint32_t pio_number(uint16_t key)
{
	uint32_t value;

	fw_cfg_bus_select(key);
	fw_cfg_bus_read(&value, sizeof(value));
	return value;
}

/*
 * There are hosts that offer DMA and do it wrong: they ignore the key, have other control bits,
 * or never finish. All show when a known item is wanted that is not the selected one, but for those
 * that have no other: they show when the directory is read (fw_cfg.c).
 */
static bool dma_works(void)
{
	int rc;

	put_le32(landing, POISON);
	fw_cfg_bus_dma_high(0);	/* a reset leaves there what the last guest wrote, a transfer clears it */
	dma_usable = true;
	rc = fw_cfg_io_dma(FW_CFG_SIGNATURE, landing, 4);
	return !((uint32_t)rc | (get_le32(landing) ^ FW_CFG_SIGNATURE_LE32));
}

/* Not as usual, DMA alone or beside the data register, or not as it says. Returns 0 or -ENODEV. */
static int probe_closer(uint8_t features)
{
	/* More bits than are defined: look before asking that something to write memory. */
	if (features & ~(FW_CFG_ID_TRADITIONAL | FW_CFG_ID_DMA)) {
		use_port(ITEM_PORT_NOT_OFFERED);
		if (pio_number(FW_CFG_SIGNATURE) != FW_CFG_SIGNATURE_LE32)
			return -ENODEV;
		fw_cfg_bus_select(FW_CFG_ID);	/* for the DMA test: anything but the signature */
		if (features & FW_CFG_ID_DMA && dma_works())
			return 0;
	}
	use_port(features & FW_CFG_ID_DMA ? ITEM_PORT_TEST_FAILED : ITEM_PORT_NOT_OFFERED);
	if (pio_number(FW_CFG_SIGNATURE) != FW_CFG_SIGNATURE_LE32)
		return -ENODEV;
	if (features & FW_CFG_ID_DMA)
		log("fw_cfg: DMA: the signature reads 0x%x instead of 0x%x; everything by port",
		    get_le32(landing), FW_CFG_SIGNATURE_LE32);
	return 0;
}

static int probe(void)
{
	uint8_t features;	/* the first byte has all that are defined, and each byte is an access */

	fw_cfg_bus_select(FW_CFG_ID);
	features = fw_cfg_bus_read_byte();
	if ((features & ~FW_CFG_ID_TRADITIONAL) == FW_CFG_ID_DMA && dma_works())
		return 0;
	return probe_closer(features);
}

int fw_cfg_io_attach(void)
{
	int rc = probe();

	present = !rc;
	return rc;
}

const char *fw_cfg_transport(void)
{
	return dma_usable ? "DMA" : present ? fw_cfg_bus_name : "none";
}

bool fw_cfg_has_dma(void)
{
	return dma_usable;
}

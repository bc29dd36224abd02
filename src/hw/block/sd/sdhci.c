/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/sd/sdhci.c: see sdhci.h.
 *
 * A data command costs six accesses: address, block, argument, command, and its status twice, to see it and to clear it. Before a
 * command is sent the lines are free: the one before is complete, or the slot was reset.
 */
#include "hw/block/sd/sdhci.h"
#include "arch/io.h"
#include "arch/phys.h"
#include "hw/timer.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "trace/log.h"

#define RESET_US	(100 * 1000)		/* [3.3] has no limit */
#define CLOCK_US	(150 * 1000)		/* [3.2.1] */
#define COMMAND_US	(1000 * 1000)		/* the controller gives up after 64 clocks */

#define POWER_3V3	0x0fu
#define POWER_3V0	0x0du
#define OCR_3V3		0x00300000u		/* 3.2 to 3.4 V */
#define OCR_3V0		0x00060000u		/* 2.9 to 3.1 V */
#define DATA_TIMEOUT	(0xeu << 16)		/* the longest */
#define DIVIDER_MAX	1024u
#define IDENTIFY_KHZ	400u

#define ERRORS	0x03ff0000u
#define ENABLED	(SDHCI_STATUS_COMMAND | SDHCI_STATUS_TRANSFER | SDHCI_STATUS_BOUNDARY | SDHCI_STATUS_WRITE | \
		 SDHCI_STATUS_READ | SDHCI_STATUS_REMOVED | ERRORS)
#define OVER	(SDHCI_STATUS_ERROR | SDHCI_STATUS_REMOVED)

static uint32_t get(const struct sdhci *s, uint32_t reg)
{
	return mmio_read32(s->base + reg);
}

static void set(const struct sdhci *s, uint32_t reg, uint32_t value)
{
	mmio_write32(s->base + reg, value);
}

uint32_t sdhci_response(const struct sdhci *s, uint32_t n)
{
	return get(s, SDHCI_RESPONSE + 4 * n);
}

bool sdhci_card(struct sdhci *s)
{
	s->present = get(s, SDHCI_PRESENT);
	return s->present & SDHCI_PRESENT_CARD;
}

static int reset(const struct sdhci *s, uint8_t what)
{
	struct wait wait = wait_start(RESET_US, "sd: controller to reset");

	mmio_write8(s->base + SDHCI_RESET, what);
	while (mmio_read8(s->base + SDHCI_RESET) & what)
		if (wait_expired(&wait))
			return -ETIMEDOUT;
	return 0;
}

int sdhci_reset(struct sdhci *s)
{
	s->up = false;
	if (s->dead)
		return -EIO;
	if (reset(s, SDHCI_RESET_ALL) == 0)
		return 0;
	/* Its memory must be safe from it nevertheless. */
	pci_write16(s->bdf, PCI_COMMAND, 0);
	s->dead = true;
	log("sd: %02x:%02x.%u slot %u: the controller does not come out of its reset; switched off", PCI_BUS(s->bdf),
	    PCI_DEV(s->bdf), PCI_FN(s->bdf), s->slot);
	return -EIO;
}

int sdhci_reset_lines(struct sdhci *s)
{
	return reset(s, SDHCI_RESET_LINES);
}

/* What divides the controller's clock: a power of two, its half in ten bits [2.2.14]. */
static uint32_t divider(const struct sdhci *s, uint32_t khz)
{
	uint32_t mhz = s->capabilities >> 8 & 0xff, by = 1;

	mhz = mhz ? mhz : 0xff;		/* it does not say: no more than that can be */
	while (by < DIVIDER_MAX && mhz * 1000 > khz * by)
		by *= 2;
	by /= 2;
	return (by & 0xff) << 8 | by >> 8 << 6;
}

int sdhci_clock(struct sdhci *s, uint32_t khz)
{
	struct wait wait = wait_start(CLOCK_US, "sd: clock");
	uint32_t clock = divider(s, khz) | DATA_TIMEOUT | SDHCI_CLOCK_ON;

	set(s, SDHCI_CLOCK, 0);		/* the card gets none while it changes [3.2.3] */
	set(s, SDHCI_CLOCK, clock);
	while (!(get(s, SDHCI_CLOCK) & SDHCI_CLOCK_STABLE))
		if (wait_expired(&wait))
			return -ETIMEDOUT;
	set(s, SDHCI_CLOCK, clock | SDHCI_CLOCK_CARD);
	return 0;
}

uint32_t sdhci_power(struct sdhci *s, uint32_t settle_us)
{
	bool more = s->capabilities & SDHCI_CAN_3V3;

	if (!more && !(s->capabilities & SDHCI_CAN_3V0))
		return 0;
	set(s, SDHCI_HOST, (more ? POWER_3V3 : POWER_3V0) << 8);
	if (settle_us)
		delay_us(settle_us);
	if (sdhci_clock(s, IDENTIFY_KHZ) != 0)
		return 0;
	if (settle_us)
		delay_us(settle_us);
	set(s, SDHCI_STATUS_ENABLE, ENABLED);
	set(s, SDHCI_SIGNAL_ENABLE, 0);
	return more ? OCR_3V3 : OCR_3V0;
}

/* The status, once one of these bits is set; 0, none is in time. Not inlined: its variables would cost every request. */
static uint32_t __attribute__((noinline)) look_again(const struct sdhci *s, uint32_t bits, uint32_t limit_us)
{
	struct wait wait = wait_start(limit_us, "sd: command");
	uint32_t status;

	do
		status = get(s, SDHCI_STATUS);
	while (!(status & bits) && !wait_expired(&wait));
	return status & bits ? status : 0;
}

/* Until one of these bits is set, or it is over before. Clears what it has seen, which is in s->status. */
static int wait_for(struct sdhci *s, uint32_t bits, uint32_t limit_us)
{
	uint32_t status = get(s, SDHCI_STATUS);

	if (!(status & (bits | OVER)))
		status = look_again(s, bits | OVER, limit_us);
	s->status = status;
	if (!status)
		return -ETIMEDOUT;
	set(s, SDHCI_STATUS, status);
	if (!(status & OVER))
		return 0;
	return status & SDHCI_STATUS_REMOVED ? -ENOMEDIUM : -EIO;
}

int sdhci_command(struct sdhci *s, uint32_t command, uint32_t argument)
{
	s->command = (uint8_t)(command >> 8);
	set(s, SDHCI_ARGUMENT, argument);
	set(s, SDHCI_COMMAND, command << 16);
	return wait_for(s, SDHCI_STATUS_COMMAND, COMMAND_US);
}

/*
 * It stops where its address becomes a multiple of the boundary, and is told to go on there [2.2.1]. Where the data ends
 * there as well there is nothing to tell.
 */
static int by_dma(struct sdhci *s, const struct dma_range *range)
{
	uint32_t first = align_down(range->addr, SDHCI_SDMA_BOUNDARY);
	uint32_t last = (range->addr + range->len - 1 - first) / SDHCI_SDMA_BOUNDARY;

	for (uint32_t i = 0; i <= last + 1; i++) {
		int rc = wait_for(s, SDHCI_STATUS_TRANSFER | SDHCI_STATUS_BOUNDARY, block_timeout_us());

		if (rc || s->status & SDHCI_STATUS_TRANSFER)
			return rc;
		if (i < last)
			set(s, SDHCI_DMA, first + (i + 1) * SDHCI_SDMA_BOUNDARY);
	}
	return -EIO;	/* more boundaries than there are */
}

/* Each block when the buffer is ready for it. */
static int by_buffer(struct sdhci *s, const struct dma_range *range, bool write)
{
	for (uint32_t offset = 0; offset != range->len; offset += SDHCI_SECTOR) {
		int rc = wait_for(s, write ? SDHCI_STATUS_WRITE : SDHCI_STATUS_READ, block_timeout_us());

		if (rc)
			return rc;
		for (uint32_t i = 0; i < SDHCI_SECTOR; i += 4) {
			uint8_t *p = phys_to_ptr(range->addr + offset + i);

			if (write)
				set(s, SDHCI_BUFFER, get_le32(p));
			else
				put_le32(p, get(s, SDHCI_BUFFER));
		}
	}
	return wait_for(s, SDHCI_STATUS_TRANSFER, block_timeout_us());
}

int sdhci_transfer(struct sdhci *s, uint32_t number, uint32_t argument, const struct dma_range *range, bool write)
{
	uint32_t mode = SDHCI_MODE_COUNT | SDHCI_MODE_CMD12 | SDHCI_MODE_MULTI;

	s->command = (uint8_t)number;
	if (!write)
		mode |= SDHCI_MODE_READ;
	if (s->dma) {
		mode |= SDHCI_MODE_DMA;
		set(s, SDHCI_DMA, range->addr);
	}
	set(s, SDHCI_BLOCK, SDHCI_BLOCK_SIZE | range->len / SDHCI_SECTOR << 16);
	set(s, SDHCI_ARGUMENT, argument);
	io_barrier();
	set(s, SDHCI_COMMAND, mode | (number << 8 | SDHCI_R1 | SDHCI_DATA) << 16);
	return s->dma ? by_dma(s, range) : by_buffer(s, range, write);
}

/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/floppy/fdc.c: see fdc.h.
 *
 * The end of a command is seen in the main status register, so interrupt 6, which comes as well, is nobody's need.
 */
#include "hw/block/floppy/fdc.h"
#include <stddef.h>
#include "arch/io.h"
#include "hw/block/block.h"
#include "hw/isa_dma.h"
#include "hw/timer.h"
#include "lib/errno.h"

#define DOR		0x3f2	/* digital output */
#define DOR_GO		0x0c	/* no reset; DMA and interrupt */
#define DOR_MOTOR	0x10	/* of drive 0 */
#define MSR		0x3f4	/* main status */
#define MSR_READY	0x80
#define MSR_OUT		0x40	/* it has bytes for us */
#define MSR_ABSENT	0xff
#define FIFO		0x3f5
#define DIR		0x3f7	/* read: digital input */
#define DIR_CHANGED	0x80
#define CCR		0x3f7	/* written: configuration control, the data rate */

/* Commands that are about the controller. */
#define SPECIFY		0x03
#define SENSE_INTERRUPT	0x08
#define CONFIGURE	0x13

#define ST0_SEEK_END	0x20
#define ST0_NO_TRACK_0	0x10
#define ST0_NOT_PENDING	0x80

#define STEP_AND_UNLOAD	0xaf	/* SPECIFY: 6 ms a step at 500 kbit/s, 240 ms until the head is unloaded */
#define LOAD		0x02	/* 4 ms; DMA */
#define IMPLIED_SEEK	0x57	/* CONFIGURE: FIFO of 8 bytes, no polling of drives */

#define BYTE_US		(1000 * 1000)

/* Until the controller takes a byte, or has one (MSR_OUT). */
static int wait_for(uint8_t direction, uint32_t limit_us)
{
	struct wait wait = wait_start(limit_us, "floppy: controller");

	for (;;) {
		uint8_t msr = inb(MSR);

		if (msr == MSR_ABSENT)
			return -ENODEV;
		if ((msr & (MSR_READY | MSR_OUT)) == (MSR_READY | direction))
			return 0;
		if (wait_expired(&wait))
			return -ETIMEDOUT;
	}
}

static int send(const uint8_t *bytes, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		int rc = wait_for(0, BYTE_US);

		if (rc)
			return rc;
		outb(bytes[i], FIFO);
	}
	return 0;
}

/* The first of them comes when the command has ended. */
static int receive(uint8_t *bytes, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		int rc = wait_for(MSR_OUT, i ? BYTE_US : block_timeout_us());

		if (rc)
			return rc;
		bytes[i] = inb(FIFO);
	}
	return 0;
}

int fdc_command(struct fdc *c, const uint8_t *bytes, uint32_t count, uint8_t *result, uint32_t results)
{
	int rc = send(bytes, count);

	if (!rc)
		rc = receive(result, results);
	if (rc)
		c->up = false;
	return rc;
}

/* *st0: why it interrupts, ST0_NOT_PENDING: it does not. Then there is no second byte. */
static int sense_interrupt(struct fdc *c, uint8_t *st0)
{
	static const uint8_t sense[] = { SENSE_INTERRUPT };
	uint8_t cylinder;
	int rc = fdc_command(c, sense, sizeof(sense), st0, 1);

	if (!rc && *st0 != ST0_NOT_PENDING)
		rc = receive(&cylinder, 1);
	if (rc)
		c->up = false;
	return rc;
}

int fdc_seek(struct fdc *c, const uint8_t *bytes, uint32_t count)
{
	struct wait wait = wait_start(block_timeout_us(), "floppy: seek");
	int rc = fdc_command(c, bytes, count, NULL, 0);
	uint8_t st0;

	while (!rc) {
		rc = sense_interrupt(c, &st0);
		if (!rc && st0 != ST0_NOT_PENDING && st0 & ST0_SEEK_END)
			return st0 & ST0_NO_TRACK_0 ? -EIO : 0;
		if (!rc && wait_expired(&wait))
			rc = -ETIMEDOUT;
	}
	c->up = false;
	return rc;
}

int fdc_reset(struct fdc *c)
{
	static const uint8_t configure[] = { CONFIGURE, 0, IMPLIED_SEEK, 0 };
	static const uint8_t specify[] = { SPECIFY, STEP_AND_UNLOAD, LOAD };
	uint8_t st0;
	int rc;

	isa_dma_init();
	isa_dma_stop();
	outb(0, DOR);
	outb(DOR_GO, DOR);
	rc = wait_for(0, BYTE_US);
	for (uint32_t i = 0; i < 4 && !rc; i++)		/* one for each drive that it could have */
		rc = sense_interrupt(c, &st0);
	if (!rc)
		rc = fdc_command(c, configure, sizeof(configure), NULL, 0);
	if (!rc)
		rc = fdc_command(c, specify, sizeof(specify), NULL, 0);
	c->up = !rc;
	return rc;
}

void fdc_select(uint8_t drive)
{
	outb((uint8_t)(DOR_GO | DOR_MOTOR << drive | drive), DOR);
}

void fdc_set_rate(uint8_t rate)
{
	outb(rate, CCR);
}

bool fdc_changed(void)
{
	return inb(DIR) & DIR_CHANGED;
}

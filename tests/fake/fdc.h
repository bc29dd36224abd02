/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/fdc.h: an 82077AA floppy controller with two drives and the channel of an 8237 behind it, at the ports of
 * tests/fake/io.h and over the RAM of tests/fake/ram.h. It does what the data sheet says and can be told to fail;
 * what a driver must not do is counted.
 */
#ifndef FAKE_FDC_H
#define FAKE_FDC_H

#include <stdbool.h>
#include <stdint.h>

#define FAKE_FDC_CYLINDERS	84
#define FAKE_FDC_SECTORS	48

struct fake_fdc_drive {
	/* The medium: cylinders 0 is none. */
	uint8_t cylinders, heads, sectors, rate;
	bool protected;
	bool changed;			/* the change line, as after power-on */
	bool no_track_0;		/* RECALIBRATE never finds it */
	uint8_t cylinder;		/* where the head is */
};

struct fake_fdc {
	bool absent;			/* nobody at these ports */
	struct fake_fdc_drive drive[2];
	uint32_t commands;		/* taken so far */
	uint32_t fail_at;		/* the n-th of them (from 1) that has a result of seven bytes */
	uint8_t fail_st0, fail_st1;	/* ends with these */
	uint32_t hang_at;		/* the n-th command (from 1, all) never ends; 0: none */
	bool hang_stays;		/* and none behind it */
	uint32_t slow_seek;		/* so many SENSE INTERRUPT come too early */
	uint32_t transfers;		/* commands with seven bytes of result */
	uint8_t last[9];		/* the last command of that kind */
	uint32_t cascade_writes;	/* to the second 8237 */
	uint32_t interrupts;
	/* What must stay 0. */
	uint32_t protocol_errors;	/* bytes written or read when it is not ready for them */
	uint32_t dma_errors;		/* transfers that the 8237 was not set up for, or across 64 KiB */
	uint8_t formatted[4 * FAKE_FDC_SECTORS];	/* the fields of the last track */
};
extern struct fake_fdc fake_fdc;

/* Power on: no media, change lines active. After fake_io_reset(). */
void fake_fdc_add(void);

/* Put a medium in, which the change line tells. Sectors are as they were made. */
void fake_fdc_insert(unsigned int unit, uint8_t cylinders, uint8_t heads, uint8_t sectors, uint8_t rate);

/* Byte offset of a sector, as nobody has written it. */
uint8_t fake_fdc_pattern(unsigned int unit, uint8_t cylinder, uint8_t head, uint8_t sector, uint32_t offset);

/* The 512 bytes of a sector. */
uint8_t *fake_fdc_sector(unsigned int unit, uint8_t cylinder, uint8_t head, uint8_t sector);

#endif

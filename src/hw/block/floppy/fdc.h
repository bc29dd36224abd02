/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/floppy/fdc.h: the floppy disk controller at the ports of a PC: how it is reset, and how it gets a command and
 * gives its result. It knows little of what the commands mean.
 * Spec: Intel 82077AA data sheet, chapters 4 to 6.
 */
#ifndef HW_BLOCK_FLOPPY_FDC_H
#define HW_BLOCK_FLOPPY_FDC_H

#include <stdbool.h>
#include <stdint.h>

struct fdc {
	bool up;	/* it takes commands; else fdc_reset() comes first */
};

/*
 * Reset the controller and set it up: DMA, implied seek, its times. No drive is calibrated then. Returns 0; -ENODEV,
 * there is none; -ETIMEDOUT.
 */
int fdc_reset(struct fdc *c);

/*
 * Send a command of count bytes and receive its result, which comes when it has ended, 30 seconds at most. Returns 0;
 * -ENODEV, -ETIMEDOUT: nobody knows what the controller does, and it is not up any more.
 */
int fdc_command(struct fdc *c, const uint8_t *bytes, uint32_t count, uint8_t *result, uint32_t results);

/* SEEK or RECALIBRATE, which have no result of their own. Returns 0; -EIO, no track 0 was found; as fdc_command(). */
int fdc_seek(struct fdc *c, const uint8_t *bytes, uint32_t count);

/* Drive 0 or 1 for what follows: its motor runs, the other's stands. */
void fdc_select(uint8_t drive);

/* The data rate (enum floppy_rate) of what follows. */
void fdc_set_rate(uint8_t rate);

/* The change line of the selected drive. */
bool fdc_changed(void);

#endif

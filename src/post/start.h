/* SPDX-License-Identifier: BSD-2-Clause
 * src/post/start.h: what kind of start this is. Decided before anything is zeroed, since RAM
 * survives a reset and an S3 wake must find the guest's memory as it was.
 */
#ifndef POST_START_H
#define POST_START_H

#include <stdbool.h>
#include <stdint.h>
#include "machine/machine.h"

#define SHUTDOWN_S3_WAKE 0xfe	/* in CMOS, written by QEMU when it wakes the machine */

/*
 * After machine_init(). With shadow registers the chipset is asked, by ports; CMOS only when it or RAM tells of an
 * earlier start: register 0x0f is read into *shutdown_code, and cleared; 0 otherwise. A start without a code
 * is START_INIT where the machine was not reset; the chipset then says so no more, and the caller owes a hard reset.
 */
enum start_kind start_kind(uint8_t *shutdown_code);

/* Was the machine reset, as far as the chipset tells (machine.chipset)? Else the processor came by INIT alone. */
bool start_was_reset(void);

#endif

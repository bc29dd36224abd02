/* SPDX-License-Identifier: BSD-2-Clause
 * src/post/start.h: what kind of start this is. Decided before anything is zeroed, since RAM
 * survives a reset and an S3 wake must find the guest's memory as it was.
 */
#ifndef POST_START_H
#define POST_START_H

#include <stdint.h>
#include "hw/chipset/chipset.h"

enum start_kind {
	START_COLD,		/* RAM has never been used */
	START_RESET,		/* power stayed on; RAM holds leftovers */
	START_S3_WAKE,		/* CMOS shutdown code 0xfe: RAM is the guest's */
	START_SHUTDOWN_CODE,	/* another CMOS shutdown code: a 286-style return from protected mode */
};

/* CMOS register 0x0f is read, and cleared, only when RAM shows signs of an earlier start. */
enum start_kind start_kind(enum chipset chipset, uint8_t *shutdown_code);

#endif

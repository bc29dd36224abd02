/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/caller.h: memory that callers name, for services in 16-bit code, which write to it themselves.
 */
#ifndef RT16_CALLER_H
#define RT16_CALLER_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/layout.h"

/* May bytes at segment:offset be written: is none of them the firmware's? What is takes no write, as a ROM would. */
static inline bool caller_may_write(uint16_t segment, uint16_t offset, uint16_t bytes)
{
	uint32_t at = ((uint32_t)segment << 4) + offset;

	return at + bytes <= FW_RAM_BASE || at >= FSEG_END;
}

#endif

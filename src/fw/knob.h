/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/knob.h: what a user has written for us into a file of fw_cfg.
 */
#ifndef FW_KNOB_H
#define FW_KNOB_H

#include <stdbool.h>
#include <stdint.h>

#define KNOB_TEXT 8u	/* characters that count */

/*
 * The text of a file, without the end of its line. Returns false when there is none, or it cannot be read; one that is
 * longer is cut, with a mark, and means nothing.
 */
bool knob_text(const char *name, char text[KNOB_TEXT + 1]);

/* Is that a number in decimal? Then it is *value, at most 99999999. */
bool knob_decimal(const char text[KNOB_TEXT + 1], uint32_t *value);

#endif

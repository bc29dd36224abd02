/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/model.h: what a drive calls itself, made fit to be shown.
 */
#ifndef HW_BLOCK_MODEL_H
#define HW_BLOCK_MODEL_H

#include <stdint.h>

/*
 * Copy max bytes of a drive's text to to[max + 1]: without blanks and zeros at its ends, of printable ASCII, with a NUL.
 * swap: 1 where the first of two characters is the second byte (ATA), else 0. Returns its length, which may be 0.
 */
uint32_t model_copy(char *to, const uint8_t *from, uint32_t max, uint32_t swap);

#endif

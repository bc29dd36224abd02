/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/bda.c: see bda.h.
 */
#include "bda.h"

void vector_set(uint8_t n, struct far to)
{
	VECTOR(n)->offset = to.offset;
	VECTOR(n)->segment = to.segment;
}

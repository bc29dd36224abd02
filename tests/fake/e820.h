/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/e820.h: memory maps as a test wants them, change by change, and as text.
 */
#ifndef FAKE_E820_H
#define FAKE_E820_H

#include <stdbool.h>
#include "mem/e820.h"

/* Give [base, base + length) the type, whatever was there; E820_NONE makes a hole. */
void e820_set(struct e820_map *map, uint64_t base, uint64_t length, uint32_t type);

/* The same as a layer. One that would reach past E820_END ends there. */
struct e820_layer e820_layer(uint64_t base, uint64_t length, uint32_t type);

/* Type at one address, E820_NONE in a hole. */
uint32_t e820_type_at(const struct e820_map *map, uint64_t address);

/* Is all of [base, base + length) in one row of this type? False when it wraps or length is 0. */
bool e820_is(const struct e820_map *map, uint64_t base, uint64_t length, uint32_t type);

/* "0-9fc00:1 9fc00-a0000:2", addresses in hexadecimal. */
const char *e820_text(const struct e820_map *map);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/rom/seal.c: see seal.h.
 */
#include "boot/rom/seal.h"
#include <stdbool.h>
#include "lib/checksum.h"
#include "lib/string.h"
#include "mem/alloc.h"
#include "trace/log.h"

static struct {
	struct seal {
		const char *name;
		const uint8_t *at;
		uint32_t size;
		uint8_t sum;
	} *of;
	uint32_t count, max;
} seals;

void rom_seal_init(void)
{
	seals.of = alloc_raw(ZONE_HIGH, ROM_SEALS * sizeof(*seals.of), 8, "sums of option ROMs");
	seals.max = seals.of ? ROM_SEALS : 0;
	seals.count = 0;
}

static bool is_kvmvapic(const char *name)
{
	static const char its[] = "genroms/kvmvapic.bin";

	return strlen(name) == sizeof(its) - 1 && memcmp(name, its, sizeof(its)) == 0;
}

void rom_seal_add(const char *name, const uint8_t *at, uint32_t size)
{
	if (size && seals.count < seals.max && !is_kvmvapic(name))
		seals.of[seals.count++] = (struct seal){ .name = name, .at = at, .size = size };
}

void rom_seal_close(void)
{
	for (struct seal *s = seals.of, *end = s + seals.count; s < end; s++)
		s->sum = checksum8(s->at, s->size);
}

void rom_seal_check(void)
{
	for (struct seal *s = seals.of, *end = s + seals.count; s < end; s++) {
		uint8_t sum = checksum8(s->at, s->size);

		if (sum == s->sum)
			continue;
		log("rom: %s: its 0x%x bytes have changed since it has run: sum %02x expected, %02x found", s->name, s->size,
		    s->sum, sum);
		s->sum = sum;
	}
}

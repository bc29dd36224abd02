/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/rom/seal.c: see seal.h.
 */
#include "boot/rom/seal.h"
#include <stdbool.h>
#include "lib/checksum.h"
#include "lib/string.h"
#include "mem/alloc.h"
#include "trace/log.h"

static struct seals {
	uint32_t count;
	struct seal {
		const char *name;
		const uint8_t *at;
		uint32_t size;
		uint64_t sum;		/* checksum64() */
	} of[ROM_SEALS];
} *seals __attribute__((section(".scratch.seals")));	/* NULL: no memory */

void rom_seal_init(void)
{
	seals = alloc_raw(ZONE_HIGH, sizeof(*seals), 8, "sums of option ROMs");
	if (seals)
		seals->count = 0;
}

static struct seal *behind_last(void)
{
	return seals->of + seals->count;
}

static bool is_kvmvapic(const char *name)
{
	static const char its[] = "genroms/kvmvapic.bin";

	return strlen(name) == sizeof(its) - 1 && memcmp(name, its, sizeof(its)) == 0;
}

void rom_seal_add(const char *name, const uint8_t *at, uint32_t size)
{
	if (!size || !seals || is_kvmvapic(name))
		return;
	if (seals->count == ROM_SEALS) {
		log("rom: %s: it is one of more than %u; whether it stays as it is is not looked at", name, ROM_SEALS);
		return;
	}
	seals->of[seals->count++] = (struct seal){ .name = name, .at = at, .size = size, .sum = checksum64(at, size) };
}

void rom_seal_renew(const char *name)
{
	if (!seals)
		return;
	for (struct seal *s = seals->of; s < behind_last(); s++)
		if (s->name == name)
			s->sum = checksum64(s->at, s->size);
}

void rom_seal_check(const char *by)
{
	if (!seals)
		return;
	for (struct seal *s = seals->of; s < behind_last(); s++) {
		uint64_t sum = checksum64(s->at, s->size);

		if (sum == s->sum)
			continue;
		log("rom: %s: its 0x%x bytes have changed since it has run: sum %016llx expected, %016llx found behind %s",
		    s->name, s->size, (unsigned long long)s->sum, (unsigned long long)sum, by);
		s->sum = sum;
	}
}

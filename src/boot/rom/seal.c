/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/rom/seal.c: see seal.h.
 */
#include "boot/rom/seal.h"
#include <stdbool.h>
#include <stddef.h>
#include "arch/words.h"
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
		const uint8_t *master;
		uint64_t sum;		/* sum_of() */
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

/* checksum64() of what no master vouches for: all of it, or its header. */
static uint64_t sum_of(const struct seal *s)
{
	return checksum64(s->at, s->master ? ROM_SEAL_HEADER : s->size);
}

static bool as_master(const struct seal *s)
{
	uint32_t words = (s->size - ROM_SEAL_HEADER) / 4;	/* sizes are in units of 512 bytes */

	return !s->master || words_alike(s->at + ROM_SEAL_HEADER, s->master + ROM_SEAL_HEADER, words) == words;
}

void rom_seal_add(const char *name, const uint8_t *at, uint32_t size, const uint8_t *master)
{
	struct seal *s;

	if (!size || !seals || is_kvmvapic(name))
		return;
	if (seals->count == ROM_SEALS) {
		log("rom: %s: it is one of more than %u; whether it stays as it is is not looked at", name, ROM_SEALS);
		return;
	}
	if (size <= ROM_SEAL_HEADER)
		master = NULL;
	s = &seals->of[seals->count++];
	*s = (struct seal){ .name = name, .at = at, .size = size, .master = master };
	s->sum = sum_of(s);
}

void rom_seal_renew(const char *name)
{
	if (!seals)
		return;
	for (struct seal *s = seals->of; s < behind_last(); s++)
		if (s->name == name)
			s->sum = sum_of(s);
}

void rom_seal_check(const char *by)
{
	if (!seals)
		return;
	for (struct seal *s = seals->of; s < behind_last(); s++) {
		uint64_t sum = sum_of(s);

		if (sum == s->sum && as_master(s))
			continue;
		log("rom: %s: its 0x%x bytes have changed since it has run: sum %016llx expected, %016llx found behind %s",
		    s->name, s->size, (unsigned long long)s->sum, (unsigned long long)sum, by);
		s->master = NULL;	/* once: from here on it is what it is now */
		s->sum = sum_of(s);
	}
}

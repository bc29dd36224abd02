/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/intact/canary.c: see canary.h.
 */
#include "boot/intact/canary.h"
#include <stddef.h>
#include "arch/cpu.h"
#include "arch/io.h"
#include "arch/layout.h"
#include "arch/phys.h"
#include "hw/pit.h"
#include "lib/bits.h"
#include "mem/alloc.h"
#include "services/guest.h"
#include "std/bda.h"
#include "trace/log.h"
#include "trace/timeline.h"

#define MIX		0x9e3779b1u	/* 2^32 divided by the golden ratio: every bit moves many */
#define EBDA_FRONT	8u		/* in what the standard keeps free, in front of the mouse's data */
#define EBDA_BEHIND	sizeof(struct ebda)
#define EBDA_LOWEST	0x80000u
#define CONVENTIONAL_END 0xa0000u

_Static_assert(EBDA_FRONT + sizeof(struct canary) <= offsetof(struct ebda, mouse_handler), "it is in what is free");

/* In .scratch, as all of this: what is not used before the world is made costs no start its clearing. */
/* tests/qemu/test_security.py reads it from outside. */
uint32_t canary_secret __attribute__((section(".scratch.canary")));

/* High memory: above what is taken for a boot from media, below it; NULL: there was no room. */
static struct canary *high[2] __attribute__((section(".scratch.canary")));

static const struct {
	uint32_t at;
	const char *what;
} fixed[] = {
	{ CANARY_FRONT, "in front of the firmware's variables" },
	{ CANARY_VARIABLES, "behind the firmware's variables" },
	{ CANARY_STACK, "below the firmware's stack" },
};
static const uint32_t in_ebda[] = { EBDA_FRONT, EBDA_BEHIND };

static uint32_t value(uint32_t key)
{
	uint32_t x = (canary_secret ^ key) * MIX;

	return x ^ x >> 16;
}

/* Not for who counts on nobody knowing it: for who copies memory about. */
static void new_secret(void)
{
	uint64_t now = timeline_now();

	if (!now) {			/* a 486: by the timer, which runs */
		outb(0, PIT_CONTROL);	/* latch counter 0 */
		now = inb(PIT_COUNTER0);
		now |= (uint32_t)inb(PIT_COUNTER0) << 8;
	}
	canary_secret = (canary_secret + (uint32_t)now) * MIX ^ (uint32_t)(now >> 32);
}

static void set(struct canary *c, uint32_t key)
{
	c->word[0] = value(key);
	c->word[1] = value(~key);
}

static void look(const struct canary *c, uint32_t key, const char *what, const char *by)
{
	uint32_t first = value(key), second = value(~key);

	if (c->word[0] != first || c->word[1] != second)
		log("guard: %s, at %x: %08x %08x expected, %08x %08x found behind %s", what,
		    (uint32_t)ptr_to_phys(c), first, second, c->word[0], c->word[1], by);
}

/* An option ROM may have moved it, with all that is in it. NULL: it is nowhere, and a program's doing. */
static uint8_t *ebda(void)
{
	uint32_t at = (uint32_t)guest_bda()->ebda_segment << 4;

	if (at < EBDA_LOWEST || at > CONVENTIONAL_END - EBDA_BEHIND - sizeof(struct canary))
		return NULL;
	return phys_to_ptr(at);
}

static uint32_t place(const struct canary *c)
{
	return (uint32_t)ptr_to_phys(c);
}

/* All that have a place of their own. NULL for both: set them. */
static void each(const char *by)
{
	uint8_t *e = ebda();

	for (uint32_t i = 0; i < ARRAY_SIZE(fixed); i++) {
		struct canary *c = phys_to_ptr(fixed[i].at);

		if (by)
			look(c, fixed[i].at, fixed[i].what, by);
		else
			set(c, fixed[i].at);
	}
	for (uint32_t i = 0; e && i < ARRAY_SIZE(in_ebda); i++) {
		struct canary *c = (void *)(e + in_ebda[i]);

		if (by)
			look(c, in_ebda[i], "in the EBDA", by);
		else
			set(c, in_ebda[i]);
	}
	for (uint32_t i = 0; i < ARRAY_SIZE(high); i++) {
		if (high[i] && by)
			look(high[i], place(high[i]), "in the firmware's high memory", by);
		else if (high[i])
			set(high[i], place(high[i]));
	}
}

void canary_begin(void)
{
	high[0] = alloc_raw(ZONE_HIGH, sizeof(*high[0]), 8, "guard of high memory");
	high[1] = NULL;
	new_secret();
	each(NULL);
}

void canary_end(void)
{
	high[1] = alloc_raw(ZONE_HIGH, sizeof(*high[1]), 8, "guard of high memory");
	if (high[1])
		set(high[1], place(high[1]));
}

void canary_check(const char *by)
{
	each(by);
	new_secret();
	each(NULL);
}

void canary_set(struct canary *canary)
{
	set(canary, place(canary));
}

void canary_look(const struct canary *canary, const char *what, const char *by)
{
	look(canary, place(canary), what, by);
}

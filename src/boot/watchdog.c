/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/watchdog.c: see watchdog.h.
 */
#include "boot/watchdog.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "arch/layout.h"
#include "arch/phys.h"
#include "boot/rom/watch.h"
#include "fw/knob.h"
#include "hw/watchdog/watchdog.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "rt16/shared.h"
#include "trace/log.h"
#include "trace/report.h"
#include "trace/timeline.h"

#define MAGIC		0x44574c53u	/* "SLWD" */
#define WHAT		64u
#define TIMES_MAX	9999u

enum kind { PHASE_ITSELF, STEP, OPTION_ROM, KINDS };

/*
 * What is in hand, in memory where POST puts nothing, behind what rom/watch.c keeps there. A guest may have written
 * it: then one start tells a fairy tale, and leaves an option ROM out if the guest has let the watchdog run out as
 * well.
 */
struct record {
	uint32_t magic;
	uint32_t phase;
	uint32_t kind;
	uint32_t seconds;
	uint32_t times;		/* in a row that a start has ended in the same place */
	char what[WHAT];	/* with its NUL; empty for a phase */
	uint32_t sum;		/* with it all words add up to 0 */
};
#define RECORD_AT	(ROM_WATCH_AT + 0x40u)
_Static_assert(RECORD_AT > ROM_WATCH_EXPIRED_AT && RECORD_AT + sizeof(struct record) <= TRANSIT_STACK - 32,
	       "behind the other record, below what an NMI writes");

/* Where the last start has ended. */
struct last {
	uint32_t times;		/* in a row, 0: nowhere */
	uint32_t seconds;	/* that it had */
	uint32_t phase, kind;
	uint32_t place;		/* what as a number */
	bool told;
	char what[WHAT];
};

/* Only where POST is watched: the firmware's own memory has no room for what nearly nobody wants. NULL: it is not. */
static struct watch {
	struct watchdog device;
	uint32_t seconds;
	bool paused;
	struct last last;
} *watch;

static struct record *in_ram(void)
{
	return phys_to_ptr(RECORD_AT);
}

static uint32_t sum_of(const struct record *r)
{
	uint32_t sum = 0;

	for (uint32_t at = 0; at < sizeof(*r); at += sizeof(uint32_t))
		sum += get_le32((const uint8_t *)r + at);
	return sum;
}

static bool is_good(const struct record *r)
{
	return r->magic == MAGIC && sum_of(r) == 0 && r->phase < PHASES && r->kind < KINDS &&
	       r->times - 1 < TIMES_MAX && strnlen(r->what, WHAT) < WHAT && !r->what[0] == (r->kind == PHASE_ITSELF);
}

/* It runs, and what is in hand is this. */
static void note(enum phase phase, enum kind kind, const char *what)
{
	const struct last *last = &watch->last;
	struct record *r = in_ram();
	uint32_t place = rom_watch_number(what);

	memset(r, 0, sizeof(*r));
	r->magic = MAGIC;
	r->phase = phase;
	r->kind = kind;
	r->seconds = watch->seconds;
	r->times = 1;
	if (last->times && last->phase == phase && last->kind == kind && last->place == place)
		r->times = min_u32(last->times + 1, TIMES_MAX);
	memcpy(r->what, what, min_u32((uint32_t)strlen(what), WHAT - 1));
	r->sum = -sum_of(r);
	watchdog_feed(&watch->device);
}

static void take_last(void)
{
	const struct record *r = in_ram();
	struct last *last = &watch->last;

	if (!is_good(r))
		return;
	last->times = r->times;
	last->seconds = r->seconds;
	last->phase = r->phase;
	last->kind = r->kind;
	last->place = rom_watch_number(r->what);
	memcpy(last->what, r->what, WHAT);
}

/* fired: by the device's own account. */
static void tell_last(bool fired)
{
	static const char *const words[KINDS] = { "", ", ", ", the init of option ROM " };
	struct last *last = &watch->last;
	const char *phase = report_info.phase_names[last->phase];

	last->told = true;
	if (!fired) {
		log("watchdog: the last start has ended in phase %s%s%s, but not by the watchdog", phase,
		    words[last->kind], log_text(last->what));
		return;
	}
	watchdog_forget(&watch->device);
	log("watchdog: %s: it has reset the machine: the last start hung for %u s in phase %s%s%s (%u in a row); %s",
	    watchdog_name(&watch->device), last->seconds, phase, words[last->kind], log_text(last->what), last->times,
	    last->kind == OPTION_ROM ? "that ROM is left out" : "all is tried again");
	if (last->kind == OPTION_ROM)
		rom_watch_hung(last->place);
}

static void over(void)
{
	watch = NULL;
	timeline_listen(NULL);
}

/* None: when that is known for certain, the file costs a line. */
static void give_up(int rc)
{
	if (rc == -ENODEV)
		log("watchdog: wanted, and this machine has none (i6300esb, or TCO on q35); POST is not watched");
	over();
}

static void arm(void)
{
	struct watchdog *device = &watch->device;
	const struct last *last = &watch->last;
	const char *before = watchdog_name(device);
	int rc = watchdog_arm(device, watch->seconds);
	bool all = machine.chipset == CHIPSET_NONE || timeline.reached >= PHASE_CHIPSET;	/* no other can come */

	if (!watchdog_name(device)) {
		if (all || rc != -ENODEV)
			give_up(rc);
		return;
	}
	if (watchdog_name(device) != before)
		log("watchdog: %s: runs, %u s for each step of POST", watchdog_name(device), watch->seconds);
	if (last->times && !last->told && (all || watchdog_fired(device)))
		tell_last(watchdog_fired(device));
}

/* A phase begins. With the chipset's all of PCI is there. */
static void heard(enum phase phase)
{
	if (phase == PHASE_KERNEL) {
		boot_watchdog_end();
		return;
	}
	if (phase == PHASE_CHIPSET)
		arm();
	if (watch && watchdog_name(&watch->device))
		note(phase, PHASE_ITSELF, "");
}

/* Returns 0: not wanted, or a line says why not. */
static uint32_t wanted_seconds(void)
{
	static const char name[] = "opt/org.slipway/watchdog";
	char text[KNOB_TEXT + 1];
	uint32_t seconds;

	if (!knob_text(name, text))
		return 0;
	if (knob_decimal(text, &seconds) &&
	    (!seconds || (seconds >= WATCHDOG_SECONDS_MIN && seconds <= WATCHDOG_SECONDS_MAX)))
		return seconds;
	log("watchdog: %s: 0 or a number from %u to %u expected, \"%s\" found; POST is not watched", name,
	    WATCHDOG_SECONDS_MIN, WATCHDOG_SECONDS_MAX, log_text(text));
	return 0;
}

void boot_watchdog_begin(void)
{
	uint32_t seconds = wanted_seconds();

	watch = seconds ? alloc_raw(ZONE_HIGH, sizeof(*watch), 4, "watchdog") : NULL;
	if (!watch)
		return;
	memset(watch, 0, sizeof(*watch));
	watch->seconds = seconds;
	take_last();
	timeline_listen(heard);
	arm();
	if (watch && watchdog_name(&watch->device))
		note(timeline.reached, PHASE_ITSELF, "");
}

void boot_watchdog_step(const char *what)
{
	if (watch && !watch->paused)
		note(timeline.reached, STEP, what);
}

void boot_watchdog_rom(const char *name)
{
	if (watch && !watch->paused)
		note(timeline.reached, OPTION_ROM, name);
}

void boot_watchdog_rom_end(void)
{
	boot_watchdog_step("behind an option ROM");
}

static void stop_counting(void)
{
	const char *name = watchdog_name(&watch->device);

	if (watchdog_stop(&watch->device) != 0)
		log("watchdog: %s: it was stopped and runs on: it will reset the machine", name);
	in_ram()->magic = 0;
}

void boot_watchdog_pause(void)
{
	if (!watch)
		return;
	stop_counting();
	watch->paused = true;
}

void boot_watchdog_resume(void)
{
	int rc;

	if (!watch)
		return;
	watch->paused = false;
	rc = watchdog_start_again(&watch->device, watch->seconds);
	if (rc)
		give_up(rc);
	else
		note(timeline.reached, PHASE_ITSELF, "");
}

void boot_watchdog_end(void)
{
	if (!watch)
		return;
	stop_counting();
	over();
}

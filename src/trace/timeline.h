/* SPDX-License-Identifier: BSD-2-Clause
 * src/trace/timeline.h: when each phase of POST began, and what was loaded. A stamp is the processor's
 * time stamp counter (TSC), no device is asked; units, names and text are made by whoever reads:
 * trace/report.h, tools/bootlog.
 *
 * The record lies in the firmware's RAM, which is reserved, so it outlives the boot. The image says
 * where it is (struct report_info in trace/report.h). docs/boot-report.md explains what is in it.
 */
#ifndef TRACE_TIMELINE_H
#define TRACE_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/cpu.h"
#include "arch/div.h"
#ifdef CONFIG_ACCOUNTING
#include "arch/account.h"
#endif

#define TIMELINE_MAGIC_0 0x70696c53	/* "Slip" */
#define TIMELINE_MAGIC_1 0x54796177	/* "wayT" */

/* Named as in the table of docs/architecture.md; trace/report.c has the names. */
enum phase {
	PHASE_KIND_OF_START,
	PHASE_LOG,
	PHASE_FW_CFG,
	PHASE_WORLD,
	PHASE_MEMORY,
	PHASE_PLAN,
	PHASE_PCI,
	PHASE_CHIPSET,
	PHASE_CPUS,
	PHASE_TABLES,
	PHASE_MAP,
	PHASE_LOCK,
	PHASE_DO_BOOT,
	PHASE_LAUNCH,		/* everything is in place */
	PHASE_KERNEL,		/* its first instruction is next */
	PHASES
};

/* By which way an item came; anything but DMA has a reason. */
enum item_path {
	ITEM_DMA,
	ITEM_PORT_NOT_OFFERED,	/* the device has no DMA */
	ITEM_PORT_TEST_FAILED,	/* it says so, but the first transfer gave something else */
	ITEM_PORT_TIMED_OUT,	/* an earlier transfer never ended */
	ITEM_PORT_ERROR,	/* the transfer of this item ended with an error */
	ITEM_LOST,		/* it could not be read at all */
	ITEM_PATHS
};

struct timeline_item {
	uint32_t bytes;
	uint32_t key_path;	/* bits 0-15 fw_cfg selector, 16-31 enum item_path */
	uint64_t begin, end;	/* TSC; 0 without one */
};

#define TIMELINE_ITEMS 24
#define TIMELINE_ROM_STACK 0x1000u	/* bytes of an option ROM's stack that are looked at */
#define TIMELINE_ITEM_MIN 17	/* bytes: what is smaller is a number, not an item */

/* Bits of plan. */
#define TIMELINE_PLAN_MADE	(1u << 0)
#define TIMELINE_PLAN_KERNEL	(1u << 1)	/* something was given with -kernel */
#define TIMELINE_PLAN_FIRST	(1u << 2)	/* and no device comes before it in bootorder */
#define TIMELINE_PLAN_MENU	(1u << 3)	/* -boot menu=on */
#define TIMELINE_PLAN_ROM	(1u << 4)	/* and QEMU's option ROM is to load it */
#define TIMELINE_PLAN_SCREEN	(1u << 5)	/* opt/org.slipway/screen is there */
#define TIMELINE_PLAN_PVH	(1u << 6)	/* the kernel is of that form */
#define TIMELINE_PLAN_MULTIBOOT	(1u << 7)	/* or of that, which calls services: it is never FIRST */
#define TIMELINE_PLAN_SETUP	(1u << 8)	/* nor one that is entered by its 16-bit setup code */

/* Native byte order; tools/bootlog_read.py reads the same. */
struct timeline {
	uint32_t magic[2];
	uint32_t info;			/* physical address of struct report_info in the image */
	uint32_t log;			/* physical address of the log's ring */
	uint32_t tsc;			/* 0: the processor has none, all times are 0; 2: somebody listens */
	uint32_t khz;			/* of the TSC, 0: nobody needed it, or nobody knows */
	uint32_t pm_ticks;		/* khz was measured over that many PM timer ticks, 0: told */
	uint32_t start;			/* enum start_kind */
	uint32_t plan;
	uint32_t reached;		/* enum phase, the latest */
	uint32_t items;			/* offered; the first TIMELINE_ITEMS are kept */
	uint32_t unsure;		/* TSC ticks that reading the PM timer took, 0: told */
	uint64_t begin[PHASES];		/* TSC; up to reached */
	struct timeline_item item[TIMELINE_ITEMS + 1];
	uint32_t stack_post;		/* bytes of the firmware's stack that POST has used; 0: it is not over, or a
					   kernel was launched: the stack itself tells */
	uint32_t stack_roms;		/* of an option ROM's that the deepest has used; 0: none has run */
};

extern struct timeline timeline;
#ifdef CONFIG_ACCOUNTING
_Static_assert(ACCOUNT_PHASES == PHASES, "every phase is counted");
#endif

/* Once, before the first stamp; all else is 0 then, as all variables are at first. */
void timeline_init(bool has_tsc, uint32_t info);

/*
 * Have heard called from now on at the stamps of POST's phases, and of PHASE_KERNEL; NULL: nobody. timeline.tsc is then
 * something else than TIMELINE_TSC, so that who stamps need not ask for this beside it.
 */
void timeline_listen(void (*heard)(enum phase phase));

static inline uint64_t timeline_now(void)
{
	return timeline.tsc ? rdtsc() : 0;
}

static inline void timeline_reached(enum phase phase)
{
#ifdef CONFIG_ACCOUNTING
	account_phase = phase;
#endif
	timeline.reached = phase;
}

/* A phase begins; the one before it ends. */
static inline void timeline_stamp(enum phase phase)
{
	timeline_reached(phase);
	if (timeline.tsc)
		timeline.begin[phase] = rdtsc();
}

/* The same where timeline.tsc is TIMELINE_TSC, and where it is not. */
#define TIMELINE_TSC	1u
static inline void timeline_stamp_tsc(enum phase phase)
{
	timeline_reached(phase);
	timeline.begin[phase] = rdtsc();
}
void timeline_stamp_otherwise(enum phase phase) __attribute__((cold, noinline));

/* The transfer of an item begins; what is one too many shares a place that nobody reads. */
static inline struct timeline_item *timeline_item_begin(void)
{
	uint32_t n = timeline.items < TIMELINE_ITEMS ? timeline.items : TIMELINE_ITEMS;

	timeline.item[n].begin = timeline_now();
	return &timeline.item[n];
}

/* bytes have come, or not: see path. */
static inline void timeline_item_end(struct timeline_item *item, uint16_t key,
				     enum item_path path, uint32_t bytes)
{
	item->bytes = bytes;
	item->key_path = key | (uint32_t)path << 16;
	item->end = timeline_now();
	timeline.items++;
}

/* ticks of a counter of khz in ns; khz is not 0. Right up to 2^44 ticks, more than an hour. */
static inline uint64_t timeline_ns(uint64_t ticks, uint32_t khz)
{
	return div64_32(ticks * 1000000, khz);
}

#endif

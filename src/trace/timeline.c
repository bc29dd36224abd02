/* SPDX-License-Identifier: BSD-2-Clause
 * src/trace/timeline.c: see timeline.h.
 */
#include "trace/timeline.h"

/* What reached and items do not cover is never read: no boot pays for zeroing it. */
struct timeline timeline;

void timeline_init(uint64_t first, bool has_tsc, uint32_t info)
{
	timeline.magic[0] = TIMELINE_MAGIC_0;
	timeline.magic[1] = TIMELINE_MAGIC_1;
	timeline.info = info;
	timeline.log = 0;
	timeline.tsc = has_tsc;
	timeline.khz = timeline.pm_ticks = timeline.unsure = 0;
	timeline.start = timeline.plan = 0;
	timeline.reached = PHASE_KIND_OF_START;
	timeline.items = 0;
	timeline.begin[PHASE_KIND_OF_START] = first;
}

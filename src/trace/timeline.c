/* SPDX-License-Identifier: BSD-2-Clause
 * src/trace/timeline.c: see timeline.h.
 */
#include "trace/timeline.h"
#include <stddef.h>

#define TSC_AND_LISTENED	2u

struct timeline timeline;

static void (*listener)(enum phase phase);

void timeline_init(bool has_tsc, uint32_t info)
{
	timeline.magic[0] = TIMELINE_MAGIC_0;
	timeline.magic[1] = TIMELINE_MAGIC_1;
	timeline.info = info;
	timeline.tsc = has_tsc;
}

/* Who has no TSC comes here in any case. */
void timeline_listen(void (*heard)(enum phase phase))
{
	listener = heard;
	if (timeline.tsc)
		timeline.tsc = heard ? TSC_AND_LISTENED : TIMELINE_TSC;
}

void timeline_stamp_otherwise(enum phase phase)
{
	timeline_stamp(phase);
	if (listener)
		listener(phase);
}

/* SPDX-License-Identifier: BSD-2-Clause
 * src/trace/timeline.c: see timeline.h.
 */
#include "trace/timeline.h"

struct timeline timeline;

void timeline_init(bool has_tsc, uint32_t info)
{
	timeline.magic[0] = TIMELINE_MAGIC_0;
	timeline.magic[1] = TIMELINE_MAGIC_1;
	timeline.info = info;
	timeline.tsc = has_tsc;
}

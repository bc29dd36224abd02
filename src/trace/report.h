/* SPDX-License-Identifier: BSD-2-Clause
 * src/trace/report.h: the boot report: where the time went, what was loaded and by which way, what was
 * left out. docs/boot-report.md explains every line.
 *
 * It is kept as the record of trace/timeline.h and becomes text only when somebody reads: report_log()
 * here, or tools/bootlog out of a memory dump.
 */
#ifndef TRACE_REPORT_H
#define TRACE_REPORT_H

#include <stdint.h>

#define REPORT_MAGIC_0 0x70696c53	/* "Slip" */
#define REPORT_MAGIC_1 0x49796177	/* "wayI" */

struct report_name {
	uint32_t number;
	const char *name;
};

/* A file of fw_cfg: its key, 0 where there is none, is found out by each start. */
struct report_file {
	const uint16_t *key;
	const char *name;
};

/*
 * What a reader of the image needs to read the guest's memory; it finds this by its magic. Pointers are
 * physical addresses in the firmware.
 */
struct report_info {
	uint32_t magic[2];
	const void *timeline;
	const char *const *phase_names;
	uint32_t phases;
	const char *const *path_names;
	uint32_t paths;
	const char *const *start_names;
	uint32_t starts;
	const struct report_name *key_names;
	uint32_t keys;
	const struct report_file *files;
	uint32_t file_count;
	uint32_t items;			/* what the record has room for */
	const void *accesses;		/* uint32_t [phases][devices], NULL: not counted */
	const char *const *device_names;
	uint32_t devices;
	uint32_t stack_top, stack_size;	/* physical address, bytes; it grows down, and is 0 where it was never used */
	uint32_t rom_stack_size;	/* what is looked at of an option ROM's */
};
extern const struct report_info report_info;	/* src/post/report_info.c */

/*
 * Write the report to the log: as text, so only when somebody reads that. tsc_khz is asked for the
 * rate of the TSC if nobody has needed it yet; 0: it is not known.
 */
void report_log(uint32_t (*tsc_khz)(void));

/* The same, if somebody reads the log as it comes. */
void report_if_read(uint32_t (*tsc_khz)(void));

#endif

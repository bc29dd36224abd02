/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/acpi_case.h: a table-loader script with the files it needs, run by the firmware's
 * code, and judged by an ACPI walker that shares nothing with it.
 */
#ifndef FAKE_ACPI_CASE_H
#define FAKE_ACPI_CASE_H

#include <stdbool.h>
#include <stdint.h>
#include "std/table_loader.h"

#define CASE_MAX_RECORDS 64
#define CASE_MAX_TABLES  0x4000		/* bytes: the recordings without most of their padding */

struct acpi_case {
	union {
		struct loader_record record[CASE_MAX_RECORDS];
		uint8_t script[CASE_MAX_RECORDS * 128];
	};
	uint32_t script_size;		/* bytes */
	uint32_t records;		/* up to the first padding */
	uint8_t tables[CASE_MAX_TABLES];
	uint32_t tables_size;
	uint8_t rsdp[64];
	uint32_t rsdp_size;
	uint8_t guid[4096], nvdimm[4096];
	uint8_t guid_address[8];	/* writable */
	bool on_microvm;		/* recorded there: its files may be in the F segment */
};

enum acpi_verdict {
	CASE_COMPLETE,		/* complete valid ACPI, everything else as it should be */
	CASE_NONE,		/* nothing to be seen of it, at least one line says why */
	CASE_BROKEN,		/* anything else: case_complaint says what */
};
extern const char *case_complaint;

/* Read tests/data/acpi/<name>; asserts. */
void acpi_case_load(struct acpi_case *c, const char *name);

/*
 * Start afresh: RAM, allocator, log, and fw_cfg with the files of c (which must live on). Then the
 * test may set faults.
 */
void acpi_case_prepare(struct acpi_case *c);

/* acpi_init(), and the judgement. */
enum acpi_verdict acpi_case_run(const struct acpi_case *c);

/* Both. */
enum acpi_verdict acpi_case_try(struct acpi_case *c);

/* The first record with that command, from number from on; asserts that there is one. */
struct loader_record *acpi_case_find(struct acpi_case *c, uint32_t command, uint32_t from);

/*
 * What an OS finds in RAM: NULL, complete ACPI with *tables entries in its root table and its RSDP
 * at *rsdp; "none"; or what is wrong with it.
 */
const char *acpi_walk(uint32_t *rsdp, uint32_t *tables);

#endif

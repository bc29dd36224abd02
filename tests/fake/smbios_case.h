/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/smbios_case.h: a machine whose fw_cfg holds SMBIOS items, and what an OS would find
 * after smbios_init(). Needs the fw_cfg client, tests/fake/fw_cfg.c, alloc.c, ram.c, cpu.c.
 */
#ifndef FAKE_SMBIOS_CASE_H
#define FAKE_SMBIOS_CASE_H

#include <stdbool.h>
#include <stdint.h>
#include "std/smbios.h"

/* An i440fx machine with 512 MiB and two processors; fw_cfg with DMA and no files yet. */
void smbios_case_reset(void);

/* Item from bytes, NULL: without it. */
void smbios_case_items(const void *anchor, uint32_t anchor_size, const void *tables,
		       uint32_t tables_size);

#define SMBIOS_CASE_MAX 16384

/* Contents of tests/data/smbios/NAME into buf of that many bytes; returns their number. */
uint32_t smbios_case_read(const char *name, uint8_t *buf);

/* Both items from tests/data/smbios/NAME.anchor and .tables. */
void smbios_case_recorded(const char *name);

/* Read the directory, run smbios_init(). */
void smbios_case_run(void);

/* What the OS finds; checksums and the chain of structures have been asserted. */
struct smbios_found {
	bool is_30;
	uint32_t anchor;		/* physical */
	uint32_t address, length;	/* of the structures */
	uint32_t count, largest;	/* counted here */
	struct smbios_entry21 entry21;
	struct smbios_entry30 entry30;
};

/* False when there is no entry point in the F segment. */
bool smbios_case_find(struct smbios_found *found);

/* Structure n from 0 of a type; NULL beyond the last. */
const uint8_t *smbios_case_structure(const struct smbios_found *found, uint8_t type, uint32_t n);

/* Bytes of a structure, strings included. */
uint32_t smbios_case_size(const struct smbios_found *found, const uint8_t *structure);

/* String number of a structure; "" for 0. */
const char *smbios_case_string(const uint8_t *structure, uint8_t number);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/smbios_case.c: see smbios_case.h. What it asserts is written from the standard, apart from
 * the code under test.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "arch/phys.h"
#include "fake/alloc.h"
#include "fake/cpu.h"
#include "fake/fw_cfg.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fake/smbios_case.h"
#include "fw/fw_cfg.h"
#include "fw/smbios.h"
#include "trace/banner.h"
#include "machine/machine.h"

struct machine machine;

const struct banner banner = { "v1.2-3-gabcdef0", sizeof("v1.2-3-gabcdef0"), 1, 2 };

void smbios_case_reset(void)
{
	fake_log_reset();
	if (!fake_ram_size)
		fake_ram_reset(4 << 20);
	fake_alloc_reset();
	memset(fake_ram + 0xf0000, 0, 0x10000);
	fake_fw_cfg_reset();
	fake_cpu_reset();
	memset(&machine, 0, sizeof(machine));
	machine.chipset = CHIPSET_I440FX;
	machine.low_ram_end = 512u << 20;
	machine.high_ram_end = 1ull << 32;
	machine.cpus = 2;
	machine.apic_id_limit = 2;
	machine.cpu_features = 0x078bfbfd;
}

void smbios_case_items(const void *anchor, uint32_t anchor_size, const void *tables,
		       uint32_t tables_size)
{
	if (anchor)
		fake_fw_cfg_file("etc/smbios/smbios-anchor", anchor, anchor_size);
	if (tables)
		fake_fw_cfg_file("etc/smbios/smbios-tables", tables, tables_size);
}

uint32_t smbios_case_read(const char *name, uint8_t *buf)
{
	char path[128];
	uint32_t size;
	FILE *file;

	snprintf(path, sizeof(path), "tests/data/smbios/%s", name);
	file = fopen(path, "rb");
	if (!file) {
		perror(path);
		abort();
	}
	size = fread(buf, 1, SMBIOS_CASE_MAX, file);
	fclose(file);
	return size;
}

void smbios_case_recorded(const char *name)
{
	static uint8_t anchor[SMBIOS_CASE_MAX], tables[SMBIOS_CASE_MAX];
	uint32_t anchor_size, tables_size;
	char path[64];

	snprintf(path, sizeof(path), "%s.anchor", name);
	anchor_size = smbios_case_read(path, anchor);
	snprintf(path, sizeof(path), "%s.tables", name);
	tables_size = smbios_case_read(path, tables);
	smbios_case_items(anchor, anchor_size, tables, tables_size);
}

void smbios_case_run(void)
{
	if (fw_cfg_init() != 0 || fw_cfg_read_directory() != 0)
		abort();
	smbios_init();
}

static uint8_t sum(const uint8_t *p, uint32_t len)
{
	uint8_t total = 0;

	while (len--)
		total += *p++;
	return total;
}

/* Offset behind structure at p, which must end before end. */
static uint32_t structure_size(const uint8_t *p, const uint8_t *end)
{
	const uint8_t *at = p + p[1];

	assert(end - p >= 6 && p[1] >= 4 && at + 2 <= end);
	while (at[0] || at[1]) {
		at++;
		assert(at + 2 <= end);
	}
	return at + 2 - p;
}

static void walk(struct smbios_found *found)
{
	const uint8_t *p = phys_to_ptr(found->address), *end = p + found->length;
	uint8_t type = 0;

	assert(fake_alloc_owns(found->address, found->length));
	while (p < end) {
		uint32_t size = structure_size(p, end);

		assert(type != SMBIOS_END);
		type = *p;
		found->count++;
		if (size > found->largest)
			found->largest = size;
		p += size;
	}
	assert(type == SMBIOS_END);
}

/* Size of the piece of memory that begins there, 0: none. */
static uint32_t piece_at(uint32_t phys)
{
	const struct fake_piece *piece;

	for (uint32_t n = 0; (piece = fake_alloc_piece(n)); n++)
		if (piece->phys == phys && !piece->released)
			return piece->size;
	return 0;
}

bool smbios_case_find(struct smbios_found *found)
{
	memset(found, 0, sizeof(*found));
	for (uint32_t at = 0xf0000; at < 0x100000 && !found->anchor; at += 16) {
		const uint8_t *p = fake_ram + at;
		uint32_t size = piece_at(at);

		/* Strings of a structure may look like an anchor, checksum and all: they begin no piece. */
		if (size == 24 && !memcmp(p, "_SM3_", 5) && p[6] == 0x18 && sum(p, 0x18) == 0) {
			memcpy(&found->entry30, p, 0x18);
			assert(found->entry30.table_address <= 0xffffffff);
			found->is_30 = true;
			found->address = found->entry30.table_address;
			found->length = found->entry30.table_max_size;
			found->anchor = at;
		} else if (size == 31 && !memcmp(p, "_SM_", 4) && p[5] == 0x1f &&
			   sum(p, 0x1f) == 0 && !memcmp(p + 16, "_DMI_", 5) &&
			   sum(p + 16, 15) == 0) {
			memcpy(&found->entry21, p, 0x1f);
			found->address = found->entry21.table_address;
			found->length = found->entry21.table_length;
			found->anchor = at;
		}
	}
	if (!found->anchor)
		return false;
	walk(found);
	if (!found->is_30) {
		assert(found->entry21.structures == found->count);
		assert(found->entry21.max_structure == found->largest);
	}
	return true;
}

const uint8_t *smbios_case_structure(const struct smbios_found *found, uint8_t type, uint32_t n)
{
	const uint8_t *p = phys_to_ptr(found->address), *end = p + found->length;

	for (; p < end; p += structure_size(p, end))
		if (*p == type && n-- == 0)
			return p;
	return NULL;
}

uint32_t smbios_case_size(const struct smbios_found *found, const uint8_t *structure)
{
	return structure_size(structure, (uint8_t *)phys_to_ptr(found->address) + found->length);
}

const char *smbios_case_string(const uint8_t *structure, uint8_t number)
{
	const char *text = (const char *)structure + structure[1];

	if (!number)
		return "";
	while (--number)
		text += strlen(text) + 1;
	return text;
}

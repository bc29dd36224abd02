/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/acpi_case.c: see acpi_case.h.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include "fake/acpi_case.h"
#include "fake/alloc.h"
#include "fake/fw_cfg_files.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fw/acpi.h"
#include "machine/machine.h"

#define RAM_SIZE (4u << 20)

struct machine machine;
const char *case_complaint;

static uint8_t guid_address_before[8];

static uint32_t read_part(const char *name, const char *part, void *buf, uint32_t max)
{
	char path[128];
	uint32_t size;
	FILE *f;

	snprintf(path, sizeof(path), "tests/data/acpi/%s/%s.bin", name, part);
	f = fopen(path, "rb");
	assert(f && "run the tests from the top of the tree");
	size = fread(buf, 1, max, f);
	fclose(f);
	return size;
}

void acpi_case_load(struct acpi_case *c, const char *name)
{
	memset(c, 0, sizeof(*c));
	c->on_microvm = !strncmp(name, "microvm", 7);
	c->script_size = read_part(name, "loader", c->script, sizeof(c->script));
	c->tables_size = read_part(name, "tables", c->tables, sizeof(c->tables));
	c->rsdp_size = read_part(name, "rsdp", c->rsdp, sizeof(c->rsdp));
	while (c->records < c->script_size / 128 && c->record[c->records].command)
		c->records++;
	assert(c->records && c->tables_size && c->rsdp_size);
	/* What was cut off is padding: nothing but zeros at the end is left of it. */
	assert(c->tables_size < sizeof(c->tables) || !c->tables[sizeof(c->tables) - 1]);
}

void acpi_case_prepare(struct acpi_case *c)
{
	if (fake_ram_size != RAM_SIZE)
		fake_ram_reset(RAM_SIZE);
	fake_alloc_reset();
	memset(fake_ram + 0xe0000, 0, 0x20000);
	fake_log_reset();
	fake_files_reset();
	memset(&machine, 0, sizeof(machine));
	machine.chipset = c->on_microvm ? CHIPSET_NONE : CHIPSET_I440FX;
	machine.cpu_features = 1u << 26 | 1u << 24;
	machine.rsdp = 0xbad;
	case_complaint = NULL;

	fake_files_add("bootorder", NULL, 0);
	fake_files_add("etc/acpi/rsdp", c->rsdp, c->rsdp_size);
	fake_files_add("etc/acpi/tables", c->tables, c->tables_size);
	fake_files_add("etc/acpi/nvdimm-mem", c->nvdimm, sizeof(c->nvdimm));
	fake_files_add("etc/table-loader", c->script, c->script_size);
	fake_files_add("etc/tpm/log", NULL, 0);
	fake_files_add("etc/vmgenid_addr", c->guid_address, sizeof(c->guid_address))->writable = true;
	fake_files_add("etc/vmgenid_guid", c->guid, sizeof(c->guid));
	memcpy(guid_address_before, c->guid_address, sizeof(guid_address_before));
}

static enum acpi_verdict broken(const char *why)
{
	case_complaint = why;
	return CASE_BROKEN;
}

/* At the end of the line, where the consequence stands: a file may have that in its name. */
static bool says_no_acpi(const char *line)
{
	size_t end = strlen("; no ACPI"), len = strlen(line);

	return len >= end && strcmp(line + len - end, "; no ACPI") == 0;
}

enum acpi_verdict acpi_case_run(const struct acpi_case *c)
{
	uint32_t rsdp = 0, tables = 0, said = 0;
	bool same = !memcmp(guid_address_before, c->guid_address, sizeof(guid_address_before));
	const char *wrong;
	char line[64];

	assert(same);
	acpi_init();
	same = !memcmp(guid_address_before, c->guid_address, sizeof(guid_address_before));
	wrong = acpi_walk(&rsdp, &tables);
	for (uint32_t i = 0; i < fake_log_lines(); i++)
		said += says_no_acpi(fake_log_line(i));

	if (fake_alloc_live(ZONE_TEMP))
		return broken("temporary memory is kept");
	if (wrong && !strcmp(wrong, "none")) {
		if (machine.rsdp)
			return broken("machine.rsdp without an RSDP");
		if (fake_alloc_live_all())
			return broken("memory of tables that are not there is kept");
		if (!same)
			return broken("QEMU keeps a pointer to memory that is free");
		if (said != 1)
			return broken(said ? "more than one line says no ACPI" : "no line says no ACPI");
		return CASE_NONE;
	}
	if (wrong)
		return broken(wrong);
	if (machine.rsdp != rsdp)
		return broken("machine.rsdp is not where the RSDP is");
	snprintf(line, sizeof(line), "acpi: %u tables, ", tables);
	if (!fake_log_has(line) || said)
		return broken("the log does not say what there is");
	return CASE_COMPLETE;
}

enum acpi_verdict acpi_case_try(struct acpi_case *c)
{
	acpi_case_prepare(c);
	return acpi_case_run(c);
}

struct loader_record *acpi_case_find(struct acpi_case *c, uint32_t command, uint32_t from)
{
	while (from < c->records && c->record[from].command != command)
		from++;
	assert(from < c->records);
	return &c->record[from];
}

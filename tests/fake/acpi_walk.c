/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/acpi_walk.c: an ACPI walker over fake RAM, see acpi_case.h. Everything it follows must
 * lie in memory that the fake allocator has handed out and nobody has released.
 */
#include <string.h>
#include "fake/acpi_case.h"
#include "fake/alloc.h"
#include "fake/ram.h"
#include "machine/machine.h"

/* The search looks at all memory, also at what is free. */
static __attribute__((no_sanitize("address"))) bool rsdp_at(uint32_t phys)
{
	for (uint32_t i = 0; i < 8; i++)
		if (((volatile uint8_t *)fake_ram)[phys + i] != (uint8_t)"RSD PTR "[i])
			return false;
	return true;
}

static uint64_t number(uint32_t phys, uint32_t bytes)
{
	uint64_t value = 0;

	while (bytes--)
		value = value << 8 | fake_ram[phys + bytes];
	return value;
}

static bool sums_to_zero(uint32_t phys, uint32_t len)
{
	uint32_t sum = 0;

	while (len--)
		sum += fake_ram[phys++];
	return sum % 256 == 0;
}

static bool is(uint32_t phys, const char *signature)
{
	return !memcmp(fake_ram + phys, signature, 4);
}

static const char *walk_table(uint64_t phys, const char *signature)
{
	if (phys < (machine.chipset == CHIPSET_NONE ? 0xf0000 : 0x100000) || phys > UINT32_MAX || !fake_alloc_owns(phys, 36))
		return "a table outside its memory";
	if (signature && !is(phys, signature))
		return "a table of another name";
	if (number(phys + 4, 4) < 36 || !fake_alloc_owns(phys, number(phys + 4, 4)))
		return "a table of bad length";
	if (!sums_to_zero(phys, number(phys + 4, 4)))
		return "a table with a bad checksum";
	return NULL;
}

static const char *walk_fadt(uint32_t fadt)
{
	uint32_t length = number(fadt + 4, 4);
	uint64_t facs[2] = { 0 }, dsdt[2] = { 0 };

	if (length < 116)
		return "a short FADT";
	facs[0] = number(fadt + 36, 4);
	dsdt[0] = number(fadt + 40, 4);
	if (length >= 140)
		facs[1] = number(fadt + 132, 8);
	if (length >= 148)
		dsdt[1] = number(fadt + 140, 8);
	if (!dsdt[0] && !dsdt[1])
		return "no DSDT";
	if (!facs[0] && !facs[1] && !(number(fadt + 112, 4) & 1 << 20))
		return "no FACS";
	for (int i = 0; i < 2; i++) {
		const char *wrong = dsdt[i] ? walk_table(dsdt[i], "DSDT") : NULL;

		if (wrong)
			return wrong;
		if (facs[i] && (facs[i] > UINT32_MAX || facs[i] % 8 || !fake_alloc_owns(facs[i], 64) ||
				!is(facs[i], "FACS") || number(facs[i] + 4, 4) < 64))
			return "a bad FACS";
	}
	return NULL;
}

static const char *walk_root(uint64_t root, const char *signature, uint32_t entry, uint32_t *tables)
{
	const char *wrong = walk_table(root, signature);
	bool fadt = false;
	uint32_t bytes;

	if (wrong)
		return wrong;
	bytes = number(root + 4, 4) - 36;
	*tables = bytes / entry;
	for (uint32_t i = 0; i < *tables * entry; i += entry) {
		uint64_t at = number(root + 36 + i, entry);

		wrong = walk_table(at, NULL);
		if (!wrong && is(at, "FACP")) {
			wrong = walk_fadt(at);
			fadt = true;
		}
		if (wrong)
			return wrong;
	}
	return fadt ? NULL : "no FADT";
}

const char *acpi_walk(uint32_t *rsdp, uint32_t *tables)
{
	const char *wrong = NULL;
	uint32_t at = 0;

	for (uint32_t phys = 0xe0000; phys < 0x100000; phys += 16) {
		if (!rsdp_at(phys))
			continue;
		if (at)
			return "two RSDPs";
		at = phys;
	}
	if (!at)
		return "none";
	*rsdp = at;
	if (!fake_alloc_owns(at, 20) || !sums_to_zero(at, 20))
		return "a bad RSDP";
	if (fake_ram[at + 15] >= 2) {
		if (!fake_alloc_owns(at, 36) || number(at + 20, 4) < 36 ||
		    !fake_alloc_owns(at, number(at + 20, 4)) || !sums_to_zero(at, number(at + 20, 4)))
			return "a bad RSDP of revision 2";
		if (number(at + 24, 8))
			wrong = walk_root(number(at + 24, 8), "XSDT", 8, tables);
		else if (!number(at + 16, 4))
			wrong = "no root table";
		if (wrong || !number(at + 16, 4))
			return wrong;
	}
	return walk_root(number(at + 16, 4), "RSDT", 4, tables);
}

/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/smbios_bios.c: type 0, BIOS Information: what this firmware says of itself.
 * Spec: DMTF DSP0134 3.6, section 7.1.
 */
#include <stddef.h>
#include "fw/smbios_table.h"
#include "lib/string.h"
#include "trace/banner.h"
#include "machine/machine.h"
#include "std/smbios.h"

#define VENDOR		"Slipway"
/*
 * mm/dd/yyyy. Not the day of a release: guests choose by the year what they expect of a machine, and
 * QEMU's have always said 2014. Linux takes RTC alarms by ACPI event from 2015 on, which QEMU's
 * chipsets do not raise, and drops its care with reserved ranges in PCI windows from 2023 on.
 */
#define RELEASE_DATE	"04/01/2014"

#define START_SEGMENT	0xe800	/* the firmware's RAM and the 16-bit image: 96 KiB to 0xfffff */
#define ROM_SIZE	(CONFIG_ROM_SIZE / 64 - 1)

struct smbios_bios_facts smbios_bios_facts(void)
{
	struct smbios_bios_facts facts = {
		.vendor = VENDOR,
		.version = banner.version,
		.date = RELEASE_DATE,
		.major = banner.major,
		.minor = banner.minor,
	};

	return facts;
}

uint32_t smbios_bios_size(const struct smbios_bios_facts *facts)
{
	const char *const text[] = { facts->vendor, facts->version, facts->date };
	uint32_t size = sizeof(struct smbios_bios), strings = 0;

	for (uint32_t i = 0; i < 3; i++)
		if (text[i] && *text[i])
			strings += strlen(text[i]) + 1;
	return size + (strings ? strings + 1 : 2);
}

void smbios_put_bios(struct smbios_writer *w, uint16_t handle,
		     const struct smbios_bios_facts *facts)
{
	struct smbios_strings strings = { .count = 0 };
	struct smbios_bios bios = {
		.header = { .type = SMBIOS_BIOS, .handle = handle },
		.vendor_str = smbios_string(&strings, facts->vendor),
		.version_str = smbios_string(&strings, facts->version),
		.start_segment = START_SEGMENT,
		.date_str = smbios_string(&strings, facts->date),
		.rom_size = ROM_SIZE,
		.characteristics = SMBIOS_BIOS_SHADOWING | (machine.pci ? SMBIOS_BIOS_PCI : 0),
		.extension = {
			machine.rsdp ? SMBIOS_BIOS_EXT0_ACPI : 0,
			SMBIOS_BIOS_EXT1_TARGETED | SMBIOS_BIOS_EXT1_VIRTUAL,
		},
		.major = facts->major,
		.minor = facts->minor,
		.ec_major = 0xff,
		.ec_minor = 0xff,
	};

	smbios_put(w, &bios, sizeof(bios), &strings);
}

/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/smbios_bios.c: see smbios_bios.h.
 */
#include "fw/smbios_bios.h"
#include "lib/string.h"
#include "machine/machine.h"

#define START_SEGMENT	0xe800	/* the firmware's RAM and the 16-bit image: 96 KiB to 0xfffff */
#define ROM_SIZE	(CONFIG_ROM_SIZE / 64 - 1)

/* What every image says on every machine. The version follows as the third string. */
static const struct {
	struct smbios_bios fixed;
	char vendor[sizeof(SMBIOS_BIOS_VENDOR)];
	char date[sizeof(SMBIOS_BIOS_DATE)];
} __attribute__((packed)) template = {
	.fixed = {
		.header = { .type = SMBIOS_BIOS, .length = sizeof(struct smbios_bios) },
		.vendor_str = 1,
		.date_str = 2,
		.version_str = 3,
		.start_segment = START_SEGMENT,
		.rom_size = ROM_SIZE,
		.characteristics = { 0, SMBIOS_BIOS_SHADOWING >> 8 },
		.extension = { 0, SMBIOS_BIOS_EXT1_TARGETED | SMBIOS_BIOS_EXT1_VIRTUAL },
		.ec_major = 0xff,
		.ec_minor = 0xff,
	},
	.vendor = SMBIOS_BIOS_VENDOR,
	.date = SMBIOS_BIOS_DATE,
};

/* Fill in what the template leaves open. */
static inline void complete(struct smbios_bios *bios)
{
	bios->extension[0] = machine.rsdp ? SMBIOS_BIOS_EXT0_ACPI : 0;
	bios->characteristics[0] = machine.pci ? SMBIOS_BIOS_PCI : 0;
	bios->major = banner.major;
	bios->minor = banner.minor;
}

void smbios_put_bios(uint8_t *at)
{
	memcpy(at, &template, sizeof(template));
	memcpy(at + sizeof(template), banner.version, banner.version_size);
	at[sizeof(template) + banner.version_size] = 0;		/* the strings end */
	complete((struct smbios_bios *)at);
}

void smbios_bios_fixed(struct smbios_bios *bios)
{
	memcpy(bios, &template.fixed, sizeof(*bios));
	complete(bios);
}

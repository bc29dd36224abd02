/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/smbios_bios.h: type 0, BIOS Information: what this firmware says of itself.
 * Spec: DMTF DSP0134 3.6, section 7.1.
 */
#ifndef FW_SMBIOS_BIOS_H
#define FW_SMBIOS_BIOS_H

#include <stdint.h>
#include "std/smbios.h"
#include "trace/banner.h"

#define SMBIOS_BIOS_VENDOR	"Slipway"
/*
 * mm/dd/yyyy. Not the day of a release: guests choose by the year what they expect of a machine, and
 * QEMU's have always said 2014. Linux takes RTC alarms by ACPI event from 2015 on, which QEMU's
 * chipsets do not raise, and drops its care with reserved ranges in PCI windows from 2023 on.
 */
#define SMBIOS_BIOS_DATE	"04/01/2014"

/* Bytes of the type 0 that smbios_put_bios() writes: fixed part, three strings, and a NUL. */
static inline uint32_t smbios_bios_size(void)
{
	return sizeof(struct smbios_bios) + sizeof(SMBIOS_BIOS_VENDOR) + sizeof(SMBIOS_BIOS_DATE) +
	       banner.version_size + 1;
}

/* Write it, with its strings and handle 0. Needs machine.pci and machine.rsdp. */
void smbios_put_bios(uint8_t *at);

/* Its fixed part alone, for other strings: their numbers are those of smbios_put_bios(). */
void smbios_bios_fixed(struct smbios_bios *bios);

#endif

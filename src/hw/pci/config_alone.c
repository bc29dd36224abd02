/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pci/config_alone.c: reads of configuration space in the register's own width, see config.h. Few need them, and
 * every machine with PCI has mechanism #1, so they go its way and leave config.c as short as it is.
 * Spec: PCI 3.0, 3.2.2.3.2.
 */
#include "arch/io.h"
#include "hw/pci/config.h"

#define CONFIG_ADDRESS 0xcf8
#define CONFIG_DATA    0xcfc
#define CONFIG_ENABLE  0x80000000u

static void select(pci_bdf_t bdf, uint8_t reg)
{
	outl(CONFIG_ENABLE | (uint32_t)bdf << 8 | (reg & 0xfcu), CONFIG_ADDRESS);
	pci_config_forget();
}

uint8_t pci_read8_alone(pci_bdf_t bdf, uint8_t reg)
{
	select(bdf, reg);
	return inb(CONFIG_DATA + (reg & 3));
}

uint16_t pci_read16_alone(pci_bdf_t bdf, uint8_t reg)
{
	select(bdf, reg);
	return inw(CONFIG_DATA + (reg & 2));
}

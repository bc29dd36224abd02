/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pci/config.c: configuration space by mechanism #1 [PCI 3.0, 3.2.2.3.2] or MMCONFIG
 * [PCIe 3.0, 7.2.2]. Each access is a VM exit: MMCONFIG takes one, mechanism #1 takes two, or one
 * when the index still holds the dword from the access before.
 */
#include "arch/io.h"
#include "hw/pci/config.h"

#define CONFIG_ADDRESS 0xcf8
#define CONFIG_DATA    0xcfc
#define CONFIG_ENABLE  0x80000000u

/*
 * index is what 0xcf8 holds. The start-up code wrote 0xcf8 as well, but never a 0: bit 31 is
 * always set, so that zeroed memory means "unknown".
 */
static struct {
	uint32_t mmconfig;
	uint32_t index;
} config;

void pci_config_use_mmconfig(uint32_t base)
{
	config.mmconfig = base;
	config.index = 0;
}

/* Addresses of MMCONFIG are above all ports. */
#define PORTS 0x10000u

/* Where a register is: an address in MMCONFIG, or a data port once its dword is selected. */
static uint32_t locate(pci_bdf_t bdf, uint8_t reg)
{
	uint32_t index = CONFIG_ENABLE | (uint32_t)bdf << 8 | (reg & 0xfc);

	if (config.mmconfig)
		return config.mmconfig + ((uint32_t)bdf << 12) + reg;
	if (index != config.index) {
		outl(index, CONFIG_ADDRESS);
		config.index = index;
	}
	return CONFIG_DATA + (reg & 3);
}

uint32_t pci_read32(pci_bdf_t bdf, uint8_t reg)
{
	uint32_t at = locate(bdf, reg);

	return at < PORTS ? inl((uint16_t)at) : mmio_read32(at);
}

uint16_t pci_read16(pci_bdf_t bdf, uint8_t reg)
{
	return (uint16_t)(pci_read32(bdf, reg & ~3) >> 8 * (reg & 2));
}

uint8_t pci_read8(pci_bdf_t bdf, uint8_t reg)
{
	return (uint8_t)(pci_read32(bdf, reg & ~3) >> 8 * (reg & 3));
}

void pci_write8(pci_bdf_t bdf, uint8_t reg, uint8_t value)
{
	uint32_t at = locate(bdf, reg);

	if (at < PORTS)
		outb(value, (uint16_t)at);
	else
		mmio_write8(at, value);
}

void pci_write16(pci_bdf_t bdf, uint8_t reg, uint16_t value)
{
	uint32_t at = locate(bdf, reg);

	if (at < PORTS)
		outw(value, (uint16_t)at);
	else
		mmio_write16(at, value);
}

void pci_write32(pci_bdf_t bdf, uint8_t reg, uint32_t value)
{
	uint32_t at = locate(bdf, reg);

	if (at < PORTS)
		outl(value, (uint16_t)at);
	else
		mmio_write32(at, value);
}

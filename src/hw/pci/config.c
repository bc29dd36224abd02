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
 * Each is small enough for the compiler to copy it into whoever calls it, and there are many: on pc with its usual devices that
 * came to 130 instructions and 13 blocks more to translate.
 */
#define ONCE __attribute__((noinline))

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

void pci_config_forget(void)
{
	config.index = 0;
}

/* Where a register is in MMCONFIG, if there is one. */
static uint32_t address(pci_bdf_t bdf, uint8_t reg)
{
	return config.mmconfig + ((uint32_t)bdf << 12) + reg;
}

/* Mechanism #1: have a dword at the data ports. */
static void ONCE select(pci_bdf_t bdf, uint8_t dword)
{
	uint32_t index = CONFIG_ENABLE | (uint32_t)bdf << 8 | dword;

	if (index != config.index) {
		outl(index, CONFIG_ADDRESS);
		config.index = index;
	}
}

uint32_t ONCE pci_read32(pci_bdf_t bdf, uint8_t reg)
{
	if (config.mmconfig)
		return mmio_read32(address(bdf, reg));
	select(bdf, reg);
	return inl(CONFIG_DATA);
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
	if (config.mmconfig) {
		mmio_write8(address(bdf, reg), value);
	} else {
		select(bdf, reg & ~3);
		outb(value, CONFIG_DATA + (reg & 3));
	}
}

void pci_write16(pci_bdf_t bdf, uint8_t reg, uint16_t value)
{
	if (config.mmconfig) {
		mmio_write16(address(bdf, reg), value);
	} else {
		select(bdf, reg & ~3);
		outw(value, CONFIG_DATA + (reg & 2));
	}
}

void ONCE pci_write32(pci_bdf_t bdf, uint8_t reg, uint32_t value)
{
	if (config.mmconfig) {
		mmio_write32(address(bdf, reg), value);
	} else {
		select(bdf, reg);
		outl(value, CONFIG_DATA);
	}
}

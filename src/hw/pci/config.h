/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pci/config.h: PCI configuration space: addresses, registers, access.
 * Spec: PCI Local Bus 3.0, chapter 6; PCI Express Base 3.0, 7.2 (ECAM, here MMCONFIG).
 */
#ifndef HW_PCI_CONFIG_H
#define HW_PCI_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

/* Bus, device, function as one number: bus << 8 | device << 3 | function. */
typedef uint16_t pci_bdf_t;
#define PCI_BDF(bus, dev, fn) ((pci_bdf_t)((bus) << 8 | (dev) << 3 | (fn)))
#define PCI_BUS(bdf) ((uint8_t)((bdf) >> 8))
#define PCI_DEV(bdf) ((uint8_t)((bdf) >> 3 & 31))
#define PCI_FN(bdf)  ((uint8_t)((bdf) & 7))
#define PCI_NONE_BDF 0xffff	/* not on PCI */

/* Registers common to both header types [6.1]. */
#define PCI_VENDOR_ID		0x00
#define PCI_DEVICE_ID		0x02
#define PCI_COMMAND		0x04
#define PCI_STATUS		0x06
#define PCI_CLASS_REVISION	0x08
#define PCI_SUBSYSTEM		0x2c	/* of functions that are no bridge: id << 16 | vendor */
#define PCI_HEADER_TYPE		0x0e
#define PCI_BAR0		0x10
#define PCI_ROM			0x30
#define PCI_CAPABILITIES	0x34
#define PCI_INTERRUPT_LINE	0x3c
#define PCI_INTERRUPT_PIN	0x3d
/* Header type 1, PCI-to-PCI bridge [PCI-to-PCI Bridge 1.2, 3.2]. */
#define PCI_PRIMARY_BUS		0x18
#define PCI_IO_BASE		0x1c
#define PCI_MEMORY_BASE		0x20
#define PCI_PREF_BASE		0x24
#define PCI_PREF_BASE_UPPER	0x28
#define PCI_PREF_LIMIT_UPPER	0x2c
#define PCI_IO_BASE_UPPER	0x30
#define PCI_ROM_BRIDGE		0x38
#define PCI_BRIDGE_CONTROL	0x3e

/* Class and subclass, the upper half of PCI_CLASS_REVISION. */
#define PCI_CLASS_VGA		0x0300
#define PCI_CLASS_OTHER_DISPLAY	0x0380

#define PCI_COMMAND_IO		0x0001
#define PCI_COMMAND_MEMORY	0x0002
#define PCI_COMMAND_MASTER	0x0004
#define PCI_COMMAND_SERR	0x0100

/*
 * Use MMCONFIG at this physical address from now on, 0: none (then mechanism #1, ports
 * 0xcf8/0xcfc, whose index register is shadowed: QEMU's reads no device sees).
 */
void pci_config_use_mmconfig(uint32_t base);

/* Code of others has run, which may have written the index register: it is written again before it is used. */
void pci_config_forget(void);

/*
 * The first 256 bytes: reg is aligned to the width. Reads have no side effects, and are made as
 * dwords. A function that is not there reads all ones.
 */
uint8_t pci_read8(pci_bdf_t bdf, uint8_t reg);
uint16_t pci_read16(pci_bdf_t bdf, uint8_t reg);
uint32_t pci_read32(pci_bdf_t bdf, uint8_t reg);
/* The same with an access of just that width, for the few registers that answer no other. */
uint8_t pci_read8_alone(pci_bdf_t bdf, uint8_t reg);
uint16_t pci_read16_alone(pci_bdf_t bdf, uint8_t reg);
void pci_write8(pci_bdf_t bdf, uint8_t reg, uint8_t value);
void pci_write16(pci_bdf_t bdf, uint8_t reg, uint16_t value);
void pci_write32(pci_bdf_t bdf, uint8_t reg, uint32_t value);

#endif

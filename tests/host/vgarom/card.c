/* SPDX-License-Identifier: BSD-2-Clause
 * tests/host/vgarom/card.c: the registers of a display. Spec: IBM VGA reference; QEMU's docs/specs/standard-vga for DISPI.
 */
#include <string.h>
#include "vgarom/card.h"

#define DISPI_ID	0xb0c5
#define DISPI_XRES	1
#define DISPI_BPP	3
#define DISPI_ENABLE	4
#define DISPI_GET_CAPS	0x02
#define DISPI_MEMORY	10
#define PCI_ADDRESS	0xcf8
#define PCI_DATA	0xcfc
#define IO_BAR		0xc000u

static const struct kind {
	const char *name;
	uint16_t vendor, device;
	uint32_t bars[3];
	uint16_t io_bytes;		/* of the BAR at IO_BAR */
	bool pci, dispi, cirrus;
	uint32_t memory;		/* bytes */
} kinds[] = {
	{ "std", 0x1234, 0x1111, { 0xfd000008, 0, 0xfebf0000 }, 0, true, true, false, 16 << 20 },
	{ "cirrus", 0x1013, 0x00b8, { 0xfc000008, 0xfebf0000, 0 }, 0, true, false, true, 4 << 20 },
	{ "qxl", 0x1b36, 0x0100, { 0xf4000000, 0xf8000000, 0xfebf0000 }, 0, true, true, false, 16 << 20 },
	{ "virtio", 0x1af4, 0x1050, { 0xfe000008, 0, 0xfebf0000 }, 0, true, true, false, 8 << 20 },
	{ "vmware", 0x15ad, 0x0405, { IO_BAR | 1, 0xfd000008, 0xfebf0008 }, 16, true, true, false, 16 << 20 },
	{ "ati", 0x1002, 0x5046, { 0xfd000008, IO_BAR | 1, 0xfebf0000 }, 256, true, true, false, 16 << 20 },
	{ "isa", 0, 0, { 0 }, 0, false, true, false, 8 << 20 },
};
static const struct kind *kind = kinds;

#define BDF 0x0010u			/* 00:02.0 */

static uint8_t seq[256], graphics[256], crtc[256], attribute[32], dac[768], misc, mask, status, hidden, hidden_reads;
static uint8_t seq_index, graphics_index, crtc_index, attribute_index;
static bool attribute_data;
static uint16_t dispi[16], dispi_index, dac_at, dac_read_at;
static uint32_t config_address;
static uint8_t own[256];

bool card_choose(const char *name)
{
	for (unsigned int i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].name, name)) {
			kind = &kinds[i];
			dispi[0] = DISPI_ID;
			dispi[DISPI_MEMORY] = (uint16_t)(kind->memory >> 16);
			crtc[0x27] = kind->cirrus ? 0xb8 : 0;	/* which Cirrus it is */
			return true;
		}
	return false;
}

uint16_t card_bdf(void)
{
	return kind->pci ? BDF : 0;
}

bool card_port_is_ours(uint16_t port, unsigned bytes, bool write)
{
	uint32_t end = port + bytes;

	return (port >= 0x3b0 && end <= 0x3e0) || (kind->dispi && port >= 0x1ce && end <= 0x1d2) ||
	       (kind->io_bytes && port >= IO_BAR && end <= IO_BAR + kind->io_bytes) ||
	       (kind->pci && ((port >= PCI_ADDRESS && end <= PCI_DATA) || (!write && port >= PCI_DATA && end <= PCI_DATA + 4u)));
}

static uint32_t config_dword(unsigned at)
{
	switch (at) {
	case 0x00: return (uint32_t)kind->device << 16 | kind->vendor;
	case 0x04: return 0x00000007;
	case 0x08: return 0x03000000;
	case 0x10: case 0x14: case 0x18: return kind->bars[(at - 0x10) / 4];
	case 0x2c: return kind->vendor == 0x15ad ? 0x040515ad : 0x11001af4;
	case 0x30: return 0xfebe0000;
	default: return 0;
	}
}

static uint32_t config_read(uint16_t port)
{
	if (!kind->pci || !(config_address >> 31) || (config_address >> 8 & 0xffff) != BDF)
		return 0xffffffff;
	return config_dword(config_address & 0xfc) >> 8 * (port & 3);
}

static uint16_t dispi_read(void)
{
	static const uint16_t most[] = { 16000, 12000, 32 };

	if (dispi_index >= DISPI_XRES && dispi_index <= DISPI_BPP && dispi[DISPI_ENABLE] & DISPI_GET_CAPS)
		return most[dispi_index - DISPI_XRES];
	return dispi[dispi_index & 15];
}

static uint8_t read_byte(uint16_t port)
{
	switch (port) {
	case 0x3c0: return attribute_index;
	case 0x3c1: return attribute[attribute_index & 31];
	case 0x3c2: return 0x10;
	case 0x3c4: return seq_index;
	case 0x3c5: return seq[seq_index];
	case 0x3c6:
		if (kind->cirrus && ++hidden_reads == 5) {
			hidden_reads = 0;
			return hidden;
		}
		return mask;
	case 0x3c7: return 0;
	case 0x3c8: return (uint8_t)(dac_at / 3);
	case 0x3c9: dac_read_at = (uint16_t)(dac_read_at % 768 + 1); return dac[dac_read_at - 1];
	case 0x3cc: return misc;
	case 0x3ce: return graphics_index;
	case 0x3cf: return graphics[graphics_index];
	case 0x3b4: case 0x3d4: return crtc_index;
	case 0x3b5: case 0x3d5: return crtc[crtc_index];
	case 0x3ba: case 0x3da:
		attribute_data = false;
		status ^= 0x09;		/* retraces come and go */
		return status;
	}
	if (port >= IO_BAR && port < IO_BAR + kind->io_bytes)
		return own[port - IO_BAR];
	return 0xff;
}

uint32_t card_in(uint16_t port, unsigned bytes)
{
	uint32_t value = 0;

	if (kind->dispi && port == 0x1ce)
		return dispi_index;
	if (kind->dispi && (port == 0x1cf || port == 0x1d0))
		return dispi_read();
	if (port >= PCI_DATA && port < PCI_DATA + 4)
		return config_read(port);
	if (port == PCI_ADDRESS && bytes == 4)
		return config_address;
	for (unsigned i = 0; i < bytes; i++)
		value |= (uint32_t)read_byte((uint16_t)(port + i)) << 8 * i;
	return value;
}

static void write_attribute(uint8_t value)
{
	if (attribute_data)
		attribute[attribute_index & 31] = value;
	else
		attribute_index = value;
	attribute_data = !attribute_data;
}

static void write_byte(uint16_t port, uint8_t value)
{
	switch (port) {
	case 0x3c0: write_attribute(value); return;
	case 0x3c2: misc = value; return;
	case 0x3c4: seq_index = value; return;
	case 0x3c5:
		if (kind->cirrus && seq_index == 6)	/* unlocked or not */
			value = (value & 0x17) == 0x12 ? 0x12 : 0x0f;
		seq[seq_index] = value;
		return;
	case 0x3c6:
		if (kind->cirrus && hidden_reads == 4)
			hidden = value;
		else
			mask = value;
		hidden_reads = 0;
		return;
	case 0x3c7: dac_read_at = (uint16_t)(value * 3); return;
	case 0x3c8: dac_at = (uint16_t)(value * 3); return;
	case 0x3c9: dac_at = (uint16_t)(dac_at % 768 + 1); dac[dac_at - 1] = value; return;
	case 0x3ce: graphics_index = value; return;
	case 0x3cf: graphics[graphics_index] = value; return;
	case 0x3b4: case 0x3d4: crtc_index = value; return;
	case 0x3b5: case 0x3d5:
		if (!kind->cirrus || crtc_index != 0x27)
			crtc[crtc_index] = value;
		return;
	}
	if (port >= IO_BAR && port < IO_BAR + kind->io_bytes)
		own[port - IO_BAR] = value;
}

static void write_dispi(uint16_t index, uint16_t value)
{
	if (index != 0 && index != DISPI_MEMORY)
		dispi[index] = value;
}

void card_out(uint16_t port, uint32_t value, unsigned bytes)
{
	if (kind->dispi && port == 0x1ce)
		dispi_index = (uint16_t)value;
	else if (kind->dispi && (port == 0x1cf || port == 0x1d0))
		write_dispi(dispi_index & 15, (uint16_t)value);
	else if (port == PCI_ADDRESS && bytes == 4)
		config_address = value;
	else
		for (unsigned i = 0; i < bytes; i++)
			write_byte((uint16_t)(port + i), (uint8_t)(value >> 8 * i));
}

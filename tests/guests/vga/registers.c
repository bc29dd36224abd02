/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/vga/registers.c: every register of the VGA that can be read, the BIOS data area and the interrupt vectors:
 * what differs from the last look. Ports and indices as in IBM's VGA reference; Cirrus's and Bochs's additions where there are.
 */
#include "vga/vga.h"

#define MISC_READ	0x3cc
#define SEQUENCER	0x3c4
#define GRAPHICS	0x3ce
#define ATTRIBUTE	0x3c0
#define DAC_MASK	0x3c6
#define DAC_READ	0x3c7
#define DAC_DATA	0x3c9
#define DISPI		0x1ce		/* words: index, value */
#define DISPI_IDS	0xb0c0		/* its register 0, but for the version */
#define DISPI_COUNT	11
#define PCI_ADDRESS	0xcf8
#define PCI_DATA	0xcfc
#define CIRRUS		0x00b81013u
#define VMWARE		0x040515adu
#define BDA		0x400u
#define BDA_BYTES	0xacu
#define BDA_TICKS	0x6cu		/* dword */

static struct state {
	uint8_t misc, hidden, bda[BDA_BYTES], seq[0x20], crtc[0x28], graphics[0x40], attribute[0x15], dac[768];
	uint16_t dispi[DISPI_COUNT];
	uint32_t vectors[256];
} state, before;
static uint8_t sequencers, crtcs, graphicses;	/* how many there are */
static bool has_dispi, cirrus;
static uint32_t bars[6], memory = 0xe0000000;

static void outw(uint16_t value, uint16_t port)
{
	__asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

static uint16_t inw(uint16_t port)
{
	uint16_t value;

	__asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static uint32_t pci_read(uint32_t device, uint32_t at)
{
	uint32_t value;

	__asm__ volatile("outl %0, %%dx" : : "a"(0x80000000u | device << 11 | at), "d"(PCI_ADDRESS));
	__asm__ volatile("inl %%dx, %0" : "=a"(value) : "d"(PCI_DATA));
	return value;
}

static void find_card(void)
{
	for (uint32_t device = 0; device < 32; device++) {
		if (pci_read(device, 8) >> 24 != 0x03)
			continue;
		cirrus = pci_read(device, 0) == CIRRUS;
		for (uint32_t i = 0; i < 6; i++)
			bars[i] = pci_read(device, 0x10 + 4 * i);
		memory = bars[pci_read(device, 0) == VMWARE] & ~15u;
	}
}

uint32_t video_memory(void)
{
	return memory;
}

void put_place(uint32_t linear)
{
	for (uint8_t i = 0; i < 6; i++)
		if (linear >= 1 << 20 && !(bars[i] & 1) && (bars[i] & ~15u) == linear) {
			print("bar");
			print_hex(i, 1);
			return;
		}
	if (linear >= 0xc0000 && linear < 0xd0000) {
		print("rom");
	} else if (linear >= 1 << 20 && linear < 128 << 20) {
		print("ram");
	} else {
		print_hex(linear, 8);
	}
}

static void read_indexed(uint16_t port, uint8_t *to, uint8_t count)
{
	uint8_t index = inb(port);

	for (uint8_t i = 0; i < count; i++) {
		outb(i, port);
		to[i] = inb(port + 1);
	}
	outb(index, port);
}

static void read_attributes(void)
{
	uint16_t reset = state.misc & 1 ? 0x3da : 0x3ba;
	uint8_t index;

	inb(reset);
	index = inb(ATTRIBUTE);
	for (uint8_t i = 0; i < sizeof(state.attribute); i++) {
		inb(reset);
		outb(i | (index & 0x20), ATTRIBUTE);	/* the screen stays on if it was */
		state.attribute[i] = inb(ATTRIBUTE + 1);
	}
	inb(reset);
	outb(index, ATTRIBUTE);
	inb(reset);
}

/* Cirrus's register behind the mask: there after four reads of it. */
static void read_hidden(void)
{
	inb(0x3c8);
	for (uint8_t i = 0; i < 4; i++)
		inb(DAC_MASK);
	state.hidden = cirrus ? inb(DAC_MASK) : 0;
	inb(0x3c8);
}

static void look(void)
{
	state.misc = inb(MISC_READ);
	read_indexed(SEQUENCER, state.seq, sequencers);
	read_indexed(state.misc & 1 ? 0x3d4 : 0x3b4, state.crtc, crtcs);
	read_indexed(GRAPHICS, state.graphics, graphicses);
	read_attributes();
	outb(0, DAC_READ);
	for (uint16_t i = 0; i < sizeof(state.dac); i++)
		state.dac[i] = inb(DAC_DATA);
	read_hidden();
	if (has_dispi) {
		uint16_t index = inw(DISPI);

		for (uint16_t i = 0; i < DISPI_COUNT; i++) {
			outw(i, DISPI);
			state.dispi[i] = inw(DISPI + 1);
		}
		outw(index, DISPI);
	}
	for (uint32_t i = 0; i < BDA_BYTES; i++)
		state.bda[i] = i - BDA_TICKS < 5 ? 0 : *mem8(BDA + i);
	for (uint32_t i = 0; i < 256; i++)
		state.vectors[i] = *mem32(4 * i);
}

static void put_change(const char *name, uint32_t index, uint32_t value, uint32_t digits)
{
	print(name);
	print_hex(index, 2);
	print("=");
	print_hex(value, digits);
}

static void put_bytes(const char *name, const uint8_t *now, const uint8_t *then, uint32_t count)
{
	bool any = false;

	for (uint32_t i = 0; i < count; i++)
		if (now[i] != then[i]) {
			put_change(any ? " " : name, i, now[i], 2);
			any = true;
		}
	if (any)
		print("\n");
}

static void put_dac(void)
{
	bool any = false;

	for (uint32_t i = 0; i < 256; i++) {
		const uint8_t *now = &state.dac[3 * i], *then = &before.dac[3 * i];

		if (now[0] != then[0] || now[1] != then[1] || now[2] != then[2]) {
			put_change(any ? " " : " dac ", i, (uint32_t)now[0] << 16 | now[1] << 8 | now[2], 6);
			any = true;
		}
	}
	if (any)
		print("\n");
}

static void put_vectors(void)
{
	for (uint32_t i = 0; i < 256; i++)
		if (state.vectors[i] != before.vectors[i]) {
			uint32_t to = (state.vectors[i] >> 16 << 4) + (state.vectors[i] & 0xffff);

			print(" vector ");
			print_hex(i, 2);
			print("=");
			put_place(to);
			print("\n");
		}
}

void registers_changes(void)
{
	look();
	put_bytes(" bda ", state.bda, before.bda, BDA_BYTES);
	put_vectors();
	if (has_vga) {
		put_bytes(" misc ", &state.misc, &before.misc, 1);
		put_bytes(" seq ", state.seq, before.seq, sequencers);
		put_bytes(" crtc ", state.crtc, before.crtc, crtcs);
		put_bytes(" graphics ", state.graphics, before.graphics, graphicses);
		put_bytes(" attribute ", state.attribute, before.attribute, sizeof(state.attribute));
		put_bytes(" hidden ", &state.hidden, &before.hidden, 1);
		put_dac();
	}
	for (uint32_t i = 0; i < DISPI_COUNT; i++)
		if (state.dispi[i] != before.dispi[i]) {
			put_change(" dispi ", i, state.dispi[i], 4);
			print("\n");
		}
	before = state;
}

void registers_begin(void)
{
	find_card();
	sequencers = cirrus ? 0x20 : 5;
	crtcs = cirrus ? 0x28 : 0x19;
	graphicses = cirrus ? 0x40 : 9;
	outw(0, DISPI);
	has_dispi = (inw(DISPI + 1) & 0xfff0) == DISPI_IDS;
	registers_changes();
}

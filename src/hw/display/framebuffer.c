/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/display/framebuffer.c: see framebuffer.h.
 * Spec: QEMU docs/specs/standard-vga.rst.
 */
#include "hw/display/framebuffer.h"
#include <stddef.h>
#include "arch/fill.h"
#include "arch/io.h"
#include "arch/phys.h"
#include "hw/display/card.h"
#include "hw/display/screen.h"
#include "hw/pci/config.h"
#include "hw/pci/tree.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "machine/machine.h"
#include "std/vga.h"

/* Kinds, as bits: with DISPI at its ports, and in the second memory BAR. */
#define AT_PORTS	(1u << VGA_CARD_STD | 1u << VGA_CARD_QXL | 1u << VGA_CARD_VMWARE | 1u << VGA_CARD_VIRTIO)
#define IN_MEMORY	(1u << VGA_CARD_STD | 1u << VGA_CARD_BOCHS_DISPLAY | 1u << VGA_CARD_VIRTIO)
#define REGISTERS_BAR	2

/* That BAR also has the VGA's ports from 3c0 on. bochs-display has nothing there. */
#define VGA_MMIO	0x400

#define ID_FIRST	0xb0c4		/* the first whose other registers are all there */
#define ID_LAST		0xb0cf

#define SIDE_MIN	64u		/* bochs-display shows nothing smaller */
#define WIDTH_MAX	16000u
#define HEIGHT_MAX	12000u
#define WIDTH_UNIT	8u

bool framebuffer_fits(const struct pixels *p, uint32_t memory_64k)
{
	if (p->width < SIDE_MIN || p->width > WIDTH_MAX || p->width % WIDTH_UNIT || p->height < SIDE_MIN || p->height > HEIGHT_MAX)
		return false;
	return (framebuffer_pitch(p) * p->height + 0xffff) >> 16 <= memory_64k;	/* 732 MiB at most */
}

static uint16_t dispi_get(const struct framebuffer *fb, uint16_t index)
{
	if (fb->registers)
		return mmio_read16(fb->registers + DISPI_MMIO + index * 2u);
	outw(index, DISPI_INDEX);
	return inw(DISPI_DATA);
}

static void dispi_put(const struct framebuffer *fb, uint16_t index, uint32_t value)
{
	if (fb->registers) {
		mmio_write16(fb->registers + DISPI_MMIO + index * 2u, (uint16_t)value);
		return;
	}
	outw(index, DISPI_INDEX);
	outw((uint16_t)value, DISPI_DATA);
}

/* Legacy cycles go to the first VGA alone, known or not; of others the first that is known. */
static const struct pci_function *console(const struct display_card **card)
{
	const struct pci_function *other = NULL;

	*card = NULL;
	for (uint32_t n = 0; machine.pci && n < machine.pci->count; n++) {
		const struct pci_function *f = &machine.pci->function[n];

		if (f->lost)
			continue;
		if (f->class_revision >> 16 == PCI_CLASS_VGA) {
			*card = display_card_of(f);
			return f;
		}
		if (f->class_revision >> 16 == PCI_CLASS_OTHER_DISPLAY && !*card) {
			*card = display_card_of(f);
			other = *card ? f : NULL;
		}
	}
	return other;
}

static void decode(pci_bdf_t bdf)
{
	uint32_t command = pci_read32(bdf, PCI_COMMAND) & 0xffff;	/* status bits do not change by zeros */

	if (!(command & PCI_COMMAND_MEMORY))
		pci_write32(bdf, PCI_COMMAND, command | PCI_COMMAND_MEMORY);
}

/* card: NULL, none of QEMU's. */
static int look(const struct pci_function *f, const struct display_card *card, struct framebuffer *fb)
{
	const struct pci_bar *pixels, *registers;
	uint16_t id;

	if (!card || !((AT_PORTS | IN_MEMORY) >> card->kind & 1))
		return -EOPNOTSUPP;
	pixels = &f->bar[card->framebuffer];
	registers = &f->bar[REGISTERS_BAR];
	*fb = (struct framebuffer){ .base = pixels->base, .vga = card->class == PCI_CLASS_VGA };
	/* Bridges forward the VGA's ports, but not these. */
	if ((IN_MEMORY >> card->kind & 1) && registers->base && !(registers->base >> 32) && registers->kind != PCI_IO)
		fb->registers = (uint32_t)registers->base;
	else if (!(AT_PORTS >> card->kind & 1) || f->parent != PCI_NONE)
		return -ENXIO;
	if (!pixels->base || pixels->kind == PCI_IO)
		return -ENXIO;
	decode(f->bdf);
	id = dispi_get(fb, DISPI_ID);
	if (id < ID_FIRST || id > ID_LAST)
		return -ENXIO;
	fb->memory_64k = (uint32_t)min_u64(dispi_get(fb, DISPI_VIDEO_MEMORY_64K), pixels->size >> 16);
	return 0;
}

int framebuffer_find(struct framebuffer *fb)
{
	const struct display_card *card;
	const struct pci_function *f = console(&card);

	return f ? look(f, card, fb) : -ENODEV;
}

int framebuffer_of(const struct pci_function *f, struct framebuffer *fb)
{
	return look(f, display_card_of(f), fb);
}

/* The attribute controller's screen switch: what comes after a read of the status is an index. */
static void switch_on(const struct framebuffer *fb)
{
	if (fb->registers) {
		mmio_read8(fb->registers + VGA_MMIO + VGA_STATUS - VGA_ATTRIBUTE);
		mmio_write8(fb->registers + VGA_MMIO, VGA_ATTRIBUTE_ON);
	} else {
		inb(VGA_STATUS);
		outb(VGA_ATTRIBUTE_ON, VGA_ATTRIBUTE);
	}
}

void framebuffer_clear(uint64_t base, const struct pixels *p)
{
	if (!(base >> 32))
		fill32(phys_to_ptr((uint32_t)base), 0, (framebuffer_pitch(p) * p->height + 3) / 4);
}

int framebuffer_set(const struct framebuffer *fb, const struct pixels *p)
{
	const struct { uint16_t index; uint16_t value; } set[] = {
		{ DISPI_XRES, (uint16_t)p->width }, { DISPI_YRES, (uint16_t)p->height }, { DISPI_BPP, (uint16_t)p->bits },
		/* The others say where the picture begins, once it is on. */
		{ DISPI_ENABLE, DISPI_ENABLED | DISPI_LFB_ENABLED }, { DISPI_VIRT_WIDTH, (uint16_t)p->width },
		{ DISPI_X_OFFSET, 0 }, { DISPI_Y_OFFSET, 0 },
	};

	screen_lost();
	dispi_put(fb, DISPI_ENABLE, 0);
	if (!fb->vga)
		framebuffer_clear(fb->base, p);		/* the others do it themselves */
	for (uint32_t i = 0; i < ARRAY_SIZE(set); i++)
		dispi_put(fb, set[i].index, set[i].value);
	switch_on(fb);
	for (uint32_t i = 0; i < ARRAY_SIZE(set); i++)
		if (dispi_get(fb, set[i].index) != set[i].value)
			return -EIO;
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/cirrus_select.c: see cirrus.h. Drivers ask with these which display they have and what it can show. QEMU's
 * monitor takes any frequency.
 */
#include "cirrus.h"
#include "bda.h"
#include "card.h"
#include "io.h"
#include "modes.h"
#include "vbe.h"

#define PART_ID		0x27		/* CRTC: bits 7-2: which; 1, 0: revision */
#define PART_5446	0xb8

#define TYPE_5430	0x32
#define TYPE_5446	0x39

/* Number for AH=00h, then VBE's less 100h. */
static const ROM uint8_t numbers[][2] = {
	{ 0x5c, 0x03 }, { 0x5f, 0x01 }, { 0x60, 0x05 }, { 0x64, 0x11 }, { 0x65, 0x14 }, { 0x66, 0x10 }, { 0x67, 0x13 },
	{ 0x68, 0x16 }, { 0x69, 0x19 }, { 0x6d, 0x07 }, { 0x71, 0x12 }, { 0x74, 0x17 }, { 0x75, 0x1a }, { 0x78, 0x15 },
	{ 0x79, 0x18 },
};

uint16_t cirrus_vbe_mode(uint8_t number)
{
	for (uint32_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		if (numbers[i][0] == number)
			return (uint16_t)(0x100 + numbers[i][1]);
	return 0;
}

static uint8_t part(void)
{
	return read_index(BDA->crtc_port, PART_ID);
}

/* AH: whether there is one. Nothing is told that programs could set it up with by themselves: pointers of ffff. */
static void mode_availability(struct regs *r)
{
	struct shape shape;

	r->ah = mode_find(r->al) || vbe_mode_find(r->al & 0x7f, card_memory_64k(), &shape);
	r->bx = 0;
	r->si = r->di = r->es = 0xffff;
}

void cirrus_select(struct regs *r)
{
	switch (r->bl) {
	case 0x80:				/* type and revision */
		r->ax = (part() & 0xfc) == PART_5446 ? TYPE_5446 : TYPE_5430;
		r->bx = part() & 3;
		break;
	case 0x81:				/* version of the BIOS */
		r->ax = 0x0100;
		break;
	case 0x82:				/* revision of the design */
		r->ax = (uint16_t)(0xaf00 | (part() & 3));
		break;
	case 0x85:				/* memory in units of 64 KiB */
		r->al = (uint8_t)card_memory_64k();
		break;
	case 0x9a:				/* options: lines up to 1024, and which frequencies */
		r->ax = 0x4060;
		r->cx = 0x1132;
		break;
	case 0xa0:
		mode_availability(r);
		break;
	case 0xa1:				/* the monitor: its id, and that it has colours */
		r->bx = 0x0e00;
		break;
	case 0xa2:				/* frequencies of lines: up to 64 kHz */
		r->al = 0x07;
		break;
	case 0xae:				/* high frequencies of frames: yes */
		r->al = 0x01;
		break;
	}
}

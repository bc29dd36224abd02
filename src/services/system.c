/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/system.c: see system.h.
 */
#include "services/system.h"
#include <stdbool.h>
#include "arch/enter_protected.h"
#include "arch/layout.h"
#include "arch/phys.h"
#include "hw/pic.h"
#include "lib/bits.h"
#include "lib/string.h"
#include "rt16/shared.h"
#include "services/guest.h"
#include "std/bda.h"
#include "std/descriptor.h"
#include "std/e820.h"

#define NOT_SUPPORTED	0x86
#define MOVE_FAULT	0x02	/* AH=87h: as if an exception had come */
#define NOT_ENTERED	0xff	/* AH=89h */

#define KIB		1024u
#define MIB		0x100000u
#define EXTENDED_MOST	(64 * MIB)	/* AH=88h: programs take more for a negative number, or overflow */
#define E801_BORDER	(16 * MIB)	/* below it in KiB, above it in units of 64 KiB */

#define A20_BY_8042	0x01		/* AX=2403h */
#define A20_BY_PORT_92	0x02

#define TABLE_OFFSET	0xe6f5

/*
 * AH=C0h: model and submodel as at F000:FFFE, BIOS revision; a second interrupt controller, a real-time clock, INT 15h
 * AH=4Fh is called, the extended BIOS data area is there; INT 16h AH=09h is.
 */
static const struct {
	uint16_t bytes;
	uint8_t model, submodel, revision, feature[5];
} __attribute__((packed)) table = {
	.bytes = 8, .model = 0xfc, .revision = 1, .feature = { 0x74, 0x40 },
};

void system_init(void)
{
	memcpy(phys_to_ptr(FSEG_BASE + TABLE_OFFSET), &table, sizeof(table));
}

/* What is switched takes effect on the way back (src/rt16/crossing.S): here it is on. False: no such function. */
static bool a20(struct regs *r)
{
	switch (r->al) {
	case 0:
	case 1:
		r->a20_off = !r->al;
		break;
	case 2:
		r->al = !r->a20_off;
		break;
	case 3:
		r->bx = A20_BY_8042 | A20_BY_PORT_92;
		break;
	default:
		return false;
	}
	r->ah = 0;
	return true;
}

/* Where the RAM ends that goes on from 1 MiB, at most 4 GiB less a byte; 1 MiB: there is none. */
static uint32_t extended_end(void)
{
	const struct e820_entry *row = phys_to_ptr(FSEG_BASE + rt16_vars.e820_offset);

	for (uint32_t i = 0; i < rt16_vars.e820_count; i++) {
		uint64_t base = row[i].base;

		if (row[i].type == E820_RAM && base <= MIB && MIB - base < row[i].length)
			return (uint32_t)min_u64(base + row[i].length, UINT32_MAX);
	}
	return MIB;
}

/* AX=E801h, 16-bit results, and E881h, the same in 32 bits. */
static bool extended_sizes(struct regs *r)
{
	uint32_t end = extended_end(), kib = (min_u32(end, E801_BORDER) - MIB) / KIB;
	uint32_t units = (max_u32(end, E801_BORDER) - E801_BORDER) / (64 * KIB);

	switch (r->al) {
	case 0x01:
		r->ax = r->cx = (uint16_t)kib;
		r->bx = r->dx = (uint16_t)units;
		return true;
	case 0x81:
		r->eax = r->ecx = kib;
		r->ebx = r->edx = units;
		return true;
	default:
		return false;
	}
}

/* CX words from descriptor 2 to descriptor 3 of the caller's table at ES:SI: of it only the bases are looked at. */
static bool block_move(struct regs *r)
{
	uint32_t bytes = r->cx * 2u, from, to;
	struct descriptor d[4];

	guest_read(d, guest_linear(r->es, r->si), sizeof(d));
	from = descriptor_base(&d[2]);
	to = descriptor_base(&d[3]);
	r->ah = MOVE_FAULT;
	if (bytes && (bytes - 1 > UINT32_MAX - from || bytes - 1 > UINT32_MAX - to))
		return false;
	guest_write(to, phys_to_ptr(from), bytes);	/* upwards, four bytes at a time, if they overlap */
	r->ah = 0;
	return true;
}

/* Descriptors of AH=89h. */
enum { ROW_GDT = 1, ROW_IDT, ROW_DS, ROW_ES, ROW_SS, ROW_CS, ROW_BIOS, ROWS };

static bool is_segment(const struct descriptor *d, uint8_t bits)
{
	return (d->access & (DESCRIPTOR_PRESENT | DESCRIPTOR_CODE | bits)) == (DESCRIPTOR_PRESENT | bits);
}

/*
 * AH=89h: ES:SI the caller's descriptors, BH and BL new vectors of the interrupt controllers' lines. Goes back to him in
 * protected mode, or fails before anything has changed but the row for the BIOS, which is for it to fill.
 */
static void enter_protected(struct regs *r)
{
	uint32_t at = guest_linear(r->es, r->si), frame;
	uint16_t cs = ROW_CS * sizeof(struct descriptor);
	struct descriptor_table gdt, idt;
	struct descriptor d[ROWS];

	guest_read(d, at, sizeof(d));
	d[ROW_BIOS] = (struct descriptor){ .limit = FSEG_END - FSEG_BASE - 1, .base = { FSEG_BASE & 0xff, FSEG_BASE >> 8 & 0xff, FSEG_BASE >> 16 },
					   .access = DESCRIPTOR_PRESENT | DESCRIPTOR_CODE | DESCRIPTOR_WRITABLE | DESCRIPTOR_ACCESSED };
	guest_write(at + ROW_BIOS * sizeof(*d), &d[ROW_BIOS], sizeof(*d));
	if (d[ROW_GDT].limit < sizeof(d) - 1 || !is_segment(&d[ROW_CS], DESCRIPTOR_CODE) ||
	    !is_segment(&d[ROW_SS], DESCRIPTOR_SEGMENT | DESCRIPTOR_WRITABLE)) {
		r->ah = NOT_ENTERED;
		return;
	}
	gdt = (struct descriptor_table){ d[ROW_GDT].limit, descriptor_base(&d[ROW_GDT]) };
	idt = (struct descriptor_table){ d[ROW_IDT].limit, descriptor_base(&d[ROW_IDT]) };
	pic_move(r->bh, r->bl);
	r->ah = 0;
	/* His frame: offset, segment, flags. The far return is to a selector instead. */
	r->esp = (uint16_t)(r->esp + REGS_ON_CALLERS_STACK);
	frame = guest_linear(r->ss, (uint16_t)(r->esp + 2));
	guest_write(frame, &cs, sizeof(cs));
	r->ss = ROW_SS * sizeof(struct descriptor);
	enter_protected_mode(r, &gdt, &idt);
}

/* True: done, and carry says so. AH else says what is wrong. */
static bool call(struct regs *r)
{
	uint8_t function = r->ah;

	r->ah = NOT_SUPPORTED;
	switch (function) {
	case 0x24:
		return a20(r);
	case 0x52:	/* a medium is to be ejected: nobody minds */
		r->ah = 0;
		return true;
	case 0x87:
		return block_move(r);
	case 0x88:
		r->ax = (uint16_t)((min_u32(extended_end(), EXTENDED_MOST) - MIB) / KIB);
		return true;
	case 0x89:
		enter_protected(r);
		return false;
	case 0xc0:
		r->es = FSEG_BASE >> 4;
		r->bx = TABLE_OFFSET;
		r->ah = 0;
		return true;
	case 0xc1:
		r->es = guest_bda()->ebda_segment;
		r->ah = function;
		return true;
	case 0xe8:
		return extended_sizes(r);
	default:
		return false;
	}
}

void system_service(struct regs *r)
{
	r->flags = call(r) ? r->flags & ~FLAGS_CF : r->flags | FLAGS_CF;
}

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/fixed.c: calls the entries at the addresses of the first PC BIOS, which programs know by heart, and
 * compares with what INT does. A line for each entry that was called, others for what differs. At the end the entry
 * of INT 19h boots the disk again, and the program, which finds its mark in memory, says so.
 */
#include "programs/program.h"

#define F_SEGMENT	0xf0000u
#define BY_ENTRY	0x60		/* a vector that is a program's own: the entry */
#define MARK		0x6f00u
#define AGAIN		0x3a61a900u
#define BUFFER		0x20000u
#define TICKS		0x46cu
#define RECALIBRATE	0x43eu
#define JUMP_NEAR	0xe9

static const struct entry { uint16_t offset; uint8_t vector; } entries[] = {
	{ 0xe2c3, 0x02 }, { 0xe3fe, 0x13 }, { 0xe6f2, 0x19 }, { 0xe739, 0x14 }, { 0xe82e, 0x16 }, { 0xe987, 0x09 },
	{ 0xec59, 0x40 }, { 0xef57, 0x0e }, { 0xefd2, 0x17 }, { 0xf065, 0x10 }, { 0xf841, 0x12 }, { 0xf84d, 0x11 },
	{ 0xf859, 0x15 }, { 0xfe6e, 0x1a }, { 0xfea5, 0x08 }, { 0xff54, 0x05 },
};

/* Calls whose answers do not depend on when they are made. */
static const struct { uint8_t vector; uint16_t ax, bx, cx, dx; } calls[] = {
	{ 0x02, 0x1234, 0x2345, 0x3456, 0x4567 },
	{ 0x13, 0x0000, 0x1111, 0x2222, 0x0080 },
	{ 0x13, 0x0201, 0x0000, 0x0001, 0x0080 },
	{ 0x13, 0x0800, 0x1111, 0x2222, 0x0080 },
	{ 0x13, 0x1500, 0x1111, 0x2222, 0x0080 },
	{ 0x13, 0x4100, 0x55aa, 0x2222, 0x0080 },
	{ 0x13, 0x0201, 0x0000, 0x0001, 0x008f },
	{ 0x14, 0x0300, 0x1111, 0x2222, 0x0000 },
	{ 0x14, 0x0300, 0x1111, 0x2222, 0x0003 },
	{ 0x16, 0x0100, 0x1111, 0x2222, 0x3333 },
	{ 0x16, 0x0200, 0x1111, 0x2222, 0x3333 },
	{ 0x16, 0x9200, 0x1111, 0x2222, 0x3333 },
	{ 0x40, 0x0100, 0x1111, 0x2222, 0x0000 },
	{ 0x40, 0x1500, 0x1111, 0x2222, 0x0002 },
	{ 0x17, 0x0200, 0x1111, 0x2222, 0x0000 },
	{ 0x17, 0x0200, 0x1111, 0x2222, 0x0002 },
	{ 0x10, 0x0f00, 0x1111, 0x2222, 0x3333 },
	{ 0x12, 0x1234, 0x1111, 0x2222, 0x3333 },
	{ 0x11, 0x1234, 0x1111, 0x2222, 0x3333 },
	{ 0x15, 0xc000, 0x1111, 0x2222, 0x3333 },
	{ 0x15, 0xc100, 0x1111, 0x2222, 0x3333 },
	{ 0x15, 0x8800, 0x1111, 0x2222, 0x3333 },
	{ 0x15, 0xe801, 0x1111, 0x2222, 0x3333 },
	{ 0x15, 0x1234, 0x1111, 0x2222, 0x3333 },
	{ 0x1a, 0xb101, 0x1111, 0x2222, 0x3333 },
	{ 0x1a, 0xb108, 0x0000, 0x2222, 0x3333 },
	{ 0x1a, 0x8000, 0x1111, 0x2222, 0x3333 },
	{ 0x05, 0x1234, 0x1111, 0x2222, 0x3333 },
};

static void say(const char *name, uint32_t value, unsigned int digits)
{
	print(name);
	print_hex(value, digits);
}

static void set_entry(const struct entry *e)
{
	*mem32(4 * BY_ENTRY) = F_SEGMENT << 12 | e->offset;
}

static bool same(const struct registers *a, const struct registers *b)
{
	const uint8_t *p = (const uint8_t *)a, *q = (const uint8_t *)b;

	for (unsigned int i = 0; i < sizeof(*a); i++)
		if (p[i] != q[i])
			return false;
	return true;
}

/* The bytes: a jump into the handler that the vector names. */
static void check_bytes(const struct entry *e)
{
	uint32_t at = F_SEGMENT + e->offset;
	uint16_t target = (uint16_t)(e->offset + 3 + *mem8(at + 1) + (*mem8(at + 2) << 8));
	uint32_t handler = *mem32(4 * e->vector);

	if (*mem8(at) != JUMP_NEAR || handler != (F_SEGMENT << 12 | target))
		say(" goes elsewhere than ", handler, 8);
}

static void compare_calls(const struct entry *e)
{
	for (unsigned int i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		struct registers by_int = {
			.ax = calls[i].ax, .bx = calls[i].bx, .cx = calls[i].cx, .dx = calls[i].dx, .si = 0x5151, .di = 0xd1d1,
			.es = BUFFER >> 4, .flags = CF | 2,
		}, by_entry = by_int;

		if (calls[i].vector != e->vector)
			continue;
		*mem32(BUFFER) = *mem32(BUFFER + 510) = 0;
		call_int(e->vector, &by_int);
		*mem32(BUFFER) = *mem32(BUFFER + 510) = 0;
		call_int(BY_ENTRY, &by_entry);
		if (!same(&by_int, &by_entry))
			say(" answers differently ", calls[i].ax, 4);
		if (e->vector == 0x13 && calls[i].dx == 0x80 && calls[i].ax == 0x201 && (uint16_t)*mem32(BUFFER + 510) != 0xaa55)
			print(" reads nothing");
		print(" =");
	}
}

/* Interrupt lines, by what they leave in memory. Their ends of interrupts are nobody's here. */
static void check_line(const struct entry *e)
{
	struct registers r = { .flags = 2 };
	uint32_t ticks = *mem32(TICKS);

	switch (e->vector) {
	case 0x08:
		call_int(BY_ENTRY, &r);
		print(*mem32(TICKS) == ticks + 1 ? " ticks" : " does not tick");
		break;
	case 0x0e:
		*mem8(RECALIBRATE) &= 0x7f;
		call_int(BY_ENTRY, &r);
		print(*mem8(RECALIBRATE) & 0x80 ? " marks" : " leaves no mark");
		*mem8(RECALIBRATE) &= 0x7f;
		break;
	case 0x09:
		outb(inb(0x21) | 2, 0x21);
		outb(0xd2, 0x64);		/* as if it had come from the keyboard */
		outb(0x1e, 0x60);
		for (unsigned int i = 0; i < 10000 && !(inb(0x64) & 1); i++)
			;
		call_int(BY_ENTRY, &r);
		outb(inb(0x21) & 0xfd, 0x21);
		r = (struct registers){ .ah = 0x00, .flags = 2 };
		if (*mem16(0x41a) == *mem16(0x41c))
			print(" takes no key");
		else
			call_int(0x16, &r);
		say(" key ", r.ax, 4);
		break;
	default:
		break;
	}
}

void main(void)
{
	struct registers r = { .flags = 2 };

	__asm__ volatile("cli");
	if (*mem32(MARK) == AGAIN) {
		print("booted again\nend\n");
		return;
	}
	for (unsigned int i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		say("", entries[i].offset, 4);
		say(" int ", entries[i].vector, 2);
		set_entry(&entries[i]);
		check_bytes(&entries[i]);
		compare_calls(&entries[i]);
		check_line(&entries[i]);
		print("\n");
	}
	*mem32(MARK) = AGAIN;
	*mem32(4 * BY_ENTRY) = F_SEGMENT << 12 | 0xe6f2;
	call_int(BY_ENTRY, &r);
	print("came back\nend\n");
}

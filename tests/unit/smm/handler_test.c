/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/smm/handler_test.c: what an SMI makes of a processor's state, in each layout that there is: exchanged
 * and put back to the byte, or left alone.
 * LINK: src/smm/handler/handler.c tests/fake/io.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "arch/layout.h"
#include "arch/smm.h"
#include "fake/io.h"
#include "smm/state.h"

#define BASE		0x98000u
#define OTHER_BASE	0x98400u
#define SIZE		SMM_SAVE_SIZE

/* Where the manuals have the fields, from SMBASE + FE00h; attributes as they are written: see state.h. */
static const struct format {
	const char *name;
	uint32_t revision, shift;
	uint16_t eax, ecx, edx, ebx, esp, esi, edi, eip, flags, cr0, dr7, gdt_base, gdt_limit, idt_base, idt_limit;
	uint16_t selector[6], attributes[6], limit[6], base[6];		/* ES CS SS DS FS GS */
	uint8_t attribute_bytes;
} formats[] = {
	{ "64 bits", 0x20064, 0, 0x1f8, 0x1f0, 0x1e8, 0x1e0, 0x1d8, 0x1c8, 0x1c0, 0x178, 0x170, 0x158, 0x160, 0x68,
	  0x64, 0x88, 0x84,
	  { 0x00, 0x10, 0x20, 0x30, 0x40, 0x50 }, { 0x02, 0x12, 0x22, 0x32, 0x42, 0x52 },
	  { 0x04, 0x14, 0x24, 0x34, 0x44, 0x54 }, { 0x08, 0x18, 0x28, 0x38, 0x48, 0x58 }, 2 },
	{ "32 bits", 0x20000, 0, 0x1d0, 0x1d4, 0x1d8, 0x1dc, 0x1e0, 0x1e8, 0x1ec, 0x1f0, 0x1f4, 0x1fc, 0x1c8, 0x174,
	  0x170, 0x158, 0x154,
	  { 0x1a8, 0x1ac, 0x1b0, 0x1b4, 0x1b8, 0x1bc }, { 0x184, 0x190, 0x19c, 0x12c, 0x138, 0x144 },
	  { 0x188, 0x194, 0x1a0, 0x130, 0x13c, 0x148 }, { 0x18c, 0x198, 0x1a4, 0x134, 0x140, 0x14c }, 4 },
	{ "32 bits, KVM", 0x20000, 8, 0x1d0, 0x1d4, 0x1d8, 0x1dc, 0x1e0, 0x1e8, 0x1ec, 0x1f0, 0x1f4, 0x1fc, 0x1c8,
	  0x174, 0x170, 0x158,
	  0x154, { 0x1a8, 0x1ac, 0x1b0, 0x1b4, 0x1b8, 0x1bc }, { 0x184, 0x190, 0x19c, 0x12c, 0x138, 0x144 },
	  { 0x188, 0x194, 0x1a0, 0x130, 0x13c, 0x148 }, { 0x18c, 0x198, 0x1a4, 0x134, 0x140, 0x14c }, 4 },
};
#define FORMATS (sizeof(formats) / sizeof(formats[0]))
enum { ES, CS, SS, DS, FS, GS };

static const struct smm_places places = {
	.v86_first = 0x5a4, .v86_end = 0x5a9, .v86_answered = 0x5a9,
	.protected_first = 0x690, .protected_end = 0x695, .protected_answered = 0x697,
	.gdt = 0xfffffe30, .gdt_limit = 0x37, .idt = 0xffff0558, .idt_limit = 0x17,
};

static uint8_t area[SIZE] __attribute__((aligned(8)));
static struct smm_kept kept;
static uint32_t rom_mark;
static const struct format *f;

static uint32_t read_mark(void *opaque, uint32_t addr, unsigned int width)
{
	(void)opaque;
	assert_true(addr == SMM32_MARK && width == 4);
	return rom_mark;
}

static void set(uint32_t at, uint32_t value)
{
	memcpy(area + at, &value, 4);
}

static uint32_t get(uint32_t at)
{
	uint32_t value;

	memcpy(&value, area + at, 4);
	return value;
}

static void set_segment(int n, uint16_t selector, uint32_t base, uint32_t limit, uint32_t attributes)
{
	uint32_t shifted = attributes << f->shift;

	memcpy(area + f->selector[n], &selector, 2);
	memcpy(area + f->attributes[n], &shifted, f->attribute_bytes);
	set(f->limit[n], limit);
	set(f->base[n], base);
}

static uint32_t attributes_of(int n)
{
	uint32_t value = 0;

	memcpy(&value, area + f->attributes[n], f->attribute_bytes);
	return value >> f->shift;
}

static uint16_t selector_of(int n)
{
	uint16_t value;

	memcpy(&value, area + f->selector[n], 2);
	return value;
}

/* Every byte has a value of its own, so that what is not put back is seen. */
static void begin(uint32_t n)
{
	f = &formats[n];
	rom_mark = SMM_ROM_MARK;
	fake_io_reset();
	fake_mmio_add(SMM32_MARK, SMM32_MARK + 3, read_mark, NULL, NULL);
	memset(&kept, 0, sizeof(kept));
	for (uint32_t i = 0; i < SIZE; i++)
		area[i] = (uint8_t)(i * 7 + 3);
	set(STATE_REVISION, f->revision);
	if (f->attribute_bytes == 2) {	/* the upper halves */
		set(f->eip + 4u, 0);
		set(f->gdt_base + 4u, 0x11111111);
		set(f->idt_base + 4u, 0x22222222);
	}
}

static void v86(void)
{
	set(f->cr0, 0xe0010033);
	set(f->flags, 0x00023202);
	set(f->eax, SMM_ENTER);
	set(f->eip, 0x5a6);
	set(f->esp, 0x7a94);
	set(f->dr7, 0xffff07ff);
	for (int i = ES; i <= GS; i++)
		set_segment(i, FW_SEGMENT, FW_RAM_BASE, 0xffff, 0xf3);
	set_segment(CS, 0xf000, 0xf0000, 0xffff, 0xf3);
}

/* Code of 16 bits by a gate, stack of 16 bits. */
static void protected_mode(void)
{
	v86();
	set(f->cr0, 0x00000011);
	set(f->flags, 0x00000002);
	set(f->eip, 0x690);
	set(f->esp, 0x1234fff0);
	set_segment(CS, 0x28, 0xf0000, 0xffff, 0x9b);
	set_segment(SS, 0x10, 0x20000, 0xffff, 0x93);
	set_segment(DS, 0x18, 0x30000, 0x7fff, 0x93);
	set_segment(ES, 0x20, 0x400000, 0xfffff, 0x93);
}

/* What 32-bit code ends with. */
static void flat(uint32_t answer)
{
	set(f->eax, SMM_LEAVE + (answer << 16));
	set(f->eip, SMM32_LEAVE + 4);
}

static void smi(uint32_t base)
{
	smm_handle(area, base, &kept, &places);
}

/* Nothing at all has become of it. */
static void nothing(uint32_t base)
{
	uint8_t was[SIZE];
	struct smm_kept was_kept = kept;

	memcpy(was, area, SIZE);
	smi(base);
	assert_memory_equal(area, was, SIZE);
	assert_memory_equal(&kept, &was_kept, sizeof(kept));
}

static uint32_t kept_cr0(void)
{
	uint32_t value;

	memcpy(&value, kept.state + f->cr0, 4);
	return value;
}

static void assert_flat(uint32_t kind, uint32_t esp)
{
	assert_int_equal(get(f->eax), kind);
	assert_int_equal(get(f->esp), esp);
	assert_int_equal(get(f->eip), SMM32_ENTRY);
	assert_int_equal(get(f->flags), 2);
	assert_int_equal(get(f->cr0), (kept_cr0() & 0x60010030) | 1);	/* WP: RSM must find what the SMI has left */
	assert_int_equal(get(f->dr7), 0x400);
	assert_true(get(f->gdt_base) == 0xfffffe30 && get(f->gdt_limit) == 0x37);
	assert_true(get(f->idt_base) == 0xffff0558 && get(f->idt_limit) == 0x17);
	if (f->attribute_bytes == 2)
		assert_true(!get(f->gdt_base + 4u) && !get(f->idt_base + 4u));
	for (int i = ES; i <= GS; i++) {
		assert_int_equal(selector_of(i), i == CS ? SEL_CODE32 : SEL_DATA32);
		assert_int_equal(attributes_of(i), i == CS ? 0xc09b : 0xc093);
		assert_true(get(f->base[i]) == 0 && get(f->limit[i]) == UINT32_MAX);
	}
	assert_int_equal(get(STATE_REVISION), f->revision);
}

static void a_call_from_v86_comes_back_to_the_byte(void **state)
{
	(void)state;
	for (uint32_t n = 0; n < FORMATS; n++)
		for (uint32_t answer = SMM_DONE; answer < SMM_ANSWERS; answer++) {
			uint8_t was[SIZE];

			begin(n);
			v86();
			memcpy(was, area, SIZE);
			smi(BASE);
			assert_flat(SMM_FROM_V86, 0xe8000 + 0x7a94);
			assert_int_equal(kept.owner, BASE);
			flat(answer);
			smi(BASE);
			assert_int_equal(kept.owner, 0);
			assert_int_equal(get(f->eax), answer);
			assert_int_equal(get(f->eip), 0x5a9);
			set(f->eax, SMM_ENTER);
			set(f->eip, 0x5a6);
			assert_memory_equal(area, was, SIZE);
		}
}

static void a_call_from_protected_mode_says_where_its_segments_are(void **state)
{
	(void)state;
	for (uint32_t n = 0; n < FORMATS; n++) {
		begin(n);
		protected_mode();
		smi(BASE);
		assert_flat(SMM_FROM_PROTECTED, SMM_NMI_STACK);
		assert_int_equal(get(f->ebx), 0x2fff0);		/* SP */
		assert_true(get(f->ecx) == 0x30000 && get(f->esi) == 0x7fff);
		assert_true(get(f->edx) == 0x400000 && get(f->edi) == 0xfffff);
		flat(SMM_DONE);
		smi(BASE);
		assert_true(get(f->eip) == 0x697 && get(f->eax) == SMM_DONE && get(f->esp) == 0x1234fff0);

		begin(n);
		protected_mode();
		set(f->eax, SMM_AGAIN);
		set_segment(SS, 0x10, 0x20000, 0xffffffff, 0x4093);	/* ESP */
		set_segment(DS, 0, 0x30000, 0x7fff, 0);		/* none */
		smi(BASE);
		assert_flat(SMM_FROM_WINDOW, SMM_NMI_STACK);
		assert_true(get(f->ebx) == 0x1236fff0 && get(f->esi) == 0);
	}
}

/* Each of them by itself makes of a request none. */
static const struct wrong { const char *what; uint16_t offset; uint32_t value; } wrong[] = {
	{ "no protection", offsetof(struct format, cr0), 0x10 },
	{ "another request", offsetof(struct format, eax), 0x5e3f0f53 },
	{ "an answer", offsetof(struct format, eax), SMM_LEAVE + 0x10000 },
	{ "nothing", offsetof(struct format, eax), 0 },
	{ "before the place", offsetof(struct format, eip), 0x5a3 },
	{ "behind the place", offsetof(struct format, eip), 0x5a9 },
	{ "far from it", offsetof(struct format, eip), 0x100005a6 },
	{ "a stack that ends the firmware's", offsetof(struct format, esp), SMM_FRAME_HIGH },
	{ "a stack without room", offsetof(struct format, esp), SMM_FRAME_LOW - 1 },
	{ "a stack elsewhere", offsetof(struct format, esp), 0x10007a94 },
};

static void what_is_not_quite_a_request_does_nothing(void **state)
{
	(void)state;
	for (uint32_t n = 0; n < FORMATS; n++) {
		for (uint32_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
			uint16_t at;

			begin(n);
			v86();
			memcpy(&at, (const uint8_t *)f + wrong[i].offset, 2);
			set(at, wrong[i].value);
			nothing(BASE);
		}
		begin(n);
		v86();
		set_segment(CS, 0xf001, 0xf0010, 0xffff, 0xf3);
		nothing(BASE);
		begin(n);
		v86();
		set_segment(SS, 0x1000, 0x10000, 0xffff, 0xf3);
		nothing(BASE);
		begin(n);
		v86();
		set(f->eax, SMM_AGAIN);
		nothing(BASE);
		begin(n);
		v86();
		rom_mark = 0xffffffff;		/* A20 is masked */
		nothing(BASE);
		begin(n);
		v86();
		set(STATE_REVISION, 0x20065);
		nothing(BASE);

		begin(n);
		protected_mode();
		set(f->cr0, 0x80000011);	/* paging */
		nothing(BASE);
		begin(n);
		protected_mode();
		set_segment(CS, 0x28, 0xf0000, 0xffff, 0x409b);		/* 32 bits */
		nothing(BASE);
		begin(n);
		protected_mode();
		set_segment(CS, 0xf000, 0xf0010, 0xffff, 0x9b);
		nothing(BASE);
		begin(n);
		protected_mode();
		set(f->eip, 0x5a6);		/* the other mode's */
		nothing(BASE);
		begin(n);
		v86();
		set(f->eip, 0x690);
		nothing(BASE);
	}
}

static void nobody_else_ends_a_call(void **state)
{
	(void)state;
	for (uint32_t n = 0; n < FORMATS; n++) {
		begin(n);
		v86();
		smi(BASE);
		nothing(BASE);			/* any SMI in between */
		flat(SMM_DONE);
		nothing(OTHER_BASE);		/* another processor */
		flat(0);
		nothing(BASE);
		flat(SMM_ANSWERS);
		nothing(BASE);
		flat(SMM_DONE);
		set(f->eip, SMM32_LEAVE - 1);
		nothing(BASE);
		set(f->eip, SMM32_LEAVE_END);
		nothing(BASE);
		flat(SMM_DONE);
		set(f->cr0, 0x80000011);
		nothing(BASE);
		set(f->cr0, 0x11);
		set(f->flags, 0x00020002);
		nothing(BASE);
		set(f->flags, 2);
		set_segment(CS, 0x10, 0x1000, UINT32_MAX, 0xc09b);
		nothing(BASE);
		set_segment(CS, 0x10, 0, UINT32_MAX, 0x809b);
		nothing(BASE);
		/* and no second call begins */
		v86();
		nothing(BASE);
		nothing(OTHER_BASE);
		begin(n);
		v86();
		smi(BASE);
		flat(SMM_DONE);
		smi(BASE);
		assert_int_equal(kept.owner, 0);
		flat(SMM_DONE);			/* nobody is out */
		set(f->flags, 2);
		set(f->cr0, 0x11);
		set_segment(CS, 0x10, 0, UINT32_MAX, 0xc09b);
		nothing(BASE);
	}
}

static void random_states_do_nothing(void **state)
{
	uint32_t seed = 12345;

	(void)state;
	for (uint32_t n = 0; n < FORMATS * 20000; n++) {
		begin(n % FORMATS);
		for (uint32_t i = 0; i < SIZE; i++)
			area[i] = (uint8_t)((seed = seed * 1664525 + 1013904223) >> 24);
		if (n & 4)
			set(STATE_REVISION, f->revision);
		if (n & 8)
			set(f->eax, n & 16 ? SMM_ENTER : SMM_LEAVE + 0x10000);
		if (n & 32)
			set(f->eip, n & 16 ? 0x5a6 : SMM32_LEAVE + 4);
		kept.owner = n & 64 ? BASE : 0;
		nothing(BASE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_from_v86_comes_back_to_the_byte),
		cmocka_unit_test(a_call_from_protected_mode_says_where_its_segments_are),
		cmocka_unit_test(what_is_not_quite_a_request_does_nothing),
		cmocka_unit_test(nobody_else_ends_a_call),
		cmocka_unit_test(random_states_do_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

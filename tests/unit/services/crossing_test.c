/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/services/crossing_test.c: what a service finds and leaves of a caller who came by SMI: memory that is
 * copied in his mode, packets, segments of his own, and what is never written.
 * LINK: src/services/crossing.c src/services/guest.c src/dma/dma.c src/dma/sg.c tests/fake/alloc.c tests/fake/ram.c tests/fake/log.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "arch/layout.h"
#include "arch/phys.h"
#include "arch/real_call.h"
#include "arch/smm.h"
#include "dma/dma.h"
#include "fake/alloc.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "hw/reset.h"
#include "lib/errno.h"
#include "machine/machine.h"
#include "services/crossing.h"
#include "services/disk.h"
#include "services/guest.h"
#include "services/services.h"
#include "std/edd.h"

#define RAM		0x2000000u
#define LINEAR_END	0x110000u

struct machine machine;
char rt16_copy[1];

static uint8_t linear[LINEAR_END];	/* what a virtual-8086 program sees: no byte of it is physical memory */
static uint32_t copies, calls;
static const void *waiting;
static jmp_buf returned, lost;
static void (*service)(struct regs *r);
static struct block block = { .sector_size = 512 };
static struct drive drive = { .block = &block, .number = 0x80 };

struct drive *disk_find(uint8_t number) { return number == 0x80 ? &drive : NULL; }
const void *real_call_waiting(void) { return waiting; }
void real_call_returned(const struct regs *r) { (void)r; longjmp(returned, 1); }
void hard_reset(void) { longjmp(lost, 1); }
void service32(struct regs *r) { calls++; service(r); }

/* rt16_copy in the caller's mode: the firmware's page is where it is, all else is paged. */
static uint8_t *seen(uint16_t segment, uint16_t offset)
{
	uint32_t at = ((uint32_t)segment << 4) + offset;

	assert_true(at < LINEAR_END);
	return at >= SMM_BUFFER && at < SMM_BUFFER_END ? (uint8_t *)phys_to_ptr(at) : &linear[at];
}

void real_call(struct regs *r, uint32_t target)
{
	const void *remote = real_call_remote;

	assert_int_equal(target >> 16, 0xf000);
	assert_true(r->cx && r->cx <= SMM_BUFFER_END - SMM_BUFFER && !(r->flags & FLAGS_IF));
	assert_true(r->si + r->cx <= 0x10000 && r->di + r->cx <= 0x10000);	/* no wrap in his mode */
	real_call_remote = NULL;
	for (uint32_t i = 0; i < r->cx; i++)
		*seen(r->es, (uint16_t)(r->di + i)) = *seen(r->ds, (uint16_t)(r->si + i));
	real_call_remote = remote;
	copies++;
}

static int set_up(void **state)
{
	(void)state;
	fake_ram_reset(RAM);
	fake_alloc_reset();
	fake_log_reset();
	machine = (struct machine){ .low_ram_end = RAM };
	for (uint32_t i = 0; i < LINEAR_END; i++)
		linear[i] = (uint8_t)(i * 31 + (i >> 8));
	copies = calls = 0;
	waiting = NULL;
	real_call_remote = NULL;
	return 0;
}

static struct regs call(uint8_t ah)
{
	return (struct regs){ .vector = 0x13, .ah = ah, .dl = 0x80, .ds = 0x2000, .si = 0x10, .es = 0x3000, .bx = 0x20,
			      .unused3 = SMM_FRAME_MARK };
}

static void nothing(struct regs *r) { (void)r; }

static void only_marked_frames_of_known_services_are_served(void **state)
{
	static const struct { uint16_t vector, ax; bool served; } cases[] = {
		{ 0x13, 0x0200, true }, { 0x40, 0x0200, true }, { 0x14, 0, true }, { 0x17, 0, true },
		{ 0x1a, 0xb10e, true },
		{ 0x15, 0x8800, true }, { 0x15, 0x2402, true }, { 0x15, 0x2400, false }, { 0x15, 0x2401, false },
		{ 0x15, 0x8700, false },
		{ 0x15, 0x8900, false }, { 0x18, 0, false }, { 0x19, 0, false }, { 0x10, 0, false },
		{ VECTOR_PMM, 0, false },
		{ VECTOR_RETURNED, 0, false }, { VECTOR_CONSOLE, 0, false },
	};

	(void)state;
	service = nothing;
	for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct regs r = call(0);

		calls = 0;
		r.vector = cases[i].vector;
		r.ax = cases[i].ax;
		assert_int_equal(service32_v86(&r), cases[i].served ? SMM_DONE : SMM_REFUSED);
		assert_int_equal(calls, cases[i].served);
		assert_int_equal(r.unused3, 0);
		assert_int_equal(service32_v86(&r), SMM_REFUSED);	/* its mark is used up */
		assert_int_equal(calls, cases[i].served);
	}
}

static void what_waits_goes_on_only_in_its_mode(void **state)
{
	static const struct dma_remote other = { NULL };
	struct protected_caller window = { .kind = SMM_FROM_WINDOW };
	struct regs r = call(0);

	(void)state;
	r.vector = VECTOR_RETURNED;
	waiting = &other;
	if (setjmp(returned))
		fail();
	assert_int_equal(service32_v86(&r), SMM_REFUSED);
	assert_int_equal(service32_protected(&window), SMM_REFUSED);
}

static uint8_t data[70000];
static uint32_t data_len, data_at;

static void writes(struct regs *r) { (void)r; dma_write_guest(data_at, data, data_len); }

static void reads(struct regs *r)
{
	(void)r;
	memset(data, 0xee, sizeof(data));
	dma_read_guest(data, data_at, data_len);
}

static void memory_is_copied_in_the_callers_mode(void **state)
{
	static const struct { uint32_t at, len, copies; } cases[] = {
		{ 0x500, 1, 1 }, { 0x12345, 3840, 1 }, { 0x12345, 3841, 2 }, { 0x20000 + DMA_REMOTE, 65536, 18 },
		{ 0xfffff, 0x8000, 9 },
		{ 0x10ffe0, 16, 1 }, { SMM_PACKET, 24, 1 },
	};

	(void)state;
	for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct regs r = call(0x08);

		set_up(NULL);
		data_at = cases[i].at;
		data_len = cases[i].len;
		service = reads;
		service32_v86(&r);
		assert_memory_equal(data, linear + (data_at & 0xffffff), data_len);
		assert_int_equal(copies, cases[i].copies);
		r = call(0x08);
		memset(data, 0x77, sizeof(data));
		service = writes;
		service32_v86(&r);
		for (uint32_t n = 0; n < data_len; n++) {
			uint32_t at = (data_at & 0xffffff) + n;
			bool ours = at >= FW_RAM_BASE && at < FSEG_END;

			assert_int_equal(linear[at], ours ? (uint8_t)(at * 31 + (at >> 8)) : 0x77);
		}
		assert_null(real_call_remote);
	}
}

/* Reads into what is the firmware's change nothing, whatever lies around it. */
static void the_firmwares_memory_takes_no_write(void **state)
{
	struct regs r = call(0x08);
	uint8_t was[0x18000];

	(void)state;
	memcpy(was, linear + FW_RAM_BASE, sizeof(was));
	memset(data, 0x77, sizeof(data));
	data_at = FW_RAM_BASE - 5;
	data_len = 0x8000 + 0x8000;
	service = writes;
	service32_v86(&r);
	assert_memory_equal(linear + FW_RAM_BASE, was, sizeof(was));
	assert_true(linear[FW_RAM_BASE - 5] == 0x77 && linear[FW_RAM_BASE - 1] == 0x77);
	assert_null(real_call_remote);
}

/* What is beyond FFFF:FFFF is not there. */
static void the_end_of_linear_memory_is_an_end(void **state)
{
	struct regs r = call(0x08);

	(void)state;
	data_at = 0x10ffe8;
	data_len = 4096;
	service = reads;
	service32_v86(&r);
	assert_memory_equal(data, linear + 0x10ffe8, 8);
	assert_true(data[8] == 0xee && data[4095] == 0xee);
	assert_null(real_call_remote);
}

static struct edd_packet found;
static bool direct, read_ok;

/* As edd_transfer() does: the packet by its address, its count by a write there, the buffer as dma_map() sees it. */
static void transfers(struct regs *r)
{
	uint32_t at = guest_linear(r->ds, r->si);
	uint16_t count = 0x4242;

	memcpy(&found, phys_to_ptr(at), sizeof(found));
	direct = found.flat >> 32 == 0 && dma_direct((uint32_t)found.flat, 512);
	if (found.flat >> 32 == 0) {
		memset(data, 0, 10);
		dma_write_guest((uint32_t)found.flat, "0123456789", 10);
		dma_read_guest(data, (uint32_t)found.flat, 10);
		read_ok = memcmp(data, "0123456789", 10) == 0;
	}
	guest_write16(at + offsetof(struct edd_packet, count), count);
}

static void put_packet(uint8_t *to, uint8_t size, uint32_t buffer, uint64_t flat)
{
	struct edd_packet p = { .size = size, .count = 3, .buffer = buffer, .lba = 0x123456789abcull, .flat = flat };

	memcpy(to, &p, sizeof(p));
}

static void a_packet_is_copied_and_its_count_goes_back(void **state)
{
	static const struct { uint8_t size; uint32_t buffer; uint64_t flat; uint32_t at; } cases[] = {
		{ 16, 0x40001234, 0, 0x41234 }, { 16, 0xffffffff, 0x5000, 0x10ffef },
		{ 24, 0xffffffff, 0x54321, 0x54321 },
		{ 23, 0x40000000, 0x54321, 0x40000 }, { 24, 0xffffffff, 0x110000, 0 },
		{ 24, 0xffffffff, 1ull << 33, 0 },
	};

	(void)state;
	service = transfers;
	for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct regs r = call(0x42);

		set_up(NULL);
		put_packet(linear + 0x20010, cases[i].size, cases[i].buffer, cases[i].flat);
		assert_int_equal(service32_v86(&r), SMM_DONE);
		assert_null(real_call_remote);
		assert_true(r.ds == 0x2000 && r.si == 0x10);
		assert_true(found.count == 3 && found.lba == 0x123456789abcull);
		assert_true(found.size == 24 && found.buffer == UINT32_MAX);
		assert_false(direct);
		assert_true(linear[0x20012] == 0x42 && linear[0x20013] == 0x42);
		if (!cases[i].at) {
			assert_true(found.flat >> 32);
			continue;
		}
		assert_memory_equal(linear + cases[i].at, "0123456789", cases[i].at == 0x10ffef ? 1 : 10);
		assert_int_equal(read_ok, cases[i].at != 0x10ffef);
	}
}

/* --- protected mode --- */

#define STACK	0x8000u
struct stack {
	uint32_t edi, esi, ebp, esp, ebx, edx, ecx, lost;
	uint16_t es;
	uint32_t eax;
	uint16_t vector, ds, ip, cs, flags;
} __attribute__((packed));

static struct protected_caller caller;

static struct stack *protected_call(uint16_t ax)
{
	struct stack *s = phys_to_ptr(STACK);

	caller = (struct protected_caller){ SMM_FROM_PROTECTED, STACK, 0x50000, 0xffff, 0x400000, 0x7ff };
	*s = (struct stack){ .edi = 1, .esi = 0x20, .ebp = 3, .ebx = 0x100, .edx = 0x80, .ecx = 7, .es = 0x28,
			     .eax = ax, .vector = 0x13, .ds = 0x18, .ip = 0x1111, .cs = 0x2222, .flags = 0x3002 };
	return s;
}

static void answers(struct regs *r)
{
	uint16_t word = 0xabcd;

	r->ax = 0x1234;
	r->cx = 0x5678;
	r->flags |= FLAGS_CF;
	guest_write(guest_linear(r->ds, r->si), &word, 2);
	guest_write(guest_linear(r->es, r->bx), &word, 2);
}

static void a_gate_finds_its_registers_and_segments(void **state)
{
	struct stack *s = protected_call(0x0800);

	(void)state;
	service = answers;
	assert_int_equal(service32_protected(&caller), SMM_DONE);
	assert_null(real_call_remote);
	assert_true(s->eax == 0x1234 && s->ecx == 0x5678 && s->flags == 0x3003 && s->ebx == 0x100);
	assert_true(s->es == 0x28 && s->ds == 0x18 && s->ip == 0x1111 && s->cs == 0x2222 && s->edi == 1 && s->ebp == 3);
	assert_true(fake_ram[0x50020] == 0xcd && fake_ram[0x400101] == 0xab);
}

static void gives_table(struct regs *r) { r->es = 0xf000; r->di = 0xefc7; r->dx = 0x1234; }

static void a_table_that_no_selector_names_is_not_told(void **state)
{
	struct stack *s = protected_call(0x0800);

	(void)state;
	service = gives_table;
	service32_protected(&caller);
	assert_true(s->edi == 1 && s->es == 0x28 && s->edx == 0x1234);
}

static void a_buffer_beyond_its_segment_is_refused(void **state)
{
	static const struct { uint16_t ax, bx; bool fits; } cases[] = {
		{ 0x0201, 0x600, true }, { 0x0201, 0x601, false }, { 0x0204, 0, true }, { 0x0205, 0, false },
		{ 0x0301, 0x800, false },
		{ 0x0200, 0xffff, true }, { 0x0480, 0, true },
	};

	(void)state;
	service = nothing;
	for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct stack *s = protected_call(cases[i].ax);

		calls = 0;
		s->ebx = cases[i].bx;
		assert_int_equal(service32_protected(&caller), SMM_DONE);
		assert_int_equal(calls, cases[i].fits);
		assert_int_equal(s->flags & 1, !cases[i].fits);
		if (!cases[i].fits)
			assert_int_equal(s->eax >> 8 & 0xff, DISK_BAD_BUFFER);
	}
}

static void packets_name_segments_by_their_selectors(void **state)
{
	static const struct { uint32_t buffer; uint64_t flat; uint32_t at; bool fits; } cases[] = {
		{ 0x00280100, 0, 0x400100, true }, { 0x00180100, 0, 0x50100, true }, { 0x00280300, 0, 0, false },
		{ 0x00280800, 0, 0, true },
		{ 0x00300000, 0, 0, true }, { 0xffffffff, 0x600000, 0x600000, true },
		{ 0xffffffff, 0x100000000, 0, true },
		{ 0xffffffff, 0xfffffff0, 0, false },
	};

	(void)state;
	service = transfers;
	for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct stack *s;

		set_up(NULL);
		s = protected_call(0x4200);
		memset(&found, 0, sizeof(found));
		put_packet(fake_ram + 0x50020, cases[i].flat ? 24 : 16, cases[i].buffer, cases[i].flat);
		service32_protected(&caller);
		assert_int_equal(calls, cases[i].fits);
		assert_int_equal(s->esi, 0x20);
		if (!cases[i].fits)
			assert_int_equal(s->eax >> 8, DISK_BAD_BUFFER);
		else if (!cases[i].at)
			assert_true(found.flat >> 32);
		else
			assert_memory_equal(fake_ram + cases[i].at, "0123456789", 10);
		if (cases[i].fits)
			assert_true(fake_ram[0x50022] == 0x42 && fake_ram[0x50023] == 0x42);
	}
}

static void what_is_no_call_of_a_disk_is_refused(void **state)
{
	struct stack *s = protected_call(0);

	(void)state;
	service = nothing;
	s->vector = 0x15;
	assert_int_equal(service32_protected(&caller), SMM_REFUSED);
	caller.stack = UINT32_MAX - 47;
	assert_int_equal(service32_protected(&caller), SMM_REFUSED);
	assert_int_equal(calls, 0);
}

static void without_a_way_back_the_machine_restarts(void **state)
{
	(void)state;
	if (!setjmp(lost))
		service32_lost();
	assert_true(fake_log_has("services: SMIs were switched off"));
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_marked_frames_of_known_services_are_served),
		TEST(what_waits_goes_on_only_in_its_mode),
		TEST(memory_is_copied_in_the_callers_mode),
		TEST(the_firmwares_memory_takes_no_write),
		TEST(the_end_of_linear_memory_is_an_end),
		TEST(a_packet_is_copied_and_its_count_goes_back),
		TEST(a_gate_finds_its_registers_and_segments),
		TEST(a_table_that_no_selector_names_is_not_told),
		TEST(a_buffer_beyond_its_segment_is_refused),
		TEST(packets_name_segments_by_their_selectors),
		TEST(what_is_no_call_of_a_disk_is_refused),
		TEST(without_a_way_back_the_machine_restarts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

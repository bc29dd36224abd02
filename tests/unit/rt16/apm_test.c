/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/rt16/apm_test.c: Advanced Power Management in real mode: the installation check and the connections, and
 * what becomes of the answers of the other functions, which are assembly (src/pm/apm.inc) and run in tests/qemu/test_apm.py.
 * LINK: src/rt16/apm.c tests/fake/rt16.c tests/fake/io.c tests/fake/ram.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "arch/layout.h"
#include "fake/rt16.h"
#include "lib/bits.h"
#include "rt16/apm.h"

/* Where the entries are is the linker's to say. */
char rt16_pm_apm_entry16[1], rt16_pm_apm_entry32[1];

static struct regs r, answer;
static uint32_t calls;
static bool virtual_8086;

void apm_call(struct regs *regs)
{
	calls++;
	*regs = answer;
}

bool apm_in_virtual_8086(void)
{
	return virtual_8086;
}

static void an_interrupt(void)
{
}

static int set_up(void **state)
{
	(void)state;
	fake_rt16_reset();
	fake_interrupt = an_interrupt;
	apm_state = (struct apm_state){ 0 };
	virtual_8086 = false;
	calls = 0;
	return 0;
}

static void fill(uint8_t al, uint16_t bx, uint16_t cx)
{
	r = (struct regs){ .flags = FLAGS_FIXED | FLAGS_CF | FLAGS_IF, .eax = 0x11115300u | al, .ebx = 0x22220000u | bx,
			   .ecx = 0x33330000u | cx, .edx = 0x4444dddd, .esi = 0x51515151, .edi = 0xd1d1d1d1 };
}

/* Returns AX; carry must be as expected. */
static uint16_t call(uint8_t al, uint16_t bx, bool carry)
{
	fill(al, bx, 0xcccc);
	assert_true(apm_service16(&r));
	assert_int_equal(r.flags, carry ? FLAGS_FIXED | FLAGS_IF | FLAGS_CF : FLAGS_FIXED | FLAGS_IF);
	assert_int_equal(r.eax >> 16, 0x1111);
	return r.ax;
}

static void the_check_tells_version_interfaces_and_state(void **state)
{
	static const uint16_t flags[] = { 0, APM_DISABLED, APM_DISENGAGED };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		apm_state.flags = flags[i];
		assert_int_equal(call(0x00, 0, false), 0x0102);
		assert_int_equal(r.ebx, 0x2222504d);
		assert_int_equal(r.ecx, 0x33330003 | flags[i]);
		assert_int_equal(r.edx, 0x4444dddd);
	}
	assert_int_equal(call(0x00, 1, true), 0x0900);
	assert_int_equal(apm_state.connection, 0);
}

static void a_connection_is_there_once(void **state)
{
	static const uint16_t connected[] = { 0, 0x0200, 0x0500, 0x0700 };

	(void)state;
	for (uint8_t interface = APM_REAL; interface <= APM_32; interface++) {
		apm_state = (struct apm_state){ 0, 0x0102, APM_DISENGAGED | APM_DISABLED };
		assert_int_equal(call(interface, 1, true), 0x0900 | interface);
		assert_int_equal(apm_state.connection, 0);
		fill(interface, 0, 0xcccc);
		assert_true(apm_service16(&r));
		assert_int_equal(r.flags & FLAGS_CF, 0);
		assert_int_equal(apm_state.connection, interface);
		assert_int_equal(apm_state.version, 0x0100);
		assert_int_equal(apm_state.flags, APM_DISABLED);	/* engaged */
		for (uint8_t again = APM_REAL; again <= APM_32; again++)
			assert_int_equal(call(again, 0, true), connected[interface] | again);
		assert_int_equal(apm_state.connection, interface);
	}
	assert_int_equal(calls, 0);
}

static void each_connection_tells_its_segments(void **state)
{
	(void)state;
	assert_int_equal(call(APM_REAL, 0, false), 0x5301);
	assert_int_equal(r.ebx, 0x22220000);
	assert_int_equal(r.ecx, 0x3333cccc);

	apm_state.connection = 0;
	assert_int_equal(call(APM_16, 0, false), 0xf000);
	assert_int_equal(r.ebx, 0x22220000 | ((uintptr_t)rt16_pm_apm_entry16 & 0xffff));
	assert_int_equal(r.ecx, 0x33330000 | FW_SEGMENT);
	assert_int_equal(r.edx, 0x4444dddd);
	assert_int_equal(r.esi, 0x5151fff0);
	assert_int_equal(r.edi, 0xd1d10010);

	apm_state.connection = 0;
	assert_int_equal(call(APM_32, 0, false), 0xf000);
	assert_int_equal(r.ebx, (uintptr_t)rt16_pm_apm_entry32 & 0xffff);
	assert_int_equal(r.ecx, 0x3333f000);
	assert_int_equal(r.edx, 0x44440000 | FW_SEGMENT);
	assert_int_equal(r.esi, 0xfff0fff0);
	assert_int_equal(r.edi, 0xd1d10010);
}

/* What the assembly answers, and whether 16-bit code has done with it. */
static bool after(uint8_t al, uint16_t cx, uint8_t ah, bool carry)
{
	fill(al, 1, cx);
	answer = r;
	answer.ah = ah;
	answer.flags = carry ? FLAGS_FIXED | FLAGS_CF : FLAGS_FIXED;
	return apm_service16(&r);
}

static void idle_halts_where_it_is_allowed(void **state)
{
	(void)state;
	assert_true(after(0x05, 0, 0x53, false));
	assert_int_equal(fake_waits, 1);
	assert_true(after(0x05, 0, APM_NOT_CONNECTED, true));
	assert_true(after(0x06, 0, 0x53, false));
	apm_state.flags = APM_DISABLED;
	assert_true(after(0x05, 0, 0x53, false));
	assert_int_equal(fake_waits, 1);
	assert_int_equal(calls, 4);
}

static void who_stays_on_is_told_by_32_bit_code(void **state)
{
	(void)state;
	assert_false(after(0x07, 3, APM_NOT_ENTERED, true));
	assert_int_equal(r.eax, 0x11115307);
	assert_int_equal(r.flags, FLAGS_FIXED | FLAGS_CF | FLAGS_IF);
	assert_true(after(0x07, 2, APM_NOT_ENTERED, true));
	assert_true(after(0x07, 3, APM_NOT_CONNECTED, true));
	assert_true(after(0x08, 3, APM_NOT_ENTERED, true));
	virtual_8086 = true;
	assert_true(after(0x07, 3, APM_NOT_ENTERED, true));
	assert_int_equal(r.ax, 0x6007);
	assert_int_equal(r.flags, FLAGS_FIXED | FLAGS_CF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_check_tells_version_interfaces_and_state, set_up),
		cmocka_unit_test_setup(a_connection_is_there_once, set_up),
		cmocka_unit_test_setup(each_connection_tells_its_segments, set_up),
		cmocka_unit_test_setup(idle_halts_where_it_is_allowed, set_up),
		cmocka_unit_test_setup(who_stays_on_is_told_by_32_bit_code, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

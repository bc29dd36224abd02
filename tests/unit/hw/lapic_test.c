/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/lapic_test.c: the wiring that an INIT has cleared is written again, in whatever mode the local APIC is.
 * LINK: src/hw/lapic.c tests/fake/cpu.c tests/fake/io.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "fake/cpu.h"
#include "fake/io.h"
#include "hw/lapic.h"

static uint32_t spurious, lint0, lint1;	/* as it was reset: masked, and cannot be opened while it is off */

static void apic_write(void *opaque, uint32_t at, unsigned int width, uint32_t value)
{
	(void)opaque;
	assert_int_equal(width, 4);
	if (at == LAPIC_BASE + LAPIC_SPURIOUS)
		spurious = value;
	else if (at == LAPIC_BASE + LAPIC_LVT_LINT0)
		lint0 = value | (spurious & 0x100 ? 0 : 0x10000);
	else if (at == LAPIC_BASE + LAPIC_LVT_LINT1)
		lint1 = value | (spurious & 0x100 ? 0 : 0x10000);
	else
		fail_msg("a write to 0x%x", at);
}

static void wire(uint64_t base)
{
	fake_cpu_reset();
	fake_msr_set(MSR_APIC_BASE, base);
	fake_msr_set(0x80f, 0xff);
	fake_msr_set(0x835, 0x10000);
	fake_msr_set(0x836, 0x10000);
	fake_io_reset();
	fake_mmio_add(LAPIC_BASE, LAPIC_BASE + 0xfff, NULL, apic_write, NULL);
	spurious = 0xff;
	lint0 = lint1 = 0x10000;
	lapic_wire_again();
	assert_int_equal(fake_msr(MSR_APIC_BASE), base);
}

static void in_memory(void **state)
{
	(void)state;
	wire(0xfee00900);
	assert_int_equal(spurious, 0x1ff);
	assert_int_equal(lint0, 0x700);
	assert_int_equal(lint1, 0x400);
	assert_int_equal(fake_cpu.wrmsrs, 0);
}

static void in_x2apic_mode_by_msrs(void **state)
{
	(void)state;
	wire(0xfee00d00);
	assert_int_equal(fake_msr(0x80f), 0x1ff);
	assert_int_equal(fake_msr(0x835), 0x700);
	assert_int_equal(fake_msr(0x836), 0x400);
	assert_int_equal(lint0, 0x10000);
}

static void one_that_is_off_or_elsewhere_is_left_alone(void **state)
{
	static const uint64_t bases[] = { 0xfee00100, 0xfed00900, 0xfee10900 };

	(void)state;
	for (unsigned int i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
		wire(bases[i]);
		assert_int_equal(lint0, 0x10000);
		assert_int_equal(fake_cpu.wrmsrs, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_memory),
		cmocka_unit_test(in_x2apic_mode_by_msrs),
		cmocka_unit_test(one_that_is_off_or_elsewhere_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

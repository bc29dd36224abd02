/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/machine/machine_test.c: where SSE2 works and where KVM's leaves are, by every way in which
 * QEMU shows itself.
 * LINK: src/machine/machine.c tests/fake/cpu.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/sse.h"
#include "fake/cpu.h"
#include "machine/machine.h"

#define HYPERVISOR CPUID_1_ECX_HYPERVISOR
#define KVM_EBX 0x4b4d564b
#define TCG_EBX 0x54474354
#define HYPERV_EBX 0x7263694d		/* "Micr" */
#define XEN_EBX 0x566e6558		/* "XenV" */

bool sse2_works;

/* What the start-up code does for all variables. */
static void clear(void)
{
	sse2_works = false;
	memset(&machine, 0, sizeof(machine));
}

static void processor(uint32_t ecx, uint32_t edx, uint32_t first, uint32_t second)
{
	fake_cpu_reset();
	fake_cpuid_set(1, 0, (struct cpuid){ .ecx = ecx, .edx = edx });
	fake_cpuid_set(0x40000000, 0, (struct cpuid){ .ebx = first });
	fake_cpuid_set(0x40000100, 0, (struct cpuid){ .ebx = second });
	clear();
	machine_init(HOST_BRIDGE_Q35);
	assert_int_equal(machine.cpu_features, edx);
	assert_int_equal(machine.chipset, CHIPSET_Q35);
}

static void sse2_works_where_qemu_runs_the_code_itself(void **state __attribute__((unused)))
{
	static const uint32_t too_few[] = { 0, CPUID_1_EDX_SSE2, CPUID_1_EDX_FXSR, ~CPUID_1_EDX_SSE2_FXSR };

	processor(HYPERVISOR, CPUID_1_EDX_SSE2_FXSR, TCG_EBX, 0);
	assert_true(sse2_works);
	assert_int_equal(machine.kvm, 0);
	for (unsigned int i = 0; i < 4; i++) {
		processor(HYPERVISOR, too_few[i], TCG_EBX, 0);
		assert_false(sse2_works);
	}
}

static void kvm_is_found_behind_others_and_sse2_is_left_alone(void **state __attribute__((unused)))
{
	static const struct { uint32_t ecx, first, second, kvm; } cases[] = {
		{ HYPERVISOR, KVM_EBX, 0, 0x40000000 },
		{ HYPERVISOR, HYPERV_EBX, KVM_EBX, 0x40000100 },	/* hv_* flags */
		{ HYPERVISOR, XEN_EBX, KVM_EBX, 0x40000100 },
		{ HYPERVISOR, HYPERV_EBX, 0, 0 },
		{ HYPERVISOR, 0, 0, 0 },				/* kvm=off */
		{ 0, KVM_EBX, 0, 0 },					/* -hypervisor: leaves are not read */
		{ 0, TCG_EBX, 0, 0 },
	};

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		processor(cases[i].ecx, CPUID_1_EDX_SSE2_FXSR, cases[i].first, cases[i].second);
		assert_int_equal(machine.kvm, cases[i].kvm);
		assert_false(sse2_works);
	}
}

static void a_486_is_asked_nothing(void **state __attribute__((unused)))
{
	fake_cpu_reset();
	fake_cpu.is_486 = true;
	clear();
	machine_init(0xffffffff);
	assert_false(sse2_works);
	assert_int_equal(machine.cpu_features, 0);
	assert_int_equal(machine.chipset, CHIPSET_NONE);
}

static void the_host_bridge_names_the_chipset(void **state __attribute__((unused)))
{
	fake_cpu_reset();
	machine_init(HOST_BRIDGE_I440FX);
	assert_int_equal(machine.chipset, CHIPSET_I440FX);
	machine_init(0x12388086);
	assert_int_equal(machine.chipset, CHIPSET_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sse2_works_where_qemu_runs_the_code_itself),
		cmocka_unit_test(kvm_is_found_behind_others_and_sse2_is_left_alone),
		cmocka_unit_test(a_486_is_asked_nothing),
		cmocka_unit_test(the_host_bridge_names_the_chipset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

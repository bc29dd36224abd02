/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/post/cpus_test.c: what is asked and sent to bring processors up, and what is made of
 * the answers. The processors are imitated at each look of the wait.
 * LINK: src/post/cpus.c src/hw/cpus.c src/hw/mtrr.c src/hw/lapic.c tests/fake/cpu.c tests/fake/io.c tests/fake/ram.c tests/fake/alloc.c tests/fake/timer.c tests/fake/log.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "arch/ap.h"
#include "arch/layout.h"
#include "fake/alloc.h"
#include "fake/cpu.h"
#include "fake/io.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fake/timer.h"
#include "fw/fw_cfg.h"
#include "hw/cpus.h"
#include "hw/lapic.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "post/cpus.h"
#include "machine/machine.h"

struct machine machine;

/* The addresses of assembly code. */
char ap_start[1], ap_park[1], ap_nmi[1], rt16_sipi[1];

/* fw_cfg */
static uint16_t nb_cpus, max_cpus;
static bool has_feature_control, read_fails;
static uint64_t feature_control;

uint16_t fw_cfg_le16(uint16_t key)
{
	return key == FW_CFG_NB_CPUS ? nb_cpus : key == FW_CFG_MAX_CPUS ? max_cpus : 0;
}

int fw_cfg_file(enum fw_cfg_file file, struct fw_cfg_item *item)
{
	if (file != FW_CFG_MSR_FEATURE_CONTROL || !has_feature_control)
		return -ENOENT;
	*item = (struct fw_cfg_item){ .size = 8, .key = 0x20 };
	return 0;
}

int fw_cfg_read_number(const struct fw_cfg_item *item, uint64_t *value)
{
	assert_int_equal(item->key, 0x20);
	*value = feature_control;
	return read_fails ? -EIO : 0;
}

/* The local APIC: writes, in order. */
static struct { uint32_t reg, value; } sent[16];
static unsigned int n_sent;

static void apic_write(void *opaque, uint32_t addr, unsigned int width, uint32_t value)
{
	(void)opaque;
	assert_true(n_sent < 16);
	assert_int_equal(width, 4);
	sent[n_sent].reg = addr - LAPIC_BASE;
	sent[n_sent++].value = value;
}

/* Application processors: one answers at each look. */
static uint32_t ap_ids[400], n_aps, next_ap;

static void ap_answers(void)
{
	if (next_ap == n_aps)
		return;
	if (ap_ids[next_ap] < ap_shared.ids_count) {
		uint32_t *ids = (uint32_t *)(fake_ram + ap_shared.ids);

		ids[ap_ids[next_ap] / 32] |= 1u << (ap_ids[next_ap] & 31);
	}
	assert_int_equal(ap_shared.arrived, AP_COUNTED + AP_ONE * next_ap);
	ap_shared.arrived += AP_ONE;
	next_ap++;
}

static void processor(void)
{
	fake_cpu_reset();
	fake_cpuid_set(0x80000000, 0, (struct cpuid){ .eax = 0x80000008 });
	fake_cpuid_set(0x80000008, 0, (struct cpuid){ .eax = 40 });
	fake_msr_set(0xfe, 0x508);
	fake_msr_set(0x1b, 0xfee00900);
	fake_msr_set(0x2ff, 0);
	for (uint32_t msr = 0x200; msr <= 0x20f; msr++)
		fake_msr_set(msr, 0);
	for (uint32_t msr = 0x268; msr <= 0x26f; msr++)
		fake_msr_set(msr, 0);
	fake_msr_set(0x250, 0);
	fake_msr_set(0x258, 0);
	fake_msr_set(0x259, 0);
}

static int setup(void **state)
{
	(void)state;
	fake_ram_reset(16 << 20);
	fake_alloc_reset();
	fake_io_reset();
	fake_log_reset();
	fake_timer_reset();
	processor();
	fake_mmio_add(LAPIC_BASE, LAPIC_BASE + 0xfff, NULL, apic_write, NULL);
	memset(&machine, 0, sizeof(machine));
	machine.chipset = CHIPSET_I440FX;
	memset(&ap_shared, 0, sizeof(ap_shared));
	n_sent = n_aps = next_ap = 0;
	nb_cpus = max_cpus = 1;
	has_feature_control = read_fails = false;
	machine.low_ram_end = 512 << 20;
	machine.cpu_features = cpuid(1, 0).edx;
	fake_cpu.cpuids = 0;
	fake_timer_tick = ap_answers;
	return 0;
}

static void aps(uint32_t count)
{
	for (n_aps = 0; n_aps < count; n_aps++)
		ap_ids[n_aps] = n_aps + 1;
	nb_cpus = max_cpus = (uint16_t)(count + 1);
}

static void one_processor_sends_nothing(void **state)
{
	(void)state;
	cpus_init();
	assert_int_equal(n_sent, 3);
	assert_int_equal(sent[0].reg, 0xf0);
	assert_int_equal(sent[0].value, 0x1ff);
	assert_int_equal(sent[1].reg, 0x350);
	assert_int_equal(sent[1].value, 0x700);
	assert_int_equal(sent[2].reg, 0x360);
	assert_int_equal(sent[2].value, 0x400);
	assert_int_equal(fake_io_accesses(), 3);
	assert_int_equal(fake_timer_waits, 0);
	assert_int_equal(fake_alloc_calls(), 0);
	assert_int_equal(machine.cpus, 1);
	assert_int_equal(machine.apic_id_limit, 1);
	assert_int_equal(cpus_found(), 1);
	assert_true(cpus_present(0));
	assert_false(cpus_present(1));
	assert_int_equal(fake_log_lines(), 0);
}

static void the_first_processor_gets_its_mtrrs(void **state)
{
	uint32_t msr;
	uint64_t value;

	(void)state;
	cpus_init();
	assert_int_equal(fake_cpu.wrmsrs, 11 + 2 + 1);
	assert_int_equal(fake_msr(0x2ff), 0xc06);
	assert_int_equal(fake_msr(0x201), 0xff80000800);
	assert_true(fake_msr_write(13, &msr, &value));
	assert_int_equal(msr, 0x2ff);
}

static void seven_others_cost_two_accesses(void **state)
{
	const uint32_t *mailbox = (const uint32_t *)(fake_ram + AP_MAILBOX);

	(void)state;
	aps(7);
	cpus_init();
	assert_int_equal(n_sent, 5);
	assert_int_equal(sent[3].reg, 0x300);
	assert_int_equal(sent[3].value, 0xc4500);
	assert_int_equal(sent[4].reg, 0x300);
	assert_int_equal(sent[4].value & 0xffffff00, 0xc4600);
	assert_int_equal(sent[4].value & 0xff, (uint8_t)((uintptr_t)rt16_sipi >> 12));
	assert_int_equal(mailbox[0], (uint32_t)(uintptr_t)ap_start);
	assert_int_equal(mailbox[1], SEL_CODE32);
	assert_int_equal(cpus_found(), 8);
	for (uint32_t id = 0; id < 8; id++)
		assert_true(cpus_present(id));
	assert_false(cpus_present(8));
	assert_int_equal(fake_log_lines(), 0);
}

/* The list is as POST has left it; the map of ids is not written: it was in memory that is the guest's by now. */
static void a_wake_gives_all_of_them_the_same_again(void **state)
{
	uint32_t written, ids;

	(void)state;
	aps(3);
	cpus_init();
	written = fake_cpu.wrmsrs;
	ids = ap_shared.ids;
	processor();
	memset(fake_ram + ids, 0, 4);
	n_sent = next_ap = 0;
	nb_cpus = 4;
	cpus_resume();
	assert_int_equal(fake_cpu.wrmsrs, written);
	assert_int_equal(fake_msr(0x2ff), 0xc06);
	assert_int_equal(n_sent, 5);
	assert_int_equal(sent[0].value, 0x1ff);
	assert_int_equal(sent[3].value, 0xc4500);
	assert_int_equal(next_ap, 3);
	assert_int_equal(get_le32(fake_ram + ids), 0);
	assert_int_equal(fake_log_lines(), 0);
}

/* One was plugged in while the machine slept, or out. */
static void a_wake_waits_for_as_many_as_there_are(void **state)
{
	(void)state;
	aps(3);
	cpus_init();
	for (uint32_t count = 1; count < 6; count++) {
		processor();
		n_sent = next_ap = 0;
		n_aps = count - 1;
		for (uint32_t i = 0; i < n_aps; i++)
			ap_ids[i] = i + 1;
		nb_cpus = (uint16_t)count;
		cpus_resume();
		assert_int_equal(next_ap, n_aps);
		assert_int_equal(machine.cpus, count);
	}
	assert_int_equal(fake_log_lines(), 0);
}

static void the_others_get_the_list_the_first_one_wrote(void **state)
{
	uint32_t msr;
	uint64_t value;

	(void)state;
	aps(1);
	cpus_init();
	assert_int_equal(ap_shared.msrs, fake_cpu.wrmsrs);
	for (uint32_t i = 0; i < ap_shared.msrs; i++) {
		assert_true(fake_msr_write(i, &msr, &value));
		assert_int_equal(ap_shared.msr[i].msr, msr);
		assert_int_equal((uint64_t)ap_shared.msr[i].high << 32 | ap_shared.msr[i].low,
				 value);
	}
	assert_int_equal(ap_shared.x2apic, 0);
}

static void every_exception_of_a_parked_processor_leads_back(void **state)
{
	uint32_t park = (uint32_t)(uintptr_t)ap_park, nmi = (uint32_t)(uintptr_t)ap_nmi;

	(void)state;
	aps(1);
	cpus_init();
	assert_int_equal(ap_shared.idt_limit, 32 * 8 - 1);
	assert_int_equal(ap_shared.idt_base, (uint32_t)(uintptr_t)ap_shared.idt);
	for (unsigned int i = 0; i < 32; i++) {
		uint32_t low = (uint32_t)ap_shared.idt[i], high = ap_shared.idt[i] >> 32;

		assert_int_equal((high & 0xffff0000) | (low & 0xffff), i == 2 ? nmi : park);
		assert_int_equal(low >> 16, SEL_CODE32);
		assert_int_equal(high & 0xffff, 0x8e00);
	}
}

static void ids_with_gaps_are_told_apart(void **state)
{
	static const uint32_t ids[] = { 1, 2, 4, 5, 6 };

	(void)state;
	memcpy(ap_ids, ids, sizeof(ids));
	n_aps = 5;
	nb_cpus = 6;
	max_cpus = 7;
	cpus_init();
	assert_int_equal(machine.cpus, 6);
	assert_int_equal(machine.apic_id_limit, 7);
	for (uint32_t id = 0; id < 10; id++)
		assert_int_equal(cpus_present(id), id != 3 && id < 7);
}

static void ids_beyond_what_was_told_are_found_as_well(void **state)
{
	static const uint32_t ids[] = { 1, 2, 4, 5, 40 };

	(void)state;
	memcpy(ap_ids, ids, sizeof(ids));
	n_aps = 5;
	nb_cpus = max_cpus = 6;		/* microvm */
	cpus_init();
	assert_true(cpus_present(40));
	assert_false(cpus_present(3));
	assert_int_equal(cpus_found(), 6);
}

static void the_wait_ends_when_some_do_not_answer(void **state)
{
	(void)state;
	aps(3);
	nb_cpus = max_cpus = 8;
	cpus_init();
	assert_int_equal(fake_timer_expired, 1);
	assert_true(fake_log_has("cpus: 4 of 8 processors answered"));
	assert_int_equal(cpus_found(), 4);
	assert_true(cpus_present(3));
	assert_false(cpus_present(4));
	/* a late one finds no map to write to */
	assert_int_equal(ap_shared.ids_count, 0);
}

static void without_memory_for_the_map_all_are_taken_as_present(void **state)
{
	(void)state;
	fake_alloc_fail_at(1);
	aps(3);
	cpus_init();
	assert_int_equal(cpus_found(), 4);
	assert_int_equal(ap_shared.ids_count, 0);
	assert_true(cpus_present(0));
	assert_true(cpus_present(3));
	assert_false(cpus_present(4));
}

static void counts_that_lie_are_bounded(void **state)
{
	(void)state;
	nb_cpus = max_cpus = 0;
	cpus_init();
	assert_int_equal(machine.cpus, 1);
	assert_int_equal(machine.apic_id_limit, 1);

	setup(NULL);
	nb_cpus = 4;
	max_cpus = 2;
	cpus_init();
	assert_int_equal(machine.apic_id_limit, 4);

	setup(NULL);
	nb_cpus = max_cpus = 0xffff;
	cpus_init();
	assert_int_equal(fake_alloc_piece(0)->size, 8192);
	assert_true(fake_log_has("of 65535 processors"));
}

static void a_486_is_left_alone(void **state)
{
	(void)state;
	fake_cpu.is_486 = true;
	machine.cpu_features = 0;
	cpus_init();
	assert_int_equal(fake_io_accesses(), 0);
	assert_int_equal(fake_cpu.wrmsrs + fake_cpu.rdmsrs + fake_cpu.cpuids, 0);
	assert_true(cpus_present(0));
	assert_false(cpus_present(1));
}

static void a_pentium_has_an_apic_but_no_mtrrs(void **state)
{
	(void)state;
	machine.cpu_features &= ~CPUID_1_EDX_MTRR;
	cpus_init();
	assert_int_equal(n_sent, 3);
	assert_int_equal(fake_cpu.wrmsrs + fake_cpu.rdmsrs, 0);
}

static void without_an_apic_one_processor_runs(void **state)
{
	(void)state;
	aps(1);
	machine.cpu_features &= ~CPUID_1_EDX_APIC;
	cpus_init();
	assert_int_equal(fake_io_accesses(), 0);
	assert_int_equal(machine.cpus, 1);
	assert_true(fake_log_has("cpus: 2 processors, but no local APIC"));
}

/* QEMU wants the MSR set, on a processor that CPUID says has these features; without any there is no MSR. */
static void wants_feature_control(uint64_t value, uint32_t leaf1_ecx)
{
	setup(NULL);
	has_feature_control = true;
	feature_control = value;
	fake_cpuid_set(1, 0, (struct cpuid){ .edx = machine.cpu_features, .ecx = leaf1_ecx });
	if (leaf1_ecx)
		fake_msr_set(0x3a, 0);
}

static void feature_control_is_set_on_every_processor(void **state)
{
	(void)state;
	wants_feature_control(5, CPUID_1_ECX_VMX);
	aps(1);
	cpus_init();
	assert_int_equal(fake_msr(0x3a), 5);
	assert_int_equal(ap_shared.msr[ap_shared.msrs - 1].msr, 0x3a);
	assert_int_equal(ap_shared.msr[ap_shared.msrs - 1].low, 5);
}

static void a_locked_feature_control_is_not_written(void **state)
{
	(void)state;
	wants_feature_control(5, CPUID_1_ECX_VMX);
	fake_msr_set(0x3a, 0x1);
	cpus_init();
	assert_int_equal(fake_msr(0x3a), 1);
	assert_int_equal(ap_shared.msrs, 14);
}

static void a_feature_control_of_reserved_bits_is_refused(void **state)
{
	static const uint64_t bad[] = { 0x8, 0x100000001, 0x10001, 0x200001 };

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		wants_feature_control(bad[i], CPUID_1_ECX_VMX | CPUID_1_ECX_SMX);
		cpus_init();
		assert_int_equal(fake_msr(0x3a), 0);
		assert_true(fake_log_has("etc/msr_feature_control"));
	}
}

/* rdmsr of what is not there ends the test. */
static void a_processor_without_the_msr_is_not_asked_for_it(void **state)
{
	(void)state;
	wants_feature_control(5, 0);
	cpus_init();
	assert_int_equal(ap_shared.msrs, 14);
	assert_true(fake_log_has("etc/msr_feature_control: 8 bytes, not a value for the MSR of this processor, "
				 "which has bits 0x0"));

	wants_feature_control(5, 0);		/* a 486 has no MSR at all */
	machine.cpu_features = 0;
	fake_cpu.is_486 = true;
	cpus_init();
	assert_int_equal(fake_cpu.rdmsrs, 0);
}

/* Each bit only where CPUID names the feature that it is for: a write of another is #GP. */
static void each_bit_of_feature_control_needs_its_feature(void **state)
{
	static const struct {
		uint32_t ecx, sgx, sgx_lc, lmce, bits;
	} cases[] = {
		{ .bits = 0 },
		{ .ecx = CPUID_1_ECX_VMX, .bits = 0x5 },
		{ .ecx = CPUID_1_ECX_SMX, .bits = 0xff01 },
		{ .ecx = CPUID_1_ECX_VMX | CPUID_1_ECX_SMX, .bits = 0xff07 },
		{ .sgx = 1, .bits = 0x40001 },
		{ .sgx = 1, .sgx_lc = 1, .bits = 0x60001 },
		{ .lmce = 1, .bits = 0x100001 },
		{ CPUID_1_ECX_VMX | CPUID_1_ECX_SMX, 1, 1, 1, 0x16ff07 },
	};

	(void)state;
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		setup(NULL);
		fake_cpuid_set(0, 0, (struct cpuid){ .eax = 7 });
		fake_cpuid_set(1, 0, (struct cpuid){ .ecx = cases[i].ecx,
						     .edx = CPUID_1_EDX_MCA | CPUID_1_EDX_MSR });
		fake_cpuid_set(7, 0, (struct cpuid){ .ebx = cases[i].sgx << 2, .ecx = cases[i].sgx_lc << 30 });
		fake_msr_set(0x179, cases[i].lmce << 27);
		assert_int_equal(cpus_feature_control(), cases[i].bits);
	}
	/* leaf 7 of a processor that ends before it is another one's; no MCG_CAP without machine checks */
	setup(NULL);
	fake_cpuid_set(7, 0, (struct cpuid){ ~0u, ~0u, ~0u, ~0u });
	assert_int_equal(cpus_feature_control(), 0);
	assert_int_equal(fake_cpu.rdmsrs, 0);
}

static void a_feature_control_that_cannot_be_read_is_reported(void **state)
{
	(void)state;
	wants_feature_control(5, CPUID_1_ECX_VMX);
	read_fails = true;
	cpus_init();
	assert_int_equal(fake_msr(0x3a), 0);
	assert_int_equal(ap_shared.msrs, 14);
	assert_true(fake_log_has("etc/msr_feature_control"));
}

static void many_processors_are_put_into_x2apic_mode(void **state)
{
	(void)state;
	fake_cpuid_set(1, 0, (struct cpuid){ .edx = machine.cpu_features,
					     .ecx = CPUID_1_ECX_X2APIC });
	aps(299);
	cpus_init();
	assert_int_not_equal(ap_shared.x2apic, 0);
	assert_int_equal(fake_msr(0x1b), 0xfee00d00);
	assert_int_equal(n_sent, 5);
	assert_true(cpus_present(299));
	assert_false(cpus_present(300));
	assert_int_equal(fake_log_lines(), 0);
}

static void up_to_255_ids_stay_in_xapic_mode(void **state)
{
	(void)state;
	fake_cpuid_set(1, 0, (struct cpuid){ .edx = machine.cpu_features,
					     .ecx = CPUID_1_ECX_X2APIC });
	aps(254);
	cpus_init();
	assert_int_equal(ap_shared.x2apic, 0);
	assert_int_equal(fake_msr(0x1b), 0xfee00900);
}

static void room_for_many_processors_without_x2apic_is_reported(void **state)
{
	(void)state;
	max_cpus = 256;
	cpus_init();
	assert_int_equal(fake_msr(0x1b), 0xfee00900);
	assert_true(fake_log_has("APIC ids up to 255, but no x2APIC"));
}

static void the_id_comes_from_the_topology_leaf_when_it_is_filled(void **state)
{
	(void)state;
	fake_cpuid_set(0, 0, (struct cpuid){ .eax = 0xb });
	fake_cpuid_set(1, 0, (struct cpuid){ .edx = machine.cpu_features, .ebx = 7u << 24 });
	assert_int_equal(lapic_id(), 7);
	fake_cpuid_set(0xb, 0, (struct cpuid){ .ebx = 1, .edx = 0x12345 });
	assert_int_equal(lapic_id(), 0x12345);
	fake_cpuid_set(0, 0, (struct cpuid){ .eax = 0xa });
	assert_int_equal(lapic_id(), 7);
	/* and so a machine may boot on another one than 0 */
	cpus_init();
	assert_true(cpus_present(7));
	assert_false(cpus_present(0));
}

static void address_widths_that_lie_become_36(void **state)
{
	static const uint32_t bad[] = { 0, 31, 53, 255 };

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		setup(NULL);
		fake_cpuid_set(0x80000008, 0, (struct cpuid){ .eax = bad[i] });
		cpus_init();
		assert_int_equal(fake_msr(0x201), 0xf80000800);
	}
	setup(NULL);
	fake_cpuid_set(0x80000000, 0, (struct cpuid){ .eax = 0x80000007 });
	cpus_init();
	assert_int_equal(fake_msr(0x201), 0xf80000800);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		TEST(one_processor_sends_nothing),
		TEST(the_first_processor_gets_its_mtrrs),
		TEST(seven_others_cost_two_accesses),
		TEST(a_wake_gives_all_of_them_the_same_again),
		TEST(a_wake_waits_for_as_many_as_there_are),
		TEST(the_others_get_the_list_the_first_one_wrote),
		TEST(every_exception_of_a_parked_processor_leads_back),
		TEST(ids_with_gaps_are_told_apart),
		TEST(ids_beyond_what_was_told_are_found_as_well),
		TEST(the_wait_ends_when_some_do_not_answer),
		TEST(without_memory_for_the_map_all_are_taken_as_present),
		TEST(counts_that_lie_are_bounded),
		TEST(a_486_is_left_alone),
		TEST(a_pentium_has_an_apic_but_no_mtrrs),
		TEST(without_an_apic_one_processor_runs),
		TEST(feature_control_is_set_on_every_processor),
		TEST(a_locked_feature_control_is_not_written),
		TEST(a_feature_control_of_reserved_bits_is_refused),
		TEST(a_processor_without_the_msr_is_not_asked_for_it),
		TEST(each_bit_of_feature_control_needs_its_feature),
		TEST(a_feature_control_that_cannot_be_read_is_reported),
		TEST(many_processors_are_put_into_x2apic_mode),
		TEST(up_to_255_ids_stay_in_xapic_mode),
		TEST(room_for_many_processors_without_x2apic_is_reported),
		TEST(the_id_comes_from_the_topology_leaf_when_it_is_filled),
		TEST(address_widths_that_lie_become_36),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/smm/smm_test.c: who gets System Management Mode, in which order it is set up, what stays as it was, and
 * what follows when anything of it fails. Processors and chipset are imitated here.
 * LINK: src/smm/smm.c tests/fake/alloc.c tests/fake/timer.c tests/fake/ram.c tests/fake/io.c tests/fake/log.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "arch/smm.h"
#include "fake/alloc.h"
#include "fake/io.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fake/timer.h"
#include "hw/chipset/chipset.h"
#include "hw/cpus.h"
#include "hw/lapic.h"
#include "hw/pci/tree.h"
#include "machine/machine.h"
#include "smm/smm.h"

#define IMAGE		300
#define WINDOW		0x20000u
#define MOVE_TO		(0x38000u + SMM_MOVE_TO)
#define CPUS_MAX	80

struct machine machine;
static struct pci_function functions[2];
static struct pci_tree tree = { .function = functions, .max = 2 };

const uint8_t smm_handler_image[IMAGE] = {
	[SMM_STUB ... SMM_PART - 1] = 0x11, [SMM_MOVE ... SMM_MOVE + SMM_MOVE_TO - 1] = 0x22,
	  [SMM_MOVE + SMM_PART ... IMAGE - 1] = 0x5a,
};
__asm__(".globl smm_handler_image_end\n\t.set smm_handler_image_end, smm_handler_image + 300");

static bool present[256], hides, possible, enabled, locked, smi_locked;
static enum { SHUT, OPEN, HIDDEN } smram;
static uint8_t behind[WINDOW];		/* of SMRAM while it is hidden */
static uint32_t base[CPUS_MAX];		/* SMBASE of each processor, 0: not moved */
static uint32_t smis, deaf_at;		/* deaf_at: the SMI that does not come, from 1 */

static void swap_window(void)
{
	for (uint32_t i = 0; i < WINDOW; i++) {
		uint8_t b = behind[i];

		behind[i] = fake_ram[0xa0000 + i];
		fake_ram[0xa0000 + i] = b;
	}
}

static void set_smram(int to)
{
	bool hidden = smram == HIDDEN && hides, hide = to == HIDDEN && hides;

	assert_false(locked);
	if (hidden != hide)
		swap_window();
	smram = to;
}

void smram_open(enum chipset chipset) { assert_int_equal(chipset, machine.chipset); set_smram(OPEN); }

void smram_shut(enum chipset chipset, bool handler, bool lock)
{
	assert_int_equal(chipset, machine.chipset);
	set_smram(handler ? HIDDEN : SHUT);
	locked = lock && chipset == CHIPSET_Q35;
}

bool smi_possible(enum chipset chipset) { (void)chipset; return possible; }
void smi_enable(enum chipset chipset) { (void)chipset; assert_int_equal(smram, HIDDEN); enabled = true; }
void smi_disable(enum chipset chipset) { (void)chipset; enabled = false; }
void smi_lock(enum chipset chipset) { (void)chipset; assert_true(enabled); smi_locked = true; }
bool cpus_present(uint32_t id) { return present[id]; }
uint32_t lapic_id(void) { return 4; }

/* A processor's first SMI: what it finds where it begins, and what it makes of it. */
static void smi_of(uint32_t cpu)
{
	if (++smis == deaf_at)
		return;
	if (base[cpu]) {		/* the handler's */
		assert_true(enabled && smram == HIDDEN && !locked);
		++*(uint32_t *)(fake_ram + SMM_COUNT);
		return;
	}
	assert_true(enabled && smram == HIDDEN && !locked);
	assert_memory_equal(fake_ram + 0x38000, smm_handler_image + SMM_MOVE, SMM_MOVE_TO);
	memcpy(&base[cpu], fake_ram + MOVE_TO, 4);
	memset(fake_ram + MOVE_TO, 0, 4);
	memset(fake_ram + 0x3fe00, 0xcc, SMM_SAVE_SIZE);	/* its state */
}

void lapic_send_smi(uint32_t id)
{
	uint32_t cpu = 0;

	assert_true(id != 4 && present[id]);
	for (uint32_t i = 0; i <= id; i++)
		cpu += present[i] && i != 4;
	smi_of(cpu);
}

static void command(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque;
	(void)port;
	assert_true(width == 1 && value != 0xf0 && value != 0xf1 && value != 2 && value != 3);
	smi_of(0);
}

static void start(enum chipset chipset, uint32_t cpus)
{
	fake_ram_reset(0x2000000);
	fake_alloc_reset();
	fake_timer_reset();
	fake_log_reset();
	fake_io_reset();
	fake_io_add(0xb2, 0xb2, NULL, command, NULL);
	for (uint32_t i = 0x30000; i < 0x40000; i++)
		fake_ram[i] = (uint8_t)(i * 13 + (i >> 8));
	memset(behind, 0xff, sizeof(behind));
	memset(base, 0, sizeof(base));
	memset(present, 0, sizeof(present));
	for (uint32_t i = 0; i < cpus; i++)
		present[4 + i] = true;
	machine = (struct machine){ .chipset = chipset, .pci = &tree, .cpus = cpus, .apic_id_limit = 200 };
	functions[0].class_revision = 0x02000000;
	functions[1].class_revision = 0x03000000;
	functions[1].lost = false;
	tree.count = 2;
	hides = possible = true;
	enabled = locked = smi_locked = false;
	smram = SHUT;
	smis = deaf_at = 0;
}

static uint32_t told(void)
{
	uint32_t on;

	memcpy(&on, fake_ram + SMM_CALL + SMM_CALL_ON, 4);
	return on;
}

static void assert_low_memory_untouched(void)
{
	for (uint32_t i = 0x30000; i < 0x40000; i++)
		assert_int_equal(fake_ram[i], (uint8_t)(i * 13 + (i >> 8)));
}

static void assert_off(bool q35)
{
	assert_false(told());
	assert_int_equal(smram, SHUT);
	assert_false(enabled);
	assert_int_equal(locked, q35);
	assert_low_memory_untouched();
}

static void assert_on(uint32_t cpus)
{
	assert_true(told() && enabled);
	assert_int_equal(smram, HIDDEN);
	assert_int_equal(locked, machine.chipset == CHIPSET_Q35);
	assert_int_equal(smis, 2 * cpus);
	assert_low_memory_untouched();
	assert_memory_equal(behind + 0x18000, smm_handler_image, IMAGE);
	for (uint32_t n = 0; n < cpus; n++) {
		uint32_t slot = n < 64 ? n : 63, entry = n ? 0xa0000 + slot * 0x400 : 0xb7c00;

		assert_int_equal(base[n], entry - 0x8000);
		assert_memory_equal(behind + entry - 0xa0000, smm_handler_image + SMM_STUB, SMM_PART);
	}
}

static void every_processor_gets_a_place_and_memory_stays(void **state)
{
	static const uint32_t counts[] = { 1, 2, 4, 63, 64, 65, 80 };

	(void)state;
	for (enum chipset c = CHIPSET_I440FX; c <= CHIPSET_Q35; c++)
		for (uint32_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
			start(c, counts[i]);
			smm_init();
			assert_on(counts[i]);
			assert_int_equal(fake_log_lines(), 0);
		}
}

static void a_wake_does_the_same_without_allocating(void **state)
{
	(void)state;
	start(CHIPSET_Q35, 4);
	smm_init();
	assert_on(4);
	locked = smi_locked = enabled = false;	/* by the reset */
	set_smram(SHUT);
	memset(behind, 0, sizeof(behind));	/* what a guest may have left where it is not locked */
	memset(base, 0, sizeof(base));
	machine.pci = NULL;
	fake_alloc_fail_at(1);
	smis = 0;
	smm_resume();
	assert_on(4);
	assert_true(smi_locked);
}

/* Nobody knows where a new one is, and it begins where the guest's memory is. */
static void a_wake_with_another_processor_switches_it_off(void **state)
{
	(void)state;
	for (enum chipset c = CHIPSET_I440FX; c <= CHIPSET_Q35; c++)
		for (uint32_t cpus = 3; cpus <= 5; cpus += 2) {
			start(c, 4);
			smm_init();
			locked = smi_locked = false;
			machine.cpus = cpus;
			smm_resume();
			assert_false(told() || enabled);
			assert_int_equal(smram, SHUT);
			assert_int_equal(locked, c == CHIPSET_Q35);
			assert_true(fake_log_has("4 before the sleep; SMIs stay off"));
		}
}

static void a_wake_without_it_locks_all_the_same(void **state)
{
	(void)state;
	start(CHIPSET_Q35, 1);
	tree.count = 1;
	smm_init();
	assert_off(true);
	locked = false;
	smm_resume();
	assert_off(true);
	assert_int_equal(smis, 0);
}

static void without_a_vga_nothing_is_set_up(void **state)
{
	(void)state;
	for (enum chipset c = CHIPSET_NONE; c <= CHIPSET_Q35; c++) {
		start(c, 2);
		tree.count = 1;
		smm_init();
		assert_off(c == CHIPSET_Q35);
		start(c, 2);
		functions[1].lost = true;
		smm_init();
		assert_off(c == CHIPSET_Q35);
		assert_int_equal(fake_log_lines(), 0);
	}
	start(CHIPSET_NONE, 2);
	machine.pci = NULL;
	smm_init();
	assert_off(false);
}

static void whatever_is_missing_is_one_line(void **state)
{
	(void)state;
	start(CHIPSET_Q35, 2);
	possible = false;
	enabled = true;			/* QEMU's mark: the port raises SMIs all the same */
	smm_init();
	assert_off(true);
	assert_true(fake_log_has("smm: the machine has none; SMIs are off"));
	start(CHIPSET_I440FX, 2);
	hides = false;
	smm_init();
	assert_off(false);
	assert_true(fake_log_has("smm: SMRAM is memory that everybody sees;"));
	start(CHIPSET_Q35, 3);
	present[6] = false;
	smm_init();
	assert_off(true);
	assert_true(fake_log_has("smm: 2 of 3 processors are known;"));
	start(CHIPSET_Q35, 3);
	fake_alloc_fail_at(1);
	smm_init();
	assert_off(true);
}

static void an_smi_that_does_not_come_ends_it(void **state)
{
	(void)state;
	for (uint32_t n = 1; n <= 9; n++) {
		start(n & 1 ? CHIPSET_Q35 : CHIPSET_I440FX, 4);
		deaf_at = n;
		smm_init();
		if (n == 9) {
			assert_on(4);
			continue;
		}
		assert_off(n & 1);
		assert_int_equal(smis, n);
		assert_int_equal(fake_log_lines(), 1);
		assert_true(fake_log_has("smm: no SMI has come;"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_processor_gets_a_place_and_memory_stays),
		cmocka_unit_test(a_wake_does_the_same_without_allocating),
		cmocka_unit_test(a_wake_with_another_processor_switches_it_off),
		cmocka_unit_test(a_wake_without_it_locks_all_the_same),
		cmocka_unit_test(without_a_vga_nothing_is_set_up),
		cmocka_unit_test(whatever_is_missing_is_one_line),
		cmocka_unit_test(an_smi_that_does_not_come_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/post/resume_test.c: by the code in CMOS, and by whether the machine was reset: a start like any other, a
 * wake, or back into a program; and what is written to devices before.
 * LINK: src/post/resume.c src/post/shutdown.c tests/fake/ram.c tests/fake/log.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/launch.h"
#include "arch/real_call.h"
#include "boot/rom/roms.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fw/facs.h"
#include "fw/fw_cfg.h"
#include "fw/table_loader.h"
#include "hw/block/block.h"
#include "hw/chipset/chipset.h"
#include "hw/cmos.h"
#include "hw/lapic.h"
#include "hw/pci/config.h"
#include "hw/pci/init.h"
#include "hw/pic.h"
#include "hw/reset.h"
#include "lib/errno.h"
#include "machine/machine.h"
#include "post/cpus.h"
#include "post/resume.h"
#include "post/start.h"
#include "smm/smm.h"
#include "std/cpuid.h"
#include "trace/timeline.h"

struct machine machine;
struct timeline timeline;

#define LETTERS 32
static char done[LETTERS];		/* a letter for each thing that was done, in order */
static jmp_buf left;
static uint8_t cmos_code;
static bool was_reset;
static struct facs_vector vector;
static int facs;

static void note(char letter)
{
	size_t len = strlen(done);

	assert_true(len < LETTERS - 1);
	done[len] = letter;
}

static void __attribute__((noreturn)) leave(char letter)
{
	note(letter);
	longjmp(left, 1);
}

uint8_t cmos_read(uint8_t reg)
{
	assert_int_equal(reg, CMOS_SHUTDOWN_CODE);
	return cmos_code;
}

void cmos_write(uint8_t reg, uint8_t value)
{
	assert_int_equal(reg, CMOS_SHUTDOWN_CODE);
	assert_int_equal(value, 0);
	cmos_code = 0;
	note('0');
}

void pci_config_forget(void) { note('a'); }
void fw_cfg_forget(void) { note('b'); }
void chipset_resume(void) { note('c'); }
void pci_resume(void) { note('d'); }
void pic_init(uint16_t open) { assert_int_equal(open, 0); note('e'); }
void cpus_resume(void) { note('f'); }
void smm_resume(void) { note('m'); }
void table_loader_resume(void) { note('g'); }
void block_lost(void) { note('l'); }
void roms_resume(void) { note('h'); }
void shadow_lock(enum chipset chipset) { assert_int_equal(chipset, CHIPSET_Q35); note('i'); }
void pic_end_of_interrupt(void) { note('E'); }
void lapic_wire_again(void) { note('L'); }
bool start_was_reset(void) { return was_reset; }
void hard_reset(void) { leave('R'); }
void launch_linux32(uint32_t entry, uint32_t params) { assert_int_equal(entry, 0x1234567); (void)params; leave('P'); }
void launch_real(uint32_t target) { assert_int_equal(target, 0x09a10002); leave('W'); }
void launch_real_stack(uint32_t stack, uint32_t how) { (void)stack; leave((char)('1' + how)); }
void real_call_abandon(void (*next)(void)) { note('!'); next(); leave('?'); }

void shadow_lock_again(enum chipset chipset)
{
	assert_int_equal(chipset, CHIPSET_Q35);
	note('S');
}

int facs_read(uint32_t rsdp, uint32_t ram_end, struct facs_vector *found)
{
	(void)rsdp, (void)ram_end;
	*found = vector;
	return facs;
}

static const char *start_with(uint8_t code)
{
	memset(done, 0, sizeof(done));
	cmos_code = code;
	if (!setjmp(left))
		resume();
	return done;
}

static int setup(void **state)
{
	(void)state;
	fake_ram_reset(2 << 20);
	machine.chipset = CHIPSET_Q35;
	machine.cpu_features = CPUID_1_EDX_APIC;
	was_reset = false;
	facs = 0;
	vector = (struct facs_vector){ .real = 0x9a12 };
	return 0;
}

static void other_codes_are_a_start_like_any_other(void **state)
{
	(void)state;
	for (unsigned int reset = 0; reset < 2; reset++)
		for (unsigned int code = 0; code < 0x100; code++) {
			if (code == 0x05 || (code >= 0x09 && code <= 0x0c) || code == 0xfe)
				continue;
			was_reset = reset;
			assert_string_equal(start_with((uint8_t)code), "");
			assert_int_equal(cmos_code, code);	/* POST tells of it */
		}
}

static void after_an_init_devices_are_left_alone(void **state)
{
	(void)state;
	assert_string_equal(start_with(0x05), "0LSE4");
	assert_string_equal(start_with(0x09), "0LS3");
	assert_string_equal(start_with(0x0a), "0LS4");
	assert_string_equal(start_with(0x0b), "0LS2");
	assert_string_equal(start_with(0x0c), "0LS1");
	machine.cpu_features = 0;
	assert_string_equal(start_with(0x0a), "0S4");
}

/* Whoever was in the middle of a service then is no more: its devices have forgotten it. */
static void after_a_reset_they_are_as_after_a_wake(void **state)
{
	(void)state;
	was_reset = true;
	assert_string_equal(start_with(0x05), "0!abcdefmglhiE4");
	assert_string_equal(start_with(0x09), "0!abcdefmglhi3");
	assert_string_equal(start_with(0x0a), "0!abcdefmglhi4");
	assert_string_equal(start_with(0x0b), "0!abcdefmglhi2");
	assert_string_equal(start_with(0x0c), "0!abcdefmglhi1");
}

static void a_wake_goes_to_the_vector_or_is_a_restart(void **state)
{
	(void)state;
	assert_string_equal(start_with(0xfe), "");	/* an INIT: devices run */
	was_reset = true;
	assert_string_equal(start_with(0xfe), "!0abcdefmglhiW");
	vector.flat = 0x1234567;
	assert_string_equal(start_with(0xfe), "!0abcdefmglhiP");
	facs = -EINVAL;
	assert_string_equal(start_with(0xfe), "!0R");	/* no device is brought up for nobody */
}

/* Its memory is not ours to save: it is told. */
static void who_came_by_pvh_is_told_what_the_reset_did(void **state)
{
	static const char said[] = "QEMU has loaded the PVH kernel anew";

	(void)state;
	was_reset = true;
	for (uint32_t i = 0; i < 2; i++) {
		timeline.plan = TIMELINE_PLAN_KERNEL | i * TIMELINE_PLAN_PVH;
		fake_log_reset();
		assert_string_equal(start_with(0xfe), "!0abcdefmglhiW");
		assert_int_equal(fake_log_has(said), i);
	}
	timeline.plan = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(who_came_by_pvh_is_told_what_the_reset_did, setup),
		cmocka_unit_test_setup(other_codes_are_a_start_like_any_other, setup),
		cmocka_unit_test_setup(after_an_init_devices_are_left_alone, setup),
		cmocka_unit_test_setup(after_a_reset_they_are_as_after_a_wake, setup),
		cmocka_unit_test_setup(a_wake_goes_to_the_vector_or_is_a_restart, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

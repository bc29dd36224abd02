/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/services/apm_test.c: what 32-bit code does for Advanced Power Management.
 * LINK: src/services/apm.c tests/fake/io.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "fake/io.h"
#include "fake/log.h"
#include "machine/machine.h"
#include "rt16/apm.h"
#include "services/apm.h"

struct machine machine;
struct apm_state rt16_apm_state;
extern uint16_t rt16_pm_apm_pm1a;
uint16_t rt16_pm_apm_pm1a;

static uint32_t control;

static uint32_t pm1a_in(void *opaque, uint16_t port, unsigned int width)
{
	(void)opaque;
	assert_int_equal(port, 0x604);
	assert_int_equal(width, 2);
	return control;
}

static int set_up(void **state)
{
	(void)state;
	fake_io_reset();
	fake_log_reset();
	machine.chipset = CHIPSET_Q35;
	return 0;
}

static void refuse(void)
{
	struct regs r = { .flags = FLAGS_FIXED, .eax = 0x11115307, .ebx = 1, .ecx = 3, .edx = 0x4444dddd };

	apm_not_off(&r);
	assert_int_equal(r.eax, 0x11116007);
	assert_int_equal(r.flags, FLAGS_FIXED | FLAGS_CF);
	assert_int_equal(r.ebx, 1);
	assert_int_equal(r.ecx, 3);
	assert_int_equal(r.edx, 0x4444dddd);
}

static void the_port_is_the_chipsets(void **state)
{
	(void)state;
	for (machine.chipset = CHIPSET_NONE; machine.chipset <= CHIPSET_Q35; machine.chipset++) {
		apm_init();
		assert_int_equal(rt16_pm_apm_pm1a, machine.chipset == CHIPSET_NONE ? 0 : 0x604);
	}
	assert_int_equal(fake_io_accesses(), 0);
}

static void without_a_chipset_nobody_is_asked(void **state)
{
	(void)state;
	machine.chipset = CHIPSET_NONE;
	refuse();
	assert_int_equal(fake_io_accesses(), 0);
	assert_true(fake_log_has("apm: off: this machine has no power-management registers"));
}

static void a_port_that_nobody_decodes_is_told(void **state)
{
	(void)state;
	refuse();
	assert_true(fake_log_has("apm: off: PM1 control at port 604 reads ffff, there is none"));
}

static void a_machine_that_stays_on_is_told(void **state)
{
	(void)state;
	fake_io_add(0x604, 0x605, pm1a_in, NULL, NULL);
	control = 1;
	refuse();
	assert_true(fake_log_has("apm: off: written to PM1 control at port 604, and the machine is on"));
}

static void the_next_program_finds_nothing_connected(void **state)
{
	(void)state;
	rt16_apm_state = (struct apm_state){ APM_32, 0x0102, APM_DISABLED | APM_DISENGAGED };
	apm_abandon();
	assert_int_equal(rt16_apm_state.connection, 0);
	assert_int_equal(rt16_apm_state.flags, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_port_is_the_chipsets, set_up),
		cmocka_unit_test_setup(without_a_chipset_nobody_is_asked, set_up),
		cmocka_unit_test_setup(a_port_that_nobody_decodes_is_told, set_up),
		cmocka_unit_test_setup(a_machine_that_stays_on_is_told, set_up),
		cmocka_unit_test_setup(the_next_program_finds_nothing_connected, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/post/start_test.c: the kind of start is told without touching memory, and CMOS is
 * asked only when something has run before; an INIT is told from a reset, whatever is in memory, and once.
 * LINK: src/post/start.c tests/fake/ram.c tests/fake/io.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "fake/io.h"
#include "fake/ram.h"
#include "hw/cmos.h"
#include "machine/machine.h"
#include "post/start.h"

struct machine machine;

static uint8_t cmos[128];
static unsigned int reads, writes;
static uint8_t elcr2;
static uint8_t pmregmisc, acpi_ctrl;	/* 0xff: there is no such function */
static uint32_t piix4, ich9;		/* vendor and device id of what is in that place */
static uint32_t config_address;
static bool read_only;			/* what is in the place of the first of them */
static unsigned int config_writes;
static unsigned int looks;		/* at ELCR2 or at one of these */

static uint32_t elcr_in(void *opaque, uint16_t port, unsigned int width)
{
	(void)opaque;
	(void)port;
	assert_int_equal(width, 1);
	looks++;
	return elcr2;
}

static void config_out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque;
	(void)port;
	assert_int_equal(width, 4);
	config_address = value;
}

static uint8_t *config_register(void)
{
	if (config_address == 0x80000b80)	/* 00:01.3 of i440fx machines */
		return &pmregmisc;
	assert_int_equal(config_address, 0x8000f844);	/* 00:1f.0 of q35 */
	return &acpi_ctrl;
}

/* A register that is there is written. */
static void config_data_out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque;
	(void)port;
	assert_int_equal(width, 1);
	config_writes++;
	if (*config_register() != 0xff && !read_only)
		*config_register() = (uint8_t)value;
}

static void elcr_out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque;
	(void)port;
	assert_int_equal(width, 1);
	if (elcr2 != 0xff)
		elcr2 = (uint8_t)value;
}

static uint32_t config_in(void *opaque, uint16_t port, unsigned int width)
{
	(void)opaque;
	(void)port;
	looks++;
	if (width == 4) {
		assert_true(config_address == 0x80000b00 || config_address == 0x8000f800);
		if (config_address == 0x80000b00)
			return pmregmisc == 0xff ? ~0u : piix4;
		return acpi_ctrl == 0xff ? ~0u : ich9;
	}
	assert_int_equal(width, 1);
	return *config_register();
}

/* The module under test uses these two; src/hw/cmos.c has its own test. */
uint8_t cmos_read(uint8_t reg)
{
	reads++;
	return cmos[reg];
}

void cmos_write(uint8_t reg, uint8_t value)
{
	writes++;
	cmos[reg] = value;
}

static int setup(void **state)
{
	(void)state;
	fake_ram_reset(1 << 20);
	memset(cmos, 0, sizeof(cmos));
	reads = writes = looks = config_writes = 0;
	elcr2 = 0;
	pmregmisc = acpi_ctrl = 0xff;
	piix4 = 0x71138086;
	ich9 = 0x29188086;
	read_only = false;
	fake_io_reset();
	fake_io_add(0x4d1, 0x4d1, elcr_in, elcr_out, NULL);
	fake_io_add(0xcf8, 0xcf8, NULL, config_out, NULL);
	fake_io_add(0xcfc, 0xcfc, config_in, config_data_out, NULL);
	return 0;
}

static enum start_kind start(enum chipset chipset, uint8_t *code)
{
	uint8_t *before = malloc(fake_ram_size);
	enum start_kind kind;

	memcpy(before, fake_ram, fake_ram_size);
	machine.chipset = chipset;
	kind = start_kind(code);
	assert_memory_equal(before, fake_ram, fake_ram_size);
	free(before);
	return kind;
}

static void zero_ram_is_a_cold_start_and_cmos_is_not_asked(void **state)
{
	uint8_t code;

	(void)state;
	cmos[0x0f] = 0xfe;
	pmregmisc = acpi_ctrl = 0;
	assert_int_equal(start(CHIPSET_I440FX, &code), START_COLD);
	assert_int_equal(start(CHIPSET_Q35, &code), START_COLD);
	assert_int_equal(looks, 2);
	pmregmisc = 0xff;
	assert_int_equal(start(CHIPSET_I440FX, &code), START_COLD);
	assert_int_equal(looks, 4);
	assert_int_equal(start(CHIPSET_NONE, &code), START_COLD);
	assert_int_equal(looks, 4);
	assert_int_equal(reads + writes, 0);
}

static void zero_ram_does_not_hide_a_machine_that_was_not_reset(void **state)
{
	static const enum chipset kinds[] = { CHIPSET_I440FX, CHIPSET_Q35 };
	uint8_t code;

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		setup(NULL);
		pmregmisc = 0x01;
		acpi_ctrl = 0x80;
		assert_int_equal(start(kinds[i], &code), START_INIT);
		pmregmisc = acpi_ctrl = 0;	/* the hard reset works, and nothing else tells of it */
		assert_int_equal(start(kinds[i], &code), START_COLD);
		pmregmisc = acpi_ctrl = 0xff;
		elcr2 = 0x0c;
		assert_int_equal(start(kinds[i], &code), START_INIT);
		elcr2 = 0;
		assert_int_equal(start(kinds[i], &code), START_COLD);
		elcr2 = 0x0c;
		cmos[0x0f] = 0x0a;		/* asked for with the processor's INIT */
		assert_int_equal(start(kinds[i], &code), START_SHUTDOWN_CODE);
		assert_int_equal(code, 0x0a);
		assert_int_equal(cmos[0x0f], 0);
	}
}

static void either_sign_alone_makes_it_ask_cmos(void **state)
{
	uint8_t code;

	(void)state;
	fake_ram[0x40f] = 0x9f;
	assert_int_equal(start(CHIPSET_Q35, &code), START_RESET);
	fake_ram[0x40f] = 0;
	fake_ram[0xffff7] = '/';
	assert_int_equal(start(CHIPSET_Q35, &code), START_RESET);
	assert_int_equal(reads, 2);
	assert_int_equal(writes, 0);
}

static void the_image_itself_is_no_sign_without_shadow_ram(void **state)
{
	uint8_t code;

	(void)state;
	memcpy(fake_ram + 0xffff5, "06/23/99", 8);
	assert_int_equal(start(CHIPSET_NONE, &code), START_COLD);
	assert_int_equal(reads, 0);
}

static void a_wake_is_told_and_its_code_cleared(void **state)
{
	uint8_t code;

	(void)state;
	fake_ram[0x40f] = 0x9f;
	cmos[0x0f] = 0xfe;
	assert_int_equal(start(CHIPSET_I440FX, &code), START_S3_WAKE);
	assert_int_equal(cmos[0x0f], 0);
}

static void other_codes_are_reported(void **state)
{
	uint8_t code;

	(void)state;
	fake_ram[0x40f] = 0x9f;
	for (unsigned int c = 1; c < 0xfe; c++) {
		cmos[0x0f] = (uint8_t)c;
		assert_int_equal(start(CHIPSET_I440FX, &code), START_SHUTDOWN_CODE);
		assert_int_equal(code, c);
		assert_int_equal(cmos[0x0f], 0);
	}
}

static void a_machine_without_cmos_is_a_reset(void **state)
{
	uint8_t code;

	(void)state;
	fake_ram[0x40f] = 0x9f;
	memset(cmos, 0xff, sizeof(cmos));
	assert_int_equal(start(CHIPSET_NONE, &code), START_RESET);
	assert_int_equal(writes, 0);
}

static void a_machine_that_was_not_reset_is_told_once(void **state)
{
	uint8_t code;

	(void)state;
	fake_ram[0x40f] = 0x9f;
	for (unsigned int i = 0; i < 3; i++) {
		elcr2 = 0x0c;
		assert_int_equal(start(CHIPSET_I440FX, &code), START_INIT);
		assert_int_equal(code, 0);
		elcr2 = 0;			/* the hard reset works */
		assert_int_equal(start(CHIPSET_I440FX, &code), START_RESET);
	}
}

static void power_management_that_is_decoded_tells_whatever_the_pic_says(void **state)
{
	uint8_t code;

	(void)state;
	fake_ram[0x40f] = 0x9f;
	for (unsigned int elcr = 0; elcr < 2; elcr++) {
		elcr2 = elcr ? 0xff : 0;	/* a guest wrote it, or there is no PIC */
		pmregmisc = 0x01;
		acpi_ctrl = 0x80;
		assert_int_equal(start(CHIPSET_I440FX, &code), START_INIT);
		pmregmisc = 0;
		assert_int_equal(start(CHIPSET_I440FX, &code), START_RESET);
		assert_int_equal(start(CHIPSET_Q35, &code), START_INIT);
		acpi_ctrl = 0;
		assert_int_equal(start(CHIPSET_Q35, &code), START_RESET);
	}
	elcr2 = 0x0c;
	acpi_ctrl = 0;
	assert_int_equal(start(CHIPSET_Q35, &code), START_RESET);
}

static void no_boot_loop_where_a_hard_reset_changes_nothing(void **state)
{
	uint8_t code;

	(void)state;
	fake_ram[0x40f] = 0x9f;
	elcr2 = 0x0c;
	assert_int_equal(start(CHIPSET_Q35, &code), START_INIT);
	assert_int_equal(start(CHIPSET_Q35, &code), START_RESET);
	pmregmisc = 0x01;
	assert_int_equal(start(CHIPSET_I440FX, &code), START_INIT);
	assert_int_equal(start(CHIPSET_I440FX, &code), START_RESET);
	acpi_ctrl = 0x80;
	assert_int_equal(start(CHIPSET_Q35, &code), START_INIT);
	assert_int_equal(start(CHIPSET_Q35, &code), START_RESET);
}

static void power_management_that_stays_decoded_is_no_boot_loop_either(void **state)
{
	uint8_t code;

	(void)state;
	read_only = true;
	pmregmisc = 0x01;
	assert_int_equal(start(CHIPSET_I440FX, &code), START_RESET);
	assert_int_equal(start(CHIPSET_I440FX, &code), START_RESET);
}

/* -machine acpi=off -device ich9-ahci,addr=1.3: a capability of id 5 is there. */
static void another_device_in_the_place_of_power_management_is_neither_believed_nor_written(void **state)
{
	static const enum chipset kinds[] = { CHIPSET_I440FX, CHIPSET_Q35 };
	uint8_t code;

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		setup(NULL);
		piix4 = ich9 = 0x29228086;
		pmregmisc = 0x05;
		acpi_ctrl = 0x85;
		assert_int_equal(start(kinds[i], &code), START_COLD);
		fake_ram[0x40f] = 0x9f;
		assert_int_equal(start(kinds[i], &code), START_RESET);
		elcr2 = 0x0c;
		assert_int_equal(start(kinds[i], &code), START_INIT);
		assert_int_equal(elcr2, 0);	/* the question is asked once */
		assert_int_equal(start(kinds[i], &code), START_RESET);
		elcr2 = 0xff;
		assert_int_equal(start(kinds[i], &code), START_RESET);
		assert_int_equal(config_writes, 0);
		assert_int_equal(pmregmisc, 0x05);
		assert_int_equal(acpi_ctrl, 0x85);
	}
}

static void a_machine_that_cannot_tell_was_reset(void **state)
{
	uint8_t code;

	(void)state;
	fake_ram[0x40f] = 0x9f;
	elcr2 = 0xff;
	assert_int_equal(start(CHIPSET_Q35, &code), START_RESET);
	elcr2 = 0x0c;
	looks = 0;
	assert_int_equal(start(CHIPSET_NONE, &code), START_RESET);
	assert_int_equal(looks, 0);
}

static void a_code_goes_before_the_question(void **state)
{
	uint8_t code;

	(void)state;
	fake_ram[0x40f] = 0x9f;
	elcr2 = 0x0c;
	cmos[0x0f] = 0x0a;
	assert_int_equal(start(CHIPSET_Q35, &code), START_SHUTDOWN_CODE);
	cmos[0x0f] = 0xfe;
	assert_int_equal(start(CHIPSET_Q35, &code), START_S3_WAKE);
}

/* For a return to a program: asked, and nothing is changed by the question. */
static void whether_the_machine_was_reset_can_be_asked_again(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		machine.chipset = CHIPSET_I440FX;
		pmregmisc = 0x01;
		assert_false(start_was_reset());
		pmregmisc = 0x00;
		assert_true(start_was_reset());
		machine.chipset = CHIPSET_Q35;
		acpi_ctrl = 0x80;
		assert_false(start_was_reset());
		acpi_ctrl = 0xff;
		elcr2 = 0x0c;
		assert_false(start_was_reset());
		elcr2 = 0;
		assert_true(start_was_reset());
	}
	assert_int_equal(config_writes, 0);
	assert_int_equal(reads + writes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(zero_ram_is_a_cold_start_and_cmos_is_not_asked, setup),
		cmocka_unit_test_setup(zero_ram_does_not_hide_a_machine_that_was_not_reset, setup),
		cmocka_unit_test_setup(either_sign_alone_makes_it_ask_cmos, setup),
		cmocka_unit_test_setup(the_image_itself_is_no_sign_without_shadow_ram, setup),
		cmocka_unit_test_setup(a_wake_is_told_and_its_code_cleared, setup),
		cmocka_unit_test_setup(other_codes_are_reported, setup),
		cmocka_unit_test_setup(a_machine_without_cmos_is_a_reset, setup),
		cmocka_unit_test_setup(a_machine_that_was_not_reset_is_told_once, setup),
		cmocka_unit_test_setup(power_management_that_is_decoded_tells_whatever_the_pic_says, setup),
		cmocka_unit_test_setup(no_boot_loop_where_a_hard_reset_changes_nothing, setup),
		cmocka_unit_test_setup(power_management_that_stays_decoded_is_no_boot_loop_either, setup),
		cmocka_unit_test_setup(another_device_in_the_place_of_power_management_is_neither_believed_nor_written, setup),
		cmocka_unit_test_setup(a_machine_that_cannot_tell_was_reset, setup),
		cmocka_unit_test_setup(a_code_goes_before_the_question, setup),
		cmocka_unit_test_setup(whether_the_machine_was_reset_can_be_asked_again, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

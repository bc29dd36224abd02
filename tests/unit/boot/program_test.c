/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/program_test.c: what a first sector is read and started with, and why it is not.
 * LINK: tests/fake/screen.c
 * LINK: tests/fake/boot_watchdog.c src/boot/program.c tests/fake/ram.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/real_call.h"
#include "boot/program.h"
#include "fake/boot_watchdog.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "services/guest.h"
#include "services/keyboard.h"

#define INT_13	0xf0001234u

static uint32_t keys_forgotten;

void keyboard_forget(void)
{
	keys_forgotten++;
}

static struct block block = { .description = "a disk" };
static struct drive drive = { .block = &block, .number = 0x81 };
static struct regs read_with, started_with;
static uint32_t reads, starts, started_at;
static uint8_t answers[2];		/* of INT 13h, in AH */
static uint16_t signature;

void real_call(struct regs *regs, uint32_t target)
{
	assert_int_equal(target, INT_13);
	assert_string_equal(fake_boot_watchdog, "");
	assert_true(reads < ARRAY_SIZE(answers));
	read_with = *regs;
	regs->ah = answers[reads];
	regs->flags = answers[reads++] ? FLAGS_CF : 0;
	assert_int_equal(get_le16(fake_ram + BOOT_ADDRESS + 510), 0);	/* nothing that an earlier try has left */
	put_le16(fake_ram + BOOT_ADDRESS + 510, signature);
}

void real_start(struct regs *regs, uint32_t target)
{
	started_with = *regs;
	assert_string_equal(fake_boot_watchdog, "end ");	/* it is not the firmware's time any more */
	started_at = target;
	starts++;
	assert_int_equal(keys_forgotten, starts);	/* before it */
}

static int set_up(void **state)
{
	(void)state;
	fake_ram_reset(1 << 20);
	fake_boot_watchdog[0] = '\0';
	fake_log_reset();
	guest_set_vector(0x13, INT_13);
	put_le16(fake_ram + BOOT_ADDRESS + 510, 0xaa55);
	memset(answers, 0, sizeof(answers));
	reads = starts = keys_forgotten = 0;
	signature = BOOT_SIGNATURE;
	block.removable = program_started = false;
	return 0;
}

static void assert_started(uint8_t number)
{
	assert_int_equal(read_with.ax, 0x0201);
	assert_int_equal(read_with.cx, 1);
	assert_int_equal(read_with.dx, number);
	assert_int_equal(read_with.bx, BOOT_ADDRESS);
	assert_int_equal(read_with.es, 0);
	assert_int_equal(starts, 1);
	assert_int_equal(started_at, BOOT_ADDRESS);
	assert_int_equal(started_with.eax, BOOT_SIGNATURE);
	assert_int_equal(started_with.edx, number);
	assert_int_equal(started_with.ss, 0);
	assert_in_range(started_with.esp, 0x1000, BOOT_ADDRESS);
	assert_int_equal(started_with.flags & FLAGS_IF, FLAGS_IF);
	assert_true(program_started);
}

static void a_drive_and_a_number_are_started_alike(void **state)
{
	assert_string_equal(program_boot_sector(&drive, false), "its program came back");
	assert_started(0x81);
	assert_true(fake_log_has("boot: drive 81: a disk"));
	set_up(state);
	assert_string_equal(program_boot_number(0x82, "a ROM's"), "its program came back");
	assert_started(0x82);
	assert_true(fake_log_has("boot: drive 82: a ROM's"));
}

static void what_cannot_be_read_is_not_started(void **state)
{
	(void)state;
	answers[0] = 0x80;
	assert_string_equal(program_boot_sector(&drive, true), "its first sector cannot be read");
	assert_int_equal(reads, 1);
	assert_int_equal(starts, 0);
	assert_false(program_started);
	assert_true(fake_log_has("boot: drive 81: a disk: first sector: INT 13h answers 80"));
}

static void removable_media_have_a_second_try(void **state)
{
	for (uint32_t second = 0; second < 2; second++) {
		set_up(state);
		block.removable = true;
		answers[0] = 0x06;
		answers[1] = second ? 0x31 : 0;
		program_boot_sector(&drive, false);
		assert_int_equal(reads, 2);
		assert_int_equal(starts, !second);
	}
}

static void the_signature_counts_unless_it_need_not(void **state)
{
	(void)state;
	signature = 0x55aa;
	assert_string_equal(program_boot_sector(&drive, false), "no boot sector");
	assert_string_equal(program_boot_number(0x80, "x"), "no boot sector");
	assert_int_equal(starts, 0);
	assert_true(fake_log_has("signature is 55aa, not aa55"));
	reads = 0;
	assert_string_equal(program_boot_sector(&drive, true), "its program came back");
	assert_int_equal(starts, 1);
}

static void a_hook_is_started_as_an_interrupt_would(void **state)
{
	(void)state;
	program_start_hook(0xc8000010);
	assert_int_equal(started_at, 0xc8000010);
	assert_int_equal(started_with.ss, 0);
	assert_in_range(started_with.esp, 0x1000, BOOT_ADDRESS);
	assert_true(program_started);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_drive_and_a_number_are_started_alike, set_up),
		cmocka_unit_test_setup(what_cannot_be_read_is_not_started, set_up),
		cmocka_unit_test_setup(removable_media_have_a_second_try, set_up),
		cmocka_unit_test_setup(the_signature_counts_unless_it_need_not, set_up),
		cmocka_unit_test_setup(a_hook_is_started_as_an_interrupt_would, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

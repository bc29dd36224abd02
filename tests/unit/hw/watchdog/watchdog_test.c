/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/watchdog/watchdog_test.c: both watchdogs, against models of QEMU's: how long they wait, what sets them
 * back, what they are left as, which of them is taken, and what is said of one that is locked, absent, or does not do
 * as it is told.
 * LINK: src/hw/watchdog/watchdog.c src/hw/watchdog/i6300esb.c src/hw/watchdog/tco.c
 * LINK: src/hw/pci/config.c src/hw/pci/config_alone.c
 * LINK: tests/fake/watchdog.c tests/fake/io.c tests/fake/log.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "hw/watchdog/watchdog.h"
#include "fake/io.h"
#include "fake/log.h"
#include "fake/watchdog.h"
#include "hw/pci/tree.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "machine/machine.h"

struct machine machine;

static struct watchdog used;

static struct pci_function functions[3];
static struct pci_tree tree = { .function = functions };

/* A start: all variables are 0, the devices are as the reset has left them. */
static void start_machine(void)
{
	memset(&used, 0, sizeof(used));
	memset(&machine, 0, sizeof(machine));
	machine.chipset = CHIPSET_Q35;
	pci_config_use_mmconfig(0);
	fake_log_reset();
}

static int set_up(void **state)
{
	(void)state;
	fake_io_reset();
	fake_watchdog_reset();
	start_machine();
	return 0;
}

enum which { ESB, TCO, BOTH_KINDS };

static void set_up_with(enum which which)
{
	set_up(NULL);
	if (which == ESB)
		fake_watchdog_add_esb(PCI_BDF(0, 4, 0));
	else
		fake_watchdog_add_tco();
}

/* PCI has been set up: functions have numbers and places, and decode or do not. */
static void pci_is_there(uint32_t bar, bool decodes)
{
	machine.pci = &tree;
	tree.count = 0;
	functions[tree.count++] = (struct pci_function){ .id = 0x29c08086, .bdf = 0 };
	if (fake_watchdog.esb.there)
		functions[tree.count++] = (struct pci_function){ .id = 0x25ab8086, .bdf = fake_watchdog.esb.bdf };
	if (fake_watchdog.tco.bridge)
		functions[tree.count++] = (struct pci_function){ .id = 0x29188086, .bdf = PCI_BDF(0, 31, 0) };
	fake_watchdog.esb.bar = bar;
	fake_watchdog.esb.command = decodes ? PCI_COMMAND_MEMORY : 0;
}

/* It resets after as many seconds as were asked for, TCO up to a tick of each stage later, and not before. */
static void it_waits_as_long_as_asked(void **state)
{
	static const uint32_t seconds[] = { 3, 4, 5, 10, 59, 60, 600, 1199, 1200 };

	(void)state;
	for (enum which which = ESB; which < BOTH_KINDS; which++)
		for (uint32_t i = 0; i < ARRAY_SIZE(seconds); i++) {
			uint32_t limit = seconds[i] * 1000;

			set_up_with(which);
			fake_watchdog.esb.configuration = 0x27;	/* whatever somebody has left */
			fake_watchdog.tco.stage = 1;
			assert_int_equal(watchdog_arm(&used, seconds[i]), 0);
			assert_true(fake_watchdog_runs());
			fake_watchdog_pass(limit - limit / 500 - 2);	/* units are 0.1 % less than was asked for */
			assert_int_equal(fake_watchdog.resets, 0);
			fake_watchdog_pass(limit / 500 + (which == TCO ? 1201 : 4));
			assert_int_equal(fake_watchdog.resets, 1);
			assert_int_equal(fake_watchdog.strange, 0);
		}
}

static void it_is_set_back_for_ever(void **state)
{
	(void)state;
	for (enum which which = ESB; which < BOTH_KINDS; which++)
		for (uint32_t wait = 500; wait <= 3900; wait += 425) {	/* also in the second stage */
			set_up_with(which);
			assert_int_equal(watchdog_arm(&used, 4), 0);
			for (uint32_t n = 0; n < 20; n++) {
				fake_watchdog_pass(wait);
				watchdog_feed(&used);
			}
			assert_int_equal(fake_watchdog.resets, 0);
			fake_watchdog_pass(5500);
			assert_int_equal(fake_watchdog.resets, 1);
		}
}

static void once_stopped_it_stands_still_and_is_as_it_was(void **state)
{
	(void)state;
	for (enum which which = ESB; which < BOTH_KINDS; which++) {
		struct fake_watchdog was;

		set_up_with(which);
		fake_watchdog.esb.configuration = 0x24;
		was = fake_watchdog;
		assert_int_equal(watchdog_arm(&used, 10), 0);
		assert_non_null(watchdog_name(&used));
		fake_watchdog_pass(9500);
		assert_int_equal(watchdog_stop(&used), 0);
		assert_null(watchdog_name(&used));
		assert_false(fake_watchdog_runs());
		fake_watchdog_pass(30000);
		assert_int_equal(fake_watchdog.resets, 0);
		assert_int_equal(fake_watchdog.esb.bar, was.esb.bar);
		assert_int_equal(fake_watchdog.esb.command, was.esb.command);
		assert_int_equal(fake_watchdog.esb.configuration, was.esb.configuration);
		assert_int_equal(fake_watchdog.esb.lock, was.esb.lock);
		assert_int_equal(fake_watchdog.tco.timer, was.tco.timer);
		assert_int_equal(fake_watchdog.tco.gcs, was.tco.gcs);
		assert_int_equal(fake_watchdog.tco.control, which == TCO ? 0x0800 : 0);
		watchdog_feed(&used);			/* nothing runs */
		assert_int_equal(watchdog_stop(&used), 0);
		assert_false(fake_watchdog_runs());
	}
}

static void what_was_stopped_can_start_again(void **state)
{
	(void)state;
	assert_int_equal(watchdog_start_again(&used, 4), -ENODEV);
	for (enum which which = ESB; which < BOTH_KINDS; which++) {
		set_up_with(which);
		assert_int_equal(watchdog_arm(&used, 600), 0);
		assert_int_equal(watchdog_start_again(&used, 4), 0);	/* it runs, as long as it was told */
		fake_watchdog_pass(10000);
		assert_int_equal(fake_watchdog.resets, 0);
		assert_int_equal(watchdog_stop(&used), 0);
		assert_int_equal(watchdog_start_again(&used, 4), 0);
		fake_watchdog_pass(5500);
		assert_int_equal(fake_watchdog.resets, 1);
	}
}

/* BARs are moved about, and nothing decodes: what was started before is fed and stopped all the same. */
static void pci_may_take_its_memory_away(void **state)
{
	(void)state;
	set_up_with(ESB);
	assert_int_equal(watchdog_arm(&used, 4), 0);
	for (uint32_t n = 0; n < 5; n++) {
		pci_is_there(n & 1 ? 0xfebf1000 : 0xffffffff, false);
		fake_watchdog_pass(3000);
		watchdog_feed(&used);
	}
	assert_int_equal(watchdog_arm(&used, 4), 0);		/* and none is better */
	assert_int_equal(fake_watchdog.resets, 0);
	assert_int_equal(watchdog_stop(&used), 0);
	assert_false(fake_watchdog_runs());
}

static void behind_a_bridge_it_is_found_when_pci_is_there(void **state)
{
	(void)state;
	for (uint32_t decodes = 0; decodes < 2; decodes++) {
		set_up(state);
		fake_watchdog_add_esb(PCI_BDF(2, 3, 0));
		assert_int_equal(watchdog_arm(&used, 4), -ENODEV);
		pci_is_there(0xfea01000, decodes);
		assert_int_equal(watchdog_arm(&used, 4), 0);
		assert_int_equal(fake_watchdog.esb.bar, 0xfea01000);
		assert_int_equal(fake_watchdog.esb.command, decodes ? PCI_COMMAND_MEMORY : 0);
		fake_watchdog_pass(4100);
		assert_int_equal(fake_watchdog.resets, 1);
	}
	set_up(state);				/* it was given no place */
	fake_watchdog_add_esb(PCI_BDF(2, 3, 0));
	pci_is_there(0, true);
	assert_int_equal(watchdog_arm(&used, 4), -EIO);
	assert_true(fake_log_has("watchdog: i6300esb: BAR 0 is 0x0: its registers are not there; not used"));
	assert_int_equal(fake_watchdog.esb.bar, 0);
	assert_false(fake_watchdog_runs());
}

/* Who has put one into the machine means it; TCO is in every q35. */
static void the_i6300esb_comes_first(void **state)
{
	(void)state;
	set_up_with(TCO);
	fake_watchdog_add_esb(PCI_BDF(0, 4, 0));
	assert_int_equal(watchdog_arm(&used, 4), 0);
	assert_string_equal(watchdog_name(&used), "i6300esb");
	assert_int_equal(fake_watchdog.tco.end, 0);

	set_up_with(TCO);
	fake_watchdog_add_esb(PCI_BDF(2, 4, 0));
	assert_int_equal(watchdog_arm(&used, 4), 0);
	assert_string_equal(watchdog_name(&used), "ICH9 TCO");
	pci_is_there(0xfea01000, false);
	assert_int_equal(watchdog_arm(&used, 4), 0);
	assert_string_equal(watchdog_name(&used), "i6300esb");
	assert_true(fake_watchdog.esb.end != 0);
	assert_int_equal(fake_watchdog.tco.end, 0);	/* one is enough */
	assert_int_equal(fake_watchdog.tco.gcs, 0x20);

	set_up_with(TCO);				/* one that cannot be used costs nothing but itself */
	fake_watchdog_add_esb(PCI_BDF(0, 4, 0));
	fake_watchdog.esb.lock = 1;
	assert_int_equal(watchdog_arm(&used, 4), 0);
	assert_string_equal(watchdog_name(&used), "ICH9 TCO");
}

static void without_any_there_is_none(void **state)
{
	(void)state;
	assert_int_equal(watchdog_arm(&used, 4), -ENODEV);
	assert_null(watchdog_name(&used));
	assert_false(watchdog_fired(&used));
	watchdog_feed(&used);
	watchdog_forget(&used);
	assert_int_equal(watchdog_stop(&used), 0);
	machine.chipset = CHIPSET_NONE;
	fake_watchdog_add_tco();
	assert_int_equal(watchdog_arm(&used, 4), -ENODEV);
	set_up_with(TCO);
	fake_watchdog.tco.there = false;		/* old machine types have the bridge alone */
	assert_int_equal(watchdog_arm(&used, 4), -ENODEV);
	assert_null(watchdog_name(&used));
	set_up(state);
	fake_watchdog_add_esb(PCI_BDF(0, 31, 5));	/* a function of nobody's device */
	assert_int_equal(watchdog_arm(&used, 4), -ENODEV);
	set_up_with(TCO);				/* the same chip elsewhere */
	pci_is_there(0, false);
	functions[1].bdf = PCI_BDF(1, 31, 0);
	assert_int_equal(watchdog_arm(&used, 4), -ENODEV);
	assert_int_equal(fake_log_lines(), 0);
}

static void one_that_somebody_has_locked_is_left_alone(void **state)
{
	(void)state;
	for (uint8_t lock = 1; lock < 4; lock += 2) {
		set_up_with(ESB);
		fake_watchdog.esb.lock = lock;
		fake_watchdog.esb.configuration = 0x27;
		assert_int_equal(watchdog_arm(&used, 4), -EBUSY);
		assert_true(fake_log_has("watchdog: i6300esb: locked by somebody else, and it "));
		assert_true(fake_log_has(lock & 2 ? "it runs; not used" : "it stands still; not used"));
		assert_int_equal(fake_watchdog.writes, 0);
		assert_null(watchdog_name(&used));
	}
	/* TCO_LOCK keeps an SMI as it is, nothing that is wanted here. */
	set_up_with(TCO);
	fake_watchdog.tco.control = fake_watchdog.tco.stuck = 0x1000;
	assert_int_equal(watchdog_arm(&used, 4), 0);
	assert_int_equal(watchdog_stop(&used), 0);
	assert_int_equal(fake_watchdog.tco.control, 0x1800);
}

static void registers_that_do_not_take_what_is_written_are_told(void **state)
{
	(void)state;
	set_up_with(ESB);
	fake_watchdog.esb.deaf = true;
	assert_int_equal(watchdog_arm(&used, 4), -EIO);
	assert_true(fake_log_has("watchdog: i6300esb: BAR 0 is 0x0: its registers are not there; not used"));
	assert_int_equal(fake_watchdog.esb.bar, 0);
	assert_int_equal(fake_watchdog.esb.configuration, 0);
	set_up_with(ESB);
	fake_watchdog.esb.bar_flags = 1;		/* ports */
	assert_int_equal(watchdog_arm(&used, 4), -EIO);
	assert_true(fake_log_has("watchdog: i6300esb: BAR 0 is 0x1: "));
	assert_int_equal(fake_watchdog.writes, 5);	/* stopped and set up, twice, and the command: no address */
	set_up_with(TCO);
	fake_watchdog.tco.control = fake_watchdog.tco.stuck = 0x0800;
	assert_int_equal(watchdog_arm(&used, 4), -EIO);
	assert_true(fake_log_has("watchdog: ICH9 TCO: timer 0x4, control 0x800, GCS 0x0: 0x4, "));
	set_up_with(TCO);
	fake_watchdog.tco.gcs_stuck = true;
	assert_int_equal(watchdog_arm(&used, 4), -EIO);
	assert_true(fake_log_has("GCS 0x20"));
	assert_false(fake_watchdog_runs());
	set_up_with(TCO);				/* it runs and cannot be halted */
	assert_int_equal(watchdog_arm(&used, 4), 0);
	fake_watchdog.tco.stuck = 0x0800;
	assert_int_equal(watchdog_stop(&used), -EIO);
	set_up_with(ESB);
	assert_int_equal(watchdog_arm(&used, 4), 0);
	fake_watchdog.esb.lock |= 1;
	assert_int_equal(watchdog_stop(&used), -EIO);
}

/* QEMU sets the bit at every reset, or only where it means it; then nothing is reset. */
static void no_reboot_is_cleared_and_told(void **state)
{
	(void)state;
	for (uint32_t set = 0; set < 2; set++)
		for (uint32_t strapped = 0; strapped < 2; strapped++) {
			set_up_with(TCO);
			fake_watchdog.tco.gcs = 0x1000 | set << 5;
			fake_watchdog.tco.strapped = strapped;
			assert_int_equal(watchdog_arm(&used, 4), 0);
			assert_int_equal(fake_log_lines(), set);
			assert_true(!set || fake_log_has("NO_REBOOT was set and is cleared"));
			assert_int_equal(fake_watchdog.tco.gcs, 0x1000);
			fake_watchdog_pass(6000);
			assert_int_equal(fake_watchdog.resets, !strapped);
			assert_int_equal(watchdog_stop(&used), 0);
			if (strapped)
				assert_int_equal(fake_watchdog.tco.gcs, 0x1000 | set << 5);
		}
}

static void that_it_has_run_out_is_known_until_somebody_has_seen_it(void **state)
{
	(void)state;
	for (enum which which = ESB; which < BOTH_KINDS; which++) {
		set_up_with(which);
		assert_int_equal(watchdog_arm(&used, 4), 0);
		assert_false(watchdog_fired(&used));
		fake_watchdog_pass(6000);
		for (uint32_t n = 0; n < 2; n++) {	/* looking does not change it */
			start_machine();
			assert_int_equal(watchdog_arm(&used, 4), 0);
			assert_true(watchdog_fired(&used));
			assert_int_equal(watchdog_stop(&used), 0);
		}
		assert_int_equal(watchdog_start_again(&used, 4), 0);
		watchdog_forget(&used);
		assert_false(watchdog_fired(&used));
		assert_true(fake_watchdog_runs());
		start_machine();
		assert_int_equal(watchdog_arm(&used, 4), 0);
		assert_false(watchdog_fired(&used));
	}
}

/* The n-th write to it is lost, until none is left: it runs if that is what is said, and else stands still. */
static void every_lost_write(void **state)
{
	(void)state;
	for (enum which which = ESB; which < BOTH_KINDS; which++) {
		uint32_t told = 0, unseen = 0;

		for (uint32_t n = 1, last = n; last >= n; n++) {
			int rc;

			set_up_with(which);
			fake_watchdog.lose_at = n;
			rc = watchdog_arm(&used, 10);
			last = fake_watchdog.writes;
			assert_int_equal(fake_watchdog_runs(), rc == 0);
			assert_int_equal(watchdog_name(&used) != NULL, rc == 0);
			assert_true(rc || which == ESB || fake_watchdog.tco.timer == 9);
			told += rc != 0;
			unseen += rc == 0 && last >= n;
			fake_watchdog.lose_at = fake_watchdog.writes + 1;	/* whatever comes first */
			rc = watchdog_stop(&used);
			assert_int_equal(fake_watchdog_runs(), rc != 0);
		}
		/* What cannot be seen: preloads, which QEMU does not show; what another write repeats. */
		assert_true(told >= (which == ESB ? 3 : 5));
		assert_true(unseen > 0);
	}
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, set_up)
	const struct CMUnitTest tests[] = {
		TEST(it_waits_as_long_as_asked),
		TEST(it_is_set_back_for_ever),
		TEST(once_stopped_it_stands_still_and_is_as_it_was),
		TEST(what_was_stopped_can_start_again),
		TEST(pci_may_take_its_memory_away),
		TEST(behind_a_bridge_it_is_found_when_pci_is_there),
		TEST(the_i6300esb_comes_first),
		TEST(without_any_there_is_none),
		TEST(one_that_somebody_has_locked_is_left_alone),
		TEST(registers_that_do_not_take_what_is_written_are_told),
		TEST(no_reboot_is_cleared_and_told),
		TEST(that_it_has_run_out_is_known_until_somebody_has_seen_it),
		TEST(every_lost_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/fail_test.c: a boot that fails, or a defect of the firmware, says why, tells the host, and
 * waits as asked, whichever step of that is a defect itself.
 * LINK: tests/fake/screen.c
 * LINK: tests/fake/boot_watchdog.c tests/fake/io.c tests/fake/timer.c tests/fake/log.c tests/fake/cpu.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "boot/fail.c"		/* for its state: a boot ends once */
#include "fake/boot_watchdog.h"
#include "fake/cpu.h"
#include "fake/io.h"
#include "fake/log.h"
#include "fake/timer.h"
#include "fw/fw_cfg.h"
#include "hw/uart.h"
#include "hw/timer.h"
#include "lib/errno.h"
#include "trace/log_ring.h"
#include "hw/reset.h"

static jmp_buf stopped;
static bool have_uart, have_screen, have_wait, have_pvpanic, restarted;
static int number_result;
static uint64_t told_ms, pvpanic_port;
static char screen[512];
static bool have_display;		/* that shows text without a program */
static uint32_t reports, log_reads, event_port, event_value;
static const char *broken;		/* a processor exception is raised there */

static void may_break(const char *where)
{
	if (broken && !strcmp(broken, where))
		boot_stop("exception: POST cannot go on");
}

bool uart_init(void) { may_break("uart"); return have_uart; }
void uart_write(const char *text, uint32_t len) { (void)text, (void)len; }
uint32_t timer_tsc_khz(void) { return 0; }
void report_log(uint32_t (*tsc_khz)(void))
{
	assert_ptr_equal(tsc_khz, timer_tsc_khz);
	assert_string_equal(fake_boot_watchdog, "end ");	/* it may take long from here on, or for ever */
	assert_int_equal(log_reads, 0);
	may_break("report");
	reports++;
}
void log_read(log_sink_fn sink)
{
	static const char *const lines[] = {
		"slipway: version 1\n", "boot: drive 80: signature is 0000, not aa55\n", "display: none\n", "boot:\n", "b\n",
		"exception: vector 13\n", "alloc: drives: 9 bytes\n", "alloc:\n", "boot: halted\n", "report: phase: log\n",
		"report: plan: no kernel\n", "report: sum: 5\n",
	};

	if (sink != uart_write) {		/* the screen: lines that it chooses from */
		may_break("screen");
		for (uint32_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
			sink(lines[i], (uint32_t)strlen(lines[i]));
		return;
	}
	may_break("log");
	log_reads++;
}
bool console_is_open(void) { return have_screen; }
bool program_started;
static unsigned int stood_still;
void services_stand_still(bool used)
{
	may_break("keys");
	assert_int_equal(used, program_started);
	stood_still++;
}
void console_write(const char *text, uint32_t len)
{
	assert_true(have_screen);
	strncat(screen, text, len);
}
bool fail_screen_open(void)
{
	assert_false(have_screen);
	may_break("display");
	return have_display;
}
void fail_screen_write(const char *text, uint32_t len)
{
	assert_true(have_display && !have_screen);
	strncat(screen, text, len);
}
void hard_reset(void)
{
	may_break("reset");
	restarted = true;
	longjmp(stopped, 1);
}

int fw_cfg_file(enum fw_cfg_file file, struct fw_cfg_item *item)
{
	*item = (struct fw_cfg_item){ .key = file, .size = 3 };
	if (file == FW_CFG_BOOT_FAIL_WAIT)
		return have_wait ? 0 : -ENOENT;
	assert_int_equal(file, FW_CFG_PVPANIC_PORT);
	return have_pvpanic ? 0 : -ENOENT;
}

int fw_cfg_read_number(const struct fw_cfg_item *item, uint64_t *value)
{
	may_break(item->key == FW_CFG_BOOT_FAIL_WAIT ? "wait" : "pvpanic");
	*value = item->key == FW_CFG_BOOT_FAIL_WAIT ? told_ms : pvpanic_port;
	return number_result;
}

static void event_out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque;
	assert_int_equal(width, 1);
	event_port = port;
	event_value = value;
}

static int setup(void **state)
{
	(void)state;
	fake_io_reset();
	fake_log_reset();
	fake_cpu_reset();
	fake_timer_reset();
	fake_cpu.halt = &stopped;
	fake_io_add(0x505, 0x505, NULL, event_out, NULL);
	have_display = false;
	have_uart = have_screen = have_wait = have_pvpanic = restarted = false;
	screen[0] = 0;
	number_result = 0;
	told_ms = 0xffffffff;
	pvpanic_port = 0x505;
	reports = log_reads = event_port = event_value = 0;
	broken = NULL;
	next_step = 0;
	defect = program_started = false;
	stood_still = 0;
	fake_boot_watchdog[0] = '\0';
	return 0;
}

static void boot_that_fails(void)
{
	if (!setjmp(stopped))
		boot_fail("nothing to boot");
}

static void it_says_why_and_halts(void **state)
{
	(void)state;
	have_uart = true;
	boot_that_fails();
	assert_false(restarted);
	assert_true(fake_log_has("boot: nothing to boot"));
	assert_true(fake_log_has("halted"));
	assert_int_equal(reports, 1);
	assert_int_equal(log_reads, 1);
	assert_int_equal(event_port, 0);
}

static void without_a_serial_port_nothing_is_written_to_it(void **state)
{
	(void)state;
	boot_that_fails();
	assert_int_equal(log_reads, 0);
}

#define REASON	"boot: drive 80: signature is 0000, not aa55\nexception: vector 13\nalloc: drives: 9 bytes\nboot: halted\n" \
		"report: plan: no kernel\nreport: sum: 5\n"
#define MORE	"The whole log: serial port, debug port, or memory by tools/bootlog.\n"

static void the_screen_shows_what_became_of_the_boot(void **state)
{
	(void)state;
	boot_that_fails();
	assert_string_equal(screen, "");
	setup(state);
	have_screen = have_uart = true;
	boot_that_fails();
	assert_string_equal(screen, REASON MORE "To try again, press Ctrl-Alt-Del.\n");
	assert_int_equal(log_reads, 1);
	setup(state);
	have_screen = have_wait = true;
	told_ms = 5;
	boot_that_fails();
	assert_string_equal(screen, REASON);	/* it starts again by itself */
	setup(state);
	have_screen = have_pvpanic = true;
	broken = "screen";
	boot_that_fails();
	assert_string_equal(screen, "");
	assert_int_equal(event_port, 0x505);
}

static void without_a_console_a_display_shows_it_too(void **state)
{
	(void)state;
	have_display = true;
	boot_that_fails();
	assert_string_equal(screen, REASON MORE "To try again, reset the machine.\n");
	setup(state);
	have_display = true;
	if (!setjmp(stopped))
		boot_stop("exception");
	assert_string_equal(screen, REASON MORE "To try again, reset the machine.\n");
	setup(state);
	have_screen = true;		/* the firmware does not take keys any more */
	if (!setjmp(stopped))
		boot_stop("exception");
	assert_string_equal(screen, REASON MORE "To try again, reset the machine.\n");
	setup(state);
	have_display = have_pvpanic = true;
	broken = "display";
	boot_that_fails();
	assert_string_equal(screen, "");
	assert_int_equal(event_port, 0x505);
}

static void the_host_sees_a_pvpanic_event(void **state)
{
	(void)state;
	have_pvpanic = true;
	boot_that_fails();
	assert_int_equal(event_port, 0x505);
	assert_int_equal(event_value, 1);
}

static void a_wait_time_ends_in_a_restart_without_an_event(void **state)
{
	(void)state;
	have_wait = have_pvpanic = true;
	told_ms = 1500;
	boot_that_fails();
	assert_true(restarted);
	assert_int_equal(fake_timer_delayed_us, 1500 * 1000);
	assert_int_equal(event_port, 0);
}

static void minus_one_waits_for_ever(void **state)
{
	static const uint64_t ones[] = { 0xffffffff, 0x100000000, UINT64_MAX };

	for (uint32_t i = 0; i < sizeof(ones) / sizeof(ones[0]); i++) {
		setup(state);
		have_wait = true;
		told_ms = ones[i];
		boot_that_fails();
		assert_false(restarted);
	}
}

static void the_shortest_and_the_longest_time(void **state)
{
	setup(state);
	have_wait = true;
	told_ms = 0;
	boot_that_fails();
	assert_true(restarted);
	assert_int_equal(fake_timer_delayed_us, 0);
	setup(state);
	have_wait = true;
	told_ms = 0xffff;		/* QEMU's -boot reboot-timeout= goes that far */
	boot_that_fails();
	assert_true(restarted);
	assert_int_equal(fake_timer_delayed_us, 65535 * 1000);
}

static void keys_are_taken_but_after_a_defect(void **state)
{
	(void)state;
	for (unsigned int used = 0; used < 2; used++) {
		setup(NULL);
		program_started = used;
		boot_that_fails();
		assert_int_equal(stood_still, 1);
	}
	setup(NULL);
	if (!setjmp(stopped))
		boot_stop("exception");
	assert_int_equal(stood_still, 0);
	setup(NULL);		/* an exception while they are */
	broken = "keys";
	boot_that_fails();
	assert_int_equal(stood_still, 0);
}

static void an_unreadable_wait_halts(void **state)
{
	(void)state;
	have_wait = true;
	told_ms = 5;
	number_result = -EIO;
	boot_that_fails();
	assert_false(restarted);
	assert_true(fake_log_has("boot: etc/boot-fail-wait: a number in 3 bytes could not be read (-5); done without"));
}

static void ended_by(void)
{
	if (!setjmp(stopped))
		boot_stop("bad state");
}

static void a_defect_is_told_like_a_boot_that_fails(void **state)
{
	(void)state;
	have_uart = have_pvpanic = true;
	ended_by();
	assert_true(fake_log_has("bad state"));
	assert_int_equal(reports, 1);
	assert_int_equal(log_reads, 1);
	assert_int_equal(event_port, 0x505);
	assert_false(restarted);
	setup(state);
	have_wait = have_pvpanic = true;
	told_ms = 5;
	ended_by();
	assert_true(restarted);
	assert_int_equal(fake_timer_delayed_us, 5 * 1000);
	assert_int_equal(event_port, 0);
}

static void a_step_that_breaks_costs_only_itself(void **state)
{
	static const char *const steps[] = { "wait", "report", "uart", "log" };

	for (uint32_t i = 0; i < 4; i++) {
		setup(state);
		have_uart = have_pvpanic = true;
		have_wait = i == 0;
		told_ms = 5;
		broken = steps[i];
		boot_that_fails();
		assert_true(fake_log_has("exception: POST cannot go on"));
		assert_int_equal(reports, i != 1);
		assert_int_equal(log_reads, i < 2);
		assert_int_equal(event_port, 0x505);
		assert_false(restarted);		/* broken before it was known */

		setup(state);
		have_wait = true;
		told_ms = 5;
		broken = steps[i];
		have_uart = true;
		ended_by();
		assert_int_equal(restarted, i != 0);
	}
	setup(state);
	have_pvpanic = true;
	broken = "pvpanic";
	boot_that_fails();			/* comes to an end */
	assert_int_equal(event_port, 0);
	setup(state);
	have_wait = true;
	told_ms = 5;
	broken = "reset";
	boot_that_fails();
	assert_false(restarted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(it_says_why_and_halts, setup),
		cmocka_unit_test_setup(without_a_serial_port_nothing_is_written_to_it, setup),
		cmocka_unit_test_setup(the_screen_shows_what_became_of_the_boot, setup),
		cmocka_unit_test_setup(without_a_console_a_display_shows_it_too, setup),
		cmocka_unit_test_setup(the_host_sees_a_pvpanic_event, setup),
		cmocka_unit_test_setup(a_wait_time_ends_in_a_restart_without_an_event, setup),
		cmocka_unit_test_setup(minus_one_waits_for_ever, setup),
		cmocka_unit_test_setup(the_shortest_and_the_longest_time, setup),
		cmocka_unit_test_setup(keys_are_taken_but_after_a_defect, setup),
		cmocka_unit_test_setup(an_unreadable_wait_halts, setup),
		cmocka_unit_test_setup(a_defect_is_told_like_a_boot_that_fails, setup),
		cmocka_unit_test_setup(a_step_that_breaks_costs_only_itself, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/fail.c: see fail.h.
 */
#include <stdbool.h>
#include "arch/cpu.h"
#include "arch/io.h"
#include "boot/fail.h"
#include "boot/failure/fail_screen.h"
#include "boot/program.h"
#include "boot/watchdog.h"
#include "fw/fw_cfg.h"
#include "hw/display/screen.h"
#include "hw/reset.h"
#include "hw/timer.h"
#include "hw/uart.h"
#include "lib/bits.h"
#include "lib/string.h"
#include "services/console.h"
#include "services/services.h"
#include "trace/log.h"
#include "trace/log_ring.h"
#include "trace/report.h"

#define PVPANIC_PANICKED 0x01	/* QEMU docs/specs/pvpanic.rst */
#define WAIT_FOR_EVER	 0xffffffff
#define PIECE_MS	 60000u	/* microseconds have 32 bits */

enum step { UNWATCH, ASK, REPORT, SHOW, SCREEN, WAIT, RESTART, TELL, KEYS };

/*
 * Every step is tried once: an exception in one of them comes back here by boot_stop(), and the next is
 * what can still be done.
 */
static uint32_t next_step;
static uint64_t wait_ms;
static bool defect;		/* of the firmware: no interrupt is let in any more */

/* A file that there need not be. */
static bool number(enum fw_cfg_file file, const char *name, uint64_t *value)
{
	struct fw_cfg_item item;
	int rc;

	if (fw_cfg_file(file, &item) != 0)
		return false;
	rc = fw_cfg_read_number(&item, value);
	if (rc)
		log("boot: %s: a number in %u bytes could not be read (%d); done without", name, item.size, rc);
	return rc == 0;
}

static void tell_host(void)
{
	uint64_t port;

	if (!number(FW_CFG_PVPANIC_PORT, "etc/pvpanic-port", &port))
		return;
	log("boot: pvpanic event on port 0x%x", (uint32_t)port);
	outb(PVPANIC_PANICKED, (uint16_t)port);
}

static void show(const char *text, uint32_t len)
{
	if (console_is_open())
		console_write(text, len);
	else
		fail_screen_write(text, len);
}

/* A screen has few lines: those that say what became of the boot, and of the report plan and sum. */
static void show_reason(const char *line, uint32_t len)
{
	static const char shown[][16] = { "boot: ", "alloc: ", "exception: ", "report: plan: ", "report: sum: " };

	for (uint32_t i = 0; i < ARRAY_SIZE(shown); i++)
		if (len > strlen(shown[i]) && memcmp(line, shown[i], strlen(shown[i])) == 0)
			show(line, len);
}

/* And what can be done now. */
static void show_all(void)
{
	static const char again[] = "To try again, press Ctrl-Alt-Del.\n",
			  reset[] = "To try again, reset the machine.\n",
			  more[] = "The whole log: serial port, debug port, or memory by tools/bootlog.\n";

	if (!console_is_open() && !fail_screen_open())
		return;
	log_read(show_reason);
	if (wait_ms < WAIT_FOR_EVER)
		return;
	show(more, sizeof(more) - 1);
	if (defect || !console_is_open())
		show(reset, sizeof(reset) - 1);
	else
		show(again, sizeof(again) - 1);
}

/* In long pieces: each ends with a look too many, which takes milliseconds where the host is busy. */
static void wait(void)
{
	uint32_t left = wait_ms < WAIT_FOR_EVER ? (uint32_t)wait_ms : 0, piece;

	for (; left; left -= piece) {
		piece = min_u32(left, PIECE_MS);
		delay_us(piece * 1000);
	}
}

static void take(enum step step)
{
	uint64_t asked;

	switch (step) {
	case UNWATCH:
		boot_watchdog_end();
		break;
	case ASK:
		wait_ms = WAIT_FOR_EVER;
		if (number(FW_CFG_BOOT_FAIL_WAIT, "etc/boot-fail-wait", &asked))
			wait_ms = asked;
		break;
	case REPORT:
		if (wait_ms < WAIT_FOR_EVER)
			log("boot: restart in %u ms", (uint32_t)wait_ms);
		else
			log("boot: halted");
		report_log(timer_tsc_khz);
		break;
	case SHOW:
		if (uart_init())	/* the debug port has had every line already */
			log_read(uart_write);
		break;
	case SCREEN:
		show_all();
		screen_hand_over();	/* what is seen is at B8000h, too */
		break;
	case WAIT:
		wait();
		break;
	case RESTART:
		if (wait_ms < WAIT_FOR_EVER)
			hard_reset();
		break;
	case TELL:
		tell_host();
		break;
	case KEYS:
		if (!defect)
			services_stand_still(program_started);
		break;
	}
}

static void __attribute__((noreturn)) end(void)
{
	while (next_step <= KEYS)
		take(next_step++);
	cpu_halt();
}

void boot_stop(const char *why)
{
	defect = true;
	log("%s", why);
	end();
}

void boot_fail(const char *why)
{
	log("boot: %s", why);
	end();
}

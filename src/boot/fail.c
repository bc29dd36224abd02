/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/fail.c: see fail.h.
 */
#include "arch/cpu.h"
#include "arch/io.h"
#include "boot/fail.h"
#include "trace/report.h"
#include "fw/fw_cfg.h"
#include "hw/timer.h"
#include "hw/uart.h"
#include "trace/log.h"
#include "trace/log_ring.h"
#include "hw/reset.h"

#define PVPANIC_PANICKED 0x01	/* QEMU docs/specs/pvpanic.rst */
#define WAIT_FOR_EVER	 0xffffffff

static void show_log(void)
{
	/* The debug port has had every line already. */
	if (uart_init())
		log_read(uart_write);
}

void boot_stop(const char *why)
{
	log("%s", why);
	show_log();
	cpu_halt();
}

static void tell_host(void)
{
	struct fw_cfg_item item;
	uint64_t port;

	if (fw_cfg_file(FW_CFG_PVPANIC_PORT, &item) != 0 || fw_cfg_read_number(&item, &port) != 0)
		return;
	log("boot: pvpanic event on port 0x%x", (uint32_t)port);
	outb(PVPANIC_PANICKED, (uint16_t)port);
}

void boot_fail(const char *why)
{
	struct fw_cfg_item item;
	uint64_t wait_ms = WAIT_FOR_EVER;

	log("boot: %s", why);
	if (fw_cfg_file(FW_CFG_BOOT_FAIL_WAIT, &item) == 0 &&
	    fw_cfg_read_number(&item, &wait_ms) != 0)
		wait_ms = WAIT_FOR_EVER;
	if (wait_ms < WAIT_FOR_EVER)
		log("boot: restart in %u ms", (uint32_t)wait_ms);
	else
		log("boot: halted");
	report_log(timer_tsc_khz);
	show_log();
	if (wait_ms < WAIT_FOR_EVER) {
		for (; wait_ms; wait_ms--)
			delay_us(1000);
		hard_reset();
	}
	tell_host();
	cpu_halt();
}

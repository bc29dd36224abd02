/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/launch.c: see launch.h.
 */
#include "arch/launch.h"
#include "trace/report.h"
#include "fake/launch.h"
#include "fw/fpdt.h"
#include "hw/timer.h"

struct fake_launch fake_launch;
const char launch_linux64[1];
uint32_t launch_page_tables;

void launch_linux32(uint32_t entry, uint32_t boot_params)
{
	fake_launch.launches++;
	fake_launch.entry = entry;
	fake_launch.boot_params = boot_params;
	longjmp(fake_launch.back, 1);
}

void launch_flat32(uint32_t entry, uint32_t ebx, uint32_t eax)
{
	fake_launch.launches++;
	fake_launch.entry = entry;
	fake_launch.ebx = ebx;
	fake_launch.eax = eax;
	longjmp(fake_launch.back, 1);
}

uint32_t timer_tsc_khz(void)
{
	return 0;
}

void report_if_read(uint32_t (*tsc_khz)(void))
{
	fake_launch.reports += tsc_khz == timer_tsc_khz;
}

void fpdt_finish(void)
{
	fake_launch.records++;
}

void fpdt_finish_form(void)
{
	fake_launch.records++;
}

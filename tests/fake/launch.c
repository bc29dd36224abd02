/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/launch.c: see launch.h.
 */
#include "arch/launch.h"
#include "boot/report.h"
#include "fake/launch.h"
#include "fw/fpdt.h"

struct fake_launch fake_launch;

void launch_linux32(uint32_t entry, uint32_t boot_params)
{
	fake_launch.launches++;
	fake_launch.entry = entry;
	fake_launch.boot_params = boot_params;
	longjmp(fake_launch.back, 1);
}

void report_if_read(void)
{
	fake_launch.reports++;
}

void fpdt_finish(void)
{
	fake_launch.records++;
}

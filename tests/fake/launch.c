/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/launch.c: see launch.h.
 */
#include "arch/launch.h"
#include "fake/launch.h"

struct fake_launch fake_launch;

void launch_linux32(uint32_t entry, uint32_t boot_params)
{
	fake_launch.launches++;
	fake_launch.entry = entry;
	fake_launch.boot_params = boot_params;
	longjmp(fake_launch.back, 1);
}

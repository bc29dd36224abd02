/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/intact/intact.c: see intact.h.
 */
#include "boot/intact/intact.h"
#include "boot/intact/canary.h"
#include "boot/intact/fseg.h"
#include "boot/rom/seal.h"

void intact_begin(void)
{
	canary_begin();
	fseg_begin();
}

void intact_end(void)
{
	fseg_reserve();
	canary_end();
}

void intact_check(const char *by)
{
	canary_check(by);
	fseg_check(by);
	rom_seal_check(by);
}

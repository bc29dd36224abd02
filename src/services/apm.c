/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/apm.c: see apm.h.
 */
#include "services/apm.h"
#include "arch/io.h"
#include "hw/chipset/chipset.h"
#include "machine/machine.h"
#include "rt16/apm.h"
#include "trace/log.h"

#define PM1A_CONTROL	(PM_BASE + 4)	/* [ACPI 4.8.3.2.1]; chipset_init() has put the block there */
#define NOBODY		0xffff

extern uint16_t rt16_pm_apm_pm1a;	/* in the F segment: src/pm/apm16.S */

void apm_init(void)
{
	rt16_pm_apm_pm1a = machine.chipset == CHIPSET_NONE ? 0 : PM1A_CONTROL;
}

void apm_abandon(void)
{
	rt16_apm_state.connection = 0;
	rt16_apm_state.flags = 0;
}

void apm_not_off(struct regs *r)
{
	if (machine.chipset == CHIPSET_NONE)
		log("apm: off: this machine has no power-management registers; it stays on");
	else if (inw(PM1A_CONTROL) == NOBODY)
		log("apm: off: PM1 control at port %x reads %x, there is none; the machine stays on",
		    PM1A_CONTROL, NOBODY);
	else
		log("apm: off: written to PM1 control at port %x, and the machine is on", PM1A_CONTROL);
	r->ah = APM_NOT_ENTERED;
	r->flags |= FLAGS_CF;
}

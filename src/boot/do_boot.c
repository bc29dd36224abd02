/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/do_boot.c: see do_boot.h.
 */
#include "boot/do_boot.h"
#include "boot/fail.h"
#include "boot/linux.h"
#include "boot/media.h"
#include "trace/log.h"

void do_boot(const struct boot_plan *plan)
{
#ifdef CONFIG_NATIVE_LAUNCH
	bool wrote;

#endif
#ifdef CONFIG_EXCEPTION_TEST_LATE
	__builtin_trap();
#endif
	if (plan->what & TIMELINE_PLAN_MENU)
		log("boot: a boot menu is wanted, which this version does not have");
	if (plan->what & TIMELINE_PLAN_FIRST) {
#ifdef CONFIG_NATIVE_LAUNCH
		linux_boot(plan->kernel_size, &wrote);
		if (wrote)
			boot_fail("the kernel could not be started and has taken memory that other devices need");
#else
		log("boot: native kernel launch is not in this build");
#endif
		media_init_late(plan);
	}
	media_boot();
}

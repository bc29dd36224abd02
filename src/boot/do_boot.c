/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/do_boot.c: see do_boot.h.
 */
#include "boot/do_boot.h"
#include "boot/fail.h"
#include "boot/kernel/linux.h"
#include "boot/media.h"
#include "boot/menu/menu_screen.h"
#include "trace/log.h"
#include "trace/timeline.h"

#define SEVERAL	2u	/* entries of a menu that is not made yet */

/*
 * The kernel is what is booted first, but the user may want something else: then it is one of several. Returns where
 * he is not to be asked.
 */
static void __attribute__((cold, noinline)) boot_by_menu(const struct boot_plan *plan)
{
	struct boot_plan among = *plan;

	if (!(plan->what & TIMELINE_PLAN_FIRST) || !menu_wanted(true, SEVERAL))
		return;
	among.what &= ~(uint32_t)TIMELINE_PLAN_FIRST;
	timeline.plan = among.what;
	media_init_late(&among);
	media_boot();
}

void do_boot(const struct boot_plan *plan)
{
#ifdef CONFIG_NATIVE_LAUNCH
	bool wrote;

#endif
#ifdef CONFIG_EXCEPTION_TEST_LATE
	__builtin_trap();
#endif
	if (plan->what & TIMELINE_PLAN_MENU)
		boot_by_menu(plan);
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

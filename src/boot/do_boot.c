/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/do_boot.c: see do_boot.h.
 */
#include "boot/do_boot.h"
#include "boot/fail.h"
#include "boot/kernel/graphics.h"
#include "boot/kernel/linux.h"
#include "boot/media.h"
#include "boot/menu/menu_screen.h"
#include "lib/errno.h"
#include "trace/log.h"

/*
 * The kernel does not come first, or it does and a menu is wanted: then it is one of several that the user may want. Or it
 * is to have a screen of some size. Returns where nobody is to be asked.
 */
static void __attribute__((cold, noinline)) boot_otherwise(const struct boot_plan *plan)
{
	struct boot_plan among = *plan;

	if (plan->what & TIMELINE_PLAN_FIRST) {
		if (plan->what & TIMELINE_PLAN_SCREEN)
			graphics_ask_size();
		if (!(plan->what & TIMELINE_PLAN_MENU) || !menu_wanted(true, MENU_SEVERAL))
			return;
		among.what &= ~(uint32_t)TIMELINE_PLAN_FIRST;
		timeline.plan = among.what;
		media_init_late(&among);
	}
	media_boot();
}

#ifdef CONFIG_NATIVE_LAUNCH
/* The kernel was refused: one of another form is for QEMU's option ROM, and there is all else. */
static void __attribute__((cold, noinline, noreturn)) boot_without(const struct boot_plan *plan, int why)
{
	struct boot_plan rest = *plan;

	if (why == -EOPNOTSUPP)
		rest.what |= TIMELINE_PLAN_ROM;
	media_init_late(&rest);
	media_boot();
}

static void __attribute__((noreturn)) boot_kernel(const struct boot_plan *plan)
{
	bool wrote;
	int rc = linux_boot(plan->kernel_size, &wrote);

	if (wrote)
		boot_fail("the kernel could not be started and has taken memory that other devices need");
	boot_without(plan, rc);
}
#else
#define boot_kernel(plan) media_boot()	/* no plan has it first */
#endif

void do_boot(const struct boot_plan *plan)
{
#ifdef CONFIG_EXCEPTION_TEST_LATE
	__builtin_trap();
#endif
	if ((plan->what & (TIMELINE_PLAN_FIRST | TIMELINE_PLAN_MENU | TIMELINE_PLAN_SCREEN)) != TIMELINE_PLAN_FIRST)
		boot_otherwise(plan);
	boot_kernel(plan);
}

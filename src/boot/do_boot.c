/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/do_boot.c: see do_boot.h.
 */
#include "boot/do_boot.h"
#include "boot/fail.h"
#include "boot/kernel/form.h"
#include "boot/kernel/graphics.h"
#include "boot/kernel/linux.h"
#include "boot/media.h"
#include "boot/menu/menu_screen.h"
#include "boot/program.h"
#include "lib/errno.h"
#include "trace/log.h"

#ifdef CONFIG_NATIVE_LAUNCH
static const char taken[] = "the kernel could not be started and has taken memory that other devices need";

/* The kernel was refused: by its 16-bit entry it is one of what is booted once there are services, and there is all else. */
static void __attribute__((cold, noinline, noreturn)) boot_without(const struct boot_plan *plan, int why)
{
	struct boot_plan rest = *plan;

	if (why == -EOPNOTSUPP) {
		rest.what ^= TIMELINE_PLAN_FIRST | TIMELINE_PLAN_SETUP;
		timeline.plan = rest.what;
	}
	media_init_late(&rest);
	media_boot();
}

static void boot_form(const struct boot_plan *plan)
{
	int rc;

	if (!(plan->what & TIMELINE_PLAN_PVH))
		return;
	rc = kernel_form_boot(plan->what, true);
	if (program_started)
		boot_fail(taken);
	boot_without(plan, rc);
}

static void __attribute__((noreturn)) boot_kernel(const struct boot_plan *plan)
{
	int rc = linux_boot(plan->kernel_size);

	if (program_started)
		boot_fail(taken);
	boot_without(plan, rc);
}
#else
#define boot_kernel(plan) media_boot()	/* no plan has it first */
#define boot_form(plan)
#endif

/*
 * The kernel does not come first, or it does and a menu is wanted: then it is one of several that the user may want. Or it
 * is of another form than Linux's, or is to have a screen of some size. Returns where it is Linux's and nobody is to be asked.
 */
static void __attribute__((cold, noinline)) boot_otherwise(const struct boot_plan *plan)
{
	struct boot_plan among = *plan;

	if (plan->what & TIMELINE_PLAN_FIRST) {
		if ((plan->what & (TIMELINE_PLAN_SCREEN | TIMELINE_PLAN_PVH)) == TIMELINE_PLAN_SCREEN)
			graphics_ask_size();
		if (!(plan->what & TIMELINE_PLAN_MENU) || !menu_wanted(true, MENU_SEVERAL)) {
			boot_form(plan);
			return;
		}
		among.what &= ~(uint32_t)TIMELINE_PLAN_FIRST;
		timeline.plan = among.what;
		media_init_late(&among);
	}
	media_boot();
}

#define LESS_USUAL	(TIMELINE_PLAN_MENU | TIMELINE_PLAN_SCREEN | TIMELINE_PLAN_PVH)

void do_boot(const struct boot_plan *plan)
{
#ifdef CONFIG_EXCEPTION_TEST_LATE
	__builtin_trap();
#endif
	if ((plan->what & (TIMELINE_PLAN_FIRST | LESS_USUAL)) != TIMELINE_PLAN_FIRST)
		boot_otherwise(plan);
	boot_kernel(plan);
}

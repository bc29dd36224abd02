/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/do_boot.c: see do_boot.h.
 */
#include "boot/do_boot.h"
#include "boot/fail.h"
#include "boot/linux.h"
#include "trace/log.h"

#ifdef CONFIG_NATIVE_LAUNCH
static void say_what_is_not_done(const struct boot_plan *plan)
{
	if (!(plan->what & TIMELINE_PLAN_KERNEL))
		boot_fail("no kernel was given (-kernel), and only kernels can be started yet");
	if (!(plan->what & TIMELINE_PLAN_FIRST))
		log("boot: a device comes before the kernel in bootorder, but only kernels can be "
		    "started yet; starting the kernel");
	if (plan->what & TIMELINE_PLAN_MENU)
		log("boot: a boot menu is wanted, but there is only the kernel to choose");
}
#endif

void do_boot(const struct boot_plan *plan)
{
#ifdef CONFIG_EXCEPTION_TEST_LATE
	__builtin_trap();
#endif
#ifdef CONFIG_NATIVE_LAUNCH
	/* All but a kernel that is the first choice, without a menu. */
	if (plan->what != (TIMELINE_PLAN_MADE | TIMELINE_PLAN_KERNEL | TIMELINE_PLAN_FIRST))
		say_what_is_not_done(plan);
	linux_boot(plan->kernel_size);
	boot_fail("the kernel could not be started, and there is nothing else to boot");
#else
	(void)plan;
	boot_fail("native kernel launch is not in this build, and there is nothing else to boot");
#endif
}

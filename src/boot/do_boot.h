/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/do_boot.h: the end of POST and the beginning of the boot: the boundary that boot-time
 * measurements name.
 */
#ifndef BOOT_DO_BOOT_H
#define BOOT_DO_BOOT_H

#include "boot/plan.h"

/* Boot what the plan says; when nothing can be booted, say why and stop (fail.h). */
void __attribute__((noreturn)) do_boot(const struct boot_plan *plan);

#endif

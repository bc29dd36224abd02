/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/media.h: booting from disks, floppies and CDs: bring up what the machine has, put it in order, then try one
 * after the other; the kernel of -kernel among them where the order has it so.
 */
#ifndef BOOT_MEDIA_H
#define BOOT_MEDIA_H

#include "boot/plan.h"

/* Set up the services and every disk, in POST before the memory map is made, and make the list of what is tried. */
void media_init(const struct boot_plan *plan);

/*
 * The same once POST is over: the kernel came first, and could not be started and has left memory as it was; or the
 * user is to be asked (the plan is then without TIMELINE_PLAN_FIRST). The memory map is made anew, which nobody has
 * seen yet.
 */
void media_init_late(const struct boot_plan *plan);

/*
 * Try the devices in their order, having asked the user for the first of them if he is to be asked (menu_screen.h).
 * A program that gives up by INT 18h leads to the next, one that calls INT 19h to the first again. When none is left,
 * say what was tried and fail (fail.h).
 */
void __attribute__((noreturn)) media_boot(void);

#endif

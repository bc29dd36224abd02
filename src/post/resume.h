/* SPDX-License-Identifier: BSD-2-Clause
 * src/post/resume.h: the machine goes on instead of starting anew: a wake from ACPI's S3.
 *
 * Memory is the guest's; what the reset has cleared of the devices' state is written again from the variables that the POST
 * before has left in the firmware's RAM, which is still there.
 */
#ifndef POST_RESUME_H
#define POST_RESUME_H

#include <stdint.h>
#include "arch/layout.h"

extern uint32_t resume_mark;

/* The variables are complete: a wake finds what it needs. POST says so, once, before something is booted. */
static inline void resume_ready(void)
{
	resume_mark = RESUME_MARK;
}

/*
 * From the start-up code, with resume_ready() said by an earlier POST and variables as they were: comes back if CMOS has no
 * code that asks for more than a start like any other.
 */
void resume(void);

#endif

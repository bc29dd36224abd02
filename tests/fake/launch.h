/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/launch.h: instead of leaving for a kernel: remember where to, and jump back.
 */
#ifndef FAKE_LAUNCH_H
#define FAKE_LAUNCH_H

#include <setjmp.h>
#include <stdint.h>

struct fake_launch {
	jmp_buf back;		/* set by the test; entered with 1 */
	uint32_t launches, entry, boot_params, eax, ebx;
	uint32_t reports, records;	/* calls of report_if_read() and of fpdt_finish() or fpdt_finish_form() before */
};
extern struct fake_launch fake_launch;

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/kernel_form.h: kernels of other forms than Linux's: none is, or the one that a test sets; and the entry that a user wants.
 */
#ifndef FAKE_KERNEL_FORM_H
#define FAKE_KERNEL_FORM_H

#include <stdbool.h>
#include <stdint.h>

struct fake_kernel_form {
	uint32_t form, size;	/* what it is; the last one asked for */
	uint32_t finds, boots;	/* calls */
	uint32_t what;		/* the last one started */
	bool first, wrote;	/* with that; is program_started to be set? */
	int rc;
	uint32_t entry;		/* kernel_entry_wanted() */
};
extern struct fake_kernel_form fake_kernel_form;

#endif

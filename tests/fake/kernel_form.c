/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/kernel_form.c: see kernel_form.h.
 */
#include "fake/kernel_form.h"
#include "boot/kernel/entry.h"
#include "boot/kernel/form.h"
#include "boot/program.h"

struct fake_kernel_form fake_kernel_form;
bool program_started __attribute__((weak));	/* where nothing of a test's looks at it */

uint32_t kernel_form_find(uint32_t size)
{
	fake_kernel_form.finds++;
	fake_kernel_form.size = size;
	return fake_kernel_form.form;
}

int kernel_form_boot(uint32_t what, bool first)
{
	fake_kernel_form.boots++;
	fake_kernel_form.what = what;
	fake_kernel_form.first = first;
	program_started |= fake_kernel_form.wrote;
	return fake_kernel_form.rc;
}

uint32_t kernel_entry_wanted(void)
{
	return fake_kernel_form.entry;
}

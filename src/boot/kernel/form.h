/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/kernel/form.h: kernels of -kernel that are no Linux setup part and payload: PVH and multiboot. What they have in
 * common: QEMU says where they lie, and they cannot be moved.
 */
#ifndef BOOT_KERNEL_FORM_H
#define BOOT_KERNEL_FORM_H

#include <stdbool.h>
#include <stdint.h>

/* One of these forms, physical addresses: QEMU's words, unchecked. */
struct kernel_form {
	uint32_t entry;			/* of its first instruction, flat 32-bit mode */
	uint32_t base, size;		/* bytes */
	uint32_t used;			/* PVH: the first of it that POST had given to others before it knew; 0: none of it */
};

/*
 * Which of them is it? size: fw_cfg item KERNEL_SIZE, not 0. QEMU names an entry for these alone, and a setup part for
 * all but multiboot. The segments of a PVH kernel are in RAM already: the allocator keeps off them from now on. Returns
 * TIMELINE_PLAN_PVH, TIMELINE_PLAN_MULTIBOOT or 0.
 */
uint32_t kernel_form_find(uint32_t size) __attribute__((cold));

/*
 * Start it; what has one of those two bits. first: nothing but POST has run, and no services were brought up. Does not
 * return when it starts. Otherwise a negative errno after a line that says why: -EINVAL, -ENOMEM, -EIO; and
 * program_started (boot/program.h) is set if memory that POST has used is lost from then on.
 */
int kernel_form_boot(uint32_t what, bool first) __attribute__((cold));

/* For pvh.c and multiboot.c. Is all of it RAM that is the kernel's? If not, a line: what, the range, what it meets. */
bool kernel_form_is_free(const char *what, uint32_t base, uint32_t size);

/* Is the entry in the kernel? If not, a line. */
bool kernel_form_has_entry(const struct kernel_form *form);

/* All is in place: the last stamps, and the entry with these registers. */
void kernel_form_enter(const struct kernel_form *form, uint32_t eax, uint32_t ebx) __attribute__((noreturn));

/* pvh.c, multiboot.c: as kernel_form_boot(). */
int pvh_boot(const struct kernel_form *form, bool first);
int multiboot_boot(const struct kernel_form *form);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/initrd.c: see initrd.h.
 */
#include "fake/initrd.h"

struct fake_initrd fake_initrd;

void initrd_add(struct initrd *all, const struct initrd_part *part)
{
	if (!part->size)
		return;
	all->part[all->count++] = *part;
	all->size += part->size;
}

void initrd_add_microcode(struct initrd *all)
{
	(void)all;
}

int initrd_add_files(struct initrd *all)
{
	initrd_add(all, &(struct initrd_part){ .name = "file", .size = fake_initrd.size, .key = 0x20, .whole = true });
	return fake_initrd.add_rc;
}

int initrd_read(const struct initrd *all, uint64_t at)
{
	fake_initrd.reads++;
	fake_initrd.read = *all;
	fake_initrd.at = at;
	return fake_initrd.read_rc;
}

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/uki.c: see uki.h.
 */
#include <assert.h>
#include <string.h>
#include "fake/ram.h"
#include "fake/uki.h"
#include "lib/errno.h"

struct fake_uki fake_uki;

int uki_find(const uint8_t first[BZIMAGE_SETUP], uint32_t kernel_size, struct uki *uki)
{
	(void)kernel_size;
	assert(first[0] == 'M' && first[1] == 'Z');
	fake_uki.finds++;
	if (!fake_uki.is_one)
		return -ENOENT;
	memcpy(uki->part, fake_uki.part, sizeof(uki->part));
	uki->file = (struct kernel_file){ .size = 77 };
	return fake_uki.find_rc;
}

int uki_take_setup(struct uki *uki, uint8_t setup[BZIMAGE_SETUP])
{
	assert(uki->file.size == 77);
	memcpy(setup, fake_uki.setup, BZIMAGE_SETUP);
	return fake_uki.take_rc;
}

int kernel_file_load(const struct kernel_file *file, uint32_t offset, uint64_t phys, uint32_t size)
{
	assert(file->size == 77 && fake_uki.loads < 8);
	fake_uki.load[fake_uki.loads].offset = offset;
	fake_uki.load[fake_uki.loads].size = size;
	fake_uki.load[fake_uki.loads].phys = phys;
	if (++fake_uki.loads == fake_uki.fail_at)
		return -EIO;
	for (uint32_t i = 0; i < size && phys + i < fake_ram_size; i++)
		fake_ram[phys + i] = fake_uki_byte(offset + i);
	return 0;
}

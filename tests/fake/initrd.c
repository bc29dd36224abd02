/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/initrd.c: see initrd.h.
 */
#include <string.h>
#include "fake/initrd.h"
#include "fw/fw_cfg.h"

struct fake_initrd fake_initrd;

static void add(struct initrd *all, struct initrd_part part)
{
	if (!part.size)
		return;
	all->part[all->count++] = part;
	all->size += part.size;
}

static void add_section(struct initrd *all, const struct uki *uki, enum uki_part part)
{
	if (uki)
		add(all, (struct initrd_part){ .offset = uki->part[part].offset, .size = uki->part[part].size, .file = &uki->file });
}

int initrd_join(struct initrd *all, uint32_t own, const struct uki *uki)
{
	memset(all, 0, sizeof(*all));
	add_section(all, uki, UKI_UCODE);
	add(all, (struct initrd_part){ .size = own, .key = FW_CFG_INITRD_DATA, .whole = true });
	add_section(all, uki, UKI_INITRD);
	add(all, (struct initrd_part){ .size = fake_initrd.size, .key = 0x20, .whole = true });
	return fake_initrd.add_rc;
}

int initrd_read(const struct initrd *all, uint64_t at)
{
	fake_initrd.reads++;
	fake_initrd.read = *all;
	fake_initrd.at = at;
	return fake_initrd.read_rc;
}

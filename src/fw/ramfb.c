/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/ramfb.c: see ramfb.h.
 */
#include "fw/ramfb.h"
#include "fw/fw_cfg.h"
#include "lib/endian.h"

#define XRGB	0x34325258u		/* "XR24" */

struct ramfb {
	be64_t address;
	be32_t format, flags, width, height, pitch;	/* pitch: bytes of a line */
} __attribute__((packed));
_Static_assert(sizeof(struct ramfb) == 28, "QEMU takes no other size");

bool ramfb_find(struct fw_cfg_item *item)
{
	if (fw_cfg_find("etc/ramfb", item) == 0 && item->size == sizeof(struct ramfb))
		return true;
	item->size = 0;
	return false;
}

int ramfb_show(const struct fw_cfg_item *item, uint64_t at, uint32_t width, uint32_t height)
{
	const struct ramfb file = { cpu_to_be64(at), cpu_to_be32(XRGB), cpu_to_be32(0), cpu_to_be32(width), cpu_to_be32(height),
				    cpu_to_be32(width * 4) };

	return fw_cfg_write(item, 0, &file, sizeof(file));
}

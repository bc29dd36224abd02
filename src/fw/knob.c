/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/knob.c: see knob.h.
 */
#include "fw/knob.h"
#include "fw/fw_cfg.h"
#include "lib/bits.h"
#include "lib/string.h"

bool knob_text(const char *name, char text[KNOB_TEXT + 1])
{
	struct fw_cfg_item item;
	uint32_t size;

	memset(text, 0, KNOB_TEXT + 1);
	if (fw_cfg_find(name, &item) != 0)
		return false;
	size = min_u32(item.size, KNOB_TEXT);
	if (fw_cfg_read(&item, 0, text, size) != 0)
		return false;
	if (item.size > KNOB_TEXT)
		text[KNOB_TEXT - 1] = '~';
	else if (size && text[size - 1] == '\n')
		text[size - 1] = '\0';
	return true;
}

bool knob_decimal(const char text[KNOB_TEXT + 1], uint32_t *value)
{
	uint32_t number = 0, i = 0;

	for (; text[i] >= '0' && text[i] <= '9'; i++)
		number = number * 10 + (uint32_t)(text[i] - '0');	/* 8 digits at most */
	if (!i || text[i])
		return false;
	*value = number;
	return true;
}

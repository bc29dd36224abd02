/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/request/append.c: more text for a command line: see request.h.
 */
#include "boot/request/files.h"
#include "fw/fw_cfg.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "trace/log.h"

static const char not_read[] = "boot: command line: %s: %u bytes could not be read; not started";

/* A text may have the end of a line, or a NUL, at its end, as the tools leave it that wrote it. */
static int find_text(struct fw_cfg_item *item)
{
	static char last;	/* a device writes here: not on the stack */

	if (fw_cfg_find(request_files[REQUEST_PARTS], item) != 0) {
		item->size = 0;
		if (!(kernel_requests & REQUEST_APPEND))
			return 0;
		/* A long directory lies where programs run. */
		log("boot: command line: %s is gone; not started", request_files[REQUEST_PARTS]);
		return -EIO;
	}
	if (!item->size)
		return 0;
	if (fw_cfg_read(item, item->size - 1, &last, 1) != 0) {
		log(not_read, request_files[REQUEST_PARTS], item->size);
		return -EIO;
	}
	item->size -= last == '\n' || last == '\0';
	return 0;
}

int request_cmdline_size(uint32_t size, uint32_t *longer)
{
	const uint32_t most = UINT32_MAX - 2, blank = size > 1;		/* between both, where there are two */
	struct fw_cfg_item item;
	int rc = find_text(&item);

	*longer = min_u32(size, UINT32_MAX - 1);
	if (rc != 0 || !item.size)
		return rc;
	size = max_u32(size, 1);
	*longer = item.size < most && size <= most - item.size - blank ? size + blank + item.size : UINT32_MAX - 1;
	return 0;
}

int request_append(char *line, uint32_t size)
{
	struct fw_cfg_item item;
	uint32_t at = (uint32_t)strnlen(line, size), len;
	int rc = find_text(&item);

	if (rc != 0 || !item.size)
		return rc;
	if (size < item.size || at + (at > 0) > size - item.size) {
		log("boot: command line: %u characters or more, and the host said fewer; not started", at);
		return -EINVAL;
	}
	if (at)
		line[at++] = ' ';
	if (fw_cfg_read(&item, 0, line + at, item.size) != 0) {
		log(not_read, request_files[REQUEST_PARTS], item.size);
		return -EIO;
	}
	line[at + item.size] = '\0';
	len = (uint32_t)strlen(line + at);
	if (len == item.size)
		return 0;
	log("boot: command line: %s: a NUL at %u of %u characters, behind which no kernel reads; not started",
	    request_files[REQUEST_PARTS], len, item.size);
	return -EINVAL;
}

/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/request/request.c: which requests there are, and who cannot fulfil them: see request.h.
 */
#include "boot/request/request.h"
#include "boot/request/files.h"
#include "fw/fw_cfg.h"
#include "lib/string.h"
#include "trace/log.h"

uint32_t kernel_requests;

const char *const request_files[REQUEST_FILES] = {
	[REQUEST_KERNEL] = "opt/org.slipway/sha256-kernel",
	[REQUEST_INITRD] = "opt/org.slipway/sha256-initrd",
	[REQUEST_CMDLINE] = "opt/org.slipway/sha256-cmdline",
	[REQUEST_PARTS] = "opt/org.slipway/append",
	[REQUEST_PARTS + 1] = "opt/org.slipway/initrd.",
};

void request_find(void)
{
	struct fw_cfg_item item;

	kernel_requests = 0;
	for (uint32_t i = 0; i < REQUEST_FILES; i++) {
		const char *name = request_files[i];
		uint32_t len = (uint32_t)strlen(name);

		len -= name[len - 1] == '.';	/* then it goes on */
		kernel_requests |= (uint32_t)(fw_cfg_find_n(name, len, &item) == 0) << i;
	}
}

bool request_forbids(const char *by_what)
{
	return request_forbids_some(UINT32_MAX, by_what);
}

bool request_forbids_some(uint32_t which, const char *by_what)
{
	for (uint32_t i = 0; i < REQUEST_FILES; i++)
		if ((kernel_requests & which) >> i & 1) {
			log("boot: kernel: %s is given, which %s does not see to; not started by it", request_files[i], by_what);
			return true;
		}
	return false;
}

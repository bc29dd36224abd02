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
	[REQUEST_PARTS + 2] = "opt/org.slipway/sha256",
};

static bool is_digest(const char *name)
{
	for (uint32_t i = 0; i < REQUEST_PARTS; i++)
		if (strncmp(name, request_files[i], strlen(request_files[i]) + 1) == 0)
			return true;
	return false;
}

static void find_unknown(void)
{
	const char *const begin = request_files[REQUEST_FILES - 1], *name;
	struct fw_cfg_item item;

	for (uint32_t n = 0; fw_cfg_nth(n, &name, &item) == 0; n++) {
		if (strncmp(name, begin, strlen(begin)) != 0 || is_digest(name))
			continue;
		log("boot: %s: digests are sha256-kernel, sha256-initrd and sha256-cmdline; no kernel is started", log_text(name));
		kernel_requests |= REQUEST_UNKNOWN;
		return;
	}
}

void request_find(void)
{
	struct fw_cfg_item item;

	kernel_requests = 0;
	for (uint32_t i = 0; i < REQUEST_FILES - 1; i++) {
		const char *name = request_files[i];
		uint32_t len = (uint32_t)strlen(name);

		len -= name[len - 1] == '.';	/* then it goes on */
		kernel_requests |= (uint32_t)(fw_cfg_find_n(name, len, &item) == 0) << i;
	}
	find_unknown();
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

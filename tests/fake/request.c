/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/request.c: see request.h.
 */
#include <string.h>
#include "fake/request.h"
#include "lib/errno.h"

uint32_t kernel_requests;
struct fake_request fake_request;

void fake_request_reset(void)
{
	memset(&fake_request, 0, sizeof(fake_request));
	kernel_requests = 0;
}

void request_find(void)
{
	fake_request.finds++;
}

bool request_forbids(const char *by_what)
{
	(void)by_what;
	fake_request.forbids++;
	return kernel_requests;
}

bool request_forbids_some(uint32_t which, const char *by_what)
{
	(void)by_what;
	return kernel_requests & which;
}

int request_cmdline_size(uint32_t size, uint32_t *longer)
{
	*longer = fake_request.append ? size + 1 + (uint32_t)strlen(fake_request.append) : size;
	return fake_request.size_rc;
}

int request_append(char *line, uint32_t size)
{
	size_t len = strnlen(line, size);

	if (len + 1 + strlen(fake_request.append) > size)	/* as request_cmdline_size() said */
		return -EINVAL;
	line[len] = ' ';
	strcpy(line + len + 1, fake_request.append);
	return fake_request.append_rc;
}

int request_check(const struct request_bytes part[REQUEST_PARTS])
{
	fake_request.checks++;
	memcpy(fake_request.part, part, sizeof(fake_request.part));
	return fake_request.check_rc;
}

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/request_fuzz.c: whatever is to be appended to a command line, and whatever digest a kernel is to have: nothing is
 * written behind what was made room for, no text is cut, and nothing is as given that is not.
 * Input: le32 size of the command line's item, a byte for how much of the input is the line, line, and the rest is the file.
 * LINK: src/boot/request/request.c src/boot/request/append.c src/boot/request/check.c src/arch/hash/sha256_ni.c src/lib/hash/sha256.c tests/fake/fw_cfg_files.c tests/fake/ram.c tests/fake/cpu.c tests/fake/log.c
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "boot/request/request.h"
#include "fake/fw_cfg_files.h"
#include "fake/log.h"
#include "lib/endian.h"
#include "lib/hash/sha256.h"
#include "machine/machine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct machine machine;	/* without CPUID */

static void must(bool true_thing)
{
	if (!true_thing)
		abort();
}

static void append(const uint8_t *line, uint32_t len, uint32_t claimed, const uint8_t *text, uint32_t size)
{
	uint32_t longer, at;
	char *room;
	int rc;

	fake_files_reset();
	fake_files_add("opt/org.slipway/append", (void *)(uintptr_t)text, size);
	request_find();
	must(request_cmdline_size(claimed, &longer) == 0 && (longer >= claimed || longer == UINT32_MAX - 1));
	must(request_cmdline_size(claimed < len ? claimed : len, &longer) == 0);
	room = calloc(longer + 1, 1);	/* exactly what a kernel's loader has: the sanitizer sees the rest */
	memcpy(room, line, len < longer ? len : longer);
	at = (uint32_t)strnlen(room, longer);
	rc = request_append(room, longer);
	must(rc == 0 || rc == -22);
	if (size)
		size -= text[size - 1] == '\n' || text[size - 1] == '\0';
	must((rc != 0) == (size && (at + (at > 0) + size > longer || memchr(text, 0, size))));
	must(memcmp(room, line, at) == 0);
	if (rc == 0 && size)
		must(memcmp(room + at + (at > 0), text, size) == 0 && room[at + (at > 0) + size] == '\0');
	free(room);
}

static void check(const uint8_t *text, uint32_t size, const uint8_t *what, uint32_t len)
{
	struct request_bytes part[REQUEST_PARTS] = { { what, len } };
	struct sha256 is = sha256(sha256_blocks, what, len), want;
	bool same = sha256_parse((const char *)text, size < 65 ? size : 65, &want) && memcmp(&is, &want, sizeof(is)) == 0;

	fake_files_reset();
	fake_files_add("opt/org.slipway/sha256-kernel", (void *)(uintptr_t)text, size);
	request_find();
	fake_log_reset();
	must((request_check(part) == 0) == same && fake_log_lines() >= 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t line, claimed;

	if (size < 5 || size > 4096)
		return 0;
	claimed = get_le32(data);
	line = data[4];
	data += 5;
	size -= 5;
	if (line > size)
		line = (uint32_t)size;
	append(data, line, claimed, data + line, (uint32_t)size - line);
	check(data + line, (uint32_t)size - line, data, line);
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/initrd_fuzz.c: whatever files there are, of whatever sizes: an initrd of all that are parts, in their order, each at
 * a multiple of 16, nothing but zeros between them, and nothing written elsewhere; or a line, where a name is none of a part.
 * Input: a byte, whether it goes above 4 GiB; le32 size of QEMU's own; then for each file le32 size, how many characters its
 * name has behind "opt/org.slipway/initrd.", and these.
 * LINK: src/boot/kernel/initrd.c tests/fake/request.c tests/fake/fw_cfg_files.c tests/fake/ram.c tests/fake/log.c
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "boot/kernel/initrd.h"
#include "fake/fw_cfg_files.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fake/request.h"
#include "fw/fw_cfg.h"
#include "lib/bits.h"
#include "lib/endian.h"

#define FILES	24
#define RAM	0x10000u
#define LOW	0x1000u		/* where it goes below 4 GiB */
#define FAR	0x100000000ull	/* and else */
#define KEY	0x20u		/* of the first (fake/fw_cfg_files.h) */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Of the initrd: what was written so far, and of the parts as they should be. */
static uint64_t base, at;
static struct { uint16_t key; uint32_t size; } want[INITRD_PARTS];
static uint32_t wanted, done;

static void must(bool true_thing)
{
	if (!true_thing)
		abort();
}

int kernel_file_load(const struct kernel_file *from, uint32_t offset, uint64_t phys, uint32_t len)
{
	(void)from, (void)offset, (void)phys, (void)len;
	abort();
}

/* The next part, or the zeros up to it, and not a byte behind what there is. */
int fw_cfg_read_phys(const struct fw_cfg_item *item, uint32_t offset, uint64_t phys, uint32_t len)
{
	must(len && offset == 0 && len <= item->size);
	if (item->key == FW_CFG_NO_ITEM) {
		must(phys == at && len < INITRD_ALIGN && (at + len) % INITRD_ALIGN == 0 && done < wanted);
		at += len;
		return 0;
	}
	if (at >> 32 == 0 && phys > at)		/* zeros were written to memory */
		for (; at < phys; at++)
			must(at < RAM && fake_ram[at] == 0);
	must(done < wanted && phys == at && (phys - base) % INITRD_ALIGN == 0);
	must(item->key == want[done].key && len >= want[done].size && len - want[done].size < INITRD_ALIGN);
	if (len > want[done].size)		/* the device's zeros */
		must((phys + len) >> 32 && len % INITRD_ALIGN == 0 && done + 1 < wanted);
	else if (phys < RAM)
		memset(fake_ram + phys, 0xbb, len);
	at = phys + len;
	done++;
	return 0;
}

static void expect(uint16_t key, uint32_t size)
{
	if (!size)
		return;
	want[wanted].key = key;
	want[wanted++].size = size;
}

static int file_named(const char *suffix)
{
	for (uint32_t n = 0; n < fake_files.files; n++)
		if (!strcmp(fake_files.file[n].name + sizeof("opt/org.slipway/initrd.") - 1, suffix))
			return (int)n;
	return -1;
}

/* Names by the list of them, not by their digits. Returns whether each file has one. */
static bool expect_all(uint32_t own)
{
	uint32_t known = 0;
	char suffix[8];
	int n = file_named("ucode");

	if (n >= 0)
		expect((uint16_t)(KEY + n), fake_files.file[n].size);
	expect(FW_CFG_INITRD_DATA, own);
	for (uint32_t i = 0; i < 16; i++) {
		snprintf(suffix, sizeof(suffix), "%u", i);
		n = file_named(suffix);
		if (n >= 0)
			expect((uint16_t)(KEY + n), fake_files.file[n].size);
	}
	for (uint32_t k = 0; k < fake_files.files; k++) {
		const char *is = fake_files.file[k].name + sizeof("opt/org.slipway/initrd.") - 1;

		known += !strcmp(is, "ucode");
		for (uint32_t i = 0; i < 16; i++) {
			snprintf(suffix, sizeof(suffix), "%u", i);
			known += !strcmp(is, suffix);
		}
	}
	return known == fake_files.files;
}

static void read_all(const struct initrd *all)
{
	uint64_t size = 0;

	for (uint32_t i = 0; i < wanted; i++)
		size = align_up64(size, INITRD_ALIGN) + want[i].size;
	must(all->count == wanted && all->size == size);
	at = base;
	must(initrd_read(all, base) == 0);
	must(done == wanted && at == base + size);
	for (uint64_t i = at; i < RAM && base < RAM; i++)
		must(fake_ram[i] == 0xaa);
	must(fake_log_lines() == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct initrd all = { 0 };
	uint32_t most, own;
	bool good;

	if (size < 5)
		return 0;
	base = data[0] & 1 ? FAR : LOW;
	most = data[0] & 1 ? UINT32_MAX : (RAM - LOW) / (FILES + 1) - INITRD_ALIGN;
	own = min_u32(get_le32(data + 1), most);
	wanted = done = 0;
	fake_files_reset();
	for (data += 5, size -= 5; size >= 5 && fake_files.files < FILES;) {
		uint32_t len = min_u32(data[4] % 8, (uint32_t)size - 5);
		char name[56];

		snprintf(name, sizeof(name), "opt/org.slipway/initrd.%.*s", (int)len, (const char *)data + 5);
		fake_files_add(name, NULL, min_u32(get_le32(data), most));
		data += 5 + len;
		size -= 5 + len;
	}
	kernel_requests = REQUEST_INITRD_FILES;
	fake_log_reset();
	fake_ram_reset(RAM);
	memset(fake_ram, 0xaa, RAM);
	good = expect_all(own);
	if (initrd_join(&all, own, NULL) == 0) {
		must(good && fake_files.files);
		read_all(&all);
	} else {
		must((!good || !fake_files.files) && fake_log_lines() == 1);
	}
	return 0;
}

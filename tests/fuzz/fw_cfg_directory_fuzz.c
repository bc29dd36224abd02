/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/fw_cfg_directory_fuzz.c: any bytes as the fw_cfg file directory.
 *
 * The first byte: bit 0, by port; bit 1, the item ends early, by the second byte; bit 2, the
 * directory is another one at the second read, its bytes reversed; bit 3, the third transfer
 * fails; bit 4, it never ends; bit 5, one item has contents. The directory is read twice. Whatever
 * is accepted then must be found by its name, have a key of a file, and be readable as far as it
 * says, but not further.
 *
 * LINK: src/trace/timeline.c src/fw/fw_cfg.c src/fw/fw_cfg_io.c src/fw/fw_cfg_dir.c src/fw/fw_cfg_port.c tests/fake/fw_cfg.c tests/fake/io.c tests/fake/timer.c tests/fake/alloc.c tests/fake/ram.c tests/fake/log.c tests/fake/cpu.c
 */
#include <stdlib.h>
#include <string.h>
#include "fake/alloc.h"
#include "fake/fw_cfg.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fake/timer.h"
#include "fw/fw_cfg.h"
#include "lib/bits.h"
#include "lib/errno.h"

#define READ_MOST 4096
#define MUST(condition) do { if (!(condition)) abort(); } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_entry(uint32_t n)
{
	static uint8_t buf[READ_MOST + 1];
	struct fw_cfg_item item, found;
	const char *name;
	uint64_t number;
	uint32_t len;

	MUST(!fw_cfg_nth(n, &name, &item));
	MUST(strlen(name) > 0 && strlen(name) < 56);
	MUST(item.key >= 0x20 && item.key < 0x4000);
	MUST(!fw_cfg_find(name, &found));	/* itself, or the first of that name */

	len = min_u32(item.size, READ_MOST);
	buf[len] = 0xcc;
	MUST(!fw_cfg_read(&item, 0, buf, len));
	MUST(buf[len] == 0xcc);
	if (item.size < 0xffffffff)
		MUST(fw_cfg_read(&item, 0, buf, item.size + 1) == -ERANGE);
	MUST(fw_cfg_read(&item, item.size, buf, 1) == -ERANGE);
	(void)fw_cfg_read_number(&item, &number);
	(void)fw_cfg_write(&item, 0, buf, min_u32(len, 8));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fw_cfg_item item, by_file;
	uint8_t how, *reversed;
	const char *name;
	uint32_t count = 0;

	if (size < 2 || size > 2 + 4 + 64 * 100)
		return 0;
	how = data[0];
	if (how & 1 && size >= 6 && (data[4] | data[3] | data[2]))
		return 0;	/* a long directory by port is only slow: 64 exits for each entry */
	if (!fake_ram_size)
		fake_ram_reset(2 << 20);
	fake_log_reset();
	fake_alloc_reset();
	fake_fw_cfg_reset();
	fake_timer_looks = 3;
	fake_fw_cfg.dma = how & 1 ? FAKE_DMA_ABSENT : FAKE_DMA_GOOD;
	fake_fw_cfg.directory_bytes = how & 2 ? data[1] * 4 : 0;
	fake_fw_cfg.fail_at = how & 8 ? 3 : 0;
	fake_fw_cfg.hang_at = how & 16 ? 3 : 0;
	if (how & 32)
		fake_fw_cfg_set(0x20, data, size);
	fake_fw_cfg_set_directory(data + 2, size - 2);

	MUST(!fw_cfg_init());
	(void)fw_cfg_read_directory();
	if (how & 4) {
		reversed = malloc(size);
		for (size_t i = 2; i < size; i++)
			reversed[i - 2] = data[size + 1 - i];
		fake_fw_cfg_set_directory(reversed, size - 2);
		free(reversed);
	}
	if (fw_cfg_read_directory())
		MUST(fw_cfg_nth(0, &name, &item) == -ENOENT);

	while (!fw_cfg_nth(count, &name, &item))
		count++;
	for (uint32_t i = 0; i < min_u32(count, 16); i++)
		check_entry(i);
	for (unsigned int file = 0; file < FW_CFG_FILES; file++)
		MUST(fw_cfg_file(file, &by_file) || by_file.key >= 0x20);
	MUST(!fw_cfg_has_dma() || fw_cfg_le32(FW_CFG_ID) == 3);
	return 0;
}

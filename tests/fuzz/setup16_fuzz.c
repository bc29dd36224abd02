/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/setup16_fuzz.c: whatever a kernel's header says, and whatever a host does of its sizes and of the memory map, all that
 * its setup code is entered with lies in RAM, apart from everything else, and the header tells where; or it is refused with a line.
 * Input: le32 size behind the setup part, sizes of command line and initrd; a byte for conventional memory in units of 4 KiB, one for
 * requests, one for the number of rows, the rows as in etc/e820, and the beginning of the setup part; what is left is the payload.
 * LINK: src/trace/timeline.c src/boot/kernel/setup16.c src/boot/kernel/form.c src/boot/kernel/place.c src/boot/kernel/setup_data.c
 * LINK: tests/fake/request.c src/hw/pic.c src/mem/e820.c tests/fake/e820.c tests/fake/launch.c tests/fake/io.c
 * LINK: tests/fake/cpu.c tests/fake/ram.c tests/fake/log.c tests/fake/initrd.c
 */
#define MAP_AT 0xf8000u		/* where the services keep it */
#include "arch/real_call.h"
#include "boot/kernel/form.h"
#include "boot/kernel/place.h"
#include "boot/kernel/setup16.h"
#include "boot/program.h"
#include "fake/initrd.h"
#include "fake/request.h"
#include "fw/fw_cfg.h"
#include "kernel_fuzz.h"
#include "lib/errno.h"
#include "std/bda.h"

#define FIXED	15u
#define PAGE	4096u

struct place_request kernel_want;

static struct { uint32_t size, cmdline_size, initrd_size; } says;
static const uint8_t *file;
static uint32_t file_size, setup_at, line_at, payload_at, initrd_at;
static bool entered;

uint32_t alloc_keep_off(uint32_t base, uint32_t size) { (void)base; (void)size; return 0; }
int pvh_boot(const struct kernel_form *form, bool first) { (void)form; (void)first; return -EINVAL; }
int multiboot_boot(const struct kernel_form *form) { (void)form; return -EINVAL; }
void program_begins(void) { }
int fw_cfg_select(uint16_t key) { (void)key; return 0; }
int fw_cfg_find(const char *name, struct fw_cfg_item *item) { (void)name; (void)item; return -ENOENT; }

uint32_t fw_cfg_le32(uint16_t key)
{
	return key == FW_CFG_CMDLINE_SIZE ? says.cmdline_size : says.initrd_size;
}

/* The file from its first byte on; behind what the input has, zeros. */
static void put(uint8_t *to, uint32_t from, uint32_t len)
{
	uint32_t have = from < file_size ? file_size - from : 0;

	memset(to, 0, len);
	memcpy(to, file + from, have < len ? have : len);
}

int fw_cfg_read_key(uint16_t key, void *buf, uint32_t len)
{
	uint32_t at;

	if (len == 0)
		return 0;
	if (key == FW_CFG_SETUP_DATA && len == BZIMAGE_SETUP && !program_started) {	/* before anything has a place */
		put(buf, 0, len);
		return 0;
	}
	at = (uint32_t)ptr_to_phys(buf);
	must(program_started);
	give_fixed(at, len + (key == FW_CFG_CMDLINE_DATA));
	switch (key) {
	case FW_CFG_SETUP_DATA: setup_at = at; put(buf, 0, len); break;
	case FW_CFG_KERNEL_DATA: payload_at = at; put(buf, BZIMAGE_SETUP, len); break;
	case FW_CFG_CMDLINE_DATA: line_at = at; memset(buf, 'x', len); break;
	default: abort();
	}
	return 0;
}

static void check_nodes(uint64_t at)
{
	for (uint32_t n = 0; at; n++) {
		struct setup_data node;

		must(n <= 8 && at % PAGE == 0);
		give(at, sizeof(node));		/* the first of its pages is its own; the length is checked by the read */
		memcpy(&node, fake_ram + at, sizeof(node));
		must(at + sizeof(node) + node.len <= TOP);
		at = node.next;
	}
}

void real_start(struct regs *r, uint32_t target)
{
	const struct setup_header *hdr = (void *)(fake_ram + setup_at + SETUP_HEADER_AT);
	uint32_t version = hdr->header == SETUP_MAGIC ? hdr->version : 0, base = (uint32_t)r->ds << 4, line, sp = r->esp - 6;

	entered = true;
	if (says.initrd_size) {
		must(fake_initrd.read.size == says.initrd_size);
		initrd_at = (uint32_t)fake_initrd.at;
		give(initrd_at, says.initrd_size);
	}
	must(base == setup_at && (base == 0x10000 || base == 0x90000));
	must(target == FAR_POINTER(r->ds + 0x20, 0) && r->es == r->ds && r->fs == r->ds && r->gs == r->ds && r->ss == r->ds);
	must(payload_at == (version >= 0x200 && hdr->loadflags & LOADED_HIGH ? 0x100000 : 0x10000));
	must(payload_at == 0x100000 || payload_at + says.size <= 0x90000);
	line = version >= 0x202 ? hdr->cmd_line_ptr : base + get_le16(fake_ram + base + 0x22);
	must(says.cmdline_size == 0 || line == line_at);
	must(strnlen((char *)fake_ram + line, 0x10000) >= says.cmdline_size);
	must(sp < line - base && line - base - sp <= 16 && line - base <= 0x10000);
	must(line + says.cmdline_size < get_le16(fake_ram + BDA_BASE_KIB) * 1024u);
	if (version >= 0x201)
		must(hdr->heap_end_ptr == line - base - 0x200 && hdr->loadflags & 0x80);
	if (version >= 0x200)
		must(hdr->ramdisk_size == says.initrd_size && hdr->ramdisk_image == (says.initrd_size ? initrd_at : 0));
	else
		must(!says.initrd_size);
	if (version >= 0x203 && says.initrd_size && !(version >= 0x20c && hdr->xloadflags & XLF_CAN_BE_LOADED_ABOVE_4G))
		must(initrd_at + says.initrd_size - 1 <= hdr->initrd_addr_max);
	if (version >= 0x209)
		check_nodes(hdr->setup_data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *why;

	if (size < FIXED || size > 0x80000)
		return 0;
	memcpy(&says, data, sizeof(says));
	says.size += !says.size;
	file = set_map(data[14], data + FIXED, size - FIXED, &file_size);
	if (!file)
		return 0;
	put_le16(fake_ram + BDA_BASE_KIB, (uint16_t)(data[12] * 4));
	kernel_requests = data[13] & 1 ? 1u << REQUEST_KERNEL : data[13] & 2 ? 1u << REQUEST_INITRD : 0;
	program_started = entered = false;
	line_at = initrd_at = 0;
	why = setup16_boot(says.size);
	must(why && (entered || fake_log_lines() || kernel_requests & 1));
	must(!(entered && kernel_requests & 1));
	must(entered || !n_given || fake_log_lines());
	return 0;
}

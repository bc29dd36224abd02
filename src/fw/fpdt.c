/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/fpdt.c: see fpdt.h.
 *
 * Checksums are kept, not made: a change of some bytes is taken out of the checksum, so a table
 * that was wrong before stays wrong and is not blessed here.
 */
#include "fw/fpdt.h"
#include <stdbool.h>
#include "arch/phys.h"
#include "fw/fw_cfg.h"
#include "hw/tsc_rate.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "trace/log.h"
#include "lib/string.h"
#include "mem/alloc.h"
#include "machine/machine.h"
#include "trace/timeline.h"
#include "std/acpi.h"
#include "std/fpdt.h"

#define ROOT_MAX 0x1000		/* bytes of an RSDT or XSDT: QEMU's have some 50 */

/* All tables that are made, in one piece; the copies of RSDT and XSDT follow the FPDT. */
struct block {
	struct acpi_fpdt fpdt;
	uint8_t roots[] __attribute__((aligned(8)));
};

/*
 * The sum of its bytes is known but for the pointer, whose bytes go in when it does. Names have no
 * NUL, which gcc 15 warns of where they are written as strings.
 */
#define MODEL_SUM (('F' + 'P' + 'D' + 'T') + sizeof(struct acpi_fpdt) + 1 + \
	('S' + 'L' + 'P' + 'W' + 'A' + 'Y') + ('S' + 'L' + 'I' + 'P' + 'W' + 'A' + 'Y' + ' ') + 1 + \
	('S' + 'L' + 'P' + 'W') + 1 + FPDT_BOOT_POINTER + FPDT_BOOT_POINTER_SIZE + 1)

static const struct acpi_fpdt fpdt_model = {
	.header = {
		.signature = { 'F', 'P', 'D', 'T' }, .length = sizeof(struct acpi_fpdt),
		.revision = 1, .checksum = (uint8_t)-MODEL_SUM,
		.oem_id = { 'S', 'L', 'P', 'W', 'A', 'Y' },
		.oem_table_id = { 'S', 'L', 'I', 'P', 'W', 'A', 'Y', ' ' }, .oem_revision = 1,
		.creator_id = { 'S', 'L', 'P', 'W' }, .creator_revision = 1,
	},
	.type = FPDT_BOOT_POINTER, .record_length = FPDT_BOOT_POINTER_SIZE, .record_revision = 1,
};
static const struct acpi_fbpt fbpt_model = {
	.signature = { 'F', 'B', 'P', 'T' }, .length = sizeof(struct acpi_fbpt),
	.boot = {
		.type = FBPT_BASIC_BOOT, .length = sizeof(struct acpi_fbpt_boot), .revision = 2,
	},
};

/* One of RSDT and XSDT. entry: bytes of one; table NULL: there is none. */
struct root {
	const struct acpi_header *table;
	uint32_t entry;
};

/*
 * In the firmware's RAM: reserved, writable until the kernel is entered, and below 1 MiB, where
 * Linux lets /dev/mem be read whatever its configuration and however little memory there is.
 */
static struct acpi_fbpt fbpt __attribute__((section(".noinit.fpdt"), aligned(8)));
static bool wanted, linked;

static bool switched_off(void)
{
	struct fw_cfg_item item;
	char word[4] = "";

	if (fw_cfg_file(FW_CFG_FPDT, &item) != 0 ||
	    fw_cfg_read(&item, 0, word, min_u32(item.size, sizeof(word))) != 0)
		return false;
	return word[0] == '0' || memcmp(word, "off", 3) == 0 || memcmp(word, "no", 2) == 0;
}

void fpdt_begin(void)
{
	struct fw_cfg_item loader;

	linked = false;
	wanted = timeline.tsc && fw_cfg_file(FW_CFG_TABLE_LOADER, &loader) == 0 && !switched_off() &&
		 tsc_rate_begin();
}

/* Of the four bytes; only the low eight bits count. */
static uint32_t sum4(uint32_t x)
{
	x = (x & 0x00ff00ff) + (x >> 8 & 0x00ff00ff);
	return x + (x >> 16);
}

/* Does the table have an FPDT already (-acpitable)? */
static bool has_fpdt(const struct root *root)
{
	const uint8_t *entry = (const uint8_t *)(root->table + 1);
	const uint8_t *end = (const uint8_t *)root->table + root->table->length;

	for (; entry < end; entry += root->entry)
		if ((root->entry == 4 || !get_le32(entry + 4)) &&
		    get_le32(phys_to_ptr(get_le32(entry))) == get_le32("FPDT"))
			return true;
	return false;
}

/* The table at phys, NULL in *root when there is none. False: it is not what it should be. */
static bool find_root(struct root *root, uint64_t phys, const char *signature, uint32_t entry)
{
	const struct acpi_header *table;

	root->entry = entry;
	root->table = NULL;
	if (!phys)
		return true;
	if (phys >> 32)
		return false;
	table = phys_to_ptr((uint32_t)phys);
	if (get_le32(table) != get_le32(signature) || table->length < sizeof(*table) ||
	    table->length > ROOT_MAX || (table->length - sizeof(*table)) % entry)
		return false;
	root->table = table;
	return true;
}

static uint32_t room(const struct root *root)
{
	return root->table ? align_up(root->table->length + root->entry, 8) : 0;
}

/* Copy with one entry more, which is below 4 GiB. Returns its physical address. */
static uint32_t extend(const struct root *root, uint8_t *to, uint32_t fpdt)
{
	uint32_t old = root->table->length;
	struct acpi_header *copy = (struct acpi_header *)to;

	memcpy(to, root->table, old);
	put_le32(to + old, fpdt);
	if (root->entry == 8)
		put_le32(to + old + 4, 0);
	copy->length = old + root->entry;
	copy->checksum -= (uint8_t)(sum4(fpdt) + sum4(copy->length) - sum4(old));
	return (uint32_t)ptr_to_phys(to);
}

static void link_tables(struct acpi_rsdp *rsdp, const struct root *rsdt, const struct root *xsdt,
			struct block *block)
{
	uint32_t fpdt = (uint32_t)ptr_to_phys(&block->fpdt);
	uint32_t new_rsdt = rsdp->rsdt, new_xsdt = 0;

	if (rsdt->table)
		new_rsdt = extend(rsdt, block->roots, fpdt);
	if (xsdt->table)
		new_xsdt = extend(xsdt, block->roots + room(rsdt), fpdt);

	rsdp->checksum += (uint8_t)(sum4(rsdp->rsdt) - sum4(new_rsdt));
	rsdp->rsdt = new_rsdt;
	if (!xsdt->table)
		return;
	/* what is before it adds up as before */
	rsdp->extended_checksum += (uint8_t)(sum4((uint32_t)rsdp->xsdt) - sum4(new_xsdt));
	rsdp->xsdt = new_xsdt;
}

void fpdt_init(void)
{
	struct acpi_rsdp *rsdp = phys_to_ptr(machine.rsdp);
	struct root rsdt, xsdt = { NULL, 8 };
	struct block *block;

	if (!wanted)
		return;
	timeline.khz = tsc_rate_end(&timeline.pm_ticks, &timeline.unsure);
	if (!timeline.khz || !machine.rsdp)
		return;
	if (get_le32(rsdp) != get_le32("RSD ") || !find_root(&rsdt, rsdp->rsdt, "RSDT", 4) ||
	    (rsdp->revision >= 2 && !find_root(&xsdt, rsdp->xsdt, "XSDT", 8)) ||
	    (!rsdt.table && !xsdt.table)) {
		log("fpdt: RSDP at 0x%x: RSDT or XSDT is not a table; no FPDT", machine.rsdp);
		return;
	}
	if ((rsdt.table && has_fpdt(&rsdt)) || (xsdt.table && has_fpdt(&xsdt))) {
		log("fpdt: RSDP at 0x%x: there is an FPDT already; none is made", machine.rsdp);
		return;
	}
	block = alloc_raw(ZONE_NVS, sizeof(*block) + room(&rsdt) + room(&xsdt), 16, "FPDT");
	if (!block)
		return;

	fbpt = fbpt_model;
	block->fpdt = fpdt_model;
	block->fpdt.fbpt = (uint32_t)ptr_to_phys(&fbpt);
	block->fpdt.header.checksum -= (uint8_t)sum4((uint32_t)block->fpdt.fbpt);
	link_tables(rsdp, &rsdt, &xsdt, block);
	linked = true;
}

static uint64_t since_start(enum phase phase)
{
	return timeline_ns(timeline.begin[phase] - timeline.begin[0], timeline.khz);
}

/*
 * What the specification wants at 0 where the boot is not UEFI's is filled as well, since there is a
 * meaning to it: the loader is the firmware itself, in place when do_boot begins, and its services end
 * when the kernel takes over. Readers take a 0 there as "no times", systemd for one.
 */
void fpdt_finish(void)
{
	if (!linked)
		return;
	fbpt.boot.loader_load = fbpt.boot.loader_start = since_start(PHASE_DO_BOOT);
	fbpt.boot.exit_entry = since_start(PHASE_LAUNCH);
	fbpt.boot.exit_exit = since_start(PHASE_KERNEL);
}

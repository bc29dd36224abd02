/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/fpdt.c: see fpdt.h.
 *
 * Checksums of what others made are kept, not made: a table's bytes add up to what they added up to before
 * it was changed, so one that was wrong stays wrong and is not blessed here.
 */
#include "fw/fpdt.h"
#include <stdbool.h>
#include "arch/layout.h"
#include "arch/phys.h"
#include "fw/fw_cfg.h"
#include "hw/tsc_rate.h"
#include "lib/bits.h"
#include "lib/checksum.h"
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

/* Without the pointer and the checksum. Names have no NUL, which gcc 15 warns of in strings. */
static const struct acpi_fpdt fpdt_model = {
	.header = {
		.signature = { 'F', 'P', 'D', 'T' }, .length = sizeof(struct acpi_fpdt),
		.revision = 1,
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

/* The two tables that the RSDP may point to. */
static const struct root {
	uint32_t signature;
	uint32_t entry;			/* bytes of one */
	uint32_t pointer, checksum;	/* offsets in the RSDP */
	uint32_t summed;		/* bytes of the RSDP that the checksum is good for, at least */
} roots[] = {
	{ ACPI_SIGNATURE('R', 'S', 'D', 'T'), 4, offsetof(struct acpi_rsdp, rsdt),
	  offsetof(struct acpi_rsdp, checksum), ACPI_RSDP1_SIZE },
	{ ACPI_SIGNATURE('X', 'S', 'D', 'T'), 8, offsetof(struct acpi_rsdp, xsdt),
	  offsetof(struct acpi_rsdp, extended_checksum), sizeof(struct acpi_rsdp) },
};

/*
 * In the firmware's RAM: reserved, writable until the kernel is entered, and below 1 MiB, where
 * Linux lets /dev/mem be read whatever its configuration and however little memory there is.
 */
static struct acpi_fbpt fbpt __attribute__((section(".scratch.fpdt"), aligned(8)));
static bool wanted, linked;

void fpdt_begin(void)
{
	struct fw_cfg_item loader;

	linked = false;
	/* In this order: a machine without a clock need not look for the switch. */
	wanted = timeline.tsc && fw_cfg_file(FW_CFG_TABLE_LOADER, &loader) == 0 && tsc_rate_begin() &&
		 !fw_cfg_is_off(FW_CFG_FPDT);
}

/* Bytes for a copy with one entry more. */
static uint32_t room(const struct acpi_header *table)
{
	return align_up(table->length + 8, 8);
}

/* What is wrong with a root table, or that it has an FPDT already (-acpitable); NULL: nothing. */
static const char *fault(const struct acpi_header *table, const struct root *root)
{
	const uint8_t *entry = (const uint8_t *)(table + 1);
	uint32_t left = table->length - sizeof(*table);

	if ((get_le32(table) ^ root->signature) | (left > ROOT_MAX - sizeof(*table)) |
	    (left & (root->entry - 1)))
		return "RSDT or XSDT is not a table";
	for (; left; left -= root->entry, entry += root->entry)
		if ((root->entry == 4 || !get_le32(entry + 4)) &&
		    get_le32(phys_to_ptr(get_le32(entry))) == ACPI_SIGNATURE('F', 'P', 'D', 'T'))
			return "there is an FPDT already";
	return NULL;
}

/* Copy with one entry more, which is below 4 GiB. */
static void extend(uint8_t *to, const struct acpi_header *table, uint32_t entry, uint32_t fpdt)
{
	struct acpi_header *copy = memcpy(to, table, table->length);

	put_le64(to + table->length, fpdt);	/* the high half lies behind an RSDT */
	copy->length += entry;
	copy->checksum += checksum8(table, table->length) - checksum8(copy, copy->length);
}

/* Turn the RSDP to that table. */
static void turn(uint8_t *rsdp, const struct root *root, uint32_t phys)
{
	uint8_t sum = checksum8(rsdp, root->summed);

	put_le32(rsdp + root->pointer, phys);
	rsdp[root->checksum] += sum - checksum8(rsdp, root->summed);
}

/* Returns what is wrong, and nothing is changed; or NULL. */
static const char *link_fpdt(uint8_t *rsdp)
{
	const struct root *end = roots + 1;
	uint32_t bytes = 0, where = 0, fpdt;
	struct block *block;
	uint8_t *to;

	if (get_le32(rsdp) != ACPI_SIGNATURE('R', 'S', 'D', ' '))
		return "no RSDP";
	if (((struct acpi_rsdp *)rsdp)->revision >= 2) {
		end++;
		if (get_le32(rsdp + offsetof(struct acpi_rsdp, xsdt) + 4))
			return "XSDT is above 4 GiB";
	}
	for (const struct root *root = roots; root < end; root++) {
		uint32_t phys = get_le32(rsdp + root->pointer);
		const char *what;

		if (!phys)
			continue;
		what = fault(phys_to_ptr(phys), root);
		if (what)
			return what;
		bytes += room(phys_to_ptr(phys));
		where = phys;
	}
	if (!bytes)
		return "neither RSDT nor XSDT";
	/* Where the others are; what is in the F segment is no reason for a page of high memory. */
	block = alloc_raw(where < FSEG_END ? ZONE_FSEG : ZONE_NVS, sizeof(*block) + bytes, 16, "FPDT");
	if (!block)
		return "no memory";

	memcpy(&fbpt, &fbpt_model, sizeof(fbpt));
	memcpy(&block->fpdt, &fpdt_model, sizeof(block->fpdt));
	put_le32(&block->fpdt.fbpt, (uint32_t)ptr_to_phys(&fbpt));
	block->fpdt.header.checksum = -checksum8(&block->fpdt, sizeof(block->fpdt));
	fpdt = (uint32_t)ptr_to_phys(&block->fpdt);
	to = block->roots;
	for (const struct root *root = roots; root < end; root++) {
		uint32_t phys = get_le32(rsdp + root->pointer);

		if (!phys)
			continue;
		extend(to, phys_to_ptr(phys), root->entry, fpdt);
		turn(rsdp, root, (uint32_t)ptr_to_phys(to));
		to += room(phys_to_ptr(phys));
	}
	return NULL;
}

void fpdt_init(void)
{
	const char *what;

	if (!wanted)
		return;
	timeline.khz = tsc_rate_end(&timeline.pm_ticks, &timeline.unsure);
	if (!timeline.khz || !machine.rsdp)
		return;
	what = link_fpdt(phys_to_ptr(machine.rsdp));
	linked = !what;
	if (what)
		log("fpdt: RSDP at 0x%x: %s; no FPDT is made", machine.rsdp, what);
}

/*
 * What the specification wants at 0 where the boot is not UEFI's is filled as well, since there is a
 * meaning to it: the loader is the firmware itself, in place when do_boot begins, and its services end
 * when the kernel takes over. Readers take a 0 there as "no times", systemd for one.
 */
static inline __attribute__((always_inline)) void finish(void)
{
	static const uint8_t ends[] = { PHASE_DO_BOOT, PHASE_DO_BOOT, PHASE_LAUNCH, PHASE_KERNEL };
	uint8_t *to = (uint8_t *)&fbpt + offsetof(struct acpi_fbpt, boot.loader_load);

	if (!linked)
		return;
	for (uint32_t i = 0; i < sizeof(ends); i++, to += 8)
		put_le64(to, timeline_ns(timeline.begin[ends[i]] - timeline.begin[0], timeline.khz));
}

void fpdt_finish(void)
{
	finish();
}

/* Another function, since the first is the better for having one caller. */
void __attribute__((cold, noinline, no_icf)) fpdt_finish_form(void)
{
	finish();
}

/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/media.c: see media.h.
 */
#include "boot/media.h"
#include <stddef.h>
#include "boot/list/describe.h"
#include "boot/rom/display.h"
#include "boot/eltorito.h"
#include "boot/fail.h"
#include "boot/kernel/linux.h"
#include "boot/menu/menu_screen.h"
#include "boot/list/order.h"
#include "boot/program.h"
#include "dma/dma.h"
#include "fw/fw_cfg.h"
#include "fw/memory.h"
#include "hw/block/block.h"
#include "hw/block/probe.h"
#include "hw/chipset/chipset.h"
#include "hw/cmos.h"
#include "hw/pci/program.h"
#include "hw/pci/tree.h"
#include "lib/bits.h"
#include "lib/string.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "services/console.h"
#include "services/disk.h"
#include "services/emulation.h"
#include "services/floppy.h"
#include "services/legacy.h"
#include "services/pmm.h"
#include "services/serial_console.h"
#include "services/services.h"
#include "trace/banner.h"
#include "trace/log.h"

#define ORDER_BYTES	0x10000u	/* of bootorder and bios-geometry: what is behind is not looked at */
#define UNSIGNED_FLOPPY	0x01		/* CMOS 38h: floppies are booted without looking at the signature */
#define MIB		0x100000u
#define WORDS		64u		/* bytes for a device in words, a NUL among them */

/* What is tried, in this order; in memory that stays, since programs run in between. */
struct candidate {
	struct block *block;		/* NULL: the kernel */
	struct drive *drive;
	uint32_t rank;
	const char *outcome;		/* why it was not, NULL: not tried */
};

static struct {
	struct candidate *of;
	char *words;			/* WORDS bytes for each, behind them: what the log says of it */
	uint32_t count, next;		/* next to be tried */
	uint32_t never;			/* devices that the order keeps from being booted */
	uint32_t kernel_size;
	uint8_t *cd_sector;
	bool kernel_failed;		/* before all this */
	bool to_ask;			/* the user has not been asked yet, if he is to be */
	bool menu;			/* -boot menu=on */
} list;

/* An item of text, or none. It lies in the temporary zone. */
static struct path read_text(const char *name)
{
	struct fw_cfg_item item;
	uint32_t size;
	char *text;

	if (fw_cfg_find(name, &item) != 0 || !item.size)
		return (struct path){ NULL, NULL };
	size = min_u32(item.size, ORDER_BYTES);
	if (size != item.size)
		log("boot: %s: %u bytes, the first %u are taken", name, item.size, size);
	text = alloc_raw(ZONE_TEMP, size, 1, name);
	if (!text || fw_cfg_read(&item, 0, text, size) != 0) {
		log("boot: %s: %u bytes could not be read; done without", name, size);
		return (struct path){ NULL, NULL };
	}
	return (struct path){ text, text + size };
}

/* The devices come as they were found: of the same rank the first stays the first. */
static void insert(struct block *block, uint32_t rank)
{
	uint32_t at = list.count++;

	for (; at && list.of[at - 1].rank > rank; at--)
		list.of[at] = list.of[at - 1];
	list.of[at] = (struct candidate){ .block = block, .rank = rank };
	list.never += rank == ORDER_NEVER;
}

static uint16_t kinds_in_cmos(void)
{
	uint32_t kinds = 0;

	for (const struct block *b = block_first; b; b = b->next)
		kinds |= 1u << b->kind;
	if (!(kinds & (kinds - 1)))	/* it would not matter */
		return 0;
	return order_kinds(cmos_read(CMOS_BOOT_ORDER_3), cmos_read(CMOS_BOOT_ORDER));
}

static void make_list(const struct boot_plan *plan)
{
	struct order order = { read_text("bootorder"), kinds_in_cmos() };
	uint32_t count = 1;

	for (const struct block *b = block_first; b; b = b->next)
		count++;
	list.count = list.next = list.never = 0;
	list.of = alloc_raw(ZONE_HIGH, count * (sizeof(*list.of) + WORDS), 4, "boot list");
	if (!list.of)
		return;
	list.words = (char *)(list.of + count);
	if ((plan->what & (TIMELINE_PLAN_KERNEL | TIMELINE_PLAN_FIRST)) == TIMELINE_PLAN_KERNEL)
		insert(NULL, order_rank_kernel(&order));
	for (struct block *b = block_first; b; b = b->next)
		insert(b, order_rank(&order, machine.pci, b));
}

/* Drives get their numbers in the order of the list. */
static void number_drives(void)
{
	struct path text = read_text("bios-geometry");
	bool cd = false;

	for (uint32_t i = 0; i < list.count; i++) {
		struct candidate *c = &list.of[i];
		struct order_geometry wanted;
		struct geometry geometry;

		if (!c->block)
			continue;
		cd |= c->block->kind == BLOCK_CD;
		if (order_geometry(text, machine.pci, c->block, &wanted)) {
			geometry = (struct geometry){ wanted.cylinders, wanted.heads, wanted.sectors };
			c->drive = disk_add(c->block, &geometry);
		} else {
			c->drive = disk_add(c->block, NULL);
		}
	}
	list.cd_sector = cd ? emulation_init() : NULL;
}

static void next(void)
{
	media_boot();
}

static void again(void)
{
	list.next = 0;
	media_boot();
}

/* Who this is, where there is a screen. */
static void greet(void)
{
	if (!console_open())
		return;
	console_print("Slipway ");
	console_print(banner.version);
	console_print("\n\n");
}

void media_init(const struct boot_plan *plan)
{
	services_init();
	legacy_init();
	pmm_open();
	display_init();
	pmm_close();
	serial_console_init();
	greet();
	block_init();
	list.kernel_size = plan->kernel_size;
	list.menu = plan->what & TIMELINE_PLAN_MENU;
	list.to_ask = true;
	if (dma_init() == 0 && disk_init() == 0) {
		block_probe();
		make_list(plan);
		number_drives();
		floppy_services_init();
	}
	services_on_boot(next, again);
}

void media_init_late(const struct boot_plan *plan)
{
	list.kernel_failed = plan->what & TIMELINE_PLAN_FIRST;
	shadow_open(machine.chipset);
	alloc_unseal();
	if (machine.pci) {
		machine.pci->decode = true;
		pci_program(machine.pci);
	}
	media_init(plan);
	memory_finish();
	services_map();
	shadow_lock(machine.chipset);
}

/* Programs may have used the temporary zone: what is needed of it was copied, if there was room. */
static const char *boot_kernel(void)
{
#ifdef CONFIG_NATIVE_LAUNCH
	bool wrote;

	if (program_started && (uintptr_t)machine.e820.entry >= MIB)
		return "the memory map is lost";
	linux_boot(list.kernel_size, &wrote);
	program_started |= wrote;
	return "it could not be started";
#else
	return "native kernel launch is not in this build";
#endif
}

/* What is booted is the first of its kind, the others keep the order of the list. */
static void make_first(struct drive *drive)
{
	for (uint32_t i = list.count; i--;)
		if (list.of[i].drive)
			disk_move_first(list.of[i].drive);
	disk_move_first(drive);
}

static const char *boot_drive(struct drive *drive)
{
	bool floppy = drive->block->kind == BLOCK_FLOPPY;

	make_first(drive);
	if (drive->block->kind == BLOCK_CD)
		return eltorito_boot(drive, list.cd_sector);
	return program_boot_sector(drive, floppy && cmos_read(CMOS_BOOT_ORDER_3) & UNSIGNED_FLOPPY);
}

static void try_one(struct candidate *c)
{
	emulation_end();
	serial_console_take_back();
	console_print("Booting from ");
	console_print(c->block ? c->block->description : "the kernel of -kernel");
	console_print("...\n");
	c->outcome = "its program gave up";	/* if nobody comes back to say otherwise */
	if (!c->block)
		c->outcome = boot_kernel();
	else if (!c->drive)
		c->outcome = "it has no drive number";
	else
		c->outcome = boot_drive(c->drive);
}

static void text_of(uint32_t entry, char *buf, uint32_t size)
{
	static const char kernel[] = "the kernel of -kernel";
	const struct block *block = list.of[entry].block;

	if (block) {
		describe_block(block, buf, size);
	} else {
		size = min_u32(size, sizeof(kernel));
		memcpy(buf, kernel, size);
		buf[size - 1] = '\0';
	}
}

/* The same for the log, which reads it later. */
static const char *words_of(uint32_t entry)
{
	char *words = list.words + entry * WORDS;

	text_of(entry, words, WORDS);
	return words;
}

static void __attribute__((noreturn)) fail(void)
{
	for (uint32_t i = 0; i < list.count; i++) {
		const struct candidate *c = &list.of[i];

		if (c->rank != ORDER_NEVER)
			log("boot: tried %u: %s: %s", i + 1, words_of(i), c->outcome ? c->outcome : "not tried");
	}
	if (list.never)
		log("boot: not tried: %u devices that bootorder does not name before its HALT", list.never);
	if (program_started)
		fw_cfg_read_directory();	/* what boot_fail() asks for; the old copy is not ours any more */
	if (list.count)
		boot_fail("nothing could be booted");
	if (list.kernel_failed)
		boot_fail("the kernel could not be started, and there is nothing else to boot");
	boot_fail("no kernel was given (-kernel), and there is no disk, CD or floppy");
}

/* What the user chooses is tried first, and may be what the order excludes: the others follow as they would have. */
static void ask(void)
{
	struct candidate chosen;
	uint32_t entry;

	list.to_ask = false;
	if (!list.count || !menu_wanted(list.menu, list.count))
		return;
	entry = menu_ask(list.count, text_of);
	if (entry == MENU_NONE)
		return;
	chosen = list.of[entry];
	list.never -= chosen.rank == ORDER_NEVER;
	chosen.rank = 0;
	memmove(&list.of[1], &list.of[0], entry * sizeof(chosen));
	list.of[0] = chosen;
}

void media_boot(void)
{
	if (list.to_ask)
		ask();
	pmm_boot();
	while (list.next < list.count && list.of[list.next].rank != ORDER_NEVER)
		try_one(&list.of[list.next++]);
	fail();
}

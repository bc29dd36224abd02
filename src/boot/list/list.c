/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/list/list.c: see list.h.
 */
#include "boot/list/list.h"
#include <stddef.h>
#include "boot/list/describe.h"
#include "boot/eltorito.h"
#include "boot/list/order.h"
#include "boot/rom/policy.h"
#include "fw/fw_cfg.h"
#include "hw/block/block.h"
#include "hw/cmos.h"
#include "lib/bits.h"
#include "lib/string.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "services/guest.h"
#include "trace/log.h"

#define WORDS		64u		/* bytes for an entry in words, a NUL among them */
#define ORDER_BYTES	0x10000u	/* of bootorder and bios-geometry: what is behind is not looked at */

static struct {
	struct boot_entry *of;
	char *words;			/* WORDS bytes for each, behind them */
	uint32_t count, max;
	uint32_t tried;
} list;

struct boot_entry *boot_list_nth(uint32_t n)
{
	return n < list.count ? &list.of[n] : NULL;
}

uint32_t boot_list_count(void)
{
	return list.count;
}

uint32_t boot_list_tried(void)
{
	return list.tried;
}

uint32_t boot_list_excluded(void)
{
	uint32_t n = 0;

	for (uint32_t i = list.tried; i < list.count; i++)
		n += list.of[i].kind != BOOT_IMAGE;
	return n;
}

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

static void insert_at(uint32_t at, struct boot_entry entry)
{
	if (list.count == list.max) {
		if (list.max)		/* else there was no memory for any */
			log("boot: more than %u entries; one is left out", list.max);
		return;
	}
	memmove(&list.of[at + 1], &list.of[at], (list.count - at) * sizeof(entry));
	list.of[at] = entry;
	list.count++;
	list.tried += entry.rank != ORDER_NEVER;
}

/* They come as they were found: of the same rank the first stays the first. */
static void insert(struct boot_entry entry)
{
	uint32_t at = list.count;

	while (at && list.of[at - 1].rank > entry.rank)
		at--;
	insert_at(at, entry);
}

/* Those that may have other reasons to be there than to boot something: a network card's waits for its turn. */
static void run_roms(void)
{
	struct rom *rom;

	for (uint32_t n = 0; (rom = roms_nth(n)) != NULL; n++)
		if (!rom->network)
			roms_run(rom);
}

#define KIND_NETWORK	(1u << 31)

static uint32_t rank_of_rom(const struct order *order, const struct rom *rom, bool disks)
{
	if (rom->source.id)
		return order_rank_function(order, machine.pci, rom->source.bdf, disks);
	return order_rank_rom(order, rom->source.name, (uint32_t)strlen(rom->source.name), disks);
}

/* Does its kind decide, since it has no line and needs none? */
static bool by_kind(uint32_t rank)
{
	return rank >= ORDER_KIND && rank != ORDER_NEVER;
}

/* CMOS matters where there are several kinds without a line. */
static uint16_t kinds_in_cmos(const struct order *order)
{
	uint32_t kinds = 0;
	struct rom *rom;

	for (const struct block *b = block_first; b; b = b->next)
		if (by_kind(order_rank(order, machine.pci, b)))
			kinds |= 1u << b->kind;
	for (uint32_t n = 0; (rom = roms_nth(n)) != NULL; n++) {
		if ((rom->network || rom->bevs) && by_kind(rank_of_rom(order, rom, false)))
			kinds |= KIND_NETWORK;
		if ((rom->bcvs || rom->disks) && by_kind(rank_of_rom(order, rom, true)))
			kinds |= 1u << BLOCK_DISK;
	}
	if (!(kinds & (kinds - 1)))
		return 0;
	return order_kinds(cmos_read(CMOS_BOOT_ORDER_3), cmos_read(CMOS_BOOT_ORDER));
}

/* What it boots itself is the network's kind, what it has added to INT 13h the disks'. */
static void insert_rom(const struct order *order, struct rom *rom, uint32_t rank)
{
	uint32_t of_disks = rank_of_rom(order, rom, true);

	for (uint8_t i = 0; i < rom->bevs; i++)
		insert((struct boot_entry){ .kind = BOOT_ROM, .rom = rom, .entry = i, .rank = rank });
	for (uint8_t i = 0; i < rom->bcvs; i++)
		insert((struct boot_entry){ .kind = BOOT_ROM_DISKS, .rom = rom, .entry = i, .rank = of_disks });
	if (rom->disks)
		insert((struct boot_entry){ .kind = BOOT_ROM_DISKS, .rom = rom, .entry = BOOT_EVERY, .rank = of_disks,
					    .first = rom->first, .count = rom->disks });
}

/* Of what is there without ROMs: none of it is tried before. */
static bool comes_first(uint32_t rank)
{
	return rank != ORDER_NEVER && (!list.count || rank < list.of[0].rank);
}

/* A network card's ROM waits for its turn, unless that is the first. All others have run. */
static void insert_roms(const struct order *order, bool all)
{
	uint32_t first = ORDER_NEVER, rank;
	struct rom *rom;

	for (uint32_t n = 0; (rom = roms_nth(n)) != NULL; n++)
		if (rom->network || rom->kernel)
			first = min_u32(first, rank_of_rom(order, rom, false));
	if (!comes_first(first))
		first = ORDER_NEVER;
	for (uint32_t n = 0; (rom = roms_nth(n)) != NULL; n++) {
		rank = rank_of_rom(order, rom, false);
		if (all || !rom->network || (rank == first && rank != ORDER_NEVER)) {
			if (rom->network ? roms_run(rom) : rom->state == ROM_READY)
				insert_rom(order, rom, rank);
			if (rank == first && rank < ORDER_KIND)		/* a line is for one */
				first = ORDER_NEVER;
		} else {
			insert((struct boot_entry){ .kind = BOOT_ROM, .rom = rom, .entry = BOOT_EVERY, .rank = rank });
		}
	}
}

void boot_list_make(const struct boot_plan *plan, bool menu)
{
	struct order order = { .text = read_text("bootorder") };
	uint32_t max = 1;

	run_roms();
	order.kinds = kinds_in_cmos(&order);
	for (const struct block *b = block_first; b; b = b->next)
		max += b->kind == BLOCK_CD ? 1 + ELTORITO_IMAGES : 1;
	for (uint32_t n = 0; roms_nth(n); n++)
		max += 2 * ROM_ENTRIES + 1;
	list.count = list.tried = 0;
	list.of = alloc_raw(ZONE_HIGH, max * (sizeof(*list.of) + WORDS), 4, "boot list");
	list.words = (char *)(list.of + max);
	list.max = list.of ? max : 0;
	if ((plan->what & (TIMELINE_PLAN_KERNEL | TIMELINE_PLAN_FIRST | TIMELINE_PLAN_ROM)) == TIMELINE_PLAN_KERNEL)
		insert((struct boot_entry){ .kind = BOOT_KERNEL, .rank = order_rank_kernel(&order) });
	for (struct block *b = block_first; b; b = b->next)
		insert((struct boot_entry){ .block = b, .rank = order_rank(&order, machine.pci, b) });
	insert_roms(&order, rom_policy.all || menu);
}

/* Whatever it takes in INT 13h has the numbers behind those that are given, or it hooks and says nothing. */
static void connect(struct boot_entry *e)
{
	e->first = (uint8_t)(DRIVE_DISK + guest_bda()->disks);
	e->count = roms_connect(e->rom, e->entry);
	if (e->count)
		log("rom: %s: disks %02x to %02x are its own", e->rom->source.name, e->first, e->first + e->count - 1);
	else
		log("rom: %s: it has added no disk", e->rom->source.name);
}

void boot_list_number(void)
{
	struct path text = read_text("bios-geometry");
	struct boot_entry *e;

	for (uint32_t i = 0; (e = boot_list_nth(i)) != NULL; i++) {
		struct order_geometry wanted;
		struct geometry geometry;

		if (e->kind == BOOT_ROM_DISKS && e->entry != BOOT_EVERY)
			connect(e);
		if (e->kind != BOOT_DRIVE)
			continue;
		if (order_geometry(text, machine.pci, e->block, &wanted)) {
			geometry = (struct geometry){ wanted.cylinders, wanted.heads, wanted.sectors };
			e->drive = disk_add(e->block, &geometry);
		} else {
			e->drive = disk_add(e->block, NULL);
		}
	}
}

static void add_images(const struct boot_entry *cd, uint8_t *sector)
{
	struct eltorito_entry image[ELTORITO_IMAGES];
	uint32_t count = sector ? eltorito_entries(cd->drive, sector, image, ELTORITO_IMAGES) : 0;

	for (uint32_t i = 0; count > 1 && i < count; i++)
		insert((struct boot_entry){ .kind = BOOT_IMAGE, .entry = (uint8_t)i, .rank = ORDER_NEVER, .block = cd->block,
					    .drive = cd->drive, .form = image[i].form,
					    .name = image[i].name[0] ? log_text(image[i].name) : "" });
}

void boot_list_add_images(void *(*sector)(void))
{
	uint32_t count = list.count;	/* they come behind */

	for (uint32_t i = 0; i < count; i++)
		if (list.of[i].kind == BOOT_DRIVE && list.of[i].drive && list.of[i].block->kind == BLOCK_CD)
			add_images(&list.of[i], sector());
}

void boot_list_choose(uint32_t n)
{
	struct boot_entry chosen = list.of[n];

	list.tried += chosen.rank == ORDER_NEVER;
	chosen.rank = 0;
	memmove(&list.of[1], &list.of[0], n * sizeof(chosen));
	list.of[0] = chosen;
}

bool boot_list_run_rom(uint32_t n)
{
	struct boot_entry *e = &list.of[n];
	struct rom *rom = e->rom;

	if (e->entry != BOOT_EVERY)
		return true;
	if (!roms_run_late(rom) || !(rom->bevs | rom->disks))
		return false;
	if (rom->disks) {
		struct boot_entry disks = { .kind = BOOT_ROM_DISKS, .rom = rom, .entry = BOOT_EVERY, .rank = e->rank,
					    .first = rom->first, .count = rom->disks };

		if (!rom->bevs) {
			*e = disks;
			return true;
		}
		insert_at(n + 1, disks);
	}
	e->entry = 0;
	for (uint8_t i = 1; i < rom->bevs; i++)
		insert_at(n + i, (struct boot_entry){ .kind = BOOT_ROM, .rom = rom, .entry = i, .rank = e->rank });
	return true;
}

static uint32_t append(char *text, uint32_t at, uint32_t size, const char *more)
{
	while (*more && at + 1 < size)
		text[at++] = *more++;
	text[at] = '\0';
	return at;
}

void boot_list_text(uint32_t n, char *text, uint32_t size)
{
	const struct boot_entry *e = &list.of[n];
	const struct rom *rom = e->rom;
	const char *product;
	uint32_t at;

	switch (e->kind) {
	case BOOT_KERNEL:
		append(text, 0, size, "the kernel of -kernel");
		break;
	case BOOT_DRIVE:
		describe_block(e->block, text, size);
		break;
	case BOOT_IMAGE:
		at = append(text, 0, size, e->block->description);
		at = append(text, at, size, ", ");
		at = append(text, at, size, e->form);
		at = append(text, at, size, e->name[0] ? ": " : "");
		append(text, at, size, e->name);
		break;
	default:
		at = append(text, 0, size, rom->kernel ? "the kernel of -kernel, by " : "");
		product = rom->product[e->kind == BOOT_ROM && e->entry < ROM_ENTRIES ? e->entry : 0];
		if (product) {
			append(text, at, size, product);
			break;
		}
		at = append(text, at, size, rom->network ? "network card (" : "option ROM (");
		at = append(text, at, size, rom->source.name);
		append(text, at, size, ")");
		break;
	}
}

const char *boot_list_words(uint32_t n)
{
	char *words = list.words + n * WORDS;

	boot_list_text(n, words, WORDS);
	return words;
}

/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/intact/fseg.c: see fseg.h.
 */
#include "boot/intact/fseg.h"
#include <stddef.h>
#include <stdint.h>
#include "arch/layout.h"
#include "arch/phys.h"
#include "arch/words.h"
#include "hw/chipset/chipset.h"
#include "hw/reset.h"
#include "lib/bits.h"
#include "lib/checksum.h"
#include "lib/endian.h"
#include "lib/string.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "services/services.h"
#include "trace/log.h"

#define MAP_ROOM	2048u	/* for what is put there once the memory map is made: its rows, up to 102 */
#define PATCHES		8u

static struct fseg {
	uint8_t *copy;
	uint32_t size;		/* of the memory */
	uint32_t from;		/* physical address of what the copy is of, up to FSEG_END */
	enum chipset chipset;	/* what the machine has: variables can be overwritten as well */
	bool closed;		/* it is final, and read-only where it can be */
	bool gap_told;
	uint64_t sum;		/* of the code, where there is no other copy of it */
	uint32_t patches;
	struct patch {		/* words of the code that the firmware has set itself */
		uint32_t at, word;
	} patch[PATCHES];
} *fseg __attribute__((section(".scratch.fseg")));	/* NULL: no memory, nothing is looked at */

static const uint8_t *master(uint32_t at)
{
	return phys_to_ptr(at + ROM16_BASE - FSEG_BASE);
}

/* The first word from at up to end that is another than in ROM; end. */
static uint32_t next_change(uint32_t at, uint32_t end)
{
	return at + 4 * (uint32_t)words_alike(phys_to_ptr(at), master(at), (end - at) / 4);
}

static uint64_t sum_of_code(void)
{
	return checksum64(phys_to_ptr(FSEG_BASE), services_code_end() - FSEG_BASE);
}

void fseg_begin(void)
{
	uint32_t end = services_pm_end();

	fseg = alloc(ZONE_HIGH, sizeof(*fseg), 8, "guard of the F segment");
	if (!fseg)
		return;
	fseg->chipset = machine.chipset;
	if (machine.chipset == CHIPSET_NONE) {
		fseg->sum = sum_of_code();
		return;
	}
	for (uint32_t at = services_pm_start(); (at = next_change(at, end)) < end; at += 4) {
		if (fseg->patches == PATCHES) {
			log("guard: F segment: more than %u variables among its code, the next at %x", PATCHES, at);
			return;
		}
		fseg->patch[fseg->patches++] = (struct patch){ at, get_le32(phys_to_ptr(at)) };
	}
}

void fseg_reserve(void)
{
	if (!fseg)
		return;
	fseg->size = min_u32(FSEG_END - services_tables() + MAP_ROOM, FSEG_END - services_code_end());
	fseg->copy = alloc_raw(ZONE_HIGH, fseg->size, 4, "copy of tables");
}

void fseg_close(void)
{
	uint32_t size = FSEG_END - services_tables();

	if (!fseg)
		return;
	fseg->closed = true;
	if (!fseg->copy)
		return;
	if (size > fseg->size) {
		log("guard: F segment: 0x%x bytes of tables, 0x%x expected at most; the lowest are not looked at",
		    size, fseg->size);
		size = fseg->size;
	}
	fseg->from = FSEG_END - size;
	memcpy(fseg->copy, phys_to_ptr(fseg->from), size);
}

void fseg_open(void)
{
	if (fseg)
		fseg->closed = false;
}

static bool is_patch(uint32_t at)
{
	for (uint32_t i = 0; i < fseg->patches; i++)
		if (fseg->patch[i].at == at)
			return fseg->patch[i].word == get_le32(phys_to_ptr(at));
	return false;
}

/* The first word of the code that is not as it should be; its end. */
static uint32_t wrong_code(void)
{
	uint32_t end = services_code_end(), at = next_change(FSEG_BASE, end);

	while (at < end && is_patch(at))
		at = next_change(at + 4, end);
	return at;
}

static const char *mend(void)
{
	if (fseg->closed)
		shadow_open(machine.chipset);
	memcpy(phys_to_ptr(FSEG_BASE), master(FSEG_BASE), services_code_end() - FSEG_BASE);
	for (uint32_t i = 0; i < fseg->patches; i++)
		put_le32(phys_to_ptr(fseg->patch[i].at), fseg->patch[i].word);
	if (fseg->closed)
		shadow_lock(machine.chipset);
	return wrong_code() == services_code_end() ? "mended" : "cannot be mended";
}

/* The segment is the image's own memory, which nothing but a reset restores. */
static void check_only_code(const char *by)
{
	uint64_t sum = sum_of_code();

	if (sum == fseg->sum)
		return;
	log("guard: F segment: its code has changed: sum %016llx expected, %016llx found behind %s; there is no "
	    "other copy", (unsigned long long)fseg->sum, (unsigned long long)sum, by);
	fseg->sum = sum;
}

static void check_code(const char *by)
{
	uint32_t at = wrong_code(), found;

	if (at == services_code_end())
		return;
	found = get_le32(phys_to_ptr(at));
	log("guard: F segment: its code is not the ROM's from %x on: %08x expected, %08x found behind %s; %s", at,
	    get_le32(master(at)), found, by, mend());
}

/* What programs have put there may be in use: it stays, and is what is expected from now on. */
static void check_tables(const char *by)
{
	uint8_t *is = phys_to_ptr(fseg->from);
	uint32_t size = FSEG_END - fseg->from, at = 4 * (uint32_t)words_alike(is, fseg->copy, size / 4);

	if (at == size)
		return;
	log("guard: F segment: tables have changed from %x on: %08x expected, %08x found behind %s", fseg->from + at,
	    get_le32(fseg->copy + at), get_le32(is + at), by);
	memcpy(fseg->copy, is, size);
}

static void check_gap(const char *by)
{
	uint32_t from = services_code_end(), end = services_tables(), at;

	if (fseg->gap_told)
		return;
	at = from + 4 * (uint32_t)words_zero(phys_to_ptr(from), (end - from) / 4);
	if (at >= end)
		return;
	log("guard: F segment: it is not empty at %x: 0 expected, %08x found behind %s", at,
	    get_le32(phys_to_ptr(at)), by);
	fseg->gap_told = true;
}

static void check_registers(const char *by)
{
	uint32_t expected[2], found[2];

	if (shadow_is_locked(machine.chipset, expected, found))
		return;
	log("guard: shadow: registers %08x %08x expected, %08x %08x found behind %s; written again",
	    expected[0], expected[1], found[0], found[1], by);
	shadow_lock_again(machine.chipset);
}

void fseg_check(const char *by)
{
	if (!fseg)
		return;
	if (machine.chipset != fseg->chipset) {
		log("guard: the firmware's variables: chipset %u expected, %u found behind %s: restarting",
		    fseg->chipset, machine.chipset, by);
		hard_reset();
	}
	if (fseg->closed)
		check_registers(by);
	if (machine.chipset == CHIPSET_NONE)
		check_only_code(by);
	else
		check_code(by);
	if (!fseg->closed)
		return;
	check_gap(by);
	if (fseg->copy)
		check_tables(by);
}

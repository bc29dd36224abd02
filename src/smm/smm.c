/* SPDX-License-Identifier: BSD-2-Clause
 * src/smm/smm.c: setting System Management Mode up: see smm.h. What an SMI does then is in handler/.
 */
#include "smm/smm.h"
#include <stdbool.h>
#include <stddef.h>
#include "arch/io.h"
#include "arch/phys.h"
#include "arch/smm.h"
#include "hw/chipset/chipset.h"
#include "hw/cpus.h"
#include "hw/lapic.h"
#include "hw/pci/tree.h"
#include "hw/timer.h"
#include "lib/bits.h"
#include "lib/string.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "std/cpuid.h"
#include "trace/log.h"

#define MOVE_CODE	(SMM_DEFAULT_BASE + SMM_ENTRY_OFFSET)
#define MOVE_STATE	(SMM_DEFAULT_BASE + SMM_SAVE_OFFSET)
#define MOVE_COMMAND	0x53		/* to port B2h: none that QEMU knows */
#define SMI_US		(2 * 1000 * 1000)	/* a busy host lets a processor wait */

/* From handler/, by image.S. */
extern const uint8_t smm_handler_image[], smm_handler_image_end[];

/* At SMM_KNOWN. */
struct known {
	uint32_t ids;			/* APIC ids of the others, an array in memory that stays */
	uint32_t others;
};

static struct known *known(void)
{
	return phys_to_ptr(SMM_KNOWN);
}

static struct smm_call *call(void)
{
	return phys_to_ptr(SMM_CALL);
}

static uint32_t *ids(void)
{
	return phys_to_ptr(known()->ids);
}

/* The first VGA has the legacy cycles, as long as it has got what it needs. */
static bool have_vga(void)
{
	for (uint32_t n = 0; machine.pci && n < machine.pci->count; n++)
		if (machine.pci->function[n].class_revision >> 16 == PCI_CLASS_VGA)
			return !machine.pci->function[n].lost;
	return false;
}

/* Whoever has not answered cannot be asked to move: it keeps the base that leads to a guest's memory. */
static bool list_others(void)
{
	uint32_t self, n = 0, room = machine.cpus - 1;
	uint32_t *list = NULL;

	if (room) {
		list = alloc_raw(ZONE_HIGH, room * sizeof(*list), sizeof(*list), "processors of SMM");
		if (!list)
			return false;
		self = lapic_id();
		for (uint32_t id = 0; id < machine.apic_id_limit && n < room; id++)
			if (id != self && cpus_present(id))
				list[n++] = id;
	}
	known()->ids = list ? (uint32_t)ptr_to_phys(list) : 0;
	known()->others = n;
	if (n == room)
		return true;
	log("smm: %u of %u processors are known; SMIs stay off", n + 1, machine.cpus);
	return false;
}

/*
 * SMBASE of a processor, this one's is the first. All beyond the last slot share it: SMIs for two of them at once are
 * not served.
 */
static uint32_t base_of(uint32_t n)
{
	if (!n)
		return SMM_FIRST_ENTRY - SMM_ENTRY_OFFSET;
	return SMRAM_BASE - SMM_ENTRY_OFFSET + min_u32(n, SMM_SLOTS - 1) * SMM_SLOT_SIZE;
}

/* SMRAM is open. */
static void put_handler(void)
{
	uint8_t *handler = phys_to_ptr(SMM_HANDLER);

	memset(handler, 0, SMM_HANDLER_END - SMM_HANDLER);
	memcpy(handler, smm_handler_image, (uint32_t)(smm_handler_image_end - smm_handler_image));
	for (uint32_t n = 0; n <= known()->others && n < SMM_SLOTS; n++)
		memcpy(phys_to_ptr(base_of(n) + SMM_ENTRY_OFFSET), handler + SMM_STUB, SMM_PART);
}

/* While it is open: is it there, or an ISA display's memory before it? While it is shut: is it, or does everybody see it? */
static bool __attribute__((noinline)) is_seen(void)
{
	return memcmp(phys_to_ptr(SMM_HANDLER), smm_handler_image, SMM_PART) == 0;
}

static void raise(uint32_t n)
{
	if (n)
		lapic_send_smi(ids()[n - 1]);
	else
		outb(MOVE_COMMAND, SMM_PORT);
}

/* Until somebody else has changed what was there. */
static bool changes(const volatile uint32_t *at, uint32_t was)
{
	struct wait wait = wait_start(SMI_US, NULL);

	while (*at == was)
		if (wait_expired(&wait))
			return false;
	return true;
}

/*
 * Give processor n its place in SMRAM, by its first SMI. With the second it comes there, which tells that it has left the
 * first: until its RSM is over, its state is where the next one's will be.
 */
static bool move(uint32_t n)
{
	volatile uint32_t *to = phys_to_ptr(MOVE_CODE + SMM_MOVE_TO), *count = phys_to_ptr(SMM_COUNT);
	uint32_t base = base_of(n), seen = *count;

	*to = base;
	raise(n);
	if (!changes(to, base))
		return false;
	raise(n);
	return changes(count, seen);
}

/*
 * All of them, one after the other, since all begin with the same base. The others by interrupts from here, wherever
 * they are parked: on pc port B2h is the first processor's alone. This one is the last, and shows that the port raises
 * an SMI. What is where they begin is put back: on a wake it is the guest's.
 */
static bool move_all(void)
{
	uint8_t *saved = phys_to_ptr(SMM_BUFFER);
	uint32_t n = known()->others;
	bool moved = true;

	memcpy(saved, phys_to_ptr(MOVE_CODE), SMM_PART);
	memcpy(saved + SMM_PART, phys_to_ptr(MOVE_STATE), SMM_SAVE_SIZE);
	memcpy(phys_to_ptr(MOVE_CODE), smm_handler_image + SMM_MOVE, SMM_PART);
	while (n && moved)
		moved = move(n--);
	moved = moved && move(0);
	memcpy(phys_to_ptr(MOVE_CODE), saved, SMM_PART);
	memcpy(phys_to_ptr(MOVE_STATE), saved + SMM_PART, SMM_SAVE_SIZE);
	return moved;
}

/* Returns NULL, or why there is no SMM. */
static const char *set_up(void)
{
	bool there;

	if (!smi_possible(machine.chipset)) {
		smi_disable(machine.chipset);	/* it would lead to a guest's memory */
		return "the machine has none";
	}
	smram_open(machine.chipset);
	put_handler();
	there = is_seen();
	smram_shut(machine.chipset, true, false);
	if (is_seen() >= there)
		return "SMRAM is memory that everybody sees";
	smi_enable(machine.chipset);
	if (!move_all()) {
		smi_disable(machine.chipset);
		return "no SMI has come";
	}
	return NULL;
}

static void set_up_and_lock(void)
{
	const char *why = set_up();

	call()->on = !why;
	/* It is shut. i440FX has no lock, and each write there changes the memory map. */
	if (why || machine.chipset == CHIPSET_Q35)
		smram_shut(machine.chipset, !why, true);
	if (!why)
		smi_lock(machine.chipset);
	else
		log("smm: %s; SMIs are off, and INT 13h is not there in virtual-8086 mode", why);
}

/* chipset_init() has shut it; there is nothing to lock on pc. */
static void lock_empty(void)
{
	if (machine.chipset == CHIPSET_Q35)
		smram_shut(machine.chipset, false, true);
}

void smm_init(void)
{
	call()->on = false;
	if (have_vga() && list_others())
		set_up_and_lock();
	else
		lock_empty();
}

/* One that was plugged in meanwhile is not in the list: its SMIs would lead to a guest's memory, with SMRAM in reach. */
void smm_resume(void)
{
	if (!call()->on) {
		smi_disable(machine.chipset);	/* QEMU without SMM sets its bit at the reset, and raises SMIs by it */
		lock_empty();
	} else if (machine.cpus == known()->others + 1) {
		set_up_and_lock();
	} else {
		log("smm: %u processors, %u before the sleep; SMIs stay off", machine.cpus, known()->others + 1);
		call()->on = false;
		smi_disable(machine.chipset);
		smram_shut(machine.chipset, false, true);
	}
}

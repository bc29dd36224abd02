/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/rom/run.c: see run.h.
 */
#include "boot/rom/run.h"
#include "arch/layout.h"
#include "arch/phys.h"
#include "arch/real_call.h"
#include "boot/intact/canary.h"
#include "boot/intact/intact.h"
#include "boot/rom/option_rom.h"
#include "boot/rom/own_vga.h"
#include "boot/program.h"
#include "boot/rom/rom_header.h"
#include "boot/rom/guard.h"
#include "boot/rom/policy.h"
#include "boot/rom/room.h"
#include "boot/rom/seal.h"
#include "boot/rom/watch.h"
#include "boot/watchdog.h"
#include "fw/fw_cfg.h"
#include "lib/bits.h"
#include "lib/string.h"
#include "services/pnp.h"
#include "services/services.h"
#include "std/option_rom.h"
#include "trace/log.h"
#include "trace/stack_mark.h"
#include "trace/timeline.h"

extern char rt16_rom_call[];		/* src/rt16/real_call.S */

/* The registers that a ROM's entries expect: no ISA card number, no access port. */
static struct regs registers(const struct rom_source *source)
{
	uint32_t pnp = pnp_structure();

	return (struct regs){
		.flags = FLAGS_FIXED | FLAGS_IF, .ax = source->bdf, .bx = 0xffff, .dx = 0xffff,
		.es = (uint16_t)(pnp >> 16), .di = (uint16_t)pnp,
	};
}

/* Whoever has run may have used what we remember the state of. */
static void forget(void)
{
	pci_config_forget();
	fw_cfg_forget();
}

/* Memory below its stack is free, and 0 for the mark, until a program has run: what that has left there may be in use. */
static void mark_before(void)
{
	if (!program_started)
		memset(phys_to_ptr(ROM_STACK - TIMELINE_ROM_STACK), 0, TIMELINE_ROM_STACK);
}

static void mark_after(void)
{
	if (!program_started)
		timeline.stack_roms = max_u32(timeline.stack_roms, stack_used(ROM_STACK, TIMELINE_ROM_STACK));
}

static void enter(const struct rom_source *source, uint16_t segment, uint16_t offset)
{
	struct {
		struct canary below;
		struct regs r;
		struct canary above;
	} frame = { .r = registers(source) };

	frame.r.ebp = FAR_POINTER(segment, offset);
	frame.r.si = ROM_STACK;
	canary_set(&frame.below);
	canary_set(&frame.above);
	services_hold_boot(true);
	real_call(&frame.r, FAR_POINTER(FSEG_BASE >> 4, (uint32_t)(uintptr_t)rt16_rom_call));
	services_hold_boot(false);
	forget();
	canary_look(&frame.below, "below the frame that an option ROM is called from", source->name);
	canary_look(&frame.above, "above the frame that an option ROM is called from", source->name);
}

/* A card's program and ours in its place are two: one that hung says nothing of the other. */
static const char *watched(const struct rom_source *source)
{
	return source->own ? "own VGA" : source->name;
}

/* Our own has no need of the mark: its stack is bounded (vgasrc/). */
static void call(const struct rom_source *source, uint16_t segment, uint16_t offset)
{
	if (!source->own)
		mark_before();
	rom_guard_before(source->own);
	rom_watch_begin(watched(source));
	boot_watchdog_rom(watched(source));
	enter(source, segment, offset);
	boot_watchdog_rom_end();
	rom_watch_end();
	if (!source->own)
		mark_after();
}

static bool has_header(const struct rom_image *image)
{
	struct option_rom_fault fault;
	struct rom_headers headers;
	struct rom_header header;

	if (!image->size)
		return false;
	rom_headers_begin(&headers, image->at, image->size);
	return rom_headers_next(&headers, &header, &fault) == ROM_HEADERS_ONE;
}

bool rom_run_init(const struct rom_source *source, struct rom_image *image)
{
	struct option_rom_fault fault;
	uint8_t units;
	uint32_t at;

	if (!rom_guard_reserve() || rom_watch_left_out(watched(source)))
		return false;
	image->at = rom_source_read(source, &image->len);
	if (!image->at)
		return false;
	/* Our own has a sum that its copying has kept. */
	image->master = source->own ? own_vga_image() : NULL;
	image->size = (rom_policy.any_sum || source->own ? option_rom_any_sum : option_rom_size)(image->at, image->len, &fault);
	if (!image->size) {
		rom_source_refuse(source, &fault);
		rom_room_keep(0, image->len);
		return false;
	}
	at = (uint32_t)ptr_to_phys(image->at);
	call(source, (uint16_t)(at >> 4), OPTION_ROM_INIT);
	image->name = source->name;
	units = ((struct option_rom *)image->at)->units;
	/* There are displays' that give all of it back, and serve INT 10h there all the same. */
	if (units || !rom_guard_leads_to(at, at + image->size))
		image->size = option_rom_shrunk(image->size, units);
	rom_guard_after(source->name, has_header(image), at + image->size);
	intact_check(source->name);
	return true;
}

void rom_run_keep(const struct rom_image *image, bool keep)
{
	if (!keep)
		rom_guard_after(image->name, false, (uint32_t)ptr_to_phys(image->at));
	rom_room_keep(keep ? image->size : 0, image->len);
	if (keep)
		rom_seal_add(image->name, image->at, image->size, image->master);
}

void rom_run_again(const struct rom_source *source, uint32_t phys)
{
	rom_watch_again(true);
	enter(source, (uint16_t)(phys >> 4), OPTION_ROM_INIT);
	rom_watch_again(false);
}

void rom_run_bcv(const struct rom_source *source, uint16_t segment, uint16_t offset)
{
	call(source, segment, offset);
	rom_guard_after(source->name, true, rom_room_end());
	rom_seal_renew(source->name);
	intact_check(source->name);
}

void rom_run_bev(const struct rom_source *source, uint16_t segment, uint16_t offset)
{
	struct regs r = registers(source);

	program_begins();
	r.esp = ROM_STACK;
	real_start(&r, FAR_POINTER(segment, offset));
	forget();
}

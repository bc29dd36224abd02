/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/media.c: see media.h.
 */
#include "boot/media.h"
#include <stddef.h>
#include "boot/rom/display.h"
#include "boot/eltorito.h"
#include "boot/fail.h"
#include "boot/intact/fseg.h"
#include "boot/intact/intact.h"
#include "boot/kernel/form.h"
#include "boot/kernel/graphics.h"
#include "boot/kernel/linux.h"
#include "boot/kernel/setup16.h"
#include "boot/list/list.h"
#include "boot/menu/menu_screen.h"
#include "boot/program.h"
#include "boot/ram_floppy.h"
#include "boot/rom/roms.h"
#include "boot/watchdog.h"
#include "dma/dma.h"
#include "fw/fw_cfg.h"
#include "fw/knob.h"
#include "fw/memory.h"
#include "fw/virtio_slots.h"
#include "hw/block/block.h"
#include "hw/block/probe.h"
#include "hw/chipset/chipset.h"
#include "hw/cmos.h"
#include "hw/pci/config.h"
#include "hw/pci/init.h"
#include "hw/pci/program.h"
#include "hw/pci/tree.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "services/console.h"
#include "services/disk.h"
#include "services/emulation.h"
#include "services/floppy.h"
#include "services/guest.h"
#include "services/keyboard.h"
#include "services/legacy.h"
#include "services/pmm.h"
#include "services/serial_console.h"
#include "services/services.h"
#include "smm/smm.h"
#include "trace/banner.h"
#include "trace/log.h"
#include "trace/stack_mark.h"

#define UNSIGNED_FLOPPY	0x01		/* CMOS 38h: floppies are booted without looking at the signature */
#define MIB		0x100000u
#define VECTOR_NEXT	0x18
#define VECTOR_BOOT	0x19
#define WHAT_RAN	"what was booted"

static struct {
	uint32_t next;			/* in the boot list, to be tried */
	uint32_t kernel_size;
	uint32_t kernel_form;		/* TIMELINE_PLAN_PVH, _MULTIBOOT, _SETUP; 0: Linux's, by its 32-bit entry */
	bool kernel_failed;		/* before all this */
	bool to_ask;			/* the user has not been asked yet, if he is to be */
	bool menu;			/* he is, if there is more than one entry */
	bool chosen;			/* the user has decided */
	bool hook_18, hook_19;		/* an option ROM's was called */
} boot;

static void next(void)
{
	media_boot();
}

static void again(void)
{
	boot.next = 0;
	media_boot();
}

static uint32_t count_cds(void)
{
	uint32_t n = 0;

	for (const struct block *b = block_first; b; b = b->next)
		n += b->kind == BLOCK_CD;
	return n;
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

/* How long a drive may take, if the user says so. In decimal. */
static void read_disk_seconds(void)
{
	static const char name[] = "opt/org.slipway/disk-seconds";
	char text[KNOB_TEXT + 1];
	uint32_t seconds;

	if (!knob_text(name, text))
		return;
	if (knob_decimal(text, &seconds) && seconds - 1 < BLOCK_SECONDS_MAX)
		block_set_timeout(seconds);
	else
		log("boot: %s: a number from 1 to %u expected, \"%s\" found; %u is taken", name, BLOCK_SECONDS_MAX,
		    log_text(text), BLOCK_SECONDS);
}

static void find_disks(const struct boot_plan *plan)
{
	struct virtio_slots slots;

	slots.count = 0;
	if (machine.chipset == CHIPSET_NONE)
		virtio_slots_find(&slots, plan->kernel_size);
	block_probe(slots.at, slots.count);
}

/* A file that ends with its setup part has a size of 0 here, as no file has; QEMU adds its option ROM all the same. */
static void tell_of_no_kernel(void)
{
	static const char rom[] = "genroms/linuxboot";
	struct fw_cfg_item item;

	if (boot.kernel_size || fw_cfg_find_n(rom, sizeof(rom) - 2, &item) != 0)
		return;
	log("boot: kernel: the file of -kernel is no longer than its setup part; not started");
	boot.kernel_failed = true;
}

static void init(const struct boot_plan *plan)
{
	if (machine.pci)
		pci_keep();
	services_init();
	legacy_init();
	intact_begin();
	roms_begin();
	boot_watchdog_step("display");
	display_init();
	serial_console_init();
	greet();
	block_init();
	read_disk_seconds();
	boot.kernel_size = plan->kernel_size;
	tell_of_no_kernel();
	boot.kernel_form = plan->what & (TIMELINE_PLAN_PVH | TIMELINE_PLAN_MULTIBOOT | TIMELINE_PLAN_SETUP);
	boot.next = 0;
	boot.menu = menu_wanted(plan->what & TIMELINE_PLAN_MENU, MENU_SEVERAL);
	boot.to_ask = true;
	if (dma_init() == 0 && disk_init() == 0) {
		boot_watchdog_step("disks");
		find_disks(plan);
		ram_floppy_init();
		boot_watchdog_step("option ROMs");
		roms_find(!(plan->what & TIMELINE_PLAN_ROM));
		boot_watchdog_step("boot list");
		boot_list_make(plan, boot.menu);
		boot_list_number();
		emulation_init(count_cds());
		floppy_services_init();
	}
	roms_end();
	intact_end();
	services_on_boot(next, again);
}

void media_init(const struct boot_plan *plan)
{
	smm_init();
	init(plan);
}

/* SMRAM is locked by then, and stays empty. */
void media_init_late(const struct boot_plan *plan)
{
	boot.kernel_failed = plan->what & TIMELINE_PLAN_FIRST;
	shadow_open(machine.chipset);
	alloc_unseal();
	if (machine.pci) {
		machine.pci->decode = true;
		pci_program(machine.pci);
	}
	init(plan);
	memory_finish();
	services_map();
	shadow_lock(machine.chipset);
}

#ifdef CONFIG_NATIVE_LAUNCH
/* QEMU puts the segments of a PVH kernel into RAM at reset, once. */
static const char *boot_form(void)
{
	if (program_started && boot.kernel_form & TIMELINE_PLAN_PVH)
		return "it lay in memory that programs may have used since";
	kernel_form_boot(boot.kernel_form, false);
	return "it could not be started";
}
#endif

/* Programs may have used the temporary zone: what is needed of it was copied, if there was room. */
static const char *boot_kernel(void)
{
#ifdef CONFIG_NATIVE_LAUNCH
	int rc;

	if (program_started && (uintptr_t)machine.e820.entry >= MIB)
		return "the memory map is lost";
	keyboard_forget();
	if (boot.kernel_form & TIMELINE_PLAN_SETUP)
		return setup16_boot(boot.kernel_size);
	if (boot.kernel_form)
		return boot_form();
	graphics_ask_size();
	rc = linux_boot(boot.kernel_size);
	return rc == -EOPNOTSUPP ? setup16_boot(boot.kernel_size) : "it could not be started";
#else
	return "native kernel launch is not in this build";
#endif
}

/* What is booted is the first of its kind, the others keep the order of the list. */
static void make_first(struct drive *drive)
{
	const struct boot_entry *e;

	for (uint32_t i = boot_list_count(); i--;) {
		e = boot_list_nth(i);
		if (e->kind == BOOT_DRIVE && e->drive)
			disk_move_first(e->drive);
	}
	disk_move_first(drive);
}

static const char *boot_drive(const struct boot_entry *e)
{
	struct drive *drive = e->drive;
	bool floppy = e->block->kind == BLOCK_FLOPPY;

	if (!drive)
		return "it has no drive number";
	make_first(drive);
	if (e->kind == BOOT_IMAGE)
		return eltorito_boot_entry(drive, emulation_buffer(), e->entry);
	if (e->block->kind == BLOCK_CD)
		return eltorito_boot(drive, emulation_buffer());
	return program_boot_sector(drive, floppy && cmos_read(CMOS_BOOT_ORDER_3) & UNSIGNED_FLOPPY);
}

/*
 * An old option ROM, one without a Plug and Play header, has taken INT 19h to be booted from before all else, or INT 18h
 * to be what is left. Once each: it may go on to what was there before.
 */
static void boot_by_hook(uint8_t vector, bool *done)
{
	uint32_t to = guest_vector(vector), at = guest_linear_of(to);

	if (*done || at < SHADOW_ROMS || at >= SHADOW_ROMS_END)
		return;
	*done = true;
	log("boot: an option ROM at %x has taken INT %02xh", at, vector);
	program_start_hook(to);
}

static const char *boot_disks(const struct boot_entry *e)
{
	return e->count ? program_boot_number(e->first, e->rom->source.name) : "it has no disk";
}

/* One that has waited for its turn may boot by its disks, or by INT 19h. */
static const char *boot_rom(uint32_t n)
{
	const struct boot_entry *e = boot_list_nth(n);
	uint32_t was = guest_vector(VECTOR_BOOT);

	if (!boot_list_run_rom(n)) {
		if (guest_vector(VECTOR_BOOT) != was)
			boot.hook_19 = false;	/* its own, which nobody has called */
		boot_by_hook(VECTOR_BOOT, &boot.hook_19);
		return "its option ROM boots nothing";
	}
	return e->kind == BOOT_ROM_DISKS ? boot_disks(e) : roms_boot(e->rom, e->entry);
}

static const char *try_one(uint32_t n)
{
	const struct boot_entry *e = boot_list_nth(n);

	switch (e->kind) {
	case BOOT_KERNEL:
		return boot_kernel();
	case BOOT_DRIVE:
	case BOOT_IMAGE:
		return boot_drive(e);
	case BOOT_ROM_DISKS:
		return boot_disks(e);
	default:
		return boot_rom(n);
	}
}

static void try_entry(uint32_t n)
{
	struct boot_entry *e = boot_list_nth(n);

	emulation_end();
	if (program_started)
		intact_check(WHAT_RAN);
	fw_cfg_forget();	/* what was tried before may have used the device */
	pci_config_forget();
	serial_console_take_back();
	boot_watchdog_step("trying a device");
	if (console_is_open()) {
		console_print("Booting from ");
		console_print(boot_list_words(n));
		console_print("...\n");
	}
	e->outcome = "its program gave up";	/* if nobody comes back to say otherwise */
	e->outcome = try_one(n);
}

static void __attribute__((noreturn)) fail(void)
{
	const struct boot_entry *e;

	if (program_started)
		intact_check(WHAT_RAN);
	for (uint32_t i = 0; i < boot_list_tried(); i++) {
		e = boot_list_nth(i);
		log("boot: tried %u: %s: %s", i + 1, boot_list_words(i), e->outcome ? e->outcome : "not tried");
	}
	if (boot_list_excluded())
		log("boot: not tried: %u devices that bootorder does not name before its HALT", boot_list_excluded());
	if (program_started)
		fw_cfg_read_directory();	/* what boot_fail() asks for; the old copy is not ours any more */
	if (boot_list_count())
		boot_fail("nothing could be booted");
	if (boot.kernel_failed)
		boot_fail("the kernel could not be started, and there is nothing else to boot");
	if (boot.kernel_size)
		boot_fail("a kernel was given (-kernel), and no option ROM that loads it");
	if (!machine.low_ram_end)
		boot_fail("disks and option ROMs need a machine of 2 MiB, and no RAM was found at 1 MiB");
	if (alloc_refused())
		boot_fail("there was no memory for what could be booted; alloc: above says for what");
	boot_fail("no kernel was given (-kernel), and there is no disk, CD or floppy");
}

/* What the user chooses is tried first, and may be what the order excludes: the others follow as they would have. */
static void ask(void)
{
	uint32_t entry;

	boot.to_ask = false;
	if (!boot_list_count() || !menu_wanted(boot.menu, boot_list_count()))
		return;
	console_open();		/* a ROM may have left another mode */
	boot_list_add_images(emulation_buffer);
	boot_watchdog_pause();
	entry = menu_ask(boot_list_count(), boot_list_text);
	boot_watchdog_resume();
	boot.chosen = entry != MENU_NONE;
	if (boot.chosen)
		boot_list_choose(entry);
}

void media_boot(void)
{
	if (boot.to_ask) {
		fseg_close();
		ask();
	}
	stack_mark_post();	/* with the menu, which is POST's */
	pmm_boot();
	if (!boot.chosen)
		boot_by_hook(VECTOR_BOOT, &boot.hook_19);
	while (boot.next < boot_list_tried())
		try_entry(boot.next++);
	boot_by_hook(VECTOR_NEXT, &boot.hook_18);
	fail();
}

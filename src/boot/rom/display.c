/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/rom/display.c: see display.h.
 * Spec: PCI Firmware 3.0, 5.2.1; QEMU hw/core/loader.c (vgaroms/).
 */
#include "boot/rom/display.h"
#include <stdbool.h>
#include "arch/phys.h"
#include "arch/real_call.h"
#include "boot/rom/policy.h"
#include "boot/rom/run.h"
#include "boot/rom/source.h"
#include "fw/fw_cfg.h"
#include "hw/display/card.h"
#include "hw/display/screen.h"
#include "hw/pci/tree.h"
#include "hw/pic.h"
#include "lib/bits.h"
#include "lib/string.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "services/console.h"
#include "services/guest.h"
#include "std/bda.h"
#include "trace/log.h"

#define FOLDER		"vgaroms/"

/* Vectors and BIOS data. */
#define WORLD		0x500
#define LINE_TICK	1

#define VECTOR_VIDEO	0x10	/* AH=00h: set the mode in AL */
#define MODE_TEXT	0x03
#define MODE_KEEPS_PICTURE 0x80

static struct {
	const char *name;	/* NULL: none was kept */
	uint8_t *guest;		/* room for what is below ROM_STACK; behind it the firmware's WORLD */
	uint32_t at;
	pci_bdf_t bdf;
} display;

/* True: it has taken INT 10h. */
static bool run(const struct rom_source *source)
{
	struct rom_image image;
	bool taken;

	if (rom_policy_vga() == ROM_VGA_OFF) {
		log("display: %s: opt/org.slipway/vga=off: no program is run for it", source->name);
		return false;
	}
	if (!rom_run_init(source, &image))
		return false;
	if (!source->own)
		screen_lost();
	taken = console_open();
	rom_run_keep(&image, taken);
	if (taken) {
		display.name = source->name;
		display.bdf = source->bdf;
		display.at = (uint32_t)ptr_to_phys(image.at);
		log("display: %s: option ROM, 0x%x bytes", source->name, image.size);
	} else {
		log("display: %s: option ROM has run (0x%x bytes), and INT 10h is not its own; not kept", source->name,
		    image.size);
	}
	return taken;
}

#define BY_FUNCTION	0xff	/* of no use without the PCI function, which is known by itself */

/* QEMU's own files for displays that are no PCI function, or whose ROM BAR is switched off. */
static const struct {
	const char *name;
	uint8_t kind;
} files[] = {
	{ FOLDER "vgabios.bin", VGA_CARD_ISA },
	{ FOLDER "vgabios-cirrus.bin", VGA_CARD_CIRRUS },
	{ FOLDER "vgabios-ramfb.bin", VGA_CARD_RAMFB },
	{ FOLDER "vgabios-stdvga.bin", BY_FUNCTION },
	{ FOLDER "vgabios-qxl.bin", BY_FUNCTION },
	{ FOLDER "vgabios-vmware.bin", BY_FUNCTION },
	{ FOLDER "vgabios-virtio.bin", BY_FUNCTION },
	{ FOLDER "vgabios-ati.bin", BY_FUNCTION },
	{ FOLDER "vgabios-bochs-display.bin", BY_FUNCTION },
};

static bool is_ours(const char *name, uint8_t *kind)
{
	for (uint32_t i = 0; i < ARRAY_SIZE(files) && rom_policy_vga() == ROM_VGA_OWN; i++)
		if (strncmp(name, files[i].name, strlen(files[i].name) + 1) == 0) {
			*kind = files[i].kind;
			return true;
		}
	return false;
}

/* own: those of QEMU's files in whose place ours runs; else the others. */
static bool from_fw_cfg(bool own)
{
	struct rom_source source = { .module = "display" };
	const char *name;

	for (uint32_t n = 0; fw_cfg_nth(n, &name, &source.file) == 0; n++) {
		source.kind = 0;
		if (memcmp(name, FOLDER, sizeof(FOLDER) - 1) == 0 && source.file.size &&
		    is_ours(name, &source.kind) == own && source.kind != BY_FUNCTION) {
			source.own = own;
			source.name = log_text(name);
			if (run(&source))
				return true;
		}
	}
	return false;
}

/* One of QEMU's displays. */
static bool run_own(const struct pci_function *f, const struct display_card *card)
{
	struct rom_source source;

	if (card->class == PCI_CLASS_VGA && screen_answers(f, card))
		screen_text_on(f, card, true);
	source = (struct rom_source){ .module = "display", .name = rom_source_name(f->bdf), .id = f->id, .bdf = f->bdf,
				      .own = true, .kind = card->kind,
				      .text_on = screen_is_text_of(f->bdf) };
	return run(&source);
}

static bool run_cards(const struct pci_function *f, bool told)
{
	struct rom_source source;

	if (!rom_source_of_function(f, &source, rom_policy.of_display)) {
		if (told)
			log("display: %s: it has no option ROM", rom_source_name(f->bdf));
		return false;
	}
	source.module = "display";
	source.name = rom_source_name(f->bdf);
	return run(&source);
}

/* Has the user given it another program than QEMU's? */
static bool has_foreign(const struct pci_function *f)
{
	struct rom_source source;

	return rom_source_of_function(f, &source, rom_policy.of_display) && rom_source_is_foreign(&source);
}

/* Ours on QEMU's displays, and where the one that the user has given it cannot be run; unless he asks for the card's. */
static bool run_for(const struct pci_function *f, bool told)
{
	const struct display_card *card = rom_policy_vga() == ROM_VGA_OWN ? display_card_of(f) : NULL;

	if (card && !has_foreign(f))
		return run_own(f, card);
	return run_cards(f, told) || (card && run_own(f, card));
}

/*
 * Legacy cycles go to the first VGA's bus alone (src/hw/pci/program.c). Is there another VGA, it may be the one that answers
 * there; where none is seen to, the first is as good as any.
 */
static const struct pci_function *console(void)
{
	const struct pci_function *vga[2] = { NULL, NULL };	/* the first, and the last of them */

	for (uint32_t n = 0; n < machine.pci->count; n++)
		if (pci_serves_as(&machine.pci->function[n], PCI_CLASS_VGA))
			vga[vga[0] != NULL] = &machine.pci->function[n];
	for (const struct pci_function *f = vga[0]; f && f <= vga[1]; f++)
		if (pci_serves_as(f, PCI_CLASS_VGA) && screen_answers(f, display_card_of(f)))
			return f;
	return vga[0];
}

static bool from_pci(void)
{
	const struct pci_function *vga = console();

	if (vga && run_for(vga, true))
		return true;
	for (uint32_t n = 0; n < machine.pci->count; n++)
		if (pci_serves_as(&machine.pci->function[n], PCI_CLASS_OTHER_DISPLAY) && run_for(&machine.pci->function[n], false))
			return true;
	return false;
}

/* What the user has put there himself comes first, what QEMU has for displays that are hardly seen comes last. */
void display_init(void)
{
	if (!from_fw_cfg(false) && (!machine.pci || !from_pci()))
		from_fw_cfg(true);
}

void display_ready(void)
{
	if (!display.name || display.guest || !rom_policy.display_on_wake)
		return;
	display.guest = alloc_raw(ZONE_NVS, ROM_STACK + WORLD, 16, "what a display's option ROM needs on a wake");
	if (display.guest)
		memcpy(display.guest + ROM_STACK, phys_to_ptr(0), WORLD);
}

/* The picture is still in its memory; its font is not. */
static void set_text_mode(void)
{
	struct regs r = { .ax = MODE_TEXT | MODE_KEEPS_PICTURE, .flags = FLAGS_FIXED | FLAGS_IF };

	real_call(&r, guest_vector(VECTOR_VIDEO));
}

void display_resume(void)
{
	struct rom_source source = { .name = display.name, .bdf = display.bdf };
	bool text = guest_bda()->video_mode == MODE_TEXT;

	if (!display.guest)
		return;
	memcpy(display.guest, phys_to_ptr(0), ROM_STACK);
	memcpy(phys_to_ptr(0), display.guest + ROM_STACK, WORLD);
	pic_init(LINE_TICK);
	rom_run_again(&source, display.at);
	if (text)
		set_text_mode();
	pic_init(0);
	memcpy(phys_to_ptr(0), display.guest, ROM_STACK);
	log("resume: display: %s: its option ROM has run again", display.name);
}

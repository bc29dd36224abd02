/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/rom/policy.c: see policy.h.
 */
#include "boot/rom/policy.h"
#include "boot/rom/watch.h"
#include "fw/fw_cfg.h"
#include "fw/knob.h"
#include "lib/string.h"
#include "trace/log.h"

#define EXEC_DISPLAY	1	/* etc/pci-optionrom-exec */
#define EXEC_ALL	2

struct rom_policy rom_policy;

/* A number of QEMU's kind, or value. */
static uint64_t number(const char *name, uint64_t max, uint64_t value)
{
	struct fw_cfg_item item;
	uint64_t read;

	if (fw_cfg_find(name, &item) != 0)
		return value;
	if (fw_cfg_read_number(&item, &read) == 0 && read <= max)
		return read;
	log("rom: %s: a number up to %u in 1, 2, 4 or 8 bytes expected, %u bytes found; %u is taken", name, (uint32_t)max,
	    item.size, (uint32_t)value);
	return value;
}

static void read_wish(void)
{
	static const char name[] = "opt/org.slipway/roms";
	char text[KNOB_TEXT + 1];

	if (!knob_text(name, text))
		return;
	rom_policy.none = memcmp(text, "off", 4) == 0;
	rom_policy.all = memcmp(text, "all", 4) == 0;
	if (!rom_policy.none && !rom_policy.all)
		log("rom: %s: \"all\" or \"off\" expected, \"%s\" found; not looked at", name, log_text(text));
}

static enum rom_vga vga;

static enum rom_vga read_vga(void)
{
	static const char name[] = "opt/org.slipway/vga";
	char text[KNOB_TEXT + 1];

	if (!knob_text(name, text) || memcmp(text, "own", 4) == 0)
		return ROM_VGA_OWN;
	if (memcmp(text, "card", 5) == 0)
		return ROM_VGA_CARD;
	if (memcmp(text, "off", 4) == 0)
		return ROM_VGA_OFF;
	log("display: %s: \"own\", \"card\" or \"off\" expected, \"%s\" found; this image's own is taken", name, log_text(text));
	return ROM_VGA_OWN;
}

enum rom_vga rom_policy_vga(void)
{
	if (vga == ROM_VGA_UNREAD)
		vga = read_vga();
	return vga;
}

/* In decimal. */
static void read_seconds(void)
{
	static const char name[] = "opt/org.slipway/rom-seconds";
	char text[KNOB_TEXT + 1];
	uint32_t seconds;

	rom_policy.seconds = ROM_WATCH_SECONDS;
	if (!knob_text(name, text))
		return;
	if (knob_decimal(text, &seconds) && seconds <= ROM_WATCH_SECONDS_MAX)
		rom_policy.seconds = seconds;
	else
		log("rom: %s: a number up to %u expected, \"%s\" found; %u is taken", name, ROM_WATCH_SECONDS_MAX,
		    log_text(text), ROM_WATCH_SECONDS);
}

void rom_policy_init(void)
{
	uint64_t exec = number("etc/pci-optionrom-exec", EXEC_ALL, EXEC_ALL);

	rom_policy = (struct rom_policy){
		.of_display = exec >= EXEC_DISPLAY, .of_functions = exec >= EXEC_ALL,
		.display_on_wake = number("etc/s3-resume-vga-init", UINT32_MAX, 1) != 0,
		.any_sum = number("etc/optionroms-checksum", 1, 1) == 0,
	};
	read_wish();
	vga = ROM_VGA_UNREAD;
	read_seconds();
}

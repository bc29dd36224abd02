/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/rom/policy.c: see policy.h.
 */
#include "boot/rom/policy.h"
#include "boot/rom/watch.h"
#include "fw/fw_cfg.h"
#include "lib/bits.h"
#include "lib/string.h"
#include "trace/log.h"

#define EXEC_DISPLAY	1	/* etc/pci-optionrom-exec */
#define EXEC_ALL	2
#define TEXT_MAX	8u

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

/*
 * A user's text, without the end of its line. Returns false when there is none; one that is longer than text is cut, with
 * a mark, and means nothing.
 */
static bool read_text(const char *name, char text[TEXT_MAX + 1])
{
	struct fw_cfg_item item;
	uint32_t size;

	memset(text, 0, TEXT_MAX + 1);
	if (fw_cfg_find(name, &item) != 0)
		return false;
	size = min_u32(item.size, TEXT_MAX);
	if (fw_cfg_read(&item, 0, text, size) != 0)
		return false;
	if (item.size > TEXT_MAX)
		text[TEXT_MAX - 1] = '~';
	else if (size && text[size - 1] == '\n')
		text[size - 1] = '\0';
	return true;
}

static void read_wish(void)
{
	static const char name[] = "opt/org.slipway/roms";
	char text[TEXT_MAX + 1];

	if (!read_text(name, text))
		return;
	rom_policy.none = memcmp(text, "off", 4) == 0;
	rom_policy.all = memcmp(text, "all", 4) == 0;
	if (!rom_policy.none && !rom_policy.all)
		log("rom: %s: \"all\" or \"off\" expected, \"%s\" found; not looked at", name, log_text(text));
}

/* In decimal. */
static void read_seconds(void)
{
	static const char name[] = "opt/org.slipway/rom-seconds";
	char text[TEXT_MAX + 1];
	uint32_t seconds = 0, i = 0;

	rom_policy.seconds = ROM_WATCH_SECONDS;
	if (!read_text(name, text))
		return;
	for (; text[i] >= '0' && text[i] <= '9'; i++)
		seconds = seconds * 10 + (uint32_t)(text[i] - '0');	/* 8 digits at most */
	if (i && !text[i] && seconds <= ROM_WATCH_SECONDS_MAX)
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
	read_seconds();
}

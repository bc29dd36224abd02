/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/program.c: see program.h.
 */
#include "boot/program.h"
#include "arch/phys.h"
#include "arch/real_call.h"
#include "boot/watchdog.h"
#include "hw/display/screen.h"
#include "lib/endian.h"
#include "services/guest.h"
#include "services/keyboard.h"
#include "trace/log.h"

#define STACK_BELOW	0x7000u		/* room for the programs that load something below 7C00h, as some do */
#define VECTOR_DISK	0x13
#define SIGNATURE_AT	(BOOT_ADDRESS + 510)

bool program_started;

void program_begins(void)
{
	boot_watchdog_end();
	keyboard_forget();
	screen_lost();
	program_started = true;
}

void program_start(uint16_t segment, uint16_t offset, uint8_t drive)
{
	struct regs r = { .flags = FLAGS_FIXED | FLAGS_IF, .ax = BOOT_SIGNATURE, .dl = drive, .esp = STACK_BELOW };

	program_begins();
	real_start(&r, FAR_POINTER(segment, offset));
}

void program_start_hook(uint32_t handler)
{
	struct regs r = { .flags = FLAGS_FIXED | FLAGS_IF, .esp = STACK_BELOW };

	program_begins();
	real_start(&r, handler);
}

/* INT 13h AH=02h of one sector. What an earlier try has left there is not taken for it. Returns AH, 0: read. */
static uint8_t read_first(uint8_t drive)
{
	struct regs r = { .flags = FLAGS_FIXED, .ax = 0x0201, .cx = 1, .bx = BOOT_ADDRESS, .dl = drive };

	put_le16(phys_to_ptr(SIGNATURE_AT), 0);
	real_call(&r, guest_vector(VECTOR_DISK));
	if (!(r.flags & FLAGS_CF))
		return 0;
	return r.ah ? r.ah : 0xff;
}

static const char *boot(uint8_t number, const char *name, bool removable, bool unsigned_too)
{
	uint8_t status = read_first(number);
	uint16_t signature;

	/* A floppy drive says so when its medium is a new one, and others while they start up. */
	if (status && removable)
		status = read_first(number);
	if (status) {
		log("boot: drive %02x: %s: first sector: INT 13h answers %02x", number, name, status);
		return "its first sector cannot be read";
	}
	signature = get_le16(phys_to_ptr(SIGNATURE_AT));
	if (signature != BOOT_SIGNATURE && !unsigned_too) {
		log("boot: drive %02x: %s: signature is %04x, not %04x: nothing to boot", number, name, signature,
		    BOOT_SIGNATURE);
		return "no boot sector";
	}
	log("boot: drive %02x: %s", number, name);
	program_start(0, BOOT_ADDRESS, number);
	return "its program came back";
}

const char *program_boot_sector(const struct drive *drive, bool unsigned_too)
{
	return boot(drive->number, drive->block->description, drive->block->removable, unsigned_too);
}

const char *program_boot_number(uint8_t number, const char *name)
{
	return boot(number, name, false, false);
}

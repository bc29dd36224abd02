/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/kernel/entry.c: see entry.h.
 */
#include "boot/kernel/entry.h"
#include "fw/knob.h"
#include "trace/log.h"

uint32_t kernel_entry_wanted(void)
{
	static const char name[] = "opt/org.slipway/entry";
	char text[KNOB_TEXT + 1];
	uint32_t entry;

	if (!knob_text(name, text))
		return 0;
	if (knob_decimal(text, &entry) && (entry == 16 || entry == 32 || entry == 64))
		return entry;
	log("plan: %s: 16, 32 or 64 expected, \"%s\" found; it is not looked at", name, log_text(text));
	return 0;
}

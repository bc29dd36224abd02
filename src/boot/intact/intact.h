/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/intact/intact.h: is what is the firmware's still what it was? Looked at behind each option ROM, and before each
 * try to boot once a program has run: canaries (canary.h), the F segment (fseg.h), the option ROMs that stay
 * (boot/rom/seal.h). What has changed costs a line that begins with "guard:" or "rom:", and no boot.
 * docs/security.md says what of this is a promise.
 */
#ifndef BOOT_INTACT_INTACT_H
#define BOOT_INTACT_INTACT_H

/* In POST, before the first option ROM, and behind the last, before the memory map is made. */
void intact_begin(void);
void intact_end(void);

/* by has run: its name, for people, which the log may keep (a string constant, or log_text()'s). */
void intact_check(const char *by);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/intact/fseg.h: is the F segment still what the firmware made it? Where there are shadow registers it is
 * read-only at boot, until somebody opens them; elsewhere anybody can write there.
 *
 * Its code is compared with the master copy in ROM, and mended from there. Without shadow registers the two are one memory:
 * there the code has a sum, and what has changed stays. What was made at run time (tables, entries at fixed addresses) is
 * compared with a copy in high memory; between them all is zero.
 */
#ifndef BOOT_INTACT_FSEG_H
#define BOOT_INTACT_FSEG_H

#include <stdbool.h>

/*
 * As it is now its code is right: behind services_init(), before the first option ROM. Without memory (a line in the log)
 * nothing is looked at.
 */
void fseg_begin(void);

/* Memory for the copy, in POST before the memory map is made. Without (a line in the log) tables are not looked at. */
void fseg_reserve(void);

/* It is final, and its copy is made: until the next fseg_open(). */
void fseg_close(void);

/* Tables are changed again: only the code is looked at from here on. */
void fseg_open(void);

/*
 * Look: a line for each part that has changed, once; code is put right. Where the firmware's variables do not know
 * the chipset any more, that is the line, and the machine restarts. Shadow registers that are not what they were when
 * the segment was closed are written again, with a line. by: what has run, for people. After
 * fseg_begin().
 */
void fseg_check(const char *by);

#endif

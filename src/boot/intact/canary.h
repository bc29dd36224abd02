/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/intact/canary.h: words round what is the firmware's in memory that everybody can write to. Whoever writes past
 * the end of his own changes one, and is told of: its variables, its stack, the interrupt data in the EBDA, what it has
 * taken of high memory, and the frame from which an option ROM is called.
 *
 * What they hold is made of the time stamp counter and of where they lie, and anew with each look: no copy of memory
 * brings it back. It hides nothing from who reads this.
 */
#ifndef BOOT_INTACT_CANARY_H
#define BOOT_INTACT_CANARY_H

#include <stdbool.h>
#include <stdint.h>

struct canary {
	uint32_t word[2];
};

/* All are in place; in POST, before the first option ROM. Memory of POST lies above what is taken later. */
void canary_begin(void);

/* And below all of it; before the memory map is made. */
void canary_end(void);

/* A line for each that has changed. Then all are made anew. by: what has run, for people. */
void canary_check(const char *by);

/* One on the stack of the caller, who looks before canary_check() is called. A line says what has changed. */
void canary_set(struct canary *canary);
void canary_look(const struct canary *canary, const char *what, const char *by);

#endif

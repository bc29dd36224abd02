/* SPDX-License-Identifier: BSD-2-Clause
 * src/post/cpus.h: the step that brings up the processors: what QEMU says of them, handed to
 * hw/cpus.h.
 */
#ifndef POST_CPUS_H
#define POST_CPUS_H

/*
 * Fill in machine.cpus and machine.apic_id_limit, and start them all. After memory_init(), with
 * ZONE_TEMP open; before the tables.
 */
void cpus_init(void);

/* The same on a wake, for as many as there are now. */
void cpus_resume(void);

#endif

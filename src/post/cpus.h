/* SPDX-License-Identifier: BSD-2-Clause
 * src/post/cpus.h: how many processors there are, and the state each is left in.
 */
#ifndef POST_CPUS_H
#define POST_CPUS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Fill in machine.cpus and machine.apic_id_limit, give this processor its MSRs and local APIC
 * wiring, and start all others to do the same. After memory_init(), with ZONE_TEMP open; before the
 * tables, which list the processors. Processors that do not answer cost a line in the log.
 */
void cpus_init(void);

/* Is there a processor with this APIC id? Until ZONE_TEMP is given up at launch. */
bool cpus_present(uint32_t apic_id);

/* Processors that answered, this one included. */
uint32_t cpus_found(void);

#endif

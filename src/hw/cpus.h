/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/cpus.h: the processors, and the state each is left in.
 */
#ifndef HW_CPUS_H
#define HW_CPUS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The bits that IA32_FEATURE_CONTROL has on this processor, by what CPUID names [SDM volume 4, table 2-2]. 0:
 * there is no such MSR, and touching it would be #GP.
 */
uint32_t cpus_feature_control(void);

/* Every processor is to have its MTRRs; then, if anything, this IA32_FEATURE_CONTROL, of the bits it has. */
void cpus_set_mtrrs(void);
void cpus_set_feature_control(uint32_t value);

/*
 * Give this processor those MSRs and local APIC wiring, and start all others to do the same.
 * machine.cpus and machine.apic_id_limit say how many there should be. With ZONE_TEMP open; before the tables, which list the
 * processors. Processors that do not answer cost a line in the log.
 */
void cpus_start(void);

/*
 * On a wake: every processor has again what cpus_start() gave it. cpus: how many there are now. Writes nothing but the firmware's
 * RAM.
 */
void cpus_restart(uint32_t cpus);

/* Is there a processor with this APIC id? Until ZONE_TEMP is given up at launch. */
bool cpus_present(uint32_t apic_id);

/* Processors that answered, this one included. */
uint32_t cpus_found(void);

#endif

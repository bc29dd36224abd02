/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/mtrr.h: the memory types every processor is given: which MSR gets which value.
 * Spec: Intel SDM volume 3, 12.11 (memory type range registers).
 */
#ifndef HW_MTRR_H
#define HW_MTRR_H

#include <stdint.h>
#include "arch/ap.h"

/* The most entries mtrr_list() makes: 5 variable ranges, 11 fixed ones, the default type. */
#define MTRR_LIST_MAX (2 * 5 + 11 + 1)

/*
 * Fill list: RAM write-back; A0000-BFFFF uncached, C0000-FFFFF write-protected; what lies between
 * RAM and 4 GiB uncached. capabilities: MSR IA32_MTRRCAP, low half. low_ram_end: end of RAM below
 * 4 GiB, 0: not known. address_bits: width of a physical address, 32 to 52.
 * The values hold for a processor after a reset, whose variable ranges are all off [12.11.5].
 * Returns the number of entries, in the order in which they must be written.
 */
uint32_t mtrr_list(struct msr_value *list, uint32_t capabilities, uint32_t low_ram_end,
		   uint32_t address_bits);

#endif

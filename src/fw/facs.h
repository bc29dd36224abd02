/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/facs.h: where the OS wants to go on after a sleep: the Firmware ACPI Control Structure, found as an OS finds it.
 * Spec: ACPI 6.5, 5.2.10 and 16.3.2.
 */
#ifndef FW_FACS_H
#define FW_FACS_H

#include <stdint.h>

struct facs_vector {
	uint32_t real;		/* physical address below 1 MiB, to be entered in real mode; 0: none */
	uint32_t flat;		/* physical address to be entered in protected mode without paging; 0: none. It comes first. */
};

/*
 * On a wake: from the RSDP of the POST before (rsdp: physical address, 0: there was none) by the tables that the OS
 * was free to change meanwhile, so each is looked at before it is believed: within RAM that ends at ram_end, its signature, its
 * length. Returns 0; -ENOENT with a line, there is none; -EINVAL with a line.
 */
int facs_read(uint32_t rsdp, uint32_t ram_end, struct facs_vector *vector);

#endif

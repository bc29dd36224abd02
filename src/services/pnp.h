/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/pnp.h: the Plug and Play installation check structure, by which option ROMs know that they are to
 * register what they boot. Spec: Plug and Play BIOS 1.0A, 4.4; BIOS Boot Specification 1.01, 6.
 */
#ifndef SERVICES_PNP_H
#define SERVICES_PNP_H

#include <stdint.h>

/* Make it, in the F segment (not locked yet). */
void pnp_init(void);

/* Where it is, segment << 16 | offset, for ES:DI of an option ROM's entries; 0: there was no room. */
uint32_t pnp_structure(void);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/ati.h: the monitor's description, which ATI's displays have behind two wires.
 * Spec: VESA E-DDC 1.2, 2.2.1 (DDC2B).
 */
#ifndef VGA_ATI_H
#define VGA_ATI_H

#include "card.h"

/* A word of it, less than 256 bytes from its start, when the display's edid() says CARD_EDID_WIRES; no monitor: ffff. */
uint16_t ati_edid16(uint32_t offset);

#endif

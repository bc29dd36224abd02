/* SPDX-License-Identifier: BSD-2-Clause
 * tests/host/vgarom/card.h: a display as a video ROM sees it through ports: registers that keep what is written, and no picture.
 */
#ifndef VGAROM_CARD_H
#define VGAROM_CARD_H

#include <stdbool.h>
#include <stdint.h>

/* std, cirrus, qxl, virtio, vmware, ati or isa, as QEMU has them. False: no such card. */
bool card_choose(const char *name);
/* Bus, device and function, as a ROM's init entry gets them in AX; 0 where the card is not on PCI. */
uint16_t card_bdf(void);
/* bytes: 1, 2 or 4. */
uint32_t card_in(uint16_t port, unsigned bytes);
void card_out(uint16_t port, uint32_t value, unsigned bytes);
/* A ROM of this card may do that: VGA, DISPI, its own I/O BAR, and reading configuration space. */
bool card_port_is_ours(uint16_t port, unsigned bytes, bool write);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 * src/std/pir.h: the PCI interrupt routing table, "$PIR".
 * Spec: Microsoft PCI IRQ Routing Table Specification 1.0. Everything is little-endian.
 */
#ifndef STD_PIR_H
#define STD_PIR_H

#include <stddef.h>
#include <stdint.h>

/* On a 16-byte boundary in the F segment; the slots follow. */
struct pir_header {
	char signature[4];		/* "$PIR" */
	uint16_t version;		/* 0x0100 */
	uint16_t size;			/* bytes, header and slots: a multiple of 16 */
	uint8_t router_bus;
	uint8_t router_devfn;		/* device << 3 | function */
	uint16_t exclusive_irqs;	/* bitmap of IRQs given to PCI alone; 0: unknown */
	uint32_t router_compatible;	/* device id << 16 | vendor id of a compatible router */
	uint32_t miniport;		/* 0: none */
	uint8_t reserved[11];
	uint8_t checksum;		/* all size bytes sum to 0 */
} __attribute__((packed));
_Static_assert(sizeof(struct pir_header) == 32, "$PIR header is 32 bytes");
_Static_assert(offsetof(struct pir_header, router_compatible) == 12, "compatible router is at 12");

struct pir_pin {
	uint8_t link;			/* 0: not connected; equal values are wired together */
	uint16_t irqs;			/* bitmap of IRQs it may be routed to */
} __attribute__((packed));

struct pir_slot {
	uint8_t bus;
	uint8_t devfn;			/* device << 3 */
	struct pir_pin pin[4];		/* INTA..INTD */
	uint8_t slot;			/* as labelled for people; 0: on the board */
	uint8_t reserved;
} __attribute__((packed));
_Static_assert(sizeof(struct pir_slot) == 16, "$PIR slot entry is 16 bytes");

#endif

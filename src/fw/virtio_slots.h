/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/virtio_slots.h: where a machine without PCI has its virtio devices: slots of memory-mapped registers.
 * Spec: ACPI 6.5, 6.4 and 20 (AML); VIRTIO 1.2, 4.2.1; Linux, drivers/virtio/virtio_mmio.c (the command line's form).
 */
#ifndef FW_VIRTIO_SLOTS_H
#define FW_VIRTIO_SLOTS_H

#include <stdbool.h>
#include <stdint.h>

#define VIRTIO_SLOTS	32	/* more are not looked for; QEMU's microvm has 24 */
#define VIRTIO_SLOT	0x200u	/* bytes of one */

/* Addresses, the highest first: the order in which QEMU fills its slots. */
struct virtio_slots {
	uint32_t at[VIRTIO_SLOTS];
	uint32_t count;
};

/*
 * What ACPI's DSDT says (devices LNRO0005, of which QEMU describes those slots that hold one); where it says nothing,
 * what the kernel's command line does (virtio_mmio.device=, if kernel: there is one): QEMU writes it there without ACPI. Addresses
 * that RAM has, or that the firmware's image or what is below 1 MiB may have, are left out with a line. count 0: nobody says where slots are.
 */
void virtio_slots_find(struct virtio_slots *slots, bool kernel);

/* The two by themselves: of AML, and of a command line, which need not end with a NUL. Each adds to slots. */
void virtio_slots_of_aml(struct virtio_slots *slots, const uint8_t *aml, uint32_t len);
void virtio_slots_of_cmdline(struct virtio_slots *slots, const char *text, uint32_t len);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/probe.h: which controllers this machine has, and their drivers called.
 */
#ifndef HW_BLOCK_PROBE_H
#define HW_BLOCK_PROBE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Add the drives of every controller that a driver knows (block_add()): of PCI, IDE, then AHCI, then
 * virtio, then SD, at last NVMe, each in the order of machine.pci; the ports of PC/AT where there is no PCI, the slots of a microvm, floppies
 * last. A controller that fails costs its own drives and a line in the log. In POST, after block_init().
 * slot: addresses of slots of virtio-mmio in their order, which have been checked; count 0: nobody says where they are.
 */
void block_probe(const uint32_t *slot, uint32_t count);

struct pci_function;

/* Does one of these drivers take a function? Then an option ROM is not to drive it too. */
bool block_has_driver(const struct pci_function *function);

#endif

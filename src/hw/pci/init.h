/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pci/init.h: bring the PCI buses up.
 */
#ifndef HW_PCI_INIT_H
#define HW_PCI_INIT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Scan, place, program. On q35 the start-up code has put MMCONFIG at Q35_MMCONFIG_BASE, and all
 * configuration accesses go there from now on. Sets machine.pci; the tree is in ZONE_TEMP.
 * Needs the memory map, and a host bridge that is known. extra_roots: root buses besides bus 0, at most 255. reserved_end: address
 * above 4 GiB behind all that memory hotplug may use, 0: nothing is kept for it. decode: switch every
 * device on, not only what the OS expects to be on (program.h). Every device, and every I/O BAR, that
 * got no resources has its line in the log.
 * Returns 0; -ENOMEM, PCI is untouched.
 */
int pci_bring_up(uint32_t extra_roots, uint64_t reserved_end, bool decode);

/*
 * Where something is booted that calls the BIOS: machine.pci is to outlast POST, without room for more functions. Without
 * memory (a line in the log) it stays where it is. Not without PCI.
 */
void pci_keep(void);

/*
 * On a wake, when all of it is as after a reset: what pci_keep() was for has numbers, windows, bases, lines and decoding again
 * as pci_bring_up() has made them. Nothing otherwise: a kernel of -kernel restores what it drives, bridges too, and
 * nobody else is there. What was plugged in since is left to the OS.
 */
void pci_resume(void);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 * src/post/machine.h: what POST has found out about this machine, each fact once. Written by
 * the step named beside it, read by all that come later.
 */
#ifndef POST_MACHINE_H
#define POST_MACHINE_H

#include <stdbool.h>
#include <stdint.h>
#include "hw/chipset/chipset.h"
#include "post/e820.h"
#include "post/start.h"

struct pci_tree;

struct machine {
	enum chipset chipset;		/* shadow */
	enum start_kind start;		/* kind of start */
	uint32_t cpu_features;		/* world: CPUID leaf 1 EDX that works here, 0 on a 486 */
	bool kvm;			/* kind of start: the hypervisor is KVM */
	struct e820_map e820;		/* memory; complete only before launch */
	uint32_t low_ram_end;		/* memory: end of the RAM that holds 1 MiB, below 4 GiB */
	uint64_t high_ram_end;		/* memory: end of RAM above 4 GiB; 4 GiB when there is none */
	struct pci_tree *pci;		/* pci: NULL where there is no PCI */
	uint32_t cpus;			/* cpus: running at boot, at least 1 */
	uint32_t apic_id_limit;		/* cpus: highest possible APIC id + 1, at least 1 */
	uint32_t rsdp;			/* tables: physical address, 0 without ACPI */
};

extern struct machine machine;

#endif

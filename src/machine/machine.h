/* SPDX-License-Identifier: BSD-2-Clause
 * src/machine/machine.h: what has been found out about this machine, each fact once. Written by
 * the function named beside it, read by all that come later.
 */
#ifndef MACHINE_MACHINE_H
#define MACHINE_MACHINE_H

#include <stdbool.h>
#include <stdint.h>
#include "mem/e820.h"

/* Vendor and device id of PCI function 00:00.0, as the start-up code reads it. */
#define HOST_BRIDGE_I440FX	0x12378086
#define HOST_BRIDGE_Q35		0x29c08086

enum chipset {
	CHIPSET_NONE,		/* no PCI host bridge of ours: microvm, isapc */
	CHIPSET_I440FX,		/* with PIIX3 and PIIX4 power management */
	CHIPSET_Q35,		/* with ICH9 */
	CHIPSET_COUNT
};

enum start_kind {
	START_COLD,		/* RAM has never been used */
	START_RESET,		/* power stayed on; RAM holds leftovers */
	START_S3_WAKE,		/* CMOS shutdown code 0xfe: RAM is the guest's */
	START_INIT,		/* the processor came by INIT: nothing else was reset */
	START_SHUTDOWN_CODE,	/* another CMOS shutdown code: a 286-style return from protected mode */
};

struct pci_tree;
struct screen_info;

struct machine {
	enum chipset chipset;		/* machine_init() */
	enum start_kind start;		/* start_kind() */
	uint32_t cpu_features;		/* machine_init(): CPUID leaf 1 EDX, 0 on a 486 */
	uint32_t kvm;			/* machine_init(): first of the CPUID leaves that are KVM's, 0: none are */
	struct e820_map e820;		/* memory_finish(); services_map(): its rows, in the F segment */
	uint32_t low_ram_end;		/* memory_init(): end of the RAM that holds 1 MiB, below 4 GiB */
	uint64_t high_ram_end;		/* memory_init(): end of RAM above 4 GiB; 4 GiB when there is none */
	struct pci_tree *pci;		/* pci_init(): NULL where there is no PCI */
	bool isa_display;		/* pci_init(): there may be one that is no PCI function */
	uint32_t cpus;			/* cpus_init(): running at boot, at least 1 */
	uint32_t apic_id_limit;		/* cpus_init(): highest possible APIC id + 1, at least 1 */
	uint32_t pir;			/* pirtable_init(): physical address, 0: there is none */
	const struct screen_info *screen; /* screen_text_on(): what a kernel is told of it; NULL: nothing is shown */
	uint32_t rsdp;			/* acpi_init(): physical address, 0 without ACPI */
};

extern struct machine machine;

/*
 * What the processor and the host bridge (vendor and device of PCI function 00:00.0 as read, all
 * ones without PCI) tell. Once; all else is 0 until its function has run, as all variables are at first.
 * Writes nothing but machine and sse2_works.
 */
void machine_init(uint32_t host_bridge);

#endif

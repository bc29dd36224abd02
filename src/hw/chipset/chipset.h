/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/chipset/chipset.h: what the host bridge and the ISA bridge behind it need.
 */
#ifndef HW_CHIPSET_CHIPSET_H
#define HW_CHIPSET_CHIPSET_H

#include <stdbool.h>
#include <stdint.h>
#include "machine/machine.h"

/* q35: where MMCONFIG is put, and its size: 256 buses of 1 MiB. */
#define Q35_MMCONFIG_BASE 0xb0000000u
#define Q35_MMCONFIG_SIZE 0x10000000u

/* What the ISA bridge's power-management block is put at; QEMU's FADT repeats it. */
#define PM_BASE 0x600

/* q35: what the ISA bridge's root complex registers are put at, 16 KiB. */
#define RCBA_BASE 0xfed1c000u

/*
 * Program the ISA bridge and its companions: interrupt routes, power management, SMBus, and close
 * SMRAM. After pci_init() (it acts on what machine.pci has), and before the first select of an ACPI
 * item: QEMU builds its tables from these registers. Nothing on machines without PCI.
 * lock_smram: 1, SMRAM is locked as well, for good; 0: smram_shut() has to follow, before anything foreign runs.
 */
void chipset_init(uint32_t lock_smram);

/*
 * On a wake: the same registers again, of the functions that are there, whatever has become of machine.pci; and ACPI is on
 * (SCI_EN), as whoever suspends has it [ACPI 6.5, 4.8.3.2.1, 16.3.2].
 */
void chipset_resume(void);

/*
 * Close SMRAM, and where lock is 1 (else 0) lock it, if the chipset can: part of chipset_init(). Nothing of it is then
 * in the way of what is at A0000.
 */
void smram_close(enum chipset chipset, uint32_t lock);

/*
 * SMRAM while it is not locked, for a handler: open, it is memory at A0000-BFFFF, for everybody; shut, for processors
 * in SMM alone (handler), or for none. lock: for good, where the chipset can.
 */
void smram_open(enum chipset chipset);
void smram_shut(enum chipset chipset, bool handler, bool lock);

/*
 * SMIs by a write to port B2h. smi_possible(): the machine has what raises them, and its host has not marked them as
 * taken, as QEMU does where it has no SMM. chipset_init() has run.
 */
bool smi_possible(enum chipset chipset);
void smi_enable(enum chipset chipset);
void smi_disable(enum chipset chipset);

/* Nobody switches them off as a whole until the next reset (SMI_LOCK of ICH9). */
void smi_lock(enum chipset chipset);

/*
 * Where option ROMs are. Where there are no shadow registers there is RAM up to SHADOW_ROMS_OPEN; what is behind it shows
 * the image.
 */
#define SHADOW_ROMS	0xc0000u
#define SHADOW_ROMS_OPEN 0xe0000u
#define SHADOW_ROMS_END	0xe8000u
#define SHADOW_BLOCK	0x4000u

/*
 * Let RAM be at SHADOW_ROMS, at least up to end, and the F segment be writable. What is in it was an earlier guest's.
 * It may be said again with a higher end. To be followed by shadow_keep_roms() before the next lock.
 */
void shadow_open_roms(enum chipset chipset, uint32_t end);

/*
 * Keep that RAM below end, read-only: whole blocks. From SHADOW_ROMS, nothing, to SHADOW_ROMS_END. Some of them are
 * what they are from shadow_lock() on.
 */
void shadow_keep_roms(enum chipset chipset, uint32_t end);

/*
 * Make the F segment and the option ROMs read-only: the last thing before boot, all tables are in place. The rest
 * of C0000-E7FFF is what the start-up code made it, read-only; E8000-EFFFF stays writable.
 */
void shadow_lock(enum chipset chipset);

/* Make it writable again: the boot takes another way than POST has prepared. */
void shadow_open(enum chipset chipset);

/*
 * Are the registers what shadow_lock() and the start-up code have made them? Else the two dwords that were expected and
 * found: one for the F segment and the first of the option ROMs' blocks, one for the others and the firmware's RAM. Always
 * true without such registers.
 */
bool shadow_is_locked(enum chipset chipset, uint32_t expected[2], uint32_t found[2]);

/* Make them so again; the start-up code may have run over them. */
void shadow_lock_again(enum chipset chipset);

#endif

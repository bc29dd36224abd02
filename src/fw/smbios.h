/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/smbios.h: SMBIOS for the OS, from what QEMU gives. Spec: DMTF DSP0134 3.6.
 *
 * QEMU makes the structures and a half-filled entry point ("anchor"); the firmware checks both,
 * adds type 0 (BIOS Information) when there is none, places them and completes the entry point. Nothing
 * is published unless all of it is sound.
 */
#ifndef FW_SMBIOS_H
#define FW_SMBIOS_H

/*
 * Needs fw_cfg's directory, the allocator, machine.pci and machine.rsdp. Two device accesses. When
 * something is wrong the guest gets no SMBIOS, the log one line, and the memory is given back.
 */
void smbios_init(void);

#endif

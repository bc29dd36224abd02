/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/smbios.h: SMBIOS for the OS, from what QEMU gives. Spec: DMTF DSP0134 3.6.
 *
 * QEMU makes the structures and a half-filled entry point ("anchor"); the firmware checks both,
 * adds type 0 (BIOS Information) when there is none, places them and completes the entry point. Where the
 * structures stop being sound they are ended: the whole ones before are published.
 */
#ifndef FW_SMBIOS_H
#define FW_SMBIOS_H

/*
 * Needs fw_cfg's directory, the allocator, machine.pci and machine.rsdp. Two device accesses. When
 * the entry point is wrong, or an item cannot be read, the guest gets no SMBIOS, the log one line, and
 * the memory is given back.
 */
void smbios_init(void);

#endif

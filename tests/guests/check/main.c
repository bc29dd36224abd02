/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/check/main.c: a kernel that checks what the boot protocol and the PC promise it,
 * and prints TAP. Words of the command line steer it:
 *
 *   cpus=N           processors that must answer; default: as many as the MADT has
 *   ram=MIB          RAM that the map must come to, at most 2 MiB less
 *   noacpi           there must be no ACPI (machines without, acpi=off)
 *   initrd           there must be one; noinitrd: there must be none
 *   length=N         bytes the command line must have
 *   unassigned=N     BARs that may have stayed without an address; default 0
 *   dump=acpi|smbios|all   the tables' bytes for tools that compare
 *   reboot=kbd|cf9|acpi|triple  boots=N    reset after the checks until booted N times
 *   dirty514 dirtypam      leave rubbish behind before such a reset
 *   reboot=init            INIT from the local APIC, which is no reset
 *   reboot=fff0|ffff|e05b  to F000:FFF0, FFFF:0000, F000:E05B in real mode
 *   leave=NAME compare     leave something behind, and look for it (leave.c, state.c)
 *   nmi              send an NMI to the parked processors
 *   halt             stop instead of ending QEMU
 *   sleep=N wake=flat      suspend to RAM so many times, woken in protected mode; the host has to wake it (sleep.c)
 *   noap             do not start further processors
 *   kvm              memory types must survive INIT
 */
#include "guest.h"

void main(void);

void main(void)
{
	params = PTR(entry.esi);
	cmdline = rd32(params + 0x228) ? PTR(rd32(params + 0x228)) : "";
	print("TAP version 13\n# slipway-check: boot %d\n", boots_so_far());
	check_entry();
	check_leftovers();
	check_memory_map();
	check_params();
	check_payloads();
	check_acpi();
	check_legacy();
	check_smbios();
	check_pci();
	check_cpus();
	check_sleep();
	end(report_end());
}

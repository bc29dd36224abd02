/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/account.h: device accesses counted by phase and by device, for images with CONFIG_ACCOUNTING.
 * What assembly does is entered by number: account_init().
 */
#ifndef ARCH_ACCOUNT_H
#define ARCH_ACCOUNT_H

#include <stdint.h>

enum account_device {
	ACCOUNT_FW_CFG,
	ACCOUNT_PCI,		/* configuration space, ports and MMCONFIG */
	ACCOUNT_CMOS,
	ACCOUNT_PIC,
	ACCOUNT_PIT,
	ACCOUNT_PM,		/* the power-management block with its timer */
	ACCOUNT_DEBUG_PORT,
	ACCOUNT_UART,
	ACCOUNT_APIC,
	ACCOUNT_OTHER_PORT,
	ACCOUNT_OTHER_MEMORY,
	ACCOUNT_DEVICES
};

#define ACCOUNT_PHASES 15	/* trace/timeline.h: enum phase */

extern uint32_t account_count[ACCOUNT_PHASES][ACCOUNT_DEVICES];
extern const char *const account_device_names[ACCOUNT_DEVICES];
extern uint32_t account_phase;	/* the one that counts now */

void account_port(uint16_t port, uint32_t times);
void account_memory(uint32_t addr);

/* Enter what the start-up code did for this host bridge: accesses to configuration space. */
void account_start(uint32_t host_bridge);

#endif

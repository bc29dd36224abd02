/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/account.c: see account.h. Nothing of it is linked unless CONFIG_ACCOUNTING is set.
 */
#ifdef CONFIG_ACCOUNTING
#include "arch/account.h"

uint32_t account_count[ACCOUNT_PHASES][ACCOUNT_DEVICES];
uint32_t account_phase;

const char *const account_device_names[ACCOUNT_DEVICES] = {
	[ACCOUNT_FW_CFG] = "fw_cfg",
	[ACCOUNT_PCI] = "PCI configuration",
	[ACCOUNT_CMOS] = "CMOS",
	[ACCOUNT_PIC] = "PIC",
	[ACCOUNT_PIT] = "PIT",
	[ACCOUNT_PM] = "power management",
	[ACCOUNT_DEBUG_PORT] = "debug port",
	[ACCOUNT_UART] = "serial port",
	[ACCOUNT_APIC] = "local APIC",
	[ACCOUNT_OTHER_PORT] = "other ports",
	[ACCOUNT_OTHER_MEMORY] = "other memory",
};

static const struct {
	uint16_t first, last;
	uint16_t device;
} ports[] = {
	{ 0x020, 0x021, ACCOUNT_PIC },
	{ 0x040, 0x043, ACCOUNT_PIT },
	{ 0x070, 0x071, ACCOUNT_CMOS },
	{ 0x0a0, 0x0a1, ACCOUNT_PIC },
	{ 0x3f8, 0x3ff, ACCOUNT_UART },
	{ 0x402, 0x402, ACCOUNT_DEBUG_PORT },
	{ 0x4d0, 0x4d1, ACCOUNT_PIC },
	{ 0x510, 0x51b, ACCOUNT_FW_CFG },
	{ 0x600, 0x67f, ACCOUNT_PM },
	{ 0xcf8, 0xcff, ACCOUNT_PCI },
};

/* rep ins and outs are one access for each byte. */
void account_port(uint16_t port, uint32_t times)
{
	uint32_t device = ACCOUNT_OTHER_PORT;

	for (uint32_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++)
		if (port >= ports[i].first && port <= ports[i].last)
			device = ports[i].device;
	account_count[account_phase][device] += times;
}

void account_memory(uint32_t addr)
{
	uint32_t device = ACCOUNT_OTHER_MEMORY;

	if (addr >= 0xb0000000 && addr <= 0xbfffffff)
		device = ACCOUNT_PCI;
	else if (addr >= 0xfee00000 && addr <= 0xfeefffff)
		device = ACCOUNT_APIC;
	account_count[account_phase][device]++;
}

void account_start(uint32_t host_bridge)
{
	/* src/arch/start.S: two to ask, four to open shadow RAM; on q35 two for MMCONFIG */
	account_count[0][ACCOUNT_PCI] += host_bridge == 0x12378086 ? 6 : host_bridge == 0x29c08086 ? 8 : 2;
}
#endif

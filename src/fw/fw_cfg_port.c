/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/fw_cfg_port.c: the fw_cfg registers of x86 machines, in I/O space.
 * Spec: QEMU docs/specs/fw_cfg.rst [Register Locations], [DMA Interface].
 */
#include "arch/io.h"
#include "fw/fw_cfg_io.h"

#define PORT_SELECTOR	0x510	/* 16 bits, little-endian, written in one piece */
#define PORT_DATA	0x511	/* 8 bits; wider reads are refused by the device */
#define PORT_DMA_HIGH	0x514	/* 32 bits, big-endian: address bits 63..32 */
#define PORT_DMA_LOW	0x518	/* 32 bits, big-endian: address bits 31..0, starts the transfer */

const char fw_cfg_bus_name[] = "port";

void fw_cfg_bus_select(uint16_t key)
{
	outw(key, PORT_SELECTOR);
}

void fw_cfg_bus_read(void *buf, uint32_t len)
{
	insb(buf, len, PORT_DATA);
}

uint8_t fw_cfg_bus_read_byte(void)
{
	return inb(PORT_DATA);
}

void fw_cfg_bus_dma_high(uint32_t half)
{
	outl(cpu_to_be32(half).raw, PORT_DMA_HIGH);
}

void fw_cfg_bus_dma_low(uint32_t half)
{
	outl(cpu_to_be32(half).raw, PORT_DMA_LOW);
}

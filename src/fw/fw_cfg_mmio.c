/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/fw_cfg_mmio.c: the fw_cfg registers of boards that have them in memory space (Arm and
 * RISC-V virt, LoongArch). No x86 machine does; the build leaves this out of the image.
 * Spec: QEMU docs/specs/fw_cfg.rst [Register Locations], [DMA Interface].
 */
#include "arch/io.h"
#include "fw/fw_cfg.h"
#include "fw/fw_cfg_io.h"

#define REG_DATA	0x00	/* 1 to 8 bytes at a time, in the item's order */
#define REG_SELECTOR	0x08	/* 16 bits, big-endian: unlike the port */
#define REG_DMA_HIGH	0x10	/* 32 bits, big-endian: address bits 63..32 */
#define REG_DMA_LOW	0x14	/* 32 bits, big-endian: address bits 31..0, starts the transfer */

static uint32_t registers;	/* physical address */

const char fw_cfg_bus_name[] = "memory";

void fw_cfg_bus_select(uint16_t key)
{
	mmio_write16(registers + REG_SELECTOR, cpu_to_be16(key).raw);
}

void fw_cfg_bus_read(void *buf, uint32_t len)
{
	uint8_t *to = buf;

	for (; len >= 4; len -= 4, to += 4)
		put_le32(to, mmio_read32(registers + REG_DATA));
	for (; len; len--)
		*to++ = mmio_read8(registers + REG_DATA);
}

uint8_t fw_cfg_bus_read_byte(void)
{
	return mmio_read8(registers + REG_DATA);
}

void fw_cfg_bus_dma_high(uint32_t half)
{
	mmio_write32(registers + REG_DMA_HIGH, cpu_to_be32(half).raw);
}

void fw_cfg_bus_dma_low(uint32_t half)
{
	mmio_write32(registers + REG_DMA_LOW, cpu_to_be32(half).raw);
}

int fw_cfg_init_mmio(uint32_t base)
{
	registers = base;
	return fw_cfg_init();
}

/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/fw_cfg_io.h: the transports below the fw_cfg client. Only src/fw/fw_cfg*.c include this.
 * Spec: QEMU docs/specs/fw_cfg.rst; section titles are given in [brackets].
 *
 * The registers are in I/O ports or memory. A data register gives one byte after the other, and there
 * may be a DMA register. The functions at the end choose between the two and repeat by the data
 * register what DMA failed to do.
 */
#ifndef FW_FW_CFG_IO_H
#define FW_FW_CFG_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/endian.h"

/* Bits of key 1, little-endian [Revision / feature bitmap]. */
#define FW_CFG_ID_TRADITIONAL	(1u << 0)
#define FW_CFG_ID_DMA		(1u << 1)

/* Key 0 as a little-endian number. */
#define FW_CFG_SIGNATURE_LE32	0x554d4551u	/* "QEMU" */

/* Bits of fw_cfg_dma_access.control, native order [Guest-side DMA Interface]. */
#define FW_CFG_DMA_ERROR	(1u << 0)	/* set by the device */
#define FW_CFG_DMA_READ		(1u << 1)
#define FW_CFG_DMA_SKIP		(1u << 2)
#define FW_CFG_DMA_SELECT	(1u << 3)	/* bits 31..16 hold the key; back to offset 0 */
#define FW_CFG_DMA_WRITE	(1u << 4)
#define FW_CFG_DMA_OPERATION	0x1eu		/* any of them: the device is not done */

/* One request, in RAM; the device writes control back [Guest-side DMA Interface]. */
struct fw_cfg_dma_access {
	be32_t control;
	be32_t length;		/* bytes */
	be64_t address;		/* physical address of the buffer */
};
_Static_assert(sizeof(struct fw_cfg_dma_access) == 16, "fw_cfg DMA request is 16 bytes");
_Static_assert(offsetof(struct fw_cfg_dma_access, address) == 8, "fw_cfg DMA address is at 8");

/*
 * Where the registers are: in fw_cfg_port.c, or in fw_cfg_mmio.c for boards without I/O ports. A build has
 * one of them. None of these can fail.
 */
extern const char fw_cfg_bus_name[];		/* of the data register, for reports */
void fw_cfg_bus_select(uint16_t key);		/* go to offset 0 of key */
void fw_cfg_bus_read(void *buf, uint32_t len);	/* the next len bytes of the selected item */
uint8_t fw_cfg_bus_read_byte(void);		/* the next one */
/*
 * The two halves of a request's physical address; the low one starts it. The device forgets the high
 * half at each start, so it is written only if it is not 0.
 */
void fw_cfg_bus_dma_high(uint32_t half);
void fw_cfg_bus_dma_low(uint32_t half);

/* fw_cfg_init() where the registers are in memory: base is a physical address. */
int fw_cfg_init_mmio(uint32_t base);

/* Look for the device and test its DMA. Returns 0 or -ENODEV. */
int fw_cfg_io_attach(void);

/*
 * Read len bytes at offset of key to buf; offset + len must not exceed 2^32 - 1, len 0 does nothing. By
 * DMA, and where that fails by the data register, with a line that says so. Returns 0; -EIO, there
 * is no device, and buf is as it was.
 */
int fw_cfg_io_read(uint16_t key, uint32_t offset, void *buf, uint32_t len);

/* The same to memory that the CPU does not reach, by DMA alone. Returns 0; -EIO, logged. */
int fw_cfg_io_read_far(uint16_t key, uint32_t offset, uint64_t phys, uint32_t len);

/* By DMA alone, at most 1024 bytes. Returns 0; -EOPNOTSUPP, no DMA; -EINVAL, too long; -EIO. */
int fw_cfg_io_write(uint16_t key, uint32_t offset, const void *buf, uint32_t len);

/*
 * The two halves of reading, for who chooses between them. fw_cfg_io_dma() reads from the start, needs
 * fw_cfg_has_dma(), and leaves buf to the device after -ETIMEDOUT; returns 0, -EIO or that. The
 * data register fails only where there is no device, with -EIO.
 */
int fw_cfg_io_dma(uint16_t key, void *buf, uint32_t len);
int fw_cfg_io_pio(uint16_t key, uint32_t offset, void *buf, uint32_t len);

/* DMA gave what it should not: it is used no more. */
void fw_cfg_io_refuse_dma(void);

#endif

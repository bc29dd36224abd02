/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/isa_dma.c: see isa_dma.h.
 */
#include "hw/isa_dma.h"
#include "arch/io.h"

#define ADDRESS		(2 * ISA_DMA_FLOPPY)		/* low byte, then high */
#define COUNT		(2 * ISA_DMA_FLOPPY + 1)	/* less one */
#define MASK		0x0a
#define MODE		0x0b
#define FIRST_BYTE	0x0c				/* any write: the next byte is a low one */
#define PAGE		0x81				/* of channel 2: address bits 16-23 */
#define MASK_SECOND	0xd4
#define MODE_SECOND	0xd6

#define MASKED		0x04
#define MODE_CASCADE	0xc0
#define MODE_SINGLE	0x40
#define MODE_READ	0x08	/* of memory */
#define MODE_WRITE	0x04

void isa_dma_init(void)
{
	outb(MODE_CASCADE, MODE_SECOND);	/* channel 4, that is 0 of the second */
	outb(0, MASK_SECOND);
}

void isa_dma_start(bool to_device, uint32_t addr, uint32_t len)
{
	outb(MASKED | ISA_DMA_FLOPPY, MASK);
	outb(0, FIRST_BYTE);
	outb((uint8_t)(MODE_SINGLE | (to_device ? MODE_READ : MODE_WRITE) | ISA_DMA_FLOPPY), MODE);
	outb((uint8_t)addr, ADDRESS);
	outb((uint8_t)(addr >> 8), ADDRESS);
	outb((uint8_t)(addr >> 16), PAGE);
	outb((uint8_t)(len - 1), COUNT);
	outb((uint8_t)((len - 1) >> 8), COUNT);
	outb(ISA_DMA_FLOPPY, MASK);
}

void isa_dma_stop(void)
{
	outb(MASKED | ISA_DMA_FLOPPY, MASK);
}

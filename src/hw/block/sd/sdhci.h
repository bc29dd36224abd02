/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/sd/sdhci.h: one slot of an SD host controller: power, clock, commands, data by SDMA or by its buffer. It
 * knows nothing of what the commands mean.
 * Spec: SD Host Controller Simplified Specification 3.00; sections are given in [brackets].
 */
#ifndef HW_BLOCK_SD_SDHCI_H
#define HW_BLOCK_SD_SDHCI_H

#include <stdbool.h>
#include <stdint.h>
#include "hw/block/block.h"
#include "hw/pci/config.h"

/* Registers [2.2], as they are accessed here: in double words, but where one byte starts something. */
#define SDHCI_BYTES		0x100
#define SDHCI_DMA		0x00	/* SDMA system address; a write of it resumes a transfer */
#define SDHCI_BLOCK		0x04	/* size, boundary in bits 14..12, count in bits 31..16 */
#define SDHCI_ARGUMENT		0x08
#define SDHCI_COMMAND		0x0c	/* transfer mode, command in bits 31..16: its write sends it */
#define SDHCI_RESPONSE		0x10	/* four of them */
#define SDHCI_BUFFER		0x20
#define SDHCI_PRESENT		0x24
#define SDHCI_PRESENT_CARD	(1u << 16)
#define SDHCI_PRESENT_WRITE	(1u << 19)	/* the switch lets it be written */
#define SDHCI_HOST		0x28	/* host control; power control in bits 15..8 */
#define SDHCI_CLOCK		0x2c	/* clock control; data time-out in bits 19..16 */
#define SDHCI_CLOCK_ON		0x1u
#define SDHCI_CLOCK_STABLE	0x2u
#define SDHCI_CLOCK_CARD	0x4u
#define SDHCI_RESET		0x2f	/* a byte */
#define SDHCI_RESET_ALL		0x01
#define SDHCI_RESET_LINES	0x06	/* of commands, of data */
#define SDHCI_STATUS		0x30	/* normal; errors in bits 31..16 */
#define SDHCI_STATUS_COMMAND	(1u << 0)	/* is complete */
#define SDHCI_STATUS_TRANSFER	(1u << 1)	/* is complete */
#define SDHCI_STATUS_BOUNDARY	(1u << 3)
#define SDHCI_STATUS_WRITE	(1u << 4)	/* the buffer takes a block */
#define SDHCI_STATUS_READ	(1u << 5)	/* the buffer has a block */
#define SDHCI_STATUS_REMOVED	(1u << 7)
#define SDHCI_STATUS_ERROR	(1u << 15)
#define SDHCI_STATUS_TIMEOUT	(1u << 16)	/* no response */
#define SDHCI_STATUS_ENABLE	0x34
#define SDHCI_SIGNAL_ENABLE	0x38
#define SDHCI_CAPABILITIES	0x40
#define SDHCI_CAN_SDMA		(1u << 22)
#define SDHCI_CAN_3V3		(1u << 24)
#define SDHCI_CAN_3V0		(1u << 25)

/* The command register [2.2.6]: number << 8, what is checked of a response, whether there is data. */
#define SDHCI_NO_RESPONSE	0x00u
#define SDHCI_R1		0x1au	/* and R6, R7 */
#define SDHCI_R2		0x09u	/* 136 bits */
#define SDHCI_R3		0x02u	/* without check sum */
#define SDHCI_DATA		0x20u

/* The transfer mode register [2.2.5]. */
#define SDHCI_MODE_DMA		0x01u
#define SDHCI_MODE_COUNT	0x02u
#define SDHCI_MODE_CMD12	0x04u	/* sent behind the last block */
#define SDHCI_MODE_READ		0x10u
#define SDHCI_MODE_MULTI	0x20u

#define SDHCI_SECTOR		512u
#define SDHCI_SDMA_BOUNDARY	0x80000u
#define SDHCI_BLOCK_SIZE	(7u << 12 | SDHCI_SECTOR)	/* with that boundary */

struct sdhci {
	struct block_controller controller;	/* first: block.controller leads here */
	uint32_t base;			/* of its registers, physical */
	uint32_t capabilities;
	uint32_t present;		/* as it was when the card was last started */
	pci_bdf_t bdf;
	uint8_t slot;
	bool dma;
	bool dead;			/* does not come out of a reset: it is asked nothing, and reaches no memory */
	/* For the caller. */
	uint32_t rca;			/* the card's address, in bits 31..16 */
	bool up;			/* the card takes data commands; else it is started before the next */
	bool blocks;			/* its addresses are blocks, not bytes */
	bool protected;			/* the card's own mark, or the switch on it */
	uint64_t sectors;
	uint8_t command;		/* number of the last one */
	uint32_t status;		/* at the end of the last command: SDHCI_STATUS */
};

/*
 * Put the slot and, by switching its power off, the card back to where they begin. After it nothing of what was
 * sent before reaches memory. Returns 0 or -EIO: then it is dead.
 */
int sdhci_reset(struct sdhci *s);

/* Behind a command that had no response: the next may be sent [3.10.1]. Returns 0 or -ETIMEDOUT. */
int sdhci_reset_lines(struct sdhci *s);

/*
 * Behind a reset: power for the card that is there, the clock of its identification, and interrupts, of which none is
 * signalled. settle_us: how long the power gets to be stable. Returns the card's voltages, bits as in the OCR; 0, there is
 * none that both know.
 */
uint32_t sdhci_power(struct sdhci *s, uint32_t settle_us);

/* The card's clock from now on, at most khz. Returns 0 or -ETIMEDOUT. */
int sdhci_clock(struct sdhci *s, uint32_t khz);

/* Is there a card? One access, which fills s->present. */
bool sdhci_card(struct sdhci *s);

/*
 * One command without data. command: number << 8 with SDHCI_R1 or another. Returns 0; -EIO, no or a wrong response
 * (s->status); -ETIMEDOUT; -ENOMEDIUM, the card was taken out.
 */
int sdhci_command(struct sdhci *s, uint32_t command, uint32_t argument);

/*
 * A data command, CMD12 behind it: len bytes, whole sectors, at addr, which a device may use. Same returns. After any but 0
 * the transfer may still run: sdhci_reset() ends it.
 */
int sdhci_transfer(struct sdhci *s, uint32_t number, uint32_t argument, const struct dma_range *range, bool write);

/* Bits 31..0 of the response, or the n-th 32 bits of it from there on; the response to CMD12 is the last. */
uint32_t sdhci_response(const struct sdhci *s, uint32_t n);
#define SDHCI_CMD12_RESPONSE 3

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/isa_dma.h: the first 8237 of a PC, whose channel 2 is the floppy controller's.
 * Spec: Intel 8237A data sheet; page registers as IBM's AT has them.
 */
#ifndef HW_ISA_DMA_H
#define HW_ISA_DMA_H

#include <stdbool.h>
#include <stdint.h>
#include "dma/dma.h"

#define ISA_DMA_FLOPPY	2	/* its channel */

/* What a channel reaches. */
#define ISA_DMA_TOP		(16u << 20)
#define ISA_DMA_BOUNDARY	0x10000u

/* Let the first controller through the second. Two writes; once, before the first transfer. */
void isa_dma_init(void);

/* Channel 2 waits for its device to ask for len bytes, 1 to 65536, at addr within the limits above. Nine writes. */
void isa_dma_start(bool to_device, uint32_t addr, uint32_t len);

/* Nothing is transferred from here on. One write. */
void isa_dma_stop(void);

#endif

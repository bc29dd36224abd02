/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/nvme/nvme_controller.h: an NVMe controller: how it is started and stopped, and how a command is sent to it.
 * It knows nothing of namespaces.
 * Spec: NVM Express Base Specification 1.4; sections are given in [brackets]. All is little-endian.
 */
#ifndef HW_BLOCK_NVME_NVME_CONTROLLER_H
#define HW_BLOCK_NVME_NVME_CONTROLLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "hw/block/block.h"
#include "hw/pci/config.h"
#include "hw/pci/tree.h"

#define NVME_PAGE	4096u	/* CC.MPS 0 */
#define NVME_PRPS	(NVME_PAGE / 8)
#define NVME_MODEL	40

/* Registers [3.1]. */
#define NVME_CAP	0x00		/* MQES in bits 15..0, TO in 31..24 */
#define NVME_CAP_HIGH	0x04
#define NVME_CAP_DSTRD	0xfu		/* of the upper half */
#define NVME_CAP_NVM	(1u << 5)	/* CSS, bit 0: NVM command set */
#define NVME_CAP_MPSMIN	(0xfu << 16)
#define NVME_INTMS	0x0c
#define NVME_INTMC	0x10
#define NVME_CC		0x14
#define NVME_CC_EN	(1u << 0)
#define NVME_CC_SIZES	0x00460000u	/* completions of 16 bytes, commands of 64; pages of 4 KiB, NVM command set */
#define NVME_CSTS	0x1c
#define NVME_CSTS_RDY	(1u << 0)
#define NVME_CSTS_CFS	(1u << 1)	/* fatal */
#define NVME_AQA	0x24
#define NVME_ASQ	0x28
#define NVME_ACQ	0x30
#define NVME_DOORBELLS	0x1000u

/* Admin commands [5], and their values. */
#define NVME_CREATE_SQ	0x01
#define NVME_CREATE_CQ	0x05
#define NVME_CONTIGUOUS	1u		/* of both: and a completion queue has no interrupts */
#define NVME_IDENTIFY	0x06
#define NVME_CNS_NAMESPACE	0
#define NVME_CNS_CONTROLLER	1
#define NVME_CNS_ACTIVE		2

/* Commands for a namespace [6]. */
#define NVME_FLUSH	0x00
#define NVME_WRITE	0x01
#define NVME_READ	0x02

/* Status: type in bits 10..8, code in 7..0 [4.6.1.2]. */
#define NVME_STATUS_PROTECTED	0x020u	/* namespace is write protected */
#define NVME_STATUS_NOT_READY	0x082u
#define NVME_STATUS_READ_ONLY	0x182u	/* the range is */

/* Command [4.2]. Addresses above 4 GiB are not used. */
struct nvme_command {
	uint32_t opcode;		/* bits 31..16 are the command's number, nvme_send() sets it */
	uint32_t nsid;
	uint32_t unused[4];
	uint32_t prp1, prp1_high, prp2, prp2_high;
	uint32_t dw10, dw11, dw12;
	uint32_t unused2[3];
};
_Static_assert(sizeof(struct nvme_command) == 64, "NVMe 4.2");
_Static_assert(offsetof(struct nvme_command, prp1) == 24 && offsetof(struct nvme_command, dw10) == 40, "NVMe 4.2");

/* Completion [4.6]. */
struct nvme_completion {
	uint32_t result, unused, queue;
	uint32_t status;		/* number of the command, phase, status */
};
_Static_assert(sizeof(struct nvme_completion) == 16, "NVMe 4.6");
#define NVME_PHASE		(1u << 16)
#define NVME_STATUS_SHIFT	17

/* Entries. Commands go out one at a time. A completion queue's head is told twice a round. */
#define NVME_COMMANDS		2
#define NVME_ADMIN_COMPLETIONS	16
#define NVME_COMPLETIONS	64

struct nvme_queue {
	struct nvme_command *command;
	volatile struct nvme_completion *completion;
	uint32_t doorbell, head_doorbell;	/* physical */
	uint32_t tail;			/* of commands: the next */
	uint32_t head;			/* of completions: the next, and the number of the command that it is for */
	uint32_t told;			/* the head that the controller knows: it is not told the same again (QEMU miscounts then) */
	uint32_t phase;			/* NVME_PHASE or 0: that of the next completion */
	uint32_t completions, half;	/* a power of two; what of head is 0 twice a round */
};

/* In memory that stays, from a page on. Queues begin with a page each, of which they need little. */
struct nvme {
	union {
		struct {
			struct nvme_command admin_command[NVME_COMMANDS];
			struct block_controller controller;	/* block.controller leads here */
			uint32_t base;				/* of its registers, physical */
			uint32_t timeout_us;			/* to start, to stop */
			pci_bdf_t bdf;
			bool running;		/* commands for namespaces may be sent; else nvme_restart() comes first */
			bool pending;		/* one was sent and not seen to end, ... */
			bool at_it;		/* ... though it was waited for; the controller has it */
			bool dead;		/* does not stop: nothing is asked of it */
			uint16_t status;	/* of the last command that failed */
			struct nvme_queue admin, io;
			char model[NVME_MODEL + 1];
		};
		uint8_t first_page[NVME_PAGE];
	};
	union {
		struct nvme_completion admin_completion[NVME_ADMIN_COMPLETIONS];
		uint8_t admin_page[NVME_PAGE];
	};
	union {
		struct nvme_command io_command[NVME_COMMANDS];
		uint8_t command_page[NVME_PAGE];
	};
	union {
		struct nvme_completion io_completion[NVME_COMPLETIONS];
		uint8_t completion_page[NVME_PAGE];
	};
	union {
		uint64_t prp[NVME_PRPS];	/* a request's pages from the second on [4.3] */
		uint8_t identify[NVME_PAGE];	/* before the first request */
	};
};
_Static_assert(offsetof(struct nvme, admin_completion) == NVME_PAGE, "queues begin with a page");
_Static_assert(sizeof(struct nvme) == 5 * NVME_PAGE, "so many controllers, so much memory");

static inline struct nvme *nvme_of(const struct block *block)
{
	return (struct nvme *)((uintptr_t)block->controller - offsetof(struct nvme, controller));
}

/* The next command for a queue, to be filled: what it was before is still in it. */
static inline struct nvme_command *nvme_next(struct nvme_queue *q)
{
	return &q->command[q->tail];
}

/*
 * Make one for a function whose BAR is good. Returns 0 with *n; -ENODEV, it cannot be used, for the reason in the log;
 * -ENOMEM. Nothing is started.
 */
int nvme_make(struct nvme **n, const struct pci_function *f);

/*
 * Start it, from whatever state, with both queues. No interrupt is raised until nvme_settle(), which has to follow when
 * no admin command does. Returns 0; or why it is not usable: then it is stopped (one line in the log).
 */
int nvme_start(struct nvme *n);
void nvme_settle(struct nvme *n);

/*
 * Stop it: whatever was sent touches no memory any more. Returns 0; -ETIMEDOUT, it did not and was taken off the bus; it
 * is dead.
 */
int nvme_stop(struct nvme *n);

/*
 * For a controller that does not run. Where a command is pending, wait for it, or look once more if it was waited for; else
 * stop, start, settle. Returns 0; -EINPROGRESS, -EALREADY, it is at it; -EIO, it is dead; as nvme_start().
 */
int nvme_restart(struct nvme *n);

/*
 * Send the command that was filled and wait for its end. Returns 0; -EIO, n->status has its status, or the controller
 * answered another command and was stopped (n->status is 0); -EINPROGRESS, the controller is at it (a command for a
 * namespace); -ETIMEDOUT, and it was stopped.
 */
int nvme_send(struct nvme *n, struct nvme_queue *q);

/* IDENTIFY, into n->identify: cns says what of. As nvme_send(). */
int nvme_identify(struct nvme *n, uint32_t cns, uint32_t nsid);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/hba/lsi_script.h: the program that an adapter of the 53C8xx kind runs for one command, as its SCRIPTS
 * processor reads it from memory, and what it writes there.
 * Spec: LSI53C895A PCI to Ultra2 SCSI Controller Technical Manual 2.2; sections are given in [brackets].
 */
#ifndef HW_BLOCK_HBA_LSI_SCRIPT_H
#define HW_BLOCK_HBA_LSI_SCRIPT_H

#include <stdbool.h>
#include <stdint.h>
#include "dma/dma.h"
#include "hw/block/scsi/command.h"

/* Phases of the bus, as instructions name them [5.3]. */
#define PHASE_DATA_OUT	0u
#define PHASE_DATA_IN	1u
#define PHASE_COMMAND	2u
#define PHASE_STATUS	3u
#define PHASE_MSG_OUT	6u
#define PHASE_MSG_IN	7u

/* First words of instructions. Second words are addresses but of SET and CLEAR (0) and INT (a code) [5.3-5.8]. */
#define MOVE(phase, bytes)	(0x08000000u | (phase) << 24 | (bytes))	/* when the phase is this one */
#define MOVE_MAX		0xffffffu
#define SELECT(target)		(0x41000000u | (target) << 16)	/* with attention; or go to: reselected */
#define WAIT_DISCONNECT		0x48000000u
#define WAIT_RESELECT		0x50000000u	/* or go to: the host has signalled */
#define SET_CARRY		0x58000400u
#define CLEAR_CARRY		0x60000400u
#define CLEAR_ACK		0x60000040u
#define JUMP			0x80080000u
#define JUMP_CARRY		0x80280000u
#define JUMP_IF(phase)		(0x800a0000u | (phase) << 24)
#define JUMP_WHEN(phase)	(0x800b0000u | (phase) << 24)	/* waits for the next phase first */
#define JUMP_UNLESS(phase)	(0x80030000u | (phase) << 24)	/* the same, when it is another */
#define JUMP_BYTE(value)	(0x800c0000u | (value))		/* if that was the first byte moved */
#define INT			0x98080000u
#define NOP			0x80000000u	/* a jump that is never taken: its second word is ours */
#define STORE(reg, bytes)	(0xe0000000u | (reg) << 16 | (bytes))

struct lsi_insn {
	uint32_t what, where;
};

/* The data of one range. */
struct lsi_move {
	struct lsi_insn move;
	struct lsi_insn store;		/* to left */
	struct lsi_insn unless;		/* another phase comes: to .phase below */
	uint32_t nop;
	uint32_t left;			/* bytes that were not moved, in the low 24 bits; LSI_NOT_REACHED */
};
#define LSI_NOT_REACHED	0xffffffffu

/* Fields in the order in which they run, one after the other but for jumps. */
struct lsi_script {
	struct lsi_insn select;
	struct lsi_insn no_data_yet;
	struct lsi_insn identify;
	struct lsi_insn command;
	/* Whatever the target wants now. */
	struct lsi_insn phase;
	struct lsi_insn if_status;
	struct lsi_insn if_again;	/* data a second time: we would begin at the start */
	struct lsi_insn data;
	struct lsi_insn go;		/* to the first move that is in use, or to none */
	struct lsi_move moves[DMA_RANGES];
	struct lsi_insn moved;
	/* A command without data. QEMU's targets are in the data phase while they do it, and leave that without a byte. */
	struct lsi_insn none, none_done;
	/* A message: SAVE POINTER, IDENTIFY and others change nothing, DISCONNECT does. */
	struct lsi_insn message, if_gone, message_ack, message_done;
	struct lsi_insn gone, gone_wait, reselect, reselected;
	struct lsi_insn status, complete, complete_ack, complete_wait, end;
	struct lsi_insn bad;
};

#define LSI_END	0u	/* codes of INT */
#define LSI_BAD	1u

#define LSI_UNTOUCHED	0xffu	/* of status and complete: nothing has come */
#define LSI_GOOD	0u	/* of end: the target has done it, and says so in the right way */

/* What the processor of the adapter reads and writes. */
struct lsi_memory {
	struct lsi_script script;
	/* The target's status, and its last byte, which should be COMMAND COMPLETE: 0. */
	union {
		struct {
			uint8_t status;
			volatile uint8_t complete;
		};
		uint16_t end;
	};
	uint8_t message, none;			/* of no interest */
	uint8_t cdb[SCSI_CDB];
	uint8_t identify;
	/* What the program is made for. Most commands are as the one before, but for addresses and numbers. */
	uint16_t lun;
	uint32_t target, count;			/* count ~0: for nothing */
	uint32_t what;				/* of a move without its length */
	struct lsi_move *first;			/* that is in use */
};

/* Write the program, where it will stay. */
void lsi_script_make(struct lsi_memory *m);

/* Make the program one for a target (0 to 15) and LUN (0 to 7), and commands of this operation and shape. */
void lsi_script_change(struct lsi_memory *m, uint32_t target, uint32_t lun, uint8_t operation, const struct dma_list *list);

/* Fill in what is left: the command and its ranges, of MOVE_MAX bytes at most. */
void lsi_script_set(struct lsi_memory *m, const uint8_t cdb[SCSI_CDB], const struct dma_list *list);

/* Were there data, and all of them moved? The last move is reached by way of all others, each of which was whole. */
static inline bool lsi_script_moved_all(const struct lsi_memory *m)
{
	return !(m->script.moves[DMA_RANGES - 1].left << 8);
}

/* Bytes of the list that were moved for certain. */
uint32_t lsi_script_moved(const struct lsi_memory *m, const struct dma_list *list);

#endif

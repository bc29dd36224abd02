/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/hba/lsi_script.c: see lsi_script.h.
 */
#include "hw/block/hba/lsi_script.h"
#include <stddef.h>
#include "arch/phys.h"
#include "lib/bits.h"
#include "lib/string.h"

#define DBC		0x24u	/* register: bytes that a move has not moved */
#define DISCONNECT	0x04u	/* messages [SCSI Parallel Interface 3, 16] */
#define IDENTIFY	0x80u	/* and the LUN; without bit 6 the target had better stay */

/* Second words are offsets in struct lsi_memory here; IN(): of an instruction. */
#define AT(field)	((uint32_t)offsetof(struct lsi_memory, field))
#define IN(field)	AT(script.field)

static const struct lsi_script template = {
	.select = { SELECT(0u), IN(bad) },
	.no_data_yet = { CLEAR_CARRY, 0 },
	.identify = { MOVE(PHASE_MSG_OUT, 1u), AT(identify) },
	.command = { MOVE(PHASE_COMMAND, 0u), AT(cdb) },
	.phase = { JUMP_WHEN(PHASE_MSG_IN), IN(message) },
	.if_status = { JUMP_IF(PHASE_STATUS), IN(status) },
	.if_again = { JUMP_CARRY, IN(bad) },
	.data = { SET_CARRY, 0 },
	.go = { JUMP, IN(none) },
	.moved = { JUMP, IN(phase) },
	.none = { MOVE(PHASE_DATA_IN, 1u), AT(none) },
	.none_done = { JUMP, IN(phase) },
	.message = { MOVE(PHASE_MSG_IN, 1u), AT(message) },
	.if_gone = { JUMP_BYTE(DISCONNECT), IN(gone) },
	.message_ack = { CLEAR_ACK, 0 },
	.message_done = { JUMP, IN(phase) },
	.gone = { CLEAR_ACK, 0 },
	.gone_wait = { WAIT_DISCONNECT, 0 },
	.reselect = { WAIT_RESELECT, IN(bad) },
	.reselected = { JUMP, IN(phase) },
	.status = { MOVE(PHASE_STATUS, 1u), AT(status) },
	.complete = { MOVE(PHASE_MSG_IN, 1u), AT(complete) },
	.complete_ack = { CLEAR_ACK, 0 },
	.complete_wait = { WAIT_DISCONNECT, 0 },
	.end = { INT, LSI_END },
	.bad = { INT, LSI_BAD },
};

/* Is the second word an address? Those that are none have small values, and no field is at 0 but the first. */
static bool has_address(uint32_t what)
{
	return what != INT && what != WAIT_DISCONNECT && what != CLEAR_ACK && what != SET_CARRY && what != CLEAR_CARRY &&
	       what != NOP;
}

void lsi_script_make(struct lsi_memory *m)
{
	uint32_t base = (uint32_t)ptr_to_phys(m);
	struct lsi_insn *insn = (struct lsi_insn *)&m->script;

	memcpy(&m->script, &template, sizeof(template));
	for (uint32_t i = 0; i < DMA_RANGES; i++) {
		struct lsi_move *move = &m->script.moves[i];

		move->store = (struct lsi_insn){ STORE(DBC, 4u), IN(moves[0].left) + i * (uint32_t)sizeof(*move) };
		move->unless.where = IN(phase);
		move->nop = NOP;
	}
	for (uint32_t i = 0; i < sizeof(template) / sizeof(*insn); i++)
		if (has_address(insn[i].what))
			insn[i].where += base;
	m->count = ~0u;
}

/* By its first byte [SPC-3, 4.3.4]. */
static uint32_t cdb_bytes(uint8_t operation)
{
	static const uint8_t bytes[8] = { 6, 10, 10, SCSI_CDB, 16, 12, SCSI_CDB, SCSI_CDB };

	return bytes[operation >> 5];
}

/* In words: a call costs more. */
struct cdb {
	uint32_t word[SCSI_CDB / 4];
} __attribute__((packed));

void lsi_script_change(struct lsi_memory *m, uint32_t target, uint32_t lun, uint8_t operation, const struct dma_list *list)
{
	uint32_t phase = list->to_device ? PHASE_DATA_OUT : PHASE_DATA_IN;
	struct lsi_script *s = &m->script;

	m->target = target;
	m->lun = (uint16_t)lun;
	m->count = list->count;
	m->what = MOVE(phase, 0u);
	m->first = s->moves + DMA_RANGES - list->count;
	m->identify = (uint8_t)(IDENTIFY | lun);
	s->select.what = SELECT(target);
	s->command.what = MOVE(PHASE_COMMAND, cdb_bytes(operation));
	s->go.where = (uint32_t)ptr_to_phys(list->count ? (void *)m->first : (void *)&s->none);
	for (uint32_t i = 0; i < DMA_RANGES; i++)
		s->moves[i].unless.what = JUMP_UNLESS(phase);
	s->moves[DMA_RANGES - 1].left = LSI_NOT_REACHED;
}

void lsi_script_set(struct lsi_memory *m, const uint8_t cdb[SCSI_CDB], const struct dma_list *list)
{
	const struct dma_range *r = list->range;
	struct lsi_move *move = m->first, *end = m->script.moves + DMA_RANGES;

	*(struct cdb *)m->cdb = *(const struct cdb *)cdb;
	if (move != end)
		do {
			move->move.what = m->what | r->len;
			move->move.where = r->addr;
			move->left = LSI_NOT_REACHED;
			r++;
		} while (++move != end);
	m->end = LSI_UNTOUCHED << 8 | LSI_UNTOUCHED;
}
uint32_t lsi_script_moved(const struct lsi_memory *m, const struct dma_list *list)
{
	uint32_t done = 0;

	for (uint32_t i = 0; i < list->count; i++) {
		uint32_t left = m->first[i].left, len = list->range[i].len;

		if (left == LSI_NOT_REACHED)
			break;
		left &= MOVE_MAX;
		done += len - min_u32(left, len);
		if (left)
			break;
	}
	return done;
}

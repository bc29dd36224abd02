/* SPDX-License-Identifier: BSD-2-Clause
 * src/smm/handler/handler.c: what an SMI does: see smm/state.h. This runs in SMRAM, on any processor, on several at
 * once. It takes no address from a register or from memory outside SMRAM: where a program comes in, where 32-bit code
 * begins, where both go on are constants of the image. It calls nothing and waits for nothing.
 */
#undef CONFIG_ACCOUNTING	/* its counters are elsewhere */
#include <stdbool.h>
#include "arch/io.h"
#include "arch/layout.h"
#include "lib/bits.h"
#include "smm/state.h"

/* The low half of what has 8 bytes in one layout: in no mode that is served here is there more. */
#define STATE_FIELD_LIST(X)						\
	X(eax, 0x1f8, 0x1d0) X(ecx, 0x1f0, 0x1d4) X(edx, 0x1e8, 0x1d8)	\
	X(ebx, 0x1e0, 0x1dc) X(esp, 0x1d8, 0x1e0) X(esi, 0x1c8, 0x1e8)	\
	X(edi, 0x1c0, 0x1ec) X(eip, 0x178, 0x1f0) X(flags, 0x170, 0x1f4)	\
	X(cr0, 0x158, 0x1fc) X(dr7, 0x160, 0x1c8)			\
	X(gdt_base, 0x68, 0x174) X(gdt_limit, 0x64, 0x170)		\
	X(idt_base, 0x88, 0x158) X(idt_limit, 0x84, 0x154)

#define MEMBER(name, long_mode, legacy) uint16_t name;
#define LONG_MODE(name, long_mode, legacy) .name = (long_mode),
#define LEGACY(name, long_mode, legacy) .name = (legacy),

static const struct layout {
	STATE_FIELD_LIST(MEMBER)
	uint16_t smbase;
	uint16_t selector, selector_step;
	uint16_t segment[2], segment_step;	/* attributes of ES to SS, of DS to GS */
	uint8_t limit, base;			/* from there */
	bool narrow;				/* attributes have 16 bits */
} layouts[] = {
	{
		STATE_FIELD_LIST(LONG_MODE) .smbase = STATE_64_SMBASE, .selector = 0, .selector_step = 16,
		.segment = { 0x02, 0x32 }, .segment_step = 16, .limit = 2, .base = 6, .narrow = true,
	},
	{
		STATE_FIELD_LIST(LEGACY) .smbase = STATE_32_SMBASE, .selector = 0x1a8, .selector_step = 4,
		.segment = { 0x184, 0x12c }, .segment_step = 12, .limit = 4, .base = 8,
	},
};

/* The same bytes in words and in double words. */
typedef uint32_t dword_t __attribute__((may_alias));
typedef uint16_t word_t __attribute__((may_alias));

static dword_t *dword(uint8_t *area, uint32_t at)
{
	return (dword_t *)(area + at);
}

static word_t *word(uint8_t *area, uint32_t at)
{
	return (word_t *)(area + at);
}

static uint32_t segment_at(const struct layout *l, enum state_segment n)
{
	return l->segment[n >= STATE_DS] + (n % 3) * l->segment_step;
}

/* How far up attributes are: that of code has bits which are never all 0. */
static uint32_t shift_of(uint8_t *area, const struct layout *l)
{
	return l->narrow || *dword(area, segment_at(l, STATE_CS)) & 0xff ? 0 : 8;
}

static struct state_selector get(uint8_t *area, const struct layout *l, enum state_segment n)
{
	uint32_t at = segment_at(l, n);
	uint32_t attributes = l->narrow ? *word(area, at) : *dword(area, at) >> shift_of(area, l);

	return (struct state_selector){
		*word(area, l->selector + n * l->selector_step), attributes,
		*dword(area, at + l->limit), *dword(area, at + l->base),
	};
}

static void put_flat(uint8_t *area, const struct layout *l, enum state_segment n, uint32_t shift)
{
	uint32_t at = segment_at(l, n), attributes = n == STATE_CS ? STATE_FLAT_CODE : STATE_FLAT_DATA;

	*word(area, l->selector + n * l->selector_step) = n == STATE_CS ? SEL_CODE32 : SEL_DATA32;
	*dword(area, at + l->limit) = UINT32_MAX;
	*dword(area, at + l->base) = 0;
	if (l->narrow) {
		*word(area, at) = (uint16_t)attributes;
		*dword(area, at + l->base + 4u) = 0;
	} else {
		*dword(area, at) = attributes << shift;
	}
}

static bool is_at(uint32_t eip, uint32_t first, uint32_t end)
{
	return eip - first < end - first;
}

static bool wants(uint32_t eax, uint32_t request)
{
	return eax >> 16 == request >> 16;
}

/* What is known of the interrupted program by its state alone. */
struct asks {
	uint32_t kind;		/* as at SMM32_ENTRY */
	uint32_t esp, answered;
};

/* Does a program ask for 32-bit code? In the right mode and at the right place, or it does not. */
static bool asks_to_enter(uint8_t *area, const struct layout *l, const struct smm_places *p, struct asks *a)
{
	uint32_t eax = *dword(area, l->eax), eip = *dword(area, l->eip), esp = *dword(area, l->esp);
	struct state_selector cs = get(area, l, STATE_CS), ss = get(area, l, STATE_SS);
	bool again = wants(eax, SMM_AGAIN);

	if (!(*dword(area, l->cr0) & STATE_CR0_PE) || !(again || wants(eax, SMM_ENTER)))
		return false;
	if (*dword(area, l->flags) & STATE_VM) {
		if (again || cs.selector != FSEG_BASE >> 4 || !is_at(eip, p->v86_first, p->v86_end))
			return false;
		/* struct regs is on the firmware's stack, and there is room below it. */
		if (ss.selector != FW_SEGMENT || !is_at(esp, SMM_FRAME_LOW, SMM_FRAME_HIGH))
			return false;
		*a = (struct asks){ SMM_FROM_V86, FW_RAM_BASE + esp, p->v86_answered };
		return true;
	}
	if (*dword(area, l->cr0) & STATE_CR0_PG || cs.base != FSEG_BASE || cs.attributes & STATE_BIG ||
	    !is_at(eip, p->protected_first, p->protected_end))
		return false;
	*a = (struct asks){ again ? SMM_FROM_WINDOW : SMM_FROM_PROTECTED, SMM_NMI_STACK, p->protected_answered };
	return true;
}

/* What 32-bit code needs to know of a program in protected mode is in registers when it begins. */
static void tell_segments(uint8_t *area, const struct layout *l)
{
	struct state_selector ss = get(area, l, STATE_SS), ds = get(area, l, STATE_DS), es = get(area, l, STATE_ES);
	uint32_t esp = *dword(area, l->esp);

	*dword(area, l->ebx) = ss.base + (ss.attributes & STATE_BIG ? esp : esp & 0xffff);
	*dword(area, l->ecx) = ds.base;
	*dword(area, l->edx) = es.base;
	*dword(area, l->esi) = ds.attributes & STATE_PRESENT ? ds.limit : 0;
	*dword(area, l->edi) = es.attributes & STATE_PRESENT ? es.limit : 0;
}

static void make_flat(uint8_t *area, const struct layout *l, const struct smm_places *p, const struct asks *a)
{
	uint32_t shift = shift_of(area, l);

	if (a->kind != SMM_FROM_V86)
		tell_segments(area, l);
	for (enum state_segment n = STATE_ES; n < STATE_SEGMENTS; n++)
		put_flat(area, l, n, shift);
	*dword(area, l->eax) = a->kind;
	*dword(area, l->esp) = a->esp;
	*dword(area, l->eip) = SMM32_ENTRY;
	*dword(area, l->flags) = STATE_FLAGS;
	*dword(area, l->dr7) = STATE_DR7;
	*dword(area, l->cr0) = (*dword(area, l->cr0) & STATE_CR0_KEEP) | STATE_CR0_PE;
	*dword(area, l->gdt_base) = p->gdt;
	*dword(area, l->gdt_limit) = p->gdt_limit;
	*dword(area, l->idt_base) = p->idt;
	*dword(area, l->idt_limit) = p->idt_limit;
	if (l->narrow)
		*dword(area, l->gdt_base + 4u) = *dword(area, l->idt_base + 4u) = 0;
}

/* Is this the end of 32-bit code? Returns the answer for the program, 0: it is not. */
static uint32_t asks_to_leave(uint8_t *area, const struct layout *l)
{
	uint32_t cr0 = *dword(area, l->cr0), answer = (*dword(area, l->eax) >> 16) - (SMM_LEAVE >> 16);
	struct state_selector cs = get(area, l, STATE_CS);

	if ((cr0 & (STATE_CR0_PE | STATE_CR0_PG)) != STATE_CR0_PE || *dword(area, l->flags) & STATE_VM)
		return 0;
	if (cs.base != 0 || !(cs.attributes & STATE_BIG) || !is_at(*dword(area, l->eip), SMM32_LEAVE, SMM32_LEAVE_END))
		return 0;
	return answer < SMM_ANSWERS ? answer : 0;
}

static void copy(uint8_t *to, const uint8_t *from)
{
	for (uint32_t i = 0; i < SMM_SAVE_SIZE; i += 4)
		*dword(to, i) = *(const dword_t *)(from + i);
}

/* Nobody's state is put away: this processor's may be. */
static void enter(uint8_t *area, uint32_t smbase, const struct layout *l, struct smm_kept *kept,
		  const struct smm_places *p)
{
	struct asks a;

	/* The first of two processors; and with A20 masked there is no ROM to go to. */
	if (!asks_to_enter(area, l, p, &a) || mmio_read32(SMM32_MARK) != SMM_ROM_MARK ||
	    !__sync_bool_compare_and_swap(&kept->owner, 0, smbase))
		return;
	copy(kept->state, area);
	*dword(kept->state, l->eip) = a.answered;
	make_flat(area, l, p, &a);
}

void smm_handle(uint8_t area[SMM_SAVE_SIZE], uint32_t smbase, struct smm_kept *kept, const struct smm_places *places)
{
	uint32_t revision = *dword(area, STATE_REVISION), answer;
	const struct layout *l = &layouts[(revision & 0xffff) == 0];
	uint32_t owner = *(volatile uint32_t *)&kept->owner;

	if ((revision & 0xffff) != 0 && (revision & 0xffff) != 0x64)
		return;		/* a layout that nobody knows */
	if (owner == 0) {
		enter(area, smbase, l, kept, places);
		return;
	}
	answer = owner == smbase ? asks_to_leave(area, l) : 0;
	if (!answer)
		return;
	copy(area, kept->state);
	*dword(area, l->eax) = answer;
	*(volatile uint32_t *)&kept->owner = 0;
}

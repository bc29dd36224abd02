/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/crossing.c: see crossing.h.
 */
#include "services/crossing.h"
#include <stdbool.h>
#include <stddef.h>
#include "arch/layout.h"
#include "arch/phys.h"
#include "arch/real_call.h"
#include "arch/smm.h"
#include "dma/dma.h"
#include "hw/reset.h"
#include "lib/bits.h"
#include "lib/string.h"
#include "services/disk.h"
#include "services/guest.h"
#include "services/services.h"
#include "std/edd.h"
#include "trace/log.h"

#define V86_END		0x10fff0u	/* above FFFF:FFFF */
#define SMALL_STEP	16u
#define VECTOR_DISK	0x13
#define VECTOR_FLOPPY	0x40
#define NOWHERE		(1ull << 32)	/* flat address that no packet may have */

/*
 * Where a protected-mode caller's addresses are, as services see them: his DS, his ES, and the buffer that a packet
 * names, each from here on by its offset.
 */
#define FROM_DS		0x00000u
#define FROM_ES		0x40000u
#define FROM_PACKET	0x8000000u

extern char rt16_copy[];

struct window {
	uint32_t base, limit;
};

/* One of them; real_call_remote points to it. */
struct caller {
	struct dma_remote remote;
	bool has_packet;		/* at SMM_PACKET is a copy of the one that he has here: */
	uint32_t packet;
	/* Protected mode. */
	struct window ds, es, buffer;
	uint16_t ds_selector, es_selector;
};

static uint32_t where(const struct caller *c, uint32_t linear)
{
	if (linear >= DMA_REMOTE)
		linear -= DMA_REMOTE;
	if (c->has_packet && linear - SMM_PACKET < sizeof(struct edd_packet))
		linear = c->packet + (linear - SMM_PACKET);
	return linear;
}

/* --- virtual-8086 mode --- */

/*
 * At most what the buffer holds, in his mode, which may be paged, and by a loop that his monitor may interrupt at each
 * byte.
 */
static void copy_part(uint32_t linear, void *own, uint32_t len, bool write)
{
	uint32_t segment = min_u32(linear >> 4, 0xffff);
	uint16_t his_segment = (uint16_t)segment, his_offset = (uint16_t)(linear - (segment << 4));
	uint16_t our_segment = FW_SEGMENT, our_offset = SMM_BUFFER - FW_RAM_BASE;
	struct regs r = { .flags = FLAGS_FIXED, .ecx = len };
	void *buffer = phys_to_ptr(SMM_BUFFER);

	r.ds = write ? our_segment : his_segment;
	r.si = write ? our_offset : his_offset;
	r.es = write ? his_segment : our_segment;
	r.di = write ? his_offset : our_offset;
	if (write)
		memcpy(buffer, own, len);
	real_call(&r, FAR_POINTER(FSEG_BASE >> 4, (uint32_t)(uintptr_t)rt16_copy));
	if (!write)
		memcpy(own, buffer, len);
}

/* How many bytes from linear on may be written, at most len; 0 with *skip: how many there may not. */
static uint32_t writable(uint32_t linear, uint32_t len, uint32_t *skip)
{
	uint32_t step = min_u32(len, SMALL_STEP - linear % SMALL_STEP);

	if (linear < FW_RAM_BASE)
		return min_u32(len, FW_RAM_BASE - linear);
	if (linear >= FSEG_END)
		return len;
	*skip = step;
	return dma_foreign(linear, step) ? step : 0;
}

static void v86_copy(uint32_t linear, void *own, uint32_t len, bool write)
{
	uint8_t *at = own;
	uint32_t n, skip = 0;

	linear = where(real_call_remote, linear);
	while (len && linear < V86_END) {
		n = min_u32(min_u32(len, V86_END - linear), SMM_BUFFER_END - SMM_BUFFER);
		n = write ? writable(linear, n, &skip) : n;
		if (n)
			copy_part(linear, at, n, write);
		else
			n = skip;
		linear += n;
		at += n;
		len -= n;
	}
}

/* --- protected mode --- */

/* Descriptors' bases are physical: there is no paging. */
static void protected_copy(uint32_t linear, void *own, uint32_t len, bool write)
{
	const struct caller *c = real_call_remote;
	const struct window *w = &c->ds;
	uint32_t offset;

	offset = where(c, linear);
	if (offset >= FROM_PACKET) {
		w = &c->buffer;
		offset -= FROM_PACKET;
	} else if (offset >= FROM_ES) {
		w = &c->es;
		offset -= FROM_ES;
	}
	if (!len || offset > w->limit)
		return;
	len = min_u32(len - 1, w->limit - offset) + 1;
	if (write)
		dma_write_physical(w->base + offset, own, len);
	else
		memcpy(own, phys_to_ptr(w->base + offset), len);
}

/* --- both --- */

/*
 * AH=42h to 44h: the packet is copied, and has the address of its buffer as everybody here knows it. Where that cannot
 * be, it has one that the service refuses.
 */
typedef uint64_t buffer_of_fn(struct caller *c, const struct edd_packet *p);

static void take_packet(struct caller *c, struct regs *r, buffer_of_fn *buffer_of)
{
	struct edd_packet *p = phys_to_ptr(SMM_PACKET), his = { 0 };
	uint32_t at = guest_linear(r->ds, r->si);

	guest_read(&his, at, offsetof(struct edd_packet, flat));
	if (his.buffer == UINT32_MAX && his.size >= sizeof(his))
		guest_read(&his.flat, at + offsetof(struct edd_packet, flat), sizeof(his.flat));
	his.flat = buffer_of(c, &his);
	his.buffer = UINT32_MAX;
	his.size = sizeof(his);
	*p = his;
	c->packet = at;
	c->has_packet = true;
	r->ds = SMM_PACKET >> 4;
	r->si = 0;
}

static bool is_flat(const struct edd_packet *p)
{
	return p->buffer == UINT32_MAX && p->size >= sizeof(*p);
}

static uint64_t v86_buffer(struct caller *c, const struct edd_packet *p)
{
	(void)c;
	if (is_flat(p))
		return p->flat < V86_END ? DMA_REMOTE + p->flat : NOWHERE;
	return DMA_REMOTE + guest_linear_of(p->buffer);
}

static bool has_packet(const struct regs *r)
{
	return (r->vector == VECTOR_DISK || r->vector == VECTOR_FLOPPY) && r->ah >= 0x42 && r->ah <= 0x44;
}

/*
 * What has a sense in virtual-8086 mode: not what changes the mode or the A20 line, nor what moves memory by
 * physical addresses, which are somebody's who has let this program have a mode of its own.
 */
static bool served(const struct regs *r)
{
	switch (r->vector) {
	case VECTOR_DISK:
	case VECTOR_FLOPPY:
	case 0x14:
	case 0x17:
	case 0x1a:
		return true;
	case 0x15:
		return !(r->ah == 0x24 && r->al < 2) && r->ah != 0x87 && r->ah != 0x89;
	default:
		return false;
	}
}

static bool waits(void (*copy)(uint32_t, void *, uint32_t, bool))
{
	const struct dma_remote *waiting = real_call_waiting();

	return waiting && waiting->copy == copy;
}

uint32_t service32_v86(struct regs *r)
{
	struct caller c = { .remote.copy = v86_copy };
	bool marked = r->unused3 == SMM_FRAME_MARK;

	r->unused3 = 0;		/* what is left of a frame is none */
	if (!marked)
		return SMM_REFUSED;
	if (r->vector == VECTOR_RETURNED && waits(v86_copy))
		real_call_returned(r);
	if (!served(r))
		return SMM_REFUSED;
	real_call_remote = &c;
	if (has_packet(r)) {
		uint16_t ds = r->ds, si = r->si;

		take_packet(&c, r, v86_buffer);
		service32(r);
		r->ds = ds;
		r->si = si;
	} else {
		service32(r);
	}
	real_call_remote = NULL;
	return SMM_DONE;
}

/* What src/rt16/entry.S and gate.S have pushed for a caller in protected mode. */
struct protected_stack {
	uint32_t edi, esi, ebp, esp, ebx, edx, ecx, eax_lost;
	uint16_t es;
	uint32_t eax;
	uint16_t vector, ds, ip, cs, flags;
} __attribute__((packed));
_Static_assert(offsetof(struct protected_stack, eax) == 34 && offsetof(struct protected_stack, flags) == 46, "gate.S");

/* A selector is known if it is in DS or ES; a flat address is physical. */
static uint64_t protected_buffer(struct caller *c, const struct edd_packet *p)
{
	uint16_t selector = (uint16_t)(p->buffer >> 16);
	const struct window *w = selector == c->ds_selector ? &c->ds : selector == c->es_selector ? &c->es : NULL;
	uint32_t offset = p->buffer & 0xffff;

	if (is_flat(p)) {
		c->buffer = (struct window){ (uint32_t)p->flat, UINT32_MAX - (uint32_t)p->flat };
		return p->flat >> 32 ? NOWHERE : DMA_REMOTE + FROM_PACKET;
	}
	if (!w || offset > w->limit)
		return NOWHERE;
	c->buffer = *w;
	return DMA_REMOTE + FROM_PACKET + offset;
}

/* Is the buffer of a transfer within its segment? What a processor would refuse is not done in part. */
static bool buffer_fits(const struct caller *c, const struct regs *r)
{
	const struct edd_packet *p = phys_to_ptr(SMM_PACKET);
	const struct drive *d = disk_find(r->dl);
	uint32_t offset = r->bx, sectors = r->al;
	const struct window *w = &c->es;

	if (!d || (r->ah != 0x02 && r->ah != 0x03 && r->ah != 0x42 && r->ah != 0x43))
		return true;
	if (c->has_packet) {
		w = &c->buffer;
		sectors = p->count;
		if (p->flat == NOWHERE)
			return true;		/* the service refuses it */
		offset = (uint32_t)p->flat - DMA_REMOTE - FROM_PACKET;
	}
	return !sectors || (offset <= w->limit && sectors * d->block->sector_size - 1 <= w->limit - offset);
}

static void serve_protected(const struct protected_caller *caller, struct protected_stack *s)
{
	struct caller c = {
		.remote.copy = protected_copy,
		.ds = { caller->ds_base, caller->ds_limit }, .es = { caller->es_base, caller->es_limit },
		.ds_selector = s->ds, .es_selector = s->es,
	};
	struct regs r = {
		.flags = s->flags, .vector = s->vector, .ds = FROM_DS >> 4, .es = FROM_ES >> 4,
		.eax = s->eax, .ebx = s->ebx, .ecx = s->ecx, .edx = s->edx, .esi = s->esi, .edi = s->edi, .ebp = s->ebp,
	};

	real_call_remote = &c;
	if (has_packet(&r))
		take_packet(&c, &r, protected_buffer);
	if (buffer_fits(&c, &r)) {
		service32(&r);
	} else {
		r.ah = DISK_BAD_BUFFER;
		r.flags |= FLAGS_CF;
	}
	real_call_remote = NULL;
	s->eax = r.eax;
	s->ebx = r.ebx;
	s->ecx = r.ecx;
	s->edx = r.edx;
	if (r.es == FROM_ES >> 4)	/* a table in the F segment is not to be had by a selector */
		s->edi = r.edi;
	s->flags = r.flags;
}

uint32_t service32_protected(const struct protected_caller *caller)
{
	struct protected_stack s;
	struct regs r = { 0 };

	if (caller->kind == SMM_FROM_WINDOW) {
		if (waits(protected_copy))
			real_call_returned(&r);
		return SMM_REFUSED;
	}
	if (caller->stack > UINT32_MAX - sizeof(s))
		return SMM_REFUSED;
	memcpy(&s, phys_to_ptr(caller->stack), sizeof(s));
	if (s.vector != VECTOR_DISK && s.vector != VECTOR_FLOPPY)
		return SMM_REFUSED;
	serve_protected(caller, &s);
	dma_write_physical(caller->stack, &s, sizeof(s));
	return SMM_DONE;
}

void service32_lost(void)
{
	log("services: SMIs were switched off in a call from virtual-8086 or protected mode: restarting");
	hard_reset();
}

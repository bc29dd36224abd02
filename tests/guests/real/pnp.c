/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/real/pnp.c: Plug and Play: the installation check structure and its real-mode entry; PCI interrupt
 * routing.
 */
#include "real/real.h"

#define PNP	0x506e5024u	/* "$PnP" */
#define PIR	0x52495024u	/* "$PIR" */
#define BIOS32	0x5f32335fu	/* "_32_" */
#define ROUTING	0x600u		/* linear, below what is watched */

uint32_t find_pnp(void)
{
	for (uint32_t at = 0xf0000; at < 0x100000; at += 16)
		if (peek32(at) == PNP)
			return at;
	return 0;
}

/* The protected-mode entry on a 32-bit stack. */
static void pnp_on_large_stack(uint32_t at, const char *name, uint16_t selector)
{
	struct call c = { .eax = 0x1111aaaa, .ebx = 0x2222bbbb, .ecx = 0x3333cccc, .edx = 0x4444dddd, .edi = ROUTING, .vector = 0x60 };

	poke32(ROUTING, 0xa5a5a5a5);
	data_selector = selector;
	call32(&c, 0xf0000, 0xffff, peek16(at + 17));
	data_selector = FLAT_SELECTOR;
	put(name);
	put(" -> ");
	put_hex(c.eax, 8);
	put(" ");
	put_hex(c.ebx, 8);
	put(" version ");
	put_hex(peek32(ROUTING), 8);
	put("\n");
}

void pnp_cases(void)
{
	static const uint16_t functions[] = { 0x60, 0, 1, 2, 3, 4, 5, 6, 9, 0x40, 0x41, 0x42, 0x50, 0x61, 0x62, 0xff, 0x160, 0xffff };
	uint32_t at = find_pnp();
	uint8_t sum = 0;

	put(at ? "  $PnP is there" : "  no $PnP");
	if (!at) {
		put("\n");
		return;
	}
	for (uint32_t i = 0; i < 33; i++) {
		sum = (uint8_t)(sum + peek8(at + i));
		put(i == 8 || i == 13 || i == 17 || i == 19 ? " | " : " ");
		put_hex(i == 8 || (i >= 13 && i < 15) || (i >= 17 && i < 19) ? 0 : peek8(at + i), 2);
	}
	put(" sum ");
	put_hex(sum, 2);
	put("\n");
	for (unsigned int i = 0; i < sizeof(functions) / 2; i++) {
		struct call c = {
			.eax = 0x1111aaaa, .ebx = 0x2222bbbb, .ecx = 0x3333cccc, .edx = 0x4444dddd, .esi = 0x51515151,
			.edi = 0xd1d1d1d1, .ebp = 0xbbbbbbbb, .ds = 0xd5d5, .es = 0xe5e5, .fs = 0xf5f5, .gs = 0x6565, .flags = 0x0202,
		};

		poke32(BUFFER + 0x10, 0xa5a5a5a5);
		call_pnp(&c, peek32(at + 13), functions[i], FAR_POINTER(BUFFER >> 4, 0x0010), 0xf000);
		put("pnp ");
		put_hex(functions[i], 4);
		put(" -> ");
		put_hex(c.eax, 8);
		put(" ");
		put_hex(c.ebx, 8);
		put(" ");
		put_hex(c.ecx, 8);
		put(" ");
		put_hex(c.edx, 8);
		put(" ");
		put_hex(c.esi, 8);
		put(" ");
		put_hex(c.edi, 8);
		put(" ");
		put_hex(c.ebp, 8);
		put(" ds ");
		put_hex(c.ds, 4);
		put(" es ");
		put_hex(c.es, 4);
		put(" fs ");
		put_hex(c.fs, 4);
		put(" gs ");
		put_hex(c.gs, 4);
		put(" flags ");
		put_hex(c.flags & 0x601, 4);
		put(" stack off ");
		put_hex(c.vector, 4);
		put(" version ");
		put_hex(peek32(BUFFER + 0x10), 8);
		put("\n");
	}
	if (mode < MODE_V86) {
		pnp_on_large_stack(at, "pnp 32-bit stack", FLAT_SELECTOR);
		pnp_on_large_stack(at, "pnp 32-bit stack, data elsewhere", ELSEWHERE_SELECTOR);
	}
}

static uint32_t find_pir(void)
{
	for (uint32_t at = 0xf0000; at < 0x100000; at += 16)
		if (peek32(at) == PIR)
			return at;
	return 0;
}

/* What is in the buffer, in words that do not depend on how many slots a firmware describes. */
static void put_routing(const struct call *c, uint32_t pir, uint32_t bytes)
{
	uint32_t same = 0;

	while (same < bytes && peek8(BUFFER + same) == peek8(pir + 32 + same))
		same++;
	put(" -> ");
	put_hex(c->eax, 8);
	put(" ");
	put_hex(c->ebx, 8);
	put(c->flags & 1 ? " C" : " -");
	put(peek16(ROUTING) == bytes ? " size as in $PIR" : " another size");
	put(same == bytes ? " slots as in $PIR" : peek32(BUFFER) == 0xa5a5a5a5 ? " no slots" : " other slots");
	put(peek32(BUFFER + bytes) == 0xa5a5a5a5 ? "\n" : " and more\n");
}

void routing_cases(void)
{
	static const int16_t more[] = { -4096, -16, -1, 0, 1, 4096 };
	uint32_t pir = find_pir(), bytes = pir ? peek16(pir + 6) - 32u : 0;

	for (unsigned int i = 0; i < 3 * sizeof(more) / sizeof(more[0]); i++) {
		static const char *const how[] = { "routing, room ", "routing, 32 bits, room ", "routing, 32 bits, data elsewhere, room " };
		int16_t n = more[i / 3];
		struct call c = {
			.eax = 0x1111b10e, .ebx = 0x2222bbbb, .ecx = 0x3333cccc, .edx = 0x4444dddd, .ds = 0xf000, .edi = ROUTING,
			.flags = 0x202, .vector = 0x1a,
		};

		for (uint32_t at = 0; at < 1024; at += 4)
			poke32(BUFFER + at, 0xa5a5a5a5);
		poke16(ROUTING, (uint16_t)(n == -4096 ? 0 : bytes + (uint32_t)n));
		put(how[i % 3]);
		put(n < 0 ? "-" : "+");
		put_hex((uint32_t)(n < 0 ? -n : n), 4);
		if (i % 3 == 0) {
			poke32(ROUTING + 2, FAR_POINTER(BUFFER >> 4, 0));
			call_vector(&c);
		} else {
			poke32(ROUTING + 2, BUFFER);
			poke16(ROUTING + 6, FLAT_SELECTOR);
			if (i % 3 == 2) {
				data_selector = ELSEWHERE_SELECTOR;
				c.edi -= ELSEWHERE_BASE;
			}
			if (!pci32(&c))
				return;
			data_selector = FLAT_SELECTOR;
		}
		put_routing(&c, pir, bytes);
	}
	try(0x1a, 0x1111b10f, 0x2222000f, 0x33330b0a, 0x4444dddd);
}

static uint32_t find_bios32(void)
{
	for (uint32_t at = 0xf0000; at < 0x100000; at += 16)
		if (peek32(at) == BIOS32)
			return peek32(at + 4);
	return 0;
}

/* Call the PCI BIOS in protected mode, with the segment that its directory asks for. */
bool pci32(struct call *c)
{
	struct call service = { .eax = 0x49435024 };
	uint32_t directory = find_bios32();

	if (mode >= MODE_V86) {
		put(": not in this mode\n");
		return false;
	}
	config_mark();
	if (directory)
		call32(&service, 0, 0xffffffff, directory);
	if (!directory || service.eax & 0xff) {
		put(" no PCI BIOS\n");
		return false;
	}
	c->vector = 0;
	call32(c, service.ebx, service.ecx - 1, service.edx);
	config_check();
	return true;
}

void bios32_cases(void)
{
	static const uint32_t cases[][2] = {	/* EAX, EBX; EDI is 0 */
		{ 0x1111b101, 0x2222bbbb }, { 0x1111b102, 0x2222bbbb }, { 0x1111b103, 0x2222bbbb }, { 0x1111b108, 0x222200f8 },
		{ 0x1111b109, 0x222200f8 }, { 0x1111b10a, 0x222200f8 }, { 0x1111b10f, 0x222200f8 }, { 0x1111b1ff, 0x222200f8 },
	};

	for (unsigned int i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
		struct call c = { .eax = cases[i / 2][0], .ebx = cases[i / 2][1], .ecx = 0x00060100, .edx = 0x44448086 };

		put(i % 2 ? "bios32, data elsewhere, " : "bios32 ");
		put_hex(c.eax, 8);
		data_selector = i % 2 ? ELSEWHERE_SELECTOR : FLAT_SELECTOR;
		if (!pci32(&c))
			return;
		data_selector = FLAT_SELECTOR;
		put(" -> ");
		put_hex(c.eax, 8);
		put(" ");
		put_hex(c.ebx, 8);
		put(" ");
		put_hex(c.ecx, 8);
		put(" ");
		put_hex(c.edx, 8);
		put(c.flags & 1 ? " C" : " -");
		put(c.edi >> 16 == 0xf ? " an address in the F segment\n" : c.edi ? " another EDI\n" : "\n");
	}
}

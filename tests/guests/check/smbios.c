/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/check/smbios.c: both anchors and the structures behind them
 * [DMTF DSP0134, chapter 5].
 */
#include "guest.h"

static void walk(const uint8_t *p, uint32_t size, uint32_t count)
{
	const uint8_t *end = p + size;
	uint32_t n = 0, seen = 0, last = 0;

	while (p + 4 <= end && p[1] >= 4 && p + p[1] + 2 <= end) {
		const uint8_t *next = p + p[1];

		while (next + 2 <= end && (next[0] || next[1]))
			next++;
		if (next + 2 > end)
			break;
		next += 2;
		n++;
		last = p[0];
		if (p[0] < 32)
			seen |= 1u << p[0];
		fact("smbios type %d handle %x, %d bytes, sum %08x", p[0], rd16(p + 2), (uint32_t)(next - p),
		     adler32(1, p, next - p));
		p = next;
		if (last == 127)
			break;
	}
	check(last == 127, "SMBIOS: the structures end with type 127");
	if (count)
		check(n == count, "SMBIOS: there are %d structures, as the anchor says (%d)", count, n);
	check((seen & 3) == 3, "SMBIOS: there is a type 0 and a type 1");
}

static uint32_t find(const char *anchor, uint32_t size)
{
	for (uint32_t at = 0xf0000; at + size <= 0x100000; at += 16)
		if (memcmp(PTR(at), anchor, strlen(anchor)) == 0)
			return at;
	return 0;
}

static void table(uint64_t at, uint32_t size, uint32_t count)
{
	if (!check(readable(at, size), "SMBIOS: the table is readable (%llx, %d bytes)", at, size))
		return;
	check(!memory_overlaps(at, size, E820_RAM), "SMBIOS: the table is not in free RAM");
	walk(PTR(at), size, count);
	if (option_is("dump", "smbios") || option_is("dump", "all"))
		dump("SMBIOS", PTR(at), size);
}

void check_smbios(void)
{
	uint32_t old = find("_SM_", 31), new = find("_SM3_", 24);
	const uint8_t *p;

	fact("smbios 2.x %s, 3.x %s", old ? "yes" : "no", new ? "yes" : "no");
	if (old) {
		p = PTR(old);
		check(p[5] >= 30 && p[5] <= 32 && sum8(p, p[5]) == 0, "SMBIOS: the 2.x anchor's checksum is right");
		check(memcmp(p + 16, "_DMI_", 5) == 0 && sum8(p + 16, 15) == 0,
		      "SMBIOS: the intermediate anchor's checksum is right");
		fact("smbios version %d.%d", p[6], p[7]);
		table(rd32(p + 24), rd16(p + 22), rd16(p + 28));
	}
	if (new) {
		p = PTR(new);
		check(p[6] == 24 && sum8(p, 24) == 0, "SMBIOS: the 3.x anchor's checksum is right");
		fact("smbios version %d.%d", p[7], p[8]);
		table(rd64(p + 16), rd32(p + 12), 0);
	}
}

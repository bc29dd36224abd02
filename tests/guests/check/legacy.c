/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/check/legacy.c: what sits at fixed places below 1 MiB: BIOS data area, the BIOS
 * segment, the MP table [MP Specification 1.4, chapter 4] and the interrupt routing table.
 */
#include <stdbool.h>
#include "guest.h"

/* A structure on a 16-byte boundary of [from, to) that starts with text and sums to 0. */
static const uint8_t *scan(uint32_t from, uint32_t to, const char *text, uint32_t size)
{
	for (uint32_t at = from; at + size <= to; at += 16)
		if (memcmp(PTR(at), text, strlen(text)) == 0)
			return PTR(at);
	return NULL;
}

static void check_bda(void)
{
	uint32_t ebda = rd16(PTR(0x40e)) << 4, kib = rd16(PTR(0x413));

	check(ebda == 0x9fc00, "BDA 0x40e: the EBDA is at 0x9fc00 (%x)", ebda);
	check(kib == 639, "BDA 0x413: 639 KiB of conventional memory (%d)", kib);
	check(ebda >= 0x400 && *(const uint8_t *)PTR(ebda) == 1, "the EBDA says it is 1 KiB long");
}

/* QEMU makes the pages of its kvmvapic ROM writable itself, which keeps its state there. Is this one of them? */
static bool is_vapic(uint32_t page)
{
	for (uint32_t at = 0xc0000; at < 0xe8000; at += 0x800)
		if (rd16(PTR(at)) == 0xaa55 && rd32(PTR(at + 0x20)) == 0x206d766b)	/* "kvm " */
			return page + 0x1000 > at && page < at + *(const uint8_t *)PTR(at + 2) * 512;
	return false;
}

/*
 * Only where a host bridge has shadow registers; else QEMU shows the image itself there. Where no RAM is shown, newer
 * QEMUs show flash memory itself at E0000, if the firmware is in flash: it takes what is written for a command.
 */
#define FLASH_READ_ARRAY 0xff

static void check_bios_segment(void)
{
	uint32_t writable = 0;
	volatile uint8_t *byte = PTR(0xfff00);
	uint8_t was = *byte, other;

	if (!pci_present())
		return;
	*byte = ~was;
	check(*byte == was, "the BIOS segment is read-only");
	*byte = was;
	if (entered_by_setup())		/* SeaBIOS leaves its own option ROMs' tail writable */
		return;
	for (uint32_t at = 0xc0000; at < 0xe8000; at += 0x4000) {	/* a shadow register's granule */
		if (is_vapic(at))
			continue;
		byte = PTR(at);
		was = *byte;
		other = (uint8_t)~was;
		*byte = other;
		writable += *byte == other;
		*byte = FLASH_READ_ARRAY;
		*byte = was;
	}
	check(!writable, "the space of option ROMs, C0000-E7FFF, is read-only (%d of 10 are not)", writable);
}

/* Of what "dirtypam" wrote over the whole segment before the reset, nothing may be there still. */
static void check_bios_segment_is_new(void)
{
	uint32_t left = 0;

	if (!pci_present() || !option("dirtypam") || boots_so_far() < 2)
		return;
	for (uint32_t at = 0xf0000; at < 0xfe000; at += 4)
		left += rd32(PTR(at)) == 0xa5a5a5a5;
	check(!left, "the BIOS segment holds nothing of before the reset (%d words)", left);
}

/* Bus numbers are the firmware's choice: an interrupt's source is told by the kind of its bus. */
static void mp_entry(const uint8_t *p, uint32_t isa)
{
	switch (*p) {
	case 0:
		fact("mp processor %d version %x flags %x signature %x features %x", p[1], p[2], p[3], rd32(p + 4),
		     rd32(p + 8));
		break;
	case 1:
		if (memcmp(p + 2, "ISA   ", 6) == 0)
			fact("mp bus ISA");
		else
			fact("mp bus %02x %c%c%c%c%c%c", p[1], p[2], p[3], p[4], p[5], p[6], p[7]);
		break;
	case 2:
		fact("mp ioapic %d flags %x at %x", p[1], p[3], rd32(p + 4));
		fact("mp ioapic version %x", p[2]);
		break;
	default:
		if (p[4] == isa)
			fact("mp %s %d ISA %d flags %x apic %d pin %d", *p == 3 ? "interrupt" : "local", p[1], p[5], rd16(p + 2),
			     p[6], p[7]);
		else
			fact("mp %s %d PCI %02x:%02x pin %d flags %x apic %d pin %d", *p == 3 ? "interrupt" : "local", p[1],
			     p[4], p[5] >> 2, (p[5] & 3) + 1, rd16(p + 2), p[6], p[7]);
	}
}

static void check_mp(void)
{
	const uint8_t *mp = scan(0x9fc00, 0xa0000, "_MP_", 16), *table, *p;
	uint32_t counts[5] = { 0 }, ids[8] = { 0 }, known = 1, twice = 0, isa = 0x100;

	if (!mp)
		mp = scan(0xf0000, 0x100000, "_MP_", 16);
	fact("mp-table %s", mp ? "yes" : "no");
	if (!mp) {
		check(!option_number("cpus", 0) || acpi_find("APIC"), "the processors are listed, if not by ACPI then here");
		return;
	}
	check(sum8(mp, 16) == 0 && mp[8] == 1, "the MP floating pointer's checksum is right");
	table = PTR(rd32(mp + 4));
	if (!rd32(mp + 4) || !check(readable(rd32(mp + 4), 44) && memcmp(table, "PCMP", 4) == 0 &&
				    readable(rd32(mp + 4), rd16(table + 4)), "the MP table is readable"))
		return;
	check(!memory_overlaps(rd32(mp + 4), rd16(table + 4), E820_RAM), "the MP table is not in free RAM");
	check(sum8(table, rd16(table + 4)) == 0, "the MP table's checksum is right");
	p = table + 44;
	for (uint32_t i = 0; i < rd16(table + 34) && p < table + rd16(table + 4); i++) {
		if (*p > 4) {
			known = 0;
			break;
		}
		counts[*p] += *p != 0 || (p[3] & 1);
		if (*p == 1 && memcmp(p + 2, "ISA   ", 6) == 0)
			isa = p[1];
		mp_entry(p, isa);
		if (*p == 0) {
			twice |= ids[p[1] / 32] >> p[1] % 32 & 1;
			ids[p[1] / 32] |= 1u << p[1] % 32;
		}
		p += *p == 0 ? 20 : 8;
	}
	check(known && p == table + rd16(table + 4), "the MP table's entries fill it");
	check(!twice, "no APIC id is twice in the MP table");
	/* SeaBIOS lists one processor of each package. */
	if (entered_by_setup())
		return;
	if (acpi_find("APIC"))
		check(counts[0] == acpi_cpus(), "MP table and MADT agree on %d processors (%d)", acpi_cpus(), counts[0]);
	else
		check(counts[0] == option_number("cpus", counts[0]), "the MP table has %d processors (%d)",
		      option_number("cpus", counts[0]), counts[0]);
}

static void check_pir(void)
{
	const uint8_t *pir = scan(0xf0000, 0x100000, "$PIR", 32);

	fact("pir %s", pir ? "yes" : "no");
	if (!pir)
		return;
	check(rd16(pir + 6) >= 32 && (rd16(pir + 6) & 15) == 0 &&
	      (uintptr_t)pir + rd16(pir + 6) <= 0x100000 && sum8(pir, rd16(pir + 6)) == 0,
	      "the interrupt routing table's checksum is right");
	fact("pir slots %d router %02x:%02x.%d", (rd16(pir + 6) - 32) / 16, pir[8], pir[9] >> 3, pir[9] & 7);
}

void check_legacy(void)
{
	check_bda();
	check_bios_segment();
	check_bios_segment_is_new();
	check_mp();
	check_pir();
}

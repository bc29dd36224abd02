/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/check/acpi.c: finds the RSDP as an OS does and walks every table
 * [ACPI 6.5, chapter 5.2].
 */
#include "guest.h"

static uint32_t tables[64];	/* FADT's included; DSDT and FACS as well */
static uint32_t table_count;

const uint8_t *acpi_find(const char *signature)
{
	for (uint32_t i = 0; i < table_count; i++)
		if (memcmp(PTR(tables[i]), signature, 4) == 0)
			return PTR(tables[i]);
	return NULL;
}

static uint32_t scan(uint32_t from, uint32_t to)
{
	for (uint32_t at = from; at < to; at += 16)
		if (memcmp(PTR(at), "RSD PTR ", 8) == 0 && sum8(PTR(at), 20) == 0)
			return at;
	return 0;
}

uint32_t acpi_find_rsdp(void)
{
	uint32_t at = scan(0x9fc00, 0xa0000);

	return at ? at : scan(0xe0000, 0x100000);
}

/* Tables must survive the OS's first allocations; SeaBIOS calls their memory reserved. */
static int kept(uint32_t at, uint32_t size)
{
	if (entered_by_setup())
		return !memory_overlaps(at, size, E820_RAM);
	if (at >= 0xf0000 && at < 0x100000 && !pci_present())	/* microvm's are small, and stay where the image is */
		return memory_is(at, size, E820_RESERVED);
	return memory_is(at, size, 3) || memory_is(at, size, 4);
}

static void add(uint64_t at, const char *from)
{
	const uint8_t *t = PTR(at);
	uint32_t size;
	int facs;

	for (uint32_t i = 0; i < table_count; i++)
		if (tables[i] == at)
			return;
	if (!check(!(at >> 32) && readable(at, 36) && readable(at, rd32(t + 4)) && rd32(t + 4) >= 36,
		   "ACPI: a table that %s names is readable (%llx)", from, at) || table_count == 64)
		return;
	facs = memcmp(t, "FACS", 4) == 0;
	size = rd32(t + 4);
	check(facs ? size == 64 && (at & 63) == 0 : sum8(t, size) == 0,
	      "ACPI: %c%c%c%c, %d bytes: %s", t[0], t[1], t[2], t[3], size,
	      facs ? "64 bytes, aligned" : "checksum 0");
	check(kept(at, size), "ACPI: %c%c%c%c is in %s (%llx)", t[0], t[1], t[2], t[3],
	      entered_by_setup() ? "no free RAM" : "ACPI memory", at);
	tables[table_count++] = at;
	fact("acpi %c%c%c%c %d bytes", t[0], t[1], t[2], t[3], size);
}

static void walk(uint32_t root, uint32_t width)
{
	const uint8_t *t = PTR(root);
	uint32_t before = table_count;

	add(root, "the RSDP");
	if (table_count == before)
		return;
	for (uint32_t i = 36; i + width <= rd32(t + 4); i += width)
		add(width == 8 ? rd64(t + i) : rd32(t + i), width == 8 ? "the XSDT" : "the RSDT");
}

static void check_enable(const uint8_t *fadt)
{
	uint32_t smi = rd32(fadt + 48), control = rd32(fadt + 64), i;

	if (!control)
		return;
	if (smi && fadt[52] && !(inw(control) & 1))
		outb(fadt[52], smi);
	for (i = 0; i < 1000 && !(inw(control) & 1); i++)
		;
	check(inw(control) & 1, "ACPI: SCI_EN is set after ACPI_ENABLE");
}

/* The timer counts at 3.579545 MHz: it must have moved after some reads of a port. */
static void check_timer(const uint8_t *fadt)
{
	uint32_t port = rd32(fadt + 76), first, i;

	if (!port)
		return;
	first = inl(port);
	for (i = 0; i < 100000 && inl(port) == first; i++)
		;
	check(i < 100000, "ACPI: the PM timer runs (port %x)", port);
}

static void check_fadt(void)
{
	const uint8_t *fadt = acpi_find("FACP");
	uint32_t n;

	if (!check(fadt != NULL, "ACPI: there is a FADT"))
		return;
	n = rd32(fadt + 4);
	if (n >= 148 && rd64(fadt + 140))
		add(rd64(fadt + 140), "the FADT (X_DSDT)");
	if (rd32(fadt + 40))
		add(rd32(fadt + 40), "the FADT (DSDT)");
	if (rd32(fadt + 36))
		add(rd32(fadt + 36), "the FADT (FIRMWARE_CTRL)");
	check(acpi_find("DSDT") != NULL, "ACPI: the FADT leads to a DSDT");
	fact("fadt pm1a_evt %x pm1a_cnt %x pm_tmr %x gpe0 %x sci %d smi %x flags %x", rd32(fadt + 56),
	     rd32(fadt + 64), rd32(fadt + 76), rd32(fadt + 80), rd16(fadt + 46), rd32(fadt + 48),
	     rd32(fadt + 112));
	check_enable(fadt);
	check_timer(fadt);
}

uint32_t acpi_cpus(void)
{
	const uint8_t *madt = acpi_find("APIC");
	uint32_t n = 0;

	if (!madt)
		return 0;
	for (uint32_t i = 44; i + 2 <= rd32(madt + 4) && madt[i + 1] >= 2; i += madt[i + 1]) {
		if (madt[i] == 0)
			n += rd32(madt + i + 4) & 1;
		if (madt[i] == 9)
			n += rd32(madt + i + 8) & 1;
	}
	return n;
}

static void check_mcfg(void)
{
	const uint8_t *mcfg = acpi_find("MCFG");
	uint32_t base;

	if (!mcfg || rd32(mcfg + 4) < 60)
		return;
	base = rd64(mcfg + 44);
	fact("mcfg %x", base);
	/* microvm's DSDT reserves its own; on q35 the firmware's memory map does. */
	if (acpi_find("FACP") && rd32(acpi_find("FACP") + 48))
		check(memory_is(base, 0x10000000, 2), "ACPI: the MMCONFIG window is reserved in e820 (%x)", base);
	check(*(volatile uint32_t *)PTR(base) != 0xffffffff, "ACPI: MMCONFIG answers");
	check(!pci_present() || *(volatile uint32_t *)PTR(base) == pci_read(0, 0),
	      "ACPI: MMCONFIG shows what the ports show");
}

void check_acpi(void)
{
	uint32_t rsdp = acpi_find_rsdp();
	const uint8_t *p = PTR(rsdp);
	int wide;

	fact("acpi %s", rsdp ? "yes" : "no");
	if (option("noacpi")) {
		check(!rsdp, "there is no ACPI");
		return;
	}
	if (!check(rsdp != 0, "ACPI: the RSDP is found by its signature"))
		return;
	if (!entered_by_setup())
		check(rd64(params + 0x70) == rsdp, "ACPI: boot_params names the same RSDP (%llx %x)",
		      rd64(params + 0x70), rsdp);
	wide = p[15] >= 2 && rd64(p + 24);
	if (p[15] >= 2)
		check(sum8(p, 36) == 0, "ACPI: the RSDP's extended checksum is right");
	fact("rsdp revision %d", p[15]);
	walk(wide ? rd64(p + 24) : rd32(p + 16), wide ? 8 : 4);
	check_fadt();
	check_mcfg();
	fact("madt cpus %d", acpi_cpus());
	if (option_is("dump", "acpi") || option_is("dump", "all")) {
		for (uint32_t i = 0; i < table_count; i++) {
			char name[5] = { 0 };

			memcpy(name, PTR(tables[i]), 4);
			dump(name, PTR(tables[i]), rd32(PTR(tables[i] + 4)));
		}
	}
}

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/check/sleep.c: with "sleep=N" the machine is suspended to RAM so many times, and each time it wakes, and the host
 * has to do that, all is compared with what was: every byte of memory but the firmware's, the chipset, PCI, memory types
 * of all processors, what QEMU knows of vmgenid. "wake=flat" asks for protected mode.
 */
#include "leave.h"
#include "sleep.h"

extern const uint8_t sleep16_start[], sleep16_end[];
void sleep_now(uint32_t port, uint32_t value);
extern uint8_t zero_start[], zero_end[];	/* our variables and stack, from the linker script */

#define FIRMWARE	0xe8000		/* its RAM changes */
#define FIRMWARE_END	0xf0000
#define MIB		0x100000
#define TABLES		0x8000
#define POST_TEMP	0x30000		/* where the firmware has worked: what it writes there on a wake may be what is there */
#define POST_TEMP_END	0x60000

/* FADT and FACS [ACPI 6.5, 5.2.9, 5.2.10] */
#define FADT_FACS	36
#define FADT_PM1A_CNT	64
#define FACS_WAKING	12
#define FACS_X_WAKING	24
#define FACS_VERSION	32
#define SLEEP_S3	(1 << 13 | 1 << 10)	/* SLP_EN, and SLP_TYP of _S3 in QEMU's tables */
#define SCI_EN		1

static struct found {
	uint32_t flags;
	uint16_t cs, ds, es, fs, gs, ss;
	uint32_t esp, cr0;
	uint16_t idt_limit;
	uint32_t idt_base;
} __attribute__((packed)) *const found = PTR(SLEEP_PAGE + SLEEP_FOUND);

/* Order counts. */
static uint32_t sum(uint32_t from, uint32_t end)
{
	uint32_t total = 0;

	for (const uint32_t *word = PTR(from); word < (const uint32_t *)PTR(end); word++)
		total = (total << 1 | total >> 31) + *word;
	return total;
}

static const uint8_t *facs;

/* Memory in areas, each a sum of its own: what has changed is then told by its number. */
static struct { uint32_t from, end, sum; } area[16];
static uint32_t areas_count;

static void add(uint32_t from, uint32_t end)
{
	if (from < end && areas_count < COUNT(area)) {
		area[areas_count].from = from;
		area[areas_count++].end = end;
	}
}

static void list_areas(void)
{
	uint32_t ram_end = MIB, at = (uint32_t)facs, behind = (uint32_t)zero_end;

	areas_count = 0;
	for (uint32_t i = 0; i < e820_count; i++)
		if (e820[i].start >= MIB && e820[i].start + e820[i].size <= 0xf0000000u && e820[i].type == E820_RAM &&
		    e820[i].start <= ram_end && e820[i].start + e820[i].size > ram_end)
			ram_end = e820[i].start + e820[i].size;
	add(0, SLEEP_PAGE);
	add(SLEEP_PAGE + SLEEP_END, 0xa0000);
	add(0xc0000, FIRMWARE);
	add(FIRMWARE_END, 0x100000);
	add(MIB, (uint32_t)zero_start);
	add(behind, ram_end);
	/* the tables; the FACS in front of them is the sleeper's to change */
	add(at + 64, at + TABLES);
}

static uint32_t chipset_registers(uint32_t *value)
{
	static const uint16_t pc[] = {		/* device and function << 8 | register */
		0x0058, 0x005c, 0x0070, 0x0860, 0x0940, 0x0b40, 0x0b80, 0x0b90, 0x0bd0,
	}, q35[] = {
		0x0060, 0x0064, 0x0090, 0x0094, 0x009c, 0xf840, 0xf844, 0xf860, 0xf868, 0xf8f0, 0xfb20, 0xfb40,
	};
	uint32_t is_pc = pci_read(0, 0) == 0x12378086;
	uint32_t n = 0, count = is_pc ? COUNT(pc) : COUNT(q35);

	for (uint32_t i = 0; i < count; i++) {
		uint16_t at = is_pc ? pc[i] : q35[i];

		value[n++] = pci_read(at >> 8, at & 0xff);
	}
	value[n++] = inb(0x4d0) | inb(0x4d1) << 8;
	value[n++] = inb(0x92);
	outb(0x0f, 0x70);
	value[n++] = inb(0x71);
	return n;
}

/* A file of fw_cfg by its name, up to 8 bytes; 0 without. Big-endian directory [QEMU docs/specs/fw_cfg.rst]. */
static uint64_t fw_cfg_number(const char *name)
{
	uint8_t line[64];
	uint64_t value = 0;
	uint32_t files = 0;

	outw(0x19, 0x510);
	for (uint32_t i = 0; i < 4; i++)
		files = files << 8 | inb(0x511);
	for (; files && files < 1000; files--) {
		for (uint32_t i = 0; i < 64; i++)
			line[i] = inb(0x511);
		if (memcmp(line + 8, name, strlen(name) + 1) == 0) {
			outw(line[4] << 8 | line[5], 0x510);
			for (uint32_t i = 0; i < 8; i++)
				value |= (uint64_t)inb(0x511) << 8 * i;
			break;
		}
	}
	return value;
}

static void check_entry_state(int flat)
{
	check((found->flags & 0x202) == 2, "woken with interrupts off (%x)", found->flags);
	if (flat) {
		check((found->cr0 & 0x80000001) == 1 && found->ds == 0xffff, "in protected mode without paging (%x)", found->cr0);
		return;
	}
	check((found->cr0 & 0x80000001) == 0, "in real mode (%x)", found->cr0);
	check(found->cs == SLEEP_PAGE >> 4, "CS is the vector / 16 (%x)", found->cs);
	check(!(found->ds | found->es | found->fs | found->gs), "the other segments are 0");
	check(found->idt_base == 0 && found->idt_limit == 0x3ff, "vectors are at 0 (%x, %x)", found->idt_base, found->idt_limit);
	check(found->ss == FIRMWARE >> 4 || (uint32_t)found->ss * 16 + found->esp < 0xa0000, "the stack is the firmware's (%x:%x)",
	      found->ss, found->esp);
}

static void check_shadow(void)
{
	volatile uint8_t *byte = PTR(0xfff00);
	uint8_t was = *byte;

	*byte = ~was;
	check(*byte == was, "the BIOS segment is read-only");
	*byte = was;
}

/* With "pci": headers of all functions but their status, and whether they are masters: that is for their drivers. */
#define HEADERS 1024
static uint32_t header[HEADERS];

static uint32_t read_headers(int compare)
{
	uint32_t n = 0, differ = 0;

	for (uint32_t bdf = 0; option("pci") && bdf < 0x1000 && n < HEADERS; bdf++) {
		if ((pci_read(bdf, 0) & 0xffff) == 0xffff)
			continue;
		for (uint32_t reg = 0; reg < 0x40 && n < HEADERS; reg += 4, n++) {
			uint32_t value = pci_read(bdf, reg) & (reg == 4 ? 0x3 : 0xffffffff);

			if (compare && header[n] != value) {
				print("# function %x register %x: %x before, %x after\n", bdf, reg, header[n], value);
				differ++;
			}
			header[n] = value;
		}
	}
	return compare ? differ : n;
}

/* With "display": is it in the text mode that the firmware sets? [IBM VGA, 80x25, colour]: at B8000, odd and even chained, alphanumeric. */
static int text_mode(void)
{
	uint8_t graphics, misc = inb(0x3cc);

	outb(6, 0x3ce);
	graphics = inb(0x3cf);
	print("# vga: misc %x, graphics %x\n", misc, graphics);
	return misc & 1 && graphics == 0x0e;
}

static void sleep_once(uint32_t n, const uint8_t *fadt, int flat)
{
	uint32_t before[24], after[24], count, differ = 0, port = rd32(fadt + FADT_PM1A_CNT);
	uint64_t told = fw_cfg_number("etc/vmgenid_addr");
	int vga = option("display") || option_is("display", "lost");

	memcpy(PTR(SLEEP_PAGE), sleep16_start, sleep16_end - sleep16_start);
	memset(found, 0, sizeof(*found));
	*(volatile uint32_t *)(facs + FACS_WAKING) = SLEEP_PAGE;
	*(volatile uint64_t *)(facs + FACS_X_WAKING) = flat ? SLEEP_PAGE + SLEEP_FLAT : 0;
	if (flat)
		*(volatile uint8_t *)(facs + FACS_VERSION) = 1;
	outw(inw(port) | SCI_EN, port);
	count = chipset_registers(before);
	read_headers(0);
	if (vga && n == 1)
		check(text_mode(), "the display is in text mode");
	print("# sleep %d\n", n);
	for (uint32_t i = 0; i < areas_count; i++)
		area[i].sum = sum(area[i].from, area[i].end);
	sleep_now(port, SLEEP_S3 | SCI_EN);
	if (!check(found->cs != 0, "asleep, and awake by the waking vector"))
		return;
	for (uint32_t i = 0; i < areas_count; i++)
		if (sum(area[i].from, area[i].end) != area[i].sum) {
			print("# changed: %x-%x\n", area[i].from, area[i].end);
			differ++;
		}
	check(!differ, "memory is as it was (%d areas of %d are not)", differ, areas_count);
	check_entry_state(flat);
	check(inw(port) & SCI_EN, "ACPI is on");
	chipset_registers(after);
	for (uint32_t i = differ = 0; i < count; i++)
		if (before[i] != after[i]) {
			print("# register %d: %x before, %x after\n", i, before[i], after[i]);
			differ++;
		}
	check(!differ, "the chipset is as it was (%d of %d registers)", differ, count);
	check(inb(0x21) == 0xff && inb(0xa1) == 0xff, "all interrupt lines are masked");
	check(fw_cfg_number("etc/vmgenid_addr") == told, "QEMU has the pointer to the generation's id (%llx)", told);
	fact("vmgenid told %d", told != 0);
	differ = read_headers(1);
	check(!differ, "PCI is as it was (%d registers differ)", differ);
	if (vga)
		check(text_mode() != option_is("display", "lost"), "the display is in text mode, if its ROM runs again");
	check_shadow();
	check_cpus();
}

void check_sleep(void)
{
	const uint8_t *fadt = acpi_find("FACP");
	uint32_t times = option_number("sleep", 0);

	if (!times || !check(fadt && rd32(fadt + FADT_PM1A_CNT), "there is a FADT with a PM1a control block"))
		return;
	facs = PTR(rd32(fadt + FADT_FACS));
	memset(PTR(POST_TEMP), 0, POST_TEMP_END - POST_TEMP);
	list_areas();
	for (uint32_t n = 1; n <= times; n++)
		sleep_once(n, fadt, option_is("wake", "flat"));
}

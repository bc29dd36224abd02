/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/check/cpu.c: memory types [Intel SDM vol. 3, 12.11] and further processors, which
 * are started as an OS starts them (INIT, SIPI) and must have the same memory types.
 */
#include "guest.h"

#define CPUID_MSR  (1 << 5)
#define CPUID_APIC (1 << 9)
#define CPUID_MTRR (1 << 12)
#define TYPE_UC 0
#define TYPE_WB 6

#define MSR_MTRRCAP 0xfe
#define MSR_PHYS_BASE(n) (0x200 + 2 * (n))
#define MSR_DEF_TYPE 0x2ff
#define MSR_FEATURE_CONTROL 0x3a

static uint32_t features, features_c;

static uint64_t rdmsr(uint32_t msr)
{
	uint32_t low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return low | (uint64_t)high << 32;
}

static int has_cpuid(void)
{
	uint32_t before, after;

	__asm__ volatile("pushfl\n\tpopl %0\n\tmovl %0, %1\n\txorl $0x200000, %1\n\tpushl %1\n\tpopfl\n\t"
			 "pushfl\n\tpopl %1\n\tpushl %0\n\tpopfl" : "=&r"(before), "=&r"(after));
	return ((before ^ after) & 0x200000) != 0;
}

static void cpuid(uint32_t leaf, uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
	__asm__ volatile("cpuid" : "=a"(*a), "=b"(*b), "=c"(*c), "=d"(*d) : "0"(leaf), "2"(0));
}

/* Memory type of an address above 1 MiB: the default, unless a variable range says other. */
static int variable_type(uint64_t address)
{
	uint32_t ranges = rdmsr(MSR_MTRRCAP) & 0xff;
	int type = rdmsr(MSR_DEF_TYPE) & 0xff, found = 0;

	for (uint32_t i = 0; i < ranges; i++) {
		uint64_t base = rdmsr(MSR_PHYS_BASE(i)), mask = rdmsr(MSR_PHYS_BASE(i) + 1);

		if (!(mask & 0x800))
			continue;
		if ((address & mask & ~0xfffull) == (base & mask & ~0xfffull)) {
			int t = base & 0xff;

			type = !found || t == TYPE_UC ? t : type;
			found = 1;
		}
	}
	return type;
}

static void check_mtrrs(void)
{
	uint64_t ram_end = 0, def;
	uint32_t lines = 0, low, high;

	if (!(features & CPUID_MTRR))
		return;
	def = rdmsr(MSR_DEF_TYPE);
	check((def & 0x800) != 0, "MTRRs are on (%llx)", def);
	fact("mtrr default %llx", def);
	for (uint32_t i = 0; i < e820_count; i++)
		if (e820[i].type == E820_RAM && e820[i].start < 0x100000000 &&
		    e820[i].start + e820[i].size > ram_end && e820[i].start >= 0x100000)
			ram_end = e820[i].start + e820[i].size;
	check(variable_type(0x100000) == TYPE_WB && variable_type(ram_end - 4096) == TYPE_WB,
	      "RAM below 4 GiB is cached (to %llx)", ram_end);
	for (uint32_t i = 0; i < e820_count; i++)
		if (e820[i].start >= 0x100000000 && e820[i].type == E820_RAM)
			check(variable_type(e820[i].start) == TYPE_WB &&
			      variable_type(e820[i].start + e820[i].size - 4096) == TYPE_WB,
			      "RAM at %llx is cached", e820[i].start);
	check(variable_type(0xfec00000) == TYPE_UC && variable_type(0xfee00000) == TYPE_UC,
	      "IOAPIC and local APIC are not cached");
	if (!(rdmsr(MSR_MTRRCAP) & 0x100))
		return;
	low = rdmsr(0x250);
	high = rdmsr(0x250) >> 32;
	check((def & 0x400) && low == 0x06060606 && high == 0x06060606, "0 to 512 KiB is cached, fixed ranges are on");
	for (uint32_t msr = 0x26c; msr <= 0x26f; msr++)
		lines += (rdmsr(msr) & 0xff) == TYPE_UC;
	fact("mtrr fixed 250 %llx 258 %llx 259 %llx", rdmsr(0x250), rdmsr(0x258), rdmsr(0x259));
	check(!lines, "the BIOS segments are cached (%d of 4 are not)", lines);
	check((rdmsr(0x259) & 0xff) == TYPE_UC, "video memory is not cached");
}

/* What ap.S works on: at offset 0x800 of its page. */
struct ap_page {
	uint32_t number, done;		/* handed out, finished */
	uint32_t msrs[126];		/* to sum up, ended by 0 */
	uint32_t sums[256];		/* by number */
};
_Static_assert(offsetof(struct ap_page, sums) == 0x200, "as ap.S has it");
#define AP_PAGE 0x60000
extern const uint8_t ap_start[], ap_end[];

static void list_msrs(uint32_t *list)
{
	static const uint16_t fixed[] = { 0x250, 0x258, 0x259, 0x268, 0x269, 0x26a, 0x26b, 0x26c,
					  0x26d, 0x26e, 0x26f, MSR_DEF_TYPE };
	uint32_t n = 0;

	if (features & CPUID_MTRR) {
		for (uint32_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
			list[n++] = fixed[i];
		for (uint32_t i = 0; i < 2 * (rdmsr(MSR_MTRRCAP) & 0xff) && n < 120; i++)
			list[n++] = MSR_PHYS_BASE(0) + i;
	}
	if (features_c & (1 << 5))	/* VMX */
		list[n++] = MSR_FEATURE_CONTROL;
	list[n] = 0;
}

static uint32_t sum_msrs(const uint32_t *list)
{
	uint32_t sum = 0;

	for (; *list; list++) {
		uint64_t value = rdmsr(*list);

		sum = (sum << 1 | sum >> 31) + (uint32_t)value;
		sum = (sum << 1 | sum >> 31) + (uint32_t)(value >> 32);
	}
	return sum;
}

static void pause(uint32_t microseconds)
{
	while (microseconds--)
		inb(0x80);		/* about 1 us each, on real and on virtual machines */
}

static void start_processors(uint32_t wanted)
{
	volatile struct ap_page *page = PTR(AP_PAGE + 0x800);
	volatile uint32_t *icr = PTR(0xfee00300);
	uint32_t differ = 0, cleared = 1;

	memset(PTR(AP_PAGE), 0, 4096);
	memcpy(PTR(AP_PAGE), ap_start, ap_end - ap_start);
	list_msrs((uint32_t *)page->msrs);
	*(volatile uint32_t *)PTR(0xfee000f0) |= 0x100;		/* the local APIC on, else no IPI goes out */
	for (int i = 0; i < 10 && option("nmi"); i++) {
		*icr = 0xc4400;		/* NMI to all but this one, where the firmware parked them */
		pause(100);
	}
	*icr = 0xc4500;			/* INIT to all but this one */
	pause(1000);
	for (int twice = 0; twice < 2 && page->number < wanted - 1; twice++) {
		*icr = 0xc4600 | AP_PAGE >> 12;
		pause(2000);
	}
	for (uint32_t ms = 0; ms < 2000 && page->done < wanted - 1; ms++)
		pause(1000);
	check(page->number == wanted - 1 && page->done == wanted - 1,
	      "%d further processors start by INIT and SIPI (%d, done %d)", wanted - 1, page->number, page->done);
	for (uint32_t i = 0; i < page->done && i < 256; i++) {
		differ += page->sums[i] != sum_msrs((const uint32_t *)page->msrs);
		cleared &= page->sums[i] == 0;
	}
	/* QEMU's TCG clears these registers at INIT, hardware and KVM do not: there zeros are a failure. */
	if (cleared && !option("kvm"))
		print("# skip: INIT cleared the memory types of the further processors\n");
	else
		check(!differ, "all processors have the same memory types and feature control");
}

void check_cpus(void)
{
	uint32_t a, b, c, wanted = option_number("cpus", acpi_cpus());

	if (has_cpuid()) {
		cpuid(0, &a, &b, &c, &features);
		if (a >= 1)
			cpuid(1, &a, &b, &features_c, &features);
		else
			features = 0;
	}
	if (features_c >> 31) {
		uint32_t name[4] = { 0 };

		cpuid(0x40000000, &a, &name[0], &name[1], &name[2]);
		print("# hypervisor %s\n", (const char *)name);
	}
	fact("cpu features %08x %08x", features, features_c & ~(1u << 27));
	check_mtrrs();
	if ((features_c & (1 << 5)) && (features & CPUID_MSR))
		fact("feature control %llx", rdmsr(MSR_FEATURE_CONTROL));
	fact("cpus %d", wanted);
	if (acpi_cpus())
		check(acpi_cpus() == wanted, "the MADT has %d processors (%d)", wanted, acpi_cpus());
	if (wanted > 1 && (features & CPUID_APIC) && !option("noap"))
		start_processors(wanted);
}

/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pci/space.c: see space.h. Which addresses QEMU decodes itself: hw/i386/pc.c,
 * hw/pci-host/i440fx.c, hw/pci-host/q35.c, hw/i386/acpi-build.c; what lies in the ranges here is
 * in the _CRS of its host bridge.
 */
#include "arch/cpu.h"
#include "hw/chipset/chipset.h"
#include "hw/pci/layout.h"
#include "hw/pci/space.h"
#include "lib/bits.h"
#include "lib/string.h"

#define IOAPIC 0xfec00000u	/* from here on the chipset decodes: IOAPIC, HPET, APIC, flash */
#define GIB_4  (1ull << 32)
#define GIB_1  (1ull << 30)
#define MIB_16 (1u << 24)

/* CPUID leaf 1, EDX: page tables reach 36 bits */
#define CPUID_1_EDX_PAE (1u << 6)
#define PAE_BITS 36
#define LEAF_MAX_EXTENDED 0x80000000u
#define LEAF_ADDRESS_SIZE 0x80000008u
/* Where AMD processors route HyperTransport: 12 GiB below 1 TiB, no memory there. */
#define AMD_HT_START 0xfd00000000ull
#define AMD_HT_END   0x10000000000ull

static uint32_t low_start(enum chipset chipset, uint32_t low_ram_end)
{
	if (chipset == CHIPSET_Q35)
		return Q35_MMCONFIG_BASE + Q35_MMCONFIG_SIZE;
	if (low_ram_end <= 0x80000000u)
		return 0x80000000u;
	if (low_ram_end <= 0xc0000000u)
		return 0xc0000000u;
	return 0xe0000000u;
}

/*
 * Not used for I/O: below 0x1000 (ISA devices, power management, hotplug on q35), the page of
 * 0x5658 (VMware's port), the page of 0xae00 and 0xaf00 (hotplug on i440fx). 0xb000 was QEMU's own
 * power-management base once: last.
 */
static const struct pci_space without_memory = { .range = {
	[LAYOUT_IO] = { { 0xc000, 0x10000 }, { 0x6000, 0xa000 }, { 0x1000, 0x5000 },
			{ 0xb000, 0xc000 } },
	[LAYOUT_LOW] = { { IOAPIC, IOAPIC } },
} };

void pci_space_low(struct pci_space *space, enum chipset chipset, uint32_t low_ram_end)
{
	uint32_t start = low_start(chipset, low_ram_end);

	memcpy(space, &without_memory, sizeof(*space));
	/* RAM that reaches into the window: the window begins behind it. */
	if (low_ram_end > start)
		start = align_up(min_u32(low_ram_end, IOAPIC), MIB_16);
	if (start < IOAPIC)
		space->range[LAYOUT_LOW][0].base = start;
}

static bool is_amd(void)
{
	struct cpuid c = cpuid(0, 0);

	return c.ebx == 0x68747541 && c.edx == 0x69746e65 && c.ecx == 0x444d4163;
}

/* Physical address bits, 0 when no page table of this processor reaches above 4 GiB. */
static uint32_t address_bits(void)
{
	uint32_t extended, features;

	if (!cpu_has_cpuid())
		return 0;
	extended = cpuid(LEAF_MAX_EXTENDED, 0).eax;
	features = cpu_extended_features();
	if (features & CPUID_80000001_EDX_LM && extended >= LEAF_ADDRESS_SIZE)
		return min_u32(cpuid(LEAF_ADDRESS_SIZE, 0).eax & 0xff, 52);
	if (features & CPUID_80000001_EDX_LM || cpu_features() & CPUID_1_EDX_PAE)
		return PAE_BITS;
	return 0;
}

bool pci_space_high(struct pci_space *space, uint64_t high_ram_end, uint64_t reserved_end)
{
	uint64_t start = max_u64(max_u64(high_ram_end, reserved_end), GIB_4);
	uint32_t bits = address_bits();
	uint64_t end = bits ? 1ull << bits : 0;
	struct pci_range *range = space->range[LAYOUT_HIGH];

	memset(range, 0, sizeof(space->range[LAYOUT_HIGH]));
	if (start > end)
		return false;
	start = align_up64(start, GIB_1);
	if (end > AMD_HT_START && is_amd()) {
		if (start < AMD_HT_START)
			*range++ = (struct pci_range){ start, AMD_HT_START };
		start = max_u64(start, AMD_HT_END);
	}
	if (start < end)
		*range++ = (struct pci_range){ start, end };
	return range != space->range[LAYOUT_HIGH];
}

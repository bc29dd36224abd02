/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/check/reset.c: what comes after the checks: a reset by the way that was asked for,
 * until booted often enough, or QEMU's end. Boots are counted in RAM, which survives a reset.
 */
#include "guest.h"

#define COUNTER 0x3000000	/* 48 MiB: behind the kernel, below what is placed from the top */
#define MAGIC 0x544f4f42	/* "BOOT" */

uint32_t boots_so_far(void)
{
	volatile uint32_t *counter = PTR(COUNTER);
	static uint32_t now;

	/* Only then: an initrd may lie there. */
	if (!option_number("boots", 0))
		return 1;
	if (!now) {
		now = counter[0] == MAGIC && counter[1] == ~counter[2] ? counter[1] + 1 : 1;
		counter[0] = MAGIC;
		counter[1] = now;
		counter[2] = ~now;
	}
	return now;
}

static void __attribute__((noreturn)) triple_fault(void)
{
	static const struct __attribute__((packed)) { uint16_t limit; uint32_t base; } none;

	/* UD2: a KVM that emulates this knows no INT3. */
	__asm__ volatile("lidtl %0\n\tud2" : : "m"(none));
	for (;;)
		__asm__ volatile("hlt");
}

static void reset_acpi(void)
{
	const uint8_t *fadt = acpi_find("FACP");
	uint32_t address;

	if (!fadt || rd32(fadt + 4) < 129 || !(rd32(fadt + 112) & 1 << 10)) {
		print("# reset: the FADT has no reset register\n");
		return;
	}
	address = rd64(fadt + 120);
	if (fadt[116] == 1)
		outb(fadt[128], address);
	else
		*(volatile uint8_t *)PTR(address) = fadt[128];
}

/* Shadow RAM made writable and overwritten, as a careless or hostile guest may. */
static void spoil_shadow(void)
{
	uint32_t id = pci_read(0, 0), pam = id == 0x12378086 ? 0x58 : 0x90;

	if (id != 0x12378086 && id != 0x29c08086)
		return;
	pci_write(0, pam, pci_read(0, pam) | 0x33333333);
	pci_write(0, pam + 4, pci_read(0, pam + 4) | 0x00333333);
	memset(PTR(0xc0000), 0xa5, 0x40000);
}

/* Restart with a shutdown code in CMOS, as software for the 286 left protected mode. */
static void reset_with_code(uint8_t code)
{
	outb(0x0f, 0x70);
	outb(code, 0x71);
	outb(0xfe, 0x64);
}

/* To a far address in real mode: offset and segment. */
static void jump(uint32_t to)
{
	memcpy(PTR(0x7000), real16_start, real16_end - real16_start);
	__asm__ volatile("cli\n\tjmp *%0" : : "r"(0x7000), "a"(to));
}

/* The local APIC's INIT to this processor: it starts at the reset vector, and nothing else is reset. */
static void init(void)
{
	*(volatile uint32_t *)PTR(0xfee000f0) = 0x1ff;
	*(volatile uint32_t *)PTR(0xfee00310) = 0;
	*(volatile uint32_t *)PTR(0xfee00300) = 0x4500;
}

/* The same with a code that leads to a jump, to where programs ask for a restart. */
static void init_with_code(void)
{
	outb(0x0f, 0x70);
	outb(0x0a, 0x71);
	*(volatile uint32_t *)PTR(0x467) = 0xf000fff0;
	init();
}

static void reset(void)
{
	leave_behind();
	if (option("dirty514"))
		outl(0xdeadbeef, 0x514);	/* the high half of the next transfer's address */
	if (option("dirtypam"))
		spoil_shadow();
	if (option_is("reboot", "kbd"))
		outb(0xfe, 0x64);
	else if (option_is("reboot", "cf9")) {
		outb(0x02, 0xcf9);
		outb(0x06, 0xcf9);
	} else if (option_is("reboot", "acpi"))
		reset_acpi();
	else if (option_is("reboot", "init"))
		init();
	else if (option_is("reboot", "initcode"))
		init_with_code();
	else if (option_is("reboot", "fff0"))
		jump(0xf000fff0);
	else if (option_is("reboot", "ffff"))
		jump(0xffff0000);
	else if (option_is("reboot", "e05b"))
		jump(0xf000e05b);
	else if (option_is("reboot", "code"))
		reset_with_code(0x0a);
	else if (option_is("reboot", "triple"))
		triple_fault();
	for (uint32_t i = 0; i < 1000000; i++)
		inb(0x80);
	print("# reset: nothing happened\n");
}

void end(uint32_t failures)
{
	print("# end: boot %d, %d failed\n", boots_so_far(), failures);
	if (!failures && boots_so_far() < option_number("boots", 0)) {
		if (!option("halt"))
			reset();
		for (;;)
			__asm__ volatile("hlt");
	}
	outl(failures ? 0x11 : 0x10, 0xf4);	/* isa-debug-exit */
	triple_fault();				/* without it: ends QEMU under -no-reboot */
}

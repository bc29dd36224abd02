/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/check/guest.h: what the parts of the checking kernel share. It trusts nothing
 * that it is there to check: every address from outside goes through readable() before use.
 */
#ifndef GUEST_H
#define GUEST_H

#include <stddef.h>
#include <stdint.h>

/* --- entry32.S and image.py ------------------------------------------------------------------ */

struct __attribute__((packed)) entry {
	uint32_t ebx, ebp, edi, esi, esp, eflags, cr0;
	uint16_t cs, ds, es, ss, fs, gs;
	uint16_t gdt_limit;
	uint32_t gdt_base;
	uint16_t pad;
	uint32_t load_address;
	uint16_t idt_limit;
	uint32_t idt_base;
};
_Static_assert(offsetof(struct entry, gdt_limit) == 40, "as entry32.S stores it");
_Static_assert(offsetof(struct entry, load_address) == 48, "as entry32.S stores it");
_Static_assert(offsetof(struct entry, idt_limit) == 52, "as entry32.S stores it");
extern struct entry entry;

struct blanks {
	char magic[8];
	uint32_t payload_size;		/* bytes */
	uint32_t zero_start, zero_end;	/* variables: offsets in the payload */
	uint32_t adler;			/* of [SUM_FROM, zero_start) and [zero_end, payload_size) */
	uint8_t unused[32];
	uint8_t header[0x26c - 0x1f1];	/* the setup header as built */
};
#define SUM_FROM 192
_Static_assert(offsetof(struct blanks, header) == 64 - 8, "as image.py writes it");
extern const struct blanks blanks;
extern const uint8_t payload_start[];

/* --- ports ----------------------------------------------------------------------------------- */

static inline void outw(uint16_t value, uint16_t port)
{
	__asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static inline void outb(uint8_t value, uint16_t port)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port) : "memory");
}
static inline void outl(uint32_t value, uint16_t port)
{
	__asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port) : "memory");
}
static inline uint8_t inb(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port) : "memory");
	return value;
}
static inline uint16_t inw(uint16_t port)
{
	uint16_t value;

	__asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port) : "memory");
	return value;
}
static inline uint32_t inl(uint16_t port)
{
	uint32_t value;

	__asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port) : "memory");
	return value;
}

/* --- memory ---------------------------------------------------------------------------------- */

#define PTR(address) ((void *)(uintptr_t)(address))

static inline uint16_t rd16(const void *p)
{
	const uint8_t *b = p;

	return b[0] | b[1] << 8;
}
static inline uint32_t rd32(const void *p)
{
	return rd16(p) | (uint32_t)rd16((const uint8_t *)p + 2) << 16;
}
static inline uint64_t rd64(const void *p)
{
	return rd32(p) | (uint64_t)rd32((const uint8_t *)p + 4) << 32;
}

void *memcpy(void *to, const void *from, size_t n);
void *memset(void *to, int value, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);

uint8_t sum8(const void *p, uint32_t n);
uint32_t adler32(uint32_t start, const void *p, uint32_t n);	/* as zlib's; start with 1 */

/* --- report (report.c) ----------------------------------------------------------------------- */

void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* One TAP line. Returns good. */
int check(int good, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "# fact ...": compared between firmwares, so no addresses in it. */
void fact(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* "# dump NAME ADDRESS" and lines "# hex ...". */
void dump(const char *name, const void *p, uint32_t n);
uint32_t report_end(void);		/* prints the plan; number of failures */

/* --- options (options.c): words of the command line ------------------------------------------ */

int option(const char *name);				/* is the word there? */
uint32_t option_number(const char *name, uint32_t otherwise);	/* name=123 or name=0x7b */
int option_is(const char *name, const char *value);	/* name=value */

/* --- the checks ------------------------------------------------------------------------------ */

#define E820_RAM 1
#define E820_RESERVED 2		/* 3 and 4: ACPI tables, ACPI non-volatile */
struct __attribute__((packed)) e820_entry {
	uint64_t start, size;
	uint32_t type;
};
#define E820_MAX 512
extern struct e820_entry e820[E820_MAX];
extern uint32_t e820_count;

extern const uint8_t *params;		/* boot_params */
extern const char *cmdline;
int entered_by_setup(void);		/* through the 16-bit code */

void check_entry(void);
void check_params(void);
void check_memory_map(void);
void check_payloads(void);
/* Is all of [start, start + size) of this e820 type, or (0) of no entry of type RAM? */
int memory_is(uint64_t start, uint64_t size, uint32_t type);
int memory_overlaps(uint64_t start, uint64_t size, uint32_t type);
/* May a table be read there? Below 4 GiB, in the map or below 1 MiB. */
int readable(uint64_t start, uint64_t size);

void check_acpi(void);
const uint8_t *acpi_find(const char *signature);	/* NULL when absent */
uint32_t acpi_find_rsdp(void);		/* its address below 1 MiB, 0 without */
uint32_t acpi_cpus(void);		/* enabled processors in the MADT, 0 without */
void check_smbios(void);
void check_legacy(void);
void check_pci(void);
uint32_t pci_read(uint32_t bdf, uint32_t reg);	/* bdf: bus << 8 | device << 3 | function */
void pci_write(uint32_t bdf, uint32_t reg, uint32_t value);
int pci_present(void);
void check_cpus(void);
void check_sleep(void);		/* sleep.c */

/* state.c, leave.c: compare with the first boot; leave behind what leave= asks for. */
void check_leftovers(void);
void leave_behind(void);

/* real16.S */
extern const uint8_t real16_start[], real16_end[];

/* reset.c: what the command line asks for after the checks; does not return. */
void end(uint32_t failures) __attribute__((noreturn));
uint32_t boots_so_far(void);		/* counts this one */

#endif

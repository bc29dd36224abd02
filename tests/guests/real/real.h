/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/real/real.h: the parts of the real-mode program.
 */
#ifndef REAL_REAL_H
#define REAL_REAL_H

#include <stdbool.h>
#include <stdint.h>
#include "real/layout.h"

struct call {
	uint32_t eax, ebx, ecx, edx, esi, edi, ebp;
	uint16_t ds, es, fs, gs, flags, vector;
};

/* src: start.S */
void call_vector(struct call *c);
/* Call the far pointer entry with these words on the stack, the first of them last; flags and registers as above. */
void call_pnp(struct call *c, uint32_t entry, uint16_t function, uint32_t pointer, uint16_t selector);

/*
 * Call a 32-bit service in protected mode: offset in a code segment with this base and limit. DS and ES are data_selector; from
 * and to *c go general registers and flags. c->vector not 0: it is 16-bit code and called as the Plug and Play BIOS is, with
 * this function's number and a pointer to EDI on the stack.
 */
void call32(struct call *c, uint32_t base, uint32_t limit, uint32_t offset);
extern uint16_t data_selector;	/* FLAT_SELECTOR or ELSEWHERE_SELECTOR */
/* The PCI BIOS, in that way. False after a word: there is none, or this is virtual-8086 mode. After a word if port CF8h changed. */
bool pci32(struct call *c);

/* What INT 15h AH=89h left. gdt: linear address of the table. */
struct entered {
	uint32_t eax, ebx, ecx, edx, esi, edi;
	uint16_t ds, es, ss, cs, flags, sp_off;
	uint16_t gdt_limit;
	uint32_t gdt_base;
	uint16_t idt_limit;
	uint32_t idt_base;
	uint32_t probe;
	uint16_t masks, entered, pnp;
} __attribute__((packed));
void enter_protected(struct entered *e, uint32_t gdt);
extern uint32_t pnp_protected;	/* where Plug and Play is called there: selector << 16 | offset */
uint32_t find_pnp(void);

/* From now on data segments have limits of 4 GiB. */
void set_big_limits(void);
/*
 * src: v86.S: from now on the program is a task in virtual-8086 mode, whose monitor ends it at a privileged instruction. paged:
 * memory that the firmware sees at BUFFER is not what the program has there.
 */
void enter_v86(bool paged);

/* How the program runs: src: the last byte of code in the boot sector, which a host sets. */
extern uint8_t mode;
#define MODE_REAL	0
#define MODE_A20_OFF	1
#define MODE_BIG	2	/* segments with 4 GiB limits */
#define MODE_V86	3	/* in virtual-8086 mode */
#define MODE_PAGED	4	/* and the buffers are elsewhere, by paging */

void outb(uint8_t value, uint16_t port);
uint8_t inb(uint16_t port);
bool a20_is_on(void);
void a20_set(bool on);

#define FAR_POINTER(segment, offset) ((uint32_t)(segment) << 16 | (uint16_t)(offset))

/* Memory by its linear address, below 1 MiB. */
uint8_t peek8(uint32_t linear);
uint16_t peek16(uint32_t linear);
uint32_t peek32(uint32_t linear);
void poke8(uint32_t linear, uint8_t value);
void poke16(uint32_t linear, uint16_t value);
void poke32(uint32_t linear, uint32_t value);

/* Around a call: a word if it changed port CF8h. */
void config_mark(void);
void config_check(void);

void put(const char *text);
void put_hex(uint32_t value, unsigned int digits);

/*
 * Call an interrupt with these registers and print one line: what was asked, what all registers are then, and what
 * changed in memory. Registers that are not named have values of their own, to see whether they are kept.
 */
void try(uint8_t vector, uint32_t eax, uint32_t ebx, uint32_t ecx, uint32_t edx);
/* The same with DS:SI and ES:DI at these linear addresses. */
void try_at(uint8_t vector, uint32_t eax, uint32_t ebx, uint32_t ecx, uint32_t edx, uint32_t ds_si, uint32_t es_di);
/* And with these flags. */
void try_with(uint8_t vector, uint32_t eax, uint32_t ebx, uint32_t ecx, uint32_t edx, uint32_t ds_si, uint32_t es_di,
	      uint16_t flags);

/* The cases. */
void disk_cases(uint8_t drive);
void disk_absent_cases(void);
/* sectors: of a track of the medium that was booted from */
void floppy_cases(uint8_t drive, uint8_t sectors);
void floppy_empty_cases(uint8_t drive);
void memory_cases(void);
void identity_cases(void);
void misc_cases(void);
void pci_cases(void);
void video_cases(void);
void system_cases(void);
void port_cases(void);
void pnp_cases(void);
void routing_cases(void);
void bios32_cases(void);
void smi_cases(uint8_t drive);

#endif

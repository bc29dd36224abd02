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

/* Memory by its linear address, below 1 MiB. */
uint8_t peek8(uint32_t linear);
uint32_t peek32(uint32_t linear);
void poke8(uint32_t linear, uint8_t value);
void poke16(uint32_t linear, uint16_t value);
void poke32(uint32_t linear, uint32_t value);

void put(const char *text);
void put_hex(uint32_t value, unsigned int digits);

/*
 * Call an interrupt with these registers and print one line: what was asked, what all registers are then, and what
 * changed in memory. Registers that are not named have values of their own, to see whether they are kept.
 */
void try(uint8_t vector, uint32_t eax, uint32_t ebx, uint32_t ecx, uint32_t edx);
/* The same with DS:SI and ES:DI at these linear addresses. */
void try_at(uint8_t vector, uint32_t eax, uint32_t ebx, uint32_t ecx, uint32_t edx, uint32_t ds_si, uint32_t es_di);

/* The cases. */
void disk_cases(uint8_t drive);
void disk_absent_cases(void);
/* sectors: of a track of the medium that was booted from */
void floppy_cases(uint8_t drive, uint8_t sectors);
void floppy_empty_cases(uint8_t drive);
void memory_cases(void);
void misc_cases(void);
void pci_cases(void);
void video_cases(void);

#endif

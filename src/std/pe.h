/* SPDX-License-Identifier: BSD-2-Clause
 * src/std/pe.h: the headers of a PE file, as far as who looks for sections by name needs them.
 * Spec: Microsoft PE Format, "MS-DOS Stub", "COFF File Header", "Section Table". Little-endian; offsets are the file's,
 * and any.
 */
#ifndef STD_PE_H
#define STD_PE_H

#include <stddef.h>
#include <stdint.h>

#define DOS_MAGIC	0x5a4d		/* "MZ", the file's first bytes */
#define DOS_HEADER	0x40u		/* bytes */
#define DOS_LFANEW	0x3cu		/* in it: le32, where struct pe_header is */

#define PE_SIGNATURE	0x00004550u	/* "PE", two zeros */
#define PE_MACHINE_X64	0x8664

struct pe_header {
	uint32_t signature;
	uint16_t machine;
	uint16_t sections;		/* rows of the table behind the optional header */
	uint32_t timestamp, symbols_at, symbols;
	uint16_t optional_size;		/* bytes of the optional header, which follows */
	uint16_t characteristics;
} __attribute__((packed));
_Static_assert(sizeof(struct pe_header) == 24, "signature and COFF file header are 24 bytes");
_Static_assert(offsetof(struct pe_header, optional_size) == 20, "the size of the optional header is at 20");

struct pe_section {
	char name[8];			/* zeros behind it; none if it has 8 characters */
	uint32_t virtual_size, virtual_address;
	uint32_t raw_size, raw_at;	/* in the file; raw_size is rounded up */
	uint32_t relocations_at, line_numbers_at;
	uint16_t relocations, line_numbers;
	uint32_t characteristics;
} __attribute__((packed));
_Static_assert(sizeof(struct pe_section) == 40, "a row of the section table is 40 bytes");
_Static_assert(offsetof(struct pe_section, raw_at) == 20, "PointerToRawData is at 20");

#endif

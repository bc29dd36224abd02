/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/real/layout.h: what the real-mode program's assembly, C and linker script agree on.
 */
#ifndef REAL_LAYOUT_H
#define REAL_LAYOUT_H

#define IMAGE_SECTORS	64		/* behind the boot sector */
#ifndef PROGRAM_SEGMENT			/* v86.S serves another program, too */
#define PROGRAM_SEGMENT	0x1000
#endif
#define PROGRAM_STACK	0xfff0
#define BUFFER		0x20000		/* linear; what calls may write to */
#define BUFFER_BYTES	0x20000
#define PACKET		0x41000		/* behind it, two pages that are not watched */
#define PACKET_END	0x42000
#define PAGED		0x600000	/* where a monitor that pages has the memory from BUFFER to PACKET_END, page for page, the last first */
#define PAGE_TABLES	0x500000

#define CONSOLE		0xe9
#define EXIT_PORT	0xf4
#define EXIT_PASSED	0x10
#define EXIT_FAILED	0x11

#define FLAT_SELECTOR	0x08		/* while a 32-bit service runs */
#define ELSEWHERE_SELECTOR 0x30		/* then as well: 4 GiB from here on, and round */
#define ELSEWHERE_BASE	0x400000

#define MODE_AT		445		/* in the boot sector: MODE_* of real.h */
#define MODE_PORT	0x2e9		/* a debug console here asks for a mode by what it reads: the disk has the same bytes then */
#define MODE_HOSTILE	0x80		/* or there: SMIs of every kind instead of services */

/* Fields of struct entered. */
#define ENTERED_EAX	0
#define ENTERED_EBX	4
#define ENTERED_ECX	8
#define ENTERED_EDX	12
#define ENTERED_ESI	16
#define ENTERED_EDI	20
#define ENTERED_DS	24
#define ENTERED_ES	26
#define ENTERED_SS	28
#define ENTERED_CS	30
#define ENTERED_FLAGS	32
#define ENTERED_SP_OFF	34
#define ENTERED_GDT	36
#define ENTERED_IDT	42
#define ENTERED_PROBE	48
#define ENTERED_MASKS	52
#define ENTERED_DONE	54
#define ENTERED_PNP	56

/* Fields of struct call. */
#define CALL_EAX	0
#define CALL_EBX	4
#define CALL_ECX	8
#define CALL_EDX	12
#define CALL_ESI	16
#define CALL_EDI	20
#define CALL_EBP	24
#define CALL_DS		28
#define CALL_ES		30
#define CALL_FS		32
#define CALL_GS		34
#define CALL_FLAGS	36
#define CALL_VECTOR	38

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/real/layout.h: what the real-mode program's assembly, C and linker script agree on.
 */
#ifndef REAL_LAYOUT_H
#define REAL_LAYOUT_H

#define IMAGE_SECTORS	64		/* behind the boot sector */
#define PROGRAM_SEGMENT	0x1000
#define PROGRAM_STACK	0xfff0
#define BUFFER		0x20000		/* linear; what calls may write to */
#define BUFFER_BYTES	0x20000

#define CONSOLE		0xe9
#define EXIT_PORT	0xf4
#define EXIT_PASSED	0x10
#define EXIT_FAILED	0x11

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

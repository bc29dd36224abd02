/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/cost.c: instructions of services that programs poll, INT and IRET included. To be run with
 * -icount shift=0,sleep=off, where the time stamp counts them.
 */
#include "programs/program.h"

#define MEASURE(name, n, setup) do {						\
	uint32_t first, last, a = (setup), least = 0xffffffff;			\
	for (int i = 0; i < 8; i++) {						\
		__asm__ volatile("cli; pushl %%ebx; rdtsc; movl %%eax, %%esi; movl %%ecx, %%eax; int %3; rdtsc; popl %%ebx"	\
				 : "=a"(last), "=S"(first), "+c"(a) : "i"(n) : "edx", "edi", "memory", "cc");	\
		if (last - first < least)					\
			least = last - first;					\
		a = (setup);							\
	}									\
	report(name, least);							\
} while (0)

static void report(const char *name, uint32_t instructions)
{
	char digits[8];
	int n = 0;

	instructions -= 3;	/* the second RDTSC and two moves */
	print(name);
	print(" ");
	do {
		digits[n++] = (char)('0' + instructions % 10);
		instructions /= 10;
	} while (instructions && n < 8);
	while (n--)
		outb((uint8_t)digits[n], 0xe9);
	print("\n");
}

void main(void)
{
	*mem16(0x41a) = *mem16(0x41c) = 0x1e;
	MEASURE("int16_01_empty", 0x16, 0x0100);
	MEASURE("int16_11_empty", 0x16, 0x1100);
	*mem16(0x41c) = 0x20;
	*mem16(0x41e) = 0x1e61;
	MEASURE("int16_01_key", 0x16, 0x0100);
	MEASURE("int16_02", 0x16, 0x0200);
	MEASURE("int1a_00", 0x1a, 0x0000);
	MEASURE("int1a_02", 0x1a, 0x0200);
	MEASURE("int08", 0x08, 0);
	MEASURE("int11", 0x11, 0);
	MEASURE("int12", 0x12, 0);
	MEASURE("int09", 0x09, 0);
	MEASURE("int70", 0x70, 0);
	MEASURE("int74", 0x74, 0);
}

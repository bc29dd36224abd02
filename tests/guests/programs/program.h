/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/program.h: what real-mode programs share: calling the BIOS, printing on the debug port (0xe9),
 * typing by the keyboard controller.
 */
#ifndef PROGRAMS_PROGRAM_H
#define PROGRAMS_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

#define CF 0x0001
#define ZF 0x0040

struct registers {
	union { uint32_t eax; uint16_t ax; struct { uint8_t al, ah; }; };
	union { uint32_t ebx; uint16_t bx; struct { uint8_t bl, bh; }; };
	union { uint32_t ecx; uint16_t cx; struct { uint8_t cl, ch; }; };
	union { uint32_t edx; uint16_t dx; struct { uint8_t dl, dh; }; };
	union { uint32_t esi; uint16_t si; };
	union { uint32_t edi; uint16_t di; };
	uint16_t flags, ds, es, unused;
};

void call_int(uint8_t n, struct registers *r);
void main(void);

static inline void outb(uint8_t value, uint16_t port)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static inline uint8_t inb(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port) : "memory");
	return value;
}

/* Memory of segment 0, low addresses too. */
static inline volatile uint8_t *mem8(uint32_t at)
{
	__asm__("" : "+r"(at));
	return (volatile uint8_t *)at;
}

static inline volatile uint16_t *mem16(uint32_t at)
{
	return (volatile uint16_t *)mem8(at);
}

static inline volatile uint32_t *mem32(uint32_t at)
{
	return (volatile uint32_t *)mem8(at);
}

static inline void let_interrupts_in(void)
{
	__asm__ volatile("sti; nop; nop; cli" : : : "memory");
}

static void __attribute__((unused)) print(const char *text)
{
	while (*text)
		outb(*text++, 0xe9);
}

static void __attribute__((unused)) print_hex(uint32_t value, unsigned int digits)
{
	while (digits--)
		outb("0123456789abcdef"[value >> 4 * digits & 15], 0xe9);
}

/* Let the keyboard controller deliver a byte as if it had come from the keyboard or (aux) the mouse. */
static void __attribute__((unused)) deliver(uint8_t value, bool aux)
{
	outb(aux ? 0xd3 : 0xd2, 0x64);
	outb(value, 0x60);
	for (int i = 0; i < 1000; i++) {
		let_interrupts_in();
		if (!(inb(0x64) & 1))
			return;
	}
	print("[stays]");
	inb(0x60);
}

static void __attribute__((unused)) set_vector(uint8_t n, void (*handler)(void))
{
	*mem32(4 * n) = (uint32_t)handler & 0xffff;
}

#endif

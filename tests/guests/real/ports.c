/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/real/ports.c: INT 14h and INT 17h, on the ports that the BIOS data area names. A host compares what
 * arrives there.
 */
#include "real/real.h"

#define BDA_COM		0x400u
#define BDA_LPT		0x408u
#define BDA_COM_TIMEOUT	0x47cu
#define BDA_LPT_TIMEOUT	0x478u
#define LOOP		0x10

static void put_ports(void)
{
	put("  ports");
	for (uint32_t at = BDA_COM; at < BDA_COM + 14; at += 2) {
		put(" ");
		put_hex(peek16(at), 4);
	}
	put(" equipment ");
	put_hex(peek16(0x410) & 0xce00, 4);
	put(" timeouts ");
	put_hex(peek32(BDA_LPT_TIMEOUT), 8);
	put_hex(peek32(BDA_COM_TIMEOUT), 8);
	put("\n");
}

/* Registers of a serial port but the data. */
static void put_uart(uint16_t port)
{
	uint8_t lcr = inb(port + 3);

	put("  uart ier ");
	put_hex(inb(port + 1), 2);
	put(" lcr ");
	put_hex(lcr, 2);
	put(" mcr ");
	put_hex(inb(port + 4), 2);
	put(" lsr ");
	put_hex(inb(port + 5), 2);
	outb(lcr | 0x80, port + 3);
	put(" divisor ");
	put_hex(inb(port) | (uint32_t)inb(port + 1) << 8, 4);
	outb(lcr, port + 3);
	put("\n");
}

static void uart(uint8_t function, uint8_t al, uint16_t n, uint16_t port)
{
	try(0x14, 0x11110000u | (uint32_t)function << 8 | al, 0x2222bbbb, 0x3333cccc, 0x44440000u | n);
	if (port)
		put_uart(port);
}

static void serial_cases(void)
{
	uint16_t port;

	for (uint16_t n = 0; n < 6; n++) {
		port = n < 4 ? peek16(BDA_COM + 2 * n) : 0;
		poke8(BDA_COM_TIMEOUT + (n & 3), 1);
		uart(3, 0x77, n, port);
		for (unsigned int al = 0; al < 256; al += 0x23)
			uart(0, (uint8_t)al, n, port);
		uart(0, 0xe3, n, port);
		for (unsigned int i = 0; i < 5; i++)
			uart(1, (uint8_t)("\x07X\xffz\n"[i]), n, port);
		uart(2, 0x77, n, port);
		if (port) {
			outb((uint8_t)(inb(port + 4) | LOOP), port + 4);
			uart(1, 0x5a, n, port);
			uart(3, 0x77, n, port);
			uart(2, 0x77, n, port);
			uart(3, 0x77, n, port);
			uart(1, 'a', n, port);
			outb((uint8_t)(inb(port + 4) & ~LOOP), port + 4);
		}
		uart(4, 0x77, n, port);
		uart(5, 0x77, n, port);
	}
	try(0x14, 0x11110377, 0x2222bbbb, 0x3333cccc, 0x44440100);
	try(0x14, 0x11110377, 0x2222bbbb, 0x3333cccc, 0x4444ffff);
}

static void printer(uint8_t function, uint8_t al, uint16_t n)
{
	try(0x17, 0x11110000u | (uint32_t)function << 8 | al, 0x2222bbbb, 0x3333cccc, 0x44440000u | n);
}

static void parallel_cases(void)
{
	for (uint16_t n = 0; n < 5; n++) {
		uint16_t port = n < 3 ? peek16(BDA_LPT + 2 * n) : 0;

		poke8(BDA_LPT_TIMEOUT + (n & 3), 1);
		printer(2, 0x77, n);
		printer(1, 0x77, n);
		for (unsigned int i = 0; i < 5; i++)
			printer(0, (uint8_t)("P\n\x00\xffq"[i]), n);
		printer(2, 0x77, n);
		printer(3, 0x77, n);
		if (port) {
			put("  control ");
			put_hex(inb(port + 2), 2);
			put("\n");
		}
	}
	try(0x17, 0x11110277, 0x2222bbbb, 0x3333cccc, 0x44440100);
}

void port_cases(void)
{
	put_ports();
	serial_cases();
	parallel_cases();
}

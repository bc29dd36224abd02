/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/serial_console.h: the screen and the keyboard on a serial port: what INT 10h shows goes to a terminal, and
 * what is typed there comes by INT 16h. Set up by src/services/serial_console.c.
 * Spec: IBM PS/2 and PC BIOS Interface Technical Reference, INT 10h.
 *
 * Alone, where no display's ROM has INT 10h, it serves it, and keeps the text at B8000 where that is memory: it is
 * where no display is, and programs that write there are read right. In front of a ROM it only shows: the ROM
 * answers, and text and cursor are read where it keeps them.
 *
 * A loader may use the port itself, and then everything would be there twice, and keys would go astray. No trap is
 * needed to notice it: the modem control register is left with OUT1 set, a pin that PCs do not connect. Who sets the
 * port up writes DTR, RTS and perhaps OUT2 there, as GRUB and syslinux do, and the value is another. The scratch
 * register would not do: loaders write it to find out which ports there are, and do not use most of them. The
 * register is looked at each time anything is sent or received, in one access with the line's status behind it. Once
 * it is another's, the port is left alone until the next try to boot something.
 */
#ifndef RT16_SERIAL_CONSOLE_H
#define RT16_SERIAL_CONSOLE_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/regs.h"
#include "rt16/serial_keys.h"
#include "rt16/serial_text.h"
#include "std/uart.h"

#define SERIAL_MCR_OURS	(UART_MCR_DTR_RTS | UART_MCR_OUT1)

struct serial_console {
	uint16_t port;			/* 0: there is none, or it is another's */
	bool alone;			/* INT 10h is served here */
	bool memory;			/* alone: there is memory at B8000 */
	uint8_t fifo;			/* bytes that the transmitter takes when it is empty */
	bool begun;			/* the terminal has been cleared */
	bool stalled;			/* the transmitter had no room for long: nothing is sent until it has */
	bool busy;			/* sent since the last tick: the cursor may be on its way */
	uint8_t room;			/* for bytes, without another look */
	uint8_t quiet;			/* ticks in which no byte came */
	uint32_t looks;			/* for bytes, where no ticks come */
	uint32_t ticks;			/* of the BIOS data area when it was set up: once it has others, they come */
	struct serial_text text;
	struct serial_keys keys;
};

extern struct serial_console serial_console;		/* in 16-bit code */
extern struct serial_console rt16_serial_console;	/* the same in 32-bit code: src/arch/rt16.lds */

/*
 * INT 10h: nothing is done where the console is not alone. Where the port is another's nothing is sent; the rest goes
 * on. AH=00 (modes 0-3), 01-03, 06-0A, 0E, 0F, 13; 4F fails; what else there is changes nothing.
 */
void serial_console_service(struct regs *r);

/* INT 10h, on its way to the display's ROM: registers stay as they are. */
void serial_console_mirror(const struct regs *r);

/*
 * Bytes that have come become keys in the keyboard's buffer, while it has room, and the terminal's cursor goes where
 * the screen's is. From the tick, and when somebody asks for a key and there is none. There is a port.
 */
void serial_console_poll(bool tick);

/* Do keys come from the port alone, with no tick to look for them? Then nobody may halt. */
bool serial_console_is_alone(void);

#endif

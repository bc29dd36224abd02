/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/serial_console.c: see serial_console.h.
 */
#include "services/serial_console.h"
#include <stdbool.h>
#include "arch/io.h"
#include "arch/layout.h"
#include "arch/phys.h"
#include "arch/real_call.h"
#include "fw/fw_cfg.h"
#include "hw/uart.h"
#include "rt16/serial_console.h"
#include "services/guest.h"
#include "trace/log.h"

#define VECTOR		0x10
#define PORT_FIRST	0x200		/* what is below is the system board's */
#define PORT_LAST	0xfff8
#define PORTS		8		/* a UART decodes that many, from a multiple of it on */

#define IIR_FIFO	0xc0
#define FIFO_BYTES	16
/* Bits that are 0 whatever a UART is doing, of registers that are read without harm. */
#define IER_ZERO	0xf0
#define IIR_ZERO	0x30
#define MCR_ZERO	0xe0

#define TEXT		0xb8000u
#define TEXT_LAST	(TEXT + 80 * 25 * 2 - 2)

#define ROMS_END	0xe8000u

extern char rt16_console_hook[];			/* src/rt16/entry.S */
extern uint32_t rt16_console_next_at;

static struct serial_console *const console = &rt16_serial_console;
static uint16_t port;					/* that it has, or has lent; 0: there is none */

/* Of fw_cfg's and PCI's registers, a read of which is not without harm, or a write. */
static bool is_known(uint32_t at)
{
	return at == 0x510 || at == 0x518 || at == 0xcf8;
}

/* 0: none. */
static uint16_t wanted(void)
{
	struct fw_cfg_item item;
	uint64_t at;
	int rc;

	if (fw_cfg_find("etc/sercon-port", &item) != 0)
		return fw_cfg_le16(FW_CFG_NOGRAPHIC) && fw_cfg_find("vgaroms/sgabios.bin", &item) != 0 ? UART_COM1 : 0;
	rc = fw_cfg_read_number(&item, &at);
	if (rc) {
		log("console: etc/sercon-port: no number in %u bytes (%d); no serial console", item.size, rc);
		return 0;
	}
	if (at && (at < PORT_FIRST || at > PORT_LAST || at % PORTS || is_known((uint32_t)at))) {
		log("console: etc/sercon-port: 0x%llx: a multiple of %u from 0x%x to 0x%x expected; no serial console",
		    (unsigned long long)at, PORTS, PORT_FIRST, PORT_LAST);
		return 0;
	}
	return (uint16_t)at;
}

/* Reads first: another device may be there. */
static bool is_uart(uint16_t at)
{
	uint8_t line = inb(at + UART_LINE_STATUS);

	if (!(line & UART_LSR_ROOM) || line == 0xff || inb(at + UART_MODEM_CONTROL) & MCR_ZERO ||
	    inb(at + UART_INTERRUPTS) & IER_ZERO || inb(at + UART_FIFO) & IIR_ZERO)
		return false;
	return uart_keeps_scratch(at);
}

/* With the mark by which it is known to be the console's. */
static void set_up(uint16_t at)
{
	uart_set_up(at, SERIAL_MCR_OURS);
	console->fifo = (inb(at + UART_FIFO) & IIR_FIFO) == IIR_FIFO ? FIFO_BYTES : 1;
	console->text.row = console->text.column = SERIAL_TEXT_UNKNOWN;
	console->text.coloured = false;
	console->keys.state = 0;
	console->stalled = false;
	console->port = at;
}

/* Where no display is, RAM may be; where a display is without a ROM, its memory need not be as one would think. */
static bool is_memory(void)
{
	volatile uint16_t *first = phys_to_ptr(TEXT), *last = phys_to_ptr(TEXT_LAST);

	*first = 0xaa55;
	*last = 0x1234;
	if (*first != 0xaa55 || *last != 0x1234)
		return false;
	*first = 0x5aa5;
	*last = 0xedcb;
	return *first == 0x5aa5 && *last == 0xedcb;
}

/* INT 10h: has a ROM taken it? */
static bool has_rom(uint32_t vector)
{
	uint32_t linear = guest_linear_of(vector);

	return linear < ROMS_END;
}

void serial_console_init(void)
{
	uint32_t vector = guest_vector(VECTOR);
	uint16_t at = wanted();

	console->port = port = 0;
	console->alone = false;
	if (!at)
		return;
	if (!is_uart(at)) {
		log("console: no UART at port 0x%x; no serial console", at);
		return;
	}
	port = at;
	console->ticks = guest_bda()->ticks;
	console->alone = !has_rom(vector);
	console->memory = console->alone && is_memory();
	console->begun = console->alone;	/* setting the mode clears it */
	set_up(at);
	if (!console->alone) {
		rt16_console_next_at = vector;
		guest_set_vector(VECTOR, FAR_POINTER(FSEG_BASE >> 4, (uint32_t)(uintptr_t)rt16_console_hook));
	}
	log("console: serial, port 0x%x, %s", at, console->alone ? "alone" : "beside the display");
}

void serial_console_take_back(void)
{
	if (port && (console->port != port || inb(port + UART_MODEM_CONTROL) != SERIAL_MCR_OURS))
		set_up(port);
}

void serial_console_yield(uint16_t at)
{
	if (at == port)
		console->port = 0;
}

uint32_t serial_console_vector(void)
{
	uint32_t vector = guest_vector(VECTOR);

	return port && vector >> 16 == FSEG_BASE >> 4 ? vector : 0;
}

/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/serial_console.h: whether the screen and the keyboard are on a serial port too, or alone, and on
 * which. What serves them is src/rt16/serial_console.c.
 */
#ifndef SERVICES_SERIAL_CONSOLE_H
#define SERVICES_SERIAL_CONSOLE_H

#include <stdint.h>

/*
 * Set the console up where one is wanted: on the I/O port that etc/sercon-port says, 0: none; else on 3F8 where QEMU
 * runs without graphics (-nographic), unless it has a ROM for that (sgabios). A port that cannot be one, or has no
 * UART, costs a line. Where a display's ROM has INT 10h by now it goes on behind this one. One device access where
 * nothing is wanted. After services_init(), legacy_init() and the display's ROM.
 */
void serial_console_init(void);

/* Something is booted next: the port is the console's again, whoever has had it meanwhile. */
void serial_console_take_back(void);

/* A program uses this port by INT 14h: if it is the console's, it is the program's from now on. */
void serial_console_yield(uint16_t port);

/* What INT 10h leads to where the console has it, segment << 16 | offset; 0: it has not. */
uint32_t serial_console_vector(void);

#endif

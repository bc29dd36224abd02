/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/serial_console_fuzz.c: any bytes of a terminal, calls of INT 10h with any registers, any BIOS data area,
 * and a port that stands still or is taken: nothing but the text and the data area is written, and behind it all a
 * key is a key.
 * LINK: src/rt16/serial_console.c src/rt16/serial_keys.c src/rt16/serial_text.c src/rt16/cp437.c src/rt16/keyboard.c
 * LINK: src/rt16/key_table.c tests/fake/rt16.c tests/fake/io.c tests/fake/ram.c
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "fake/io.h"
#include "fake/ram.h"
#include "fake/rt16.h"
#include "rt16/serial_console.h"
#include "std/bda.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PORT 0x3f8

static uint8_t mcr, status, byte;
static bool received, may_stall;
static uint32_t looks;		/* without room, in a row */

static uint8_t line(void)
{
	if (status & UART_LSR_ROOM)
		looks = 0;
	else if (++looks == 1000 && !may_stall)	/* to stand still to the end takes long */
		status |= UART_LSR_ROOM;
	return (uint8_t)((status & 0xfe) | received);
}

static uint32_t in(void *opaque, uint16_t port, unsigned int width)
{
	(void)opaque;
	if (width == 2)
		return mcr | (uint32_t)line() << 8;
	if (port == PORT)
		received = false;
	return port == PORT ? byte : line();
}

static void out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque, (void)width, (void)value;
	if (port != PORT)
		abort();
}

/* At one go: a loop here is looked at by the fuzzer, byte by byte. */
static bool is_zero(uint32_t from, uint32_t end)
{
	return !fake_ram[from] && memcmp(fake_ram + from, fake_ram + from + 1, end - from - 1) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bda *bda;
	uint16_t word = 0;

	if (size < 64)
		return -1;
	fake_rt16_reset();
	fake_io_add(PORT, PORT + 7, in, out, NULL);
	bda = (struct bda *)(fake_ram + (BDA_SEGMENT << 4));
	memcpy(&bda->video_mode, data, 35);
	bda->video_rows = data[35];
	bda->kbd_start = bda->kbd_head = bda->kbd_tail = 0x1e;
	bda->kbd_end = 0x3e;
	memset(&serial_console, 0, sizeof(serial_console));
	serial_console.port = PORT;
	serial_console.alone = data[36] & 1;
	serial_console.memory = data[36] & 2;
	serial_console.fifo = data[36] & 4 ? 16 : 1;
	may_stall = data[36] == 0x5f;
	mcr = SERIAL_MCR_OURS;
	status = 0x20;
	for (size_t i = 37; i + 1 < size && i < 0x400; i += 2) {
		struct regs r = { .ah = data[i + 1] & 0x1f, .bx = (uint16_t)(data[i] * 257), .cx = data[i - 1],
			.dx = (uint16_t)(data[i] * 259) };

		byte = data[i + 1];
		switch (data[i] & 7) {
		case 0:
			if (r.ah != 0x13)	/* a string of 64 KiB takes long */
				r.cx = (uint16_t)(data[i - 1] << 8 | data[i + 1]);
			/* fall through */
		case 1:
			r.al = (uint8_t)(data[i] >> 3);
			serial_console_service(&r);
			break;
		case 2:
			r.al = (uint8_t)(data[i] >> 3);
			serial_console_mirror(&r);
			break;
		case 3:
			status = serial_console.stalled ? data[i + 1] | UART_LSR_ROOM : data[i + 1];
			may_stall &= !serial_console.stalled;	/* once is long enough */
			break;
		case 4:
			if (data[i + 1] == 0x5a)
				mcr = data[i];
			break;
		default:
			received = true;
			serial_console_poll(data[i] & 8);
			bda->kbd_head = bda->kbd_tail;
			break;
		}
	}
	if (!is_zero(0x500, 0xb8000) || !is_zero(0xc0000, fake_ram_size))
		abort();
	serial_keys_end(&serial_console.keys);
	word = serial_keys_take(&serial_console.keys, 'x');
	if (word != 0x2d78)
		abort();
	return 0;
}

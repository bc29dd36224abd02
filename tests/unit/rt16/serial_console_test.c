/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/rt16/serial_console_test.c: INT 10h on a terminal, alone and in front of a ROM, keys from it, and a port
 * that is another's or stands still.
 * LINK: src/rt16/serial_console.c src/rt16/serial_text.c src/rt16/serial_keys.c src/rt16/cp437.c src/rt16/keyboard.c
 * LINK: src/rt16/key_table.c tests/fake/terminal.c tests/fake/rt16.c tests/fake/io.c tests/fake/ram.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "arch/far.h"
#include "fake/io.h"
#include "fake/ram.h"
#include "fake/rt16.h"
#include "fake/terminal.h"
#include "rt16/cp437.h"
#include "rt16/keyboard.h"
#include "rt16/serial_console.h"
#include "std/bda.h"

#define PORT	0x2f8
#define TEXT	0xb8000u

static struct {
	uint8_t mcr, line;
	uint32_t room;			/* bytes that it takes until it stands still */
	uint32_t sent, looks;
	uint32_t unseen;		/* bytes sent since the last look */
	char received[64];
	uint32_t next, end;
	uint8_t bad;			/* what the line's status says of the next byte */
} uart;

static uint8_t line(void)
{
	uart.looks++;
	uart.unseen = 0;
	return (uint8_t)(uart.line | (uart.room ? 0x60 : 0) | (uart.next < uart.end ? 1 | uart.bad : 0));
}

static uint32_t in(void *opaque, uint16_t port, unsigned int width)
{
	(void)opaque;
	switch (port - PORT) {
	case 4:
		assert_int_equal(width, 2);
		return uart.mcr | (uint32_t)line() << 8;
	case 5:
		return line();
	case 0:
		assert_int_equal(width, 1);
		assert_true(uart.next < uart.end);
		return (uint8_t)uart.received[uart.next++];
	default:
		fail();
		return 0;
	}
}

static void out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque;
	assert_int_equal(port, PORT);
	assert_int_equal(width, 1);
	if (uart.room != UINT32_MAX && uart.room)
		uart.room--;
	uart.sent++;
	assert_true(++uart.unseen <= serial_console.fifo);
	fake_terminal_take((uint8_t)value);
}

static volatile struct bda *bda(void)
{
	return far_open(BDA_SEGMENT, 0);
}

static int set_up(void **state)
{
	struct regs r = { .ax = 3 };

	(void)state;
	fake_rt16_reset();
	fake_terminal_reset();
	memset(&uart, 0, sizeof(uart));
	uart.mcr = SERIAL_MCR_OURS;
	uart.room = UINT32_MAX;
	fake_io_add(PORT, PORT + 7, in, out, NULL);
	bda()->kbd_start = bda()->kbd_head = bda()->kbd_tail = 0x1e;
	bda()->kbd_end = 0x3e;
	memset(&serial_console, 0, sizeof(serial_console));
	serial_console.port = PORT;
	serial_console.alone = serial_console.memory = serial_console.begun = true;
	serial_console.fifo = 16;
	serial_text_forget(&serial_console.text);
	serial_console_service(&r);
	assert_int_equal(r.ax, 0x30);
	return 0;
}

static struct regs call(uint16_t ax, uint16_t bx, uint16_t cx, uint16_t dx)
{
	struct regs r = { .ax = ax, .bx = bx, .cx = cx, .dx = dx, .es = 0x2000, .bp = 0x10 };

	serial_console_service(&r);
	return r;
}

static void type(const char *text)
{
	for (; *text; text++)
		call((uint16_t)(0x0e00 | (uint8_t)*text), 7, 0, 0);
}

static uint16_t memory_at(uint32_t row, uint32_t column)
{
	uint16_t word;

	memcpy(&word, fake_ram + TEXT + (row * FAKE_COLUMNS + column) * 2, 2);
	return word;
}

/* The terminal shows what the memory has. Of a blank the background counts. */
static void same(void)
{
	for (uint32_t row = 0; row < FAKE_ROWS; row++)
		for (uint32_t column = 0; column < FAKE_COLUMNS; column++) {
			const struct fake_cell *cell = &fake_terminal.cell[row][column];
			uint16_t word = memory_at(row, column), point = cp437_point((uint8_t)word);
			uint8_t counts = point == ' ' ? 0x70 : 0xff;

			if (cell->point != point || (cell->attribute ^ word >> 8) & counts)
				print_error("%u, %u: %04x, terminal %04x %02x\n", row, column, word, cell->point,
					cell->attribute);
			assert_int_equal(cell->point, point);
			assert_int_equal(cell->attribute & counts, word >> 8 & counts);
		}
}

static uint32_t seed;

static uint32_t any(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)seed * below >> 32);
}

/* One call of those that show something, or move the cursor. */
static struct regs any_call(void)
{
	static const uint8_t functions[] = { 0x02, 0x02, 0x06, 0x07, 0x09, 0x09, 0x0a, 0x0e, 0x0e, 0x0e, 0x0e, 0x13,
		0x00, 0x01, 0x08, 0x0f, 0x05 };
	struct regs r = { .ah = functions[any(sizeof(functions))], .al = (uint8_t)any(256),
		.bx = (uint16_t)any(0x10000), .es = 0x2000 };

	r.cx = (uint16_t)(any(30) << 8 | any(90));
	r.dx = (uint16_t)(any(27) << 8 | any(85));
	r.bp = (uint16_t)any(0x10000);
	switch (r.ah) {
	case 0x00:
		r.al = (uint8_t)(any(4) ? 0x83 : 3);
		break;
	case 0x02:
		r.dx = (uint16_t)(any(FAKE_ROWS) << 8 | any(FAKE_COLUMNS));
		break;
	case 0x06:
	case 0x07:
		r.al %= 8;
		if (any(2))
			r.cx = 0, r.dx = 0x184f;
		break;
	case 0x09:
	case 0x0a:
		r.cx = (uint16_t)any(any(8) ? 100 : 3000);
		r.al = any(3) ? r.al : ' ';
		break;
	case 0x0e:
		r.al = "\n\r\bxy\n z"[any(8)];
		break;
	case 0x13:
		r.cx = (uint16_t)any(200);
		r.al %= 4;
		break;
	default:
		break;
	}
	return r;
}

static void fill_strings(void)
{
	for (uint32_t i = 0; i < 0x10000; i++)
		fake_ram[0x20000 + i] = (uint8_t)any(256);
}

static void alone_the_terminal_shows_what_memory_has(void **state)
{
	(void)state;
	fill_strings();
	for (uint32_t i = 0; i < 6000; i++) {
		struct regs r = any_call();

		serial_console_service(&r);
		if (any(4) == 0)
			serial_console_poll(any(2));
		if (i % 16 == 0)
			same();
	}
	same();
}

/* What the ROM does behind it: the same on no port. */
static void rom(struct regs *r)
{
	serial_console.alone = true;
	serial_console.port = 0;
	serial_console_service(r);
	serial_console.alone = false;
	serial_console.port = PORT;
}

static void in_front_of_a_rom_it_shows_the_same(void **state)
{
	(void)state;
	fill_strings();
	serial_console.alone = serial_console.begun = false;
	for (uint32_t i = 0; i < 6000; i++) {
		struct regs r = any_call(), before;

		if (r.ah == 0x13) {	/* a string is in memory when all of it is,
			so it cannot tell of a line that it scrolls in */
			r.cx %= 80;
			r.dx = (uint16_t)(any(10) << 8 | r.dl);
		}
		before = r;

		serial_console_mirror(&r);
		assert_memory_equal(&r, &before, sizeof(r));
		rom(&r);
		if (i % 16 == 0)
			same();
	}
	assert_true(serial_console.begun);
}

static void calls_are_answered(void **state)
{
	struct regs r;

	(void)state;
	r = call(0x0fff, 0xffff, 0, 0);
	assert_int_equal(r.ax, 0x5003);
	assert_int_equal(r.bx, 0x00ff);
	call(0x0100, 0, 0x0d0e, 0);
	call(0x0200, 0, 0, 0x0305);
	r = call(0x0300, 0, 0, 0);
	assert_int_equal(r.cx, 0x0d0e);
	assert_int_equal(r.dx, 0x0305);
	assert_int_equal(r.ax, 0x0300);
	call(0x0941, 0x1e, 2, 0);
	assert_int_equal(call(0x0800, 0, 0, 0).ax, 0x1e41);
	assert_int_equal(call(0x0300, 0, 0, 0).dx, 0x0305);
	call(0x0a42, 0x55, 1, 0);
	assert_int_equal(call(0x0800, 0, 0, 0).ax, 0x1e42);
	type("C");
	assert_int_equal(call(0x0300, 0, 0, 0).dx, 0x0306);
	assert_int_equal(memory_at(3, 5), 0x1e43);
	assert_int_equal(call(0x0001, 0, 0, 0).ax, 0x0030);
	assert_int_equal(call(0x0f00, 0, 0, 0).ax, 0x2801);
	assert_int_equal(call(0x0013, 0, 0, 0).ax, 0x0013);	/* there is no such mode */
	assert_int_equal(call(0x0f00, 0, 0, 0).ax, 0x2801);
	assert_int_equal(call(0x4f00, 0, 0, 0).ax, 0x0100);
	assert_int_equal(call(0x1a00, 0x1234, 0, 0).ax, 0x1a00);
	assert_int_equal(call(0x1201, 0x10, 0, 0).bx, 0x10);
	serial_console.memory = false;
	assert_int_equal(call(0x0800, 0, 0, 0).ax, 0x0720);
}

static void a_line_of_text_costs_two_accesses_a_character(void **state)
{
	uint64_t before;

	(void)state;
	type("x");
	before = fake_io_accesses();
	type("0123456789");
	assert_int_equal(fake_io_accesses() - before, 20);
	assert_string_equal(fake_terminal_row(0), "x0123456789");
}

static void a_new_line_is_there_at_once(void **state)
{
	(void)state;
	type("one\r\n");
	assert_int_equal(fake_terminal.row, 1);
	assert_int_equal(fake_terminal.column, 0);
	type("two");
	assert_string_equal(fake_terminal_row(1), "two");
	type("\a");
	assert_int_equal(fake_terminal.bells, 1);
}

static void modes_clear_or_keep(void **state)
{
	(void)state;
	assert_int_equal(fake_terminal.scrolled, 0);
	type("kept");
	assert_int_equal(call(0x0083, 0, 0, 0).ax, 0x0030);
	assert_int_equal(bda()->video_mode, 3);
	assert_int_equal(bda()->cursor[0], 0);
	assert_string_equal(fake_terminal_row(0), "kept");
	assert_int_equal(memory_at(0, 0), 0x076b);
	call(0x0003, 0, 0, 0);
	assert_string_equal(fake_terminal_row(0), "");
	assert_int_equal(memory_at(0, 0), 0x0720);
}

static void a_string_moves_the_cursor_if_it_is_to(void **state)
{
	(void)state;
	memcpy(fake_ram + 0x20010, "ab", 2);
	call(0x1300, 0x1e, 2, 0x0203);
	assert_int_equal(bda()->cursor[0], 0);
	assert_int_equal(memory_at(2, 4), 0x1e62);
	call(0x1301, 0x1e, 2, 0x0403);
	assert_int_equal(bda()->cursor[0], 0x0405);
	memcpy(fake_ram + 0x20010, "a\x2f" "b\x4e", 4);
	call(0x1303, 0, 2, 0x0603);
	assert_int_equal(memory_at(6, 3), 0x2f61);
	assert_int_equal(memory_at(6, 4), 0x4e62);
	same();
}

static void a_window_is_cleared_by_too_many_lines(void **state)
{
	static const uint8_t lines[] = { 0, 3, 4, 0xff };

	for (uint32_t i = 0; i < sizeof(lines) * 2; i++) {
		set_up(state);
		call(0x0941, 0x07, 2000, 0);
		call((uint16_t)((i & 1 ? 0x0600 : 0x0700) | lines[i / 2]), 0x2000, 0x0503, 0x0709);
		for (uint32_t row = 4; row < 9; row++)
			for (uint32_t column = 2; column < 11; column++)
				assert_int_equal(memory_at(row, column),
					row >= 5 && row < 8 && column >= 3 && column < 10 ? 0x2020 : 0x0741);
		same();
	}
}

static void blanks_go_as_far_as_they_are_to(void **state)
{
	(void)state;
	call(0x0941, 0x07, 2000, 0);
	call(0x0920, 0x27, 5, 0);
	assert_int_equal(memory_at(0, 4), 0x2720);
	assert_int_equal(memory_at(0, 5), 0x0741);
	same();
	call(0x0920, 0x37, 1999, 0);
	assert_int_equal(memory_at(24, 78), 0x3720);
	assert_int_equal(memory_at(24, 79), 0x0741);
	same();
	call(0x0200, 0, 0, 0x1700);
	call(0x0920, 0x47, 0xffff, 0);
	assert_int_equal(memory_at(24, 79), 0x4720);
	assert_int_equal(memory_at(22, 79), 0x3720);
	same();
}

static void beside_a_display_its_page_counts(void **state)
{
	struct regs r = { .ax = 0x0e78 };

	(void)state;
	serial_console.alone = false;
	bda()->video_page = 1;
	bda()->cursor[1] = 0x0305;
	bda()->video_page_start = 0x1000;
	fake_ram[TEXT + 0x1000 + (3 * 80 + 5) * 2 + 1] = 0x1e;
	serial_console_mirror(&r);
	assert_int_equal(fake_terminal.cell[3][5].point, 'x');
	assert_int_equal(fake_terminal.cell[3][5].attribute, 0x1e);
	bda()->video_page_start = 0x9001;	/* there are 32 KiB, of words */
	serial_console_mirror(&r);
	assert_int_equal(fake_terminal.cell[3][5].attribute, 0x1e);
	bda()->video_mode = 0x12;		/* what is at B8000 then is no text, nor is BL an attribute */
	serial_console_mirror(&r);
	assert_int_equal(fake_terminal.cell[3][5].attribute, 0x07);
	r = (struct regs){ .ax = 0x0979, .bx = 0x1e, .cx = 1 };
	serial_console_mirror(&r);
	assert_int_equal(fake_terminal.cell[3][5].point, 'y');
	assert_int_equal(fake_terminal.cell[3][5].attribute, 0x07);
}

static void what_no_terminal_can_be_is_80_by_25(void **state)
{
	static const uint16_t columns[] = { 0, 133, 256, 0xffff };
	static const uint8_t rows[] = { 0, 100, 200, 255 };

	(void)state;
	for (uint32_t i = 0; i < 4; i++) {
		bda()->video_columns = columns[i];
		bda()->video_rows = rows[i];
		bda()->cursor[0] = 0x004f;
		type("ab");
		assert_int_equal(bda()->cursor[0], 0x0101);
		bda()->cursor[0] = 0x1805;
		type("\n");
		assert_int_equal(bda()->cursor[0], 0x1805);
		bda()->cursor[0] = 0xffff;
		type("\r");
		assert_int_equal(bda()->cursor[0], 0x1800);
	}
}

static void another_screen_than_80_by_25_is_not_left(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 300; i++) {
		struct regs r = any_call();

		memset(fake_ram + 0x400, 0, 0x100);
		for (uint32_t at = 0x449; at < 0x466; at++)
			fake_ram[at] = (uint8_t)any(256);
		fake_ram[0x484] = (uint8_t)any(256);
		if (any(2))
			bda()->video_columns = (uint16_t)any(300);
		serial_console.alone = any(2);
		serial_console.port = 0;		/* no terminal is as large */
		serial_console_service(&r);
	}
	for (uint32_t at = 0x500; at < TEXT; at++)
		if (at < 0x20000 || at >= 0x30000)
			assert_int_equal(fake_ram[at], 0);
	for (uint32_t at = TEXT + 0x8000; at < fake_ram_size; at++)
		assert_int_equal(fake_ram[at], 0);
}

/* --- a port that is another's, or stands still ------------------------------------------------- */

static void who_sets_the_port_up_has_it(void **state)
{
	static const uint8_t others[] = { 0x00, 0x03, 0x0b, 0x0f, 0xff, 0x17 };
	uint64_t accesses;
	uint32_t sent;

	for (uint32_t i = 0; i < sizeof(others); i++) {
		set_up(state);
		type("x");
		sent = uart.sent;
		uart.mcr = others[i];
		strcpy(uart.received, "a");
		uart.end = 1;
		type("y");
		assert_int_equal(serial_console.port, 0);
		serial_console_poll(true);
		uart.mcr = SERIAL_MCR_OURS;	/* not even then */
		type("z");
		serial_console_poll(false);
		accesses = fake_io_accesses();
		type("z");
		serial_console_poll(true);
		assert_int_equal(fake_io_accesses(), accesses);
		assert_int_equal(uart.sent, sent);
		assert_int_equal(uart.next, 0);
		assert_int_equal(memory_at(0, 2), 0x077a);	/* INT 10h goes on */
		assert_false(serial_console_is_alone());
	}
}

static void output_stops_while_the_port_stands_still(void **state)
{
	(void)state;
	for (uint32_t n = 0;; n++) {
		uint32_t looks;
		bool done;

		set_up(state);
		uart.room = n;
		call(0x0200, 0, 0, 0x0a0a);
		call(0x0941, 0x1e, 3, 0);
		done = !serial_console.stalled;
		looks = uart.looks;
		assert_true(looks < 1000100);
		if (done)
			break;
		type("lost");
		assert_true(uart.looks - looks <= 4);	/* nobody waits twice */
		memset(fake_terminal.pending, 0, sizeof(fake_terminal.pending));
		fake_terminal.length = 0;
		uart.room = UINT32_MAX;
		call(0x0200, 0, 0, 0x0a0d);	/* where its cursor would be if all had been shown */
		type("Z");
		assert_int_equal(fake_terminal.cell[10][13].point, 'Z');
		call(0x0200, 0, 0, 0x0505);
		call(0x0942, 0x2f, 1, 0);
		assert_int_equal(fake_terminal.cell[5][5].point, 'B');	/* nothing is taken for known */
		assert_int_equal(fake_terminal.cell[5][5].attribute, 0x2f);
	}
}

/* --- keys ------------------------------------------------------------------------------------- */

static void receive(const char *bytes)
{
	strcpy(uart.received, bytes);
	uart.next = 0;
	uart.end = (uint32_t)strlen(bytes);
}

static uint16_t key(uint8_t function)
{
	struct regs r = { .ah = function };

	keyboard_service(&r);
	if (function & 1)
		return r.flags & FLAGS_ZF ? 0xffff : r.ax;
	return r.ax;
}

static void keys_come_by_int_16h(void **state)
{
	(void)state;
	assert_int_equal(key(0x11), 0xffff);
	receive("a\033[A");
	assert_int_equal(key(0x11), 0x1e61);
	assert_int_equal(key(0x10), 0x1e61);
	assert_int_equal(key(0x01), 0x4800);
	assert_int_equal(key(0x10), 0x48e0);
	assert_int_equal(key(0x11), 0xffff);
	receive("b");
	serial_console_poll(true);		/* by the tick, into the data area */
	assert_int_equal(*(volatile uint16_t *)far_open(BDA_SEGMENT, bda()->kbd_head), 0x3062);
}

static void a_full_buffer_leaves_bytes_in_the_port(void **state)
{
	(void)state;
	receive("0123456789abcdefghijklmn");
	for (uint32_t i = 0; i < 4; i++)
		serial_console_poll(true);
	assert_int_equal(uart.next, 15);
	for (const char *c = "0123456789abcdefghijklmn"; *c; c++)
		assert_int_equal(key(0x10) & 0xff, *c);
}

static void a_bad_byte_is_no_key(void **state)
{
	(void)state;
	for (uint8_t bad = 4; bad <= 0x10; bad <<= 1) {
		receive("x");
		uart.bad = bad;
		assert_int_equal(key(0x11), 0xffff);
		assert_int_equal(uart.next, 1);
	}
}

static void esc_takes_three_ticks(void **state)
{
	(void)state;
	bda()->ticks = 7;
	receive("\033");
	assert_int_equal(key(0x11), 0xffff);
	for (uint32_t i = 0; i < 250000; i++)
		assert_int_equal(key(0x11), 0xffff);
	serial_console_poll(true);
	serial_console_poll(true);
	assert_int_equal(key(0x11), 0xffff);
	serial_console_poll(true);
	assert_int_equal(key(0x10), 0x011b);
	receive("\033");
	serial_console_poll(true);
	serial_console_poll(true);
	receive("[B");
	serial_console_poll(true);
	assert_int_equal(key(0x10), 0x50e0);
}

static void esc_comes_where_no_ticks_do(void **state)
{
	uint32_t n = 0;

	(void)state;
	receive("\033");
	while (key(0x11) == 0xffff)
		assert_true(++n < 1000000);
	assert_true(n > 1000);
	assert_int_equal(key(0x10), 0x011b);
	for (uint32_t i = 0; i < 4; i++) {	/* each byte begins it anew */
		receive(i & 1 ? "[B" : "\033");
		for (uint32_t at = 0; at < n / 2; at++)
			assert_int_equal(key(0x11), i & 1 ? 0x50e0 : 0xffff);
		if (i & 1)
			key(0x10);
	}
}

static void somebody_types(void)
{
	receive("q");
}

static void a_wait_needs_no_ticks(void **state)
{
	(void)state;
	fake_interrupt = somebody_types;
	assert_true(serial_console_is_alone());
	assert_int_equal(key(0x00), 0x1071);
	bda()->ticks = 1;
	assert_false(serial_console_is_alone());
}

static void the_cursor_is_shown_when_somebody_waits(void **state)
{
	(void)state;
	type("prompt");
	call(0x0200, 0, 0, 0x0504);
	assert_int_equal(fake_terminal.row, 0);
	serial_console_poll(true);		/* something was sent since the last one: it may be on its way */
	assert_int_equal(fake_terminal.row, 0);
	serial_console_poll(true);
	assert_int_equal(fake_terminal.row, 5);
	assert_int_equal(fake_terminal.column, 4);
	call(0x0200, 0, 0, 0x0703);
	assert_int_equal(key(0x11), 0xffff);
	assert_int_equal(fake_terminal.row, 7);
	call(0x0200, 0, 0, 0x1900);		/* out of sight */
	assert_int_equal(key(0x11), 0xffff);
	assert_int_equal(fake_terminal.row, 7);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(calls_are_answered),
		TEST(alone_the_terminal_shows_what_memory_has),
		TEST(in_front_of_a_rom_it_shows_the_same),
		TEST(a_line_of_text_costs_two_accesses_a_character),
		TEST(a_new_line_is_there_at_once),
		TEST(another_screen_than_80_by_25_is_not_left),
		TEST(modes_clear_or_keep),
		TEST(a_string_moves_the_cursor_if_it_is_to),
		TEST(a_window_is_cleared_by_too_many_lines),
		TEST(blanks_go_as_far_as_they_are_to),
		TEST(beside_a_display_its_page_counts),
		TEST(what_no_terminal_can_be_is_80_by_25),
		TEST(who_sets_the_port_up_has_it),
		TEST(output_stops_while_the_port_stands_still),
		TEST(keys_come_by_int_16h),
		TEST(a_full_buffer_leaves_bytes_in_the_port),
		TEST(a_bad_byte_is_no_key),
		TEST(esc_takes_three_ticks),
		TEST(esc_comes_where_no_ticks_do),
		TEST(a_wait_needs_no_ticks),
		TEST(the_cursor_is_shown_when_somebody_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

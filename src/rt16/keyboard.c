/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/keyboard.c: see keyboard.h.
 */
#include "arch/far.h"
#include "arch/io.h"
#include "hw/i8042.h"
#include "rt16/interrupt.h"
#include "rt16/key_table.h"
#include "rt16/keyboard.h"
#include "rt16/serial_console.h"
#include "rt16/service16.h"
#include "std/bda.h"

#define PREFIX_E0	0xe0
#define PREFIX_E1	0xe1	/* only of Pause: E1 1D 45, and the same with RELEASED */
#define RELEASED	0x80
#define ACKNOWLEDGE	0xfa	/* the keyboard's answers to who programs it */
#define RESEND		0xfe

#define VECTOR_PRINT	0x05
#define VECTOR_SYSTEM	0x15
#define VECTOR_BREAK	0x1b
#define AX_INTERCEPT	0x4f00	/* AL: the scan code */
#define AX_SYSRQ	0x8500	/* AL: 1 released */
#define WARM_START	0x1234
#define ECHO_WORD	0x7200	/* Ctrl and PrtSc */

/* bda.kbd_flags[0]: what is in force; those that make another key of it are in key_table.h. */
#define SCROLL		0x10
#define INSERT		0x80
/* bda.kbd_flags[1]: what is held down; scroll, num and caps lock and INSERT likewise. */
#define LEFT_CTRL	0x01
#define LEFT_ALT	0x02
#define SYSRQ		0x04
#define PAUSED		0x08
/* bda.kbd_mode. */
#define LAST_E1		0x01
#define LAST_E0		0x02
#define RIGHT_CTRL	0x04
#define RIGHT_ALT	0x08
/* bda.kbd_leds: SCROLL, num and caps lock from bit 0 on. */
#define LEDS		0x07
#define LED_SHIFT	4
#define LED_ACKNOWLEDGE	0x10
#define LED_RESEND	0x20
#define LED_CHANGING	0x40	/* the keyboard is being told */
#define KEYBOARD_SET_LEDS 0xed	/* then, acknowledged, the lights */

#define KEYBOARD_ID	0x41ab	/* 101 keys, behind translation */
#define FUNCTIONS	0x30	/* AH=09h: AH=0Ah and AH=10h-12h are there */
#define HAS_10		0x80	/* AH=92h */

/* What a key asks for when its interrupt has been ended: a vector, and AX for it. 0: nothing. */
#define ACTION(vector, ax)	((uint32_t)(vector) << 16 | (ax))
#define ACTION_RESET		0xffffffff
#define ACTION_PAUSE		0xfffffffe

static volatile __far struct bda *bda(void)
{
	return far_open(BDA_SEGMENT, 0);
}

static volatile __far uint16_t *word_at(uint16_t offset)
{
	/* The segment that bda() has opened: its pointer stays good. An odd offset, a program's, could end at ffff. */
	return far_open(BDA_SEGMENT, offset & ~1);
}

static uint16_t behind(volatile __far struct bda *b, uint16_t at)
{
	return at + 2 >= b->kbd_end ? b->kbd_start : at + 2;
}

/* False: the buffer is full. */
static bool put(volatile __far struct bda *b, uint16_t word)
{
	uint16_t tail = b->kbd_tail, next = behind(b, tail);

	if (next == b->kbd_head)
		return false;
	*word_at(tail) = word;
	b->kbd_tail = next;
	return true;
}

bool keyboard_full(void)
{
	volatile __far struct bda *b = bda();

	return behind(b, b->kbd_tail) == b->kbd_head;
}

void keyboard_put(uint16_t word)
{
	put(bda(), word);
}

static void set(volatile __far uint8_t *flags, uint8_t bits, bool on)
{
	*flags = on ? *flags | bits : *flags & ~bits;
}

/* Shift, Ctrl and Alt. False: it is none of them. */
static bool modifier(volatile __far struct bda *b, uint8_t code, bool e0, bool down)
{
	switch (code) {
	case SCAN_LEFT_SHIFT:
		if (!e0)	/* behind E0 the keyboard feigns it around grey keys */
			set(&b->kbd_flags[0], KEY_LEFT_SHIFT, down);
		return true;
	case SCAN_RIGHT_SHIFT:
		if (!e0)
			set(&b->kbd_flags[0], KEY_RIGHT_SHIFT, down);
		return true;
	case SCAN_CTRL:
		if (e0)
			set(&b->kbd_mode, RIGHT_CTRL, down);
		else
			set(&b->kbd_flags[1], LEFT_CTRL, down);
		set(&b->kbd_flags[0], KEY_CTRL, b->kbd_mode & RIGHT_CTRL || b->kbd_flags[1] & LEFT_CTRL);
		return true;
	case SCAN_ALT:
		if (e0)
			set(&b->kbd_mode, RIGHT_ALT, down);
		else
			set(&b->kbd_flags[1], LEFT_ALT, down);
		set(&b->kbd_flags[0], KEY_ALT, b->kbd_mode & RIGHT_ALT || b->kbd_flags[1] & LEFT_ALT);
		if (!down && b->alt_keypad) {
			put(b, b->alt_keypad);
			b->alt_keypad = 0;
		}
		return true;
	default:
		return false;
	}
}

/* The keyboard takes a byte: nothing is waited for, it interrupts when it has. */
static void tell_keyboard(uint8_t byte)
{
	if (!(inb(I8042_STATUS) & I8042_STATUS_INPUT))
		outb(byte, I8042_DATA);
}

/* Begin to let the keyboard's lights follow the locks. */
static void change_leds(volatile __far struct bda *b)
{
	b->kbd_leds = (b->kbd_leds & ~(LEDS | LED_ACKNOWLEDGE)) | LED_CHANGING | (b->kbd_flags[0] >> LED_SHIFT & LEDS);
	tell_keyboard(KEYBOARD_SET_LEDS);
}

/* First it acknowledges the command, then the lights; or what a program has told it. */
static void acknowledged(volatile __far struct bda *b)
{
	if ((b->kbd_leds & (LED_CHANGING | LED_ACKNOWLEDGE)) == LED_CHANGING)
		tell_keyboard(b->kbd_leds & LEDS);
	else
		b->kbd_leds &= ~LED_CHANGING;
	b->kbd_leds |= LED_ACKNOWLEDGE;
}

/* A key that stays in force when it is released: on its way down, not when it repeats. */
static void toggle(volatile __far struct bda *b, uint8_t bit, bool down)
{
	if (down && !(b->kbd_flags[1] & bit)) {
		b->kbd_flags[0] ^= bit;
		if (bit != INSERT)
			change_leds(b);
	}
	set(&b->kbd_flags[1], bit, down);
}

/* A digit of the keypad with Alt held: part of a character's number. */
static bool alt_digit(volatile __far struct bda *b, uint8_t code, bool e0)
{
	uint8_t digit;

	if (!(b->kbd_flags[0] & KEY_ALT))
		return false;
	digit = code >= SCAN_KEYPAD && code <= SCAN_INSERT ? (uint8_t)((key_table[code].shift & 0xff) - '0') : 10;
	if (e0 || digit > 9) {
		b->alt_keypad = 0;
		return false;
	}
	b->alt_keypad = (uint8_t)(b->alt_keypad * 10 + digit);
	return true;
}

/* Ctrl-Alt-Del, in whatever state the machine is. */
static bool is_restart(uint8_t code, uint8_t flags)
{
	return code == SCAN_DELETE && (flags & (KEY_CTRL | KEY_ALT)) == (KEY_CTRL | KEY_ALT);
}

/* A key goes down that is no modifier and none of the locks. */
static uint32_t press(volatile __far struct bda *b, uint8_t code, bool e0)
{
	uint8_t flags = b->kbd_flags[0];
	uint16_t word;

	if (alt_digit(b, code, e0))
		return 0;
	if (is_restart(code, flags))
		return ACTION_RESET;
	if (e0 && code == SCAN_PRINT) {
		if (!(flags & KEY_CTRL))
			return ACTION(VECTOR_PRINT, 0);
		word = ECHO_WORD;
	} else {
		word = key_word(code, e0, flags);
	}
	if (word)
		put(b, word);
	return 0;
}

static uint32_t take_break(volatile __far struct bda *b)
{
	b->kbd_head = b->kbd_tail = b->kbd_start;
	b->ctrl_break = 0x80;
	return ACTION(VECTOR_BREAK, 0);
}

static uint32_t sysrq(volatile __far struct bda *b, bool down)
{
	if (down && b->kbd_flags[1] & SYSRQ)
		return 0;	/* it repeats */
	set(&b->kbd_flags[1], SYSRQ, down);
	return ACTION(VECTOR_SYSTEM, AX_SYSRQ | !down);
}

static uint32_t pause(volatile __far struct bda *b, bool down)
{
	if (!down)
		return 0;
	b->kbd_flags[1] |= PAUSED;
	return ACTION_PAUSE;
}

/* One byte of the keyboard. Returns what is to be done behind the end of the interrupt. */
static uint32_t key(uint8_t byte)
{
	volatile __far struct bda *b = bda();
	uint8_t code = byte & ~RELEASED, mode = b->kbd_mode, flags = b->kbd_flags[0];
	bool e0 = mode & LAST_E0, e1 = mode & LAST_E1, down = !(byte & RELEASED);

	switch (byte) {
	case PREFIX_E0:
		b->kbd_mode |= LAST_E0;
		return 0;
	case PREFIX_E1:
		b->kbd_mode |= LAST_E1;
		return 0;
	case ACKNOWLEDGE:
		acknowledged(b);
		return 0;
	case RESEND:
		b->kbd_leds |= LED_RESEND;
		return 0;
	default:
		break;
	}
	if (e1 && code == SCAN_CTRL)
		return 0;	/* within Pause */
	b->kbd_mode = mode & ~(LAST_E0 | LAST_E1);
	if (modifier(b, code, e0, down))
		return 0;
	if (b->kbd_flags[1] & PAUSED) {
		if (!down)
			return 0;
		b->kbd_flags[1] &= ~PAUSED;
		return is_restart(code, flags) ? ACTION_RESET : 0;
	}
	switch (code) {
	case SCAN_CAPS:
		toggle(b, KEY_CAPS, down);
		return 0;
	case SCAN_NUM:
		if (e1 || flags & KEY_CTRL)
			return pause(b, down);
		toggle(b, KEY_NUM, down);
		return 0;
	case SCAN_SCROLL:
		if (e0)
			return down ? take_break(b) : 0;
		toggle(b, SCROLL, down);
		return 0;
	case SCAN_SYSRQ:
		return sysrq(b, down);
	case SCAN_INSERT:
		if (!(flags & (KEY_ALT | KEY_CTRL)) && (e0 || !(key_word(code, false, flags) & 0xff)))
			toggle(b, INSERT, down);
		else if (!down)
			b->kbd_flags[1] &= ~INSERT;
		break;
	default:
		break;
	}
	return down ? press(b, code, e0) : 0;
}

void keyboard_restart(void)
{
	bda()->reset_flag = WARM_START;
	rt16_hard_reset();
}

void keyboard_interrupt(void)
{
	uint32_t code, action = 0;

	/* Whether a byte waits is not asked: a handler before this one may have read it, and it can be read again. */
	if (!(inb(I8042_STATUS) & I8042_STATUS_MOUSE)) {
		code = call_vector(VECTOR_SYSTEM, AX_INTERCEPT | inb(I8042_DATA));
		if (code & VECTOR_SET_CARRY)
			action = key((uint8_t)code);
	}
	interrupt_end();
	if (action == ACTION_RESET)
		keyboard_restart();
	if (action == ACTION_PAUSE) {
		while (bda()->kbd_flags[1] & PAUSED)
			wait_interrupt();
	} else if (action) {
		call_vector((uint16_t)(action >> 16), (uint16_t)action);
		if (action == ACTION(VECTOR_BREAK, 0))
			put(bda(), 0);
	}
}

/* As programs see a word of the buffer: those who call the oldest functions know no grey keys. */
static uint16_t seen(uint16_t word, bool old)
{
	uint8_t high = (uint8_t)(word >> 8), low = (uint8_t)word;

	if (!high)
		return word;
	if (low == KEY_NEW)
		return word & 0xff00;
	if (!old)
		return word;
	if (low == KEY_GREY)
		return word & 0xff00;
	if (high != KEY_GREY)
		return word;
	return low == '\n' || low == '\r' ? SCAN_ENTER << 8 | low : low == '/' ? SCAN_SLASH << 8 | low : word;
}

/* The next key, AX. False: there is none. */
static bool peek(struct regs *r, bool old)
{
	volatile __far struct bda *b = bda();

	if (b->kbd_head == b->kbd_tail) {
		if (!serial_console.port)
			return false;
		serial_console_poll(false);
		b = bda();
		if (b->kbd_head == b->kbd_tail)
			return false;
	}
	r->ax = seen(*word_at(b->kbd_head), old);
	return true;
}

static void take(struct regs *r, bool old)
{
	volatile __far struct bda *b;

	while (!peek(r, old)) {
		if (serial_console_is_alone())
			let_interrupts_in();
		else
			wait_interrupt();
	}
	b = bda();
	b->kbd_head = behind(b, b->kbd_head);
}

void keyboard_service(struct regs *r)
{
	volatile __far struct bda *b;

	switch (r->ah) {
	case 0x01:
	case 0x11:
		r->flags = peek(r, r->ah == 0x01) ? r->flags & ~FLAGS_ZF : r->flags | FLAGS_ZF;
		break;
	case 0x00:
	case 0x10:
		take(r, r->ah == 0x00);
		break;
	case 0x02:
		r->al = bda()->kbd_flags[0];
		break;
	case 0x12:
		b = bda();
		r->al = b->kbd_flags[0];
		r->ah = (b->kbd_flags[1] & (KEY_CAPS | KEY_NUM | SCROLL | LEFT_ALT | LEFT_CTRL)) |
			(b->kbd_mode & (RIGHT_ALT | RIGHT_CTRL)) | (b->kbd_flags[1] & SYSRQ ? 0x80 : 0);
		break;
	case 0x05:
		r->al = !put(bda(), r->cx);
		break;
	case 0x09:
		r->al = FUNCTIONS;
		break;
	case 0x0a:
		r->bx = KEYBOARD_ID;
		break;
	case 0x92:
		r->ah = HAS_10;
		break;
	default:	/* A2h too, which asks whether AH stays */
		break;
	}
}

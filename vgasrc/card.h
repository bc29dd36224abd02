/* SPDX-License-Identifier: BSD-2-Clause
 * vgasrc/card.h: what displays do each in its own way, behind one set of functions: a constant table in the ROM for each
 * kind. Services call card_...() and know no display; a new one is a table more (card.c chooses).
 *
 * VBE modes only: the VGA's own modes are the VGA's registers, which displays without CARD_VGA do not have.
 */
#ifndef VGA_CARD_H
#define VGA_CARD_H

#include <stdbool.h>
#include <stdint.h>
#include "rom.h"

/* What a mode beyond the VGA's looks like. */
struct shape {
	uint16_t width, height;		/* pixels; neither is 0 */
	uint8_t bpp;			/* 4: planes; 8: by the DAC; 15, 16, 24, 32: direct colours (vbe.c has their fields) */
};

/* Registers that services read and write while such a mode is on. */
enum card_register {
	CARD_BANK,			/* which 64 KiB are at a0000; in planar modes of each plane */
	CARD_PITCH,			/* bytes from a line to the next; in planar modes of a plane */
	CARD_START,			/* offset of the first byte shown, in bytes; in planar modes of a plane */
	CARD_DAC_BITS,			/* of a colour's parts in the DAC: 6 or 8 */
};

/* Bits of card.flags. */
#define CARD_VGA	0x01		/* has the VGA's registers, its modes, and memory at a0000-bffff */
#define CARD_DAC	0x02		/* CARD_DAC_BITS can be written */

struct card {
	uint8_t flags;

	/* Memory of the display in units of 64 KiB; 0: no mode but the VGA's. May change between calls; it is bounded by none. */
	uint32_t (*memory_64k)(void);

	/* Physical address of the linear framebuffer; 0: none. */
	uint32_t (*framebuffer)(void);

	/* Whether the display can show it, whatever memory that takes: the caller has compared it. */
	bool (*fits)(const struct shape *shape);

	/*
	 * Set a mode that fits. Afterwards the screen is on and shows memory from its start, lines lie next to each other
	 * (pitch: shape_pitch()), bank is 0, a part of a colour has 6 bits, and memory is black where that was asked. The
	 * caller sets the palette, before. False: it cannot, and the screen is as it was.
	 */
	bool (*set)(const struct shape *shape, bool clear);

	/* Before the VGA's registers are programmed for one of its modes. Whatever was on, nothing of it is left. */
	void (*leave)(void);

	/*
	 * A register. What cannot be is not written, and false. BANK: anything may be written. PITCH: of a multiple of 8
	 * pixels, 16 in planar modes, and not less than the screen's width. START: rounded down to what can be without a
	 * pixel being cut. For both the caller has compared that the screen is in memory then; neither changes the other.
	 */
	uint32_t (*get)(enum card_register reg);
	bool (*put)(enum card_register reg, uint32_t value);

	/*
	 * Physical address of 1 KiB where the monitor's description is read (big_real.h), in words; 0: there is none;
	 * CARD_EDID_WIRES: ati.h has it.
	 */
	uint32_t (*edid)(void);
#define CARD_EDID_WIRES	1

	/* As vga_window_open() and vga_window_close() say (vga.h), for this display. */
	bool (*window_open)(void);
	void (*window_close)(void);
};

/* Bytes of a line when lines lie next to each other; in planar modes of a plane. */
uint32_t shape_pitch(const struct shape *shape);

/* Of memory that it takes so; all planes. At most 2 GiB for what fits any display. */
uint32_t shape_bytes(const struct shape *shape);

/* Of this display: rom_info.card says which. */
const ROM struct card *card_now(void);

/* A function of it, to be called at once. It is in a register then: emulators' calls through memory are not relied on. */
#define CARD(function) ({								\
	__typeof__(((struct card *)0)->function) function_ = card_now()->function;	\
	__asm__("" : "+r"(function_));							\
	function_; })

/* The same, for those that many call. */
uint32_t card_memory_64k(void);
uint32_t card_framebuffer(void);
uint32_t card_get(enum card_register reg);
bool card_put(enum card_register reg, uint32_t value);
bool card_window_open(void);
void card_window_close(void);

/* Tables, by the file that has them. */
extern const ROM struct card card_dispi;	/* dispi.c */
extern const ROM struct card card_bochs_display;	/* bochs_display.c */
extern const ROM struct card card_ramfb;	/* ramfb.c */
extern const ROM struct card card_cirrus;	/* cirrus.c */
extern const ROM struct card card_ati;		/* ati.c */

/* For tables: what a display without the thing has. */
uint32_t card_none(void);
bool card_no_window(void);
void card_no_leave(void);

#endif

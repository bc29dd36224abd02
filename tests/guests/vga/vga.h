/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/vga/vga.h: the parts of the program that calls INT 10h in every way and prints what each call has changed.
 *
 * It runs in segment 0 behind its boot sector, with interrupts off. Above it: what calls read and write, a font of ours, and
 * what screen memory was after the call before.
 */
#ifndef VGA_VGA_H
#define VGA_VGA_H

#include <stdbool.h>
#include <stdint.h>
#include "programs/program.h"

#define BUFFER		0x10000u	/* linear: ES:DI, ES:DX, ES:BX and ES:BP of calls */
#define BUFFER_BYTES	0x4000u
#define FONT		0x18000u	/* 256 x 16 bytes, no glyph twice */
#define KEPT		0x20000u	/* video memory, or the beginning of a linear mode's */
#define VIDEO_BYTES	0x40000u	/* four planes of 64 KiB */

struct video_call {
	uint32_t eax, ebx, ecx, edx, esi, edi, ebp;
	uint16_t ds, es, fs, gs, flags;
	uint16_t stack;			/* bytes of its caller's stack that the call has used, 1,024 at most */
};

/* src: call.S */
void call_video(struct video_call *c);
void on_stack(void (*program)(void));
void divided(void);			/* to be the vector of INT 0 */
extern volatile uint8_t has_divided;	/* set by it: the registers are not those of a return */
extern volatile uint16_t stack_off;	/* SP after the call, less what it should be */

/* Memory anywhere; FS has to have its 4 GiB. */
uint8_t peek8(uint32_t at);
uint16_t peek16(uint32_t at);
uint32_t peek32(uint32_t at);
void poke8(uint32_t at, uint8_t value);
void poke32(uint32_t at, uint32_t value);
void flat_memory(void);

/* calls.c: one call and what it has changed, as lines: the first has the scene and the registers, the others begin with a blank. */
void set_scene(const char *name, uint16_t number);
void call(uint16_t ax, uint16_t bx, uint16_t cx, uint16_t dx);
/* The same with this ES and BP; es is a segment. */
void call_with(uint16_t ax, uint16_t bx, uint16_t cx, uint16_t dx, uint16_t es, uint16_t bp);
/* Rows of AX, BX, CX, DX. */
typedef uint16_t step[4];
void call_all(const step *steps, unsigned int count);
/* A row: the mode is set anew, without a line, where ROMs leave different screens, so that the next calls start from the same. */
#define AGAIN { 0xffff, 0, 0, 0 }
extern void (*again)(void);
void set_again(void);			/* the mode, cleared; for again as it is, or in one of a scene's own */
#define CALL_ALL(steps) call_all(steps, sizeof(steps) / sizeof((steps)[0]))
extern struct video_call last;		/* as the call left it */
/* Without a line: for what a scene needs. Returns AX. */
uint16_t quietly(uint16_t ax, uint16_t bx, uint16_t cx, uint16_t dx);
extern uint16_t most_stack;
void from_text(void);			/* a scene begins with all of mode 3, whatever was */
/* 1Bh, 1Ch, 4F00h and such write what is told in another way: no lines of bytes. */
extern bool hide_buffer;

/* registers.c: what the VGA, the BIOS data area and the vectors are, and what of it differs from the last look. */
void registers_begin(void);		/* which registers there are, and what is in them: lines as of a change */
void registers_changes(void);
uint32_t video_memory(void);		/* where the card has it as plain memory */
/* Where linear lies: "0", "rom", "bar0".., "ram", or in hexadecimal. */
void put_place(uint32_t linear);

/* screen.c: screen memory, and fonts. */
void screen_changes(bool fonts);
void screen_now(void);			/* no line: what it is is what changes are told from */
void screen_is_linear(uint32_t base, uint32_t bytes);	/* of a VBE mode from now on; 0: none, the registers tell */
extern bool has_vga;

/* The scenes. */
void common_scene(uint16_t mode);
void text_scene(uint16_t mode);
void graphics_scene(uint16_t mode);
void state_scene(void);
void vbe_scene(void);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 * src/std/bda.h: the BIOS data area at 0x400: physical addresses, as every PC BIOS since the first has them.
 */
#ifndef STD_BDA_H
#define STD_BDA_H

#define BDA_EBDA_SEGMENT	0x40e	/* le16: segment of the extended BIOS data area */
#define BDA_BASE_KIB		0x413	/* le16: conventional memory in KiB */

#define BDA_SEGMENT		0x40
#define BDA_RETURN		0x67	/* in it, le16 twice: offset and segment that a shutdown code names */

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

struct bda {
	uint16_t com[4];		/* 00: I/O ports of the serial ports */
	uint16_t lpt[3];		/* 08: of the parallel ports */
	uint16_t ebda_segment;		/* 0e */
	uint16_t equipment;		/* 10: INT 11h, BDA_EQUIP_* */
	uint8_t unused12;
	uint16_t base_kib;		/* 13 */
	uint16_t unused15;
	uint8_t kbd_flags[2];		/* 17: shift states */
	uint8_t alt_keypad;		/* 19: Alt and digits, so far */
	uint16_t kbd_head, kbd_tail;	/* 1a: offsets in this segment */
	uint16_t kbd_buffer[16];	/* 1e */
	uint8_t floppy_recalibrate;	/* 3e: bits 0-3: drive has been; bit 7: interrupt came */
	uint8_t floppy_motor;		/* 3f: bits 0-3: motor is on */
	uint8_t floppy_motor_ticks;	/* 40: until the motor is switched off */
	uint8_t floppy_status;		/* 41: of the last call */
	uint8_t floppy_result[7];	/* 42: of the controller */
	uint8_t video_mode;		/* 49: the display's, up to 6b */
	uint16_t video_columns;		/* 4a */
	uint16_t video_page_bytes;	/* 4c */
	uint16_t video_page_start;	/* 4e: of the one that is shown */
	uint16_t cursor[8];		/* 50: of each page: row << 8 | column */
	uint16_t cursor_shape;		/* 60: first line << 8 | last line */
	uint8_t video_page;		/* 62: the one that is shown */
	uint16_t crtc_port;		/* 63 */
	uint8_t video_control, video_palette;	/* 65 */
	uint16_t return_offset, return_segment;	/* 67: where a shutdown code leads, or a stack */
	uint8_t unused6b;
	uint32_t ticks;			/* 6c: since midnight */
	uint8_t midnight;		/* 70: passed since the last INT 1Ah AH=00h */
	uint8_t ctrl_break;		/* 71: bit 7 */
	uint16_t reset_flag;		/* 72: 1234h, no memory test */
	uint8_t disk_status;		/* 74: of the last call */
	uint8_t disks;			/* 75: hard disks */
	uint8_t disk_control, disk_port;/* 76 */
	uint8_t lpt_timeout[4];		/* 78 */
	uint8_t com_timeout[4];		/* 7c: in seconds */
	uint16_t kbd_start, kbd_end;	/* 80: of the buffer */
	uint8_t video_rows;		/* 84: less one; the display's, up to 8a */
	uint16_t character_height;	/* 85 */
	uint8_t unused87[4];
	uint8_t floppy_rate;		/* 8b */
	uint8_t disk_controller_status, disk_controller_error;	/* 8c */
	uint8_t disk_interrupt;		/* 8e: ff: IRQ 14 came */
	uint8_t floppy_info;		/* 8f */
	uint8_t floppy_media[2];	/* 90: by drive */
	uint8_t floppy_start[2];	/* 92 */
	uint8_t floppy_cylinder[2];	/* 94 */
	uint8_t kbd_mode, kbd_leds;	/* 96: extended keyboard state */
	uint16_t wait_flag[2];		/* 98: offset and segment of the byte to set */
	uint32_t wait_us;		/* 9c: left */
	uint8_t wait_active;		/* a0: bit 0: a wait is going on, bit 7: it is over */
	uint8_t unused_a1[95];
} __attribute__((packed));
_Static_assert(offsetof(struct bda, kbd_flags) == 0x17 && offsetof(struct bda, kbd_buffer) == 0x1e, "BDA");
_Static_assert(offsetof(struct bda, video_mode) == 0x49 && offsetof(struct bda, cursor) == 0x50, "BDA");
_Static_assert(offsetof(struct bda, ticks) == 0x6c, "BDA");
_Static_assert(offsetof(struct bda, cursor_shape) == 0x60 && offsetof(struct bda, video_rows) == 0x84, "BDA");
_Static_assert(offsetof(struct bda, disk_status) == 0x74 && offsetof(struct bda, kbd_start) == 0x80, "BDA");
_Static_assert(offsetof(struct bda, floppy_rate) == 0x8b && offsetof(struct bda, floppy_media) == 0x90, "BDA");
_Static_assert(offsetof(struct bda, kbd_mode) == 0x96 && offsetof(struct bda, wait_active) == 0xa0, "BDA");
_Static_assert(sizeof(struct bda) == 0x100, "BDA");

/* The extended BIOS data area, in bda.ebda_segment. */
struct ebda {
	uint8_t kib;			/* 00: its size */
	uint8_t unused01[33];
	uint16_t mouse_handler[2];	/* 22: offset and segment of the program's */
	uint8_t mouse_state;		/* 26: bytes of the packet that are there */
	uint8_t mouse_packet;		/* 27: its size, and whether there is a handler */
	uint8_t mouse_data[8];		/* 28 */
} __attribute__((packed));
_Static_assert(offsetof(struct ebda, mouse_handler) == 0x22 && sizeof(struct ebda) == 0x30, "EBDA");
#define EBDA_MOUSE_COUNT	0x07
#define EBDA_MOUSE_HANDLER	0x80
#define EBDA_MOUSE_SIZE(packet)	((packet) & 7 ? (packet) & 7 : 8)	/* 1-8 bytes */
#endif


/* What interrupts leave: in floppy_recalibrate, in disk_interrupt. */
#define BDA_FLOPPY_INTERRUPT	0x80
#define BDA_DISK_INTERRUPT	0xff

/* Equipment word. */
#define BDA_EQUIP_FLOPPY	0x0001	/* bits 6, 7: how many beyond one */
#define BDA_EQUIP_FPU		0x0002
#define BDA_EQUIP_MOUSE		0x0004
#define BDA_EQUIP_COLOR80	0x0020	/* bits 4, 5: 0 is EGA or later */
#define BDA_EQUIP_FLOPPIES(n)	((n) ? (uint16_t)(BDA_EQUIP_FLOPPY | ((n) - 1) << 6) : 0)
#define BDA_EQUIP_COMS(n)	((uint16_t)((n) << 9))
#define BDA_EQUIP_LPTS(n)	((uint16_t)((n) << 14))

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 * src/std/bootparam.h: what a Linux kernel says about itself (setup header) and what it wants to
 * be told at its 32-bit entry (boot parameters, the "zero page").
 * Spec: Linux Documentation/arch/x86/boot.rst and zero-page.rst. Field names are theirs; all
 * fields are little-endian.
 */
#ifndef STD_BOOTPARAM_H
#define STD_BOOTPARAM_H

#include <stddef.h>
#include <stdint.h>
#include "std/e820.h"

/* From byte 0x1f1 of the kernel file, and at the same place in the boot parameters. */
struct setup_header {
	uint8_t setup_sects;
	uint16_t root_flags;
	uint32_t syssize;		/* 16-byte units */
	uint16_t ram_size;
	uint16_t vid_mode;
	uint16_t root_dev;
	uint16_t boot_flag;
	uint8_t jump_opcode;
	uint8_t jump_offset;		/* from 0x202: also where the header ends */
	uint32_t header;		/* SETUP_MAGIC */
	uint16_t version;		/* major << 8 | minor */
	uint32_t realmode_swtch;
	uint16_t start_sys_seg;
	uint16_t kernel_version;
	uint8_t type_of_loader;
	uint8_t loadflags;
	uint16_t setup_move_size;
	uint32_t code32_start;
	uint32_t ramdisk_image;
	uint32_t ramdisk_size;		/* bytes */
	uint32_t bootsect_kludge;
	uint16_t heap_end_ptr;
	uint8_t ext_loader_ver;
	uint8_t ext_loader_type;
	uint32_t cmd_line_ptr;
	uint32_t initrd_addr_max;	/* 2.03: address of the last byte an initrd may have */
	uint32_t kernel_alignment;	/* 2.05: bytes */
	uint8_t relocatable_kernel;
	uint8_t min_alignment;
	uint16_t xloadflags;		/* 2.12 */
	uint32_t cmdline_size;		/* 2.06: characters, without the NUL */
	uint32_t hardware_subarch;	/* 2.07 */
	uint64_t hardware_subarch_data;
	uint32_t payload_offset;	/* 2.08 */
	uint32_t payload_length;
	uint64_t setup_data;		/* 2.09: physical address of the first node, 0: none */
	uint64_t pref_address;		/* 2.10 */
	uint32_t init_size;		/* 2.10: bytes from where the kernel runs */
	uint32_t handover_offset;	/* 2.11 */
	uint32_t kernel_info_offset;	/* 2.15 */
} __attribute__((packed));

#define SETUP_HEADER_AT		0x1f1
#define SETUP_HEADER_MAX	0x290	/* no header reaches beyond: other parameters begin there */
#define SETUP_MAGIC		0x53726448	/* "HdrS" */
#define SETUP_JUMP_SHORT	0xeb

#define SETUP_FIELD(name) (SETUP_HEADER_AT + offsetof(struct setup_header, name))
_Static_assert(SETUP_FIELD(vid_mode) == 0x1fa, "vid_mode is at 0x1fa");
_Static_assert(SETUP_FIELD(jump_opcode) == 0x200, "jump is at 0x200");
_Static_assert(SETUP_FIELD(header) == 0x202, "header is at 0x202");
_Static_assert(SETUP_FIELD(version) == 0x206, "version is at 0x206");
_Static_assert(SETUP_FIELD(type_of_loader) == 0x210, "type_of_loader is at 0x210");
_Static_assert(SETUP_FIELD(code32_start) == 0x214, "code32_start is at 0x214");
_Static_assert(SETUP_FIELD(ramdisk_image) == 0x218, "ramdisk_image is at 0x218");
_Static_assert(SETUP_FIELD(cmd_line_ptr) == 0x228, "cmd_line_ptr is at 0x228");
_Static_assert(SETUP_FIELD(initrd_addr_max) == 0x22c, "initrd_addr_max is at 0x22c");
_Static_assert(SETUP_FIELD(kernel_alignment) == 0x230, "kernel_alignment is at 0x230");
_Static_assert(SETUP_FIELD(relocatable_kernel) == 0x234, "relocatable_kernel is at 0x234");
_Static_assert(SETUP_FIELD(xloadflags) == 0x236, "xloadflags is at 0x236");
_Static_assert(SETUP_FIELD(cmdline_size) == 0x238, "cmdline_size is at 0x238");
_Static_assert(SETUP_FIELD(setup_data) == 0x250, "setup_data is at 0x250");
_Static_assert(SETUP_FIELD(pref_address) == 0x258, "pref_address is at 0x258");
_Static_assert(SETUP_FIELD(init_size) == 0x260, "init_size is at 0x260");
_Static_assert(SETUP_FIELD(kernel_info_offset) == 0x268, "kernel_info_offset is at 0x268");

#define SETUP_BOOT_FLAG	0xaa55u
/* type_of_loader: who loads is a part of QEMU, as far as kernels know */
#define LOADER_QEMU	0xb0
/* loadflags */
#define LOADED_HIGH	(1u << 0)	/* a bzImage: 32-bit part at 1 MiB */
#define CAN_USE_HEAP	(1u << 7)	/* heap_end_ptr holds */
/* xloadflags */
#define XLF_KERNEL_64			(1u << 0)
#define XLF_CAN_BE_LOADED_ABOVE_4G	(1u << 1)

#define VID_MODE_NORMAL	0xffff		/* whatever the screen shows */

/* The rows of the memory map that have their place in the boot parameters. */
#define BOOT_PARAMS_E820_MAX 128

/* What the screen shows; the lfb fields where is_vga says VESA. Linux include/uapi/linux/screen_info.h. */
struct screen_info {
	uint8_t x, y;			/* 0x00: of the cursor */
	uint16_t ext_mem_k;		/* 0x02: KiB above 1 MiB as INT 15h AH=88h says it: no matter of the screen */
	uint16_t page;			/* 0x04 */
	uint8_t mode;			/* 0x06 */
	uint8_t columns;		/* 0x07 */
	uint8_t flags;			/* 0x08 */
	uint8_t unused_09;
	uint16_t ega_bx;		/* 0x0a */
	uint16_t unused_0c;
	uint8_t rows;			/* 0x0e */
	uint8_t is_vga;			/* 0x0f */
	uint16_t points;		/* 0x10: rows of a character's shape */
	uint16_t lfb_width, lfb_height;	/* 0x12: pixels */
	uint16_t lfb_depth;		/* 0x16: bits */
	uint32_t lfb_base;		/* 0x18 */
	uint32_t lfb_size;		/* 0x1c: in units of 64 KiB */
	uint16_t cl_magic, cl_offset;	/* 0x20 */
	uint16_t lfb_linelength;	/* 0x24: bytes */
	uint8_t red_size, red_pos;	/* 0x26: bits */
	uint8_t green_size, green_pos;
	uint8_t blue_size, blue_pos;
	uint8_t rsvd_size, rsvd_pos;
	uint16_t vesapm_seg, vesapm_off; /* 0x2e */
	uint16_t pages;			/* 0x32 */
	uint16_t vesa_attributes;	/* 0x34: of the mode, as AX=4F01h has them */
	uint32_t capabilities;		/* 0x36 */
	uint32_t ext_lfb_base;		/* 0x3a */
	uint8_t reserved_3e[2];
} __attribute__((packed));
_Static_assert(sizeof(struct screen_info) == 0x40 && offsetof(struct screen_info, lfb_base) == 0x18, "screen_info");
_Static_assert(offsetof(struct screen_info, red_size) == 0x26 && offsetof(struct screen_info, capabilities) == 0x36, "screen_info");
#define SCREEN_INFO_VGA		0x01	/* is_vga: text of a VGA */
#define SCREEN_INFO_VESA	0x23	/* a linear framebuffer */

struct boot_params {
	struct screen_info screen;	/* 0x000; all of it 0: no screen was set up */
	uint8_t reserved_040[0x030];
	uint64_t acpi_rsdp_addr;	/* 0x070 */
	uint8_t reserved_078[0x048];
	uint32_t ext_ramdisk_image;	/* 0x0c0: high halves */
	uint32_t ext_ramdisk_size;
	uint32_t ext_cmd_line_ptr;
	uint8_t reserved_0cc[0x114];
	uint32_t alt_mem_k;		/* 0x1e0: KiB above 1 MiB */
	uint32_t scratch;
	uint8_t e820_entries;		/* 0x1e8 */
	uint8_t eddbuf_entries;
	uint8_t edd_mbr_sig_buf_entries;
	uint8_t kbd_status;
	uint8_t secure_boot;		/* 0x1ec */
	uint8_t reserved_1ed[2];
	uint8_t sentinel;		/* 0x1ef: not 0 tells that a loader copied too much */
	uint8_t reserved_1f0;
	struct setup_header hdr;	/* 0x1f1 */
	uint8_t reserved_hdr[SETUP_HEADER_MAX - SETUP_HEADER_AT - sizeof(struct setup_header)];
	uint8_t edd_mbr_sig_buffer[0x040];
	struct e820_entry e820_table[BOOT_PARAMS_E820_MAX];	/* 0x2d0 */
	uint8_t reserved_cd0[0x330];
} __attribute__((packed));
_Static_assert(sizeof(struct boot_params) == 4096, "boot_params is one page");
_Static_assert(offsetof(struct boot_params, acpi_rsdp_addr) == 0x070, "acpi_rsdp_addr at 0x70");
_Static_assert(offsetof(struct boot_params, ext_ramdisk_image) == 0x0c0, "ext_ramdisk at 0xc0");
_Static_assert(offsetof(struct boot_params, alt_mem_k) == 0x1e0, "alt_mem_k at 0x1e0");
_Static_assert(offsetof(struct boot_params, e820_entries) == 0x1e8, "e820_entries at 0x1e8");
_Static_assert(offsetof(struct boot_params, sentinel) == 0x1ef, "sentinel at 0x1ef");
_Static_assert(offsetof(struct boot_params, hdr) == 0x1f1, "header at 0x1f1");
_Static_assert(offsetof(struct boot_params, e820_table) == 0x2d0, "e820_table at 0x2d0");

/* A node of the list at setup_data; len bytes follow. */
struct setup_data {
	uint64_t next;		/* physical address, 0: last */
	uint32_t type;
	uint32_t len;		/* bytes behind this header */
} __attribute__((packed));
_Static_assert(sizeof(struct setup_data) == 16, "setup_data header is 16 bytes");

#define SETUP_NONE	0
#define SETUP_E820_EXT	1		/* more rows of the memory map */
#define SETUP_DTB	2
#define SETUP_RNG_SEED	9
#define SETUP_INDIRECT	(1u << 31)	/* 2.15: the data is elsewhere */

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 * src/std/table_loader.h: one record of etc/table-loader, the script by which QEMU has its ACPI
 * tables put in place. Spec: QEMU hw/acpi/bios-linker-loader.c. Little-endian.
 */
#ifndef STD_TABLE_LOADER_H
#define STD_TABLE_LOADER_H

#include <stddef.h>
#include <stdint.h>

enum loader_command {
	LOADER_PADDING = 0,
	LOADER_ALLOCATE = 1,
	LOADER_ADD_POINTER = 2,
	LOADER_ADD_CHECKSUM = 3,
	LOADER_WRITE_POINTER = 4,	/* since QEMU 2.9 */
};

enum loader_zone {
	LOADER_ZONE_HIGH = 1,		/* any RAM below 4 GiB that the OS keeps */
	LOADER_ZONE_FSEG = 2,		/* 0xf0000-0xfffff */
};

/* The name of a fw_cfg file, with its NUL. */
struct loader_name {
	char text[56];
};

struct loader_record {
	uint32_t command;
	union {
		/* The first where there is one, the second where there are two; else anything but a name. */
		struct loader_name name[2];
		struct {
			struct loader_name file;
			uint32_t align;		/* bytes, a power of two */
			uint8_t zone;		/* old QEMU leaves the next three bytes undefined */
		} allocate;
		struct {
			struct loader_name dest;
			struct loader_name source;	/* pointed to */
			uint32_t offset;	/* of the pointer in dest */
			uint8_t size;		/* of the pointer: 1, 2, 4, 8 bytes */
		} add_pointer;
		struct {
			struct loader_name file;
			uint32_t offset;	/* of the checksum byte */
			uint32_t start;		/* of the range it covers */
			uint32_t length;
		} add_checksum;
		struct {
			struct loader_name dest;	/* a writable fw_cfg file */
			struct loader_name source;
			uint32_t dest_offset;
			uint32_t source_offset;
			uint8_t size;
		} write_pointer;
		uint8_t bytes[124];
	};
};
_Static_assert(offsetof(struct loader_record, allocate.file) == 4 &&
	       offsetof(struct loader_record, add_pointer.dest) == 4 &&
	       offsetof(struct loader_record, add_checksum.file) == 4 &&
	       offsetof(struct loader_record, write_pointer.dest) == 4, "all begin with a name at 4");
_Static_assert(sizeof(struct loader_record) == 128, "a record is 128 bytes");
_Static_assert(offsetof(struct loader_record, allocate.align) == 60, "alignment is at 60");
_Static_assert(offsetof(struct loader_record, allocate.zone) == 64, "zone is at 64");
_Static_assert(offsetof(struct loader_record, add_pointer.source) == 60, "source is at 60");
_Static_assert(offsetof(struct loader_record, add_pointer.offset) == 116, "offset is at 116");
_Static_assert(offsetof(struct loader_record, add_pointer.size) == 120, "size is at 120");
_Static_assert(offsetof(struct loader_record, add_checksum.offset) == 60, "offset is at 60");
_Static_assert(offsetof(struct loader_record, add_checksum.start) == 64, "start is at 64");
_Static_assert(offsetof(struct loader_record, add_checksum.length) == 68, "length is at 68");
_Static_assert(offsetof(struct loader_record, write_pointer.dest_offset) == 116, "dest is at 116");
_Static_assert(offsetof(struct loader_record, write_pointer.source_offset) == 120, "at 120");
_Static_assert(offsetof(struct loader_record, write_pointer.size) == 124, "size is at 124");

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/rom/rom_header.h: what an option ROM says of itself in its Plug and Play expansion headers: how it is booted
 * from, and what it is called. Pure functions: bytes in, an answer out, whatever the bytes are.
 * Spec: Plug and Play BIOS 1.0A, 3.2; BIOS Boot Specification 1.01, 3.3.
 */
#ifndef BOOT_ROM_ROM_HEADER_H
#define BOOT_ROM_ROM_HEADER_H

#include <stdint.h>
#include "boot/rom/option_rom.h"

#define ROM_NAME_BYTES	64	/* with the 0; what is longer is cut */
#define ROM_HEADERS_MAX	16	/* of a chain */

/* One header. Offsets are from the start of the image and lie within it; 0: there is none. */
struct rom_header {
	uint16_t offset;		/* its own */
	uint16_t bcv, disconnect, bev, resources;
	uint32_t device;		/* EISA id, byte order as in the ROM */
	uint8_t type[3], indicators;	/* std/pnp.h */
	uint8_t sum;			/* of its bytes; to be 0, but the ROMs that come with QEMU have others */
	char manufacturer[ROM_NAME_BYTES];	/* printable ASCII, '?' for what is not; or "" */
	char product[ROM_NAME_BYTES];
	struct option_rom_fault name_fault;	/* why a name that the header has is ""; what is NULL: none is */
};

/* A way along the chain of an image. */
struct rom_headers {
	const uint8_t *image;
	uint32_t len;			/* bytes that may be read */
	uint16_t next;			/* offset of the next header, 0: none */
	uint8_t count;
	uint16_t seen[ROM_HEADERS_MAX];	/* offsets of those before it */
};

/* Begin. image has len bytes, as option_rom_size() told: its header is whole. */
void rom_headers_begin(struct rom_headers *headers, const uint8_t *image, uint32_t len);

enum rom_headers_result {
	ROM_HEADERS_ONE,		/* *header is the next */
	ROM_HEADERS_END,		/* no more; or none: older ROMs have anything where the chain begins */
	ROM_HEADERS_BAD,		/* *fault says what is wrong with the next: it and those behind are not used */
};

/*
 * The next header of Plug and Play; those of other kinds are passed over. Every way ends, after ROM_HEADERS_MAX
 * headers at the latest, and none is told twice.
 */
enum rom_headers_result rom_headers_next(struct rom_headers *headers, struct rom_header *header,
					 struct option_rom_fault *fault);

#endif

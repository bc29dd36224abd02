/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/rom/option_rom.c: see option_rom.h.
 */
#include "boot/rom/option_rom.h"
#include <stddef.h>
#include "arch/words.h"
#include "lib/bits.h"
#include "lib/checksum.h"
#include "lib/string.h"
#include "std/option_rom.h"

static bool wrong(struct option_rom_fault *fault, const char *what, uint32_t expected, uint32_t found)
{
	*fault = (struct option_rom_fault){ what, expected, found };
	return false;
}

/* The header of the image at offset. */
static bool read_header(const uint8_t *rom, uint32_t len, uint32_t offset, struct option_rom *header,
			struct option_rom_fault *fault)
{
	if (!range_inside32(offset, sizeof(*header), len))
		return wrong(fault, "end of an image's header, at most", len, offset + (uint32_t)sizeof(*header));
	memcpy(header, rom + offset, sizeof(*header));
	if (header->signature != OPTION_ROM_SIGNATURE)
		return wrong(fault, "signature", OPTION_ROM_SIGNATURE, header->signature);
	return true;
}

#define LIST_MAX	256u	/* ids of one image that are looked at */

/* Is the device one of a list? One without an end goes on to the end of the image, at end, at most. */
static bool in_list(const uint8_t *rom, uint32_t end, uint32_t at, uint16_t device)
{
	uint16_t listed;

	for (uint32_t n = 0; n < LIST_MAX && range_inside32(at, sizeof(listed), end); n++, at += sizeof(listed)) {
		memcpy(&listed, rom + at, sizeof(listed));
		if (!listed || listed == device)
			return listed != 0;
	}
	return false;
}

bool option_rom_find(const uint8_t *rom, uint32_t len, uint32_t id, struct option_rom_image *image,
		     struct option_rom_fault *fault)
{
	struct option_rom header;
	struct pcir pcir;
	uint32_t at, size, other = 0, offset = 0;

	do {
		if (!read_header(rom, len, offset, &header, fault))
			return false;
		at = offset + header.pcir;	/* less than 64 KiB more than len: no wrap */
		if (!range_inside32(at, sizeof(pcir), len))
			return wrong(fault, "end of PCIR, at most", len, at + (uint32_t)sizeof(pcir));
		memcpy(&pcir, rom + at, sizeof(pcir));
		if (pcir.signature != PCIR_SIGNATURE)
			return wrong(fault, "PCIR's signature", PCIR_SIGNATURE, pcir.signature);
		size = pcir.units * OPTION_ROM_UNIT;
		if (size == 0 || !range_inside32(offset, size, len))
			return wrong(fault, "bytes of an image, at most", len - offset, size);
		if (pcir.code_type == PCIR_X86) {
			other = (uint32_t)pcir.device << 16 | pcir.vendor;
			if (other == id || (pcir.vendor == (uint16_t)id && pcir.revision >= 3 && pcir.more_devices &&
					    in_list(rom, offset + size, at + pcir.more_devices, (uint16_t)(id >> 16)))) {
				size = header.units * OPTION_ROM_UNIT;
				if (size == 0 || !range_inside32(offset, size, len))
					return wrong(fault, "bytes of the image, at most", len - offset, size);
				*image = (struct option_rom_image){ offset, size };
				return true;
			}
		}
		offset += size;
	} while (!(pcir.indicator & PCIR_LAST));
	return wrong(fault, "device and vendor of x86 code", id, other);
}

/* Does it begin at from or behind, and before to? */
static bool says(const uint8_t *image, uint32_t from, uint32_t to, uint32_t len, const char *text)
{
	uint32_t size = (uint32_t)strlen(text);

	for (uint32_t at = from; at < to; at++) {
		at += (uint32_t)bytes_other(image + at, (uint8_t)text[0], to - at);
		if (at < to && range_inside32(at, size, len) && memcmp(image + at, text, size) == 0)
			return true;
	}
	return false;
}

/* Texts are behind the code, as a rule: the second half first. */
bool option_rom_says(const uint8_t *image, uint32_t len, const char *text)
{
	uint32_t half = len / 2;

	return says(image, half, len, len, text) || says(image, 0, half, len, text);
}

uint32_t option_rom_any_sum(const uint8_t *image, uint32_t len, struct option_rom_fault *fault)
{
	struct option_rom header;
	uint32_t size;

	if (!read_header(image, len, 0, &header, fault))
		return 0;
	size = header.units * OPTION_ROM_UNIT;
	if (size == 0 || size > len) {
		wrong(fault, "bytes, at most", len, size);
		return 0;
	}
	return size;
}

uint32_t option_rom_size(const uint8_t *image, uint32_t len, struct option_rom_fault *fault)
{
	uint32_t size = option_rom_any_sum(image, len, fault);
	uint8_t sum = checksum8(image, size);

	if (sum) {
		wrong(fault, "sum of bytes", 0, sum);
		return 0;
	}
	return size;
}

uint32_t option_rom_shrunk(uint32_t size, uint8_t units)
{
	return min_u32(size, units * OPTION_ROM_UNIT);
}

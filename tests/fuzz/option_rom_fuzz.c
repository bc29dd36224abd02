/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/option_rom_fuzz.c: the bytes of a device's option ROM, any of them. The first four are the device's ids.
 * What an image says of itself is read whatever it adds up to.
 *
 * LINK: src/boot/rom/option_rom.c src/arch/checksum.c src/boot/rom/rom_header.c
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "boot/rom/option_rom.h"
#include "boot/rom/rom_header.h"
#include "std/option_rom.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at_name(const char *name)
{
	if (strnlen(name, ROM_NAME_BYTES) == ROM_NAME_BYTES)
		abort();
	for (; *name; name++)
		if (*name < ' ' || *name > '~')
			abort();
}

static void walk(const uint8_t *image, uint32_t len)
{
	struct option_rom_fault fault = { NULL, 0, 0 };
	enum rom_headers_result result;
	struct rom_headers headers;
	struct rom_header h;
	uint32_t n = 0;

	if (len < sizeof(struct option_rom))
		return;
	rom_headers_begin(&headers, image, len);
	while ((result = rom_headers_next(&headers, &h, &fault)) == ROM_HEADERS_ONE) {
		if (++n > ROM_HEADERS_MAX || h.offset > len - 32 || h.bcv >= len || h.bev >= len ||
		    h.disconnect >= len || h.resources >= len)
			abort();
		look_at_name(h.manufacturer);
		look_at_name(h.product);
	}
	if (result == ROM_HEADERS_BAD && !fault.what)
		abort();
	if (rom_headers_next(&headers, &h, &fault) != ROM_HEADERS_END)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct option_rom_image image;
	struct option_rom_fault fault = { NULL, 0, 0 };
	uint32_t id, len, runs;

	if (size < sizeof(id))
		return 0;
	memcpy(&id, data, sizeof(id));
	data += sizeof(id);
	len = (uint32_t)(size - sizeof(id));
	if (option_rom_find(data, len, id, &image, &fault)) {
		if (image.offset > len || !image.size || image.size > len - image.offset)
			abort();
		walk(data + image.offset, image.size);
		runs = option_rom_size(data + image.offset, image.size, &fault);
		if (runs > image.size || (!runs && !fault.what))
			abort();
	} else if (!fault.what) {
		abort();
	}
	walk(data, len);
	if (option_rom_size(data, len, &fault) > len)
		abort();
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/option_rom_fuzz.c: the bytes of a device's option ROM, any of them. The first four are the device's ids.
 *
 * LINK: src/boot/option_rom.c
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "boot/option_rom.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
		runs = option_rom_size(data + image.offset, image.size, &fault);
		if (runs > image.size || (!runs && !fault.what))
			abort();
	} else if (!fault.what) {
		abort();
	}
	if (option_rom_size(data, len, &fault) > len)
		abort();
	return 0;
}

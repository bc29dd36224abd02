/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/keyboard_fuzz.c: any bytes of a keyboard, and any BIOS data area that a program has made of it: a program
 * always gets its key, and nothing but the data area and what its own offsets name is written.
 * LINK: src/rt16/serial_console.c src/rt16/serial_keys.c src/rt16/serial_text.c src/rt16/cp437.c
 * LINK: src/rt16/keyboard.c src/rt16/key_table.c tests/fake/rt16.c tests/fake/io.c tests/fake/ram.c
 */
#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "arch/far.h"
#include "fake/io.h"
#include "fake/ram.h"
#include "fake/rt16.h"
#include "rt16/keyboard.h"
#include "std/bda.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t byte;

static uint32_t in(void *opaque, uint16_t port, unsigned int width)
{
	(void)opaque, (void)width;
	return port == 0x60 ? byte : 0x1d;
}

static void another_key(void)
{
	byte = fake_waits % 2 ? 0x9e : 0x1e;
	fake_call_count = 0;
	keyboard_interrupt();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *bda;
	struct regs r;

	if (size < sizeof(struct bda))
		return -1;
	fake_rt16_reset();
	fake_io_add(0x60, 0x64, in, NULL, NULL);
	fake_interrupt = another_key;
	bda = fake_ram + (BDA_SEGMENT << 4);
	memcpy(bda, data, sizeof(struct bda));
	if (!setjmp(fake_reset))
		for (size_t i = sizeof(struct bda); i < size && i < 0x1000; i++) {
			byte = data[i];
			fake_call_count = fake_waits = 0;
			keyboard_interrupt();
			r = (struct regs){ .ax = (uint16_t)(byte << 8) };
			/* Who has broken the buffer may wait for ever. */
			if (byte & 0xef || *(uint16_t *)(bda + 0x1a) != *(uint16_t *)(bda + 0x1c))
				keyboard_service(&r);
		}
	for (uint32_t at = BDA_SEGMENT << 4; at--;)
		if (fake_ram[at])
			abort();
	for (uint32_t at = 0x10400; at < fake_ram_size; at++)
		if (fake_ram[at])
			abort();
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/virtio_slots_fuzz.c: slots of virtio-mmio out of any AML and any command line.
 * LINK: src/fw/virtio_slots.c src/fw/acpi_find.c src/arch/checksum.c tests/fake/alloc.c tests/fake/log.c tests/fake/ram.c
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include "fake/log.h"
#include "fw/fw_cfg.h"
#include "fw/virtio_slots.h"
#include "machine/machine.h"

#define RAM_END 0x8000000u

struct machine machine = { .low_ram_end = RAM_END };

uint32_t fw_cfg_le32(uint16_t key) { (void)key; return 0; }
int fw_cfg_read_key(uint16_t key, void *buf, uint32_t len) { (void)key; (void)buf; (void)len; return 0; }

static void check(const struct virtio_slots *s)
{
	if (s->count > VIRTIO_SLOTS)
		abort();
	for (uint32_t i = 0; i < s->count; i++)
		if (s->at[i] < RAM_END || s->at[i] > 0xff000000 - VIRTIO_SLOT || s->at[i] & 3 || (i && s->at[i] >= s->at[i - 1]))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct virtio_slots slots = { .count = 0 };

	fake_log_reset();
	if (!size)
		return 0;
	if (data[0] & 1)
		virtio_slots_of_aml(&slots, data + 1, (uint32_t)size - 1);
	else
		virtio_slots_of_cmdline(&slots, (const char *)data + 1, (uint32_t)size - 1);
	check(&slots);
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/ram.c: see ram.h.
 */
#include <stdlib.h>
#include "arch/phys.h"
#include "fake/ram.h"

uint8_t *fake_ram;
uint32_t fake_ram_size;

void fake_ram_reset(uint32_t size)
{
	free(fake_ram);
	fake_ram = calloc(1, size);
	fake_ram_size = fake_ram ? size : 0;
}

void *phys_to_ptr(uint32_t phys)
{
	return phys < fake_ram_size ? fake_ram + phys : (void *)(uintptr_t)phys;
}

uint64_t ptr_to_phys(const void *p)
{
	uintptr_t at = (uintptr_t)p, ram = (uintptr_t)fake_ram;

	return fake_ram && at >= ram && at - ram < fake_ram_size ? at - ram : at;
}

void *fake_dma_target(uint64_t address, uint32_t len)
{
	if (address >= 1ull << 32)
		return (void *)(uintptr_t)address;
	if (address > fake_ram_size || len > fake_ram_size - address)
		return NULL;
	return fake_ram + address;
}

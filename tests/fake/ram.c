/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/ram.c: see ram.h.
 */
#include <stdlib.h>
#include "arch/phys.h"
#include "arch/real_call.h"
#include "fake/ram.h"

uint8_t *fake_ram;
uint32_t fake_ram_size;

/* Addresses of callers are physical ones, until a test says otherwise. */
const void *real_call_remote;

/* The program's writable segment, from the linker. */
extern char __data_start[], _end[];
static uint32_t statics_phys;

void fake_ram_map_statics(uint32_t phys)
{
	statics_phys = phys;
}

/* The static object of this physical address, NULL. */
static void *static_at(uint64_t phys, uint32_t len)
{
	uint64_t size = _end - __data_start;

	if (!statics_phys || phys < statics_phys || phys - statics_phys > size ||
	    len > size - (phys - statics_phys))
		return NULL;
	return __data_start + (phys - statics_phys);
}

void fake_ram_reset(uint32_t size)
{
	free(fake_ram);
	fake_ram = calloc(1, size);
	fake_ram_size = fake_ram ? size : 0;
}

void *phys_to_ptr(uint32_t phys)
{
	void *p = static_at(phys, 1);

	return phys < fake_ram_size ? fake_ram + phys : p ? p : (void *)(uintptr_t)phys;
}

uint64_t ptr_to_phys(const void *p)
{
	uintptr_t at = (uintptr_t)p, ram = (uintptr_t)fake_ram, statics = (uintptr_t)__data_start;

	if (statics_phys && at >= statics && at < (uintptr_t)_end)
		return at - statics + statics_phys;
	return fake_ram && at >= ram && at - ram < fake_ram_size ? at - ram : at;
}

void *fake_dma_target(uint64_t address, uint32_t len)
{
	if (address >= 1ull << 32)
		return (void *)(uintptr_t)address;
	if (address > fake_ram_size || len > fake_ram_size - address)
		return static_at(address, len);
	return fake_ram + address;
}

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/pmm_fuzz.c: calls of the POST Memory Manager, any of them, between which the firmware allocates. Twelve
 * bytes are a call as it lies on the stack; function numbers from 8000h on do other things. What is given out is
 * RAM, or the firmware's memory for ROMs, and nobody else's.
 *
 * LINK: src/mem/pool.c src/mem/alloc.c src/mem/e820.c src/arch/checksum.c src/services/guest.c src/dma/dma.c src/dma/sg.c
 * LINK: tests/fake/ram.c tests/fake/log.c
 */
#include <stdlib.h>
#include "fake/log.h"
#include "fake/ram.h"
#include "machine/machine.h"
#include "services/pmm.c"	/* its variables are cleared as a start clears them */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct machine machine;
char rt16_pmm[1];

#define RAM	(2 * MIB)
#define STACK	0x7000u
#define MOST	256

static struct { uint32_t start, end; } held[MOST];
static uint32_t count;

static void hold(uint32_t at, uint32_t bytes)
{
	if (!at)
		return;
	if (bytes > RAM || at > RAM - bytes || (at < ROM_RAM_BASE && at + bytes > EBDA_BASE) ||
	    (at < MIB && at + bytes > ROM_RAM_END))
		abort();
	for (uint32_t i = 0; i < count; i++)
		if (at < held[i].end && held[i].start < at + bytes)
			abort();
	if (count < MOST) {
		held[count].start = at;
		held[count++].end = at + bytes;
	}
}

static uint32_t ask(const struct pmm_call *call)
{
	struct regs r = { .esp = STACK - REGS_PMM_CALL };

	memcpy(fake_ram + STACK, call, sizeof(*call));
	pmm_service(&r);
	return (uint32_t)r.dx << 16 | r.ax;
}

static void release(const struct pmm_call *call)
{
	uint32_t i;

	for (i = 0; i < count && held[i].start != call->address; i++)
		;
	if (ask(call) == 0) {
		if (i == count)
			abort();
		held[i] = held[--count];
	}
}

static void other(uint16_t what, uint32_t bytes)
{
	static const enum zone zones[] = { ZONE_LOW, ZONE_NVS, ZONE_HIGH, ZONE_TEMP };
	struct e820_layer layer[ALLOC_LAYERS];
	uint8_t *p;

	switch (what & 7) {
	case 0: case 1: case 2: case 3:
		p = alloc_raw(zones[what & 3], bytes, 16, "table");
		if (p)
			hold((uint32_t)ptr_to_phys(p), bytes);
		break;
	case 4:
		pmm_close();
		break;
	case 5:
		pmm_open();
		break;
	case 6:
		alloc_layers(layer);
		break;
	default:
		alloc_unseal();
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pmm_call call;

	fake_log_reset();
	fake_ram_reset(RAM);
	memset(&pmm, 0, sizeof(pmm));
	alloc_init(0xf4000, 0xf4100);
	alloc_open_high(RAM);
	guest_bda()->base_kib = 639;
	count = 0;
	pmm_open();
	for (; size >= sizeof(call) && count < MOST; data += sizeof(call), size -= sizeof(call)) {
		memcpy(&call, data, sizeof(call));
		if (call.function & 0x8000)
			other(call.function, call.allocate.length);
		else if (call.function == PMM_DEALLOCATE)
			release(&call);
		else if (call.function == PMM_ALLOCATE && call.allocate.length)
			hold(ask(&call), call.allocate.length * PMM_UNIT);
		else
			ask(&call);
	}
	return 0;
}

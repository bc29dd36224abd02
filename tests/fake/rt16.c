/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/rt16.c: see rt16.h.
 */
#include <assert.h>
#include <stddef.h>
#include <string.h>
#include "fake/io.h"
#include "fake/ram.h"
#include "fake/rt16.h"
#include "rt16/service16.h"
#include "rt16/shared.h"

struct fake_call fake_calls[16];
uint32_t fake_call_count, fake_intercepts, fake_waits;
uint32_t (*fake_vector)(uint16_t vector, uint16_t ax);
void (*fake_interrupt)(void);
uint32_t fake_mouse_calls, fake_mouse_handler;
uint16_t fake_mouse_words[4];
jmp_buf fake_reset;
struct rt16_vars vars16;

void fake_rt16_reset(void)
{
	fake_ram_reset(0x110000);
	fake_io_reset();
	fake_call_count = fake_intercepts = fake_waits = fake_mouse_calls = 0;
	fake_vector = NULL;
	memset(&vars16, 0, sizeof(vars16));
	fake_interrupt = NULL;
}

uint32_t call_vector(uint16_t vector, uint16_t ax)
{
	if (vector == 0x15 && ax >> 8 == 0x4f) {
		fake_intercepts++;
	} else {
		assert(fake_call_count < 16);
		fake_calls[fake_call_count++] = (struct fake_call){ vector, ax };
	}
	return fake_vector ? fake_vector(vector, ax) : ax | VECTOR_SET_CARRY;
}

void wait_interrupt(void)
{
	fake_waits++;
	assert(fake_waits < 1000 && fake_interrupt);
	fake_interrupt();
}

void let_interrupts_in(void)
{
	wait_interrupt();
}

void call_mouse_handler(uint32_t handler, const uint16_t words[4])
{
	fake_mouse_calls++;
	fake_mouse_handler = handler;
	memcpy(fake_mouse_words, words, sizeof(fake_mouse_words));
}

void rt16_hard_reset(void)
{
	longjmp(fake_reset, 1);
}

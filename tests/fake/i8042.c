/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/i8042.c: see i8042.h.
 */
#include <assert.h>
#include <string.h>
#include "fake/i8042.h"
#include "fake/io.h"

#define KEYS_OFF 0x10

struct fake_i8042 fake_i8042;
static struct { uint8_t value; bool mouse, own; } queue[64];	/* own: of the controller itself */
static uint32_t queued;
static bool full;		/* the first of the queue is in the output buffer: it stays there whatever is switched off */
static uint8_t command, mouse_command;

/* Bring the first byte that may come out to the front: keys are held back while they are off. */
static void fill(void)
{
	for (uint32_t i = 0; !full && i < queued; i++)
		if (queue[i].mouse || queue[i].own || !(fake_i8042.mode & KEYS_OFF)) {
			typeof(queue[0]) it = queue[i];

			memmove(&queue[1], &queue[0], i * sizeof(queue[0]));
			queue[0] = it;
			full = true;
		}
}

static void add(uint8_t value, bool mouse, bool own)
{
	assert(queued < 64);
	queue[queued].value = value;
	queue[queued].own = own;
	queue[queued++].mouse = mouse;
	fill();
}

void fake_i8042_queue(uint8_t value, bool mouse)
{
	add(value, mouse, false);
}

uint32_t fake_i8042_waiting(void)
{
	return queued;
}

static uint32_t in(void *opaque, uint16_t port, unsigned int width)
{
	uint8_t value = queue[0].value;

	(void)opaque;
	assert(width == 1);
	if (port == 0x64)
		return 0x18 | (full ? 1 | (queue[0].mouse ? 0x20 : 0) : 0) | (fake_i8042.busy ? 2 : 0);
	assert(port == 0x60 && full);
	memmove(&queue[0], &queue[1], --queued * sizeof(queue[0]));
	full = false;
	fill();
	fake_i8042.shown = value;
	return value;
}

static void answer(const uint8_t *values, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		fake_i8042_queue(values[i], true);
}

static void mouse(uint8_t value)
{
	struct fake_i8042 *f = &fake_i8042;

	assert(f->sent_count < sizeof(f->sent));
	f->sent[f->sent_count++] = value;
	if (f->silent)
		return;
	if (f->refuse == f->sent_count) {
		fake_i8042_queue(f->refusal, true);
		return;
	}
	fake_i8042_queue(0xfa, true);
	if (mouse_command) {
		*(mouse_command == 0xf3 ? &f->rate : &f->resolution) = value;
		mouse_command = 0;
		return;
	}
	switch (value) {
	case 0xf3:
	case 0xe8:
		mouse_command = value;
		break;
	case 0xe9:
		answer((uint8_t[]){ f->status, f->resolution, f->rate }, 3);
		break;
	case 0xf2:
		fake_i8042_queue(f->type, true);
		break;
	case 0xff:
		f->status = 0;
		answer((uint8_t[]){ 0xaa, f->type }, 2);
		break;
	case 0xf4:
	case 0xf5:
		f->status = value == 0xf4 ? 0x20 : 0;
		break;
	default:
		break;
	}
}

static void out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	struct fake_i8042 *f = &fake_i8042;

	(void)opaque;
	assert(width == 1 && !f->busy);
	if (port == 0x64) {
		command = (uint8_t)value;
		if (value == 0xad)
			f->mode |= KEYS_OFF;
		if (value == 0xae) {
			f->mode &= (uint8_t)~KEYS_OFF;
			fill();
		}
		if (value == 0xad && f->pressed) {
			fake_i8042_queue(f->pressed, false);
			full = true;
			f->pressed = 0;
		}
		if (value == 0x20 && f->moving)
			fake_i8042_queue(0x08, true);
		if (value == 0x20)
			add(f->mode, false, true);
		return;
	}
	assert(port == 0x60);
	if (command == 0x60)
		f->mode = (uint8_t)value;
	else if (command == 0xd4)
		mouse((uint8_t)value);
	else
		assert(!"a byte for the keyboard");
	command = 0;
	fill();
}

void fake_i8042_add(void)
{
	fake_i8042 = (struct fake_i8042){ .mode = 0x03, .rate = 100, .resolution = 2 };
	queued = 0;
	full = false;
	command = mouse_command = 0;
	fake_io_add(0x60, 0x60, in, out, NULL);
	fake_io_add(0x64, 0x64, in, out, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause
 * src/trace/log.c: the deferred log: see log.h and log_ring.h.
 */
#include <stdarg.h>
#include <stdbool.h>
#include "arch/phys.h"
#include "lib/bits.h"
#include "lib/format.h"
#include "trace/log.h"
#include "trace/log_ring.h"
#include "lib/string.h"

#define COPY_MAX    63		/* characters of one copied string */
#define LINE_MAX    200
#define MAX_WORDS   16		/* eight arguments of 64 bits */

/* Neither words nor text are read before they are written. */
static struct {
	struct log_ring ring;
	uint32_t word[LOG_RING_WORDS];
	char text[LOG_TEXT_BYTES];		/* copies of strings */
} store __attribute__((section(".scratch.log_ring")));
static struct log_ring *const ring = &store.ring;
static uint32_t text_used;
static log_sink_fn log_sink;

void log_init(void)
{
	ring->magic[0] = LOG_RING_MAGIC_0;
	ring->magic[1] = LOG_RING_MAGIC_1;
	ring->size = LOG_RING_WORDS;
	ring->head = ring->tail = ring->lost = 0;
	text_used = 0;
	log_sink = NULL;
}

void *log_end(void)
{
	uint32_t *end = store.word + min_u32(ring->head, LOG_RING_WORDS);

	if (!text_used)
		return end;
	memset(end, 0, (size_t)(store.text - (char *)end));
	return store.text + text_used;
}

static uint32_t *at(uint32_t position)
{
	return &ring->word[position % LOG_RING_WORDS];
}

/* Is there a whole entry at position? Programs can have written to the ring. */
static bool is_entry(uint32_t position)
{
	uint32_t used = ring->head - position;

	return used >= 2 && used <= LOG_RING_WORDS && *at(position + 1) <= min_u32(used - 2, MAX_WORDS);
}

/* Drop whole entries from the old end until n words are free; all, where there is something else. */
static void make_room(uint32_t n)
{
	while (ring->head - ring->tail > LOG_RING_WORDS - n) {
		ring->tail = is_entry(ring->tail) ? ring->tail + 2 + *at(ring->tail + 1) : ring->head;
		ring->lost++;
	}
}

void log_set_sink(log_sink_fn sink)
{
	log_sink = sink;
}

bool log_is_read(void)
{
	return log_sink;
}

const struct log_ring *log_ring(void)
{
	return ring;
}

static const char *string_at(uint32_t word)
{
	return word ? phys_to_ptr(word) : "(null)";
}

/* The entry at position as a line with its newline. */
static void emit(log_sink_fn sink, uint32_t position)
{
	char line[LINE_MAX];
	uint32_t word[MAX_WORDS];
	uint32_t n = *at(position + 1);
	size_t len;

	for (uint32_t i = 0; i < n && i < MAX_WORDS; i++)
		word[i] = *at(position + 2 + i);
	len = format_words(line, sizeof(line) - 1, phys_to_ptr(*at(position)), word,
			   n < MAX_WORDS ? n : MAX_WORDS, string_at);
	line[len++] = '\n';
	sink(line, (uint32_t)len);
}

void log_read(log_sink_fn sink)
{
	for (uint32_t i = ring->tail; is_entry(i); i += 2 + *at(i + 1))
		emit(sink, i);
}

void log_entry(uint32_t words, const char *format, ...)
{
	uint32_t next = ring->head;
	va_list args;

	make_room(2 + words);
	*at(next++) = (uint32_t)ptr_to_phys(format);
	*at(next++) = words;
	va_start(args, format);
	while (words--)
		*at(next++) = va_arg(args, uint32_t);
	va_end(args);
	if (log_sink)
		emit(log_sink, ring->head);
	ring->head = next;
}

const char *log_text_n(const char *from, uint32_t max)
{
	char *copy = store.text + text_used;
	uint32_t n = 0;

	if (max > COPY_MAX)
		max = COPY_MAX;
	while (n < max && from[n])
		n++;
	if (text_used + n >= LOG_TEXT_BYTES)
		return "(text lost)";
	for (uint32_t i = 0; i < n; i++)
		copy[i] = from[i] < ' ' || from[i] > '~' ? '?' : from[i];
	copy[n] = 0;
	text_used += n + 1;
	return copy;
}

const char *log_text(const char *from)
{
	return log_text_n(from, COPY_MAX);
}

/* SPDX-License-Identifier: BSD-2-Clause
 * src/trace/log_ring.h: where the log lives and how it is read. A memory dump of the guest and the
 * image are enough to read it: formats and most strings are in ROM.
 */
#ifndef TRACE_LOG_RING_H
#define TRACE_LOG_RING_H

#include <stdbool.h>
#include <stdint.h>

#define LOG_RING_MAGIC_0 0x70696c53	/* "Slip" */
#define LOG_RING_MAGIC_1 0x4c796177	/* "wayL" */

/* Native byte order. An entry is: format's address, count of argument words, the words. */
struct log_ring {
	uint32_t magic[2];
	uint32_t size;		/* words in the ring, a power of two */
	uint32_t head;		/* words written since the start; index is head % size */
	uint32_t tail;		/* where the oldest whole entry begins, counted likewise */
	uint32_t lost;		/* entries overwritten */
	uint32_t word[];
};

#ifdef CONFIG_ACCOUNTING
#define LOG_RING_WORDS 1024	/* the counts take some of the room for variables */
#else
#define LOG_RING_WORDS 2048
#endif
#define LOG_TEXT_BYTES 1024

/* Start with an empty ring, which is in the firmware's RAM. */
void log_init(void);

/*
 * Behind what has been written to the ring, and the text of its lines. What is not used in
 * front of that is zero; behind it may be cleared by who wants nothing of an earlier guest's to stay.
 */
void *log_end(void);

/* Lines also go here as text as they come, with a newline; NULL (the default): nowhere. */
typedef void (*log_sink_fn)(const char *text, uint32_t len);
void log_set_sink(log_sink_fn sink);

/* Is there a sink: does anybody read as it comes? */
bool log_is_read(void);

/* Where the ring is. */
const struct log_ring *log_ring(void);

/* Make text of every line there is and hand it to the sink. */
void log_read(log_sink_fn sink);

#endif

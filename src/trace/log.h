/* SPDX-License-Identifier: BSD-2-Clause
 * src/trace/log.h: the log. One line per fact: "module: object: what is wrong, with both numbers;
 * consequence", without a newline at the end.
 *
 * It is deferred: log() stores a pointer to the format, which is in ROM, and the arguments as
 * 32-bit words; the text is made only when somebody reads it (a debug port that answers, a boot
 * that fails, tools/bootlog). So a %s argument must be a string constant or come from
 * log_text(), which copies it beside the ring.
 *
 * Conversions: %d %i %u %x %X %o %c %s %p %%, with flags 0 and -, a width, and the length modifiers l, ll, h,
 * hh, z (format.h). A 64-bit argument takes two words.
 *
 * Host builds replace log_entry() (tests/fake/log.c) and keep the macro.
 */
#ifndef TRACE_LOG_H
#define TRACE_LOG_H

#include <stdint.h>

/* Words of the arguments, counted by the compiler: log_entry() never scans the format. */
#define LOG_W(x) ((uint32_t)((sizeof(x) + 3) / 4))
#define LOG_W0() 0
#define LOG_W1(a) LOG_W((a) + 0)
#define LOG_W2(a, ...) (LOG_W((a) + 0) + LOG_W1(__VA_ARGS__))
#define LOG_W3(a, ...) (LOG_W((a) + 0) + LOG_W2(__VA_ARGS__))
#define LOG_W4(a, ...) (LOG_W((a) + 0) + LOG_W3(__VA_ARGS__))
#define LOG_W5(a, ...) (LOG_W((a) + 0) + LOG_W4(__VA_ARGS__))
#define LOG_W6(a, ...) (LOG_W((a) + 0) + LOG_W5(__VA_ARGS__))
#define LOG_W7(a, ...) (LOG_W((a) + 0) + LOG_W6(__VA_ARGS__))
#define LOG_W8(a, ...) (LOG_W((a) + 0) + LOG_W7(__VA_ARGS__))
#define LOG_W9(a, ...) (LOG_W((a) + 0) + LOG_W8(__VA_ARGS__))
#define LOG_W10(a, ...) (LOG_W((a) + 0) + LOG_W9(__VA_ARGS__))
#define LOG_W11(a, ...) (LOG_W((a) + 0) + LOG_W10(__VA_ARGS__))
#define LOG_PICK(_0, _1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, name, ...) name
#define LOG_WORDS(...) \
	LOG_PICK(_0, ##__VA_ARGS__, LOG_W11, LOG_W10, LOG_W9, LOG_W8, LOG_W7, LOG_W6, LOG_W5, LOG_W4, LOG_W3, LOG_W2, LOG_W1, \
		 LOG_W0)(__VA_ARGS__)

/* Add a line; at most 11 arguments. Cold: what leads here is laid out beside the way that most starts take. */
#define log(format, ...) log_entry(LOG_WORDS(__VA_ARGS__), format, ##__VA_ARGS__)

void log_entry(uint32_t words, const char *format, ...) __attribute__((format(printf, 2, 3), cold));

/*
 * A copy of text that lives as long as the log, at most 63 characters of it; unprintable bytes
 * become '?'. When the room for copies is used up, the constant "(text lost)".
 */
const char *log_text(const char *text);

/* As log_text(), for text that may lack its NUL: at most max bytes are looked at. */
const char *log_text_n(const char *text, uint32_t max);

#endif

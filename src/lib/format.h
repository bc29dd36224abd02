/* SPDX-License-Identifier: BSD-2-Clause
 * src/lib/format.h: printf formatting from an array of 32-bit words, as the log keeps arguments.
 */
#ifndef LIB_FORMAT_H
#define LIB_FORMAT_H

#include <stddef.h>
#include <stdint.h>

/* A string argument is a 32-bit physical address: this finds its bytes. Supplied by the user. */
typedef const char *(*format_string_fn)(uint32_t word);

/*
 * Write text of at most size - 1 bytes and a NUL to out; size is at least 1. Conversions: d i u x
 * X o c s p %, flags 0 and -, a width, and the length modifiers hh h l ll z (ll takes two words).
 * A conversion that is not known is copied as it is; words that are missing read as 0.
 * Returns the length of the text, which is shorter than size.
 */
size_t format_words(char *out, size_t size, const char *format, const uint32_t *word,
		    uint32_t words, format_string_fn string);

#endif

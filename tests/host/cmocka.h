/* SPDX-License-Identifier: BSD-2-Clause
 * tests/host/cmocka.h: the system's CMocka, for tests that are written to its version 1.1.
 *
 * Version 2 deprecates the checks of unsigned numbers under their old names, and version 1.1 does
 * not know the new ones. And version 1.1.5 casts what is to be text, which later ones take as it is: an array of
 * bytes is not text for any of them here.
 */
#ifndef HOST_CMOCKA_H
#define HOST_CMOCKA_H

#include_next <cmocka.h>

#ifdef assert_uint_in_range
#undef assert_in_range
#define assert_in_range(value, minimum, maximum) assert_uint_in_range(value, minimum, maximum)
#undef assert_not_in_range
#define assert_not_in_range(value, minimum, maximum) \
	assert_uint_not_in_range(value, minimum, maximum)
#endif

static inline const char *host_text(const char *text)
{
	return text;
}

#undef assert_string_equal
#define assert_string_equal(a, b) _assert_string_equal(host_text(a), host_text(b), __FILE__, __LINE__)
#undef assert_string_not_equal
#define assert_string_not_equal(a, b) _assert_string_not_equal(host_text(a), host_text(b), __FILE__, __LINE__)

#endif

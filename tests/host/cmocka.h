/* SPDX-License-Identifier: BSD-2-Clause
 * tests/host/cmocka.h: the system's CMocka, for tests that are written to its version 1.1.
 *
 * Version 2 deprecates the checks of unsigned numbers under their old names, and version 1.1 does
 * not know the new ones.
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

#endif

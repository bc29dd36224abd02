/* SPDX-License-Identifier: BSD-2-Clause
 * tests/host/lib/string.h: on the host the C library's own functions are used.
 */
#ifndef LIB_STRING_H
#define LIB_STRING_H
#include <string.h>
#endif

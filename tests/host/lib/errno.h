/* SPDX-License-Identifier: BSD-2-Clause
 * tests/host/lib/errno.h: on the host the C library's own numbers are used; they are the same.
 */
#ifndef LIB_ERRNO_H
#define LIB_ERRNO_H
#include <errno.h>
#endif

/* SPDX-License-Identifier: BSD-2-Clause
 * src/post/post.h: power-on self test: from the first C code to do_boot().
 */
#ifndef POST_POST_H
#define POST_POST_H

#include <stdint.h>

/* host_bridge: vendor and device of PCI function 00:00.0 as read, all ones without PCI. */
void __attribute__((noreturn)) post(uint32_t host_bridge);

#endif

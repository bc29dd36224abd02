/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/initrd.h: instead of a user who has parts for an initrd: set kernel_requests and this.
 */
#ifndef FAKE_INITRD_H
#define FAKE_INITRD_H

#include "boot/kernel/initrd.h"

struct fake_initrd {
	uint32_t size;		/* bytes of the one file that there is; 0: none */
	int add_rc, read_rc;	/* what is answered */
	uint32_t reads;		/* calls */
	struct initrd read;	/* of the last */
	uint64_t at;
};
extern struct fake_initrd fake_initrd;

#endif

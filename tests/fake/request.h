/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/request.h: instead of a user who asks for something of a kernel's start: set kernel_requests and this.
 */
#ifndef FAKE_REQUEST_H
#define FAKE_REQUEST_H

#include "boot/request/request.h"

struct fake_request {
	uint32_t finds, forbids, checks;	/* calls */
	const char *append;			/* NULL: nothing */
	int size_rc, append_rc, check_rc;	/* what they answer */
	struct request_bytes part[REQUEST_PARTS];	/* of the last check */
};
extern struct fake_request fake_request;

void fake_request_reset(void);

#endif

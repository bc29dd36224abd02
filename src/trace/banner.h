/* SPDX-License-Identifier: BSD-2-Clause
 * src/trace/banner.h: who this is.
 */
#ifndef TRACE_BANNER_H
#define TRACE_BANNER_H

#include <stdint.h>

struct banner {
	const char *version;	/* from the commit the image was built from: "v1.0-3-gabcdef0" */
	uint8_t version_size;	/* bytes of it, with its NUL */
	uint8_t major, minor;	/* the release in it; 0xff, 0xff: it names none */
};

extern const struct banner banner;

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 * src/trace/banner.h: who this is.
 */
#ifndef TRACE_BANNER_H
#define TRACE_BANNER_H

/* Version, from the commit the image was built from: "v1.0-3-gabcdef0". */
const char *banner_version(void);

#endif

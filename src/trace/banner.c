/* SPDX-License-Identifier: BSD-2-Clause
 * src/trace/banner.c: the one file that knows the version.
 */
#include "trace/banner.h"
#include "version.h"

_Static_assert(sizeof(SLIPWAY_VERSION) > 1 && sizeof(SLIPWAY_VERSION) <= 64,
	       "the version is a string that SMBIOS can hold: 1 to 63 characters");

const struct banner banner = {
	.version = SLIPWAY_VERSION,
	.version_size = sizeof(SLIPWAY_VERSION),
	.major = SLIPWAY_MAJOR,
	.minor = SLIPWAY_MINOR,
};

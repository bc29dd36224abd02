/* SPDX-License-Identifier: BSD-2-Clause
 * src/post/banner.c: the one file that knows the version.
 */
#include "post/banner.h"
#include "version.h"

const char *banner_version(void)
{
	return SLIPWAY_VERSION;
}

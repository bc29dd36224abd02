/* SPDX-License-Identifier: BSD-2-Clause
 * src/trace/banner.c: the one file that knows the version.
 */
#include "trace/banner.h"
#include "version.h"

const char *banner_version(void)
{
	return SLIPWAY_VERSION;
}

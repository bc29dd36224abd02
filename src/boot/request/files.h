/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/request/files.h: names of the files, for this folder alone: by enum request_part, then what is appended, then how
 * those begin that are joined to an initrd, and all with digests.
 */
#ifndef BOOT_REQUEST_FILES_H
#define BOOT_REQUEST_FILES_H

#include "boot/request/request.h"

#define REQUEST_FILES	(REQUEST_PARTS + 3u)

extern const char *const request_files[REQUEST_FILES];

#endif

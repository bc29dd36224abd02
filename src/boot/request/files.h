/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/request/files.h: names of the files, for this folder alone: by enum request_part, and then what is appended.
 */
#ifndef BOOT_REQUEST_FILES_H
#define BOOT_REQUEST_FILES_H

#include "boot/request/request.h"

extern const char *const request_files[REQUEST_PARTS + 1];

#endif

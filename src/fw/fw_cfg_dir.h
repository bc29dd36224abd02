/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/fw_cfg_dir.h: the file directory of fw_cfg as bytes, and what can be learned from it.
 * No device access here. Spec: QEMU docs/specs/fw_cfg.rst [File Directory (Key 0x0019)].
 */
#ifndef FW_FW_CFG_DIR_H
#define FW_FW_CFG_DIR_H

#include <stddef.h>
#include <stdint.h>
#include "fw/fw_cfg.h"
#include "lib/endian.h"

#define FW_CFG_NAME_BYTES 56	/* with the NUL */

/* Files come behind the numbered items; bits 14 (old write channel) and 15 are not theirs. */
#define FW_CFG_FILE_FIRST 0x20u
#define FW_CFG_FILE_LAST  0x3fffu

/* One entry as QEMU stores it. The directory is a be32 count and then the entries. */
struct fw_cfg_wire_file {
	be32_t size;		/* bytes */
	be16_t key;
	uint16_t reserved;
	char name[FW_CFG_NAME_BYTES];
};
_Static_assert(sizeof(struct fw_cfg_wire_file) == 64, "a directory entry is 64 bytes");
_Static_assert(offsetof(struct fw_cfg_wire_file, name) == 8, "the name is at 8");

/*
 * Names of enum fw_cfg_file, and for reports what each was when it was last looked up: key 0, never or not
 * found.
 */
struct fw_cfg_known_name {
	char text[27];
	uint8_t len;		/* without the NUL */
};
extern const struct fw_cfg_known_name fw_cfg_known_names[FW_CFG_FILES];
extern struct fw_cfg_item fw_cfg_known[FW_CFG_FILES];

/*
 * Check count entries and move the good ones to the front. A bad one costs a line (after a few of them
 * one line for all). Returns the end of the good ones, whose names end.
 */
struct fw_cfg_wire_file *fw_cfg_dir_keep_good(struct fw_cfg_wire_file *files, uint32_t count);

#endif

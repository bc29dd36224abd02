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
#define FW_CFG_FILE_FIRST 0x20
#define FW_CFG_FILE_LAST  0x3fff

/* One entry as QEMU stores it. The directory is a be32 count and then the entries. */
struct fw_cfg_wire_file {
	be32_t size;		/* bytes */
	be16_t key;
	uint16_t reserved;
	char name[FW_CFG_NAME_BYTES];
};
_Static_assert(sizeof(struct fw_cfg_wire_file) == 64, "a directory entry is 64 bytes");
_Static_assert(offsetof(struct fw_cfg_wire_file, name) == 8, "the name is at 8");

/* One good entry in native byte order; the name stays where it is in the wire form. */
struct fw_cfg_entry {
	const char *name;
	struct fw_cfg_item item;
};

/* Names of enum fw_cfg_file, and where each was found: key 0, nowhere. For reports too. */
struct fw_cfg_known_name {
	char text[27];
	uint8_t len;		/* without the NUL */
};
extern const struct fw_cfg_known_name fw_cfg_known_names[FW_CFG_FILES];
extern struct fw_cfg_item fw_cfg_known[FW_CFG_FILES];

/*
 * Check count entries and list the good ones in entries, which has room for all; fill known, one
 * item for each enum fw_cfg_file, key 0 where there is none. A bad entry costs a line (after a
 * few of them one line for all) and is left out. Returns the number of good ones.
 */
uint32_t fw_cfg_dir_parse(const struct fw_cfg_wire_file *wire, uint32_t count,
			  struct fw_cfg_entry *entries, struct fw_cfg_item *known);

/* The first entry of that name, NULL. A second one of the same name costs a line. */
const struct fw_cfg_entry *fw_cfg_dir_find(const struct fw_cfg_entry *entries, uint32_t count,
					   const char *name);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/fw_cfg_files.h: fw/fw_cfg.h over a list of files in the test's memory, for modules
 * above the client. Link tests/fake/fw_cfg_files.c instead of src/fw/fw_cfg*.c.
 */
#ifndef FAKE_FW_CFG_FILES_H
#define FAKE_FW_CFG_FILES_H

#include <stdbool.h>
#include <stdint.h>

struct fake_file {
	char name[56];
	uint8_t *data;		/* the test's own; size bytes */
	uint32_t size;
	bool writable;
	uint32_t selects, reads, writes;	/* calls */
};

#define FAKE_FILES 32

extern struct fake_fw_cfg_files {
	struct fake_file file[FAKE_FILES];
	uint32_t files;
	bool no_dma;
	uint32_t directory_reads;
	uint32_t forgotten;	/* calls of fw_cfg_forget() */
	uint32_t accesses;	/* selects, reads, writes and directory reads together */
	uint32_t fail_at;	/* the n-th access fails, once; 0: none does */
	uint32_t write_fail_at;	/* the n-th write fails, once; 0: none does */
	uint32_t writes;
	/* Called at a select of a file, as QEMU's select callbacks are. */
	void (*on_select)(struct fake_file *file);
	/* Reads of numbered items are the test's. */
	int (*on_number)(uint16_t key, void *buf, uint32_t len);
} fake_files;

/* No files, no faults. */
void fake_files_reset(void);

/* Add a file; the directory has it at once. */
struct fake_file *fake_files_add(const char *name, void *data, uint32_t size);

struct fake_file *fake_files_find(const char *name);

#endif

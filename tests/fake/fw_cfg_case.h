/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/fw_cfg_case.h: what the tests of the fw_cfg client begin with.
 */
#ifndef FAKE_FW_CFG_CASE_H
#define FAKE_FW_CFG_CASE_H

#include <stdbool.h>
#include <stdint.h>
#include "fake/fw_cfg.h"
#include "fw/fw_cfg.h"

#define STATE void **state __attribute__((unused))
#define BIG 70001	/* bytes; not a multiple of anything */

extern uint8_t big[BIG];		/* contents of etc/acpi/tables and of the kernel */
extern uint8_t buf[BIG + 16];		/* for results; 0xcc after the set-up */

/*
 * 8 MiB of RAM and a device with the files that QEMU 7.2 makes for -M pc -nodefaults (the contents
 * are made up), and opt/scratch, 16 bytes that can be written. Key 5 is 0x1234, key 8 0xdeadbeef,
 * key 0x11 is big. For cmocka_unit_test_setup().
 */
int fw_cfg_case_setup(void **state);

/* Initialise the client and read the directory; both must work. */
void fw_cfg_case_start(void);
void fw_cfg_case_start_by_port(void);

/* The item of that name, which must exist. */
struct fw_cfg_item fw_cfg_case_find(const char *name);

/* Device accesses since the last mark(), or the last start. */
void mark(void);
uint64_t since(void);

/* --- directories in raw form --------------------------------------------------------------- */

#define RAW_ENTRIES 4200
extern uint8_t raw[4 + 64 * RAW_ENTRIES];

/* A big-endian number; entry i; a directory of four: bootorder, etc/e820, opt/a, opt/ab. */
void put_be(uint8_t *to, uint32_t value, unsigned int bytes);
void entry(uint32_t i, const char *name, uint32_t size, uint16_t key);
void good_directory(void);

/* A fresh device whose directory is raw with that many entries; returns what reading it gives. */
int show(bool dma, uint32_t entries);

/* Is there a file of that name? How many are there in all? */
bool has(const char *name);
uint32_t listed(void);

/* Once by port, once by DMA. */
#define BOTH for (unsigned int dma = 0; dma < 2; dma++)

#define T(name) cmocka_unit_test_setup(name, fw_cfg_case_setup)

#endif

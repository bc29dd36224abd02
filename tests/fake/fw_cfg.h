/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/fw_cfg.h: QEMU's fw_cfg device, with the faults QEMU never makes.
 * Spec: QEMU docs/specs/fw_cfg.rst, and hw/nvram/fw_cfg.c for what the document leaves open.
 *
 * A test resets it, adds items, and runs the real client against it. Needs tests/fake/io.c and
 * tests/fake/ram.c; DMA reaches fake RAM, the program's static objects (mapped at 0xf0000000) and,
 * above 4 GiB, whatever host address it is told.
 */
#ifndef FAKE_FW_CFG_H
#define FAKE_FW_CFG_H

#include <stdbool.h>
#include <stdint.h>

/* What the DMA interface is like. */
enum fake_fw_cfg_dma {
	FAKE_DMA_GOOD,
	FAKE_DMA_ABSENT,		/* feature bit clear, nothing at its ports */
	FAKE_DMA_IGNORES_SELECTOR,	/* rewinds what the port selected */
	FAKE_DMA_SELECTS_ONE,		/* takes the select bit for the key */
	FAKE_DMA_SHIFTED,		/* skip is bit 3, select bit 7, write bit 15 */
	FAKE_DMA_NO_ERROR_BIT,		/* nothing is transferred, success is reported */
	FAKE_DMA_SILENT,		/* never looks at the request */
	FAKE_DMA_KEY_0,			/* whatever the key is, key 0 is selected */
	/*
	 * As Bochs 3.1 has it: at the end control keeps its key, a key without an item gives the error
	 * bit, what is behind the end of an item is left as it was, and bit 15 of a key is ignored.
	 */
	FAKE_DMA_BOCHS,
};

struct fake_fw_cfg {
	/* Faults and habits, set by the test after the reset. */
	enum fake_fw_cfg_dma dma;
	bool absent;			/* no device: all ones */
	bool rubbish;			/* something that answers 0x5a to everything */
	uint32_t features;		/* value of key 1; 3 after the reset */
	uint32_t fail_at;		/* this transfer, from 1, ends with the error bit; 0: none */
	bool fail_always;		/* and all after it */
	uint32_t hang_at;		/* this transfer is put off until fake_fw_cfg_catch_up() */
	bool takes_at_once;		/* such a transfer goes by what the request was when it began */
	uint32_t slow_looks;		/* transfers end at that look of the client's wait, 0: at once */
	uint32_t directory_bytes;	/* the directory item ends here; 0: no limit */
	uint32_t slots;			/* the directory item has room for that many; 32 */
	void (*on_select)(uint16_t key);	/* may change items */
	void (*on_transfer)(uint32_t n);	/* before the n-th, from 1 */

	/* What happened since the reset. */
	uint32_t transfers;		/* DMA requests started */
	uint32_t selects;		/* selections of any kind */
	uint32_t port_bytes;		/* through the data register */
	uint32_t high_writes;		/* of the high half of the DMA register */
	uint32_t refused;		/* writes refused by an item */
	uint32_t bad_requests;		/* requests outside memory */
	uint32_t latch_high;		/* the high half, as the device holds it now; a test may set it */
};
extern struct fake_fw_cfg fake_fw_cfg;

/*
 * A healthy device without files at its x86 ports. Resets tests/fake/io.c too, so other devices
 * are added afterwards; fake RAM is left as it is.
 */
void fake_fw_cfg_reset(void);

/* As the reset of a machine: the selection is lost; items, faults and the high half stay. */
void fake_fw_cfg_machine_reset(void);

/* The same device in memory space as well, as Arm's virt has it. */
void fake_fw_cfg_map(uint32_t base);

/* Set a numbered item, any number of times; data is copied. */
void fake_fw_cfg_set(uint16_t key, const void *data, uint32_t len);
void fake_fw_cfg_set_le16(uint16_t key, uint16_t value);
void fake_fw_cfg_set_le32(uint16_t key, uint32_t value);

/*
 * Add a file, or replace the contents of one; returns its key. Keys are given in the order of
 * adding, names are cut at 55 characters. len 0 is a file of that size.
 */
uint16_t fake_fw_cfg_file(const char *name, const void *data, uint32_t len);
void fake_fw_cfg_writable(uint16_t key);

/* The directory shows another size than the item has. */
void fake_fw_cfg_claim_size(const char *name, uint32_t size);

/* Raw bytes as the directory item instead of the one made from the files. */
void fake_fw_cfg_set_directory(const void *bytes, uint32_t len);

/* The bytes of an item now, NULL if there is none. */
const uint8_t *fake_fw_cfg_bytes(uint16_t key, uint32_t *len);

/* Run the request that was put off, as a device that finishes late. */
void fake_fw_cfg_catch_up(void);

#endif

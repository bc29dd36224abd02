/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/driver_case.h: what every test of a controller's driver begins with: a machine of 32 MiB without devices, and the
 * drives that the driver has added to the block layer. Included by one test program each, which gives it its fake device.
 */
#ifndef FAKE_DRIVER_CASE_H
#define FAKE_DRIVER_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "fake/alloc.h"
#include "fake/io.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fake/timer.h"
#include "hw/block/block.h"
#include "hw/pci/config.h"
#include "lib/errno.h"
#include "machine/machine.h"

#define STATE	void **state __attribute__((unused))
#define MIB	0x100000u
#define BUFFER	0x20000u

struct machine machine;

/* Then the device is reset, whose registers come to this machine. */
static inline void fresh_machine(void)
{
	fake_ram_reset(32 * MIB);
	fake_alloc_reset();
	fake_io_reset();
	fake_timer_reset();
	fake_log_reset();
	pci_config_use_mmconfig(0);
	block_init();
	machine = (struct machine){ .low_ram_end = fake_ram_size };
	assert_int_equal(dma_init(), 0);
}

/* What a test's tear-down returns: has the driver done what the device's specification forbids? */
static inline int told(uint32_t violations, const char *violation)
{
	if (violations)
		print_error("violation: %s\n", violation);
	return (int)violations;
}

static inline uint32_t drives(void)
{
	uint32_t n = 0;

	for (struct block *b = block_first; b; b = b->next)
		n++;
	return n;
}

/* There is one at least. */
static inline struct block *last_drive(void)
{
	struct block *b = block_first;

	while (b->next)
		b = b->next;
	return b;
}

#endif

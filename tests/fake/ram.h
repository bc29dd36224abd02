/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/ram.h: physical memory from 0 up, as an array.
 */
#ifndef FAKE_RAM_H
#define FAKE_RAM_H

#include <stdint.h>

/* (Re)create size bytes of RAM at address 0, filled with 0. */
void fake_ram_reset(uint32_t size);
extern uint8_t *fake_ram;
extern uint32_t fake_ram_size;

/*
 * Let the static objects of the test program appear from physical address phys on (behind RAM, by
 * convention 0xf0000000): in the firmware they are below 4 GiB, and to some devices that matters.
 * Stays until changed; 0 ends it.
 */
void fake_ram_map_statics(uint32_t phys);

/* len bytes at a physical address or host pointer; NULL when it is RAM only in part. */
void *fake_dma_target(uint64_t address, uint32_t len);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/host/arch/phys.h: physical memory of a host build: [0, fake_ram_size) is an array
 * (tests/fake/ram.c), everything else is the host's own addresses, which a fake DMA device
 * follows as if they were physical ones above 4 GiB.
 */
#ifndef ARCH_PHYS_H
#define ARCH_PHYS_H

#include <stdint.h>

void *phys_to_ptr(uint32_t phys);
uint64_t ptr_to_phys(const void *p);

#endif

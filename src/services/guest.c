/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/guest.c: see guest.h.
 */
#include "services/guest.h"
#include "dma/dma.h"

void guest_read(void *to, uint32_t linear, uint32_t len)
{
	dma_read_guest(to, linear, len);
}

void guest_write(uint32_t linear, const void *from, uint32_t len)
{
	dma_write_guest(linear, from, len);
}

void __attribute__((noinline)) guest_write16_anywhere(uint32_t linear, uint16_t value)
{
	guest_write(linear, &value, sizeof(value));
}

/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/pci_routing.c: see pci_routing.h.
 */
#include "services/pci_routing.h"
#include "arch/phys.h"
#include "machine/machine.h"
#include "services/guest.h"
#include "std/pir.h"

#define FUNCTION_NOT_SUPPORTED	0x81
#define BUFFER_TOO_SMALL	0x89

uint8_t pci_routing_options(struct regs *r)
{
	uint32_t at = guest_linear(r->es, r->di), bytes;
	const struct pir_header *pir = phys_to_ptr(machine.pir);
	struct { uint16_t room, offset, segment; } buffer;

	if (!machine.pir)
		return FUNCTION_NOT_SUPPORTED;
	bytes = pir->size - sizeof(*pir);
	guest_read(&buffer, at, sizeof(buffer));
	guest_write(at, &bytes, sizeof(buffer.room));
	if (buffer.room < bytes)
		return BUFFER_TOO_SMALL;
	guest_write(guest_linear(buffer.segment, buffer.offset), pir + 1, bytes);
	r->bx = pir->exclusive_irqs;
	return 0;
}

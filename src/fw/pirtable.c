/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/pirtable.c: see pirtable.h.
 */
#include <stddef.h>
#include "fw/pirtable.h"
#include "fw/table_room.h"
#include "machine/machine.h"
#include "std/pir.h"

/*
 * The 82371FB (PIIX), whose route registers PIIX3 has as well and ICH9 begins with: what guests
 * have a driver for. (Linux knows no ICH9 of QEMU's device id.)
 */
#define PIIX		0x122e8086

/* IRQs the links may be routed to: the ones QEMU's ACPI tables offer. */
#define IRQS		(1u << 5 | 1u << 10 | 1u << 11)

/* Every slot of bus 0 but the host bridge's, which has no pins: a device may be plugged in later. */
struct table {
	struct pir_header header;
	struct pir_slot slot[31];
};

#define HEADER(router) { \
	.signature = { '$', 'P', 'I', 'R' }, .version = 0x0100, .size = sizeof(struct table), \
	.router_devfn = (router) << 3, .router_compatible = PIIX }

/*
 * A link is named by its route register in the router: PIRQ A-D at 0x60, ICH9's E-H at 0x68. The
 * pins of a slot lead to the four of one group in turn, from the first on [see pci_slot_pirq()].
 */
#define PIN(group, n) { (group) + ((n) & 3), IRQS }
#define SLOT(device, router, group, first) { \
	.devfn = (device) << 3, .slot = (device) == (router) ? 0 : (device), \
	.pin = { PIN(group, (first) + 0), PIN(group, (first) + 1), PIN(group, (first) + 2), \
		 PIN(group, (first) + 3) } }
#define PIIX_SLOT(d) SLOT(d, 1, 0x60, (d) - 1)
#define ICH9_SLOT(d) SLOT(d, 31, (d) < 25 || (d) == 30 ? 0x68 : 0x60, (d) < 25 ? (d) : 0)
#define SLOTS(S) \
	S(1), S(2), S(3), S(4), S(5), S(6), S(7), S(8), S(9), S(10), S(11), S(12), S(13), S(14), S(15), \
	S(16), S(17), S(18), S(19), S(20), S(21), S(22), S(23), S(24), S(25), S(26), S(27), S(28), \
	S(29), S(30), S(31)

/* The image is seen below 1 MiB as well, where an OS looks at each multiple of 16: these begin 8 behind one. */
struct off_16 {
	uint64_t before;
	struct table table;
} __attribute__((aligned(16)));

static const struct off_16 piix = { 0, { HEADER(1), { SLOTS(PIIX_SLOT) } } };
static const struct off_16 ich9 = { 0, { HEADER(31), { SLOTS(ICH9_SLOT) } } };
static const struct table *const tables[CHIPSET_COUNT] = {
	[CHIPSET_I440FX] = &piix.table,
	[CHIPSET_Q35] = &ich9.table,
};

static const struct table_kind kind = {
	"PIR table", sizeof(struct table), offsetof(struct table, header.checksum)
};

void pirtable_init(void)
{
	if (machine.pci && tables[machine.chipset])
		machine.pir = table_publish(&kind, tables[machine.chipset]);
}

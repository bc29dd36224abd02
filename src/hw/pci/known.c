/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pci/known.c: see known.h. A row holds for these ids at this place only: the same
 * chip plugged in elsewhere (-device ich9-ahci) is asked like any other. The facts are QEMU's
 * hw/isa/piix3.c, hw/ide/piix.c, hw/acpi/piix4.c, hw/usb/hcd-uhci.c, hw/isa/lpc_ich9.c,
 * hw/ide/ich.c and hw/i2c/smbus_ich9.c; a test compares every row with recorded machines.
 */
#include "hw/pci/known.h"
#include "hw/pci/layout.h"
#include "hw/pci/tree.h"
#include "lib/bits.h"
#include "machine/machine.h"

#define MULTIFUNCTION 0x80

struct known_bar {
	uint8_t number;
	uint8_t kind;
	uint16_t size;		/* bytes, 0: no more of them */
};

static const struct known {
	uint32_t id;			/* device << 16 | vendor */
	uint8_t devfn;
	/* In the order of struct pci_function. */
	uint32_t class_revision;
	uint8_t header_type;
	uint8_t pin;
	uint8_t line;		/* IRQ by the board's wiring, 0: as any PCI interrupt */
	uint8_t gsi;
	struct known_bar bar[3];
} known[] = {
	/* Host bridges: nothing to place */
	{ HOST_BRIDGE_I440FX, 0, 0x06000000, 0, 0, 0, 0, { { 0, 0, 0 } } },
	{ HOST_BRIDGE_Q35, 0, 0x06000000, 0, 0, 0, 0, { { 0, 0, 0 } } },
	/* PIIX3: ISA bridge, IDE, UHCI; PIIX4: power management, whose SCI is wired to IRQ 9 */
	{ 0x70008086, 1 << 3 | 0, 0x06010000, MULTIFUNCTION, 0, 0, 0, { { 0, 0, 0 } } },
	{ 0x70108086, 1 << 3 | 1, 0x01018000, 0, 0, 0, 0, { { 4, PCI_IO, 16 } } },
	{ 0x70208086, 1 << 3 | 2, 0x0c030001, 0, 4, 0, 0, { { 4, PCI_IO, 32 } } },
	{ 0x71138086, 1 << 3 | 3, 0x06800003, 0, 1, 9, 9, { { 0, 0, 0 } } },
	/* ICH9: LPC bridge, AHCI, SMBus. The SMBus base is the chipset code's to place. */
	{ 0x29188086, 31 << 3 | 0, 0x06010002, MULTIFUNCTION, 0, 0, 0, { { 0, 0, 0 } } },
	{ 0x29228086, 31 << 3 | 2, 0x01060102, MULTIFUNCTION, 1, 0, 0,
	  { { 4, PCI_IO, 32 }, { 5, PCI_MEM, 4096 } } },
	{ 0x29308086, 31 << 3 | 3, 0x0c050002, MULTIFUNCTION, 1, 0, 0, { { 0, 0, 0 } } },
};

bool pci_known(struct pci_function *function)
{
	const struct known *row = known;

	while (row->id != function->id || row->devfn != function->bdf)
		if (++row == known + ARRAY_SIZE(known))
			return false;
	function->class_revision = row->class_revision;
	function->header_type = row->header_type;
	function->pin = row->pin;
	function->line = row->line;
	function->gsi = row->gsi;
	for (const struct known_bar *fact = row->bar; fact->size; fact++) {
		struct pci_bar *bar = &function->bar[fact->number];

		bar->size = fact->size;
		bar->kind = fact->kind;
		bar->reg = PCI_BAR0 + 4 * fact->number;
		layout_start(function, bar);
	}
	return true;
}

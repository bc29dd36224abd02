/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/chipset/chipset.c: see chipset.h.
 */
#include <stddef.h>
#include "hw/chipset/chipset.h"
#include "hw/chipset/ich9.h"
#include "hw/chipset/piix.h"
#include "machine/machine.h"

void chipset_init(void)
{
	smram_close(machine.chipset);
	if (!machine.pci)
		return;
#ifdef CONFIG_MACHINE_PC
	if (machine.chipset == CHIPSET_I440FX)
		piix_init(machine.pci);
#endif
#ifdef CONFIG_MACHINE_Q35
	if (machine.chipset == CHIPSET_Q35)
		ich9_init(machine.pci);
#endif
}

/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/chipset/smi.c: SMIs by a write to port B2h. See chipset.h.
 * Spec: Intel 82371AB data sheet (290562), 7.1 (DEVACTB); Intel ICH9 (316972), 13.8.1.1 (GEN_PMCON_1), 13.8.3.8
 * (SMI_EN); QEMU hw/acpi/piix4.c, hw/acpi/ich9.c, hw/isa/lpc_ich9.c: where the machine has no SMM, a reset leaves the
 * enable bit set.
 */
#include "arch/io.h"
#include "hw/chipset/chipset.h"
#include "hw/pci/config.h"

#define PIIX4_PM	PCI_BDF(0, 1, 3)
#define PIIX4_PM_ID	0x71138086u
#define DEVACTB		0x58
#define DEVACTB_APMC	0x02000000u

#define ICH9_LPC	PCI_BDF(0, 31, 0)
#define ICH9_LPC_ID	0x29188086u
#define GEN_PMCON_1	0xa0
#define GEN_PMCON_1_SMI_LOCK 0x10u
#define SMI_EN		(PM_BASE + 0x30)
#define SMI_EN_GLOBAL	0x01u
#define SMI_EN_APMC	0x20u

/* DEVACTB as it was found: nobody else writes it. */
static uint32_t devactb;

static bool piix4_can(void)
{
	if (pci_read32(PIIX4_PM, 0) != PIIX4_PM_ID)
		return false;
	devactb = pci_read32(PIIX4_PM, DEVACTB);
	return !(devactb & DEVACTB_APMC);
}

bool smi_possible(enum chipset chipset)
{
	if (chipset == CHIPSET_I440FX)
		return piix4_can();
	return chipset == CHIPSET_Q35 && pci_read32(ICH9_LPC, 0) == ICH9_LPC_ID && !(inl(SMI_EN) & SMI_EN_APMC);
}

void smi_enable(enum chipset chipset)
{
	if (chipset == CHIPSET_I440FX)
		pci_write32(PIIX4_PM, DEVACTB, devactb | DEVACTB_APMC);
	else
		outl(inl(SMI_EN) | SMI_EN_APMC | SMI_EN_GLOBAL, SMI_EN);
}

void smi_disable(enum chipset chipset)
{
	if (chipset == CHIPSET_I440FX)
		pci_write32(PIIX4_PM, DEVACTB, pci_read32(PIIX4_PM, DEVACTB) & ~DEVACTB_APMC);
	else
		outl(inl(SMI_EN) & ~(SMI_EN_APMC | SMI_EN_GLOBAL), SMI_EN);
}

void smi_lock(enum chipset chipset)
{
	if (chipset == CHIPSET_Q35)
		pci_write32(ICH9_LPC, GEN_PMCON_1, pci_read32(ICH9_LPC, GEN_PMCON_1) | GEN_PMCON_1_SMI_LOCK);
}

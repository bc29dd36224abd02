/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pci/bar.h: what a function's base address registers ask for.
 */
#ifndef HW_PCI_BAR_H
#define HW_PCI_BAR_H

struct pci_function;

/*
 * No BAR larger than this is believed: 1 PiB. Processors address 4 PiB at most, of which a BAR of 2
 * would be half; and the sums of a whole tree stay within 64 bits.
 */
#define PCI_BAR_MAX (1ull << 50)

/*
 * Find kind and size of the BARs and the option ROM of a function whose bdf and bridge are set
 * [PCI 3.0, 6.2.5]. Decoding must be off, as a reset leaves it. The registers keep the ones that
 * were written; the high halves of 64-bit BARs are 0 again. A BAR whose answer makes no sense
 * is logged, set to 0 and left out.
 */
void pci_bar_size(struct pci_function *function);

#endif

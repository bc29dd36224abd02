/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/display/several/several.h: text for a kernel where more than one display may answer at the VGA's ports, or one that
 * is no PCI function: QEMU's isa-vga and isa-cirrus-vga.
 */
#ifndef HW_DISPLAY_SEVERAL_SEVERAL_H
#define HW_DISPLAY_SEVERAL_SEVERAL_H

struct pci_function;
struct pci_tree;

/*
 * screen_text_on(), in grey, for the one that answers; vga: the first of the tree, NULL: none. Where none of QEMU's PCI functions
 * does, no other is there that might, and machine.isa_display says so, what answers is an ISA display: it gets the same text, but
 * screen_is_text() stays false, since its memory is not in one place: what is written later its own program writes.
 */
/* Not inlined: launches have one display, or none. */
void __attribute__((noinline)) several_text_on(const struct pci_tree *tree, const struct pci_function *vga);

/* The same for an ISA display, where there is no PCI, if it is as a reset has left it. Nothing happens where there is none. */
void __attribute__((noinline)) isa_text_on(void);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/screen.c: no display that shows text by itself.
 */
#include "hw/display/screen.h"
#include "hw/display/several/several.h"

void screen_text_on(const struct pci_function *vga, const struct display_card *card, bool colours)
{
	(void)vga, (void)card, (void)colours;
}

void several_text_on(const struct pci_tree *tree, const struct pci_function *vga)
{
	(void)tree, (void)vga;
}

bool screen_answers(const struct pci_function *vga, const struct display_card *card)
{
	(void)vga, (void)card;
	return true;
}

bool screen_is_text(void)
{
	return false;
}

bool screen_is_text_of(pci_bdf_t bdf)
{
	(void)bdf;
	return false;
}

void screen_lost(void)
{
}

void screen_hand_over(void)
{
}

void screen_write(uint32_t row, uint32_t column, uint8_t character, uint8_t attribute)
{
	(void)row, (void)column, (void)character, (void)attribute;
}

void screen_scroll(void)
{
}

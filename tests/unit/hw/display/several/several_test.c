/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/hw/display/several/several_test.c: text goes to the display that answers, and to an ISA one only where no PCI
 * function may be what answers.
 * LINK: src/hw/display/several/several.c tests/fake/io.c tests/fake/ram.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "fake/io.h"
#include "fake/ram.h"
#include "hw/display/card.h"
#include "hw/display/screen.h"
#include "hw/display/several/several.h"
#include "hw/pci/tree.h"
#include "machine/machine.h"

struct machine machine;
static const struct display_card card;
static struct pci_function functions[4];
static struct pci_tree tree = { .function = functions, .max = 4 };
static bool known[4], untouched;
static int answering, shown;		/* functions, -1: none */
static uint32_t decodes;		/* bits */
static uint8_t sequencer[256], graphics[256], sequencer_index, key;
static bool isa_shown;
static uint8_t maps[8];			/* how the window was opened: values of PIXELS */
static uint32_t map_writes;

static int index_of(const struct pci_function *f)
{
	return (int)(f - functions);
}

const struct display_card *display_card_of(const struct pci_function *f)
{
	return known[index_of(f)] ? &card : NULL;
}

bool screen_answers(const struct pci_function *f, const struct display_card *c)
{
	assert_ptr_equal(c, &card);
	assert_true(decodes >> index_of(f) & 1);
	return index_of(f) == answering;
}

void screen_text_on(const struct pci_function *f, const struct display_card *c, bool colours)
{
	assert_true(c == &card && !colours && shown < 0);
	shown = index_of(f);
}

bool screen_untouched(void)
{
	return untouched;
}

/* The window is open then, in the display's way. */
void screen_show(uint8_t *cells, bool colours)
{
	assert_ptr_equal(cells, fake_ram + 0xa0000);
	assert_false(colours);
	if (key == 0x12)
		assert_int_equal(sequencer[7], 1);
	else
		assert_true(sequencer[2] == 0x0f && sequencer[4] == 0x0a && graphics[6] == 0x05);
	isa_shown = true;
}

void pci_write32(pci_bdf_t bdf, uint8_t reg, uint32_t value)
{
	assert_int_equal(reg, PCI_COMMAND);
	assert_int_equal(value & (PCI_COMMAND_IO | PCI_COMMAND_MEMORY), PCI_COMMAND_IO | PCI_COMMAND_MEMORY);
	decodes |= 1u << (bdf >> 3);
}

static void out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque;
	assert_int_equal(width, 2);
	if (port == 0x3ce) {
		graphics[value & 0xff] = (uint8_t)(value >> 8);
		return;
	}
	assert_int_equal(port, 0x3c4);
	sequencer_index = (uint8_t)value;
	sequencer[sequencer_index] = (uint8_t)(value >> 8);
	if (sequencer_index == 7)
		maps[map_writes++ & 7] = (uint8_t)(value >> 8);
}

static uint32_t in(void *opaque, uint16_t port, unsigned int width)
{
	(void)opaque;
	assert_true(port == 0x3c5 && width == 1 && sequencer_index == 6);
	return key;
}

static int set_up(void **state)
{
	(void)state;
	fake_ram_reset(2 << 20);
	fake_io_reset();
	fake_io_add(0x3c0, 0x3df, in, out, NULL);
	memset(functions, 0, sizeof(functions));
	for (uint32_t i = 0; i < 4; i++) {
		functions[i].bdf = (pci_bdf_t)(i << 3);
		functions[i].class_revision = (i == 0 ? 0x0600u : PCI_CLASS_VGA) << 16;
		known[i] = true;
	}
	tree.count = 4;
	machine.isa_display = untouched = true;
	answering = shown = -1;
	decodes = map_writes = 0;
	memset(sequencer, 0, sizeof(sequencer));
	memset(graphics, 0, sizeof(graphics));
	key = 0;
	isa_shown = false;
	return 0;
}

static void the_one_that_answers_has_text(void **state)
{
	(void)state;
	for (answering = 1; answering < 4; answering++) {
		shown = -1;
		several_text_on(&tree, &functions[1]);
		assert_int_equal(shown, answering);
	}
	answering = shown = -1;
	functions[2].lost = true;
	known[3] = false;
	decodes = 0;
	several_text_on(&tree, &functions[1]);
	assert_int_equal(decodes, 1 << 1);
	assert_true(shown == -1 && !isa_shown);
	assert_int_equal(fake_io_accesses(), 0);
}

static void an_isa_vga_by_chain_4(void **state)
{
	(void)state;
	several_text_on(&tree, &functions[1]);
	assert_true(isa_shown && shown == -1);
	assert_int_equal(sequencer[4], 0x02);
	assert_int_equal(map_writes, 0);
	assert_int_equal(fake_io_accesses(), 6);
}

static void an_isa_cirrus_by_its_bank_twice_each(void **state)
{
	(void)state;
	key = 0x12;
	several_text_on(&tree, NULL);		/* no PCI display at all */
	assert_true(isa_shown);
	assert_int_equal(decodes, 0);
	assert_int_equal(map_writes, 4);
	assert_memory_equal(maps, "\1\1\0\0", 4);
	assert_int_equal(sequencer[4], 0);
}

static void whatever_else_may_be_there_is_left_alone(void **state)
{
	(void)state;
	key = 0xff;				/* nobody */
	several_text_on(&tree, &functions[1]);
	assert_false(isa_shown);
	assert_int_equal(fake_io_accesses(), 2);
	key = 0;
	fake_io_reset();
	known[2] = false;			/* passed through, it may be this that answers */
	several_text_on(&tree, &functions[1]);
	known[2] = true;
	untouched = false;
	several_text_on(&tree, &functions[1]);
	untouched = true;
	machine.isa_display = false;
	several_text_on(&tree, &functions[1]);
	assert_false(isa_shown);
	assert_int_equal(fake_io_accesses(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_one_that_answers_has_text, set_up),
		cmocka_unit_test_setup(an_isa_vga_by_chain_4, set_up),
		cmocka_unit_test_setup(an_isa_cirrus_by_its_bank_twice_each, set_up),
		cmocka_unit_test_setup(whatever_else_may_be_there_is_left_alone, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

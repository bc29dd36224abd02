/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/rom/own_vga_test.c: each copy of the VGA BIOS has its display's kind and ids, and its bytes add up to 0.
 * LINK: src/boot/rom/own_vga.c tests/fake/own_vga.c src/arch/checksum.c tests/fake/ram.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/phys.h"
#include "boot/rom/own_vga.h"
#include "boot/rom/seal.h"
#include "fake/ram.h"
#include "lib/checksum.h"
#include "lib/endian.h"
#include "machine/machine.h"

#define ROM	0xc0000u
#define PCIR	0x40u		/* in tests/fake/own_vga.c */

struct machine machine;

static const struct vga_rom_info *copy(enum vga_card kind, uint32_t id, bool text_on)
{
	fake_ram_reset(0x100000);
	own_vga_copy(fake_ram + ROM, kind, id, text_on);
	assert_int_equal(checksum8(fake_ram + ROM, own_vga_size()), 0);
	assert_memory_equal(fake_ram + ROM + ROM_SEAL_HEADER, own_vga_image() + ROM_SEAL_HEADER, own_vga_size() - ROM_SEAL_HEADER);
	return (const struct vga_rom_info *)(fake_ram + ROM + VGA_ROM_INFO);
}

static void each_kind_has_its_ids(void **state)
{
	(void)state;
	for (enum vga_card kind = VGA_CARD_STD; kind <= VGA_CARD_RAMFB; kind++)
		for (uint32_t id = 0x00b81013; id; id = id << 3) {
			const struct vga_rom_info *info = copy(kind, id, kind & 1);

			assert_memory_equal(info->magic, VGA_ROM_MAGIC, 4);
			assert_int_equal(info->card, kind);
			assert_int_equal(info->text_on, kind & 1);
			assert_int_not_equal(info->stack_segment, 0);
			assert_int_equal(get_le16(fake_ram + ROM + 0x18), PCIR);
			assert_int_equal(get_le32(fake_ram + ROM + PCIR + 4), id);
		}
}

/* Who looks for a PCI function's ROM does not find one of a display that is none. */
static void one_that_is_no_function_has_no_pcir(void **state)
{
	(void)state;
	copy(VGA_CARD_ISA, 0, false);
	assert_int_equal(get_le16(fake_ram + ROM + 0x18), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_has_its_ids),
		cmocka_unit_test(one_that_is_no_function_has_no_pcir),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

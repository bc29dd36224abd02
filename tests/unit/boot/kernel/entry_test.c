/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/kernel/entry_test.c: what a user may say of a kernel's entry.
 * LINK: src/boot/kernel/entry.c src/fw/knob.c tests/fake/log.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "boot/kernel/entry.h"
#include "fake/log.h"
#include "fw/fw_cfg.h"
#include "lib/errno.h"

static const char *says;

int fw_cfg_find(const char *name, struct fw_cfg_item *item)
{
	assert_string_equal(name, "opt/org.slipway/entry");
	item->size = says ? (uint32_t)strlen(says) : 0;
	return says ? 0 : -ENOENT;
}

int fw_cfg_read(const struct fw_cfg_item *item, uint32_t offset, void *buf, uint32_t len)
{
	(void)item;
	memcpy(buf, says + offset, len);
	return 0;
}

static uint32_t wanted(const char *text)
{
	says = text;
	fake_log_reset();
	return kernel_entry_wanted();
}

static void entries_are_told_by_their_bits(void **state)
{
	(void)state;
	assert_int_equal(wanted(NULL), 0);
	assert_int_equal(wanted("16"), 16);
	assert_int_equal(wanted("16\n"), 16);
	assert_int_equal(wanted("32"), 32);
	assert_int_equal(wanted("64"), 64);
	assert_int_equal(fake_log_lines(), 0);
}

static void another_number_costs_a_line(void **state)
{
	static const char *const bad[] = { "0", "8", "17", "166", "0x10", "sixteen bits", "16 " };

	(void)state;
	for (uint32_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(wanted(bad[i]), 0);
		assert_int_equal(fake_log_lines(), 1);
		assert_true(fake_log_has("expected"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_are_told_by_their_bits),
		cmocka_unit_test(another_number_costs_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

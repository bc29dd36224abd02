/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/rom/rom_zoo_test.c: the zoo of option ROMs, each judged as the firmware judges a device's ROM, and as
 * tests/qemu/rom_zoo.py says. Run from the top of the tree.
 * LINK: src/boot/rom/rom_header.c src/boot/rom/option_rom.c src/arch/checksum.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "boot/rom/rom_header.h"

#define ID	0x11111234u
#define ZOO	"python3 tests/qemu/rom_zoo.py"
#define LEAST	200		/* specimens */

static char chain[20];

/* How many headers, or what is wrong with one. */
static const char *judge_chain(const uint8_t *image, uint32_t len)
{
	struct option_rom_fault fault;
	enum rom_headers_result result;
	struct rom_headers headers;
	struct rom_header header;
	uint32_t n = 0;

	rom_headers_begin(&headers, image, len);
	while ((result = rom_headers_next(&headers, &header, &fault)) == ROM_HEADERS_ONE)
		n++;
	if (result == ROM_HEADERS_BAD)
		return fault.what;
	snprintf(chain, sizeof(chain), "%u", n);
	return chain;
}

/* "runs", or what is wrong; *says: of its headers. */
static const char *judge(const uint8_t *rom, uint32_t len, const char **says)
{
	struct option_rom_fault fault;
	struct option_rom_image image;
	uint32_t size;

	*says = "";
	if (!option_rom_find(rom, len, ID, &image, &fault))
		return fault.what;
	size = option_rom_size(rom + image.offset, image.size, &fault);
	if (!size)
		return fault.what;
	*says = judge_chain(rom + image.offset, size);
	return "runs";
}

static void every_specimen_is_judged_as_it_should_be(void **state)
{
	FILE *zoo = popen(ZOO, "r");
	uint32_t seen = 0, len, refused = 0;
	char line[300];

	(void)state;
	assert_non_null(zoo);
	for (; fgets(line, sizeof(line), zoo); seen++) {
		char expected[60], in_chain[60], name[100];
		const char *verdict, *says;
		uint8_t *rom;

		/* one of the fields may be empty */
		line[strcspn(line, "\n")] = '\0';
		len = (uint32_t)strtoul(strtok(line, "\t"), NULL, 10);
		snprintf(expected, sizeof(expected), "%s", strtok(NULL, "\t"));
		snprintf(in_chain, sizeof(in_chain), "%s", strcmp(expected, "runs") == 0 ? strtok(NULL, "\t") : "");
		snprintf(name, sizeof(name), "%s", strtok(NULL, "\t"));
		rom = malloc(len ? len : 1);	/* as long as it may be read */
		assert_int_equal(fread(rom, 1, len, zoo), len);
		verdict = judge(len ? rom : rom + 1, len, &says);
		if (strcmp(verdict, expected) != 0 || strcmp(says, in_chain) != 0)
			fail_msg("%s: %s (%s) expected, %s (%s) found", name, expected, in_chain, verdict, says);
		refused += strcmp(verdict, "runs") != 0;
		free(rom);
	}
	assert_int_equal(pclose(zoo), 0);
	print_message("%u specimens, %u refused\n", seen, refused);
	assert_true(seen >= LEAST);
	assert_in_range(refused, seen / 4, seen * 3 / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_specimen_is_judged_as_it_should_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

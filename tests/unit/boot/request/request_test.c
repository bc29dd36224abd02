/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/request/request_test.c: what a user asks of a kernel's start: a longer command line, and digests.
 * LINK: src/boot/request/request.c src/boot/request/append.c src/boot/request/check.c src/arch/hash/sha256_ni.c src/lib/hash/sha256.c tests/fake/fw_cfg_files.c tests/fake/ram.c tests/fake/cpu.c tests/fake/log.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "arch/sse.h"
#include "boot/request/request.h"
#include "fake/cpu.h"
#include "fake/fw_cfg_files.h"
#include "fake/log.h"
#include "fake/sha.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "machine/machine.h"

#define APPEND "opt/org.slipway/append"
#define HASH "opt/org.slipway/sha256-"
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static char text[100];
struct machine machine;

static int before(void **state)
{
	(void)state;
	fake_files_reset();
	fake_log_reset();
	fake_cpu_reset();
	memset(&machine, 0, sizeof(machine));
	request_find();
	memset(text, 'x', sizeof(text));
	return 0;
}

static struct fake_file *add(const char *name, const char *what)
{
	struct fake_file *file = fake_files_add(name, (void *)(uintptr_t)what, (uint32_t)strlen(what));

	request_find();
	return file;
}

static void without_files_nothing_is_asked(void **state)
{
	uint32_t longer = 1;

	(void)state;
	assert_int_equal(kernel_requests, 0);
	assert_false(request_forbids("anybody"));
	assert_int_equal(request_cmdline_size(17, &longer), 0);
	assert_int_equal(longer, 17);
	strcpy(text, "as it is");
	assert_int_equal(request_append(text, 9), 0);
	assert_string_equal(text, "as it is");
	assert_int_equal(request_check(NULL), 0);
	assert_int_equal(fake_files.accesses, 0);
	assert_int_equal(fake_log_lines(), 0);
}

static void every_file_has_its_bit_and_forbids_others(void **state)
{
	static const struct {
		const char *name;
		uint32_t bit;
	} cases[] = {
		{ HASH "kernel", 1u << REQUEST_KERNEL }, { HASH "initrd", 1u << REQUEST_INITRD },
		{ HASH "cmdline", 1u << REQUEST_CMDLINE }, { APPEND, REQUEST_APPEND },
		{ "opt/org.slipway/initrd.3", REQUEST_INITRD_FILES },
		{ "opt/org.slipway/initrd.ucode", REQUEST_INITRD_FILES },
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
		before(state);
		add(cases[i].name, "x");
		assert_int_equal(kernel_requests, cases[i].bit);
		assert_true(request_forbids("a ROM"));
		assert_true(cases[i].bit == REQUEST_INITRD_FILES ? fake_log_has("opt/org.slipway/initrd. is given") : fake_log_has(cases[i].name));
		assert_true(fake_log_has("which a ROM does not see to"));
		assert_int_equal(fake_log_lines(), 1);
		assert_false(request_forbids_some(~cases[i].bit, "a ROM"));
		assert_int_equal(fake_log_lines(), 1);
		assert_true(request_forbids_some(cases[i].bit, "a ROM"));
		assert_int_equal(fake_log_lines(), 2);
	}
}

/* Whoever misspells one would think that he has it. Other files may be called as they like. */
static void a_digest_of_another_name_stops_every_kernel(void **state)
{
	static const char *const names[] = { "kernelx", "kerne", "", "Kernel" };
	static const char *const others[] = { "opt/org.slipway/sha25", "opt/org.slipway/SHA256-kernel", "opt/sha256-kernel" };
	char name[60];

	for (uint32_t i = 0; i < ARRAY_SIZE(names); i++)
		for (uint32_t first = 0; first < 2; first++) {
			before(state);
			snprintf(name, sizeof(name), HASH "%s", names[i]);
			if (first)
				add(name, ABC);
			add(HASH "kernel", ABC);
			add(HASH "initrd", EMPTY);
			if (!first)
				add(name, ABC);
			fake_log_reset();
			request_find();
			assert_int_equal(kernel_requests, 1u << REQUEST_KERNEL | 1u << REQUEST_INITRD | REQUEST_UNKNOWN);
			assert_int_equal(fake_log_lines(), 1);
			assert_true(fake_log_has(name) && fake_log_has("no kernel is started"));
			assert_int_equal(request_check(NULL), -EINVAL);
			assert_true(request_forbids_some(REQUEST_UNKNOWN, "a ROM"));
		}
	for (uint32_t i = 0; i < ARRAY_SIZE(others); i++) {
		before(state);
		add(others[i], ABC);
		assert_int_equal(kernel_requests, 0);
		assert_int_equal(fake_log_lines(), 0);
	}
}

/* Within size + 1 bytes of what request_cmdline_size() said, and not one more. */
static void assert_appended(const char *line, uint32_t size, const char *want)
{
	uint32_t longer;

	memset(text, 'x', sizeof(text));
	assert_int_equal(request_cmdline_size(size, &longer), 0);
	assert_true(longer < 90);
	memset(text, 0, longer + 1);		/* as a host fills what a kernel's loader reads, and the loader the byte behind it */
	memcpy(text, line, size);
	assert_int_equal(request_append(text, longer), 0);
	assert_string_equal(text, want);
	assert_true(strlen(want) <= longer);
	for (uint32_t i = longer + 1; i < sizeof(text); i++)
		assert_int_equal(text[i], 'x');
}

static void text_is_appended_behind_a_blank(void **state)
{
	static const char *const files[] = { "b=2 c", "b=2 c\n" };

	for (uint32_t i = 0; i < ARRAY_SIZE(files); i++) {
		before(state);
		add(APPEND, files[i]);
		assert_appended("a=1", 4, "a=1 b=2 c");
		assert_appended("", 1, "b=2 c");
		assert_appended("", 0, "b=2 c");
		assert_appended("a=1", 3, "a=1 b=2 c");		/* an item without its NUL */
		assert_appended("a\0junk", 6, "a b=2 c");
	}
}

/* No blank, where there is nothing in front of it: as long as the kernel takes it is taken. */
static void a_line_alone_has_its_own_length(void **state)
{
	uint32_t longer;

	(void)state;
	add(APPEND, "b=2 c");
	for (uint32_t size = 0; size < 2; size++) {
		assert_int_equal(request_cmdline_size(size, &longer), 0);
		assert_int_equal(longer, 6);
	}
	assert_int_equal(request_cmdline_size(2, &longer), 0);
	assert_int_equal(longer, 8);
}

/* The host's item may have more than its size says. */
static void a_line_longer_than_said_is_not_appended_to(void **state)
{
	uint32_t longer;

	for (uint32_t size = 0; size < 8; size++)
		for (uint32_t len = 0; len < 12; len++) {
			const bool fits = len + (len > 0) + 5 <= size + 5 + (size > 1) + (size == 0);

			before(state);
			add(APPEND, "b=2 c");
			memset(text, 'x', sizeof(text));
			assert_int_equal(request_cmdline_size(size, &longer), 0);
			memset(text, 0, longer + 1);
			memset(text, 'y', len < longer ? len : longer);
			assert_int_equal(request_append(text, longer), fits ? 0 : -EINVAL);
			assert_int_equal(fake_log_has("the host said fewer"), !fits);
			for (uint32_t i = longer + 1; i < sizeof(text); i++)
				assert_int_equal(text[i], 'x');
		}
}

static void what_is_empty_changes_nothing(void **state)
{
	before(state);
	add(APPEND, "");
	assert_appended("a=1", 4, "a=1");
	before(state);
	add(APPEND, "\n");
	assert_appended("a=1", 4, "a=1");
	before(state);
	fake_files_add(APPEND, (void *)(uintptr_t)"b\0", 2);
	assert_appended("a=1", 4, "a=1 b");
}

static void a_nul_inside_would_cut_the_line(void **state)
{
	uint32_t longer;

	(void)state;
	fake_files_add(APPEND, (void *)(uintptr_t)"init=/x\0 ro", 11);
	assert_int_equal(request_cmdline_size(4, &longer), 0);
	assert_int_equal(longer, 4 + 1 + 11);
	strcpy(text, "a=1");
	assert_int_equal(request_append(text, longer), -EINVAL);
	assert_true(fake_log_has("a NUL at 7 of 11 characters"));
}

/* What is larger than any line is told as that, and does not wrap. */
static void sizes_do_not_wrap(void **state)
{
	static const struct {
		uint32_t file, line, longer;
	} cases[] = {
		{ 10, 0xfffffff0, 0xfffffffb }, { 12, 0xfffffff0, 0xfffffffd }, { 13, 0xfffffff0, 0xfffffffe }, { 13, 0xfffffff1, 0xfffffffe },
		{ 10, UINT32_MAX, 0xfffffffe },
		{ 0xfffffffc, 0, 0xfffffffd }, { 0xfffffffd, 0, 0xfffffffe }, { UINT32_MAX, 0, 0xfffffffe },
		{ UINT32_MAX, UINT32_MAX, 0xfffffffe }, { 0, UINT32_MAX, 0xfffffffe }, { 0, 0xfffffffe, 0xfffffffe },
	};
	uint32_t longer;

	for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fake_file *file;

		before(state);
		file = add(APPEND, "0123456789012");
		file->size = cases[i].file;
		if (cases[i].file > 13)
			file->data -= (uintptr_t)cases[i].file - 13;	/* the last byte alone is read */
		assert_int_equal(request_cmdline_size(cases[i].line, &longer), 0);
		assert_int_equal(longer, cases[i].longer);
	}
}

static void a_text_that_cannot_be_read_stops_the_boot(void **state)
{
	uint32_t longer;

	(void)state;
	add(APPEND, "b=2");
	fake_files.fail_at = 1;
	assert_int_equal(request_cmdline_size(4, &longer), -EIO);
	assert_true(fake_log_has(APPEND ": 3 bytes could not be read; not started"));
	for (uint32_t n = 1; n <= 2; n++) {
		before(state);
		add(APPEND, "b=2");
		fake_files.fail_at = n;
		strcpy(text, "a=1");
		assert_int_equal(request_append(text, 8), -EIO);
		assert_int_equal(fake_log_lines(), 1);
	}
}

static const struct request_bytes parts[REQUEST_PARTS] = { { "abc", 3 }, { "", 0 }, { "abc", 3 } };

static void digests_that_are_as_given_let_it_start(void **state)
{
	(void)state;
	add(HASH "kernel", ABC "  vmlinuz\n");
	add(HASH "initrd", EMPTY);
	add(HASH "cmdline", ABC "\n");
	assert_int_equal(request_check(parts), 0);
	assert_true(fake_log_has("boot: kernel: SHA-256 of 3 bytes is as given"));
	assert_true(fake_log_has("boot: initrd: SHA-256 of 0 bytes is as given"));
	assert_true(fake_log_has("boot: command line: SHA-256 of 3 bytes is as given"));
	assert_int_equal(fake_log_lines(), 3);
}

static void by_sha_ni_where_the_processor_has_it(void **state)
{
	(void)state;
	if (!sha_ni_here())
		skip();
	fake_cpu_give_sha_ni();
	machine.cpu_features = cpu_features();
	sse_opened = 0;
	add(HASH "kernel", ABC);
	add(HASH "cmdline", EMPTY);
	assert_int_equal(request_check(parts), -EINVAL);
	assert_true(fake_log_has("boot: kernel: SHA-256 of 3 bytes is as given, by SHA-NI"));
	assert_true(fake_log_has("boot: command line: SHA-256 of 3 bytes is " ABC));
	assert_int_equal(sse_opened, 2);
	assert_int_equal(sse_depth, 0);
}

static void every_digit_counts_and_both_values_are_told(void **state)
{
	static const char *const names[] = { HASH "kernel", HASH "initrd", HASH "cmdline" };
	static const char *const is[] = { ABC, EMPTY, ABC };
	char want[65];

	for (uint32_t part = 0; part < REQUEST_PARTS; part++)
		for (uint32_t i = 0; i < 64; i++) {
			before(state);
			strcpy(want, is[part]);
			want[i] = want[i] == '0' ? '1' : '0';
			add(names[part], want);
			assert_int_equal(request_check(parts), -EINVAL);
			assert_int_equal(fake_log_lines(), 2);
			assert_true(fake_log_has(is[part]));
			assert_true(fake_log_has(want));
			assert_true(fake_log_has("; not started"));
		}
}

static void a_file_that_is_no_digest_stops_the_boot(void **state)
{
	static const char *const bad[] = { "", "\n", "no", "ba7816bf", " " ABC, ABC "0", "0x" ABC };

	for (uint32_t i = 0; i < ARRAY_SIZE(bad); i++) {
		before(state);
		add(HASH "kernel", bad[i]);
		assert_int_equal(request_check(parts), -EINVAL);
		assert_true(fake_log_has(HASH "kernel: "));
		assert_true(fake_log_has("64 hexadecimal digits is expected; not started"));
	}
}

static void every_failed_read_of_a_digest_stops_the_boot(void **state)
{
	for (uint32_t n = 1; n <= 2; n++) {
		before(state);
		add(HASH "kernel", ABC);
		add(HASH "cmdline", ABC);
		fake_files.fail_at = n;
		assert_int_equal(request_check(parts), -EIO);
		assert_true(fake_log_has("could not be read; not started"));
	}
}

/* The directory was read again in between, and has it no more. */
static void a_digest_that_is_gone_is_no_digest(void **state)
{
	struct fake_file *file;

	(void)state;
	file = add(HASH "initrd", EMPTY);
	strcpy(file->name, "other");
	assert_int_equal(request_check(parts), -EIO);
	assert_true(fake_log_has("sha256-initrd is gone; not started"));
}

/* Nobody may take that for nothing to be appended. */
static void a_text_that_is_gone_stops_the_boot(void **state)
{
	struct fake_file *file;
	uint32_t longer;

	(void)state;
	file = add(APPEND, "ro");
	strcpy(file->name, "other");
	assert_int_equal(request_cmdline_size(5, &longer), -EIO);
	assert_int_equal(request_append(text, 5), -EIO);
	assert_int_equal(fake_log_lines(), 2);
	assert_true(fake_log_has("boot: command line: " APPEND " is gone; not started"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, before)
	const struct CMUnitTest tests[] = {
		TEST(without_files_nothing_is_asked),
		TEST(every_file_has_its_bit_and_forbids_others),
		TEST(text_is_appended_behind_a_blank),
		TEST(a_digest_of_another_name_stops_every_kernel),
		TEST(a_line_alone_has_its_own_length),
		TEST(a_line_longer_than_said_is_not_appended_to),
		TEST(what_is_empty_changes_nothing),
		TEST(a_nul_inside_would_cut_the_line),
		TEST(sizes_do_not_wrap),
		TEST(a_text_that_cannot_be_read_stops_the_boot),
		TEST(digests_that_are_as_given_let_it_start),
		TEST(by_sha_ni_where_the_processor_has_it),
		TEST(every_digit_counts_and_both_values_are_told),
		TEST(a_file_that_is_no_digest_stops_the_boot),
		TEST(every_failed_read_of_a_digest_stops_the_boot),
		TEST(a_digest_that_is_gone_is_no_digest),
		TEST(a_text_that_is_gone_stops_the_boot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

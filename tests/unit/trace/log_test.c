/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/trace/log_test.c: the ring keeps whole entries, survives wrapping, and text
 * is made only when somebody reads.
 * LINK: src/trace/log.c src/lib/format.c tests/fake/ram.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "fake/ram.h"
#include "trace/log.h"
#include "trace/log_ring.h"

static char out[1 << 16];
static size_t out_len;
static unsigned int sink_calls;

static void sink(const char *text, uint32_t len)
{
	assert_true(out_len + len < sizeof(out));
	memcpy(out + out_len, text, len);
	out_len += len;
	out[out_len] = 0;
	sink_calls++;
}

static void read_back(void)
{
	out_len = 0;
	out[0] = 0;
	log_read(sink);
}

/* Entries hold 32-bit addresses, so what they point at must be in fake RAM. */
static const char *in_ram(uint32_t at, const char *text)
{
	return strcpy((char *)fake_ram + at, text);
}

static int setup(void **state)
{
	(void)state;
	fake_ram_reset(1 << 20);
	log_init();
	sink_calls = 0;
	return 0;
}

static void lines_come_back_with_their_arguments(void **state)
{
	const char *two = in_ram(0x100, "two: %u and %08x"), *wide = in_ram(0x200, "wide: %llx %d");

	(void)state;
	log_entry(2, two, 7, 0xabc);
	log_entry(3, wide, 0x89abcdef, 0x1234567, -1);
	log_entry(0, in_ram(0x300, "plain"));
	assert_int_equal(sink_calls, 0);
	read_back();
	assert_string_equal(out, "two: 7 and 00000abc\nwide: 123456789abcdef -1\nplain\n");
}

static void a_sink_gets_each_line_at_once(void **state)
{
	(void)state;
	out_len = 0;
	log_set_sink(sink);
	log_entry(1, in_ram(0x100, "n %u"), 1);
	assert_int_equal(sink_calls, 1);
	assert_string_equal(out, "n 1\n");
}

static void the_macro_counts_words(void **state)
{
	(void)state;
	assert_int_equal(LOG_WORDS(), 0);
	assert_int_equal(LOG_WORDS(1), 1);
	assert_int_equal(LOG_WORDS(1ull), 2);
	assert_int_equal(LOG_WORDS((uint8_t)1, 1ull, 2u), 4);
	assert_int_equal(LOG_WORDS(1, 2, 3, 4, 5, 6, 7, 8ull), 9);
}

static void the_oldest_lines_go_first_and_whole(void **state)
{
	const char *format = in_ram(0x100, "line %u %u");
	unsigned int first, second, count = 0;

	(void)state;
	for (uint32_t i = 0; i < 1000; i++)
		log_entry(2, format, i, i * 3);
	read_back();
	for (char *line = strtok(out, "\n"); line; line = strtok(NULL, "\n"), count++) {
		assert_int_equal(sscanf(line, "line %u %u", &first, &second), 2);
		assert_int_equal(second, first * 3);
		if (count == 0)
			assert_true(first > 0);
	}
	assert_int_equal(first, 999);
	assert_int_equal(count, LOG_RING_WORDS / 4);	/* words of each line */
}

/* Every line is either still there or counted as lost. */
static void overwritten_lines_are_counted(void **state)
{
	const char *format = in_ram(0x100, "line %u %u");
	uint32_t kept;

	(void)state;
	for (uint32_t i = 0; i < LOG_RING_WORDS / 4; i++)	/* just full */
		log_entry(2, format, i, 0);
	assert_int_equal(log_ring()->lost, 0);
	log_entry(2, format, 0, 0);
	assert_int_equal(log_ring()->lost, 1);
	log_entry(8, format, 0, 0, 0, 0, 0, 0, 0, 0);	/* ten words push out three lines */
	assert_int_equal(log_ring()->lost, 4);
	for (uint32_t i = 0; i < 1000; i++)
		log_entry(2, format, i, 0);
	read_back();
	kept = 0;
	for (const char *at = out; (at = strchr(at, '\n')); at++)
		kept++;
	assert_int_equal(log_ring()->lost + kept, LOG_RING_WORDS / 4 + 2 + 1000);
	log_init();
	assert_int_equal(log_ring()->lost, 0);
}

/* A program may have written to all of it: whatever is there, a line comes to an end and is read back. */
static void a_ring_that_was_overwritten_ends(void **state)
{
	static const uint32_t fills[] = { 0, 0xffffffff, 0xfffffffe, 17, 0x5a5a5a5a };
	struct log_ring *ring = (struct log_ring *)log_ring();
	const char *format = in_ram(0x100, "line %u");

	(void)state;
	for (uint32_t i = 0; i < sizeof(fills) / sizeof(fills[0]); i++)
		for (uint32_t head = 0; head < 3; head++) {
			log_init();
			ring->head = head == 0 ? 0 : head == 1 ? LOG_RING_WORDS : fills[i];
			ring->tail = 0;
			for (uint32_t w = 0; w < LOG_RING_WORDS; w++)
				ring->word[w] = fills[i];
			for (uint32_t n = 0; n < 2 * LOG_RING_WORDS; n++)
				log_entry(1, format, n);
			read_back();
			assert_non_null(strstr(out, "line 4095\n"));
		}
}

static void copied_text_is_cut_cleaned_and_runs_out(void **state)
{
	char longer[200];
	unsigned int copies = 0;

	(void)state;
	memset(longer, 'x', sizeof(longer) - 1);
	longer[199] = 0;
	longer[3] = '\n';
	longer[4] = (char)0x80;
	const char *copy = log_text(longer);
	assert_int_equal(strlen(copy), 63);
	assert_memory_equal(copy, "xxx??xx", 7);
	assert_string_equal(log_text_n("abcdef", 3), "abc");
	while (strcmp(copy = log_text(longer), "(text lost)"))
		assert_true(++copies < 100);
	assert_int_equal(copies, (1024 - 64 - 4) / 64);
}

/* The ring and its text with marks of an earlier guest where nothing has been written yet. */
static void what_is_behind_the_log_may_be_cleared(void **state)
{
	const uint32_t whole = LOG_RING_WORDS * 4 + LOG_TEXT_BYTES;
	const char *format = in_ram(0x100, "line %u"), *text;
	uint8_t *words = (uint8_t *)log_ring()->word;

	(void)state;
	memset(words, 0x5a, whole);
	assert_ptr_equal(log_end(), words);
	log_entry(1, format, 1);
	assert_ptr_equal(log_end(), words + 12);
	memset(log_end(), 0, whole - 12);
	read_back();
	assert_string_equal(out, "line 1\n");

	memset(log_end(), 0x5a, whole - 12);
	text = log_text("four");
	assert_ptr_equal(log_end(), text + 5);
	for (const uint8_t *p = words + 12; p < (const uint8_t *)text; p++)
		assert_int_equal(*p, 0);
	memset(log_end(), 0, whole - LOG_RING_WORDS * 4 - 5);
	assert_string_equal(text, "four");
	read_back();
	assert_string_equal(out, "line 1\n");

	log_init();
	for (uint32_t i = 0; i < 1000; i++)
		log_entry(1, format, i);
	assert_ptr_equal(log_end(), words + LOG_RING_WORDS * 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(lines_come_back_with_their_arguments, setup),
		cmocka_unit_test_setup(a_sink_gets_each_line_at_once, setup),
		cmocka_unit_test_setup(the_macro_counts_words, setup),
		cmocka_unit_test_setup(the_oldest_lines_go_first_and_whole, setup),
		cmocka_unit_test_setup(overwritten_lines_are_counted, setup),
		cmocka_unit_test_setup(a_ring_that_was_overwritten_ends, setup),
		cmocka_unit_test_setup(copied_text_is_cut_cleaned_and_runs_out, setup),
		cmocka_unit_test_setup(what_is_behind_the_log_may_be_cleared, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

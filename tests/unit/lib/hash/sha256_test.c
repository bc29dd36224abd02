/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/lib/hash/sha256_test.c: in C, and by SHA-NI where this machine has it: NIST's vectors, every length around the ends
 * of blocks; digests as text.
 * The examples are those of FIPS 180-4 (NIST, "SHA256.pdf") and of the CAVP's SHA256ShortMsg.rsp.
 * LINK: src/lib/hash/sha256.c src/arch/hash/sha256_ni.c tests/fake/cpu.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "arch/hash/sha256_ni.h"
#include "fake/sha.h"
#include "lib/bits.h"
#include "lib/hash/sha256.h"

static sha256_add *add;

static int in_c(void **state)
{
	(void)state;
	add = sha256_blocks;
	return 0;
}

static int by_ni(void **state)
{
	(void)state;
	add = sha256_ni_blocks;
	return 0;
}

/* CMocka lets tests skip, not their set-up. */
static bool runs(void)
{
	return add == sha256_blocks || sha_ni_here();
}

static const char *text_of(struct sha256 hash)
{
	static char text[65];

	for (uint32_t i = 0; i < SHA256_WORDS; i++)
		snprintf(text + 8 * i, 9, "%08x", hash.word[i]);
	return text;
}

static void nists_examples(void **state)
{
	static const struct {
		const char *message, *digest;
	} cases[] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "\xd3", "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1" },
		{ "\x11\xaf", "5ca7133fa735326081558ac312c620eeca9970d1e70a4b95533d956f072d1f98" },
		{ "\xb4\x19\x0e", "dff2e73091f6c05e528896c4c831b9448653dc2ff043528f6769437bc7b975c2" },
		{ "\x74\xba\x25\x21", "b16aa56be3880d18cd41e68384cf1ec8c17680c45a02b1575dc1518923ae8b0e" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
		{ "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrs"
		  "mnopqrstnopqrstu", "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1" },
	};

	(void)state;
	if (!runs())
		skip();
	for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(text_of(sha256(add, cases[i].message, (uint32_t)strlen(cases[i].message))), cases[i].digest);
}

static void a_million_letters(void **state)
{
	char *text;

	(void)state;
	if (!runs())
		skip();
	text = malloc(1000000);
	memset(text, 'a', 1000000);
	assert_string_equal(text_of(sha256(add, text, 1000000)), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	free(text);
}

/*
 * The digest of the digests of every length, where padding takes another block or not, from every alignment. What must come out
 * was computed with Python's hashlib: sha256(b"".join(sha256(bytes(i * 7 % 256 for i in range(n))).digest() for n in range(200))).
 */
static void every_length_and_alignment(void **state)
{
	uint8_t all[200 * 32];

	(void)state;
	if (!runs())
		skip();
	for (uint32_t shift = 0; shift < 4; shift++) {
		for (uint32_t n = 0; n < 200; n++) {
			uint8_t *text = malloc(n + shift);	/* whoever reads behind its end is told */
			struct sha256 hash;

			for (uint32_t i = 0; i < n; i++)
				text[shift + i] = (uint8_t)(i * 7);
			hash = sha256(add, text + shift, n);
			for (uint32_t i = 0; i < 32; i++)
				all[32 * n + i] = (uint8_t)(hash.word[i / 4] >> (24 - 8 * (i % 4)));
			free(text);
		}
		assert_string_equal(text_of(sha256(add, all, sizeof(all))), "0a716dcd52ebb45d547cf893c2616d1641ae3c122398e759ddeb1d0698a65c1a");
	}
}

#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static void a_digest_is_read_as_sha256sum_writes_it(void **state)
{
	static const char *const good[] = { ABC, ABC "\n", ABC "  vmlinuz\n", ABC "\r\n",
					    "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD" };
	struct sha256 digest;

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(good); i++) {
		memset(&digest, 0xcc, sizeof(digest));
		assert_true(sha256_parse(good[i], (uint32_t)strlen(good[i]), &digest));
		assert_string_equal(text_of(digest), ABC);
	}
	assert_true(sha256_parse(ABC "\0x", 66, &digest));
}

static void what_is_no_digest_is_refused(void **state)
{
	struct sha256 digest;
	char text[80];

	(void)state;
	for (uint32_t len = 0; len < 64; len++)
		assert_false(sha256_parse(ABC, len, &digest));
	assert_false(sha256_parse(ABC "0", 65, &digest));
	for (uint32_t at = 0; at < 64; at++)
		for (const char *c = "/:@GgZ`\x01\n \xff"; *c; c++) {
			strcpy(text, ABC);
			text[at] = *c;
			assert_false(sha256_parse(text, 64, &digest));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nists_examples, in_c),
		cmocka_unit_test_setup(a_million_letters, in_c),
		cmocka_unit_test_setup(every_length_and_alignment, in_c),
		cmocka_unit_test(a_digest_is_read_as_sha256sum_writes_it),
		cmocka_unit_test(what_is_no_digest_is_refused),
		cmocka_unit_test_setup(nists_examples, by_ni),
		cmocka_unit_test_setup(a_million_letters, by_ni),
		cmocka_unit_test_setup(every_length_and_alignment, by_ni),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

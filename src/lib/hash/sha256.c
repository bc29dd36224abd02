/* SPDX-License-Identifier: BSD-2-Clause
 * src/lib/hash/sha256.c: see sha256.h. Names are the standard's.
 */
#include "lib/hash/sha256.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/string.h"

/* [4.2.2] the first 32 bits of the fractions of the cube roots of the first 64 primes */
const uint32_t sha256_k[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotr(uint32_t x, uint32_t n)
{
	return x >> n | x << (32 - n);
}

/* [6.2.2] one block of 64 bytes; W is kept in a ring of 16 words. */
static void add_block(struct sha256 *hash, const uint8_t *block)
{
	uint32_t w[16], a[SHA256_WORDS];

	memcpy(a, hash->word, sizeof(a));
	for (uint32_t t = 0; t < ARRAY_SIZE(sha256_k); t++) {
		uint32_t *wt = &w[t % 16], ch, maj, t1;

		if (t < 16) {
			*wt = __builtin_bswap32(get_le32(block + 4 * t));
		} else {
			uint32_t w2 = w[(t - 2) % 16], w15 = w[(t - 15) % 16];

			*wt += (rotr(w2, 17) ^ rotr(w2, 19) ^ w2 >> 10) + w[(t - 7) % 16] +
			       (rotr(w15, 7) ^ rotr(w15, 18) ^ w15 >> 3);
		}
		ch = a[6] ^ (a[4] & (a[5] ^ a[6]));
		maj = (a[0] & a[1]) | (a[2] & (a[0] | a[1]));
		t1 = a[7] + (rotr(a[4], 6) ^ rotr(a[4], 11) ^ rotr(a[4], 25)) + ch + sha256_k[t] + *wt;
		a[7] = a[6];
		a[6] = a[5];
		a[5] = a[4];
		a[4] = a[3] + t1;
		a[3] = a[2];
		a[2] = a[1];
		a[1] = a[0];
		a[0] = t1 + (rotr(a[1], 2) ^ rotr(a[1], 13) ^ rotr(a[1], 22)) + maj;
	}
	for (uint32_t i = 0; i < SHA256_WORDS; i++)
		hash->word[i] += a[i];
}

void sha256_blocks(struct sha256 *hash, const uint8_t *data, uint32_t blocks)
{
	for (; blocks; blocks--, data += SHA256_BLOCK)
		add_block(hash, data);
}

struct sha256 sha256(sha256_add *add, const void *data, uint32_t size)
{
	/* [5.3.3] */
	struct sha256 hash = { { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 } };
	const uint8_t *at = data;
	uint8_t last[2 * SHA256_BLOCK] = { 0 };
	uint32_t left = size % SHA256_BLOCK, end;

	add(&hash, at, size / SHA256_BLOCK);
	at += size - left;
	/* [5.1.1] a bit, zeros, and the number of bits as the last eight bytes of a block */
	memcpy(last, at, left);
	last[left] = 0x80;
	end = left < SHA256_BLOCK - 8 ? SHA256_BLOCK : 2 * SHA256_BLOCK;
	for (uint32_t i = 0; i < 8; i++)
		last[end - 1 - i] = (uint8_t)((uint64_t)size * 8 >> (8 * i));
	add(&hash, last, end / SHA256_BLOCK);
	return hash;
}

/* Of a hexadecimal digit; 16: it is none. */
static uint32_t digit(char c)
{
	if (c >= '0' && c <= '9')
		return (uint32_t)(c - '0');
	c |= 'a' - 'A';
	return c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a') + 10 : 16;
}

bool sha256_parse(const char *text, uint32_t len, struct sha256 *digest)
{
	if (len < SHA256_WORDS * 8)
		return false;
	for (uint32_t i = 0; i < SHA256_WORDS * 8; i++) {
		uint32_t value = digit(text[i]);

		if (value > 15)
			return false;
		digest->word[i / 8] = digest->word[i / 8] << 4 | value;
	}
	return len == SHA256_WORDS * 8 || text[64] == '\0' || text[64] == '\n' || text[64] == '\r' || text[64] == ' ';
}

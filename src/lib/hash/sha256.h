/* SPDX-License-Identifier: BSD-2-Clause
 * src/lib/hash/sha256.h: SHA-256 of bytes in memory. Spec: FIPS 180-4, sections 4.1.2, 4.2.2, 5.3.3 and 6.2.
 */
#ifndef LIB_HASH_SHA256_H
#define LIB_HASH_SHA256_H

#include <stdbool.h>
#include <stdint.h>

#define SHA256_WORDS	8u
#define SHA256_BLOCK	64u	/* bytes */

/* Words in native byte order, the first has the digest's first bytes: as %08x they read as the digest does. */
struct sha256 {
	uint32_t word[SHA256_WORDS];
};

/* Add whole blocks to a hash. In C: small, not quick: a MiB takes some 0.2 s under TCG. arch/hash has another. */
typedef void sha256_add(struct sha256 *hash, const uint8_t *data, uint32_t blocks);
sha256_add sha256_blocks;

/* [4.2.2] */
extern const uint32_t sha256_k[64];

/* The digest of size bytes at data, which is not NULL, by add. */
struct sha256 sha256(sha256_add *add, const void *data, uint32_t size);

/*
 * A digest as text: 64 hexadecimal digits of either case, then the end of the text at len, a NUL, a line's end or a blank,
 * as sha256sum has it. Returns false, and *digest is undefined, for any other.
 */
bool sha256_parse(const char *text, uint32_t len, struct sha256 *digest);

#endif

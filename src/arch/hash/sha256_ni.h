/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/hash/sha256_ni.h: blocks of SHA-256 by the processor's own instructions.
 * Spec: Intel SDM volume 2, SHA256RNDS2, SHA256MSG1, SHA256MSG2.
 */
#ifndef ARCH_HASH_SHA256_NI_H
#define ARCH_HASH_SHA256_NI_H

#include "lib/hash/sha256.h"

/*
 * Has the processor these instructions, and does it execute this code? A KVM that runs code without paging in its emulator (hosts
 * without unrestricted guests, some nested ones) stops the machine at an instruction that the emulator lacks, and CPUID does not
 * tell: so a loop is timed. features: EDX of CPUID leaf 1. When in doubt false.
 */
bool sha256_ni_works(uint32_t features) __attribute__((cold));

/* A sha256_add. Only where sha256_ni_works(), between sse_open() and sse_close(). */
void sha256_ni_blocks(struct sha256 *hash, const uint8_t *data, uint32_t blocks);

#endif

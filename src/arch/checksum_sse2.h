/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/checksum_sse2.h: checksum8() with SSE2, 0.1 instructions per byte.
 */
#ifndef ARCH_CHECKSUM_SSE2_H
#define ARCH_CHECKSUM_SSE2_H

#include <stdint.h>

#define CHECKSUM_SSE2_MIN 16	/* bytes */

/*
 * Sum of len bytes modulo 256, any alignment, len >= CHECKSUM_SSE2_MIN. Only on a CPU with
 * CPUID_1_EDX_SSE2 and CPUID_1_EDX_FXSR. The XMM registers it used are 0 afterwards, as after
 * reset.
 */
uint8_t checksum8_sse2(const void *p, uint32_t len);

#endif

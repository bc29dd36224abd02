/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/table_sum.c: see table_sum.h.
 */
#include "fw/table_sum.h"
#include "arch/checksum_sse2.h"
#include "arch/cpu.h"
#include "lib/checksum.h"
#include "machine/machine.h"

/* Below this many bytes opening SSE costs more than it saves. */
#define WORTH_SSE2 32

uint8_t table_sum(const void *p, uint32_t len)
{
	if (len >= WORTH_SSE2 && (machine.cpu_features & CPUID_1_EDX_SSE2_FXSR) == CPUID_1_EDX_SSE2_FXSR)
		return checksum8_sse2(p, len);
	return checksum8(p, len);
}

/* SPDX-License-Identifier: BSD-2-Clause
 * src/arch/zero_page.h: 4 KiB of zeros with few instructions.
 */
#ifndef ARCH_ZERO_PAGE_H
#define ARCH_ZERO_PAGE_H

#include <stdbool.h>

/*
 * Any alignment. sse2: the CPU has SSE2 and FXSR and may use them, which takes a third of the
 * instructions that string stores take.
 */
void zero_page(void *page, bool sse2);

#endif

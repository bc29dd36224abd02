/* SPDX-License-Identifier: BSD-2-Clause
 * src/mem/failures.h: a test's way to let the n-th allocation, or the n-th transfer of fw_cfg, fail in a whole
 * machine. Only in images built with CONFIG_FAILURES; in all others it is nothing. The numbers are words in the image,
 * behind a mark, so that one build serves all of them (tests/qemu/test_failures.py).
 */
#ifndef MEM_FAILURES_H
#define MEM_FAILURES_H

#include <stdbool.h>

enum failure {
	FAILURE_ALLOC,		/* of any zone, or of an option ROM's block */
	FAILURE_DMA,		/* a transfer of fw_cfg by DMA */
	FAILURE_KINDS
};

/* Counts one. True, and a line in the log: this one is to fail. what names it there: a string constant. */
#ifdef CONFIG_FAILURES
bool failure_due(enum failure kind, const char *what);
#else
static inline bool failure_due(enum failure kind, const char *what)
{
	(void)kind, (void)what;
	return false;
}
#endif

#endif

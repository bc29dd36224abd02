/* SPDX-License-Identifier: BSD-2-Clause
 * src/mem/failures.c: see failures.h.
 */
#include "mem/failures.h"

#ifdef CONFIG_FAILURES
#include <stdint.h>
#include "trace/log.h"

/* A test writes into the image, behind the compiler's back. */
struct failures {
	char mark[16];
	uint32_t n[FAILURE_KINDS];	/* the first that fails, from 1; 0: none */
	uint32_t all_that_follow;	/* fail as well */
};
extern const struct failures failures;
const struct failures failures = { .mark = "SLIPWAY-FAILURE" };

static uint32_t count[FAILURE_KINDS];

bool failure_due(enum failure kind, const char *what)
{
	static const char kinds[FAILURE_KINDS][12] = { "allocation", "transfer" };
	const volatile struct failures *f = &failures;
	uint32_t first = f->n[kind], n = ++count[kind];

	if (!first || n < first || (n > first && !f->all_that_follow))
		return false;
	log("failures: %s %u is refused: %s", kinds[kind], n, what);
	return true;
}
#endif

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/acpi_case_assert.h: what the CMocka tests of the table-loader share; include behind
 * <cmocka.h>.
 */
#ifndef FAKE_ACPI_CASE_ASSERT_H
#define FAKE_ACPI_CASE_ASSERT_H

#include <string.h>
#include "fake/acpi_case.h"
#include "fake/log.h"

#define TEST(name) static void name(void **state __attribute__((unused)))

/* The script under test. */
static struct acpi_case c;

#define assert_verdict(got, want) do { \
	enum acpi_verdict got_ = (got); \
	if (got_ != (want)) \
		fail_msg("%s; first line: %s", got_ == CASE_BROKEN ? case_complaint : \
			 got_ == CASE_NONE ? "no ACPI" : "ACPI", fake_log_line(0)); \
} while (0)

/* The script as it is now must be refused, with a line that contains why. */
static __attribute__((unused)) void assert_refused(const char *why)
{
	assert_verdict(acpi_case_try(&c), CASE_NONE);
	if (!fake_log_has(why))
		fail_msg("\"%s\" is not in: %s", why, fake_log_line(0));
}

static __attribute__((unused)) int load_pc(void **state __attribute__((unused)))
{
	acpi_case_load(&c, "pc");
	return 0;
}

static __attribute__((unused)) int load_vmgenid(void **state __attribute__((unused)))
{
	acpi_case_load(&c, "vmgenid");
	return 0;
}

static __attribute__((unused)) struct loader_record *first(uint32_t command)
{
	return acpi_case_find(&c, command, 0);
}

/* A record more, at the end. */
static __attribute__((unused)) struct loader_record *append(uint32_t command)
{
	struct loader_record *r = &c.record[c.records++];

	assert_true(c.records * sizeof(*r) <= c.script_size);
	*r = (struct loader_record){ .command = command };
	return r;
}

static __attribute__((unused)) void set_name(struct loader_name *name, const char *text)
{
	memset(name, 0, sizeof(*name));
	strcpy(name->text, text);
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/log.c: see log.h. With FAKE_LOG_SHOW in the environment lines are printed as well.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fake/log.h"
#include "trace/log.h"

#define LINES 256
#define COPIES 256		/* texts that stay */

static char lines[LINES][256];
static uint32_t count;

void fake_log_reset(void)
{
	count = 0;
}

uint32_t fake_log_lines(void)
{
	return count;
}

const char *fake_log_line(uint32_t n)
{
	return n < count && n < LINES ? lines[n] : "";
}

bool fake_log_has(const char *part)
{
	for (uint32_t i = 0; i < count && i < LINES; i++)
		if (strstr(lines[i], part))
			return true;
	return false;
}

void log_entry(uint32_t words, const char *format, ...)
{
	va_list args;

	(void)words;
	va_start(args, format);
	if (count < LINES)
		vsnprintf(lines[count], sizeof(lines[0]), format, args);
	va_end(args);
	if (count < LINES && getenv("FAKE_LOG_SHOW"))
		fprintf(stderr, "log: %s\n", lines[count]);
	count++;
}

const char *log_text_n(const char *text, uint32_t max)
{
	static char copies[COPIES][64];
	static unsigned int next;
	char *copy = copies[next++ % COPIES];

	snprintf(copy, 64, "%.*s", (int)(max < 63 ? max : 63), text);
	for (char *c = copy; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	return copy;
}

const char *log_text(const char *text)
{
	return log_text_n(text, 63);
}

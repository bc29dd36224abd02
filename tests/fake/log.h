/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/log.h: the log of a host build: lines are formatted at once and kept.
 */
#ifndef FAKE_LOG_H
#define FAKE_LOG_H

#include <stdbool.h>
#include <stdint.h>

void fake_log_reset(void);
uint32_t fake_log_lines(void);			/* since the last reset */
bool fake_log_has(const char *part);		/* is there a line that contains this? */
const char *fake_log_line(uint32_t n);		/* n from 0; "" beyond the end */

#endif

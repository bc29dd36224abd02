/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/table_sum.h: the checksum of a large table by the quickest means this CPU has.
 */
#ifndef FW_TABLE_SUM_H
#define FW_TABLE_SUM_H

#include <stdint.h>

/* Sum of len bytes modulo 256. After machine.cpu_features is known. */
uint8_t table_sum(const void *p, uint32_t len);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/cmos.h: the registers of the real-time clock's memory.
 * Spec: Motorola MC146818A; the meaning of the registers above 0x0d is IBM's and QEMU's
 * (hw/i386/pc.c).
 *
 * A machine may have no RTC (microvm with rtc=off): every register then reads 0xff.
 */
#ifndef HW_CMOS_H
#define HW_CMOS_H

#include <stdint.h>

#define CMOS_PORT_INDEX 0x70	/* bit 7 masks NMI; it stays 0 */
#define CMOS_PORT_DATA  0x71

#define CMOS_SECONDS		0x00	/* time and date: BCD, 24 hours, as RTC_B_NORMAL has it */
#define CMOS_ALARM_SECONDS	0x01
#define CMOS_MINUTES		0x02
#define CMOS_ALARM_MINUTES	0x03
#define CMOS_HOURS		0x04
#define CMOS_ALARM_HOURS	0x05
#define CMOS_DAY		0x07
#define CMOS_MONTH		0x08
#define CMOS_YEAR		0x09
#define CMOS_RTC_A		0x0a
#define CMOS_RTC_B		0x0b
#define CMOS_RTC_C		0x0c	/* what interrupts; reading ends it */
#define CMOS_SHUTDOWN_CODE	0x0f
#define CMOS_FLOPPIES		0x10	/* types of drives: bits 7-4 the first, 3-0 the second */
#define CMOS_BASE_KIB		0x15	/* le16 over two registers, as the next three */
#define CMOS_EXTENDED_KIB	0x30	/* KiB above 1 MiB, at most 63 or 64 MiB */
#define CMOS_EXTENDED_64KIB	0x34	/* 64 KiB units above 16 MiB, below 4 GiB */
#define CMOS_BOOT_ORDER_3	0x38	/* QEMU: bits 7-4 the third kind of device; bit 0: no signature needed on floppies */
#define CMOS_BOOT_ORDER		0x3d	/* QEMU: bits 3-0 the first, 7-4 the second */
#define CMOS_TRANSLATION	0x39	/* QEMU: two bits for each IDE drive, enum translation */
#define CMOS_HIGH_64KIB		0x5b	/* 64 KiB units above 4 GiB, le24 over three registers */

#define CMOS_CENTURY		0x32

#define RTC_A_NORMAL	0x26	/* 32.768 kHz, periodic interrupt at 1024 Hz */
#define RTC_A_UPDATING	0x80	/* within 244 microseconds, time and date change */
#define RTC_B_NORMAL	0x02	/* 24 hours, BCD, no interrupt */
#define RTC_B_DAYLIGHT	0x01
#define RTC_B_ALARM	0x20	/* interrupts, likewise in C */
#define RTC_B_PERIODIC	0x40
#define RTC_B_SET	0x80	/* the clock stands */
#define RTC_ABSENT	0xff	/* of register A */

/* index 0 to 0x7f. Two device accesses. */
uint8_t cmos_read(uint8_t index);
void cmos_write(uint8_t index, uint8_t value);

/* Registers index and index + 1, little-endian. */
uint16_t cmos_read16(uint8_t index);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/check/sleep.h: the page that sleep.c and sleep16.S share.
 */
#ifndef SLEEP_H
#define SLEEP_H

#define SLEEP_PAGE	0x7000
#define SLEEP_FLAT	0x200	/* the entry in protected mode; that in real mode is at 0 */
#define SLEEP_STACK	0x3f0	/* ESP of who sleeps */
#define SLEEP_FOUND	0x400	/* struct found */
#define SLEEP_END	0x430	/* what is behind it is not changed by sleeping */

#endif

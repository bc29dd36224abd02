/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/fail.h: the end of a boot that did not happen: say why where a person or a host looks.
 */
#ifndef BOOT_FAIL_H
#define BOOT_FAIL_H

/*
 * Log why, bring the whole log to the serial port if there is one and to the debug port if it
 * answers, raise a pvpanic event where the machine has the port (fw_cfg must have been read), then
 * do what etc/boot-fail-wait says: restart after that time, or halt.
 * why is a string constant.
 */
void __attribute__((noreturn)) boot_fail(const char *why);

/* The same for a state in which nothing may be relied on: log and halt. */
void __attribute__((noreturn)) boot_stop(const char *why);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/fail.h: the end of a boot that did not happen: say why where a person or a host looks.
 */
#ifndef BOOT_FAIL_H
#define BOOT_FAIL_H

/*
 * Log why, bring the whole log to the serial port if there is one and to the debug port if it
 * answers, and what it says of the boot to the screen if a display's ROM has run; then do what etc/boot-fail-wait
 * says: restart after that time, or raise a pvpanic event where the machine has the port, and halt. What fw_cfg says
 * is known once its directory was read; before, it is the halt. Where there is a keyboard's service, Ctrl-Alt-Del still
 * restarts the machine. why is a string constant.
 */
void __attribute__((noreturn)) boot_fail(const char *why);

/*
 * The same for a defect of the firmware, an exception above all: the state may be bad in any way, so a
 * step that raises an exception, which calls this again, is skipped and the next one tried. It ends with interrupts
 * off.
 */
void __attribute__((noreturn)) boot_stop(const char *why);

#endif

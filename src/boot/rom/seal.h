/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/rom/seal.h: option ROMs that stay are what they were after their init: looked at after each other ROM, and
 * each time that something is booted after a program has run. Where there are shadow registers nobody can write there
 * once they are closed, unless he opens them; elsewhere anybody can.
 */
#ifndef BOOT_ROM_SEAL_H
#define BOOT_ROM_SEAL_H

#include <stdint.h>

#define ROM_SEALS 24	/* more ROMs are not looked at: a line says so */

/* None is there. Without memory (a line in the log) none is looked at. In POST. */
void rom_seal_init(void);

/*
 * One stays, with size bytes at at. Not kvmvapic: QEMU makes its pages writable, for what it keeps there. master: bytes of
 * this image that it is a copy of, all but its first ROM_SEAL_HEADER: they are compared then, and need no sum. NULL: none.
 */
#define ROM_SEAL_HEADER 256u
void rom_seal_add(const char *name, const uint8_t *at, uint32_t size, const uint8_t *master);

/* The one of this name (the same string) has run once more, and may have changed itself. */
void rom_seal_renew(const char *name);

/* A line for each that has changed since, once. by: what has run, for people. */
void rom_seal_check(const char *by);

#endif

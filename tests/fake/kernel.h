/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/kernel.h: the setup part of a real kernel, to change at will.
 */
#ifndef FAKE_KERNEL_H
#define FAKE_KERNEL_H

#include <stdint.h>
#include "boot/kernel/bzimage.h"

/*
 * Debian's linux-image-6.1.0-54-cloud-amd64 as in its file: protocol 2.15, 64-bit, relocatable,
 * runs from 16 MiB, init_size 0x3377000, command line up to 2,047 characters. Bytes outside of the
 * header are 0xcc, for there is code.
 */
void fake_kernel_setup(uint8_t setup[BZIMAGE_SETUP]);

/* Its header, inside setup. */
struct setup_header *fake_kernel_header(uint8_t setup[BZIMAGE_SETUP]);

#endif

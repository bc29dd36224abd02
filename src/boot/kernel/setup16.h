/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/kernel/setup16.h: start a kernel of -kernel by its 16-bit setup code, which calls the BIOS: bzImages that ask for what
 * only that gives, boot protocols before 2.06, zImages, and files of that form without a header.
 * Spec: Linux Documentation/arch/x86/boot.rst, "Memory Layout", "Loading The Rest of The Kernel", "Running the Kernel".
 */
#ifndef BOOT_KERNEL_SETUP16_H
#define BOOT_KERNEL_SETUP16_H

#include <stdint.h>

/*
 * Load it to where the protocol has it, and enter its setup code. kernel_size: fw_cfg item KERNEL_SIZE, bytes, not 0.
 * The services are up, machine.e820 is final; program_started is set before memory that POST has used is written.
 * Returns why it does not run: a string constant, after a line where something is not as it has to be.
 */
const char *setup16_boot(uint32_t kernel_size) __attribute__((cold));

#endif

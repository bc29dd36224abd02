/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/request/request.h: what a user asks of a kernel's start beside QEMU's own options, by files of fw_cfg: more text for
 * the command line, and that what is started is what it should be. docs/runtime-config.md has them.
 *
 * A request holds for every way to start the kernel: who cannot fulfil it does not start it.
 */
#ifndef BOOT_REQUEST_REQUEST_H
#define BOOT_REQUEST_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

/* What can be hashed, in this order, and the bits of kernel_requests. */
enum request_part { REQUEST_KERNEL, REQUEST_INITRD, REQUEST_CMDLINE, REQUEST_PARTS };
#define REQUEST_HASHES	((1u << REQUEST_PARTS) - 1)	/* one bit for each part */
#define REQUEST_APPEND	(1u << REQUEST_PARTS)
#define REQUEST_INITRD_FILES	(2u << REQUEST_PARTS)	/* more to join to the initrd (boot/kernel/initrd.h) */
#define REQUEST_UNKNOWN	(4u << REQUEST_PARTS)	/* a digest of something else: nobody sees to it */
#define REQUEST_UKI	(8u << REQUEST_PARTS)	/* no user's: all comes out of a UKI (boot/kernel/uki.h) */

#define REQUEST_ENTRY_64	(1u << 31)	/* no file of this folder's, nor a condition (boot/kernel/entry64.h) */

extern uint32_t kernel_requests;	/* written by request_find(), and the last by the plan */

/*
 * Look the files up. Once, when the directory of fw_cfg has been read, and there is a kernel. A name that begins as that of a digest
 * costs a line: who has misspelt it would think that he has one. No device access.
 */
void request_find(void) __attribute__((cold));

/* Is anything asked for that nobody sees to who is by_what? Then a line says so, and it must not start the kernel. */
bool request_forbids(const char *by_what) __attribute__((cold));

/* The same of those whose bits are in which. */
bool request_forbids_some(uint32_t which, const char *by_what) __attribute__((cold));

/*
 * The size of a command line with what is to be appended, blank and NUL included; size: without, with its NUL, 0 where there is
 * none. What is not to be had in 32 bits is UINT32_MAX - 1, which no kernel takes. *longer: as that. Returns 0 or -EIO, after a line.
 */
int request_cmdline_size(uint32_t size, uint32_t *longer) __attribute__((cold));

/*
 * Append to the text of a command line, of which as many bytes were read to line as request_cmdline_size() said: size; one more is
 * there. Returns 0; -EIO; -EINVAL, the text has a NUL: then no kernel would see the rest; or the line is longer than the host
 * said, and there is no room. One line is logged.
 */
int request_append(char *line, uint32_t size) __attribute__((cold));

/* Bytes in memory, as they are just before the kernel runs. */
struct request_bytes {
	const void *data;
	uint32_t size;
};

/*
 * Hash those parts that are asked for and compare. Returns 0; -EINVAL: another digest, which costs two lines with both values, a
 * file that is none, or one of an unknown name; -EIO: it could not be read.
 */
int request_check(const struct request_bytes part[REQUEST_PARTS]) __attribute__((cold));

#endif

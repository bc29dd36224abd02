/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/media.h: booting from disks: bring up what the machine has, then try one after the other.
 */
#ifndef BOOT_MEDIA_H
#define BOOT_MEDIA_H

/* Set up the services and every disk, in POST before the memory map is made. */
void media_init(void);

/* Try the devices in their order. Returns when none can be started; each has said why. */
void media_boot(void);

#endif

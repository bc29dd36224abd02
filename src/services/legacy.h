/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/legacy.h: the devices every PC has, as programs that call the BIOS expect them.
 */
#ifndef SERVICES_LEGACY_H
#define SERVICES_LEGACY_H

/*
 * Interrupt controllers, 18.2 Hz tick, keyboard, time of day, and what the BIOS data area says of these and of serial
 * and parallel ports. After services_init(): the vectors have handlers. 31 accesses where there is no port, 4 more
 * after a warm start; a machine that may lack them is asked, and what it lacks is left alone.
 */
void legacy_init(void);

#endif

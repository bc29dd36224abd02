/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/ports.h: which serial and parallel ports there are.
 */
#ifndef SERVICES_PORTS_H
#define SERVICES_PORTS_H

/* Tell the BIOS data area: ports, time-outs, equipment word. Seven port reads. */
void ports_init(void);

#endif

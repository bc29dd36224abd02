/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/pmm.h: the POST Memory Manager, by which option ROMs get memory while they set up what they drive.
 *
 * What is not permanent comes from RAM that is the next program's: blocks below 640 KiB stay until something is booted,
 * blocks above 1 MiB lie at the upper end of RAM, where programs that give up leave most as it was, so that what is
 * booted from a ROM afterwards finds its own. Permanent blocks are reserved in the memory map and can be had until
 * that is made, then only within what is reserved.
 */
#ifndef SERVICES_PMM_H
#define SERVICES_PMM_H

#include "arch/regs.h"

/*
 * Put $PMM in the F segment, which is not locked: ROMs may call. The first time memory is set aside, after
 * memory_init(); without it (one line in the log) there is no PMM. Again after pmm_close() the blocks that were
 * handed out are still where they were.
 */
void pmm_open(void);

/* Take $PMM away again, its bytes are 0: whoever calls nevertheless gets nothing. The F segment is not locked. */
void pmm_close(void);

/*
 * Before something is booted: blocks below 640 KiB that are not permanent are the next program's, which finds
 * zeros there. Whatever else was handed out stays.
 */
void pmm_boot(void);

/* Serve a call: its arguments are on the caller's stack, the answer goes to DX:AX. */
void pmm_service(struct regs *r);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/memory.h: what memory this machine has, and what of it the OS may use.
 */
#ifndef FW_MEMORY_H
#define FW_MEMORY_H

/*
 * Build machine.e820 from fw_cfg file etc/e820, else from CMOS and fw_cfg item 0x8003; take out
 * what is never the OS's (EBDA, 0xa0000-0xfffff, the image below 4 GiB, MMCONFIG on q35); fill
 * low_ram_end and high_ram_end; open the allocator's high zones; write the BDA's words about
 * memory. Needs alloc_init() and fw_cfg_read_directory(). The map lies in ZONE_TEMP below
 * 0x90000, with room for what is reserved later.
 * Returns 0; -ENOMEM, no room for the map; -ENODEV, the machine does not say how much RAM it has.
 */
int memory_init(void);

/*
 * Enter the firmware's own memory into the map, when all tables are made: it is complete then.
 * Returns 0; -ENOSPC, the map is full and must not be given to an OS.
 */
int memory_finish(void);

#endif

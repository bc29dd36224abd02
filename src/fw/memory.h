/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/memory.h: what memory this machine has, and what of it the OS may use.
 */
#ifndef FW_MEMORY_H
#define FW_MEMORY_H

/*
 * Find out what memory there is, from fw_cfg file etc/e820, else from CMOS and fw_cfg item 0x8003;
 * fill machine.low_ram_end and high_ram_end; open the allocator's high zones; write the BDA's words
 * about memory. Needs alloc_init() and fw_cfg_read_directory().
 * Returns 0; -ENOMEM, no room for the map; -ENODEV, the machine does not say how much RAM it has.
 */
int memory_init(void);

/*
 * Make machine.e820, when all tables are made: what the machine says, without what is never the OS's
 * (EBDA, 0xa0000-0xfffff, the image below 4 GiB, MMCONFIG on q35) and the firmware's own
 * memory. The map lies in ZONE_TEMP below 0x90000.
 */
void memory_finish(void);

#endif

/* SPDX-License-Identifier: BSD-2-Clause
 * src/smm/smm.h: System Management Mode, through which programs in virtual-8086 mode and in 16-bit protected mode reach
 * the 32-bit services (arch/smm.h). It is set up where media are booted and a VGA is at A0000: elsewhere SMRAM is
 * memory like any other, so SMIs stay off.
 */
#ifndef SMM_SMM_H
#define SMM_SMM_H

/*
 * Set it up on every processor that cpus_start() has found, close SMRAM and, on q35, lock it: before anything foreign
 * runs. What is at 30000-3FFFF stays. Where it cannot be had a line says why, SMIs are off, and SMRAM is locked all the
 * same. With ZONE_TEMP open; cpus_start() and chipset_init(0) have run.
 */
void smm_init(void);

/*
 * After a wake from S3, which has reset processors and chipset: the same for those processors, with no memory but the
 * firmware's own. chipset_init(0), or what it does for a wake, has run, and the processors are parked as cpus_start()
 * leaves them.
 */
void smm_resume(void);

#endif

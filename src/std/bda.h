/* SPDX-License-Identifier: BSD-2-Clause
 * src/std/bda.h: the BIOS data area at 0x400: physical addresses, as every PC BIOS since the first has them.
 */
#ifndef STD_BDA_H
#define STD_BDA_H

#define BDA_EBDA_SEGMENT	0x40e	/* le16: segment of the extended BIOS data area */
#define BDA_BASE_KIB		0x413	/* le16: conventional memory in KiB */

#endif

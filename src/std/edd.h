/* SPDX-License-Identifier: BSD-2-Clause
 * src/std/edd.h: what INT 13h's extensions hand over.
 * Spec: Phoenix, BIOS Enhanced Disk Drive Specification 3.0 (1998); T13 1572D (EDD-3) for the 74 byte form and
 * interface types that came later.
 */
#ifndef STD_EDD_H
#define STD_EDD_H

#include <stddef.h>
#include <stdint.h>

/* Disk address packet, AH=42h-44h and 47h. */
struct edd_packet {
	uint8_t size;		/* 16, or 24 with the flat address */
	uint8_t reserved;
	uint16_t count;		/* sectors; out: transferred */
	union {
		struct { uint16_t offset, segment; };
		uint32_t buffer;	/* both; all ones: flat is the address */
	};
	uint64_t lba;
	uint64_t flat;
} __attribute__((packed));
_Static_assert(sizeof(struct edd_packet) == 24, "disk address packet");
#define EDD_PACKET_SHORT	16

/* Drive parameters, AH=48h. */
struct edd_parameters {
	uint16_t size;
	uint16_t flags;
	uint32_t cylinders, heads, sectors_per_track;	/* physical */
	uint64_t sectors;
	uint16_t sector_size;
	uint32_t dpte;		/* 26: segment:offset of the table below, all ones: none (EDD 2.0) */
	uint16_t key;		/* 30: BEDD, then the device path (EDD 3.0) */
	uint8_t path_bytes;	/* of the path with the key: 36, or 44 */
	uint8_t reserved[3];
	char host_bus[4];	/* 36 */
	char interface[8];	/* 40 */
	uint8_t interface_path[8];	/* 48 */
	uint8_t device_path[16];	/* 56: 8 bytes in EDD 3.0 */
	uint8_t reserved2;
	uint8_t checksum;	/* 73: all bytes from the key on add up to 0 */
} __attribute__((packed));
_Static_assert(sizeof(struct edd_parameters) == 74, "drive parameters");
_Static_assert(offsetof(struct edd_parameters, dpte) == 26 && offsetof(struct edd_parameters, key) == 30, "parameters");
_Static_assert(offsetof(struct edd_parameters, interface_path) == 48, "drive parameters");
#define EDD_SIZE_1		26
#define EDD_SIZE_2		30
#define EDD_SIZE_3		66
#define EDD_SIZE_3_LONG		74
#define EDD_KEY			0xbedd
#define EDD_PATH_BYTES_3	36
#define EDD_PATH_BYTES_3_LONG	44

#define EDD_DMA_TRANSPARENT	0x0001	/* DMA boundary errors are handled */
#define EDD_CHS_VALID		0x0002
#define EDD_REMOVABLE		0x0004
#define EDD_CHANGE_LINE		0x0010
#define EDD_LOCKABLE		0x0020
#define EDD_GEOMETRY_MAX	0x0040	/* no medium: the geometry is the largest */

/* Device parameter table extension, for IDE. */
struct edd_dpte {
	uint16_t io, control;	/* ports */
	uint8_t head;		/* upper half of the device register */
	uint8_t vendor;
	uint8_t irq;
	uint8_t block_sectors;
	uint8_t dma, pio;
	uint16_t flags;
	uint16_t reserved;
	uint8_t revision;
	uint8_t checksum;
} __attribute__((packed));
_Static_assert(sizeof(struct edd_dpte) == 16, "device parameter table extension");

#define EDD_DPTE_TRANSLATION	0x0008
#define EDD_DPTE_LBA		0x0010
#define EDD_DPTE_REMOVABLE	0x0020
#define EDD_DPTE_ATAPI		0x0040
#define EDD_DPTE_32BIT		0x0080
#define EDD_DPTE_TYPE(n)	((n) << 9)	/* 0 bit-shifted, 1 LBA */
#define EDD_DPTE_REVISION	0x11

#endif

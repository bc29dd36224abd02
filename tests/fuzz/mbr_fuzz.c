/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/mbr_fuzz.c: first sectors of disks, and of disk images on CDs, of any content.
 * LINK: src/services/partitions.c src/services/geometry.c
 */
#include <stdlib.h>
#include <string.h>
#include "services/partitions.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mbr mbr = { .signature = MBR_SIGNATURE };
	struct geometry g;
	uint64_t total;
	uint32_t sectors;

	if (size < sizeof(mbr.partition) + sizeof(total))
		return 0;
	memcpy(mbr.partition, data, sizeof(mbr.partition));
	memcpy(&total, data + sizeof(mbr.partition), sizeof(total));
	if (partitions_geometry(&mbr, total, &g) && !geometry_fits(&g))
		abort();
	if (partitions_image(&mbr, &g, &sectors) && (!geometry_fits(&g) || !sectors))
		abort();
	return 0;
}

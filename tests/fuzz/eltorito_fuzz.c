/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/eltorito_fuzz.c: boot records and catalogues of any content.
 * LINK: src/boot/eltorito.c src/services/geometry.c src/services/partitions.c tests/fake/log.c tests/fake/ram.c
 */
#include <stdlib.h>
#include <string.h>
#include "boot/eltorito.h"
#include "boot/program.h"
#include "hw/block/block.h"
#include "services/emulation.c"		/* for its pure part; what else it calls is not reached */

int block_read_own(struct block *b, uint64_t l, uint32_t c, void *p) { (void)b; (void)l; (void)c; (void)p; abort(); }
bool block_holds(const void *p) { (void)p; abort(); }
int block_reset(struct block *b) { (void)b; abort(); }
int block_transfer(struct block *b, bool w, uint64_t l, uint32_t c, uint32_t p, uint32_t *d)
{ (void)b; (void)w; (void)l; (void)c; (void)p; (void)d; abort(); }
void program_start(uint16_t segment, uint16_t offset, uint8_t drive) { (void)segment; (void)offset; (void)drive; abort(); }
struct drive *disk_add(struct block *b, const struct geometry *g) { (void)b; (void)g; abort(); }
struct drive *disk_find(uint8_t number) { (void)number; abort(); }
void disk_move_first(struct drive *d) { (void)d; abort(); }
void disk_remove_last(void) { abort(); }
void guest_write(uint32_t linear, const void *from, uint32_t len) { (void)linear; (void)from; (void)len; abort(); }
void *alloc_raw(enum zone z, uint32_t s, uint32_t a, const char *w) { (void)z; (void)s; (void)a; (void)w; abort(); }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct eltorito_entry *entry;
	uint8_t *sector = calloc(1, CD_SECTOR);
	uint32_t at, count, max = (uint32_t)size / 2 % (ELTORITO_IMAGES + 1);
	const char *wrong;
	uint16_t sum = 0;

	if (!sector)
		return 0;
	memcpy(sector, data, size < CD_SECTOR ? size : CD_SECTOR);
	eltorito_record(sector, &at);
	if (size & 1) {		/* a fuzzer does not guess checksums */
		sector[0] = 1;
		sector[30] = 0x55;
		sector[31] = 0xaa;
		for (uint32_t i = 0; i < 32; i += 2)
			sum = (uint16_t)(sum + get_le16(sector + i));
		put_le16(sector + 28, (uint16_t)(get_le16(sector + 28) - sum));
	}
	entry = malloc(max * sizeof(*entry) + 1);	/* not one more is written */
	if (!entry)
		abort();
	count = eltorito_catalogue(sector, entry, max, &wrong);
	if (count > max)
		abort();
	for (uint32_t i = 0; i < count; i++) {
		const char *end = memchr(entry[i].name, '\0', sizeof(entry[i].name));

		if ((entry[i].image.media & EMULATE_MASK) > EMULATE_DISK || !entry[i].form || !end)
			abort();
		for (const char *c = entry[i].name; c < end; c++)
			if (*c < ' ' || *c > '~')
				abort();
	}
	free(entry);
	free(sector);
	return 0;
}

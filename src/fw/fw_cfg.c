/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/fw_cfg.c: the fw_cfg client, see fw_cfg.h: the directory and its files. Numbered items and
 * transports are in fw_cfg_io.c, the check of the directory in fw_cfg_dir.c.
 */
#include "arch/phys.h"
#include "fw/fw_cfg.h"
#include "fw/fw_cfg_dir.h"
#include "fw/fw_cfg_io.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "trace/log.h"
#include "mem/alloc.h"

/*
 * One DMA fetches count and entries together, so it asks for as many as there may be: QEMU has
 * 32 slots, 16 on old machine types, and pads with zeros. For so many there is room from the start.
 */
#define DIRECTORY_GUESS 32
static struct {
	be32_t count;
	struct fw_cfg_wire_file files[DIRECTORY_GUESS];
} usual;

/* 256 KiB: the temporary zone has room for so much also before the memory map is known. */
#define DIRECTORY_MAX	4096

struct fw_cfg_item fw_cfg_known[FW_CFG_FILES];

/* The item as it was read; the copy is checked and then used, the item never again. */
static struct {
	be32_t *item;			/* its count; usual, or in ZONE_TEMP, as all that input sizes */
	struct fw_cfg_wire_file *files;	/* behind it */
	struct fw_cfg_wire_file *end;	/* of the good ones, which come first */
	uint32_t room;			/* for that many */
} directory;

int fw_cfg_init(void)
{
	directory.item = &usual.count;
	directory.files = directory.end = usual.files;
	directory.room = DIRECTORY_GUESS;
	return fw_cfg_io_attach();
}

static uint32_t bytes_of(uint32_t entries)
{
	return sizeof(be32_t) + entries * sizeof(struct fw_cfg_wire_file);
}

/* Make room for more entries than there is room for, at most DIRECTORY_MAX. Returns 0 or -ENOMEM. */
static int make_room(uint32_t entries)
{
	be32_t *item = alloc_raw(ZONE_TEMP, bytes_of(entries), 4, "fw_cfg directory");

	if (!item)
		return -ENOMEM;
	directory.item = item;
	directory.files = (struct fw_cfg_wire_file *)(directory.item + 1);
	directory.room = entries;
	return 0;
}

static int dma_failed(int rc)
{
	log("fw_cfg: directory: DMA: error %d; read by port", rc);
	if (rc == -ETIMEDOUT)
		directory.room = 0;	/* the device may still write there */
	return -EIO;
}

/*
 * Count and entries in one transfer, or in two where there are more than expected. What is added meanwhile has
 * to wait. Returns 0; -EIO; -ENOMEM; -EINVAL, *count is none that there could be.
 */
static int fetch_by_dma(uint32_t *count)
{
	uint32_t entries = DIRECTORY_GUESS;

	for (;;) {
		int rc;

		directory.item->raw = ~0u;
		rc = fw_cfg_io_dma(FW_CFG_FILE_DIR, directory.item, bytes_of(entries));
		if (rc)
			return dma_failed(rc);
		*count = be32_to_cpu(*directory.item);
		if (*count - 1 < entries)
			return 0;
		if (*count - 1 >= DIRECTORY_MAX)
			return -EINVAL;
		if (entries != DIRECTORY_GUESS)
			break;
		entries = *count;
		rc = entries > directory.room ? make_room(entries) : 0;
		if (rc)
			return rc;
	}
	log("fw_cfg: directory: grew from %u to %u entries; the rest is left out", entries, *count);
	*count = entries;
	return 0;
}

/* Each byte is an exit to the host: first the count, then no more than there is. */
static int fetch_by_port(uint32_t *count)
{
	be32_t raw;
	int rc = fw_cfg_io_pio(FW_CFG_FILE_DIR, 0, &raw, sizeof(raw));

	if (rc)
		return rc;
	*count = be32_to_cpu(raw);
	if (*count > DIRECTORY_MAX) {
		log("fw_cfg: directory: %u entries, at most %u; no files", *count, DIRECTORY_MAX);
		return -EINVAL;
	}
	if (*count > directory.room)
		rc = make_room(*count);
	if (rc || !*count)
		return rc;
	return fw_cfg_io_pio(FW_CFG_FILE_DIR, sizeof(raw), directory.files,
			     *count * sizeof(struct fw_cfg_wire_file));
}

/*
 * What DMA did not give; why: -EIO; -ENOMEM; or -EINVAL, its *count is none that there could be. Hosts exist
 * that always read the same item, whatever the key: if the port gives another count, DMA is not to be trusted.
 */
static int fetch_otherwise(uint32_t *count, int why)
{
	uint32_t by_dma = *count;
	int rc = why == -ENOMEM ? why : fetch_by_port(count);

	if (why == -EINVAL && *count != by_dma) {
		log("fw_cfg: DMA: the directory has %u entries instead of %u; everything by port", by_dma,
		    *count);
		fw_cfg_io_refuse_dma();
	}
	return rc;
}

int fw_cfg_read_directory(void)
{
	uint32_t count = 0;
	int rc = fw_cfg_has_dma() ? fetch_by_dma(&count) : -EIO;

	if (rc)
		rc = fetch_otherwise(&count, rc);
	directory.end = fw_cfg_dir_keep_good(directory.files, rc ? 0 : count);
	return rc;
}

/* Files that begin alike may be many. */
static void __attribute__((cold, noinline)) tell_twice(const char *name, uint32_t len,
						       const struct fw_cfg_wire_file *first,
						       const struct fw_cfg_wire_file *second)
{
	if (!name[len])
		log("fw_cfg: %s: listed twice, keys 0x%x and 0x%x; the first is used", log_text(name),
		    be16_to_cpu(first->key), be16_to_cpu(second->key));
}

int fw_cfg_find_n(const char *name, uint32_t len, struct fw_cfg_item *item)
{
	static const struct fw_cfg_wire_file none;
	const struct fw_cfg_wire_file *found = &none;
	/* Most names begin alike: the last character and the NUL are looked at first. */
	const uint16_t last = get_le16(name + len - 1);

	for (const struct fw_cfg_wire_file *file = directory.files; file < directory.end; file++) {
		if (get_le16(file->name + len - 1) != last || memcmp(file->name, name, len) != 0)
			continue;
		if (found != &none) {
			tell_twice(name, len, found, file);
			break;
		}
		found = file;
	}
	item->size = be32_to_cpu(found->size);
	item->key = be16_to_cpu(found->key);
	return item->key ? 0 : -ENOENT;
}

int fw_cfg_find(const char *name, struct fw_cfg_item *item)
{
	uint32_t len = strnlen(name, FW_CFG_NAME_BYTES);

	return len && len < FW_CFG_NAME_BYTES ? fw_cfg_find_n(name, len, item) : -ENOENT;
}

int fw_cfg_file(enum fw_cfg_file file, struct fw_cfg_item *item)
{
	const struct fw_cfg_known_name *name = &fw_cfg_known_names[file];
	int rc = fw_cfg_find_n(name->text, name->len, &fw_cfg_known[file]);

	*item = fw_cfg_known[file];
	return rc;
}

bool fw_cfg_says_off(enum fw_cfg_file file, const struct fw_cfg_item *item)
{
	char word[4] = "";

	if (fw_cfg_read(item, 0, word, min_u32(item->size, sizeof(word))) != 0)
		memset(word, 0, sizeof(word));
	if (word[0] == '0' || memcmp(word, "off", 3) == 0 || memcmp(word, "no", 2) == 0)
		return true;
	if (word[0] != '1' && memcmp(word, "on", 2) != 0 && memcmp(word, "yes", 3) != 0)
		log("fw_cfg: %s: neither on nor off can be read there; taken as on", fw_cfg_known_names[file].text);
	return false;
}

int fw_cfg_nth(uint32_t n, const char **name, struct fw_cfg_item *item)
{
	if (n >= (uint32_t)(directory.end - directory.files))
		return -ENOENT;
	*name = directory.files[n].name;
	item->size = be32_to_cpu(directory.files[n].size);
	item->key = be16_to_cpu(directory.files[n].key);
	return 0;
}

/* No branch on the way to a kernel: where there are none, what is looked at is memory of the firmware's in front of the first. */
bool fw_cfg_last_begins(const char two[2])
{
	uintptr_t last = (uintptr_t)directory.end - sizeof(struct fw_cfg_wire_file);

	return get_le16(((const struct fw_cfg_wire_file *)last)->name) == get_le16(two);
}

int fw_cfg_read(const struct fw_cfg_item *item, uint32_t offset, void *buf, uint32_t len)
{
	if (!range_inside32(offset, len, item->size))
		return -ERANGE;
	return offset ? fw_cfg_io_read(item->key, offset, buf, len) : fw_cfg_read_key(item->key, buf, len);
}

int fw_cfg_read_phys(const struct fw_cfg_item *item, uint32_t offset, uint64_t phys, uint32_t len)
{
	if (!((phys + (len - 1)) >> 32 | phys >> 32))
		return fw_cfg_read(item, offset, phys_to_ptr((uint32_t)phys), len);
	if (!range_inside32(offset, len, item->size) || phys + len < phys)
		return -ERANGE;
	return fw_cfg_io_read_far(item->key, offset, phys, len);
}

int fw_cfg_read_number(const struct fw_cfg_item *item, uint64_t *value)
{
	uint64_t number = 0;
	int rc;

	if (item->size > sizeof(number) || !is_power_of_two(item->size))
		return -EINVAL;
	rc = fw_cfg_read(item, 0, &number, item->size);
	if (!rc)
		*value = number;
	return rc;
}

bool fw_cfg_zero(uint32_t phys, uint32_t len)
{
	uint8_t *first = phys_to_ptr(phys), *last = first + len - 1;
	int rc;

	if (!fw_cfg_has_dma())
		return false;
	/* There are devices that write nothing and report success. */
	*first = *last = 0xff;
	rc = fw_cfg_io_dma(FW_CFG_NO_ITEM, first, len);
	return !(rc | *first | *last);
}

int fw_cfg_write(const struct fw_cfg_item *item, uint32_t offset, const void *buf, uint32_t len)
{
	if (!range_inside32(offset, len, item->size))
		return -ERANGE;
	return len ? fw_cfg_io_write(item->key, offset, buf, len) : 0;
}

/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/fw_cfg.c: the fw_cfg client: see fw_cfg.h. Transports are in fw_cfg_io.c, the directory's
 * contents in fw_cfg_dir.c.
 */
#include "arch/phys.h"
#include "fw/fw_cfg.h"
#include "fw/fw_cfg_dir.h"
#include "fw/fw_cfg_io.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "trace/log.h"
#include "lib/string.h"
#include "mem/alloc.h"

/*
 * One DMA fetches count and entries together, so it asks for as many as there may be: QEMU has
 * 32 slots, 16 on old machine types, and pads with zeros.
 */
#define DIRECTORY_GUESS 64
#define DIRECTORY_MAX	4096

/* The item as it was read; the copy is checked once and then used, the item never again. */
struct directory_bytes {
	be32_t count;
	struct fw_cfg_wire_file files[];
};

struct fw_cfg_item fw_cfg_known[FW_CFG_FILES];

static struct {
	struct fw_cfg_entry *entries;	/* in ZONE_TEMP, as all that input sizes */
	struct directory_bytes *bytes;	/* behind entries: the item, and names point into it */
	struct directory_bytes *before;	/* behind it: the item as it was the last time */
	uint32_t room;			/* for that many entries */
	uint32_t count;			/* good entries */
	uint32_t read;			/* entries of the item, 0: not by DMA or not well */
} directory;

int fw_cfg_init_on(const struct fw_cfg_bus *bus)
{
	directory.room = directory.count = directory.read = 0;
	return fw_cfg_io_attach(bus);
}

int fw_cfg_init(void)
{
	return fw_cfg_init_on(&fw_cfg_port_bus);
}

const char *fw_cfg_transport(void)
{
	return fw_cfg_io_name();
}

bool fw_cfg_has_dma(void)
{
	return fw_cfg_io_has_dma();
}

static uint32_t bytes_of(uint32_t entries)
{
	return sizeof(struct directory_bytes) + entries * sizeof(struct fw_cfg_wire_file);
}

/* Make room for that many entries, at most DIRECTORY_MAX. Returns 0 or -ENOMEM. */
static int make_room(uint32_t entries)
{
	if (entries <= directory.room)
		return 0;
	directory.room = directory.read = 0;
	directory.entries = alloc_raw(ZONE_TEMP, entries * sizeof(struct fw_cfg_entry) +
				      2 * bytes_of(entries), 8, "fw_cfg directory");
	if (!directory.entries)
		return -ENOMEM;
	directory.bytes = (struct directory_bytes *)(directory.entries + entries);
	directory.before = (struct directory_bytes *)(directory.bytes->files + entries);
	directory.room = entries;
	return 0;
}

/* Returns 0; -EINVAL, no directory has that many. */
static int check_count(uint32_t count)
{
	if (count <= DIRECTORY_MAX)
		return 0;
	log("fw_cfg: directory: %u entries, at most %u; no files", count, DIRECTORY_MAX);
	return -EINVAL;
}

/* Count and entries in one transfer. */
static int fetch_whole(uint32_t *count)
{
	int rc = fw_cfg_io_dma(FW_CFG_DMA_READ, FW_CFG_FILE_DIR, 0, ptr_to_phys(directory.bytes),
			       bytes_of(directory.room));

	if (rc)
		return rc;
	*count = be32_to_cpu(directory.bytes->count);
	return check_count(*count);
}

/* Once, or twice if there are more than expected; entries added meanwhile have to wait. */
static int fetch_by_dma(uint32_t *count)
{
	int rc = make_room(DIRECTORY_GUESS);

	if (!rc)
		rc = fetch_whole(count);
	if (rc || *count <= directory.room)
		return rc;
	rc = make_room(*count);
	if (!rc)
		rc = fetch_whole(count);
	if (!rc && *count > directory.room) {
		log("fw_cfg: directory: grew from %u to %u entries; the rest is left out",
		    directory.room, *count);
		*count = directory.room;
	}
	return rc;
}

/* Each byte is an exit to the host: first the count, then no more than there is. */
static int fetch_by_port(uint32_t *count)
{
	be32_t raw;
	int rc = fw_cfg_io_pio(FW_CFG_FILE_DIR, 0, &raw, sizeof(raw));

	if (rc)
		return rc;
	*count = be32_to_cpu(raw);
	rc = check_count(*count);
	if (!rc)
		rc = make_room(*count);
	if (rc || !*count)
		return rc;
	return fw_cfg_io_pio(FW_CFG_FILE_DIR, sizeof(raw), directory.bytes->files,
			     *count * sizeof(struct fw_cfg_wire_file));
}

static void swap_buffers(void)
{
	struct directory_bytes *bytes = directory.bytes;

	directory.bytes = directory.before;
	directory.before = bytes;
}

/* Is what was just read the same as the time before? */
static bool unchanged(uint32_t count)
{
	return count && count == directory.read &&
	       memcmp(directory.bytes, directory.before, bytes_of(count)) == 0;
}

int fw_cfg_read_directory(void)
{
	uint32_t count = 0;
	int rc = -EIO;

	if (fw_cfg_io_has_dma()) {
		swap_buffers();
		rc = fetch_by_dma(&count);
		if (!rc && unchanged(count)) {	/* the usual answer after the first time */
			swap_buffers();
			return 0;
		}
		if (rc == -EIO || rc == -ETIMEDOUT)
			log("fw_cfg: directory: DMA: error %d; read by port", rc);
		if (rc == -ETIMEDOUT)
			directory.room = 0;	/* the device may still write there */
	}
	directory.read = rc ? 0 : count;
	if (rc == -EIO || rc == -ETIMEDOUT)
		rc = fetch_by_port(&count);
	if (rc)
		count = 0;
	directory.count = fw_cfg_dir_parse(count ? directory.bytes->files : NULL, count,
					   directory.entries, fw_cfg_known);
	return rc;
}

int fw_cfg_file(enum fw_cfg_file file, struct fw_cfg_item *item)
{
	if (!fw_cfg_known[file].key)
		return -ENOENT;
	*item = fw_cfg_known[file];
	return 0;
}

int fw_cfg_find(const char *name, struct fw_cfg_item *item)
{
	const struct fw_cfg_entry *entry = fw_cfg_dir_find(directory.entries, directory.count, name);

	if (!entry)
		return -ENOENT;
	*item = entry->item;
	return 0;
}

int fw_cfg_nth(uint32_t n, const char **name, struct fw_cfg_item *item)
{
	if (n >= directory.count)
		return -ENOENT;
	*name = directory.entries[n].name;
	*item = directory.entries[n].item;
	return 0;
}

int fw_cfg_read_phys(const struct fw_cfg_item *item, uint32_t offset, uint64_t phys, uint32_t len)
{
	const uint64_t top = 1ull << 32;

	if (!range_inside32(offset, len, item->size) || phys + len < phys)
		return -ERANGE;
	if (!len)
		return 0;
	return fw_cfg_io_read(item->key, offset, phys,
			      phys + len <= top ? phys_to_ptr((uint32_t)phys) : NULL, len);
}

int fw_cfg_read(const struct fw_cfg_item *item, uint32_t offset, void *buf, uint32_t len)
{
	if (!range_inside32(offset, len, item->size))
		return -ERANGE;
	if (!len)
		return 0;
	return fw_cfg_io_read(item->key, offset, ptr_to_phys(buf), buf, len);
}

int fw_cfg_read_key(uint16_t key, void *buf, uint32_t len)
{
	if (!len)
		return 0;
	return fw_cfg_io_read(key, 0, ptr_to_phys(buf), buf, len);
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

uint16_t fw_cfg_le16(uint16_t key)
{
	uint16_t value = 0;

	return fw_cfg_io_read(key, 0, ptr_to_phys(&value), &value, sizeof(value)) ? 0 : value;
}

uint32_t fw_cfg_le32(uint16_t key)
{
	uint32_t value = 0;

	return fw_cfg_io_read(key, 0, ptr_to_phys(&value), &value, sizeof(value)) ? 0 : value;
}

int fw_cfg_select(uint16_t key)
{
	return fw_cfg_io_select(key);
}

bool fw_cfg_zero(uint32_t phys, uint32_t len)
{
	uint8_t *first = phys_to_ptr(phys), *last = first + len - 1;

	if (!fw_cfg_io_has_dma())
		return false;
	/* There are devices that write nothing and report success. */
	*first = *last = 0xff;
	return !fw_cfg_io_dma(FW_CFG_DMA_READ, FW_CFG_NO_ITEM, 0, phys, len) && !(*first | *last);
}

int fw_cfg_write(const struct fw_cfg_item *item, uint32_t offset, const void *buf, uint32_t len)
{
	if (!range_inside32(offset, len, item->size))
		return -ERANGE;
	if (!len)
		return 0;
	if (!fw_cfg_io_has_dma())
		return -EOPNOTSUPP;
	return fw_cfg_io_dma(FW_CFG_DMA_WRITE, item->key, offset, ptr_to_phys(buf), len) ? -EIO : 0;
}

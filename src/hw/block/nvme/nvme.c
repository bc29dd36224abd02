/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/nvme/nvme.c: see nvme.h. What commands mean is in the NVM Express Base Specification 1.4; sections
 * are given in [brackets].
 */
#include "hw/block/nvme/nvme.h"
#include "arch/phys.h"
#include "hw/block/model.h"
#include "hw/block/nvme/nvme_controller.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "trace/log.h"

/* IDENTIFY's data: of the controller [5.15.2.2, figure 251]. */
#define ID_MODEL	24
#define ID_MDTS		77
#define ID_VWC		525
#define VWC_PRESENT	1
/* Of a namespace [5.15.2.1, figure 249]. */
#define ID_NSZE		0
#define ID_NLBAF	25		/* formats - 1 */
#define ID_FLBAS	26
#define ID_NSATTR	99
#define NSATTR_PROTECTED 1
#define ID_LBAF		128

#define NAMESPACES_AT_ONCE 16		/* of a list, which has room for 1,024 [5.15.2.3] */
#define NAMESPACES_MAX	1024		/* what has more lies */

/* The most that a list of one page has room for, wherever the data begins in its first page. */
#define REQUEST_MAX	(NVME_PRPS * NVME_PAGE)

/*
 * The pages of a range but the one it begins in, behind as many entries as there are in the list [4.3]. Returns
 * how many there are then.
 */
static uint32_t add_pages(struct nvme *n, const struct dma_range *range, uint32_t entries)
{
	uint32_t end = range->addr + range->len;

	for (uint32_t at = align_down(range->addr, NVME_PAGE) + NVME_PAGE; at < end; at += NVME_PAGE)
		n->prp[entries++] = at;
	return entries;
}

/* What the status of a command that failed means. */
static int __attribute__((noinline)) failure(struct block *block, int rc)
{
	uint32_t status = nvme_of(block)->status;

	block->status = status;
	if (rc != -EIO)
		return rc;
	if (status == NVME_STATUS_PROTECTED || status == NVME_STATUS_READ_ONLY)
		return -EROFS;
	return status == NVME_STATUS_NOT_READY ? -EBUSY : -EIO;
}

/* The sectors behind those that are done, with PRP 1 in the next command and that many entries in the list. */
static int send(struct block *block, const struct block_request *r, uint32_t sectors, uint32_t entries)
{
	struct nvme *n = nvme_of(block);
	struct nvme_command *c = nvme_next(&n->io);
	uint64_t lba = r->lba + r->done;
	int rc;

	c->prp2 = 0;
	if (entries)
		c->prp2 = entries == 1 ? (uint32_t)n->prp[0] : (uint32_t)ptr_to_phys(n->prp);
	c->opcode = r->write ? NVME_WRITE : NVME_READ;
	c->nsid = block->target;
	c->dw10 = (uint32_t)lba;
	c->dw11 = (uint32_t)(lba >> 32);
	c->dw12 = sectors - 1;
	rc = nvme_send(n, &n->io);
	return rc ? failure(block, rc) : 0;
}

/* Does this range end with a page, and the next one begin with one? */
static bool joins(const struct dma_range *range)
{
	return !(((range->addr + range->len) | range[1].addr) & (NVME_PAGE - 1));
}

/*
 * In as many commands as physical region pages need [4.3]: where one range ends with a page and the next begins with
 * one both are in the same. The first begins anywhere, on a dword.
 */
static int __attribute__((noinline)) transfer_ranges(struct block *block, struct block_request *r)
{
	struct nvme *n = nvme_of(block);
	const struct dma_range *range = r->list.range, *end = range + r->list.count;

	for (; range < end; range++) {
		uint32_t bytes = range->len, entries;
		int rc;

		nvme_next(&n->io)->prp1 = range->addr;
		entries = add_pages(n, range, 0);
		while (range + 1 < end && joins(range)) {
			range++;
			n->prp[entries++] = range->addr;
			entries = add_pages(n, range, entries);
			bytes += range->len;
		}
		bytes >>= block->sector_size == 512 ? 9 : 12;
		rc = send(block, r, bytes, entries);
		if (rc)
			return rc;
		r->done += bytes;
	}
	return 0;
}

static int transfer(struct block *block, struct block_request *r)
{
	struct nvme *n = nvme_of(block);

	if (!n->running)
		return -EALREADY;	/* reset() comes first */
	if (r->list.count != 1)
		return transfer_ranges(block, r);
	nvme_next(&n->io)->prp1 = r->list.range[0].addr;
	return send(block, r, r->sectors, add_pages(n, r->list.range, 0));
}

static int flush(struct block *block)
{
	struct nvme *n = nvme_of(block);
	struct nvme_command *c;
	int rc;

	if (!n->running)
		return -EALREADY;
	c = nvme_next(&n->io);
	memset(c, 0, sizeof(*c));
	c->opcode = NVME_FLUSH;
	c->nsid = block->target;
	rc = nvme_send(n, &n->io);
	return rc ? failure(block, rc) : 0;
}

/* A controller that works is left alone: programs reset often. */
static int reset(struct block *block)
{
	struct nvme *n = nvme_of(block);

	return n->running ? 0 : nvme_restart(n);
}

/* PRPs cannot say less than a dword, nor that a command goes on in the middle of a page: then it is another command. */
#define LIMITS { .align_mask = 3, .whole = true }
static const struct block_driver cached = { .transfer = transfer, .flush = flush, .reset = reset, .limits = LIMITS };
static const struct block_driver direct = { .transfer = transfer, .reset = reset, .limits = LIMITS };

static int refuse(const struct nvme *n, uint32_t nsid, const char *why, uint32_t value)
{
	log("nvme: %02x:%02x.%u: namespace %u: %s (%u); not used", PCI_BUS(n->bdf), PCI_DEV(n->bdf), PCI_FN(n->bdf), nsid,
	    why, value);
	return -ENODEV;
}

/* Fill in what the namespace says of itself, which is in n->identify. */
static int understand(const struct nvme *n, struct block *block)
{
	const uint8_t *id = n->identify;
	uint32_t flbas = id[ID_FLBAS], index = flbas & 15, format;

	if (id[ID_NLBAF] >= 16)
		index |= flbas >> 1 & 0x30;	/* bits 6..5; they mean nothing else [NVM Command Set 1.0, 4.1.5.1] */
	if (index > id[ID_NLBAF])
		return refuse(n, block->target, "its format is none of those it has", index);
	format = get_le32(id + ID_LBAF + 4 * index);
	if (format & 0xffff)
		return refuse(n, block->target, "its blocks have metadata, bytes", format & 0xffff);
	format = format >> 16 & 0xff;
	if (format != 9 && format != 12)
		return refuse(n, block->target, "the logarithm of a block's size is neither 9 nor 12", format);
	block->sector_size = 1u << format;
	block->sectors = get_le64(id + ID_NSZE);
	if (!block->sectors)
		return refuse(n, block->target, "it has no blocks", 0);
	block->read_only = id[ID_NSATTR] & NSATTR_PROTECTED;
	return 0;
}

/* block: what all namespaces of the controller have in common; max_sectors in bytes. */
static int add_namespace(struct nvme *n, const struct block *common, uint32_t nsid)
{
	struct block block = *common;
	int rc = nvme_identify(n, NVME_CNS_NAMESPACE, nsid);

	if (rc)
		return rc;
	block.target = nsid;
	rc = understand(n, &block);
	if (rc)
		return rc;
	block.max_sectors /= block.sector_size;
	return block_add(&block) ? 0 : -ENOMEM;
}

/* The numbers of active namespaces behind last, as many as are taken at once. Returns 0 with *count, or why not. */
static int list_namespaces(struct nvme *n, uint32_t last, uint32_t nsid[NAMESPACES_AT_ONCE], uint32_t *count)
{
	int rc = nvme_identify(n, NVME_CNS_ACTIVE, last);

	*count = 0;
	if (rc)
		return rc;
	while (*count < NAMESPACES_AT_ONCE) {
		uint32_t next = get_le32(n->identify + 4 * *count);

		if (!next)
			break;
		if (next <= last)
			return refuse(n, next, "the list goes back, from", last);
		nsid[(*count)++] = last = next;
	}
	return 0;
}

static int add_namespaces(struct nvme *n, const struct block *common)
{
	uint32_t nsid[NAMESPACES_AT_ONCE], last = 0, count = NAMESPACES_AT_ONCE;

	for (uint32_t all = 0; count == NAMESPACES_AT_ONCE && all < NAMESPACES_MAX; all += count) {
		int rc = list_namespaces(n, last, nsid, &count);

		for (uint32_t i = 0; i < count && n->running; i++) {
			last = nsid[i];
			add_namespace(n, common, last);
		}
		if (rc || !n->running)
			return rc ? rc : -EIO;
	}
	return 0;
}

/* It runs: find its disks. */
static int add_disks(struct nvme *n)
{
	struct block common = { .bus = BUS_NVME, .kind = BLOCK_DISK, .bdf = n->bdf, .controller = &n->controller };
	const uint8_t *id = n->identify;
	int rc = nvme_identify(n, NVME_CNS_CONTROLLER, 0);
	uint32_t mdts;

	if (rc)
		return rc;
	mdts = id[ID_MDTS];
	common.max_sectors = mdts && mdts < 9 ? NVME_PAGE << mdts : REQUEST_MAX;
	common.driver = id[ID_VWC] & VWC_PRESENT ? &cached : &direct;
	common.description = model_copy(n->model, id + ID_MODEL, NVME_MODEL, 0) ? n->model : "NVMe disk";
	return add_namespaces(n, &common);
}

int nvme_init(const struct pci_function *f)
{
	struct nvme *n;
	int rc = nvme_make(&n, f);

	if (!rc)
		rc = nvme_start(n);
	if (rc)
		return rc;
	rc = add_disks(n);
	if (n->running)
		nvme_settle(n);
	return rc;
}

/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/virtio/virtio_scsi.c: see virtio_scsi.h.
 */
#include "hw/block/virtio/virtio_scsi.h"
#include <stddef.h>
#include "arch/phys.h"
#include "hw/block/block.h"
#include "hw/block/scsi/scsi.h"
#include "hw/block/virtio/virtio.h"
#include "hw/pci/config.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mem/alloc.h"
#include "trace/log.h"

#define QUEUE		2	/* the first for requests; 0 and 1 are for control and events [5.6.2] */
#define QUEUE_ENTRIES	256	/* so that 128 targets are asked at once */

/* Device configuration [5.6.4]. */
#define CONFIG_SEGMENTS		4	/* le32, ranges of data that a command may have */
#define CONFIG_SECTORS		8	/* le32, of 512 bytes in one command */
#define CONFIG_TARGET		30	/* le16, the highest there may be */
#define TARGETS_MAX		256	/* as many as the address has numbers for */

#define CDB_BYTES	32	/* as after each reset [5.6.4] */
#define SENSE_BYTES	96	/* likewise */

/* Request [5.6.6.1]. */
struct command {
	uint8_t lun[8];		/* 1, target, and 4000h + LUN big-endian */
	uint64_t tag;
	uint8_t attribute, priority, crn;
	uint8_t cdb[CDB_BYTES];
} __attribute__((packed));
_Static_assert(sizeof(struct command) == 51, "a command of virtio-scsi is 51 bytes");

struct response {
	uint32_t sense_bytes, residual;
	uint16_t qualifier;
	union {
		struct {
			uint8_t status, response;
		};
		uint16_t outcome;	/* both */
	};
	uint8_t sense[SENSE_BYTES];
} __attribute__((packed));
_Static_assert(offsetof(struct response, response) == 11, "response is at 11");
_Static_assert(sizeof(struct response) == 108, "a response of virtio-scsi is 108 bytes");

/* Response [5.6.6.1]. */
#define OK		0
#define ABORTED		2
#define BAD_TARGET	3
#define RESET		4
#define BUSY		5
#define INCORRECT_LUN	12
#define NONE		0xff	/* not the device's */

/* SCSI status [SAM-3, 5.3]. */
/* 0: good */
#define CONDITION_MET	0x04
#define STATUS_BUSY	0x08
#define TASK_SET_FULL	0x28
#define TASK_ABORTED	0x40

/* One that is asked whether it is there. */
struct question {
	struct command command;
	struct response response;
} __attribute__((packed));

struct host {
	struct block_controller controller;
	struct virtio v;
	uint32_t ranges;	/* of data that a command may have */
	bool plain;		/* descriptors are those of a read into one range, but for its address and length */
	struct command command;
	struct response response;
	struct scsi_work work;
};

/* Descriptors. The response has its place before the data that the device writes, and behind those it reads. */
#define DESC_COMMAND	0
#define DESC_RESPONSE	1
#define DESC_DATA	2
#define ENTRIES_LEAST	(DESC_DATA + 2)		/* a sector is in two ranges at most */

/* target: up to 255; lun: up to 3fffh. The other half stays 0. */
static inline void set_lun(struct command *c, uint32_t target, uint16_t lun)
{
	put_le32(c->lun, 1 | target << 8 | 0x40 << 16 | (uint32_t)cpu_to_be16(lun).raw << 16);
}

/* Sense data for what a drive has not said itself, in the fixed format [SPC-3, 4.5.3]. */
static int as_sense(struct block *block, uint8_t key, uint8_t code)
{
	const uint8_t sense[SCSI_SENSE] = { 0x70, [2] = key, [7] = SCSI_SENSE - 8, [12] = code };

	memcpy(block->answer, sense, sizeof(sense));
	return -EIO;
}

/*
 * What it means that a command did not succeed, or has less data than bytes. Returns as packet(): -EIO with sense data, which
 * scsi_command() acts upon: what was aborted is sent again, what is busy as long as a drive may be. Not inlined: most commands succeed.
 */
static int __attribute__((noinline)) failure(struct block *block, const struct response *r, uint32_t bytes, uint32_t *done)
{
	if (!(r->outcome & ~CONDITION_MET)) {
		*done = bytes - min_u32(r->residual, bytes);
		return 0;
	}
	if (r->response == BAD_TARGET)
		return -ENODEV;
	if (r->response == INCORRECT_LUN)
		return -ENOENT;
	if (r->response == ABORTED || r->response == RESET || (r->response == OK && r->status == TASK_ABORTED))
		return as_sense(block, 0x0b, 0);
	if (r->response == BUSY || (r->response == OK && (r->status == STATUS_BUSY || r->status == TASK_SET_FULL)))
		return as_sense(block, 0x02, 0x04);
	if (r->response == OK && r->status == SCSI_CHECK) {
		memset(block->answer, 0, sizeof(block->answer));
		memcpy(block->answer, r->sense, min_u32(r->sense_bytes, SCSI_SENSE));
		return -EIO;
	}
	log("virtio-scsi: target %u LUN %u: response %u, status %x to a command; it is given up", block->target, block->lun,
	    r->response, r->status);
	return -ENODEV;
}

/* The chain for a list. */
static void __attribute__((noinline)) describe(struct host *host, const struct dma_list *list)
{
	struct virtio *v = &host->v;
	uint32_t count = list->count, last = DESC_DATA + count - 1;
	bool out = list->to_device && count;
	uint16_t flags = out ? VIRTIO_DESC_NEXT : VIRTIO_DESC_NEXT | VIRTIO_DESC_WRITE;

	v->desc[DESC_COMMAND].next = out ? DESC_DATA : DESC_RESPONSE;
	v->desc[DESC_RESPONSE].flags = out || !count ? VIRTIO_DESC_WRITE : VIRTIO_DESC_NEXT | VIRTIO_DESC_WRITE;
	for (uint32_t i = 0; i < count; i++)
		virtio_describe(v, DESC_DATA + i, list->range[i].addr, list->range[i].len, flags, (uint16_t)(DESC_DATA + i + 1));
	if (out)
		v->desc[last].next = DESC_RESPONSE;
	else if (count)
		v->desc[last].flags = VIRTIO_DESC_WRITE;
	host->plain = count == 1 && !out;
}

/* By whole words and without a loop: this is much of what a read costs. */
static inline void set_command(struct host *host, const struct block *block, const uint8_t cdb[SCSI_CDB])
{
	uint8_t *to = host->command.cdb;

	set_lun(&host->command, block->target, block->lun);
	put_le32(to, get_le32(cdb));
	put_le32(to + 4, get_le32(cdb + 4));
	put_le32(to + 8, get_le32(cdb + 8));
	put_le32(to + 12, get_le32(cdb + 12));
}

static int send(struct block *block, const uint8_t cdb[SCSI_CDB], const struct dma_list *list, uint32_t *done)
{
	struct host *host = (struct host *)block->controller;
	volatile struct response *r = &host->response;
	struct virtio *v = &host->v;
	int rc;

	if (v->lost)
		return -EALREADY;
	set_command(host, block, cdb);
	r->response = NONE;
	if (list->count == 1 && !list->to_device && host->plain) {
		v->desc[DESC_DATA].addr = list->range[0].addr;
		v->desc[DESC_DATA].len = list->range[0].len;
	} else {
		if (list->count > host->ranges)
			return -EINVAL;
		describe(host, list);
	}
	rc = virtio_request(v);
	if (rc)
		return rc;
	if (r->outcome & ~CONDITION_MET || r->residual)
		return failure(block, (const struct response *)r, list->bytes, done);
	*done = list->bytes;
	return 0;
}

/* Programs reset often: one that works is left alone. */
static int reset(struct block *block)
{
	return virtio_restart(&((struct host *)block->controller)->v);
}

static const struct block_driver disk = SCSI_DISK(send, reset, { 0 }, .autosense = true);
static const struct block_driver cd = SCSI_CD(send, reset, { 0 }, .autosense = true);

/* Descriptors that stay as they are but for next and flags. */
static void describe_fixed(struct host *host)
{
	virtio_describe(&host->v, DESC_COMMAND, (uint32_t)ptr_to_phys(&host->command), sizeof(host->command), VIRTIO_DESC_NEXT,
			DESC_RESPONSE);
	virtio_describe(&host->v, DESC_RESPONSE, (uint32_t)ptr_to_phys(&host->response), sizeof(host->response),
			VIRTIO_DESC_WRITE, DESC_DATA);
}

/* TEST UNIT READY, all zeros, to count targets from first on: which of them answer. */
static int ask(struct virtio *v, struct question *q, uint32_t first, uint32_t count, uint8_t there[TARGETS_MAX])
{
	int rc;

	for (uint32_t i = 0; i < count; i++) {
		q[i].command.lun[1] = (uint8_t)(first + i);
		q[i].response.response = NONE;
		v->avail[virtio_slot(v, i)] = (uint16_t)(2 * i);
	}
	rc = virtio_requests(v, count);
	for (uint32_t i = 0; rc == 0 && i < count; i++) {
		uint8_t response = ((const volatile struct question *)q)[i].response.response;

		there[first + i] = response != BAD_TARGET && response != NONE;
	}
	return rc;
}

/*
 * Which of the targets 0 to last there are: to each a command, as many at once as there are pairs of descriptors. The first
 * command that a target gets fails with UNIT ATTENTION, so it is not one that matters. The ring is as after a start afterwards.
 */
static int find_targets(struct virtio *v, uint32_t last, uint8_t there[TARGETS_MAX])
{
	uint32_t at_once = min_u32(v->size / 2, last + 1), addr;
	struct alloc_mark before;
	struct question *q;
	int rc = 0;

	alloc_mark(&before);
	q = alloc(ZONE_TEMP, at_once * sizeof(*q), 8, "virtio-scsi targets");
	if (!q)
		return -ENOMEM;
	addr = (uint32_t)ptr_to_phys(q);
	for (uint32_t i = 0; i < at_once; i++, addr += sizeof(*q)) {
		set_lun(&q[i].command, 0, 0);
		virtio_describe(v, 2 * i, addr, sizeof(q->command), VIRTIO_DESC_NEXT, (uint16_t)(2 * i + 1));
		virtio_describe(v, 2 * i + 1, addr + sizeof(q->command), sizeof(q->response), VIRTIO_DESC_WRITE, 0);
	}
	for (uint32_t first = 0; first <= last && rc == 0; first += at_once)
		rc = ask(v, q, first, min_u32(at_once, last + 1 - first), there);
	for (uint32_t i = 0; i < v->size; i++)
		v->avail[2 + i] = 0;
	alloc_release(ZONE_TEMP, &before);
	return rc;
}

/* host->v is up. Returns 0 or a negative errno. */
static int add_drives(struct host *host, struct block *template)
{
	struct scsi_adapter adapter = { .disk = &disk, .cd = &cd };
	struct virtio *v = &host->v;
	uint32_t segments = v->transport->config32(v, CONFIG_SEGMENTS), sectors = v->transport->config32(v, CONFIG_SECTORS);
	uint32_t last = min_u32(v->transport->config16(v, CONFIG_TARGET), TARGETS_MAX - 1), added = 0;
	uint8_t there[TARGETS_MAX] = { 0 };
	int rc;

	if (v->size < ENTRIES_LEAST || segments < ENTRIES_LEAST - DESC_DATA) {
		log("virtio-scsi: a queue of %u and commands of %u ranges, expected %u and %u at least; not used", v->size, segments,
		    ENTRIES_LEAST, ENTRIES_LEAST - DESC_DATA);
		return -ENODEV;
	}
	host->ranges = min_u32(min_u32(segments, v->size - DESC_DATA), DMA_RANGES);
	if (host->ranges < DMA_RANGES)
		adapter.max_bytes = 1;		/* a sector at a time */
	else if (sectors < UINT32_MAX / 512)
		adapter.max_bytes = sectors * 512;
	rc = find_targets(v, last, there);
	if (rc)
		return rc;
	describe_fixed(host);
	template->bus = BUS_SCSI;
	template->controller = &host->controller;
	for (uint32_t i = 0; i <= last; i++) {
		template->target = i;
		if (there[i] && scsi_add_target(template, &adapter, &host->work) > 0)
			added++;
		/* One that does not answer costs itself. Its answer would go to memory that is somebody else's from now on. */
		if (v->lost)
			v->transport->stop(v);
		rc = virtio_restart(v);
		if (rc)
			return rc;
	}
	return added ? 0 : -ENOENT;
}

/* rc: of the start. One that is of no use is stopped. */
static int take(struct host *host, struct block *template, int rc)
{
	if (rc)
		return rc;
	rc = add_drives(host, template);
	if (rc)
		host->v.transport->stop(&host->v);
	return rc == -ENOENT ? 0 : rc == -EINPROGRESS ? -ETIMEDOUT : rc;
}

static const struct virtio_wish wish = { .queue = QUEUE, .entries = QUEUE_ENTRIES };

int virtio_scsi_init_pci(const struct pci_function *f)
{
	struct block template = { .bdf = f->bdf };
	struct host *host = alloc(ZONE_HIGH, sizeof(*host), 16, "virtio-scsi host");

	return host ? take(host, &template, virtio_pci_init(&host->v, f, &wish)) : -ENOMEM;
}

int virtio_scsi_init_mmio(uint32_t base)
{
	struct block template = { .bdf = PCI_NONE_BDF, .mmio = base };
	struct host *host = alloc(ZONE_HIGH, sizeof(*host), 16, "virtio-scsi host");

	return host ? take(host, &template, virtio_mmio_init(&host->v, base, &wish)) : -ENOMEM;
}

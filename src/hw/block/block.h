/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/block.h: a block device as its driver offers it: disk, CD, floppy. What programs call (INT 13h)
 * and what is booted stand on this alone.
 *
 * The structures live in memory that stays the firmware's (alloc(ZONE_HIGH)), since requests come after POST.
 */
#ifndef HW_BLOCK_BLOCK_H
#define HW_BLOCK_BLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include "dma/dma.h"
#include "hw/block/scsi/command.h"
#include "lib/errno.h"

enum block_kind { BLOCK_DISK, BLOCK_CD, BLOCK_FLOPPY };

/*
 * How the device is attached, for EDD and for bootorder; numbers as those name them. From BUS_FLOPPY on: INT 13h has no more
 * for it than for a floppy.
 */
enum block_bus { BUS_IDE, BUS_AHCI, BUS_VIRTIO_PCI, BUS_VIRTIO_MMIO, BUS_EMULATED, BUS_SCSI, BUS_NVME, BUS_SD, BUS_FLOPPY, BUS_RAM };

struct block;

/*
 * What is asked of one controller does not overlap: it is busy while somebody waits for it, and an interrupt handler that
 * calls in that wait hears so.
 */
struct block_controller {
	bool busy;
};

/* Take the controller. Returns 0; -EBUSY, it is not free. */
static inline int block_controller_take(struct block_controller *controller)
{
	if (controller->busy)
		return -EBUSY;
	controller->busy = true;
	return 0;
}

/* Let it go again. Returns rc, how it ended. */
static inline int block_controller_free(struct block_controller *controller, int rc)
{
	controller->busy = false;
	return rc;
}

/* In a structure, since to pass its fields one by one, twice, costs as much as the rest of a request. */
struct block_request {
	uint64_t lba;
	uint32_t sectors;
	bool write;
	struct dma_list list;	/* for the driver: its bytes are that many sectors exactly */
	uint32_t done;		/* whole sectors transferred for certain, also where it fails */
};

/*
 * What a driver does when its device has not answered within block_timeout_us():
 *
 * - It sees that the device has the command, as an image whose host or network does not answer makes QEMU's devices
 *   behave: it leaves the device alone and returns -EINPROGRESS. QEMU knows no reset, abort or stop that does not wait, with
 *   the whole machine, for what is under way. Until it is over every call returns -EALREADY, reset() too after one look, and
 *   queue and list belong to the device. Where reset() sees that it is over the driver goes on as if nothing had been.
 * - Else, since the command was lost, or somebody else has changed the device: it returns -ETIMEDOUT, and then (after
 *   reset() for certain) the device touches neither queue nor list any more. The block layer resets it and asks once more.
 */
struct block_driver {
	/*
	 * Transfer the sectors (never 0), to or from the list. The caller has checked range and read-only. Returns 0,
	 * all is done; -EIO, the device says so; -EROFS; -ENOMEDIUM, -EBUSY (not ready); -EINPROGRESS, -EALREADY,
	 * -ETIMEDOUT, see above. done is 0 before and need only be set where it fails.
	 */
	int (*transfer)(struct block *block, struct block_request *request);
	/*
	 * Put controller and drive back into a state to work from: INT 13h AH=00h; and after -ETIMEDOUT. A command that
	 * nobody waits for any more is waited for first. Same errors. NULL: nothing to do.
	 */
	int (*reset)(struct block *block);
	/* Removable media: is there one, how large is it now (fills sectors)? Same errors. NULL: fixed. */
	int (*media)(struct block *block);
	/* Does the device answer? Same errors. NULL: media() tells, and where there is none the first sector. */
	int (*ready)(struct block *block);
	/* What was written is to be on the medium. Same errors. NULL: it is, when a write is done. */
	int (*flush)(struct block *block);
	/* Lock the tray or let it go; eject. NULL: cannot. */
	int (*lock)(struct block *block, bool lock);
	int (*eject)(struct block *block);
	/*
	 * Drives that take SCSI commands: send this one, whose data goes to or from list (list->to_device; list->bytes
	 * may be 0, and the drive may transfer less). Returns 0 with *done, bytes transferred; -EIO, the drive reports
	 * CHECK CONDITION; -ENODEV, nobody is there; -ETIMEDOUT or another, it could not be sent.
	 */
	int (*packet)(struct block *block, const uint8_t cdb[SCSI_CDB], const struct dma_list *list, uint32_t *done);
	bool autosense;		/* at -EIO packet() has put the sense data, SCSI_SENSE bytes, into block->answer */
	struct dma_limits limits;
};

/* What the block layer knows of a drive; a driver leaves it at 0. */
struct block_state {
	/*
	 * It has not answered twice, and nothing is asked of it until block_reset(). One that is at a command is not out of
	 * use in this sense: its driver is asked, and says -EALREADY, until it has ended.
	 */
	bool out_of_use;
	uint32_t short_sectors;	/* in a request that goes the short way, 0: none does */
	const void *held;	/* a buffer of the firmware's that the device may still touch, or NULL */
};

struct block {
	const struct block_driver *driver;
	struct block_controller *controller;
	uint64_t sectors;		/* of sector_size bytes */
	uint32_t sector_size;		/* 512, 2048 (CD); of a disk that is added also 4096, and then 512 (sectors.h) */
	uint8_t kind;			/* enum block_kind */
	uint8_t bus;			/* enum block_bus */
	bool read_only, removable;
	uint16_t bdf;			/* PCI function of the controller, or PCI_NONE_BDF */
	uint8_t channel, unit;		/* IDE channel and drive; AHCI port; floppy drive; SD: slot; SCSI: channel */
	uint32_t target;		/* SCSI; NVMe: number of the namespace */
	uint16_t lun;			/* SCSI */
	uint16_t io[2];			/* IDE: command and control block */
	uint32_t mmio;			/* virtio-mmio, also of virtio-scsi there: address of the slot */
	uint32_t max_sectors;		/* in one request, UINT32_MAX: no limit; block_add() takes 0 for it */
	uint16_t chs_cylinders, chs_heads, chs_sectors;	/* what the drive says of itself, 0: nothing */
	struct block_state state;
	uint32_t status;		/* driver, where it fails: the device's own code for it, for the log; 0: it has none */
	const char *description;	/* for people: model, or the driver's name; BUS_RAM: the name of the file */
	uint32_t answer[SCSI_ANSWER / 4];	/* what a drive says in answer to SCSI commands, by DMA */
	struct block *next;		/* in the order of discovery */
};

/* All devices, in the order in which drivers have added them. */
extern struct block *block_first;

/* Forget all devices, and what block_set_timeout() said: before the first is added. */
void block_init(void);

/*
 * How long a drive may take for one command, in microseconds: what its driver gives wait_start(), before it takes the
 * command away from the device and returns -ETIMEDOUT. A store may be slow, so this is half a minute, unless the user
 * has chosen (docs/runtime-config.md).
 */
#define BLOCK_SECONDS		30
#define BLOCK_SECONDS_MAX	3600
uint32_t block_timeout_us(void);

/* Behind block_init(), before drivers: it is so many seconds, 1 to BLOCK_SECONDS_MAX. */
void block_set_timeout(uint32_t seconds);

/*
 * Add a device. Copies *block to memory that stays. Returns the copy, for a disk with sectors of 4096 bytes what stands in
 * front of it (sectors.h); NULL without memory (one line in the log).
 */
struct block *block_add(const struct block *block);

/*
 * Read or write sectors at the linear address linear, of which those that are said to be written are on the medium, in as
 * many requests of the driver as it takes: lba, sectors and write say which, done is filled. Returns 0; -EBUSY, the controller serves a request that waits, or each bounce buffer does;
 * -ERANGE, beyond the end (nothing is done; where there is media() it is asked first); -EROFS; what the driver says.
 *
 * A drive that does not answer in time is reset and asked once more; one that does not answer then either is out of use until
 * block_reset(), and one that is still at it until it ends: each request is refused at once. All that is -ETIMEDOUT. What a
 * drive is still at may change the request's buffer later. Those, and -EIO, cost a line in the log: which drive,
 * which sectors, what of them.
 */
int block_do(struct block *block, struct block_request *request, uint32_t linear);

/*
 * The same from lba on, as many sectors as the vector holds (its length is a multiple of them, else -EINVAL). As far as
 * the device takes it, that is one command, however the memory lies. *done: whole sectors.
 */
int block_readv(struct block *block, uint64_t lba, const struct sg_list *sg, uint32_t *done);
int block_writev(struct block *block, uint64_t lba, const struct sg_list *sg, uint32_t *done);

/* What was written is to be on the medium. Returns 0, also where it is anyway; as block_media(). */
int block_flush(struct block *block);

/* The same with a request made of the arguments. *done: whole sectors. */
int block_transfer(struct block *block, bool write, uint64_t lba, uint32_t count, uint32_t linear, uint32_t *done);

/*
 * Ask a drive with removable media what is in it now: fills block->sectors. Returns 0, also when the medium is fixed;
 * -EBUSY as above; what the driver says.
 */
int block_media(struct block *block);

/*
 * Put controller and drive back into a state to work from: one that was out of use gets another chance. Returns 0, also where
 * there is nothing to do; as block_media().
 */
int block_reset(struct block *block);

/* Lock the tray or let it go; eject. The driver must have lock() or eject(). Return as block_media(). */
int block_lock(struct block *block, bool lock);
int block_eject(struct block *block);

/*
 * Read count sectors, at least one, into memory of the firmware's own, which the driver's limits allow as one range.
 * Same errors; then buffer is undefined, and after -ETIMEDOUT it may change later: until it does not, -EBUSY is the answer
 * to another read to it.
 */
int block_read_own(struct block *block, uint64_t lba, uint32_t count, void *buffer);

/* May a drive that was at it when block_read_own() came back still write this buffer? Asks the drive, which is one look. */
bool block_holds(const void *buffer);

/*
 * Read sectors (r: lba, sectors, as block_do()) for nobody, to know that they can be read: own is BLOCK_OWN bytes of the
 * firmware's own, aligned to as much, which are undefined from then on and may be used by others at the same time. VERIFY of ATA
 * and SCSI would do without the data, but QEMU's devices answer it without a look at the medium. Fills r->done, returns as
 * block_do().
 */
#define BLOCK_OWN 4096
int block_verify(struct block *block, struct block_request *r, void *own);

/* Does the device answer, and has it a medium? own as above. Returns as block_media(). */
int block_ready(struct block *block, void *own);

/* Whoever waited for a request will never ask for its end: put controllers that are busy back to work. */
void block_abandon(void);

/* On a wake: controllers are as the reset made them. Until block_abandon() every request is refused with -EBUSY, at once. */
void block_lost(void);

#endif

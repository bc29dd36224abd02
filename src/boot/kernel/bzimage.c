/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/kernel/bzimage.c: see bzimage.h.
 */
#include "boot/kernel/bzimage.h"
#include "boot/kernel/video_mode.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "std/pe.h"
#include "trace/log.h"

/* No command line that a person or a manager writes is longer; what the header allows may be. */
#define CMDLINE_MOST 0xffff

#define ELF_MAGIC 0x464c457f	/* "\x7fELF" */

/*
 * Something QEMU took for a kernel without the header; PVH and multiboot kernels with an entry do not come here (form.c). It
 * may be a kernel older than the header, which has the signature of a boot sector and a size (setup16.c looks closer), but is
 * mostly a file that is none: nobody is to jump into it.
 */
static int refuse_other(const uint8_t *setup, const struct setup_header *hdr)
{
	uint32_t start = get_le32(setup);

	if (start == ELF_MAGIC)
		log("boot: kernel: an ELF file, and the host names no PVH entry (machine types before 4.0 "
		    "do not); not a bzImage (protocol 2.06 or later)");
	else if (start == 0 && hdr->header == 0)
		log("boot: kernel: no setup part, and the host names no multiboot entry; not a bzImage "
		    "(protocol 2.06 or later)");
	else if ((uint16_t)start == DOS_MAGIC)
		return BZIMAGE_PROGRAM;
	else if (hdr->boot_flag == SETUP_BOOT_FLAG && (uint16_t)hdr->syssize) {
		log("boot: kernel: 0x%08x where a setup header has 0x%08x, and a boot sector's signature: before protocol 2.00 a "
		    "kernel has the 16-bit entry", hdr->header, SETUP_MAGIC);
		return -EOPNOTSUPP;
	} else
		log("boot: kernel: 0x%08x where a setup header has 0x%08x, and 0x%04x as signature of a boot sector, where a kernel "
		    "before protocol 2.00 has 0x%04x: not a kernel; not started", hdr->header, SETUP_MAGIC, hdr->boot_flag, SETUP_BOOT_FLAG);
	return -EINVAL;
}

/* Their setup code is entered once there are services (setup16.c). */
static int refuse_entry(const struct setup_header *hdr)
{
	if (hdr->version < BZIMAGE_VERSION_MIN)
		log("boot: kernel: boot protocol %u.%02u, the 32-bit entry is used from %u.%02u on; "
		    "the 16-bit entry is taken", hdr->version >> 8, hdr->version & 0xff,
		    BZIMAGE_VERSION_MIN >> 8, BZIMAGE_VERSION_MIN & 0xff);
	else if (!(hdr->loadflags & LOADED_HIGH))
		log("boot: kernel: a zImage (loadflags 0x%02x, bzImage has bit 0): the 16-bit entry is taken", hdr->loadflags);
	else if (!hdr->code32_start)
		log("boot: kernel: code32_start is 0, 0x%x expected: it has only a 16-bit entry (as iPXE's lkrn), "
		    "which is taken", BZIMAGE_LOAD);
	else if (video_mode_is_vesa(hdr->vid_mode))
		return BZIMAGE_GRAPHICS;
	else
		log("boot: kernel: vga= asks for video mode 0x%04x (normal is 0x%04x, graphics from 0x%x on): setting it "
		    "needs the 16-bit entry, which is taken", hdr->vid_mode, VID_MODE_NORMAL, VIDEO_MODE_VESA);
	return -EOPNOTSUPP;
}

/* Only the 16-bit entry? Headers made by others than Linux leave 0 as mode, which asks for nothing either. */
static bool needs_16_bit_entry(const struct setup_header *hdr)
{
	uint32_t needs = ~hdr->loadflags & LOADED_HIGH;

	needs |= hdr->version < BZIMAGE_VERSION_MIN;
	needs |= hdr->vid_mode != VID_MODE_NORMAL && hdr->vid_mode != 0;
	return needs;
}

/* The first version that has every field of struct setup_header, and where they end. */
#define VERSION_OF_ALL	0x020f
#define ALL_END		(sizeof(struct setup_header) + SETUP_HEADER_AT)

/* Behind the last field that an earlier protocol version defines. */
static uint16_t fields_end(uint16_t version)
{
	if (version >= 0x020b)
		return SETUP_FIELD(kernel_info_offset);
	if (version >= 0x020a)
		return SETUP_FIELD(handover_offset);
	if (version >= 0x0209)
		return SETUP_FIELD(pref_address);
	if (version >= 0x0208)
		return SETUP_FIELD(setup_data);
	return version >= 0x0207 ? SETUP_FIELD(payload_offset) : SETUP_FIELD(hardware_subarch);
}

/* What an earlier version does not have is 0. */
static void forget_fields_from(uint32_t end, struct setup_header *hdr)
{
	memset((uint8_t *)hdr + end - SETUP_HEADER_AT, 0, ALL_END - end);
	if (hdr->version < 0x020c)
		hdr->xloadflags = 0;	/* was room between others */
}

/*
 * The jump over the header tells where it ends. Only a short jump does, and the fields of the
 * version are there whatever it says, so a smaller value is not believed.
 */
static int find_end(const struct setup_header *hdr, struct bzimage *kernel)
{
	uint32_t end = SETUP_FIELD(header) + hdr->jump_offset;

	if ((hdr->jump_opcode ^ SETUP_JUMP_SHORT) | (end <= kernel->header_end))
		return 0;
	if (end > SETUP_HEADER_MAX) {
		log("boot: kernel: setup header ends at 0x%x, room is to 0x%x; not started", end,
		    SETUP_HEADER_MAX);
		return -EINVAL;
	}
	kernel->header_end = end;
	return 0;
}

/* A kernel that cannot be moved, or a header that is wrong. */
static int find_odd_address(const struct setup_header *hdr, struct bzimage *kernel)
{
	if (hdr->pref_address >> 32) {
		log("boot: kernel: prefers 0x%llx, the 32-bit entry ends at 4 GiB; not started",
		    (unsigned long long)hdr->pref_address);
		return -EINVAL;
	}
	if (hdr->relocatable_kernel) {
		log("boot: kernel: alignment 0x%x is not a power of two (loaded at 0x%x); not started",
		    hdr->kernel_alignment, BZIMAGE_LOAD);
		return -EINVAL;
	}
	kernel->runs_at = hdr->pref_address ? (uint32_t)hdr->pref_address : BZIMAGE_LOAD;
	return 0;
}

/* As boot.rst, "init_size", and never below the preferred address, which the code adds to that. */
static int find_run_address(const struct setup_header *hdr, struct bzimage *kernel)
{
	uint32_t align = hdr->kernel_alignment;

	kernel->init_size = hdr->init_size;
	if ((hdr->relocatable_kernel == 0) | (align & (align - 1)) | (uint32_t)(hdr->pref_address >> 32))
		return find_odd_address(hdr, kernel);
	kernel->runs_at = max_u32((uint32_t)hdr->pref_address, max_u32(align, BZIMAGE_LOAD));
	return 0;
}

int bzimage_parse(const uint8_t setup[BZIMAGE_SETUP], struct bzimage *kernel)
{
	const struct setup_header *hdr = (const void *)(setup + SETUP_HEADER_AT);
	struct setup_header old;
	int rc;

	if (hdr->header != SETUP_MAGIC)
		return refuse_other(setup, hdr);
	if (needs_16_bit_entry(hdr))
		return refuse_entry(hdr);
	kernel->header_end = ALL_END;
	if (hdr->version < VERSION_OF_ALL) {
		/* Linux names an address there from 2.00 on; others that borrow the header have no code behind it. */
		if (!hdr->code32_start)
			return refuse_entry(hdr);
		kernel->header_end = fields_end(hdr->version);
		old = *hdr;
		forget_fields_from(kernel->header_end, &old);
		hdr = &old;
	}
	rc = find_end(hdr, kernel);
	if (rc == 0)
		rc = find_run_address(hdr, kernel);
	if (rc != 0)
		return rc;

	kernel->version = hdr->version;
	kernel->setup_sects = hdr->setup_sects;
	kernel->is_64bit = hdr->xloadflags & XLF_KERNEL_64;
	kernel->syssize = hdr->syssize;
	kernel->initrd_addr_max = hdr->initrd_addr_max;
	if (hdr->xloadflags & XLF_CAN_BE_LOADED_ABOVE_4G)
		kernel->initrd_addr_max = UINT32_MAX;
	kernel->cmdline_max = min_u32(hdr->cmdline_size, CMDLINE_MOST);
	kernel->setup_data = hdr->setup_data;
	return 0;
}

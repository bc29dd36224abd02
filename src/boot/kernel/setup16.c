/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/kernel/setup16.c: see setup16.h. Where things go is the protocol's, not the placer's, but for the initrd and
 * what is hung into the setup_data list: the setup code counts on it. QEMU says the same; its words are not asked.
 *
 *	10000	90000: a zImage, or before 2.02	setup part; stack and heap up to the command line
 *	20000	below 9a000			command line
 *	100000	10000: a zImage			the rest of the file
 */
#include "boot/kernel/setup16.h"
#include <stdbool.h>
#include <stddef.h>
#include "arch/phys.h"
#include "arch/real_call.h"
#include "boot/kernel/bzimage.h"
#include "boot/kernel/form.h"
#include "boot/kernel/initrd.h"
#include "boot/kernel/place.h"
#include "boot/kernel/setup_data.h"
#include "boot/program.h"
#include "boot/request/request.h"
#include "fw/fpdt.h"
#include "fw/fw_cfg.h"
#include "hw/timer.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/string.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "services/guest.h"
#include "std/pe.h"
#include "trace/log.h"
#include "trace/report.h"
#include "trace/timeline.h"

#define SETUP_HIGH	0x10000u	/* of a bzImage from 2.02 on, which says where its command line is */
#define CMDLINE_HIGH	0x20000u
#define SETUP_LOW	0x90000u	/* of all others, as the first boot sectors had it */
#define CMDLINE_LOW_END	0x9a000u
#define PAYLOAD_LOW	0x10000u

#define STACK_ROOM	0x200u		/* bytes below the command line that are no heap */
#define HEAP_LEAST	0x800u		/* bytes: what Linux's setup code checks for before it uses any */
#define STACK_GAP	16u		/* between the first stack pointer and the command line */
#define ENTRY_PARAGRAPHS 0x20u		/* the setup code's segment, behind the first sector */
#define RETURN_FRAME	6u		/* bytes that real_start() leaves on the stack, for who comes back */

#define CMDLINE_MAGIC_AT 0x20		/* le16 each: before 2.02 */
#define CMDLINE_AT	0x22
#define CMDLINE_MAGIC	0xa33f
#define SYSSIZE_AT	0x1f4		/* 16-byte units, le16 then */
#define SECTOR		512u

#define CMDLINE_OLD	255u		/* characters before 2.06 said how many */
#define CMDLINE_MOST	0xfffeu		/* with its NUL below 30000, where POST may still have something that is needed */
#define INITRD_OLD	0x37ffffffu	/* the last byte's address before 2.03 said it */

static const char failed[] = "it could not be started";

struct job {
	uint32_t version;			/* 0: no header */
	uint32_t setup, setup_size, cmdline, cmdline_size, payload, payload_size, initrd, initrd_size;
	uint32_t initrd_item;			/* bytes of -initrd, one of its parts */
	uint32_t run_end;			/* of what the kernel takes from 1 MiB on, before it knows the memory map */
	struct bzimage kernel;			/* of it: version, setup_sects, setup_data, runs_at, init_size and limits */
	uint32_t first_node;			/* of setup_data, in its place; 0: none */
};

/* What is to be hung into the setup_data list. */
struct nodes {
	uint32_t count, of_qemu;		/* all, and those that are in the payload */
	struct setup_node node[SETUP_NODES];
	uint32_t size[SETUP_NODES + 1], at[SETUP_NODES + 1];
};

static struct setup_header *header_of(uint8_t *setup)
{
	return (void *)(setup + SETUP_HEADER_AT);
}

/*
 * A kernel before protocol 2.00 has nothing that names it, but what its build has written into the first sector: the size of
 * the payload, rounded up to 16 bytes, and the signature of a boot sector. The file may be filled up to whole sectors.
 */
static bool is_old_kernel(const uint8_t *head, uint32_t is)
{
	uint32_t told = get_le16(head + SYSSIZE_AT) * 16u, signature = get_le16(head + SETUP_FIELD(boot_flag));

	if (signature == SETUP_BOOT_FLAG && get_le16(head) != DOS_MAGIC && is >= told - 15 && is <= align_up(told, SECTOR))
		return true;
	log("boot: kernel: no setup header, and not a kernel before protocol 2.00: signature 0x%04x (0x%04x expected), %u bytes behind "
	    "the setup part, its first sector says %u; not started", signature, SETUP_BOOT_FLAG, is, told);
	return false;
}

/* Fields that the version does not have yet are as kernels of that time were. */
static void understand(struct job *job, const struct setup_header *hdr)
{
	uint32_t version = hdr->header == SETUP_MAGIC ? hdr->version : 0;
	bool high = version >= 0x0200 && hdr->loadflags & LOADED_HIGH;

	job->version = version;
	job->kernel = (struct bzimage){
		.version = version, .setup_sects = hdr->setup_sects, .runs_at = BZIMAGE_LOAD,
		.cmdline_max = version >= 0x0206 ? min_u32(hdr->cmdline_size, CMDLINE_MOST) : CMDLINE_OLD,
		.initrd_addr_max = version >= 0x0203 ? hdr->initrd_addr_max : INITRD_OLD,
		.setup_data = version >= 0x0209 ? hdr->setup_data : 0,
	};
	if (version >= 0x020c && hdr->xloadflags & XLF_CAN_BE_LOADED_ABOVE_4G)
		job->kernel.initrd_addr_max = UINT32_MAX;
	if (version >= 0x020a) {
		job->kernel.init_size = hdr->init_size;
		if (hdr->pref_address > BZIMAGE_LOAD)
			job->kernel.runs_at = (uint32_t)min_u64(hdr->pref_address, UINT32_MAX);
	}
	job->setup_size = bzimage_setup_size(&job->kernel);
	job->setup = high && version >= 0x0202 ? SETUP_HIGH : SETUP_LOW;
	job->payload = high ? BZIMAGE_LOAD : PAYLOAD_LOW;
}

/* The header lies on the stack no longer than this. */
static bool __attribute__((noinline)) read_header(struct job *job)
{
	uint8_t head[BZIMAGE_SETUP];

	if (fw_cfg_select(FW_CFG_SETUP_ADDR) != 0 ||	/* QEMU 7.2 completes the header then */
	    fw_cfg_read_key(FW_CFG_SETUP_DATA, head, sizeof(head)) != 0) {
		log("boot: kernel: its setup part (%u bytes) could not be read; not started", BZIMAGE_SETUP);
		return false;
	}
	understand(job, header_of(head));
	job->cmdline_size = fw_cfg_le32(FW_CFG_CMDLINE_SIZE);
	job->initrd_item = fw_cfg_le32(FW_CFG_INITRD_SIZE);
	job->initrd = job->initrd_size = job->first_node = 0;
	return job->version || is_old_kernel(head, job->payload_size);
}

/* From here on with what is to be appended. Returns the bytes to place, with room for a NUL; 0: not to be had. */
static uint32_t whole_cmdline(struct job *job)
{
	if (kernel_requests & REQUEST_APPEND && request_cmdline_size(job->cmdline_size, &job->cmdline_size) != 0)
		return 0;
	if (job->cmdline_size <= job->kernel.cmdline_max + 1)	/* the item counts the terminator, the header does not */
		return job->cmdline_size + 1;
	log("boot: command line: %u characters, the kernel takes %u; not started", job->cmdline_size - 1, job->kernel.cmdline_max);
	return 0;
}

/* Setup part, heap, stack and command line, in a row and in conventional memory, which programs may have made less. */
static bool check_setup(struct job *job, uint32_t cmdline_bytes)
{
	const bool high = job->setup == SETUP_HIGH;
	uint32_t end = high ? CMDLINE_HIGH + cmdline_bytes : CMDLINE_LOW_END, conventional = guest_bda()->base_kib * 1024u;
	uint32_t room = (high ? CMDLINE_HIGH - SETUP_HIGH : CMDLINE_LOW_END - SETUP_LOW) - STACK_ROOM - HEAP_LEAST;
	uint32_t before_end = high ? 0 : align_up(cmdline_bytes, 16);

	if (before_end > room || job->setup_size > room - before_end) {
		log("boot: kernel: setup part of %u bytes and command line of %u: beside heap and stack is room for %u from 0x%x "
		    "on; not started", job->setup_size, before_end, room, job->setup);
		return false;
	}
	job->cmdline = high ? CMDLINE_HIGH : CMDLINE_LOW_END - before_end;
	if (end > conventional) {
		log("boot: kernel: setup part and command line end at 0x%x, conventional memory at 0x%x; not started", end,
		    conventional);
		return false;
	}
	return kernel_form_is_free("setup part and command line", job->setup, end - job->setup);
}

/*
 * Where the payload goes, and where it decompresses itself to: 1 MiB for a zImage as well. Before 2.10 no header says how
 * much that is, so it is not refused for a guess; but what is placed keeps off four times its size.
 */
static bool check_payload(struct job *job)
{
	uint32_t size = job->payload_size, need = max_u32(job->kernel.init_size, size), runs = job->kernel.runs_at;

	if (job->payload == PAYLOAD_LOW && size > SETUP_LOW - PAYLOAD_LOW) {
		log("boot: kernel: %u bytes behind its setup part, a zImage has room for %u from 0x%x to 0x%x; not started", size,
		    SETUP_LOW - PAYLOAD_LOW, PAYLOAD_LOW, SETUP_LOW);
		return false;
	}
	if (!kernel_form_is_free("its file", job->payload, size) || !kernel_form_is_free("where it runs", runs, need))
		return false;
	if (!job->kernel.init_size)
		need = min_u32(size, alloc_high_bottom() / 4) * 4;
	job->run_end = max_u32((uint32_t)min_u64((uint64_t)runs + need, UINT32_MAX), BZIMAGE_LOAD + (job->payload == BZIMAGE_LOAD ? size : 0));
	return true;
}

/* What QEMU has hung behind the payload, which is in its place, and rows of the memory map that setup code has no room for. */
static void find_nodes(const struct job *job, struct nodes *n)
{
	uint32_t rows = setup_data_e820_size(&machine.e820);
	int count = 0;

	if (job->kernel.setup_data)
		count = setup_data_scan(phys_to_ptr(job->payload), job->payload_size, &job->kernel, n->node);
	n->of_qemu = n->count = count > 0 ? (uint32_t)count : 0;
	for (uint32_t i = 0; i < n->count; i++)
		n->size[i] = n->node[i].size;
	if (rows && job->version >= 0x0209)
		n->size[n->count++] = rows;
}

static void move_nodes(const struct job *job, const struct nodes *n)
{
	uint32_t last = n->count > n->of_qemu ? n->at[n->of_qemu] : 0;	/* ours */

	setup_data_move(phys_to_ptr(job->payload), n->node, n->of_qemu, n->at, last);
	if (last)
		setup_data_e820_fill(&machine.e820, phys_to_ptr(last));
}

/* The placer keeps off low memory: what lies there has its own place. */
static void begin_to_place(const struct job *job)
{
	place_by_map(&kernel_want, &machine.e820);
	place_begin(&kernel_want, BZIMAGE_LOAD, job->run_end - BZIMAGE_LOAD);
	kernel_want.low = PLACE_LOW_END / PLACE_PAGE;
}

/* Its parts, if it has several, are joined, below 4 GiB: no header of this entry's has more than 32 bits for it. */
static bool __attribute__((noinline)) find_initrd(struct job *job)
{
	uint32_t last = min_u32(job->kernel.initrd_addr_max, alloc_high_bottom() - 1);
	struct initrd all;

	begin_to_place(job);
	if (initrd_join(&all, job->initrd_item, NULL) != 0)
		return false;
	job->initrd_size = (uint32_t)min_u64(all.size, UINT32_MAX);	/* which has no room */
	if (!job->initrd_size)
		return true;
	if (job->version < 0x0200) {
		log("boot: initrd: %u bytes, which a kernel before protocol 2.00 is not told of; not started", job->initrd_size);
		return false;
	}
	job->initrd = place_piece(&kernel_want, job->initrd_size, (last + 1) / PLACE_PAGE, "initrd");
	return job->initrd != 0;
}

static bool __attribute__((noinline)) load_initrd(const struct job *job)
{
	struct initrd all;

	return !job->initrd_size || (initrd_join(&all, job->initrd_item, NULL) == 0 && initrd_read(&all, job->initrd) == 0);
}

static bool place_nodes(struct job *job)
{
	struct nodes n;

	if (job->payload != BZIMAGE_LOAD)
		return true;
	find_nodes(job, &n);
	for (uint32_t i = 0; i < n.count; i++) {
		n.at[i] = place_piece(&kernel_want, n.size[i], alloc_high_bottom() / PLACE_PAGE, "setup_data");
		if (!n.at[i])
			return false;
	}
	job->first_node = n.count ? n.at[0] : 0;
	move_nodes(job, &n);
	return true;
}

static bool load(uint16_t key, uint32_t to, uint32_t size, const char *what)
{
	if (fw_cfg_read_key(key, phys_to_ptr(to), size) == 0)
		return true;
	log("boot: %s: 0x%x bytes could not be read to 0x%x; not started", what, size, to);
	return false;
}

static bool load_cmdline(const struct job *job)
{
	char *text = phys_to_ptr(job->cmdline);

	if (!load(FW_CFG_CMDLINE_DATA, job->cmdline, job->cmdline_size, "command line"))
		return false;
	text[job->cmdline_size] = '\0';		/* even if the item has none */
	return !(kernel_requests & REQUEST_APPEND) || request_append(text, job->cmdline_size) == 0;
}

/* The payload comes last: a zImage takes the memory that fw_cfg's directory may lie in, and no digest is of it. */
static bool load_all(struct job *job)
{
	struct request_bytes part[REQUEST_PARTS] = {
		[REQUEST_INITRD] = { phys_to_ptr(job->initrd), job->initrd_size },
		[REQUEST_CMDLINE] = { phys_to_ptr(job->cmdline), 0 },
	};

	program_started = true;
	if (!load_cmdline(job) || !load_initrd(job))
		return false;
	part[REQUEST_CMDLINE].size = (uint32_t)strlen(phys_to_ptr(job->cmdline));
	return (!kernel_requests || request_check(part) == 0) &&
	       load(FW_CFG_SETUP_DATA, job->setup, job->setup_size, "setup part") &&
	       load(FW_CFG_KERNEL_DATA, job->payload, job->payload_size, "kernel") && place_nodes(job);
}

/* In which mode vga= wants the screen, of a file in which QEMU may have nothing to write: as Linux's loaders have it. */
static uint16_t mode_of(const char *text)
{
	static const struct {
		char name[8];
		uint16_t mode;
	} names[] = { { "normal", 0xffff }, { "ext", 0xfffe }, { "ask", 0xfffd } };
	uint32_t mode = 0, base = 10, digit;

	while (strncmp(text, "vga=", 4) != 0) {
		while (*text && *text != ' ')
			text++;
		if (!*text++)
			return VID_MODE_NORMAL;
	}
	text += 4;
	for (uint32_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strncmp(text, names[i].name, strlen(names[i].name)) == 0)
			return names[i].mode;
	if (text[0] == '0' && (text[1] | 0x20) == 'x') {
		base = 16;
		text += 2;
	}
	for (;; text++) {
		digit = (uint32_t)(*text | 0x20) - '0';
		if (digit > 9)
			digit -= 'a' - '0' - 10;
		if (digit >= base)
			break;
		mode = mode * base + digit;
	}
	return (uint16_t)mode;
}

/* What the loader has to say to the setup code, in its header. */
static void tell_setup(const struct job *job)
{
	uint8_t *setup = phys_to_ptr(job->setup);
	struct setup_header *hdr = header_of(setup);
	uint32_t version = job->version;

	if (version < 0x0202) {
		put_le16(setup + CMDLINE_MAGIC_AT, CMDLINE_MAGIC);
		put_le16(setup + CMDLINE_AT, (uint16_t)(job->cmdline - job->setup));
	} else {
		hdr->cmd_line_ptr = job->cmdline;
	}
	if (version < 0x0200) {
		hdr->vid_mode = mode_of(phys_to_ptr(job->cmdline));
		return;
	}
	if (!hdr->type_of_loader)
		hdr->type_of_loader = LOADER_QEMU;
	hdr->ramdisk_image = job->initrd;
	hdr->ramdisk_size = job->initrd_size;
	if (version >= 0x0201) {
		hdr->loadflags |= CAN_USE_HEAP;
		hdr->heap_end_ptr = (uint16_t)(job->cmdline - job->setup - STACK_ROOM);
	}
	if (version >= 0x0209)
		hdr->setup_data = job->first_node;
}

static void enter(const struct job *job)
{
	uint16_t segment = (uint16_t)(job->setup >> 4);
	struct regs r = {
		.flags = FLAGS_FIXED, .ds = segment, .es = segment, .fs = segment, .gs = segment, .ss = segment,
		.esp = job->cmdline - job->setup - STACK_GAP + RETURN_FRAME,
	};

	timeline_stamp(PHASE_LAUNCH);
	log("boot: kernel: 16-bit entry, protocol 0x%04x, setup part of %u bytes at 0x%x, %u bytes at 0x%x, command line at 0x%x; "
	    "initrd: %u bytes at 0x%x", job->version, job->setup_size, job->setup, job->payload_size, job->payload, job->cmdline,
	    job->initrd_size, job->initrd);
	program_begins();
	report_if_read(timer_tsc_khz);
	timeline_stamp_otherwise(PHASE_KERNEL);
#ifdef CONFIG_FPDT
	fpdt_finish_form();
#endif
	real_start(&r, FAR_POINTER(segment + ENTRY_PARAGRAPHS, 0));
}

/* What a user has asked for that is another entry's. */
static void tell_unfulfilled(void)
{
	struct fw_cfg_item item;

	if (fw_cfg_find("opt/org.slipway/screen", &item) == 0)
		log("boot: screen: not set: by its 16-bit entry a kernel sets it itself, as vga= says");
	if (kernel_requests & REQUEST_ENTRY_64)
		log("boot: kernel: 64-bit entry: is asked for, and this kernel needs that of 16 bits, which is taken");
}

const char *setup16_boot(uint32_t kernel_size)
{
	struct job job = { .payload_size = kernel_size };
	uint32_t cmdline_bytes;

	/* QEMU writes to the setup part, whose code runs here: no digest can be of it. */
	if (request_forbids_some(1u << REQUEST_KERNEL, "the launch by the 16-bit entry") || !read_header(&job))
		return failed;
	cmdline_bytes = whole_cmdline(&job);
	if (!cmdline_bytes || !check_setup(&job, cmdline_bytes) || !check_payload(&job) || !find_initrd(&job) || !load_all(&job))
		return failed;
	tell_unfulfilled();
	tell_setup(&job);
	enter(&job);
	return "its setup code came back";
}

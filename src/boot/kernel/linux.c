/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/kernel/linux.c: see linux.h. What may lie is checked in the parts: bzimage.c, place.c and
 * setup_data.c; this is the order of things.
 */
#include <stdbool.h>
#include <stddef.h>
#include "arch/cpu.h"
#include "arch/launch.h"
#include "arch/phys.h"
#include "boot/kernel/boot_params.h"
#include "boot/kernel/bzimage.h"
#include "boot/kernel/entry64.h"
#include "boot/kernel/graphics.h"
#include "boot/kernel/initrd.h"
#include "boot/kernel/linux.h"
#include "boot/kernel/place.h"
#include "boot/kernel/setup_data.h"
#include "boot/kernel/uki.h"
#include "boot/program.h"
#include "boot/request/request.h"
#include "fw/fpdt.h"
#include "fw/fw_cfg.h"
#include "hw/pic.h"
#include "hw/timer.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "trace/log.h"
#include "trace/report.h"
#include "trace/timeline.h"

#define NOT_READ "boot: %s: 0x%x bytes could not be read to 0x%x; not started"

_Static_assert(SETUP_NODES + 1 <= PLACE_NODES, "the memory map's node needs a place as well");

/* What is loaded, and where. A device may write to some of it: not on the stack. All is set before use. */
static struct {
	uint8_t setup[BZIMAGE_SETUP];
	uint32_t cmdline_size, initrd_size;	/* bytes of the items */
	uint32_t initrd_high, initrd_item;	/* of several parts: bits 32 on of their size; bytes of QEMU's own */
	uint32_t kernel_size, item_size;	/* bytes of the kernel, and of it in its item: 0 where it comes otherwise */
	uint32_t entry;				/* physical address */
	struct bzimage kernel;
	uint32_t nodes;				/* of QEMU's setup_data */
	uint32_t hashed;			/* with setup_data: bytes of the kernel that a digest is of */
	union {
		struct setup_node node[SETUP_NODES];
		struct uki uki;			/* where all is in one: QEMU has put nothing behind such a kernel */
	};
	struct placement at;
} job __attribute__((section(".scratch.linux")));

struct place_request kernel_want __attribute__((section(".scratch.linux")));

static uint64_t initrd_size(void)
{
	return (uint64_t)job.initrd_high << 32 | job.initrd_size;
}

/*
 * The item of the setup part's address is selected first and not read: QEMU 7.2 completes the header
 * when that happens. The setup part's own size need not be known, since the device pads with zeros.
 */
static int read_header_and_sizes(void)
{
	static const struct {
		uint16_t key, size;
		void *to;
	} item[] = {
		{ FW_CFG_SETUP_DATA, sizeof(job.setup), job.setup },
		{ FW_CFG_CMDLINE_SIZE, sizeof(job.cmdline_size), &job.cmdline_size },
		{ FW_CFG_INITRD_SIZE, sizeof(job.initrd_size), &job.initrd_size },
	};
	int rc;

	job.initrd_high = 0;
	rc = fw_cfg_select(FW_CFG_SETUP_ADDR);
	job.entry = BZIMAGE_LOAD;
	for (uint32_t i = 0; i < ARRAY_SIZE(item); i++)
		rc |= fw_cfg_read_key(item[i].key, item[i].to, item[i].size);
	if (rc == 0)
		return 0;
	log("boot: kernel: its setup part (%u bytes) or the size of command line or initrd could not be "
	    "read; not started", BZIMAGE_SETUP);
	return -EIO;
}

/* A 64-bit kernel on a 32-bit processor would stop without a word. */
static int check_processor(void)
{
	uint32_t features;

	if (!job.kernel.is_64bit)
		return 0;
	features = machine.cpu_features ? cpu_extended_features() : 0;
	if (features & CPUID_80000001_EDX_LM)
		return 0;
	log("boot: kernel: 64-bit, but the processor has no long mode (CPUID 0x80000001 EDX is "
	    "0x%08x, bit 29 is needed 0x%08x); not started", features, CPUID_80000001_EDX_LM);
	return -ENODEV;
}

/* The first of kernel, command line and initrd that could not be read; kernel and cmdline are what their reads gave. */
static int tell_unread(int kernel, uint32_t kernel_size, int cmdline)
{
	if (kernel)
		log(NOT_READ, "kernel", kernel_size, BZIMAGE_LOAD);
	else if (cmdline)
		log(NOT_READ, "command line", job.cmdline_size, job.at.cmdline);
	else
		log(NOT_READ, "initrd", job.initrd_size, (uint32_t)job.at.initrd);
	return -EIO;
}

/*
 * Above 4 GiB it may lie as the header says (boot.rst, "xloadflags"; ext_ramdisk_image is there from 2.12 on), where only DMA
 * reaches.
 */
static uint64_t place_parts(uint64_t size)
{
	const struct setup_header *hdr = (const void *)(job.setup + SETUP_HEADER_AT);
	const char *not_above = NULL;

	if (hdr->version < 0x020c || !(hdr->xloadflags & XLF_CAN_BE_LOADED_ABOVE_4G))
		not_above = "this kernel takes none";
	else if (!fw_cfg_has_dma())
		not_above = "only DMA reaches, which is off";
	else if (kernel_requests >> REQUEST_INITRD & 1)
		not_above = "no SHA-256 is made, which is asked for";
	return place_initrd(&kernel_want, size, not_above);
}

/* Is all that is started in one file? */
static bool from_uki(void)
{
	return kernel_requests & REQUEST_UKI && !job.item_size;
}

/* None where the usual one is all there is, which is read as usual. */
static int join_initrd(struct initrd *all)
{
	all->size = 0;
	if (!(kernel_requests & REQUEST_INITRD_FILES) && !from_uki())
		return 0;
	return initrd_join(all, job.initrd_item, from_uki() ? &job.uki : NULL);
}

/* If there are several parts: is there a place for them? They are read when all else has its own. */
static int check_parts(void)
{
	struct initrd all;
	int rc;

	job.initrd_item = job.initrd_size;
	rc = join_initrd(&all);
	if (rc != 0 || !all.size)
		return rc;
	job.initrd_size = kernel_want.initrd_size = 0;
	return place_parts(all.size) ? 0 : -ENOMEM;
}

static int read_parts(void)
{
	struct initrd all;
	int rc = join_initrd(&all);

	if (rc != 0 || !all.size)
		return rc;
	job.at.initrd = place_parts(all.size);
	if (!job.at.initrd)
		return -ENOMEM;
	job.initrd_size = (uint32_t)all.size;
	job.initrd_high = (uint32_t)(all.size >> 32);
	return initrd_read(&all, job.at.initrd);
}

/* Something about the kernel or what comes with it is not as usual. Returns 0, or why it is not started. */
static int check_odd_kernel(uint32_t size)
{
	const struct place_range *keep = &kernel_want.taken[PLACE_KEEP];
	int rc = kernel_requests ? request_cmdline_size(job.cmdline_size, &job.cmdline_size) : 0;

	if (rc == 0)
		rc = check_parts();
	if (rc != 0)
		return rc;
	kernel_want.cmdline_size = job.cmdline_size + 1;
	/* the item counts the terminator, the header does not */
	if (job.cmdline_size > job.kernel.cmdline_max + 1) {
		log("boot: command line: %u characters, the kernel takes %u; not started",
		    job.cmdline_size - 1, job.kernel.cmdline_max);
		return -ENOMEM;
	}
	if (keep->end > BZIMAGE_LOAD / PLACE_PAGE &&
	    keep->first <= (BZIMAGE_LOAD + size - 1) / PLACE_PAGE) {
		log("boot: kernel: %u bytes go to 0x%x, over the memory map at 0x%x; not started", size,
		    BZIMAGE_LOAD, (uint32_t)ptr_to_phys(machine.e820.entry));
		return -ENOMEM;
	}
	if (size / 16 < job.kernel.syssize)
		log("boot: kernel: %u bytes, its header says %llu: the file may be cut short; going on",
		    size, 16ull * job.kernel.syssize);
	return 0;
}

/* Its place is its own: is there something that it must not overwrite? */
static int check_kernel(uint32_t size)
{
	int rc = place_kernel(&kernel_want, &job.kernel, size);

	/* The last: does the memory map reach above the load address? */
	if (rc == 0 && ((job.cmdline_size > job.kernel.cmdline_max + 1) | (size / 16 < job.kernel.syssize) | kernel_requests |
			(kernel_want.taken[PLACE_KEEP].end - 1) / (BZIMAGE_LOAD / PLACE_PAGE)))
		rc = check_odd_kernel(size);
	return rc;
}

/*
 * What QEMU puts behind a kernel (-dtb, a random seed) nobody can hash before, nor tell from what stands in the file: a node may give
 * the kernel RAM that is none. So where the kernel is to have a digest, none is handed on.
 */
static void drop_nodes(void)
{
	for (uint32_t i = 0; i < job.nodes; i++)
		job.hashed = min_u32(job.hashed, job.node[i].offset);
	if (job.nodes)
		log("boot: kernel: setup_data: %u nodes behind %u bytes that are hashed; dropped", job.nodes, job.hashed);
	job.nodes = 0;
}

/* QEMU's, behind the loaded kernel. */
static void scan_nodes(uint32_t kernel_size)
{
	int count = setup_data_scan(phys_to_ptr(BZIMAGE_LOAD), kernel_size, &job.kernel, job.node);

	if (count > 0)
		job.nodes = (uint32_t)count;
	job.hashed = kernel_size;
	if (kernel_requests & 1u << REQUEST_KERNEL)
		drop_nodes();
	for (uint32_t i = 0; i < job.nodes; i++)
		kernel_want.node_size[i] = job.node[i].size;
}

/* What setup_data there is: QEMU's and ours. Of a kernel that could not be read, which has 0 bytes, only ours. */
static void find_nodes(uint32_t kernel_size)
{
	uint32_t ext = setup_data_e820_size(&machine.e820);

	if (job.kernel.setup_data && kernel_size)
		scan_nodes(kernel_size);
	kernel_want.nodes = job.nodes;
	if (ext && job.kernel.version < 0x0209)
		log("boot: memory map: %u rows, protocol %u.%02u takes %u; the rest is not told",
		    machine.e820.count, job.kernel.version >> 8, job.kernel.version & 0xff,
		    BOOT_PARAMS_E820_MAX);
	else if (ext)
		kernel_want.node_size[kernel_want.nodes++] = ext;
}

/* To their places. */
static void move_nodes(void)
{
	uint32_t last = kernel_want.nodes > job.nodes ? job.at.node[job.nodes] : 0;	/* ours */

	setup_data_move(phys_to_ptr(BZIMAGE_LOAD), job.node, job.nodes, job.at.node, last);
	if (last)
		setup_data_e820_fill(&machine.e820, phys_to_ptr(last));
}

static void make_request(void)
{
	uint32_t limit = alloc_high_bottom();

	place_by_map(&kernel_want, &machine.e820);
	kernel_want.limit = limit / PLACE_PAGE;
	kernel_want.initrd_limit = (min_u32(job.kernel.initrd_addr_max, limit - 1) + 1) / PLACE_PAGE;
	kernel_want.initrd_size = job.initrd_size;
	kernel_want.cmdline_size = job.cmdline_size + 1;	/* terminated even if the item is not */
}

/* vga=: the kernel is then like any other. Returns 0 or why it is not. */
static int __attribute__((cold, noinline)) ask_for_mode(void)
{
	struct setup_header *hdr = (void *)(job.setup + SETUP_HEADER_AT);
	uint16_t mode = hdr->vid_mode;

	hdr->vid_mode = VID_MODE_NORMAL;
	return graphics_ask_mode(mode);
}

/* On a microvm without ACPI QEMU adds its devices to the line, which may be all there is: nobody has given one then. */
static bool is_qemus_own_line(void)
{
	static const char own[] = " virtio_mmio.device=";
	static char head[sizeof(own) - 1];	/* a device writes here: not on the stack */

	return fw_cfg_read_key(FW_CFG_CMDLINE_DATA, head, sizeof(head)) == 0 && memcmp(head, own, sizeof(head)) == 0;
}

/* What is no bzImage may have one inside. Returns 0, and the setup part is that one's. */
static int look_inside(void)
{
	struct uki_section *line = &job.uki.part[UKI_CMDLINE];
	int rc = uki_find(job.setup, job.kernel_size, &job.uki);

	if (rc == 0)
		rc = uki_take_setup(&job.uki, job.setup);
	if (rc == -ENOENT) {
		log("boot: kernel: begins as a program of DOS or EFI, but has neither a PE nor a setup header; not started");
		return -EINVAL;
	}
	if (rc != 0)
		return rc;
	kernel_requests |= REQUEST_UKI;
	job.item_size = 0;
	job.kernel_size = job.uki.part[UKI_LINUX].size;
	/* With its NUL: one that is given replaces the file's, as systemd's stub does it. */
	if (job.cmdline_size > 1 && !is_qemus_own_line())
		line->size = 0;
	job.cmdline_size = (uint32_t)min_u64((uint64_t)line->size + max_u32(job.cmdline_size, 1), UINT32_MAX - 1);
	return 0;
}

/* Not to be entered as it stands; why: of bzimage_parse(), or who came before it. Returns 0, and it is now; or why it is not started. */
static int __attribute__((cold, noinline)) look_closer(int why)
{
	if (why == BZIMAGE_GRAPHICS)
		return ask_for_mode();
	if (why == BZIMAGE_PROGRAM)
		return look_inside();
	if (why != -EOPNOTSUPP || !from_uki())
		return why;
	log("boot: kernel: UKI: the 16-bit entry of a kernel in it is not taken; not started");
	return -EINVAL;		/* QEMU's option ROM would enter the file itself */
}

/* Kernel and command line to their places. */
static int load_uki(char *text)
{
	const struct uki_section *kernel = &job.uki.part[UKI_LINUX], *line = &job.uki.part[UKI_CMDLINE];
	int rc = kernel_file_load(&job.uki.file, kernel->offset, BZIMAGE_LOAD, kernel->size), rc_line = 0;

	if (line->size) {
		/* What QEMU has added goes behind it. */
		const uint32_t added = (uint32_t)strnlen(text, job.cmdline_size - line->size);

		memmove(text + line->size, text, added);
		rc_line = kernel_file_load(&job.uki.file, line->offset, job.at.cmdline, line->size);
		text[line->size + added] = '\0';
	}
	return rc | rc_line ? tell_unread(rc, job.kernel_size, rc_line) : 0;
}

/* What a user asks for of a kernel that is in its place. */
static int fulfil_requests(uint32_t kernel_size)
{
	struct request_bytes part[REQUEST_PARTS] = {
		[REQUEST_KERNEL] = { phys_to_ptr(BZIMAGE_LOAD), kernel_size },
		[REQUEST_CMDLINE] = { phys_to_ptr(job.at.cmdline), 0 },
	};
	char *text = phys_to_ptr(job.at.cmdline);
	int rc = from_uki() ? load_uki(text) : 0;

	if (rc == 0 && kernel_requests & REQUEST_APPEND)
		rc = request_append(text, job.cmdline_size);
	if (rc == 0)
		rc = read_parts();
	if (rc != 0)
		return rc;
	part[REQUEST_INITRD] = (struct request_bytes){ phys_to_ptr((uint32_t)job.at.initrd), job.initrd_size };
	part[REQUEST_CMDLINE].size = (uint32_t)strlen(text);
	if (job.kernel.setup_data)
		part[REQUEST_KERNEL].size = job.hashed;
	return request_check(part);
}

/* All is loaded. What few starts need. Returns 0 or why it is not started. */
static int __attribute__((cold, noinline)) finish(uint32_t kernel_size)
{
	int rc = kernel_requests ? fulfil_requests(kernel_size) : 0;

	if (rc != 0)
		return rc;
	if (kernel_want.nodes)
		move_nodes();
	if (kernel_requests & REQUEST_ENTRY_64)
		rc = entry64_prepare(&job.kernel, &job.entry);
	if (rc == 0 && graphics_asked)
		graphics_set();
	return rc;
}

static int load_all(void)
{
	int rc = read_header_and_sizes(), kernel, cmdline, initrd;
	char *text;

again:
	if (rc == 0)
		rc = bzimage_parse(job.setup, &job.kernel);
	if (rc == 0)
		rc = check_processor();
	if (rc != 0) {
		rc = look_closer(rc);
		if (rc != 0)
			return rc;
		goto again;
	}
	make_request();
	rc = check_kernel(job.kernel_size);
	if (rc != 0)
		return rc;
	program_started = true;		/* what cannot be read is told when all has been tried */
	kernel = fw_cfg_read_key(FW_CFG_KERNEL_DATA, phys_to_ptr(BZIMAGE_LOAD), job.item_size);
	job.nodes = kernel_want.nodes = 0;
	if ((uint32_t)(job.kernel.setup_data >> 32 | job.kernel.setup_data) |
	    (machine.e820.count > BOOT_PARAMS_E820_MAX))
		find_nodes(kernel ? 0 : job.kernel_size);
	rc = place(&kernel_want, &job.at);
	if (rc != 0)
		return rc;
	text = phys_to_ptr(job.at.cmdline);
	cmdline = fw_cfg_read_key(FW_CFG_CMDLINE_DATA, text, job.cmdline_size);
	text[job.cmdline_size] = '\0';
	initrd = fw_cfg_read_key(FW_CFG_INITRD_DATA, phys_to_ptr((uint32_t)job.at.initrd), job.initrd_size);
	if (kernel | cmdline | initrd)
		return tell_unread(kernel, job.kernel_size, cmdline);
	if (kernel_want.nodes | graphics_asked | kernel_requests)
		return finish(job.kernel_size);
	return 0;
}

/*
 * What the kernel is packed by, as the payload's first bytes have it (boot.rst, "payload_offset"): whoever reads the log
 * knows their names. An offset that is none of the kernel gives the kernel's own first bytes; the last three of 4 GiB,
 * where the sum wraps, are memory just below it.
 */
static uint32_t payload_magic(uint32_t kernel_size)
{
	const struct setup_header *hdr = (const void *)(job.setup + SETUP_HEADER_AT);
	uint32_t offset = hdr->payload_offset;

	return get_le32(phys_to_ptr(BZIMAGE_LOAD + (offset & -(uint32_t)(offset + 3 < kernel_size))));
}

int linux_boot(uint32_t kernel_size)
{
	const struct setup_header *hdr = (const void *)(job.setup + SETUP_HEADER_AT);
	struct boot_facts facts = { .map = &machine.e820, .at = &job.at, .rsdp = machine.rsdp };
	int rc;

	job.kernel_size = job.item_size = kernel_size;
	rc = load_all();
	if (rc != 0)
		return rc;
	facts.screen = machine.screen;
	facts.ram_end = alloc_high_bottom();
	facts.initrd_size = initrd_size();
	boot_params_fill(phys_to_ptr(job.at.boot_params), job.setup, &job.kernel, &facts);
	timeline_stamp(PHASE_LAUNCH);
	log("boot: kernel: protocol 0x%04x, %u bytes at 0x100000, payload 0x%08x of %u bytes, init_size 0x%x; "
	    "initrd: %llu bytes at 0x%llx", job.kernel.version, job.kernel_size, payload_magic(job.kernel_size),
	    hdr->payload_length, job.kernel.init_size, (unsigned long long)initrd_size(),
	    (unsigned long long)job.at.initrd);
	/*
	 * A kernel sets the interrupt controllers up before it lets interrupts in, but not where
	 * ACPI tells it that the hardware is reduced, as on microvm: there the timer's first
	 * interrupt would come in as vector 0, a division error.
	 */
	if (machine.chipset == CHIPSET_NONE)
		pic_mask_all();
	report_if_read(timer_tsc_khz);
	if (timeline.tsc != TIMELINE_TSC)
		goto otherwise;
	timeline_stamp_tsc(PHASE_KERNEL);
go:
#ifdef CONFIG_FPDT
	fpdt_finish();
#endif
	launch_linux32(job.entry, job.at.boot_params);

	/* Out of the way of all others, which costs them a jump less. */
otherwise:
	timeline_stamp_otherwise(PHASE_KERNEL);
	goto go;
}

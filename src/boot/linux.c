/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/linux.c: see linux.h. What may lie is checked in the parts: bzimage.c, place.c and
 * setup_data.c; this is the order of things.
 */
#include <stdbool.h>
#include "arch/cpu.h"
#include "arch/launch.h"
#include "arch/phys.h"
#include "boot/boot_params.h"
#include "boot/bzimage.h"
#include "boot/linux.h"
#include "boot/place.h"
#include "trace/report.h"
#include "boot/setup_data.h"
#include "fw/fpdt.h"
#include "fw/fw_cfg.h"
#include "hw/pic.h"
#include "hw/timer.h"
#include "lib/errno.h"
#include "trace/log.h"
#include "lib/string.h"
#include "mem/alloc.h"
#include "machine/machine.h"
#include "trace/timeline.h"

_Static_assert(SETUP_NODES + 1 <= PLACE_NODES, "the memory map's node needs a place as well");

/* What is loaded, and where. */
struct job {
	struct bzimage kernel;
	uint32_t kernel_size, initrd_size, cmdline_size;	/* bytes of the items */
	uint32_t nodes;						/* of QEMU's setup_data */
	struct setup_node node[SETUP_NODES];
	struct placement at;
};

/*
 * The address item is selected first and not read: QEMU 7.2 completes the header when that
 * happens. The item's size need not be known, since the device pads with zeros.
 */
static int read_setup(uint8_t setup[BZIMAGE_SETUP])
{
	if (fw_cfg_select(FW_CFG_SETUP_ADDR) == 0 &&
	    fw_cfg_read_key(FW_CFG_SETUP_DATA, setup, BZIMAGE_SETUP) == 0)
		return 0;
	log("boot: kernel: setup part (%u bytes) could not be read; not started", BZIMAGE_SETUP);
	return -EIO;
}

/* A 64-bit kernel on a 32-bit processor would stop without a word. */
static int check_processor(const struct bzimage *kernel)
{
	const uint32_t leaf = 0x80000001;
	uint32_t features = 0;

	if (!kernel->is_64bit)
		return 0;
	if (cpu_has_cpuid() && cpuid(0x80000000, 0).eax >= leaf)
		features = cpuid(leaf, 0).edx;
	if (features & CPUID_80000001_EDX_LM)
		return 0;
	log("boot: kernel: 64-bit, but the processor has no long mode (CPUID 0x80000001 EDX is "
	    "0x%08x, bit 29 is needed 0x%08x); not started", features, CPUID_80000001_EDX_LM);
	return -EOPNOTSUPP;
}

static int read_sizes(struct job *job)
{
	if (fw_cfg_read_key(FW_CFG_CMDLINE_SIZE, &job->cmdline_size, 4) != 0 ||
	    fw_cfg_read_key(FW_CFG_INITRD_SIZE, &job->initrd_size, 4) != 0) {
		log("boot: kernel: sizes of command line and initrd could not be read; not started");
		return -EIO;
	}
	/* the item counts the terminator, the header does not */
	if (job->cmdline_size > job->kernel.cmdline_max + 1) {
		log("boot: command line: %u characters, the kernel takes %u; not started",
		    job->cmdline_size - 1, job->kernel.cmdline_max);
		return -ENOMEM;
	}
	return 0;
}

static int load(uint16_t key, uint64_t phys, uint32_t size, const char *what)
{
	const struct fw_cfg_item item = { .size = size, .key = key };

	if (fw_cfg_read_phys(&item, 0, phys, size) == 0)
		return 0;
	log("boot: %s: 0x%x bytes could not be read to 0x%llx; not started", what, size,
	    (unsigned long long)phys);
	return -EIO;
}

/* The memory map lies in temporary memory and is needed to the end. */
static struct place_range map_memory(void)
{
	uint64_t base = ptr_to_phys(machine.e820.entry);

	return (struct place_range){ base, base + machine.e820.count * sizeof(struct e820_entry) };
}

static int load_kernel(struct job *job, struct place_request *want)
{
	uint64_t end = BZIMAGE_LOAD + (uint64_t)job->kernel_size;

	if (want->keep.base < end && want->keep.end > BZIMAGE_LOAD) {
		log("boot: kernel: goes to 0x%x-0x%llx, over the memory map at 0x%llx; not started",
		    BZIMAGE_LOAD, (unsigned long long)end, (unsigned long long)want->keep.base);
		return -ENOMEM;
	}
	if (job->kernel_size < job->kernel.size)
		log("boot: kernel: %u bytes, its header says %u: the file may be cut short; going on",
		    job->kernel_size, job->kernel.size);
	return load(FW_CFG_KERNEL_DATA, BZIMAGE_LOAD, job->kernel_size, "kernel");
}

/* What setup_data there is: QEMU's behind the loaded kernel, and ours. */
static void find_nodes(struct job *job, struct place_request *want)
{
	uint32_t ext = setup_data_e820_size(want->map);
	int count = setup_data_scan(phys_to_ptr(BZIMAGE_LOAD), job->kernel_size, &job->kernel,
				    job->node);

	job->nodes = count > 0 ? (uint32_t)count : 0;
	for (uint32_t i = 0; i < job->nodes; i++)
		want->node_size[i] = job->node[i].size;
	want->nodes = job->nodes;
	if (ext && job->kernel.version < 0x0209)
		log("boot: memory map: %u rows, protocol %u.%02u takes %u; the rest is not told",
		    want->map->count, job->kernel.version >> 8, job->kernel.version & 0xff,
		    BOOT_PARAMS_E820_MAX);
	else if (ext)
		want->node_size[want->nodes++] = ext;
}

static int load_rest(const struct job *job)
{
	uint32_t cmdline = job->at.cmdline;
	int rc = load(FW_CFG_CMDLINE_DATA, cmdline, job->cmdline_size, "command line");

	*((char *)phys_to_ptr(cmdline) + job->cmdline_size) = '\0';
	if (rc == 0 && job->initrd_size)
		rc = load(FW_CFG_INITRD_DATA, job->at.initrd, job->initrd_size, "initrd");
	return rc;
}

/*
 * Copy the nodes out of the decompressor's way and link them anew. Nothing is left behind: a
 * random seed is worth something only while there is one copy of it.
 */
static void move_nodes(const struct job *job, const struct place_request *want)
{
	for (uint32_t i = 0; i < job->nodes; i++) {
		void *from = phys_to_ptr(BZIMAGE_LOAD + job->node[i].offset);
		struct setup_data *to = phys_to_ptr(job->at.node[i]);

		memcpy(to, from, job->node[i].size);
		memset(from, 0, job->node[i].size);
		to->next = i + 1 < want->nodes ? job->at.node[i + 1] : 0;
	}
	if (want->nodes > job->nodes)
		setup_data_e820_fill(want->map, phys_to_ptr(job->at.node[job->nodes]));
}

static int __attribute__((noinline)) load_all(const uint8_t *setup, struct job *job)
{
	struct place_request want = {
		.map = &machine.e820,
		.limit = alloc_high_bottom(),
		.keep = map_memory(),
		.initrd_limit = job->kernel.initrd_limit,
		.initrd_parts = 1,
	};
	struct boot_facts facts = {
		.map = &machine.e820,
		.ram_end = alloc_high_bottom(),
		.rsdp = machine.rsdp,
		.sse2 = (machine.cpu_features & CPUID_1_EDX_SSE2_FXSR) == CPUID_1_EDX_SSE2_FXSR,
	};
	int rc;

	rc = place_kernel(want.map, &job->kernel, job->kernel_size, &want.kernel);
	if (rc == 0)
		rc = read_sizes(job);
	if (rc == 0)
		rc = load_kernel(job, &want);
	if (rc != 0)
		return rc;

	find_nodes(job, &want);
	want.initrd_size[0] = job->initrd_size;
	want.cmdline_size = job->cmdline_size + 1;	/* terminated even if the item is not */
	rc = place(&want, &job->at);
	if (rc == 0)
		rc = load_rest(job);
	if (rc != 0)
		return rc;

	move_nodes(job, &want);
	facts.cmdline = job->at.cmdline;
	facts.initrd = job->at.initrd;
	facts.initrd_size = job->at.initrd_size;
	facts.setup_data = want.nodes ? job->at.node[0] : 0;
	boot_params_fill(phys_to_ptr(job->at.boot_params), setup, &job->kernel, &facts);
	return 0;
}

int linux_boot(uint32_t kernel_size)
{
	uint8_t setup[BZIMAGE_SETUP];
	struct job job = { .kernel_size = kernel_size };
	int rc;

	rc = read_setup(setup);
	if (rc == 0)
		rc = bzimage_parse(setup, &job.kernel);
	if (rc == 0)
		rc = check_processor(&job.kernel);
	if (rc == 0)
		rc = load_all(setup, &job);
	if (rc != 0)
		return rc;
	timeline_stamp(PHASE_LAUNCH);
	log("boot: kernel: protocol %u.%02u, %u bytes at 0x%x; initrd: %u bytes at 0x%x",
	    job.kernel.version >> 8, job.kernel.version & 0xff, kernel_size, BZIMAGE_LOAD,
	    job.initrd_size, (uint32_t)job.at.initrd);
	/*
	 * A kernel sets the interrupt controllers up before it lets interrupts in, but not where
	 * ACPI tells it that the hardware is reduced, as on microvm: there the timer's first
	 * interrupt would come in as vector 0, a division error.
	 */
	if (machine.chipset == CHIPSET_NONE)
		pic_mask_all();
	report_if_read(timer_tsc_khz);
	timeline_stamp(PHASE_KERNEL);
#ifdef CONFIG_FPDT
	fpdt_finish();
#endif
	launch_linux32(BZIMAGE_LOAD, job.at.boot_params);
}

/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/kernel/pvh.c: an ELF file with a PVH entry. QEMU has put its segments into RAM at reset and says where;
 * SETUP_DATA, which should be the file's first bytes, may be anything (QEMU 7.2), so it is not read.
 * Spec: Xen, docs/misc/pvh.pandoc.
 */
#include "arch/cpu.h"
#include "arch/phys.h"
#include "boot/kernel/form.h"
#include "boot/kernel/place.h"
#include "boot/program.h"
#include "fw/fw_cfg.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "std/hvm_start_info.h"
#include "trace/log.h"
#include "trace/timeline.h"

#define CMDLINE_MOST	4096u		/* bytes with the NUL: nothing says what a kernel takes, QEMU's ROM has room for so many */
#define POST_LOW	0x10000u	/* vectors, BIOS data, and what a start keeps for the next one lie below */
#define CONVENTIONAL	0xa0000u	/* where option ROMs and programs run */

static struct {
	uint32_t cmdline_size, initrd_size;	/* bytes of the items */
	uint32_t start, cmdline, initrd;	/* physical addresses */
} job __attribute__((section(".scratch.form")));

static uint32_t start_size(void)
{
	return sizeof(struct hvm_start_info) + sizeof(struct hvm_modlist_entry) +
	       machine.e820.count * sizeof(struct hvm_memmap_table_entry);
}

/* Can its segments still be what QEMU has put there? */
static bool is_whole(const struct kernel_form *form, bool first)
{
	const uint64_t end = (uint64_t)form->base + form->size;
	const uint32_t low = first ? POST_LOW : CONVENTIONAL;

	if (form->used) {
		log("boot: kernel: PVH segments are from 0x%x to 0x%llx, where POST had used memory from 0x%x on before it knew; "
		    "not started", form->base, (unsigned long long)end, form->used);
		return false;
	}
	if (form->base < low) {
		log("boot: kernel: PVH segments are from 0x%x to 0x%llx, but below 0x%x is where %s; not started", form->base,
		    (unsigned long long)end, low, first ? "POST has its own" : "option ROMs have run");
		return false;
	}
	return kernel_form_is_free("PVH segments", form->base, form->size) && kernel_form_has_entry(form);
}

/* Linux reads 32 bits of a module's address, so all of it lies below 4 GiB, as all that this places. */
static int place_all(const struct kernel_form *form)
{
	const uint32_t limit = alloc_high_bottom() / PLACE_PAGE;
	struct place_request *want = &kernel_want;

	place_by_map(&kernel_want, &machine.e820);
	place_begin(&kernel_want, form->base, form->size);
	job.start = place_piece(&kernel_want, start_size(), limit, "start info");
	job.cmdline = place_piece(&kernel_want, job.cmdline_size + 1, limit, "command line");
	want->low = PLACE_LOW_END / PLACE_PAGE;
	job.initrd = job.initrd_size ? place_piece(&kernel_want, job.initrd_size, limit, "initrd") : 0;
	return want->rc;
}

static int load(void)
{
	char *text = phys_to_ptr(job.cmdline);
	int cmdline, initrd;

	program_started = true;
	cmdline = fw_cfg_read_key(FW_CFG_CMDLINE_DATA, text, job.cmdline_size);
	text[job.cmdline_size] = '\0';		/* even if the item has no NUL */
	initrd = fw_cfg_read_key(FW_CFG_INITRD_DATA, phys_to_ptr(job.initrd), job.initrd_size);
	if (cmdline == 0 && initrd == 0)
		return 0;
	log("boot: %s: 0x%x bytes could not be read to 0x%x; not started", cmdline ? "command line" : "initrd",
	    cmdline ? job.cmdline_size : job.initrd_size, cmdline ? job.cmdline : job.initrd);
	return -EIO;
}

/* Start info, the module, the memory map, one behind the other. */
static void fill(void)
{
	struct hvm_start_info *info = phys_to_ptr(job.start);
	struct hvm_modlist_entry *module = (void *)(info + 1);
	struct hvm_memmap_table_entry *row = (void *)(module + 1);

	*info = (struct hvm_start_info){
		.magic = HVM_START_MAGIC, .version = HVM_START_VERSION, .nr_modules = job.initrd_size != 0,
		.modlist_paddr = job.initrd_size ? ptr_to_phys(module) : 0, .cmdline_paddr = job.cmdline,
		.rsdp_paddr = machine.rsdp, .memmap_paddr = ptr_to_phys(row), .memmap_entries = machine.e820.count,
	};
	*module = (struct hvm_modlist_entry){ .paddr = job.initrd, .size = job.initrd_size };
	for (uint32_t i = 0; i < machine.e820.count; i++, row++) {
		const struct e820_entry *from = &machine.e820.entry[i];

		*row = (struct hvm_memmap_table_entry){ .addr = from->base, .size = from->length, .type = from->type };
	}
}

int pvh_boot(const struct kernel_form *form, bool first)
{
	int rc;

	job.cmdline_size = fw_cfg_le32(FW_CFG_CMDLINE_SIZE);
	job.initrd_size = fw_cfg_le32(FW_CFG_INITRD_SIZE);
	if (!is_whole(form, first))
		return -EINVAL;
	if (job.cmdline_size > CMDLINE_MOST) {
		log("boot: command line: %u characters, a PVH kernel is given %u at most; not started", job.cmdline_size - 1,
		    CMDLINE_MOST - 1);
		return -ENOMEM;
	}
	rc = place_all(form);
	if (rc == 0)
		rc = load();
	if (rc != 0)
		return rc;
	fill();
	timeline_stamp(PHASE_LAUNCH);
	log("boot: kernel: PVH, %u bytes at 0x%x, entry 0x%x; initrd: %u bytes at 0x%x", form->size, form->base, form->entry,
	    job.initrd_size, job.initrd);
	/* Nothing that QEMU tells says of how many bits the kernel is. */
	if (!(machine.cpu_features && cpu_extended_features() & CPUID_80000001_EDX_LM))
		log("boot: kernel: PVH: the processor has no long mode: a kernel of 64 bits stops or resets it at once");
	kernel_form_enter(form, 0, job.start);
}

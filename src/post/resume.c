/* SPDX-License-Identifier: BSD-2-Clause
 * src/post/resume.c: see resume.h.
 * Spec: ACPI 6.5, 16.3.2 (what firmware does on a wake); IBM PC AT Technical Reference, BIOS listing, shutdown codes.
 *
 * Nothing is written here but the firmware's own RAM and devices: no memory is cleared, no descriptor lies
 * in the temporary zone, and the stack is the firmware's.
 */
#include "post/resume.h"
#include <stdint.h>
#include "arch/cpu.h"
#include "arch/launch.h"
#include "arch/layout.h"
#include "arch/real_call.h"
#include "boot/rom/roms.h"
#include "fw/facs.h"
#include "fw/fw_cfg.h"
#include "fw/table_loader.h"
#include "hw/block/block.h"
#include "hw/chipset/chipset.h"
#include "hw/cmos.h"
#include "hw/lapic.h"
#include "hw/pci/config.h"
#include "hw/pci/init.h"
#include "hw/pic.h"
#include "hw/reset.h"
#include "machine/machine.h"
#include "post/cpus.h"
#include "post/shutdown.h"
#include "post/start.h"
#include "smm/smm.h"
#include "trace/log.h"
#include "trace/timeline.h"

uint32_t resume_mark;	/* src/arch/start.S looks at it */
static uint8_t code;	/* that CMOS had */

/* What the reset has cleared, in the order of POST. */
static void restore_devices(void)
{
	pci_config_forget();
	fw_cfg_forget();
	chipset_resume();
	pci_resume();
	pic_init(0);
	cpus_resume();
	smm_resume();
	table_loader_resume();
	block_lost();
	roms_resume();
	shadow_lock(machine.chipset);
}

static void __attribute__((noreturn)) enter(const struct facs_vector *vector)
{
	if (vector->flat)
		launch_linux32(vector->flat, 0);	/* the same state: flat segments, no paging, no interrupts */
	launch_real(FAR_POINTER(vector->real >> 4, vector->real & 0xf));
}

static void __attribute__((noreturn)) wake(void)
{
	struct facs_vector vector;

	cmos_write(CMOS_SHUTDOWN_CODE, 0);
	log("resume: S3 wake");
	if (timeline.plan & TIMELINE_PLAN_PVH)
		log("resume: QEMU has loaded the PVH kernel anew, over what it has become");
	/* In memory, so it can be asked first: without it there is nothing to restore devices for. */
	if (facs_read(machine.rsdp, machine.low_ram_end, &vector) != 0) {
		log("resume: nobody waits for this wake: the machine is restarted");
		hard_reset();
	}
	restore_devices();
	log("resume: the guest goes on at 0x%x, %s mode", vector.flat ? vector.flat : vector.real,
	    vector.flat ? "protected" : "real");
	enter(&vector);
}

/* On hosts whose CMOS keeps the code over a reset of the machine. */
static void __attribute__((noreturn)) go_on_after_reset(void)
{
	restore_devices();
	shutdown_go_on(code);
}

/*
 * After an INIT devices are as the guest has left them, a service that it has interrupted too: what is put back is what
 * the processor's local APIC has lost, and what the start-up code has written.
 */
static void go_on(void)
{
	cmos_write(CMOS_SHUTDOWN_CODE, 0);
	if (start_was_reset())
		real_call_abandon(go_on_after_reset);
	if (machine.cpu_features & CPUID_1_EDX_APIC)
		lapic_wire_again();
	shadow_lock_again(machine.chipset);
	shutdown_go_on(code);
}

void resume(void)
{
	code = cmos_read(CMOS_SHUTDOWN_CODE);
	if (code == SHUTDOWN_S3_WAKE) {
		if (!start_was_reset())
			return;		/* devices run: this is no wake */
		/* what was in the middle of something when the machine slept is no more */
		real_call_abandon(wake);
	}
	if (shutdown_code_served(code))
		go_on();
}

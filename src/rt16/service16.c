/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/service16.c: which calls are served in 16-bit code: what programs poll, and what an interrupt line
 * brings. Everything else crosses to 32-bit code.
 */
#include "arch/far.h"
#include "arch/io.h"
#include "rt16/apm.h"
#include "rt16/clock.h"
#include "rt16/interrupt.h"
#include "rt16/keyboard.h"
#include "rt16/memory_size.h"
#include "rt16/mouse.h"
#include "rt16/serial_console.h"
#include "rt16/service16.h"
#include "rt16/shared.h"
#include "std/bda.h"

#define FPU_BUSY_PORT	0xf0	/* a write ends the coprocessor's error */
#define VECTOR_NMI	0x02

struct rt16_vars vars16;

/* IRQ 6, 13 and 14: who polls looks at the BIOS data area; errors of the coprocessor are INT 02h's. */
static void floppy_interrupt(void)
{
	((volatile __far struct bda *)far_open(BDA_SEGMENT, 0))->floppy_recalibrate |= BDA_FLOPPY_INTERRUPT;
	interrupt_end();
}

static void fpu_interrupt(void)
{
	outb(0, FPU_BUSY_PORT);
	interrupt_end_slave();
	call_vector(VECTOR_NMI, 0);
}

static void disk_interrupt(void)
{
	((volatile __far struct bda *)far_open(BDA_SEGMENT, 0))->disk_interrupt = BDA_DISK_INTERRUPT;
	interrupt_end_slave();
}

/* INT 15h. False: 32-bit code has it. */
static bool system(struct regs *r)
{
	switch (r->ah) {
	case 0x4f:	/* a scan code: keep it */
		r->flags |= FLAGS_CF;
		return true;
	case 0x53:
		return apm_service16(r);
	case 0x83:
		clock_event(r);
		return true;
	case 0x85:	/* SysRq: nobody cares */
		r->ah = 0;
		r->flags &= ~FLAGS_CF;
		return true;
	case 0x90:	/* a device is waited for; */
	case 0x91:	/* it is done: for a scheduler to hook */
		return true;
	case 0xe8:
		return r->al == 0x20 && memory_map(r);
	default:
		return false;
	}
}

/* INT 1Ah. False: 32-bit code has it. */
static bool clock_or_pci(struct regs *r)
{
	if (r->ah <= 7)
		clock_service(r);
	else if (r->ah == 0xb1 && r->al != PCI_ROUTING_OPTIONS && vars16.has_pci)
		pci_bios_call(r);
	else
		return false;
	return true;
}

bool service16(struct regs *r)
{
	switch (r->vector) {
	case 0x08:
		clock_tick();
		return true;
	case 0x09:
		keyboard_interrupt();
		return true;
	case 0x0e:
		floppy_interrupt();
		return true;
	case 0x10:
		serial_console_service(r);	/* without one everything is done, and nothing answered */
		return true;
	case 0x11:
		memory_equipment(r);
		return true;
	case 0x12:
		memory_base_kib(r);
		return true;
	case 0x15:
		return system(r);
	case 0x16:
		keyboard_service(r);
		return true;
	case 0x1a:
		return clock_or_pci(r);
	case 0x70:
		clock_rtc_interrupt();
		return true;
	case 0x74:
		mouse_interrupt();
		return true;
	case 0x75:
		fpu_interrupt();
		return true;
	case 0x76:
		disk_interrupt();
		return true;
	case VECTOR_CONSOLE:
		serial_console_mirror(r);	/* then it goes on to the display's ROM */
		return false;
	default:
		return false;
	}
}

/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/services.c: see services.h.
 */
#include "arch/layout.h"
#include "arch/phys.h"
#include "arch/real_call.h"
#include "arch/smm.h"
#include "hw/block/block.h"
#include "hw/debug_port.h"
#include "hw/reset.h"
#include "hw/timer.h"
#include "lib/bits.h"
#include "lib/checksum.h"
#include "lib/endian.h"
#include "lib/string.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "rt16/shared.h"
#include "services/apm.h"
#include "services/clock.h"
#include "services/disk.h"
#include "services/emulation.h"
#include "services/guest.h"
#include "services/legacy.h"
#include "services/mouse.h"
#include "services/parallel.h"
#include "services/pci_bios.h"
#include "services/pmm.h"
#include "services/pnp.h"
#include "services/serial.h"
#include "services/serial_console.h"
#include "services/services.h"
#include "services/system.h"
#include "std/bda.h"
#include "trace/log.h"
#include "trace/log_ring.h"

#define VECTORS		256
#define VECTOR_KEYBOARD	0x16
#define VECTOR_IRQ_0	0x08
#define VECTOR_IRQ_8	0x70

/* Not handlers: programs take the vectors that are zero for themselves. */
#define VECTORS_FREE	0x60
#define VECTORS_FREE_COUNT	7
#define VECTOR_FREE	0x79

/* In front of the firmware's RAM: the header of an option ROM of 32 KiB, which keeps memory managers away. Its sum is no ROM's. */
#define ROM_MARK	0x0040aa55u

/* From the 16-bit image (src/arch/rt16.lds). */
extern char rt16_low_end[], rt16_services_end[], rt16_entries[];
extern char rt16_pm_start[], rt16_pm_end[];
extern uint16_t rt16_smm16_served[];
extern const char rom_start[], rom_text_end[];	/* src/arch/rom32.lds: 32-bit code */
extern char rt16_irq_first[], rt16_irq_second[], rt16_iret[], rt16_window[];
extern const struct { uint16_t vector, offset; } rt16_vectors_at[], rt16_vectors_at_end[];
extern struct { uint32_t esp; uint16_t ss; } __attribute__((packed)) rt16_service_stack_at;
extern struct { uint16_t limit; uint32_t base; } __attribute__((packed)) rt16_caller_idt_at;

static void set_vector(uint32_t vector, const char *handler)
{
	guest_set_vector((uint8_t)vector, FAR_POINTER(FSEG_BASE >> 4, (uint32_t)handler));
}

/*
 * Where the first PC BIOS had its entries: programs jump there without looking at the vectors. What the standard's
 * other fixed addresses hold is data and made by who knows it.
 */
static const struct {
	uint16_t offset, vector;
} fixed[] = {
	{ 0xe2c3, 0x02 }, { 0xe3fe, 0x13 }, { 0xe6f2, 0x19 }, { 0xe739, 0x14 }, { 0xe82e, 0x16 }, { 0xe987, 0x09 },
	{ 0xec59, 0x40 }, { 0xef57, 0x0e }, { 0xefd2, 0x17 }, { 0xf065, 0x10 }, { 0xf841, 0x12 }, { 0xf84d, 0x11 },
	{ 0xf859, 0x15 }, { 0xfe6e, 0x1a }, { 0xfea5, 0x08 }, { 0xff54, 0x05 },
};

#define JUMP_NEAR	0xe9	/* with a 16-bit distance behind it */
#define JUMP_BYTES	3

static void fill_fixed_entries(void)
{
	for (uint32_t i = 0; i < ARRAY_SIZE(fixed); i++) {
		uint32_t handler = guest_vector((uint8_t)fixed[i].vector);
		uint8_t *at = phys_to_ptr(FSEG_BASE + fixed[i].offset);

		at[0] = JUMP_NEAR;
		put_le16(at + 1, (uint16_t)(handler - fixed[i].offset - JUMP_BYTES));
	}
}

/* All lead to an IRET since the start. */
static void fill_vectors(void)
{
	for (uint32_t i = 0; i < 8; i++) {
		set_vector(VECTOR_IRQ_0 + i, rt16_irq_first);
		set_vector(VECTOR_IRQ_8 + i, rt16_irq_second);
	}
	for (const typeof(*rt16_vectors_at) *v = rt16_vectors_at; v < rt16_vectors_at_end; v++)
		set_vector(v->vector, rt16_entries + v->offset);
	for (uint32_t i = 0; i < VECTORS_FREE_COUNT; i++)
		guest_set_vector((uint8_t)(VECTORS_FREE + i), 0);
	guest_set_vector(VECTOR_FREE, 0);
}

void services_window(void)
{
	struct regs r = { .flags = FLAGS_FIXED | FLAGS_IF };

	real_call(&r, FAR_POINTER(FSEG_BASE >> 4, (uint32_t)rt16_window));
}

void services_init(void)
{
	timer_set_idle(services_window);
	if (machine.chipset != CHIPSET_NONE)	/* elsewhere the F segment is the image */
		memcpy(phys_to_ptr((uint32_t)rt16_low_end), phys_to_ptr((uint32_t)rt16_low_end + ROM16_BASE - FSEG_BASE),
		       (uint32_t)rt16_services_end - (uint32_t)rt16_low_end);
	if (((const struct smm_call *)phys_to_ptr(SMM_CALL))->on)
		rt16_smm16_served[0] = true;
	put_le32(phys_to_ptr(FW_RAM_BASE), ROM_MARK);
	fill_vectors();
	fill_fixed_entries();
	rt16_service_stack_at.esp = STACK_TOP - FW_RAM_BASE;
	rt16_service_stack_at.ss = FW_SEGMENT;
	rt16_caller_idt_at.limit = 0x3ff;
	rt16_caller_idt_at.base = 0;
	system_init();
	apm_init();
	pci_bios_init();
	pnp_init();
}

static void make_anew(void)
{
	for (uint32_t vector = 0; vector < VECTORS; vector++)
		set_vector(vector, rt16_iret);
	fill_vectors();
	legacy_init();
}

void services_stand_still(bool used)
{
	struct regs r;

	if (!rt16_caller_idt_at.limit)
		return;
	if (used)
		make_anew();
	serial_console_take_back();	/* the log may have gone to this port, in a way of its own */
	for (;;) {
		/* AH=00: the processor halts until there is a key */
		r = (struct regs){ .flags = FLAGS_FIXED | FLAGS_IF };
		real_call(&r, guest_vector(VECTOR_KEYBOARD));
	}
}

uint32_t services_code_end(void)
{
	return (uint32_t)rt16_services_end;
}

uint32_t services_pm_start(void)
{
	return (uint32_t)rt16_pm_start;
}

uint32_t services_pm_end(void)
{
	return (uint32_t)rt16_pm_end;
}

/* The allocator gives its F segment, which begins behind the image, from the end down. */
uint32_t services_tables(void)
{
	return align_down(align_up(services_code_end(), 16) + alloc_left(ZONE_FSEG), 4);
}

/* The last byte of a PC's ROM makes its 64 KiB add up to 0. Nothing in them changes after that. */
void services_seal(void)
{
	uint32_t code = services_code_end() - FSEG_BASE, tables = services_tables();
	uint8_t *last = phys_to_ptr(FSEG_END - 1);

	*last -= checksum8(phys_to_ptr(FSEG_BASE), code) + checksum8(phys_to_ptr(tables), FSEG_END - tables);
}

void services_map(void)
{
	uint32_t bytes = machine.e820.count * sizeof(struct e820_entry);
	void *rows = alloc_raw(ZONE_FSEG, bytes, 4, "memory map of INT 15h");

	if (rows) {
		memcpy(rows, machine.e820.entry, bytes);
		machine.e820.entry = rows;	/* programs may take the temporary zone */
		rt16_vars.e820_offset = (uint16_t)(ptr_to_phys(rows) - FSEG_BASE);
		rt16_vars.e820_count = (uint16_t)machine.e820.count;
	}
	services_seal();
}

static struct {
	void (*next)(void), (*again)(void);
	bool held;
} boot;

void services_on_boot(void (*next)(void), void (*again)(void))
{
	boot.next = next;
	boot.again = again;
}

void services_hold_boot(bool hold)
{
	boot.held = hold;
}

/* Programs write where they like: what is left is a restart, and a line, for which less has to be right. */
static void __attribute__((noreturn)) lost(void)
{
#ifdef CONFIG_DEBUG_PORT
	if (debug_port_present())
		log_set_sink(debug_port_write);
#endif
	log("services: the firmware's variables have been overwritten: restarting");
	hard_reset();
}

/* Canaries are set before the first program, and only where one is booted. */
static bool has_booted(void)
{
	return get_le32(phys_to_ptr(CANARY_FRONT)) != 0;
}

static void leave_for(void (*where)(void))
{
	uint32_t at = (uint32_t)where - (uint32_t)rom_start, end = (uint32_t)rom_text_end - (uint32_t)rom_start;

	if (where ? at >= end : has_booted() && !boot.held)
		lost();
	if (!where || boot.held)
		return;
	disk_abandon();
	apm_abandon();
	real_call_abandon(where);
}

static void __attribute__((noinline)) other_service(struct regs *r)
{
	switch (r->vector) {
	case 0x13:
	case 0x40:
		emulation_service(r);
		break;
	case 0x18:
		leave_for(boot.next);
		break;
	case 0x19:
		leave_for(boot.again);
		break;
	case 0x14:
		serial_service(r);
		break;
	case 0x15:
		if (r->ah == 0x53)
			apm_not_off(r);
		else if (r->ah == 0x86)
			clock_delay(r);
		else if (r->ah == 0xc2)
			mouse_service(r);
		else
			system_service(r);
		break;
	case 0x17:
		parallel_service(r);
		break;
	case 0x1a:
		if (r->ah == 0xb1)
			pci_bios_rest(r);
		else
			r->flags |= FLAGS_CF;	/* no such function: AX stays as it is */
		break;
	case VECTOR_LOST:
		lost();
	case VECTOR_PMM:
		pmm_service(r);
		break;
	case VECTOR_RETURNED:
		real_call_returned(r);
	default:
		break;
	}
}

void service32(struct regs *r)
{
	if ((r->vector == 0x13 || r->vector == 0x40) && r->ah != 0x4b)
		disk_service(r);
	else
		other_service(r);
}

/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/legacy.c: see legacy.h.
 */
#include "services/legacy.h"
#include "arch/io.h"
#include "arch/layout.h"
#include "arch/real_call.h"
#include "hw/i8042.h"
#include "hw/pic.h"
#include "hw/pit.h"
#include "hw/rtc.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "machine/machine.h"
#include "services/guest.h"
#include "std/bda.h"
#include "std/cpuid.h"
#include "std/uart.h"
#include "trace/log.h"

/* Tick, keyboard, cascade, floppy; clock, mouse, coprocessor, disk. */
#define LINES_SERVED	(1 << 0 | 1 << 1 | 1 << 2 | 1 << 6 | 1 << 8 | 1 << 12 | 1 << 13 | 1 << 14)

/*
 * Where lines 0 to 7 lead on a machine whose ACPI says that the hardware is reduced, as a microvm's does. Linux then takes
 * it that there are no such controllers, and neither masks nor moves them: entered by a loader's 32-bit way, which is no
 * call of ours, it is interrupted by the tick. By vector 8 that were a double fault; it ignores this one, that of a
 * hypervisor's posted interrupts, and by the first, which nobody ends, all others are held up.
 */
#define VECTORS_REDUCED	0xf0
#define MOVED_BYTES	3	/* of rt16_irq_moved for each */

extern char rt16_irq_moved[];

#define LPT_STATUS	1	/* that tells whether somebody is there; of a serial port, UART_FIFO */
#define ABSENT		0xff
#define UART_TIMEOUT	10	/* seconds */
#define LPT_TIMEOUT	20

#define KEYBOARD_101	0x10	/* bda.kbd_mode: more than 84 keys */

/* The tick counts from midnight. */
static void set_clock(void)
{
	uint32_t seconds;
	int rc;

	if (machine.start != START_COLD)
		rtc_reset();
	rc = rtc_time_of_day(&seconds);
	if (rc && rc != -ENODEV)
		log("clock: time of day: no time can be read (%d); the tick counts from 0", rc);
	guest_bda()->ticks = (uint32_t)((uint64_t)seconds * PIT_HZ >> 16);
}

static void set_keyboard(void)
{
	struct bda *b = guest_bda();

	b->kbd_start = b->kbd_head = b->kbd_tail = offsetof(struct bda, kbd_buffer);
	b->kbd_end = offsetof(struct bda, kbd_buffer) + sizeof(b->kbd_buffer);
	b->kbd_mode = KEYBOARD_101;
	if (i8042_init())
		b->equipment |= BDA_EQUIP_MOUSE;
}

/* Write the ports where the register that tells is there, one behind the other. Returns how many. */
static uint32_t find_ports(const uint16_t *ports, uint32_t count, uint16_t tells, uint16_t *found, uint8_t *timeout, uint8_t time)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < count; i++)
		if (inb(ports[i] + tells) != ABSENT) {
			found[n] = ports[i];
			timeout[n++] = time;
		}
	return n;
}

static void set_ports(void)
{
	static const uint16_t com[] = { UART_COM1, 0x2f8, 0x3e8, 0x2e8 }, lpt[] = { 0x378, 0x278, 0x3bc };
	uint16_t found[ARRAY_SIZE(com) + ARRAY_SIZE(lpt)] = { 0 };
	struct bda *b = guest_bda();
	uint32_t coms = find_ports(com, ARRAY_SIZE(com), UART_FIFO, found, b->com_timeout, UART_TIMEOUT);
	uint32_t lpts = find_ports(lpt, ARRAY_SIZE(lpt), LPT_STATUS, found + ARRAY_SIZE(com), b->lpt_timeout, LPT_TIMEOUT);

	for (uint32_t i = 0; i < ARRAY_SIZE(com); i++)
		b->com[i] = found[i];
	for (uint32_t i = 0; i < ARRAY_SIZE(lpt); i++)
		b->lpt[i] = found[ARRAY_SIZE(com) + i];
	b->equipment |= BDA_EQUIP_COMS(coms) | BDA_EQUIP_LPTS(lpts);
}

static void set_up_reduced(void)
{
	for (uint32_t i = 0; i < 8; i++)
		guest_set_vector((uint8_t)(VECTORS_REDUCED + i),
				 FAR_POINTER(FSEG_BASE >> 4, (uint32_t)(uintptr_t)rt16_irq_moved + i * MOVED_BYTES));
	pic_init_at(VECTORS_REDUCED, LINES_SERVED);
}

void legacy_init(void)
{
	if (machine.cpu_features & CPUID_1_EDX_FPU)
		guest_bda()->equipment |= BDA_EQUIP_FPU;
	/* First: bytes that are dropped have interrupted, and the handler would read the last one once more. ICW1 forgets that. */
	set_keyboard();
	if (machine.chipset != CHIPSET_NONE || pic_present()) {
		if (machine.chipset == CHIPSET_NONE && machine.rsdp)
			set_up_reduced();
		else
			pic_init(LINES_SERVED);
		pit_start();
	}
	set_clock();
	set_ports();
}

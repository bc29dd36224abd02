/* SPDX-License-Identifier: BSD-2-Clause
 * src/rt16/clock.c: see clock.h.
 */
#include "arch/far.h"
#include "arch/io.h"
#include "hw/cmos.h"
#include "hw/pic.h"
#include "rt16/caller.h"
#include "rt16/clock.h"
#include "rt16/interrupt.h"
#include "rt16/serial_console.h"
#include "rt16/service16.h"
#include "rt16/shared.h"
#include "std/bda.h"

#define TICKS_A_DAY	0x1800b0	/* 1193182 / 65536 Hz, 24 hours */
#define VECTOR_TICK	0x1c
#define VECTOR_ALARM	0x4a
#define MOTOR_PORT	0x3f2		/* digital output register */
#define MOTORS_OFF	0x0c		/* no reset, DMA and interrupts as they are used */
#define MOTORS		0x0f		/* of bda.floppy_motor */
#define UPDATE_LOOKS	10000		/* 2 ms at least */
#define PERIOD_US	976		/* of 1024 Hz */
#define WAIT_ACTIVE	0x01
#define WAIT_OVER	0x80
#define IRQ8_MASK	0x01
#define NOT_SUPPORTED	0x86

static volatile __far struct bda *bda(void)
{
	return far_open(BDA_SEGMENT, 0);
}

/* An option ROM runs: see src/boot/rom/watch.h. */
static void watch_rom(uint16_t key)
{
	if (key != vars16.rom_key)
		vars16.rom_ticks = vars16.rom_ticks_given;
	vars16.rom_key = key;
	if (--vars16.rom_ticks)
		return;
	*(volatile __far uint32_t *)far_open(0, ROM_WATCH_EXPIRED_AT) = ROM_WATCH_EXPIRED;
	rt16_hard_reset();
}

void clock_tick(void)
{
	volatile __far struct bda *b = bda();
	uint32_t ticks = b->ticks + 1;

	if (ticks >= TICKS_A_DAY) {
		ticks = 0;
		b->midnight = 1;
	}
	b->ticks = ticks;
	if (b->floppy_motor_ticks && --b->floppy_motor_ticks == 0) {
		b->floppy_motor &= ~MOTORS;
		outb(MOTORS_OFF, MOTOR_PORT);
	}
	if (vars16.rom_ticks)
		watch_rom(b->kbd_tail);
	if (serial_console.port)
		serial_console_poll(true);
	call_vector(VECTOR_TICK, 0);
	interrupt_end();
}

static uint8_t rtc_read(uint8_t index)
{
	outb(index, CMOS_PORT_INDEX);
	return inb(CMOS_PORT_DATA);
}

static void rtc_write(uint8_t index, uint8_t value)
{
	outb(index, CMOS_PORT_INDEX);
	outb(value, CMOS_PORT_DATA);
}

/* Wait until time and date stand for a while. False: there is no clock. */
static bool rtc_steady(void)
{
	for (uint16_t i = 0; i < UPDATE_LOOKS; i++) {
		uint8_t a = rtc_read(CMOS_RTC_A);

		if (!(a & RTC_A_UPDATING))
			return true;
		if (a == RTC_ABSENT)
			return false;
	}
	return false;
}

/* The clock counts on. Returns register B as it is then. */
static uint8_t rtc_go(uint8_t b)
{
	b &= ~RTC_B_SET;
	rtc_write(CMOS_RTC_B, b);
	return b;
}

/* Stop counting while time or date are written. Returns register B as it was. */
static uint8_t rtc_stop(void)
{
	uint8_t b = rtc_read(CMOS_RTC_B);

	rtc_write(CMOS_RTC_B, b | RTC_B_SET);
	return b;
}

/* Let IRQ 8 through and register B say so. */
static void rtc_interrupts_on(uint8_t bits)
{
	outb(inb(PIC_SLAVE_MASK) & ~IRQ8_MASK, PIC_SLAVE_MASK);
	rtc_write(CMOS_RTC_B, rtc_read(CMOS_RTC_B) | bits);
}

static void rtc_interrupts_off(uint8_t bits)
{
	rtc_write(CMOS_RTC_B, rtc_read(CMOS_RTC_B) & ~bits);
}

static void read_ticks(struct regs *r)
{
	volatile __far struct bda *b = bda();
	uint32_t ticks = b->ticks;

	r->cx = (uint16_t)(ticks >> 16);
	r->dx = (uint16_t)ticks;
	r->al = b->midnight;
	b->midnight = 0;
}

static void set_ticks(const struct regs *r)
{
	volatile __far struct bda *b = bda();

	b->ticks = (uint32_t)r->cx << 16 | r->dx;
	b->midnight = 0;
}

static void read_time(struct regs *r)
{
	r->dh = rtc_read(CMOS_SECONDS);
	r->cl = rtc_read(CMOS_MINUTES);
	r->ch = rtc_read(CMOS_HOURS);
	r->dl = rtc_read(CMOS_RTC_B) & RTC_B_DAYLIGHT;
	r->al = r->ch;
}

static void set_time(struct regs *r)
{
	uint8_t b = rtc_stop();

	rtc_write(CMOS_SECONDS, r->dh);
	rtc_write(CMOS_MINUTES, r->cl);
	rtc_write(CMOS_HOURS, r->ch);
	r->al = rtc_go((b & (RTC_B_PERIODIC | RTC_B_ALARM)) | RTC_B_NORMAL | (r->dl & RTC_B_DAYLIGHT));
}

static void read_date(struct regs *r)
{
	r->cl = rtc_read(CMOS_YEAR);
	r->dh = rtc_read(CMOS_MONTH);
	r->dl = rtc_read(CMOS_DAY);
	r->ch = rtc_read(CMOS_CENTURY);
	r->al = r->ch;
}

static void set_date(struct regs *r)
{
	uint8_t b = rtc_stop();

	rtc_write(CMOS_YEAR, r->cl);
	rtc_write(CMOS_MONTH, r->dh);
	rtc_write(CMOS_DAY, r->dl);
	rtc_write(CMOS_CENTURY, r->ch);
	r->al = rtc_go(b);
}

/* False: one is set. */
static bool set_alarm(struct regs *r)
{
	r->al = 0;
	if (rtc_read(CMOS_RTC_B) & RTC_B_ALARM)
		return false;
	rtc_write(CMOS_ALARM_SECONDS, r->dh);
	rtc_write(CMOS_ALARM_MINUTES, r->cl);
	rtc_write(CMOS_ALARM_HOURS, r->ch);
	rtc_interrupts_on(RTC_B_ALARM);
	return true;
}

static void end_alarm(struct regs *r)
{
	r->al = rtc_read(CMOS_RTC_B);
	rtc_write(CMOS_RTC_B, r->al & ~RTC_B_ALARM);
}

void clock_service(struct regs *r)
{
	bool done = true;
	uint8_t ah = r->ah;

	r->ah = 0;
	if (ah < 2) {
		if (ah == 0)
			read_ticks(r);
		else
			set_ticks(r);
	} else if (!rtc_steady()) {
		done = false;
	} else if (ah == 2) {
		read_time(r);
	} else if (ah == 3) {
		set_time(r);
	} else if (ah == 4) {
		read_date(r);
	} else if (ah == 5) {
		set_date(r);
	} else if (ah == 6) {
		done = set_alarm(r);
	} else {
		end_alarm(r);
	}
	r->flags = done ? r->flags & ~FLAGS_CF : r->flags | FLAGS_CF;
}

void clock_event(struct regs *r)
{
	volatile __far struct bda *b = bda();

	if (r->al > 1 || (r->al == 0 && b->wait_active & WAIT_ACTIVE)) {
		r->ah = NOT_SUPPORTED;
		r->flags |= FLAGS_CF;
		return;
	}
	r->flags &= ~FLAGS_CF;
	if (r->al == 1) {
		b->wait_active = 0;
		rtc_interrupts_off(RTC_B_PERIODIC);
		return;
	}
	b->wait_flag[0] = r->bx;
	b->wait_flag[1] = r->es;
	b->wait_us = (uint32_t)r->cx << 16 | r->dx;
	b->wait_active = WAIT_ACTIVE;
	rtc_interrupts_on(RTC_B_PERIODIC);
}

static void event_period(void)
{
	volatile __far struct bda *b = bda();
	volatile __far uint8_t *flag;
	uint16_t segment, offset;

	if (!(b->wait_active & WAIT_ACTIVE))
		return;
	if (b->wait_us > PERIOD_US) {
		b->wait_us -= PERIOD_US;
		return;
	}
	b->wait_us = 0;
	b->wait_active = 0;
	rtc_interrupts_off(RTC_B_PERIODIC);
	segment = b->wait_flag[1];
	offset = b->wait_flag[0];
	if (!caller_may_write(segment, offset, 1))
		return;
	flag = far_open(segment, offset);
	*flag |= WAIT_OVER;
}

void clock_rtc_interrupt(void)
{
	/* C may say what B does not let interrupt. */
	uint8_t what = rtc_read(CMOS_RTC_C) & rtc_read(CMOS_RTC_B);

	if (what & RTC_B_PERIODIC)
		event_period();
	if (what & RTC_B_ALARM)
		call_vector(VECTOR_ALARM, 0);
	interrupt_end_slave();
}

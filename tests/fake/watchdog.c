/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/watchdog.c: see watchdog.h. Spec: Intel 6300ESB (300641), chapter 16; Intel ICH9 (316972), 13.9; QEMU
 * hw/watchdog/wdt_i6300esb.c, hw/acpi/ich9_tco.c.
 */
#include "fake/watchdog.h"
#include <stddef.h>
#include <string.h>
#include "fake/io.h"

struct fake_watchdog fake_watchdog;

#define esb (&fake_watchdog.esb)
#define tco (&fake_watchdog.tco)

#define LPC		PCI_BDF(0, 31, 0)
#define LAST_FLAG	0x0200u
#define HALTED		0x0800u
#define TICK_US		600000u

static uint32_t cf8;

static uint32_t cut(uint32_t value, unsigned int width)
{
	return width == 4 ? value : value & ((1u << 8 * width) - 1);
}

/* Is this write lost? */
static bool lost(void)
{
	return ++fake_watchdog.writes == fake_watchdog.lose_at;
}

static void esb_begin(uint32_t stage)
{
	esb->stage = stage;
	esb->end = fake_watchdog.now + ((uint64_t)esb->preload[stage - 1] << 15) / 33 + 1;
}

static uint32_t esb_config_read(uint32_t reg, unsigned int width)
{
	switch (reg) {
	case PCI_VENDOR_ID:
		return cut(0x25ab8086, width);
	case PCI_COMMAND:
		return cut(esb->command, width);
	case PCI_BAR0:
		return cut(esb->bar | esb->bar_flags, width);
	case 0x60:
		return width == 2 ? esb->configuration : 0;
	case 0x68:
		return width == 1 ? esb->lock : 0;
	default:
		return 0;
	}
}

static void esb_lock_write(uint8_t value)
{
	bool was = esb->lock & 2;

	if (esb->lock & 1)
		return;
	esb->lock = value & 7;
	if (!(value & 2))
		esb->end = 0;
	else if (!was)
		esb_begin(1);
}

static void esb_config_write(uint32_t reg, unsigned int width, uint32_t value)
{
	if (lost())
		return;
	fake_watchdog.strange += (reg == 0x60 && width != 2) || (reg == 0x68 && width != 1);
	if (reg == PCI_COMMAND)
		esb->command = (uint16_t)value & 0x0106;
	else if (reg == PCI_BAR0)
		esb->bar = value & 0xfffffff0;
	else if (reg == 0x60 && width == 2)
		esb->configuration = (uint16_t)value & 0x27;
	else if (reg == 0x68 && width == 1)
		esb_lock_write((uint8_t)value);
}

static uint32_t lpc_read(uint32_t reg, unsigned int width)
{
	switch (reg) {
	case PCI_VENDOR_ID:
		return cut(0x29188086, width);
	case PCI_HEADER_TYPE & ~3:
		return cut(0x00800000, width);
	case 0x40:
		return cut(tco->pm_base, width);
	case 0x44:
		return cut(tco->acpi_control, width);
	case 0xf0:
		return cut(tco->root_complex, width);
	default:
		return 0;
	}
}

static void lpc_write(uint32_t reg, uint32_t value)
{
	if (lost())
		return;
	if (reg == 0x40)
		tco->pm_base = (value & 0xff80) | 1;
	else if (reg == 0x44)
		tco->acpi_control = (uint8_t)value;
	else if (reg == 0xf0)
		tco->root_complex = value & 0xffffc001;
}

static uint32_t config_in(void *opaque, uint16_t port, unsigned int width)
{
	pci_bdf_t bdf = (pci_bdf_t)(cf8 >> 8);
	uint32_t reg = (cf8 & 0xfc) + (port & 3u);

	(void)opaque;
	if (port < 0xcfc)
		return cf8;
	if (esb->there && bdf == esb->bdf)
		return esb_config_read(reg, width);
	if (tco->bridge && bdf == LPC)
		return lpc_read(reg, width);
	return cut(~0u, width);
}

static void config_out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	pci_bdf_t bdf = (pci_bdf_t)(cf8 >> 8);
	uint32_t reg = (cf8 & 0xfc) + (port & 3u);

	(void)opaque;
	if (port < 0xcfc)
		cf8 = value;
	else if (esb->there && bdf == esb->bdf)
		esb_config_write(reg, width, value);
	else if (tco->bridge && bdf == LPC)
		lpc_write(reg, value);
}

/* -1: not its memory, or it does not decode. */
static int esb_register(uint32_t addr)
{
	if (!esb->there || !(esb->command & PCI_COMMAND_MEMORY) || !esb->bar || esb->bar_flags || esb->deaf ||
	    addr - esb->bar >= 16)
		return -1;
	return (int)(addr - esb->bar);
}

static bool is_gcs(uint32_t addr)
{
	return tco->bridge && tco->root_complex & 1 && addr == (tco->root_complex & ~1u) + 0x3410;
}

static uint32_t mmio_read(void *opaque, uint32_t addr, unsigned int width)
{
	int reg = esb_register(addr);

	(void)opaque;
	if (is_gcs(addr))
		return cut(tco->gcs, width);
	if (reg < 0)
		return cut(~0u, width);
	return reg == 0x0c && width == 2 && esb->timed_out ? LAST_FLAG : 0;
}

static void esb_memory_write(uint32_t reg, unsigned int width, uint32_t value)
{
	if (reg == 0x0c && width == 1 && value == 0x80) {
		esb->unlocked = 1;
	} else if (reg == 0x0c && width == 1 && value == 0x86 && esb->unlocked == 1) {
		esb->unlocked = 2;
	} else {
		if (esb->unlocked == 2 && reg < 8 && width == 4)
			esb->preload[reg / 4] = value & 0xfffff;
		if (esb->unlocked == 2 && reg == 0x0c && width == 2 && value & LAST_FLAG)
			esb->timed_out = false;
		esb->unlocked = 0;
	}
}

static void mmio_write(void *opaque, uint32_t addr, unsigned int width, uint32_t value)
{
	int reg = esb_register(addr);

	(void)opaque;
	if (lost())
		return;
	if (is_gcs(addr) && !tco->gcs_stuck)
		tco->gcs = value;
	if (reg >= 0)
		esb_memory_write((uint32_t)reg, width, value);
}

/* Are the ports there, and where? */
static uint32_t tco_port(uint16_t port)
{
	if (!tco->there || !(tco->acpi_control & 0x80) || !(tco->pm_base & 1))
		return ~0u;
	return port - (tco->pm_base & 0xff80) - 0x60;
}

static uint32_t port_in(void *opaque, uint16_t port, unsigned int width)
{
	(void)opaque;
	switch (tco_port(port)) {
	case 0x06:
		return cut(tco->status_2, width);
	case 0x08:
		return cut(tco->control, width);
	case 0x12:
		return cut(tco->timer, width);
	default:
		return cut(~0u, width);
	}
}

static void tco_begin(void)
{
	tco->end = tco->control & HALTED || tco->timer < 2 ? 0 : fake_watchdog.now + (uint64_t)tco->timer * TICK_US;
}

static void port_out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	uint32_t reg = tco_port(port);

	(void)opaque;
	if (lost())
		return;
	fake_watchdog.strange += width != 2;
	if (reg == 0x00) {
		tco->stage = 0;
		if (!(tco->control & HALTED))
			tco_begin();
	} else if (reg == 0x06) {
		tco->status_2 = (uint16_t)value & 0x0017;
	} else if (reg == 0x08) {
		tco->control = (uint16_t)((value & ~tco->stuck) | (tco->control & tco->stuck));
		tco_begin();
	} else if (reg == 0x12) {
		tco->timer = (uint16_t)value & 0x3ff;
	}
}

void fake_watchdog_machine_reset(void)
{
	esb->command = esb->configuration = 0;
	esb->bar = 0;
	esb->lock = esb->unlocked = 0;
	esb->preload[0] = esb->preload[1] = 0xfffff;
	esb->end = 0;
	tco->pm_base = 1;
	tco->acpi_control = 0;
	tco->root_complex = 0;
	tco->gcs = 0x20;
}

void fake_watchdog_reset(void)
{
	memset(&fake_watchdog, 0, sizeof(fake_watchdog));
	fake_watchdog.now = 1;
	fake_watchdog_machine_reset();
	tco->timer = 4;
	cf8 = 0;
	fake_io_add(0xcf8, 0xcff, config_in, config_out, NULL);
	fake_io_add(0x600, 0x67f, port_in, port_out, NULL);
	fake_mmio_add(0xfe000000, 0xffffffff, mmio_read, mmio_write, NULL);
}

void fake_watchdog_add_esb(pci_bdf_t bdf)
{
	esb->there = true;
	esb->bdf = bdf;
}

void fake_watchdog_add_tco(void)
{
	tco->there = tco->bridge = true;
}

static void esb_over(void)
{
	if (esb->stage == 1) {
		esb_begin(2);
	} else if (esb->configuration & 0x20) {
		esb->end = 0;
	} else {
		esb->timed_out = true;
		fake_watchdog.resets++;
		fake_watchdog_machine_reset();
	}
}

static void tco_over(void)
{
	tco_begin();
	if (++tco->stage < 2)
		return;
	tco->stage = 0;
	tco->status_2 |= 6;
	if (!tco->strapped && !(tco->gcs & 0x20)) {
		tco->end = 0;
		fake_watchdog.resets++;
		fake_watchdog_machine_reset();
	}
}

void fake_watchdog_pass(uint32_t ms)
{
	for (; ms; ms--) {
		fake_watchdog.now += 1000;
		if (esb->end && fake_watchdog.now >= esb->end)
			esb_over();
		if (tco->end && fake_watchdog.now >= tco->end)
			tco_over();
	}
}

bool fake_watchdog_runs(void)
{
	return esb->end || tco->end;
}

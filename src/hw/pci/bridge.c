/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pci/bridge.c: see bridge.h.
 * Spec: PCI-to-PCI Bridge 1.2, section 3.2.5; PCI Express Base 3.0, 7.8; QEMU
 * docs/pcie_pci_bridge.txt for the reservations.
 */
#include "hw/pci/bar.h"
#include "hw/pci/bridge.h"
#include "hw/pci/tree.h"
#include "lib/bits.h"
#include "trace/log.h"

/*
 * Base above limit: closed. The low four bits are read-only and say what the window can do. Not the
 * highest base there is: a window that is missing may have that hardwired (QEMU, io-reserve=0).
 */
#define CLOSED_IO	0x00e0
#define CLOSED_MEMORY	0x0000ffe0u
#define BASE_IO		0x00f0
#define WINDOW_TYPE	0xf
#define WINDOW_WIDE	0x1

#define CAP_FIRST	0x40	/* capabilities lie behind the header */
#define CAP_VENDOR	0x09
#define CAP_SHPC	0x0c
#define CAP_EXPRESS	0x10
#define CAPS_MAX	48	/* more do not fit into 192 bytes: a longer list is a loop */

/* PCI Express capabilities register, here the upper half of the capability's first dword */
#define EXPRESS_TYPE(v)		((v) >> 20 & 15)
#define EXPRESS_ROOT_PORT	4
#define EXPRESS_DOWNSTREAM	6
#define EXPRESS_SLOT		(1u << 24)

/*
 * Red Hat's vendor capability, type 1: what to reserve behind the bridge. All ones in a field is
 * "no wish". Offsets from its start, all little-endian.
 */
#define VENDOR_RED_HAT	0x1b36
#define RESERVE_TYPE	1
#define RESERVE_LENGTH	32
#define RESERVE_BUS	4	/* 32 bits */
#define RESERVE_IO	8	/* 64 bits, bytes */
#define RESERVE_MEM	16	/* 32 bits */
#define RESERVE_PREF32	20	/* 32 bits; at most one of this and the next is a wish */
#define RESERVE_PREF64	24	/* 64 bits */

static const char *const kind_names[] = { "I/O", "memory", "prefetchable" };

static void set_reserve(struct pci_function *function, enum pci_kind kind, uint64_t bytes)
{
	uint64_t limit = kind == PCI_IO ? 0x10000 : PCI_BAR_MAX;

	if (bytes > limit) {
		log("pci: %02x:%02x.%u: reservation of 0x%llx bytes of %s space is above 0x%llx; ignored",
		    PCI_BUS(function->bdf), PCI_DEV(function->bdf), PCI_FN(function->bdf),
		    (unsigned long long)bytes, kind_names[kind], (unsigned long long)limit);
		return;
	}
	function->window[kind].reserve = bytes;
}

/* A 32-bit field as it was meant: all ones stay all ones. */
static uint64_t field32(pci_bdf_t bdf, uint16_t reg)
{
	uint32_t value = pci_read32(bdf, reg);

	return value == 0xffffffff ? ~0ull : value;
}

static uint64_t field64(pci_bdf_t bdf, uint16_t reg)
{
	uint32_t low = pci_read32(bdf, reg);

	return (uint64_t)pci_read32(bdf, reg + 4) << 32 | low;
}

static void read_reservations(struct pci_function *function, uint16_t at)
{
	uint64_t bus = field32(function->bdf, at + RESERVE_BUS);
	uint64_t io = field64(function->bdf, at + RESERVE_IO);
	uint64_t mem = field32(function->bdf, at + RESERVE_MEM);
	uint64_t pref32 = field32(function->bdf, at + RESERVE_PREF32);
	uint64_t pref64 = field64(function->bdf, at + RESERVE_PREF64);

	if (bus != ~0ull)
		function->bus_reserve = bus < 255 ? (uint8_t)bus : 255;
	if (io != ~0ull)
		set_reserve(function, PCI_IO, io);
	if (mem != ~0ull)
		set_reserve(function, PCI_MEM, mem);
	if (pref32 != ~0ull) {
		set_reserve(function, PCI_PREF, pref32);
	} else if (pref64 != ~0ull && pref64 <= PCI_BAR_MAX) {
		function->window[PCI_PREF].reserve_high = pref64 != 0;
		set_reserve(function, PCI_PREF, pref64);
	} else if (pref64 != ~0ull) {
		set_reserve(function, PCI_PREF, pref64);
	}
}

void pci_bridge_close_io(pci_bdf_t bdf)
{
	pci_write16(bdf, PCI_IO_BASE, CLOSED_IO);
}

static void probe_windows(struct pci_function *function)
{
	uint32_t answer;

	pci_bridge_close_io(function->bdf);
	answer = pci_read16(function->bdf, PCI_IO_BASE);
	function->window[PCI_IO].present = (answer & BASE_IO) == CLOSED_IO;
	/* Every bridge has the memory window; the other two are optional. */
	function->window[PCI_MEM].present = true;
	/* One that is missing reads 0 [3.2.5.9], and so may one that decodes 32 bits after a reset. */
	answer = pci_read32(function->bdf, PCI_PREF_BASE);
	if (!answer) {
		pci_write32(function->bdf, PCI_PREF_BASE, CLOSED_MEMORY);
		answer = pci_read32(function->bdf, PCI_PREF_BASE);
	}
	function->window[PCI_PREF].present = answer != 0;
	function->window[PCI_PREF].wide = (answer & WINDOW_TYPE) == WINDOW_WIDE;
}

void pci_bridge_probe(struct pci_function *function)
{
	uint16_t reservations = 0;
	uint16_t at = pci_read8(function->bdf, PCI_CAPABILITIES) & 0xfc;

	probe_windows(function);
	for (uint32_t n = 0; at >= CAP_FIRST && n < CAPS_MAX; n++) {
		uint32_t cap = pci_read32(function->bdf, at);

		switch (cap & 0xff) {
		case CAP_EXPRESS:
			function->pcie_port = EXPRESS_TYPE(cap) == EXPRESS_ROOT_PORT ||
					      EXPRESS_TYPE(cap) == EXPRESS_DOWNSTREAM;
			/*
			 * Not the hotplug bit of the slot: QEMU 6.1 clears it when ACPI does
			 * the plugging.
			 */
			if (function->pcie_port && cap & EXPRESS_SLOT)
				function->hotplug = true;
			break;
		case CAP_SHPC:
			function->hotplug = true;
			break;
		case CAP_VENDOR:
			if ((uint16_t)function->id == VENDOR_RED_HAT && cap >> 24 == RESERVE_TYPE &&
			    (cap >> 16 & 0xff) >= RESERVE_LENGTH && at + RESERVE_LENGTH <= 0x100)
				reservations = at;
			break;
		}
		at = cap >> 8 & 0xfc;
	}
	if (function->hotplug) {
		/* I/O space is small and PCI Express devices must work without: only on demand. */
		if (!function->pcie_port)
			function->window[PCI_IO].reserve = PCI_HOTPLUG_IO;
		function->window[PCI_MEM].reserve = PCI_HOTPLUG_MEMORY;
		function->window[PCI_PREF].reserve = PCI_HOTPLUG_MEMORY;
	}
	if (reservations)
		read_reservations(function, reservations);
}

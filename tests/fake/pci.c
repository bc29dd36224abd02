/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/pci.c: see pci.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fake/io.h"
#include "fake/pci.h"

struct fake_pci fake_pci;

static uint32_t cf8;

static bool is_bridge(const struct fake_pci_function *function)
{
	return (function->config[PCI_HEADER_TYPE] & 0x7f) == 1;
}

/* The bus a function is on, as far as the bridges above are numbered; -1: unreachable. */
static int bus_of(const struct fake_pci_function *function, int wanted)
{
	const struct fake_pci_function *bridge;

	if (function->parent < 0)
		return function->root;
	bridge = &fake_pci.function[function->parent];
	/* Every bridge on the way must forward the wanted number. */
	if (!bridge->config[PCI_PRIMARY_BUS + 1] || wanted < bridge->config[PCI_PRIMARY_BUS + 1] ||
	    wanted > bridge->config[PCI_PRIMARY_BUS + 2] || bus_of(bridge, wanted) < 0)
		return -1;
	return bridge->config[PCI_PRIMARY_BUS + 1];
}

/* A function higher up claims nothing: only what sits on the bus itself answers. */
static struct fake_pci_function *find(pci_bdf_t bdf)
{
	for (int i = 0; i < fake_pci.count; i++) {
		struct fake_pci_function *function = &fake_pci.function[i];

		if (function->devfn == (bdf & 0xff) && bus_of(function, PCI_BUS(bdf)) == PCI_BUS(bdf))
			return function->answers ? function : NULL;
	}
	return NULL;
}

static uint32_t config_read(pci_bdf_t bdf, uint32_t reg, unsigned int width)
{
	struct fake_pci_function *function = find(bdf);
	uint32_t value = 0;

	if (!function || reg + width > 256)
		return 0xffffffff;
	if (function->before_read)
		function->before_read(function, reg);
	memcpy(&value, &function->config[reg], width);
	return value;
}

static void config_write(pci_bdf_t bdf, uint32_t reg, unsigned int width, uint32_t value)
{
	struct fake_pci_function *function = find(bdf);

	if (!function || reg + width > 256)
		return;
	function->writes++;
	if (reg == PCI_COMMAND)
		function->command_at = ++fake_pci.commands;
	if (reg >= PCI_BAR0 && reg < PCI_BAR0 + (is_bridge(function) ? 8 : 24) &&
	    value == 0xffffffff && function->config[PCI_COMMAND] & 3)
		fake_pci.sized_while_on++;
	for (unsigned int i = 0; i < width; i++) {
		uint8_t mask = function->writable[reg + i];
		uint8_t byte = (uint8_t)(value >> 8 * i);

		function->config[reg + i] = (function->config[reg + i] & ~mask) | (byte & mask);
	}
	if (function->after_write)
		function->after_write(function, reg);
}

static uint32_t port_in(void *opaque, uint16_t port, unsigned int width)
{
	(void)opaque;
	if (port < 0xcfc)
		return width == 4 ? cf8 : 0xffffffff;
	if (!(cf8 >> 31))
		return 0xffffffff;
	return config_read((pci_bdf_t)(cf8 >> 8), (cf8 & 0xfc) + (port - 0xcfc), width);
}

static void port_out(void *opaque, uint16_t port, unsigned int width, uint32_t value)
{
	(void)opaque;
	if (port == 0xcf8 && width == 4)
		cf8 = value;
	else if (port >= 0xcfc && cf8 >> 31)
		config_write((pci_bdf_t)(cf8 >> 8), (cf8 & 0xfc) + (port - 0xcfc), width, value);
}

static uint32_t ecam_read(void *opaque, uint32_t addr, unsigned int width)
{
	(void)opaque;
	addr -= Q35_MMCONFIG_BASE;
	return config_read((pci_bdf_t)(addr >> 12), addr & 0xfff, width);
}

static void ecam_write(void *opaque, uint32_t addr, unsigned int width, uint32_t value)
{
	(void)opaque;
	addr -= Q35_MMCONFIG_BASE;
	config_write((pci_bdf_t)(addr >> 12), addr & 0xfff, width, value);
}

void fake_pci_reset(void)
{
	memset(&fake_pci, 0, sizeof(fake_pci));
	/* What the start-up code left behind. */
	cf8 = 0x80000058;
	fake_io_add(0xcf8, 0xcff, port_in, port_out, NULL);
	fake_mmio_add(Q35_MMCONFIG_BASE, Q35_MMCONFIG_BASE + Q35_MMCONFIG_SIZE - 1, ecam_read,
		      ecam_write, NULL);
}

void fake_pci_set32(int index, uint8_t reg, uint32_t value, uint32_t writable)
{
	memcpy(&fake_pci.function[index].config[reg], &value, 4);
	memcpy(&fake_pci.function[index].writable[reg], &writable, 4);
}

uint32_t fake_pci_get32(int index, uint8_t reg)
{
	uint32_t value;

	memcpy(&value, &fake_pci.function[index].config[reg], 4);
	return value;
}

static void always_writable(int index)
{
	struct fake_pci_function *function = &fake_pci.function[index];

	function->writable[PCI_COMMAND] = 0x47;
	function->writable[PCI_COMMAND + 1] = 0x05;
	function->writable[PCI_INTERRUPT_LINE] = 0xff;
	if (is_bridge(function)) {
		memset(&function->writable[PCI_PRIMARY_BUS], 0xff, 3);
		function->writable[PCI_BRIDGE_CONTROL] = 0xff;
	}
}

int fake_pci_add(int parent, uint8_t root, uint8_t slot, uint8_t fn, uint32_t id,
		 uint32_t class_revision, uint8_t header_type)
{
	int index = fake_pci.count++;
	struct fake_pci_function *function = &fake_pci.function[index];

	if (index >= FAKE_PCI_MAX) {
		fprintf(stderr, "fake pci: more than %d functions\n", FAKE_PCI_MAX);
		abort();
	}
	function->parent = parent;
	function->root = root;
	function->devfn = (uint8_t)(slot << 3 | fn);
	function->answers = true;
	memcpy(&function->config[PCI_VENDOR_ID], &id, 4);
	memcpy(&function->config[PCI_CLASS_REVISION], &class_revision, 4);
	function->config[PCI_HEADER_TYPE] = header_type;
	always_writable(index);
	return index;
}

int fake_pci_add_host(enum chipset chipset)
{
	fake_pci.chipset = chipset;
	return fake_pci_add(-1, 0, 0, 0,
			    chipset == CHIPSET_Q35 ? HOST_BRIDGE_Q35 : HOST_BRIDGE_I440FX,
			    0x06000000, 0);
}

int fake_pci_add_bridge(int parent, uint8_t root, uint8_t slot, uint8_t fn)
{
	int index = fake_pci_add(parent, root, slot, fn, 0x00011b36, 0x06040000, 1);

	fake_pci_set32(index, PCI_IO_BASE, 0, 0x0000f0f0);
	fake_pci_set32(index, PCI_MEMORY_BASE, 0, 0xfff0fff0);
	fake_pci_set32(index, PCI_PREF_BASE, 0x00010001, 0xfff0fff0);
	fake_pci_set32(index, PCI_PREF_BASE_UPPER, 0, 0xffffffff);
	fake_pci_set32(index, PCI_PREF_LIMIT_UPPER, 0, 0xffffffff);
	return index;
}

void fake_pci_bar(int index, uint32_t n, uint64_t size, uint32_t type)
{
	uint64_t mask = ~(size - 1);

	fake_pci_set32(index, (uint8_t)(PCI_BAR0 + 4 * n), type, (uint32_t)mask);
	if (type & 4 && !(type & 1))
		fake_pci_set32(index, (uint8_t)(PCI_BAR0 + 4 * n + 4), 0, (uint32_t)(mask >> 32));
}

void fake_pci_rom(int index, uint32_t size)
{
	fake_pci_set32(index, is_bridge(&fake_pci.function[index]) ? PCI_ROM_BRIDGE : PCI_ROM, 0,
		       ~(size - 1) | 1);
}

static void load_config(int index, unsigned int at, const char *hex)
{
	unsigned int byte;

	for (; at < 256 && sscanf(hex, "%2x", &byte) == 1; hex += 2)
		fake_pci.function[index].config[at++] = (uint8_t)byte;
	always_writable(index);
}

void fake_pci_load(const char *name)
{
	char path[256], line[4096], where[16], hex[256];
	unsigned int number, slot, fn, reg, mask, of;
	int index = -1;
	FILE *file;

	snprintf(path, sizeof(path), "tests/data/pci/%s", name);
	file = fopen(path, "r");
	if (!file) {
		fprintf(stderr, "fake pci: %s: cannot be opened\n", path);
		abort();
	}
	fake_pci_reset();
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "chipset %15s", where) == 1)
			fake_pci.chipset = where[0] == 'q' ? CHIPSET_Q35 : CHIPSET_I440FX;
		else if (sscanf(line, "extra-roots %u", &number) == 1)
			fake_pci.extra_roots = number;
		else if (sscanf(line, "function %u root %x %x.%u", &number, &of, &slot, &fn) == 4)
			index = fake_pci_add(-1, (uint8_t)of, (uint8_t)slot, (uint8_t)fn, 0, 0, 0);
		else if (sscanf(line, "function %u behind %u %x.%u", &number, &of, &slot, &fn) == 4)
			index = fake_pci_add((int)of, 0, (uint8_t)slot, (uint8_t)fn, 0, 0, 0);
		else if (index >= 0 && sscanf(line, "config %x %255s", &reg, hex) == 2)
			load_config(index, reg, hex);
		else if (index >= 0 && sscanf(line, "mask %x %x", &reg, &mask) == 2)
			memcpy(&fake_pci.function[index].writable[reg], &mask, 4);
		else if (line[0] != '#' && !strchr(line, '\n')) {
			fprintf(stderr, "fake pci: %s: what is \"%.40s\"?\n", path, line);
			abort();
		}
	}
	fclose(file);
}

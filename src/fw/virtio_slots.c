/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/virtio_slots.c: see virtio_slots.h.
 */
#include "fw/virtio_slots.h"
#include <stddef.h>
#include "fw/acpi_find.h"
#include "fw/fw_cfg.h"
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/string.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "std/acpi.h"
#include "trace/log.h"

#define MIB		0x100000u
#define FLASH		0xff000000u	/* from here on the firmware's image may be */
#define CMDLINE_MAX	0x10000u

/* AML [20.2]. */
#define NAME_OP		0x08
#define BUFFER_OP	0x11
#define EXT_OP		0x5b		/* and then: */
#define DEVICE_OP	0x82
#define ID_RARE		6		/* where the L of the id is, behind _HID */
#define NAME(a, b, c, d) ACPI_SIGNATURE(a, b, c, d)

/* Resources [6.4]. */
#define LARGE		0x80		/* else the length is in the low 3 bits */
#define END_TAG		0x0f		/* of a small one: bits 6..3 */
#define MEMORY32_FIXED	0x86
#define FIXED_BYTES	9		/* flags, base, length */

/* Put it in its place, if it is a new one. what: who says so. */
static void add(struct virtio_slots *slots, uint64_t base, uint64_t size, const char *what)
{
	uint32_t at = 0;

	if (base < MIB || base < machine.low_ram_end || base > FLASH - VIRTIO_SLOT || base & 3 || size < VIRTIO_SLOT) {
		log("virtio: %s: slot of %llx bytes at %llx, expected %x behind RAM, which ends at %x; not used", what,
		    (unsigned long long)size, (unsigned long long)base, VIRTIO_SLOT, machine.low_ram_end);
		return;
	}
	while (at < slots->count && slots->at[at] > base)
		at++;
	if (at < slots->count && slots->at[at] == base)
		return;
	if (slots->count == VIRTIO_SLOTS) {
		log("virtio: %s: more than %u slots; the one at %x is not used", what, VIRTIO_SLOTS, (uint32_t)base);
		return;
	}
	for (uint32_t i = slots->count++; i > at; i--)
		slots->at[i] = slots->at[i - 1];
	slots->at[at] = (uint32_t)base;
}

/*
 * A length as AML has it, at aml[*at] [20.2.4]: with its own bytes. Steps over them. Returns what follows them, 0: it does not
 * fit into len.
 */
static uint32_t package(const uint8_t *aml, uint32_t *at, uint32_t len)
{
	uint32_t first = *at, more, length;

	if (first >= len)
		return 0;
	more = aml[first] >> 6;
	if (len - first <= more)
		return 0;
	length = aml[first] & (more ? 0x0f : 0x3f);
	for (uint32_t i = 0; i < more; i++)
		length |= (uint32_t)aml[first + 1 + i] << (4 + 8 * i);
	*at += 1 + more;
	return length > 1 + more && length <= len - first ? length - 1 - more : 0;
}

/* The resources of one device. */
static void add_resources(struct virtio_slots *slots, const uint8_t *resource, uint32_t len)
{
	for (uint32_t size; len; resource += size, len -= size) {
		bool large = resource[0] & LARGE;

		if (large && len < 3)
			return;
		size = large ? 3u + get_le16(resource + 1) : 1u + (resource[0] & 7);
		if (size > len || (!large && resource[0] >> 3 == END_TAG))
			return;
		if (resource[0] == MEMORY32_FIXED && size >= 3 + FIXED_BYTES)
			add(slots, get_le32(resource + 4), get_le32(resource + 8), "DSDT");
	}
}

/*
 * What follows a device's id, up to the next device: a name _CRS that is a buffer: operation, length, and how long it is, in
 * one of three forms, which the resources' own end makes no difference to.
 */
static void add_device(struct virtio_slots *slots, const uint8_t *aml, uint32_t len)
{
	static const uint8_t size_bytes[] = { [0x0a] = 2, [0x0b] = 3, [0x0c] = 5 };	/* byte, word, dword */

	for (uint32_t at = 0; at + 6 <= len && (aml[at] != EXT_OP || aml[at + 1] != DEVICE_OP); at++) {
		uint32_t inside = at + 6, bytes, skip;

		if (aml[at] != NAME_OP || get_le32(aml + at + 1) != NAME('_', 'C', 'R', 'S') || aml[at + 5] != BUFFER_OP)
			continue;
		bytes = package(aml, &inside, len);
		skip = bytes && aml[inside] < sizeof(size_bytes) ? size_bytes[aml[inside]] : 0;
		if (skip && skip <= bytes)
			add_resources(slots, aml + inside + skip, bytes - skip);
		return;
	}
}

/* AML is not understood as a whole: names _HID of the string LNRO0005 are looked for. */
void virtio_slots_of_aml(struct virtio_slots *slots, const uint8_t *aml, uint32_t len)
{
	static const uint8_t id[] = { NAME_OP, '_', 'H', 'I', 'D', 0x0d, 'L', 'N', 'R', 'O', '0', '0', '0', '5', 0 };

	/* By one of its bytes that AML has seldom. */
	for (const uint8_t *at = aml + ID_RARE, *end = aml + len; at < end; at++) {
		const uint8_t *name = at - ID_RARE;

		if (*at == id[ID_RARE] && (uint32_t)(end - name) >= sizeof(id) && memcmp(name, id, sizeof(id)) == 0)
			add_device(slots, name + sizeof(id), (uint32_t)(end - name) - (uint32_t)sizeof(id));
	}
}

/* A number as the kernel reads one: decimal or 0x, with K or M behind it. *at: where it is, and then what is behind. */
static bool number(const char **at, const char *end, uint64_t *value)
{
	uint32_t base = 10, digit;
	const char *first;

	if (end - *at > 2 && (*at)[0] == '0' && ((*at)[1] | 0x20) == 'x') {
		base = 16;
		*at += 2;
	}
	*value = 0;
	for (first = *at; *at < end; (*at)++) {
		char c = **at, letter = (char)(c | 0x20);

		digit = c >= '0' && c <= '9' ? (uint32_t)(c - '0') : letter >= 'a' && letter <= 'f' ? (uint32_t)(letter - 'a' + 10) : 16;
		if (digit >= base)
			break;
		if (*value > UINT32_MAX)
			return false;
		*value = *value * base + digit;
	}
	if (*at == first)
		return false;
	if (*at < end && (**at | 0x20) == 'k') {
		*value <<= 10;
		(*at)++;
	} else if (*at < end && (**at | 0x20) == 'm') {
		*value <<= 20;
		(*at)++;
	}
	return true;
}

/* size@address:interrupt, of which the interrupt, and an id behind it, are not ours. */
void virtio_slots_of_cmdline(struct virtio_slots *slots, const char *text, uint32_t len)
{
	static const char key[] = "virtio_mmio.device=";
	const char *end = text + strnlen(text, len);
	uint64_t size, base;

	for (const char *word = text; word < end; word++) {
		const char *at = word + sizeof(key) - 1;

		if ((word != text && word[-1] != ' ') || (uint32_t)(end - word) < sizeof(key) - 1 ||
		    memcmp(word, key, sizeof(key) - 1) != 0)
			continue;
		if (number(&at, end, &size) && at < end && *at++ == '@' && number(&at, end, &base) && at < end && *at == ':')
			add(slots, base, size, "command line");
		else
			log("virtio: command line: virtio_mmio.device= is not followed by size@address:interrupt; not used");
	}
}

static void of_dsdt(struct virtio_slots *slots)
{
	const uint8_t *fadt = acpi_find_fadt(machine.rsdp, machine.low_ram_end), *dsdt = NULL;

	if (!fadt)
		return;
	if (get_le32(fadt + ACPI_FACS_LENGTH) >= ACPI_FADT_X_DSDT + 8)
		dsdt = acpi_table_at(acpi_low(fadt + ACPI_FADT_X_DSDT), ACPI_SIGNATURE_DSDT, sizeof(struct acpi_header),
				     machine.low_ram_end);
	if (!dsdt)
		dsdt = acpi_table_at(get_le32(fadt + ACPI_FADT_DSDT), ACPI_SIGNATURE_DSDT, sizeof(struct acpi_header),
				     machine.low_ram_end);
	if (dsdt)
		virtio_slots_of_aml(slots, dsdt + sizeof(struct acpi_header),
				    get_le32(dsdt + ACPI_FACS_LENGTH) - (uint32_t)sizeof(struct acpi_header));
}

static void of_kernel(struct virtio_slots *slots)
{
	uint32_t size = fw_cfg_le32(FW_CFG_CMDLINE_SIZE);
	struct alloc_mark before;
	char *text;

	if (!size)
		return;
	if (size > CMDLINE_MAX) {
		log("virtio: command line of %u bytes, expected %u at most; no slots are looked for in it", size, CMDLINE_MAX);
		return;
	}
	alloc_mark(&before);
	text = alloc_raw(ZONE_TEMP, size, 1, "command line");
	if (text && fw_cfg_read_key(FW_CFG_CMDLINE_DATA, text, size) == 0)
		virtio_slots_of_cmdline(slots, text, size);
	alloc_release(ZONE_TEMP, &before);
}

void virtio_slots_find(struct virtio_slots *slots, bool kernel)
{
	slots->count = 0;
	if (machine.rsdp)
		of_dsdt(slots);
	if (!slots->count && kernel)
		of_kernel(slots);
}

/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/smbios_builders.c: the structures of machine types up to 2.0; see smbios_legacy.h.
 */
#include <stddef.h>
#include "arch/cpu.h"
#include "fw/smbios_bios.h"
#include "fw/smbios_legacy.h"
#include "lib/bits.h"
#include "lib/string.h"
#include "machine/machine.h"
#include "std/smbios.h"
#include "trace/banner.h"

#define MAKER		"Bochs"		/* what these machine types have always said */
#define SPEED_MHZ	2000
#define DIMM_MIB	16384		/* the size field of type 17 ends at 32767 */
#define DIMMS_MAX	255
#define FOUR_GIB_KIB	(4u << 20)

#define HANDLE_SYSTEM	0x0100
#define HANDLE_CHASSIS	0x0300
#define HANDLE_CPU	0x0400		/* plus number from 1 */
#define HANDLE_ARRAY	0x1000
#define HANDLE_DIMM	0x1100
#define HANDLE_MAPPED	0x1300
#define HANDLE_DEVICE	0x1400
#define HANDLE_BOOT	0x2000
#define HANDLE_END	0x7f00

static void put_bios(const struct smbios_records *r, struct smbios_writer *w)
{
	struct smbios_strings strings = { .count = 0 };
	struct smbios_bios bios;
	const uint8_t *major = smbios_records_field(r, SMBIOS_BIOS,
						    offsetof(struct smbios_bios, major), 1);
	const uint8_t *minor = smbios_records_field(r, SMBIOS_BIOS,
						    offsetof(struct smbios_bios, minor), 1);

	smbios_bios_fixed(&bios);
#define TEXT(field, otherwise) \
	(bios.field = smbios_string(&strings, smbios_records_text(r, SMBIOS_BIOS, \
				    offsetof(struct smbios_bios, field), otherwise)))
	TEXT(vendor_str, SMBIOS_BIOS_VENDOR);
	TEXT(version_str, banner.version);
	TEXT(date_str, SMBIOS_BIOS_DATE);
#undef TEXT
	if (major && minor) {
		bios.major = *major;
		bios.minor = *minor;
	}
	smbios_put(w, &bios, sizeof(bios), &strings);
}

static uint8_t system_text(const struct smbios_records *r, struct smbios_strings *strings,
			   uint32_t offset, const char *otherwise)
{
	return smbios_string(strings, smbios_records_text(r, SMBIOS_SYSTEM, offset, otherwise));
}

static void put_system(const struct smbios_records *r, struct smbios_writer *w)
{
	struct smbios_strings strings = { .count = 0 };
	struct smbios_system system = {
		.header = { .type = SMBIOS_SYSTEM, .handle = HANDLE_SYSTEM },
		.wake_up = 6,
	};
	const uint8_t *uuid = smbios_records_field(r, SMBIOS_SYSTEM,
						   offsetof(struct smbios_system, uuid),
						   sizeof(system.uuid));

#define TEXT(field, otherwise) \
	(system.field = system_text(r, &strings, offsetof(struct smbios_system, field), otherwise))
	TEXT(manufacturer_str, MAKER);
	TEXT(product_str, MAKER);
	TEXT(version_str, NULL);
	TEXT(serial_str, NULL);
	TEXT(sku_str, NULL);
	TEXT(family_str, NULL);
#undef TEXT
	if (uuid)
		memcpy(system.uuid, uuid, sizeof(system.uuid));
	smbios_put(w, &system, sizeof(system), &strings);
}

static void put_chassis(struct smbios_writer *w)
{
	struct smbios_strings strings = { .count = 0 };
	struct smbios_chassis chassis = {
		.header = { .type = SMBIOS_CHASSIS, .handle = HANDLE_CHASSIS },
		.manufacturer_str = smbios_string(&strings, MAKER),
		.type = 1,
		.boot_state = 3,
		.power_state = 3,
		.thermal_state = 3,
		.security = 2,
	};

	smbios_put(w, &chassis, sizeof(chassis), &strings);
}

static void put_processors(struct smbios_writer *w)
{
	char socket[] = "CPU 000";

	for (uint32_t n = 1; n <= machine.cpus && n < HANDLE_ARRAY - HANDLE_CPU; n++) {
		struct smbios_strings strings = { .count = 0 };
		struct smbios_processor cpu = {
			.header = { .type = SMBIOS_PROCESSOR, .handle = HANDLE_CPU + n },
			.socket_str = smbios_string(&strings, socket),
			.type = 3,
			.family = 1,
			.manufacturer_str = smbios_string(&strings, MAKER),
			.max_speed = SPEED_MHZ,
			.current_speed = SPEED_MHZ,
			.status = 0x41,
			.upgrade = 1,
			.cache = { SMBIOS_NO_HANDLE, SMBIOS_NO_HANDLE, SMBIOS_NO_HANDLE },
		};
		uint32_t rest = n, digits = 1 + (n >= 10) + (n >= 100);

		for (socket[4 + digits] = 0; digits; rest /= 10)
			socket[3 + digits--] = '0' + rest % 10;
		if (machine.cpu_features) {
			cpu.id[0] = cpuid(1, 0).eax;
			cpu.id[1] = machine.cpu_features;
		}
		smbios_put(w, &cpu, sizeof(cpu), &strings);
	}
}

/* RAM in KiB, below and above 4 GiB; what does not fit 32 bits (4 TiB) is not for these machines. */
static uint32_t low_kib(void) { return machine.low_ram_end >> 10; }
static uint32_t high_kib(void)
{
	uint64_t kib = machine.high_ram_end >> 10;

	return kib > FOUR_GIB_KIB ? min_u64(kib - FOUR_GIB_KIB, 0x7fffffff) : 0;
}

static uint32_t ram_mib(void) { return (low_kib() >> 10) + (high_kib() >> 10); }
static uint32_t dimms(void)
{
	return max_u32(min_u32((ram_mib() + DIMM_MIB - 1) / DIMM_MIB, DIMMS_MAX), 1);
}

static void put_array(struct smbios_writer *w)
{
	struct smbios_strings none = { .count = 0 };
	struct smbios_memory_array array = {
		.header = { .type = SMBIOS_MEMORY_ARRAY, .handle = HANDLE_ARRAY },
		.location = 1,
		.use = 3,
		.error_correction = 6,
		.max_capacity_kib = min_u32(low_kib() + high_kib(), 0x80000000),
		.error_handle = SMBIOS_UNKNOWN_HANDLE,
		.devices = dimms(),
	};

	smbios_put(w, &array, sizeof(array), &none);
}

static void put_dimms(struct smbios_writer *w)
{
	char locator[] = "DIMM 000";
	uint32_t left = ram_mib();

	for (uint32_t n = 0; n < dimms(); n++) {
		struct smbios_strings strings = { .count = 0 };
		uint32_t size = min_u32(left, DIMM_MIB), digits = 1 + (n >= 10) + (n >= 100);
		struct smbios_memory_device dimm = {
			.header = { .type = SMBIOS_MEMORY_DEVICE, .handle = HANDLE_DIMM + n },
			.array_handle = HANDLE_ARRAY,
			.error_handle = SMBIOS_UNKNOWN_HANDLE,
			.total_width = 64,
			.data_width = 64,
			.size_mib = size,
			.form_factor = 9,
			.locator_str = smbios_string(&strings, locator),
			.type = 7,
		};
		uint32_t rest = n;

		left -= size;
		for (locator[5 + digits] = 0; digits; rest /= 10)
			locator[4 + digits--] = '0' + rest % 10;
		smbios_put(w, &dimm, sizeof(dimm), &strings);
	}
}

static void put_array_mapped(struct smbios_writer *w)
{
	const uint32_t start[] = { 0, FOUR_GIB_KIB }, size[] = { low_kib(), high_kib() };
	struct smbios_strings none = { .count = 0 };

	for (uint32_t i = 0; i < 2 && size[i]; i++) {
		struct smbios_array_mapped mapped = {
			.header = { .type = SMBIOS_ARRAY_MAPPED, .handle = HANDLE_MAPPED + i },
			.start_kib = start[i],
			.end_kib = start[i] + size[i] - 1,
			.array_handle = HANDLE_ARRAY,
			.partition_width = 1,
		};

		smbios_put(w, &mapped, sizeof(mapped), &none);
	}
}

static void put_devices_mapped(struct smbios_writer *w)
{
	const uint32_t start[] = { 0, FOUR_GIB_KIB }, size[] = { low_kib(), high_kib() };
	struct smbios_strings none = { .count = 0 };
	uint32_t dimm = 0, room = DIMM_MIB << 10, n = 0;

	/* The DIMMs fill the two areas in turn; one that reaches into both is mapped twice. */
	for (uint32_t i = 0; i < 2; i++)
		for (uint32_t at = 0, part; at < size[i]; at += part, n++) {
			struct smbios_device_mapped mapped = {
				.header = { .type = SMBIOS_DEVICE_MAPPED, .handle = HANDLE_DEVICE + n },
				.start_kib = start[i] + at,
				.device_handle = HANDLE_DIMM + dimm,
				.mapped_handle = HANDLE_MAPPED + i,
				.row = 1,
			};

			part = min_u32(size[i] - at, room);
			mapped.end_kib = mapped.start_kib + part - 1;
			room -= part;
			if (!room) {
				room = DIMM_MIB << 10;
				if (++dimm == DIMMS_MAX)
					return;
			}
			smbios_put(w, &mapped, sizeof(mapped), &none);
		}
}

static void put_boot(struct smbios_writer *w)
{
	struct smbios_strings none = { .count = 0 };
	struct smbios_boot boot = {
		.header = { .type = SMBIOS_BOOT, .handle = HANDLE_BOOT },
	};

	smbios_put(w, &boot, sizeof(boot), &none);
}

static void put_end(struct smbios_writer *w)
{
	struct smbios_strings none = { .count = 0 };
	struct smbios_header end = { .type = SMBIOS_END, .handle = HANDLE_END };

	smbios_put(w, &end, sizeof(end), &none);
}

static void put_default(uint8_t type, const struct smbios_records *records,
			struct smbios_writer *w)
{
	switch (type) {
	case SMBIOS_BIOS:
		return put_bios(records, w);
	case SMBIOS_SYSTEM:
		return put_system(records, w);
	case SMBIOS_CHASSIS:
		return put_chassis(w);
	case SMBIOS_PROCESSOR:
		return put_processors(w);
	case SMBIOS_MEMORY_ARRAY:
		return put_array(w);
	case SMBIOS_MEMORY_DEVICE:
		return put_dimms(w);
	case SMBIOS_ARRAY_MAPPED:
		return put_array_mapped(w);
	case SMBIOS_DEVICE_MAPPED:
		return put_devices_mapped(w);
	case SMBIOS_BOOT:
		return put_boot(w);
	}
}

static void put_bytes(struct smbios_writer *w, const uint8_t *bytes, uint32_t len)
{
	if (w->full || len > (uint32_t)(w->end - w->at)) {
		w->full = true;
		return;
	}
	memcpy(w->at, bytes, len);
	w->at += len;
}

uint32_t smbios_legacy_bound(const struct smbios_records *records)
{
	/* Fixed parts, names and NULs: 52 bytes a processor, 31 a DIMM, 2 x 21 where it is mapped. */
	return 512 + smbios_bios_size() + machine.cpus * 64 + dimms() * 80 + records->size;
}

void smbios_legacy_build(const struct smbios_records *records, struct smbios_writer *w)
{
	/* Type by type; whole structures from the command line replace what would be built. */
	for (uint32_t type = 0; type < SMBIOS_END; type++) {
		const uint8_t *given;
		uint32_t len, n = 0;

		for (; (given = smbios_records_structure(records, type, n, &len)); n++)
			put_bytes(w, given, len);
		if (!n)
			put_default(type, records, w);
	}
	put_end(w);
}

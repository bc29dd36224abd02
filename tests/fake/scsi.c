/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/scsi.c: see scsi.h.
 */
#include <stddef.h>
#include <string.h>
#include "fake/block.h"
#include "fake/scsi.h"

struct fake_scsi fake_scsi;

static void put_be(uint8_t *to, unsigned int width, uint64_t value)
{
	while (width--) {
		to[width] = (uint8_t)value;
		value >>= 8;
	}
}

static uint64_t get_be(const uint8_t *from, unsigned int width)
{
	uint64_t value = 0;

	while (width--)
		value = value << 8 | *from++;
	return value;
}

void fake_scsi_reset(void)
{
	memset(&fake_scsi, 0, sizeof(fake_scsi));
}

struct fake_scsi_unit *fake_scsi_add(uint32_t target, uint16_t lun, uint8_t type, uint64_t sectors)
{
	struct fake_scsi_unit *u = &fake_scsi.unit[fake_scsi.units++];

	*u = (struct fake_scsi_unit){ .target = target, .lun = lun, .type = type, .removable = type == 5, .attention = true,
				      .sectors = sectors, .sector_size = type == 5 ? 2048 : 512 };
	return u;
}

static int check(uint8_t key, uint8_t code, uint8_t qualifier)
{
	memset(fake_scsi.sense, 0, sizeof(fake_scsi.sense));
	if (fake_scsi.descriptor)
		memcpy(fake_scsi.sense, (uint8_t[]){ 0x72, key, code, qualifier }, 4);
	else
		memcpy(fake_scsi.sense, (uint8_t[]){ 0x70, 0, key, 0, 0, 0, 0, 10, 0, 0, 0, 0, code, qualifier }, 14);
	fake_scsi.sense_bytes = fake_scsi.descriptor ? 8 : 18;
	return FAKE_SCSI_CHECK;
}

static int answer(const struct fake_scsi_answer *other, const uint8_t *right, uint32_t right_len, uint32_t allocated,
		  uint8_t *data, uint32_t len, uint32_t *done)
{
	const uint8_t *bytes = other->bytes ? other->bytes : right;

	*done = other->bytes ? other->len : right_len;
	if (*done > allocated)
		*done = allocated;
	if (*done > len)
		*done = len;
	memcpy(data, bytes, *done);
	return 0;
}

static int report_luns(uint32_t target, const uint8_t *cdb, uint8_t *data, uint32_t len, uint32_t *done)
{
	uint8_t list[8 + 8 * FAKE_SCSI_UNITS] = { 0 };
	uint32_t at = 8;

	for (uint32_t i = 0; i < fake_scsi.units; i++) {
		const struct fake_scsi_unit *u = &fake_scsi.unit[i];

		if (u->target != target)
			continue;
		put_be(list + at, 2, u->lun < 256 ? u->lun : 0x4000u | u->lun);
		at += 8;
	}
	put_be(list, 4, at - 8);
	return answer(&fake_scsi.luns, list, at, (uint32_t)get_be(cdb + 6, 4), data, len, done);
}

static int inquiry(const struct fake_scsi_unit *u, const uint8_t *cdb, uint8_t *data, uint32_t len, uint32_t *done)
{
	uint8_t bytes[36] = { 0x7f, 0, 5, 2, 31 };

	if (u) {
		bytes[0] = u->type;
		bytes[1] = u->removable ? 0x80 : 0;
		memcpy(bytes + 8, "MAKER   A PRODUCT       1.0 ", 28);
	}
	return answer(&fake_scsi.inquiry, bytes, sizeof(bytes), cdb[4], data, len, done);
}

static int capacity(const struct fake_scsi_unit *u, bool sixteen, const uint8_t *cdb, uint8_t *data, uint32_t len,
		    uint32_t *done)
{
	uint8_t bytes[32] = { 0 };
	uint64_t last = u->sectors - 1;

	if (u->empty)
		return check(2, 0x3a, 0);
	if (sixteen) {
		put_be(bytes, 8, last);
		put_be(bytes + 8, 4, u->sector_size);
		return answer(&fake_scsi.capacity_16, bytes, 32, (uint32_t)get_be(cdb + 10, 4), data, len, done);
	}
	put_be(bytes, 4, last > 0xffffffff ? 0xffffffff : last);
	put_be(bytes + 4, 4, u->sector_size);
	return answer(&fake_scsi.capacity_10, bytes, 8, 8, data, len, done);
}

static int transfer(const struct fake_scsi_unit *u, bool write, uint64_t lba, uint32_t count, uint8_t *data, uint32_t len,
		    uint32_t *done)
{
	uint64_t at = lba * u->sector_size;

	if (u->empty)
		return check(2, 0x3a, 0);
	if (write && u->type == 5)
		return check(7, 0x27, 0);
	if (lba > u->sectors || count > u->sectors - lba)
		return check(5, 0x21, 0);
	if (len > count * u->sector_size)
		len = count * u->sector_size;
	len -= fake_scsi.withheld < len ? fake_scsi.withheld : len;
	for (uint32_t i = 0; i < len; i++) {
		if (!write)
			data[i] = fake_block_pattern(at + i);
		else if (at + i < FAKE_BLOCK_BYTES)
			fake_block.data[at + i] = data[i];
	}
	*done = len;
	return 0;
}

static int of_unit(const struct fake_scsi_unit *u, const uint8_t *cdb, uint8_t *data, uint32_t len, uint32_t *done)
{
	switch (cdb[0]) {
	case 0x00:
		return u->empty ? check(2, 0x3a, 0) : 0;
	case 0x1b:
	case 0x1e:
		return 0;
	case 0x25:
		return capacity(u, false, cdb, data, len, done);
	case 0x9e:
		return (cdb[1] & 31) == 0x10 ? capacity(u, true, cdb, data, len, done) : check(5, 0x24, 0);
	case 0x28:
	case 0x2a:
		return transfer(u, cdb[0] == 0x2a, get_be(cdb + 2, 4), (uint32_t)get_be(cdb + 7, 2), data, len, done);
	case 0x88:
	case 0x8a:
		return transfer(u, cdb[0] == 0x8a, get_be(cdb + 2, 8), (uint32_t)get_be(cdb + 10, 4), data, len, done);
	case 0xa8:
		return transfer(u, false, get_be(cdb + 2, 4), (uint32_t)get_be(cdb + 6, 4), data, len, done);
	case 0x35:
		fake_scsi.flushes++;
		return 0;
	default:
		return check(5, 0x20, 0);
	}
}

int fake_scsi_command(uint32_t target, uint16_t lun, const uint8_t cdb[16], uint8_t *data, uint32_t len, uint32_t *done)
{
	struct fake_scsi_unit *u = NULL;
	bool there = false;

	*done = 0;
	for (uint32_t i = 0; i < fake_scsi.units; i++) {
		there |= fake_scsi.unit[i].target == target;
		if (fake_scsi.unit[i].target == target && fake_scsi.unit[i].lun == lun)
			u = &fake_scsi.unit[i];
	}
	if (!there)
		return FAKE_SCSI_NOBODY;
	if (cdb[0] == 0x03) {
		fake_scsi.senses++;
		*done = fake_scsi.sense_bytes < len ? fake_scsi.sense_bytes : len;
		memcpy(data, fake_scsi.sense, *done);
		return 0;
	}
	fake_scsi.commands++;
	memcpy(fake_scsi.cdb, cdb, 16);
	if (fake_scsi.fail_at && fake_scsi.commands >= fake_scsi.fail_at && fake_scsi.commands - fake_scsi.fail_at < fake_scsi.fail_times)
		return check(fake_scsi.fail_key, fake_scsi.fail_code, fake_scsi.fail_qualifier);
	if (cdb[0] == 0x12)
		return inquiry(u, cdb, data, len, done);
	if (cdb[0] == 0xa0)
		return report_luns(target, cdb, data, len, done);
	if (!u)
		return check(5, 0x25, 0);
	if (u->attention) {
		u->attention = false;
		return check(6, 0x29, 0);
	}
	return of_unit(u, cdb, data, len, done);
}

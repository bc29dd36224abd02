/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/scsi_bus.c: see scsi_bus.h.
 */
#include <assert.h>
#include <string.h>
#include "fake/scsi_bus.h"
#include "lib/endian.h"

#define CHECK	2

struct fake_scsi_unit fake_scsi_unit[FAKE_SCSI_IDS][FAKE_SCSI_IDS];
struct fake_scsi_written fake_scsi_written;
static uint8_t why[FAKE_SCSI_IDS][3];		/* of the last command that failed, by target */

void fake_scsi_reset(void)
{
	memset(fake_scsi_unit, 0, sizeof(fake_scsi_unit));
	memset(&fake_scsi_written, 0, sizeof(fake_scsi_written));
	memset(why, 0, sizeof(why));
}

struct fake_scsi_unit *fake_scsi_add(uint32_t target, uint32_t lun, bool cd, uint64_t sectors, uint32_t sector_size)
{
	struct fake_scsi_unit *u = &fake_scsi_unit[target][lun];

	*u = (struct fake_scsi_unit){ .present = true, .cd = cd, .sectors = sectors, .sector_size = sector_size,
				      .sense = { 6, 0x29, 0 } };
	return u;
}

bool fake_scsi_answers(uint32_t target)
{
	for (uint32_t lun = 0; lun < FAKE_SCSI_IDS; lun++)
		if (fake_scsi_unit[target][lun].present)
			return true;
	return false;
}

uint8_t fake_scsi_byte(uint32_t target, uint32_t lun, uint64_t lba, uint32_t offset)
{
	uint64_t x = (lba * 0x9e3779b97f4a7c15ull) ^ (offset * 0x85ebca6bu) ^ (target << 4 | lun);

	return (uint8_t)(x ^ x >> 23 ^ x >> 47);
}

static void fail(uint32_t target, const uint8_t sense[3], struct fake_scsi_reply *reply)
{
	memcpy(why[target], sense, 3);
	reply->status = CHECK;
	reply->bytes = 0;
}

static uint64_t be(const uint8_t *from, uint32_t bytes)
{
	uint64_t v = 0;

	for (uint32_t i = 0; i < bytes; i++)
		v = v << 8 | from[i];
	return v;
}

static void put32(uint8_t *to, uint32_t value)
{
	for (uint32_t i = 0; i < 4; i++)
		to[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void medium(uint32_t target, uint32_t lun, const uint8_t *cdb, struct fake_scsi_reply *reply)
{
	const struct fake_scsi_unit *u = &fake_scsi_unit[target][lun];
	bool wide = cdb[0] >> 5 == 4;
	uint64_t lba = be(cdb + 2, wide ? 8 : 4);
	uint32_t count = (uint32_t)(wide ? be(cdb + 10, 4) : be(cdb + 7, 2));

	if (!u->sectors)
		return fail(target, (uint8_t[]){ 2, 0x3a, 0 }, reply);
	if (lba > u->sectors || count > u->sectors - lba)
		return fail(target, (uint8_t[]){ 5, 0x21, 0 }, reply);
	reply->out = cdb[0] & 2;
	reply->bytes = count * u->sector_size;
	assert(reply->bytes <= FAKE_SCSI_DATA);
	for (uint32_t i = 0; i < reply->bytes && !reply->out; i++)
		reply->data[i] = fake_scsi_byte(target, lun, lba + i / u->sector_size, i % u->sector_size);
	if (reply->out) {
		fake_scsi_written.target = target;
		fake_scsi_written.lun = lun;
		fake_scsi_written.bytes = 0;
	}
}

static void capacity(const struct fake_scsi_unit *u, uint32_t target, const uint8_t *cdb, struct fake_scsi_reply *reply)
{
	uint64_t last = u->sectors - 1;

	if (!u->sectors)
		return fail(target, (uint8_t[]){ 2, 0x3a, 0 }, reply);
	if (cdb[0] == 0x25) {
		put32(reply->data, last >> 32 ? ~0u : (uint32_t)last);
		put32(reply->data + 4, u->sector_size);
		reply->bytes = 8;
	} else {
		put32(reply->data, (uint32_t)(last >> 32));
		put32(reply->data + 4, (uint32_t)last);
		put32(reply->data + 8, u->sector_size);
		reply->bytes = 32;
	}
}

static uint32_t report(uint32_t target, uint8_t *data)
{
	uint32_t bytes = 0;

	for (uint32_t lun = 0; lun < FAKE_SCSI_IDS; lun++)
		if (fake_scsi_unit[target][lun].present || !lun) {
			data[8 + bytes + 1] = (uint8_t)lun;
			bytes += 8;
		}
	put32(data, bytes);
	return 8 + bytes;
}

void fake_scsi_command(uint32_t target, uint32_t lun, const uint8_t *cdb, uint32_t bytes, struct fake_scsi_reply *reply)
{
	static const uint8_t lengths[8] = { 6, 10, 10, 0, 16, 12, 0, 0 };
	struct fake_scsi_unit *u = &fake_scsi_unit[target][lun];

	assert(bytes == lengths[cdb[0] >> 5]);
	memset(reply, 0, sizeof(*reply));
	u->commands++;
	memcpy(u->last, cdb, bytes);
	if (cdb[0] == 0x12) {
		reply->bytes = 36;
		reply->data[0] = u->present ? u->cd ? 5 : 0 : 0x7f;
		reply->data[1] = u->cd ? 0x80 : 0;
		memcpy(reply->data + 16, "Fake unit       ", 16);
		return;
	}
	if (cdb[0] == 0xa0) {
		reply->bytes = report(target, reply->data);
		return;
	}
	if (cdb[0] == 0x03) {
		reply->bytes = 18;
		reply->data[0] = 0x70;
		reply->data[7] = 10;
		reply->data[2] = lun ? 5 : why[target][0];	/* as QEMU does */
		reply->data[12] = lun ? 0x25 : why[target][1];
		reply->data[13] = lun ? 0 : why[target][2];
		memset(why[target], 0, 3);
		return;
	}
	if (u->sense[0]) {
		fail(target, u->sense, reply);
		u->sense[0] = 0;
		return;
	}
	switch (cdb[0]) {
	case 0x28: case 0x2a: case 0x88: case 0x8a: medium(target, lun, cdb, reply); break;
	case 0x25: case 0x9e: capacity(u, target, cdb, reply); break;
	case 0x00: case 0x35: case 0x1b: case 0x1e: break;
	default:   fail(target, (uint8_t[]){ 5, 0x20, 0 }, reply);
	}
}

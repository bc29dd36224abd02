/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/request/check.c: is what is started what it should be: see request.h. Nothing of it is trusted to be text until it is
 * known to be a digest; where that fails nothing is started, since somebody asked for it not to be.
 */
#include "arch/hash/sha256_ni.h"
#include "arch/sse.h"
#include "boot/request/files.h"
#include "fw/fw_cfg.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "lib/hash/sha256.h"
#include "lib/string.h"
#include "machine/machine.h"
#include "trace/log.h"

#define DIGEST_TEXT	65u	/* with what has to end it */

static const char *const names[REQUEST_PARTS] = { "kernel", "initrd", "command line" };

static int wanted(enum request_part part, struct sha256 *digest)
{
	static char text[DIGEST_TEXT] __attribute__((section(".scratch.request")));	/* a device writes here */
	struct fw_cfg_item item;
	uint32_t size;

	if (fw_cfg_find(request_files[part], &item) != 0) {
		log("boot: %s: %s is gone; not started", names[part], request_files[part]);
		return -EIO;
	}
	size = min_u32(item.size, sizeof(text));
	if (fw_cfg_read(&item, 0, text, size) != 0) {
		log("boot: %s: %s: %u bytes could not be read; not started", names[part], request_files[part], size);
		return -EIO;
	}
	if (sha256_parse(text, size, digest))
		return 0;
	log("boot: %s: %s: %u bytes, a SHA-256 of 64 hexadecimal digits is expected; not started", names[part],
	    request_files[part], item.size);
	return -EINVAL;
}

#define DIGEST "%08x%08x%08x%08x%08x%08x%08x%08x"
#define WORDS(hash) (hash).word[0], (hash).word[1], (hash).word[2], (hash).word[3], (hash).word[4], (hash).word[5], \
		    (hash).word[6], (hash).word[7]

static struct sha256 hash(const struct request_bytes *bytes, bool ni)
{
	struct sha256 is;
	unsigned long sse;

	if (!ni)
		return sha256(sha256_blocks, bytes->data, bytes->size);
	sse = sse_open();
	is = sha256(sha256_ni_blocks, bytes->data, bytes->size);
	sse_close(sse);
	return is;
}

static int check(enum request_part part, const struct request_bytes *bytes, bool ni)
{
	struct sha256 is, want;
	int rc = wanted(part, &want);

	if (rc != 0)
		return rc;
	is = hash(bytes, ni);
	if (memcmp(&is, &want, sizeof(is)) == 0) {
		log("boot: %s: SHA-256 of %u bytes is as given%s", names[part], bytes->size, ni ? ", by SHA-NI" : "");
		return 0;
	}
	log("boot: %s: SHA-256 of %u bytes is " DIGEST, names[part], bytes->size, WORDS(is));
	log("boot: %s: SHA-256 is to be " DIGEST "; not started", names[part], WORDS(want));
	return -EINVAL;
}

int request_check(const struct request_bytes part[REQUEST_PARTS])
{
	int rc = kernel_requests & REQUEST_UNKNOWN ? -EINVAL : 0;	/* which has had its line */
	bool ni = kernel_requests & REQUEST_HASHES && sha256_ni_works(machine.cpu_features);

	for (uint32_t i = 0; rc == 0 && i < REQUEST_PARTS; i++)
		if (kernel_requests >> i & 1)
			rc = check((enum request_part)i, &part[i], ni);
	return rc;
}

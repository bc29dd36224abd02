/* SPDX-License-Identifier: BSD-2-Clause
 * src/services/pnp.c: see pnp.h. The entries are in src/pm/pnp.S.
 */
#include "services/pnp.h"
#include "arch/layout.h"
#include "arch/phys.h"
#include "arch/real_call.h"
#include "lib/checksum.h"
#include "lib/string.h"
#include "mem/alloc.h"
#include "std/pnp.h"

extern char rt16_pnp_real[], rt16_pnp_protected[];

static uint32_t structure;

/*
 * QEMU shows the image below 1 MiB where there are no shadow registers, and who looks for the signature there looks at
 * each multiple of 16: this is none.
 */
static const struct {
	char before, text[4];
} signature __attribute__((aligned(16))) = { .text = { '$', 'P', 'n', 'P' } };

void pnp_init(void)
{
	struct pnp_structure *p = alloc(ZONE_FSEG, sizeof(*p), 16, "Plug and Play structure");

	structure = 0;
	if (!p)
		return;
	memcpy(p->signature, signature.text, sizeof(p->signature));
	p->version = PNP_VERSION;
	p->bytes = sizeof(*p);
	p->real_offset = (uint16_t)(uintptr_t)rt16_pnp_real;
	p->real_segment = p->real_data_segment = FSEG_BASE >> 4;
	p->protected_offset = (uint16_t)(uintptr_t)rt16_pnp_protected;
	p->protected_base = p->protected_data_base = FSEG_BASE;
	p->checksum = -checksum8(p, sizeof(*p));
	structure = FAR_POINTER(FSEG_BASE >> 4, (uint32_t)ptr_to_phys(p));
}

uint32_t pnp_structure(void)
{
	return structure;
}

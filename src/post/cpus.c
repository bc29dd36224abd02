/* SPDX-License-Identifier: BSD-2-Clause
 * src/post/cpus.c: see cpus.h.
 */
#include "post/cpus.h"
#include "fw/fw_cfg.h"
#include "hw/cpus.h"
#include "lib/bits.h"
#include "machine/machine.h"
#include "trace/log.h"

/* What QEMU wants IA32_FEATURE_CONTROL to be; 0: nothing. */
static void set_feature_control(const struct fw_cfg_item *item)
{
	uint32_t possible = cpus_feature_control();
	uint64_t value;

	if (fw_cfg_read_number(item, &value) != 0 || value & ~(uint64_t)possible)
		log("cpus: etc/msr_feature_control: %u bytes, not a value for the MSR of this processor, which has "
		    "bits 0x%x; left alone", item->size, possible);
	else if (value)
		cpus_set_feature_control((uint32_t)value);
}

void cpus_init(void)
{
	uint32_t cpus = fw_cfg_le16(FW_CFG_NB_CPUS);
	struct fw_cfg_item item;

	machine.cpus = cpus + !cpus;
	machine.apic_id_limit = max_u32(fw_cfg_le16(FW_CFG_MAX_CPUS), machine.cpus);
	cpus_set_mtrrs();
	if (fw_cfg_file(FW_CFG_MSR_FEATURE_CONTROL, &item) == 0)
		set_feature_control(&item);
	cpus_start();
}

void cpus_resume(void)
{
	cpus_restart(max_u32(fw_cfg_le16(FW_CFG_NB_CPUS), 1));
}

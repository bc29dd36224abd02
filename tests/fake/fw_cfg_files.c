/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fake/fw_cfg_files.c: see fw_cfg_files.h.
 */
#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include "arch/phys.h"
#include "fake/fw_cfg_files.h"
#include "fw/fw_cfg.h"

#define FIRST_KEY 0x20

struct fake_fw_cfg_files fake_files;

static const char *const names[FW_CFG_FILES] = {
	[FW_CFG_E820] = "etc/e820",
	[FW_CFG_BOOTORDER] = "bootorder",
	[FW_CFG_ACPI_RSDP] = "etc/acpi/rsdp",
	[FW_CFG_ACPI_BLOB] = "etc/acpi/tables",
	[FW_CFG_TABLE_LOADER] = "etc/table-loader",
	[FW_CFG_SMBIOS_ANCHOR] = "etc/smbios/smbios-anchor",
	[FW_CFG_SMBIOS_TABLES] = "etc/smbios/smbios-tables",
	[FW_CFG_RESERVED_MEMORY_END] = "etc/reserved-memory-end",
	[FW_CFG_EXTRA_PCI_ROOTS] = "etc/extra-pci-roots",
	[FW_CFG_MSR_FEATURE_CONTROL] = "etc/msr_feature_control",
	[FW_CFG_BOOT_FAIL_WAIT] = "etc/boot-fail-wait",
	[FW_CFG_PVPANIC_PORT] = "etc/pvpanic-port",
	[FW_CFG_SYSTEM_STATES] = "etc/system-states",
	[FW_CFG_FPDT] = "opt/org.slipway/fpdt",
	[FW_CFG_NATIVE] = "opt/org.slipway/native",
};

void fake_files_reset(void)
{
	memset(&fake_files, 0, sizeof(fake_files));
}

struct fake_file *fake_files_add(const char *name, void *data, uint32_t size)
{
	struct fake_file *f = &fake_files.file[fake_files.files++];

	assert(fake_files.files <= FAKE_FILES);
	snprintf(f->name, sizeof(f->name), "%s", name);
	f->data = data;
	f->size = size;
	return f;
}

struct fake_file *fake_files_find(const char *name)
{
	for (uint32_t i = 0; i < fake_files.files; i++)
		if (!strcmp(fake_files.file[i].name, name))
			return &fake_files.file[i];
	return NULL;
}

static int fails(void)
{
	return ++fake_files.accesses == fake_files.fail_at;
}

static struct fake_file *by_key(uint16_t key)
{
	assert(key >= FIRST_KEY && key < FIRST_KEY + fake_files.files);
	return &fake_files.file[key - FIRST_KEY];
}

bool fw_cfg_last_begins(const char two[2])
{
	return fake_files.files && !memcmp(fake_files.file[fake_files.files - 1].name, two, 2);
}

int fw_cfg_find(const char *name, struct fw_cfg_item *item)
{
	struct fake_file *f = fake_files_find(name);

	if (!f)
		return -ENOENT;
	item->size = f->size;
	item->key = FIRST_KEY + (f - fake_files.file);
	return 0;
}

int fw_cfg_find_n(const char *name, uint32_t len, struct fw_cfg_item *item)
{
	assert(len && len < 56 && (strlen(name) == len || strlen(name) == len + 1));
	if (!name[len])
		return fw_cfg_find(name, item);
	for (uint32_t i = 0; i < fake_files.files; i++)
		if (!strncmp(fake_files.file[i].name, name, len + 1))
			return fw_cfg_find(fake_files.file[i].name, item);
	return -ENOENT;
}

int fw_cfg_nth(uint32_t n, const char **name, struct fw_cfg_item *item)
{
	if (n >= fake_files.files)
		return -ENOENT;
	*name = fake_files.file[n].name;
	return fw_cfg_find(*name, item);
}

void fw_cfg_forget(void)
{
	fake_files.forgotten++;
}

int fw_cfg_file(enum fw_cfg_file file, struct fw_cfg_item *item)
{
	return fw_cfg_find(names[file], item);
}

int fw_cfg_read_directory(void)
{
	fake_files.directory_reads++;
	return fails() ? -EIO : 0;
}

int fw_cfg_select(uint16_t key)
{
	struct fake_file *f = by_key(key);

	f->selects++;
	if (fails())
		return -EIO;
	if (fake_files.on_select)
		fake_files.on_select(f);
	return 0;
}

bool fw_cfg_says_off(enum fw_cfg_file file, const struct fw_cfg_item *item)
{
	(void)file;
	char word[4] = "";

	if (fw_cfg_read(item, 0, word, item->size < 3 ? item->size : 3) != 0)
		return false;
	return word[0] == '0' || !strcmp(word, "off") || !strncmp(word, "no", 2);
}

bool fw_cfg_has_dma(void)
{
	return !fake_files.no_dma;
}

int fw_cfg_read(const struct fw_cfg_item *item, uint32_t offset, void *buf, uint32_t len)
{
	struct fake_file *f = by_key(item->key);

	if (offset > item->size || len > item->size - offset)
		return -ERANGE;
	f->reads++;
	if (fails()) {
		memset(buf, 0xee, len);
		return -EIO;
	}
	/* The device zero-fills behind the end of a file that has become shorter. */
	memset(buf, 0, len);
	if (offset < f->size)
		memcpy(buf, f->data + offset, len < f->size - offset ? len : f->size - offset);
	return 0;
}

/* A file from its start, or a numbered item, which is the test's. */
int fw_cfg_read_key(uint16_t key, void *buf, uint32_t len)
{
	const struct fw_cfg_item item = { .key = key, .size = len };

	if (key < FIRST_KEY || key > 0x3fff) {
		assert(fake_files.on_number && "a numbered item is read");
		return fake_files.on_number(key, buf, len);
	}
	return fw_cfg_read(&item, 0, buf, len);
}

/* Weak: a test may define its own. */
int __attribute__((weak)) fw_cfg_read_number(const struct fw_cfg_item *item, uint64_t *value)
{
	uint64_t number = 0;
	int rc;

	if (item->size != 1 && item->size != 2 && item->size != 4 && item->size != 8)
		return -EINVAL;
	rc = fw_cfg_read(item, 0, &number, item->size);
	if (!rc)
		*value = number;
	return rc;
}

/* Weak: a test may define its own. */
int __attribute__((weak)) fw_cfg_read_phys(const struct fw_cfg_item *item, uint32_t offset, uint64_t phys, uint32_t len)
{
	return fw_cfg_read(item, offset, phys_to_ptr(phys), len);
}

int fw_cfg_write(const struct fw_cfg_item *item, uint32_t offset, const void *buf, uint32_t len)
{
	struct fake_file *f = by_key(item->key);

	if (offset > item->size || len > item->size - offset)
		return -ERANGE;
	if (fake_files.no_dma)
		return -EOPNOTSUPP;
	f->writes++;
	if (fails() || ++fake_files.writes == fake_files.write_fail_at || !f->writable)
		return -EIO;
	memcpy(f->data + offset, buf, len);
	return 0;
}

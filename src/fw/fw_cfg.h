/* SPDX-License-Identifier: BSD-2-Clause
 * src/fw/fw_cfg.h: fw_cfg, the named items QEMU hands to its firmware.
 * Spec: QEMU docs/specs/fw_cfg.rst; section titles are given in [brackets].
 *
 * One interface over three transports: DMA (ports 0x514/0x518), data port (0x510/0x511), and the
 * memory-mapped registers of other boards, which the build chooses. fw_cfg_init() chooses between the first
 * two; DMA is used only if the feature bit is set and a first transfer proves it, and a transfer that
 * fails is repeated by port.
 */
#ifndef FW_FW_CFG_H
#define FW_FW_CFG_H

#include <stdbool.h>
#include <stdint.h>

/* Numbered items [Selector (Control) Register]; sizes and byte order as QEMU fills them. */
#define FW_CFG_SIGNATURE	0x0000	/* "QEMU" */
#define FW_CFG_ID		0x0001	/* le32 feature bits */
#define FW_CFG_RAM_SIZE		0x0003	/* le64 bytes */
#define FW_CFG_NOGRAPHIC	0x0004	/* le16 */
#define FW_CFG_NB_CPUS		0x0005	/* le16, present at boot */
#define FW_CFG_KERNEL_ADDR	0x0007	/* le32 */
#define FW_CFG_KERNEL_SIZE	0x0008	/* le32 bytes */
#define FW_CFG_INITRD_ADDR	0x000a	/* le32 */
#define FW_CFG_INITRD_SIZE	0x000b	/* le32 bytes */
#define FW_CFG_BOOT_MENU	0x000e	/* le16, 1 = wanted */
#define FW_CFG_MAX_CPUS		0x000f	/* le16; pc and q35: highest APIC id + 1 */
#define FW_CFG_KERNEL_ENTRY	0x0010	/* le32 */
#define FW_CFG_KERNEL_DATA	0x0011
#define FW_CFG_INITRD_DATA	0x0012
#define FW_CFG_CMDLINE_ADDR	0x0013	/* le32 */
#define FW_CFG_CMDLINE_SIZE	0x0014	/* le32, with NUL */
#define FW_CFG_CMDLINE_DATA	0x0015
#define FW_CFG_SETUP_ADDR	0x0016	/* le32; select before 0x18: QEMU 7.2 patches setup_data */
#define FW_CFG_SETUP_SIZE	0x0017	/* le32 bytes */
#define FW_CFG_SETUP_DATA	0x0018
#define FW_CFG_FILE_DIR		0x0019
#define FW_CFG_NO_ITEM		0x3ffe	/* a key beyond all that QEMU gives away */
#define FW_CFG_ACPI_TABLES	0x8000	/* old machine types: user tables */
#define FW_CFG_SMBIOS_ENTRIES	0x8001	/* machine types up to 2.0 */
#define FW_CFG_IRQ0_OVERRIDE	0x8002	/* le32 */
#define FW_CFG_E820_TABLE	0x8003	/* QEMU up to 7.1: reservations */

/* Files the firmware asks for by name; reports know them by theirs. */
enum fw_cfg_file {
	FW_CFG_E820,			/* etc/e820 */
	FW_CFG_BOOTORDER,		/* bootorder */
	FW_CFG_ACPI_RSDP,		/* etc/acpi/rsdp; it and the next two are asked for in this order */
	FW_CFG_ACPI_BLOB,		/* etc/acpi/tables */
	FW_CFG_TABLE_LOADER,		/* etc/table-loader */
	FW_CFG_SMBIOS_ANCHOR,		/* etc/smbios/smbios-anchor */
	FW_CFG_SMBIOS_TABLES,		/* etc/smbios/smbios-tables */
	FW_CFG_RESERVED_MEMORY_END,	/* etc/reserved-memory-end */
	FW_CFG_EXTRA_PCI_ROOTS,		/* etc/extra-pci-roots */
	FW_CFG_MSR_FEATURE_CONTROL,	/* etc/msr_feature_control */
	FW_CFG_BOOT_FAIL_WAIT,		/* etc/boot-fail-wait */
	FW_CFG_PVPANIC_PORT,		/* etc/pvpanic-port */
	FW_CFG_SYSTEM_STATES,		/* etc/system-states */
	FW_CFG_FPDT,			/* opt/org.slipway/fpdt */
	FW_CFG_NATIVE,			/* opt/org.slipway/native */
	FW_CFG_FILES
};

/* One item, in native byte order. */
struct fw_cfg_item {
	uint32_t size;		/* bytes */
	uint16_t key;
};

/*
 * Find the device, choose the transport, test DMA. Call once, before anything else here; the
 * directory is then to be read. Returns 0; -ENODEV, there is no fw_cfg: whatever needs a device
 * access gives -EIO or 0 from then on.
 */
int fw_cfg_init(void);

/*
 * Read the directory (again: keys and sizes change over a reset, sizes also when QEMU rebuilds
 * the ACPI tables). With more than 32 entries it lives in ZONE_TEMP, which must be open; never inside an alloc_mark() of
 * that zone that is released later. Bad entries cost a line each and are left out.
 * Returns 0; -EINVAL, bad count; -EIO; -ENOMEM: after any of these, which are logged, the directory is
 * empty. That costs what is in it; numbered items can be read all the same.
 */
int fw_cfg_read_directory(void);

/* "DMA" or "port", for reports ("none" without a device). DMA may be given up at any read. */
const char *fw_cfg_transport(void);
bool fw_cfg_has_dma(void);

/* Look up a known file. Returns 0 and fills *item; -ENOENT. No device access. */
int fw_cfg_file(enum fw_cfg_file file, struct fw_cfg_item *item);

/*
 * Look any file up; name is NUL-terminated. Returns 0 and fills *item; -ENOENT. No device access.
 */
int fw_cfg_find(const char *name, struct fw_cfg_item *item);

/*
 * The same for who knows how long the name is: 1 to 55 characters and then its NUL; or the same character in its place,
 * behind which a file's name may go on: the first of these.
 */
int fw_cfg_find_n(const char *name, uint32_t len, struct fw_cfg_item *item);

/*
 * The n-th file of the directory, from 0: for names known by their beginning alone ("genroms/").
 * *name stays good until the directory is read again. Returns 0 or -ENOENT. No device access.
 */
int fw_cfg_nth(uint32_t n, const char **name, struct fw_cfg_item *item);

/*
 * Does the last file's name begin with these two characters? QEMU has sorted them by their names (machine types up to 2.4:
 * some other way). Chance, where there is no file. No device access.
 */
bool fw_cfg_last_begins(const char two[2]);

/*
 * Does a file of a user's say that something is not wanted: "0", "off", "no"? One access, where there is such a file; a line
 * where it says neither that nor "1", "on", "yes".
 */
bool fw_cfg_says_off(enum fw_cfg_file file, const struct fw_cfg_item *item) __attribute__((cold));

static inline bool fw_cfg_is_off(enum fw_cfg_file file)
{
	struct fw_cfg_item item;

	return fw_cfg_file(file, &item) == 0 && fw_cfg_says_off(file, &item);
}

/*
 * Copy len bytes of item, from offset, to the buffer at physical address phys: below 4 GiB
 * by any transport, above by DMA alone. The device pads a short item with zeros and reports
 * success, so the range is checked here, before any I/O; len 0 does nothing. Reading on where the
 * last read of the same item ended costs nothing extra, any other offset a skip (by port: bytes).
 * Returns 0; -ERANGE, buffer untouched; -EIO, buffer undefined.
 */
int fw_cfg_read_phys(const struct fw_cfg_item *item, uint32_t offset, uint64_t phys, uint32_t len);

/* The same into an object of ours. */
int fw_cfg_read(const struct fw_cfg_item *item, uint32_t offset, void *buf, uint32_t len);

/*
 * An item from its start, of which the caller knows the size: a numbered one, or a file that was looked up. What is
 * behind its end is zero from QEMU, not from every host; len 0 does nothing. Returns 0 or -EIO.
 */
int fw_cfg_read_key(uint16_t key, void *buf, uint32_t len);

/*
 * A number of 1, 2, 4 or 8 bytes, little-endian, zero-extended. Returns 0; -EINVAL, other size;
 * -EIO.
 */
int fw_cfg_read_number(const struct fw_cfg_item *item, uint64_t *value);

/* Numbered items as numbers. A failed read is logged and gives 0, as a missing item does. */
uint16_t fw_cfg_le16(uint16_t key);
uint32_t fw_cfg_le32(uint16_t key);

/*
 * Select an item without reading it: QEMU builds the ACPI tables at the first select of one of
 * theirs. Returns 0 or -EIO.
 */
int fw_cfg_select(uint16_t key);

/*
 * Have the device write len zeros to phys: what it gives for a key that no item has [DMA interface].
 * One access, whatever len is; a host whose KVM emulates this code does 4 bytes a microsecond. Returns
 * false without DMA, and where the device does something else: then the memory may be anything.
 */
bool fw_cfg_zero(uint32_t phys, uint32_t len);

/* Code that is not ours has run, and may have used the device: the next read begins anew. */
void fw_cfg_forget(void);

/*
 * Copy len bytes to item at offset. Only by DMA, and only items QEMU marks writable.
 * Returns 0; -ERANGE; -EOPNOTSUPP, no DMA; -EINVAL, more than 1024 bytes; -EIO, refused by
 * the device. Nothing is retried.
 */
int fw_cfg_write(const struct fw_cfg_item *item, uint32_t offset, const void *buf, uint32_t len);

#endif

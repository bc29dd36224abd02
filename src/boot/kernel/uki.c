/* SPDX-License-Identifier: BSD-2-Clause
 * src/boot/kernel/uki.c: see uki.h. Every field is the file's word: offsets and sizes are held against the file before they are
 * used, and each section that is, against all others.
 */
#include "boot/kernel/uki.h"
#include <stddef.h>
#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "std/pe.h"
#include "trace/log.h"

#define SECTIONS_MOST	96u	/* systemd's and Windows' loaders take no more */
#define SECTIONS_ONCE	16u	/* rows read at a time: most files have no more */
#define OSREL_READ	640u	/* bytes: the names are among the first lines */
#define BLANKS_MOST	64u	/* bytes at the end of a command line that are looked at */

#define PROFILE		UKI_PARTS	/* begins a profile */
#define NO_NAME		(PROFILE + 1)

static const char names[NO_NAME][9] = {
	[UKI_LINUX] = ".linux", [UKI_CMDLINE] = ".cmdline", [UKI_INITRD] = ".initrd", [UKI_UCODE] = ".ucode",
	[UKI_OSREL] = ".osrel", [PROFILE] = ".profile",
};

/* Where the section table has been read to. */
struct walk {
	struct uki *uki;
	uint32_t profiles;		/* that have begun */
	uint8_t found[UKI_PARTS];	/* 0: not yet; else before 1 profile or 2 */
};

static int tell_unread(const char *what, uint32_t offset, uint32_t size)
{
	log("boot: kernel: UKI: %s: 0x%x bytes at 0x%x could not be read; not started", what, size, offset);
	return -EIO;
}

static uint32_t kind_of(const struct pe_section *section)
{
	uint32_t kind = 0;

	while (kind < NO_NAME && strncmp(section->name, names[kind], sizeof(section->name)) != 0)
		kind++;
	return kind;
}

/* In memory a section may be shorter than in the file, which rounds it up, or longer, with zeros behind it. */
static int take(struct walk *walk, const struct pe_section *section)
{
	uint32_t kind = kind_of(section);
	struct uki_section *part;

	walk->profiles += kind == PROFILE;
	if (kind >= PROFILE || walk->profiles > 1)
		return 0;
	part = &walk->uki->part[kind];
	if (walk->found[kind] == walk->profiles + 1) {
		log("boot: kernel: UKI: %s is there twice, at 0x%x and 0x%x; not started", names[kind], part->offset, section->raw_at);
		return -EINVAL;
	}
	walk->found[kind] = (uint8_t)(walk->profiles + 1);
	*part = (struct uki_section){ section->raw_at, min_u32(section->virtual_size, section->raw_size) };
	return 0;
}

/* The table, which is in the file. */
static int walk_table(struct uki *uki, uint32_t at, uint32_t count)
{
	struct pe_section row[SECTIONS_ONCE];
	struct walk walk = { .uki = uki };

	memset(uki->part, 0, sizeof(uki->part));
	for (uint32_t n; count; count -= n, at += n * sizeof(*row)) {
		n = min_u32(count, SECTIONS_ONCE);
		if (kernel_file_read(&uki->file, at, row, n * sizeof(*row)) != 0)
			return tell_unread("section table", at, n * sizeof(*row));
		for (uint32_t i = 0; i < n; i++) {
			int rc = take(&walk, &row[i]);

			if (rc != 0)
				return rc;
		}
	}
	return 0;
}

/* Inside the file, both; neither sum wraps. */
static bool overlap(const struct uki_section *a, const struct uki_section *b)
{
	return a->offset < b->offset + b->size && b->offset < a->offset + a->size;
}

/* One section, where those before it are good. */
static int check_section(const struct uki *uki, uint32_t kind, const struct uki_section headers[2])
{
	const struct uki_section *part = &uki->part[kind];
	const struct uki_section *other = NULL;
	const char *whose = "headers";

	if (!part->size)
		return 0;
	if (!range_inside32(part->offset, part->size, uki->file.size)) {
		log("boot: kernel: UKI: %s: 0x%x bytes at 0x%x, the file has 0x%x; not started", names[kind], part->size,
		    part->offset, uki->file.size);
		return -EINVAL;
	}
	for (uint32_t i = 0; i < kind; i++)
		if (uki->part[i].size && overlap(part, &uki->part[i])) {
			other = &uki->part[i];
			whose = names[i];
		}
	for (uint32_t i = 0; i < 2; i++)
		if (overlap(part, &headers[i]))
			other = &headers[i];
	if (!other)
		return 0;
	log("boot: kernel: UKI: %s: 0x%x bytes at 0x%x, over the %s: 0x%x at 0x%x; not started", names[kind], part->size,
	    part->offset, whose, other->size, other->offset);
	return -EINVAL;
}

static int check_all(const struct uki *uki, const struct uki_section headers[2])
{
	const struct uki_section *kernel = &uki->part[UKI_LINUX];

	for (uint32_t i = 0; i < UKI_PARTS; i++) {
		int rc = check_section(uki, i, headers);

		if (rc != 0)
			return rc;
	}
	if (kernel->size > BZIMAGE_SETUP)
		return 0;
	if (kernel->size)
		log("boot: kernel: UKI: .linux: %u bytes, a bzImage has more than %u; not started", kernel->size, BZIMAGE_SETUP);
	else
		log("boot: kernel: a PE file without a section .linux: an EFI program, and no UKI; not started");
	return -EINVAL;
}

/* What stands behind name= at the start of a line; *len: without its quotes. NULL: no such line. */
static const char *value_of(const char *text, const char *name, uint32_t *len)
{
	uint32_t name_len = (uint32_t)strlen(name);
	const char *end;

	while (strncmp(text, name, name_len) != 0) {
		while (*text && *text != '\n')
			text++;
		if (!*text++)
			return NULL;
	}
	text += name_len;
	end = *text == '"' || *text == '\'' ? text++ : "\n";
	for (*len = 0; text[*len] && text[*len] != '\n' && text[*len] != *end; ++*len)
		;
	return text;
}

/* It is there to be read by people: what is wrong with it costs the name. */
static const char *__attribute__((noinline)) name_of(const struct uki *uki)
{
	const struct uki_section *osrel = &uki->part[UKI_OSREL];
	uint32_t size = min_u32(osrel->size, OSREL_READ), len;
	char text[OSREL_READ + 1];
	const char *name;

	if (kernel_file_read(&uki->file, osrel->offset, text, size) != 0)
		size = 0;
	text[size] = '\0';
	name = value_of(text, "PRETTY_NAME=", &len);
	if (!name)
		name = value_of(text, "NAME=", &len);
	return name && len ? log_text_n(name, len) : "no name in .osrel";
}

/* The tools leave an end of line there, a NUL, or both, which would count where a kernel takes no longer line. */
static int trim_line(struct uki *uki)
{
	struct uki_section *line = &uki->part[UKI_CMDLINE];
	uint32_t n = min_u32(line->size, BLANKS_MOST);
	char end[BLANKS_MOST];

	if (!n)
		return 0;	/* wherever it would be */
	if (kernel_file_read(&uki->file, line->offset + line->size - n, end, n) != 0)
		return tell_unread(names[UKI_CMDLINE], line->offset, line->size);
	for (; n && (uint8_t)end[n - 1] <= ' '; n--)
		line->size--;
	return 0;
}

int uki_find(const uint8_t first[BZIMAGE_SETUP], uint32_t kernel_size, struct uki *uki)
{
	const struct uki_section *part = uki->part;
	struct uki_section headers[2] = { { 0, DOS_HEADER } };
	struct pe_header pe;
	uint32_t at, left;
	int rc;

	if (get_le16(first) != DOS_MAGIC || get_le32(first + SETUP_FIELD(header)) == SETUP_MAGIC)
		return -ENOENT;
	rc = kernel_file_open(&uki->file, first, kernel_size);
	if (rc != 0)
		return rc;
	at = get_le32(first + DOS_LFANEW);
	if (!range_inside32(at, sizeof(pe), uki->file.size))
		return -ENOENT;
	if (kernel_file_read(&uki->file, at, &pe, sizeof(pe)) != 0)
		return tell_unread("header", at, sizeof(pe));
	if (pe.signature != PE_SIGNATURE)
		return -ENOENT;
	if (pe.machine != PE_MACHINE_X64) {
		log("boot: kernel: a PE file for machine 0x%04x, this is 0x%04x; not started", pe.machine, PE_MACHINE_X64);
		return -EINVAL;
	}
	left = uki->file.size - at - sizeof(pe);
	headers[1].offset = at;
	headers[1].size = sizeof(pe) + pe.optional_size + pe.sections * sizeof(struct pe_section);
	if (pe.sections > SECTIONS_MOST || headers[1].size - sizeof(pe) > left) {
		log("boot: kernel: a PE file with a header of 0x%x bytes at 0x%x and %u sections, 0x%x bytes and %u expected at most; "
		    "not started", headers[1].size, at, pe.sections, left + (uint32_t)sizeof(pe), SECTIONS_MOST);
		return -EINVAL;
	}
	rc = walk_table(uki, at + sizeof(pe) + pe.optional_size, pe.sections);
	if (rc == 0)
		rc = check_all(uki, headers);
	if (rc == 0)
		rc = trim_line(uki);
	if (rc != 0)
		return rc;
	log("boot: kernel: UKI: %s: .linux has %u bytes at 0x%x, .initrd %u at 0x%x, .ucode %u, .cmdline %u", name_of(uki),
	    part[UKI_LINUX].size, part[UKI_LINUX].offset, part[UKI_INITRD].size, part[UKI_INITRD].offset, part[UKI_UCODE].size,
	    part[UKI_CMDLINE].size);
	return 0;
}

int uki_take_setup(struct uki *uki, uint8_t setup[BZIMAGE_SETUP])
{
	struct setup_header *hdr = (void *)(setup + SETUP_HEADER_AT);
	struct uki_section *kernel = &uki->part[UKI_LINUX];
	uint32_t setup_size;

	if (kernel_file_read(&uki->file, kernel->offset, setup, BZIMAGE_SETUP) != 0)
		return tell_unread(names[UKI_LINUX], kernel->offset, BZIMAGE_SETUP);
	if (hdr->header != SETUP_MAGIC) {
		log("boot: kernel: UKI: .linux has 0x%08x where a setup header has 0x%08x: not a bzImage; not started", hdr->header,
		    SETUP_MAGIC);
		return -EINVAL;
	}
	setup_size = bzimage_setup_size(&(struct bzimage){ .setup_sects = hdr->setup_sects });
	if (setup_size >= kernel->size) {
		log("boot: kernel: UKI: .linux has %u bytes, its setup part %u; not started", kernel->size, setup_size);
		return -EINVAL;
	}
	kernel->offset += setup_size;
	kernel->size -= setup_size;
	hdr->type_of_loader = LOADER_QEMU;
	hdr->setup_data = 0;	/* whoever loads writes there: a file's is an address in nobody's memory */
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/unit/boot/kernel/setup16_test.c: kernels that are entered by their setup code: where each protocol has its parts, what
 * the header says, registers, what is refused, and every read that fails. The items come from here instead of a device.
 * LINK: src/trace/timeline.c src/boot/kernel/setup16.c src/boot/kernel/form.c src/boot/kernel/place.c src/boot/kernel/setup_data.c
 * LINK: tests/fake/request.c tests/fake/kernel.c src/hw/pic.c src/mem/e820.c tests/fake/e820.c tests/fake/launch.c tests/fake/io.c
 * LINK: tests/fake/cpu.c tests/fake/ram.c tests/fake/log.c tests/fake/initrd.c
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/real_call.h"
#include "boot/kernel/form.h"
#include "boot/kernel/place.h"
#include "boot/kernel/setup16.h"
#include "boot/program.h"
#include "fake/e820.h"
#include "fake/initrd.h"
#include "fake/kernel.h"
#include "fake/launch.h"
#include "fake/log.h"
#include "fake/ram.h"
#include "fake/request.h"
#include "fw/fw_cfg.h"
#include "lib/endian.h"
#include "lib/errno.h"
#include "machine/machine.h"
#include "mem/alloc.h"
#include "std/bda.h"
#include "trace/timeline.h"

#define MIB	0x100000u
#define RAM	(64 * MIB)
#define TOP	(RAM - 0x20000)		/* where the firmware's tables begin */
#define LOW	0x500u			/* what is nobody's, before 640 KiB */
#define LOW_END	0x9fc00u
#define SIZE	0x12340u		/* bytes behind the setup part */

struct machine machine;
struct place_request kernel_want;
bool program_started;

static uint8_t setup[BZIMAGE_SETUP];
static struct setup_header *hdr;
static uint32_t cmdline_size, initrd_size, size, reads, fail_at, begun, order_of_reads[8];
static bool select_fails, comes_back, has_screen;
static char cmdline[0x20000];
static uint8_t *tail;			/* behind the payload's bytes, NULL: nothing */
static uint32_t tail_size;
static struct regs regs;
static uint32_t target;
static jmp_buf out;

uint32_t alloc_high_bottom(void) { return TOP; }
uint32_t alloc_keep_off(uint32_t from, uint32_t bytes) { (void)from; (void)bytes; return 0; }
int pvh_boot(const struct kernel_form *form, bool first) { (void)form; (void)first; return -EINVAL; }
int multiboot_boot(const struct kernel_form *form) { (void)form; return -EINVAL; }

uint32_t fw_cfg_le32(uint16_t key)
{
	assert_true(key == FW_CFG_CMDLINE_SIZE || key == FW_CFG_INITRD_SIZE);
	return key == FW_CFG_CMDLINE_SIZE ? cmdline_size : initrd_size;
}

int fw_cfg_find(const char *name, struct fw_cfg_item *item)
{
	(void)item;
	assert_string_equal(name, "opt/org.slipway/screen");
	return has_screen ? 0 : -ENOENT;
}

int fw_cfg_select(uint16_t key)
{
	assert_int_equal(key, FW_CFG_SETUP_ADDR);
	return select_fails ? -EIO : 0;
}

static uint8_t image_byte(uint32_t i)
{
	return (uint8_t)(i * 7 + (i >> 8));
}

int fw_cfg_read_key(uint16_t key, void *buf, uint32_t len)
{
	uint8_t *to = buf;

	if (len == 0)
		return 0;
	order_of_reads[reads++ % 8] = key;
	if (reads == fail_at)
		return -EIO;
	for (uint32_t i = 0; i < len; i++)
		to[i] = image_byte(i);
	if (key == FW_CFG_SETUP_DATA)
		memcpy(buf, setup, len < sizeof(setup) ? len : sizeof(setup));
	else if (key == FW_CFG_CMDLINE_DATA)
		memcpy(buf, cmdline, len);
	else if (key == FW_CFG_KERNEL_DATA && tail)
		memcpy(to + len - tail_size, tail, tail_size);
	return 0;
}

void program_begins(void)
{
	begun++;
}

void real_start(struct regs *r, uint32_t to)
{
	assert_int_equal(begun, 1);
	regs = *r;
	target = to;
	if (!comes_back)
		longjmp(out, 1);
}

static void text(const char *line)
{
	strcpy(cmdline, line);
	cmdline_size = (uint32_t)strlen(line) + 1;
}

static int before(void **state)
{
	(void)state;
	fake_ram_reset(RAM);
	put_le16(fake_ram + BDA_BASE_KIB, 639);
	fake_log_reset();
	fake_request_reset();
	memset(&fake_initrd, 0, sizeof(fake_initrd));
	memset(&kernel_want, 0xa5, sizeof(kernel_want));
	fake_kernel_setup(setup);
	hdr = fake_kernel_header(setup);
	hdr->pref_address = 16 * MIB;
	hdr->init_size = MIB;
	reads = fail_at = begun = initrd_size = tail_size = 0;
	tail = NULL;
	select_fails = comes_back = program_started = false;
	has_screen = false;
	size = SIZE;
	text("console=ttyS0");
	memset(&machine, 0, sizeof(machine));
	machine.e820 = (struct e820_map){ .entry = (void *)(fake_ram + 0xf8000) };
	e820_set(&machine.e820, 0, 0x9fc00, E820_RAM);
	e820_set(&machine.e820, 0x9fc00, 0x400, E820_RESERVED);
	e820_set(&machine.e820, 0xf0000, 0x10000, E820_RESERVED);
	e820_set(&machine.e820, MIB, TOP - MIB, E820_RAM);
	e820_set(&machine.e820, TOP, RAM - TOP, E820_NVS);
	return 0;
}

/* NULL: it was entered. */
static const char *boot(void)
{
	fake_log_reset();
	memset(fake_ram + LOW, 0x5a, LOW_END - LOW);
	memset(fake_ram + MIB, 0x5a, MIB);
	reads = begun = 0;
	program_started = false;
	if (setjmp(out))
		return NULL;
	return setup16_boot(size);
}

static struct setup_header *at(uint32_t place)
{
	return (struct setup_header *)(fake_ram + place + SETUP_HEADER_AT);
}

static void assert_refused(const char *a, const char *b)
{
	assert_string_equal(boot(), "it could not be started");
	assert_int_equal(begun, 0);
	assert_true(fake_log_has(a));
	assert_true(fake_log_has(b));
	assert_int_equal(fake_log_lines(), 1);
}

static void assert_untouched(void)
{
	assert_false(program_started);
	for (uint32_t i = LOW; i < LOW_END; i++)
		assert_int_equal(fake_ram[i], 0x5a);
	for (uint32_t i = MIB; i < 2 * MIB; i++)
		assert_int_equal(fake_ram[i], 0x5a);
}

static void assert_payload(uint32_t from)
{
	for (uint32_t i = 0; i < size - tail_size; i++)
		if (fake_ram[from + i] != image_byte(i))
			fail_msg("byte 0x%x of the payload", i);
}

static void assert_entered(uint32_t where, uint32_t line)
{
	uint16_t segment = (uint16_t)(where >> 4);

	assert_int_equal(target, FAR_POINTER(segment + 0x20, 0));
	assert_int_equal(regs.ds, segment);
	assert_int_equal(regs.es, segment);
	assert_int_equal(regs.fs, segment);
	assert_int_equal(regs.gs, segment);
	assert_int_equal(regs.ss, segment);
	assert_int_equal(regs.flags, FLAGS_FIXED);		/* no interrupts */
	assert_int_equal(regs.esp, line - where - 16 + 6);	/* 6 are for who comes back */
	assert_int_equal(regs.eax | regs.ebx | regs.ecx | regs.edx | regs.esi | regs.edi | regs.ebp, 0);
	assert_string_equal((char *)fake_ram + line, cmdline);
	assert_true(program_started);
}

static void a_new_kernel_has_its_parts_where_loaders_have_them(void **state)
{
	(void)state;
	initrd_size = 0x4321;
	assert_null(boot());
	assert_entered(0x10000, 0x20000);
	assert_int_equal(at(0x10000)->cmd_line_ptr, 0x20000);
	assert_int_equal(at(0x10000)->heap_end_ptr, 0xfe00);
	assert_int_equal(at(0x10000)->loadflags, LOADED_HIGH | 0x80);
	assert_int_equal(at(0x10000)->type_of_loader, 0xb0);
	assert_int_equal(at(0x10000)->ramdisk_image, TOP - 0x5000);
	assert_int_equal(at(0x10000)->ramdisk_size, 0x4321);
	assert_int_equal(at(0x10000)->setup_data, 0);
	assert_int_equal(at(0x10000)->vid_mode, VID_MODE_NORMAL);
	assert_int_equal(fake_initrd.at, TOP - 0x5000);
	assert_int_equal(fake_initrd.read.count, 1);
	assert_int_equal(fake_initrd.read.part[0].size, 0x4321);
	assert_int_equal(fake_initrd.read.part[0].key, FW_CFG_INITRD_DATA);
	assert_int_equal(fake_ram[0x10000 + 40 * 512 - 1], image_byte(40 * 512 - 1));
	assert_int_equal(fake_ram[0x10000 + 40 * 512], 0x5a);
	assert_payload(MIB);
	assert_true(fake_log_has("16-bit entry, protocol 0x020f, setup part of 20480 bytes at 0x10000"));
	assert_true(fake_log_has("initrd: 17185 bytes at 0x3fdb000"));
	assert_int_equal(order_of_reads[3], FW_CFG_KERNEL_DATA);	/* last: what lies in low memory may be needed until then */
	hdr->type_of_loader = 0x72;
	assert_null(boot());
	assert_int_equal(at(0x10000)->type_of_loader, 0x72);
}

static void each_version_is_told_what_it_knows(void **state)
{
	static const struct {
		uint32_t version, place, line;
		bool heap, pointer;
	} cases[] = {
		{ 0x0200, 0x90000, 0x99ff0, false, false }, { 0x0201, 0x90000, 0x99ff0, true, false },
		{ 0x0202, 0x10000, 0x20000, true, true }, { 0x0203, 0x10000, 0x20000, true, true },
		{ 0x0205, 0x10000, 0x20000, true, true }, { 0x0208, 0x10000, 0x20000, true, true },
	};

	for (uint32_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		before(state);
		hdr->version = (uint16_t)cases[i].version;
		hdr->heap_end_ptr = 0x1234;
		hdr->setup_data = 0x77;			/* code, then */
		hdr->cmd_line_ptr = 0x99;
		assert_null(boot());
		assert_entered(cases[i].place, cases[i].line);
		assert_payload(MIB);
		assert_int_equal(at(cases[i].place)->heap_end_ptr, cases[i].heap ? cases[i].line - cases[i].place - 0x200 : 0x1234);
		assert_int_equal(at(cases[i].place)->loadflags, LOADED_HIGH | (cases[i].heap ? 0x80 : 0));
		assert_int_equal(at(cases[i].place)->cmd_line_ptr, cases[i].pointer ? cases[i].line : 0x99);
		assert_int_equal(at(cases[i].place)->setup_data, 0x77);
		assert_false(fake_log_has("setup_data"));
		if (!cases[i].pointer) {
			assert_int_equal(get_le16(fake_ram + cases[i].place + 0x20), 0xa33f);
			assert_int_equal(get_le16(fake_ram + cases[i].place + 0x22), cases[i].line - cases[i].place);
		} else {
			assert_int_equal(get_le16(fake_ram + cases[i].place + 0x20), 0xcccc);
		}
	}
}

static void a_zimage_lies_in_low_memory(void **state)
{
	static const uint16_t versions[] = { 0x0200, 0x0201, 0x0202, 0x0206, 0x020f };

	for (uint32_t i = 0; i < 5; i++) {
		before(state);
		hdr->version = versions[i];
		hdr->loadflags = 0;
		initrd_size = 0x1000;
		size = 0x80000;				/* all that there is */
		assert_null(boot());
		assert_entered(0x90000, 0x99ff0);
		assert_payload(0x10000);
		assert_int_equal(fake_ram[MIB], 0x5a);
		assert_int_equal(at(0x90000)->ramdisk_image, TOP - 0x1000);
	}
	size++;
	assert_refused("524289 bytes behind its setup part", "524288 from 0x10000 to 0x90000");
	assert_untouched();
}

/* As a build left it: size and signature in the first sector. */
static void without_header(uint32_t units)
{
	memset(setup, 0xcc, sizeof(setup));
	setup[0x1f1] = 4;
	put_le16(setup + 0x1f4, (uint16_t)units);
	put_le16(setup + 0x1fe, 0xaa55);
}

static void a_kernel_without_header_is_known_by_its_size(void **state)
{
	static const uint32_t good[] = { 0x1fff1, 0x20000 }, bad[] = { 1, 0x1fff0, 0x20001, 0x40000, UINT32_MAX };

	for (uint32_t i = 0; i < 2; i++) {
		before(state);
		without_header(0x2000);
		size = good[i];
		assert_null(boot());
		assert_entered(0x90000, 0x99ff0);
		assert_payload(0x10000);
		assert_int_equal(get_le16(fake_ram + 0x90020), 0xa33f);
		assert_int_equal(get_le16(fake_ram + 0x90022), 0x9ff0);
		assert_int_equal(get_le16(fake_ram + 0x901fa), 0xffff);
		assert_int_equal(fake_ram[0x90210], 0xcc);	/* code */
		assert_int_equal(fake_ram[0x90218], 0xcc);
	}
	for (uint32_t i = 0; i < 5; i++) {
		before(state);
		without_header(0x2000);
		size = bad[i];
		assert_refused("not a kernel before protocol 2.00", "first sector says 131072");
		assert_untouched();
	}
	size = 0x1fd01;				/* filled up to a sector, from there on */
	without_header(0x1fd1);
	assert_null(boot());
	size = 0x1fe00;
	assert_null(boot());
	size = 0x1fe01;
	assert_refused("not a kernel", "signature 0xaa55");
	size = 0x20000;
	without_header(0);
	assert_refused("not a kernel", "says 0");
	without_header(0x2000);
	setup[0x1fe] = 0x54;
	assert_refused("signature 0xaa54", "0xaa55 expected");
	without_header(0x2000);
	memcpy(setup, "MZ", 2);
	assert_refused("not a kernel", "131072");
	without_header(0x2000);
	initrd_size = 1;
	assert_refused("initrd: 1 bytes", "not told of");
	assert_untouched();
}

static void the_mode_of_one_without_header_is_found_in_its_command_line(void **state)
{
	static const struct {
		const char *line;
		uint16_t mode;
	} cases[] = {
		{ "", 0xffff }, { "vga=normal", 0xffff }, { "vga=ext", 0xfffe }, { "root=1 vga=ask ro", 0xfffd }, { "xvga=1", 0xffff },
		{ "vga=0x317", 0x317 }, { "vga=791", 791 }, { "a vga=0XaBc b", 0xabc }, { "vga=3,5", 3 }, { "vga=", 0 },
		{ "vg", 0xffff }, { "quiet vga", 0xffff }, { "vga=12a", 12 }, { "vga=0x1g", 1 }, { "vga=1 vga=2", 1 },
	};

	for (uint32_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		before(state);
		without_header(0x1234);
		text(cases[i].line);
		assert_null(boot());
		assert_int_equal(get_le16(fake_ram + 0x901fa), cases[i].mode);
	}
}

static void the_mode_in_a_header_is_qemus(void **state)
{
	(void)state;
	hdr->vid_mode = 0xfffd;
	text("vga=ext");
	assert_null(boot());
	assert_int_equal(at(0x10000)->vid_mode, 0xfffd);
}

static void a_command_line_is_whole_or_the_kernel_is_not_started(void **state)
{
	(void)state;
	memset(cmdline, 'x', 2047);
	cmdline[2047] = '\0';
	cmdline_size = 2048;
	assert_null(boot());
	cmdline_size = 2049;
	assert_refused("command line: 2048 characters", "takes 2047");
	assert_untouched();
	hdr->version = 0x0205;			/* from here on 255, whatever is where later ones have their size */
	cmdline_size = 256;
	assert_null(boot());
	assert_int_equal(fake_ram[0x20000 + 256], 0);
	cmdline_size = 257;
	assert_refused("command line: 256 characters", "takes 255");
	before(state);
	hdr->cmdline_size = UINT32_MAX;
	cmdline_size = 0xffff;
	assert_null(boot());
	assert_int_equal(fake_ram[0x30000], 0x5a);
	cmdline_size = 0x10000;
	assert_refused("command line: 65535 characters", "takes 65534");
	hdr->loadflags = 0;			/* it would not leave room for the setup part */
	cmdline_size = 0xffff;
	assert_refused("command line of", "beside heap and stack is room");
	cmdline_size = 0;			/* no item */
	assert_null(boot());
}

static void a_setup_part_leaves_room_for_heap_and_stack(void **state)
{
	(void)state;
	hdr->setup_sects = 0x10000 / 512 - 1 - 5;	/* 0x200 and 0x800 */
	assert_null(boot());
	hdr->setup_sects++;
	assert_refused("setup part of 63488 bytes", "room for 62976 from 0x10000");
	assert_untouched();
	hdr->setup_sects = 255;
	assert_refused("setup part of 131072 bytes", "room for 62976");
	hdr->setup_sects = 0;
	assert_null(boot());
	assert_true(fake_log_has("setup part of 2560 bytes"));
	hdr->version = 0x0201;
	hdr->setup_sects = 0xa000 / 512 - 1 - 6;	/* and the command line */
	assert_null(boot());
	hdr->setup_sects++;
	assert_refused("setup part of 38400 bytes and command line of 16", "room for 38400 from 0x90000");
}

static void conventional_memory_is_what_the_map_and_the_bda_say(void **state)
{
	(void)state;
	put_le16(fake_ram + BDA_BASE_KIB, 0x20000 / 1024);
	assert_refused("command line end at 0x2000f", "conventional memory at 0x20000");
	hdr->version = 0x0201;
	put_le16(fake_ram + BDA_BASE_KIB, 615);
	assert_refused("command line end at 0x9a000", "conventional memory at 0x99c00");
	put_le16(fake_ram + BDA_BASE_KIB, 616);
	assert_null(boot());
	before(state);
	hdr->loadflags = 0;
	machine.e820.entry[0].length = 0x98000;		/* somebody has the rest */
	assert_refused("setup part and command line: 0x90000 to 0x9a000", "0x98000 is not RAM");
	machine.e820.entry[0].length = 0x8f000;
	assert_refused("setup part and command line: 0x90000 to 0x9a000", "0x90000 is not RAM");
	assert_untouched();
}

static void a_kernel_needs_ram_where_it_is_loaded_and_where_it_runs(void **state)
{
	(void)state;
	size = TOP - MIB;
	hdr->init_size = 0;
	hdr->version = 0x0205;
	assert_null(boot());
	size++;
	assert_refused("its file: 0x100000 to", "is not RAM (in use, type 4)");
	size = UINT32_MAX;
	assert_refused("its file: 0x100000 to 0x1000fffff", "is not RAM");
	before(state);
	hdr->init_size = TOP - 16 * MIB;
	assert_null(boot());
	hdr->init_size++;
	assert_refused("where it runs: 0x1000000 to", "is not RAM");
	hdr->init_size = UINT32_MAX;
	assert_refused("where it runs", "is not RAM");
	hdr->init_size = MIB;
	hdr->pref_address = 1ull << 40;
	assert_refused("where it runs: 0xffffffff to", "is not RAM");
	assert_untouched();
	hdr->pref_address = 0;			/* none, or of kernels before 2.10 */
	assert_null(boot());
	hdr->pref_address = 1ull << 40;
	hdr->version = 0x0209;
	assert_null(boot());
}

static void the_initrd_keeps_off_what_the_kernel_needs(void **state)
{
	(void)state;
	initrd_size = 0x1000;
	hdr->init_size = TOP - 16 * MIB;
	assert_refused("initrd: 0x1000 bytes", "has 0x0");
	hdr->init_size -= 0x1000;
	assert_null(boot());
	assert_int_equal(at(0x10000)->ramdisk_image, TOP - 0x1000);
	before(state);
	initrd_size = 0x1000;
	hdr->initrd_addr_max = 32 * MIB - 1;
	hdr->xloadflags = 0;
	assert_null(boot());
	assert_int_equal(at(0x10000)->ramdisk_image, 32 * MIB - 0x1000);
	hdr->xloadflags = XLF_CAN_BE_LOADED_ABOVE_4G;	/* means that the limit is for others */
	assert_null(boot());
	assert_int_equal(at(0x10000)->ramdisk_image, TOP - 0x1000);
	hdr->version = 0x020b;
	assert_null(boot());
	assert_int_equal(at(0x10000)->ramdisk_image, 32 * MIB - 0x1000);
	hdr->version = 0x020f;
	hdr->xloadflags = 0;
	hdr->initrd_addr_max = 0;
	assert_refused("initrd: 0x1000 bytes", "below 0x0");
	assert_untouched();
	hdr->version = 0x0202;			/* which does not say */
	assert_null(boot());
	assert_int_equal(at(0x10000)->ramdisk_image, TOP - 0x1000);
	hdr->version = 0x0203;
	hdr->initrd_addr_max = UINT32_MAX;
	size = 15 * MIB;			/* four times of that, at a guess */
	initrd_size = TOP - MIB - 60 * MIB;
	assert_null(boot());
	assert_int_equal(at(0x10000)->ramdisk_image, 61 * MIB);
	initrd_size++;
	assert_refused("initrd: ", "not started");
}

static void what_is_asked_of_the_start_is_seen_to(void **state)
{
	(void)state;
	kernel_requests = REQUEST_APPEND;
	fake_request.append = "quiet";
	hdr->version = 0x0201;
	assert_null(boot());
	assert_string_equal((char *)fake_ram + 0x99fe0, "console=ttyS0 quiet");	/* below what is longer by now */
	assert_int_equal(regs.esp, 0x9fe0 - 16 + 6);
	assert_int_equal(at(0x90000)->heap_end_ptr, 0x9fe0 - 0x200);
	fake_request.append_rc = -EINVAL;
	assert_string_equal(boot(), "it could not be started");
	fake_request.size_rc = -EIO;
	assert_string_equal(boot(), "it could not be started");
	assert_false(program_started);
	fake_request_reset();
	kernel_requests = 1u << REQUEST_INITRD | 1u << REQUEST_CMDLINE;
	initrd_size = 0x2345;
	assert_null(boot());
	assert_int_equal(fake_request.checks, 1);
	assert_int_equal(fake_request.part[REQUEST_INITRD].size, 0x2345);
	assert_ptr_equal(fake_request.part[REQUEST_INITRD].data, fake_ram + at(0x90000)->ramdisk_image);
	assert_int_equal(fake_request.part[REQUEST_CMDLINE].size, strlen("console=ttyS0"));
	assert_ptr_equal(fake_request.part[REQUEST_CMDLINE].data, fake_ram + 0x99ff0);
	fake_request.check_rc = -EINVAL;
	assert_string_equal(boot(), "it could not be started");
	/* The setup part is not what the file had, and it runs. */
	before(state);
	kernel_requests = 1u << REQUEST_KERNEL;
	assert_string_equal(boot(), "it could not be started");
	assert_untouched();
}

static void parts_of_an_initrd_are_joined(void **state)
{
	(void)state;
	kernel_requests = REQUEST_INITRD_FILES;
	initrd_size = 0x1000;
	fake_initrd.size = 0x3000;
	assert_null(boot());
	assert_int_equal(fake_initrd.read.count, 2);
	assert_int_equal(at(0x10000)->ramdisk_size, 0x4000);
	assert_int_equal(at(0x10000)->ramdisk_image, TOP - 0x4000);
	assert_int_equal(fake_initrd.at, TOP - 0x4000);
	fake_initrd.size = UINT32_MAX;		/* more than a header can say */
	assert_refused("initrd: 0xffffffff bytes", "largest free block");
	assert_untouched();
	fake_initrd.add_rc = -EINVAL;
	assert_string_equal(boot(), "it could not be started");
	assert_untouched();
}

static struct {
	struct setup_data head;
	uint8_t data[32];
} __attribute__((packed)) node;

static void setup_data_moves_out_of_the_kernels_way(void **state)
{
	uint32_t where = MIB + SIZE - sizeof(node);
	struct setup_data *moved;

	(void)state;
	node.head = (struct setup_data){ 0, SETUP_RNG_SEED, sizeof(node.data) };
	memset(node.data, 0xee, sizeof(node.data));
	tail = (uint8_t *)&node;
	tail_size = sizeof(node);
	hdr->setup_data = where;
	assert_null(boot());
	assert_int_equal(at(0x10000)->setup_data, TOP - 0x1000);
	moved = (void *)(fake_ram + TOP - 0x1000);
	assert_memory_equal(moved, &node, sizeof(node));
	for (uint32_t i = 0; i < sizeof(node); i++)
		assert_int_equal(fake_ram[where + i], 0);
	/* Rows of the map that the setup code has no room for go behind it. */
	for (uint32_t i = 0; i < 130; i++)
		e820_set(&machine.e820, (4096ull + i) << 20, 1 << 20, i & 1 ? E820_RAM : E820_RESERVED);
	assert_null(boot());
	assert_int_equal(at(0x10000)->setup_data, TOP - 0x1000);
	assert_int_equal(moved->next, TOP - 0x2000);
	moved = (void *)(fake_ram + TOP - 0x2000);
	assert_int_equal(moved->type, SETUP_E820_EXT);
	assert_int_equal(moved->len, (machine.e820.count - 128) * 20);
	assert_int_equal(moved->next, 0);
	hdr->version = 0x0208;			/* has no place to tell of it */
	hdr->setup_data = 0x77;
	fake_ram[TOP - 0x1000] = 0x5a;
	assert_null(boot());
	assert_int_equal(at(0x10000)->setup_data, 0x77);
	assert_int_equal(fake_ram[TOP - 0x1000], 0x5a);
	/* A list that lies is dropped, and the kernel not told of it. */
	before(state);
	hdr->setup_data = MIB + SIZE;
	assert_null(boot());
	assert_int_equal(at(0x10000)->setup_data, 0);
	assert_true(fake_log_has("the list is dropped"));
}

static void every_read_that_fails_is_told(void **state)
{
	static const char *const what[] = { "setup part (656 bytes)", "command line: 0xe bytes", "setup part: 0x5000 bytes",
					    "kernel: 0x12340 bytes could not be read to 0x100000" };

	(void)state;
	initrd_size = 0x77;
	select_fails = true;
	assert_refused("setup part", "could not be read");
	select_fails = false;
	for (uint32_t i = 0; i < 4; i++) {
		fail_at = i + 1;
		assert_refused(what[i], "could not be read");
		assert_int_equal(program_started, i > 0);
	}
	fail_at = 5;
	assert_null(boot());
	fake_initrd.read_rc = -EIO;
	assert_string_equal(boot(), "it could not be started");
	initrd_size = 0;			/* nothing to read */
	fake_initrd.reads = 0;
	assert_null(boot());
	assert_int_equal(fake_initrd.reads, 0);
}

static void setup_code_may_come_back(void **state)
{
	(void)state;
	comes_back = true;
	assert_string_equal(boot(), "its setup code came back");
}

static void what_another_entry_would_give_costs_a_line(void **state)
{
	(void)state;
	assert_null(boot());
	assert_false(fake_log_has("boot: screen"));
	assert_false(fake_log_has("64-bit"));
	has_screen = true;
	assert_null(boot());
	assert_true(fake_log_has("boot: screen: not set"));
	assert_false(fake_log_has("64-bit"));
	kernel_requests = REQUEST_ENTRY_64;
	assert_null(boot());
	assert_true(fake_log_has("boot: kernel: 64-bit entry: is asked for, and this kernel needs that of 16 bits, which is taken"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_new_kernel_has_its_parts_where_loaders_have_them, before),
		cmocka_unit_test_setup(each_version_is_told_what_it_knows, before),
		cmocka_unit_test_setup(a_zimage_lies_in_low_memory, before),
		cmocka_unit_test_setup(a_kernel_without_header_is_known_by_its_size, before),
		cmocka_unit_test_setup(the_mode_of_one_without_header_is_found_in_its_command_line, before),
		cmocka_unit_test_setup(the_mode_in_a_header_is_qemus, before),
		cmocka_unit_test_setup(a_command_line_is_whole_or_the_kernel_is_not_started, before),
		cmocka_unit_test_setup(a_setup_part_leaves_room_for_heap_and_stack, before),
		cmocka_unit_test_setup(conventional_memory_is_what_the_map_and_the_bda_say, before),
		cmocka_unit_test_setup(a_kernel_needs_ram_where_it_is_loaded_and_where_it_runs, before),
		cmocka_unit_test_setup(the_initrd_keeps_off_what_the_kernel_needs, before),
		cmocka_unit_test_setup(what_is_asked_of_the_start_is_seen_to, before),
		cmocka_unit_test_setup(parts_of_an_initrd_are_joined, before),
		cmocka_unit_test_setup(setup_data_moves_out_of_the_kernels_way, before),
		cmocka_unit_test_setup(every_read_that_fails_is_told, before),
		cmocka_unit_test_setup(setup_code_may_come_back, before),
		cmocka_unit_test_setup(what_another_entry_would_give_costs_a_line, before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

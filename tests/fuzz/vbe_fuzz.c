/* SPDX-License-Identifier: BSD-2-Clause
 * tests/fuzz/vbe_fuzz.c: calls of VBE and of INT 10h that take or fill a block of the caller's, with any block: the VGA
 * BIOS itself, in libx86emu as tests/host/vgarom runs it. It does nothing that is a breach there, writes as many bytes
 * as the call says and no more, and comes back. Its instructions count as coverage.
 * LINK: tests/host/vgarom/card.c
 * LIBS: -lx86emu
 */
#define main vgarom_main
int main(int argc, char **argv);
#include "../host/vgarom/vgarom.c"
#undef main

#define ROM_NAME	"vgabios-stdvga.bin"
#define RECORD		13u		/* bytes: which call, BX, CX, DX, ES, offset, bytes of the block behind it */
#define KEPT		0x60000u	/* bytes of memory that each input finds as the first did */

enum place { NOWHERE, AT_DI, AT_BX, AT_DX, AT_BP };

/* Calls, where they take ES with, and how many bytes they may write there at most. */
static const struct { uint16_t ax, set_bx, set_dx; enum place place; uint16_t written; } calls[] = {
	{ 0x4f00, 0, 0, AT_DI, 512 }, { 0x4f01, 0, 0, AT_DI, 256 }, { 0x4f02, 0x8800, 0, AT_DI, 0 },
	{ 0x4f04, 0, 0, NOWHERE, 0 }, { 0x4f04, 0, 1, AT_BX, 4096 }, { 0x4f04, 0, 2, AT_BX, 0 },
	{ 0x4f05, 0, 0, NOWHERE, 0 }, { 0x4f06, 0, 0, NOWHERE, 0 }, { 0x4f07, 0, 0, NOWHERE, 0 },
	{ 0x4f08, 0, 0, NOWHERE, 0 }, { 0x4f09, 0x0000, 0, AT_DI, 0 }, { 0x4f09, 0x0001, 0, AT_DI, 1024 },
	{ 0x4f0a, 0, 0, NOWHERE, 0 }, { 0x4f0b, 0, 0, AT_DI, 0 }, { 0x4f15, 0x0001, 0, AT_DI, 128 },
	{ 0x1c01, 0, 0, AT_BX, 4096 }, { 0x1c02, 0, 0, AT_BX, 0 }, { 0x1b00, 0, 0, AT_DI, 64 },
	{ 0x1002, 0, 0, AT_DX, 0 }, { 0x1009, 0, 0, AT_DX, 17 }, { 0x1012, 0, 0, AT_DX, 0 },
	{ 0x1017, 0, 0, AT_DX, 768 }, { 0x1100, 0, 0, AT_BP, 0 }, { 0x1110, 0, 0, AT_BP, 0 },
	{ 0x1120, 0, 0, AT_BP, 0 }, { 0x1121, 0, 0, AT_BP, 0 }, { 0x0093, 0, 0, NOWHERE, 0 },
	{ 0x0092, 0, 0, NOWHERE, 0 },
};
#define CALLS (sizeof(calls) / sizeof(calls[0]))

static uint8_t at_first[KEPT], before[KEPT];
static x86emu_t *emu;

__attribute__((section("__libfuzzer_extra_counters"))) static uint8_t reached[ROM_END - ROM];

static int counted(x86emu_t *machine)
{
	uint32_t at = machine->x86.R_CS_BASE + (machine->x86.R_EIP & 0xffff);

	if (within(at, ROM, ROM_END))
		reached[at - ROM] = 1;
	return before_instruction(machine);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *program = (*argv)[0], *slash = strrchr(program, '/');
	char name[4096];

	(void)argc;
	snprintf(name, sizeof(name), "%.*s../" ROM_NAME, slash ? (int)(slash - program + 1) : 0, program);
	has_pmm = true;
	stack_bytes = 64;
	card_choose("std");
	set_up();
	load(name);
	emu = x86emu_new(X86EMU_PERM_RWX | X86EMU_PERM_VALID, X86EMU_PERM_RW);
	x86emu_set_memio_handler(emu, memio);
	x86emu_set_code_handler(emu, counted);
	x86emu_set_intr_handler(emu, interrupt);
	initialise(emu, card_bdf());
	memcpy(at_first, memory, KEPT);
	return 0;
}

static uint16_t word(const uint8_t *data)
{
	return (uint16_t)(data[0] | data[1] << 8);
}

static void call(const uint8_t *record, const uint8_t *block, size_t bytes)
{
	unsigned int n = record[0] % CALLS;
	uint16_t offset = word(record + 9);
	struct call c = { .ax = calls[n].ax, .bx = word(record + 1), .cx = word(record + 3), .dx = word(record + 5),
			  .es = (uint16_t)((CALLERS >> 4) + word(record + 7) % 0x3000) };
	uint32_t start = (uint32_t)c.es << 4;

	c.bx |= calls[n].set_bx;
	c.dx = calls[n].set_dx ? calls[n].set_dx : c.dx;
	switch (calls[n].place) {
	case AT_DI: c.di = offset; break;
	case AT_BX: c.bx = offset; break;
	case AT_DX: c.dx = offset; break;
	case AT_BP: c.bp = offset; break;
	case NOWHERE: break;
	}
	for (size_t i = 0; i < bytes; i++)
		memory[start + (uint16_t)(offset + i)] = block[i];
	memcpy(before, memory, KEPT);
	make_call(emu, &c);
	for (uint32_t at = 0; at < calls[n].written; at++)
		before[start + (uint16_t)(offset + at)] = memory[start + (uint16_t)(offset + at)];
	if (memcmp(&memory[CALLERS], &before[CALLERS], CALLERS_END - CALLERS))
		breach(NULL, "writes beyond the %u bytes of its block", calls[n].written);
	if (breach_count) {
		report();
		fflush(stdout);
		abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	memcpy(memory, at_first, KEPT);
	for (unsigned int n = 0; n < 8 && size >= RECORD; n++) {
		size_t bytes = word(data + 11) & 0x7ff;

		bytes = bytes < size - RECORD ? bytes : size - RECORD;
		call(data, data + RECORD, bytes);
		data += RECORD + bytes;
		size -= RECORD + bytes;
	}
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/echo.c: says ready, then every key and shift state that INT 16h gives, until Esc; and what the
 * mouse sends. Meanwhile a hook of the clock tick reads from the disk, on a stack of its own.
 */
#include "programs/program.h"

void mouse_handler(void), mouse_note(const uint16_t *words);

void mouse_note(const uint16_t *words)
{
	print("mouse");
	for (int i = 3; i >= 0; i--) {
		print(" ");
		print_hex(words[i], 4);
	}
	print("\n");
}

/* On the BIOS's stack: the words are copied to where DS reaches. */
__asm__(".code16\n"
	"mouse_handler: pushal; pushw %ds; pushw %es; xorw %ax, %ax; movw %ax, %ds; movw %ax, %es; cld\n"
	"movl %esp, %ebp; leaw 40(%bp), %si; movw $words, %di; movw $4, %cx\n"
	"1: movw %ss:(%si), %ax; stosw; addw $2, %si; loop 1b\n"
	"movl $words, %eax; calll mouse_note; popw %es; popw %ds; popal; lretw\n"
	"words: .quad 0\n"
	".code16gcc\n");

void hook_1c(void);
extern uint16_t hook_errors;
__asm__(".code16\n"
	"hook_1c: pushw %ds; pushal; xorw %ax, %ax; movw %ax, %ds; movl %esp, %ebp; movw %ss, %bx\n"
	"movw %ax, %ss; movl $0x7000, %esp; pushw %bx; pushl %ebp; sti\n"
	"movb hook_drive, %dl; movb $0x42, %ah; movw $hook_packet, %si; int $0x13\n"
	"adcw $0, hook_errors; incw hook_count; cli; popl %ebp; popw %bx; movw %bx, %ss; movl %ebp, %esp; popal; popw %ds\n"
	"ljmpw *%cs:old_1c\n"
	".globl old_1c, hook_errors, hook_count\n"
	"old_1c: .long 0\n"
	"hook_errors: .word 0\n"
	"hook_count: .word 0\n"
	"hook_drive: .byte 0x80\n"
	".balign 4\n"
	"hook_packet: .byte 16, 0; .word 1, 0x6000, 0; .quad 1\n"
	".code16gcc\n");
extern uint32_t old_1c;
extern uint16_t hook_count;

static uint8_t service(uint16_t ax, uint16_t bx)
{
	struct registers r = { .ax = ax, .bx = bx };

	call_int(0x15, &r);
	return r.flags & CF ? r.ah : 0;
}

void main(void)
{
	struct registers r;

	*mem16(0x417) = 0;
	if (service(0xc205, 0x0300) == 0 && service(0xc207, (uint16_t)(uint32_t)mouse_handler) == 0 && service(0xc200, 0x0100) == 0)
		print("mouse on\n");
	print("ready\n");
	old_1c = *mem32(4 * 0x1c);
	set_vector(0x1c, hook_1c);
	for (bool end = false; !end;) {
		r = (struct registers){ .ax = 0x1000, .ebx = 0x11112222, .ecx = 0x33334444, .edx = 0x55556666, .esi = 0x77778888,
					.edi = 0x9999aaaa };
		call_int(0x16, &r);
		if (r.ebx != 0x11112222 || r.ecx != 0x33334444 || r.edx != 0x55556666 || r.esi != 0x77778888 || r.edi != 0x9999aaaa)
			print("registers change\n");
		print("key ");
		print_hex(r.ax, 4);
		end = r.ax == 0x011b;
		r.ax = 0x0200;
		call_int(0x16, &r);
		print(" shift ");
		print_hex(r.al, 2);
		print("\n");
	}
	print(hook_count && !hook_errors ? "hook worked\n" : "hook failed\n");
}

/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/programs/smm_seen.c: what flat 32-bit code without paging sees between A0000 and BFFFF before and behind an
 * SMI, each page in both settings of CR0.WP; then it writes there, also behind an SMI, and looks whether SMIs still come
 * back. An emulator that keeps what it has seen of a page in System Management Mode shows SMRAM, and lets it be written.
 */
#include "programs/program.h"

#define WP	0x10000u

/* EAX: CR0.WP. A bit for each page that reads differently behind an SMI, A0000 is the highest. */
uint32_t changed_pages(uint32_t wp);
/* The same way, but F4h is written all over each page behind its SMI. */
uint32_t write_pages(uint32_t wp);
__asm__(".code16\n"
	/* CALLED: with ESI a page, for all of them; may set EDX's lowest bit, and keeps ESI */
	".macro flat called\n"
	"pushal; pushfl; cli; lgdtl table_at; movl %cr0, %ecx; movl %ecx, cr0_was\n"
	"andl $~0x10000, %ecx; orl %ecx, %eax; orb $1, %al; movl %eax, %cr0; ljmpl $0x08, $1f\n"
	".code32\n"
	"1: movw $0x10, %ax; movw %ax, %ds; movw %ax, %es; cld; xorl %edx, %edx; movl $0xa0000, %esi\n"
	"2: addl %edx, %edx; call \\called; addl $0x1000, %esi; cmpl $0xc0000, %esi; jb 2b\n"
	"movl %edx, answer; ljmpl $0x18, $3f\n"
	".code16\n"
	"3: movw $0x20, %ax; movw %ax, %ds; movw %ax, %es; movl cr0_was, %eax; movl %eax, %cr0; ljmpw $0, $4f\n"
	"4: xorw %ax, %ax; movw %ax, %ds; movw %ax, %es; popfl; popal; movl answer, %eax; retl\n"
	".endm\n"
	"changed_pages: flat look\n"
	"write_pages: flat write\n"
	".code32\n"
	"look: call sum; movl %eax, %ebx; call smi; call sum; cmpl %eax, %ebx; je 1f; incl %edx; 1: ret\n"
	"write: call smi; movl %esi, %edi; movl $0xf4f4f4f4, %eax; movl $1024, %ecx; rep stosl; ret\n"
	"smi: movb $0x55, %al; outb %al, $0xb2; nop; nop; nop; nop; ret\n"
	"sum: xorl %eax, %eax; movl $1024, %ecx; 1: roll $1, %eax; addl -4(%esi,%ecx,4), %eax; loop 1b; ret\n"
	".balign 8\n"
	"table: .quad 0, 0x00cf9b000000ffff, 0x00cf93000000ffff, 0x00009b000000ffff, 0x000093000000ffff\n"
	"table_at: .word 39; .long table\n"
	".balign 4\n"
	"answer: .long 0\n"
	"cr0_was: .long 0\n"
	".code16gcc\n");

static void say(const char *name, uint32_t pages)
{
	print(name);
	print(" ");
	print_hex(pages, 8);
	print("\n");
}

void main(void)
{
	for (uint32_t i = 0xb8000; i < 0xc0000; i += 4)
		*mem32(i) = 0x07410742;
	say("read", changed_pages(0));
	say("read", changed_pages(WP));
	write_pages(0);
	write_pages(WP);
	say("written", changed_pages(0));
	outb(0x55, 0xb2);
	print("came back\nend\n");
	outb(1, 0xf4);
}

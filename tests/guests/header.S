/* SPDX-License-Identifier: BSD-2-Clause
 * tests/guests/header.S: the setup header of our test kernels, boot protocol 2.15
 * [Linux Documentation/arch/x86/boot.rst, "The Real-Mode Kernel Header"].
 *
 * The includer defines the label `setup` after it: 16-bit code, entered with CS = segment of the
 * first byte of this file + 0x20. image.py fills in setup_sects, syssize, payload_length and
 * init_size, and copies the header into the payload so that the kernel can compare.
 */
	.code16
	.section .setup, "awx"
header_start:
	.space	0x1f1
	.byte	0			/* setup_sects: image.py */
	.word	0			/* root_flags */
	.long	0			/* syssize, 16-byte units: image.py */
	.word	0			/* ram_size, obsolete */
	.word	0xffff			/* vid_mode: normal */
	.word	0			/* root_dev */
	.word	0xaa55
	.byte	0xeb, 0x6a		/* 0x200: jmp; the second byte is also the header's length */
	.ascii	"HdrS"
	.word	0x020f			/* version */
	.long	0			/* realmode_swtch */
	.word	0x1000			/* start_sys_seg, obsolete */
	.word	kernel_version - 0x200
	.byte	0			/* 0x210 type_of_loader */
	.byte	1			/* 0x211 loadflags: LOADED_HIGH */
	.word	0x8000			/* setup_move_size */
	.long	0x100000		/* 0x214 code32_start */
	.long	0			/* 0x218 ramdisk_image */
	.long	0			/* 0x21c ramdisk_size */
	.long	0			/* bootsect_kludge */
	.word	0			/* 0x224 heap_end_ptr */
	.byte	0, 0			/* ext_loader_ver, ext_loader_type */
	.long	0			/* 0x228 cmd_line_ptr */
	.long	0x7fffffff		/* 0x22c initrd_addr_max */
	.long	0x1000			/* 0x230 kernel_alignment */
	.byte	1			/* 0x234 relocatable_kernel */
	.byte	12			/* 0x235 min_alignment */
	.word	0			/* 0x236 xloadflags */
	.long	2047			/* 0x238 cmdline_size, without the NUL */
	.long	0			/* 0x23c hardware_subarch */
	.quad	0			/* 0x240 hardware_subarch_data */
	.long	0			/* 0x248 payload_offset */
	.long	0			/* 0x24c payload_length */
	.quad	0			/* 0x250 setup_data */
	.quad	0x100000		/* 0x258 pref_address */
	.long	0			/* 0x260 init_size: image.py */
	.long	0			/* 0x264 handover_offset */
	.long	0			/* 0x268 kernel_info_offset */
	.if . - header_start - 0x26c
	.error "the setup header does not end at 0x26c"
	.endif

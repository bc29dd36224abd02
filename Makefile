# SPDX-License-Identifier: BSD-2-Clause
# Slipway: `make` builds out/bios.bin; `make help` lists the rest.

# Names of files are words of make and of its commands.
hostile = $(strip $(foreach c,& ; ' " ` $$ ( ) * ? < > | \ [ ] { } !,$(findstring $(c),$(1))) $(filter-out 1,$(words x$(1))))
sharp := \#
ifneq ($(strip $(call hostile,$(CURDIR)) $(foreach c,: % = $(sharp),$(findstring $(c),$(CURDIR)))),)
$(error the path of this tree: no blanks, no characters of the shell and none of : % = $(sharp), found "$(CURDIR)")
endif
ifneq ($(call hostile,$(OUT)),)
$(error OUT: no blanks and no characters of the shell, found "$(OUT)")
endif

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:

OUT     ?= out
CC      := gcc
LD      := ld
OBJCOPY := objcopy
CLANG   := clang
# The first Python that has what the distribution's packages installed.
PYTHON  ?= $(shell for p in python3 /usr/bin/python3; do $$p -c 'import kconfiglib' 2>/dev/null && { echo $$p; exit; }; done; echo python3)

.PHONY: all
all: $(OUT)/bios.bin

# --- configuration -----------------------------------------------------------------------------
export KCONFIG_CONFIG ?= $(abspath .config)
KCONFIG = $(PYTHON) -m

.PHONY: menuconfig defconfig olddefconfig
menuconfig olddefconfig:
	$(KCONFIG) $@
defconfig:
	$(KCONFIG) alldefconfig

$(KCONFIG_CONFIG): Kconfig
	@test -e $@ && $(KCONFIG) olddefconfig >/dev/null || $(KCONFIG) alldefconfig >/dev/null
	@touch $@

$(OUT)/config.h: $(KCONFIG_CONFIG) Kconfig
	@mkdir -p $(@D)
	@$(KCONFIG) genconfig --header-path $@.new >/dev/null
	@cmp -s $@.new $@ || cp $@.new $@; rm -f $@.new; touch $@

# --- the image ---------------------------------------------------------------------------------
# A folder decides the mode: src/rt16 is 16-bit code, all else 32-bit flat.
# The registers of fw_cfg are in I/O ports here: fw_cfg_mmio.c has the same functions for other boards.
src32_c := $(sort $(filter-out src/rt16/% src/pm/% src/smm/handler/% src/fw/fw_cfg_mmio.c,$(wildcard src/*/*.c src/*/*/*.c src/*/*/*/*.c)))
src32_s := $(sort $(wildcard src/arch/*.S src/smm/*.S src/boot/rom/*.S))
src16_c := $(sort $(wildcard src/rt16/*.c))
# src/pm is code that guests call in protected mode in the F segment, so it is in the 16-bit image.
src16_s := $(sort $(wildcard src/rt16/*.S src/pm/*.S))
# The handler of SMIs is a program of its own, in SMRAM.
src_smm := $(sort $(wildcard src/smm/handler/*.c src/smm/handler/*.S))
obj_smm := $(patsubst %,$(OUT)/%.o,$(basename $(src_smm)))
obj32   := $(src32_c:%.c=$(OUT)/%.o) $(src32_s:%.S=$(OUT)/%.o)
obj16   := $(src16_c:%.c=$(OUT)/%.o) $(src16_s:%.S=$(OUT)/%.o)

WARN := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wundef -Wwrite-strings
CFLAGS_ALL := -std=gnu11 $(WARN) -ffreestanding -fno-pic -fno-pie -fno-stack-protector \
	-fcf-protection=none -fno-asynchronous-unwind-tables -fno-delete-null-pointer-checks \
	-fno-common -fno-ident -ffunction-sections -fdata-sections -fomit-frame-pointer \
	-march=i486 -mtune=generic -mregparm=3 -mpreferred-stack-boundary=2 --param=min-pagesize=0 \
	-fno-builtin-log -g -ffile-prefix-map=$(CURDIR)=. \
	-Isrc -I$(OUT) -include $(OUT)/config.h -MMD -MP
# Code that runs once costs its size: in ROM, and where it is translated. ESI and EDI as call-clobbered
# registers save most functions pushing them. What is little more than a call is inlined: a call ends two
# blocks, and a block costs as much as six instructions. Nothing is computed before it is needed: what has to
# wait is in memory before long. No beginning of a function is copied into its callers: newer compilers do it where it
# takes a tenth more blocks.
SIZE := -Os -fcall-used-esi -fcall-used-edi -fipa-ra --param max-inline-insns-size=14 \
	-flive-range-shrinkage -fno-schedule-insns2 -fno-tree-loop-im -fno-partial-inlining
# The 32-bit code is optimised as a whole when it is linked (a tenth fewer blocks: who has one caller
# becomes part of it). The objects hold plain code as well, whose sizes make size shows.
CFLAGS_32 := -m32 $(SIZE) -flto -ffat-lto-objects $(CFLAGS_ALL) -Wstack-usage=1024
LINK_32   := $(CC) $(filter-out -MMD -MP $(WARN),$(CFLAGS_32)) -Werror -flto-partition=one -nostdlib -static \
	-Wl,--build-id=none,--gc-sections
CFLAGS_16 := -m16 -Os -DCODE16 $(CFLAGS_ALL) -fno-jump-tables -Wstack-usage=256
AFLAGS    := -D__ASSEMBLY__ -g -Isrc -I$(OUT) -Wa,-I$(OUT) -include $(OUT)/config.h -Wa,--fatal-warnings -ffile-prefix-map=$(CURDIR)=. -MMD -MP

$(OUT)/src/rt16/%.o: src/rt16/%.c $(OUT)/config.h Makefile
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS_16) -c $< -o $@
# One place each for copying and filling: a string instruction costs more than the call of it.
$(OUT)/src/arch/block.o: CFLAGS_32 += -fno-lto
$(OUT)/src/smm/handler/%.o: src/smm/handler/%.c $(OUT)/config.h Makefile
	@mkdir -p $(@D)
	@$(CC) -m32 -Os -fno-tree-loop-distribute-patterns $(CFLAGS_ALL) -c $< -o $@
$(OUT)/src/%.o: src/%.c $(OUT)/config.h Makefile
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS_32) -c $< -o $@
$(OUT)/src/%.o: src/%.S $(OUT)/config.h Makefile
	@mkdir -p $(@D)
	@$(CC) -m32 $(AFLAGS) -c $< -o $@

# The version is the commit's, never the clock's: two builds of one commit are the same bytes. VERSION= on make's command line
# gives another; what the environment has by that name is of something else.
version := $(if $(findstring command,$(origin VERSION)),$(VERSION))
$(OUT)/version.h: FORCE
	@mkdir -p $(@D)
	@scripts/version.sh '$(subst ','\'',$(version))' > $@.new || { rm -f $@.new; exit 1; }; cmp -s $@.new $@ || cp $@.new $@; rm -f $@.new
$(OUT)/src/trace/banner.o: $(OUT)/version.h
.PHONY: FORCE

# 16-bit image first: the 32-bit link takes its symbols as plain numbers.
$(OUT)/rt16.elf: $(obj16) src/arch/rt16.lds
	@$(LD) -m elf_i386 --gc-sections -T src/arch/rt16.lds -Map $(OUT)/rt16.map $(obj16) -o $@
$(OUT)/rt16.sym.lds: $(OUT)/rt16.elf
	@nm -g $< | grep ' rt16_' | sed 's/^\(.*\) . \(.*\)/\2 = 0x\1;/' > $@
$(OUT)/smm.elf: $(obj_smm) $(OUT)/rt16.sym.lds src/smm/handler/handler.lds
	@$(LD) -m elf_i386 -L$(OUT) -T src/smm/handler/handler.lds -Map $(OUT)/smm.map $(obj_smm) -o $@
$(OUT)/smm.bin: $(OUT)/smm.elf
	@$(OBJCOPY) -O binary -j .handler $< $@
$(OUT)/src/smm/image.o: $(OUT)/smm.bin
$(OUT)/src/boot/rom/own_vga_image.o: $(OUT)/bare/vgabios-stdvga.bin
# Where in the VGA BIOS the font is that POST puts on the screen.
$(OUT)/vga.sym.lds: $(OUT)/vga.elf
	@nm $< | sed -n 's/^\(.*\) . font_8x16$$/own_vga_font = own_vga + 0x\1;/p' > $@
$(OUT)/bios.elf: $(obj32) $(OUT)/rt16.sym.lds $(OUT)/vga.sym.lds src/arch/rom32.lds src/arch/launch_path.lds
	@$(LINK_32) -L$(OUT) -Wl,-T,src/arch/rom32.lds,-Map,$(OUT)/bios.map $(obj32) -o $@
$(OUT)/bios.bin: $(OUT)/bios.elf $(OUT)/rt16.elf scripts/image.py
	@$(PYTHON) scripts/image.py --rom32 $(OUT)/bios.elf --rt16 $(OUT)/rt16.elf --out $@

-include $(obj32:.o=.d) $(obj16:.o=.d) $(obj_smm:.o=.d)

# --- the VGA BIOS ------------------------------------------------------------------------------
# A program of its own: 16-bit code for any segment (vgasrc/rom.h). What gcc makes is gone over, since it runs in emulators
# too that know less than a processor (scripts/vga_asm.py), and is to be small (vga_bytes.py, vga_share.py, vga_place.py).
CFLAGS_VGA := -m16 -Oz -DCODE16 $(filter-out -march=% -g -Isrc,$(CFLAGS_ALL)) -march=i386 -Ivgasrc -Isrc -fno-jump-tables \
	-fno-tree-switch-conversion -fno-schedule-insns2 -fno-tree-loop-distribute-patterns -fno-move-loop-invariants \
	-fno-tree-sra -fno-caller-saves -fno-forward-propagate -fno-thread-jumps -fno-code-hoisting -fno-if-conversion -fshort-enums \
	-fno-optimize-sibling-calls -ffixed-ebp -freorder-blocks-algorithm=simple -malign-data=abi -mtune=i386 -Wstack-usage=128 \
	-fno-ipa-icf -fno-ipa-cp -freg-struct-return -fno-shrink-wrap -fno-bit-tests -fno-inline-small-functions \
	-fno-ira-hoist-pressure -fno-tree-pre -fno-tree-loop-ivcanon -fno-tree-dominator-opts -flto
lto_vga    := $(patsubst %,$(OUT)/%.lto.o,$(basename $(sort $(wildcard vgasrc/*.c))))
asm_vga    := $(patsubst %,$(OUT)/%.o,$(basename $(sort $(wildcard vgasrc/*.S))))
fonts      := $(foreach size,8x8 8x14 8x16,$(OUT)/vgasrc/font_$(size).bin)

$(OUT)/vgasrc/font_%.bin: vgasrc/fonts/%.txt vgasrc/fonts/8x16.txt scripts/font.py
	@mkdir -p $(@D)
	@$(PYTHON) scripts/font.py --bin $@ $<
$(OUT)/vgasrc/%.lto.o: vgasrc/%.c $(OUT)/config.h Makefile
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS_VGA) -c $< -o $@
# gcc's assembly of the whole: what is called once or always with the same argument is made to fit (600 bytes less). It is
# what a linker has made in between; the program that comes out is larger than it may be, and nobody's.
$(OUT)/vgasrc/whole.gcc.s: $(lto_vga) $(asm_vga) vgasrc/vga.lds
	@$(CC) $(filter-out -MMD -MP,$(CFLAGS_VGA)) -flto-partition=one -save-temps -nostdlib -static -Wl,-m,elf_i386,--build-id=none \
		-Wl,--defsym=not_narrowed=1 -Wl,-T,vgasrc/vga.lds $(lto_vga) $(asm_vga) -o $(@:.gcc.s=.elf)
	@mv $(@:.gcc.s=.elf).ltrans0.ltrans.s $@
	@rm -f $(@:.gcc.s=.elf)*
$(OUT)/vgasrc/whole.words.s: $(OUT)/vgasrc/whole.gcc.s scripts/vga_asm.py scripts/vga_narrow.py
	@$(PYTHON) scripts/vga_asm.py $< --out $@
$(OUT)/vgasrc/whole.long.s: $(OUT)/vgasrc/whole.words.s scripts/vga_bytes.py scripts/vga_narrow.py
	@$(PYTHON) scripts/vga_bytes.py $< --out $@
$(OUT)/vgasrc/whole.shared.s: $(OUT)/vgasrc/whole.long.s scripts/vga_share.py scripts/vga_narrow.py
	@$(CC) -m16 -c -Wa,-aln=$(<:.s=.lst) $< -o $(<:.s=.o)
	@$(PYTHON) scripts/vga_share.py $< $(<:.s=.lst) --out $@
$(OUT)/vgasrc/whole.s: $(OUT)/vgasrc/whole.shared.s scripts/vga_place.py scripts/vga_share.py
	@$(CC) -m16 -c -Wa,-aln=$(<:.s=.lst) $< -o $(<:.s=.o)
	@$(PYTHON) scripts/vga_place.py $< $(<:.s=.lst) --out $@
$(OUT)/vgasrc/whole.o: %.o: %.s
	@$(CC) -m16 -c $< -o $@
$(OUT)/vgasrc/%.o: vgasrc/%.S $(OUT)/config.h Makefile
	@mkdir -p $(@D)
	@$(CC) -m16 $(AFLAGS) -Wa,-I$(OUT)/vgasrc -c $< -o $@
$(OUT)/vgasrc/fonts.o: $(fonts)
obj_vga    := $(OUT)/vgasrc/whole.o $(asm_vga)
$(OUT)/vga.elf: $(obj_vga) vgasrc/vga.lds
	@$(LD) -m elf_i386 --gc-sections -T vgasrc/vga.lds -Map $(OUT)/vga.map $(obj_vga) -o $@
# One program; the files differ in their headers.
vga_roms := $(addprefix $(OUT)/,$(shell $(PYTHON) scripts/vga_rom.py --names))
$(vga_roms): $(OUT)/vga.elf scripts/vga_rom.py
	@$(PYTHON) scripts/vga_rom.py --elf $(OUT)/vga.elf --out $@
$(OUT)/bare/vgabios-stdvga.bin: $(OUT)/vga.elf scripts/vga_rom.py
	@mkdir -p $(@D)
	@$(PYTHON) scripts/vga_rom.py --bare --elf $(OUT)/vga.elf --out $@
.PHONY: vgabios
vgabios: $(vga_roms)
all: vgabios
-include $(lto_vga:.o=.d) $(asm_vga:.o=.d)

# --- tests on the host -------------------------------------------------------------------------
# A test names what it links in a comment:  LINK: src/fw/fw_cfg.c tests/fake/ram.c
link_of   = $(shell sed -n 's/.*LINK: *//p' $(1))
libs_of   = $(shell sed -n 's/.*LIBS: *//p' $(1))
# Tests of the log make its formats at run time, of which Ubuntu's gcc warns by itself.
HOSTFLAGS := -std=gnu11 -g -O1 $(WARN) -Wno-error=stringop-truncation -Wno-format-security -fno-builtin-log -DHOST_BUILD \
	-Itests/host -Itests -Isrc -I$(OUT) -include $(OUT)/config.h
SANITIZE  := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
unit_tests := $(sort $(shell find tests/unit -name "*_test.c"))
unit_bins  := $(unit_tests:tests/unit/%.c=$(OUT)/unit/%)
fuzz_srcs  := $(sort $(wildcard tests/fuzz/*_fuzz.c))
fuzz_bins  := $(fuzz_srcs:tests/fuzz/%.c=$(OUT)/fuzz/%)
FUZZ_SECONDS ?= 20

JOBS ?= $(shell nproc)

# Every source is compiled once for all tests that link it, with the headers (and the .c files) that it
# includes as its prerequisites. host: gcc and sanitizers; host-fuzz: clang, instrumented for libFuzzer.
host_of = $(patsubst %.c,$(OUT)/$(1)/%.o,$(2) $(call link_of,$(2)))
$(OUT)/host/%.o: %.c $(OUT)/config.h Makefile
	@mkdir -p $(@D)
	@$(CC) $(HOSTFLAGS) $(SANITIZE) -MMD -MP -c $< -o $@
$(OUT)/host-fuzz/%.o: %.c $(OUT)/config.h Makefile
	@mkdir -p $(@D)
	@$(CLANG) $(filter-out -Wno-error=stringop-truncation,$(HOSTFLAGS)) -Wno-sizeof-array-decay $(SANITIZE) -fsanitize=fuzzer-no-link \
		-MMD -MP -c $< -o $@
-include $(shell find $(OUT)/host $(OUT)/host-fuzz -name "*.d" 2>/dev/null)

.SECONDARY:
.SECONDEXPANSION:
$(OUT)/unit/%: $$(call host_of,host,tests/unit/$$*.c)
	@mkdir -p $(@D)
	@$(CC) $(SANITIZE) $^ -o $@ -lcmocka
$(OUT)/fuzz/%: $$(call host_of,host-fuzz,tests/fuzz/$$*.c)
	@mkdir -p $(@D)
	@$(CLANG) $(SANITIZE) -fsanitize=fuzzer $^ -o $@ $(call libs_of,tests/fuzz/$*.c)

# Runs a video ROM in an emulator and tells what it must not do.
$(OUT)/vgarom: $(wildcard tests/host/vgarom/*.c tests/host/vgarom/*.h) $(OUT)/config.h Makefile
	@$(CC) $(HOSTFLAGS) -O2 $(filter %.c,$^) -o $@ -lx86emu

.PHONY: source unit unit-bins fuzz fuzz-bins boot check
source: $(OUT)/bios.bin
	@$(PYTHON) -m pytest -q -p no:cacheprovider tests/source
unit-bins: $(unit_bins)
fuzz-bins: $(fuzz_bins)
unit:
	@$(MAKE) --no-print-directory -j$(JOBS) unit-bins
	@$(PYTHON) scripts/run_unit.py $(unit_bins)
# One of them runs the VGA BIOS itself.
fuzz: vgabios
	@$(MAKE) --no-print-directory -j$(JOBS) fuzz-bins
	@$(PYTHON) scripts/run_fuzz.py --seconds $(FUZZ_SECONDS) $(fuzz_bins)

# Two boots at a time where pytest-xdist is installed.
XDIST = $(shell $(PYTHON) -c 'import xdist' 2>/dev/null && printf '%s' '-n 2')
boot: $(OUT)/bios.bin guests vgabios $(OUT)/vgarom
	@$(PYTHON) -m pytest -q -p no:cacheprovider $(XDIST) tests/qemu $(PYTEST)

# One after the other also under -j: boots are timed. source looks at what unit and fuzz have built.
check:
	@for part in unit fuzz source boot; do $(MAKE) --no-print-directory $$part || exit; done

# The standard set of tools/bootbench, results and pictures in out/bench; BENCH="-n 9 --guest" adds. Then the
# time to the kernel against qboot, which fails above a limit; RATIO="--limit 1.2" sets it.
.PHONY: bench
bench: $(OUT)/bios.bin guests
	@$(PYTHON) tools/bootbench -s standard -o $(OUT)/bench $(BENCH)
	@$(PYTHON) tools/bootbench ratio $(RATIO)

# --- guests of our own -------------------------------------------------------------------------
.PHONY: guests
guests:
	@$(MAKE) --no-print-directory -C tests/guests OUT=$(abspath $(OUT))/guests

# --- for users ---------------------------------------------------------------------------------
include packaging/install.mk

# --- the rest ----------------------------------------------------------------------------------
.PHONY: clean distclean help size
clean:
	rm -rf $(OUT)
distclean: clean
	rm -f .config .config.old
size: $(OUT)/bios.bin
	@$(PYTHON) scripts/size.py $(OUT)
help:
	@echo 'make              build $(OUT)/bios.bin'
	@echo 'make check        all tests: source, unit, fuzz, boot'
	@echo 'make source       what must hold of the sources themselves'
	@echo 'make unit         unit tests on the host, with sanitizers'
	@echo 'make fuzz         every fuzz target for FUZZ_SECONDS ($(FUZZ_SECONDS)) seconds'
	@echo 'make boot         boots in QEMU; PYTEST="-k name" chooses'
	@echo 'make bench        this image beside SeaBIOS and qboot: table, JSON, pictures; BENCH="-n 9"'
	@echo '                  ends with the limit on time against qboot; RATIO="--limit 1.2"'
	@echo 'make guests       build the test kernels of tests/guests'
	@echo 'make install      PREFIX=$(PREFIX) DESTDIR=: image, VGA BIOS, descriptor, tools, manual pages; also uninstall'
	@echo 'make size         what the image is filled with'
	@echo 'make menuconfig   choose options; also defconfig, olddefconfig'
	@echo 'make clean        remove $(OUT); distclean removes the configuration too'

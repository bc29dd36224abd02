# SPDX-License-Identifier: BSD-2-Clause
# `make install DESTDIR= PREFIX=` and `make uninstall`: what a user of the image gets, and where.
#
# The images themselves lie below share/qemu; that folder has every name that QEMU asks for, so that `qemu -L` takes it.
# share/slipway has links to them, and all that the tools need.
PREFIX  ?= /usr/local
# They are words of commands, `rm -rf` among them, and PREFIX stands in the descriptor.
hostile := $(foreach c,& ; ' " ` $$ ( ) * ? < > | \ [ ] { } !,$(findstring $(c),$(DESTDIR)$(PREFIX)))
blanks  := $(filter-out 1,$(words x$(DESTDIR)$(PREFIX)))
ifneq ($(filter install uninstall,$(MAKECMDGOALS)),)
ifneq ($(strip $(hostile) $(blanks)),)
$(error DESTDIR and PREFIX: no blanks and no characters of the shell, found "$(DESTDIR)" and "$(PREFIX)")
endif
ifeq ($(filter /%,$(PREFIX)),)
$(error PREFIX: begins with /, found "$(PREFIX)")
endif
endif
BINDIR  := $(DESTDIR)$(PREFIX)/bin
DATADIR := $(DESTDIR)$(PREFIX)/share/slipway
QEMUDIR := $(DESTDIR)$(PREFIX)/share/qemu/slipway
FWDIR   := $(DESTDIR)$(PREFIX)/share/qemu/firmware
MANDIR  := $(DESTDIR)$(PREFIX)/share/man/man1
DOCDIR  := $(DESTDIR)$(PREFIX)/share/doc/slipway

# Distributions give their own numbers from 30 to 70: what sorts behind them surprises nobody.
DESCRIPTOR := 90-slipway.json
# The names of QEMU's own images: for pc and q35, isapc, microvm with ACPI and without.
BIOS_NAMES := bios-256k.bin bios-microvm.bin qboot.rom
# By the name in the tree; tools/run is slipway-run.
COMMANDS   := bootbench:slipway-bench bootlog:slipway-log run:slipway-run
# The tools find their modules where the tree has them.
TOOL_FILES := tools/bootbench tools/bootlog tools/run
TOOL_MODULES := tools/bootlog_read.py $(sort $(wildcard tools/bench/*.py)) \
	$(addprefix tests/qemu/,vm.py debian.py initrd.py loader_media.py media.py)
TOOL_GUESTS := check.bzImage marker.bzImage marker-256k.bzImage marker-8m.bzImage marker_sector.bin

man := $(addprefix $(OUT)/man/,$(addsuffix .1,$(foreach c,$(COMMANDS),$(lastword $(subst :, ,$(c))))))
$(man) &: scripts/man.py $(TOOL_FILES) $(TOOL_MODULES) $(OUT)/version.h
	@$(PYTHON) scripts/man.py --out $(OUT)/man --version "$$(sed -n 's/.*SLIPWAY_VERSION "\(.*\)"/\1/p' $(OUT)/version.h)"

$(OUT)/$(DESCRIPTOR): packaging/descriptor.json FORCE
	@sed 's|@PREFIX@|$(PREFIX)|' $< > $@

.PHONY: man install uninstall
man: $(man)
install: $(OUT)/bios.bin vgabios guests $(man) $(OUT)/$(DESCRIPTOR)
	@install -d $(BINDIR) $(DATADIR) $(DATADIR)/guests $(QEMUDIR) $(FWDIR) $(MANDIR) $(DOCDIR)/docs/img
	@install -m 644 $(OUT)/bios.bin $(vga_roms) $(QEMUDIR)
	@for name in $(BIOS_NAMES); do ln -sf bios.bin $(QEMUDIR)/$$name; done
	@for name in bios.bin $(notdir $(vga_roms)); do ln -sf ../qemu/slipway/$$name $(DATADIR)/$$name; done
	@install -m 644 $(OUT)/$(DESCRIPTOR) $(FWDIR)
	@for file in $(TOOL_MODULES); do install -D -m 644 $$file $(DATADIR)/$$file || exit; done
	@install -m 755 $(TOOL_FILES) $(DATADIR)/tools
	@install -m 755 tests/qemu/init.sh $(DATADIR)/tests/qemu
	@install -m 644 $(TOOL_GUESTS:%=$(OUT)/guests/%) $(DATADIR)/guests
	@for c in $(COMMANDS); do ln -sf ../share/slipway/tools/$${c%:*} $(BINDIR)/$${c#*:}; done
	@install -m 644 $(man) $(MANDIR)
	@install -m 644 README.md LICENSE $(DOCDIR)
	@install -m 644 $(wildcard docs/*.md) $(DOCDIR)/docs
	@install -m 644 $(wildcard docs/img/*) $(DOCDIR)/docs/img

# The folders of QEMU go when they are empty; all others are the system's.
uninstall:
	@rm -rf $(DATADIR) $(QEMUDIR) $(DOCDIR)
	@rm -f $(FWDIR)/$(DESCRIPTOR) $(addprefix $(MANDIR)/,$(notdir $(man)))
	@rm -f $(foreach c,$(COMMANDS),$(BINDIR)/$(lastword $(subst :, ,$(c))))
	@rmdir $(FWDIR) $(dir $(FWDIR)) 2>/dev/null || :

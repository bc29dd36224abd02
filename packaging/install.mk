# SPDX-License-Identifier: BSD-2-Clause
# `make install DESTDIR= PREFIX=` and `make uninstall`: what a user of the image gets, and where.
#
# The images themselves lie below share/qemu; that folder has every name that QEMU asks for, so that `qemu -L` takes it.
# share/slipway has links to them, and all that the tools need.
PREFIX  ?= /usr/local
# They are words of commands, and PREFIX stands in the descriptor.
ifneq ($(filter install uninstall,$(MAKECMDGOALS)),)
ifneq ($(call hostile,$(DESTDIR)$(PREFIX)),)
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

# What is put below PREFIX, by its names there. The list is one of them: what an older version had and this one has not is
# taken away by it, and nothing that somebody else has put there.
MANIFEST  := share/slipway/installed
names_of   = $(addprefix $(1)/,$(notdir $(2)))
installed := $(call names_of,share/qemu/slipway,bios.bin $(vga_roms) $(BIOS_NAMES)) share/qemu/firmware/$(DESCRIPTOR) \
	$(call names_of,share/slipway,bios.bin $(vga_roms)) $(MANIFEST) \
	$(addprefix share/slipway/,$(TOOL_MODULES) $(TOOL_FILES) tests/qemu/init.sh $(addprefix guests/,$(TOOL_GUESTS))) \
	$(call names_of,share/man/man1,$(man)) $(call names_of,bin,$(foreach c,$(COMMANDS),/$(lastword $(subst :, ,$(c))))) \
	$(call names_of,share/doc/slipway,README.md LICENSE) $(addprefix share/doc/slipway/,$(wildcard docs/*.md docs/img/*))
# Takes away what the list that is installed has, but for the files of $(1). What is no such name in it is passed over.
take_away = test ! -f $(DESTDIR)$(PREFIX)/$(MANIFEST) || LC_ALL=C sed -n '/\.\./d; /^\(bin\|share\)\/[A-Za-z0-9._/-]*$$/p' \
	$(DESTDIR)$(PREFIX)/$(MANIFEST) | while read -r name; do case ' $(1) ' in *" $$name "*) ;; *) rm -f $(DESTDIR)$(PREFIX)/$$name ;; esac; done
# Its folders go when nobody has anything in them; what Python has kept of its modules is nobody's.
sweep = for folder in $(DATADIR) $(QEMUDIR) $(DOCDIR); do test ! -d $$folder || { \
	find $$folder -type d -name __pycache__ -prune -exec rm -rf {} +; find $$folder -depth -type d -empty -delete; }; done

.PHONY: man install uninstall
man: $(man)
install: $(OUT)/bios.bin vgabios guests $(man) $(OUT)/$(DESCRIPTOR)
	@$(call take_away,$(installed))
	@install -d $(BINDIR) $(DATADIR) $(DATADIR)/guests $(QEMUDIR) $(FWDIR) $(MANDIR) $(DOCDIR)/docs/img
	@install -m 644 $(OUT)/bios.bin $(vga_roms) $(QEMUDIR)
	@for name in $(BIOS_NAMES); do ln -sfn bios.bin $(QEMUDIR)/$$name; done
	@for name in bios.bin $(notdir $(vga_roms)); do ln -sfn ../qemu/slipway/$$name $(DATADIR)/$$name; done
	@install -m 644 $(OUT)/$(DESCRIPTOR) $(FWDIR)
	@for file in $(TOOL_MODULES); do install -D -m 644 $$file $(DATADIR)/$$file || exit; done
	@install -m 755 $(TOOL_FILES) $(DATADIR)/tools
	@install -m 755 tests/qemu/init.sh $(DATADIR)/tests/qemu
	@install -m 644 $(TOOL_GUESTS:%=$(OUT)/guests/%) $(DATADIR)/guests
	@for c in $(COMMANDS); do ln -sfn ../share/slipway/tools/$${c%:*} $(BINDIR)/$${c#*:}; done
	@install -m 644 $(man) $(MANDIR)
	@sed -i 's|@DOCDIR@|$(subst -,\\-,$(PREFIX))/share/doc/slipway|' $(addprefix $(MANDIR)/,$(notdir $(man)))
	@install -m 644 README.md LICENSE $(DOCDIR)
	@install -m 644 $(wildcard docs/*.md) $(DOCDIR)/docs
	@install -m 644 $(wildcard docs/img/*) $(DOCDIR)/docs/img
	@printf '%s\n' $(installed) > $(DATADIR)/installed
	@$(sweep)
ifneq ($(PREFIX),/usr)
	@echo 'libvirt looks for descriptors below /usr/share and /etc alone. That it finds this one:'
	@echo '  install -D -m 644 $(PREFIX)/share/qemu/firmware/$(DESCRIPTOR) /etc/qemu/firmware/$(DESCRIPTOR)'
endif

# The folders of QEMU go when they are empty; all others are the system's.
uninstall:
	@$(call take_away)
	@rm -f $(addprefix $(DESTDIR)$(PREFIX)/,$(installed))
	@$(sweep)
	@for file in $(DESTDIR)/etc/qemu/firmware/*; do if grep -qsF '"$(PREFIX)/share/qemu/slipway/' $$file; then \
		echo "libvirt still reads $$file, which names what is gone: rm $$file"; fi; done
	@rmdir $(FWDIR) $(dir $(FWDIR)) 2>/dev/null || :

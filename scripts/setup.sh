#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Install the Debian or Ubuntu packages that building and testing need, where they are missing.
# Says what it does; does nothing when all is there. --list prints the packages, without those that only some releases have.
set -eu

build='gcc libc6-dev binutils make git python3 python3-kconfiglib python3-pyelftools acpica-tools'
run='qemu-system-x86 seabios busybox-static dmidecode ca-certificates grub-common grub-rescue-pc xorriso mtools'
test='libcmocka-dev libx86emu-dev clang llvm xz-utils python3-pytest python3-pytest-xdist python3-rich python3-matplotlib'
# systemd's stub, of which Unified Kernel Images are made.
test="$test systemd-boot-efi"
# Boot loaders for tests, and what makes floppies and file systems for them.
test="$test grub-pc-bin grub-common syslinux mtools dosfstools e2fsprogs mount util-linux"
# What only some releases have, and tests use where it is: ukify, which makes Unified Kernel Images, from Debian 13 on.
some='systemd-ukify'

[ "${1-}" = --list ] && { printf '%s\n' $build $run $test; exit; }

if ! command -v apt-get >/dev/null; then
	echo "setup: no apt-get here: install the counterparts of these yourself: $build $run $test" >&2
	exit 0
fi

# libFuzzer is a package of its own in most releases, with clang's version in its name.
has_fuzzer() {
	command -v clang >/dev/null && find "$(clang -print-resource-dir)" -name 'libclang_rt.fuzzer*.a' | grep -q .
}
fuzzer_package() {
	apt-cache depends clang 2>/dev/null | sed -n 's/.*Depends: clang-\([0-9]*\)$/libclang-rt-\1-dev/p' |
		while read -r p; do apt-cache show "$p" >/dev/null 2>&1 && echo "$p"; done
}

installed() {
	dpkg-query -W -f '${Status}\n' "$1" 2>/dev/null | grep -q '^install ok installed$'
}
# Of $some, what is not installed and can be.
more() {
	for p in $some; do
		installed "$p" || ! apt-cache show "$p" >/dev/null 2>&1 || echo "$p"
	done
}

missing=
for p in $build $run $test; do
	installed "$p" || missing="$missing $p"
done
if [ -z "$missing$(more)" ] && has_fuzzer; then
	echo "setup: every package that is needed is installed"
	exit 0
fi
root=
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null || { echo "setup: run as root, or install sudo; missing:$missing $(more)" >&2; exit 1; }
	root=sudo
fi
$root apt-get -qq update
has_fuzzer || missing="$missing $(fuzzer_package)"
missing="$missing $(more)"
echo "setup: installing$missing"
$root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install $missing >/dev/null
echo "setup: done"

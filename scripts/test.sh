#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# From a fresh machine to every test passed; see usage() below.
set -eu
cd "$(dirname "$0")/.."

usage() {
	cat <<'END'
usage: scripts/test.sh [--short] [make argument...]

Installs what is missing (scripts/setup.sh), builds, and runs every test: `make check`.

  --short           unit tests, fuzzing for seconds, and of the boots the checking guest on every machine, a
                    distribution's kernel on one of each, and the counts
  --help

make arguments, among others:
  FUZZ_SECONDS=5    for each fuzz target
  PYTEST="-k pci"   what pytest is told: which boots
  -j2               and whatever else make takes

docs/testing.md has the parts by themselves: make source, unit, fuzz, boot.
END
}

short=''
while [ $# -gt 0 ]; do
	case $1 in
	--short) short=1 ;;
	--help | -h) usage; exit 0 ;;
	--*) echo "test: unknown option $1; --help tells more" >&2; exit 2 ;;
	*) break ;;
	esac
	shift
done
if [ "$short" ]; then
	kernel=test_kernel_reaches_user_space_without_a_new_complaint
	boots="test_machine[ or test_a_device_tree or test_accesses_and_instructions or test_times_are_those"
	boots="$boots or $kernel[pc] or $kernel[q35] or $kernel[microvm]"
	set -- FUZZ_SECONDS=3 PYTEST="-k '$boots'" "$@"
fi
scripts/setup.sh
exec make check "$@"

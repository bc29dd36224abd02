#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# From a fresh machine to every test passed: install what is missing, then `make check`.
# Arguments go to make, e.g. FUZZ_SECONDS=5. --short, before them: unit tests, fuzzing for seconds, and of the
# boots the checking guest on every machine, the distribution's kernel on one of each, and the counts.
set -eu
cd "$(dirname "$0")/.."
if [ "${1-}" = --short ]; then
	shift
	kernel=test_kernel_reaches_user_space_without_a_new_complaint
	boots="test_machine[ or test_a_device_tree or test_accesses_and_instructions or test_times_are_those"
	boots="$boots or $kernel[pc] or $kernel[q35] or $kernel[microvm]"
	set -- FUZZ_SECONDS=3 PYTEST="-k '$boots'" "$@"
fi
scripts/setup.sh
exec make check "$@"

#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# From a fresh machine to every test passed: install what is missing, then `make check`.
# Arguments go to make, e.g. FUZZ_SECONDS=5.
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh
exec make check "$@"

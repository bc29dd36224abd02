#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# From a fresh machine to a Linux kernel in user space: install what is missing, build, boot.
# KERNEL, INITRD and APPEND boot your own; arguments go to tools/run (see its --help).
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh
make
make guests
exec tools/run "$@"

#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Prints version.h: the commit, with -dirty where the tree differs from it.
version=$(git describe --tags --always --dirty --match 'v*' 2>/dev/null) || version=unversioned
printf '#define SLIPWAY_VERSION "%s"\n' "$version"

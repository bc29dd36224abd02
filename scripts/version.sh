#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Prints version.h: the commit, with -dirty where the tree differs from it, and the release that it
# names: "v1.2-3-gabcdef0" is release 1.2, a bare commit id has none (255.255). A version may be given; the
# sources that scripts/package.sh packs have it in a file. The tree may be another user's: who builds it runs what is in it anyway.
version=${1:-$(cat version 2>/dev/null || git -c safe.directory='*' describe --tags --always --dirty --match 'v*' 2>/dev/null)}
release=$(printf '%s\n' "$version" |
	sed -n 's/^v0*\([0-9]\{1,3\}\)\.0*\([0-9]\{1,3\}\)\([^0-9].*\)\{0,1\}$/\1 \2/p')
major=${release% *} minor=${release#* }
if [ -z "$release" ] || [ "$major" -gt 254 ] || [ "$minor" -gt 254 ]; then
	major=255 minor=255
fi
printf '#define SLIPWAY_VERSION "%s"\n' "${version:-unversioned}"
printf '#define SLIPWAY_MAJOR %s\n#define SLIPWAY_MINOR %s\n' "$major" "$minor"

#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The version of the tree: prints version.h, or what the first argument asks for; see usage() below.
set -eu

usage() {
	cat <<'END'
usage: scripts/version.sh [VERSION]       version.h
       scripts/version.sh --name          the version
       scripts/version.sh --commit [TAG]  the version of the commit, whatever the tree has; of its tags this one
       scripts/version.sh --package NAME  such a version as packages have it

The version is VERSION; or what the file `version` has, which scripts/package.sh packs; or the commit's: its tag, the nearest
tag with the commits since, or where there is none the commit's id, with -dirty where the tree differs from it. Of several
tags on a commit it is the highest; v1.2-rc1 is before v1.2. Signed and plain tags count alike.

  v1.2             release 1.2               packages: 1.2
  v1.2-rc1         release 1.2               packages: 1.2~rc1, which sorts before 1.2
  v1.2-3-gabcdef0  release 1.2               packages: 1.2+3.gabcdef0
  abcdef0          none, which is 255.255    packages: 0~20261127.abcdef0, by the commit's day (UTC)
END
}
die() { echo "version: $*" >&2; exit 2; }

# The tree may be another user's: who builds it runs what is in it anyway.
git() { command git -c safe.directory='*' "$@"; }
# Tags of versions: a digit behind the v, and nothing that a file name or a C string could not have.
named='--match v[0-9]* --exclude *[!A-Za-z0-9.+-]*'
fits() { case $1 in '' | *[!A-Za-z0-9.+~_-]*) return 1 ;; esac; [ ${#1} -le 63 ]; }

describe() { # [--dirty] [TAG]: of the commit that is checked out; nothing where this is no tree of git
	dirty=''
	[ "${1-}" != --dirty ] || { dirty=$1; shift; }
	# The top of its own tree: sources that were unpacked in somebody else's have no commit.
	[ -z "$(git rev-parse --show-cdup 2>/dev/null)" ] || return 0
	# shellcheck disable=SC2086
	id=$(git describe --always $dirty --exclude '*' 2>/dev/null) || return 0
	tag=${1-}
	set -f
	# shellcheck disable=SC2086
	[ -n "$tag" ] || tag=$(git describe --tags --abbrev=0 $named 2>/dev/null) || { echo "$id"; return; }
	set +f
	# Of the commit that this tag is on, the highest.
	[ -n "${1-}" ] || tag=$(git -c versionsort.suffix=- tag --points-at "refs/tags/$tag^{commit}" --sort=-version:refname |
		grep -E -m 1 -x 'v[0-9][A-Za-z0-9.+-]*')
	since=$(git rev-list --count "refs/tags/$tag..HEAD")
	if [ "$since" = 0 ]; then
		echo "$tag${id##"${id%-dirty}"}"
	else
		echo "$tag-$since-g$id"
	fi
}

find_version() {
	if [ -f version ]; then cat version; else describe --dirty; fi
}

package() { # VERSION, of the commit that is checked out
	plain=${1%-dirty}
	case $plain in
	v[0-9]*)
		# The commits since a tag make a later version, what else is behind a hyphen is before the release.
		plain=$(printf '%s\n' "${plain#v}" | sed 's/-\([0-9]*\)-g\([0-9a-f]*\)$/+\1.g\2/; s/-/~/g') ;;
	*) plain=0~$(TZ=UTC0 git log -1 --format=%cd --date=format-local:%Y%m%d).$plain ;;
	esac
	[ "${1%-dirty}" = "$1" ] || plain=$plain+dirty
	echo "$plain"
}

case ${1-} in
--help | -h) usage; exit 0 ;;
--name) find_version; exit ;;
--package) package "${2?needs a version}"; exit ;;
--commit)
	case ${2:-v0} in *[!A-Za-z0-9.+-]* | [!v]* | v | v[!0-9]*) die "tag: v, a digit, and letters, digits and . + -, found \"$2\"" ;; esac
	[ -z "${2-}" ] || [ "$(git rev-parse -q --verify "refs/tags/$2^{commit}")" = "$(git rev-parse HEAD)" ] ||
		die "tag $2: is not on the commit that is checked out"
	describe ${2+"$2"}
	exit
	;;
-*) die "no option $1; --help tells more" ;;
esac
version=${1:-$(find_version)}
: "${version:=unversioned}"
fits "$version" || die "of letters, digits and . + ~ _ -, 63 at most, found \"$version\""
release=$(printf '%s\n' "$version" |
	sed -n 's/^v0*\([0-9]\{1,3\}\)\.0*\([0-9]\{1,3\}\)\([^0-9].*\)\{0,1\}$/\1 \2/p')
major=${release% *} minor=${release#* }
if [ -z "$release" ] || [ "$major" -gt 254 ] || [ "$minor" -gt 254 ]; then
	major=255 minor=255
fi
printf '#define SLIPWAY_VERSION "%s"\n' "$version"
printf '#define SLIPWAY_MAJOR %s\n#define SLIPWAY_MINOR %s\n' "$major" "$minor"

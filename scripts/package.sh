#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Packages of the commit that is checked out; see usage() below. Two runs for one commit make the same bytes.
set -eu
cd "$(dirname "$0")/.."

usage() {
	cat <<'END'
usage: scripts/package.sh [--out FOLDER] [--tag TAG] KIND...

KIND:
  dist   the sources, as slipway-VERSION.tar.xz
  deb    a package for Debian and Ubuntu; needs what debian/control names, and dpkg-dev
  dsc    a source package for them
  rpm    a package for distributions with RPM; needs rpmbuild
  image  bios.bin and the VGA BIOS, as slipway-VERSION-image.tar.xz, with a list of what is in it (SPDX)
  sums   SHA256SUMS of what the folder has

What is not committed is left out. They are written to FOLDER (out/packages).

The version is the tag's (v1.2: 1.2; v1.2-rc1: 1.2~rc1), with the commits since (1.2+3.gabcdef0), or without a tag the commit's
day and id (0~20261127.abcdef0); see scripts/version.sh. --tag names one of several tags of the commit. In names of files "~" is
"-", since not every server keeps it; not in those of dsc, which name each other.
END
}
die() { echo "package: $*" >&2; exit 2; }

out=out/packages tag=''
[ $# -gt 0 ] || { usage >&2; exit 2; }
while [ $# -gt 0 ]; do
	case $1 in
	--help | -h) usage; exit 0 ;;
	--out) [ $# -ge 2 ] || die '--out needs a folder'; out=$2; shift ;;
	--tag) [ $# -ge 2 ] || die '--tag needs a tag'; tag=$2; shift ;;
	-*) die "no option $1; --help tells more" ;;
	*) break ;;
	esac
	shift
done
for kind; do
	case $kind in dist | deb | dsc | rpm | image | sums) ;; *) die "no kind $kind; --help tells more" ;; esac
done

commit=$(git rev-parse HEAD)
described=$(scripts/version.sh --commit "$tag") || exit 2
version=$(scripts/version.sh --package "$described")
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
label=$(printf '%s\n' "$version" | tr '~' -)
name=slipway-$label
mkdir -p "$out"
out=$(cd "$out" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/slipway-package.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

# The sources, with the version that git cannot tell there.
git archive --prefix="$name/" --format=tar "$commit" | tar -x -C "$work"
printf '%s\n' "$described" >"$work/$name/version"
# The changelog of a commit that is no release has one entry more: whoever builds a package of these sources has the
# commit in its version.
changelog=debian/changelog
if [ -e $changelog ] && [ "$(sed -n '1s/^slipway (\([^)]*\)).*/\1/p' $changelog)" != "$version" ]; then
	{
		printf 'slipway (%s) unstable; urgency=medium\n\n  * Commit %s.\n\n' "$version" "$commit"
		printf ' -- %s  %s\n\n' "$(sed -n 's/^Maintainer: //p' debian/control)" "$(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")"
		git show "$commit:$changelog"
	} >"$work/$name/$changelog"
fi
mkdir "$work/sources"		# what is packed: nothing is built there
cp -a "$work/$name" "$work/sources"
pack() { # IN FOLDER FILE
	tar --sort=name --owner=0 --group=0 --numeric-owner --mode=go=rX,u+rw --mtime="@$SOURCE_DATE_EPOCH" -C "$1" -c "$2" | xz -9e -T1 >"$3"
}

dist() {
	pack "$work/sources" "$name" "$out/$name.tar.xz"
}

deb() {
	(cd "$work/$name" && dpkg-buildpackage -b -us -uc) >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
	cp "$work/slipway_${version}_all.deb" "$out/slipway_${label}_all.deb"
}

dsc() {
	(cd "$work/sources" && dpkg-source -b "$name") >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
	cp "$work/sources/slipway_$version.dsc" "$work/sources/slipway_$version.tar.xz" "$out"
}

rpm() {
	dist
	# Debian's rpmbuild knows nothing of Debian's packages, so it cannot look for what the build needs.
	nodeps=''
	[ ! -e /etc/debian_version ] || nodeps=--nodeps
	rpmbuild -bb $nodeps --define "_topdir $work/rpm" --define "_sourcedir $out" --define "slipway_version $version" --define "slipway_label $label" \
		--define '_buildhost localhost' --define 'use_source_date_epoch_as_buildtime 1' \
		--define 'clamp_mtime_to_source_date_epoch 1' packaging/rpm/slipway.spec >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
	for file in "$work"/rpm/RPMS/noarch/*.rpm; do cp "$file" "$out/$(basename "$file" | tr '~' -)"; done
}

image() {
	make -s -C "$work/$name" all >&2
	mkdir "$work/$name-image"
	cp "$work/$name"/out/bios.bin "$work/$name"/out/vgabios*.bin "$work/$name/LICENSE" "$work/$name-image"
	python3 scripts/sbom.py --version "$version" --commit "$commit" --date "$SOURCE_DATE_EPOCH" "$work/$name-image" >"$work/sbom"
	cp "$work/sbom" "$work/$name-image/slipway.spdx.json"
	cp "$work/sbom" "$out/$name.spdx.json"
	pack "$work" "$name-image" "$out/$name-image.tar.xz"
}

sums() {
	(cd "$out" && find . -maxdepth 1 -type f ! -name SHA256SUMS -printf '%f\n' | LC_ALL=C sort | xargs -r sha256sum >"$work/sums")
	mv "$work/sums" "$out/SHA256SUMS"
}

for kind; do "$kind"; done

#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The tests from an empty tree of another Debian or Ubuntu release; see usage() below.
# Everything happens in a mount and PID namespace of its own: whatever the end, no mount and no process stays.
set -eu
{ # A shell reads a script as it goes, and this one runs for minutes: read to the end before the first step.
cd "$(dirname "$0")/.."
me=test-in

usage() {
	cat <<'END'
usage: scripts/test-in.sh [option...] RELEASE [make argument...]

Makes an empty tree of RELEASE (bookworm, trixie, testing, sid, noble, ...), copies the commit
into it, and runs scripts/test.sh there, with the make arguments (FUZZ_SECONDS=5). Needs root or sudo, and
the right to mount.

  --short         unit tests, fuzzing for seconds, boots of one kernel a machine
  --work-tree     also what is not committed (but not what .gitignore names)
  --run COMMAND   run this in the copy instead of scripts/test.sh
  --keep          leave the tree where it is, and say where
  --fresh         do not use what earlier runs left in the cache
  --mirror URL    take packages from there; default: where this machine's apt takes them from, or
                  the release's own
  --keyring FILE  trust these keys instead of those this machine trusts its distribution with
  --help

What can be used again is kept in $XDG_CACHE_HOME/slipway (~/.cache/slipway): the base tree for a day,
and packages. The tree itself is made below $TMPDIR (/var/tmp), of some 3 GiB, and removed.

exit code: 0 all tests passed; 1 some did not; 2 wrong usage; 3 the tree could not be made; 130 interrupted
END
}
say() { echo "$me: $release: $*"; }
die() { code=$1; shift; echo "$me: $*" >&2; exit "$code"; }

# --- arguments -----------------------------------------------------------------------------------
release='' short='' worktree='' keep='' fresh='' mirror='' keyring='' command=''
original=$(for a; do printf "'%s' " "$(printf %s "$a" | sed "s/'/'\\\\''/g")"; done)
value() { [ $# -ge 2 ] || die 2 "$1 needs a value; --help tells more"; }
while [ $# -gt 0 ]; do
	case $1 in
	--help|-h) usage; exit 0 ;;
	--short) short=--short ;;
	--work-tree) worktree=yes ;;
	--keep) keep=yes ;;
	--fresh) fresh=yes ;;
	--run) value "$@"; command=$2; shift ;;
	--mirror) value "$@"; mirror=$2; shift ;;
	--keyring) value "$@"; keyring=$2; shift ;;
	-*) die 2 "no option $1; --help tells more" ;;
	*) release=$1; shift; break ;;
	esac
	shift
done
case $release in
'') usage >&2; exit 2 ;;
*[!a-z0-9.-]*) die 2 "\"$release\" is no name of a release; --help tells more" ;;
esac
[ -z "$keyring" ] || [ -r "$keyring" ] || die 2 "no file $keyring"
[ -n "$command" ] || command='exec scripts/test.sh "$@"'
command -v apt-get >/dev/null || die 3 "no apt-get here: this needs a Debian or an Ubuntu to start from"
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null || die 3 "run as root, or install sudo"
	eval "exec sudo --preserve-env=http_proxy,https_proxy,ftp_proxy,no_proxy,XDG_CACHE_HOME,TMPDIR sh scripts/test-in.sh $original"
fi

# --- where things are, and their end -----------------------------------------------------------------
cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/slipway
mkdir -p "$cache/$release.debs/partial"
exec 9>"$cache/$release.lock"
flock -n 9 || { say "waiting for another run of this release"; flock 9; }
work=$(mktemp -d "${TMPDIR:-/var/tmp}/slipway-$release.XXXXXX")
chmod 755 "$work"	# apt's own user looks into it
tree=$work/tree
child=''
finish() {
	code=$?
	trap - EXIT
	trap '' INT TERM HUP
	# unshare takes the whole namespace along: its processes first, then its mounts.
	[ -z "$child" ] || { kill -KILL "$child" 2>/dev/null || :; wait "$child" 2>/dev/null || :; }
	if [ -n "$keep" ] && [ -d "$tree" ]; then
		say "the tree is left in $tree"
	else
		rm -rf --one-file-system "$work"
	fi
	exit "$code"
}
trap finish EXIT
trap 'echo "$me: interrupted" >&2; exit 130' INT TERM HUP

# A command in namespaces of its own. In the background, since a shell tends to its traps only between
# foreground commands.
contained() {
	unshare --mount --propagation private --pid --fork --kill-child "$@" 9>&- </dev/null &
	child=$!
	rc=0
	wait "$child" || rc=$?
	child=
	return $rc
}

# --- packages of this machine, its mirror and its keys ------------------------------------------------
need() { # COMMAND PACKAGE: the package, unless the command is there
	[ -z "$1" ] || ! command -v "$1" >/dev/null || return 0
	say "installing $2"
	if ! apt-get -qq update || ! DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "$2" >/dev/null; then
		die 3 "$2 could not be installed"
	fi
}
need mount mount
need mmdebstrap mmdebstrap
need git git
contained true 2>"$work/said" || die 3 "mounts are not permitted here ($(cat "$work/said")): as root of a container this needs --privileged"

# How this machine's apt fetches: proxies, certificates, tries, and whether dates are believed.
apt-config dump | grep -E '^Acquire::(http|https|ftp|Retries|ForceIPv|Check-)' >"$work/fetch.conf" || :

case $release in
xenial|bionic|focal|jammy|noble|oracular|plucky|questing|resolute|devel) distro=ubuntu label=Ubuntu default=http://archive.ubuntu.com/ubuntu ;;
*) distro=debian label=Debian default=http://deb.debian.org/debian ;;
esac
# The address of the sources with such a label that this machine has, or else.
mirror_of() { # LABEL DEFAULT
	found=$(apt-get indextargets --format '$(LABEL)|$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | sed -n "s/^$1|//p" | head -n 1)
	echo "${found:-$2}"
}
[ -n "$mirror" ] || mirror=$(mirror_of "$label" "$default")
case $release in
testing|unstable|sid|experimental|devel)
	sources() { echo "deb $mirror $release main"; } ;;
*)	sources() {
		if [ $distro = ubuntu ]; then
			printf "deb $mirror %s main universe\n" "$release" "$release-updates" "$release-security"
		else
			printf "deb $mirror %s main\n" "$release" "$release-updates"
			echo "deb $(mirror_of Debian-Security http://deb.debian.org/debian-security) $release-security main"
		fi
	} ;;
esac

# Where a distribution's package of keys puts them, and apt looks for them; not those it has withdrawn.
keys=$work/keys
mkdir "$keys"
take_keys() { # DISTRIBUTION
	cp "/usr/share/keyrings/$1"-archive-*.gpg /etc/apt/trusted.gpg.d/"$1"-* "$keys/" 2>/dev/null || :
	rm -f "$keys"/*removed-keys*
}
if [ -n "$keyring" ]; then
	cp "$keyring" "$keys/"
else
	take_keys $distro
fi

# apt-get with the keys in $keys and one source, aside from this machine's own apt.
apt_aside() { # SOURCE ARGUMENT...
	aside=$work/apt
	mkdir -p "$aside/lists/partial" "$aside/cache/archives/partial" "$aside/etc"
	echo "$1" >"$aside/etc/sources.list"
	: >"$aside/status"
	shift
	APT_CONFIG=$work/fetch.conf apt-get -qq -o Dir::State="$aside" -o Dir::State::status="$aside/status" \
		-o Dir::Cache="$aside/cache" -o Dir::Etc="$aside/etc" -o Dir::Etc::TrustedParts="$keys" \
		-o Dir::Etc::Trusted=/dev/null -o APT::Update::Error-Mode=any -o APT::Sandbox::User=root "$@"
}
trusted() { apt_aside "deb $1 $2 main" update >"$work/said" 2>&1; }

# Keys of the release that this machine does not have come signed with keys that it has: in the
# keyring package of a Debian release that those keys open, which opens the next.
extend_keys() {
	grep -qi 'not signed\|signature' "$work/said" || return 1	# it is not for want of keys
	debian=$(mirror_of Debian http://deb.debian.org/debian)
	if [ -z "$keyring" ]; then
		take_keys debian
		if ! ls "$keys"/debian-* >/dev/null 2>&1; then	# an Ubuntu, whose own archive has the package
			need '' debian-archive-keyring
			take_keys debian
		fi
		! trusted "$mirror" "$release" || return 0
	fi
	for step in bookworm trixie forky testing; do
		trusted "$debian" $step || continue
		for package in debian-archive-keyring ubuntu-keyring; do
			rm -rf "$work/deb"; mkdir "$work/deb"
			(cd "$work/deb" && apt_aside "deb $debian $step main" download $package) >/dev/null 2>&1 || continue
			dpkg-deb -x "$work/deb"/*.deb "$work/deb/x"
			for file in "$work/deb/x/usr/share/keyrings"/*-archive-keyring.*; do
				case $file in *.gpg|*.pgp) cp -L "$file" "$keys/$step-$(basename "${file%.*}").gpg" ;; esac
			done
			say "took the keys of $package, which $step vouches for"
		done
		! trusted "$mirror" "$release" || return 0
	done
	return 1
}

# --- the base tree --------------------------------------------------------------------------------
base=$cache/$release.tar
[ -z "$fresh" ] || rm -rf "$base" "$cache/$release.debs"/*.deb
if [ -n "$(find "$base" -mmin -1440 2>/dev/null)" ] && [ "$(cat "$base.from" 2>/dev/null)" = "$(sources)" ]; then
	say "base tree from $base"
else
	say "making a base tree from $mirror"
	trusted "$mirror" "$release" || extend_keys || {
		cat "$work/said" >&2
		die 3 "$release at $mirror cannot be had, or is signed with no key of this machine (--keyring gives another)"
	}
	rm -rf "$work/apt"
	sources >"$work/sources"
	contained mmdebstrap --quiet --mode=root --variant=apt --aptopt="$work/fetch.conf" --keyring="$keys" "$release" "$work/base.tar" \
		"$work/sources" 2>"$work/said" || { cat "$work/said" >&2; die 3 "mmdebstrap could not make a tree of $release"; }
	mv "$work/base.tar" "$base"
	sources >"$base.from"
fi
mkdir "$tree"
tar -xpf "$base" -C "$tree" --exclude='./dev/*'
for file in /etc/resolv.conf /etc/hosts; do
	rm -f "$tree$file"
	cat "$file" >"$tree$file"
done

# --- the commit ------------------------------------------------------------------------------------
# The repository may be another user's: git is told that this is meant, here and for what it starts.
printf '[safe]\n\tdirectory = *\n' >"$work/gitconfig"
git() { GIT_CONFIG_GLOBAL=$work/gitconfig command git "$@"; }
[ -n "$worktree" ] || [ -z "$(git --no-optional-locks status --porcelain)" ] || say "what is not committed is left out (--work-tree takes it along)"
git clone -q --no-hardlinks . "$tree/slipway"
git -C "$tree/slipway" checkout -q --detach "$(git rev-parse HEAD)"
if [ -n "$worktree" ]; then
	{ git diff -z --name-only --no-renames HEAD; git ls-files -z --others --exclude-standard; } |
		xargs -0r sh -c 'for f; do rm -f "$0/$f"; [ ! -e "$f" ] || cp -a --parents "$f" "$0"; done' "$tree/slipway"
fi
chown -R 0:0 "$tree/slipway"

# --- the tests -------------------------------------------------------------------------------------
say "testing $(git log -1 --format='%h (%s)')${worktree:+ and the work tree}"
# shellcheck disable=SC2016
contained sh -euc '
	tree=$1 debs=$2; shift 2
	mount --bind "$tree" "$tree"	# else the root of what runs there would be no mount
	mount --rbind /dev "$tree/dev"
	mount -t proc proc "$tree/proc"
	mount -t sysfs -o ro sysfs "$tree/sys"
	mount -t tmpfs -o mode=1777 tmp "$tree/tmp"
	mount --bind "$debs" "$tree/var/cache/apt/archives"
	code=0
	chroot "$tree" "$@" || code=$?
	chroot "$tree" apt-get -qq autoclean >/dev/null 2>&1 || :
	exit $code
' - "$tree" "$cache/$release.debs" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
	HOME=/root LANG=C.UTF-8 TERM="${TERM:-dumb}" http_proxy="${http_proxy-}" https_proxy="${https_proxy-}" no_proxy="${no_proxy-}" \
	sh -c "cd /slipway && $command" test $short "$@" || { code=$?; echo "$me: $release: failed (exit code $code)" >&2; exit 1; }
exit 0
}

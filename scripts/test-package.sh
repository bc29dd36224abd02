#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The Debian package as its users have it: built, installed, found by libvirt, booted, removed. See usage() below.
set -eu
cd "$(dirname "$0")/.."

usage() {
	cat <<'END'
usage: scripts/test-package.sh [RELEASE...]

Runs `scripts/test-package.sh --here` in an empty tree of each release (bookworm and trixie), by scripts/test-in.sh.

--here does it on this machine, as root; it INSTALLS PACKAGES, libvirt's daemon among them, and so is for trees that
are thrown away:
  - builds the package twice: the same bytes; lintian finds nothing
  - installs it: the tools run, and a kernel boots by -bios, -L and slipway-run
  - virsh domcapabilities names it; domains with <os firmware='bios'> and with a named loader boot a kernel, and a disk with
    GRUB
  - virt-install boots the disk
  - purges it: nothing of it is left

exit code: 0 all of it held; 1 some did not (the last line says what)
END
}
case ${1-} in
--help | -h) usage; exit 0 ;;
--here) ;;
-*) echo "test-package: no option $1; --help tells more" >&2; exit 2 ;;
*)
	[ $# -gt 0 ] || set -- bookworm trixie
	for release; do scripts/test-in.sh --run 'scripts/test-package.sh --here' "$release"; done
	exit 0
	;;
esac

say() { echo "test-package: $*"; }
die() { say "FAILED: $*" >&2; exit 1; }
work=$(mktemp -d /var/tmp/package-test.XXXXXX)
chmod 755 "$work"
daemons=''
finish() {
	code=$?
	trap - EXIT
	for pid in $daemons; do kill "$pid" 2>/dev/null || :; done
	[ "$code" = 0 ] || cat "$work"/*.log 2>/dev/null | tail -40 >&2
	rm -rf "$work"
	exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP
get() { DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "$@" >"$work/apt.log" 2>&1 || die "apt-get install $*"; }
# Of the root file system alone: what is where, but for caches and logs that others keep.
files() { find / -xdev \( -path /slipway -o -path /tmp -o -path /var/tmp -o -path /var/cache -o -path /var/lib/dpkg -o -path /var/log \
	-o -path /var/lib/apt -o -path /root -o -path "$work" \) -prune -o ! -name '*.pyc' ! -name __pycache__ -print | sort; }

# --- built ---------------------------------------------------------------------------------------------
apt-get -qq update
get build-essential git xz-utils dpkg-dev debhelper dh-python lintian python3-kconfiglib python3-pyelftools python3-rich \
	qemu-system-x86 busybox-static dmidecode grub-pc-bin grub-common mtools libvirt-daemon-system libvirt-daemon libvirt-clients
scripts/package.sh --out "$work/one" deb
scripts/package.sh --out "$work/two" deb
diff -r "$work/one" "$work/two" || die "two builds differ"
say "two builds are the same bytes"
lintian --allow-root --fail-on error,warning "$work"/one/*.deb || die lintian
say "lintian finds no error and no warning"

# --- installed ------------------------------------------------------------------------------------------
files >"$work/before"
get "$work"/one/*.deb
test -e /usr/share/qemu/firmware/90-slipway.json || die "no descriptor"
cmp /usr/share/slipway/bios.bin /usr/share/qemu/slipway/bios-256k.bin || die "the folder for -L"
cd /
export HOME="$work/home" XDG_CACHE_HOME="$work/cache" XDG_RUNTIME_DIR="$work/run"
mkdir -p "$HOME" "$XDG_CACHE_HOME" "$XDG_RUNTIME_DIR"
for tool in slipway-bench slipway-log slipway-run; do
	"$tool" --help >/dev/null || die "$tool"
	test -e /usr/share/man/man1/$tool.1.gz || die "no manual page of $tool"
done
guest=/usr/share/slipway/guests/check.bzImage
boots() { # WHAT ARGUMENT...
	what=$1; shift
	code=0
	rm -f "$work/boot.log"
	timeout 120 qemu-system-x86_64 -nodefaults -display none -m 128 -no-reboot -device isa-debug-exit -debugcon "file:$work/boot.log" \
		-global isa-debugcon.iobase=0x402 -kernel $guest -append 'ram=128 noinitrd' "$@" </dev/null >"$work/qemu.log" 2>&1 || code=$?
	grep -q '^slipway: version' "$work/boot.log" || die "$what: another firmware ran ($code)"
	grep -q '^boot: kernel' "$work/boot.log" || die "$what: no kernel ($code)"
	say "$what: boots"
}
for machine in pc q35 microvm; do
	boots "$machine, -bios" -M $machine -bios /usr/share/slipway/bios.bin
	boots "$machine, -L" -M $machine -L /usr/share/qemu/slipway
done
slipway-run -t 300 >"$work/run.log" 2>&1 || die slipway-run
grep -q 'User space reached' "$work/run.log" || die "slipway-run reached no user space"
say "slipway-run: the distribution's kernel reaches user space"

# --- libvirt ---------------------------------------------------------------------------------------------
# Without an init its daemons are started by hand; the session's is what an unprivileged user has.
virtlogd -d >"$work/virtlogd.log" 2>&1 || :
libvirtd -d >"$work/libvirtd.log" 2>&1 || die libvirtd
for file in /run/libvirtd.pid /run/virtlogd.pid; do [ ! -e $file ] || daemons="$daemons $(cat $file)"; done
virsh() { command virsh -q -c qemu:///system "$@"; }
virsh domcapabilities --machine q35 --virttype qemu >"$work/capabilities.log" || die "virsh domcapabilities"
grep -q '<value>bios</value>' "$work/capabilities.log" || die "domcapabilities does not offer firmware='bios'"
say "virsh domcapabilities offers bios"

kernel=$(find "$XDG_CACHE_HOME" -name 'vmlinuz*' | head -n 1)
initrd=$(find "$XDG_CACHE_HOME" -name initramfs.gz | head -n 1)
cp "$kernel" "$work/vmlinuz"; cp "$initrd" "$work/initrd"; chmod 644 "$work/vmlinuz" "$work/initrd"
cat >"$work/domain" <<END
<domain type='qemu'><name>NAME</name><memory unit='MiB'>512</memory><vcpu>1</vcpu>
 OS
 <on_reboot>destroy</on_reboot>
 <seclabel type='none'/>
 <devices><emulator>/usr/bin/qemu-system-x86_64</emulator>DISK
  <serial type='file'><source path='$work/NAME.serial'/><target port='0'/></serial></devices>
</domain>
END
waits() { # NAME TEXT: until the serial port has said it
	for _ in $(seq 300); do
		! grep -aq "$2" "$work/$1.serial" 2>/dev/null || return 0
		sleep 1
	done
	die "domain $1: no \"$2\" on the serial port: $(tail -c 400 "$work/$1.serial" 2>/dev/null)"
}
domain() { # NAME OS DISK TEXT
	{ sed "s|NAME|$1|g; s|OS|$2|; s|DISK|$3|" "$work/domain"; } >"$work/$1.xml"
	virsh create "$work/$1.xml" >"$work/create.log" 2>&1 || die "domain $1"
	tr '\0' ' ' </proc/"$(cat /run/libvirt/qemu/$1.pid)"/cmdline >"$work/$1.command"
	grep -q 'slipway/bios.bin' "$work/$1.command" || die "domain $1 has another firmware: $(cat "$work/$1.command")"
	waits "$1" "$4"
	virsh destroy "$1" >/dev/null 2>&1 || :
	say "libvirt: $1: boots"
}
launch="<kernel>$work/vmlinuz</kernel><initrd>$work/initrd</initrd><cmdline>console=ttyS0 panic=-1 reboot=t</cmdline>"
domain kernel-auto "<os firmware='bios'><type machine='q35'>hvm</type>$launch</os>" '' '=== userspace'
domain kernel-named "<os><type machine='pc'>hvm</type><loader type='rom'>/usr/share/slipway/bios.bin</loader>$launch</os>" '' '=== userspace'
# A disk with GRUB, whose menu's only line is to say so on the serial port.
mkdir -p "$work/grub/boot/grub"
printf 'serial --unit=0\nterminal_output serial\necho "GRUB is here"\nsleep 600\n' >"$work/grub/boot/grub/grub.cfg"
(cd "$work" && grub-mkstandalone -O i386-pc -o core.img --modules='biosdisk serial terminal echo sleep normal memdisk tar' \
	--install-modules='biosdisk serial terminal echo sleep normal memdisk tar' --locales='' --fonts='' --themes='' \
	"boot/grub/grub.cfg=$work/grub/boot/grub/grub.cfg") >"$work/grub.log" 2>&1 || die grub-mkstandalone
cat /usr/lib/grub/i386-pc/boot.img "$work/core.img" >"$work/disk.img"
truncate -s 8M "$work/disk.img"
chmod 666 "$work/disk.img"
disk="<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='$work/disk.img'/><target dev='vda' bus='virtio'/></disk>"
domain grub-auto "<os firmware='bios'><type machine='q35'>hvm</type></os>" "$disk" 'GRUB is here'
domain grub-named "<os><type machine='pc'>hvm</type><loader type='rom'>/usr/share/slipway/bios.bin</loader></os>" "$disk" 'GRUB is here'

# A descriptor that root has emptied is none.
mkdir -p /etc/qemu/firmware
: >/etc/qemu/firmware/90-slipway.json
! virsh create "$work/grub-auto.xml" >/dev/null 2>&1 || die "an empty descriptor in /etc hides nothing"
rm -r /etc/qemu
say "libvirt: an empty /etc/qemu/firmware/90-slipway.json hides it"

# --- what else there is -------------------------------------------------------------------------------------
if apt-cache show virtinst >/dev/null 2>&1; then
	get virtinst
	rm -f "$work/virt-install.serial"
	virt-install -q --connect qemu:///system --virt-type qemu --name virt-install --memory 512 --osinfo detect=on,require=off --import \
		--boot firmware=bios --disk "path=$work/disk.img,format=raw,bus=virtio" --network none --graphics none --noautoconsole \
		--serial "file,path=$work/virt-install.serial" --seclabel type=none --transient >"$work/virt-install.log" 2>&1 || die virt-install
	waits virt-install 'GRUB is here'
	virsh destroy virt-install >/dev/null 2>&1 || :
	say "virt-install --boot firmware=bios: boots"
fi

# --- removed --------------------------------------------------------------------------------------------------
for pid in $daemons; do kill "$pid" 2>/dev/null || :; done
daemons=''
[ -z "$(dpkg-query -W -f '${Status}' virtinst 2>/dev/null)" ] || apt-get -qq -y --purge autoremove virtinst >/dev/null 2>&1
DEBIAN_FRONTEND=noninteractive apt-get -qq -y purge slipway >"$work/purge.log" 2>&1 || die "apt-get purge"
files >"$work/after"
left=$(comm -13 "$work/before" "$work/after" | grep -i slipway || :)
[ -z "$left" ] || die "left behind: $left"
! dpkg-query -W slipway 2>/dev/null | grep -q . || die "dpkg still knows it"
say "purged: nothing is left"

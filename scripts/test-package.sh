#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The Debian package as its users have it: built, installed, found by libvirt, booted, removed. See usage() below.
set -eu
cd "$(dirname "$0")/.."

usage() {
	cat <<'END'
usage: scripts/test-package.sh [RELEASE...]

Runs `scripts/test-package.sh --here` in an empty tree of each release (bookworm, trixie, testing), by scripts/test-in.sh.

--here does it on this machine, as root; it INSTALLS PACKAGES, libvirt's daemon among them, and so is for trees that
are thrown away:
  - builds the package and the source package twice: the same bytes; lintian finds nothing
  - installs it: the links in its texts hold, the tools run, and a kernel boots by -bios, -L and slipway-run
  - libvirt's helper for AppArmor takes the image from the places that docs/using.md gives for it, and no other
  - virsh domcapabilities lists it; domains with <os firmware='bios'> and with a named loader boot a kernel, and a disk with
    GRUB; one that asks for no firmware boots by SeaBIOS
  - what the release has of virt-install, virt-manager, virtme-ng, systemd-vmspawn, mkosi (25 or later), Packer and LAVA's
    dispatcher boots a kernel or the disk with it, by the lines in docs/using.md
  - purges it: nothing of it is left

A guest says itself whose SMBIOS tables it was given: under another firmware a step fails. All of it is under TCG.

exit code: 0 all of it held; 1 some did not (the last line says what)
END
}
case ${1-} in
--help | -h) usage; exit 0 ;;
--here) ;;
-*) echo "test-package: no option $1; --help tells more" >&2; exit 2 ;;
*)
	[ $# -gt 0 ] || set -- bookworm trixie testing
	for release; do scripts/test-in.sh --run 'scripts/test-package.sh --here' "$release"; done
	exit 0
	;;
esac

say() { echo "test-package: $*"; }
die() { say "FAILED: $*" >&2; exit 1; }
work=$(mktemp -d /var/tmp/package-test.XXXXXX)
chmod 755 "$work"
daemons='' group=''
# The machine's control groups are no tree's, and so are not thrown away with it.
leave_group() {
	[ -z "$group" ] || (cd "$group" && rmdir -p "$unit") || :
	umount "$work/groups" 2>/dev/null || :
	group=''
}
finish() {
	code=$?
	trap - EXIT
	for pid in $daemons; do kill "$pid" 2>/dev/null || :; done
	leave_group
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
# A variable of that name is of many a caller's.
VERSION=v99.9 scripts/package.sh --out "$work/one" deb dsc
scripts/package.sh --out "$work/two" deb dsc
diff -r "$work/one" "$work/two" || die "two builds differ"
say "two builds are the same bytes"
for file in "$work"/one/*.deb "$work"/one/*.dsc; do
	lintian --allow-root --fail-on error,warning "$file" >"$work/lintian.log" 2>&1 || die "lintian of $file"
done
say "lintian finds no error and no warning in the package and in the source package"
commit=$(scripts/version.sh --commit)
version=$(scripts/version.sh --package "$commit")

# --- installed ------------------------------------------------------------------------------------------
files >"$work/before"
get "$work"/one/*.deb
[ "$(dpkg-query -W -f '${Version}' slipway)" = "$version" ] || die "the package's version is not the commit's, $version"
test -e /usr/share/qemu/firmware/90-slipway.json || die "no descriptor"
cmp /usr/share/slipway/bios.bin /usr/share/qemu/slipway/bios-256k.bin || die "the folder for -L"
(cd /usr/share/doc/slipway && grep -o '](\([^)#]*\)' README.md docs/*.md) >"$work/links" || die "texts without a link"
while IFS= read -r link; do
	page=${link%%:*} to=${link#*](}
	case $to in http://* | https://* | '') continue ;; esac
	[ -f "/usr/share/doc/slipway/$(dirname "$page")/$to" ] || die "$page: a link leads nowhere: $to"
done <"$work/links"
say "links in the texts: $(wc -l <"$work/links"), all hold"
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
	grep -q "^slipway: version $commit" "$work/boot.log" || die "$what: another firmware ran ($code)"
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

# --- AppArmor --------------------------------------------------------------------------------------------
# What libvirt would let a domain read where AppArmor is on, said by the program that libvirt asks; -d: nothing is loaded.
takes() { # FILE: whether it is taken as a domain's loader
	uuid=6ba7b810-9dad-11d1-80b4-00c04fd430c8
	/usr/lib/libvirt/virt-aa-helper -d -r -u libvirt-$uuid >"$work/helper.log" 2>&1 <<END
<domain type='qemu'><name>x</name><uuid>$uuid</uuid><memory unit='MiB'>64</memory>
 <os><type arch='x86_64' machine='pc'>hvm</type><loader type='rom'>$1</loader></os>
 <devices><emulator>/usr/bin/qemu-system-x86_64</emulator></devices>
</domain>
END
}
install -D -m 644 /usr/share/slipway/bios.bin /var/lib/slipway/bios.bin
install -D -m 644 /usr/share/slipway/bios.bin /usr/local/share/qemu/slipway/bios.bin
for file in /var/lib/slipway/bios.bin /usr/local/share/qemu/slipway/bios.bin; do
	takes $file || die "virt-aa-helper refuses $file"
	grep -q "\"$file\" r" "$work/helper.log" || die "virt-aa-helper does not let a domain read $file"
done
rm -r /var/lib/slipway /usr/local/share/qemu
below='takes it'
takes /usr/share/slipway/bios.bin || below='refuses it'
libvirt=$(dpkg-query -W -f '${Version}' libvirt-clients)
if dpkg --compare-versions "$libvirt" lt 12; then expected='refuses it'; else expected='takes it'; fi
[ "$below" = "$expected" ] || die "virt-aa-helper of libvirt $libvirt $below below /usr/share, not as docs/using.md has it"
[ "$below" = 'takes it' ] || grep -q 'skipped restricted file' "$work/helper.log" || die "virt-aa-helper refuses for another reason"
say "virt-aa-helper $below below /usr/share; takes it below /var/lib and /usr/local"

# --- libvirt ---------------------------------------------------------------------------------------------
# Without an init its daemons are started by hand; the session's is what an unprivileged user has.
virtlogd -d >"$work/virtlogd.log" 2>&1 || :
libvirtd -d >"$work/libvirtd.log" 2>&1 || die libvirtd
for file in /run/libvirtd.pid /run/virtlogd.pid; do [ ! -e $file ] || daemons="$daemons $(cat $file)"; done
virsh() { command virsh -q -c qemu:///system "$@"; }
virsh domcapabilities --machine q35 --virttype qemu >"$work/capabilities.log" || die "virsh domcapabilities"
grep -q '<value>bios</value>' "$work/capabilities.log" || die "domcapabilities does not offer firmware='bios'"
grep -q '<value>/usr/share/qemu/slipway/bios.bin</value>' "$work/capabilities.log" || die "domcapabilities does not list the image"
say "virsh domcapabilities offers bios, and lists the image"

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
	tr '\0' ' ' </proc/"$(cat /run/libvirt/qemu/"$1".pid)"/cmdline >"$work/$1.command"
	grep -q 'slipway/bios.bin' "$work/$1.command" || die "domain $1 has another firmware: $(cat "$work/$1.command")"
	waits "$1" "$4"
	virsh destroy "$1" >/dev/null 2>&1 || :
	say "libvirt: $1: boots"
}
# /init says what it found, the maker of the firmware by SMBIOS among it; so does GRUB's menu below.
vendor='bios_vendor: Slipway'
launch="<kernel>$work/vmlinuz</kernel><initrd>$work/initrd</initrd><cmdline>console=ttyS0 panic=-1 reboot=t</cmdline>"
domain kernel-auto "<os firmware='bios'><type machine='q35'>hvm</type>$launch</os>" '' "$vendor"
domain kernel-named "<os><type machine='pc'>hvm</type><loader type='rom'>/usr/share/slipway/bios.bin</loader>$launch</os>" '' "$vendor"
# A disk with GRUB, which says on the serial port that it is there, and under which firmware.
mkdir -p "$work/grub/boot/grub"
cat >"$work/grub/boot/grub/grub.cfg" <<'END'
serial --unit=0
terminal_output serial
smbios --type 0 --get-string 4 --set vendor
echo "GRUB is here, by $vendor"
sleep 30
halt
END
modules='biosdisk serial terminal echo sleep normal memdisk tar smbios halt'
(cd "$work" && grub-mkstandalone -O i386-pc -o core.img --modules="$modules" --install-modules="$modules" --locales='' --fonts='' \
	--themes='' "boot/grub/grub.cfg=$work/grub/boot/grub/grub.cfg") >"$work/grub.log" 2>&1 || die grub-mkstandalone
grub='GRUB is here, by Slipway'
cat /usr/lib/grub/i386-pc/boot.img "$work/core.img" >"$work/disk.img"
truncate -s 8M "$work/disk.img"
chmod 666 "$work/disk.img"
disk="<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='$work/disk.img'/><target dev='vda' bus='virtio'/></disk>"
domain grub-auto "<os firmware='bios'><type machine='q35'>hvm</type></os>" "$disk" "$grub"
domain grub-named "<os><type machine='pc'>hvm</type><loader type='rom'>/usr/share/slipway/bios.bin</loader></os>" "$disk" "$grub"

# A domain that asks for no firmware has QEMU's own: as ever while the package is there, and how to go back.
sed "s|NAME|grub-plain|g; s|OS|<os><type machine='q35'>hvm</type></os>|; s|DISK|$disk|" "$work/domain" >"$work/grub-plain.xml"
virsh create "$work/grub-plain.xml" >"$work/create.log" 2>&1 || die "domain grub-plain"
waits grub-plain 'GRUB is here, by SeaBIOS'
virsh destroy grub-plain >/dev/null 2>&1 || :
say "libvirt: a domain without a firmware boots by SeaBIOS, as ever"

# A descriptor that root has emptied is none.
mkdir -p /etc/qemu/firmware
: >/etc/qemu/firmware/90-slipway.json
! virsh create "$work/grub-auto.xml" >/dev/null 2>&1 || die "an empty descriptor in /etc hides nothing"
rm -r /etc/qemu
say "libvirt: an empty /etc/qemu/firmware/90-slipway.json hides it"

# --- what else there is -------------------------------------------------------------------------------------
# Each as docs/using.md has it. What a guest says on its serial port is in $work/NAME.serial.
candidate() { apt-cache policy "$1" | sed -n 's/^ *Candidate: \([^(]\)/\1/p'; }
there() { [ -n "$(candidate "$1")" ] || { say "$1: not in this release"; return 1; }; }
said() { grep -aq "$2" "$work/$1.serial" || die "$1: no \"$2\" on the serial port: $(tail -c 400 "$work/$1.serial" 2>&1)"; }

if there virtinst; then
	get virtinst
	for form in firmware=bios loader=/usr/share/slipway/bios.bin,loader.type=rom; do
		rm -f "$work/virt-install.serial"
		virt-install -q --connect qemu:///system --virt-type qemu --name virt-install --memory 512 --osinfo detect=on,require=off \
			--import --boot "$form" --disk "path=$work/disk.img,format=raw,bus=virtio" --network none --graphics none \
			--noautoconsole --serial "file,path=$work/virt-install.serial" --seclabel type=none --transient \
			>"$work/virt-install.log" 2>&1 || die "virt-install --boot $form"
		waits virt-install "$grub"
		virsh destroy virt-install >/dev/null 2>&1 || :
		say "virt-install --boot $form: boots"
	done
fi

# virt-manager as someone would use it who cannot see: its window is found, read and written by its accessibility.
if there virt-manager; then
	get virt-manager xvfb xauth at-spi2-core python3-pyatspi dbus-daemon
	sed "s|NAME|manager|g; s|OS|<os><type machine='q35'>hvm</type></os>|; s|DISK|$disk|" "$work/domain" >"$work/manager.xml"
	virsh define "$work/manager.xml" >/dev/null || die "virsh define"
	cat >"$work/manager.py" <<'END'
import sys
import time
import pyatspi
def find(roles, test):
    for _ in range(120):
        for app in pyatspi.Registry.getDesktop(0):
            try:
                found = app and pyatspi.findDescendant(
                    app, lambda n: n.getRoleName() in roles and n.getState().contains(pyatspi.STATE_SHOWING) and test(n))
            except Exception:	# it was gone before it was asked
                found = None
            if found:
                return found
        time.sleep(1)
    sys.exit(f"no {roles[0]} in what virt-manager shows")
find(("frame",), lambda n: n.name.startswith("manager "))
tab = find(("page tab",), lambda n: n.name == "XML")
tab.parent.querySelection().selectChild(tab.getIndexInParent())
editor = find(("text",), lambda n: "<os>" in n.queryText().getText(0, -1))
text = editor.queryText().getText(0, -1).replace("<os>", "<os firmware='bios'>", 1)
editor.queryEditableText().setTextContents(text)
for name in ("config-apply", "Run"):
    time.sleep(3)
    find(("button", "push button"), lambda n: n.name == name).queryAction().doAction(0)
time.sleep(5)
END
	# shellcheck disable=SC2016
	GSETTINGS_BACKEND=memory dbus-run-session -- xvfb-run -a sh -c 'virt-manager --no-fork --test-options=first-run \
		--test-options=xmleditor-enabled --connect qemu:///system --show-domain-editor manager & timeout 300 python3 "$0"' \
		"$work/manager.py" >"$work/manager.log" 2>&1 || die virt-manager
	waits manager "$grub"
	virsh destroy manager >/dev/null 2>&1 || :
	virsh undefine manager >/dev/null
	say "virt-manager, XML of a guest: <os firmware='bios'>: boots"
fi

# A kernel of the release with its modules, which virtme-ng looks for in /lib.
if there virtme-ng; then
	get virtme-ng virtiofsd linux-image-cloud-amd64
	timeout 900 vng --disable-kvm --qemu-opts='-bios /usr/share/slipway/bios.bin' --run "$(find /boot -name 'vmlinuz-*' | head -n 1)" \
		--exec 'cat /sys/class/dmi/id/bios_vendor' </dev/null >"$work/vng.serial" 2>"$work/vng.log" || die vng
	said vng '^Slipway'
	say "vng --qemu-opts=-bios: reaches user space"
fi

# systemd-vmspawn belongs into a unit, and asks its control group which: one with such a name is all there is without
# an init. What it sees begins here, whatever is above.
get systemd-container
if command -v systemd-vmspawn >/dev/null; then
	mkdir "$work/groups"
	mount -t cgroup2 none "$work/groups" || die "no control group for systemd-vmspawn"
	unit='user.slice/user-0.slice/user@0.service/vmspawn.service'
	group=$work/groups$(sed -n 's/^0:://p' /proc/self/cgroup)
	mkdir -p "$group/$unit"
	vmspawn() { # NAME ARGUMENT...
		name=$1; shift
		# shellcheck disable=SC2016
		unshare --cgroup sh -c 'echo $$ >"$0/cgroup.procs"; exec "$@"' "$group/$unit" timeout 900 systemd-vmspawn --user --keep-unit \
			--register=no --kvm=no --vsock=no --tpm=no --pass-ssh-key=no --console=read-only --console-transport=serial \
			--firmware=/usr/share/qemu/firmware/90-slipway.json "$@" </dev/null >"$work/$name.serial" 2>"$work/vmspawn.log" || die "$name"
	}
	vmspawn vmspawn-disk --image="$work/disk.img"
	said vmspawn-disk "$grub"
	vmspawn vmspawn-kernel --image="$work/disk.img" --linux="$work/vmlinuz" --initrd="$work/initrd" root=none panic=-1 reboot=t
	said vmspawn-kernel "$vendor"
	leave_group
	say "systemd-vmspawn --firmware=90-slipway.json: boots the disk, and a kernel"
else
	say "systemd-vmspawn: not in this release"
fi

version=$(candidate mkosi)
if dpkg --compare-versions "${version:-0}" ge 25; then
	get mkosi cpio
	mkdir -p "$work/mkosi/tree/usr/lib" "$work/mkosi/tree/etc"
	(cd "$work/mkosi/tree" && zcat "$work/initrd" | cpio -id --quiet && cp /usr/lib/os-release usr/lib)
	cat >"$work/mkosi/mkosi.conf" <<END
[Distribution]
Distribution=custom
[Output]
Format=cpio
[Content]
SkeletonTrees=tree
Bootable=no
[Runtime]
QemuArgs=-bios /usr/share/slipway/bios.bin
Firmware=linux
Linux=$work/vmlinuz
KernelCommandLineExtra=console=hvc0 panic=-1 reboot=t
Console=native
KVM=no
VSock=no
RAM=512M
END
	mkosi -C "$work/mkosi" build </dev/null >"$work/mkosi.log" 2>&1 || die "mkosi build"
	timeout 900 mkosi -C "$work/mkosi" vm </dev/null >"$work/mkosi.serial" 2>"$work/mkosi.log" || die "mkosi vm"
	said mkosi "$vendor"
	say "mkosi with QemuArgs=-bios: boots what it has built"
else
	say "mkosi: ${version:-none} in this release, not 25 or later"
fi

if there packer; then
	get packer qemu-utils
	mkdir "$work/packer"
	cat >"$work/packer/disk.pkr.hcl" <<END
source "qemu" "disk" {
  qemuargs = [["-bios", "/usr/share/slipway/bios.bin"], ["-serial", "file:$work/packer.serial"]]
  disk_image = true
  iso_url = "file://$work/disk.img"
  iso_checksum = "none"
  disk_size = "16M"
  format = "raw"
  skip_compaction = true
  accelerator = "tcg"
  headless = true
  communicator = "none"
}
build {
  sources = ["source.qemu.disk"]
}
END
	(cd "$work/packer" && CHECKPOINT_DISABLE=1 timeout 900 packer build disk.pkr.hcl) </dev/null >"$work/packer.log" 2>&1 || die packer
	said packer "$grub"
	say "packer build with qemuargs: boots, and ends as the guest does"
fi

# LAVA's dispatcher does a job without its server, which would want a database; of that one only the description of
# the type of device is taken.
if there lava-dispatcher; then
	get lava-dispatcher
	mkdir "$work/lava"
	(cd "$work/lava" && apt-get -qq download lava-server && dpkg-deb -x lava-server_*.deb server) >"$work/lava.log" 2>&1 || die lava-server
	python3 - "$work/lava/server/usr/share/lava-server/device-types" >"$work/lava/device.yaml" 2>"$work/lava.log" <<'END' || die "LAVA's template of a device"
import sys
import jinja2
loader = jinja2.FileSystemLoader(sys.argv[1])
try:
    from lava_common.jinja import create_device_templates_env
    files = create_device_templates_env(loader)
except ImportError:	# Debian 12's
    files = jinja2.Environment(loader=loader, trim_blocks=True)
print(files.from_string("{% extends 'qemu.jinja2' %}{% set no_kvm = True %}").render(arch="amd64"))
END
	echo '{}' >"$work/lava/dispatcher.yaml"
	cat >"$work/lava/job.yaml" <<END
job_name: kernel
device_type: qemu
priority: medium
visibility: public
timeouts: {job: {minutes: 15}, action: {minutes: 15}, connection: {minutes: 15}}
context: {arch: amd64}
actions:
- deploy:
    to: tmpfs
    images:
      firmware: {image_arg: '-bios {firmware}', url: 'file:///usr/share/slipway/bios.bin'}
      kernel: {image_arg: '-kernel {kernel} -append "console=ttyS0 panic=-1 reboot=t"', url: 'file://$work/vmlinuz'}
      initrd: {image_arg: '-initrd {initrd}', url: 'file://$work/initrd'}
- boot:
    method: qemu
    media: tmpfs
    prompts: ['$vendor']
END
	lava-run --job-id 1 --output-dir "$work/lava/out" --device "$work/lava/device.yaml" --dispatcher "$work/lava/dispatcher.yaml" \
		"$work/lava/job.yaml" </dev/null >"$work/lava.serial" 2>&1 || die "lava-run: $(tail -n 3 "$work/lava.serial")"
	said lava "\"target\".*$vendor\|Matched prompt.*$vendor"
	say "LAVA's dispatcher, image_arg '-bios {firmware}': boots"
fi

# --- removed --------------------------------------------------------------------------------------------------
[ -z "$(dpkg-query -W -f '${Status}' virtinst 2>/dev/null)" ] || apt-get -qq -y --purge autoremove virtinst >/dev/null 2>&1
DEBIAN_FRONTEND=noninteractive apt-get -qq -y purge slipway >"$work/purge.log" 2>&1 || die "apt-get purge"
! virsh create "$work/grub-auto.xml" >"$work/create.log" 2>&1 || die "a domain with firmware='bios' starts without the package"
grep -qi firmware "$work/create.log" || die "a domain with firmware='bios' does not start without the package, but not for that"
for pid in $daemons; do kill "$pid" 2>/dev/null || :; done
daemons=''
files >"$work/after"
left=$(comm -13 "$work/before" "$work/after" | grep -i slipway || :)
[ -z "$left" ] || die "left behind: $left"
! dpkg-query -W slipway 2>/dev/null | grep -q . || die "dpkg still knows it"
say "purged: nothing is left"

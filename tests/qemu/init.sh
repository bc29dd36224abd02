#!/bin/busybox sh
# SPDX-License-Identifier: BSD-2-Clause
# The first and only process of the small initramfs: tells what the kernel found and ends. Words
# of the kernel command line that start with "show=" choose what, e.g. show=dmesg,acpi,dmi.
b=/bin/busybox
$b mount -t proc proc /proc
$b mount -t sysfs sysfs /sys
$b mount -t devtmpfs dev /dev 2>/dev/null
show=summary
for word in $($b cat /proc/cmdline); do
	case $word in show=*) show=${word#show=};; esac
done
want() { case ,$show, in *,$1,*) return 0;; esac; return 1; }

echo
echo "=== userspace"
$b uname -r
if want summary; then
	echo "=== memory"
	for e in /sys/firmware/memmap/*; do
		$b printf '%012x-%012x %s\n' $($b cat $e/start) $($b cat $e/end) "$($b cat $e/type)"
	done | $b sort
	echo "=== tables"
	for t in /sys/firmware/acpi/tables/[A-Z]*; do
		[ -e $t ] && echo "$($b basename $t) $($b wc -c < $t)"
	done | $b tr '\n' ';'
	echo
	echo "=== smbios"
	for f in bios_vendor bios_version bios_date sys_vendor product_name product_version chassis_vendor; do
		[ -e /sys/class/dmi/id/$f ] && echo "$f: $($b cat /sys/class/dmi/id/$f)"
	done
	echo "=== processors"
	$b grep -c ^processor /proc/cpuinfo
	$b sed -n 's/^model name.*: //p' /proc/cpuinfo | $b sort -u
	echo "=== devices"
	for d in /sys/bus/pci/devices/*; do
		[ -e $d ] && echo "$($b basename $d) $($b cat $d/vendor) $($b cat $d/device) $($b cat $d/class)"
	done
fi
if want dmesg; then
	echo "=== dmesg"
	$b dmesg -r
fi
if want acpi; then
	for t in /sys/firmware/acpi/tables/[A-Z]*; do
		[ -e $t ] || continue
		echo "=== acpi:$($b basename $t)"
		$b base64 $t
	done
fi
if want fpdt; then
	table=/sys/firmware/acpi/tables/FPDT
	echo "=== fpdt"
	if [ -e $table ]; then
		# offset 44: the address of the record, in reserved memory
		at=$($b od -An -t u8 -j 44 -N 8 $table)
		$b base64 $table | $b tr -d '\n'
		echo
		$b dd if=/dev/mem bs=8 skip=$((at / 8)) count=7 2>/dev/null | $b base64 | $b tr -d '\n'
		echo
	fi
	for f in /sys/firmware/acpi/fpdt/boot/*; do
		[ -e $f ] && echo "$($b basename $f) $($b cat $f)"
	done
fi
if want dmi; then
	echo "=== dmidecode"
	/bin/dmidecode 2>&1
fi
if want facts; then
	echo "=== facts"
	echo "cpus $($b grep -c ^processor /proc/cpuinfo)"
	$b sed -n 's/^MemTotal: */memtotal /p' /proc/meminfo
	[ -e /proc/mtrr ] && $b cat /proc/mtrr
fi
if want parts; then
	echo "=== parts"
	for f in /part-*; do
		[ -e $f ] && echo "${f#/part-}: $($b cat $f)"
	done
	$b dmesg | $b sed -n 's/.*RAMDISK: /ramdisk: /p'
fi
if want edd; then
	# boot_params: numbers of drives and of signatures, two signatures, the first drive's answer of AH=48h
	echo "=== edd"
	for field in "x1 -j 489 -N 2" "x4 -j 656 -N 8" "x1 -j 3328 -N 82"; do
		$b od -An -v -t $field /sys/kernel/boot_params/data | $b tr -d '\n'
		echo
	done
fi
if want sleep || want rtcwake; then
	# Three times to memory; who wakes it is the host, or the clock.
	echo "=== sleep"
	for n in 1 2 3; do
		echo "sleep: $n"
		if want rtcwake; then
			/bin/rtcwake -m mem -s 3 >/dev/null
		else
			echo mem >/sys/power/state
		fi
		echo "awake: $n, $?"
	done
	echo "online $($b cat /sys/devices/system/cpu/online)"
	[ -e /proc/mtrr ] && $b cat /proc/mtrr
	$b dmesg -r | $b sed '1,/suspend entry/d' | $b grep -E "ACPI.*(Error|error)|BUG|WARN|failed" | $b sed 's/^/complaint: /'
fi
if want plug; then
	# Waits until a pci-testdev is there that was plugged in now, and switches it on.
	echo "=== plug"
	echo "plug: ready"
	n=0
	while [ $n -lt 200 ]; do
		for d in /sys/bus/pci/devices/*; do
			[ "$($b cat $d/device)" = 0x0005 ] || continue
			echo 1 >$d/enable
			echo "plugged: command $($b od -An -t x2 -j 4 -N 2 $d/config)"
			$b sed -n '1,2s/^/plugged: /p' $d/resource
			n=200
		done
		n=$((n + 1))
		$b usleep 50000
	done
fi
echo "=== end"
[ -d /sys/firmware/acpi/tables ] && ! want reboot && $b poweroff -f
$b reboot -f

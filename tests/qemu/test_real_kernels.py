# SPDX-License-Identifier: BSD-2-Clause
"""Kernels of others, as -kernel takes them: Debian's by PVH and Xen with it by multiboot to user space, GNU Mach up to the
want of a program, memtest86+ into its tests."""
import gzip
import re
import subprocess

import pytest

import debian
import media
import network_media as network
import vm as qemu
from test_debian import OWN_TIME

WORDS = "console=ttyS0 quiet panic=-1 reboot=t show=nothing"


def release(kernel):
    return kernel.name.removeprefix("vmlinuz-") if kernel.name != "vmlinuz" else kernel.parent.name


def reaches_user_space(result, kernel):
    found = debian.sections(result.serial)
    assert result.code == 0 and list(found) == ["userspace", "end"], str(result)
    assert release(kernel) in found["userspace"], str(result)        # with empty lines around, under Xen


@pytest.mark.parametrize("machine, kind", [("microvm", "cloud"), ("pc", "cloud"), ("q35", "cloud"), ("q35", "full")])
def test_debians_kernel_by_pvh(machine, kind):
    """Unpacked before, so without its own loader: it finds its segments whole, command line, initrd, memory and tables."""
    kernel = debian.kernel() if kind == "cloud" else debian.kernel_with_modules([])[0]
    result = qemu.run(120, machine=machine, memory="256", kernel=debian.vmlinux(kernel), initrd=debian.initramfs(),
                      append=WORDS, args=OWN_TIME)
    line = r"boot: kernel: PVH, \d+ bytes at 0x1000000, entry 0x[1-4]\w{6}; initrd: \d+ bytes at 0x"
    assert re.search(line, result.log), str(result)
    reaches_user_space(result, kernel)


def rows_of(text, pattern):
    return [tuple(int(x, 16) for x in m.groups()) for m in re.finditer(pattern, text)]


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_xen_with_linux_by_multiboot(machine, tmp_path):
    """Two modules with what stands behind their names. Xen asks INT 15h in real mode for the map, by which it finds all
    memory but the firmware's; on q35 Linux reaches its user space upon it, and both switch the machine off by ACPI."""
    bzimage, _ = debian.kernel_with_modules([])
    kernel, xen = debian.vmlinux(bzimage), tmp_path / "xen"
    xen.write_bytes(network.xen())
    with qemu.VM(machine=machine, memory="512", kernel=xen, append="console=com1 com1=115200,8n1 dom0_mem=256M",
                 initrd=f"{kernel} console=hvc0 quiet panic=-1 show=nothing,{debian.initramfs()}") as vm:
        vm.start()
        assert vm.wait_text("Dom0 alloc", timeout=60) and "Xen-e820 RAM map" in vm.text("serial"), str(vm.finish(0))
        result = vm.finish(90 if machine == "q35" else 0)
    assert "boot: kernel: multiboot" in result.log and "modules: 2\n" in result.log, str(result)
    rows = rows_of(result.serial, r"\(XEN\)  \[(?:mem )?(\w+), (\w+)\] \(usable\)")
    assert rows[:1] == [(0, 0x9fbff)] and rows[1][0] == 0x100000 and 510 << 20 < rows[1][1] < 512 << 20, str(result)
    # The first module's segments:
    assert re.search(r"Dom0 kernel: 64-bit.* paddr 0x\w+ -> ", result.serial), str(result)
    if machine == "q35":
        reaches_user_space(result, bzimage)


def test_gnu_mach_by_multiboot(tmp_path):
    """A kernel of 64 bits, whose first code is of 32, as QEMU wants the file to be: that is made of it. With no module it has
    nothing to do, says so, and waits for a key."""
    package = network.newest(r"gnumach-image-([\d.]+)-(?:amd64|486)")
    plain, kernel = tmp_path / "plain", tmp_path / "gnumach"
    plain.write_bytes(gzip.decompress(media.unpacked(package, "boot/gnumach-*.gz").read_bytes()))
    if subprocess.run(["objcopy", "-O", "elf32-i386", plain, kernel], stderr=subprocess.DEVNULL).returncode:
        raise qemu.Absent(f"objcopy makes no ELF file of 32 bits of the kernel of {package}")
    with qemu.VM(memory="512", kernel=kernel, append="console=com0") as vm:
        vm.start()
        reached = vm.wait_text("No bootstrap code loaded with the kernel!", timeout=60)
        result = vm.finish(0)
    assert reached and re.search("boot: kernel: multiboot, .*, modules: 0\n", result.log), str(result)
    rows = rows_of(result.serial, r"biosmem: (\w+):(\w+), available")
    (low, low_end), (high, high_end) = rows[:2]
    assert (low, high) == (0, 0x100000) and 0x9f000 <= low_end <= 0x9fc00 and high_end > 510 << 20, str(result)


@pytest.mark.parametrize("name", ["x64", "ia32"])
def test_memtest_by_its_own_boot_protocol(name):
    """No Linux, but with its header: on the serial port it says which memory it tests."""
    kernel = media.unpacked("memtest86+", f"boot/memtest86+{name}.bin")
    with qemu.VM(memory="128", kernel=kernel, append="console=ttyS0,115200") as vm:
        vm.start()
        reached = vm.wait_text(" of 127M", timeout=60)
        result = vm.finish(0)
    assert reached and "Memtest86+" in result.serial, str(result)
    assert re.search(r"boot: kernel: .*0x100000", result.log) and "genroms/linuxboot" not in result.log, str(result)

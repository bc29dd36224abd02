# SPDX-License-Identifier: BSD-2-Clause
"""Boot loaders of Debian's packages, installed on disks and CDs, up to where a user wants to be: a kernel that has its initrd
whole, a boot sector that finds the drives as the loader was told to number them."""
import functools

import pytest

import conftest
import debian
import loader_media as loaders
import vm as qemu

GRUB_CFG = """serial --unit=0
terminal_output serial
set timeout=0
menuentry it {{
{}
}}
"""
IDE, VIRTIO = "ide-hd", "virtio-blk-pci"      # the first is on AHCI on q35


def grub_cfg(command, append):
    return GRUB_CFG.format(f"{command} /vmlinuz {append}\ninitrd{command[5:]} /initrd.gz")


def grub(scheme, command):
    return lambda folder, files, append: loaders.grub_disk(folder, scheme, grub_cfg(command, append), files)


def syslinux(scheme):
    return lambda folder, files, append: loaders.syslinux_disk(
        folder, scheme, {"syslinux.cfg": loaders.syslinux_config(append=append), **files})


def extlinux(folder, files, append):
    return loaders.extlinux_disk(folder, {"extlinux.conf": loaders.syslinux_config(append=append), **files})


def isolinux(hybrid):
    return lambda folder, files, append: loaders.isolinux_cd(
        folder, {"isolinux/isolinux.cfg": loaders.syslinux_config(append=append), **files}, hybrid)


def behind_mbr(folder, files, append):
    return loaders.install_mbr(syslinux("mbr")(folder, files, append), "-i", "n", "-t", "0")


# What makes the medium, and by which entry the kernel is entered.
LOADERS = {
    "grub-mbr": (grub("mbr", "linux"), 32), "grub-gpt": (grub("gpt", "linux"), 32),
    "grub-mbr-16": (grub("mbr", "linux16"), 16), "grub-gpt-16": (grub("gpt", "linux16"), 16),
    "syslinux-mbr": (syslinux("mbr"), 16), "syslinux-gpt": (syslinux("gpt"), 16), "syslinux-behind-mbr": (behind_mbr, 16),
    "extlinux": (extlinux, 16), "isolinux": (isolinux(False), 16), "isolinux-hybrid": (isolinux(True), 16),
}


def drive(file, device, number=0):
    kind = ",media=cdrom" if device == "ide-cd" else ""
    return ["-drive", f"file={file},format=raw,if=none,snapshot=on,id=d{number}{kind}", "-device",
            f"{device},drive=d{number},bootindex={number + 1}"]


# What our kernel finds other than when a firmware starts it: facts of the loaders, as under SeaBIOS.
LOADERS_WAYS = ("the setup header is copied", "type_of_loader is 0xb0", "behind the memory map all is 0", "boot_params names the same RSDP",
                "setup code: CS is DS + 0x20")


@pytest.mark.parametrize("name, machine, device", [
    *((name, machine, VIRTIO) for name in LOADERS if name != "isolinux" for machine in ("pc", "q35")),
    *(("isolinux", machine, "ide-cd") for machine in ("pc", "q35")),
    ("grub-mbr", "q35", IDE), ("grub-gpt-16", "pc", IDE), ("syslinux-mbr", "pc", IDE), ("extlinux", "q35", IDE)])
def test_a_loader_starts_a_kernel_with_an_initrd(name, machine, device, tmp_path):
    make, entry = LOADERS[name]
    image = make(tmp_path, {"vmlinuz": qemu.GUESTS / "check.bzImage", "initrd.gz": conftest.make_initrd(conftest.MIB)}, "ram=128 initrd")
    result = qemu.run(60, machine=machine, memory="128", args=drive(image, device))
    tap = conftest.Tap(result.serial)
    failed = [line for line in tap.failed if not any(way in line for way in LOADERS_WAYS)]
    assert tap.boots == 1 and not failed, f"{failed}\n{result}"
    assert tap.facts["entry"] == [str(entry)], result
    for what in ("initrd's checksum is right", "the kernel's checksum is right", "A20 is on"):
        assert any(line.startswith("ok ") and what in line for line in tap.lines), f"{what}?\n{result}"


@functools.lru_cache(None)
def debians_kernel():
    return {"vmlinuz": debian.kernel(), "initrd.gz": debian.initramfs()}


@pytest.mark.parametrize("name, machine, device, words", [
    ("grub-mbr", "pc", VIRTIO, ""), ("grub-gpt", "q35", IDE, ""), ("grub-gpt-16", "pc", IDE, "vga=0x317"),
    ("grub-mbr-16", "q35", VIRTIO, "vga=0x317"), ("isolinux", "q35", "ide-cd", ""), ("syslinux-gpt", "pc", VIRTIO, "")])
def test_a_loader_starts_linux_to_user_space(name, machine, device, words, tmp_path):
    """Entered at 16 bits, its setup asks for the memory map, looks at the disks and sets the screen's mode (vga=) by interrupts."""
    make, entry = LOADERS[name]
    image = make(tmp_path, debians_kernel(), f"console=ttyS0 show=dmesg {words}")
    result = qemu.run(90, machine=machine, memory="256", args=[*drive(image, device), "-device", "VGA"])
    found = debian.sections(result.serial)
    assert result.code == 0 and "end" in found and found["userspace"], result
    dmesg = "\n".join(found["dmesg"])
    assert dmesg.count("BIOS-e820: ") > 5, result
    assert ("Console: colour dummy device" in dmesg) == bool(words), result       # else it is the VGA's text

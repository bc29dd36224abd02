# SPDX-License-Identifier: BSD-2-Clause
"""Debian's kernel to user space from every controller, as users have it: from a disk by GRUB, entered at 32 bits, and from a CD by
isolinux, entered at 16, where the controller has CDs; on pc, q35 and a microvm. A controller that has both does one on pc and
the other on q35, since a boot takes four seconds; REAL_BOOTS=all in the environment does all."""
import os

import pytest

import debian
import vm as qemu
from test_debian import OWN_TIME, TOO_BUSY
from test_loaders import drive, grub, isolinux

ALL = os.environ.get("REAL_BOOTS") == "all"
WORDS = "console=ttyS0 quiet panic=-1 reboot=t show=nothing"

# Adapters, and what follows the name of the drive's device. The first two are for the machine that does not have its own.
ADAPTERS = {
    ("pc", "ide"): ("ide-", ""), ("q35", "ide"): ("piix4-ide,id=a+ide-", ",bus=a.0"),
    ("q35", "ahci"): ("ide-", ""), ("pc", "ahci"): ("ich9-ahci,id=a+ide-", ",bus=a.0"),
    **{(machine, name): (f"{adapter}+scsi-", "") for machine in ("pc", "q35") for name, adapter in (
        ("virtio-scsi", "virtio-scsi-pci"), ("lsi", "lsi53c895a"), ("am53c974", "am53c974"), ("megasas", "megasas"),
        ("megasas-gen2", "megasas-gen2"), ("pvscsi", "pvscsi"), ("mptsas", "mptsas1068"))},
    ("microvm", "virtio-scsi"): ("virtio-scsi-device+scsi-", ""),
}
DISKS_ALONE = {
    **{(machine, name): device for machine in ("pc", "q35") for name, device in (
        ("virtio-blk", "virtio-blk-pci"), ("nvme", "nvme,serial=1"), ("sd", "sdhci-pci+sd-card"))},
    ("microvm", "virtio-blk"): "virtio-blk-device",
}
NAMES = list(dict.fromkeys(name for _, name in [*ADAPTERS, *DISKS_ALONE]))


def boots(kind):
    """(machine, device) of the boots from disks ("hd") or CDs ("cd")."""
    found = {place: f"{front}{kind}{bus}" for place, (front, bus) in ADAPTERS.items()} | (DISKS_ALONE if kind == "hd" else {})
    for (machine, name), device in found.items():
        turn = ("pc", "q35")[(NAMES.index(name) + (kind == "cd")) % 2]
        if ALL or machine in (turn, "microvm"):
            yield pytest.param(machine, device, id=f"{machine}-{name}")


@pytest.fixture(scope="module")
def medium(tmp_path_factory):
    """medium(make) is what that makes, once."""
    made = {}

    def of(make):
        if make not in made:
            made[make] = make(tmp_path_factory.mktemp("medium"), {"vmlinuz": debian.kernel(), "initrd.gz": debian.initramfs()}, WORDS)
        return made[make]
    return of


by_grub, by_isolinux = grub("mbr", "linux"), isolinux(False)


def reaches_user_space(machine, device, image):
    """Where a busy host keeps the kernel from measuring its clock, which on a microvm is the end, the processor's own time is the clock."""
    args = drive(image, device)
    if "sd-card" in device:
        args[-1] = args[-1].replace(",bootindex=1", "")       # it has none
    own = OWN_TIME if machine == "microvm" else []
    result = qemu.run(60, machine=machine, memory="256", args=[*args, *own])
    if not own and TOO_BUSY.search(result.serial):
        result = qemu.run(60, machine=machine, memory="256", args=[*args, *OWN_TIME])
    found = debian.sections(result.serial)
    assert result.code == 0 and list(found) == ["userspace", "end"], str(result)      # it was told to show nothing
    assert debian.kernel().name == f"vmlinuz-{found['userspace'][0]}" or debian.kernel().parent.name == found["userspace"][0], str(result)
    assert "unpacking failed" not in result.serial, str(result)


@pytest.mark.parametrize("machine, device", boots("hd"))
def test_grub_starts_debians_kernel_from_each_disk(machine, device, medium):
    reaches_user_space(machine, device, medium(by_grub))


@pytest.mark.parametrize("machine, device", boots("cd"))
def test_isolinux_starts_debians_kernel_from_each_cd(machine, device, medium):
    reaches_user_space(machine, device, medium(by_isolinux))

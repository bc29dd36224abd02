# SPDX-License-Identifier: BSD-2-Clause
"""Virtio devices of a microvm in their slots: found by ACPI, by a kernel's command line, or where QEMU has them; SCSI units
behind them, and their boot order."""
import struct

import pytest

import test_boot_order
import vm as qemu
from test_boot_order import GIVES_UP

NOWHERE = "virtio_mmio.device=512@0x1000:5"     # is told in the log where a command line is read
INIT_SIZE = 0x260       # of a kernel: more memory than there is, and what comes behind the kernel is booted
HOW = {     # machine, is there a kernel
    "acpi": ("microvm", False),
    "acpi, one I/O APIC": ("microvm,ioapic2=off", False),
    "acpi and a kernel": ("microvm", True),
    "command line": ("microvm,acpi=off", True),
    "fixed base": ("microvm,acpi=off", False),
}
SCSI = "virtio-scsi-device,id=host"


def boot(folder, machine, devices, kernel=False, version=1):
    """The letters that were booted, and the log. devices: (letter or None, QEMU's option)."""
    args = ["-global", f"virtio-mmio.force-legacy={'on' if version == 1 else 'off'}", "-boot", "reboot-timeout=1"]
    for letter, device in devices:
        if letter:
            kind = "cd" if "cd" in device else "hd"
            args += ["-blockdev", test_boot_order.node(folder, letter, kind, None, GIVES_UP), "-device", f"{device},drive={letter}"]
        else:
            args += ["-device", device]
    how = {}
    if kernel:
        data = bytearray((qemu.GUESTS / "sleeper.bzImage").read_bytes())
        struct.pack_into("<I", data, INIT_SIZE, 0xF0000000)
        (folder / "kernel").write_bytes(data)
        how = {"kernel": folder / "kernel", "append": NOWHERE}
    with test_boot_order.start("slipway", machine, args, **how) as vm:
        result = vm.run(30)
        return vm.text("console"), result


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("how", HOW)
def test_slots_are_found(how, version, tmp_path):
    machine, kernel = HOW[how]
    devices = [("C", "virtio-blk-device,bootindex=2"), (None, SCSI), ("S", "scsi-hd,bus=host.0,scsi-id=200,lun=5,bootindex=1"),
               ("D", "scsi-cd,bus=host.0,scsi-id=3,bootindex=3"), ("E", "virtio-blk-device,bootindex=4")]
    letters, result = boot(tmp_path, machine, devices, kernel, version)
    assert letters == "SCDE", result
    assert ("virtio: command line: slot of 200 bytes at 1000" in result.log) == (how == "command line"), result


@pytest.mark.parametrize("machine", ["microvm", "microvm,acpi=off"])
def test_without_an_order_slots_are_in_that_of_the_devices(machine, tmp_path):
    devices = [("C", "virtio-blk-device"), (None, SCSI), ("S", "scsi-hd,bus=host.0,scsi-id=9"), ("T", "scsi-hd,bus=host.0,scsi-id=7,lun=1"),
               ("E", "virtio-blk-device")]
    letters, result = boot(tmp_path, machine, devices)
    assert letters == "CTSE", result


def test_every_slot_may_hold_a_disk(tmp_path):
    names = "ABCDEFGHIJKLMNOPQRSTUVWX"
    letters, result = boot(tmp_path, "microvm", [(letter, "virtio-blk-device") for letter in names])
    assert letters == names, result

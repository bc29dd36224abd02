# SPDX-License-Identifier: BSD-2-Clause
"""Suspend to RAM and wake: our checking kernel compares all it can see (tests/guests/check/sleep.c), a distribution's
kernel goes on, several times in a row."""
import re

import pytest

import debian
import uki
import vm as qemu
from conftest import MIB, Tap, make_initrd, words_for
from test_protocol import PORTS
from test_reset import Qmp

ID = "324e6eaf-d1d1-4bf6-bf41-b9bb6c91fb87"
ON = {"pc": ["-global", "PIIX4_PM.disable_s3=0"], "q35": ["-global", "ICH9-LPC.disable_s3=0"]}


def wake(vm, qmp, times, asleep, awake, timeout=60):
    """The n-th of times: what the guest prints before it sleeps and when it is awake. Woken when QEMU says it sleeps."""
    for n in range(1, times + 1):
        assert vm.wait_text(asleep.format(n), timeout=timeout), vm.finish(0)
        end = qemu.now() + timeout
        while qmp.command("query-status")["return"]["status"] != "suspended":
            assert qemu.now() < end and vm.process.poll() is None, vm.finish(0)
            qemu.sleep(0.02)
        qmp.command("system_wakeup")
        assert vm.wait_text(awake.format(n), timeout=timeout), vm.finish(0)


CHECKED = {
    "pc": {}, "q35": {"machine": "q35"},
    "pc-flat": {"append": " wake=flat"}, "q35-flat": {"machine": "q35", "append": " wake=flat"},
    "pc-4-cpus": {"args": ["-smp", "4"]}, "q35-4-cpus": {"machine": "q35", "args": ["-smp", "4"]},
    "pc-64-cpus": {"args": ["-smp", "64"]}, "q35-64-cpus": {"machine": "q35", "args": ["-smp", "64"]},
    "pc-vmgenid": {"args": ["-device", f"vmgenid,guid={ID}"]},
    "q35-vmgenid": {"machine": "q35", "args": ["-device", f"vmgenid,guid={ID}"]},
    "pc-port": {"args": ["-global", "fw_cfg.dma_enabled=off"]},
    "q35-pflash": {"machine": "q35", "pflash": True},
    "q35-vga": {"machine": "q35", "args": ["-device", "VGA"]},
    "pc-cpu-max": {"args": ["-cpu", "max"]},
}

BIOS_BOOT = ["-fw_cfg", "name=opt/org.slipway/native,string=off"]
DISKS = ["-drive", "if=none,id=d,format=raw,file.driver=null-co,file.size=16M,file.read-zeroes=on", "-device", "virtio-blk-pci,drive=d",
         "-device", "e1000"]

# By QEMU's option ROM: as everything that is booted from a medium.
CHECKED |= {
    "pc-bios": {"args": [*BIOS_BOOT, *DISKS, "-device", "VGA"], "append": " pci display"},
    "q35-bios": {"machine": "q35", "args": [*BIOS_BOOT, *DISKS, "-device", "VGA"], "append": " pci display"},
    "q35-bios-ports": {"machine": "q35", "args": [*BIOS_BOOT, *PORTS, "-device", "VGA"], "append": " pci display"},
    "pc-bios-bridge": {"args": [*BIOS_BOOT, "-device", "pci-bridge,id=br,chassis_nr=1", "-device", "VGA,bus=br,addr=1", "-device",
                                "e1000,bus=br,addr=2"], "append": " pci display"},
    "pc-bios-cirrus": {"args": [*BIOS_BOOT, "-device", "cirrus-vga"], "append": " pci display"},
    "q35-bios-virtio": {"machine": "q35", "args": [*BIOS_BOOT, "-device", "virtio-vga"], "append": " pci display"},
    "pc-bios-isa": {"args": [*BIOS_BOOT, "-device", "isa-vga"], "append": " pci display"},
    "q35-bios-painted": {"machine": "q35", "args": [*BIOS_BOOT, "-device", "bochs-display"], "append": " pci"},    # no VGA's registers
    "pc-bios-no-vga": {"args": [*BIOS_BOOT, *DISKS], "append": " pci"},
    "q35-bios-off": {"machine": "q35", "args": [*BIOS_BOOT, "-device", "VGA"], "off": True,
                     "append": " pci display=lost"},
}


@pytest.mark.parametrize("name", CHECKED)
def test_a_sleeper_finds_everything_as_it_was(name, tmp_path):
    how = {"machine": "pc", "args": [], "append": "", **CHECKED[name]}
    machine, args = how.pop("machine"), [*ON[how.get("machine", CHECKED[name].get("machine", "pc"))], *how.pop("args")]
    if how.pop("off", False):
        (tmp_path / "zero").write_bytes(b"\0")
        args += ["-fw_cfg", f"name=etc/s3-resume-vga-init,file={tmp_path / 'zero'}"]
    append = words_for("128", args, True, f"sleep=3{how.pop('append')}")
    with qemu.VM(machine=machine, memory="128", qmp=True, no_reboot=False, args=args, kernel=qemu.GUESTS / "check.bzImage",
                 initrd=make_initrd(MIB), append=append, **how) as vm:
        vm.start()
        with Qmp(vm) as qmp:
            wake(vm, qmp, 3, "# sleep {}\n", "vmgenid told")
            result = vm.finish(60)
    tap = Tap(result.serial)
    assert not tap.failed, f"{tap.failed}\n{result}"
    assert result.code == qemu.EXIT_PASS and result.serial.count("# fact vmgenid told") == 3, str(result)
    assert result.log.count("resume: S3 wake") == 3, str(result)
    if "vmgenid" in name:
        assert result.serial.count("# fact vmgenid told 1") == 3, str(result)


def entry(bits):
    return ["-fw_cfg", f"name=opt/org.slipway/entry,string={bits}"]


GUESTS = {
    "pc": {}, "q35": {"machine": "q35"},
    "pc-4-cpus": {"args": ["-smp", "4"]}, "q35-4-cpus": {"machine": "q35", "args": ["-smp", "4"]},
    "pc-5g": {"memory": "5120"}, "q35-5g-vmgenid": {"machine": "q35", "memory": "5120", "args": ["-device", f"vmgenid,guid={ID}"]},
    "q35-ports": {"machine": "q35", "args": [*PORTS, "-device", "VGA"]},
    "pc-bridge": {"args": ["-device", "pci-bridge,id=br,chassis_nr=1", "-device", "e1000,bus=br,addr=1"]},
    # Entered otherwise: what a kernel knows of the machine it has from elsewhere then.
    "pc-entry-16": {"args": entry(16)}, "q35-entry-16": {"machine": "q35", "args": entry(16)},
    "q35-entry-64": {"machine": "q35", "args": ["-cpu", "max", *entry(64)]},
    "q35-uki": {"machine": "q35", "form": "uki"},
}


def start_of(form, append, folder):
    """Debian's kernel in a form, with its initrd: arguments of VM()."""
    kernel, initrd = debian.kernel(), debian.initramfs()
    if form == "uki":
        return {"kernel": uki.make(folder / "uki", {".cmdline": append.encode(), ".initrd": initrd.read_bytes(), ".linux": kernel.read_bytes()})}
    return {"kernel": debian.vmlinux(kernel) if form == "pvh" else kernel, "initrd": initrd, "append": append}


# That it was.
HOW_STARTED = {"pc-entry-16": "16-bit entry, pro", "q35-entry-16": "16-bit entry, pro", "q35-entry-64": "64-bit entry, page",
               "q35-uki": "kernel: UKI: "}


@pytest.mark.parametrize("name", GUESTS)
def test_linux_goes_on(name, tmp_path):
    """Not with 64 processors: on an emulator's two it takes minutes to start, under any firmware. What it says of its memory types and processors before and behind, and three times in a row."""
    how = {"machine": "pc", "memory": "256", "args": [], "form": "bzimage", **GUESTS[name]}
    machine = how["machine"]
    what = start_of(how["form"], "console=ttyS0 panic=-1 quiet show=facts,sleep no_console_suspend", tmp_path)
    with qemu.VM(machine=machine, memory=how["memory"], qmp=True, args=[*ON[machine], *how["args"]], **what) as vm:
        vm.start()
        with Qmp(vm) as qmp:
            wake(vm, qmp, 3, "sleep: {}", "awake: {}, 0", timeout=180)
            result = vm.finish(120)
    sections = debian.sections(result.serial)
    assert "end" in sections and result.log.count("resume: S3 wake") == 3, str(result)
    before = [line for line in sections["facts"] if line.startswith("reg")]
    assert [line for line in sections["sleep"] if line.startswith("reg")] == before, str(result)
    cpus = re.search(r"-smp (\d+)", " ".join(how["args"]))
    assert (f"online 0-{int(cpus[1]) - 1}" if cpus else "online 0") in sections["sleep"], str(result)
    assert not [line for line in sections["sleep"] if line.startswith("complaint:")], str(result)
    assert re.search(HOW_STARTED.get(name, ""), result.log), str(result)


def test_who_was_started_by_pvh_is_told_what_qemu_does_to_him(tmp_path):
    """QEMU loads such a kernel at every reset, that of a wake included, over what it has become: with SeaBIOS it ends the same way."""
    what = start_of("pvh", "console=ttyS0 panic=-1 quiet show=sleep no_console_suspend", tmp_path)
    with qemu.VM(memory="256", machine="pc", qmp=True, args=ON["pc"], **what) as vm:
        vm.start()
        with Qmp(vm) as qmp:
            assert vm.wait_text("sleep: 1", timeout=180), vm.finish(0)
            end = qemu.now() + 60
            while qmp.command("query-status")["return"]["status"] != "suspended":
                assert qemu.now() < end and vm.process.poll() is None, vm.finish(0)
                qemu.sleep(0.02)
            qmp.command("system_wakeup")
            result = vm.finish(5)
    assert re.search("resume: S3 wake\n.*QEMU has loaded the PVH kernel anew.*\n.*the guest goes on", result.log), str(result)


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_linux_is_woken_by_its_clock(machine):
    if not debian.has_rtcwake():
        raise qemu.Absent("rtcwake is not installed")
    with qemu.VM(machine=machine, memory="256", args=ON[machine], kernel=debian.kernel(), initrd=debian.initramfs(),
                 append="console=ttyS0 panic=-1 quiet show=rtcwake") as vm:
        result = vm.run(120)
    assert "awake: 3, 0" in result.serial and "end" in debian.sections(result.serial), str(result)
    assert result.log.count("resume: S3 wake") == 3, str(result)

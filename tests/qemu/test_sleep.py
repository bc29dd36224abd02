# SPDX-License-Identifier: BSD-2-Clause
"""Suspend to RAM and wake: our checking kernel compares all it can see (tests/guests/check/sleep.c), a distribution's
kernel goes on, several times in a row."""
import re

import pytest

import debian
import vm as qemu
from conftest import MIB, Tap, make_initrd, words_for
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
    "pc-vmgenid": {"args": ["-device", f"vmgenid,guid={ID}"]},
    "q35-vmgenid": {"machine": "q35", "args": ["-device", f"vmgenid,guid={ID}"]},
    "pc-port": {"args": ["-global", "fw_cfg.dma_enabled=off"]},
    "q35-pflash": {"machine": "q35", "pflash": True},
    "q35-vga": {"machine": "q35", "args": ["-device", "VGA"]},
    "pc-cpu-max": {"args": ["-cpu", "max"]},
}


@pytest.mark.parametrize("name", CHECKED)
def test_a_sleeper_finds_everything_as_it_was(name):
    how = {"machine": "pc", "args": [], "append": "", **CHECKED[name]}
    machine, args = how.pop("machine"), [*ON[how.get("machine", CHECKED[name].get("machine", "pc"))], *how.pop("args")]
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

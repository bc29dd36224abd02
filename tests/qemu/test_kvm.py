# SPDX-License-Identifier: BSD-2-Clause
"""The checking guest under KVM, where /dev/kvm opens and a virtual processor really runs: some
mistakes hang only there (a ROM descriptor without its accessed bit, a task register loaded from
ROM), and the other processors' memory types survive INIT only there."""
import functools

import pytest

import vm as qemu
from conftest import Tap, make_initrd, words_for


@functools.lru_cache(None)
def kvm_limits():
    """What SeaBIOS fails on this host's KVM: the host's doing. Raises Absent without a KVM that runs."""
    qemu.need_kvm("pc")
    result = run("seabios", "pc", ["-smp", "2"])
    if result.code is None or "1.." not in result.serial:
        raise qemu.Absent("SeaBIOS does not run under this KVM either")
    return {line.split(" - ", 1)[1] for line in Tap(result.serial).failed}


def run(bios, machine, args):
    with qemu.VM(bios=bios, machine=machine, memory="256", accel="kvm", args=args,
                 kernel=qemu.GUESTS / "check.bzImage", initrd=make_initrd(65536),
                 append=words_for("256", args, True, "kvm noacpi" if machine == "isapc" else "kvm")) as vm:
        vm.start()
        end = qemu.now() + 30
        # A processor that KVM gives up on stays paused: no need to wait for that.
        while vm.process.poll() is None and qemu.now() < end and "internal error" not in vm.text("stderr"):
            qemu.sleep(0.05)
        return vm.finish(0.5)


@pytest.mark.parametrize("machine, args", [
    ("pc", []), ("q35", []), ("microvm", []), ("isapc", []), ("pc", ["-smp", "2"]), ("q35", ["-smp", "2"]),
    # A KVM inside a KVM may offer that register and refuse it then; no firmware reads it.
    ("pc", ["-cpu", "host,arch-capabilities=off"]),
    # Hidden, as libvirt does it, and behind the leaves of another hypervisor: still a KVM that may emulate code.
    ("pc", ["-cpu", "host,arch-capabilities=off,kvm=off"]),
    ("pc", ["-cpu", "host,arch-capabilities=off,hv_relaxed,hv_spinlocks=0x1fff"]),
    ("q35", ["-cpu", "host,arch-capabilities=off,-hypervisor"]),
    ("pc", ["-global", "fw_cfg.dma_enabled=off"]),
], ids=lambda x: x if isinstance(x, str) else "-".join(x).strip("-") or "plain")
def test_kvm(machine, args):
    limits = kvm_limits()
    qemu.need_kvm(machine, args)
    result = run("slipway", machine, args)
    tap = Tap(result.serial)
    bad = [line for line in tap.failed if line.split(" - ", 1)[1] not in limits]
    assert tap.boots == 1 and not bad, f"{bad}\n{result}"
    if limits:
        print(f"this KVM fails under SeaBIOS as well: {sorted(limits)}")


def test_kvm_behind_other_leaves_tells_its_clock():
    """hv_* flags move KVM's leaves to 0x40000100: what is told without them is told with them."""
    kvm_limits()
    cpu = "host,arch-capabilities=off"
    qemu.need_kvm("pc", ["-cpu", f"{cpu},hv_relaxed"])
    plain, behind = (run("slipway", "pc", ["-cpu", cpu + flags]) for flags in ("", ",hv_relaxed"))
    assert "report: rate: TSC" in plain.log, str(plain)
    if "# hypervisor KVM" in behind.serial:
        raise qemu.Absent("this KVM has no Hyper-V leaves to stand behind")
    if "measured over" in plain.log:
        raise qemu.Absent("this KVM does not tell the rate of its clock")
    assert "report: rate: TSC" in behind.log and "measured over" not in behind.log, str(behind)


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_feature_control_is_no_promise_of_the_host(machine, tmp_path):
    """etc/msr_feature_control, which libvirt may write, on a processor that lacks the MSR: a touch is #GP."""
    limits = kvm_limits()
    cpu = ["-cpu", "host,arch-capabilities=off,-vmx,-smx"]
    qemu.need_kvm(machine, cpu)
    file = tmp_path / "value"
    file.write_bytes((5).to_bytes(8, "little"))
    result = run("slipway", machine, [*cpu, "-fw_cfg", f"name=etc/msr_feature_control,file={file}"])
    tap = Tap(result.serial)
    bad = [line for line in tap.failed if line.split(" - ", 1)[1] not in limits]
    assert tap.boots == 1 and not bad, f"{bad}\n{result}"
    assert "not a value for the MSR of this processor, which has bits 0x0" in result.log, str(result)

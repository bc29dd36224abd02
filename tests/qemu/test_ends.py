# SPDX-License-Identifier: BSD-2-Clause
"""Starts that are not a boot and boots that fail: what is said, and what the host sees."""
import re

import pytest

import vm as qemu
from conftest import make_initrd, words_for
from test_reset import Qmp

MIB = 1 << 20


@pytest.mark.parametrize("machine", ["pc", "q35", "microvm"])
def test_nothing_to_boot_is_a_pvpanic_event(machine):
    """Without a kernel: a line with the reason, and QEMU ends as it does when a guest panics."""
    device = ["-device", "pvpanic"] if machine != "microvm" else []
    with qemu.VM(machine=machine, args=[*device, "-action", "panic=exit-failure"]) as vm:
        vm.start()
        assert vm.wait_text("boot: halted", "log", 20), vm.finish(0)
        if device:
            result = vm.finish(10)
            assert result.code == 1, str(result)
        else:
            assert vm.process.poll() is None


def test_without_a_debug_port_the_serial_port_has_the_whole_log():
    with qemu.VM(debug_port=False) as vm:
        vm.start()
        assert vm.wait_text("boot: halted", timeout=20), vm.finish(0)
        text = vm.text("serial")
    assert re.match(r"slipway: version \S+\n", text), text
    assert "boot: no kernel was given" in text


def test_a_boot_that_fails_restarts_after_the_time_that_was_asked_for():
    with qemu.VM(args=["-boot", "reboot-timeout=200", "-device", "pvpanic"], no_reboot=False) as vm:
        vm.start()
        assert vm.wait_text("boot: restart in 200 ms", "log", 20, count=3), vm.finish(0)
        assert "boot: halted" not in vm.text("log")


@pytest.mark.parametrize("machine", ["pc", "microvm"])
@pytest.mark.parametrize("timeout", [-1, 0, 2000, 65535])
def test_reboot_timeouts(timeout, machine):
    """QEMU's -boot reboot-timeout=: -1 never, else so many milliseconds, the longest being 65535."""
    with qemu.VM(machine=machine, args=["-boot", f"reboot-timeout={timeout}"], no_reboot=False) as vm:
        vm.start()
        said = "boot: halted" if timeout < 0 else f"boot: restart in {timeout} ms"
        began = vm.time_before(said)
        assert began, vm.finish(0)
        again = vm.wait_text("slipway: version", "log", 20 if 0 <= timeout < 10000 else 1, count=2)
        assert again == (0 <= timeout < 10000), vm.finish(0)
        assert not again or qemu.now() - began > 0.95 * timeout / 1000


@pytest.mark.parametrize("machine", ["microvm", "microvm,acpi=off", "pc", "q35"])
@pytest.mark.parametrize("accel", ["tcg", "kvm"])
def test_a_failed_boot_restarts_on_every_machine(machine, accel):
    """Where only a triple fault is left (microvm), KVM on some hosts stops the machine at the wrong one."""
    if accel == "kvm":
        qemu.need_kvm(machine)
    with qemu.VM(machine=machine, accel=accel, args=["-boot", "reboot-timeout=100"], no_reboot=False) as vm:
        vm.start()
        assert vm.wait_text("boot: restart in 100 ms", "log", 30, count=3), vm.finish(0)


def nmi_until_the_end(machine, args):
    """The log of a machine that gets one NMI after the other from the log's first line on. (Before its very first
    instruction nothing below 1 MiB is there, and no firmware can be.)"""
    with qemu.VM(machine=machine, qmp=True, args=args) as vm:
        vm.command.append("-S")
        vm.start()
        with Qmp(vm) as qmp:
            qmp.command("cont")
            end = qemu.now() + 30
            while not vm.text("log") and qemu.now() < end:
                pass
            while "boot: halted" not in vm.text("log") and vm.process.poll() is None and qemu.now() < end:
                for _ in range(10):
                    qmp.command("inject-nmi")
        return vm.text("log")


@pytest.mark.parametrize("machine, args", [
    # Without a local APIC, whose LVT is masked at first, every NMI reaches the processor.
    ("pc", ["-cpu", "qemu32,-apic"]), ("q35", ["-cpu", "qemu32,-apic"]), ("isapc", ["-cpu", "486"]),
    ("pc", []), ("microvm", []),
])
def test_an_nmi_in_post_is_counted_and_does_not_end_it(machine, args):
    counted = 0
    for _ in range(4):
        log = nmi_until_the_end(machine, args)
        assert "boot: halted" in log and "exception" not in log, log
        counted += "start: NMI: " in log
    assert counted or not args, "no NMI has come in time: the test shows nothing"


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_an_nmi_at_any_moment_after_a_reset(machine):
    """From the reset vector on, through the switch to protected mode: never a triple fault. (One before the first
    instruction comes back to F000:FFF0, since IRET gives CS another base, and that is one more reset.)"""
    with qemu.VM(machine=machine, qmp=True, no_reboot=False, args=["-cpu", "qemu32,-apic"]) as vm:
        vm.command += ["-d", "cpu_reset", "-D", f"{vm.folder}/resets"]
        vm.start()
        assert vm.wait_text("boot: halted", "log", 20), vm.finish(0)
        with Qmp(vm) as qmp:
            for n in range(2, 32):
                qmp.command("system_reset")
                end = qemu.now() + 20
                while vm.text("log").count("boot: halted") < n and qemu.now() < end:
                    for _ in range(20):
                        qmp.command("inject-nmi")
            log = vm.text("log")
        assert log.count("boot: halted") >= 31 and "exception" not in log, log[-2000:]
        assert "Triple fault" not in vm.text("resets")


@pytest.mark.parametrize("machine", ["pc", "q35", "microvm"])
def test_nmis_under_kvm(machine):
    """Some KVMs emulate code without paging, and know no IRET in protected mode: in POST and after a failed boot."""
    qemu.need_kvm(machine)
    with qemu.VM(machine=machine, accel="kvm", qmp=True, no_reboot=False) as vm:
        vm.start()
        with Qmp(vm) as qmp:
            for boots in (1, 2, 3):
                assert vm.wait_text("boot: halted", "log", 20, count=boots), vm.finish(0)
                for _ in range(10):
                    qmp.command("inject-nmi")
                    qemu.sleep(0.01)
                assert qmp.command("query-status")["return"]["status"] == "running", vm.text("log")
                qmp.command("system_reset")
                for _ in range(20):
                    qmp.command("inject-nmi")
        assert "exception" not in vm.text("log")


def test_shutdown_code_does_not_stop_the_next_boot():
    """QEMU clears every code but that of S3 at a reset; a host that does not gets the line of tests/unit/post."""
    with qemu.VM(memory="128", no_reboot=False, kernel=qemu.GUESTS / "check.bzImage", initrd=make_initrd(MIB),
                 append=words_for("128", [], True, "reboot=code boots=2")) as vm:
        result = vm.run(60)
    assert result.code == qemu.EXIT_PASS and "# end: boot 2" in result.serial, str(result)


def test_exception_in_post_is_reported(build):
    image = build({"EXCEPTION_TEST": "y"})
    for machine in ("pc", "q35", "microvm", "isapc"):
        with qemu.VM(bios=str(image), machine=machine) as vm:
            vm.start()
            assert vm.wait_text("exception: POST cannot go on", "log", 20), vm.finish(0)
            text = vm.text("log")
            assert vm.wait_text("exception: POST cannot go on", "serial", 20), vm.finish(0)
        assert re.search(r"exception: vector 6, error 0, at 10:fff[8-e][0-9a-f]{4}", text), text
        assert re.search(r"exception: eax [0-9a-f]{8} ebx ", text), text
        assert re.search(r"exception: called from fff[8-e][0-9a-f]{4}", text), text


def test_the_host_learns_of_an_exception(build):
    """A defect of the firmware ends like any other boot that fails: a pvpanic event, or a restart if that is wanted."""
    image = str(build({"EXCEPTION_TEST_LATE": "y"}))
    for machine in ("pc", "q35"):
        with qemu.VM(bios=image, machine=machine, args=["-device", "pvpanic", "-action", "panic=exit-failure"]) as vm:
            vm.start()
            assert vm.wait_text("exception: POST cannot go on", "log", 20), vm.finish(0)
            result = vm.finish(10)
        assert result.code == 1 and "boot: pvpanic event on port 0x505" in result.log, str(result)
    for machine in ("pc", "q35", "microvm"):
        with qemu.VM(bios=image, machine=machine, args=["-boot", "reboot-timeout=200"], no_reboot=False) as vm:
            vm.start()
            assert vm.wait_text("boot: restart in 200 ms", "log", 30, count=3), vm.finish(0)


def test_log_can_be_kept_from_the_debug_port(build):
    image = build({"DEBUG_PORT": "n"})
    with qemu.VM(bios=str(image), kernel=qemu.GUESTS / "check.bzImage", initrd=make_initrd(MIB),
                 append=words_for("512", [], True, "")) as vm:
        result = vm.run(60)
    assert result.code == qemu.EXIT_PASS and not result.log, str(result)


def test_native_launch_can_be_left_out(build):
    image = build({"NATIVE_LAUNCH": "n"})
    with qemu.VM(bios=str(image), kernel=qemu.GUESTS / "check.bzImage") as vm:
        vm.start()
        assert vm.wait_text("boot: genroms/linuxboot_dma.bin: ", "log", 20), vm.finish(0)
    # A condition of the user's that nobody sees to is not passed over.
    result = qemu.run(bios=str(image), kernel=qemu.GUESTS / "check.bzImage", timeout=60,
                      args=["-boot", "reboot-timeout=1", "-fw_cfg", f"name=opt/org.slipway/sha256-kernel,string={'0' * 64}"])
    assert "sha256-kernel is given, which QEMU's option ROM does not see to; not started by it" in result.log, result
    assert "TAP" not in result.serial, result


@pytest.mark.parametrize("option, machine", [("MACHINE_PC", "pc"), ("MACHINE_Q35", "q35"),
                                             ("MACHINE_MICROVM", "microvm")])
def test_machine_that_was_left_out_is_refused(build, option, machine):
    image = build({option: "n"})
    with qemu.VM(bios=str(image), machine=machine, kernel=qemu.GUESTS / "check.bzImage") as vm:
        vm.start()
        assert vm.wait_text("built without support for this machine", "log", 20), vm.finish(0)

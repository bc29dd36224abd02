# SPDX-License-Identifier: BSD-2-Clause
"""Every way to restart a PC, twenty times in a row, ends in a clean boot; so does a reset in the
middle of POST, and one behind which a guest left rubbish in devices and shadow RAM."""
import contextlib
import json
import random
import socket
import threading

import pytest

import vm as qemu
from conftest import MIB, Tap, boot_check, make_initrd, words_for

RESETS = ["-action", "reboot=reset"]
TIMES = 20


class Qmp:
    """QEMU's control socket: commands, and its end."""

    def __init__(self, vm):
        end = qemu.now() + 10
        while True:
            try:
                self.socket = socket.socket(socket.AF_UNIX)
                self.socket.connect(str(vm.folder / "qmp"))
                break
            except OSError:
                self.socket.close()
                if qemu.now() > end:
                    raise
                qemu.sleep(0.01)
        self.file = self.socket.makefile("rw")
        self.file.readline()
        self.command("qmp_capabilities")

    def command(self, name, **arguments):
        """The answer to a command. Raises ConnectionError when QEMU ends before it gives one."""
        self.file.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
        self.file.flush()
        while True:
            line = self.file.readline()
            if not line.endswith("\n"):
                raise ConnectionResetError("QEMU ended")
            answer = json.loads(line)
            if "return" in answer or "error" in answer:
                return answer

    def at_shutdown(self, act):
        """
        Call act, in a thread of its own, when QEMU says that it shuts down. No command may be given any more. QEMU 7.2
        just ends when the guest does; others wait for their disks, so act is where those are released.
        """
        def listen():
            with contextlib.suppress(OSError, ValueError):
                for line in self.file:
                    if json.loads(line).get("event") == "SHUTDOWN":
                        act()
                        return

        threading.Thread(target=listen, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(ConnectionError):	# what a QEMU that has ended did not take
            self.file.close()
        self.socket.close()


@pytest.mark.parametrize("machine, way", [
    ("pc", "kbd"), ("pc", "cf9"), ("pc", "triple"),
    ("q35", "kbd"), ("q35", "cf9"), ("q35", "acpi"), ("q35", "triple"),
    ("microvm", "acpi"), ("microvm", "triple"), ("isapc", "kbd"), ("isapc", "triple"),
    *((machine, way) for machine in ("pc", "q35", "microvm", "microvm,acpi=off", "isapc")
      for way in ("fff0", "ffff", "e05b")),
])
def test_guest_resets_twenty_times(machine, way):
    acpi = " noacpi" if machine == "isapc" or "acpi=off" in machine else ""
    _, result = boot_check(machine=machine, args=RESETS, append=f"reboot={way} boots={TIMES}{acpi}", boots=TIMES,
                           timeout=120, no_reboot=False)
    # The jumps lead to a hard reset by themselves, not because POST finds a machine that was not reset.
    assert "INIT without a reset" not in result.log, str(result)


@pytest.mark.parametrize("way", ["fff0", "e05b"])
def test_a_jump_restarts_microvm_under_kvm(way):
    """Hosts whose KVM emulates real mode have no triple fault there."""
    qemu.need_kvm("microvm")
    boot_check(machine="microvm", accel="kvm", args=RESETS, initrd=65536, append=f"reboot={way} boots=2", boots=2,
               timeout=90, no_reboot=False)


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_reset_with_several_processors(machine):
    boot_check(machine=machine, args=[*RESETS, "-smp", "4"], append=f"reboot=cf9 boots={TIMES}", boots=TIMES,
               timeout=120, no_reboot=False)


@pytest.mark.parametrize("machine", ["pc", "q35", "microvm"])
@pytest.mark.parametrize("dirt", ["dirty514", "dirtypam", "dirty514 dirtypam"])
def test_what_a_guest_leaves_behind_does_not_matter(machine, dirt):
    way = "cf9" if machine != "microvm" else "triple"
    boot_check(machine=machine, args=RESETS, append=f"reboot={way} boots=3 {dirt}", boots=3, no_reboot=False)


def machine_under_test(machine, boots):
    return qemu.VM(machine=machine, memory="128", qmp=True, no_reboot=False, kernel=qemu.GUESTS / "check.bzImage",
                   initrd=make_initrd(MIB), append=words_for("128", [], True, f"halt boots={boots}"))


@pytest.mark.parametrize("machine", ["pc", "q35", "microvm"])
def test_system_reset_twenty_times(machine):
    with machine_under_test(machine, TIMES) as vm:
        vm.start()
        with Qmp(vm) as qmp:
            for n in range(1, TIMES):
                assert vm.wait_text("# end: boot", timeout=30, count=n), vm.finish(0)
                qmp.command("system_reset")
            result = vm.finish(30)
    tap = Tap(result.serial)
    assert result.code == qemu.EXIT_PASS and tap.boots == TIMES and not tap.failed, str(result)


@pytest.mark.parametrize("machine", ["pc", "q35", "microvm"])
def test_system_reset_in_the_middle_of_post(machine):
    """Resets at times spread over the few milliseconds that POST takes, then one boot left in peace."""
    times = random.Random(20)
    with qemu.VM(machine=machine, memory="128", qmp=True, no_reboot=False, args=["-smp", "2"],
                 kernel=qemu.GUESTS / "check-8m.bzImage", initrd=make_initrd(MIB),
                 append=words_for("128", ["-smp", "2"], True, "")) as vm:
        vm.command.append("-S")
        vm.start()
        with Qmp(vm) as qmp:
            qmp.command("cont")
            for _ in range(4 * TIMES):
                qemu.sleep(times.uniform(0, 0.012))
                try:
                    qmp.command("system_reset")
                except ConnectionError:	# the guest was fast, or this test slow: it has ended
                    break
            result = vm.finish(30)
    assert result.code == qemu.EXIT_PASS, str(result)
    tail = result.serial[result.serial.rindex("TAP version"):]
    assert not Tap(tail).failed, str(result)

# SPDX-License-Identifier: BSD-2-Clause
"""POST under a watchdog (opt/org.slipway/watchdog): what hangs with interrupts off is reset, told at the next start
and, if it was an option ROM, left out; and whatever is started afterwards has all the time it wants."""
import functools
import json
import re
import socket

import pytest

import debian
import loader_media as loaders
import vm as qemu
from test_menu import TITLE, Machine
from test_option_roms import boot, knob, rogue

KNOB = "opt/org.slipway/watchdog"
SECONDS = 4
WANTED = knob(KNOB, SECONDS)
ESB = ["-device", "i6300esb"]
# Machine types up to 7.2 keep the TCO from resetting, with any QEMU; what says so is there in each.
TCO = ["-global", "ICH9-LPC.noreboot=false"]
BRIDGE = ["-device", "pcie-root-port,id=rp,chassis=9", "-device", "pcie-pci-bridge,id=behind,bus=rp"]
DEVICES = {
    "pc-i6300esb": ("pc", ESB, "i6300esb"),
    "q35-i6300esb": ("q35", ESB, "i6300esb"),
    "q35-i6300esb-behind-bridges": ("q35", [*BRIDGE, "-device", "i6300esb,bus=behind,addr=3"], "i6300esb"),
    "q35-tco": ("q35", TCO, "ICH9 TCO"),
    "q35-7.2-tco": ("pc-q35-7.2", TCO, "ICH9 TCO"),
}
HUNG = f"watchdog: {{}}: it has reset the machine: the last start hung for {SECONDS} s in phase {{}}"
VERSION = "slipway: version"


def device(name):
    machine, args, what = DEVICES[name]
    qemu.need_machine(machine)
    if what == "i6300esb":
        qemu.need_device(what)
    return machine, args, what


def sleeper(folder):
    """A disk with a boot sector that says S on port 0xe9 and sleeps."""
    file = folder / "sleeper.img"
    file.write_bytes(bytes.fromhex("b053e6e9fbf4ebfd").ljust(510, b"\0") + b"\x55\xaa" + bytes(1 << 20))
    return file


class Watched(qemu.VM):
    """A machine that may be reset, with the port on which what is started says that it sleeps."""

    def __init__(self, **how):
        super().__init__(qmp=True, no_reboot=False, **how)
        self.command += ["-chardev", f"file,id=con,path={self.folder}/console",
                         "-device", "isa-debugcon,iobase=0xe9,chardev=con"]

    def starts(self):
        return self.text("log").count(VERSION)

    def status(self):
        """"running", says QEMU."""
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(str(self.folder / "qmp"))
            file = s.makefile("rw")
            file.readline()
            for command in ("qmp_capabilities", "query-status"):
                file.write(json.dumps({"execute": command}) + "\n")
                file.flush()
                answer = json.loads(file.readline())
                while "event" in answer:
                    answer = json.loads(file.readline())
        return answer["return"]["status"]

    def must_stay(self, seconds=1.75 * SECONDS):
        """From now on nothing happens for longer than the watchdog would wait."""
        qemu.sleep(seconds)
        assert self.process.poll() is None, self.finish(0)
        assert self.status() == "running" and self.starts() == 1, self.finish(0)
        assert "runs on" not in self.text("log"), self.finish(0)


@pytest.mark.parametrize("name, action", [*((name, "deaf") for name in DEVICES), ("pc-i6300esb", "deaf_and_blind")])
def test_a_rom_that_hears_nothing_is_left_out(name, action, tmp_path):
    machine, args, what = device(name)
    run = boot(tmp_path, rogue(tmp_path, action), rogue(tmp_path, "done", "B"), machine=machine, args=[*args, *WANTED],
               no_reboot=False, timeout=60)
    assert run.lines == ["A: init", "B: init"] and run.disks == ["disk"], run
    assert f"watchdog: {what}: runs, {SECONDS} s for each step of POST" in run.log, run
    said = HUNG.format(what, "tables, the init of option ROM genroms/rogue-A.rom (1 in a row); that ROM is left out")
    assert run.log.count(said) == 1 and run.log.count("watchdog: the last start") == 0, run
    assert run.log.count("rom: genroms/rogue-A.rom: its init has not come back at the last start") == 1, run
    assert "runs on" not in run.log, run


def test_two_roms_that_hear_nothing(tmp_path):
    machine, args, what = device("pc-i6300esb")
    run = boot(tmp_path, rogue(tmp_path, "deaf"), rogue(tmp_path, "deaf", "B"), rogue(tmp_path, "done", "C"),
               machine=machine, args=[*args, *WANTED], no_reboot=False, timeout=60)
    assert run.lines == ["A: init", "B: init", "C: init"] and run.disks == ["disk"], run
    assert run.log.count("that ROM is left out") == 2, run


def test_one_that_the_tick_resets_is_not_the_watchdogs(tmp_path):
    machine, args, _ = device("pc-i6300esb")
    run = boot(tmp_path, rogue(tmp_path, "hang"), machine=machine, no_reboot=False, timeout=60,
               args=[*args, *WANTED, *knob("opt/org.slipway/rom-seconds", 1)])
    assert run.lines == ["A: init"] and run.disks == ["disk"], run
    said = "the last start has ended in phase tables, the init of option ROM genroms/rogue-A.rom, but not by the"
    assert f"{said} watchdog" in run.log, run


@pytest.fixture(scope="module")
def hangs(build):
    """An image that stops in the phase with this number, where POST is watched."""
    return functools.lru_cache(None)(lambda phase: str(build({"HANG_TEST": phase})))


@pytest.mark.parametrize("kernel", [False, True])
@pytest.mark.parametrize("name, number, phase", [
    ("pc-i6300esb", 6, "pci"), ("q35-tco", 6, "pci"), ("q35-i6300esb", 12, "do_boot"),
    ("q35-i6300esb-behind-bridges", 12, "do_boot")])
def test_a_phase_that_hangs_is_told(name, number, phase, kernel, hangs):
    machine, args, what = device(name)
    payload = {"kernel": qemu.GUESTS / "check.bzImage"} if kernel else {}
    with Watched(bios=hangs(number), machine=machine, args=[*args, *WANTED], **payload) as vm:
        vm.start()
        for times in (1, 2):
            said = HUNG.format(what, f"{phase} ({times} in a row); all is tried again")
            assert vm.wait_text(said, "log", 60), vm.finish(0)
        assert vm.process.poll() is None, vm.finish(0)


def test_a_reset_by_somebody_else_in_a_hanging_phase(hangs):
    machine, args, _ = device("pc-i6300esb")
    with Watched(bios=hangs(12), machine=machine, args=[*args, *knob(KNOB, 600)]) as vm:
        vm.start()
        assert vm.wait_text("memory: ", "log", 30), vm.finish(0)
        qemu.sleep(0.5)
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(str(vm.folder / "qmp"))
            s.sendall(b'{"execute":"qmp_capabilities"}\n{"execute":"system_reset"}\n')
            said = "the last start has ended in phase do_boot, but not by the watchdog"
            assert vm.wait_text(said, "log", 30), vm.finish(0)


@pytest.mark.parametrize("name", DEVICES)
def test_a_program_has_all_the_time_it_wants(name, tmp_path):
    machine, args, what = device(name)
    disk = ["-drive", f"file={sleeper(tmp_path)},format=raw,if=none,id=d", "-device", "virtio-blk-pci,drive=d"]
    with Watched(machine=machine, args=[*args, *WANTED, *disk]) as vm:
        vm.start()
        assert vm.wait_text("S", "console", 30), vm.finish(0)
        assert f"watchdog: {what}: runs" in vm.text("log"), vm.finish(0)
        vm.must_stay()


@pytest.mark.parametrize("name", ["pc-i6300esb", "q35-tco"])
def test_a_loader_has_all_the_time_it_wants(name, tmp_path):
    machine, args, _ = device(name)
    file = loaders.grub_disk(tmp_path, "mbr", "serial --unit=0\nterminal_output serial\nterminal_input serial\n"
                             "set timeout=-1\nmenuentry it { halt }\nmenuentry other { halt }\n", {})
    with Watched(machine=machine, args=[*args, *WANTED, "-drive", f"file={file},format=raw,if=none,id=d",
                                        "-device", "virtio-blk-pci,drive=d"]) as vm:
        vm.start()
        assert vm.wait_text("GNU GRUB", "serial", 60), vm.finish(0)
        vm.must_stay()


@pytest.mark.parametrize("name", DEVICES)
def test_a_kernel_has_all_the_time_it_wants(name):
    machine, args, what = device(name)
    with Watched(machine=machine, args=[*args, *WANTED], kernel=qemu.GUESTS / "sleeper.bzImage") as vm:
        vm.start()
        assert vm.wait_text("S", "console", 30), vm.finish(0)
        assert f"watchdog: {what}: runs" in vm.text("log"), vm.finish(0)
        vm.must_stay()


@pytest.mark.parametrize("name", ["pc-i6300esb", "q35-tco"])
def test_a_boot_that_failed_stays_halted(name):
    machine, args, _ = device(name)
    with Watched(machine=machine, args=[*args, *WANTED]) as vm:
        vm.start()
        assert vm.wait_text("boot: halted", "log", 30), vm.finish(0)
        vm.must_stay()


@pytest.mark.parametrize("name", ["pc-i6300esb", "q35-tco"])
def test_a_user_may_think_in_the_menu(name, tmp_path):
    machine, args, _ = device(name)
    menu = tmp_path / "wait"
    menu.write_bytes(b"\xff" * 4)
    with Machine(tmp_path, *args, *WANTED, "-boot", "menu=on", "-fw_cfg", f"name=etc/boot-menu-wait,file={menu}",
                 machine=machine) as m:
        m.wait_for(TITLE)
        qemu.sleep(1.75 * SECONDS)
        assert m.vm.process.poll() is None and m.vm.text("log").count(VERSION) == 1, m.vm.finish(0)
        m.press("2")
        assert m.names() == ["two_"]


@pytest.mark.parametrize("machine, kernel", [("pc", False), ("pc", True), ("microvm", True), ("isapc", False)])
def test_without_one_that_is_a_line(machine, kernel, tmp_path):
    qemu.need_machine(machine)
    payload = {"kernel": qemu.GUESTS / "check.bzImage"} if kernel else {}
    with Watched(machine=machine, args=WANTED, **payload) as vm:
        vm.start()
        assert vm.wait_text("watchdog: ", "log", 30), vm.finish(0)
        assert vm.wait_text("ok " if kernel else "boot: halted", "serial" if kernel else "log", 30), vm.finish(0)
        said = re.findall("^watchdog: .*$", vm.text("log"), re.MULTILINE)
    assert said == ["watchdog: wanted, and this machine has none (i6300esb, or TCO on q35); POST is not watched"], said


@pytest.mark.parametrize("value", ["2", "1201", "ten", "-1", "99999999999"])
def test_a_number_that_is_none_costs_a_line(value):
    machine, args, _ = device("pc-i6300esb")
    with Watched(machine=machine, args=[*args, *knob(KNOB, value)]) as vm:
        vm.start()
        assert vm.wait_text("boot: halted", "log", 30), vm.finish(0)
        said = re.findall("^watchdog: .*$", vm.text("log"), re.MULTILINE)
    assert len(said) == 1 and "0 or a number from 3 to 1200 expected" in said[0] and "not watched" in said[0], said


@pytest.mark.parametrize("name", ["pc-i6300esb", "q35-tco"])
def test_zero_is_none(name):
    machine, args, _ = device(name)
    with Watched(machine=machine, args=[*args, *knob(KNOB, 0)]) as vm:
        vm.start()
        assert vm.wait_text("boot: halted", "log", 30), vm.finish(0)
        assert "watchdog" not in vm.text("log"), vm.finish(0)


def test_other_files_of_ours_do_not_matter(tmp_path):
    """They lie beside it in the directory, before it and behind it."""
    machine, args, what = device("pc-i6300esb")
    others = [w for name in ("fpdt", "native", "roms", "zzz") for w in knob(f"opt/org.slipway/{name}", "1")]
    with Watched(machine=machine, args=[*args, *others, *WANTED], kernel=qemu.GUESTS / "check.bzImage") as vm:
        vm.start()
        assert vm.wait_text("ok ", "serial", 30), vm.finish(0)
        assert f"watchdog: {what}: runs" in vm.text("log") and "listed twice" not in vm.text("log"), vm.finish(0)


# Loaded in this order; those that this kernel has built in are not there.
DRIVERS = {
    "i6300esb": (["watchdog", "i6300esb"], "i6300ESB timer"),
    "ICH9 TCO": (["watchdog", "mfd-core", "lpc_ich", "intel_pmc_bxt", "iTCO_vendor_support", "iTCO_wdt"], "iTCO_wdt"),
}
FEEDS = 8
INIT = f"""#!/bin/busybox sh
b=/bin/busybox
$b mount -t proc proc /proc; $b mount -t sysfs sysfs /sys; $b mount -t devtmpfs dev /dev
for m in $($b cat /order); do $b insmod /$m.ko $(case $m in i6300esb|iTCO_wdt) echo heartbeat=4;; esac); done
echo "identity: $($b cat /sys/class/watchdog/watchdog0/identity)"
echo "bootstatus: $($b cat /sys/class/watchdog/watchdog0/bootstatus)"
exec 3>/dev/watchdog0
n=0
while [ $n -lt {FEEDS} ]; do echo >&3; $b sleep 1; n=$((n + 1)); done
echo "fed"
$b sleep 1000
"""


@pytest.mark.parametrize("name", ["pc-i6300esb", "q35-i6300esb-behind-bridges", "q35-tco"])
def test_linux_finds_it_as_it_should_be(name, tmp_path):
    """Its own driver starts it, feeds it for longer than it waits, and lets it reset the machine; that is nothing for
    the firmware to tell, and Linux can still see it."""
    machine, args, what = device(name)
    order, identity = DRIVERS[what]
    kernel, modules = debian.kernel_with_modules(sorted({m for names, _ in DRIVERS.values() for m in names}))
    busybox = debian.find_program("busybox")
    entries = [(folder, 0o040755, b"") for folder in ("bin", "dev", "proc", "sys")]
    entries += [("init", 0o100755, INIT.encode()), ("bin/busybox", 0o100755, open(busybox, "rb").read()),
                ("order", 0o100644, " ".join(m for m in order if m in modules).encode())]
    entries += [(f"{m}.ko", 0o100644, modules[m]) for m in order if m in modules]
    initrd = tmp_path / "initrd"
    initrd.write_bytes(debian.cpio(entries))
    with Watched(machine=machine, memory="256", args=[*args, *WANTED], kernel=kernel, initrd=initrd,
                 append="console=ttyS0 quiet panic=-1") as vm:
        vm.start()
        assert vm.wait_text("identity: ", timeout=120), vm.finish(0)
        assert vm.wait_text("fed", timeout=60), vm.finish(0)
        assert f"identity: {identity}" in vm.text("serial") and vm.starts() == 1, vm.finish(0)
        assert "bootstatus: 0\n" in vm.text("serial"), vm.finish(0)
        assert vm.wait_text("bootstatus: ", timeout=120, count=2), vm.finish(0)
        assert "last start" not in vm.text("log"), vm.finish(0)
        if what == "i6300esb":      # the other driver does not tell
            assert "bootstatus: 32\n" in vm.text("serial"), vm.finish(0)

# SPDX-License-Identifier: BSD-2-Clause
"""A kernel's screen, set before it is entered at 32 bits: by vga= and by opt/org.slipway/screen, on every display of QEMU,
on pc and behind a root port. What the kernel is told is checked by our guest, and what is seen by Debian's kernel."""
import pathlib
import re
import sys

import pytest

import debian
import vm as qemu

sys.path.insert(0, str(qemu.ROOT / "tools"))
from bootlog_read import Qmp  # noqa: E402

DISPI, PIXELS_ONLY = ["VGA", "virtio-vga", "qxl-vga", "vmware-svga"], ["secondary-vga", "bochs-display"]
OWN_PROGRAM = ["cirrus-vga", "ati-vga"]
BEHIND = ["VGA", "virtio-vga", *PIXELS_ONLY]     # whose registers are in memory as well
PORT = ["-device", "pcie-root-port,id=r,chassis=1,slot=1"]


def wish(text):
    return ["-fw_cfg", f"name=opt/org.slipway/screen,string={text}"]


def display(device, port=False):
    qemu.need_device(device)
    return [*PORT, "-device", f"{device},bus=r"] if port else ["-device", device]


def checked(machine, *args, append=""):
    """(what our guest says, log): everything that it checks is right."""
    result = qemu.run(machine=machine, memory="128", kernel=qemu.GUESTS / "check.bzImage", append=f"{append} noinitrd", args=args)
    assert result.code == qemu.EXIT_PASS and "not ok" not in result.serial, str(result)
    return result.serial, result.log


def told(machine, *args, append=""):
    """What the kernel is told: (width, height, bits), the base of the picture; None, None: of no picture."""
    serial, log = checked(machine, *args, append=append)
    assert "# fact entry 32" in serial, serial + log
    found = re.search(r"# fact screen (\d+)x(\d+) depth (\d+) pitch (\d+) size (\w+) pages \d+ attributes bb base (\w+)", serial)
    if not found:
        return None, None
    width, height, bits, pitch = map(int, found.groups()[:4])
    assert pitch == width * ((bits + 7) // 8)
    return (width, height, bits), int(found[6], 16)


@pytest.mark.parametrize("device", [*DISPI, *PIXELS_ONLY, "ramfb"])
@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_each_display_shows_what_is_asked_for(machine, device):
    shape, _ = told(machine, *display(device), append="vga=0x317")
    assert shape == (1024, 768, 16 if device in DISPI else 32)
    shape, _ = told(machine, *display(device), *wish("1280x720"), append="vga=0x317")
    assert shape == (1280, 720, 32)


@pytest.mark.parametrize("device", BEHIND)
def test_also_behind_a_root_port(device):
    assert told("q35", *display(device, True), append="vga=0x318")[0] == (1024, 768, 24 if device in DISPI else 32)
    assert told("q35", *display(device, True), *wish("800x600x32"))[0] == (800, 600, 32)


@pytest.mark.parametrize("device", ["qxl-vga", "vmware-svga"])
def test_registers_that_no_bridge_forwards_are_refused(device):
    serial, log = checked("q35", *display(device, True), *wish("800x600"))
    assert "fact screen" not in serial and "cannot be reached from here" in log, log


@pytest.mark.parametrize("append, shape", [("vga=791", (1024, 768, 16)), ("vga=0x301", (640, 480, 8)), ("vga=0x310", (640, 480, 15)),
                                           ("vga=normal", None), ("", None)])
def test_numbers_and_words_of_vga(append, shape):
    assert told("pc", *display("VGA"), append=append)[0] == shape


@pytest.mark.parametrize("bits", [8, 15, 16, 24, 32])
def test_every_depth(bits):
    assert told("pc", *display("VGA"), *wish(f"1600x900x{bits}"))[0] == (1600, 900, bits)


@pytest.mark.parametrize("args, append, line", [
    (["-device", "VGA"], "vga=0x302", "vga=0x302: no mode"), (["-device", "VGA"], "vga=0x4ff", "vga=0x4ff: no mode"),
    (["-device", "VGA,vgamem_mb=2"], "vga=0x318", "1024x768, 24 bits: .* 2048 KiB"), ([], "vga=0x317", "there is no display"),
    (["-device", "VGA", *wish("1366x768")], "", "1366x768, 32 bits: .*steps of 8 pixels"), (wish("640x480"), "", "there is no display"),
    (["-device", "VGA", *wish("640x480;reboot")], "", 'WIDTHxHEIGHT.*"640x480;reboot" found'),
    (["-device", "cirrus-vga", *wish("640x480")], "", "only the display's own program"),
    (["-device", "virtio-gpu-pci", *wish("640x480")], "", "there is no display"),
], ids=lambda a: " ".join(a) if isinstance(a, list) else a)
def test_what_cannot_be_shown_costs_a_line_and_not_the_boot(args, append, line):
    serial, log = checked("pc", "-nodefaults", *args, append=append)
    assert "# fact entry 32" in serial and "fact screen" not in serial
    assert re.search(f"boot: screen: .*{line}", log) and log.count("boot: screen: ") == 1, log


@pytest.mark.parametrize("device", OWN_PROGRAM)
def test_the_displays_own_program_sets_it_for_the_16_bit_entry(device):
    with qemu.VM(memory="128", kernel=qemu.GUESTS / "check.bzImage", append="vga=0x317", args=display(device)) as vm:
        vm.start()
        assert vm.wait_text("# fact entry 16", "serial", 30), vm.finish(0)
        assert "boot: screen: vga=0x317: only the display's own program can set it" in vm.text("log")


def picture(machine, args, append):
    """(width, height, dots that are not black) when Debian's kernel has said its last; and its lines."""
    kernel, _ = debian.kernel_with_modules([])
    with qemu.VM(machine=machine, memory="256", qmp=True, args=args, kernel=kernel,
                 append=f"console=ttyS0 console=tty0 {append}") as vm:
        vm.start()
        assert vm.wait_text("end Kernel panic", "serial", 240), vm.finish(0)
        qmp = Qmp(str(vm.folder / "qmp"))
        qmp.command("screendump", filename=str(vm.folder / "picture"))
        kind, size, _, data = pathlib.Path(vm.folder / "picture").read_bytes().split(b"\n", 3)
        assert kind == b"P6"
        return *map(int, size.split()), sum(map(bool, data[::3])), vm.text("serial")


BY_NUMBER, IN_WORDS = ("vga=0x317", [], (1024, 768)), ("", wish("1280x800"), (1280, 800))


@pytest.mark.parametrize("machine, device, port, how", [
    ("pc", "VGA", False, BY_NUMBER), ("pc", "VGA", False, IN_WORDS), ("q35", "VGA", True, BY_NUMBER), ("q35", "virtio-vga", True, IN_WORDS),
    ("pc", "bochs-display", False, BY_NUMBER), ("q35", "bochs-display", True, IN_WORDS), ("pc", "qxl-vga", False, BY_NUMBER),
    ("q35", "vmware-svga", False, IN_WORDS), ("pc", "ramfb", False, BY_NUMBER)], ids=lambda v: v[0] or v[1][1] if isinstance(v, tuple) else str(v))
def test_debians_kernel_writes_to_it(machine, device, port, how):
    append, extra, size = how
    width, height, dots, said = picture(machine, [*display(device, port), *extra], append)
    assert (width, height) == size and re.search(r"(vesafb|vesa-framebuffer\S*): mode is|simple-framebuffer|simpledrm", said), said
    assert dots > 5000, f"{dots} dots are not black\n{said}"

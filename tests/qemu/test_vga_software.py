# SPDX-License-Identifier: BSD-2-Clause
"""What software of Debian's packages shows by the VGA BIOS of the image, in QEMU's screendump: GRUB's graphical terminal,
isolinux's graphical menu, memtest86+, and a kernel's console in text and in the mode that vga= asks for, set by its code in real
mode. A few displays of each; VGA_SOFTWARE=all in the environment does them all, on pc and behind a root port of q35."""
import contextlib
import functools
import os
import pathlib
import tempfile

import pytest

import debian
import loader_media as loaders
import media
import vm as qemu
from test_flat_display import FONT, HEIGHT, picture
from test_loaders import VIRTIO, drive
from bootlog_read import Qmp

PC = {"std": "VGA", "cirrus": "cirrus-vga", "qxl": "qxl-vga", "vmware": "vmware-svga", "virtio": "virtio-vga", "ati": "ati-vga",
      "bochs-display": "bochs-display", "secondary-vga": "secondary-vga", "ramfb": "ramfb"}
PORT = [f"{name}-port" for name in PC if name != "ramfb"]       # behind a root port
FLAT = {"bochs-display", "secondary-vga", "ramfb"}              # no text that a program writes to memory
NO_VBE = dict.fromkeys(("qxl-port", "vmware-port"), "DISPI's ports do not pass a bridge, and it has them nowhere else")


def places(*few, flat=True):
    every = [place for place in (*PC, *PORT) if flat or place.removesuffix("-port") not in FLAT]
    return [place for place in every if place in few or os.environ.get("VGA_SOFTWARE") == "all"]


def display(place):
    """(machine, arguments)."""
    name = place.removesuffix("-port")
    qemu.need_device(PC[name])
    if name == place:
        return "pc", ["-device", PC[name]]
    return "q35", ["-device", "pcie-root-port,id=r,chassis=1", "-device", f"{PC[name]},bus=r"]


def need_vbe(place):
    if place in NO_VBE:
        pytest.skip(f"{place} has no VBE: {NO_VBE[place]}")


@contextlib.contextmanager
def running(machine, args, bios="slipway"):
    with qemu.VM(bios=bios, machine=machine, memory="256", args=args, qmp=True) as vm:
        vm.start()
        assert vm.wait_text("ooting from" if bios == "seabios" else "boot: ", "log", 30), vm.finish(0)
        yield vm, Qmp(str(vm.folder / "qmp"))


def until(vm, qmp, right, seconds=60):
    """The picture for which right() is; the last one, and False, when there was none."""
    end = qemu.now() + seconds
    while True:
        found = picture(vm, qmp)
        if right(found):
            return found, True
        if qemu.now() > end or vm.process.poll() is not None:
            return found, False
        qemu.sleep(0.2)


def text(found, border=0):
    """The characters of our font in a picture, whatever their colours; cells of 9 dots where a VGA has those."""
    width, height, rows = found
    across = 9 if width == 720 else 8
    shapes = {bytes(FONT[c]): chr(c) for c in range(255, 31, -1)}
    said = []
    for y in range(border, height - border - HEIGHT + 1, HEIGHT):
        line = ""
        for x in range(border * 3, (width - border) * 3 - across * 3 + 1, across * 3):
            cell = [rows[y + i][x:x + 24] for i in range(HEIGHT)]
            back = cell[0][:3]
            line += shapes.get(bytes(sum((row[3 * n:3 * n + 3] != back) << 7 - n for n in range(8)) for row in cell), "?")
        said.append(line.rstrip())
    return said


def shows(found, *words, border=0):
    lines = text(found, border)
    return all(any(word in line for line in lines) for word in words)


@pytest.fixture(scope="module")
def medium():
    """medium(make) is what that makes, once."""
    with tempfile.TemporaryDirectory(prefix="slipway-vga-") as root:
        @functools.lru_cache(None)
        def of(make):
            folder = pathlib.Path(root) / make.__name__
            folder.mkdir()
            return make(folder)
        yield of


# --- GRUB ------------------------------------------------------------------------------------------

GFXTERM = """serial --unit=0
loadfont /ascii.pf2
set gfxmode=640x480
insmod vbe
terminal_output gfxterm serial
set color_normal=yellow/blue
clear
echo "GRUB on a graphical terminal: abcdefg 0123456789"
echo READY
sleep 1000
"""


def grub_gfxterm(folder):
    font = qemu.first_file(["/usr/share/grub/ascii.pf2"], "grub-common")
    return loaders.grub_disk(folder, "mbr", GFXTERM, {"ascii.pf2": pathlib.Path(font)})


def gfxterm(machine, args, bios="slipway"):
    """The picture once all is drawn: it stays as it is."""
    with running(machine, args, bios) as (vm, qmp):
        assert vm.wait_text("READY", "serial", 60), vm.finish(0)
        before = None
        for _ in range(50):
            found = picture(vm, qmp)
            if found == before:
                return found
            before = found
            qemu.sleep(0.3)
        return found


@functools.lru_cache(None)
def gfxterm_of_seavgabios(image, name):
    return gfxterm("pc", ["-device", PC[name], *drive(image, VIRTIO)], "seabios")


@pytest.mark.parametrize("place", places("std", "cirrus", "virtio-port", "bochs-display", "ati", "ramfb"))
def test_grubs_graphical_terminal(place, medium):
    """By VBE, not by GRUB's own drivers. Its fonts and colours are its own: the picture is that of SeaVGABIOS, dot by dot; on a
    cirrus, QEMU leaves out its last line."""
    need_vbe(place)
    image = medium(grub_gfxterm)
    machine, args = display(place)
    found = gfxterm(machine, [*args, *drive(image, VIRTIO)])
    right = gfxterm_of_seavgabios(image, "cirrus" if place.startswith("cirrus") else "std")
    assert right[:2] in ((640, 480), (640, 479)) and len(set(right[2])) > 8, "SeaVGABIOS shows nothing"
    assert found[:2] == right[:2]
    assert found[2] == right[2], [y for y in range(right[1]) if found[2][y] != right[2][y]]


# --- isolinux --------------------------------------------------------------------------------------

VESAMENU = """UI vesamenu.c32
MENU TITLE A menu in colours
MENU COLOR screen 37;40 #ffffffff #ff000000 none
MENU COLOR border 30;44 #ff00ff00 #ff000080 none
MENU COLOR title 1;36;44 #ffffffff #ff000080 none
MENU COLOR sel 7;37;40 #ff000000 #ffffff00 none
MENU COLOR unsel 37;44 #ffffffff #ff000080 none
LABEL one
MENU LABEL First entry
LINUX /none
LABEL two
MENU LABEL Second entry
LINUX /none
"""


def isolinux_menu(folder):
    modules = {f"isolinux/{name}.c32": media.unpacked("syslinux-common", f"usr/lib/syslinux/modules/bios/{name}.c32")
               for name in ("vesamenu", "libcom32", "libutil")}
    return loaders.isolinux_cd(folder, {"isolinux/isolinux.cfg": VESAMENU, **modules})


@pytest.mark.parametrize("place", places("std", "qxl", "virtio-port", "bochs-display", "vmware"))
def test_isolinux_menu_in_colours(place, medium):
    """Text is the ROM's font, which it takes from there; colours are those of the menu, with 3 bits less in a mode of 16."""
    need_vbe(place)
    machine, args = display(place)
    with running(machine, [*args, *drive(medium(isolinux_menu), "ide-cd")]) as (vm, qmp):
        found, right = until(vm, qmp, lambda p: p[:2] == (640, 480) and shows(p, "Second entry", border=8))
        assert right, "\n".join(text(found, 8)) + str(found[:2])
        assert shows(found, "A menu in colours", "First entry", border=8)
        dots = b"".join(found[2])
        colours = {tuple(n & 0xf8 for n in dots[at:at + 3]) for at in range(0, len(dots), 3)}
        assert {(0xf8, 0xf8, 0), (0, 0, 0x80), (0xf8, 0xf8, 0xf8), (0, 0xf8, 0)} <= colours, colours


# --- memtest86+ ------------------------------------------------------------------------------------

@pytest.mark.parametrize("place", places("std", "virtio-port", flat=False))
def test_memtest(place):
    """Before it shows anything it measures caches: without the third, which takes an emulator a minute."""
    machine, args = display(place)
    with running(machine, ["-cpu", "qemu64,l3-cache=off", *args, *drive(media.memtest_iso(), "ide-cd")]) as (vm, qmp):
        found, right = until(vm, qmp, lambda p: p[:2] == (720, 400) and shows(p, "Memtest86+ v", "Pass", "L1 Cache"))
        assert right, "\n".join(text(found)) + str(found[:2])


# --- Linux -----------------------------------------------------------------------------------------

def linux_cd(name, append):
    """A CD whose kernel is entered in real mode, and ends without a root."""
    def make(folder):
        config = f"PROMPT 0\nDEFAULT it\nLABEL it\nLINUX /vmlinuz\nAPPEND {append}\n"
        return loaders.isolinux_cd(folder, {"isolinux/isolinux.cfg": config, "vmlinuz": pathlib.Path(full_kernel())})
    make.__name__ = name
    return make


@functools.lru_cache(None)
def full_kernel():
    return debian.kernel_with_modules([])[0]


in_text = linux_cd("in_text", "earlyprintk=vga nomodeset")
in_317 = linux_cd("in_317", "vga=0x317 nomodeset")
in_342 = linux_cd("in_342", "vga=0x342 nomodeset")


def linux16_317(folder):
    cfg = "set timeout=0\nmenuentry it {\nlinux16 /vmlinuz vga=0x317 nomodeset\n}\n"
    return loaders.grub_disk(folder, "mbr", cfg, {"vmlinuz": pathlib.Path(full_kernel())})


@pytest.mark.parametrize("place", places("cirrus", "virtio-port", flat=False))
def test_a_kernel_in_text(place, medium):
    machine, args = display(place)
    with running(machine, [*args, *drive(medium(in_text), "ide-cd")]) as (vm, qmp):
        found, right = until(vm, qmp, lambda p: p[:2] == (720, 400) and shows(p, "Kernel panic", "---["))
        assert right, "\n".join(text(found)) + str(found[:2])


def lit_lines(found):
    """Rows of 16 lines in which something is not black."""
    return sum(any(any(row) for row in found[2][y:y + 16]) for y in range(0, found[1], 16))


@pytest.mark.parametrize("place, how, device, size", [
    *((place, linux16_317, VIRTIO, (1024, 768)) for place in places("std", "virtio-port", flat=False)),
    *((place, in_317, "ide-cd", (1024, 768)) for place in places("cirrus", "qxl", flat=False)),
    *((place, in_342, "ide-cd", (640, 480)) for place in places("bochs-display", "vmware"))])
def test_a_kernel_in_the_mode_that_vga_names(place, how, device, size, medium):
    """Its framebuffer's console fills the screen with text."""
    need_vbe(place)
    machine, args = display(place)
    with running(machine, [*args, *drive(medium(how), device)]) as (vm, qmp):
        found, right = until(vm, qmp, lambda p: p[:2] == size and lit_lines(p) > size[1] // 16 - 8)
        assert right, f"{found[:2]}, {lit_lines(found)} rows\n" + "\n".join(text(found))

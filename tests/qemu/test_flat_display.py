# SPDX-License-Identifier: BSD-2-Clause
"""Displays without a text mode, whose framebuffer the VGA BIOS paints: what a program writes is what the VGA would
show, dot by dot; under Slipway and, as a file, under SeaBIOS."""
import contextlib
import re
import struct
import subprocess
import sys

import pytest

import test_crossing
import test_services as services
import vm as qemu
from test_display import GRUB, HALTED, REASON

sys.path.insert(0, str(qemu.ROOT / "tools"))
sys.path.insert(0, str(qemu.ROOT / "scripts"))
from bootlog_read import Qmp  # noqa: E402
from font import Reader  # noqa: E402

SCENES = ["answers", "plain", "all_characters", "all_attributes", "strings", "windows", "anything", "much"]
VGA = ["-device", "VGA"]
DISPLAYS = {"bochs-display": ["-device", "bochs-display"], "secondary-vga": ["-device", "secondary-vga"],
            "smallest": ["-device", "secondary-vga,vgamem_mb=1"], "ramfb": ["-device", "ramfb"]}
COLUMNS, ROWS, HEIGHT = 80, 25, 16
COLOURS = [bytes((r, g, b)) for r, g, b in (
    (0, 0, 0), (0, 0, 0xaa), (0, 0xaa, 0), (0, 0xaa, 0xaa),
    (0xaa, 0, 0), (0xaa, 0, 0xaa), (0xaa, 0x55, 0), (0xaa, 0xaa, 0xaa),
    (0x55, 0x55, 0x55), (0x55, 0x55, 0xff), (0x55, 0xff, 0x55), (0x55, 0xff, 0xff),
    (0xff, 0x55, 0x55), (0xff, 0x55, 0xff), (0xff, 0xff, 0x55), (0xff, 0xff, 0xff))]
CURSOR_LINES = (14, 15)     # of shape 0607
FONT = Reader(qemu.ROOT / "vgasrc/fonts/8x16.txt").font().glyphs


def drawn(cells, cursor):
    """The picture of cells (a bytes of character, attribute, ...), as rows of RGB bytes."""
    rows = []
    for y in range(ROWS * HEIGHT):
        line = cells[y // HEIGHT * COLUMNS * 2:][:COLUMNS * 2]
        row = b""
        for x, (character, attribute) in enumerate(zip(line[::2], line[1::2])):
            bits = FONT[character][y % HEIGHT]
            fore, back = COLOURS[attribute & 15], COLOURS[attribute >> 4 & 7]
            if (x, y // HEIGHT) == cursor and y % HEIGHT in CURSOR_LINES:
                bits, fore = 0xff, COLOURS[7]
            row += b"".join(fore if bits & 0x80 >> i else back for i in range(8))
        rows.append(row)
    return rows


def picture(vm, qmp):
    """(width, height, rows of RGB) of what the display shows."""
    qmp.command("screendump", filename=str(vm.folder / "picture"))
    kind, size, depth, data = (vm.folder / "picture").read_bytes().split(b"\n", 3)
    width, height = map(int, size.split())
    assert (kind, depth) == (b"P6", b"255") and len(data) == width * height * 3
    return width, height, [data[y * width * 3:(y + 1) * width * 3] for y in range(height)]


def text(rows):
    """The characters in a picture of text, whatever colours they have; ? where there is none."""
    by_shape = {tuple(FONT[c]): chr(c) for c in range(255, 31, -1)}
    said = []
    for y in range(0, len(rows), HEIGHT):
        line = ""
        for x in range(0, len(rows[0]), 24):
            dots = [[rows[y + i][x + 3 * n:x + 3 * n + 3] for n in range(8)] for i in range(HEIGHT)]
            back = dots[0][0]
            line += by_shape.get(tuple(sum((dot != back) << 7 - n for n, dot in enumerate(row)) for row in dots), "?")
        said.append(line.rstrip())
    return said


def memory(vm, qmp, at, size):
    qmp.save(at, size, str(vm.folder / "memory"))
    return (vm.folder / "memory").read_bytes()


@contextlib.contextmanager
def scene(name, folder, display, machine="pc", bios="slipway", seed=1):
    """The program in that scene, up to where it waits for a key: the machine, and its QMP."""
    folder.mkdir()
    poke = {"scene": bytes([SCENES.index(name), 0]), "seed": struct.pack("<I", seed)}
    args = [*test_crossing.boot_disk("screen", folder, poke), "-device", "virtio-blk-pci,drive=d",
            *test_crossing.console(folder), *display]
    with qemu.VM(bios=bios, machine=machine, memory="128", args=args, qmp=True) as vm:
        vm.start()
        end = qemu.now() + 60
        while "shown" not in test_crossing.lines(folder):
            assert qemu.now() < end and vm.process.poll() is None, vm.finish(0)
            qemu.sleep(0.05)
        yield vm, Qmp(str(vm.folder / "qmp"))


def wanted(name, folder, seed):
    """What a VGA shows of it, and its cursor."""
    with scene(name, folder, VGA, seed=seed) as (vm, qmp):
        column, row = memory(vm, qmp, 0x450, 2)
        return drawn(memory(vm, qmp, 0xb8000, COLUMNS * ROWS * 2), (column, row))


def same(name, folder, display, machine="pc", bios="slipway", seed=1):
    rows = wanted(name, folder / f"vga{seed}", seed)
    with scene(name, folder / f"flat{seed}", display, machine, bios, seed) as (vm, qmp):
        width, height, found = picture(vm, qmp)
        assert (width, height) == (8 * COLUMNS, ROWS * HEIGHT)
        wrong = [y for y in range(height) if found[y] != rows[y]]
        assert not wrong, f"lines {wrong}\n" + "\n".join(text(found))


@pytest.mark.parametrize("name, display, machine", [
    ("plain", "bochs-display", "pc"), ("all_characters", "ramfb", "q35"), ("all_attributes", "secondary-vga", "pc"),
    ("strings", "bochs-display", "q35"), ("windows", "ramfb", "pc"), ("windows", "smallest", "pc")])
def test_text_is_painted_as_a_vga_shows_it(name, display, machine, tmp_path):
    if display == "ramfb":
        qemu.need_device("ramfb")
    same(name, tmp_path, DISPLAYS[display], machine)


def test_whatever_is_called(tmp_path):
    for seed in range(1, 4):
        same("anything", tmp_path, DISPLAYS["bochs-display"], seed=seed)


@pytest.mark.parametrize("display", ["bochs-display", "ramfb"])
def test_the_files_under_seabios(display, tmp_path):
    """QEMU looks for ramfb's in its folders, of which the user may name one."""
    file = qemu.OUT / f"vgabios-{display}.bin"
    qemu.need_device(display)
    if display == "ramfb":
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / file.name).write_bytes(file.read_bytes())
        folder = qemu.pathlib.Path(qemu.firmware("seabios")).parent
        args = ["-L", tmp_path / "data", "-L", folder, "-L", "/usr/share/qemu", *DISPLAYS[display]]
    else:
        args = ["-device", f"bochs-display,romfile={file}"]
    same("windows", tmp_path, args, bios="seabios")


@pytest.mark.parametrize("display", DISPLAYS)
@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_a_failed_boot_says_why(machine, display):
    if display == "ramfb":
        qemu.need_device("ramfb")
    with qemu.VM(machine=machine, memory="128", qmp=True, args=DISPLAYS[display]) as vm:
        vm.start()
        assert vm.wait_text(HALTED, "log", 30), vm.finish(0)
        qmp = Qmp(str(vm.folder / "qmp"))
        for _ in range(50):
            lines = text(picture(vm, qmp)[2])
            if any(HALTED in line for line in lines):
                break
            qemu.sleep(0.1)
        assert lines[0].startswith("Slipway ") and any(line.startswith(REASON) for line in lines), "\n".join(lines)


@pytest.mark.parametrize("machine, display", [("pc", "bochs-display"), ("q35", "ramfb"), ("pc", "smallest")])
def test_grubs_menu(machine, display):
    """80 columns of it: SeaVGABIOS has 160x50 there, and menus in a corner."""
    if display == "ramfb":
        qemu.need_device("ramfb")
    image = qemu.first_file(GRUB, "grub-rescue-pc")
    args = [*DISPLAYS[display], "-drive", f"file={image},format=raw,if=none,id=d,snapshot=on",
            "-device", "virtio-blk-pci,drive=d"]
    with qemu.VM(machine=machine, memory="128", qmp=True, args=args) as vm:
        vm.start()
        assert vm.wait_text("boot: drive 80", "log", 30), vm.finish(0)
        qmp = Qmp(str(vm.folder / "qmp"))
        for _ in range(300):
            width, height, rows = picture(vm, qmp)
            lines = text(rows) if (width, height) == (640, 400) else []
            if any("GNU GRUB" in line for line in lines) and any(line.strip(" \xb3").startswith("*") for line in lines):
                return
            qemu.sleep(0.2)
        assert False, "\n".join(lines) + str(vm.finish(0))


# mov $0x4f02, %ax; mov $0x4143, %bx; int $0x10; 1: hlt; jmp 1b
SET_800X600 = bytes.fromhex("b8024f bb4341 cd10 f4 ebfd").ljust(510, b"\0") + b"\x55\xaa"


@pytest.mark.parametrize("display", DISPLAYS)
def test_a_mode_of_vbe(display, tmp_path):
    """With the smallest memory there is none of that size: the mode stays."""
    if display == "ramfb":
        qemu.need_device("ramfb")
    (tmp_path / "d").write_bytes(SET_800X600.ljust(1 << 20, b"\0"))
    args = [*DISPLAYS[display], "-drive", f"file={tmp_path}/d,format=raw,if=none,id=d",
            "-device", "virtio-blk-pci,drive=d"]
    with qemu.VM(memory="128", qmp=True, args=args) as vm:
        vm.start()
        assert vm.wait_text("boot: drive 80", "log", 30), vm.finish(0)
        qmp, end = Qmp(str(vm.folder / "qmp")), qemu.now() + (2 if display == "smallest" else 20)
        while qemu.now() < end and picture(vm, qmp)[:2] == (640, 400):
            qemu.sleep(0.1)
        width, height, rows = picture(vm, qmp)
        assert (width, height) == ((640, 400) if display == "smallest" else (800, 600))
        assert any(any(row) for row in rows) == (display == "smallest")    # black, or text

# --- how the ROM reaches memory above 1 MiB ---------------------------------------------------------

def int10(lines):
    return [line for line in lines if line.startswith(("int 10", "bda video"))]


def answers(display, folder, mode, *more):
    if display == "ramfb":
        qemu.need_device("ramfb")
    args = [*services.DISKS["q35-virtio"][1], *DISPLAYS[display], *more]
    return services.answers("slipway", "pc", args, folder, mode)[0]


@pytest.mark.parametrize("display, real_modes", [
    ("bochs-display", [services.A20_OFF, services.BIG_REAL]), ("ramfb", [])])
def test_calls_in_every_mode_of_the_processor(display, real_modes, tmp_path):
    """In virtual-8086 mode nothing is painted, and there is no VBE; all else is as in real mode. The monitor ends the
    program at a privileged instruction."""
    usual = int10(answers(display, tmp_path, services.REAL))
    assert len(usual) > 60
    for mode in real_modes:
        assert int10(answers(display, tmp_path, mode)) == usual
    found = int10(answers(display, tmp_path, services.V86))
    assert len(found) == len(usual)
    differ = [line for line, other in zip(found, usual) if line != other]
    assert differ and all(re.match(r"int 10 eax 1111(08|4f)", line) for line in differ), "\n".join(differ)


@pytest.mark.parametrize("mode", [services.REAL, services.BIG_REAL])
def test_segments_keep_their_limits(mode, tmp_path):
    """As QEMU's log has them: what it emulates enforces no limits, and a program could not see them."""
    symbols = subprocess.run(["nm", qemu.GUESTS / "real.elf"], stdout=subprocess.PIPE, text=True, check=True).stdout
    returned = 0x10000 + int(re.search(r"^(\w+) T returned$", symbols, re.MULTILINE)[1], 16)
    log = tmp_path / "cpu.log"
    answers("bochs-display", tmp_path, mode, "-d", "cpu", "-dfilter", f"{returned:#x}+1", "-D", log)
    limits = re.findall(r"^(?:[DEFG]S) =\w{4} \w{8} (\w{8} \w{8})", log.read_text(), re.MULTILINE)
    assert len(limits) > 4000 and set(limits) == {"ffffffff 008f9300"}
    tables = re.findall(r"^GDT= +\w+ (\w+)", log.read_text(), re.MULTILINE)
    assert tables and "0000000f" not in tables      # the ROM's own has two segments

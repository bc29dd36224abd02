# SPDX-License-Identifier: BSD-2-Clause
"""What displays show by the VGA BIOS of the image: QEMU's screendump of text, of each kind of memory and of VBE's depths, dot by
dot beside a model of the modes (vga_model.py). A display that cannot do a mode has to refuse it, and goes on with the next."""
import contextlib
import functools
import re

import pytest

import test_crossing
import vga_scenes
import vm as qemu
from test_flat_display import picture
from bootlog_read import Qmp

SCENES = vga_scenes.scenes()
FLAT = ["bochs-display", "ramfb", "secondary-vga"]      # without the VGA's registers and memory
# Machine and arguments of each display, and scenes that it refuses beside those that need a VGA's memory.
DISPLAYS = {
    "std": ("pc", ["VGA"]), "cirrus": ("pc", ["cirrus-vga"]), "qxl": ("pc", ["qxl-vga"]), "vmware": ("pc", ["vmware-svga"]),
    "virtio": ("q35", ["virtio-vga"]), "ati": ("pc", ["ati-vga"]), "isa": ("isapc", ["isa-vga"]),
    "isa-cirrus": ("isapc", ["isa-cirrus-vga"]), "bochs-display": ("q35", ["bochs-display"]),
    "secondary-vga": ("pc", ["secondary-vga"]), "ramfb": ("pc", ["ramfb"]),
    "root-port": ("q35", ["pcie-root-port,id=r,chassis=1", "virtio-vga,bus=r"]),
}
LINEAR = {name for name, scene in SCENES.items() if scene.linear}
REFUSED = {"cirrus": {"8 bits"}, "isa-cirrus": LINEAR | {"8 bits"}}


@functools.lru_cache(None)
def wanted(name, flat):
    """The pictures that are right: a VGA's cursor comes and goes, from QEMU 11 on as what blinks, and displays have two ways to show few
    bits of a colour."""
    models = [SCENES[name].model(flat, repeat) for repeat in ((False, True) if re.search("x1[56]", name) else (False,))]
    blinks = (None,) if flat or qemu.version() < (11, 0) else (None, True, False)
    return [model.picture(cursor, blink) for model in models for cursor in ((True,) if flat else (True, False)) for blink in blinks]


def differs(found, right):
    """None, or in words."""
    if found[:2] != right[:2]:
        return f"{found[0]}x{found[1]}, not {right[0]}x{right[1]}"
    lines = [y for y, (row, other) in enumerate(zip(found[2], right[2])) if row != other]
    if not lines:
        return None
    row, other = found[2][lines[0]], right[2][lines[0]]
    x = next(n for n in range(0, len(row), 3) if row[n:n + 3] != other[n:n + 3])
    return f"{len(lines)} lines, the first is {lines[0]}: at {x // 3} {row[x:x + 3].hex()}, not {other[x:x + 3].hex()}"


def refused(display):
    flat = display in FLAT
    return {name for name, scene in SCENES.items() if flat and not scene.text} | set(REFUSED.get(display, ()))


def wait(vm, folder, text, count):
    end = qemu.now() + 60
    while True:
        said = test_crossing.lines(folder)
        if sum(line == text for line in said) >= count:
            return said
        assert qemu.now() < end and vm.process.poll() is None, "\n".join(said) + f"\n{vm.finish(0)}"
        qemu.sleep(0.01)


def shows(vm, qmp, name, flat):
    """None, or what is wrong; QEMU draws when it likes, and a cursor blinks."""
    for _ in range(20):
        found = picture(vm, qmp)
        wrong = [differs(found, right) for right in wanted(name, flat)]
        if None in wrong:
            return None
        qemu.sleep(0.05)
    return wrong[-1]


@contextlib.contextmanager
def showing(display, folder, names):
    """The program on that display, with these scenes: the machine, and its QMP."""
    machine, device = DISPLAYS[display]
    qemu.need_device(device[-1].split(",")[0])
    medium = test_crossing.boot_disk("scenes", folder, {"script": vga_scenes.script(SCENES[name] for name in names)})
    disk = "ide-hd,drive=d" if machine == "isapc" else "virtio-blk-pci,drive=d"
    args = [*medium, "-device", disk, *test_crossing.console(folder),
            *(word for name in device for word in ("-device", name))]
    with qemu.VM(machine=machine, memory="128", args=args, qmp=True) as vm:
        vm.start()
        wait(vm, folder, "next", 1)
        yield vm, Qmp(str(vm.folder / "qmp"))


@pytest.mark.parametrize("display", DISPLAYS)
def test_screens_are_what_was_drawn(display, tmp_path):
    flat, wrong, cannot = display in FLAT, [], set()
    with showing(display, tmp_path, SCENES) as (vm, qmp):
        for number, name in enumerate(SCENES, 1):
            said = wait(vm, tmp_path, "next", number)       # the picture is there, or there is none
            last = said[[n for n, line in enumerate(said) if line == "next"][number - 1] - 1]
            if last != "shown":
                cannot.add(name)
                assert last.startswith("refused: "), said
                continue
            why = shows(vm, qmp, name, flat)
            if why:
                wrong.append(f"{name}: {why}")
            if number < len(SCENES):
                qmp.command("send-key", keys=[{"type": "qcode", "data": "spc"}], **{"hold-time": 1})
    assert not wrong, "\n".join(wrong)
    assert cannot == refused(display), sorted(cannot ^ refused(display))

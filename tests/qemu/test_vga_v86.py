# SPDX-License-Identifier: BSD-2-Clause
"""The VGA BIOS in virtual-8086 mode, where old X servers and other programs run it: every call of tests/guests/vga in every mode
under a monitor that opens no ports but the display's, and ends the program at what is privileged (tests/guests/real/v86.S).
VGA_V86=all in the environment looks at every display."""
import os
import re

import pytest

import test_crossing
import test_vga_calls as calls
import vm as qemu

DISPLAYS = {**{name: device for name, (device, _) in calls.DISPLAYS.items()}, "isa-cirrus": "isa-cirrus-vga"}
DEFAULT = ["std", "bochs-display"] if os.environ.get("VGA_V86") != "all" else DISPLAYS
FLAT = {"bochs-display", "ramfb"}
# A monitor's description is read above 1 MiB, which a task does not reach.
ABOVE = re.compile(r"\S+ vbe-other\d\d 4f15 .*")


def lines(display, folder, task):
    device = DISPLAYS[display]
    qemu.need_device(device)
    folder.mkdir()
    image = bytearray((qemu.GUESTS / "vga.img").read_bytes())
    image[test_crossing.symbols("guests/vga.elf")["as_task"] - test_crossing.PROGRAM] = task
    (folder / "d").write_bytes(image)
    result = qemu.run(240, memory="128", args=[
        "-drive", f"if=none,id=d,format=raw,file={folder}/d", "-device", "virtio-blk-pci,drive=d", "-device", device,
        *test_crossing.console(folder)])
    said = test_crossing.lines(folder)
    assert result.code == qemu.EXIT_PASS and said[-1:] == ["end"], "\n".join(said[-20:]) + f"\n{result}"
    return said


@pytest.mark.parametrize("display", DEFAULT)
def test_every_call_in_virtual_8086_mode(display, tmp_path):
    """As in real mode. Displays that are painted above 1 MiB alone say that they have no VBE."""
    task = lines(display, tmp_path / "task", 1)
    if display in FLAT:
        assert any(line.startswith("info VESA: 11110100") for line in task), "\n".join(task)
        return
    differ = calls.differences(task, lines(display, tmp_path / "real", 0), display)
    wrong = [line for line in differ if not ABOVE.fullmatch(line)]
    assert not wrong and len(task) > 10000, f"{len(wrong)}:\n" + "\n".join(wrong[:60])

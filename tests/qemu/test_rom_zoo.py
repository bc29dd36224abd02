# SPDX-License-Identifier: BSD-2-Clause
"""The zoo of option ROMs (rom_zoo.py) in machines full of cards: those that can run do, once each, each of the others costs
a line, and the disk boots."""
import re

import pytest

import media
import rom_zoo
import vm as qemu
from test_display import CARDS_OWN

CARDS = 25      # slots of a machine, less those that it needs itself
# An empty file QEMU takes for a mistake.
ZOO = [s for s in rom_zoo.specimens() if s.data and not s.name.startswith("does ")]
# After these no tick comes in any more, or its vector is gone with all others: only a watchdog device would help.
BEYOND = {"does hang with interrupts off", "does halt for ever", "does use up its stack"}
ROGUES = [s for s in rom_zoo.specimens() if s.name.startswith("does ") and s.name not in BEYOND]
HERDS = [ZOO[i:i + CARDS] for i in range(0, len(ZOO), CARDS)]


def room(data):
    """A BAR of a ROM is a power of two, 2 KiB at least: zeros behind the file."""
    return data + bytes(max(2048, 1 << (len(data) - 1).bit_length()) - len(data))


def test_it_is_large_enough():
    assert len([s for s in ZOO if s.expected != rom_zoo.RUNS or s.chain not in (0, 1)]) >= 200


@pytest.mark.parametrize("machine", ["pc", "q35"])
@pytest.mark.parametrize("herd", range(len(HERDS)))
def test_each_costs_itself(herd, machine, tmp_path):
    args = ["-drive", f"file={media.disk(tmp_path, 'disk')},format=raw,if=none,id=d", "-device", "virtio-blk-pci,drive=d,addr=2",
            *CARDS_OWN]
    for n, specimen in enumerate(HERDS[herd]):
        (tmp_path / f"{n}.rom").write_bytes(specimen.data)
        args += ["-device", f"secondary-vga,romfile={tmp_path}/{n}.rom,vgamem_mb=1,addr={n + 4:#x}"]
    with qemu.VM(machine=machine, memory="256", args=args) as vm:
        console = vm.folder / "console"
        vm.command += ["-chardev", f"file,id=con,path={console}", "-device", "isa-debugcon,iobase=0xe9,chardev=con"]
        vm.start()
        result = vm.finish(30)
        log, said = vm.text("log"), vm.text("console")
    assert said.startswith("disk"), f"{result}\n{log}"
    lines = dict(re.findall(r"^display: 00:(..)\.0: (.*)$", log, re.MULTILINE))
    assert len(lines) == len(re.findall("^display: ", log, re.MULTILINE)) == len(HERDS[herd]), log
    for n, specimen in enumerate(HERDS[herd]):
        line = lines[f"{n + 4:02x}"]
        if specimen.expected == rom_zoo.RUNS:
            assert line.startswith("option ROM has run"), f"{specimen.name}: {line}"
        elif len(room(specimen.data)) == len(specimen.data):
            assert line.startswith(f"option ROM: {specimen.expected}: "), f"{specimen.name}: {line}"
        else:   # it may be another fault, with zeros behind
            assert line.startswith("option ROM"), f"{specimen.name}: {line}"
    assert result.serial.count("Z") == len(re.findall("option ROM has run", log)), f"{result.serial}\n{log}"


@pytest.mark.parametrize("rogue", ROGUES, ids=lambda s: s.name)
def test_what_one_does_is_over_with_it(rogue, tmp_path):
    (tmp_path / "rogue.rom").write_bytes(rogue.data)
    args = ["-drive", f"file={media.disk(tmp_path, 'disk')},format=raw,if=none,id=d", "-device", "virtio-blk-pci,drive=d",
            "-option-rom", f"{tmp_path}/rogue.rom", "-fw_cfg", "name=opt/org.slipway/rom-seconds,string=1"]
    with qemu.VM(memory="128", args=args, no_reboot=False) as vm:
        console = vm.folder / "console"
        vm.command += ["-chardev", f"file,id=con,path={console}", "-device", "isa-debugcon,iobase=0xe9,chardev=con"]
        vm.start()
        result = vm.finish(30)
        assert vm.text("console").startswith("disk"), f"{result}\n{vm.text('log')}"

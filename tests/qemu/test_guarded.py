# SPDX-License-Identifier: BSD-2-Clause
"""What must never be overwritten or left behind, seen by what is booted and by option ROMs: docs/security.md. What is seen
from outside is in test_security.py."""
import re

import pytest

import vm as qemu
from test_menu import PROMPT, TITLE, WANTED, Machine
from test_option_roms import option_roms, rogue

KEY_A, KEY_1 = 0x1e, 0x02       # scan codes


def program(name, machine="pc", timeout=30, args=(), **how):
    """(console, log) of a program of tests/guests/programs, booted from a disk."""
    kind = "virtio-blk-device" if machine == "microvm" else "ide-hd"
    disk = ["-drive", f"file={qemu.GUESTS / f'{name}.img'},format=raw,if=none,snapshot=on,id=d", "-device", f"{kind},drive=d"]
    with qemu.VM(machine=machine, memory="128", args=[*args, *disk], **how) as vm:
        vm.command += ["-chardev", f"file,id=con,path={vm.folder}/console", "-device", "isa-debugcon,iobase=0xe9,chardev=con"]
        vm.start()
        result = vm.finish(timeout)
        assert result.code is not None, result
        return vm.text("console"), result.log


def typed(console):
    """(words of the buffer, what port 60h shows, keys that INT 16h gives)"""
    found = re.fullmatch(r"buffer(( [0-9a-f]{4}){16})\nport ([0-9a-f]{2})\nkeys(( [0-9a-f]{4})*)\n", console)
    assert found, console
    return [int(word, 16) for word in found[1].split()], int(found[3], 16), [int(word, 16) for word in found[4].split()]


@pytest.mark.parametrize("machine", ["pc", "q35", "isapc"])
def test_what_an_option_rom_has_read_is_not_there_any_more(machine, tmp_path):
    """Three keys are typed: the first is read, two are typed ahead, which programs rely on."""
    buffer, port, keys = typed(program("typed", machine, args=option_roms(rogue(tmp_path, "type")))[0])
    assert keys == [0x3062, 0x2e63]
    assert buffer == [0] + keys + [0] * 13 and port not in (KEY_A, KEY_A | 0x80)


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_what_was_typed_in_the_menu_is_not_there_any_more(machine, tmp_path):
    disk = ["-drive", f"file={qemu.GUESTS}/typed.img,format=raw,if=none,snapshot=on,id=d", "-device", "ide-hd,drive=d"]
    with Machine(tmp_path, *WANTED, *disk, machine=machine, names=()) as m:
        m.wait_for(PROMPT)
        m.press("f12")
        m.wait_for(TITLE)
        m.wait_for("1-")
        m.event("1", True)      # and is not released: what comes later shows
        m.vm.finish(30)
        buffer, port, keys = typed(m.console.read_text())
    assert (buffer, keys) == ([0] * 16, []) and port not in (KEY_1, KEY_1 | 0x80)

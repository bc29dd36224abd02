# SPDX-License-Identifier: BSD-2-Clause
"""How deep the firmware's stack (src/arch/layout.h) was used. Its memory is 0 from the start, so the lowest word that
is not tells; every boot has to leave a good part of it."""
import re
import struct
import sys

import pytest

import media
import network_media as network
import vm as qemu
from terminal import Terminal
from test_menu import number
from test_pxe import FAST

sys.path.insert(0, str(qemu.ROOT / "tools"))
from bootlog_read import Qmp  # noqa: E402

LAYOUT = (qemu.ROOT / "src/arch/layout.h").read_text()
TOP, SIZE = (int(re.search(rf"^#define {name}\s+(0x[0-9a-f]+)", LAYOUT, re.MULTILINE)[1], 16)
             for name in ("AP_MAILBOX", "STACK_SIZE"))
FREE = 1024     # bytes that a boot leaves


def used(terminal):
    """Bytes of the stack."""
    file = terminal.vm.folder / "stack"
    Qmp(str(terminal.vm.folder / "qmp")).command("pmemsave", val=TOP - SIZE, size=SIZE, filename=str(file))
    words = struct.unpack(f"<{SIZE // 4}I", file.read_bytes())
    return SIZE - 4 * next((n for n, word in enumerate(words) if word), len(words))


def check(terminal, name):
    deepest = used(terminal)
    print(f"{name}: {deepest} of {SIZE} bytes of the stack were used")
    assert 256 < deepest <= SIZE - FREE, f"{deepest} bytes of {SIZE}\n{terminal.said()}"


@pytest.mark.parametrize("machine", ["pc", "q35"])
@pytest.mark.parametrize("display", [[], ["-device", "VGA"]], ids=["serial", "beside"])
def test_a_menu_a_late_rom_and_grub(display, machine, tmp_path):
    """A card is chosen in the menu, its ROM run then; it finds no file, and GRUB comes from the CD."""
    iso = media.grub_iso(tmp_path, "set timeout=-1\nmenuentry entry-one { echo chosen\nsleep 60 }\n")
    args = [*FAST, *number(tmp_path, "etc/show-boot-menu", 1, 1),
            *number(tmp_path, "etc/boot-menu-wait", 0xffffffff, 4), *display,
            "-drive", f"file={iso},format=raw,if=none,media=cdrom,id=cd",
            "-device", "ide-cd,drive=cd,bootindex=2",
            *network.card(1, "e1000", tmp_path, "missing", ",addr=7,bootindex=9")]
    with Terminal(machine=f"{machine},graphics=off", memory="128", args=args, qmp=True) as terminal:
        terminal.wait("1-2 of 2")
        at_menu = used(terminal)
        terminal.send(b"\x1b[B\r")
        terminal.wait("*entry-one", 90)
        assert re.search(r"^rom: 00:07\.0: option ROM", terminal.vm.text("log"), re.MULTILINE), terminal.said()
        assert used(terminal) >= at_menu
        terminal.send(b"c")
        terminal.wait("grub>")
        terminal.send(b"ls\r")
        terminal.wait("(cd,msdos1)", 60)
        check(terminal, f"{machine}, menu {at_menu}, iPXE run late, GRUB")


@pytest.mark.parametrize("machine, device", [("pc", "ide-hd"), ("q35", "ide-hd"), ("q35", "virtio-blk-pci"),
                                             ("microvm", "virtio-blk-device")])
def test_a_disk(machine, device, tmp_path):
    """GRUB from the same image as a disk, where there is no ROM."""
    iso = media.grub_iso(tmp_path, "set timeout=-1\nmenuentry entry-one { echo chosen\nsleep 60 }\n")
    args = ["-drive", f"file={iso},format=raw,if=none,snapshot=on,id=d", "-device", f"{device},drive=d"]
    with Terminal(machine=f"{machine},graphics=off", memory="128", args=args, qmp=True) as terminal:
        terminal.wait("*entry-one", 60)
        check(terminal, f"{machine}, {device}, GRUB")

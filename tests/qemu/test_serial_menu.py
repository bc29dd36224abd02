# SPDX-License-Identifier: BSD-2-Clause
"""The boot menu over a serial line: what a terminal shows of it, and bytes that a terminal sends; alone and beside a
display, on other ports and machines. And what the menu offers beside disks: images of a CD, network cards, option ROMs,
kernels."""
import re
import sys

import pytest

import conftest
import media
import network_media as network
import vm as qemu
from option_rom import finish
from terminal import Terminal
from test_menu import PROMPT, TITLE, WANTED, number
from test_option_roms import rogue
from test_pxe import FAST, NATIVE_OFF
from test_serial_console import ALONE, BESIDE, SECOND, check_same, sercon_port

sys.path.insert(0, str(qemu.ROOT / "tools"))
from bootlog_read import Qmp  # noqa: E402

F12, ESC, ENTER = b"\x1b[24~", b"\x1b", b"\r"
UP, DOWN, HOME, END, PAGE_UP, PAGE_DOWN = (b"\x1b[" + end for end in (b"A", b"B", b"H", b"F", b"5~", b"6~"))
GREY_BELOW = 0x70      # of an attribute: the background


def at_once(folder):
    """No prompt: with a clock that runs ahead of the host's it would have ended before the first key."""
    return ["-boot", "menu=on", *number(folder, "etc/boot-menu-wait", 0xffffffff, 4)]


class Menu(Terminal):
    """Disks of our own that end QEMU telling their name, in that order."""

    def __init__(self, folder, *args, names=("one_", "two_", "thre"), machine="pc,graphics=off", **how):
        device = "virtio-blk-device" if machine.startswith("microvm") else "virtio-blk-pci"
        disks = []
        for n, name in enumerate(names):
            place = f",addr={8 + n // 8:x}.{n % 8},multifunction=on" if device.endswith("pci") else ""
            disks += ["-drive", f"file={media.disk(folder, name)},format=raw,if=none,id=d{n}",
                      "-device", f"{device},drive=d{n},bootindex={n + 1}{place}"]
        self.console = folder / "console"
        super().__init__(machine=machine, memory="128", qmp=True, **how, args=[
            *args, *disks, "-chardev", f"file,id=con,path={self.console}",
            "-device", "isa-debugcon,iobase=0xe9,chardev=con"])

    def entries(self):
        """The words of each, without mark and label."""
        return [line[5:] for line in self.lines() if re.match(r"[> ] (\w\.|  ) \S", line)]

    def wait_marked(self, text):
        """It is the only one, in exchanged colours from end to end."""
        self.wait(lambda lines: [line for line in lines if line.startswith("> ")] == [text])
        self.wait(lambda lines: all(attribute & 0x70 == (GREY_BELOW if line == text else 0) for line, row in
                                    zip(lines, self.cells()) for _, attribute in row))

    def open_by(self, *sent, footer="1-3 of 3"):
        self.wait(PROMPT)
        for data in sent:
            self.send(data)
        self.wait(footer)

    def booted(self, *names, timeout=60):
        """QEMU has ended by the last of these disks, of all that were booted."""
        result = self.vm.finish(timeout)
        assert result.code == qemu.EXIT_PASS, f"{result}\n{self.said()}"
        found = [line.split()[0] for line in self.console.read_text().splitlines() if len(line.split()) > 20]
        assert found == list(names), f"{result}\n{self.said()}"


def words(machine, n):
    return f"virtio disk, 1 MiB, at 0x{0xfeb02e00 - 0x200 * n:x}" if machine.startswith("microvm") else \
        f"virtio disk, 1 MiB, PCI 00:08.{n}"


# Machine, display, port (0: COM1 by -nographic).
PLACES = {
    "pc": ("pc,graphics=off", ALONE, 0), "q35": ("q35,graphics=off", ALONE, 0),
    "pc-beside": ("pc,graphics=off", BESIDE, 0), "q35-beside": ("q35,graphics=off", BESIDE, 0),
    "com2": ("pc", ALONE, 0x2f8), "com2-beside": ("q35", BESIDE, 0x2f8),
    "cirrus-beside": ("pc,graphics=off", ["-device", "cirrus-vga"], 0),
    "microvm": ("microvm,graphics=off", ALONE, 0),
    "microvm-no-tick": ("microvm,graphics=off,pit=off,pic=off,rtc=off", ALONE, 0),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_choice_by_a_terminals_arrows(place, tmp_path):
    machine, display, port = PLACES[place]
    how = {"port_args": SECOND} if port else {}
    knob = sercon_port(tmp_path, port) if port else []
    with Menu(tmp_path, *WANTED, *display, *knob, machine=machine, **how) as menu:
        menu.open_by(F12)
        mine = menu.entries()
        assert len(set(mine)) == 3 and all(entry.startswith("virtio disk, 1 MiB, ") for entry in mine), menu.said()
        if not machine.startswith("microvm"):
            assert mine == [words(machine, n) for n in range(3)], menu.said()
        labelled = [f"{n}. {entry}" for n, entry in enumerate(mine, 1)]
        shown = [TITLE, "", f"> {labelled[0]}", *(f"  {entry}" for entry in labelled[1:]), "",
                 "1-3 of 3; arrow keys and Enter, or a label; ESC: usual order"]
        menu.wait(lambda lines: lines == shown + [""] * (25 - len(shown)))
        for key, marked in ((DOWN, 1), (DOWN, 2), (DOWN, 2), (UP, 1), (END, 2), (HOME, 0), (PAGE_DOWN, 2), (PAGE_UP, 0),
                            (DOWN, 1)):
            menu.send(key)
            menu.wait_marked(f"> {labelled[marked]}")
        if not machine.startswith("microvm"):
            check_same(menu)
        assert not menu.screen.unknown, menu.said()
        menu.send(ENTER)
        menu.booted("two_")


# As xterm sends them, in application mode, the Linux console, rxvt: what opens the menu, and what brings the mark from
# the first to the second of three. A list is sent byte by byte.
SEQUENCES = {
    "xterm": (F12, DOWN), "application": (F12, b"\x1bOB"),
    "linux": (F12, b"\x1b[4~" + UP), "rxvt": (F12, b"\x1b[8~" + UP),
    "escape": (ESC, DOWN), "slow": (list(F12), list(DOWN)), "slow-application": (list(F12), list(b"\x1bOB")),
    "modifiers": (F12, b"\x1b[1;1B"), "in-one": (F12, DOWN + DOWN + UP),
}


@pytest.mark.parametrize("sequence", SEQUENCES)
def test_keys_as_terminals_send_them(sequence, tmp_path):
    opens, moves = SEQUENCES[sequence]
    with Menu(tmp_path, *WANTED) as menu:
        menu.wait(PROMPT)
        for data, shows in ((opens, lambda: menu.wait("1-3 of 3")),
                            (moves, lambda: menu.wait_marked(f"> 2. {words('pc', 1)}"))):
            for part in [bytes([byte]) for byte in data] if isinstance(data, list) else [data]:
                menu.send(part)
                qemu.sleep(0.03 if isinstance(data, list) else 0)
            shows()
        menu.send(ENTER)
        menu.booted("two_")


@pytest.mark.parametrize("key", [b"\x1b[[B", b"\x1bOQ", b"\x1b[12~"], ids=["linux", "xterm", "vt220"])
def test_the_hosts_key_by_a_terminal(key, tmp_path):
    """F2. F1 is another key: it ends the wait."""
    args = [*WANTED, *number(tmp_path, "etc/boot-menu-key", 0x3c, 1)]
    with Menu(tmp_path, *args) as menu:
        menu.wait("Press F12 for the boot menu.")
        menu.send(key)
        menu.wait("1-3 of 3")
        menu.send(b"3")
        menu.booted("thre")


def test_other_keys_end_the_wait(tmp_path):
    for key in (b" ", ENTER, b"\x1b[[A", DOWN, "ä".encode()):
        with Menu(tmp_path, *WANTED) as menu:
            menu.wait(PROMPT)
            menu.send(key)
            menu.booted("one_")
            assert TITLE not in menu.lines(), menu.said()


@pytest.mark.parametrize("display", [ALONE, BESIDE], ids=["alone", "beside"])
@pytest.mark.parametrize("key", [b"\x1b[[A", b"0", b"q", b"\x1bx", b"\0", b"\xff", b"\x1b[200~", b"\x1b[25;80R",
                                 DOWN + UP])
def test_what_means_nothing_changes_nothing(key, display, tmp_path):
    with Menu(tmp_path, *WANTED, *display) as menu:
        menu.open_by(F12)
        menu.send(key)
        qemu.sleep(0.3)
        menu.wait_marked(f"> 1. {words('pc', 0)}")
        menu.send(b"3")
        menu.booted("thre")


def test_escape_opens_and_leaves(tmp_path):
    """A terminal that repeats it, or a user who presses it twice, does not leave at once."""
    with Menu(tmp_path, *WANTED) as menu:
        menu.open_by(ESC, ESC, ESC)
        qemu.sleep(1.5)
        assert TITLE in menu.lines(), menu.said()
        menu.send(ESC)
        menu.booted("one_")
        assert "menu: left without a choice among 3" in menu.vm.text("log")


@pytest.mark.parametrize("display", [ALONE, BESIDE], ids=["alone", "beside"])
def test_forty_entries(display, tmp_path):
    with Menu(tmp_path, *WANTED, *display, names=[f"d{n:03}" for n in range(1, 41)]) as menu:
        menu.open_by(F12, footer="1-21 of 40")

        def at(n):
            label = "123456789abcdefghijklmnopqrsuvwxyz"[n - 1:n] or " "
            place = f"PCI 00:{8 + (n - 1) // 8:02x}.{(n - 1) % 8}"
            return f"> {label}{'.' if label != ' ' else ' '} virtio disk, 1 MiB, {place}"

        menu.wait_marked(at(1))
        assert len(menu.entries()) == 21
        for data, marked, top in ((DOWN * 21, 22, 2), (UP, 21, 2), (PAGE_DOWN, 40, 20), (UP * 20, 20, 20), (UP, 19, 19),
                                  (HOME, 1, 1), (END, 40, 20), (UP, 39, 20)):
            menu.send(data)
            menu.wait(f"{top}-{top + 20} of 40; ")
            menu.wait_marked(at(marked))
            assert [entry.rpartition(" ")[2] for entry in menu.entries()] == [
                at(n).rpartition(" ")[2] for n in range(top, top + 21)], menu.said()
            check_same(menu)
        menu.send(ENTER)
        menu.booted("d039")


def test_keyboard_and_terminal_have_the_same_menu(tmp_path):
    with Menu(tmp_path, *WANTED, *BESIDE) as menu:
        menu.open_by(F12)
        qmp = Qmp(str(menu.vm.folder / "qmp"))
        for name, marked in (("down", 1), ("down", 2)):
            qmp.command("send-key", keys=[{"type": "qcode", "data": name}])
            menu.wait_marked(f"> {marked + 1}. {words('pc', marked)}")
        menu.send(UP)
        menu.wait_marked(f"> 2. {words('pc', 1)}")
        qmp.command("send-key", keys=[{"type": "qcode", "data": "ret"}])
        menu.booted("two_")


def test_what_a_strict_order_excludes(tmp_path):
    other = media.disk(tmp_path, "othr")
    args = ["-boot", "menu=on,strict=on,splash-time=60000", "-drive", f"file={other},format=raw,if=none,id=o",
            "-device", "virtio-blk-pci,drive=o,addr=10"]
    with Menu(tmp_path, *args) as menu:
        menu.open_by(F12, footer="1-4 of 4")
        assert menu.entries()[3] == "virtio disk, 1 MiB, PCI 00:10.0"
        menu.send(b"4")
        menu.booted("othr")


# ---- what else there is to choose ----

def cd_of_three(folder):
    plain, floppy = media.disk(folder, "plai", size=2048), media.disk(folder, "flop", size=1440 * 1024)
    return media.iso_of(folder / "three.iso", (plain, "plain", ["-no-emul-boot", "-boot-load-size", "4"]),
                        (floppy, "the floppy", []), (media.hard_disk_image(folder, "hard"), "", ["-hard-disk-boot"]))


@pytest.mark.parametrize("machine", ["pc", "q35"])
@pytest.mark.parametrize("n, name", [(1, "one_"), (2, "plai"), (3, "plai"), (4, "flop"), (5, "hard")])
def test_each_image_of_a_cd(n, name, machine, tmp_path):
    """The CD as such boots its first."""
    cd = ["-drive", f"file={cd_of_three(tmp_path)},format=raw,if=none,media=cdrom,id=cd",
          "-device", "ide-cd,drive=cd,bus=ide.0,unit=0"]
    with Menu(tmp_path, *WANTED, *cd, machine=f"{machine},graphics=off", names=("one_",)) as menu:
        menu.open_by(F12, footer="1-5 of 5")
        place = {"pc": "IDE channel 0 drive 0", "q35": "PCI 00:1f.2 port 0"}[machine]
        entries = menu.entries()
        assert entries[:2] == [words("pc", 0), f"QEMU DVD-ROM, CD, {place}"], menu.said()
        assert [entry.partition(", ")[0] for entry in entries[2:]] == ["QEMU DVD-ROM"] * 3, menu.said()
        assert len(set(entries)) == 5, menu.said()
        menu.send(DOWN * (n - 1))
        menu.wait_marked(f"> {n}. {entries[n - 1]}")
        menu.send(ENTER)
        menu.booted(name)


@pytest.mark.parametrize("machine", ["pc", "q35"])
@pytest.mark.parametrize("key, names", [(b"2", ["net1"]), (b"3", ["net2"]), (b"1", ["one_"])])
def test_network_cards(key, names, machine, tmp_path):
    files = [network.program(tmp_path, name) for name in ("net1", "net2")]
    args = [*FAST, *at_once(tmp_path), *network.card(1, "e1000", tmp_path, files[0], ",addr=3"),
            *network.card(2, "virtio-net-pci", tmp_path, files[1], ",addr=4")]
    with Menu(tmp_path, *args, machine=f"{machine},graphics=off", names=("one_",)) as menu:
        menu.wait("1-3 of 3", 60)
        assert menu.entries() == [words("pc", 0), "iPXE (PCI 00:03.0)", "iPXE (PCI 00:04.0)"], menu.said()
        menu.send(key)
        menu.booted(*names)


@pytest.mark.parametrize("chosen", [1, 2, 3])
def test_what_option_roms_register(chosen, tmp_path):
    """An entry each; the disk follows what comes back."""
    roms = [rogue(tmp_path, letter=letter, pnp=True, bev=True) for letter in "AB"]
    second = bytearray(roms[1].read_bytes())
    at = second.index(b"Rogue\0")
    second[at:at + 5] = b"Other"
    roms[1].write_bytes(finish(second[:-1]))
    args = [*WANTED, *(word for rom in roms for word in ("-option-rom", rom))]
    with Menu(tmp_path, *args, names=("one_",)) as menu:
        menu.open_by(F12)
        assert menu.entries() == [words("pc", 0), "Rogue", "Other"], menu.said()
        menu.send(b"%d" % chosen)
        menu.booted("one_")
        ran = [line for line in menu.vm.text("log").splitlines() if line.endswith(": BEV")]
        assert ran == [[], ["rogue A: BEV"], ["rogue B: BEV"]][chosen - 1], menu.said()


@pytest.mark.parametrize("machine", ["pc", "q35"])
@pytest.mark.parametrize("args, entry", [([], "the kernel of -kernel"), (NATIVE_OFF, "the kernel of -kernel, by Linux loader DMA")],
                         ids=["native", "rom"])
@pytest.mark.parametrize("key", ["kernel", "disk"])
def test_a_kernel(args, entry, machine, key, tmp_path):
    how = {"kernel": qemu.GUESTS / "check.bzImage", "initrd": conftest.make_initrd(conftest.MIB),
           "append": "ram=128 initrd"}
    with Menu(tmp_path, *WANTED, *args, machine=f"{machine},graphics=off", names=("one_",), **how) as menu:
        menu.open_by(F12, footer="1-2 of 2")
        assert menu.entries() == [entry, words("pc", 0)], menu.said()
        menu.send(b"1" if key == "kernel" else b"2")
        menu.booted(*([] if key == "kernel" else ["one_"]))
        assert (b"the kernel's checksum is right" in menu.bytes) == (key == "kernel"), menu.said()

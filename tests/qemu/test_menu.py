# SPDX-License-Identifier: BSD-2-Clause
"""The boot menu, as a user has it: keys through QMP, and what is on the screen, read from the display's memory. When it
comes and for how long is QEMU's -boot menu=, splash-time= and SeaBIOS's files in fw_cfg."""
import re
import sys

import pytest

import media
import vm as qemu
from conftest import make_initrd, words_for
from test_display import screen

sys.path.insert(0, str(qemu.ROOT / "tools"))
from bootlog_read import Error, Qmp  # noqa: E402

PROMPT = "Press ESC or F12 for the boot menu."
TITLE = "Slipway: what is to be booted?"
MIB = 1 << 20


class Machine:
    """A machine with a display, disks of our own and a user. Its disks end QEMU, telling their name, unless action says
    something else."""

    def __init__(self, folder, *args, machine="pc", names=("one_", "two_", "thre"), action="X", cards=("VGA,addr=1e",),
                 **how):
        self.vm = qemu.VM(machine=machine, memory="128", qmp=True, args=args, **how)
        self.console = self.vm.folder / "console"
        self.vm.command += ["-chardev", f"file,id=con,path={self.console}",
                            "-device", "isa-debugcon,iobase=0xe9,chardev=con"]
        for card in cards:
            self.vm.command += ["-device", card]
        for n, name in enumerate(names):
            place = f"addr={8 + n // 8:x}.{n % 8},multifunction=on" if n or len(names) > 1 else "addr=8"
            self.vm.command += ["-drive", f"file={media.disk(folder, name, action)},format=raw,if=none,id=d{n}",
                                "-device", f"virtio-blk-pci,drive=d{n},bootindex={n + 1},{place}"]

    def __enter__(self):
        self.vm.start()
        for _ in range(500):
            try:
                self.qmp = Qmp(str(self.vm.folder / "qmp"))
                break
            except Error:
                qemu.sleep(0.02)
            if self.vm.process.poll() is not None:      # nobody was asked anything
                break
        return self

    def __exit__(self, *how):
        self.vm.__exit__(*how)

    def press(self, *names):
        """One after the other, each released before the next; the last may end QEMU at once."""
        for n, name in enumerate(names, 1):
            for down in (True, False):
                try:
                    self.event(name, down)
                except (Error, OSError):
                    if n < len(names):
                        raise
                qemu.sleep(0.03)

    def event(self, name, *downs):
        keys = [{"type": "key", "data": {"down": down, "key": {"type": "qcode", "data": name}}} for down in downs]
        self.qmp.command("input-send-event", events=keys)

    def screen(self):
        return screen(self.vm, self.qmp)

    def wait_for(self, text, timeout=30):
        """Wait until a line of the screen begins with text; return all of them."""
        end = qemu.now() + timeout
        while True:
            lines = self.screen()
            if any(line.startswith(text) for line in lines):
                return lines
            assert qemu.now() < end, f"no line begins with {text!r}:\n" + "\n".join(lines) + self.vm.text("log")
            qemu.sleep(0.05)

    def entries(self):
        return [line for line in self.screen() if re.match(r"[> ] (\w\.|  ) ", line)]

    def marked(self):
        found = [line for line in self.screen() if line.startswith("> ")]
        return found[0] if len(found) == 1 else found

    def wait_marked(self, text):
        for _ in range(200):
            if self.marked() and text in self.marked():
                return self.marked()
            qemu.sleep(0.05)
        raise AssertionError(f"{text!r} is not marked:\n" + "\n".join(self.screen()))

    def names(self, timeout=30):
        """What has been booted, once QEMU has ended."""
        result = self.vm.finish(timeout)
        assert result.code == qemu.EXIT_PASS, str(result)
        return [line.split()[0] for line in self.console.read_text().splitlines() if len(line.split()) > 20]


WANTED = ["-boot", "menu=on,splash-time=60000"]    # longer than any test


def number(folder, name, value, size):
    file = folder / name.replace("/", "-")
    file.write_bytes(value.to_bytes(size, "little"))
    return ["-fw_cfg", f"name={name},file={file}"]


@pytest.mark.parametrize("machine, key", [("pc", "esc"), ("q35", "f12")])
def test_the_second_disk_by_its_label(machine, key, tmp_path):
    with Machine(tmp_path, *WANTED, machine=machine) as m:
        m.wait_for(PROMPT)
        m.press(key)
        m.wait_for(TITLE)
        m.wait_for("1-")
        assert m.entries() == [f"{'>' if n == 1 else ' '} {n}. virtio disk, 1 MiB, PCI 00:08.{n - 1}"
                               for n in (1, 2, 3)]
        m.press("2")
        assert m.names() == ["two_"]


def test_arrows_move_the_mark_and_enter_takes_it(tmp_path):
    with Machine(tmp_path, *WANTED) as m:
        m.wait_for(PROMPT)
        m.press("f12")
        m.wait_for("1-3 of 3")
        for key, label in (("down", "2"), ("down", "3"), ("up", "2"), ("end", "3"), ("home", "1"), ("pgdn", "3"),
                           ("pgup", "1"), ("down", "2")):
            m.press(key)
            m.wait_marked(f"> {label}. ")
        m.press("ret")
        assert m.names() == ["two_"]


@pytest.mark.parametrize("machine", ["pc", "q35", "isapc"])
def test_a_key_from_before_the_keyboard_is_served_is_none(machine, tmp_path):
    """Its bytes are dropped, and no interrupt brings the last one back: of Alt's release it is 11h, which is W elsewhere."""
    cards = ("isa-vga",) if machine == "isapc" else ("VGA,addr=1e",)
    disks = {"names": ()} if machine == "isapc" else {}
    args = ["-drive", f"file={media.disk(tmp_path, 'ide_', 'X')},format=raw,if=ide"] if machine == "isapc" else []
    with Machine(tmp_path, *WANTED, "-S", *args, machine=machine, cards=cards, **disks) as m:
        m.qmp.command("cont")
        m.event("alt", True, False)
        m.wait_for(PROMPT)
        qemu.sleep(0.3)
        m.press("f12")
        m.wait_for(TITLE)
        m.press("1")
        assert len(m.names()) == 1


@pytest.mark.parametrize("bios", ["slipway", "seabios"])
def test_another_key_is_the_usual_order_at_once(bios, tmp_path):
    with Machine(tmp_path, *WANTED, bios=bios) as m:
        m.wait_for("Press ESC")
        m.press("spc")
        assert m.names() == ["one_"]


def test_escape_leaves_once_the_key_is_released(tmp_path):
    """ESC has opened it; what the keyboard repeats does not leave it."""
    with Machine(tmp_path, *WANTED) as m:
        m.wait_for(PROMPT)
        m.press("esc", "esc", "esc", "esc")
        m.wait_for("1-3 of 3")
        m.press("down")
        m.wait_marked("> 2. ")
        m.press("esc")
        assert m.names() == ["one_"]


def test_what_was_chosen_gives_up_and_the_others_follow(tmp_path):
    with Machine(tmp_path, *WANTED, action="8", names=("one_", "two_", "thre")) as m:
        m.wait_for(PROMPT)
        m.press("f12")
        m.wait_for("1-3 of 3")
        m.press("3")
        assert m.vm.wait_text("boot: halted", "log", 30), m.vm.finish(0)
        names = [line.split()[0] for line in m.console.read_text().splitlines() if len(line.split()) > 20]
        assert names == ["thre", "one_", "two_"]
        lines = m.wait_for("boot: halted")
        assert TITLE not in lines
        tried = [line for line in lines if line.startswith("boot: tried ")]
        assert tried == [f"boot: tried {n}: virtio disk, 1 MiB, PCI 00:08.{slot}: its program gave up"
                         for n, slot in ((1, 2), (2, 0), (3, 1))], "\n".join(lines)


def test_more_entries_than_lines(tmp_path):
    names = [f"d{n:03}" for n in range(1, 41)]
    with Machine(tmp_path, *WANTED, names=names) as m:
        m.wait_for(PROMPT)
        m.press("f12")
        m.wait_for("1-21 of 40")
        assert len(m.entries()) == 21 and m.marked().endswith("PCI 00:08.0")
        m.press("pgdn", "pgdn")
        m.wait_for("20-40 of 40")
        m.wait_marked("PCI 00:0c.7")
        assert len(m.entries()) == 21
        assert m.entries()[-1] == ">    virtio disk, 1 MiB, PCI 00:0c.7"    # beyond the letters
        m.press("up")
        m.wait_marked("PCI 00:0c.6")
        m.press("ret")
        assert m.names() == ["d039"]


def test_a_label_of_an_entry_that_is_not_on_the_screen(tmp_path):
    """t is nobody's: SeaBIOS has it for its TPM menu, and what is behind it keeps its letter."""
    names = [f"d{n:03}" for n in range(1, 41)]
    with Machine(tmp_path, *WANTED, names=names) as m:
        m.wait_for(PROMPT)
        m.press("f12")
        m.wait_for("1-21 of 40")
        m.press("t", "z")
        assert m.names() == ["d034"]


@pytest.mark.parametrize("bios", ["slipway", "seabios"])
def test_the_hosts_key_and_message(bios, tmp_path):
    args = [*WANTED, *number(tmp_path, "etc/boot-menu-key", 0x3c, 1), "-fw_cfg",
            "name=etc/boot-menu-message,string=Two: F2 opens"]
    with Machine(tmp_path, *args, bios=bios) as m:
        m.wait_for("Two: F2 opens")
        m.press("f2")
        m.wait_for("1-3 of 3" if bios == "slipway" else "3. ")
        m.press("2")
        assert m.names() == ["two_"]
    if bios == "slipway":       # ESC is a key like any other then
        with Machine(tmp_path, *args) as m:
            m.wait_for("Two: F2 opens")
            m.press("esc")
            assert m.names() == ["one_"]


@pytest.mark.parametrize("option, ms", [(",splash-time=300", 300), (",splash-time=0", 0), ("", 2500)])
def test_the_wait_ends(option, ms, tmp_path):
    with Machine(tmp_path, "-boot", f"menu=on{option}") as m:
        assert m.names() == ["one_"]
        assert f"menu: {ms} ms for F12 or the key of scan code 01" in m.vm.text("log")
        assert m.vm.text("log").count("menu: ") == 1, m.vm.text("log")


def test_the_wait_is_as_long_as_it_is_told(tmp_path):
    """Not shorter; longer is what a busy host makes of it."""
    with Machine(tmp_path, "-boot", "menu=on,splash-time=3000") as m:
        began = m.vm.time_before("menu: 3000 ms")
        assert began and m.names(60) == ["one_"]
        assert qemu.now() - began > 2.8


def test_with_a_negative_wait_the_menu_comes_by_itself(tmp_path):
    """As SeaBIOS documents it."""
    with Machine(tmp_path, "-boot", "menu=on", *number(tmp_path, "etc/boot-menu-wait", 0xffffffff, 4)) as m:
        m.wait_for("1-3 of 3")
        m.press("2")
        assert m.names() == ["two_"]


def test_with_a_wait_of_0_a_key_pressed_before_counts(tmp_path):
    """Presses go on from the reset to the menu: one of them comes between the keyboard's start and the look."""
    with Machine(tmp_path, "-boot", "menu=on,splash-time=0", names=("none",), action=None, no_reboot=False) as m:
        for boots in range(1, 21):
            while m.vm.text("log").count("boot: halted") < boots:
                m.event("f12", True, False)
                if any(line.startswith(TITLE) for line in m.screen()):
                    m.wait_for("1-1 of 1")
                    return
            m.qmp.command("system_reset")
        raise AssertionError("the menu has not come: " + m.vm.text("log")[-2000:])


@pytest.mark.parametrize("menu", ["on", "off"])
@pytest.mark.parametrize("show", [0, 1])
@pytest.mark.parametrize("bios", ["slipway", "seabios"])
def test_the_file_decides_before_the_option(bios, menu, show, tmp_path):
    args = ["-boot", f"menu={menu},splash-time=60000", *number(tmp_path, "etc/show-boot-menu", show, 1)]
    with Machine(tmp_path, *args, bios=bios) as m:
        if show:
            m.wait_for("Press ESC")
            m.press("spc")
        assert m.names() == ["one_"]


def test_files_that_are_no_numbers_cost_a_line(tmp_path):
    args = ["-boot", "menu=on", *number(tmp_path, "etc/boot-menu-key", 1, 3),
            *number(tmp_path, "etc/boot-menu-wait", 0x10000, 4), *number(tmp_path, "etc/show-boot-menu", 77, 8),
            "-fw_cfg", f"name=etc/boot-menu-message,file={tmp_path}/long"]
    (tmp_path / "long").write_bytes(b"A\x1b[2J\a" * 0x4000)
    with Machine(tmp_path, *args) as m:
        m.wait_for("A [2J A")
        m.press("esc")
        m.wait_for("1-3 of 3")
        m.press("2")
        assert m.names() == ["two_"]
        log = m.vm.text("log")
    for said in ("etc/boot-menu-key: a number in 3 bytes could not be read (-22); taken as 1",
                 "etc/boot-menu-wait: 0x10000 is more than 0xffff; taken as 2500",
                 "etc/show-boot-menu: 0x4d is more than 0x2; taken as 1",
                 "etc/boot-menu-message: 98304 bytes, the first 1024 are shown"):
        assert f"menu: {said}" in log, log


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_without_a_menu_nothing_waits(machine, tmp_path):
    """Not even the clock is looked for."""
    with Machine(tmp_path, machine=machine) as m:
        assert m.names() == ["one_"]
        log = m.vm.text("log")
    assert "timer: " not in log and "menu: " not in log, log


@pytest.mark.parametrize("machine, cards", [("pc", ()), ("microvm", ())])
def test_without_display_and_serial_console_there_is_a_line(machine, cards, tmp_path):
    names = ("one_",) if machine == "pc" else ()
    with Machine(tmp_path, *WANTED, machine=machine, cards=cards, names=names) as m:
        if names:
            assert m.names() == ["one_"]
        else:
            assert m.vm.wait_text("boot: halted", "log", 30)
        said = "menu: it is wanted, and there is neither display nor serial console" in m.vm.text("log")
        assert said == bool(names)


def kernel(machine):
    return {"machine": machine, "kernel": qemu.GUESTS / "check.bzImage", "initrd": make_initrd(MIB),
            "append": words_for("128", [], True, "")}


@pytest.mark.parametrize("machine", ["pc", "q35"])
@pytest.mark.parametrize("keys, disk", [(("f12", "1"), None), (("f12", "3"), "two_"), (("spc",), None)])
def test_the_kernel_is_an_entry(machine, keys, disk, tmp_path):
    with Machine(tmp_path, *WANTED, **kernel(machine)) as m:
        m.wait_for(PROMPT)
        m.press(keys[0])
        if len(keys) > 1:
            m.wait_for("1-4 of 4")
            assert m.entries()[0] == "> 1. the kernel of -kernel"
            m.press(keys[1])
        result = m.vm.finish(60)
        assert result.code == qemu.EXIT_PASS, str(result)
        names = [line.split()[0] for line in m.console.read_text().splitlines() if len(line.split()) > 20]
        assert names == ([disk] if disk else [])
        assert ("not ok" not in result.serial and "\nok " in result.serial) == (disk is None), str(result)


@pytest.mark.parametrize("machine", ["pc", "microvm"])
def test_a_kernel_where_the_menu_cannot_be_shown_or_is_forbidden(machine, tmp_path):
    with Machine(tmp_path, *WANTED, names=(), cards=(), **kernel(machine)) as m:
        result = m.vm.finish(60)
        assert result.code == qemu.EXIT_PASS, str(result)
        assert "neither display nor serial console" in result.log, str(result)
    forbidden = number(tmp_path, "etc/show-boot-menu", 0, 1)
    with Machine(tmp_path, *WANTED, *forbidden, names=(), cards=(), **kernel(machine)) as m:
        result = m.vm.finish(60)
        assert result.code == qemu.EXIT_PASS and "menu: " not in result.log, str(result)


def test_what_a_strict_order_excludes_may_be_chosen(tmp_path):
    other = media.disk(tmp_path, "othr")
    args = ["-boot", "menu=on,strict=on,splash-time=60000", "-drive", f"file={other},format=raw,if=none,id=o",
            "-device", "virtio-blk-pci,drive=o,addr=10"]
    with Machine(tmp_path, *args) as m:
        m.wait_for(PROMPT)
        m.press("f12")
        m.wait_for("1-4 of 4")
        m.press("4")
        assert m.names() == ["othr"]


@pytest.mark.parametrize("card", ["bochs-display", "cirrus-vga", "virtio-vga"])
def test_other_displays(card, tmp_path):
    """bochs-display has no text mode: its ROM draws the characters, so the log tells when the prompt is there."""
    with Machine(tmp_path, *WANTED, cards=(f"{card},addr=1e",)) as m:
        assert m.vm.wait_text("menu: 60000 ms", "log", 30), m.vm.finish(0)
        m.press("f12")
        if card != "bochs-display":
            m.wait_for("1-3 of 3")
        m.press("2")
        assert m.names() == ["two_"]


def test_a_machine_without_pci_and_a_processor_without_time_stamps(tmp_path):
    args = [word for name in ("one_", "two_") for word in
            ("-drive", f"file={media.disk(tmp_path, name)},format=raw,if=ide")]
    with Machine(tmp_path, *WANTED, "-cpu", "486", *args, machine="isapc", cards=("isa-vga",), names=()) as m:
        m.wait_for(PROMPT)
        m.press("esc")
        m.wait_for("1-2 of 2")
        assert m.entries()[1] == "  2. QEMU HARDDISK, 1 MiB, IDE channel 0 drive 1"
        m.press("2")
        assert m.names() == ["two_"]


def test_little_room_and_many_files(tmp_path):
    """The directory is a large one, so it lies in memory that is given back."""
    args = [word for n in range(100) for word in ("-fw_cfg", f"name=opt/x/{n},string=x")]
    with Machine(tmp_path, *WANTED, *number(tmp_path, "etc/boot-menu-key", 0x3d, 4), *args,
                 "-global", "fw_cfg.x-file-slots=200") as m:
        m.wait_for("Press F12")
        m.press("f3")
        m.wait_for("1-3 of 3")
        m.press("2")
        assert m.names() == ["two_"]

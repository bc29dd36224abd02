# SPDX-License-Identifier: BSD-2-Clause
"""The serial console: what a terminal shows of INT 10h, beside SeaBIOS's and beside the memory of a display; keys; boot
loaders over it, and loaders that use the port themselves; ports that are none."""
import contextlib
import re
import struct
import sys

import pytest

import loader_media as loaders
import media
import test_crossing
import test_services
import vm as qemu
from terminal import COLUMNS, ROWS, Screen, Terminal
from test_display import CARDS_OWN

sys.path.insert(0, str(qemu.ROOT / "tools"))
from bootlog_read import Qmp  # noqa: E402

ALONE, BESIDE = [], ["-device", "VGA"]
SCENES = ["answers", "plain", "all_characters", "all_attributes", "strings", "windows", "anything", "much"]
# Unicode's own table has the control characters there.
SIGNS = " ☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼"
GLYPHS = SIGNS + bytes(range(32, 127)).decode() + "⌂" + bytes(range(128, 256)).decode("cp437")


def program(folder, name, seed=1, device="virtio-blk-pci"):
    """A disk with the program "screen" in that scene, which prints to a console of its own."""
    poke = {"scene": bytes([SCENES.index(name), 0]), "seed": struct.pack("<I", seed)}
    return [*test_crossing.boot_disk("screen", folder, poke), "-device", f"{device},drive=d",
            *test_crossing.console(folder)]


@contextlib.contextmanager
def scene(name, folder, display=ALONE, bios="slipway", machine="pc", seed=1):
    """The program in that scene, up to where it waits for a key."""
    device = "virtio-blk-device" if machine.startswith("microvm") else "virtio-blk-pci"
    args = [*program(folder, name, seed, device), *display]
    with Terminal(bios=bios, machine=f"{machine},graphics=off", memory="128", args=args, qmp=True) as terminal:
        end = qemu.now() + 30
        while "shown" not in test_crossing.lines(folder):
            assert qemu.now() < end and terminal.vm.process.poll() is None, terminal.said()
            qemu.sleep(0.02)
        qemu.sleep(0.3)     # the tick moves the cursor, and the last bytes come
        yield terminal


def memory(terminal):
    """The cells at B8000, as a terminal would show them."""
    file = terminal.vm.folder / "screen"
    Qmp(str(terminal.vm.folder / "qmp")).command("pmemsave", val=0xb8000, size=ROWS * COLUMNS * 2, filename=str(file))
    raw = file.read_bytes()
    cells = [(GLYPHS[raw[at]], raw[at + 1]) for at in range(0, len(raw), 2)]
    return [cells[COLUMNS * row:COLUMNS * row + COLUMNS] for row in range(ROWS)]


def what_counts(cells):
    """Of a blank the background alone."""
    return [[(c, attribute if c != " " else attribute & 0x70) for c, attribute in row] for row in cells]


def differing(terminal):
    shown, kept = what_counts(terminal.cells()), what_counts(memory(terminal))
    return [(row, column, shown[row][column], kept[row][column]) for row in range(ROWS) for column in range(COLUMNS)
            if shown[row][column] != kept[row][column]]


def check_same(terminal):
    """Once the guest has come to rest."""
    end = qemu.now() + 5
    wrong = differing(terminal)
    while wrong and qemu.now() < end:
        qemu.sleep(0.1)
        wrong = differing(terminal)
    assert not wrong, f"{len(wrong)} cells differ: {wrong[:10]}\n{terminal.said()}"
    assert not terminal.screen.unknown, terminal.said()


@pytest.mark.parametrize("display", [ALONE, BESIDE], ids=["alone", "beside"])
@pytest.mark.parametrize("name", SCENES[1:-1])
def test_the_terminal_shows_what_the_screen_has(name, display, tmp_path):
    """Beside a display its ROM has written the memory."""
    for seed in range(1, 4 if name == "anything" else 2):
        with scene(name, tmp_path, display, seed=seed) as terminal:
            check_same(terminal)


# --- beside SeaBIOS ---------------------------------------------------------------------------------

# What the scene "answers" prints on Slipway, and why it is not what SeaBIOS prints.
INTENDED = {
    r"0410=.* 0460=0607 .*": "the cursor has the shape that a display's ROM gives it, not 0007",
    r"0f00: 11115003 222200ff .*": "BH is the page, as with a display; SeaBIOS leaves it",
    r"0300: \w+ \w+ 33330607 .*": "the cursor's shape",
    r"0800: .*": "character and attribute are those of the screen; SeaBIOS gives 0700, and BX 2000",
    r"0013: 11110013 .*": "there are no graphics: the mode stays; SeaBIOS's console stops",
    r"0f00: 11112801 .*": "the mode before",
}


def test_answers_are_those_of_seabios(tmp_path):
    said = {}
    for bios in ("slipway", "seabios"):
        (tmp_path / bios).mkdir()
        with scene("answers", tmp_path / bios, bios=bios):
            said[bios] = [line.rstrip() for line in test_crossing.lines(tmp_path / bios)]
    assert len(said["slipway"]) == len(said["seabios"]) > 40
    wrong = [f"- {theirs}\n+ {ours}" for ours, theirs in zip(said["slipway"], said["seabios"])
             if ours != theirs and not any(re.fullmatch(rule, ours) for rule in INTENDED)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", ["plain", "all_characters", "all_attributes"])
def test_text_is_where_seabios_shows_it(name, tmp_path):
    """Its terminal does not blink, and does not write on where a line ends. On a busy host it loses bytes: one run of
    some that is the same will do."""
    def shown(bios):
        folder = tmp_path / f"{bios}-{qemu.now()}"
        folder.mkdir()
        with scene(name, folder, bios=bios) as terminal:
            cells = [[(c, a & 0x7f if c != " " else a & 0x70) for c, a in row] for row in terminal.cells()]
        if name == "all_attributes":
            del cells[20:], cells[0][:2]    # its teletype is always grey, as is what is black first
        return cells

    ours = shown("slipway")
    for _ in range(5):
        theirs = shown("seabios")
        if ours == theirs:
            break
    assert ours == theirs


DISK = ["-device", "virtio-blk-pci,drive=d"]


def of_display(lines):
    return [line for line in lines if line.startswith(("int 10", "bda video", "screen", "ROM"))]


def test_a_displays_rom_answers_as_if_nothing_was_in_front_of_it(tmp_path):
    ours, theirs = (of_display(test_services.answers(bios, "pc,graphics=off", [*DISK, *BESIDE, *CARDS_OWN], tmp_path)[0])
                    for bios in ("slipway", "seabios"))
    assert len(ours) > 250 and ours[1:] == theirs[1:]    # the first has the cursor, behind what the firmware has said


@pytest.mark.parametrize("display", [ALONE, BESIDE], ids=["alone", "beside"])
def test_virtual_8086_mode_gets_the_same_answers(display, tmp_path):
    """And no privileged instruction is executed, which ends the program."""
    def of(mode):
        lines, (_, port, _) = test_services.answers("slipway", "pc,graphics=off", [*DISK, *display], tmp_path, mode)
        return of_display(lines), port

    (real, port), (v86, port_86) = of(test_services.REAL), of(test_services.V86)
    assert len(real) > 250 and real == v86
    assert port and port_86.count(b"\x1b[") > 10


# --- keys -------------------------------------------------------------------------------------------

KEYS = [
    (b"a", "1e61"), (b"A", "1e41"), (b"\r", "1c0d"), (b"\x7f", "0e08"), (b"\b", "0e08"), (b"\t", "0f09"),
    (b"\x1b[Z", "0f00"), (b"\x03", "2e03"), (b"\x1b[A", "48e0"), (b"\x1b[B", "50e0"), (b"\x1bOC", "4de0"),
    (b"\x1b[D", "4be0"), (b"\x1b[H", "47e0"), (b"\x1b[4~", "4fe0"), (b"\x1b[5~", "49e0"), (b"\x1b[6~", "51e0"),
    (b"\x1b[2~", "52e0"), (b"\x1b[3~", "53e0"), (b"\x1bOP", "3b00"), (b"\x1b[12~", "3c00"), (b"\x1b[[C", "3d00"),
    (b"\x1bOS", "3e00"), (b"\x1b[15~", "3f00"), (b"\x1b[21~", "4400"), (b"\x1b[23~", "8500"), (b"\x1b[24~", "8600"),
    (b"\x1b[1;5C", "74e0"), (b"\x1bx", "2d00"), ("ä".encode(), "0084"),
]


def keys_of(folder, count, terminal):
    end = qemu.now() + 20
    while True:
        keys = [line[4:8] for line in test_crossing.lines(folder) if line.startswith("key ") and len(line) == 8]
        if len(keys) >= count:
            return keys
        assert qemu.now() < end, f"{keys}\n{terminal.said()}"
        qemu.sleep(0.02)


# The last: no tick comes, and what waits for a key looks for it.
@pytest.mark.parametrize("machine, display", [
    ("pc", ALONE), ("pc", BESIDE), ("q35", ALONE), ("microvm", ALONE), ("microvm,pit=off,pic=off,rtc=off", ALONE)])
def test_keys_get_through(machine, display, tmp_path):
    with scene("plain", tmp_path, display, machine=machine) as terminal:
        for n, (sent, word) in enumerate(KEYS):
            terminal.send(sent)
            assert keys_of(tmp_path, n + 1, terminal)[n] == word, sent
        n = len(KEYS)
        terminal.send(b"\x1b")
        assert keys_of(tmp_path, n + 1, terminal)[n] == "011b"
        for byte in b"\x1b[17~":        # one by one
            terminal.send(bytes([byte]))
            qemu.sleep(0.03)
        assert keys_of(tmp_path, n + 2, terminal)[n + 1] == "4000"
        many = b"".join(sent for sent, _ in KEYS)   # more than the port and the buffer hold
        terminal.send(many)
        assert keys_of(tmp_path, n + 2 + len(KEYS), terminal)[n + 2:] == [word for _, word in KEYS]
        terminal.send(b"q")
        assert terminal.vm.finish(20).code == 3


# --- boot loaders -----------------------------------------------------------------------------------

ENTRIES = "".join(f"menuentry entry-{name} {{ echo chosen-{name}\nsleep 60 }}\n" for name in ("one", "two", "three"))
MODULES = "usr/lib/syslinux/modules/bios"


@contextlib.contextmanager
def booted_cd(iso, display=ALONE, machine="pc", bios="slipway"):
    args = ["-cdrom", iso, *display]
    with Terminal(bios=bios, machine=f"{machine},graphics=off", memory="128", args=args, qmp=True) as terminal:
        yield terminal


@pytest.mark.parametrize("machine, display", [("pc", ALONE), ("q35", BESIDE)])
def test_grub_is_usable(machine, display, tmp_path):
    iso = media.grub_iso(tmp_path, "set timeout=-1\n" + ENTRIES)
    with booted_cd(iso, display, machine) as terminal:
        terminal.wait(lambda lines: "*entry-one" in lines[4] and "entry-three" in lines[6])
        terminal.wait("command-line")
        assert terminal.lines()[3][1:].startswith("┌──") and terminal.cells()[4][3][1] == 0x70, terminal.said()
        qemu.sleep(0.5)
        check_same(terminal)
        terminal.send(b"\x1b[B")
        terminal.wait("*entry-two")
        terminal.send(b"\x1bOB")
        terminal.wait("*entry-three")
        check_same(terminal)
        terminal.send(b"c")
        terminal.wait("grub>")
        terminal.send(b"echo typed-$root\r")
        terminal.wait(lambda lines: any(line.startswith("typed-") for line in lines))
        terminal.send(b"\x1b")
        terminal.wait("*entry-three")
        terminal.send(b"\x1b[A\r")
        terminal.wait("chosen-two")


def isolinux_cd(folder, config):
    """With the modules that the configurations here name."""
    files = {f"isolinux/{name}.c32": media.unpacked("syslinux-common", f"{MODULES}/{name}.c32")
             for name in ("poweroff", "libcom32", "menu", "libutil")}
    return loaders.isolinux_cd(folder, {"isolinux/isolinux.cfg": config, **files})


LABELS = "".join(f"LABEL {name}\nMENU LABEL {name}-label\n{what}\n" for name, what in
                 (("first", "LINUX /none"), ("second", "COM32 /isolinux/poweroff.c32")))


@pytest.mark.parametrize("machine, display", [("q35", ALONE), ("pc", BESIDE)])
def test_isolinux_is_usable(machine, display, tmp_path):
    iso = isolinux_cd(tmp_path, "PROMPT 1\nTIMEOUT 0\nDEFAULT first\nSAY said-first\n" + LABELS)
    with booted_cd(iso, display, machine) as terminal:
        terminal.wait("boot:")
        assert "said-first" in "\n".join(terminal.lines())
        terminal.send(b"secondx\x7f\r")
        assert terminal.vm.finish(20).code == 0, terminal.said()


@pytest.mark.parametrize("machine, display", [("pc", ALONE), ("q35", BESIDE)])
def test_isolinux_menus_are_usable(machine, display, tmp_path):
    with booted_cd(isolinux_cd(tmp_path, "UI /isolinux/menu.c32\nTIMEOUT 0\n" + LABELS), display, machine) as terminal:
        terminal.wait("Press [Tab]")
        qemu.sleep(0.5)
        check_same(terminal)
        terminal.send(b"\x1b[B")
        terminal.wait(lambda lines: any(attribute & 0x70 == 0x70 for line, row in zip(lines, terminal.cells())
                                        if "second-label" in line for _, attribute in row))
        terminal.send(b"\r")
        assert terminal.vm.finish(20).code == 0, terminal.said()


@pytest.mark.parametrize("display", [ALONE, BESIDE], ids=["alone", "beside"])
def test_nothing_is_doubled_when_grub_has_the_port(display, tmp_path):
    """Nor are keys: an arrow is three bytes, which all have to come to the same reader."""
    iso = media.grub_iso(tmp_path, "serial --unit=0 --speed=115200\nterminal_input serial console\n"
                         "terminal_output serial console\nset timeout=-1\n" + ENTRIES)
    with booted_cd(iso, display) as terminal:
        terminal.wait(lambda lines: "*entry-one" in "".join(lines) and "entry-three" in "".join(lines))
        qemu.sleep(0.5)
        assert terminal.bytes.count(b"GNU GRUB") == 1 and terminal.bytes.count(b"entry-three") == 1, terminal.said()
        for entry in ("two", "three"):
            terminal.send(b"\x1b[B")
            terminal.wait(f"*entry-{entry}")
        terminal.send(b"\r")
        terminal.wait("chosen-three")
        assert terminal.bytes.count(b"chosen-three") == 1, terminal.said()


@pytest.mark.parametrize("display", [ALONE, BESIDE], ids=["alone", "beside"])
def test_nothing_is_doubled_when_isolinux_has_the_port(display, tmp_path):
    iso = isolinux_cd(tmp_path, "SERIAL 0 115200\nPROMPT 1\nTIMEOUT 0\nDEFAULT first\n" + LABELS)
    with booted_cd(iso, display) as terminal:
        terminal.wait("boot:")
        qemu.sleep(0.3)
        assert terminal.bytes.count(b"boot:") == 1, terminal.said()
        terminal.send(b"second")
        terminal.wait("boot: second")
        qemu.sleep(0.3)
        assert terminal.bytes.count(b"second") == 1, terminal.said()
        terminal.send(b"\r")
        assert terminal.vm.finish(20).code == 0, terminal.said()


# --- ports ------------------------------------------------------------------------------------------

def sercon_port(folder, value, size=8):
    file = folder / "port"
    file.write_bytes(value.to_bytes(size, "little"))
    return ["-fw_cfg", f"name=etc/sercon-port,file={file}"]


SECOND = ("-serial", "null", "-serial", "chardev:ser")


@pytest.mark.parametrize("size", [1, 2, 4, 8])
def test_the_port_may_be_another(size, tmp_path):
    """0 is none, and has one byte too."""
    if size == 1:
        with qemu.VM(machine="pc,graphics=off", memory="128", args=sercon_port(tmp_path, 0, 1)) as vm:
            vm.start()
            assert vm.wait_text("boot: halted", "log", 30), vm.finish(0)
            assert "console: " not in vm.text("log") and "\x1b" not in vm.text("serial")
        return
    args = [*program(tmp_path, "plain"), *sercon_port(tmp_path, 0x2f8, size)]
    with Terminal(port_args=SECOND, memory="128", args=args) as terminal:
        terminal.wait(lambda lines: lines[24] == "last")
        terminal.send(b"q")
        assert terminal.vm.finish(20).code == 3
        assert "console: serial, port 0x2f8, alone" in terminal.vm.text("log")


BAD_PORTS = {
    "no UART": (0x2f8, 2, "no UART at port 0x2f8"), "last": (0xfff8, 2, "no UART at port 0xfff8"),
    "power management": (0x600, 4, "no UART at port 0x600"),
    "IDE": (0x1f0, 4, "0x1f0: a multiple of 8"), "keyboard": (0x60, 1, "0x60: a multiple of 8"),
    "fw_cfg": (0x510, 2, "0x510: a multiple"), "PCI": (0xcf8, 2, "0xcf8: a multiple"),
    "odd": (0x3f9, 2, "0x3f9: a multiple"), "large": (0x100003f8, 4, "0x100003f8: a multiple"),
    "largest": ((1 << 64) - 8, 8, "0xfffffffffffffff8: a multiple"), "three bytes": (0x3f8, 3, "no number in 3 bytes"),
    "no bytes": (0, 0, "no number in 0 bytes"),
}


@pytest.mark.parametrize("bad", BAD_PORTS)
def test_a_port_that_is_none_costs_a_line(bad, tmp_path):
    value, size, said = BAD_PORTS[bad]
    with qemu.VM(machine="pc,graphics=off", memory="128", args=sercon_port(tmp_path, value, size)) as vm:
        vm.start()
        assert vm.wait_text("boot: halted", "log", 30), vm.finish(0)
        log = vm.text("log")
    assert log.count("console: ") == 1 and said in log, log
    assert "boot: no kernel was given" in log


def test_without_a_port_nothing_is_shown(tmp_path):
    with qemu.VM(machine="pc,graphics=off", memory="128", args=["-serial", "none"]) as vm:
        at = vm.command.index("chardev:ser")
        del vm.command[at - 1:at + 1]
        vm.start()
        assert vm.wait_text("boot: halted", "log", 30), vm.finish(0)
        assert vm.text("log").count("console: ") == 1 and "console: no UART at port 0x3f8" in vm.text("log")


@pytest.mark.parametrize("graphics", ["on", "off"])
def test_it_is_there_only_where_it_is_wanted(graphics, tmp_path):
    with qemu.VM(machine=f"pc,graphics={graphics}", memory="128", args=program(tmp_path, "plain")) as vm:
        vm.start()
        end = qemu.now() + 30
        while "shown" not in test_crossing.lines(tmp_path):
            assert qemu.now() < end, vm.finish(0)
            qemu.sleep(0.05)
        there = graphics == "off"
        assert ("line A" in vm.text("serial")) == there and ("console: " in vm.text("log")) == there


def test_a_terminal_that_reads_nothing_stops_no_boot(tmp_path):
    """Its socket fills up; what is shown meanwhile is lost. Keys get through, and then it goes on."""
    with Terminal(machine="pc,graphics=off", memory="128", args=program(tmp_path, "much")) as terminal:
        terminal.reads.clear()
        end = qemu.now() + 60
        while "shown" not in test_crossing.lines(tmp_path):
            assert qemu.now() < end, terminal.said()
            qemu.sleep(0.05)
        terminal.send(b"x")
        assert keys_of(tmp_path, 1, terminal) == ["2d78"]
        terminal.reads.set()
        qemu.sleep(1)
        read = len(terminal.bytes)
        assert 200 < read < 100_000, f"of some 600,000 bytes it has read {read}"
        terminal.send(b"q")
        assert terminal.vm.finish(20).code == 3


def test_the_next_try_has_the_port_again(tmp_path):
    """A boot sector sets the port up for itself, says something, and gives up."""
    code = bytes.fromhex("bafc03" "b003" "ee"           # MCR = DTR, RTS
                         "b85a0e" "cd10"                # INT 10h: Z
                         "baf803" "b059" "ee"           # Y, by itself
                         "cd18")
    (tmp_path / "first").write_bytes(code.ljust(510, b"\0") + b"\x55\xaa")
    args = ["-drive", f"if=none,id=f,format=raw,file={tmp_path}/first", "-device", "virtio-blk-pci,drive=f,bootindex=1",
            *program(tmp_path, "plain", device="virtio-blk-pci,bootindex=2")]
    with Terminal(machine="pc,graphics=off", memory="128", args=args) as terminal:
        terminal.wait(lambda lines: lines[24] == "last")
        assert b"Y" in terminal.bytes and b"Z" not in terminal.bytes.split(b"Hello")[0], terminal.said()
        assert terminal.bytes.count(b"Booting from") == 2
        terminal.send(b"q")
        assert terminal.vm.finish(20).code == 3


def test_int_14h_takes_the_port(tmp_path):
    code = bytes.fromhex("b8e300" "31d2" "cd14"         # set up port 0
                         "b85a0e" "cd10"                # INT 10h: Z
                         "b85901" "31d2" "cd14"         # INT 14h: Y
                         "baf400" "b010" "ee" "f4")
    (tmp_path / "first").write_bytes(code.ljust(510, b"\0") + b"\x55\xaa")
    args = ["-drive", f"if=none,id=f,format=raw,file={tmp_path}/first", "-device", "virtio-blk-pci,drive=f"]
    result = qemu.run(30, machine="pc,graphics=off", memory="128", args=args)
    assert result.code == qemu.EXIT_PASS and "Booting from" in result.serial, str(result)
    assert "Y" in result.serial and "Z" not in result.serial, str(result)


def test_random_calls_change_nothing_that_is_not_theirs(tmp_path):
    """On a port that INT 14h does not know, so that nobody takes it. INT 10h is among the calls."""
    args = [*DISK, "-chardev", f"file,id=port,path={tmp_path}/out", "-device", "isa-serial,iobase=0x2400,chardev=port",
            *sercon_port(tmp_path, 0x2400)]
    said, result = test_crossing.run("random_calls", "pc", args, tmp_path, poke=(("drives", b"\x80\xff\xff\xff"),))
    assert said == ["drive 80"], "\n".join(said) + f"\n{result}"
    assert "console: serial, port 0x2400, alone" in result.log
    shown = (tmp_path / "out").read_bytes()
    assert shown.count(b"\x1b[") > 1000, len(shown)
    screen = Screen()
    screen.take(shown)
    assert not screen.unknown, screen.unknown[:5]

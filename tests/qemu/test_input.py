# SPDX-License-Identifier: BSD-2-Clause
"""Keyboard, clocks and mouse as real-mode programs find them (tests/guests/programs), under Debian's SeaBIOS and under
Slipway: what a program is told must agree, but for what is listed here with its reason."""
import json
import re
import socket
import time

import pytest

import vm as qemu

KEYPAD_DIGITS = {0x47 + i: digit for i, digit in enumerate("789-456+1230") if digit not in "-+"}

# What "input" prints on Slipway, and why it is not what SeaBIOS prints.
INTENDED = [
    (r"BDA 70: .*", "40:76 is the disks'"),
    (r"BDA 90: .*", "40:98 holds what the last wait was for; SeaBIOS leaves a counter of its own there"),
    (r"masks b88e in service 00 8042 65 RTC 2602", "the controller's command byte says that its self-test was passed"),
    (r"unknown INT 15 AX=8302: ax=8602 CF NZ", "AL stays as it is"),
    (r"SysRq INT 15 AX=850[01]: ax=000[01]( NC ZF)?", "AH=85h is there"),
]
# Instructions, INT and IRET included: what SeaBIOS takes, at most.
COST = {"int16_01_empty": 179, "int16_11_empty": 179, "int16_01_key": 179, "int1a_00": 157, "int1a_02": 157, "int08": 427}


def command(firmware, machine, program, folder, *args):
    drive = "virtio-blk-device" if machine.startswith("microvm") else "virtio-blk-pci"
    return [qemu.QEMU, "-M", machine, "-accel", "tcg", "-m", "128", "-nodefaults", "-display", "none", "-no-user-config",
            "-no-reboot", "-bios", qemu.firmware(firmware, machine), "-device", "isa-debugcon,iobase=0xe9,chardev=console",
            "-chardev", f"file,id=console,path={folder}/{firmware}.txt", "-drive",
            f"file={qemu.GUESTS / program}.img,format=raw,if=none,id=d,snapshot=on", "-device", f"{drive},drive=d",
            *qemu.DEBUG_EXIT, *args]


class Guest:
    """A running program, with QMP."""

    def __init__(self, firmware, machine, program, folder, *args):
        qemu.need_machine(machine)
        self.console = folder / f"{firmware}.txt"
        self.command = command(firmware, machine, program, folder, "-qmp", f"unix:{folder}/{firmware}.qmp,server=on,wait=off",
                               *args)
        self.path = f"{folder}/{firmware}.qmp"

    def __enter__(self):
        self.process = qemu.subprocess.Popen(self.command, stdin=qemu.subprocess.DEVNULL, stdout=qemu.subprocess.DEVNULL,
                                             stderr=qemu.subprocess.DEVNULL)
        self.wait_for(lambda: self.text().count("ready\n"), "the program did not start")
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(self.path)
        self.stream = self.socket.makefile("rw")
        self.stream.readline()
        self.qmp("qmp_capabilities")
        return self

    def __exit__(self, *_):
        self.socket.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def text(self):
        return self.console.read_text(errors="replace") if self.console.exists() else ""

    def lines(self):
        return self.text().split("ready\n")[-1].splitlines()

    def wait_for(self, what, why, timeout=30):
        end = time.monotonic() + timeout
        while not what():
            assert time.monotonic() < end, f"{why}:\n{self.text()}"
            time.sleep(0.01)

    def qmp(self, execute, **arguments):
        self.stream.write(json.dumps({"execute": execute, "arguments": arguments}) + "\n")
        self.stream.flush()
        while True:
            answer = json.loads(self.stream.readline())
            if "return" in answer or "error" in answer:
                assert "error" not in answer, answer
                return

    def event(self, kind, **data):
        self.qmp("input-send-event", events=[{"type": kind, "data": data}])

    def last_key(self, name):
        """Press a key at which the machine ends, perhaps before QEMU answers. Returns its exit code."""
        try:
            self.event("key", down=True, key={"type": "qcode", "data": name})
        except (OSError, ValueError):
            pass
        return self.process.wait(10)

    def keys(self, *names, lines=0):
        """Press them one after the other, wait for what they bring, and release them in the other order."""
        before = len(self.lines())
        for down in (True, False):
            for name in names if down else reversed(names):
                self.event("key", down=down, key={"type": "qcode", "data": name})
                time.sleep(0.01)
            self.wait_for(lambda: len(self.lines()) >= before + lines, f"no key of {names}", timeout=10)
        return self.lines()[before:]

    def type(self, *names, lines=1):
        """The lines that keys bring."""
        return self.keys(*names, lines=lines)


def run(firmware, machine, program, folder, *args):
    """The lines that a program prints."""
    qemu.need_machine(machine)
    line = command(firmware, machine, program, folder, *args)
    done = qemu.subprocess.run(line, timeout=120, stdout=qemu.subprocess.PIPE, stderr=qemu.subprocess.STDOUT, text=True)
    text = (folder / f"{firmware}.txt").read_text(errors="replace")
    assert done.returncode == 3, f"{' '.join(line)}\nexit {done.returncode}: {done.stdout}\n{text[-500:]}"
    return text.splitlines()


def split_flags(word):
    """(keys, flags pressed, flags released) of what "keys" prints for a code."""
    found = re.fullmatch(r"([^(]*)(?:\((\w+),(\w+)\))?", word)
    return found[1], found[2], found[3]


def same_code(ours, theirs, prefix, code, ctrl, alt):
    """Is it the same but for what is meant to differ?"""
    (our_keys, *our_flags), (their_keys, *their_flags) = split_flags(ours), split_flags(theirs)
    if ctrl and prefix and code == 0x37:
        their_keys = "7200"  # Ctrl-PrtSc is a key of its own
    if alt and not prefix and code in KEYPAD_DIGITS and KEYPAD_DIGITS[code] != "0":
        their_keys = f"{int(KEYPAD_DIGITS[code]):04x}"  # Alt and digits are a character
    if code in (0x52, 0x54):
        our_flags = their_flags  # Ins and SysRq have flags
    if code in (0x3a, 0x45, 0x46) or code == 0x1d and ctrl or code == 0x38 and alt:
        # 40:97 tells the lights at once; Ctrl and Alt stay in force while the other key of the kind is held.
        our_flags, their_flags = ([f and f"{int(f, 16) & 0x00fffff3:08x}" for f in flags] for flags in (our_flags, their_flags))
    return (our_keys, our_flags) == (their_keys, their_flags)


def test_every_scan_code_is_the_key_it_is_elsewhere(tmp_path):
    ours, theirs = run("slipway", "q35", "keys", tmp_path), run("seabios", "q35", "keys", tmp_path)
    assert len(ours) == len(theirs) == 80
    wrong = []
    for our, their in zip(ours, theirs):
        (name, our_words), (their_name, their_words) = our.split(": "), their.split(": ")
        assert name == their_name
        words = list(zip(our_words.split(), their_words.split()))
        assert len(words) == 0x58
        modifier = name.split()[0]
        for code, (a, b) in enumerate(words, 1):
            if not same_code(a, b, not name.endswith("00"), code, "ctrl" in modifier, "alt" in modifier):
                wrong.append(f"{name}, code {code:02x}: {a}, SeaBIOS {b}")
    assert not wrong, f"{len(wrong)} differ:\n" + "\n".join(wrong[:40])


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_keyboard_clock_and_mouse_services_answer_as_elsewhere(machine, tmp_path):
    clock = ["-rtc", "base=2021-03-04T05:06:07,clock=vm"]
    ours, theirs = run("slipway", machine, "input", tmp_path, *clock), run("seabios", machine, "input", tmp_path, *clock)
    assert len(ours) == len(theirs) > 1000
    different = [f"- {b}\n+ {a}" for a, b in zip(ours, theirs) if a != b and not any(re.fullmatch(p, a) for p, _ in INTENDED)]
    assert not different, f"{len(different)} answers differ:\n" + "\n".join(different[:40])


def test_what_is_polled_costs_no_more_than_elsewhere(tmp_path):
    lines = run("slipway", "q35", "cost", tmp_path, "-icount", "shift=0,sleep=off")
    cost = {name: int(number) for name, number in (line.split() for line in lines)}
    assert {name: n for name, n in cost.items() if n > COST.get(name, n)} == {}
    assert set(COST) <= set(cost)


def typed(guest):
    """What a user types, and what a program gets of it."""
    got = []
    for names, lines in ((["a"], 1), (["shift", "a"], 1), (["ctrl", "a"], 1), (["alt", "a"], 1), (["alt_r", "f1"], 1),
                         (["home"], 1), (["shift", "home"], 1), (["kp_7"], 1), (["num_lock"], 0), (["kp_7"], 1),
                         (["home"], 1), (["shift", "left"], 1), (["kp_divide"], 1), (["kp_enter"], 1), (["caps_lock"], 0),
                         (["q"], 1), (["shift", "q"], 1), (["delete"], 1), (["f12"], 1), (["ctrl_r", "f10"], 1)):
        got += guest.type(*names, lines=lines)
    code = guest.last_key("esc")
    return got, guest.lines()[-1], code


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_what_a_user_types_arrives(machine, tmp_path):
    with Guest("slipway", machine, "echo", tmp_path) as ours, Guest("seabios", machine, "echo", tmp_path) as theirs:
        got = typed(ours)
        assert got == typed(theirs) and got[1:] == ("hook worked", 3)


def test_a_character_by_its_number_and_pause(tmp_path):
    with Guest("slipway", "q35", "echo", tmp_path) as guest:
        guest.event("key", down=True, key={"type": "qcode", "data": "alt"})
        guest.keys("kp_6")
        guest.keys("kp_5")
        guest.event("key", down=False, key={"type": "qcode", "data": "alt"})
        guest.wait_for(lambda: guest.lines(), "no character")
        assert guest.lines() == ["key 0041 shift 00"]
        guest.keys("pause")
        guest.keys("b")  # ends the pause, and is no key
        assert guest.type("c") == ["key 2e63 shift 00"]


def test_the_keyboard_is_told_its_lights(tmp_path):
    trace = tmp_path / "trace"
    with Guest("slipway", "q35", "echo", tmp_path, "-trace", "ps2_write_keyboard", "-D", trace) as guest:
        guest.keys("caps_lock")
        guest.keys("num_lock")
        assert guest.type("a") == ["key 1e41 shift 60"]
        guest.last_key("esc")
    assert re.findall(r"ps2_write_keyboard .* val (?:0x)?(\w+)", trace.read_text()) == ["237", "4", "237", "6"]


@pytest.mark.parametrize("machine", ["pc", "q35"])
@pytest.mark.parametrize("before", [[], ["pause"]])
def test_ctrl_alt_del_restarts_the_machine(machine, before, tmp_path):
    with Guest("slipway", machine, "echo", tmp_path) as guest:
        guest.keys(*before)
        for name in ("ctrl", "alt"):
            guest.event("key", down=True, key={"type": "qcode", "data": name})
        assert guest.last_key("delete") == 0


def test_the_mouse_moves_alike(tmp_path):
    with Guest("slipway", "q35", "echo", tmp_path) as ours, Guest("seabios", "q35", "echo", tmp_path) as theirs:
        for guest in (ours, theirs):
            guest.event("rel", axis="x", value=5)
            guest.wait_for(lambda: len(guest.lines()) == 1, "no packet")
            guest.event("rel", axis="y", value=7)
            guest.wait_for(lambda: len(guest.lines()) == 2, "no packet")
            guest.event("btn", down=True, button="left")
            guest.wait_for(lambda: len(guest.lines()) == 3, "no packet")
            guest.type("a")
        assert ours.lines() == theirs.lines()
        assert ours.lines()[0] == "mouse 0008 0005 0000 0000"


@pytest.mark.parametrize("machine", ["q35,i8042=off", "microvm", "microvm,pit=off,pic=off,rtc=off"])
def test_a_machine_that_lacks_them_boots(machine, tmp_path):
    assert len(run("slipway", machine, "cost", tmp_path)) == 12

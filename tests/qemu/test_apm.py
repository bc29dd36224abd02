# SPDX-License-Identifier: BSD-2-Clause
"""Advanced Power Management 1.2: one program (tests/guests/programs/apm.c) makes the same calls by INT 15h, by the 16-bit and by
the 32-bit interface. What each answers is worked out here from the specification, a second time and in another language."""
import pathlib
import random
import re
import struct

import pytest

import conftest  # noqa: F401
import vm as qemu
from test_crossing import VIRTIO, boot_disk, console, image_of, lines, run
from test_services import same

REAL, BY_16, BY_32, BY_16_LARGE, NEXT, END = 0, 1, 2, 3, 0xFE, 0xFF
OPEN, NO_DATA = 1, 2
LINE = re.compile(r"(\w\w)(\w\w) (\w+) (\w+) (\w+) -> (LOST EBP OR DS )?(\w+) (\w+) (\w+) (\w+) (\w+) (\w+) ([C-])([I-])( slept)?")
MICROVM = ["-global", "virtio-mmio.force-legacy=off", "-device", "virtio-blk-device,drive=d"]
IDE = ["-device", "ide-hd,drive=d,bus=ide.0"]


def script(calls):
    """Calls (how, flags, AX, BX, CX) as the program finds them."""
    assert len(calls) < 3000
    return {"script": b"".join(struct.pack("<BBHHH", *call) for call in [*calls, (END, 0, 0, 0, 0)])}


class Model:
    """Version 1.2 of the specification, for a machine that is on the mains, has no batteries, and knows one device: all."""
    CONNECTED = {1: 0x02, 2: 0x05, 3: 0x07}     # by what is connected

    def __init__(self):
        self.connection, self.version, self.disabled, self.disengaged = 0, None, False, False

    def call(self, how, flags, ax, bx, cx):
        """(error or None, {register: low word} that changed). Connections tell addresses: None for what is not worked out."""
        interface = {REAL: 1, BY_16: 2, BY_16_LARGE: 2, BY_32: 3}[how]
        function = ax & 0xFF
        if how != REAL and flags & NO_DATA:
            return 0x03, {}
        if function <= 3:
            if how != REAL:
                return 0x0C, {}
            if bx:
                return 0x09, {}
            if function == 0:
                return None, {"ax": 0x0102, "bx": 0x504D, "cx": 3 | self.disabled << 3 | self.disengaged << 4}
            if self.connection:
                return self.CONNECTED[self.connection], {}
            self.connection, self.version, self.disengaged = function, 0x0100, False
            return None, {1: {}, 2: dict.fromkeys(("ax", "bx", "cx", "si", "di")),
                          3: dict.fromkeys(("ax", "bx", "cx", "dx", "si", "di"))}[function]
        if function not in range(0x04, 0x11):
            return 0x0C, {}
        if function not in (0x04, 0x0A, 0x0C, 0x0F, 0x10):      # the others do without a connection
            if self.connection != interface:
                return (0x04 if self.connection and how == REAL else 0x03), {}
            if self.disengaged:
                return 0x0B, {}
        if self.disabled and function in (0x07, 0x0C, 0x0D, 0x0F, 0x10):
            return 0x01, {}
        if function in (0x04, 0x0E, 0x10) and bx != 0:
            return 0x09, {}
        if function in (0x07, 0x08, 0x09, 0x0A, 0x0C, 0x0D, 0x0F) and bx != 1 and not (
                bx == 0xFFFF and function in (0x08, 0x09) and self.version == 0x0100):
            return 0x09, {}
        if function in (0x08, 0x0D, 0x0F) and cx > 1 or function == 0x07 and cx not in range(1, 6):
            return 0x0A, {}
        if function == 0x07 and cx > 3 and self.version == 0x0100:
            return 0x0A, {}
        return self.done(function, cx)

    def done(self, function, cx):
        if function == 0x04:
            if not self.connection:
                return 0x03, {}
            self.connection, self.version = 0, None
        elif function == 0x07 and cx <= 3:
            return 0x60, {}
        elif function == 0x08:
            self.disabled = cx == 0
        elif function == 0x09:
            self.disabled = self.disengaged = False
        elif function == 0x0A:
            return None, {"bx": 0x01FF, **({"cx": cx & 0xFF00 | 0xFF} if self.version == 0x0100 else {"cx": 0x80FF, "dx": 0xFFFF})}
        elif function == 0x0B:
            return 0x80, {}
        elif function == 0x0C:
            return None, {"cx": 0}
        elif function == 0x0E:
            self.version = min(max(cx, 0x0100), 0x0102)
            return None, {"ax": self.version}
        elif function == 0x0F:
            self.disengaged = cx == 0
        elif function == 0x10:
            return None, {"bl": 0, "cx": 0}
        return None, {}


def check(calls, said):
    """Every line is the model's answer."""
    model, wrong = Model(), []
    assert len(said) == len(calls)
    for call, line in zip(calls, said):
        how, flags, ax, bx, cx = call
        disabled = model.disabled
        error, changed = model.call(*call)
        found = LINE.fullmatch(line)
        assert found, line
        now = dict(zip(("ax", "bx", "cx", "dx", "si", "di"), (int(word, 16) for word in found.groups()[6:12])))
        want = {"ax": 0x11110000 | ax, "bx": 0x22220000 | bx, "cx": 0x33330000 | cx, "dx": 0x4444DDDD, "si": 0x51515151, "di": 0xD1D1D1D1}
        if error is not None:
            want["ax"] = 0x11110000 | error << 8 | ax & 0xFF
        if "bl" in changed:
            want["bx"] &= ~0xFF
        for name in changed.keys() - {"bl"}:
            want[name] = now[name] if changed[name] is None else want[name] & ~0xFFFF | changed[name]
        idle = ax & 0xFF == 5 and error is None and not disabled
        if (now != want or found[6] or (found[13] == "C") != (error is not None) or (found[14] == "I") != bool(flags & OPEN)
                or idle and not found[15] or (ax & 0xFF) == 5 and not idle and not flags & OPEN and found[15]):
            wrong.append(f"{line}\n  error {error}, {', '.join(f'{name} {value:08x}' for name, value in want.items())}")
    assert not wrong, f"{len(wrong)} answers differ:\n" + "\n".join(wrong[:20])


# So that the program knows both entries.
TOLD = [(REAL, 0, 0x5302, 0, 0), (REAL, 0, 0x5304, 0, 0), (REAL, 0, 0x5303, 0, 0), (REAL, 0, 0x5304, 0, 0)]
INTERFACES = {REAL: 0x5301, BY_16: 0x5302, BY_32: 0x5303, BY_16_LARGE: 0x5302}
DEVICES = (0x0000, 0x0001, 0x0002, 0x00FF, 0x0100, 0x01FF, 0x0300, 0x8000, 0x8001, 0xE000, 0xFFFF)
VALUES = (0, 1, 2, 4, 5, 6, 0x40, 0x0100, 0x0101, 0x0102, 0x0103, 0x0200, 0xFFFF)


def harmless(how, ax, bx, cx):
    return (ax & 0xFF, bx, cx) != (0x07, 1, 3)


def session(how):
    """Each function with each device and many values, by one interface: before it is connected, under each version, disengaged,
    disabled, and after it was disconnected."""
    sweep = [(how, n & OPEN, 0x5300 | function, bx, cx) for n, (function, bx, cx) in enumerate(
        (function, bx, cx) for function in (*range(0x04, 0x15), 0x80, 0xFF) for bx in DEVICES for cx in VALUES)]
    # What connects, disconnects, or changes the state has its own places below.
    sweep = [c for c in sweep if harmless(how, *c[2:]) and (c[2] & 0xFF) not in (0x04, 0x05, 0x08, 0x09, 0x0E, 0x0F)]
    connect = (REAL, 0, INTERFACES[how], 0, 0)
    state = [(how, 0, 0x5300 | function, bx, cx) for function in (0x08, 0x0E, 0x0F, 0x09) for bx in (0, 1, 0xFFFF) for cx in (2, 0x0101)]
    few = random.Random(how).sample(sweep, 60) + [(how, OPEN, 0x5305, 0, 0), (how, 0, 0x5305, 0, 0), (how, 0, 0x5306, 0, 0)]
    calls = [*TOLD, (REAL, 0, 0x5300, 0, 0), (REAL, 0, 0x5300, 1, 0), (REAL, 0, INTERFACES[how], 1, 0)]
    if how == REAL:
        calls += [(how, 0, 0x5304, 0, 0), (how, 0, 0x530E, 0, 0x0102), *few]
    calls += [connect, connect, (REAL, 0, 0x5301, 0, 0), (REAL, 0, 0x5302, 0, 0), (REAL, 0, 0x5303, 0, 0)]
    for version in (None, 0x0000, 0x0100, 0x0101, 0x0102, 0x0103, 0x0999):
        calls += [(how, 0, 0x530E, 0, version)] if version is not None else sweep
        calls += [(how, 0, 0x5300 | function, 1, cx) for function in (0x07, 0x0A, 0x0D) for cx in VALUES]
        calls += [*few[:20], (how, 0, 0x5308, 0xFFFF, 1), (how, 0, 0x5309, 0xFFFF, 0), (how, 0, 0x530A, 1, 0x7777), (how, 0, 0x5307, 1, 4)]
    calls += [*state, (how, 0, 0x530F, 1, 0), (REAL, 0, 0x5300, 0, 0), *few, (how, 0, 0x530F, 1, 1)]
    calls += [(how, 0, 0x5308, 1, 0), (REAL, 0, 0x5300, 0, 0), *few, (how, 0, 0x530F, 1, 0), (how, 0, 0x5309, 1, 0), *few[:10]]
    calls += [(other, 0, 0x5306, 0, 0) for other in ((REAL, BY_16, BY_32) if how == BY_16_LARGE else ())]
    calls += [(REAL, 0, 0x5306, 0, 0), (how, 0, 0x5304, 1, 0), (how, 0, 0x5304, 0, 0), (how, 0, 0x5306, 0, 0), (how, 0, 0x5304, 0, 0)]
    return calls + ([(how, 0, 0x5300 | function, 0, 0) for function in range(4)] if how != REAL else [])


@pytest.mark.parametrize("how", INTERFACES, ids=["real", "16", "32", "16-on-a-32-bit-stack"])
@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_each_function_answers_as_the_specification_says(machine, how, tmp_path):
    calls = session(how)
    said, _ = run("apm", machine, VIRTIO, tmp_path, poke=script(calls))
    check(calls, said)


def words_of(line):
    found = LINE.fullmatch(line)
    return found.groups()[6:15], found[3:6]


def test_the_interfaces_do_not_differ(tmp_path):
    """The same calls by each: what differs is which connection they need, and nothing else."""
    answers = {}
    for how in INTERFACES:
        calls = [(REAL, 0, INTERFACES[how], 0, 0)]
        rng = random.Random(7)
        for _ in range(1200):
            call = (how, 0, 0x5300 | rng.choice((*range(0x05, 0x12), 0x13, 0x7F, 0x80)), rng.choice(DEVICES), rng.choice(VALUES))
            if harmless(how, *call[2:]) and call[2] != 0x5305:
                calls.append(call)
        folder = tmp_path / str(how)
        folder.mkdir()
        said, _ = run("apm", "q35", VIRTIO, folder, poke=script(calls))
        check(calls, said)
        answers[how] = [line[4:] for line in said[1:]]
    assert answers[REAL] == answers[BY_16] == answers[BY_32] == answers[BY_16_LARGE]


def test_any_order_of_connections(tmp_path):
    """Calls by all interfaces in any order, with a descriptor missing now and then."""
    rng = random.Random(11)
    calls = [*TOLD]
    while len(calls) < 1400:
        how, flags = rng.choice(list(INTERFACES)), rng.choice((0, 0, 0, OPEN, NO_DATA))
        function = rng.choice((*range(0x00, 0x12), 0x01, 0x02, 0x03, 0x04, 0x04))
        call = (how, flags if how != REAL else flags & OPEN, 0x5300 | function, rng.choice((0, 0, 1, 1, 1, 0xFFFF, 0x0100)),
                rng.choice((0, 0, 1, 1, 2, 4, 0x0101, 0x0102)))
        if harmless(how, *call[2:]) and function != 5:
            calls.append(call)
    said, _ = run("apm", "pc", VIRTIO, tmp_path, poke=script(calls))
    check(calls, said)


def test_what_a_connection_tells(tmp_path):
    """Code in the F segment, data in 16 bytes of the firmware's memory, which stays writable."""
    calls = [(REAL, 0, 0x5302, 0, 0), (REAL, 0, 0x5304, 0, 0), (REAL, 0, 0x5303, 0, 0)]
    said, _ = run("apm", "q35", VIRTIO, tmp_path, poke=script(calls))
    small, _, large = ([int(word, 16) for word in LINE.fullmatch(line).groups()[6:12]] for line in said)
    ax, bx, cx, dx, si, di = small
    assert (ax, cx, dx, si, di) == (0x1111F000, 0x3333E800, 0x4444DDDD, 0x5151FFF0, 0xD1D10010) and 0x22220000 < bx < 0x2222FFF0
    ax, ebx, cx, dx, esi, di = large
    assert (ax, cx, dx, esi, di) == (0x1111F000, 0x3333F000, 0x4444E800, 0xFFF0FFF0, 0xD1D10010) and 0 < ebx < 0xFFF0


@pytest.mark.parametrize("how", [REAL, BY_32], ids=["real", "32"])
def test_the_next_program_finds_nothing_connected(how, tmp_path):
    """One connects, switches power management off, and gives up."""
    first = [(REAL, 0, INTERFACES[how], 0, 0), (how, 0, 0x5308, 1, 0), (REAL, 0, 0x5300, 0, 0), (NEXT, 0, 0, 0, 0)]
    (tmp_path / "first").write_bytes(image_of("apm", script(first)))
    calls = [(REAL, 0, 0x5300, 0, 0), (REAL, 0, 0x5304, 0, 0), (REAL, 0, 0x5301, 0, 0)]
    said, _ = run("apm", "q35", ["-drive", f"if=none,id=f,format=raw,file={tmp_path}/first", "-device", "virtio-blk-pci,drive=f,bootindex=1",
                                 "-device", "virtio-blk-pci,drive=d,bootindex=2"], tmp_path, poke=script(calls))
    check(first[:3], said[:3])
    check(calls, said[3:])


def drivers_way(how):
    """What drivers do: whether there is an APM BIOS, end what is connected, connect, say the version, switch on, look now and then."""
    ways = ((0x0E, 0, 0x0102), (0x08, 1, 1), (0x0F, 1, 1), (0x05, 0, 0), (0x06, 0, 0), (0x0B, 0, 0), (0x0A, 1, 0), (0x10, 0, 0), (0x07, 1, 4),
            (0x07, 1, 5), (0x07, 1, 1), (0x07, 1, 2), (0x07, 0x0100, 1), (0x0C, 1, 0), (0x0D, 1, 1), (0x11, 0, 0), (0x80, 0, 0))
    return [(REAL, 0, 0x5300, 0, 0), (REAL, 0, 0x5304, 0, 0), (REAL, 0, INTERFACES[how], 0, 0),
            *((how, flags, 0x5300 | function, bx, cx) for flags in (0, OPEN) for function, bx, cx in ways), (how, 0, 0x5304, 0, 0)]


@pytest.mark.parametrize("how", INTERFACES, ids=["real", "16", "32", "16-on-a-32-bit-stack"])
def test_drivers_get_what_seabios_answers(how, tmp_path):
    """But for intended_services.txt; idle halts on both, with interrupts off as well."""
    answers = []
    for bios in ("slipway", "seabios"):
        result, said = switch_off("pc", VIRTIO, tmp_path, drivers_way(how), bios)
        assert result.code == 3 and said[-1] == "end", f"{said}\n{result}"
        assert sum("slept" in line for line in said) == 2
        answers.append(said)
    same(*answers)


def off(how, version=None):
    calls = [(REAL, 0, INTERFACES[how], 0, 0)]
    if version:
        calls.append((how, 0, 0x530E, 0, version))
    return [*calls, (how, 0, 0x5307, 1, 3)]


def switch_off(machine, args, folder, calls, bios="slipway"):
    """(result, lines)"""
    result = qemu.run(timeout=60, bios=bios, machine=machine, memory="128",
                      args=[*boot_disk("apm", folder, script(calls)), *args, *console(folder)])
    return result, lines(folder)


@pytest.mark.parametrize("how", INTERFACES, ids=["real", "16", "32", "16-on-a-32-bit-stack"])
@pytest.mark.parametrize("machine", ["pc", "q35", "q35,acpi=off"])
def test_the_machine_goes_off(machine, how, tmp_path):
    """By PM1 control, which ICH9 has with acpi=off as well; whatever version the driver has told."""
    for version in (None, 0x0102):
        result, said = switch_off(machine, VIRTIO, tmp_path, off(how, version), "slipway")
        assert result.code == 0 and len(said) == 1 + bool(version) + (not said[-1].startswith("end") and "->" in said[-1]), f"{said}\n{result}"
        assert result.seconds < 20


NOTHING = {
    "pc,acpi=off": (VIRTIO, "PM1 control at port 604 reads ffff, there is none"),
    "microvm": (MICROVM, "this machine has no power-management registers"),
    "isapc": (IDE, "this machine has no power-management registers"),
}


@pytest.mark.parametrize("machine", NOTHING)
def test_what_cannot_be_switched_off_says_so(machine, tmp_path):
    args, reason = NOTHING[machine]
    calls = [call for how in INTERFACES for call in (*off(how), (how, 0, 0x5304, 0, 0))]
    result, said = switch_off(machine, args, tmp_path, calls)
    assert result.code == 3, f"{said}\n{result}"
    assert len(said) == 3 * len(INTERFACES) + 1
    check(calls, said[:-1])
    assert result.log.count(f"apm: off: {reason}") == 1, f"INT 15h tells the log, the others have none\n{result}"


def test_s5_is_what_qemus_tables_say():
    """SLP_TYP of S5 is 0 in the DSDT of both machines: \\_S5 is a package of zeros."""
    for machine in ("pc", "q35"):
        files = [file for file in (pathlib.Path(qemu.ROOT) / "tests/data/acpi").rglob("tables.bin") if file.parent.name.startswith(machine)]
        packages = [package for file in files for package in re.findall(rb"_S5_(.{7})", file.read_bytes(), re.DOTALL)]
        assert packages and set(packages) == {b"\x12\x06\x04\x00\x00\x00\x00"}, f"{machine}: {packages}"

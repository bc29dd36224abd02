# SPDX-License-Identifier: BSD-2-Clause
"""What must never be overwritten or left behind, seen by what is booted and by option ROMs: docs/security.md. What is seen
from outside is in test_security.py."""
import re
import struct

import pytest
from elftools.elf.elffile import ELFFile

import media
import vm as qemu
from test_crossing import image_of, run
from test_menu import PROMPT, TITLE, WANTED, Machine
from test_option_roms import boot, late as late_rom, option_roms, rogue

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
    found = re.fullmatch(r"buffer(( [0-9a-f]{4}){16})\nbreak 00\nport ([0-9a-f]{2})\nkeys(( [0-9a-f]{4})*)\n", console)
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
        m.event("ctrl", True)
        m.press("pause")        # with Ctrl it is Break
        m.event("ctrl", False)
        m.event("1", True)      # and is not released: what comes later shows
        m.vm.finish(30)
        buffer, port, keys = typed(m.console.read_text())
    assert (buffer, keys) == ([0] * 16, []) and port not in (KEY_1, KEY_1 | 0x80)


GUARD = re.compile(r"^guard: (.*) behind (.*?)(?:; (.*))?$", re.MULTILINE)
NO_VAPIC = ["-cpu", "qemu64,-apic"]      # kvmvapic would be first in the room
SHADOW = ["code", "empty", "entry", "rom"]
RAM = ["front", "variables", "stack", "ebda"]
CANARIES = {"front": "in front of the firmware's variables, at e8010", "variables": "behind the firmware's variables, at ecbf8",
            "stack": "below the firmware's stack, at ee7d8", "ebda": "in the EBDA, at 9fc30"}


def overwrite(folder, machine, *programs, rom=True):
    """What each program, (open, what), says of each place, and the log, once the disk behind them has booted."""
    kind = {"microvm": "virtio-blk-device", "isapc": "ide-hd"}.get(machine, "virtio-blk-pci")
    disks = []
    for n, (opens, what) in enumerate(programs):
        disks.append(folder / f"program{n}.img")
        disks[-1].write_bytes(image_of("overwrite", {"open": bytes([opens]), "what": bytes([what])}))
    disks.append(media.disk(folder, "disk"))
    args = [word for n, file in enumerate(disks) for word in (
        "-drive", f"file={file},format=raw,if=none,id=d{n}", "-device",
        f"{kind},drive=d{n}" + ("" if machine == "isapc" else f",bootindex={n}"))]
    if rom:
        args += option_roms(rogue(folder, "done"))
    with qemu.VM(machine=machine, memory="128", args=[*args, *NO_VAPIC]) as vm:
        vm.command += ["-chardev", f"file,id=con,path={vm.folder}/console", "-device", "isa-debugcon,iobase=0xe9,chardev=con"]
        vm.start()
        result = vm.finish(30)
        *said, last = vm.text("console").split("end\n")
    assert result.code == qemu.EXIT_PASS and last.startswith("disk ") and len(said) == len(programs), f"{said}\n{result}"
    return [dict(line.split() for line in text.splitlines()) for text in said], result.log


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_a_program_can_write_to_memory_alone_and_is_told_of(machine, tmp_path):
    """Code, tables and ROMs are read-only; the firmware's RAM is not."""
    (said,), log = overwrite(tmp_path, machine, (False, 0xff))
    assert said == {**{name: "lost" for name in SHADOW}, **{name: "written" for name in RAM}}
    lines = [m for m in GUARD.finditer(log)]
    assert [m[2] for m in lines] == ["what was booted"] * 4, log
    for name in RAM:
        assert sum(m[1].startswith(CANARIES[name]) for m in lines) == 1, f"{name}\n{log}"
    assert "have changed" not in log, log


@pytest.mark.parametrize("machine", ["pc", "q35", "isapc", "microvm"])
def test_what_a_program_has_overwritten_is_told_of_and_code_put_right(machine, tmp_path):
    """Where there are shadow registers it opens them first; where there are none it need not."""
    bridge, rom = machine in ("pc", "q35"), machine != "microvm"
    (said,), log = overwrite(tmp_path, machine, (True, 0xff), rom=rom)
    smram = said.pop("bridge")
    assert set(said) == {*SHADOW, *RAM} and set(said.values()) == {"written"}
    assert int(smram, 16) & 0x40 == 0 if machine == "q35" else smram == "none" or machine == "pc"
    assert len(re.findall(r"^guard: shadow: registers .* expected, 33333\d\d\d 33333333 found behind what was booted; "
                          r"written again$" if machine == "pc" else r"^guard: shadow: .*; written again$", log,
                          re.MULTILINE)) == bridge, log
    code = (r"is not the ROM's from f1000 on: [0-9a-f]{8} expected, [0-9a-f]{8} found behind what was booted; mended" if bridge else
            r"has changed: sum [0-9a-f]{16} expected, [0-9a-f]{16} found behind what was booted; there is no other copy")
    assert re.search(f"^guard: F segment: its code {code}$", log, re.MULTILINE), log
    assert re.search(r"^guard: F segment: it is not empty at f8000: 0 expected, 00010000 found behind what was", log, re.MULTILINE)
    assert re.search(r"^guard: F segment: tables have changed from fe05c on: ", log, re.MULTILINE), log
    assert ("rom: genroms/rogue-A.rom: its 0xc00 bytes have changed" in log) == rom, log
    for name in RAM:
        assert f"guard: {CANARIES[name]}" in log, f"{name}\n{log}"


def test_what_is_written_to_once_is_told_of_once(tmp_path):
    """What the first of two programs has written is not told again behind the second."""
    said, log = overwrite(tmp_path, "pc", (False, 0x20), (False, 0))
    assert said == [{"variables": "written"}, {}]
    assert log.count("guard: ") == 1 and f"guard: {CANARIES['variables']}" in log, log


@pytest.mark.parametrize("machine", ["pc", "q35", "isapc"])
@pytest.mark.parametrize("action, line", [
    ("write_rom", r"rom: genroms/rogue-A\.rom: its 0xc00 bytes have changed since it has run: .* found behind genroms/rogue-B\.rom"),
    ("write_code", r"guard: F segment: its code .* found behind genroms/rogue-B\.rom; (mended|there is no other copy)"),
    ("write_variables", r"guard: behind the firmware's variables, at ecbf8: .* found behind genroms/rogue-B\.rom"),
    ("write_ebda", r"guard: in the EBDA, at 9fc08: .* found behind genroms/rogue-B\.rom"),
])
def test_what_an_option_rom_overwrites_is_told_of_with_its_name(action, line, machine, tmp_path):
    run = boot(tmp_path, rogue(tmp_path, "done"), rogue(tmp_path, action, "B"), rogue(tmp_path, "done", "C"), machine=machine,
               args=NO_VAPIC)
    assert run.lines == ["A: init", "B: init", "C: init"] and run.disks == ["disk"], run
    assert len(list(re.finditer(f"^{line}$", run.log, re.MULTILINE))) == 1, run
    assert ("mended" in run.log) == (action == "write_code" and machine != "isapc"), run
    assert all("rogue-B" in text for text in re.findall(r"^(?:guard|rom): .* found behind .*$", run.log, re.MULTILINE)), run


@pytest.mark.parametrize("machine", ["pc", "q35", "isapc", "microvm"])
def test_a_boot_that_overwrites_nothing_has_no_line(machine, tmp_path):
    said, log = overwrite(tmp_path, machine, (False, 0), rom=machine != "microvm")
    assert said == [{}] and "guard: " not in log and "have changed" not in log, log


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_what_a_program_has_opened_is_closed_for_the_next(machine, tmp_path):
    said, log = overwrite(tmp_path, machine, (True, 0), (False, 0x0f))
    assert said[1] == {name: "lost" for name in SHADOW} and log.count("guard: shadow: ") == 1, log


LOST = "services: the firmware's variables have been overwritten: restarting"
SMASHED = {     # first, end and value, or a variable; the line
    "stack": (0xE8018, 0xE8040, 0, LOST),
    "16-bit-variables": (0xE8018, 0xE9000, 0xFFFFFFFF, LOST),
    "machine": ("machine", 0, 0, "guard: the firmware's variables: chipset {} expected, 0 found behind what was booted: restarting"),
    "variables": (0xE9000, 0xEA000, 0, LOST),
    "variables-ones": (0xE9000, 0xEA000, 0xFFFFFFFF, LOST),
}


@pytest.mark.parametrize("machine, chipset", [("pc", 1), ("q35", 2)])
@pytest.mark.parametrize("what", SMASHED)
def test_a_program_that_overwrites_variables_gets_a_restart_and_a_line(what, machine, chipset, tmp_path):
    """Neither silence nor a return to who has called INT 19h."""
    *fill, line = SMASHED[what]
    if isinstance(fill[0], str):
        with open(qemu.OUT / "bios.elf", "rb") as f:
            variable, = ELFFile(f).get_section_by_name(".symtab").get_symbol_by_name(fill[0])
        fill[:2] = variable["st_value"] & ~3, variable["st_value"] + variable["st_size"] + 3 & ~3
    said, result = run("smash", machine, ["-device", "virtio-blk-pci,drive=d"], tmp_path, timeout=20, no_reboot=False,
                       poke=[(name, struct.pack("<I", number)) for name, number in zip(("first", "end", "value"), fill)])
    assert said == ["restarted"], result
    assert result.log.count(line.format(chipset)) == 1 and result.log.count("slipway: version") == 2, result


@pytest.mark.parametrize("late", [False, True])
def test_smram_of_q35_is_locked_before_an_option_rom_runs(late, tmp_path):
    """In POST, and when its turn comes."""
    if late:
        run = boot(tmp_path, machine="q35", args=late_rom(tmp_path, "open_smram"), disk=False)
    else:
        run = boot(tmp_path, rogue(tmp_path, "open_smram"), machine="q35")
    assert run.lines == ["A: init", "A: SMRAM stays closed"], run

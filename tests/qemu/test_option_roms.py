# SPDX-License-Identifier: BSD-2-Clause
"""Option ROMs that do what they must not, and those that do what few do: each costs itself and a line, and what comes
after it boots."""
import re
import struct

import pytest

import media
import vm as qemu
from option_rom import finish

ACTIONS = ["done", "hang", "crash", "wipe_vectors", "wipe_data", "take_memory", "hook_19", "hook_18", "hook_13", "garbage", "a20",
           "registers", "hook_nowhere", "move_ebda", "restart", "fill_and_hang", "call_18", "mask", "count_one", "count_many",
           "type", "write_rom", "write_code", "write_variables", "write_ebda",
           "open_smram", "deaf", "deaf_and_blind"]
HEADER = 0x50
SECONDS = "opt/org.slipway/rom-seconds"


def rogue(folder, action="done", letter="A", pnp=False, bcv=False, bev=False, units=0):
    """A ROM of tests/guests/roms/rogue.S as a file."""
    data = bytearray((qemu.GUESTS / "roms/rogue.bin").read_bytes())
    data[0x40:0x44] = bytes([ACTIONS.index(action), pnp, ord(letter), units])
    if pnp:
        struct.pack_into("<H", data, 0x1a, HEADER)
        for at, wanted in ((HEADER + 0x16, bcv), (HEADER + 0x1a, bev)):
            if not wanted:
                struct.pack_into("<H", data, at, 0)
    file = folder / f"rogue-{letter}.rom"
    file.write_bytes(finish(data))
    return file


def option_roms(*files):
    return [word for file in files for word in ("-option-rom", str(file))]


def knob(name, value):
    return ["-fw_cfg", f"name={name},string={value}"]


class Run:
    def __init__(self, log, console):
        self.log = log
        self.lines = re.findall(r"^rogue (.*)$", log, re.MULTILINE)
        self.disks = [line.split()[0] for line in console.splitlines() if len(line.split()) > 20]

    def __str__(self):
        return self.log + "\n" + " ".join(self.disks)


def boot(tmp_path, *roms, machine="pc", args=(), bios="slipway", timeout=30, disk=True, no_reboot=True):
    """Boot a disk, whose sector ends QEMU, behind those ROMs; without one, until nothing is left to boot."""
    drive = []
    if disk:
        kind = "virtio-blk-device" if machine == "microvm" else "virtio-blk-pci" if machine != "isapc" else "ide-hd"
        drive = ["-drive", f"file={media.disk(tmp_path, 'disk')},format=raw,if=none,id=d", "-device", f"{kind},drive=d"]
    with qemu.VM(bios=bios, machine=machine, memory="128", no_reboot=no_reboot,
                 args=[*drive, *option_roms(*roms), *args]) as vm:
        console = vm.folder / "console"
        vm.command += ["-chardev", f"file,id=con,path={console}", "-device", "isa-debugcon,iobase=0xe9,chardev=con"]
        vm.start()
        vm.wait_text("boot: halted", "log", timeout)
        vm.finish(1)
        return Run(vm.text("log"), vm.text("console"))


@pytest.mark.parametrize("machine", ["pc", "q35", "isapc"])
def test_a_good_rom_is_run_and_the_disk_boots(machine, tmp_path):
    run = boot(tmp_path, rogue(tmp_path), machine=machine)
    assert run.lines == ["A: init"] and run.disks == ["disk"], run
    assert "rom: genroms/rogue-A.rom: option ROM, 0xc00 bytes" in run.log, run


# What the log says of the ROM, and nothing else of it.
HARM = {
    "wipe_vectors": "its init has left \\d+ interrupt vectors that lead nowhere",
    "wipe_data": "its init has left \\d+ fields of the BIOS data area that cannot be so; put back",
    "garbage": "its init has left \\d+ (interrupt vectors|fields)|it counts \\d+ disks",
    "hook_nowhere": "its init has left 1 interrupt vectors that lead nowhere.*the first 15; put back",
    "take_memory": "it has taken 4 KiB of conventional memory",
    "move_ebda": "it has taken 1 KiB of conventional memory",
    "mask": r"its init has closed interrupt lines [0-9a-f]{2} of controller [01]; opened again",
    "count_one": "it counts 1 disks, and INT 13h is the firmware's; not counted",
    "count_many": r"it counts \d+ disks, and INT 13h is the firmware's; not counted",
    "a20": None, "registers": None, "call_18": None,
}


@pytest.mark.parametrize("machine", ["pc", "q35", "isapc"])
@pytest.mark.parametrize("action", HARM)
def test_what_an_init_leaves_behind_is_put_right(action, machine, tmp_path):
    run = boot(tmp_path, rogue(tmp_path, action), rogue(tmp_path, "done", "B"), machine=machine)
    assert run.lines == ["A: init", "B: init"] and run.disks == ["disk"], run
    said = re.findall(r"^rom: genroms/rogue-A.rom: (?!option ROM)(.*)$", run.log, re.MULTILINE)
    if HARM[action]:
        assert said and all(re.match(HARM[action], line) for line in said), run
    else:
        assert said == [], run


@pytest.mark.parametrize("machine", ["pc", "q35", "isapc"])
@pytest.mark.parametrize("action", ["hang", "fill_and_hang", "crash", "restart"])
def test_an_init_that_does_not_come_back_is_left_out(action, machine, tmp_path):
    run = boot(tmp_path, rogue(tmp_path, action), rogue(tmp_path, "done", "B"), machine=machine, args=knob(SECONDS, "2"),
               no_reboot=False, timeout=60)
    tries = 1 if "hang" in action else 3
    assert run.lines == ["A: init"] * tries + ["B: init"] and run.disks == ["disk"], run
    assert run.log.count("rom: genroms/rogue-A.rom: its init has not come back at the last start") == 1, run


def test_two_that_do_not_come_back(tmp_path):
    run = boot(tmp_path, rogue(tmp_path, "hang"), rogue(tmp_path, "hang", "B"), rogue(tmp_path, "done", "C"),
               args=knob(SECONDS, "1"), no_reboot=False, timeout=60)
    assert run.lines == ["A: init", "B: init", "C: init"] and run.disks == ["disk"], run
    assert run.log.count("left out") == 3, run      # A twice


def test_an_older_rom_is_booted_from_by_int_19(tmp_path):
    run = boot(tmp_path, rogue(tmp_path, "hook_19"))
    assert run.lines == ["A: init", "A: INT 19h"] and run.disks == ["disk"], run


def test_a_rom_that_registers_must_not_take_int_19(tmp_path):
    run = boot(tmp_path, rogue(tmp_path, "hook_19", pnp=True, bev=True), disk=True)
    assert run.lines == ["A: init"] and run.disks == ["disk"], run
    assert "the first 19; put back" in run.log, run


def test_an_older_rom_is_what_is_left_by_int_18(tmp_path):
    run = boot(tmp_path, rogue(tmp_path, "hook_18"), disk=False)
    assert run.lines == ["A: init", "A: INT 18h"] and "boot: nothing" in run.log or "boot: no kernel" in run.log, run


def test_a_bev_comes_behind_disks_and_before_when_asked(tmp_path):
    rom = rogue(tmp_path, pnp=True, bev=True)
    assert boot(tmp_path, rom).lines == ["A: init"]
    run = boot(tmp_path, rom, args=["-boot", "order=nc"])
    assert run.lines == ["A: init", "A: BEV"] and run.disks == ["disk"], run
    run = boot(tmp_path, rom, disk=False)
    assert run.lines == ["A: init", "A: BEV"], run
    assert "boot: tried 1: Rogue: it came back" in run.log, run


def test_a_bcv_adds_a_disk_which_boots(tmp_path):
    rom = rogue(tmp_path, pnp=True, bcv=True)
    run = boot(tmp_path, rom, disk=False)
    assert run.lines == ["A: init", "A: BCV"] and "rogue: its disk is booted" in run.log, run
    run = boot(tmp_path, rom)
    assert run.lines == ["A: init", "A: BCV"], run
    assert run.disks == ["disk"] or "rogue: its disk is booted" in run.log, run


@pytest.mark.parametrize("machine, room", [("pc", 0x28000), ("q35", 0x28000), ("isapc", 0x20000)])
def test_what_does_not_fit_is_not_run(machine, room, tmp_path):
    """Three of 120 KiB, of which each keeps 32 KiB; then one that does not fit any more, and one that does."""
    for letter in "ABCDE":
        rom = rogue(tmp_path, letter=letter, units=64)
        data = rom.read_bytes()
        rom.write_bytes(finish(data + bytes((240 if letter != "E" else 16) * 512 - len(data) - 1)))
    files = [tmp_path / f"rogue-{letter}.rom" for letter in "ABCDE"]
    run = boot(tmp_path, *files, machine=machine)
    kept = 0x2800 if machine != "isapc" else 0     # kvmvapic's
    fits = [letter for n, letter in enumerate("ABCD") if kept + n * 0x8000 + 240 * 512 <= room]
    assert run.lines == [f"{letter}: init" for letter in fits + ["E"]] and run.disks == ["disk"], run
    left = room - kept - len(fits) * 0x8000
    assert f"rom: genroms/rogue-D.rom: option ROM: bytes, at most: 0x{left:x} expected, 0x1e000 found; not run" in run.log, run


@pytest.mark.parametrize("checksum, runs", [("0", True), ("1", False)])
def test_the_sum_counts_unless_it_is_switched_off(checksum, runs, tmp_path):
    rom = rogue(tmp_path)
    data = bytearray(rom.read_bytes())
    data[-1] ^= 1
    rom.write_bytes(data)
    number = tmp_path / "number"
    number.write_bytes(bytes([int(checksum)]))
    run = boot(tmp_path, rom, args=["-fw_cfg", f"name=etc/optionroms-checksum,file={number}"])
    assert run.lines == (["A: init"] if runs else []) and run.disks == ["disk"], run
    assert ("sum of bytes: 0x0 expected" in run.log) != runs, run


def test_knobs_of_the_user(tmp_path):
    rom = rogue(tmp_path)
    assert boot(tmp_path, rom, args=knob("opt/org.slipway/roms", "off")).lines == []
    run = boot(tmp_path, rom, args=knob("opt/org.slipway/roms", "of"))
    assert run.lines == ["A: init"] and 'rom: opt/org.slipway/roms: "all" or "off" expected, "of" found' in run.log, run
    run = boot(tmp_path, rom, args=knob(SECONDS, "x1"))
    assert run.lines == ["A: init"] and f'rom: {SECONDS}: a number up to 3600 expected, "x1" found; 60 is taken' in run.log, run


@pytest.mark.parametrize("machine, changes", [("pc", False), ("q35", False), ("isapc", True)])
def test_a_rom_that_a_program_changes_is_told_of(machine, changes, tmp_path):
    """Where shadow registers make it read-only the write is lost."""
    sector = bytearray(512)
    code = bytes.fromhex("b800c0 8ec0 26fe060001 cd18".replace(" ", ""))      # incb C000:0100; int $0x18
    sector[:len(code)], sector[510:] = code, b"\x55\xaa"
    (tmp_path / "first.img").write_bytes(bytes(sector) + bytes(1 << 20))
    kind = "ide-hd" if machine == "isapc" else "virtio-blk-pci"
    args = ["-drive", f"file={tmp_path}/first.img,format=raw,if=none,id=f", "-device", f"{kind},drive=f,bootindex=1"]
    rom = rogue(tmp_path)
    # kvmvapic would be first in the room.
    run = boot(tmp_path, rom, machine=machine, args=[*args, "-cpu", "qemu64,-apic"])
    assert run.lines == ["A: init"] and run.disks == ["disk"], run
    assert ("rom: genroms/rogue-A.rom: its 0xc00 bytes have changed" in run.log) == changes, run


def test_one_that_closes_the_tick_does_not_save_the_next(tmp_path):
    run = boot(tmp_path, rogue(tmp_path, "mask"), rogue(tmp_path, "hang", "B"), args=knob(SECONDS, "1"), no_reboot=False, timeout=60)
    assert run.lines == ["A: init", "B: init", "A: init"] and run.disks == ["disk"], run


def test_an_init_that_takes_int_13_has_disks(tmp_path):
    rom = rogue(tmp_path, "hook_13")
    run = boot(tmp_path, rom, disk=False)
    assert "rogue: its disk is booted" in run.log and "0 boot entries, 1 disk entries" in run.log, run
    run = boot(tmp_path, rom, machine="q35")        # before ours, as disks that are found are
    assert run.disks == ["disk"], run


def test_what_a_bcv_adds_is_a_disk_in_the_order(tmp_path):
    """Before what a BEV boots, unless the network comes first."""
    disk, network = rogue(tmp_path, pnp=True, bcv=True), rogue(tmp_path, letter="B", pnp=True, bev=True)
    for args, first in (([], "rogue: its disk"), (["-boot", "order=n"], "rogue B: BEV"), (["-boot", "order=cn"], "rogue: its disk")):
        run = boot(tmp_path, network, disk, disk=False, args=args)
        ways = [line for line in run.log.splitlines() if line.startswith(("rogue: its disk", "rogue B: BEV"))]
        assert len(ways) == 2 and ways[0].startswith(first), run


CARD = "8086,100e"      # e1000; a comma of a value is two for QEMU
LATE = ["-device", "e1000,romfile=,bootindex=2"]


def late(tmp_path, *roms, seconds=1, **how):
    """Boot behind a disk without a boot sector and a network card whose ROM is the rogue, which so runs late."""
    empty = media.disk(tmp_path, "none", None)
    data = rogue(tmp_path, *roms, **how)
    return ["-drive", f"file={empty},format=raw,if=none,id=e", "-device", "virtio-blk-pci,drive=e,bootindex=1", *LATE,
            "-fw_cfg", f"name=pci{CARD.replace(chr(44), chr(44) * 2)}.rom,file={data}", *knob(SECONDS, str(seconds))]


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_a_late_init_that_gives_up_by_int_18_is_over_with_it(machine, tmp_path):
    """A program that then runs for longer than the ROM had is not reset, and finds ROM space and tick as they should be."""
    sector = bytearray(512)
    code = bytes.fromhex("b84000 8ed8 66a16c00 6605 3c000000 fb f4 66 39 06 6c00 72 f8"        # 60 ticks
                         "b800c0 8ec0 26 fe 06 0002 b80080 8ec0 bae900 b04f ee"               # "O"
                         "baf400 b011 ee f4".replace(" ", ""))
    sector[:len(code)], sector[510:] = code, b"\x55\xaa"
    (tmp_path / "last.img").write_bytes(bytes(sector) + bytes(1 << 20))
    args = [*late(tmp_path, "call_18"), "-drive", f"file={tmp_path}/last.img,format=raw,if=none,id=l", "-device",
            "virtio-blk-pci,drive=l,bootindex=3"]
    with qemu.VM(machine=machine, memory="128", no_reboot=False, args=args) as vm:
        console = vm.folder / "console"
        vm.command += ["-chardev", f"file,id=con,path={console}", "-device", "isa-debugcon,iobase=0xe9,chardev=con"]
        vm.start()
        vm.finish(30)
        assert vm.text("console") == "O" and vm.text("log").count("rogue A: init") == 1, vm.text("log")


@pytest.mark.parametrize("how, says", [
    ({"pnp": True, "bcv": True}, ["A: init", "A: BCV"]), ({"action": "hook_13"}, ["A: init"]),
    ({"pnp": True, "bev": True}, ["A: init", "A: BEV"]), ({"action": "hook_19"}, ["A: init", "A: INT 19h"]),
], ids=["BCV", "INT 13h", "BEV", "INT 19h"])
def test_a_late_rom_boots_by_whatever_it_registers(how, says, tmp_path):
    # Without kvmvapic, whose pages are writable: a BCV may write to its image while its room is open.
    run = boot(tmp_path, args=[*late(tmp_path, **how), "-cpu", "qemu64,-apic"], disk=False)
    assert run.lines[:len(says)] == says, run
    if "bev" not in how and how.get("action") != "hook_19":
        assert "rogue: its disk is booted" in run.log, run


def test_an_endless_list_of_devices_costs_no_time(tmp_path):
    """Images of 512 bytes, each with a list that has no end, in 4 MiB."""
    image = bytearray(b"\1" * 512)
    struct.pack_into("<HB", image, 0, 0xaa55, 1)
    struct.pack_into("<H", image, 0x18, 0x1c)
    struct.pack_into("<4sHHHHB3sHHBB", image, 0x1c, b"PCIR", 0x8086, 1, 0x19, 24, 3, b"\0\0\2", 1, 0, 0, 0)
    (tmp_path / "list.rom").write_bytes(bytes(image) * 8192)
    run = boot(tmp_path, args=["-device", f"e1000,romfile={tmp_path}/list.rom", *knob("opt/org.slipway/roms", "all")])
    assert run.disks == ["disk"] and ": option ROM: " in run.log, run

# SPDX-License-Identifier: BSD-2-Clause
"""A video ROM in other people's emulators: tests/host/vgarom runs it in libx86emu and tells each port, address and instruction
that it has no business with. SeaVGABIOS's must show that breaches are seen, ours must have none.

The ROMs under test are those that were built, or VGA_ROMS=folder's. VGA_EMULATOR=all makes every call in every mode, on every
card; without it some modes do, since an emulator takes ten minutes for the whole."""
import os
import pathlib
import re
import struct
import subprocess

import pytest

import test_vga_calls as calls
import vm as qemu

PROGRAM = qemu.OUT / "vgarom"
CARDS = ["std", "cirrus", "qxl", "virtio", "vmware", "ati", "isa"]     # those that have no text are drawn by other means
PEERS = "/usr/share/seabios", "/usr/share/qemu", "/usr/share/vgabios"
MODES = [*range(8), *range(0x0d, 0x14), 0x6a]
VBE_MODES = [0x101, 0x4101, 0x102, 0x112, 0x4112, 0x4118, 0x118]
# Of those with registers of their own: modes, VBE modes with every call, and which VBE modes are set.
MOST = {"std": ([3, 6, 0x12, 0x13], [0x10f], 16), "cirrus": ([3, 0x12], [0x10f], 16), "ati": ([3, 0x12], [0x112], 16)}
ALL = os.environ.get("VGA_EMULATOR") == "all"
# A caller's stack that has to do where POST's memory manager has given one to the ROM, and where not.
STACK, STACK_WITHOUT_PMM = 64, 512


def need_program():
    if not PROGRAM.is_file():
        raise qemu.Absent(f"{PROGRAM} is not built: make {PROGRAM}, with libx86emu-dev")


def run(rom, card, *options, script=""):
    """(breaches, what the program printed)"""
    need_program()
    done = subprocess.run([PROGRAM, "--card", card, *map(str, options), rom], input=script, text=True, timeout=600,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.returncode in (0, 1) and not done.stderr, f"exit {done.returncode}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
    found = [line[8:] for line in done.stdout.splitlines() if line.startswith("breach: ")]
    assert bool(found) == (done.returncode == 1)
    return found, done.stdout


def peer(card):
    name = {"isa": "vgabios-isavga.bin"}.get(card, calls.DISPLAYS[card][1])
    return qemu.first_file([f"{folder}/{name}" for folder in PEERS], f"SeaVGABIOS for {card}")


def all_calls(modes, vbe_modes, sets):
    """Every function in modes, with ordinary and odd registers, and then sets: lines of AX BX CX DX ES DI BP SI."""
    lines = []
    every = [(0, 0, 0), (7, 1, 0x0305), (0x0107, 80, 0x184f), (0xffff, 0x100, 0xffff), (0x0800, 0x20, 0x1950)]
    for mode in [*modes, *(0x4f02 << 16 | n for n in vbe_modes)]:
        setting = (mode, 0) if mode < 0x100 else (mode >> 16, mode & 0xffff)
        lines.append(setting)
        odd = every if mode in (3, 0x12, 0x13) and ALL else every[1:4:2]
        for ah in [n for n in range(0x01, 0x20) if n != 0x11] + [0x4f, 0x50, 0xff]:
            for al in {0x06: (0, 1, 5, 255), 0x07: (0, 1, 5, 255), 0x0e: (7, 8, 10, 13, 65), 0x10: range(0x20), 0x12: range(4),
                       0x13: range(4), 0x1c: range(3), 0x4f: [n for n in range(0x18) if n != 2]}.get(ah, (0, 1, 65)):
                subs = range(0x10, 0x38) if ah == 0x12 else ()
                lines += [(ah << 8 | al, bx, cx, dx) for bx, cx, dx in odd]
                lines += [(ah << 8 | al, bl, 1, 0) for bl in subs]
        for al in (0, 1, 2, 3, 4, 0x10, 0x11, 0x12, 0x14, 0x20, 0x21, 0x22, 0x23, 0x24, 0x30, 0x31):
            lines += [(0x1100 | al, bx, 16, 0x41) for bx in (0x0800, 0x1001, 0x0600)]
        lines.append(setting)
    lines += [(0x4f02, mode) for mode in sets] + [(0x4f02, mode | 0x4000) for mode in sets]
    lines += [(mode, 0) for mode in range(0x100)]
    return "\n".join(" ".join(f"{word:x}" for word in line) for line in lines) + "\n"


@pytest.mark.parametrize("card", CARDS)
def test_breaches_of_seavgabios_are_seen(card):
    found, said = run(peer(card), card, script="0003\ne41 7\n4f00\n4f02 4118\n")
    assert any("write to port 0402" in breach for breach in found), said


@pytest.mark.parametrize("pmm", [True, False], ids=["pmm", "no-pmm"])
@pytest.mark.parametrize("card", CARDS)
def test_every_call_keeps_to_the_screen(card, pmm):
    options = ["--pmm", "--stack", STACK] if pmm else ["--stack", STACK_WITHOUT_PMM]
    modes, vbe_modes, step = (MODES, VBE_MODES, 1) if ALL else MOST.get(card, ([0x12], [], 16))
    script = all_calls(modes, vbe_modes, range(0x100, 0x1c0, step))
    found, _ = run(calls.rom(card), card, "--twice", *options, script=script)
    assert not found, f"{len(found)} breaches:\n" + "\n".join(found[:40])


@pytest.mark.parametrize("seed", range(1, 5 if ALL else 2))
@pytest.mark.parametrize("card", CARDS)
def test_any_registers_do_no_harm(card, seed):
    """What they may leave is the frame buffer, BIOS data of the video, and what the call has asked for; and they return."""
    count = 2000 if ALL else 300
    found, _ = run(calls.rom(card), card, "--random", count, "--seed", seed, "--stack", STACK_WITHOUT_PMM)
    assert not found, f"{len(found)} breaches:\n" + "\n".join(found[:40])
    found, _ = run(calls.rom(card), card, "--pmm", "--random", count, "--seed", seed + 100, "--stack", STACK)
    assert not found, f"{len(found)} breaches:\n" + "\n".join(found[:40])


@pytest.mark.parametrize("card", CARDS)
def test_blocks_may_lie_over_the_end_of_their_segment(card):
    """Where a word would be an exception: the caller's interrupt 13 has to do with a disk's controller."""
    script = "3\n" + "".join(f"4f00 0 0 0 3000 {di:x}\n4f01 0 112 0 3000 {di:x}\n4f01 0 3 0 3000 {di:x}\n"
                             f"4f04 1 f 0 3000 {di:x}\n4f15 1 0 0 3000 {di:x}\n1b00 0 0 0 3000 {di:x}\n"
                             f"1c01 0 7 0 3000 {di:x}\n" for di in [*range(0xff01, 0x10000, 6), 0xffff])
    found, _ = run(calls.rom(card), card, "--stack", STACK_WITHOUT_PMM, script=script)
    assert not found, f"{len(found)} breaches:\n" + "\n".join(found[:40])


INIT = bytes.fromhex("31c08ed8 c7064000 4000 c7064200 00c0 cb".replace(" ", ""))     # INT 10h leads to c000:0040


def made_rom(handler):
    data = bytearray(512)
    data[:3] = 0x55, 0xaa, 1
    data[3:3 + len(INIT)] = INIT
    data[0x40:0x40 + len(handler) + 1] = handler + b"\xcf"
    data[511] = -sum(data) & 0xff
    return bytes(data)


# Code, and what is said of it.
FORBIDDEN = {
    "nothing": ("90", None),
    "teletype's port": ("ba0402 b8 b100 ef".replace(" ", ""), "write to port 0204"),
    "debug port": ("ba0204ee", "write to port 0402"),
    "SMI": ("e4b2", "read of port 00b2"),
    "configuration": ("66b800000080 baf80c 66ef".replace(" ", ""), None),
    "configuration written": ("bafc0c 66ef".replace(" ", ""), "write to port 0cfc"),
    "VGA": ("bac403 b80301 ef b8c501 bace01 ef".replace(" ", ""), None),
    "smsw": ("0f01e0", "instruction 0f 01"),
    "mov cr": ("0f20c0", "instruction 0f 20"),
    "rdmsr": ("0f32", "instruction 0f 32"),
    "cpuid": ("0fa2", "instruction 0f a2"),
    "cmov": ("0f44c1", "instruction 0f 44"),
    "movzx": ("0fb6c0", None),
    "weak lea": ("668d4700", "weak instruction 66 8d"),
    "lea": ("8d4700", None),
    "weak call": ("66e8000000006658", "weak instruction 66 e8"),
    "weak leave": ("6655 6689e5 66c9".replace(" ", ""), "weak instruction 66 c9"),
    "below ESP": ("67 8b4424fc".replace(" ", ""), "operand below ESP"),
    "INT 15h": ("cd15", "INT 15"),
    "divides": ("31c9f7f1", "divides by zero"),
    "endless": ("ebfe", "does not return"),
    "vector 8": ("31c08ed8a32000", "write to 00020"),
    "vector 43h": ("31c08ed8a30c01", None),
    "tick": ("31c08ed8a36c04", "write to 0046c"),
    "cursor": ("31c08ed8a35004", None),
    "low memory": ("31c08ed8a30006", "write to 00600"),
    "ROM": ("b800c08ed8a38000", "write to c0080"),
    "frame buffer": ("b800b88ed8a30000", None),
    "main BIOS": ("b800f08ed8a10000", "read of f0000"),
    "deep stack": ("81ec0004 50 81c40204".replace(" ", ""), "write to stack beyond what there is"),
    "stack off": ("50", "runs code at"),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_each_breach_is_told(what, tmp_path):
    code, said = FORBIDDEN[what]
    (tmp_path / "rom").write_bytes(made_rom(bytes.fromhex(code)))
    found, _ = run(tmp_path / "rom", "std", script="0003\n")
    if said is None:
        assert not found
    else:
        kind = said.split()[0]      # the bytes behind are told too, and that the call does not come back
        assert found and re.match(said, found[0]), found
        assert all(re.match(f"{kind}|exception|does not return|runs code", breach) for breach in found), found


def test_what_is_no_rom_is_refused(tmp_path):
    need_program()
    for bad in (b"", b"\x55\xaa", b"\x55\xaa\x02" + bytes(600), struct.pack("<H", 0x55aa) + bytes(600)):
        (tmp_path / "rom").write_bytes(bad)
        done = subprocess.run([PROGRAM, tmp_path / "rom"], input="", text=True, stderr=subprocess.PIPE, timeout=60)
        assert done.returncode == 2 and "no option ROM" in done.stderr, bad


@pytest.mark.parametrize("display", [d for d in calls.DISPLAYS if d not in ("isa", "ramfb")])     # those have no BAR
def test_a_file_has_the_bar_of_the_one_that_it_replaces(display):
    """QEMU makes it a power of two that holds the file, and saves a guest with it."""
    bars = []
    for file in (peer(display), calls.rom(display)):
        size = max(pathlib.Path(file).stat().st_size, 2048)
        bars.append(1 << (size - 1).bit_length())
    assert bars[0] == bars[1], bars

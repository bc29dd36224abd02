# SPDX-License-Identifier: BSD-2-Clause
"""INT 10h and VBE as a real-mode program finds them (tests/guests/vga), on every display of QEMU: each register, field of the
BIOS data area, register of the VGA and plane of screen memory that some 5,000 calls leave must agree with what SeaBIOS and
SeaVGABIOS leave, but for intended_vga.txt, where each difference has its reason.

The ROM files are those that were built, or VGA_ROMS=folder's, named as QEMU names them: with it, that of every display is run,
by SeaBIOS, and by the firmware, which has the same program within; without it, by the firmware on displays that have code of
their own (vgasrc/card.h)."""
import functools
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import pytest

import vm as qemu

# Device, and the file that QEMU takes its ROM from.
DISPLAYS = {
    "std": ("VGA", "vgabios-stdvga.bin"),
    "cirrus": ("cirrus-vga", "vgabios-cirrus.bin"),
    "qxl": ("qxl-vga", "vgabios-qxl.bin"),
    "virtio": ("virtio-vga", "vgabios-virtio.bin"),
    "vmware": ("vmware-svga", "vgabios-vmware.bin"),
    "ati": ("ati-vga", "vgabios-ati.bin"),
    "isa": ("isa-vga", "vgabios.bin"),
    "bochs-display": ("bochs-display", "vgabios-bochs-display.bin"),
    "ramfb": ("ramfb", "vgabios-ramfb.bin"),
}
ROMS = pathlib.Path(os.environ.get("VGA_ROMS", qemu.OUT))
CARDS = ["-fw_cfg", "name=opt/org.slipway/vga,string=card"]


def rom(display):
    """The file under test."""
    file = ROMS / DISPLAYS[display][1]
    if not file.is_file():
        raise qemu.Absent(f"{file} is not built")
    return file


def rom_asked_for(display):
    """The same, where tests take it that VGA_ROMS asks for."""
    if "VGA_ROMS" not in os.environ:
        raise qemu.Absent("VGA_ROMS names no folder")
    return rom(display)


# SeaVGABIOS takes the size of ati-vga's BAR for that of its memory, 16 MiB. From QEMU 11 on the BAR has 64.
AS_SMALL_AS_MEMORY = "x-linear-aper-size"


@functools.lru_cache(None)
def lines(firmware, display, roms=None):
    """What the program prints. roms: a folder in which QEMU looks for ROMs first. "own": the firmware, with the ROM within it."""
    device = DISPLAYS[display][0]
    qemu.need_device(device)
    if firmware != "own" and not roms and f"{AS_SMALL_AS_MEMORY}=" in qemu.ask_qemu("-device", f"{device},help"):
        device += f",{AS_SMALL_AS_MEMORY}={16 << 20}"
    with tempfile.TemporaryDirectory(prefix="slipway-vga-") as folder:
        command = [qemu.QEMU, "-M", "pc", "-accel", "tcg", "-m", "128", "-nodefaults", "-display", "none", "-no-user-config",
                   "-no-reboot", *(["-L", str(roms)] if roms else []), "-bios", qemu.firmware(firmware.replace("own", "slipway")),
                   *([] if firmware == "own" else CARDS), "-device", device,
                   "-chardev", f"file,id=c,path={folder}/lines", "-device", "isa-debugcon,iobase=0xe9,chardev=c",
                   "-drive", f"file={qemu.GUESTS / 'vga.img'},format=raw,if=none,id=d,snapshot=on",
                   "-device", "virtio-blk-pci,drive=d", *qemu.DEBUG_EXIT]
        try:
            done = subprocess.run(command, timeout=240, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            how = f"exit {done.returncode}: {done.stdout}"
        except subprocess.TimeoutExpired:
            how = "killed at its time limit"
        said = (pathlib.Path(folder) / "lines").read_text(errors="replace").splitlines()
    assert how.startswith(f"exit {qemu.EXIT_PASS}:") and said[-1:] == ["end"], f"{' '.join(command)}\n{how}\n" + "\n".join(said[-20:])
    return said


def items(said):
    """{(call, its how many-th of that name, what): value}: a line that begins with a blank goes on with the call above it."""
    found, times, call = {}, {}, None
    for line in said:
        words = line.split()
        if not line.startswith(" "):
            name, _, rest = line.partition(":")
            times[name] = times.get(name, 0) + 1
            call = name, times[name]
            words = rest.split()
            if not words:
                found[(*call, "")] = ""
            for word in words if all("=" in w for w in words) else [" ".join(words)]:
                what, _, value = word.partition("=") if "=" in word else ("", "", word)
                found[(*call, what)] = value
        elif len(words) > 1 and all("=" in w for w in words[1:]) and "=" not in words[0]:
            for word in words[1:]:
                what, _, value = word.partition("=")
                found[(*call, f"{words[0]} {what}")] = value
        else:
            what, _, value = line[1:].partition("=" if "=" in words[0] else " ")
            found[(*call, what)] = value.strip()
    return found


# What lines tell of these is how they have become; the other lines are a call's answer.
STATE = re.compile(r"(bda|misc|seq|crtc|graphics|attribute|hidden|dac|dispi|vector) [0-9a-f]+")


def in_order(ours, theirs):
    """The calls of both, each as often as it was made, where they were made: those of modes that one has alone between the others."""
    ours, calls = list(dict.fromkeys(key[:2] for key in ours)), {}
    known, at = set(ours), 0
    for call in dict.fromkeys(key[:2] for key in theirs):
        while call in known and call not in calls:
            calls[ours[at]] = None
            at += 1
        calls[call] = None
    return [*calls, *(call for call in ours if call not in calls)]


def differences(ours, theirs, display):
    """A line each: the display, the call, what of it, theirs > ours; "-": nothing was told. Of a state that only one has changed, or
    both to different ones, this is told when it comes to differ so, not again with each call that leaves it."""
    ours, theirs = items(ours), items(theirs)
    states, found = ({}, {}), []
    order = {call: i for i, call in enumerate(in_order(ours, theirs))}
    for key in sorted(dict.fromkeys([*theirs, *ours]), key=lambda key: order[key[:2]]):
        call, _, what = key
        values = theirs.get(key), ours.get(key)
        if STATE.fullmatch(what):
            for state, value in zip(states, values):
                if value is not None:
                    state[what] = value.lstrip("0")     # what is 0 from the start is not told
            if call == "begin" or states[0].get(what, "") == states[1].get(what, ""):
                continue
        elif values[0] == values[1]:
            continue
        found.append(f"{display} {call}: {what} {values[0] or '-'} > {values[1] or '-'}")
    return found


def intended():
    rules = []
    for line in (pathlib.Path(__file__).parent / "intended_vga.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            pattern, _, reason = line.partition("\t")
            assert reason.strip(), f"no reason for {pattern}"
            rules.append(re.compile(pattern))
    return rules


def unexpected(ours, theirs, display):
    rules = intended()
    return [line for line in differences(ours, theirs, display) if not any(r.fullmatch(line) for r in rules)]


def check(ours, theirs, display):
    assert len(theirs) > (10000 if theirs[0].endswith("a VGA") else 1000)
    wrong = unexpected(ours, theirs, display)
    assert not wrong, f"{len(wrong)} answers differ:\n" + "\n".join(wrong[:60])


def oem(said):
    """What VBE says whose ROM it is."""
    return next(line for line in said if line.startswith(" oem ")).split(" ", 3)[3]


# Each is some 10 to 40 s of one core, and as much for SeaVGABIOS.
ALL = "VGA_ROMS" in os.environ
OF_THEIR_OWN = ["std", "cirrus", "ati", "bochs-display", "ramfb"]       # qxl, virtio, vmware, isa: as std


@pytest.mark.parametrize("display", DISPLAYS if ALL else ["std", "cirrus"])
def test_the_card_s_rom_answers_as_under_seabios(display):
    check(lines("slipway", display), lines("seabios", display), display)


@pytest.mark.parametrize("display", DISPLAYS if ALL else OF_THEIR_OWN)
def test_the_firmware_s_own_rom_answers_as_seavgabios(display):
    ours = lines("own", display)
    assert oem(ours).encode() in rom(display).read_bytes(), "another ROM was run"
    check(ours, lines("seabios", display), display)


@pytest.mark.parametrize("display", DISPLAYS if ALL else ["std"])
def test_the_rom_file_answers_as_seavgabios_under_seabios(display):
    file = rom(display)
    ours, theirs = lines("seabios", display, ROMS), lines("seabios", display)
    assert oem(ours).encode() in file.read_bytes(), "another ROM was run"
    check(ours, theirs, display)


def test_what_a_call_changes_is_seen():
    """The comparison itself: each kind of line, changed once."""
    theirs = ["begin: a VGA", "text03 0e41 0007 0000 0000:", " bda 50=01", " crtc 0e=00 0f=01", " plane0=00000-00001 00001 00000041",
              "text03 0800 0000 0000 0000: eax=11110741", " table rom 00 11", "text03 0e41 0007 0000 0000:", "end"]
    assert not differences(theirs, theirs, "std")
    for at, line in enumerate(theirs[1:-1], 1):
        if "1" in line.partition(":")[2] or line.startswith(" "):
            changed = [*theirs[:at], line[:-1] + "9", *theirs[at + 1:]]
            assert len(differences(changed, theirs, "std")) == 1, line
            assert len(differences([*theirs[:at], *theirs[at + 1:]], theirs, "std")) >= 1, line
    assert differences(theirs[:-2] + theirs[-1:], theirs, "std") == ["std text03 0e41 0007 0000 0000:  - > -"]


if __name__ == "__main__":      # DISPLAY [FIRMWARE]: what differs, without the reasons; -l: the lines
    words = [word for word in sys.argv[1:] if word != "-l"]
    tested = lines(words[1] if len(words) > 1 else "slipway", words[0], ROMS if words[1:] == ["seabios"] else None)
    print("\n".join(tested if "-l" in sys.argv else differences(tested, lines("seabios", words[0]), words[0])))

# SPDX-License-Identifier: BSD-2-Clause
"""The services of a BIOS as a real-mode program finds them (tests/guests/real), under Debian's SeaBIOS and under
Slipway: every register and all memory that a call leaves must agree, but for intended_services.txt, where each
difference has its reason."""
import pathlib
import re
import subprocess

import pytest

import vm as qemu

DISKS = {
    "q35-virtio": ("q35", ["-device", "virtio-blk-pci,drive=d"]),
    "q35-virtio-modern": ("q35", ["-device", "virtio-blk-pci,drive=d,disable-legacy=on"]),
    "pc-ide": ("pc", ["-device", "ide-hd,drive=d,bus=ide.0"]),
    "isapc-ide": ("isapc", ["-device", "ide-hd,drive=d,bus=ide.0"]),
    "q35-piix4-ide": ("q35", ["-device", "piix4-ide,id=i", "-device", "ide-hd,drive=d,bus=i.1,unit=1"]),
    "pc-virtio-legacy": ("pc", ["-device", "virtio-blk-pci,drive=d,disable-modern=on"]),
    "q35-ahci": ("q35", ["-device", "ide-hd,drive=d"]),
}


# With a display its ROM serves INT 10h: what it finds of the BIOS around it shows in its answers.
DISPLAYS = {
    "none": ("pc", ["-device", "virtio-blk-pci,drive=d"]),
    "pc-vga": ("pc", ["-device", "virtio-blk-pci,drive=d", "-device", "VGA"]),
    "pc-cirrus": ("pc", ["-device", "virtio-blk-pci,drive=d", "-device", "cirrus-vga"]),
    "q35-virtio-vga": ("q35", ["-device", "virtio-blk-pci,drive=d", "-device", "virtio-vga"]),
}


def intended():
    rules = []
    for line in (pathlib.Path(__file__).parent / "intended_services.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            pattern, _, reason = line.partition("\t")
            assert reason.strip(), f"no reason for {pattern}"
            rules.append(re.compile(pattern))
    return rules


def answers(firmware, machine, args, folder, size=None, options=""):
    """The lines that the program prints, and the disk of so many bytes as it left it."""
    image = folder / f"{firmware}.img"
    image.write_bytes((qemu.GUESTS / "real.img").read_bytes()[:size])
    command = [qemu.QEMU, "-M", machine, "-accel", "tcg", "-m", "128", "-nodefaults", "-display", "none", "-no-user-config",
               "-no-reboot", "-bios", qemu.firmware(firmware, machine), "-device", "isa-debugcon,iobase=0xe9,chardev=console",
               "-chardev", f"file,id=console,path={folder}/{firmware}.txt", "-drive", f"file={image},format=raw,if=none,id=d{options}",
               *qemu.DEBUG_EXIT, *args]
    done = subprocess.run(command, timeout=120, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    lines = (folder / f"{firmware}.txt").read_text(errors="replace").splitlines()
    assert done.returncode == qemu.EXIT_PASS and lines[-1:] == ["end"], (
        f"{' '.join(command)}\nexit {done.returncode}: {done.stdout}\n" + "\n".join(lines[-5:]))
    return lines, image.read_bytes()


def same(ours, theirs):
    allowed = intended()
    assert len(ours) == len(theirs)
    different = [f"- {b}\n+ {a}" for a, b in zip(ours, theirs) if a != b and not any(r.fullmatch(a) for r in allowed)]
    assert not different, f"{len(different)} answers differ:\n" + "\n".join(different[:40])


@pytest.mark.parametrize("disk", DISKS)
def test_services_answer_as_seabios_does(disk, tmp_path):
    machine, args = DISKS[disk]
    ours, our_disk = answers("slipway", machine, args, tmp_path)
    theirs, their_disk = answers("seabios", machine, args, tmp_path)
    # SeaBIOS has a PCI BIOS even where there is no PCI; of AHCI disks it tells 26 bytes, whatever AH=48h is asked for.
    other = "e820", *{"isapc-ide": ("int 1a eax 1111b1",), "q35-ahci": ("  parameters", "  table")}.get(disk, ())
    ours, theirs = ([line for line in lines if not line.startswith(other)] for lines in (ours, theirs))
    same(ours, theirs)
    assert our_disk == their_disk, "the two leave different disks behind"


@pytest.mark.parametrize("disk", DISKS)
def test_no_service_touches_what_is_not_its_own(disk, tmp_path):
    machine, args = DISKS[disk]
    lines, _ = answers("slipway", machine, args, tmp_path)
    wrong = [line for line in lines if re.search("STRAY-WRITE|STACK-OFF|FS-GS-CHANGED|A20-CHANGED|esi|ebp ", line.split("->")[-1])]
    assert len(lines) > 1000 and not wrong, "\n".join(wrong[:20])


@pytest.mark.parametrize("display", DISPLAYS)
def test_the_display_answers_as_with_seabios(display, tmp_path):
    machine, args = DISPLAYS[display]
    ours, theirs = ([line for line in answers(firmware, machine, args, tmp_path)[0]
                     if line.startswith(("int 10", "bda video", "screen", "ROM"))] for firmware in ("slipway", "seabios"))
    assert len(ours) > 70 and "ROM WRITTEN" not in ours
    assert display == "none" or 'screen "real-mode text      "' in ours
    assert ours == theirs

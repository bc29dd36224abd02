# SPDX-License-Identifier: BSD-2-Clause
"""What QEMU's options say of disks, seen by a program behind INT 13h (tests/guests/programs/drives.c): geometries, many
disks, large disks; and floppies without a signature, disks with large sectors. Compared with SeaBIOS where it has that."""
import contextlib
import os
import re
import struct

import pytest

import media
import vm as qemu
from test_crossing import run
from test_media import boot

MIB, TIB = 1 << 20, 1 << 40
LINE = re.compile(r"drive (?P<number>\w\w) of (?P<of>\w\w) cylinders (?P<cylinders>\w+) heads (?P<heads>\w+) sectors (?P<sectors>\w+) "
                  r"type (?P<type>\w+ \w+) flags (?P<flags>\w+) physical (?P<physical>\w+ \w+ \w+) size (?P<size>\w+) of (?P<unit>\w+) "
                  r"first (?P<first>\w+) last (?P<last>\w+) beyond (?P<beyond>\w+) (?P<same>\w+)")


def sparse(folder, name, size):
    """A disk that tells its name in its first and its last sector, and where each of its first sectors is."""
    file = folder / name
    try:
        with open(file, "wb") as f:
            f.truncate(size)
            for sector in range(1, min(2048, size // 512 - 1)):
                f.seek(512 * sector)
                f.write(struct.pack("<I", 0x5EC00000 | sector))
            f.seek(0)
            f.write(name.encode().ljust(4, b"0"))
            f.seek(size - 512)
            f.write(name.encode().ljust(4, b"9"))
    except OSError as e:
        raise qemu.Absent(f"no file of {size} bytes can be made here: {e.strerror}") from e
    return file


def drive(folder, name, size, device):
    return ["-drive", f"if=none,id={name},format=raw,file={sparse(folder, name, size)}", "-device", f"{device},drive={name}"]


def mark(name, at):
    return f"{struct.unpack('<I', name.encode().ljust(4, at.encode()))[0]:08x}"


def told(machine, args, folder, bios="slipway"):
    said, result = run("drives", machine, args, folder, bios=bios)
    found = [LINE.fullmatch(line) for line in said]
    assert all(found), "\n".join(said) + f"\n{result}"
    return [match.groupdict() for match in found]


def geometry(d):
    return int(d["cylinders"], 16), int(d["heads"], 16), int(d["sectors"], 16)


BOOT_IDE = ["-device", "ide-hd,drive=d,bus=ide.0,unit=0,bootindex=1"]

# Of a disk of 7,000 MiB (14,222 cylinders of 16 heads and 63 sectors, as the drive says) and one of 900 MiB (1,828).
TRANSLATIONS = {
    "none": [(1023, 16, 63), (1023, 16, 63)],
    "lba": [(891, 255, 63), (913, 32, 63)],
    "large": [(1023, 128, 63), (913, 32, 63)],
    "rechs": [(947, 240, 63), (973, 30, 63)],
}


@pytest.mark.parametrize("how", TRANSLATIONS)
def test_a_translation_that_is_asked_for(how, tmp_path):
    args = [*BOOT_IDE, *drive(tmp_path, "big", 7000 * MIB, f"ide-hd,bus=ide.0,unit=1,bios-chs-trans={how}"),
            *drive(tmp_path, "mid", 900 * MIB, f"ide-hd,bus=ide.1,unit=0,bios-chs-trans={how}")]
    ours, theirs = (told("pc", args, tmp_path, bios) for bios in ("slipway", "seabios"))
    assert len(ours) == 3 and all(d["same"] == "same" for d in ours), ours
    assert ours == theirs
    assert [geometry(d) for d in ours[1:]] == TRANSLATIONS[how]


@pytest.mark.parametrize("lchs", [(200, 13, 17), (1024, 255, 63), (2, 2, 2)])
def test_a_geometry_that_is_given(lchs, tmp_path):
    asked = "lcyls={},lheads={},lsecs={}".format(*lchs)
    args = [*BOOT_IDE, *drive(tmp_path, "ide", 64 * MIB, f"ide-hd,bus=ide.0,unit=1,{asked}"),
            *drive(tmp_path, "vio", 64 * MIB, f"virtio-blk-pci,{asked}")]
    ours, theirs = (told("pc", args, tmp_path, bios) for bios in ("slipway", "seabios"))
    assert ours == theirs
    for d in ours[1:]:
        cylinders, heads, sectors = geometry(d)
        assert (heads, sectors) == lchs[1:] and lchs[0] - 1 <= cylinders <= lchs[0] and d["same"] == "same", d


def test_more_disks_than_linux_asks_for(tmp_path):
    names = [f"e{n:02}" for n in range(1, 21)]
    args = ["-device", "virtio-blk-pci,drive=d,bootindex=1,addr=4.0,multifunction=on"]
    for n, name in enumerate(names, 1):
        args += drive(tmp_path, name, 2 * MIB + 512 * n, f"virtio-blk-pci,addr={4 + n // 8:x}.{n % 8},multifunction=on,bootindex={1 + n}")
    ours = told("pc", args, tmp_path)
    assert [d["number"] for d in ours] == [f"{0x80 + n:02x}" for n in range(21)], ours
    for n, (name, d) in enumerate(zip(names, ours[1:]), 1):
        assert (d["of"], int(d["size"], 16), d["first"], d["last"]) == ("15", 4096 + n, mark(name, "0"), mark(name, "9")), d
        assert d["same"] == "same", d


LARGE = {
    "ide": ("pc", BOOT_IDE, "ide-hd,bus=ide.1,unit=0"),
    "ahci": ("q35", ["-device", "ide-hd,drive=d,bus=ide.0,bootindex=1"], "ide-hd,bus=ide.1"),
    "virtio": ("q35", ["-device", "virtio-blk-pci,drive=d,bootindex=1"], "virtio-blk-pci,disable-legacy=on"),
    "virtio-legacy": ("q35", ["-device", "virtio-blk-pci,drive=d,bootindex=1"], "virtio-blk-pci,disable-modern=on"),
    "lsi": ("q35", ["-device", "lsi53c895a", "-device", "scsi-hd,drive=d,bootindex=1"], "scsi-hd"),
    "am53c974": ("pc", ["-device", "am53c974", "-device", "scsi-hd,drive=d,bootindex=1"], "scsi-hd"),
    "nvme": ("q35", ["-device", "nvme,serial=1,drive=d,bootindex=1"], "nvme,serial=2"),
}


@pytest.mark.parametrize("controller", LARGE)
def test_a_disk_beyond_2_tib_is_read_to_its_end(controller, tmp_path):
    machine, args, device = LARGE[controller]
    size = 3 * TIB + 512 * 7
    args = [*args, *drive(tmp_path, "huge", size, device)]
    ours, theirs = told(machine, args, tmp_path), [{}]
    # SeaBIOS 1.17 asks a disk of this size for all of it, and with this controller never goes on.
    with contextlib.suppress(AssertionError if controller == "am53c974" else ()):
        theirs = told(machine, args, tmp_path, "seabios")
    d = ours[1]
    assert int(d["size"], 16) == size // 512 and d["first"] == mark("huge", "0"), d
    assert d["last"] == mark("huge", "9") and d["beyond"] == "deadbeee" and d["same"] == "same", d
    # With QEMU 10 SeaBIOS 1.16.3 reads 1,024 as the size of an old virtio disk's queue, and does without the disk.
    assert len(theirs) == 2 or controller in ("virtio-legacy", "am53c974"), theirs
    # Of a SCSI disk 1.16 has 2 TiB. Neither that nor an NVMe disk has a geometry of its own; SeaBIOS tells 16,383 cylinders of
    # no heads.
    cut = controller in ("lsi", "am53c974") and [int(other["size"], 16) for other in theirs[1:]] == [1 << 32]
    free = dict.fromkeys(["beyond", "physical"] if controller in ("nvme", "lsi", "am53c974") else ["beyond"])
    assert {**d, **free} in ({**other, **free} for other in theirs[1:]) or len(theirs) == 1 or cut
    os.unlink(tmp_path / "huge")


@pytest.mark.parametrize("machine", ["pc", "q35"])
@pytest.mark.parametrize("mib", [4, 1024, 2048, 4096, 128 << 10])
def test_sd_cards_are_read_to_their_end(machine, mib, tmp_path):
    """Of standard capacity up to 2 GiB, and of high capacity."""
    args = ["-device", "virtio-blk-pci,drive=d,bootindex=1", "-device", "sdhci-pci", *drive(tmp_path, "card", mib * MIB, "sd-card")]
    d = told(machine, args, tmp_path)[1]
    assert int(d["size"], 16) == mib * MIB // 512 and d["first"] == mark("card", "0") and d["last"] == mark("card", "9"), d
    assert d["beyond"] == "deadbeee" and d["same"] == "same", d
    os.unlink(tmp_path / "card")


@pytest.mark.parametrize("machine, device", [
    ("pc", "virtio-blk-pci"), ("q35", "virtio-blk-pci"), ("q35", "virtio-blk-pci,disable-legacy=on"),
    ("q35", "virtio-blk-pci,disable-modern=on"), ("pc", "nvme,serial=1"), ("q35", "nvme,serial=1")])
def test_a_disk_with_sectors_of_4_kib_boots(machine, device, tmp_path):
    """Which SeaBIOS does not."""
    disk = media.disk(tmp_path, "four", "X", size=4 * MIB)
    booted = boot("-drive", f"file={disk},format=raw,if=none,id=d0", "-device",
                  f"{device},drive=d0,logical_block_size=4096,physical_block_size=4096", machine=machine)
    assert booted.names == ["four"] and booted.code == qemu.EXIT_PASS, booted


def no_bootchk(machine):
    """How this QEMU is told that floppies need no signature: an option of its own, later a property of the machine."""
    if "fd-bootchk" in qemu.ask_qemu("-M", f"{machine},help"):
        return f"{machine},fd-bootchk=off", []
    return machine, ["-no-fd-bootchk"]


@pytest.mark.parametrize("bios", ["slipway", "seabios"])
def test_a_floppy_without_signature_boots_where_that_is_allowed(bios, tmp_path):
    floppy = media.disk(tmp_path, "flop", "X", size=1440 << 10, signature=False)
    args = ["-drive", f"if=none,id=f,format=raw,file={floppy}", "-device", "floppy,drive=f", "-boot", "order=a,strict=on"]
    machine, option = no_bootchk("pc")
    assert boot(*args, *option, machine=machine, bios=bios).names == ["flop"]
    said = "signature" if bios == "slipway" else "not a bootable disk"
    booted = boot(*args, machine="pc", bios=bios, until=said)
    assert booted.names == [] and said in booted.log, booted

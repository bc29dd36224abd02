# SPDX-License-Identifier: BSD-2-Clause
"""Cylinders, heads and sectors: a disk is counted as its partition table was, so that what was installed elsewhere finds
itself (tests/guests/programs/geometry.c)."""
import struct

import pytest

from test_crossing import run

SECTORS = 204800
# Heads and sectors of a track.
MADE_WITH = {"255": (255, 63), "16": (16, 63), "8": (8, 32), "240": (240, 63)}
DISKS = {
    "pc-ide": ("pc", ["-device", "ide-hd,drive=d,bus=ide.0,bootindex=1"], "ide-hd,drive=e,bus=ide.1"),
    "q35-ahci": ("q35", ["-device", "ide-hd,drive=d,bus=ide.0,bootindex=1"], "ide-hd,drive=e,bus=ide.1"),
    "pc-virtio": ("pc", ["-device", "virtio-blk-pci,drive=d,bootindex=1"], "virtio-blk-pci,drive=e"),
    "microvm-virtio": ("microvm", ["-device", "virtio-blk-device,drive=d,bootindex=1"], "virtio-blk-device,drive=e"),
}


def chs(lba, heads, sectors):
    cylinder, rest = divmod(lba, heads * sectors)
    return bytes([rest // sectors, rest % sectors + 1 | cylinder >> 8 << 6, cylinder & 255])


def disk(file, heads, sectors, consistent=True):
    """With one partition from 2048 on; each sector begins with its number."""
    first, count = 2048, SECTORS - 4096
    data = bytearray(b"".join(struct.pack("<I", n) + bytes(508) for n in range(SECTORS)))
    data[0x1be:0x1ce] = (b"\x80" + chs(first, heads, sectors) + b"\x06" + chs(first + count - 1, heads, sectors) +
                         struct.pack("<II", first + (not consistent), count))
    data[510:512] = b"\x55\xaa"
    file.write_bytes(data)


def told(where, folder):
    machine, args, other = DISKS[where]
    said, result = run("geometry", machine, [*args, "-drive", f"if=none,id=e,format=raw,file={folder}/e", "-device",
                                             f"{other},bootindex=2"], folder)
    second = [line for line in said if line.startswith("81 ")]
    assert len(second) == 1, f"{said}\n{result}"
    return second[0]


@pytest.mark.parametrize("made", MADE_WITH)
@pytest.mark.parametrize("where", DISKS)
def test_a_disk_is_counted_as_its_partition_table_was(where, made, tmp_path):
    heads, sectors = MADE_WITH[made]
    disk(tmp_path / "e", heads, sectors)
    cylinders = min(-(-SECTORS // (heads * sectors)), 1024)     # the last one in part
    assert told(where, tmp_path) == (f"81 cylinders {cylinders:03x} heads {heads:02x} sectors {sectors:02x} "
                                     f"at 1/0/1 {heads * sectors:08x}")


def test_a_table_that_contradicts_itself_is_not_believed(tmp_path):
    disk(tmp_path / "e", 255, 63, consistent=False)
    assert told("pc-virtio", tmp_path) == f"81 cylinders {SECTORS // 1008:03x} heads 10 sectors 3f at 1/0/1 {1008:08x}"

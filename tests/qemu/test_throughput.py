# SPDX-License-Identifier: BSD-2-Clause
"""Reading disks on every controller, never slower than under SeaBIOS in the same run: from the first sector to the last by INT 13h,
as loaders read files (tests/guests/programs/throughput.c), and an initrd that GRUB loads for a kernel that sums it up."""
import sys

import pytest

import vm as qemu
from test_crossing import run

sys.path.append(str(qemu.ROOT / "tools"))
from bench import disks  # noqa: E402

MIB = 1 << 20
SIZE = 32 * MIB
ROUNDS, MARGIN = 6, 1.1     # the host is noisy: the least of some rounds, in turn; one that is good enough ends them

# The disk "e" on its controller; the boot disk is on virtio, and the first.
DISKS = {
    "pc-ide": ("pc", ["-device", "ide-hd,drive=e,bootindex=2"]),
    "q35-ahci": ("q35", ["-device", "ide-hd,drive=e,bootindex=2"]),
    "q35-virtio": ("q35", ["-device", "virtio-blk-pci,drive=e,bootindex=2"]),
    "q35-virtio-scsi": ("q35", ["-device", "virtio-scsi-pci", "-device", "scsi-hd,drive=e,bootindex=2"]),
    "q35-nvme": ("q35", ["-device", "nvme,serial=1,drive=e,bootindex=2"]),
    "pc-lsi": ("pc", ["-device", "lsi53c895a", "-device", "scsi-hd,drive=e,bootindex=2"]),
    "pc-am53c974": ("pc", ["-device", "am53c974", "-device", "scsi-hd,drive=e,bootindex=2"]),
    "pc-megasas": ("pc", ["-device", "megasas", "-device", "scsi-hd,drive=e,bootindex=2"]),
    "pc-pvscsi": ("pc", ["-device", "pvscsi", "-device", "scsi-hd,drive=e,bootindex=2"]),
    "pc-mptsas": ("pc", ["-device", "mptsas1068", "-device", "scsi-hd,drive=e,bootindex=2"]),
    "q35-sd": ("q35", ["-device", "sdhci-pci", "-device", "sd-card,drive=e"]),
}


def ticks(bios, name, folder):
    machine, args = DISKS[name]
    file = folder / "e"
    if not file.exists():
        file.write_bytes(b"".join(n.to_bytes(4, "little") * 128 for n in range(SIZE // 512)))
    said, result = run("throughput", machine, [
        "-device", "virtio-blk-pci,drive=d,bootindex=1", "-drive", f"if=none,id=e,format=raw,file={file}", *args], folder,
        poke={"disk_sectors": (SIZE // 512).to_bytes(4, "little")}, bios=bios)
    words = said[-1].split()
    assert words[0] == "sum" and "failed" not in " ".join(said), f"{said}\n{result}"
    return int(words[3], 16), words[1]


@pytest.mark.parametrize("name", DISKS)
def test_a_disk_is_read_as_fast_as_by_seabios(name, tmp_path):
    ours = theirs = 1 << 63
    for _ in range(ROUNDS):
        took, sum_ = ticks("slipway", name, tmp_path)
        ours = min(ours, took)
        took, other = ticks("seabios", name, tmp_path)
        theirs = min(theirs, took)
        assert sum_ == other
        if ours <= theirs:
            break
    assert ours <= theirs * MARGIN, f"{name}: {ours} ticks of the time stamp, SeaBIOS {theirs}"
    print(f"{name}: {ours / theirs:.2f} of SeaBIOS's time")


INITRD = 16     # MiB; tools/bootbench disks takes 100


@pytest.mark.parametrize("name", disks.ALL)
def test_grub_loads_an_initrd_as_fast_as_under_seabios(name):
    image, controller = disks.image(INITRD), disks.ALL[name]
    least = {"slipway": 1e9, "seabios": 1e9}
    for _ in range(ROUNDS):
        for bios in least:
            least[bios] = min(least[bios], disks.run(controller, bios, image)["load"])
        if least["slipway"] <= least["seabios"]:
            break
    assert least["slipway"] <= least["seabios"] * MARGIN, f"{name}: {least} seconds"
    print(f"{name}: {least['slipway'] / least['seabios']:.2f} of SeaBIOS's time")

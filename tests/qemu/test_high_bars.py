# SPDX-License-Identifier: BSD-2-Clause
"""Disks beside memory of devices that only has room above 4 GiB: their controllers stay where the firmware reaches them, and
no device is lost for them (docs/storage.md)."""
import pytest

import media
import vm as qemu


def port(name, number, more=""):
    return ["-device", f"pcie-root-port,id={name},chassis={number},slot={number}{more}"]


# A conventional bus with 64 GiB of prefetchable memory, whose bridges forward that above 4 GiB.
LARGE = ["-device", "pcie-pci-bridge,id=b,bus=rp", "-device", "pci-testdev,membar=64G,bus=b,addr=1"]
BESIDE = [*port("rp", 1), *LARGE]
RESERVED = port("rp", 1, ",pref64-reserve=32G")
OTHER_ROOT = ["-device", "pxb-pcie,id=x,bus_nr=64", *port("rp", 1, ",bus=x"), *LARGE]


def virtio(where):
    return ["-device", f"virtio-blk-pci,drive=d,disable-legacy=on,{where}"]


def scsi(adapter):
    return [*BESIDE, "-device", f"{adapter},id=h,bus=b,addr=2", "-device", "scsi-hd,drive=d,bus=h.0"]


def nvmes(where):
    """Nine controllers with 256 MiB of memory each; the disk's comes at the end."""
    args = []
    for n in range(9):
        args += ["-device", f"nvme,serial={n},cmb_size_mb=256{where.format(n)}" + (",drive=d" if n == 8 else f",drive=e{n}")]
    return args


EMPTY = [x for n in range(8) for x in ("-drive", f"if=none,id=e{n},format=raw,file.driver=null-co,file.read-zeroes=on,file.size=1M")]

def wide_queues(count):
    """So many disks with 8 MiB of registers each that those do not fit below 4 GiB; the last is the one that boots."""
    args = []
    for n in range(count):
        args += [*port(f"p{n}", n + 1, f",multifunction=on,addr={2 + n // 8:x}.{n % 8}"),
                 "-device", f"virtio-blk-pci,page-per-vq=on,bus=p{n}," + ("drive=d,bootindex=1" if n == count - 1 else f"drive=w{n}")]
        if n < count - 1:
            args += ["-drive", f"if=none,id=w{n},format=raw,file.driver=null-co,file.read-zeroes=on,file.size=1M"]
    return args


CASES = {
    "virtio-blk-131-wide-queues": ("q35", wide_queues(131)),
    "virtio-blk-reserved": ("q35", [*RESERVED, *virtio("bus=rp")]),
    "virtio-blk-of-no-class": ("q35", [*RESERVED, *virtio("bus=rp,class=0xff")]),
    "virtio-blk-beside": ("q35", [*BESIDE, *virtio("bus=b,addr=2")]),
    "virtio-blk-of-no-class-beside": ("q35", [*BESIDE, *virtio("bus=b,addr=2,class=0xff")]),
    "virtio-blk-of-no-class-pxb": ("q35", [*OTHER_ROOT, *virtio("bus=b,addr=2,class=0xff")]),
    "virtio-blk-wide-queues": ("q35", [*RESERVED, *virtio("bus=rp,page-per-vq=on")]),
    "virtio-scsi": ("q35", scsi("virtio-scsi-pci,disable-legacy=on")),
    **{name: ("q35", scsi(name)) for name in ("megasas", "megasas-gen2", "mptsas1068", "pvscsi", "lsi53c895a", "am53c974")},
    "sd": ("q35", [*BESIDE, "-device", "sdhci-pci,bus=b,addr=2", "-device", "sd-card,drive=d"]),
    "ahci": ("q35", [*BESIDE, "-device", "ich9-ahci,id=h,bus=b,addr=2", "-device", "ide-hd,drive=d,bus=h.0"]),
    "nvme-memory": ("q35", [*RESERVED, "-device", "nvme,serial=s,drive=d,cmb_size_mb=16384,bus=rp"]),
    "nvmes": ("q35", [*EMPTY, *nvmes("")]),
    "nvmes-pc": ("pc", [*EMPTY, *nvmes("")]),
    "nvmes-ports": ("q35", [*EMPTY, *[x for n in range(9) for x in port(f"p{n}", n + 1)], *nvmes(",bus=p{}")]),
}


@pytest.mark.parametrize("case", CASES)
def test_a_disk_is_booted_beside_memory_above_4_gib(case, tmp_path):
    machine, args = CASES[case]
    said = tmp_path / "said"
    result = qemu.run(machine=machine, memory="256", timeout=60, args=[
        "-drive", f"if=none,id=d,format=raw,file={media.disk(tmp_path, 'HIGH')}", *args,
        "-chardev", f"file,id=said,path={said}", "-device", "isa-debugcon,iobase=0xe9,chardev=said"])
    assert "HIGH" in said.read_text(), result
    wrong = [line for line in result.log.splitlines() if "not used" in line or "disabled" in line]
    assert not wrong, result

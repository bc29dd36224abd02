# SPDX-License-Identifier: BSD-2-Clause
"""Disks and CDs on their controllers, read and written by INT 13h in a machine: every byte that arrives is compared with
the image, and every byte beside it with what was there (tests/guests/table_reads.S)."""
import struct

import pytest

import vm as qemu
from qtest import Qtest
from test_reset import Qmp

MIB = 1 << 20
FILL = 0x5A
READ, WRITE, NOTHING = 0x42, 0x43, 0xFF
DISK, CD = 0x80, 0xE0
LARGE = "logical_block_size=4096,physical_block_size=4096"     # disks show 512 all the same


def sd_slot(bus, name, drive, more=""):
    """A controller for SD cards and the card in it. Their buses have all the same name."""
    return ["-device", f"sdhci-pci,id={name}{more}", "-device", f"sd-card,drive={drive},bus={bus}/{name}/sd-bus"]


def scsi(**drives):
    """Drives at (target, LUN) of the adapter "s". That of megasas has its newest first."""
    return [word for name, (target, lun) in drives.items()
            for word in ("-device", f"scsi-{'cd' if name == 'c' else 'hd'},drive={name},bus=s.0,scsi-id={target},lun={lun}")]


# Where drives are: the arguments for the boot disk "d", another disk "e" and a CD "c", in the order of their numbers.
CONTROLLERS = {
    "pc-ide": ("pc", ["-device", "ide-hd,drive=d,bus=ide.0,unit=0", "-device", "ide-hd,drive=e,bus=ide.0,unit=1",
                      "-device", "ide-cd,drive=c,bus=ide.1,unit=1"]),
    "isapc-ide": ("isapc", ["-device", "ide-hd,drive=d,bus=ide.0,unit=0", "-device", "ide-hd,drive=e,bus=ide.1,unit=1",
                            "-device", "ide-cd,drive=c,bus=ide.1,unit=0"]),     # by the data port
    "q35-piix4-ide": ("q35", ["-device", "piix4-ide,id=i", "-device", "ide-hd,drive=d,bus=i.0,unit=1", "-device",
                              "ide-hd,drive=e,bus=i.1,unit=0", "-device", "ide-cd,drive=c,bus=i.1,unit=1"]),
    "q35-ahci": ("q35", ["-device", "ide-hd,drive=d,bus=ide.0", "-device", "ide-hd,drive=e,bus=ide.3",
                         "-device", "ide-cd,drive=c,bus=ide.2"]),
    "q35-ahci-last-ports": ("q35", ["-device", "ide-hd,drive=d,bus=ide.4", "-device", "ide-hd,drive=e,bus=ide.5",
                                    "-device", "ide-cd,drive=c,bus=ide.0"]),
    "q35-virtio": ("q35", ["-device", "virtio-blk-pci,drive=d", "-device", "virtio-blk-pci,drive=e,disable-legacy=on",
                           "-device", "ide-cd,drive=c"]),
    "q35-virtio-scsi": ("q35", ["-device", "virtio-scsi-pci,id=v", "-device", "scsi-hd,drive=d,bus=v.0,scsi-id=3,lun=0", "-device",
                                "scsi-hd,drive=e,bus=v.0,scsi-id=255,lun=1", "-device", "scsi-cd,drive=c,bus=v.0,scsi-id=3,lun=300"]),
    "q35-virtio-scsi-4096": ("q35", ["-device", "virtio-scsi-pci,id=v", "-device", f"scsi-hd,drive=d,bus=v.0,{LARGE}", "-device",
                                     f"scsi-hd,drive=e,bus=v.0,{LARGE}", "-device", "scsi-cd,drive=c,bus=v.0"]),
    "pc-virtio-scsi-legacy": ("pc", ["-device", "virtio-scsi-pci,disable-modern=on,id=v", "-device", "scsi-cd,drive=c,bus=v.0,scsi-id=0",
                                     "-device", "scsi-hd,drive=d,bus=v.0,scsi-id=128,lun=0", "-device",
                                     "virtio-scsi-pci-transitional,id=w", "-device", "scsi-hd,drive=e,bus=w.0,scsi-id=1,lun=2"]),
    "pc-virtio-scsi-small": ("pc", ["-device", "virtio-scsi-pci,virtqueue_size=4,disable-legacy=on,id=v", "-device",    # a sector at a time
                                    "scsi-hd,drive=d,bus=v.0,scsi-id=200", "-device", "scsi-hd,drive=e,bus=v.0,scsi-id=201", "-device",
                                    "scsi-cd,drive=c,bus=v.0,scsi-id=202"]),
    "microvm-virtio-scsi": ("microvm", ["-device", "virtio-scsi-device,id=v", "-device", "scsi-hd,drive=d,bus=v.0,scsi-id=7,lun=5", "-device",
                                        "scsi-hd,drive=e,bus=v.0,scsi-id=254", "-device", "scsi-cd,drive=c,bus=v.0,scsi-id=9"]),
    "microvm-virtio-scsi-modern": ("microvm,acpi=off", [
        "-global", "virtio-mmio.force-legacy=false", "-device", "virtio-scsi-device,id=v", "-device", "scsi-hd,drive=d,bus=v.0,scsi-id=0", "-device",
        "virtio-blk-device,drive=e", "-device", "scsi-cd,drive=c,bus=v.0,scsi-id=1"]),
    "q35-virtio-4096": ("q35", ["-device", f"virtio-blk-pci,drive=d,{LARGE}", "-device", f"virtio-blk-pci,drive=e,{LARGE}",
                                "-device", "ide-cd,drive=c"]),
    "q35-virtio-iommu": ("q35", ["-device", "intel-iommu", "-device", "virtio-blk-pci,disable-legacy=on,iommu_platform=on,drive=d", "-device",
                                 "virtio-scsi-pci,disable-legacy=on,iommu_platform=on,id=v", "-device", "scsi-hd,drive=e,bus=v.0", "-device",
                                 "scsi-cd,drive=c,bus=v.0"]),
    "microvm-virtio-platform": ("microvm", [
        "-global", "virtio-mmio.force-legacy=false", "-device", "virtio-blk-device,iommu_platform=on,drive=d", "-device",
        "virtio-scsi-device,iommu_platform=on,id=v", "-device", "scsi-hd,drive=e,bus=v.0", "-device", "scsi-cd,drive=c,bus=v.0"]),
    "pc-ahci": ("pc", ["-device", "ich9-ahci,id=a", "-device", "ide-hd,drive=d,bus=a.1", "-device", "ide-cd,drive=c,bus=a.2",
                       "-device", "ich9-ahci,id=b", "-device", "ide-hd,drive=e,bus=b.0"]),
    "q35-lsi": ("q35", ["-device", "lsi53c895a,id=s", "-device", "scsi-hd,drive=d,bus=s.0,scsi-id=0", "-device",
                        "scsi-hd,drive=e,bus=s.0,scsi-id=6", "-device", "scsi-cd,drive=c,bus=s.0,scsi-id=3"]),
    "pc-lsi53c810": ("pc", ["-device", "lsi53c810,id=s", "-device", "scsi-hd,drive=d,bus=s.0", "-device",
                            "scsi-hd,drive=e,bus=s.0", "-device", "scsi-cd,drive=c,bus=s.0"]),
    "q35-am53c974": ("q35", ["-device", "am53c974,id=s", "-device", "scsi-hd,drive=d,bus=s.0,scsi-id=1", "-device",
                             "scsi-hd,drive=e,bus=s.0,scsi-id=6", "-device", "scsi-cd,drive=c,bus=s.0,scsi-id=0"]),
    "pc-dc390-luns": ("pc", ["-device", "dc390,id=s", "-device", "scsi-hd,drive=d,bus=s.0,scsi-id=4,lun=0", "-device",
                             "scsi-hd,drive=e,bus=s.0,scsi-id=4,lun=7", "-device", "scsi-cd,drive=c,bus=s.0,scsi-id=4,lun=3"]),
    "pc-sd": ("pc", [*sd_slot("pci.0", "a", "d"), *sd_slot("pci.0", "b", "e"), "-device", "ide-cd,drive=c"]),
    "q35-sd": ("q35", [*sd_slot("pcie.0", "a", "d"), *sd_slot("pcie.0", "b", "e"), "-device", "ide-cd,drive=c"]),
    "q35-sd-without-dma": ("q35", [*sd_slot("pcie.0", "a", "d", ",capareg=0x053834b4"),
                                   *sd_slot("pcie.0", "b", "e", ",capareg=0x053834b4"), "-device", "ide-cd,drive=c"]),
    "pc-megasas": ("pc", ["-device", "megasas,id=s", *scsi(e=(63, 0), c=(7, 0), d=(0, 0))]),
    "q35-megasas-luns": ("q35", ["-device", "megasas,id=s", *scsi(d=(3, 0), e=(3, 255), c=(3, 4))]),
    "q35-megasas-gen2": ("q35", ["-device", "megasas-gen2,id=s", *scsi(c=(3, 1), e=(2, 0), d=(1, 0))]),
    "pc-megasas-physical": ("pc", ["-device", "megasas-gen2,id=s,use_jbod=on", *scsi(e=(2, 7), d=(1, 0), c=(0, 0))]),
    "pc-pvscsi": ("pc", ["-device", "pvscsi,id=s", *scsi(d=(0, 0), e=(64, 0), c=(31, 0))]),
    "q35-pvscsi": ("q35", ["-device", "pvscsi,id=s", *scsi(d=(32, 0), e=(33, 0), c=(1, 0))]),
    "pc-mptsas": ("pc", ["-device", "mptsas1068,id=s", *scsi(d=(0, 0), e=(7, 0), c=(4, 0))]),
    "q35-mptsas": ("q35", ["-device", "mptsas1068,id=s", *scsi(d=(2, 0), e=(2, 1), c=(1, 1))]),
    "pc-nvme": ("pc", ["-device", "nvme,serial=1,drive=d", "-device", "nvme,serial=2,drive=e", "-device",
                       "ide-cd,drive=c,bus=ide.0,unit=1"]),
    "q35-nvme-namespaces": ("q35", ["-device", "nvme,serial=1,id=n", "-device", "nvme-ns,bus=n,nsid=3,drive=d", "-device",
                                    "nvme-ns,bus=n,nsid=9,drive=e", "-device", "ide-cd,drive=c"]),
    "q35-nvme-4096": ("q35", ["-device", f"nvme,serial=1,drive=d,{LARGE}", "-device", "nvme,serial=2,id=n", "-device",
                              f"nvme-ns,bus=n,drive=e,{LARGE}", "-device", "ide-cd,drive=c"]),
    "q35-nvme-port": ("q35", ["-device", "pcie-root-port,id=p,chassis=1", "-device", "pcie-root-port,id=r,chassis=2", "-device",
                              "nvme,serial=1,drive=d,bus=p", "-device", "nvme,serial=2,drive=e,bus=r,mdts=1",
                              "-device", "ide-cd,drive=c"]),
}
# QEMU's SD card tells nobody that it could not be read or written: the guest gets what was in its buffer.
TELLS_OF_ERRORS = [name for name in CONTROLLERS if "-sd" not in name]


def content(size, seed):
    """Bytes that tell where they are."""
    one = bytes((i * 7 + (i >> 8) * 13 + seed) & 255 for i in range(65536 - 3))
    return b"".join(struct.pack("<I", n * 2654435761 & 0xFFFFFFFF)[:3] + one for n in range(size // 65536))


class Call:
    """One line of the table. at: linear address of the buffer, as segment and offset below; dump: the segment that is
    printed, of which the buffer is a part."""

    def __init__(self, drive, function, lba, count, segment, offset, dump, length, keep=False):
        self.drive, self.function, self.lba, self.count = drive, function, lba, count
        self.segment, self.offset, self.dump, self.length, self.keep = segment, offset, dump, length, keep

    def entry(self):
        return struct.pack("<BBHHHQBBHHB9x", 16, 0, self.count, self.offset, self.segment, self.lba, self.drive,
                           self.function, self.dump, self.length, self.keep)

    def at(self):
        """Offset of the buffer in what is printed."""
        return self.segment * 16 + self.offset - self.dump * 16


def fault(sector):
    """For blkdebug: what fails."""
    if sector == "flush":
        return '[inject-error]\nevent = "flush_to_disk"\niotype = "flush"\nerrno = "5"\n'
    return "".join(f'[inject-error]\nevent = "{event}"\nerrno = "5"\nsector = "{sector}"\n' for event in ("read_aio", "write_aio"))


def run(controller, calls, folder, timeout=60, bad=None, read_only=""):
    """[(AH, carry, count, memory)] of the calls, the images, and the result; images are made anew. bad: {name: sector
    of 512 bytes that cannot be read or written, or "flush"}; read_only: names."""
    machine, args = CONTROLLERS[controller]
    assert len(calls) < 128
    images = {"d": bytearray(content(MIB, 1)), "e": bytearray(content(2 * MIB, 2)), "c": bytearray(content(4 * MIB, 3))}
    images["d"][:512] = (qemu.GUESTS / "table_reads.bin").read_bytes()
    images["d"][512:9 * 512] = b"".join(c.entry() for c in calls).ljust(4096, b"\0")
    drives = []
    for name, data in images.items():
        (folder / name).write_bytes(data)
        file = f"{folder}/{name}"
        if bad and name in bad:
            (folder / f"{name}.bad").write_text(fault(bad[name]))
            file = f"blkdebug:{file}.bad:{file}"
        drives += ["-drive", f"if=none,id={name},format=raw,file={file},rerror=report,werror=report" +
                   (",media=cdrom" if name == "c" else ",readonly=on" if name in read_only else "")]
    said = folder / "said"
    result = qemu.run(timeout=timeout, machine=machine, memory="128", args=[
        *drives, *args, "-chardev", f"file,id=said,path={said}", "-device", "isa-debugcon,iobase=0xe9,chardev=said"])
    assert result.code == qemu.EXIT_PASS, str(result)
    answers, data = [], said.read_bytes()
    for call in calls:
        mark, ah, carry, count, _ = struct.unpack_from("<cBBHB", data)
        assert mark == b"R"
        answers.append((ah, carry, count, data[6:6 + call.length]))
        data = data[6 + call.length:]
    assert not data
    return answers, images, result


def expected(call, image, sector):
    memory = bytearray([FILL]) * call.length
    at = call.at()
    memory[at:at + call.count * sector] = image[call.lba * sector:(call.lba + call.count) * sector]
    return bytes(memory)


@pytest.mark.parametrize("controller", CONTROLLERS)
def test_what_is_read_is_what_the_image_holds(controller, tmp_path):
    reads = [
        (1, 0x2000, 0x0100),    # a sector
        (1, 0x2000, 0x0101),    # an odd address
        (17, 0x2000, 0x0203),
        (31, 0x2001, 0xfff7),   # offset and length go beyond the segment, and across 64 KiB of memory
        (31, 0x2fff, 0x0010),   # from a 64 KiB boundary on
        (31, 0x2000, 0xc001),   # across it, at an odd address
        (3, 0x2fff, 0x000f),    # one byte before the boundary
    ]
    calls = []
    for drive, size in ((DISK, 512), (DISK + 1, 512), (CD, 2048)):
        for n, (count, segment, offset) in enumerate(reads):
            count = min(count, 15) if size == 2048 else count
            dump = (segment * 16 + offset >> 4) - 2
            calls.append(Call(drive, READ, 20 + 37 * n, count, segment, offset, dump, count * size + 64))
    answers, images, result = run(controller, calls, tmp_path)
    for call, (ah, carry, count, memory) in zip(calls, answers):
        name, size = {DISK: ("d", 512), DISK + 1: ("e", 512), CD: ("c", 2048)}[call.drive]
        what = f"drive {call.drive:02x}, LBA {call.lba}, {call.count} at {call.segment:04x}:{call.offset:04x}"
        assert (ah, carry, count) == (0, 0, call.count), f"{what}: {ah:02x}\n{result}"
        assert memory == expected(call, images[name], size), what


@pytest.mark.parametrize("controller", CONTROLLERS)
def test_the_end_of_a_drive_is_its_end(controller, tmp_path):
    calls, wanted = [], []
    for drive, name, size, total in ((DISK, "d", 512, MIB), (DISK + 1, "e", 512, 2 * MIB), (CD, "c", 2048, 4 * MIB)):
        last, beyond = total // size - 1, 0x0C if drive == CD else 0x01
        for lba, count, status, good in ((last, 1, 0, 1), (last, 2, 0x0C, 1), (last - 4, 127, 0x0C, 5),
                                         (last + 1, 1, beyond, 0), (1 << 32, 1, beyond, 0), (1 << 48, 1, beyond, 0),
                                         ((1 << 64) - 1, 1, beyond, 0), (last, 1, 0, 1)):
            calls.append(Call(drive, READ, lba, min(count, 31), 0x2000, 0, 0x2000, 31 * size))
            wanted.append((name, size, status, good))
    answers, images, result = run(controller, calls, tmp_path)
    for call, (name, size, status, good), (ah, carry, count, memory) in zip(calls, wanted, answers):
        what = f"drive {call.drive:02x}, LBA {call.lba:x}, {call.count}: {ah:02x}\n{result}"
        assert (ah, carry) == (status, status != 0), what
        assert count == (1 if status == 1 else good), what      # a disk's packet beyond the end stays as it was
        assert memory == images[name][call.lba * size:(call.lba + good) * size].ljust(call.length, bytes([FILL])), what


@pytest.mark.parametrize("controller", CONTROLLERS)
def test_a_read_into_the_firmware_leaves_it_as_it_is(controller, tmp_path):
    look = Call(DISK, NOTHING, 0, 0, 0xF000, 0, 0xF000, 0xFFFF, keep=True)
    calls = [look]
    for drive, count in ((DISK, 64), (DISK + 1, 127), (CD, 31)):
        calls += [Call(drive, READ, 5, count, 0xF000, 0, 0x2000, 0), look,
                  Call(drive, READ, 5, 1, 0xF000, 0xE001, 0x2000, 0), look]
    calls += [Call(DISK, READ, 10, 1, 0x2000, 0, 0x2000, 512)]
    answers, images, result = run(controller, calls, tmp_path)
    before = answers[0][3]
    assert before.count(0) < len(before), "nothing is there"
    for call, (ah, carry, _, memory) in zip(calls, answers):
        if call.function == NOTHING:
            assert memory == before, f"{sum(a != b for a, b in zip(memory, before))} bytes of the F segment were changed\n{result}"
        else:
            assert (ah, carry) == (0, 0), str(result)
    assert answers[-1][3] == expected(calls[-1], images["d"], 512)


@pytest.mark.parametrize("controller", TELLS_OF_ERRORS)
def test_a_bad_sector_costs_its_request(controller, tmp_path):
    calls, wanted = [], []
    behind = 408 if LARGE in str(CONTROLLERS[controller]) else 401     # what the device reads as one goes with it
    for drive, name, size in ((DISK, "d", 512), (DISK + 1, "e", 512), (CD, "c", 2048)):
        for lba, count, good in ((399, 1, True), (400, 1, False), (behind, 1, True), (395, 10, False), (395, 5, True),
                                 (400, 1, False), (0, 3, True)):
            calls.append(Call(drive, READ, lba, count, 0x2000, 0, 0x2000, count * size))
            wanted.append((name, size, good))
    answers, images, result = run(controller, calls, tmp_path, bad={"d": 400, "e": 400, "c": 1600})
    for call, (name, size, good), (ah, carry, count, memory) in zip(calls, wanted, answers):
        what = f"drive {call.drive:02x}, LBA {call.lba}, {call.count}: {ah:02x}, {count}\n{result}"
        assert (ah != 0) == carry == (not good) and (good or ah == 0x0C), what
        assert count == call.count if good else count < call.count, what
        assert memory[:count * size] == images[name][call.lba * size:(call.lba + count) * size], what


@pytest.mark.parametrize("controller", CONTROLLERS)
def test_writes_change_what_they_name(controller, tmp_path):
    calls = [
        Call(DISK + 1, READ, 100, 20, 0x2000, 0, 0x2000, 0),
        Call(DISK + 1, WRITE, 1000, 20, 0x2000, 0, 0x2000, 20 * 512, keep=True),
        Call(DISK + 1, WRITE, 2001, 7, 0x2000, 513, 0x2000, 0),         # an odd address
        Call(DISK + 1, WRITE, 2 * MIB // 512, 1, 0x2000, 0, 0x2000, 0),
        Call(CD, WRITE, 5, 1, 0x2000, 0, 0x2000, 0),
    ]
    answers, images, result = run(controller, calls, tmp_path)
    assert [(ah, carry) for ah, carry, *_ in answers] == [(0, 0), (0, 0), (0, 0), (1, 1), (3, 1)], str(result)
    image = images["e"]
    source = bytes(image[100 * 512:120 * 512])
    image[1000 * 512:1020 * 512] = source
    image[2001 * 512:2008 * 512] = source[513:513 + 7 * 512]
    assert (tmp_path / "e").read_bytes() == image
    assert (tmp_path / "d").read_bytes() == images["d"] and (tmp_path / "c").read_bytes() == images["c"]


@pytest.mark.parametrize("controller", [c for c, (_, args) in CONTROLLERS.items() if LARGE in str(args)])
def test_sectors_of_4096_bytes_are_eight_of_512(controller, tmp_path):
    counts = (1, 3, 7, 8, 9, 15, 16, 17, 31)
    reads = [Call(DISK + 1, READ, 64 + n % 8 + 40 * n, count, 0x2000, 0x0100 + n % 3, 0x2000, count * 512 + 0x200)
             for n, count in enumerate(c for c in counts for _ in range(8))]
    answers, images, result = run(controller, reads, tmp_path)
    for call, (ah, carry, count, memory) in zip(reads, answers):
        what = f"LBA {call.lba}, {call.count} at {call.offset:04x}: {ah:02x}\n{result}"
        assert (ah, carry, count) == (0, 0, call.count), what
        assert memory == expected(call, images["e"], 512), what
    # Each write has 48 sectors for itself, of which it must leave all others as they are.
    source = Call(DISK + 1, READ, 2048, 32, 0x2000, 0, 0x2000, 0)
    writes = [Call(DISK + 1, WRITE, 2 + n % 8 + 48 * n, count, 0x2000, n, 0x2000, 0, keep=True)
              for n, count in enumerate(c for c in counts for _ in range(8))]
    answers, images, result = run(controller, [source, *writes], tmp_path)
    assert all((ah, carry) == (0, 0) for ah, carry, *_ in answers), str(result)
    image = images["e"]
    data = bytes(image[2048 * 512:2080 * 512])
    for call in writes:
        image[call.lba * 512:(call.lba + call.count) * 512] = data[call.offset:call.offset + call.count * 512]
    assert (tmp_path / "e").read_bytes() == image


VENDOR, THROUGH_CONFIG = 0x09, 5


def write_register(qtest, device, offset, value):
    """Of the common configuration of a virtio device on PCI, whose BARs may have no place yet [VIRTIO 1.2, 4.1.4.9]."""
    at = qtest.config(device, 0x34)
    while qtest.config(device, at) != VENDOR or qtest.config(device, at + 3) != THROUGH_CONFIG:
        at = qtest.config(device, at + 1)
        assert at
    for register, data in ((at + 4, 4), (at + 8, offset), (at + 12, 4), (at + 16, value)):      # BAR 4, where, bytes, what
        for i in range(4):
            qtest.config_write(device, register + i, data >> 8 * i & 0xFF)
    assert qtest.config(device, at + 16) == value


def test_what_a_guest_has_selected_of_a_virtio_disk_makes_no_difference(tmp_path):
    """QEMU's device keeps over a reset which half of its features is selected, and an operating system leaves the upper one."""
    (tmp_path / "d").write_bytes((qemu.GUESTS / "table_reads.bin").read_bytes().ljust(MIB, b"\0"))
    with qemu.VM(machine="q35", memory="128", qmp=True, args=[
            "-drive", f"if=none,id=d,format=raw,file={tmp_path}/d", "-device", f"virtio-blk-pci,addr=5,drive=d,disable-legacy=on,{LARGE}",
            "-S", "-qtest", f"unix:{tmp_path}/qtest,server=on,wait=off"]) as vm:
        vm.start()
        qtest = Qtest(tmp_path / "qtest")
        write_register(qtest, 5, 0, 1)
        write_register(qtest, 5, 8, 1)
        with Qmp(vm) as qmp:
            qmp.command("cont")
            result = vm.finish(30)
    assert result.code == qemu.EXIT_PASS, str(result)

# SPDX-License-Identifier: BSD-2-Clause
"""What INT 13h makes of its devices: a request is one command, however large INT 13h lets it be, verify looks at the medium,
and what was written is on it (tests/guests/programs/commands.c)."""
import pytest

import vm as qemu
from test_disks import CD, CONTROLLERS, DISK, FILL, LARGE, MIB, READ, TELLS_OF_ERRORS, WRITE, Call, content, run
from test_reset import Qmp

VERIFY = 0x44
DATA_PORT = {"isapc-ide"}       # a sector is an operation there: that is how the device has it
LINES = 8 + 1 + 2 * 7 + 1       # of the program


def kind(controller, drive="e"):
    """QEMU's device for a drive."""
    device, = [a for a in CONTROLLERS[controller][1] if f"drive={drive}" in a]
    return device.split(",")[0]


FLUSHED = [c for c in CONTROLLERS if kind(c) in ("ide-hd", "scsi-hd")]     # the driver knows of a cache
# Cards have a sector at a time, and so has a queue that is too small.
# Small queues take less, and so does a controller that says so (mdts=).
WHOLE = [c for c in CONTROLLERS if kind(c) != "sd-card" and "small" not in c and "mdts=" not in str(CONTROLLERS[c])]


def counts(qmp, name):
    device, = [d for d in qmp.command("query-blockstats")["return"] if d["device"] == name]
    return tuple(device["stats"][f"{what}_operations"] for what in ("rd", "wr", "flush"))


@pytest.mark.parametrize("controller", WHOLE)
def test_a_request_is_one_command(controller, tmp_path):
    machine, args = CONTROLLERS[controller]
    for name, data in (("d", (qemu.GUESTS / "commands.img").read_bytes()), ("e", content(16 * MIB, 2)),
                       ("c", content(4 * MIB, 3))):
        (tmp_path / name).write_bytes(data)
    drives = [a for name in "dec" for a in ("-drive", f"if=none,id={name},format=raw,file={tmp_path}/{name}" +
                                            (",media=cdrom" if name == "c" else ""))]
    said = tmp_path / "said"
    with qemu.VM(machine=machine, memory="128", qmp=True, args=[
            *drives, *args, "-chardev", f"file,id=said,path={said}", "-device", "isa-debugcon,iobase=0xe9,chardev=said"]) as vm:
        vm.start()
        with Qmp(vm) as qmp:
            end = qemu.now() + 60
            while qemu.now() < end and not (said.exists() and said.read_text().endswith("end\n")):
                qemu.sleep(0.05)
            disk, cd = counts(qmp, "e"), counts(qmp, "c")
        result = vm.finish(0)
    lines = said.read_text().splitlines()
    assert len(lines) == LINES and not [line for line in lines if "failed" in line], f"{lines}\n{result}"
    reads, writes = 5, 2
    # The partition table, since cylinders were asked for; AH=14h; what has no other way to ask reads for 0C, 10, 11, 47 too.
    others = 1 + 1 + (0 if controller in FLUSHED else 4)
    if controller == "q35-nvme-4096":
        others += 1     # 127 sectors are not whole ones of the disk, and pages of its lists are
    if controller in DATA_PORT:
        reads, writes = 127 + 128 + 128 + 128 + 1, 128 + 128
    assert disk == (reads + others, writes, 2 if controller in FLUSHED else 0), result
    # READ CAPACITY is counted where it is by DMA: once before the first read, then for 0C, 10, 11 and 47.
    ahci = kind(controller, "c") == "ide-cd" and "ide" not in controller and (machine == "q35" or "ahci" in controller)
    # By port one for each sector; on isapc of QEMU 10 one for each command.
    by_port = 3 if machine == "isapc" and qemu.version() >= (10, 0) else 33
    assert cd[0] == (by_port if controller in DATA_PORT else 2 + (5 if ahci else 0)), result


@pytest.mark.parametrize("controller", TELLS_OF_ERRORS)
def test_verify_looks_at_the_medium(controller, tmp_path):
    calls, wanted = [], []
    for drive, size in ((DISK, 512), (DISK + 1, 512), (CD, 2048)):
        for lba, count, good in ((300, 127, False), (399, 1, True), (400, 1, False), (395, 10, False), (200, 128, True)):
            calls.append(Call(drive, VERIFY, lba, count, 0x2000, 0, 0x2000, 512))
            wanted.append(good)
    answers, _, result = run(controller, calls, tmp_path, bad={"d": 400, "e": 400, "c": 1600})
    for call, good, (ah, carry, count, memory) in zip(calls, wanted, answers):
        what = f"drive {call.drive:02x}, LBA {call.lba}, {call.count}: {ah:02x}, {count}\n{result}"
        assert (ah, carry) == ((0, 0) if good else (0x0C, 1)), what
        assert count == call.count if good else count <= 400 - call.lba, what
        assert memory == bytes([FILL]) * call.length, what


@pytest.mark.parametrize("controller", FLUSHED)
def test_a_write_whose_flush_fails_fails(controller, tmp_path):
    calls = [Call(DISK + 1, WRITE, 40, 3, 0x2000, 0, 0x2000, 0), Call(DISK + 1, READ, 40, 3, 0x2000, 0, 0x2000, 0),
             Call(DISK, WRITE, 40, 3, 0x2000, 0, 0x2000, 0)]
    answers, _, result = run(controller, calls, tmp_path, bad={"e": "flush"})
    assert [(ah, carry, count) for ah, carry, count, _ in answers] == [(0x0C, 1, 0), (0, 0, 3), (0, 0, 3)], str(result)


# Of units other than 0 QEMU's REQUEST SENSE, which adapters without autosense need, says only that they are none.
CAN_BE_READ_ONLY = [c for c in CONTROLLERS if kind(c) in ("scsi-hd", "virtio-blk-pci", "virtio-blk-device") and c != "pc-dc390-luns"]


@pytest.mark.parametrize("controller", CAN_BE_READ_ONLY)
def test_what_takes_no_writes_says_so(controller, tmp_path):
    """QEMU's IDE disks cannot be read-only."""
    calls = [Call(DISK + 1, WRITE, 40, 3, 0x2000, 0, 0x2000, 0), Call(DISK + 1, READ, 40, 3, 0x2000, 0, 0x2000, 0),
             Call(CD, WRITE, 40, 3, 0x2000, 0, 0x2000, 0), Call(DISK, WRITE, 40, 3, 0x2000, 0, 0x2000, 0)]
    answers, images, result = run(controller, calls, tmp_path, read_only="e")
    assert [(ah, carry, count) for ah, carry, count, _ in answers] == [(3, 1, 0), (0, 0, 3), (3, 1, 0), (0, 0, 3)], str(result)
    assert (tmp_path / "e").read_bytes() == images["e"]

# SPDX-License-Identifier: BSD-2-Clause
"""IDE in a machine, beyond what test_disks.py reads and writes: disks beyond 28 bits of address and 2 TiB, sectors that
cannot be read, media that come and go, and that nothing is left behind in the interrupt controller."""
import re
import struct

import pytest

import vm as qemu
from test_cpus import ask
from test_disks import CD, DISK, READ, WRITE, Call
from test_reset import Qmp

MIB = 1 << 20
# By bus-master DMA, and by the data port. The boot disk is "d", the CD drive has the id "cd".
MACHINES = {"pc": ["-device", "ide-hd,drive=d,bus=ide.0,unit=0"], "isapc": ["-device", "ide-hd,drive=d,bus=ide.0,unit=0"]}


def boot_disk(folder, calls):
    file = folder / "d"
    data = (qemu.GUESTS / "table_reads.bin").read_bytes() + b"".join(c.entry() for c in calls).ljust(4096, b"\0")
    file.write_bytes(data.ljust(MIB, b"\0"))
    return ["-drive", f"if=none,id=d,format=raw,file={file}"]


def run(machine, args, calls, folder):
    """[(AH, count, memory)] of the calls of tests/guests/table_reads.S, and the result."""
    said = folder / "said"
    result = qemu.run(machine=machine, memory="128", args=[
        *boot_disk(folder, calls), *MACHINES[machine], *args, "-chardev", f"file,id=said,path={said}", "-device",
        "isa-debugcon,iobase=0xe9,chardev=said"])
    assert result.code == qemu.EXIT_PASS, str(result)
    answers, data = [], said.read_bytes()
    for call in calls:
        _, ah, carry, count, _ = struct.unpack_from("<cBBHB", data)
        assert carry == (ah != 0)
        answers.append((ah, count, data[6:6 + call.length]))
        data = data[6 + call.length:]
    return answers, result


def read(drive, lba, count, size=512):
    return Call(drive, READ, lba, count, 0x2000, 0, 0x2000, count * size)


@pytest.mark.parametrize("machine", MACHINES)
def test_every_sector_of_a_disk_of_3_tib_is_reached(machine, tmp_path):
    total = 3 << 31
    places = [0, (1 << 28) - 2, (1 << 28) - 1, 1 << 28, (1 << 32) - 1, 1 << 32, (1 << 32) + 0x12345678, total - 2]
    mark = {lba + i: struct.pack("<Q", lba + i) * 64 for lba in places for i in range(2)}
    with open(tmp_path / "large", "wb") as f:
        try:
            f.truncate(total * 512)
        except OSError as e:
            pytest.skip(f"no sparse file of 3 TiB here: {e.strerror}")
        for lba, data in mark.items():
            f.seek(lba * 512)
            f.write(data)
    calls = [read(DISK + 1, lba, 2) for lba in places]
    written = (1 << 32) + 77
    calls += [read(DISK + 1, 1 << 32, 2), Call(DISK + 1, WRITE, written, 2, 0x2000, 0, 0x2000, 0), read(DISK + 1, total - 1, 2)]
    answers, result = run(machine, ["-drive", f"if=none,id=e,format=raw,file={tmp_path}/large", "-device",
                                    "ide-hd,drive=e,bus=ide.0,unit=1"], calls, tmp_path)
    for lba, answer in zip(places, answers):
        assert answer == (0, 2, mark[lba] + mark[lba + 1]), f"LBA {lba:x}\n{result}"
    assert answers[-2][0] == 0 and answers[-1][:2] == (0x0C, 1), str(result)
    with open(tmp_path / "large", "rb") as f:
        f.seek(written * 512)
        assert f.read(1024) == mark[1 << 32] + mark[(1 << 32) + 1]
        f.seek(77 * 512)
        assert f.read(1024) == bytes(1024), "the write went to its low 32 bits"


def failing(drive, folder, sector):
    """A drive of 1 MiB of which the host cannot read a sector of 512 bytes."""
    (folder / drive).write_bytes(bytes(range(256)) * (MIB // 256))
    return ["-drive", f"if=none,id={drive},format=raw,rerror=report,file.driver=blkdebug,file.image.driver=file,"
            f"file.image.filename={folder}/{drive},file.inject-error.0.event=read_aio,file.inject-error.0.sector={sector},"
            "file.inject-error.0.errno=5"]


@pytest.mark.parametrize("machine", MACHINES)
def test_a_sector_that_cannot_be_read_fails_alone(machine, tmp_path):
    calls = [read(DISK + 1, 100, 1), read(DISK + 1, 99, 1), read(DISK + 1, 96, 8), read(DISK + 1, 101, 8),
             read(CD, 25, 1, 2048), read(CD, 24, 1, 2048), read(CD, 26, 8, 2048)]
    answers, result = run(machine, [*failing("e", tmp_path, 100), "-device", "ide-hd,drive=e,bus=ide.0,unit=1",
                                    *failing("c", tmp_path, 101), "-device", "ide-cd,drive=c,bus=ide.1,unit=0"],
                          calls, tmp_path)
    good = [ah == 0 for ah, _, _ in answers]
    assert good == [False, True, False, True, False, True, True], f"{answers}\n{result}"
    assert answers[0][0] == answers[2][0] == answers[4][0] == 0x0C
    for (ah, count, memory), call in zip(answers, calls):
        assert ah or (count == call.count and memory == bytes(range(256)) * (len(memory) // 256))


@pytest.mark.parametrize("machine", MACHINES)
def test_media_come_and_go(machine, tmp_path):
    (tmp_path / "d").write_bytes((qemu.GUESTS / "watch_cd.bin").read_bytes().ljust(MIB, b"\0"))
    for name, size in (("A", 17), ("B", 300_000), ("Q", 100)):
        with open(tmp_path / name, "wb") as f:
            f.truncate(size * 2048)
            f.seek(16 * 2048)
            f.write(name.encode())
    with qemu.VM(machine=machine, memory="128", qmp=True, args=[
            "-drive", f"if=none,id=d,format=raw,file={tmp_path}/d", *MACHINES[machine], "-device", "ide-cd,id=cd,bus=ide.1",
            "-chardev", f"file,id=said,path={tmp_path}/said", "-device", "isa-debugcon,iobase=0xe9,chardev=said"]) as vm:
        vm.start()

        def wait(wanted):
            for _ in range(1000):
                said = (tmp_path / "said").read_bytes() if (tmp_path / "said").exists() else b""
                if said[-2:] == wanted and len(said) % 2 == 0 or vm.process.poll() is not None:
                    break
                qemu.sleep(0.02)
            assert said[-2:] == wanted, f"{said}\n{vm.finish(0)}"

        wait(b"\x31\0")
        with Qmp(vm) as qmp:
            for name in "AB":
                ask(qmp, "blockdev-change-medium", id="cd", filename=f"{tmp_path}/{name}", format="raw")
                wait(b"\0" + name.encode())
                ask(qmp, "eject", id="cd")
                wait(b"\x31\0")
            ask(qmp, "blockdev-change-medium", id="cd", filename=f"{tmp_path}/B", format="raw")
            wait(b"\0B")
            ask(qmp, "blockdev-change-medium", id="cd", filename=f"{tmp_path}/Q", format="raw")
        result = vm.finish(30)
    assert result.code == qemu.EXIT_PASS, str(result)
    seen = (tmp_path / "said").read_bytes()
    pairs = [seen[i:i + 2] for i in range(0, len(seen), 2)]
    # Between two media the tray may be seen open, and nothing else.
    assert set(pairs) == {b"\x31\0", b"\0A", b"\0B", b"\0Q"}, pairs
    assert [p for p in pairs if p != b"\x31\0"] == [b"\0A", b"\0B", b"\0B", b"\0Q"], pairs


@pytest.mark.parametrize("machine", MACHINES)
def test_no_interrupt_is_left_behind(machine, tmp_path):
    """Lines 14 and 15 of the slave controller, after hundreds of reads that nobody has acknowledged."""
    (tmp_path / "d").write_bytes((qemu.GUESTS / "marker_reads.bin").read_bytes().ljust(MIB, b"\0"))
    with qemu.VM(machine=machine, memory="128", qmp=True, args=[
            "-drive", f"if=none,id=d,format=raw,file={tmp_path}/d", *MACHINES[machine], "-device", "ide-cd,bus=ide.1"]) as vm:
        vm.start()
        with Qmp(vm) as qmp:
            for _ in range(500):
                registers = ask(qmp, "human-monitor-command", **{"command-line": "info registers"})
                if re.search(r"HLT=1", registers):
                    break
                qemu.sleep(0.02)
            pic = ask(qmp, "human-monitor-command", **{"command-line": "info pic"})
            assert re.search(r"HLT=1", registers), registers
    slave = re.search(r"pic1: irr=(\w+)", pic)
    assert slave and int(slave[1], 16) & 0xC0 == 0, pic

# SPDX-License-Identifier: BSD-2-Clause
"""Stores that fail: every request of a boot, one after the other, is answered with an error, late, never, or by the server's
end (nbd.py), on every controller. Each ends in the right status of INT 13h or in the next boot entry, and the log says which
drive, which sectors and what of them; what was read is right, what was written is there, and what comes late changes its
own buffer alone.

As a program this prints what becomes of a bad boot sector here and under SeaBIOS, which may hang.
"""
import contextlib
import re
import struct
import sys

import pytest

import media
import nbd
import vm as qemu
from test_disks import FILL, READ, WRITE, NOTHING, Call, content
from test_reset import Qmp

MIB = 1 << 20
SECONDS = 2             # opt/org.slipway/disk-seconds
EIO, TIMEOUT = 0x0C, 0x80
BAD = 0x80              # the drive that is booted first; from a later entry's sight 81h


class Row:
    """A controller: the machine, devices before the drive's own, which has drive=. source: its driver. odd: it writes
    to odd addresses itself. alone: what comes late it writes without being asked to."""

    def __init__(self, machine, *devices, source, odd=True, alone=True):
        self.machine, self.before, self.device, self.source = machine, devices[:-1], devices[-1], source
        self.odd, self.alone = odd, alone

    def args(self, name, bootindex):
        devices = [*self.before, f"{self.device},drive={name},bootindex={bootindex}"]
        return [word for device in devices for word in ("-device", device)]


ROWS = {
    "pc-ide": Row("pc", "ide-hd,bus=ide.0,unit=0", source="ata/ide.c", odd=False),
    "isapc-ide": Row("isapc", "ide-hd,bus=ide.0,unit=0", source="ata/ide.c", alone=False),
    "q35-ahci": Row("q35", "ide-hd,bus=ide.0", source="ata/ahci.c", odd=False),
    "pc-virtio-legacy": Row("pc", "virtio-blk-pci,disable-modern=on", source="virtio/virtio_blk.c"),
    "q35-virtio": Row("q35", "virtio-blk-pci,disable-legacy=on", source="virtio/virtio_blk.c"),
    "microvm-virtio": Row("microvm", "virtio-blk-device", source="virtio/virtio_blk.c"),
    "q35-virtio-scsi": Row("q35", "virtio-scsi-pci,id=s", "scsi-hd,bus=s.0", source="virtio/virtio_scsi.c"),
    "q35-nvme": Row("q35", "nvme,serial=1", source="nvme/nvme.c", odd=False),
    "pc-megasas": Row("pc", "megasas,id=s", "scsi-hd,bus=s.0", source="hba/megasas.c"),
    "pc-lsi": Row("pc", "lsi53c895a,id=s", "scsi-hd,bus=s.0", source="hba/lsi.c"),
    "pc-mptsas": Row("pc", "mptsas1068,id=s", "scsi-hd,bus=s.0", source="hba/mptsas.c"),
    "pc-pvscsi": Row("pc", "pvscsi,id=s", "scsi-hd,bus=s.0", source="hba/pvscsi.c"),
    "pc-am53c974": Row("pc", "am53c974,id=s", "scsi-hd,bus=s.0", source="hba/am53c974.c", alone=False),
}
# CDs are in test_cd_faults.py. No SD card is here: QEMU reads its image within the access to a register, and nothing is late that it can see.
ROWS = {name: row for name, row in ROWS.items() if (qemu.ROOT / "src/hw/block" / row.source).exists()}


def other(row, name, bootindex):
    """Arguments for a drive on another controller."""
    ide = {"isapc": "ide-hd,bus=ide.1,unit=0", "pc": "ide-hd,bus=ide.1,unit=0", "q35": "ide-hd,bus=ide.2"}
    return other_than(row, ide, name, bootindex)


def other_than(row, ide, name, bootindex):
    if row.machine == "microvm":
        device = "virtio-blk-device"
    else:
        device = ide[row.machine] if row.machine == "isapc" or "virtio" in row.device else "virtio-blk-pci"
    return ["-device", f"{device},drive={name},bootindex={bootindex}"]


def buffer_of(n):
    return 0x2000 + 0x400 * n


# What the program on the bad drive asks for; no two of these are of the same sectors. The memory is what it prints.
CALLS = [Call(BAD, READ, 40, 8, buffer_of(0), 0, buffer_of(0), 8 * 512),
         Call(BAD, WRITE, 1000, 8, buffer_of(0), 0, buffer_of(0), 8 * 512, keep=True),
         Call(BAD, READ, 101, 3, buffer_of(1), 1, buffer_of(1), 4 * 512)]       # an odd address


def image(calls):
    data = bytearray(content(2 * MIB, 1))
    data[:512] = (qemu.GUESTS / "table_reads.bin").read_bytes()
    data[512:9 * 512] = b"".join(c.entry() for c in calls).ljust(4096, b"\0")
    return data


def console(vm):
    return ["-chardev", f"file,id=said,path={vm.folder}/said", "-device", "isa-debugcon,iobase=0xe9,chardev=said"]


class Run:
    def __init__(self, row, folder, fault_of, calls=(), more=(), seconds=SECONDS, timeout=60, bios="slipway",
                 meanwhile=None):
        good = folder / "good.img"
        if not good.exists():
            media.disk(folder, "good", "X")
        calls = [*CALLS, *calls]
        self.before = image(calls)
        with nbd.Server(self.before) as server:
            args = [*server.drive("b"), *row.args("b", 1), "-drive", f"if=none,id=g,format=raw,file={good}",
                    *other(row, "g", 2), "-S", *more]
            if seconds:
                args += ["-fw_cfg", f"name=opt/org.slipway/disk-seconds,string={seconds}"]
            with qemu.VM(bios=bios, machine=row.machine, memory="128", qmp=True, args=args) as vm:
                vm.command += console(vm)
                vm.start()
                with Qmp(vm) as qmp:
                    server.arm(fault_of)
                    qmp.command("cont")
                    if meanwhile:
                        meanwhile(qmp, server)
                    qmp.at_shutdown(server.die)
                    self.result = vm.finish(timeout)
                said = (vm.folder / "said").read_bytes()
            self.requests, self.after = server.requests, bytes(server.data)
        # Newer QEMUs flush when they end; one of the program's comes behind a write.
        if [r.kind for r in self.requests[-2:]] == [nbd.READ, nbd.FLUSH]:
            del self.requests[-1]
        self.next_entry = said.startswith(b"good ")
        self.answers = None if self.next_entry else self._parse(said, calls)
        self.log = self.result.log

    def _parse(self, data, calls):
        """[(AH, count, memory)], empty when the program could not read its table."""
        found = []
        for call in calls:
            if not data:
                break
            mark, ah, carry, count, _ = struct.unpack_from("<cBBHB", data)
            assert mark == b"R" and carry == (ah not in (0, NOTHING))
            found.append((ah, count, data[6:6 + call.length]))
            data = data[6 + call.length:]
        return found

    def __str__(self):
        requests = [(("read", "write", "disconnect", "flush")[r.kind], r.sector, r.sectors) for r in self.requests]
        return f"{requests}, next entry {self.next_entry}, answers {[a[:2] for a in self.answers or ()]}\n{self.result}"


def check_good(run, n):
    """Call n did what it should."""
    call, (ah, count, memory) = CALLS[n], run.answers[n]
    assert (ah, count) == (0, call.count), f"call {n}\n{run}"
    wanted = bytearray([FILL]) * call.length
    if call.function == WRITE:
        wanted = run.answers[0][2]              # what the first has read, or not
        assert run.after[call.lba * 512:(call.lba + call.count) * 512] == wanted, f"call {n}\n{run}"
    else:
        wanted[call.at():call.at() + call.count * 512] = run.before[call.lba * 512:(call.lba + call.count) * 512]
    assert memory == wanted, f"call {n}\n{run}"


def is_qemus_own(run, n):
    """A flush behind the last call's request: QEMU's, when it ends."""
    last = CALLS[-1]
    return run.requests[n - 1].kind == nbd.FLUSH and any(
        r.kind != nbd.FLUSH and last.lba <= r.sector < last.lba + last.count for r in run.requests[:n - 1])


def call_of(request):
    """Which of CALLS a request is for: -2 the boot sector's, -1 the table's."""
    if request.kind == nbd.FLUSH:
        return 1
    if request.sector < 9:
        return -1 if request.sector else -2
    return next(i for i, c in enumerate(CALLS) if c.lba <= request.sector < c.lba + c.count)


SAID = re.compile(r"block: \S.* at \w+:\w+\.\d, \d+\.\d+\.\d+: (read|write|flush) of (\d+) sectors at (\d+): (.*)")


def lines_of(request, log):
    """What the log says of the command that a request was for. A flush may be QEMU's own, of a write."""
    found = []
    for kind, sectors, at, end in SAID.findall(log):
        if request.kind == nbd.FLUSH:
            found += [end] if kind == "flush" or (kind, int(at)) == ("write", CALLS[1].lba) else []
        elif kind == ("read" if request.kind == nbd.READ else "write") and \
                int(at) <= request.sector < int(at) + int(sectors):
            found.append(end)
    return found


def check(run, n, status, line, stays):
    """Request n went wrong: the call that it was for ends with status and a line, those before it are good, and so are
    those behind it unless it stays wrong."""
    assert run.result.code == qemu.EXIT_PASS, str(run)
    request = run.requests[n - 1]
    which = call_of(request)
    assert any(re.fullmatch(line, said) for said in lines_of(request, run.log)), str(run)
    if which == -2:
        assert run.next_entry and f"first sector: INT 13h answers {status:02x}" in run.log, str(run)
        return
    assert not run.next_entry, str(run)
    if which == -1:
        assert run.answers == [], str(run)
        return
    assert len(run.answers) == len(CALLS), str(run)
    for i, (call, (ah, count, memory)) in enumerate(zip(CALLS, run.answers)):
        if i < which or (i > which and not stays):
            check_good(run, i)
            continue
        assert ah == status, f"call {i}\n{run}"
        # Without DMA a drive takes one sector after the other; whether one that is written was taken it says later.
        if i == which and call.function == WRITE:
            assert count < call.count, f"call {i}\n{run}"
            assert run.after[call.lba * 512:(call.lba + count) * 512] == memory[:count * 512], f"call {i}\n{run}"
        else:
            assert count == (request.sector - call.lba if i == which else 0), f"call {i}\n{run}"
        if call.function == READ:
            good = run.before[call.lba * 512:(call.lba + count) * 512]
            assert memory == (bytes([FILL]) * call.at() + good).ljust(call.length, bytes([FILL])), f"call {i}\n{run}"


FAULTS = {
    "error-once": (nbd.Fault(error=nbd.EIO), False, EIO, r"error, status \w+"),
    "error-from-then-on": (nbd.Fault(error=nbd.EIO), True, EIO, r"error, status \w+"),
    "no-answer": (nbd.Fault(delay=nbd.NEVER), False, TIMEOUT,
                  f"no answer within {SECONDS} s, but it is at it; out of use until it has ended"),
    "death": (nbd.Fault(die=True), False, EIO, r"error, status \w+"),
}


def all_good(run):
    assert run.result.code == qemu.EXIT_PASS and not run.next_entry and "block:" not in run.log, str(run)
    for i in range(len(CALLS)):
        check_good(run, i)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", ROWS)
def test_each_request_of_a_boot_may_fail(name, fault, tmp_path):
    bad, on, status, line = FAULTS[fault]
    n = 0
    while True:
        n += 1
        run = Run(ROWS[name], tmp_path, lambda i, _: bad if i == n or (on and i > n) else None)
        if len(run.requests) < n:
            break
        asked_again = fault == "error-once" and "scsi" in ROWS[name].device     # the drive says that it gave up
        if asked_again or is_qemus_own(run, n):
            all_good(run)
            continue
        check(run, n, status, line, stays=on or fault in ("no-answer", "death"))
        assert run.result.seconds < (SECONDS if status == TIMEOUT else 0) + 5, str(run)
    assert n > len(CALLS) + 2
    all_good(run)
    written = CALLS[1]
    wanted = bytearray(run.before)
    size, source = written.count * 512, CALLS[0].lba * 512
    wanted[written.lba * 512:written.lba * 512 + size] = run.before[source:source + size]
    assert run.after == wanted


@pytest.mark.parametrize("name", ROWS)
def test_a_slow_store_boots(name, tmp_path):
    """With the time that drives have when nobody says otherwise: each request takes 0.3 s, one 5 s."""
    run = Run(ROWS[name], tmp_path, lambda i, _: nbd.Fault(delay=5 if i == 2 else 0.3), seconds=None)
    all_good(run)


# The second drive's answers take 1.5 s each, in which the first one's comes that was given up.
@pytest.mark.parametrize("offset", [0, 1])
@pytest.mark.parametrize("name", ROWS)
def test_an_answer_that_comes_late_changes_its_own_buffer_alone(name, offset, tmp_path):
    row, segment = ROWS[name], buffer_of(2)
    length = 12 * 512
    look = Call(BAD, NOTHING, 0, 0, segment, 0, segment - 0x80, length, keep=True)
    late = Call(BAD, READ, 500, 4, segment, offset, segment - 0x80, length)
    wait = Call(BAD + 2, READ, 7, 1, 0x5000, 0, 0x5000, 512)
    again = Call(BAD, READ, 600, 4, segment, offset, segment - 0x80, length)
    reset = Call(BAD, 0, 0, 0, segment, 0, segment, 0)
    calls = [late, reset, look, wait, wait, look, again, reset, again]
    slow = nbd.Server(content(MIB, 2))
    slow.arm(lambda i, _: nbd.Fault(delay=1.5))
    with slow:
        more = [*slow.drive("e"), *other_unit(row)]
        run = Run(row, tmp_path, lambda i, r: nbd.Fault(delay=SECONDS + 1) if r.sector == 500 else None, calls, more)
    assert run.result.code == qemu.EXIT_PASS and len(run.answers) == len(CALLS) + len(calls), str(run)
    answers = run.answers[len(CALLS):]
    assert [a[0] for a in answers] == [TIMEOUT, TIMEOUT, NOTHING, 0, 0, NOTHING, 0, 0, 0], str(run)
    assert "the data port is used instead" not in run.log, str(run)
    untouched = bytes([FILL]) * length
    assert answers[0][2] == untouched and answers[2][2] == untouched, str(run)
    came = bytearray(untouched)
    came[0x800 + offset:0x800 + offset + 4 * 512] = run.before[500 * 512:504 * 512]
    by_device = row.alone and (row.odd or not offset)      # else the firmware's memory is what it writes
    assert answers[5][2] == (came if by_device else untouched), str(run)
    for i in (6, 8):
        came = bytearray(untouched)
        came[0x800 + offset:0x800 + offset + 4 * 512] = run.before[600 * 512:604 * 512]
        assert answers[i][2] == came, str(run)


GEOMETRY = 0x08


def test_a_drive_that_keeps_its_partition_table_costs_no_other_one_its_geometry(tmp_path):
    """What is read to know a geometry by: of the first drive it never comes, and whoever asks others hears theirs."""
    calls = [Call(BAD, GEOMETRY, 0, 0, 0x2000, 0, 0x2000, 0), Call(BAD + 1, GEOMETRY, 0, 0, 0x2000, 0, 0x2000, 0)]
    first, seen = (nbd.READ, 0), []

    def fault_of(_, request):
        seen.append((request.kind, request.sector))
        return nbd.Fault(delay=nbd.NEVER) if seen[-1] == first and seen.count(first) > 1 else None

    run = Run(ROWS["q35-virtio"], tmp_path, fault_of, calls)
    assert run.result.code == qemu.EXIT_PASS and seen.count(first) == 2, str(run)
    assert [ah for ah, *_ in run.answers[-2:]] == [0, 0], str(run)


@pytest.mark.parametrize("name", ROWS)
def test_a_drive_that_keeps_the_bounce_buffer_costs_no_other_one_its_reads(name, tmp_path):
    """Into page 0, which no device writes: the first drive's sectors never come, another's are there each time."""
    low = 0x50
    never = Call(BAD, READ, 500, 1, low, 0, low, 512)
    good = Call(BAD + 1, READ, 0, 5, low, 0, low, 5 * 512)
    many = Call(BAD + 1, READ, 0, 31, buffer_of(0), 1, buffer_of(0), 31 * 512 + 2)      # more than a spare buffer takes
    calls = [good, never, good, many, never, good]
    run = Run(ROWS[name], tmp_path, lambda _, r: nbd.Fault(delay=nbd.NEVER) if r.sector == 500 else None, calls)
    assert run.result.code == qemu.EXIT_PASS and len(run.answers) == len(CALLS) + len(calls), str(run)
    answers = run.answers[len(CALLS):]
    assert [a[:2] for a in answers] == [(0, 5), (TIMEOUT, 0), (0, 5), (0, 31), (TIMEOUT, 0), (0, 5)], str(run)
    disk = (tmp_path / "good.img").read_bytes()
    assert all(answers[i][2] == disk[:5 * 512] for i in (0, 2, 5)), str(run)
    assert answers[3][2] == bytes([FILL]) + disk[:31 * 512] + bytes([FILL]), str(run)
    assert run.log.count("but it is at it") == 1, str(run)


@pytest.mark.parametrize("menu", [False, True])
@pytest.mark.parametrize("dead", [1, 4])
def test_cds_that_never_answer_cost_no_other_one_its_boot(dead, menu, tmp_path):
    """A menu lists the images of all, before that."""
    good = media.iso(tmp_path / "good.iso", media.disk(tmp_path, "good", size=2048), "-no-emul-boot", "-boot-load-size", "4")
    floppy = media.iso(tmp_path / "floppy.iso", media.disk(tmp_path, "flop", size=1474560))
    for second in (good, floppy):
        with contextlib.ExitStack() as stack:
            args, servers = ["-device", "VGA", *(["-boot", "menu=on,splash-time=1"] if menu else [])], []
            for n in range(dead):
                servers.append(stack.enter_context(nbd.Server(good.read_bytes())))
                args += [*servers[-1].drive(f"b{n}", media="cdrom"), "-device", f"ide-cd,bus=ide.{n},drive=b{n},bootindex={n}"]
            vm = stack.enter_context(qemu.VM(machine="q35", memory="128", qmp=True, args=[
                *args, "-drive", f"if=none,id=g,media=cdrom,format=raw,file={second}", "-device",
                f"ide-cd,bus=ide.{dead},drive=g,bootindex={dead}", "-S",
                "-fw_cfg", f"name=opt/org.slipway/disk-seconds,string={SECONDS}"]))
            vm.command += console(vm)
            vm.start()
            with Qmp(vm) as qmp:
                for server in servers:
                    server.arm(lambda *_: nbd.Fault(delay=nbd.NEVER))
                qmp.command("cont")
                qmp.at_shutdown(lambda: [server.die() for server in servers])
                result = vm.finish(30)
            said = (vm.folder / "said").read_bytes()
        assert result.code == qemu.EXIT_PASS and said[:4] in (b"good", b"flop"), f"{said}\n{result}"
        assert result.log.count("but it is at it") == dead, str(result)
        assert result.log.count("no CD, or it cannot be read") == dead * (2 if menu else 1), str(result)


def other_unit(row):
    ide = {"isapc": "ide-hd,bus=ide.1,unit=1", "pc": "ide-hd,bus=ide.0,unit=1", "q35": "ide-hd,bus=ide.3"}
    return other_than(row, ide, "e", 3)


def boot_files(row, folder, drive, more=(), timeout=30):
    """(what the debug port of programs got, result) of a boot from the drive "b" of these arguments, or the entry behind it."""
    good = media.disk(folder, "good", "X")
    with qemu.VM(machine=row.machine, memory="128", args=[
            *drive, *row.args("b", 1), "-drive", f"if=none,id=g,format=raw,file={good}", *other(row, "g", 2), *more]) as vm:
        vm.command += console(vm)
        result = vm.run(timeout)
        return (vm.folder / "said").read_bytes(), result


@pytest.mark.parametrize("once", [True, False])
@pytest.mark.parametrize("name", ROWS)
def test_a_write_that_is_reported_as_done_is_on_the_medium(name, once, tmp_path):
    """A sector that the host cannot write, once or always."""
    bad, row = 403, ROWS[name]
    calls = [Call(BAD, READ, 600, 8, 0x2000, 0, 0x2000, 8 * 512), Call(BAD, WRITE, 400, 8, 0x2000, 0, 0x2000, 0, keep=True),
             Call(BAD, WRITE, 400, 8, 0x2000, 0, 0x2000, 0, keep=True), Call(BAD, WRITE, 408, 8, 0x2000, 0, 0x2000, 0, keep=True)]
    before = image(calls)
    (tmp_path / "b").write_bytes(before)
    (tmp_path / "rules").write_text("".join(f'{line}\n' for line in (
        "[inject-error]", 'event = "write_aio"', 'errno = "5"', f'sector = "{bad}"', f'once = "{"on" if once else "off"}"')))
    said, result = boot_files(row, tmp_path, ["-drive", f"if=none,id=b,format=raw,file=blkdebug:{tmp_path}/rules:{tmp_path}/b,"
                                              "rerror=report,werror=report"])
    assert result.code == qemu.EXIT_PASS and said.startswith(b"R\0"), str(result)
    said = said[6 + 8 * 512:]
    ends = [struct.unpack_from("<cBBHB", said, 6 * i)[1] for i in range(3)]
    source, after = before[600 * 512:608 * 512], (tmp_path / "b").read_bytes()
    if "scsi" in row.device and once:
        assert ends == [0, 0, 0], str(result)           # asked again: the drive says that it gave up
    else:
        assert ends == [EIO, 0 if once else EIO, 0] and lines_of_write(result.log, 400, bad), str(result)
    assert once == (after[400 * 512:408 * 512] == source) and after[408 * 512:416 * 512] == source
    assert after[416 * 512:] == before[416 * 512:] and after[:400 * 512] == before[:400 * 512]


def lines_of_write(log, lba, bad):
    return [end for kind, sectors, at, end in SAID.findall(log)
            if kind == "write" and lba <= int(at) <= bad < int(at) + int(sectors) and end.startswith("error, status")]


@pytest.mark.parametrize("name", ROWS)
def test_a_store_that_is_taken_away_in_the_middle(name, tmp_path):
    """By the host's drive_del, while a request is under way."""
    for sector in (0, 1, CALLS[0].lba):
        def take_away(qmp, server):
            end = qemu.now() + 20
            while not any(r.sector == sector for r in server.requests) and qemu.now() < end:
                qemu.sleep(0.01)
            with contextlib.suppress(ConnectionError):      # the machine may have come to its end by then
                qmp.command("human-monitor-command", **{"command-line": "drive_del b"})

        run = Run(ROWS[name], tmp_path, lambda _, r: nbd.Fault(delay=0.5) if r.sector == sector else None, meanwhile=take_away)
        assert run.result.code == qemu.EXIT_PASS and not run.next_entry, str(run)
        done = [ah for ah, *_ in run.answers]
        # Without DMA the rest of the command fails as well.
        first = 1 if sector > 1 and ROWS[name].machine != "isapc" else 0
        if sector == 0 or (sector == 1 and ROWS[name].machine == "isapc"):
            assert done == [], str(run)
        else:
            assert len(done) == len(CALLS) and not any(done[:first]) and all(done[first:]), str(run)
        assert SAID.search(run.log), str(run)


@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 4000])
@pytest.mark.parametrize("name", ROWS)
def test_an_image_that_is_cut_off(name, size, tmp_path):
    """What is left of a boot disk of which the rest is missing."""
    row = ROWS[name]
    (tmp_path / "b").write_bytes(bytes(image(CALLS))[:size])
    said, result = boot_files(row, tmp_path, ["-drive", f"if=none,id=b,format=raw,file={tmp_path}/b"])
    if not result.log and result.code == 1:
        pytest.skip(f"QEMU does not take it: {result.stderr.strip()}")
    assert result.code == qemu.EXIT_PASS, str(result)
    if size < 512:          # QEMU adds zeros up to a sector
        assert said.startswith(b"good ") and "boot: drive 80: " in result.log, str(result)
    else:
        assert said == b"", str(result)     # its program cannot read the rest


MANY = {
    "virtio-blk": lambda n: ["-device", f"virtio-blk-pci,bus=b{n // 20},drive=m{n},bootindex={90 - n}"],
    "virtio-scsi": lambda n: ["-device", f"scsi-hd,bus=s.0,scsi-id={n // 4},lun={n % 4},drive=m{n},bootindex={90 - n}"],
}


@pytest.mark.parametrize("kind", MANY)
def test_the_last_of_40_disks_boots(kind, tmp_path):
    args = ["-device", "virtio-scsi-pci,id=s"] if kind == "virtio-scsi" else \
        [w for n in range(2) for w in ("-device", f"pci-bridge,id=b{n},chassis_nr={n + 1}")]
    for n in range(40):
        file = media.disk(tmp_path, f"m{n:02}x", "X" if n == 39 else None)
        args += ["-drive", f"if=none,id=m{n},format=raw,file={file}", *MANY[kind](n)]
    with qemu.VM(machine="pc", memory="128", args=args) as vm:
        vm.command += console(vm)
        result = vm.run(60)
        said = (vm.folder / "said").read_bytes()
    assert result.code == qemu.EXIT_PASS and said.startswith(b"m39x 0000"), f"{said}\n{result}"


def main():
    """One line for each controller, firmware and fault of the first request: how the boot goes on, and after how long."""
    import pathlib
    import tempfile
    for name, row in ROWS.items():
        for bios in ("slipway", "seabios"):
            for fault in ("error-from-then-on", "no-answer"):
                bad = FAULTS[fault][0]
                with tempfile.TemporaryDirectory() as folder:
                    run = Run(row, pathlib.Path(folder), lambda *_: bad, bios=bios, timeout=15)
                end = "the next entry boots" if run.next_entry else "the end" if run.result.code is not None else "stands"
                print(f"{name:18} {bios:8} {fault:20} {end} after {run.result.seconds:.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())

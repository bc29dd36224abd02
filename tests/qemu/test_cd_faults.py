# SPDX-License-Identifier: BSD-2-Clause
"""Stores of CDs that fail, as test_faults.py has them of disks: every request of a boot from CD, and every read of a program, is
answered with an error, late, never, or by the server's end, on every controller that has CD drives.
"""
import contextlib
import re

import pytest

import media
import nbd
import vm as qemu
from test_disks import CD, FILL, NOTHING, READ, Call, content, expected
from test_faults import EIO, FAULTS, MIB, SAID, SECONDS, TIMEOUT, Row, buffer_of, console, image, other
from test_reset import Qmp

ROWS = {
    "pc-ide": Row("pc", "ide-cd,bus=ide.0,unit=0", source="ata/ide.c", odd=False),
    "q35-ahci": Row("q35", "ide-cd,bus=ide.0", source="ata/ahci.c", odd=False),
    **{f"{machine}-{adapter}": Row(machine, f"{device},id=s", "scsi-cd,bus=s.0", source=source, alone=adapter != "am53c974")
       for machine, adapter, device, source in (
           ("q35", "virtio-scsi", "virtio-scsi-pci", "virtio/virtio_scsi.c"), ("pc", "megasas", "megasas", "hba/megasas.c"),
           ("pc", "lsi", "lsi53c895a", "hba/lsi.c"), ("pc", "mptsas", "mptsas1068", "hba/mptsas.c"),
           ("pc", "pvscsi", "pvscsi", "hba/pvscsi.c"), ("pc", "am53c974", "am53c974", "hba/am53c974.c"))},
}
SECTOR = 2048
SLOW = 100              # from this sector on the disk with the program takes its time
DISK = 0x80
DATA = content(2 * MIB, 3)
CALLS = [Call(CD, READ, 20, 4, buffer_of(0), 0, buffer_of(0), 4 * SECTOR),
         Call(CD, READ, 301, 3, buffer_of(1), 1, buffer_of(1), 3 * SECTOR + 2),          # an odd address
         Call(CD, READ, 40, 1, 0x50, 0, 0x50, SECTOR)]                                  # page 0: by the bounce buffer


class Run:
    """cd: what the CD holds; calls: what a program on a disk asks of it, None: it is booted from, before another disk."""

    def __init__(self, row, folder, cd, fault_of, calls=None, seconds=SECONDS):
        with contextlib.ExitStack() as stack:
            server = stack.enter_context(nbd.Server(cd))
            first = stack.enter_context(nbd.Server(image(calls) if calls else media.disk(folder, "good").read_bytes()))
            first.arm(lambda _, r: nbd.Fault(delay=1.5) if r.sector >= SLOW else None)
            args = [*server.drive("b", media="cdrom"), *row.args("b", 2 if calls else 1), *first.drive("p"),
                    *other(row, "p", 1 if calls else 2), "-S"]
            if seconds:
                args += ["-fw_cfg", f"name=opt/org.slipway/disk-seconds,string={seconds}"]
            vm = stack.enter_context(qemu.VM(machine=row.machine, memory="128", qmp=True, args=args))
            vm.command += console(vm)
            vm.start()
            with Qmp(vm) as qmp:
                server.arm(fault_of)
                qmp.command("cont")
                qmp.at_shutdown(server.die)
                self.result = vm.finish(60)
            self.said = (vm.folder / "said").read_bytes()
            self.requests = server.requests
        self.answers = []
        assert self.result.code == qemu.EXIT_PASS, str(self)
        for call in calls or ():
            assert self.said[:1] == b"R", str(self)
            self.answers.append((self.said[1], self.said[3], self.said[6:6 + call.length]))
            self.said = self.said[6 + call.length:]

    def lines(self):
        return [end for *_, end in SAID.findall(self.result.log)]

    def __str__(self):
        return f"{[(r.sector, r.sectors) for r in self.requests]}, {[a[:2] for a in self.answers]}, {self.said[:5]}\n{self.result}"


@pytest.fixture(scope="module")
def iso(tmp_path_factory):
    folder = tmp_path_factory.mktemp("iso")
    program = media.disk(folder, "disc", size=SECTOR)
    return media.iso(folder / "disc.iso", program, "-no-emul-boot", "-boot-load-size", "4").read_bytes()


def each(run_with, bad, on):
    """Runs with the first, the second, ... request bad, and with n; the last has no such request."""
    n = 0
    while True:
        n += 1
        run = run_with(lambda i, _, n=n: bad if i == n or (on and i > n) else None)
        yield n, run, len(run.requests) < n
        if len(run.requests) < n:
            return


def again(name, fault):
    """A SCSI drive says that it gave up, and is asked again."""
    return fault == "error-once" and "scsi" in ROWS[name].device


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", ROWS)
def test_each_request_of_a_boot_may_fail(name, fault, iso, tmp_path):
    bad, on, status, line = FAULTS[fault]
    for n, run, good in each(lambda fault_of: Run(ROWS[name], tmp_path, iso, fault_of), bad, on):
        by_program = not good and run.requests[n - 1].sector == SECTOR // 512      # which looks at each drive's sector 1
        boots = good or by_program or again(name, fault)
        assert run.said.startswith(b"disc " if boots else b"good "), str(run)
        assert good or again(name, fault) or any(re.fullmatch(line, end) for end in run.lines()), str(run)
        assert run.result.seconds < (SECONDS if status == TIMEOUT else 0) + 5, str(run)
    assert n > 4        # boot record, catalogue, image, and the program's


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", ROWS)
def test_each_read_of_a_program_may_fail(name, fault, tmp_path):
    bad, on, status, line = FAULTS[fault]
    stays = on or fault in ("no-answer", "death")
    for n, run, good in each(lambda fault_of: Run(ROWS[name], tmp_path, DATA, fault_of, CALLS), bad, on):
        all_good = good or again(name, fault)
        which = len(CALLS) if all_good else next(
            i for i, c in enumerate(CALLS) if c.lba * 4 <= run.requests[n - 1].sector < (c.lba + c.count) * 4)
        for i, (call, (ah, count, memory)) in enumerate(zip(CALLS, run.answers)):
            if i < which or (i > which and not stays):
                assert (ah, count) == (0, call.count) and memory == expected(call, DATA, SECTOR), f"call {i}\n{run}"
            else:
                assert (ah, count) == (status, 0) and memory == bytes([FILL]) * call.length, f"call {i}\n{run}"
        assert all_good or any(re.fullmatch(line, end) for end in run.lines()), str(run)
    assert n > len(CALLS)


@pytest.mark.parametrize("name", ROWS)
def test_a_slow_store_boots(name, iso, tmp_path):
    run = Run(ROWS[name], tmp_path, iso, lambda i, _: nbd.Fault(delay=5 if i == 2 else 0.3), seconds=None)
    assert run.said.startswith(b"disc ") and not run.lines(), str(run)


@pytest.mark.parametrize("offset", [0, 1])
@pytest.mark.parametrize("name", ROWS)
def test_an_answer_that_comes_late_changes_its_own_buffer_alone(name, offset, tmp_path):
    row, segment = ROWS[name], buffer_of(2)
    length = 10 * 1024
    look = Call(CD, NOTHING, 0, 0, segment, 0, segment - 0x80, length, keep=True)
    late = Call(CD, READ, 500, 2, segment, offset, segment - 0x80, length)
    wait = Call(DISK, READ, SLOW, 1, 0x5000, 0, 0x5000, 512)
    once_more = Call(CD, READ, 600, 2, segment, offset, segment - 0x80, length)
    reset = Call(CD, 0, 0, 0, segment, 0, segment, 0)
    calls = [late, reset, look, wait, wait, look, once_more, reset, once_more]
    run = Run(row, tmp_path, DATA, lambda i, r: nbd.Fault(delay=SECONDS + 1) if r.sector == 500 * 4 else None, calls)
    assert [a[0] for a in run.answers] == [TIMEOUT, TIMEOUT, NOTHING, 0, 0, NOTHING, 0, 0, 0], str(run)
    untouched = bytes([FILL]) * length
    by_device = row.alone and (row.odd or not offset)      # else the firmware's memory is what it writes
    assert run.answers[0][2] == untouched and run.answers[2][2] == untouched, str(run)
    assert run.answers[5][2] == (expected(late, DATA, SECTOR) if by_device else untouched), str(run)
    assert run.answers[6][2] == run.answers[8][2] == expected(once_more, DATA, SECTOR), str(run)

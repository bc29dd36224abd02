# SPDX-License-Identifier: BSD-2-Clause
"""Application processors, seen from outside: each has come to 32-bit mode and is parked in ROM, and
none is reported missing, whatever their number and ids."""
import contextlib
import json
import re
import struct

import pytest
from elftools.elf.elffile import ELFFile

import gdbstub
import vm as qemu
from conftest import boot_check, make_initrd, words_for
from test_reset import Qmp

ROM = 0xfff80000


def ask(qmp, name, **arguments):
    qmp.file.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
    qmp.file.flush()
    for line in qmp.file:
        answer = json.loads(line)
        if "event" not in answer:
            return answer["return"]
    raise EOFError("QEMU has closed its control socket")


def registers(qmp):
    answer = ask(qmp, "human-monitor-command", **{"command-line": "info registers -a"})
    return [(int(eip, 16), int(cr0, 16), halted == "1", int(idt, 16), int(limit, 16)) for eip, halted, idt, limit, cr0 in
            re.findall(r"EIP=(\w+).*?HLT=(\d).*?IDT= *(\w+) (\w+).*?CR0=(\w+)", answer, re.DOTALL)]


def boot_without_kernel(machine, smp, accel="tcg", args=(), timeout=60):
    """Returns the log and, for each processor, (EIP, CR0, halted, IDT, its limit) once POST has ended."""
    with qemu.VM(machine=machine, memory="128", accel=accel, qmp=True, args=["-smp", smp, *args]) as vm:
        vm.start()
        assert vm.wait_text("boot: halted", name="log", timeout=timeout), vm.finish(0)
        with Qmp(vm) as qmp:
            for _ in range(100):  # the line comes a moment before the halt
                processors = registers(qmp)
                if all(halted for _, _, halted, _, _ in processors):
                    break
                qemu.sleep(0.02)
        return vm.text("log"), processors


# The fixed ranges of a processor as a migration has them: eleven numbers of 64 bits, big-endian.
FIXED_RANGES = b"\x06" * 16 + b"\x00" * 8 + b"\x05" * 64


def processors_with_memory_types(machine, smp):
    """Asked of the machine's saved state, since INIT, by which an OS starts a processor, clears them under TCG."""
    with qemu.VM(machine=machine, memory="64", qmp=True, args=["-smp", smp]) as vm:
        vm.start()
        assert vm.wait_text("boot: halted", name="log", timeout=60), vm.finish(0)
        with Qmp(vm) as qmp:
            ask(qmp, "stop")
            ask(qmp, "migrate", uri=f"exec:cat > {vm.folder}/state")
            end = qemu.now() + 60
            while ask(qmp, "query-migrate").get("status") != "completed":
                assert qemu.now() < end, "the state is not saved"
                qemu.sleep(0.05)
        return (vm.folder / "state").read_bytes().count(FIXED_RANGES)


@pytest.mark.parametrize("machine, smp", [("pc", "1"), ("pc", "5"), ("q35", "3"), ("microvm", "2")])
def test_every_processor_gets_its_memory_types(machine, smp):
    assert processors_with_memory_types(machine, smp) == int(smp)


@pytest.mark.parametrize("memory", ["3712", "4000"])
def test_ram_close_to_4_gib_is_cached(memory):
    """Asked by the checking guest, which finds RAM's end in the memory map."""
    boot_check(machine="pc,max-ram-below-4g=4G", memory=memory)


def check(log, processors, count):
    assert "processors answered" not in log and "cpus:" not in log, log
    assert len(processors) == count
    for _, _, _, idt, limit in processors[1:]:
        assert 0xe8000 <= idt < 0xf0000 and limit == 32 * 8 - 1, "a table of their own, in memory that stays reserved"
    # The first has failed to boot, and waits for Ctrl-Alt-Del in real mode: INT 16h of the F segment.
    for eip, cr0, halted, _, _ in processors[1:] if not processors[0][1] & 1 else processors:
        assert halted and eip >= ROM
        assert cr0 & 0x60000001 == 1, f"CR0 {cr0:#x}: protected mode with caches on was expected"


@pytest.mark.parametrize("machine, smp, count", [
    ("pc", "1", 1), ("pc", "2", 2), ("pc", "6,sockets=2,cores=3", 6), ("pc", "8", 8), ("q35", "64", 64),
    ("microvm", "6,sockets=2,cores=3", 6),
])
def test_every_processor_is_parked(machine, smp, count):
    check(*boot_without_kernel(machine, smp), count)


def test_more_processors_than_xapic_ids_are_parked():
    """Needs KVM's interrupt controller: TCG of QEMU 7.2 has no x2APIC."""
    machine = "q35,kernel-irqchip=split"
    args = ["-cpu", "host,arch-capabilities=off,+x2apic", "-device", "intel-iommu,intremap=on,eim=on"]
    qemu.need_kvm(machine, ["-smp", "288", *args])
    check(*boot_without_kernel(machine, "288", accel="kvm", args=args), 288)


@pytest.mark.parametrize("machine", ["pc", "q35", "microvm"])
def test_parked_processors_survive_an_nmi(machine):
    """Without any table it would be a triple fault, that is, the end of the machine."""
    boot_check(machine=machine, args=["-smp", "4"], append="nmi")


def symbol(file, name):
    with open(qemu.OUT / file, "rb") as f:
        return ELFFile(f).get_section_by_name(".symtab").get_symbol_by_name(name)[0]["st_value"]


BOOT_PROCESSOR = 1
NMI_CODE = 0x7000


def send_nmi(gdb, processor):
    """The boot processor, flat and without paging, waits in a loop for the others: it is sent round by code of ours,
    which changes no register. QMP's inject-nmi comes by LINT1, masked in a processor that an INIT has reset."""
    back = gdb.pc(BOOT_PROCESSOR)
    code = b"".join([
        b"\xc7\x05" + struct.pack("<II", 0xfee00310, (processor - 1) << 24),	# movl: ICR, APIC id
        b"\xc7\x05" + struct.pack("<II", 0xfee00300, 0x4400),			# movl: ICR, NMI
        b"\xe9" + struct.pack("<I", back - (NMI_CODE + 25) & 0xffffffff),		# jmp
    ])
    gdb.write(NMI_CODE, code)
    gdb.set_pc(BOOT_PROCESSOR, NMI_CODE)
    for _ in code[::10]:
        gdb.step(BOOT_PROCESSOR)
    assert gdb.pc(BOOT_PROCESSOR) == back


def nmi_on_the_way(gdb, counts):
    """Each of the other processors, as it comes to its first instruction, executes as many as counts says and then
    gets an NMI. Yields where."""
    start, parked = symbol("rt16.elf", "rt16_sipi"), symbol("bios.elf", "ap_park")
    seen = set()
    gdb.breakpoint(start)
    while len(seen) < len(counts):
        processor = gdb.run()
        if processor in seen:		# back where the NMI was, at the start
            gdb.step(processor)
            continue
        for _ in range(counts[len(seen)]):
            if gdb.pc(processor) == parked:
                break
            gdb.step(processor)
        seen.add(processor)
        at = gdb.pc(processor)
        send_nmi(gdb, processor)
        assert gdb.pc(processor) == at
        yield at
    gdb.no_breakpoint(start)
    gdb.go()


def nmi_behind_an_msr(gdb, _):
    """The only other processor gets an NMI between the write of an MSR and the step to the next. Yields the MSR that
    is written before, and the one after it."""
    start = symbol("bios.elf", "ap_start")
    code = gdb.read(start, symbol("bios.elf", "ap_park") - start)
    wrmsr = start + code.index(b"\x0f\x30")
    gdb.breakpoint(wrmsr)
    processor = gdb.run()
    yield gdb.register(processor, gdbstub.RCX)
    gdb.step(processor)
    send_nmi(gdb, processor)
    assert gdb.run() == processor
    yield gdb.register(processor, gdbstub.RCX)
    gdb.no_breakpoint(wrmsr)
    gdb.go()


def boot_with_nmis(machine, counts, how=nmi_on_the_way):
    """Returns what how yields, the places, and the end."""
    smp = str(len(counts) + 1)
    places = []
    with qemu.VM(machine=machine, memory="128", args=["-smp", smp], kernel=qemu.GUESTS / "check.bzImage",
                 initrd=make_initrd(65536), append=words_for("128", ["-smp", smp], True, "")) as vm:
        vm.command += gdbstub.arguments(vm.folder)
        vm.start()
        # A QEMU that ends before it should: its result tells.
        with contextlib.suppress(EOFError, ConnectionError), gdbstub.Gdb(vm.folder) as gdb:
            for at in how(gdb, counts):
                places.append(at)
        return places, vm.finish(60)


# Enough for every instruction: some 50, and seven for each of 13 MSRs. At the first, before its own table, a processor
# has an IRET to go back by, and no other may get an NMI at that moment.
COUNTS = [range(1), *(range(n, n + 32) for n in range(1, 160, 32))]


@pytest.mark.parametrize("counts", COUNTS, ids=lambda counts: f"{counts[0]}-{counts[-1]}")
def test_an_nmi_at_any_instruction_on_the_way_loses_no_processor(counts):
    places, result = boot_with_nmis("pc", counts)
    assert result.code == qemu.EXIT_PASS and "cpus:" not in result.log, f"at {' '.join(map(hex, places))}\n{result}"
    assert counts is not COUNTS[-1] or places[-1] == symbol("bios.elf", "ap_park"), "the way is longer than thought"


def test_an_nmi_does_not_repeat_the_write_of_an_msr():
    """A second write of a locked IA32_FEATURE_CONTROL, the last of the list, is #GP."""
    (before, after), result = boot_with_nmis("pc", range(1), nmi_behind_an_msr)
    assert before != after
    assert result.code == qemu.EXIT_PASS and "cpus:" not in result.log, str(result)

# SPDX-License-Identifier: BSD-2-Clause
"""System Management Mode, through which programs in virtual-8086 mode and in 16-bit protected mode reach the services
(docs/services.md): in the first every service answers as in real mode, wherever paging has put the program's memory, on every
layout of the saved state; without SMM they hear that it cannot be had; and an SMI that asks for nothing does nothing."""
import re

import pytest

import vm as qemu
from conftest import MIB, Tap, make_initrd, words_for
from test_crossing import VIRTIO, run
from test_reset import Qmp
from test_services import V86, answers, strays
from test_sleep import BIOS_BOOT, ON, wake

VGA = ["-device", "VGA"]
PAGED, HOSTILE = 4, 0x80        # MODE_* of tests/guests/real


def in_mode(mode):
    """What asks the program for a mode, with the same bytes on its disk."""
    return ["-chardev", "null,id=mode", "-device", f"isa-debugcon,iobase=0x2e9,chardev=mode,readback={mode}"]


V86_WAYS = {
    "q35-virtio": ("q35", ["-device", "virtio-blk-pci,drive=d"], PAGED),
    "q35-virtio-not-paged": ("q35", ["-device", "virtio-blk-pci,drive=d"], V86),
    "q35-ahci": ("q35", ["-device", "ide-hd,drive=d"], PAGED),
    "q35-nvme": ("q35", ["-device", "nvme,serial=1,drive=d"], PAGED),
    "pc-ide": ("pc", ["-device", "ide-hd,drive=d,bus=ide.0"], PAGED),
    "pc-ide-not-paged": ("pc", ["-device", "ide-hd,drive=d,bus=ide.0"], V86),
    "pc-virtio": ("pc", ["-device", "virtio-blk-pci,drive=d"], PAGED),
    "q35-4-processors": ("q35", ["-device", "virtio-blk-pci,drive=d", "-smp", "4"], PAGED),
    "pc-4-processors": ("pc", ["-device", "ide-hd,drive=d,bus=ide.0", "-smp", "4"], PAGED),
    "pc-cirrus": ("pc", ["-device", "ide-hd,drive=d,bus=ide.0", "-vga", "none", "-device", "cirrus-vga"], PAGED),
    "i386-q35-virtio": ("q35", ["-cpu", "qemu32", "-device", "virtio-blk-pci,drive=d"], PAGED),
    "i386-pc-ide": ("pc", ["-cpu", "qemu32", "-device", "ide-hd,drive=d,bus=ide.0"], PAGED),
    "i386-pc-486": ("pc", ["-cpu", "486", "-device", "ide-hd,drive=d,bus=ide.0"], V86),
}
# What changes the mode or the A20 line, moves memory by physical addresses, or is called in protected mode.
NOT_IN_V86 = re.compile(r"int 15 eax 1111(24|87|89)|move |  A20|  table|  entered|protected|bios32|routing|pnp |ebda|int 1a eax 1111b10f")


@pytest.fixture
def i386(request, monkeypatch):
    """QEMU without long mode saves another layout."""
    if request.param:
        monkeypatch.setattr(qemu, "QEMU", qemu.QEMU.replace("x86_64", "i386"))
        try:
            qemu.ask_qemu.cache_clear()
            qemu.ask_qemu("--version")
        except FileNotFoundError:
            pytest.skip("there is no qemu-system-i386")
    yield
    qemu.ask_qemu.cache_clear()


@pytest.mark.parametrize("way, i386", [(way, way.startswith("i386")) for way in V86_WAYS], ids=V86_WAYS, indirect=["i386"])
def test_virtual_8086_mode_is_served_as_real_mode_is(way, i386, tmp_path):
    machine, args, mode = V86_WAYS[way]
    args = [*args] if "cirrus-vga" in args else [*args, *VGA]
    (tmp_path / "real").mkdir()
    real, real_left = answers("slipway", machine, args, tmp_path / "real")
    lines, left = answers("slipway", machine, [*args, *in_mode(mode)], tmp_path)
    usual, here = ([line for line in both if not NOT_IN_V86.search(line)] for both in (real, lines))
    assert len(here) > 2500 and sum(line.startswith("int 13") for line in here) > 600
    assert here == usual
    assert left == real_left, "the two leave different disks behind, or different bytes at the ports"
    assert not strays([line for line in here if not line.startswith("int 10 ")])     # the display's ROM has results in ES:BP
    refused = [line for line in lines if re.search(r"int 15 eax 1111(2400|2401|87|89)", line)]
    assert len(refused) > 10
    for line in refused:
        assert re.search(r"-> \w{4}aa\w\w .* C-I$", line), line


@pytest.mark.parametrize("machine, disk", [("q35", "virtio-blk-pci,drive=d"), ("pc", "ide-hd,drive=d,bus=ide.0")])
def test_without_smm_it_hears_that_nothing_can_be_had(machine, disk, tmp_path):
    """The monitor ends the program at a privileged instruction; a line in the log says why."""
    log = ["-chardev", f"file,id=log,path={tmp_path}/log", "-device", "isa-debugcon,iobase=0x402,chardev=log"]
    lines, _ = answers("slipway", machine, [*VGA, "-device", disk, "-machine", "smm=off", *log], tmp_path, V86)
    asked = [line for line in lines if line.startswith("int 13 ")]
    assert len(asked) > 600
    for line in asked:
        before, after = line.split(" -> ")
        words = re.search(r"eax (\w{4})..(\w\w) ebx (\w+) ecx (\w+) edx (\w+)", before)
        assert after.startswith("{}aa{} {} {} {} C-I".format(*words.groups())), line
    assert not strays([line for line in lines if not line.startswith("int 10 ")])
    said = (tmp_path / "log").read_text(errors="replace")
    assert said.count("smm:") == 1 and "smm: the machine has none; SMIs are off" in said
    # QEMU's port would raise SMIs all the same, for which there is no handler.
    lines, _ = answers("slipway", machine, [*VGA, "-device", disk, "-machine", "smm=off", *in_mode(HOSTILE | V86)], tmp_path)
    assert lines[2:4] == ["registers are as they were", "memory is as it was"]


@pytest.mark.parametrize("machine", ["q35", "pc"])
def test_an_smi_from_real_mode_comes_back_whatever_was_on_the_screen(machine, tmp_path):
    said, _ = run("smi_screen", machine, [*VGA, "-device", "virtio-blk-pci,drive=d"], tmp_path)
    assert said == ["came back"]


@pytest.mark.parametrize("machine", ["q35", "pc"])
@pytest.mark.parametrize("processor", ["qemu64", "486"])
def test_smram_is_not_seen_behind_an_smi(machine, processor, tmp_path):
    """Nor written, by code that had protected mode before it and has it behind it."""
    said, _ = run("smm_seen", machine, ["-cpu", processor, *VGA, "-device", "virtio-blk-pci,drive=d"], tmp_path, timeout=20)
    assert said == ["read 00000000", "read 00000000", "written 00000000", "came back"]


def slow_disk(folder):
    """The second disk, half a second for each read."""
    (folder / "slow").write_bytes(bytes(4 * MIB))
    return ["-drive", f"if=none,id=e,format=raw,file={folder}/slow,throttling.iops-total=2", "-device", "virtio-blk-pci,drive=e"]


@pytest.mark.parametrize("machine", ["q35", "pc"])
@pytest.mark.parametrize("mode", [0, V86, PAGED])
@pytest.mark.parametrize("processors", [1, 4])
def test_any_other_smi_does_nothing(machine, mode, processors, tmp_path):
    """From each mode, with registers of every kind; then the disk is read, and the clock goes on while a slow one is."""
    lines, _ = answers("slipway", machine, ["-smp", str(processors), *VGA, *VIRTIO, *slow_disk(tmp_path), *in_mode(HOSTILE | mode)], tmp_path)
    assert lines[2:4] == ["registers are as they were", "memory is as it was"]
    assert [line.split(" -> ")[1].split()[0] for line in lines[4:6]] == ["11110001", "11110010"]
    assert all(" --I buffer " in line for line in lines[4:6])
    assert int(lines[6].removeprefix("ticks "), 16) > 2


# Name, AX BX CX DX, carry, good dwords and others that were written.
GATES = """sector 0001 1000 0002 0180 - good 0080 other 0000
geometry 0000 1000 003f 0f01 - good 0000 other 0000
type 0300 1000 0000 03f0 - good 0000 other 0000
extensions 3077 aa55 0007 0080 - good 0000 other 0000
packet 0077 1000 0102 0080 - good 0400 other 0000
odd 0077 1000 0102 0080 - good 0400 other 0001
flat 0077 1000 0102 0080 - good 0180 other 0000
unknown 0977 1000 0102 0080 C good 0000 other 0000
rom 0077 1000 0102 0080 - good 0000 other 0000
screen 0077 1000 0102 0080 - good 0000 other 0000
0400
limit 0977 1000 0102 0080 C good 0000 other 0000
within 0077 1000 0102 0080 - good 0080 other 0000
beyond 0977 1000 0102 0080 C good 0000 other 0001
too many 0977 1000 0102 0080 C good 0000 other 0000
0000
parameters 0077 1000 0102 0080 - good 0000 other 0000
001a00000800
nothing 0100 1000 0102 0080 C good 0000 other 0000
paged aaff 1000 0102 0080 C good 0000 other 0000
again 0077 1000 0102 0080 - good 0400 other 0000""".splitlines()


@pytest.mark.parametrize("way, i386", [("q35-virtio", False), ("pc-ide", False), ("i386-pc-ide", True)], indirect=["i386"])
def test_a_gate_of_protected_mode_leads_to_int_13h(way, i386, tmp_path):
    """Unless there is paging: then, and without SMM, AH=AAh and carry say that it cannot be had."""
    machine, args, _ = V86_WAYS[way]
    said, _ = run("gates", machine, [*args, *VGA], tmp_path)
    assert said == GATES
    said, _ = run("gates", machine, [*args, *VGA, "-machine", "smm=off"], tmp_path)
    calls = [line.rsplit(" C ", 1) for line in said if " good " in line]
    assert len(calls) == sum(" good " in line for line in GATES)
    assert all(re.search(r" aa\w\w( \w{4}){3}$", call) and rest.startswith("good 0000") for call, rest in calls)


def test_the_clock_goes_on_in_protected_mode_too(tmp_path):
    said, _ = run("gates", "q35", [*slow_disk(tmp_path), *VGA, *VIRTIO], tmp_path, poke=(("slow", b"\1"),))
    assert len(said) == 1 and int(said[0].removeprefix("ticks "), 16) > 2


@pytest.mark.parametrize("machine", ["q35", "pc"])
@pytest.mark.parametrize("processors", [1, 4, 70])
def test_every_processor_has_moved_its_base(machine, processors, tmp_path):
    """70 are more than have a place of their own; those do not get SMIs at once here, or what one has saved is another's."""
    if processors > 64:
        lines, _ = answers("slipway", machine, ["-smp", str(processors), *VGA, *VIRTIO, *in_mode(HOSTILE | PAGED)], tmp_path)
        assert lines[2:4] == ["registers are as they were", "memory is as it was"]
        return
    said, _ = run("smi_others", machine, ["-smp", str(processors), *VGA, *VIRTIO], tmp_path)
    assert said == ["parked untouched", f"started {processors - 1:02x}", "started untouched"]


def smm_registers(qmp):
    """SMRAM control, what enables the port's SMIs, and their lock, by the monitor, while the machine sleeps."""
    def ask(line):
        return qmp.command("human-monitor-command", **{"command-line": line})["return"]

    def config(slot, function, register):
        ask(f"o /w 0xcf8 {0x80000000 | slot << 11 | function << 8 | register & ~3:#x}")
        return int(ask(f"i /b {0xcfc + (register & 3):#x}").split("= ")[1], 16)

    if config(0, 0, 2) == 0x37:     # 82441FX
        return f"{config(0, 0, 0x72):02x} {config(1, 3, 0x5b) & 2:02x}"
    return f"{config(0, 0, 0x9d):02x} {int(ask('i /w 0x630').split('= ')[1], 16) & 0x21:02x} {config(31, 0, 0xa0) & 0x10:02x}"


@pytest.mark.parametrize("machine, registers", [("pc", "0a 02"), ("q35", "1a 21 10")])
@pytest.mark.parametrize("processors", [1, 4])
def test_a_wake_sets_it_up_again(machine, processors, registers):
    """The kernel that slept compares its memory, also where processors have been moved."""
    args = [*ON[machine], *BIOS_BOOT, *VGA, "-smp", str(processors)]
    append = words_for("128", args, True, "sleep=2 pci display")
    with qemu.VM(machine=machine, memory="128", qmp=True, no_reboot=False, args=args, kernel=qemu.GUESTS / "check.bzImage",
                 initrd=make_initrd(MIB), append=append) as vm:
        vm.start()
        with Qmp(vm) as qmp:
            wake(vm, qmp, 1, "# sleep {}\n", "vmgenid told")
            assert vm.wait_text("# sleep 2\n", timeout=60), vm.finish(0)
            end = qemu.now() + 60
            while qmp.command("query-status")["return"]["status"] != "suspended":
                assert qemu.now() < end, vm.finish(0)
                qemu.sleep(0.02)
            assert smm_registers(qmp) == registers, vm.finish(0)
            qmp.command("system_wakeup")
            result = vm.finish(60)
    tap = Tap(result.serial)
    assert not tap.failed, f"{tap.failed}\n{result}"
    assert result.code == qemu.EXIT_PASS and result.log.count("resume: S3 wake") == 2 and "smm:" not in result.log, str(result)

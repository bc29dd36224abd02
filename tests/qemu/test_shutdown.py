# SPDX-License-Identifier: BSD-2-Clause
"""Programs that leave protected mode as the 80286 has to, by a reset of the processor and a code in CMOS 0Fh: they go
on where they say, with memory and devices as they were (docs/sleep.md). tests/guests/programs/shutdown.c leaves by INIT,
which is all that QEMU has: over a reset of the machine it keeps no code but that of S3."""
import struct

import pytest

import vm as qemu
from conftest import boot_check
from test_crossing import VIRTIO, console, image_of, lines

# By code: bits in service at the two 8259s, which were 04h and 01h; SS:SP; flags; registers of a block move.
STACK = 0x7400
BLOCK_MOVE = [0x1110, 0x2221, 0x3332, 0x5554, 0x6665, 0x7776, 0x0077, 0x1234, 0x5678]	# DI SI BP BX DX CX AX DS ES
FLAGS = 0xcd5
WANTED = {
    0x05: (0x0000, 0x00300100, None, []),
    0x09: (0x0401, STACK + 26, FLAGS & ~1, BLOCK_MOVE),
    0x0a: (0x0401, 0x00300100, None, []),
    0x0b: (0x0401, STACK + 6, FLAGS, []),
    0x0c: (0x0401, STACK + 4, None, []),
}


def disk(folder, code=None):
    """A slow one: its reads are there to be interrupted. code: this one alone."""
    poke = [] if code is None else [("only_code", struct.pack("<I", 0x100 | code))]
    (folder / "d").write_bytes(image_of("shutdown", poke))
    return ["-drive", f"if=none,id=d,format=raw,file={folder}/d,throttling.iops-total=8", *VIRTIO]


def leave(folder, machine="pc", args=(), code=None, bios="slipway", memory="32"):
    return qemu.run(timeout=60, bios=bios, machine=machine, memory=memory,
                    args=[*disk(folder, code), *args, *console(folder)])


def parse(line):
    words = line.split()
    facts = {key: int(value, 16) for key, value in zip(words[:18:2], words[1:18:2])}
    return facts, [int(word, 16) for word in words[18:]]


def check(line, tick=1, jump_stack=True):
    facts, rest = parse(line)
    service, stack, flags, registers = WANTED[facts["code"]]
    assert [facts[key] for key in ("memory", "devices", "cmos", "read")] == [0] * 4, line
    assert facts["service"] == service and facts["tick"] == tick and rest == registers, line
    assert facts["stack"] == stack or (stack == 0x00300100 and not jump_stack), line
    assert flags is None or facts["flags"] == flags, line


@pytest.mark.parametrize("machine, args", [
    ("pc", []), ("q35", []), ("pc", ["-smp", "2"]), ("q35", ["-device", "VGA"]), ("pc", ["-device", "VGA"]),
    ("pc,acpi=off", []), ("q35", ["-cpu", "qemu32"]),
])
def test_every_code_goes_on_where_it_says(machine, args, tmp_path):
    """Memory, configuration space of bus 0, interrupt controllers and clock as before; ticks and disks work. And in the
    middle of a read, from a hook of the tick: the read ends as if nothing had been."""
    result = leave(tmp_path, machine, args)
    said = lines(tmp_path)
    assert result.code == 3 and said[-1:] == ["end"], "\n".join(said) + f"\n{result}"
    assert [int(line.split()[1], 16) for line in said[:-2]] == list(WANTED), said
    for line in said[:-2]:
        check(line)
    hook = said[-2].split()
    assert hook[0] == "hook" and int(hook[2], 16) >= 4 and int(hook[4], 16) == 0, said
    assert result.log.count("resume: ") == 1, str(result)


@pytest.mark.parametrize("code", [0x05, 0x0a, 0x0b, 0x0c])
def test_seabios_goes_on_at_the_same_place(code, tmp_path):
    """But without the clock: it does not open the local APIC, which INIT has closed, for the 8259."""
    result = leave(tmp_path, code=code, bios="seabios")
    said = lines(tmp_path)
    assert said[1:] == ["back", "end"], "\n".join(said) + f"\n{result}"
    check(said[0], tick=0, jump_stack=False)


@pytest.mark.parametrize("machine", ["pc", "q35"])
@pytest.mark.parametrize("code", [0x00, 0x04, 0x0d])
def test_other_codes_are_a_line_and_a_restart(code, machine, tmp_path):
    result = leave(tmp_path, machine, code=code)
    wanted = f"start: shutdown code 0x{code:02x} in CMOS: not served; the machine is restarted" if code else \
        "start: INIT without a reset: the machine is restarted"
    assert result.code == 0 and wanted in result.log and "resume: " not in result.log, str(result)
    assert lines(tmp_path) == [f"code {code:02x}"]


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_the_code_of_a_wake_without_a_reset_is_a_line_and_a_restart(machine, tmp_path):
    """Devices run, and a display's ROM and SMM would be set up in the midst of them."""
    result = leave(tmp_path, machine, ["-device", "VGA"], code=0xfe)
    assert result.code == 0 and "start: S3 wake: no POST has come to its end before, or nothing was asleep" in result.log, str(result)
    assert "resume: " not in result.log and lines(tmp_path) == ["code fe"]


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_a_code_is_served_for_a_kernel_too(machine):
    """Where no option ROM and no service is: the jump leads to a restart."""
    result = boot_check(machine=machine, args=["-action", "reboot=reset"], boots=3, no_reboot=False,
                        append="reboot=initcode boots=3")[1]
    assert result.log.count("resume: shutdown code 0x0a") == 2 and "INIT" not in result.log, str(result)

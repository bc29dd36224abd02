# SPDX-License-Identifier: BSD-2-Clause
"""No time is lost where no menu is wanted: between the last device and the boot sector nobody looks at a clock or for a
key, and `-boot menu=off` is worth no instruction. The same measures see a prompt."""
import copy

import pytest

import measure
import vm as qemu
from test_budget import MADE_ON
from test_cpus import symbol

CLOCKS = ("acpi-tmr", "pit", "hpet", "i8042-cmd", "i8042-data")
NO_MENU = ["-boot", "menu=off"]
PATHS = {path.name: path for path in measure.PATHS if isinstance(path, measure.DiskPath)}
INSTRUCTIONS = 80_000 * (1 if qemu.version() == MADE_ON else 1.05)     # the budget of these paths (test_budget.py)
# With a console, so that a prompt could be seen: a port that nobody reads.
CONSOLE = ["graphics=off", "-serial", "null"]


def with_(name, *args):
    path = copy.copy(PATHS[name])
    path.args = [*path.args, *args]
    return path


def on_console(name, *args):
    path = with_(name, *CONSOLE[1:], *args)
    at = path.args.index("-M") + 1
    path.args[at] += f",{CONSOLE[0]}"
    return path


def instructions(path):
    return measure.trace_run(path, "slipway", False, 60, ["-icount", "shift=0,sleep=off"]).tsc


@pytest.mark.parametrize("name", ["q35-virtio", "pc-virtio"])
def test_a_menu_that_is_off_is_worth_no_instruction(name):
    """The least of some runs: a disk that is slow to answer is looked at again."""
    without = off = 1 << 32
    for _ in range(20):
        without, off = min(without, instructions(PATHS[name])), min(off, instructions(with_(name, *NO_MENU)))
        if without == off < INSTRUCTIONS:
            return
    raise AssertionError(f"{without} instructions without the option, {off} with it")


def behind_the_first_disk(path):
    """Accesses of clocks and of the keyboard, from the disk's first register on."""
    lines = measure.trace_run(path, "slipway", True, 60, []).lines
    first = next(n for n, line in enumerate(lines) if line[4].startswith(("virtio-", "ahci", "ide", "nvme")))
    return [line for line in lines[first:] if line[4] in CLOCKS]


@pytest.mark.parametrize("args", [[], NO_MENU, ["-boot", "menu=off,splash-time=5000"]],
                         ids=["no option", "off", "time"])
@pytest.mark.parametrize("name", PATHS)
def test_no_clock_is_looked_at_behind_the_disks(name, args):
    assert not behind_the_first_disk(on_console(name, *args))


@pytest.mark.parametrize("name", ["q35-virtio", "pc-ide"])
def test_a_prompt_would_have_been_seen(name):
    found = behind_the_first_disk(on_console(name, "-boot", "menu=on,splash-time=20"))
    assert any(line[4] == "acpi-tmr" for line in found), found


@pytest.mark.parametrize("name", ["q35-virtio", "pc-virtio"])
def test_nobody_asks_for_a_key(name):
    """No code of INT 16h is run; with a menu that waits for nothing it is."""
    asks = symbol("rt16.elf", "keyboard_service")
    for args, ran in (([], False), (NO_MENU, False), (["-boot", "menu=on,splash-time=0"], True)):
        code = measure.measure_translated(on_console(name, *args))
        assert any(block.address == asks for block in code.blocks) == ran, args

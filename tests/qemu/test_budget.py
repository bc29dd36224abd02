# SPDX-License-Identifier: BSD-2-Clause
"""What a boot may cost: device accesses, instructions, translated code and map changes up to the
kernel's first instruction (measure.py says how they are counted). The numbers were made on QEMU 7.2; another has
to keep them within a twentieth, with the machine of 7.2 where it still has that."""
import copy
import functools
import time

import pytest

import measure
import vm as qemu

PATHS = {path.name: path for path in measure.PATHS}
MADE_ON = (7, 2)
MACHINES = {"pc": "pc-i440fx-7.2", "q35": "pc-q35-7.2"}


def judge(what, value, limit, elsewhere=0.05):
    """elsewhere: the part of the limit that another QEMU, with another compiler's image, may add."""
    line = f"{what}: {value:,}, budget {limit:,}"
    if qemu.version() != MADE_ON:
        limit += int(limit * elsewhere)
        line += f" (QEMU {'.'.join(map(str, qemu.version()))}: {limit:,})"
    print(line)
    assert value <= limit, line


def machine_of_the_numbers(path):
    """The path with 7.2's machine type, which a newer QEMU has under a name of its own."""
    if qemu.version() == MADE_ON:
        return path
    path = copy.copy(path)
    path.args = [MACHINES.get(word, word) for word in path.args]
    return path


def measured(name, bios="slipway"):
    path = machine_of_the_numbers(PATHS[name])
    qemu.need_machine(path.machine)
    return measure.measure(path, bios)


def fewest(name, limit, instructions=None):
    """The run of up to five with the fewest accesses: where a busy host takes the processor away in a look at a
    timer, or lets others come late, the firmware looks again. Its instructions are the least of them all."""
    best = measured(name)
    for _ in range(4):
        if best.accesses <= limit and (instructions is None or best.tsc <= instructions):
            break
        m = measured(name)
        m.tsc = best.tsc = min(m.tsc, best.tsc)
        best = min(best, m, key=lambda m: m.accesses)
    return best


@pytest.mark.parametrize("name", [p.name for p in measure.PATHS if p.accesses])
def test_accesses_and_instructions(name):
    disk = isinstance(PATHS[name], measure.DiskPath)
    m = fewest(name, PATHS[name].accesses, PATHS[name].instructions if disk else None)
    judge(f"{name}: device accesses", m.accesses, PATHS[name].accesses)
    if PATHS[name].instructions:
        judge(f"{name}: instructions", m.tsc, PATHS[name].instructions)


@pytest.mark.parametrize("name", measure.READ_LIMITS)
def test_a_sector_by_int_13h(name):
    path = machine_of_the_numbers(PATHS[name])
    qemu.need_machine(path.machine)
    accesses = instructions = 1 << 32
    for _ in range(20):  # the host may be slow to answer: looks for the end of a request cost accesses and instructions
        accesses, instructions = map(min, zip((accesses, instructions), measure.measure_read(path)))
        if accesses <= path.read_accesses and instructions <= path.read_instructions:
            break
    judge(f"{name}: device accesses of a read", accesses, path.read_accesses)
    judge(f"{name}: instructions of a read", instructions, path.read_instructions)


@functools.lru_cache(None)
def code(name, bios="slipway"):
    path = machine_of_the_numbers(PATHS[name])
    qemu.need_machine(path.machine)
    return measure.measure_translated(path, bios)


@pytest.mark.parametrize("name", measure.LIMITS)
def test_translated_instructions(name):
    judge(f"{name}: translated instructions", code(name).instructions, PATHS[name].translated)


@pytest.mark.parametrize("name", measure.LIMITS)
def test_translated_blocks(name):
    # QEMU 10 and 11 end a block at each in and out as well: some 80 more with a screen, and gcc 14 makes 50 more.
    judge(f"{name}: translated blocks", len(code(name).blocks), PATHS[name].blocks, elsewhere=0.17)


@pytest.mark.parametrize("name", measure.LIMITS)
def test_map_changes(name):
    judge(f"{name}: map changes", measured(name).maps, PATHS[name].maps)


def test_eight_processors_cost_three_accesses():
    limit = fewest("pc", PATHS["pc"].accesses).accesses + 3
    judge("pc-8cpu: device accesses", fewest("pc-8cpu", limit).accesses, limit)


def test_eight_processors_take_as_long_as_with_qboot():
    """Wall time, of the least of several runs of each, in turns: qboot starts no processor."""
    path = PATHS["pc-8cpu"]
    ours = theirs = 1e9
    for _ in range(12):
        ours = min(ours, measure.wall(path, "slipway", runs=3))
        theirs = min(theirs, measure.wall(path, "qboot", runs=3))
        if ours <= 1.3 * theirs:
            break
        time.sleep(1)  # what else runs here may have ended then
    judge("pc-8cpu: wall time in microseconds", int(ours * 1e6), int(1.3 * theirs * 1e6))


@pytest.mark.parametrize("bios", ["seabios", "qboot"])
def test_method_still_gives_the_known_figures(bios):
    """The ruler measured: other firmware's figures on pc, to the last instruction where they were made."""
    m = measured("pc", bios)
    accesses, instructions = PATHS["pc"].reference[bios]
    if qemu.version() != MADE_ON:
        print(f"{bios}: {m.accesses:,} accesses, {m.tsc:,} instructions, on 7.2 {accesses:,} and {instructions:,}")
        assert abs(m.accesses - accesses) <= accesses // 20
        return
    if bios == "seabios" and abs(m.tsc - instructions) > instructions // 100:
        raise qemu.Absent(f"this SeaBIOS is another: {m.tsc:,} instructions, 1.16.2 has {instructions:,}")
    assert (m.tsc, abs(m.accesses - accesses) <= 5) == (instructions, True), f"{m.accesses:,} accesses, {m.tsc:,}"


@pytest.mark.parametrize("name, bios", measure.KNOWN)
def test_method_still_counts_the_known_code(name, bios):
    if qemu.version() != MADE_ON:
        raise qemu.Absent(f"the known figures are of QEMU {MADE_ON[0]}.{MADE_ON[1]}")
    known = measure.KNOWN[name, bios]
    if bios == "seabios" and abs(measured("pc", bios).tsc - PATHS["pc"].reference[bios][1]) > 100_000:
        raise qemu.Absent("this SeaBIOS is not 1.16.2")
    # What it waits for depends on the clock, and with it which way a few branches go first: on a busy host, not every time.
    slack, looks = (100, 3) if bios == "seabios" else (0, 1)
    for _ in range(looks):
        counted = measure.measure_translated(machine_of_the_numbers(PATHS[name]), bios)
        found = counted.instructions, len(counted.blocks)
        if all(abs(f - k) <= slack for f, k in zip(found, known)):
            return
    assert False, f"{found}, known is {known}"

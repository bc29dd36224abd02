# SPDX-License-Identifier: BSD-2-Clause
"""The checking guest as PVH and as multiboot kernel (tests/guests/forms): it judges what such a kernel is promised, and
the PC that it finds. The same kernels, and the bzImage, by QEMU's own option ROMs, under Slipway and SeaBIOS: what is told
is the same, but for intended_forms.txt, where each difference has its reason."""
import functools
import pathlib
import re

import pytest

import test_differential
import vm as qemu
from conftest import MIB, Tap, make_initrd, words_for
from test_differential import intended

FORMS = ["pvh", "multiboot"]
NATIVE_OFF = ["-fw_cfg", "name=opt/org.slipway/native,string=off"]
NO_DMA = ["-global", "fw_cfg.dma_enabled=off"]


def run(form, bios="slipway", machine="pc", memory="128", args=(), modules=(MIB,), append="", kernel=None):
    """modules: their sizes, PVH: one at most; behind the name of each but the first are words."""
    files = [make_initrd(size) for size in modules]
    initrd = ",".join(f"{file} words={n} of it" if n else str(file) for n, file in enumerate(files)) or None
    words = "services" if form == "multiboot" else ""
    result = qemu.run(60, bios=bios, machine=machine, memory=memory, args=args, initrd=initrd,
                      kernel=kernel or qemu.GUESTS / f"check-{form}.elf",
                      append=words_for(memory, args, initrd, f"{words} {append}".strip()))
    return Tap(result.serial), result


def passes(form, expected=(), **how):
    tap, result = run(form, **how)
    failed = [x for x in tap.failed if not any(e in x for e in expected)]
    assert not failed and tap.boots == 1, f"{failed}\n{result}"
    assert result.code == (qemu.EXIT_FAIL if tap.failed else qemu.EXIT_PASS), str(result)
    return tap, result


MACHINES = {
    "pc": {},
    "q35": {"machine": "q35"},
    "microvm": {"machine": "microvm"},
    "microvm-no-acpi": {"machine": "microvm,acpi=off", "append": "noacpi"},
    "isapc": {"machine": "isapc", "append": "noacpi"},
    "pc-486": {"args": ["-cpu", "486"]},
    "q35-5120": {"machine": "q35", "memory": "5120", "args": ["-smp", "2"]},
    "pc-port-fw_cfg": {"args": NO_DMA},
    "pc-no-module": {"modules": ()},
    "microvm-64-module-40m": {"machine": "microvm", "memory": "64", "modules": (40 * MIB,)},
    # A display, a card and a controller, which cost a PVH kernel nothing: it comes before their ROMs.
    "pc-devices": {"args": ["-vga", "std", "-device", "e1000", "-device", "piix3-usb-uhci"]},
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", MACHINES)
def test_all_that_a_kernel_is_promised(name, form):
    tap, result = passes(form, **MACHINES[name])
    assert re.search(rf"boot: kernel: {form}, \d+ bytes at 0x100000, ", result.log, re.I), str(result)
    assert tap.facts["form"] == [form], str(result)


@pytest.mark.parametrize("machine", ["pc", "microvm"])
def test_multiboot_modules_of_any_size_come_with_their_words(machine):
    sizes = (16, 4096, 123457, MIB)
    tap, result = passes("multiboot", machine=machine, modules=sizes)
    assert [int(x.split()[0], 16) for x in tap.facts["module"]] == list(sizes), str(result)
    texts = [x.partition(": ")[2] for x in tap.facts["text"] if x.startswith("a module's")]
    wanted = [f"{make_initrd(size)} words={n} of it" for n, size in enumerate(sizes)]
    assert texts == [str(make_initrd(16)), *wanted[1:]], str(result)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("how, fails", [
    ({"append": "ram=64"}, "RAM comes to 64 MiB"),
    ({"append": "noacpi"}, "there is no ACPI|there is no RSDP"),
    ({"append": "cpus=2"}, "the MADT has 2 processors|further processors start"),
    ({"modules": (), "append": "initrd"}, "modules"),
], ids=["ram", "acpi", "cpus", "modules"])
def test_the_judge_notices_what_is_wrong(form, how, fails):
    tap, result = run(form, **how)
    assert tap.failed and all(re.search(fails, x) for x in tap.failed) and result.code == qemu.EXIT_FAIL, str(result)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("where, fails", [(0x20000, "the kernel's checksum"), (-1, "the module's checksum")],
                         ids=["kernel", "module"])
def test_the_judge_notices_a_changed_byte(tmp_path, form, where, fails):
    def changed(source, at):
        data = bytearray(source.read_bytes())
        data[at] ^= 1
        (tmp_path / source.name).write_bytes(data)
        return tmp_path / source.name

    kernel, initrd = qemu.GUESTS / f"check-{form}.elf", make_initrd(MIB)
    if where < 0:
        initrd = changed(initrd, where)
    else:
        kernel = changed(kernel, where)
    result = qemu.run(60, memory="128", kernel=kernel, initrd=initrd, append="initrd")
    failed = Tap(result.serial).failed
    assert len(failed) == 1 and fails in failed[0] and result.code == qemu.EXIT_FAIL, str(result)


# --- the same by QEMU's option ROMs ------------------------------------------------------------------

DIFFERENTIAL = {"pc": {}, "q35": {"machine": "q35"}, "microvm": {"machine": "microvm"}, "pc-5120": {"memory": "5120"}}

# What pvh.bin does where it is answered more than by SeaBIOS: a row of INT 15h, AX=E820h of 24 bytes has 1 in its last
# word; and the initrd goes where QEMU says, 160 KiB below the end of RAM, which here is the services' already.
BY_PVH_ROM = ["a row's last word is 0", "a module is in RAM below 4 GiB"]


def rules():
    """Lines "form<tab>pattern<tab>reason"; form: one of them, or any."""
    found = []
    for line in (pathlib.Path(__file__).parent / "intended_forms.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            form, pattern, reason = line.split("\t")
            assert reason.strip(), f"no reason for {pattern}"
            found.append((form, re.compile(pattern)))
    return found


def facts(tap):
    """MP table: test_differential.py works out what must be there."""
    return {f"{word} {text}".replace(" roms", "") for word, texts in tap.facts.items() for text in texts
            if word != "mp"}


@functools.lru_cache(None)
def boots(name, form):
    """{loader: (tap, result)}, each of which has passed."""
    how = DIFFERENTIAL[name]
    if form == "bzimage":
        found = {"native": test_differential.boot("slipway", **how),
                 "roms": test_differential.boot("slipway", **{**how, "args": NATIVE_OFF})}
        for tap, result in found.values():
            assert not tap.failed, str(result)
        return found
    found = {"native": passes(form, **how)}
    expected = BY_PVH_ROM if form == "pvh" else ()
    found["roms"] = passes(form, **how, args=NATIVE_OFF, append="roms", expected=expected)
    found["seabios"] = passes(form, **how, bios="seabios", append="roms")
    for loader, rom in (("native", False), ("roms", True)):
        result = found[loader][1]
        assert bool(re.search(r"boot: genroms/(pvh|multiboot)\w*\.bin: ", result.log)) == rom, str(result)
    return found


@pytest.mark.parametrize("form", [*FORMS, "bzimage"])
@pytest.mark.parametrize("name", DIFFERENTIAL)
def test_kernels_are_told_the_same_by_qemus_roms(name, form):
    found = boots(name, form)
    ours = facts(found["native"][0])
    allowed = [r for f, r in rules() if f in (form, "any")]
    allowed += [re.compile(r.pattern.replace("slipway", "native")) for r in intended()]
    for loader in list(found)[1:]:
        theirs = facts(found[loader][0])
        only = [f"native: {x}" for x in sorted(ours - theirs)] + [f"{loader}: {x}" for x in sorted(theirs - ours)]
        left = [x for x in only if not any(r.fullmatch(x) for r in allowed)]
        assert not left, "\n".join(left) + f"\n{found[loader][1]}"

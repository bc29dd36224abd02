# SPDX-License-Identifier: BSD-2-Clause
"""The POST Memory Manager as an option ROM finds it, beside SeaBIOS's with the same ROM. What differs on purpose stands
in INTENDED."""
import sys

import pytest

import option_rom
import vm as qemu
from option_rom import ALIGN, ANONYMOUS, CONVENTIONAL, EITHER, EXTENDED, PERMANENT
from test_display import CARDS_OWN

sys.path.insert(0, str(qemu.ROOT / "tools"))
from bootlog_read import Qmp  # noqa: E402

MIB = 0x100000
END = {"slipway": "boot: halted", "seabios": "No bootable device"}

# An answer that differs from SeaBIOS's, and why.
INTENDED = {
    "a handle that is in use": "the specification refuses a second block; SeaBIOS gives one, and finds the one or the other",
    "a handle that is in use, elsewhere": "the same",
    "a length that wraps": "10000001h paragraphs are 4 GiB and 16 bytes: SeaBIOS gives 16 bytes",
    "a handle freed once": "the one block was freed; SeaBIOS finds its second one",
    "closed: allocate": "SeaBIOS gives memory after it has taken $PMM away",
}


def run(bios, rom, folder, memory="512", machine="pc", args=()):
    """(answers, what else was said, {address: what is there in the end}) of one boot without anything to boot."""
    (folder / "rom.bin").write_bytes(rom)
    where = ["-option-rom", folder / "rom.bin"]
    if bios == "slipway":
        where = ["-fw_cfg", f"name=vgaroms/pmm.bin,file={folder}/rom.bin"]
    with qemu.VM(bios=bios, machine=machine, memory=memory, qmp=True, args=[*where, *args]) as vm:
        vm.start()
        for text in ("end\n", "later ffffffff\n"):
            assert vm.wait_text(text, "serial", 30), vm.finish(0)
        assert vm.wait_text(END[bios], "log", 30), vm.finish(0)
        found, rest = option_rom.answers(vm.text("serial"))
        q = Qmp(str(vm.folder / "qmp"))
        dump = vm.folder / "dump"

        def memory_at(address, size):
            q.command("pmemsave", val=address, size=size, filename=str(dump))
            return dump.read_bytes()
        return found, rest, {a: memory_at(a, 4) for a in found if 0x10000 <= a < 0xfff00000}, memory_at(0xf0000, 0x10000)


def kind(value, bytes_):
    """Of an address that a firmware gave for so many bytes, or of a number, what both must agree on."""
    if value in (0, 1, 0xffffffff):
        return str(value)
    if value + bytes_ <= 0xa0000:
        return "below 640 KiB"
    return "firmware" if value < MIB else "extended"


def every_form():
    """(script, what each row is, bytes that are asked for, alignment)."""
    s, names, sizes = option_rom.Script(), [], []

    def add(name, slot, paragraphs=0, align=16):
        names.append(name)
        sizes.append((16 * paragraphs, align))
        return slot

    def get(name, paragraphs, handle, flags):
        align = 16 * (paragraphs & -paragraphs) if flags & ALIGN else 16
        return add(name, s.allocate(paragraphs, handle, flags), paragraphs, align)

    low = get("conventional", 0x100, 0x11111111, CONVENTIONAL)
    high = get("extended", 0x100, 0x22222222, EXTENDED)
    get("either", 0x100, 0x33333333, EITHER)
    get("a handle that is in use", 0x10, 0x11111111, CONVENTIONAL)
    get("a handle that is in use, elsewhere", 0x10, 0x11111111, EXTENDED)
    add("a handle found", s.find(0x22222222))
    add("a handle that nobody has", s.find(0x44444444))
    add("the handle of those without", s.find(ANONYMOUS))
    get("aligned, conventional", 0x30, ANONYMOUS, CONVENTIONAL | ALIGN)
    get("aligned, extended", 0x1000, ANONYMOUS, EXTENDED | ALIGN)
    get("aligned to the lowest bit", 0x1001, ANONYMOUS, EXTENDED | ALIGN)
    get("no kind of memory", 0x10, ANONYMOUS, 0)
    get("alignment alone", 0x10, ANONYMOUS, ALIGN)
    get("flags nobody knows", 0x10, ANONYMOUS, 0xfff0 | CONVENTIONAL)
    get("permanent, conventional", 0x20, ANONYMOUS, CONVENTIONAL | PERMANENT)
    get("permanent, extended", 0x20, ANONYMOUS, EXTENDED | PERMANENT)
    get("permanent, either", 0x20, ANONYMOUS, EITHER | PERMANENT)
    get("all there is and more", 0xffffffff, ANONYMOUS, EXTENDED)
    get("a length that wraps", 0x10000001, ANONYMOUS, EXTENDED)
    get("2 GiB", 0x7ffffff, ANONYMOUS, EITHER)
    get("handle 0", 1, 0, CONVENTIONAL)
    add("handle 0 is found", s.find(0))
    add("free", s.free_answer(low))
    add("free again", s.free_answer(low))
    add("a handle freed once", s.find(0x11111111))
    add("free extended", s.free_answer(high))
    add("its handle is free, too", s.find(0x22222222))
    for address in (0, 8, 0x100000, 0xffffffff):
        add(f"free {address:#x}", s.free(address))
    for function in (3, 4, 0x100, 0x8000, 0xffff):
        add(f"function {function:#x}", s.call(function))
    return s, names, sizes


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    s, names, sizes = every_form()
    folder = tmp_path_factory.mktemp("pmm")
    return names, sizes, {bios: run(bios, s.rom(), folder) for bios in END}


def test_answers_are_seabios_s(both):
    names, sizes, results = both
    told = {bios: [kind(v, n) for v, (n, _) in zip(r[0], sizes, strict=True)] for bios, r in results.items()}
    differ = {name for name, a, b in zip(names, told["slipway"], told["seabios"]) if a != b}
    assert differ == set(INTENDED) - {"closed: allocate"}


def test_addresses_keep_their_promise(both):
    names, sizes, results = both
    blocks = []
    for name, value, (size, align) in zip(names, results["slipway"][0], sizes):
        if size and value:
            assert value % align == 0, name
            blocks.append((value, value + size, name))
    blocks.sort()
    assert len(blocks) == 11
    for (_, end, name), (start, _, other) in zip(blocks, blocks[1:]):
        assert end <= start, f"{name} reaches into {other}"


def test_it_is_gone_when_something_is_booted(both):
    _, _, results = both
    lines = {bios: [line for line in r[1] if line.startswith("later ")] for bios, r in results.items()}
    assert lines["slipway"] == ["later 00000000", "later 00000000", "later 00000001", "later ffffffff"]
    assert lines["seabios"][0] != lines["slipway"][0] and lines["seabios"][1:] == lines["slipway"][1:]
    for _, rest, _, fseg in results.values():
        assert "gone" in rest and b"$PMM" not in fseg
    assert sum(results["slipway"][3]) & 0xff == 0


@pytest.mark.parametrize("bios", END)
@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_conventional_memory_is_zero_then_and_the_rest_stays(bios, machine, tmp_path):
    s = option_rom.Script()
    kinds = [CONVENTIONAL, EXTENDED, CONVENTIONAL | PERMANENT, EXTENDED | PERMANENT, CONVENTIONAL]
    slots = []
    for n, flags in enumerate(kinds):
        slots.append(s.allocate(0x20, 0x100 + n, flags))
        s.poke(slots[-1], 0x12345678)
        s.peek(slots[-1])
    s.free_answer(slots[-1])
    found, rest, memory, _ = run(bios, s.rom(), tmp_path, machine=machine)
    assert not any("changed" in line for line in rest)
    assert [found[slot + 2] for slot in slots] == [0x12345678] * 5
    left = [int.from_bytes(memory[found[slot]], "little") for slot in slots]
    assert left == [0, 0x12345678, 0x12345678, 0x12345678, 0]


@pytest.mark.parametrize("machine, memory", [("pc", "2"), ("pc", "4"), ("q35", "8"), ("pc", "16"), ("q35", "2048"), ("isapc", "16")])
def test_memory_of_all_sizes(machine, memory, tmp_path):
    """As seven network cards with iPXE ask for it, as far as there is memory."""
    s = option_rom.Script()
    slots = [s.allocate(786432 // 16, 0x1000, EXTENDED)]
    for nic in range(7):
        s.find(nic)
        slots.append(s.allocate(77824 // 16, nic, EXTENDED))
    free = s.allocate(0, ANONYMOUS, EXTENDED)
    low = s.allocate(0, ANONYMOUS, CONVENTIONAL)
    found, rest, _, _ = run("slipway", s.rom(), tmp_path, memory, machine)
    got = [found[slot] for slot in slots]
    assert all(got) == (int(memory) >= 4)
    assert found[free] < int(memory) * MIB
    assert found[low] >= 0x20000
    starts = sorted((a, 786432 if a == got[0] else 77824) for a in got if a)
    for (a, size), (b, _) in zip(starts, starts[1:]):
        assert a + size <= b
    assert all(MIB <= a < int(memory) * MIB for a, _ in starts)
    if int(memory) >= 512:
        assert all(a >= (int(memory) - 20) * MIB for a, _ in starts)


def test_seavgabios_gets_its_stack():
    """The first block of what the firmware has for ROMs that keep it, behind its variables (src/arch/layout.h)."""
    with qemu.VM(machine="pc", memory="128", qmp=True, args=["-device", "VGA", *CARDS_OWN]) as vm:
        vm.start()
        assert vm.wait_text("boot: halted", "log", 30), vm.finish(0)
        dump = vm.folder / "dump"
        Qmp(str(vm.folder / "qmp")).command("pmemsave", val=0xecc00, size=0x200, filename=str(dump))
        assert any(dump.read_bytes()), "nobody has used the stack"

# SPDX-License-Identifier: BSD-2-Clause
"""The checking guest under Debian's SeaBIOS and under Slipway, on the same command line: what it
finds must agree, but for intended_differences.txt, where each difference has its reason."""
import pathlib
import re

import pytest

import vm as qemu
from conftest import MIB, Tap, make_initrd, words_for
from test_protocol import NUMA, PORTS

MACHINES = {
    "pc": {},
    "q35": {"machine": "q35"},
    "microvm": {"machine": "microvm"},
    "pc-4-cpus": {"args": ["-smp", "4"]},
    "pc-5120": {"memory": "5120"},
    "q35-5120": {"machine": "q35", "memory": "5120"},
    "pc-numa": {"memory": "1024", "args": NUMA},
    "pc-2.0": {"machine": "pc-i440fx-2.0"},
    "pc-1.7": {"machine": "pc-i440fx-1.7"},
    "pc-devices": {"args": ["-vga", "std", "-device", "e1000", "-device", "vmgenid", "-device", "piix3-usb-uhci",
                            "-device", "pci-bridge,id=b1,chassis_nr=1", "-device", "virtio-rng-pci,bus=b1,addr=2",
                            "-device", "pci-testdev,membar=4G"]},
    "q35-root-ports": {"machine": "q35", "args": [*PORTS, "-device", "virtio-rng-pci,bus=rp1", "-device",
                                                  "pci-testdev,membar=1G,bus=rp3"]},
    "q35-smbios-64": {"machine": "q35,smbios-entry-point-type=64"},
}


def intended():
    """Lines "pattern<tab>reason"; a pattern stands for the whole fact."""
    rules = []
    for line in (pathlib.Path(__file__).parent / "intended_differences.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            pattern, _, reason = line.partition("\t")
            assert reason.strip(), f"no reason for {pattern}"
            rules.append(re.compile(pattern))
    return rules


def boot(bios, machine="pc", memory="256", args=()):
    result = qemu.run(timeout=60, bios=bios, machine=machine, memory=memory, args=args, initrd=make_initrd(MIB),
                      kernel=qemu.GUESTS / "check.bzImage", append=words_for(memory, args, True, "dump=all"))
    assert "1.." in result.serial, str(result)
    return Tap(result.serial), result


def facts(tap):
    return {f"{word} {text}" for word, texts in tap.facts.items() for text in texts}


# Where a table holds the address of another (or of memory that the firmware gave out): offset, size.
POINTERS = {"FACP": [(36, 8), (132, 16)]}


def neutral(name, data):
    """A table's bytes without its checksum and without addresses."""
    data = bytearray(data)
    if name != "FACS":
        data[9] = 0
    for offset, size in POINTERS.get(name, []):
        if offset < len(data):
            data[offset:offset + size] = bytes(min(size, len(data) - offset))
    if name in ("RSDT", "XSDT"):
        data[36:] = bytes(len(data) - 36)
    return bytes(data)


def differing(ours, theirs):
    return [n for n, (a, b) in enumerate(zip(ours, theirs)) if a != b]


def expected_mp(ours, theirs):
    """The MP table that Slipway must have beside SeaBIOS's on the same machine: what SeaBIOS has, with

    - a processor for each one of the MADT, where SeaBIOS has one of each package
    - every bus that has a function or lies behind a bridge, and the pins of its functions
    - every ISA interrupt that no PCI function shares, where SeaBIOS never has 5, 9, 10 and 11
    - PCI interrupts level and high, as the ACPI tables say, and on q35 at the pins of PIRQ A-H
    - the I/O APIC's version as its register says
    """
    def sources(facts):
        return {m[1]: int(m[2]) for m in (re.fullmatch(r"interrupt 0 PCI (.*) flags \w+ apic 0 pin (\d+)", x)
                                          for x in facts) if m}

    def irq(pin):
        return pin if pin < 16 else 11 if pin & 2 else 10

    mp, wanted, pins = ours.facts["mp"], [], sources(ours.facts["mp"])
    functions = [m for m in (re.match(r"(\w+):(\w+)\.\d .* header (\d) pin (\d)", x) for x in ours.facts["pci"]) if m]
    q35 = any(x.startswith("00:1f.0 8086:2918") for x in ours.facts["pci"])

    # PCI: sources from the functions themselves; where they arrive on bus 0 from SeaBIOS.
    assert set(pins) == {f"{m[1]}:{m[2]} pin {m[4]}" for m in functions if m[4] != "0"}
    irqs = sources(theirs.facts["mp"])
    assert set(irqs) == {x for x in pins if x.startswith("00:")}
    for source, pin in pins.items():
        assert irq(pin) == irqs.get(source, irq(pin)) and (pin in range(16, 24)) == q35, f"{source}: pin {pin}"
        wanted.append(f"interrupt 0 PCI {source} flags d apic 0 pin {pin}")
    shared = {irq(pin) for pin in pins.values()}
    wanted += [f"interrupt 0 ISA {n} flags 0 apic 0 pin {n or 2}" for n in range(16) if n != 2 and n not in shared]

    wanted += [f"bus {bus} PCI   " for bus in {m[1] for m in functions} | bridged(ours)]
    boot_processor = next(x for x in theirs.facts["mp"] if x.startswith("processor 0 "))
    assert ours.facts["madt"] == theirs.facts["madt"] and re.match(r".* flags 3 ", boot_processor)
    for n in range(int(re.fullmatch(r"cpus (\d+)", ours.facts["madt"][0])[1])):
        wanted.append(boot_processor if n == 0 else
                      boot_processor.replace("processor 0", f"processor {n}").replace("flags 3", "flags 1"))
    wanted += ["bus ISA", "ioapic 0 flags 1 at fec00000", "ioapic version 20",
               "local 3 ISA 0 flags 0 apic 0 pin 0", "local 1 ISA 0 flags 0 apic 255 pin 1"]

    # Nothing of SeaBIOS's is missing but what the list above names.
    left = {x for x in theirs.facts["mp"] if not re.match(r"interrupt 0 PCI|ioapic version 11$", x)} - set(wanted)
    assert not left, left
    return sorted(wanted)


def bridged(tap):
    """Numbers of the buses behind bridges."""
    return {f"{int(m[1]):02x}" for m in (re.fullmatch(r"# bridge .* buses \d+ (\d+) \d+", x) for x in tap.lines) if m}


@pytest.mark.parametrize("name", MACHINES)
def test_facts_agree_with_seabios(name):
    ours, result = boot("slipway", **MACHINES[name])
    theirs, _ = boot("seabios", **MACHINES[name])
    if name != "microvm":
        assert sorted(ours.facts["mp"]) == expected_mp(ours, theirs), str(result)
        ours.facts.pop("mp"), theirs.facts.pop("mp")
    rules = intended()
    only = [f"slipway: {x}" for x in sorted(facts(ours) - facts(theirs))]
    only += [f"seabios: {x}" for x in sorted(facts(theirs) - facts(ours))]
    left = [x for x in only if not any(r.fullmatch(x) for r in rules)]
    # The last rules are microvm's alone: there must be no way for pc to lose its tables by them.
    if name != "microvm":
        left += [x for x in only if re.search(r"(mp-table|pir) (yes|no)|smbios 2.x|: mp |: smbios type (?!0 |17 )", x)]
    assert not left, "\n".join(left) + f"\n{result}"


@pytest.mark.parametrize("name", MACHINES)
def test_acpi_bytes_agree_with_seabios(name):
    """DSDT and SSDT hold what the firmware chose as well: windows of the buses, which are compared
    as facts (every BAR is inside), and the address of the generation id. Those bytes may differ;
    the code around them may not."""
    ours, result = boot("slipway", **MACHINES[name])
    theirs, _ = boot("seabios", **MACHINES[name])
    a, b = ours.dumps(), theirs.dumps()
    # One table more, and one entry more for it, else the roots are alike.
    for root, entry in (("RSDT", 4), ("XSDT", 8)):
        if "FPDT" in a and root in a:
            a[root] = [x[:4] + (len(x) - entry).to_bytes(4, "little") + x[8:-entry] for x in a[root]]
    tables = {k for k in {**a, **b} if k not in ("SMBIOS", "FPDT")}
    wrong = []
    for table in sorted(tables):
        if [len(x) for x in a[table]] != [len(x) for x in b[table]]:
            wrong.append(f"{table}: sizes {[len(x) for x in a[table]]}, SeaBIOS {[len(x) for x in b[table]]}")
            continue
        for x, y in zip(a[table], b[table]):
            bytes_off = differing(neutral(table, x), neutral(table, y))
            if table in ("DSDT", "SSDT"):
                bytes_off = [n for n in bytes_off if not inside_resource(x, n)]
            if bytes_off:
                wrong.append(f"{table}: differs at {[hex(n) for n in bytes_off[:12]]}")
    assert not wrong, "\n".join(wrong) + f"\n{result}"


# Resource descriptors with addresses [ACPI 6.5, 6.4.3.5]: tag, and bytes from the tag to the end.
WINDOWS = {0x87: 26, 0x8a: 46, 0x88: 16}


def inside_resource(data, offset):
    """Is this byte within an address space descriptor, or in a name's DWORD that holds an address (VGIA)?"""
    for tag, size in WINDOWS.items():
        for start in range(max(0, offset - size + 1), offset + 1):
            if data[start] == tag and int.from_bytes(data[start + 1:start + 3], "little") == size - 3:
                return True
    for start in range(max(0, offset - 9), offset):
        if data[start] == 0x08 and data[start + 1:start + 5] in (b"VGIA", b"MEMA"):
            return True
    return False

#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What is protected and what is not when a kernel or a boot sector has the machine, seen from outside by qtest: the tables
of docs/security.md, which are what this finds, and the promises among them, which have to hold whatever the tables say.

  test_security.py --write    make the tables anew"""
import functools
import pathlib
import re
import struct
import sys
import tempfile

import pytest
from elftools.elf.elffile import ELFFile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import vm as qemu  # noqa: E402
from qtest import Qtest  # noqa: E402
from test_option_roms import option_roms, rogue  # noqa: E402

PAGE = qemu.ROOT / "docs/security.md"
MIB, GIB4 = 1 << 20, 1 << 32
F_SEGMENT, ROMS, FW_RAM, WINDOW = 0xf0000, 0xc0000, 0xe8000, 0xa0000
ROM32, ROM32_END = 0xfff80000, 0xfffe8000

DISKS = {"microvm": "virtio-blk-device"}
DISPLAYS = {"pc": "VGA", "q35": "VGA", "isapc": "isa-vga"}        # microvm has no place for one
MACHINES = ["pc", "q35", "microvm", "isapc"]
PAM = {"pc": 0x59, "q35": 0x90}     # seven shadow registers
BOOTS = ["kernel", "disk"]


def columns(machine):
    """(what is booted, with a display?)"""
    return [(boot, display) for boot in BOOTS for display in (False, True) if machine in DISPLAYS or not display]


def title(boot, display):
    return boot + (", display" if display else "")


# --- the machine ---------------------------------------------------------------------------------

def family(machine):
    for name, pattern in (("pc", r"pc(-i440fx.*)?"), ("q35", r"(pc-)?q35.*")):
        if re.fullmatch(pattern, machine):
            return name
    return machine


class Machine(qemu.VM):
    """Runs a kernel or a program behind a boot sector that reads and writes what it is told to (tests/guests/agent.S)."""

    MAILBOX, READ, WRITE, READY = 0x600, 1, 2, b"REDY"

    def __init__(self, folder, machine, boot, display):
        args = ["-device", DISPLAYS[family(machine)]] if display else []
        if boot == "disk":
            args += ["-drive", f"file={qemu.GUESTS}/agent.img,format=raw,if=none,snapshot=on,id=d", "-device",
                     f"{DISKS.get(machine, 'ide-hd')},drive=d"]
        if boot == "disk" and family(machine) in DISPLAYS:
            # A ROM of ours in place of QEMU's kvmvapic, whose pages QEMU makes writable.
            args += ["-global", "apic-common.vapic=off", *option_roms(rogue(folder, "done"))]
        super().__init__(machine=machine, memory="128", args=args,
                         kernel=qemu.GUESTS / "agent.bzImage" if boot == "kernel" else None)
        self.command += ["-qtest", f"unix:{self.folder}/qtest,server=on,wait=off", "-qtest-log", "/dev/null"]

    def __enter__(self):
        self.start()
        try:
            self.qtest = Qtest(self.folder / "qtest")
            self.wait(lambda: self.qtest.read(self.MAILBOX + 16, 4) == self.READY)
        except BaseException:
            self.__exit__()
            raise
        return self

    def wait(self, done):
        end = qemu.now() + 30
        while not done():
            assert self.process.poll() is None and qemu.now() < end, f"{self.text('stderr')}\n{self.text('log')}"
            qemu.sleep(0.01)

    def processor(self, command, address, data=bytes(4)):
        """Four bytes that a processor finds at address, once it has written data there if that is the command."""
        self.qtest.write(self.MAILBOX + 4, struct.pack("<I", address) + data)
        self.qtest.write(self.MAILBOX, struct.pack("<I", command))
        self.wait(lambda: self.qtest.read(self.MAILBOX, 4) == bytes(4))
        return self.qtest.read(self.MAILBOX + 12, 4)


@functools.lru_cache(None)
def symbols(file):
    with open(qemu.OUT / file, "rb") as f:
        return {s.name: s["st_value"] for s in ELFFile(f).get_section_by_name(".symtab").iter_symbols()}


# --- what is looked at: each takes a Seen, and gives a few words --------------------------------------

class Seen:
    """What the facts of one machine are made of."""

    def __init__(self, vm, machine, boot, display):
        self.vm, self.q, self.log = vm, vm.qtest, vm.text("log")
        self.machine, self.boot, self.display = family(machine), boot, display
        self.image = pathlib.Path(qemu.firmware("slipway")).read_bytes()

    def takes(self, address):
        """Does a processor's write there change what it reads? It is undone."""
        was = self.vm.processor(Machine.READ, address)
        is_now = self.vm.processor(Machine.WRITE, address, bytes(b ^ 0x5a for b in was))
        self.vm.processor(Machine.WRITE, address, was)
        return is_now != was

    def takes_from_device(self, address):
        """The same of what QEMU lets a device do, which is by another way."""
        was = self.q.read(address, 4)
        self.q.write(address, bytes(b ^ 0x5a for b in was))
        is_now = self.q.read(address, 4)
        self.q.write(address, was)
        return is_now != was

    def written(self, *addresses, takes=None):
        taken = {(takes or self.takes)(address) for address in addresses}
        assert len(taken) == 1, [(hex(a), (takes or self.takes)(a)) for a in addresses]
        return "written" if taken.pop() else "lost"

    def in_image(self, address, end):
        """Is what is read there the image file's, whose end is at 4 GiB and at 1 MiB?"""
        top = GIB4 if address > MIB else MIB
        at = len(self.image) - (top - address)
        return self.q.read(address, end - address) == self.image[at:at + end - address]


SMRAM = {"pc": 0x72, "q35": 0x9d}
OPEN, CLOSED, LOCKED = 0x40, 0x20, 0x10


def shadow(s):
    return " ".join(f"{s.q.config(0, PAM[s.machine] + n):02x}" for n in range(7)) if s.machine in PAM else "none"


def code(s):
    rt16 = symbols("rt16.elf")
    pieces = [(rt16["rt16_low_start"], rt16["rt16_low_end"])]
    if s.boot == "disk":        # but for the variables among it
        pieces += [(rt16["rt16_low_end"], rt16["rt16_pm_start"]), (rt16["rt16_pm_end"], rt16["rt16_services_end"])]
    return "the image's" if all(s.in_image(*piece) for piece in pieces) else "CHANGED"


def write_code(s):
    return s.written(F_SEGMENT, F_SEGMENT + 0x8000, 0xfe05c, MIB - 16)


def device_code(s):
    return s.written(F_SEGMENT, 0xfe05c, takes=s.takes_from_device)


def roms(s):
    return "one" if s.q.read(ROMS, 2) == b"\x55\xaa" else "none"


def write_roms(s):
    return s.written(ROMS + 0x100)


def firmware_ram(s):
    return s.written(FW_RAM + 4, 0xee7e0)


def canary(secret, key):
    def value(k):
        x = (secret ^ k) * 0x9e3779b1 & 0xffffffff
        return x ^ x >> 16
    return struct.pack("<II", value(key), value(~key & 0xffffffff))


def canaries(s):
    names = symbols("bios.elf")
    ebda = struct.unpack("<H", s.q.read(0x40e, 2))[0] << 4
    secret, = struct.unpack("<I", s.q.read(names["canary_secret"], 4))
    high = [at for at in struct.unpack("<II", s.q.read(names["high"], 8)) if at]
    places = [(at, at) for at in (0xe8010, 0xecbf8, 0xee7d8, *high)] + [(ebda + at, at) for at in (0x08, 0x30)]
    good = [s.q.read(at, 8) == canary(secret, key) for at, key in places]
    if s.boot == "kernel" and secret == 0:
        return "none"
    return f"{sum(good)} of {len(good)} in place"


def image(s):
    """Without shadow registers its last 64 KiB are the F segment, with what is made there."""
    whole = s.in_image(GIB4 - 0x10000, GIB4) or s.machine not in PAM
    return "the file's" if whole and s.in_image(ROM32, ROM32_END) else "CHANGED"


def write_image(s):
    return s.written(ROM32 + 0x1000, GIB4 - 0x8000)


def smram(s):
    if s.machine not in SMRAM:
        return "none"
    value = s.q.config(0, SMRAM[s.machine])
    words = ["open" if value & OPEN else "closed"] + (["locked"] if value & LOCKED else [])
    return f"{value:02x}, {', '.join(words)}"


def esmramc(s):
    return f"{s.q.config(0, 0x9e):02x}" if s.machine == "q35" else "none"


def window(s):
    """What a processor outside of SMM has at A0000. Where a display decodes it, memory below is another."""
    if not s.takes(WINDOW):
        return "nothing"
    return "the display" if s.display else "RAM"


def reopen_smram(s):
    if s.machine not in SMRAM:
        return "no SMRAM"
    register = SMRAM[s.machine]
    value = s.q.config(0, register)
    s.q.config_write(0, register, value & ~CLOSED & ~LOCKED | OPEN)
    opened, taken = s.q.config(0, register) & OPEN, s.takes(WINDOW)
    s.q.config_write(0, register, value)
    return "refused" if not opened else "possible" if taken else "possible, and nothing is there"


def smi(s):
    """Is the request by port B2h enabled, and as a whole? On pc the device has one bit for it."""
    if s.machine == "pc":
        return "on" if s.q.config(1, 0x5b, 3) & 0x02 else "off"         # bit 25 of DEVACTB, 58h
    if s.machine != "q35":
        return "none"
    enabled = s.q.inl(0x630)
    return ("on" if enabled & 0x21 == 0x21 else "off") + (", locked" if s.q.config(31, 0xa0) & 0x10 else ", not locked")


def reopen_shadow(s):
    if s.machine not in PAM:
        return "always open"
    was = s.q.config(0, PAM[s.machine])
    s.q.config_write(0, PAM[s.machine], 0x30)
    opened = s.takes(F_SEGMENT)
    s.q.config_write(0, PAM[s.machine], was)
    return "possible" if opened else "refused"


FACTS = {
    "F segment: code": code,
    "F segment: a processor's write": write_code,
    "F segment: a device's write": device_code,
    "option ROMs at C0000": roms,
    "C0000: a processor's write": write_roms,
    "shadow registers PAM0 to PAM6": shadow,
    "shadow: opening it again": reopen_shadow,
    "E8000: a processor's write": firmware_ram,
    "canaries": canaries,
    "image below 4 GiB": image,
    "image below 4 GiB: a processor's write": write_image,
    "SMRAM control": smram,
    "ESMRAMC": esmramc,
    "SMRAM: opening it again": reopen_smram,
    "A0000 outside of SMM": window,
    "SMI by port B2h": smi,
}

# Fact, machines, boots: what has to be found. A table cannot be made that says otherwise.
SHADOWED, ANY = ["pc", "q35"], MACHINES
PROMISES = [
    ("F segment: code", ANY, BOOTS, "the image's"),
    ("image below 4 GiB", ANY, BOOTS, "the file's"),
    ("F segment: a processor's write", SHADOWED, BOOTS, "lost"),
    ("C0000: a processor's write", SHADOWED, BOOTS, "lost"),
    ("image below 4 GiB: a processor's write", SHADOWED, BOOTS, "lost"),
    ("SMRAM control", ["q35"], BOOTS, r"[0-9a-f]{2}, closed, locked"),
    ("SMRAM: opening it again", ["q35"], BOOTS, "refused"),
    ("SMRAM control", ["pc"], BOOTS, r"[0-9a-f]{2}, closed"),
    ("canaries", ANY, ["disk"], r"(\d) of \1 in place"),
    ("SMI by port B2h", ANY, ["kernel"], r"off.*|none"),
]


def find(machine, boot, display):
    """{fact: words}; promises are kept."""
    with tempfile.TemporaryDirectory() as folder, Machine(pathlib.Path(folder), machine, boot, display) as vm:
        seen = Seen(vm, machine, boot, display)
        found = {name: look(seen) for name, look in FACTS.items()}
    assert "guard: " not in seen.log, seen.log
    broken = broken_promises(family(machine), boot, found)
    assert not broken, f"{machine}, {title(boot, display)}: {broken}"
    return found


def broken_promises(machine, boot, found):
    return [(fact, wanted, found[fact]) for fact, machines, boots, wanted in PROMISES
            if machine in machines and boot in boots and not re.fullmatch(wanted, found[fact])]


# --- the page -----------------------------------------------------------------------------------

def table(machine, found):
    """Lines of Markdown. found: {(boot, display): facts}"""
    heads = [title(*column) for column in found]
    lines = [f"| {machine} | " + " | ".join(heads) + " |", "|---" * (len(heads) + 1) + "|"]
    return lines + [f"| {fact} | " + " | ".join(facts[fact] for facts in found.values()) + " |" for fact in FACTS]


def committed():
    """{(machine, boot, display): facts} of the page's tables."""
    found, machine, heads = {}, None, []
    for line in PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if not cells:
            machine = None
        elif cells[0] in MACHINES:
            machine = cells[0]
            heads = [(head.split(",")[0], head.endswith(", display")) for head in cells[1:]]
        elif machine and cells[0] in FACTS:
            for (boot, display), words in zip(heads, cells[1:]):
                found.setdefault((machine, boot, display), {})[cells[0]] = words
    return found


def write_page():
    text = PAGE.read_text()
    for machine in MACHINES:
        lines = table(machine, {column: find(machine, *column) for column in columns(machine)})
        pattern = re.compile(rf"^<!-- {machine} -->\n(?:\|.*\n)*", re.MULTILINE)
        assert pattern.search(text), f"{PAGE} has no place for {machine}"
        text = pattern.sub(lambda m: f"<!-- {machine} -->\n" + "\n".join(lines) + "\n", text)
    PAGE.write_text(text)


COLUMNS = [(machine, *column) for machine in MACHINES for column in columns(machine)]


@pytest.mark.parametrize("machine, boot, display", COLUMNS, ids=lambda x: {True: "display", False: "none"}.get(x, x))
def test_the_page_says_what_is_found(machine, boot, display):
    assert committed().get((machine, boot, display)) == find(machine, boot, display)


def versions(name):
    """The oldest and two others of the versioned types of this QEMU."""
    types = [m for m in qemu.machines() if re.fullmatch(rf"pc-{name}-[2-9]\d*\.\d+(\.\d+)?", m)]
    types.sort(key=lambda m: [int(n) for n in re.findall(r"\d+", m.rpartition("-")[2])])
    return sorted({types[0], types[len(types) // 2], types[-1]}) if types else []


@pytest.mark.parametrize("name", ["i440fx", "q35"])
@pytest.mark.parametrize("boot", BOOTS)
def test_older_and_newer_types_are_as_their_family(name, boot):
    wanted = committed()[family(f"pc-{name}-2.0"), boot, False]
    for machine in versions(name):
        assert find(machine, boot, False) == wanted, machine


def test_a_broken_promise_is_seen():
    good = dict(committed()["q35", "disk", True])
    assert broken_promises("q35", "disk", good) == []
    for fact, words in (("F segment: code", "CHANGED"), ("F segment: a processor's write", "written"), ("C0000: a processor's write", "written"),
                        ("SMRAM control", "42, open"), ("SMRAM control", "02, closed"), ("canaries", "6 of 7 in place"),
                        ("SMRAM: opening it again", "possible"), ("image below 4 GiB: a processor's write", "written")):
        assert [b[0] for b in broken_promises("q35", "disk", {**good, fact: words})] == [fact]


def test_every_table_has_every_fact():
    found = committed()
    assert set(found) == set(COLUMNS) and all(set(facts) == set(FACTS) for facts in found.values())


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit(__doc__)
    write_page()

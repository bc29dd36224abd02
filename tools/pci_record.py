#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Record the PCI functions of a QEMU command line, as they are after a reset.

    tools/pci_record.py -M q35 -device pcie-root-port,id=rp > tests/data/pci/root_port.txt

The processor never starts and the test protocol asks instead, so no firmware touches the devices. The
result is text that tests/fake/pci_record.c turns into a model:

    chipset i440fx
    extra-roots 0
    function 3 root 0 01.1          number, root bus (or "behind" and a bridge's number), slot.fn
    config 00 86801070...           up to 32 bytes from this offset, lines of zeros left out
    mask 20 fffffff0                register and the bits of it that can be written
"""

import re
import subprocess
import sys

QEMU = "qemu-system-x86_64"
CHIPSETS = {0x12378086: "i440fx", 0x29C08086: "q35"}
BARS = {0: [0x10, 0x14, 0x18, 0x1C, 0x20, 0x24, 0x30], 1: [0x10, 0x14, 0x38]}
WINDOWS = [0x1C, 0x20, 0x24, 0x28, 0x2C, 0x30]


class Machine:
    """Configuration space of a stopped QEMU, by mechanism #1 over the qtest protocol."""

    def __init__(self, args):
        self.qemu = subprocess.Popen(
            [QEMU, "-display", "none", "-monitor", "none", "-serial", "none", "-S",
             "-qtest", "stdio", "-qtest-log", "none", *args],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def command(self, text):
        self.qemu.stdin.write(text + "\n")
        while True:
            line = self.qemu.stdout.readline()
            if not line:
                sys.exit("pci_record: QEMU ended; see its message above")
            if line.startswith("OK"):
                return int(line.split()[1], 0) if " " in line else 0
            if line.startswith(("FAIL", "ERR")):
                sys.exit(f"pci_record: {text}: {line.strip()}")

    def read(self, bdf, reg):
        self.command(f"outl 0xcf8 {0x80000000 | bdf << 8 | reg:#x}")
        return self.command("inl 0xcfc")

    def write(self, bdf, reg, value):
        self.command(f"outl 0xcf8 {0x80000000 | bdf << 8 | reg:#x}")
        self.command(f"outl 0xcfc {value:#x}")

    def mask(self, bdf, reg):
        """Bits that can be written; the register is left as it was."""
        before = self.read(bdf, reg)
        self.write(bdf, reg, 0xFFFFFFFF)
        ones = self.read(bdf, reg)
        self.write(bdf, reg, 0)
        zeros = self.read(bdf, reg)
        self.write(bdf, reg, before)
        return ones & ~zeros

    def close(self):
        self.qemu.kill()
        self.qemu.wait()


class Recorder:
    def __init__(self, machine):
        self.machine = machine
        self.count = 0
        self.next_bus = 1
        self.lines = []

    def function(self, bdf, place):
        read = self.machine.read
        header = read(bdf, 0x0C) >> 16 & 0xFF
        number = self.count
        self.count += 1
        self.lines.append(f"function {number} {place} {bdf >> 3 & 31:02x}.{bdf & 7}")
        config = b"".join(read(bdf, reg).to_bytes(4, "little") for reg in range(0, 0x100, 4))
        for at in range(0, 0x100, 32):
            if any(config[at:at + 32]):
                self.lines.append(f"config {at:02x} {config[at:at + 32].hex()}")
        if bdf:
            for reg in sorted(BARS[header & 1] + (WINDOWS if header & 1 else [])):
                mask = self.machine.mask(bdf, reg)
                if mask:
                    self.lines.append(f"mask {reg:02x} {mask:08x}")
        if header & 0x7F == 1:
            secondary = self.next_bus
            self.next_bus += 1
            self.machine.write(bdf, 0x18, 0xFF0000 | secondary << 8 | bdf >> 8)
            self.bus(secondary, f"behind {number}")
            self.machine.write(bdf, 0x18, self.next_bus - 1 << 16 | secondary << 8 | bdf >> 8)

    def bus(self, bus, place):
        for slot in range(32):
            functions = 1
            fn = 0
            while fn < functions:
                bdf = bus << 8 | slot << 3 | fn
                if self.machine.read(bdf, 0) not in (0xFFFFFFFF, 0):
                    if fn == 0 and self.machine.read(bdf, 0x0C) >> 23 & 1:
                        functions = 8
                    self.function(bdf, place)
                fn += 1


def main():
    args = sys.argv[1:]
    if not args:
        sys.exit(__doc__)
    version = subprocess.run([QEMU, "--version"], stdout=subprocess.PIPE, text=True,
                             check=True).stdout.split()[3]
    expanders = sum(re.match(r"pxb(-pcie|-cxl)?(,|$)", arg) is not None for arg in args)
    machine = Machine(args)
    try:
        recorder = Recorder(machine)
        chipset = CHIPSETS[machine.read(0, 0)]
        roots = [bus for bus in range(1, 256) if any(
            machine.read(bus << 8 | slot << 3, 0) not in (0xFFFFFFFF, 0) for slot in range(32))
                 ] if expanders else []
        recorder.bus(0, "root 0")
        for root in roots:
            if root < recorder.next_bus:
                sys.exit(f"pci_record: root bus {root} is taken by a bridge")
            recorder.next_bus = root + 1
            recorder.bus(root, f"root {root:x}")
    finally:
        machine.close()
    print(f"# QEMU {version}: {' '.join(args)}")
    print(f"chipset {chipset}\nextra-roots {expanders}")
    print("\n".join(recorder.lines))


if __name__ == "__main__":
    main()

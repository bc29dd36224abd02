# SPDX-License-Identifier: BSD-2-Clause
"""QEMU's qtest beside a guest that runs (or stands): memory, ports and PCI configuration as a processor outside of SMM sees
them. QEMU has it with any accelerator: -qtest unix:PATH,server=on,wait=off."""
import socket

import vm as qemu

CONFIG_INDEX, CONFIG_DATA = 0xcf8, 0xcfc


class Qtest:
    def __init__(self, path, timeout=10):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        end = qemu.now() + timeout
        while True:
            try:
                self.socket.connect(str(path))
                break
            except OSError:
                assert qemu.now() < end, f"{path}: no QEMU listens there"
                qemu.sleep(0.02)
        self.file = self.socket.makefile("rw")

    def command(self, *words):
        """The words of the answer behind OK."""
        self.file.write(" ".join(map(str, words)) + "\n")
        self.file.flush()
        while True:
            answer = self.file.readline().split()
            assert answer, "QEMU ended"
            if answer[0] == "IRQ":
                continue
            assert answer[0] == "OK", (words, answer)
            return answer[1:]

    def read(self, address, size):
        return bytes.fromhex(self.command("read", hex(address), size)[0][2:])

    def write(self, address, data):
        self.command("write", hex(address), len(data), f"0x{data.hex()}")

    def inb(self, port):
        return int(self.command("inb", hex(port))[0], 0)

    def inl(self, port):
        return int(self.command("inl", hex(port))[0], 0)

    def outl(self, port, value):
        self.command("outl", hex(port), hex(value))

    def outb(self, port, value):
        self.command("outb", hex(port), hex(value))

    def config(self, device, register, function=0):
        """A byte of bus 0."""
        self.outl(CONFIG_INDEX, 1 << 31 | device << 11 | function << 8 | register & ~3)
        return self.inb(CONFIG_DATA + register % 4)

    def config_write(self, device, register, value, function=0):
        self.outl(CONFIG_INDEX, 1 << 31 | device << 11 | function << 8 | register & ~3)
        self.outb(CONFIG_DATA + register % 4, value)

# SPDX-License-Identifier: BSD-2-Clause
"""QEMU's debugger stub, as far as a test needs it: stop one processor at an address, let one step alone, read and
write registers and memory. Spec: GDB manual, appendix E (remote serial protocol). QEMU numbers its threads by
processor, from 1."""
import contextlib
import socket

import vm as qemu

RCX, RIP = 2, 16  # numbers of registers, in the order of the 'g' packet of x86-64


def arguments(folder):
    """For QEMU's command line. The machine then waits for the first command."""
    return ["-chardev", f"socket,id=gdb,path={folder}/gdb,server=on,wait=off", "-gdb", "chardev:gdb", "-S"]


class Gdb:
    def __init__(self, folder, timeout=30):
        end = qemu.now() + 10
        while True:
            self.socket = socket.socket(socket.AF_UNIX)
            try:
                self.socket.connect(str(folder / "gdb"))
                break
            except OSError:
                self.socket.close()
                if qemu.now() > end:
                    raise
                qemu.sleep(0.01)
        self.socket.settimeout(timeout)
        self.bytes = self.socket.makefile("rb")
        self.command("qSupported")
        self.command("qXfer:features:read:target.xml:0,ffb")  # without, QEMU has no single registers

    def byte(self):
        byte = self.bytes.read(1)
        if not byte:
            raise EOFError("QEMU has closed its debugger socket")
        return byte

    def packet(self):
        while self.byte() != b"$":
            pass
        text = b""
        while (byte := self.byte()) != b"#":
            text += byte
        self.byte(), self.byte()  # a checksum
        self.socket.sendall(b"+")
        if text[:1] == b"W":
            raise EOFError("QEMU has ended")
        return text.decode("latin-1")

    def send(self, text):
        self.socket.sendall(f"${text}#{sum(text.encode()) & 255:02x}".encode())

    def command(self, text):
        """The answer. Raises EOFError or OSError when QEMU has ended, as all that follows."""
        self.send(text)
        return self.packet()

    def ask(self, text):
        answer = self.command(text)
        assert answer == "OK", f"{text}: {answer}"

    def breakpoint(self, address):
        self.ask(f"Z1,{address:x},1")

    def no_breakpoint(self, address):
        self.ask(f"z1,{address:x},1")

    def stopped(self, answer):
        """The processor that a stop is about, from 1."""
        assert answer.startswith("T"), answer
        return int(answer.partition("thread:")[2].partition(";")[0].rpartition(".")[2], 16)

    def run(self):
        """All processors, until one meets a breakpoint; that one."""
        return self.stopped(self.command("vCont;c"))

    def step(self, processor):
        """One instruction of one processor, not a jump to itself; the others stand still. What QEMU calls a step
        may also be no more than a look at the interrupt controller."""
        before = self.pc(processor)
        for _ in range(10):
            assert self.stopped(self.command(f"vCont;s:{processor:x}")) == processor
            if self.pc(processor) != before:
                return
        raise AssertionError(f"processor {processor} does not leave {before:x}")

    def go(self):
        """All processors, for good."""
        self.send("vCont;c")

    def register(self, processor, number):
        self.ask(f"Hg{processor:x}")
        return int.from_bytes(bytes.fromhex(self.command(f"p{number:x}")), "little")

    def pc(self, processor):
        """EIP, that is, without the base of CS."""
        return self.register(processor, RIP)

    def set_pc(self, processor, value):
        self.ask(f"Hg{processor:x}")
        self.ask(f"P{RIP:x}={value.to_bytes(8, 'little').hex()}")

    def read(self, address, size):
        """Of memory, as the processor of the last register sees it."""
        return bytes.fromhex(self.command(f"m{address:x},{size:x}"))

    def write(self, address, data):
        """To memory, as the processor of the last register sees it."""
        self.ask(f"M{address:x},{len(data):x}:{data.hex()}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self.bytes.close()
        self.socket.close()

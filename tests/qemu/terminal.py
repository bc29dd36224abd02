# SPDX-License-Identifier: BSD-2-Clause
"""A terminal on a guest's serial port: what it shows, as xterm would, and keys. The control sequences that firmware and
boot loaders send are known; any other is kept in `unknown`."""
import codecs
import re
import socket
import threading
from time import monotonic as now, sleep

import vm as qemu

ROWS, COLUMNS = 25, 80
GREY = 0x07
SWAP = [0, 4, 2, 6, 1, 5, 3, 7]     # red and blue are the other way round on a PC
SEQUENCE = re.compile(r"\[([?>=]?)([0-9;]*)([@-~])")


class Screen:
    """Cells are (character, attribute as a PC has it)."""

    def __init__(self, reader=None):
        self.cells = [[(" ", GREY)] * COLUMNS for _ in range(ROWS)]
        self.row = self.column = 0
        self.attribute, self.wrap, self.wraps, self.last = GREY, False, True, ""
        self.unknown, self.decoder = [], codecs.getincrementaldecoder("utf-8")(errors="replace")
        self.sequence = None

    def blank(self):
        return (" ", self.attribute & 0x70 | GREY)

    def feed(self):
        if self.row < ROWS - 1:
            self.row += 1
        else:
            self.cells = self.cells[1:] + [[self.blank()] * COLUMNS]

    def erase(self, row, first, end):
        self.cells[row][first:end] = [self.blank()] * (end - first)

    def select(self, numbers):
        for number in numbers:
            if number == 0:
                self.attribute = GREY
            elif number == 1:
                self.attribute |= 0x08
            elif number == 5:
                self.attribute |= 0x80
            elif number == 7:
                self.attribute = self.attribute & 0x88 | self.attribute >> 4 & 7 | (self.attribute & 7) << 4
            elif 30 <= number < 38:
                self.attribute = self.attribute & 0xf8 | SWAP[number - 30]
            elif 40 <= number < 48:
                self.attribute = self.attribute & 0x8f | SWAP[number - 40] << 4
            else:
                self.unknown.append(f"SGR {number}")

    def control(self, private, numbers, letter):
        n = [int(x) if x else 0 for x in numbers.split(";")]
        if private:
            if numbers == "7":
                self.wraps = letter == "h"
            return
        if letter == "H":
            n += [1]
            self.row, self.column, self.wrap = min(max(n[0], 1), ROWS) - 1, min(max(n[1], 1), COLUMNS) - 1, False
        elif letter == "J":
            if n[0] == 0:
                self.erase(self.row, self.column, COLUMNS)
            for row in range(0 if n[0] == 2 else self.row + 1, ROWS):
                self.erase(row, 0, COLUMNS)
        elif letter == "K" and n[0] == 0:
            self.erase(self.row, self.column, COLUMNS)
        elif letter == "m":
            self.select(n)
        else:
            self.unknown.append(f"{numbers}{letter}")

    def show(self, character):
        if self.wrap:
            self.column, self.wrap = 0, False
            self.feed()
        self.cells[self.row][self.column] = (character, self.attribute)
        if self.column < COLUMNS - 1:
            self.column += 1
        else:
            self.wrap = self.wraps

    def in_sequence(self, character):
        self.sequence += character
        if self.sequence == "c":
            self.__init__()
        elif self.sequence[0] == "[":
            if len(self.sequence) == 1 or not "@" <= character <= "~":
                return
            found = SEQUENCE.fullmatch(self.sequence)
            if found:
                self.control(*found.groups())
            else:
                self.unknown.append(self.sequence)
        elif self.sequence in "()%":
            return
        self.sequence = None

    def take(self, data):
        for character in self.decoder.decode(data):
            if self.sequence is not None:
                self.in_sequence(character)
            elif character == "\x1b":
                self.sequence = ""
            elif character == "\r":
                self.column, self.wrap = 0, False
            elif character == "\n":
                self.feed()
            elif character == "\b":
                self.column, self.wrap = max(self.column - 1, 0), False
            elif character >= " ":
                self.show(character)

    def lines(self):
        return ["".join(character for character, _ in row).rstrip() for row in self.cells]

    def text(self):
        return "\n".join(self.lines())


class Terminal:
    """A machine with a terminal. how: as for vm.VM. Use as a context manager."""

    def __init__(self, port_args=("-serial", "chardev:ser"), **how):
        self.vm = qemu.VM(**how)
        self.path = self.vm.folder / "terminal"
        at = self.vm.command.index(f"file,id=ser,path={self.vm.folder}/serial")
        self.vm.command[at] = f"socket,id=ser,path={self.path},server=on,wait=on"
        at = self.vm.command.index("chardev:ser")
        self.vm.command[at - 1:at + 1] = port_args
        self.screen, self.bytes, self.lock = Screen(), b"", threading.Lock()
        self.reads = threading.Event()      # cleared: nobody reads what comes
        self.reads.set()

    def __enter__(self):
        self.vm.start()
        self.socket = socket.socket(socket.AF_UNIX)
        end = now() + 10
        while True:
            try:
                self.socket.connect(str(self.path))
                break
            except OSError:
                assert now() < end and self.vm.process.poll() is None, self.vm.finish(0)
                sleep(0.01)
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.vm.__exit__()
        self.reads.set()
        self.thread.join(10)
        self.socket.close()

    def read(self):
        while True:
            self.reads.wait()
            try:
                data = self.socket.recv(4096)
            except OSError:
                return
            if not data:
                return
            with self.lock:
                self.bytes += data
                self.screen.take(data)

    def send(self, data):
        self.socket.sendall(data)

    def lines(self):
        with self.lock:
            return self.screen.lines()

    def cells(self):
        with self.lock:
            return [list(row) for row in self.screen.cells]

    def wait(self, what, timeout=30):
        """Until the text is on the screen, or the function is true of the lines."""
        end = now() + timeout
        good = what if callable(what) else lambda lines: any(what in line for line in lines)
        while not good(self.lines()):
            ended = self.vm.process.poll() is not None
            if ended or now() > end:
                sleep(0.1)
                if good(self.lines()):
                    return
                raise AssertionError(f"{what}\n{self.said()}")
            sleep(0.02)

    def said(self):
        return "\n".join(self.lines()) + f"\n{self.bytes[-3000:]}\n{self.vm.text('log')}\n{self.vm.text('stderr')}"

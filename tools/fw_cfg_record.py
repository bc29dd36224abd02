#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""List or save the fw_cfg items that QEMU makes for a command line.

QEMU is started paused and driven over qtest: no firmware runs, so what firmware programs (PCI
addresses, MMCONFIG) is missing from the ACPI tables. Items are read by DMA into guest memory.

    tools/fw_cfg_record.py -- -M q35 -m 128
    tools/fw_cfg_record.py --save out etc/table-loader etc/acpi/tables etc/acpi/rsdp -- -M pc
"""
import argparse
import base64
import pathlib
import struct
import subprocess
import sys

DESCRIPTOR = 0x1000         # guest-physical addresses of the DMA descriptor and the buffer
BUFFER = 0x100000
CHUNK = 0x100000            # bytes for each transfer
SELECT, READ, ERROR = 8, 2, 1
FILE_DIR = 0x19


class Recorder:
    """A paused QEMU and its qtest connection."""

    def __init__(self, qemu, args):
        cmd = [qemu, "-accel", "tcg", "-display", "none", "-nodefaults", "-S", "-qtest", "stdio",
               "-qtest-log", "none"] + args
        self.qemu = subprocess.Popen(cmd, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def close(self):
        self.qemu.stdin.close()
        self.qemu.terminate()
        self.qemu.wait()

    def command(self, line):
        self.qemu.stdin.write(line + "\n")
        self.qemu.stdin.flush()
        while True:
            answer = self.qemu.stdout.readline()
            if not answer:
                raise RuntimeError(f"QEMU has ended (exit {self.qemu.wait()})")
            if answer.startswith("OK"):
                return answer[2:].strip()
            if not answer.startswith("IRQ"):
                raise RuntimeError(f"qtest: {line[:60]}: {answer.strip()}")

    def read(self, key, size):
        """size bytes of an item."""
        data, control = b"", key << 16 | SELECT | READ
        while True:
            part = min(size - len(data), CHUNK)
            descriptor = struct.pack(">IIQ", control, part, BUFFER)
            self.command(f"write {DESCRIPTOR:#x} 16 0x{descriptor.hex()}")
            self.command(f"outl 0x514 0")
            self.command(f"outl 0x518 {struct.unpack('<I', struct.pack('>I', DESCRIPTOR))[0]:#x}")
            status = int(self.command(f"read {DESCRIPTOR:#x} 4"), 16)
            if status:
                raise RuntimeError(f"fw_cfg: key {key:#x}: DMA status {status:#x}")
            if part:
                data += base64.b64decode(self.command(f"b64read {BUFFER:#x} {part:#x}"))
            if len(data) == size:
                return data
            control = READ

    def directory(self):
        """{name: (key, size)}"""
        count = struct.unpack(">I", self.read(FILE_DIR, 4))[0]
        raw = self.read(FILE_DIR, 4 + 64 * count)
        files = {}
        for i in range(count):
            size, key, _, name = struct.unpack_from(">IHH56s", raw, 4 + 64 * i)
            files[name.split(b"\0")[0].decode()] = (key, size)
        return files


def main():
    p = argparse.ArgumentParser(description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--qemu", default="qemu-system-x86_64", help="the QEMU program")
    p.add_argument("--save", metavar="DIR", help="write the named items (or all) there, '/' as '+'")
    p.add_argument("item", nargs="*", help="names of files, or numbers of keys with :size")
    argv = sys.argv[1:]
    split = argv.index("--") if "--" in argv else len(argv)
    args = p.parse_args(argv[:split])
    recorder = Recorder(args.qemu, argv[split + 1:])
    try:
        files = recorder.directory()
        if "etc/table-loader" in files:     # the first select builds the tables: sizes may change
            recorder.read(files["etc/table-loader"][0], 0)
            files = recorder.directory()
        for name in args.item or files:
            if name in files:
                key, size = files[name]
            elif ":" in name:
                key, size = (int(x, 0) for x in name.split(":"))
            else:
                sys.exit(f"{name}: no such file")
            print(f"{key:#06x} {size:10} {name}")
            if args.save:
                where = pathlib.Path(args.save)
                where.mkdir(parents=True, exist_ok=True)
                (where / name.replace("/", "+")).write_bytes(recorder.read(key, size))
    finally:
        recorder.close()


if __name__ == "__main__":
    main()

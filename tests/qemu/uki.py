# SPDX-License-Identifier: BSD-2-Clause
"""Unified Kernel Images: made with objcopy of systemd's stub, and their section tables changed."""
import pathlib
import struct
import subprocess
import tempfile

import vm

STUB = ["/usr/lib/systemd/boot/efi/linuxx64.efi.stub"]
OSREL = 'NAME="Debian GNU/Linux"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n'
FIRST, STEP = 0x40000, 0x1000       # addresses, of which only EFI makes use: behind the stub's own, and apart


def make(target, sections):
    """A UKI of {name: bytes}, in that order. Raises vm.Absent where there is no stub."""
    stub = vm.first_file(STUB, "systemd-boot-efi")
    with tempfile.TemporaryDirectory() as folder:
        args, at = [], FIRST
        for n, (name, data) in enumerate(sections.items()):
            file = pathlib.Path(folder) / str(n)
            file.write_bytes(data)
            args += ["--add-section", f"{name}={file}", "--change-section-vma", f"{name}={at:#x}"]
            at = (at + len(data) + STEP - 1) // STEP * STEP
        subprocess.run(["objcopy", *args, stub, str(target)], check=True)
    return target


def rows(data):
    """{name: where its row of the section table is}; of two the first."""
    at = struct.unpack_from("<I", data, 0x3c)[0]
    count, = struct.unpack_from("<H", data, at + 6)
    table = at + 24 + struct.unpack_from("<H", data, at + 20)[0]
    found = {}
    for row in range(table, table + 40 * count, 40):
        found.setdefault(bytes(data[row:row + 8]).rstrip(b"\0").decode("latin-1"), row)
    return found


VIRTUAL_SIZE, RAW_SIZE, RAW_AT = 8, 16, 20     # of a row, le32 each


def field(data, name, offset):
    return struct.unpack_from("<I", data, rows(data)[name] + offset)[0]


def set_field(data, name, offset, value):
    struct.pack_into("<I", data, rows(data)[name] + offset, value & 0xffffffff)


def contents(data, name):
    """A section's bytes."""
    at = field(data, name, RAW_AT)
    return bytes(data[at:at + min(field(data, name, VIRTUAL_SIZE), field(data, name, RAW_SIZE))])

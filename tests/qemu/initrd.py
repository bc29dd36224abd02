# SPDX-License-Identifier: BSD-2-Clause
"""An initrd that the checking guest can tell from any other: it knows its own size and checksum."""
import os
import struct
import tempfile
import zlib

import vm


def make_initrd(size):
    """The file of an initrd of so many bytes; kept, since the large ones take a second."""
    folder = vm.OUT / "initrd"
    file = folder / f"{size}"
    if file.exists() and file.stat().st_size == size:
        return file
    folder.mkdir(parents=True, exist_ok=True)
    page = bytes((i * 73 + (i >> 8) * 29 + 11) & 255 for i in range(4092))
    body = b"".join(struct.pack("<I", n * 2654435761 & 0xffffffff) + page for n in range(size // 4096 + 1))[:size - 16]
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as f:
        f.write(b"SLINITRD" + struct.pack("<II", size, zlib.adler32(body)) + body)
    os.replace(f.name, file)
    return file

# SPDX-License-Identifier: BSD-2-Clause
"""What -kernel takes besides a bzImage, and what QEMU hangs behind one."""
import re
import struct

import pytest

from conftest import boot_check
from test_protocol import refused

MULTIBOOT = struct.pack("<III", 0x1BADB002, 0, -0x1BADB002 & 0xFFFFFFFF)
PVH_NOTE = struct.pack("<III4sI", 4, 4, 18, b"Xen\0", 0x100000)     # XEN_ELFNOTE_PHYS32_ENTRY
HALT = b"\xf4\xeb\xfd"


def elf(code, note=b""):
    """A 32-bit ELF file of one segment at 1 MiB, and a note segment if there is a note."""
    segments = 2 if note else 1
    start = 52 + 32 * segments
    total = start + len(note) + len(code)
    head = struct.pack("<16sHHIIIIIHHHHHH", b"\x7fELF\1\1\1", 2, 3, 1, 0x100000 + total - len(code), 52, 0, 0, 52, 32,
                       segments, 0, 0, 0)
    head += struct.pack("<8I", 1, 0, 0x100000, 0x100000, total, total, 5, 4)
    if note:
        head += struct.pack("<8I", 4, start, 0x100000 + start, 0x100000 + start, len(note), len(note), 4, 4)
    return head + note + code


@pytest.mark.parametrize("machine", ["pc", "microvm"])
@pytest.mark.parametrize("form, image", [
    ("PVH", elf(HALT, PVH_NOTE)),
    ("multiboot", elf(MULTIBOOT + HALT)),
], ids=["PVH", "multiboot"])
def test_what_cannot_be_started_yet_is_named(tmp_path, machine, form, image):
    kernel = tmp_path / "kernel"
    kernel.write_bytes(image)
    refused(rf"boot: kernel: .*{form}.*only bzImage", machine=machine, kernel=kernel)


@pytest.mark.parametrize("machine", ["pc", "q35", "microvm"])
@pytest.mark.parametrize("size", [1000, 70000])
def test_a_device_tree_moves_out_of_the_kernels_way(tmp_path, machine, size):
    dtb = tmp_path / "dtb"
    dtb.write_bytes(bytes(i * 7 & 255 for i in range(size)))
    _, result = boot_check(machine=machine, args=["-dtb", dtb])
    node = re.search(rf"# setup_data (\w+) type 2, {size} bytes", result.serial)
    assert node, str(result)
    # the small one lies with the command line, the large one high
    assert (int(node[1], 16) < 0x30000) == (size < 4096), str(result)

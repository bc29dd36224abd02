# SPDX-License-Identifier: BSD-2-Clause
"""What -kernel takes besides a bzImage, and what QEMU hangs behind one."""
import re
import struct

import pytest

from conftest import boot_check
import vm as qemu

MULTIBOOT = struct.pack("<III", 0x1BADB002, 0, -0x1BADB002 & 0xFFFFFFFF)
PHYS32_ENTRY = 18       # XEN_ELFNOTE_PHYS32_ENTRY
DONE = b"\xb0\x10\xe6\xf4\xf4\xeb\xfd"     # ends QEMU with 33


def elf(code, header=b"", pvh=False):
    """A 32-bit ELF file of one segment at 1 MiB that begins with code behind a header; pvh: a note says so too."""
    segments = 2 if pvh else 1
    start = 52 + 32 * segments
    total = start + (20 if pvh else 0) + len(header) + len(code)
    entry = 0x100000 + total - len(code)
    note = struct.pack("<III4sI", 4, 4, PHYS32_ENTRY, b"Xen\0", entry) if pvh else b""
    head = struct.pack("<16sHHIIIIIHHHHHH", b"\x7fELF\1\1\1", 2, 3, 1, entry, 52, 0, 0, 52, 32, segments, 0, 0, 0)
    head += struct.pack("<8I", 1, 0, 0x100000, 0x100000, total, total, 5, 4)
    if note:
        head += struct.pack("<8I", 4, start, 0x100000 + start, 0x100000 + start, len(note), len(note), 4, 4)
    return head + note + header + code


@pytest.mark.parametrize("machine", ["pc", "microvm"])
@pytest.mark.parametrize("form, image", [
    ("PVH", elf(DONE, pvh=True)),
    ("multiboot", elf(DONE, MULTIBOOT)),
], ids=["PVH", "multiboot"])
def test_what_is_not_launched_natively_is_named_and_left_to_qemus_rom(tmp_path, machine, form, image):
    kernel = tmp_path / "kernel"
    kernel.write_bytes(image)
    result = qemu.run(machine=machine, kernel=kernel, timeout=20)
    assert re.search(rf"boot: kernel: .*{form}.*only bzImage", result.log), result
    assert re.search(rf"boot: genroms/{form.lower()}(_dma)?.bin: ", result.log) and result.code == 33, result


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

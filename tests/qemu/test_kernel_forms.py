# SPDX-License-Identifier: BSD-2-Clause
"""What -kernel takes besides a bzImage, and what QEMU hangs behind one."""
import re

import pytest

from conftest import boot_check
from elf import DONE, MULTIBOOT, elf
import vm as qemu

MACHINES = ["pc", "q35", "microvm", "microvm,x-option-roms=off", "isapc"]


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("form, header", [("PVH", b""), ("multiboot", MULTIBOOT)], ids=["PVH", "multiboot"])
def test_other_forms_are_launched_natively(tmp_path, machine, form, header):
    kernel = tmp_path / "kernel"
    kernel.write_bytes(elf(DONE, header, pvh=form == "PVH"))
    result = qemu.run(machine=machine, kernel=kernel, timeout=20)
    assert re.search(rf"boot: kernel: {form}, \d+ bytes at 0x100000, entry 0x1000", result.log), result
    assert f"genroms/{form.lower()}" not in result.log and result.code == 33, result


@pytest.mark.parametrize("form, header", [("PVH", b""), ("multiboot", MULTIBOOT)], ids=["PVH", "multiboot"])
def test_a_user_may_have_qemus_rom_start_them(tmp_path, form, header):
    kernel = tmp_path / "kernel"
    kernel.write_bytes(elf(DONE, header, pvh=form == "PVH"))
    result = qemu.run(kernel=kernel, timeout=20, args=["-fw_cfg", "name=opt/org.slipway/native,string=off"])
    assert re.search(rf"rom: genroms/{form.lower()}(_dma)?.bin: ", result.log) and result.code == 33, result


# Where a segment may not be, on pc with 128 MiB; multiboot: of an image that QEMU has not loaded yet.
@pytest.mark.parametrize("form, base, why", [
    ("PVH", 0x8000, "below 0x10000 is where POST has its own"),
    ("PVH", 0x8ff00, "POST had used memory from 0x8ff00"),
    ("PVH", 0x9fbf0, "0x9fc00 is not RAM"),
    ("multiboot", 0x9540, "over the multiboot information"),
    ("multiboot", 0x9fbf0, "0x9fc00 is not RAM"),
    ("multiboot", 0x7fffff0, "is not RAM"),
])
def test_what_cannot_be_served_is_refused_and_the_next_is_booted(tmp_path, form, base, why):
    kernel, disk = tmp_path / "kernel", tmp_path / "disk"
    kernel.write_bytes(elf(DONE, MULTIBOOT if form == "multiboot" else b"", form == "PVH", base))
    disk.write_bytes(DONE.ljust(510, b"\0") + b"\x55\xaa" + bytes(1 << 20))
    result = qemu.run(memory="128", kernel=kernel, timeout=20, args=["-drive", f"file={disk},format=raw,if=virtio"])
    assert re.search(rf"boot: kernel: .*{form}.* 0x[0-9a-f]+ to 0x[0-9a-f]+.*{why}.*; not started", result.log) or \
        re.search(rf"boot: kernel: {form}.*{why}.*; not started", result.log), result
    assert result.code == 33 and "boot: tried" not in result.log, result


@pytest.mark.parametrize("length", [4095, 4096])
def test_a_pvh_kernels_command_line_has_4095_characters(tmp_path, length):
    kernel = tmp_path / "kernel"
    kernel.write_bytes(elf(DONE, pvh=True))
    result = qemu.run(kernel=kernel, append="x" * length, timeout=20)
    if length == 4095:
        assert result.code == 33, result
    else:
        assert "command line: 4096 characters, a PVH kernel is given 4095 at most; not started" in result.log, result


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

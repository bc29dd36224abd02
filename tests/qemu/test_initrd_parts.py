# SPDX-License-Identifier: BSD-2-Clause
"""An initrd joined from -initrd and files of fw_cfg: in order, with zeros between, below and above 4 GiB."""
import hashlib
import os
import re
import struct
import zlib

import pytest

import debian
import measure
import vm as qemu
from conftest import boot_check, patched

CHECK = qemu.GUESTS / "check.bzImage"
MIB = 1 << 20
GIB = 1 << 30
NAMES = ["ucode", *range(16)]


def part(folder, name, data):
    """Arguments for one part; data: bytes, or a file."""
    if isinstance(data, bytes):
        file = folder / f"part-{name}"
        file.write_bytes(data)
        data = file
    return ["-fw_cfg", f"name=opt/org.slipway/initrd.{name},file={data}"]


def joined(pieces):
    """An initrd as the checking guest knows one (initrd.py), of pieces with zeros to a multiple of 16 between them."""
    data = bytearray()
    for piece in pieces:
        data += bytes(-len(data) % 16) + piece
    struct.pack_into("<8sII", data, 0, b"SLINITRD", len(data), zlib.adler32(data[16:]))
    return bytes(data)


def cut(whole, sizes):
    """The pieces of it again."""
    pieces, at = [], 0
    for size in sizes:
        at += -at % 16
        pieces.append(whole[at:at + size])
        at += size
    assert at == len(whole)
    return pieces


def some(sizes):
    return cut(joined([bytes((n * 31 + i * 7 + 1) & 255 for i in range(size)) for n, size in enumerate(sizes)]), sizes)


def check(folder, names, sizes, args=(), **how):
    """The guest finds one initrd of these, in this order; the name None is QEMU's own."""
    own = None
    words = [*args]
    for name, piece in zip(names, some(sizes)):
        if name is None:
            own = folder / "own"
            own.write_bytes(piece)
        else:
            words += part(folder, name, piece)
    _, result = boot_check(args=words, initrd=own, **how)
    size = len(joined(some(sizes)))
    assert re.search(rf"boot: kernel: .*initrd: {size} bytes at 0x", result.log), result
    return result


@pytest.mark.parametrize("machine", ["pc", "q35", "microvm"])
def test_parts_come_in_their_order(machine, tmp_path):
    """Microcode first, then QEMU's, then by their numbers, in whatever order they are given."""
    check(tmp_path, ["ucode", None, 0, 2, 15], [100, 70_001, 3, 4096, 33], machine=machine)


def test_every_rest_of_16_is_filled(tmp_path):
    check(tmp_path, [None, *range(16)], [1000 + n for n in range(17)])


def test_there_need_not_be_one_of_qemus(tmp_path):
    for names in (["ucode"], [7], ["ucode", 3]):
        check(tmp_path, names, [5000] * len(names))


def test_an_empty_part_is_none(tmp_path):
    check(tmp_path, [None, 1], [5000, 77], args=part(tmp_path, 0, b""))


def test_by_port(tmp_path):
    qemu.need_port(["-global", qemu.NO_DMA])
    check(tmp_path, ["ucode", None, 0, 1], [100, 5001, 3, 40], args=["-global", qemu.NO_DMA])


def test_the_order_on_the_command_line_does_not_matter(tmp_path):
    pieces = some([100, 200, 300])
    args = [w for name, piece in reversed(list(zip([0, 10, 9], [pieces[0], pieces[2], pieces[1]]))) for w in part(tmp_path, name, piece)]
    boot_check(args=args, initrd=None)


def test_the_digest_is_that_of_all(tmp_path):
    whole = joined(some([100, 70_001]))
    args = [*part(tmp_path, 0, some([100, 70_001])[1]),
            "-fw_cfg", f"name=opt/org.slipway/sha256-initrd,string={hashlib.sha256(whole).hexdigest()}"]
    own = tmp_path / "own"
    own.write_bytes(some([100, 70_001])[0])
    _, result = boot_check(args=args, initrd=own)
    assert f"boot: initrd: SHA-256 of {len(whole)} bytes is as given" in result.log


def refused(*says, **how):
    how.setdefault("kernel", CHECK)
    how.setdefault("memory", "128")
    how["args"] = ["-boot", "reboot-timeout=1", *how.get("args", [])]
    result = qemu.run(timeout=60, **how)
    assert result.code == 0 and all(s in result.log for s in says) and "TAP" not in result.serial, result
    return result


@pytest.mark.parametrize("name", ["16", "01", "1x", "", "-1", "ucode2", "99", "1:"])
def test_a_name_that_no_part_has_is_refused(name, tmp_path):
    refused(f"boot: initrd: opt/org.slipway/initrd.{name}: parts are opt/org.slipway/initrd.0 to 15", "not started",
            args=part(tmp_path, name, b"x"))


def sparse(folder, name, size, *at):
    """A file of zeros with these (offset, bytes) in it."""
    file = folder / name
    with open(file, "wb") as f:
        for offset, data in at:
            f.seek(offset)
            f.write(data)
        f.truncate(size)
    return file


def test_what_fits_nowhere_is_refused_before_the_kernel_is_loaded(tmp_path):
    """By the next entry of the boot order, which needs the memory."""
    result = refused("boot: initrd: 0x8000000 bytes have no room in one piece below 0x", "not started",
                     args=part(tmp_path, 0, sparse(tmp_path, "big", 128 * MIB)))
    assert "has taken memory" not in result.log, result


def above(tmp_path, flags, args=()):
    """A GiB of RAM below 4 GiB, and more above; flags: the kernel's xloadflags, bit 1 allows an initrd there."""
    return dict(memory="3072", kernel=patched(CHECK, tmp_path / "kernel", {0x236: (2, flags)}), args=["-M", "max-ram-below-4g=1G", *args,
                                                    *part(tmp_path, 0, sparse(tmp_path, "big", GIB))])


def test_a_kernel_that_takes_none_above_is_refused(tmp_path):
    refused("boot: initrd: 0x40000000 bytes have no room in one piece below 0x3", "and above this kernel takes none; not",
            **above(tmp_path, 1))


def test_by_port_none_goes_above(tmp_path):
    qemu.need_port(["-global", qemu.NO_DMA])
    refused("boot: initrd: 0x40000000 bytes have no room in one piece below 0x3", "and above only DMA reaches, which is off; not",
            **above(tmp_path, 3, args=["-global", qemu.NO_DMA]))


def test_above_4_gib_a_digest_is_refused(tmp_path):
    refused("and above no SHA-256 is made, which is asked for; not started",
            **above(tmp_path, 3, args=["-fw_cfg", f"name=opt/org.slipway/sha256-initrd,string={'0' * 64}"]))


def test_each_part_costs_one_access():
    class Parts(measure.Path):
        def __init__(self, parts):
            super().__init__(f"pc-parts-{parts}", ["-M", "pc", "-nodefaults"], None, None, None, None, initrd=MIB)
            self.parts = parts
            self.runs = 4       # the least of them: a wait that polls may ask twice

        def payload(self, folder):
            file = sparse(folder, "one", 4097)
            return [*super().payload(folder), *(w for n in range(self.parts) for w in part(folder, n, file))]

    cost = [measure.measure(Parts(n)).accesses for n in (1, 2, 8)]
    assert cost[1] == cost[0] + 1 and cost[2] == cost[0] + 7, cost


def archive(folder, name, size):
    """A file of so many bytes with a cpio archive: an entry that cannot be unpacked, since its folder is not there, which costs no
    memory; behind it a small one that can; and zeros."""
    small = debian.cpio([(f"part-{name}", 0o100644, f"{name} is here\n".encode())])
    if size < MIB:
        return sparse(folder, f"part-{name}", size, (0, small))
    path = b"absent/entry\0"
    fields = [1, 0o100644, 0, 0, 1, 0, (size - 2048) & ~3, 0, 0, 0, 0, len(path), 0]
    head = b"070701" + b"".join(b"%08X" % f for f in fields) + path
    head += bytes(-len(head) % 4)
    return sparse(folder, f"part-{name}", size, (0, head), (len(head) + fields[6], small))


def boot_debian(machine, memory, folder, sizes):
    words = ["-icount", "shift=3,sleep=off"]
    for name, size in sizes.items():
        words += part(folder, name, archive(folder, name, size))
    result = qemu.run(machine=machine, memory=memory, args=words, kernel=debian.kernel(), initrd=debian.initramfs(), timeout=180,
                      append="console=ttyS0 panic=-1 reboot=t show=parts")
    found = debian.sections(result.serial)
    assert "end" in found, result
    for name in sizes:
        assert f"{name}: {name} is here" in found["parts"], result
    return result, int(re.search(r"ramdisk: \[mem 0x([0-9a-f]+)-", "\n".join(found["parts"]))[1], 16)


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_a_kernel_unpacks_all_parts(machine, tmp_path):
    """Some of them of a size that is no multiple of 4."""
    _, at = boot_debian(machine, "512", tmp_path, {"ucode": 4096, 0: 5001, 1: MIB + 2, 15: 777})
    assert at < 512 * MIB


def test_3_gib_above_4_gib(tmp_path):
    """In a guest of 6 GiB, of which 2 are below, where smaller parts go."""
    if os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") < 14 * GIB:
        pytest.skip("this takes 10 GiB of the host's memory")
    own = debian.initramfs().stat().st_size
    _, at = boot_debian("q35", "6144", tmp_path, {0: 100 * MIB, 1: 1000})
    assert at < 2 * GIB
    result, at = boot_debian("q35", "6144", tmp_path, {0: GIB, 1: GIB + 3, 2: GIB - own})
    assert at >= 4 * GIB and re.search(r"initrd: 322122\d{4} bytes at 0x1", result.log), result

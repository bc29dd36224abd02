# SPDX-License-Identifier: BSD-2-Clause
"""Unified Kernel Images given with -kernel: our checking guest and Debian's kernel in systemd's stub, what stands in the file and what
is given beside it; files that lie."""
import hashlib
import os
import re
import shutil
import struct
import subprocess

import pytest

import debian
import uki
import vm as qemu
from conftest import MIB, Tap, make_initrd
from elf import DONE

CHECK = qemu.GUESTS / "check.bzImage"
NAME = "boot: kernel: UKI: Debian GNU/Linux 12 (bookworm): .linux has "


def line(memory="128", initrd=True):
    """What the guest is told to expect."""
    return f"ram={memory} {'initrd' if initrd else 'noinitrd'}"


def sections(**changed):
    """As ukify has them: {name: bytes}; None: not there."""
    all_ = {"osrel": uki.OSREL.encode(), "cmdline": line().encode() + b"\0", "initrd": make_initrd(MIB).read_bytes(),
            "linux": CHECK.read_bytes()} | changed
    return {f".{name}": data for name, data in all_.items() if data is not None}


@pytest.fixture
def image(tmp_path):
    """image(linux=..., ...): a UKI with some sections others than usual."""
    return lambda **changed: uki.make(tmp_path / "uki", sections(**changed))


def boot(kernel, machine="pc", args=(), timeout=60, **how):
    """The checking guest starts, and all that it checks holds."""
    result = qemu.run(machine=machine, memory="128", args=args, kernel=kernel, timeout=timeout, **how)
    tap = Tap(result.serial)
    assert not tap.failed and tap.boots == 1 and tap.facts["entry"] == ["32"], result
    assert result.code == qemu.EXIT_PASS, result
    return tap, result


@pytest.mark.parametrize("machine", ["pc", "q35", "microvm"])
def test_a_uki_is_started(machine, image):
    _, result = boot(image(), machine)
    said, = re.findall(r"boot: kernel: UKI: .*", result.log)
    assert said.startswith(f"{NAME}{CHECK.stat().st_size} bytes at 0x"), result
    assert f".initrd {MIB} at 0x" in said and f".ucode 0, .cmdline {len(line())}" in said, result
    # No word of a kernel that is none.
    assert not re.search(r"setup header|natively|not started", result.log), result


def test_a_uki_comes_by_port(image):
    args = ["-global", qemu.NO_DMA]
    qemu.need_port(args)
    boot(image(), args=args, timeout=240)
    boot(image(initrd=None, cmdline=line(initrd=False).encode()), "microvm", args=args, timeout=240)


def test_a_kernel_alone_is_started(image):
    """The line as it is in the file may lack its NUL; without a section it is empty."""
    boot(image(osrel=None, initrd=None, cmdline=line(initrd=False).encode()))
    _, result = boot(image(osrel=None, initrd=None, cmdline=None))
    assert "UKI: no name in .osrel: .linux has" in result.log, result


@pytest.mark.parametrize("how", ["dma", "port"])
def test_files_come_beside_its_sections(how, image, tmp_path):
    """In the order that docs/runtime-config.md has: one initrd, of which each is a part."""
    whole, cuts = make_initrd(MIB).read_bytes(), [0, 48, 4096, 4112, 70_000 // 16 * 16, MIB]
    ucode, own_ucode, initrd, first, last = (whole[a:b] for a, b in zip(cuts, cuts[1:]))
    args = ["-global", qemu.NO_DMA] if how == "port" else []
    qemu.need_port(args)
    for name, data in (("1", last), ("ucode", ucode), ("0", first)):
        file = tmp_path / f"part-{name}"
        file.write_bytes(data)
        args += ["-fw_cfg", f"name=opt/org.slipway/initrd.{name},file={file}"]
    boot(image(initrd=initrd, ucode=own_ucode), args=args, timeout=240)


@pytest.mark.parametrize("at", [16, 4096, MIB // 2])
def test_microcode_goes_first_and_the_initrd_follows(at, image):
    """Of one that knows its own sum the first part is here the microcode, wherever it stands in the file."""
    whole = make_initrd(MIB).read_bytes()
    boot(image(initrd=whole[at:], ucode=whole[:at]))
    boot(uki.make(image().parent / "other", {".ucode": whole[:at], **sections(initrd=whole[at:])}))


def test_a_line_that_is_given_replaces_the_files(image):
    wrong = "ram=1 noinitrd"
    kernel = image(cmdline=wrong.encode())
    boot(kernel, append=line())
    kernel = image()
    result = qemu.run(machine="pc", memory="128", kernel=kernel, append=wrong, timeout=60)
    assert result.code == qemu.EXIT_FAIL, result       # it was asked to find what is not there


def test_text_is_added_to_the_files_line(image):
    """The last of two words counts."""
    args = ["-fw_cfg", f"name=opt/org.slipway/append,string={line()}"]
    boot(image(cmdline=b"ram=1"), args=args)
    boot(image(cmdline=b"ram=1\0"), args=args)
    boot(image(cmdline=None), args=args)
    boot(image(cmdline=b"nonsense"), args=args, append="ram=1")


def test_a_line_that_is_too_long_is_refused(image):
    """The checking guest takes 2,047 characters."""
    result = qemu.run(memory="128", kernel=image(cmdline=b"x" * 2048), args=["-boot", "reboot-timeout=1"], timeout=60)
    assert "command line: 2048 characters, the kernel takes 2047; not started" in result.log, result
    boot(image(cmdline=line().encode().ljust(2047)))


def test_digests_are_of_what_is_started(image):
    kernel = CHECK.read_bytes()
    parts = {"kernel": kernel[512 * ((kernel[0x1f1] or 4) + 1):], "initrd": make_initrd(MIB).read_bytes(), "cmdline": line().encode()}
    args = [a for name, data in parts.items()
            for a in ("-fw_cfg", f"name=opt/org.slipway/sha256-{name},string={hashlib.sha256(data).hexdigest()}")]
    _, result = boot(image(), args=args)
    assert len(re.findall(r"SHA-256 of \d+ bytes is as given", result.log)) == 3, result
    result = qemu.run(memory="128", kernel=image(initrd=b"other"), args=[*args, "-boot", "reboot-timeout=1"], timeout=60)
    assert "SHA-256 of 5 bytes is" in result.log and "TAP" not in result.serial, result


def lie(name, offset, value):
    return lambda data: uki.set_field(data, name, offset, value)


def rename(name, new):
    def change(data):
        row = uki.rows(data)[name]
        data[row:row + 8] = new.encode().ljust(8, b"\0")
    return change


def over(name, other):
    """It begins with the last byte of another."""
    return lambda data: uki.set_field(data, name, uki.RAW_AT, uki.field(data, other, uki.RAW_AT) + uki.field(data, other, uki.VIRTUAL_SIZE) - 1)


def pe_field(offset, text, value):
    return lambda data: struct.pack_into(text, data, struct.unpack_from("<I", data, 0x3c)[0] + offset, value)


def longer(name):
    """So long that it ends behind the file, by one byte."""
    def change(data):
        size = len(data) - uki.field(data, name, uki.RAW_AT) + 1
        uki.set_field(data, name, uki.VIRTUAL_SIZE, size)
        uki.set_field(data, name, uki.RAW_SIZE, size)
    return change


LIES = {
    "far": (lie(".linux", uki.RAW_AT, 0xfffffff0), r"UKI: \.linux: 0x\w+ bytes at 0xfffffff0, the file has 0x\w+"),
    "behind": (lie(".initrd", uki.RAW_AT, 0x7fffffff), r"UKI: \.initrd: 0x\w+ bytes at 0x7fffffff, the file has 0x\w+"),
    "longer": (longer(".linux"), r"UKI: \.linux: 0x\w+ bytes at 0x\w+, the file has 0x\w+"),
    "over": (over(".osrel", ".linux"), r"UKI: \.osrel: 0x\w+ bytes at 0x\w+, over the \.linux: 0x\w+ at 0x\w+"),
    "headers": (lie(".cmdline", uki.RAW_AT, 0x10), r"UKI: \.cmdline: 0x\w+ bytes at 0x10, over the headers: 0x40 at 0x0"),
    "table": (lambda data: uki.set_field(data, ".cmdline", uki.RAW_AT, uki.rows(data)[".cmdline"]), r"UKI: \.cmdline: .* over the headers"),
    "twice": (rename(".initrd", ".linux"), r"UKI: \.linux is there twice, at 0x\w+ and 0x\w+"),
    "no-kernel": (rename(".linux", ".lunix"), r"a PE file without a section \.linux: an EFI program, and no UKI"),
    "tiny": (lie(".linux", uki.VIRTUAL_SIZE, 100), r"UKI: \.linux: 100 bytes, a bzImage has more than 656"),
    "arm": (pe_field(4, "<H", 0xaa64), r"a PE file for machine 0xaa64, this is 0x8664"),
    "many": (pe_field(6, "<H", 0xffff), r"a PE file with a header of 0x\w+ bytes at 0x\w+ and 65535 sections"),
    "no-pe": (pe_field(0, "<I", 0), r"has neither a PE nor a setup header; not started"),
    "nowhere": (lambda data: struct.pack_into("<I", data, 0x3c, 0xfffffff8), r"has neither a PE nor a setup header; not started"),
}


@pytest.mark.parametrize("name", LIES)
def test_a_file_that_lies_is_refused_and_the_next_is_booted(name, image, tmp_path):
    change, why = LIES[name]
    kernel, disk = image(), tmp_path / "disk"
    data = bytearray(kernel.read_bytes())
    change(data)
    kernel.write_bytes(data)
    disk.write_bytes(DONE.ljust(510, b"\0") + b"\x55\xaa" + bytes(1 << 20))
    result = qemu.run(memory="128", kernel=kernel, timeout=30, args=["-drive", f"file={disk},format=raw,if=virtio"])
    assert re.search(why, result.log), result
    assert result.code == 33 and "TAP" not in result.serial, result


INSIDE = {
    "no-header": (0x202, 0, r"\.linux"),
    "setup-sectors": (0x1f1, 0xff, r"setup part"),
    "protocol": (0x206, 5, r"protocol 2\.05"),
    "zimage": (0x211, 0, r"zImage"),
}


@pytest.mark.parametrize("name", INSIDE)
def test_a_kernel_inside_that_lies_is_refused_and_the_next_is_booted(name, image, tmp_path):
    at, value, why = INSIDE[name]
    linux, disk = bytearray(CHECK.read_bytes()), tmp_path / "disk"
    linux[at] = value
    disk.write_bytes(DONE.ljust(510, b"\0") + b"\x55\xaa" + bytes(1 << 20))
    result = qemu.run(memory="128", kernel=image(linux=bytes(linux)), timeout=30, args=["-drive", f"file={disk},format=raw,if=virtio"])
    assert re.search(f"boot: kernel: .*{why}", result.log), result
    assert result.code == 33 and "TAP" not in result.serial, result


def has_whole_file():
    """QEMU gives etc/boot/kernel by itself, and refuses another of that name."""
    return qemu.version() >= (10, 0)


@pytest.mark.parametrize("other", ["same", "shorter", "another"])
def test_the_single_item_is_read_where_it_is_the_same_file(other, image, tmp_path):
    """As QEMU 10 has it; with others the two parts are taken. Which it was is told by the command line."""
    if has_whole_file():
        pytest.skip("this QEMU has a file etc/boot/kernel of its own, as which all UKIs here are started")
    good = image().read_bytes()
    bad = good.replace(line().encode(), line().encode().replace(b"ram=128", b"ram=064"))
    assert bad != good
    kernel, whole = tmp_path / "kernel", tmp_path / "whole"
    kernel.write_bytes(bad if other == "same" else good)
    whole.write_bytes({"same": good, "shorter": bad[:-512], "another": b"MZ" + b"x" + bad[3:]}[other])
    _, result = boot(kernel, args=["-fw_cfg", f"name=etc/boot/kernel,file={whole}"])
    told = re.findall(r"boot: kernel: etc/boot/kernel .*", result.log)
    assert len(told) == (other != "same"), result


def dmesg(result):
    return "\n".join(debian.sections(result.serial)["dmesg"]) if "dmesg" in debian.sections(result.serial) else ""


def boots_to_user_space(kernel, text, machine="pc", **how):
    result = qemu.run(machine=machine, memory="512", args=["-icount", "shift=3,sleep=off"], kernel=kernel, timeout=120, **how)
    assert re.search(rf"Command line: {re.escape(text)}\s*$", result.serial, re.MULTILINE), result
    assert "=== end" in result.serial, result
    return result


DEBIAN = "console=ttyS0 quiet panic=-1 reboot=t show=dmesg"


@pytest.mark.parametrize("machine", ["pc", "q35", "microvm"])
def test_debians_kernel_to_user_space(machine, image):
    kernel = image(linux=debian.kernel().read_bytes(), initrd=debian.initramfs().read_bytes(), cmdline=DEBIAN.encode() + b"\n\0",
                   ucode=debian.cpio([]))
    result = boots_to_user_space(kernel, DEBIAN, machine)
    assert NAME in result.log, result
    if machine == "pc":
        boots_to_user_space(kernel, f"{DEBIAN} other", machine, append=f"{DEBIAN} other")


def ukify():
    for name in (shutil.which("ukify"), "/usr/lib/systemd/ukify"):
        if name and os.access(name, os.X_OK):
            return name
    raise qemu.Absent("ukify is not installed (systemd-ukify, from Debian 13 on)")


def test_what_ukify_makes_is_started(tmp_path):
    kernel = tmp_path / "uki"
    program = ukify()
    (tmp_path / "os-release").write_text(uki.OSREL)
    subprocess.run([program, "build", f"--linux={debian.kernel()}", f"--initrd={debian.initramfs()}", f"--cmdline={DEBIAN}",
                    f"--os-release=@{tmp_path / 'os-release'}", f"--output={kernel}"], check=True, stdout=subprocess.DEVNULL)
    result = boots_to_user_space(kernel, DEBIAN)
    assert NAME in result.log, result

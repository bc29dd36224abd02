# SPDX-License-Identifier: BSD-2-Clause
"""What a user asks of a kernel by files of fw_cfg: a longer command line, and digests without which nothing is started."""
import hashlib
import re
import struct

import pytest

import debian
import vm as qemu
from conftest import boot_check, make_initrd, words_for
from elf import DONE, MULTIBOOT, elf

CHECK = qemu.GUESTS / "check.bzImage"
MIB = 1 << 20
LINE_MAX = 2047     # of the checking guest's header


def file(name, text, folder=None):
    """Arguments for opt/org.slipway/name; in folder: as a file, whatever the text is."""
    if folder is None:
        return ["-fw_cfg", f"name=opt/org.slipway/{name},string={text.replace(',', ',,')}"]
    path = folder / name
    path.write_bytes(text)
    return ["-fw_cfg", f"name=opt/org.slipway/{name},file={path}"]


def digest(data):
    return hashlib.sha256(data).hexdigest()


def behind_setup(kernel):
    data = kernel.read_bytes()
    return data[512 * ((data[0x1f1] or 4) + 1):]


def line():
    return words_for("128", [], MIB, "")


def refused(*args, says, **how):
    """Not started, and the log has these."""
    how.setdefault("kernel", CHECK)
    result = qemu.run(memory="128", args=["-boot", "reboot-timeout=1", *args], timeout=60, **how)
    assert result.code == 0, result
    assert all(s in result.log for s in says) and "# end" not in result.serial and "TAP" not in result.serial, result
    return result


@pytest.mark.parametrize("machine", ["pc", "q35", "microvm"])
def test_the_line_is_longer_and_everything_is_as_given(machine):
    """Checked by the guest itself, which compares its command line with what it finds of it in its words."""
    added = "console=hvc0 panic=-1"
    given = line()
    hashes = {"kernel": behind_setup(CHECK), "initrd": make_initrd(MIB).read_bytes(), "cmdline": f"{given} {added}".encode()}
    args = [*file("append", added), *(a for name, data in hashes.items() for a in file(f"sha256-{name}", digest(data)))]
    _, result = boot_check(machine=machine, args=args)
    for name in ("kernel", "initrd", "command line"):
        size = len(hashes["cmdline" if name == "command line" else name])
        assert f"boot: {name}: SHA-256 of {size} bytes is as given" in result.log, result


def test_a_line_by_port_and_with_an_end_of_line(tmp_path):
    args = [*file("append", b"panic=-1\n", tmp_path), *file("sha256-cmdline", digest(f"{line()} panic=-1".encode()))]
    _, result = boot_check(args=args)
    assert "SHA-256 of" in result.log
    if not qemu.refuses_port():
        boot_check(args=[*args, "-global", qemu.NO_DMA])


def test_a_line_that_is_too_long_is_refused_with_both_lengths(tmp_path):
    given = line()
    for more in (0, 1):
        text = b"x" * (LINE_MAX - len(given) - 1 + more)
        args = file("append", text, tmp_path)
        if more:
            refused(*args, append=given, initrd=make_initrd(MIB),
                    says=[f"command line: {LINE_MAX + 1} characters, the kernel takes {LINE_MAX}; not started"])
        else:
            boot_check(args=args)
    refused(*file("append", b"x" * 100_000, tmp_path), append="y", says=["command line: 100002 characters"])
    refused(*file("append", b"init=/x\0 ro", tmp_path), append="y", says=["a NUL at 7 of 11 characters"])


@pytest.mark.parametrize("part", ["kernel", "initrd", "cmdline"])
@pytest.mark.parametrize("machine", ["pc", "microvm"])
def test_another_digest_is_refused_with_both_values(part, machine):
    is_ = {"kernel": behind_setup(CHECK), "initrd": make_initrd(MIB).read_bytes(), "cmdline": b"a=1"}[part]
    want = digest(is_ + b"x")
    refused(*file(f"sha256-{part}", want), machine=machine, initrd=make_initrd(MIB), append="a=1",
            says=[f"SHA-256 of {len(is_)} bytes is {digest(is_)}", f"SHA-256 is to be {want}; not started"])


@pytest.mark.parametrize("text", [b"", b"0" * 63, b"g" * 64, b"0" * 65, b"\xff" * 70_000], ids=["empty", "63", "g", "65", "70000"])
def test_what_is_no_digest_lets_nothing_start(text, tmp_path):
    refused(*file("sha256-kernel", text, tmp_path), says=[f"sha256-kernel: {len(text)} bytes, a SHA-256 of 64 hexadecimal digits"])


@pytest.mark.parametrize("machine", ["pc", "microvm"])
@pytest.mark.parametrize("image", [elf(DONE, pvh=True), elf(DONE, MULTIBOOT)], ids=["PVH", "multiboot"])
def test_a_kernel_of_another_form_is_not_started_unlooked_at(image, machine, tmp_path):
    kernel = tmp_path / "kernel"
    kernel.write_bytes(image)
    for name in ("append", "sha256-kernel"):
        refused(*file(name, "x"), machine=machine, kernel=kernel, says=[f"opt/org.slipway/{name} is given, which"])


def test_with_native_off_nothing_is_started_unlooked_at():
    refused(*file("native", "off"), *file("sha256-kernel", digest(behind_setup(CHECK))), says=["is given, which QEMU's option ROM"])


def test_a_distributions_kernel_with_its_digests():
    """Some megabytes, with a kernel that signatures are appended to; then with one byte of its initrd changed."""
    kernel, initrd = debian.kernel(), debian.initramfs()
    args = ["-boot", "reboot-timeout=1", *file("sha256-kernel", digest(behind_setup(kernel))),
            *file("append", "panic=-1 reboot=t show=dmesg")]
    for change in (b"", b"x"):
        hashes = file("sha256-initrd", digest(initrd.read_bytes() + change))
        result = qemu.run(machine="q35", memory="256", kernel=kernel, initrd=initrd, append="console=ttyS0 quiet", timeout=120,
                          args=[*args, *hashes])
        started = "=== userspace" in result.serial or bool(debian.sections(result.serial))
        assert started == (not change), result
        assert re.search(r"Command line: console=ttyS0 quiet panic=-1 reboot=t show=dmesg", result.serial) or change, result
        assert ("initrd: SHA-256 is to be" in result.log) == bool(change), result


@pytest.mark.parametrize("name", ["sha256-kerne", "sha256-kernels", "sha256"])
@pytest.mark.parametrize("how", [{}, {"machine": "microvm"}, {"args": file("native", "off")}, {"args": file("entry", "16")}],
                         ids=["pc", "microvm", "ROM", "16"])
def test_a_digest_of_another_name_starts_nothing(name, how):
    rest = {**how, "args": [*how.get("args", []), *file(name, digest(b"x"))]}
    refused(*rest.pop("args"), append=line(), initrd=make_initrd(MIB), says=[f"opt/org.slipway/{name}: digests are sha256-kernel, "], **rest)


def with_node(kernel, node):
    """The same kernel, and behind it, which its digest is not of, a node of setup_data of its own."""
    data = bytearray(kernel.read_bytes())
    setup = 512 * ((data[0x1f1] or 4) + 1)
    data += bytes(-(len(data) - setup) % 16)
    struct.pack_into("<Q", data, 0x250, 0x100000 + len(data) - setup)
    return bytes(data) + node, bytes(data[setup:])


def test_what_stands_behind_a_kernel_with_a_digest_is_not_handed_on(tmp_path):
    """By a node of its own a file could tell the kernel of RAM that there is not. Told from QEMU's it cannot be; so -dtb goes too."""
    row = struct.pack("<QQI", 0x40000000, 0x10000000, 2)
    data, payload = with_node(debian.kernel(), struct.pack("<QII", 0, 1, len(row)) + row)
    kernel = tmp_path / "kernel"
    kernel.write_bytes(data)
    seen = []
    for args in ([], file("sha256-kernel", digest(payload))):
        result = qemu.run(machine="q35", memory="256", kernel=kernel, initrd=debian.initramfs(), timeout=120, args=args,
                          append="console=ttyS0 panic=-1 reboot=t show=dmesg")
        assert "=== end" in result.serial, result
        seen.append(("extended: [mem 0x0000000040000000" in result.serial, "setup_data: 1 nodes behind" in result.log))
    assert seen == [(True, False), (False, True)], result
    assert "kernel: SHA-256 of" in result.log, result


def test_a_device_tree_and_a_digest(tmp_path):
    (tmp_path / "dtb").write_bytes(b"\xd0\x0d\xfe\xed" + bytes(1020))
    data = behind_setup(CHECK)
    assert len(data) % 16 == 0
    _, result = boot_check(args=["-dtb", str(tmp_path / "dtb"), *file("sha256-kernel", digest(data))])
    assert re.search("setup_data: 1 nodes behind .* dropped", result.log) and "as given" in result.log, result


def test_a_line_may_be_as_long_behind_nothing():
    """A blank is where there is something in front of it alone."""
    for given in (None, ""):
        for more in (0, 1):
            text = "x" * (LINE_MAX + more)
            args = file("append", text)
            if more:
                refused(*args, append=given, says=[f"{LINE_MAX + 1} characters, the kernel takes {LINE_MAX}; not started"])
            else:
                result = qemu.run(memory="128", kernel=CHECK, append=given, args=args, timeout=60)
                assert "slipway-check: boot 1" in result.serial, result


def test_a_file_that_is_a_setup_part_alone_is_said_to_be_none(tmp_path):
    kernel = tmp_path / "kernel"
    whole = CHECK.read_bytes()
    kernel.write_bytes(whole[:len(whole) - len(behind_setup(CHECK))])
    result = qemu.run(memory="128", kernel=kernel, args=["-boot", "reboot-timeout=1"], timeout=60)
    assert "boot: kernel: the file of -kernel is no longer than its setup part; not started" in result.log, result
    assert "the kernel could not be started, and there is nothing else to boot" in result.log, result


def has_sha(cpu):
    """Has such a processor of TCG's SHA-NI? From QEMU 8.1 on."""
    return qemu.start_and_quit("-M", "pc", "-accel", "tcg", "-cpu", f"{cpu},sha-ni=on,enforce")[0] == 0


@pytest.mark.parametrize("cpu, sha", [("486", False), ("pentium", False), ("qemu64", False), ("max,sha-ni=off", False),
                                      ("max,ssse3=off", False), ("max", True), ("EPYC-Milan,vendor=GenuineIntel", True)])
def test_processors_of_every_age(cpu, sha):
    """By SHA-NI where the processor has that; what the checking guest finds of CR4 and all else is the same."""
    sha = sha and has_sha("max")
    args = ["-cpu", cpu, *file("sha256-kernel", digest(behind_setup(CHECK)))]
    _, result = boot_check(args=args)
    assert re.search("kernel: SHA-256 of .* as given(.*)", result.log)[1] == (", by SHA-NI" if sha else ""), result
    other = digest(b"x")
    refused("-cpu", cpu, *file("sha256-kernel", other), says=[f"bytes is {digest(behind_setup(CHECK))}", f"to be {other}; not"])


def test_a_kvm_that_emulates_code_is_not_given_what_its_emulator_lacks():
    """Where KVM runs such code in its emulator, SHA-NI would stop the machine; where it does not, SHA-NI is used."""
    cpu = ["-cpu", "host,arch-capabilities=off"]
    qemu.need_kvm("pc", cpu)
    initrd = make_initrd(4096)
    with qemu.VM(machine="pc", memory="128", accel="kvm", kernel=CHECK, initrd=initrd, append="x",
                 args=[*cpu, *file("sha256-initrd", digest(initrd.read_bytes()))]) as vm:
        result = vm.run(60)
    assert "initrd: SHA-256 of 4096 bytes is as given" in result.log and "slipway-check: boot 1" in result.serial, result

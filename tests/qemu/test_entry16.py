# SPDX-License-Identifier: BSD-2-Clause
"""Kernels that are entered by their 16-bit setup code: those whose protocol has no other entry, and those that are to be.

tests/guests/setup16 judges what it is entered with and what the BIOS answers; SeaBIOS with QEMU's option ROM is held against it.
"""
import hashlib
import re
import struct

import pytest

from conftest import MIB, Tap, boot_check
import debian
import media
from terminal import Terminal
from test_debian import OWN_TIME
from test_loaders import press, wait_screen
from test_menu import PROMPT, TITLE, WANTED, Machine
import vm as qemu

ENTRY16 = ["-fw_cfg", "name=opt/org.slipway/entry,string=16"]
NATIVE_OFF = ["-fw_cfg", "name=opt/org.slipway/native,string=off"]
ROMS_OFF = ["-fw_cfg", "name=opt/org.slipway/roms,string=off"]      # nobody else could start it
MACHINES = ["pc", "q35", "microvm", "isapc", "microvm,x-option-roms=off"]


def pattern(size):
    """As main.c of the guest has it."""
    return struct.pack(f"<{size // 4}I", *((i * 0x9e3779b1 ^ 0x5a17c3e9) & 0xffffffff for i in range(size // 4)))


def kernel(folder, version=0x20f, high=True, size=0x20000, sectors=None, header=True, changes=()):
    """The checking setup part with size bytes behind it, of a protocol; sectors: of its setup part, behind the first."""
    setup = bytearray((qemu.GUESTS / "setup16.bin").read_bytes())
    if sectors is not None:
        setup += bytes(max(0, (sectors + 1) * 512 - len(setup)))
    setup[0x1f1] = len(setup) // 512 - 1
    struct.pack_into("<I", setup, 0x1f4, size // 16)
    struct.pack_into("<H", setup, 0x206, version)
    struct.pack_into("<I", setup, 0x260, size)
    setup[0x211] = high
    if not header:
        setup[0x202:0x206] = b"\xcc" * 4
    for offset, raw in dict(changes).items():
        setup[offset:offset + len(raw)] = raw
    file = folder / "kernel"
    file.write_bytes(setup + pattern(size))
    return file


def initrd(folder, size=0x23450):
    file = folder / "initrd"
    file.write_bytes(pattern(size))
    return file


def disk(folder):
    file = folder / "disk"
    file.write_bytes(bytes(range(1, 5)) + bytes(MIB - 4))
    return ["-drive", f"file={file},format=raw,if=none,id=d", "-device", "virtio-blk-pci,drive=d"]


def check(file, bios="slipway", **how):
    result = qemu.run(timeout=60, bios=bios, memory=how.pop("memory", "128"), kernel=file, **how)
    tap = Tap(result.serial)
    assert tap.boots == 1 and not tap.failed, f"{tap.failed}\n{result}"
    assert result.code == qemu.EXIT_PASS, str(result)
    return {name: values[-1] for name, values in tap.facts.items()}, result


# version, loaded high, with header: all that differ in where things lie or in what is told
FORMS = {
    "no-header": (0, False, False), "zimage-2.00": (0x200, False, True), "zimage-2.01": (0x201, False, True),
    "zimage-2.02": (0x202, False, True), "zimage-2.15": (0x20f, False, True), "2.00": (0x200, True, True), "2.01": (0x201, True, True),
    "2.02": (0x202, True, True), "2.03": (0x203, True, True), "2.04": (0x204, True, True), "2.05": (0x205, True, True),
}
forms = pytest.mark.parametrize("version, high, header", [pytest.param(*how, id=name) for name, how in FORMS.items()])


@forms
@pytest.mark.parametrize("machine", MACHINES)
def test_what_has_no_other_entry_is_entered_so(tmp_path, machine, version, high, header):
    with_initrd = version >= 0x200
    args = [*ROMS_OFF, *(disk(tmp_path) if machine in ("pc", "q35") else [])]
    facts, result = check(kernel(tmp_path, version, high, header=header), machine=machine, args=args, append="hello world",
                          initrd=initrd(tmp_path) if with_initrd else None)
    assert facts["text"] == "hello world", str(result)
    assert facts["payload"] == ("100000" if high else "10000"), str(result)
    assert ("initrd" in facts) == with_initrd, str(result)
    assert "boot: kernel: 16-bit entry" in result.log and "genroms/linuxboot" not in result.log, str(result)
    if machine in ("pc", "q35"):
        assert facts["sector"] == "4030201" and int(facts["edd"], 16) >> 16 == 0xaa55, str(result)


@pytest.mark.parametrize("machine", MACHINES)
def test_a_new_kernel_is_entered_so_on_request(tmp_path, machine):
    facts, result = check(kernel(tmp_path), machine=machine, args=ENTRY16, append="a b", initrd=initrd(tmp_path))
    assert facts["text"] == "a b" and facts["version"] == "20f" and facts["heap"] == "fe00" and facts["sp"] == "fff0", str(result)
    assert "in its turn" in result.log, str(result)


@pytest.mark.parametrize("option, line", [("string=64-bit", "16, 32 or 64"), ("string=0", "16, 32 or 64")])
def test_another_entry_costs_a_line(option, line):
    _, result = boot_check(args=["-fw_cfg", f"name=opt/org.slipway/entry,{option}"])
    assert re.search(rf"plan: opt/org.slipway/entry: {line}.*expected", result.log), str(result)


# Of these the protocol says nothing: QEMU's ROM leaves what it had, as it does in flags that count for nothing.
UNDEFINED = {"eax", "flags"}
# What the firmwares have at the top of memory is not the same, so the initrd ends elsewhere, and reservations have other rows.
OWN = {"initrd", "rows"}
# And QEMU 7.2.22 tells a kernel without header no command line, which its ROM does not either.
UNTOLD = {"line", "text"}


@forms
def test_registers_and_memory_are_those_of_seabios_with_qemus_rom(tmp_path, version, high, header):
    file = kernel(tmp_path, version, high, header=header)
    how = {"args": disk(tmp_path), "append": "console=ttyS0", "initrd": initrd(tmp_path) if version >= 0x200 else None}
    ours, _ = check(file, **how)
    result = qemu.run(timeout=60, bios="seabios", memory="128", kernel=file, **how)
    theirs = {name: values[-1] for name, values in Tap(result.serial).facts.items()}
    listed = UNDEFINED | OWN | (UNTOLD if not version else set())
    differ = {name: (ours.get(name), theirs.get(name)) for name in ours | theirs if ours.get(name) != theirs.get(name)}
    assert theirs["entry"] == "16" and not differ.keys() - listed, f"{differ}\n{result}"


# ---- what is not started, and what then ----

def refused(folder, file, line, **how):
    """A line says why, and the next boot entry, a disk that ends QEMU, is booted: vectors and BIOS data are as they have to be."""
    medium = media.disk(folder, "next")
    args = [*how.pop("args", []), "-drive", f"file={medium},format=raw,if=none,id=n", "-device", "virtio-blk-pci,drive=n"]
    result = qemu.run(timeout=60, memory=how.pop("memory", "128"), kernel=file, args=args, **how)
    assert re.search(line, result.log) and "boot: drive 80:" in result.log, str(result)
    assert result.code == qemu.EXIT_PASS and "TAP" not in result.serial, str(result)
    return result


BIG, NO_HEADER = dict(version=0x202, sectors=127), dict(version=0, high=False, header=False)
HOSTILE = {
    "setup-part-of-64-kib": (BIG, {}, {}, "setup part of 65536 bytes and command line of 0: .* room for 62976 from 0x10000"),
    "setup-part-of-128-kib": (BIG | {"sectors": 255}, {}, {}, "setup part of 131072 bytes"),
    "old-setup-part-of-40-kib": (BIG | {"version": 0x200, "sectors": 79}, {}, {}, "setup part of 40960 bytes.* from 0x90000"),
    "zimage-over-its-setup-part": ({"version": 0x200, "high": False, "size": 0x80010}, {}, {}, "524304 bytes behind its setup part.* 524288"),
    "no-header-and-as-large": (NO_HEADER | {"size": 0x80010}, {}, {}, "524304 bytes behind its setup part.* 524288"),
    "no-header-and-another-size": (NO_HEADER, {0x1f4: b"\1\0"}, {}, "not a kernel before protocol 2.00.*131072 bytes.* says 16"),
    "no-header-and-no-size": (NO_HEADER, {0x1f4: b"\0\0"}, {}, "not a kernel; not started"),
    "no-header-and-no-signature": (NO_HEADER, {0x1fe: b"\x55\x55"}, {}, "0x5555 as signature.*not a kernel"),
    "no-header-and-of-dos": (NO_HEADER, {0: b"MZ"}, {}, "neither a PE nor a setup header; not started"),
    "line-of-256": ({"version": 0x205}, {}, {"append": "x" * 256}, "command line: 256 characters, the kernel takes 255"),
    "line-of-a-zimage": ({"high": False}, {0x238: b"\xff\xff\0\0"}, {"append": "x" * 0x9500}, "command line of 38160: .* room for"),
    "initrd-below-1-mib": ({"version": 0x204}, {0x22c: b"\xff\xff\x0f\0"}, {"initrd": True}, "initrd: 0x23450 bytes, but the largest free block"),
    "more-than-there-is": ({}, {0x260: b"\0\0\0\x08"}, {"args": ENTRY16}, "where it runs: 0x100000 to 0x8100000, but 0x.* is not RAM"),
    "beyond-4-gib": ({}, {0x25c: b"\1"}, {"args": ENTRY16}, "where it runs: 0xffffffff to .* is not RAM"),
}


@pytest.mark.parametrize("form, changes, how, line", [pytest.param(*case, id=name) for name, case in HOSTILE.items()])
def test_what_cannot_be_placed_is_refused_with_numbers_and_the_next_is_booted(tmp_path, form, changes, how, line):
    how = dict(how)
    if how.pop("initrd", False):
        how["initrd"] = initrd(tmp_path)
    refused(tmp_path, kernel(tmp_path, **form, changes=changes), f"boot: .*{line}", **how)


@pytest.mark.parametrize("code, outcome", [(b"\xcb", "its setup code came back"), (b"\xcf", "its setup code came back"),
                                           (b"\xcd\x18", "its program gave up")], ids=["far-return", "IRET", "INT-18h"])
@pytest.mark.parametrize("machine", ["pc", "q35", "microvm"])
def test_setup_code_that_gives_up_leads_to_the_next(tmp_path, machine, code, outcome):
    """What was loaded lies over the temporary zone by then."""
    disk_of = {"microvm": "virtio-blk-device"}.get(machine, "virtio-blk-pci")
    file = kernel(tmp_path, 0x200, False, size=0x80000, changes={0x26c: code})
    result = qemu.run(timeout=60, machine=machine, memory="128", kernel=file,
                      args=["-drive", f"file={media.disk(tmp_path, 'next')},format=raw,if=none,id=n", "-device", f"{disk_of},drive=n"])
    assert "boot: drive 80:" in result.log and result.code == qemu.EXIT_PASS, str(result)
    result = qemu.run(timeout=3, machine=machine, memory="128", kernel=file)
    assert f"boot: tried 1: the kernel of -kernel: {outcome}" in result.log and "boot: halted" in result.log, str(result)


# ---- requests ----

def digest(name, data):
    return ["-fw_cfg", f"name=opt/org.slipway/sha256-{name},string={hashlib.sha256(data).hexdigest()}"]


@forms
def test_text_is_appended_and_what_is_started_is_hashed(tmp_path, version, high, header):
    append = ["-fw_cfg", "name=opt/org.slipway/append,string=more words"]
    # so many files that their directory lies where a zImage goes
    many = ["-global", "fw_cfg.x-file-slots=80", *(word for n in range(40) for word in ("-fw_cfg", f"name=opt/test/{n},string=x"))]
    data = initrd(tmp_path).read_bytes() if version >= 0x200 else b""
    facts, result = check(kernel(tmp_path, version, high, header=header, size=0x40000), append="few", args=[
        *append, *many, *digest("cmdline", b"few more words"), *digest("initrd", data)], initrd=tmp_path / "initrd" if data else None)
    assert facts["text"] == "few more words", str(result)
    assert result.log.count("is as given") == 2, str(result)


def test_parts_of_an_initrd_are_joined(tmp_path):
    whole, rest = initrd(tmp_path).read_bytes(), tmp_path / "rest"
    (tmp_path / "initrd").write_bytes(whole[:0x10000])
    rest.write_bytes(whole[0x10000:])
    part = ["-fw_cfg", f"name=opt/org.slipway/initrd.0,file={rest}"]
    facts, result = check(kernel(tmp_path, 0x204), args=[*part, *digest("initrd", whole)], initrd=tmp_path / "initrd")
    assert facts["initrd-size"] == f"{len(whole):x}" and "is as given" in result.log, str(result)
    refused(tmp_path, kernel(tmp_path, 0, False, header=False), "before protocol 2.00 is not told of", args=part)


@pytest.mark.parametrize("name, line", [
    ("initrd", "boot: initrd: SHA-256 is to be"), ("cmdline", "boot: command line: SHA-256 is to be"),
    ("kernel", "sha256-kernel is given, which the launch by the 16-bit entry does not see to")])
def test_another_digest_and_one_of_the_kernel_forbid_the_start(tmp_path, name, line):
    """QEMU writes to the setup part, which runs here: no digest can be of all that does."""
    refused(tmp_path, kernel(tmp_path, 0x204), line, args=digest(name, b"other"), initrd=initrd(tmp_path))


# ---- by whom ----

@pytest.mark.parametrize("form", ["no-header", "zimage-2.02", "2.05"])
def test_a_user_may_have_qemus_rom_start_them(tmp_path, form):
    version, high, header = FORMS[form]
    result = qemu.run(timeout=60, memory="128", kernel=kernel(tmp_path, version, high, header=header), args=NATIVE_OFF, append="x")
    assert "boot: genroms/linuxboot" in result.log and "16-bit entry" not in result.log, str(result)
    assert "# fact entry 16" in result.serial, str(result)


@pytest.mark.parametrize("key, first", [("1", "the kernel"), ("2", "one_")])
def test_it_is_an_entry_of_the_menu(tmp_path, key, first):
    """And in its turn: behind a disk that gives up."""
    with Machine(tmp_path, *WANTED, names=("one_",), action="8", kernel=kernel(tmp_path, 0x205), append="chosen") as m:
        m.wait_for(PROMPT)
        m.press("f12")
        m.wait_for(TITLE)
        qemu.sleep(1)           # the key that has opened it may be held down
        m.press(key)
        result = m.vm.finish(30)
        said = m.console.read_text()
    assert result.code == qemu.EXIT_PASS and "# fact text chosen" in result.serial, str(result)
    assert ("one_" in said) == (first == "one_"), said
    assert not Tap(result.serial).failed, str(result)


# ---- real ones ----

@pytest.mark.parametrize("machine", ["pc", "q35", "microvm"])
def test_debians_kernel_reaches_user_space_by_it(machine):
    """By the processor's own time: on a busy host a kernel cannot measure its clock, which on a microvm is the end."""
    result = qemu.run(120, machine=machine, memory="256", args=[*ENTRY16, *OWN_TIME], kernel=debian.kernel(), initrd=debian.initramfs(),
                      append="console=ttyS0 quiet panic=-1 reboot=t show=nothing")
    assert "=== userspace" in result.serial and "boot: kernel: 16-bit entry" in result.log, str(result)


def edd(bios, folder, *args):
    for n, name in enumerate("de"):
        image = bytearray(MIB)
        image[440:444], image[510:512] = bytes([n + 1] * 4), b"\x55\xaa"
        (folder / name).write_bytes(image)
        args += ("-drive", f"if=none,id={name},format=raw,file={folder / name}", "-device", f"virtio-blk-pci,drive={name}")
    result = qemu.run(bios=bios, memory="256", kernel=debian.kernel(), initrd=debian.initramfs(), args=list(args), timeout=120,
                      append="console=ttyS0 quiet panic=-1 reboot=t edd=on show=edd")
    return [" ".join(line.split()) for line in debian.sections(result.serial)["edd"] if line.strip()]


def test_edd_on_has_what_seabios_gives_where_setup_code_runs(tmp_path):
    """Numbers, signatures and what INT 13h, AH=48h, says. The default entry has none of it, whatever the line says: docs/architecture.md."""
    by_16 = edd("slipway", tmp_path, *ENTRY16)
    assert by_16[:2] == ["02 02", "01010101 02020202"], by_16
    size_told = by_16[2].replace("80 30 07 00 00 00 0f 3f 4a ", "80 30 07 00 00 00 0f 3f 1e ")     # as intended_services.txt has it
    assert [*by_16[:2], size_told] == edd("seabios", tmp_path)
    assert edd("slipway", tmp_path)[0] == "00 00"


def test_vga_ask_shows_the_modes_of_the_screen():
    """QEMU makes fffd of it; the kernel's setup code asks, and goes on with what is chosen: 80x50."""
    with qemu.VM(memory="256", qmp=True, args=["-device", "VGA"], kernel=debian.kernel(), initrd=debian.initramfs(),
                 append="console=ttyS0 show=dmesg vga=ask") as vm:
        vm.start()
        assert vm.wait_text("boot: kernel: 16-bit entry", "log"), vm.finish(0)
        wait_screen(vm, "Press <ENTER> to see video modes available")
        press(vm, "ret")
        wait_screen(vm, "Enter a video mode or \"scan\"")
        press(vm, "1", "ret")
        assert vm.wait_text("=== userspace", "serial", 120), vm.finish(0)
        assert "video mode 0xfffd" in vm.text("log"), vm.finish(0)
        assert re.search(r"Console: colour VGA\+? 80x50", vm.text("serial")), vm.finish(0)


def test_vga_ask_on_a_serial_console():
    """Without a display INT 10h goes there, and so do keys."""
    with Terminal(machine="pc,graphics=off", memory="256", kernel=debian.kernel(), append="vga=ask") as t:
        t.wait("Press <ENTER> to see video modes available", 60)
        t.send(b"\r")
        t.wait("Enter a video mode", 30)


@pytest.mark.parametrize("name", ["x64", "ia32"])
@pytest.mark.parametrize("entry", [[], ENTRY16], ids=["32", "16"])
def test_memtest_starts_by_both(name, entry):
    """Its header asks for nothing that only setup code has, so 32 bits are the default; before it shows anything it measures caches."""
    file = media.unpacked("memtest86+", f"**/memtest86+{name}.bin")
    args = [*entry, "-device", "VGA", "-cpu", "qemu64,l3-cache=off"]
    with qemu.VM(memory="128", qmp=True, kernel=file, args=args) as vm:
        vm.start()
        assert vm.wait_text("boot: kernel: 16-bit entry" if entry else "boot: kernel: protocol 0x020c", "log"), vm.finish(0)
        wait_screen(vm, "Memtest86+ v")

# SPDX-License-Identifier: BSD-2-Clause
"""Floppies: the real-mode program (tests/guests/real) booted from one, on both firmwares; and what people boot from
floppies."""
import hashlib
import pathlib
import random
import shutil
import subprocess

import pytest

import test_services as services
import vm as qemu

FLOPPY = ["-device", "floppy,unit=0,drive=d"]
ISA = ["-device", "isa-fdc"]
EMPTY = ["-device", "floppy,unit=1"]
# Machine, its devices, sectors of the medium, options of the drive.
MEDIA = {
    "pc-1440": ("pc", FLOPPY, 2880, ""),
    "pc-2880": ("pc", FLOPPY, 5760, ""),
    "pc-720": ("pc", FLOPPY, 1440, ""),
    "pc-1200": ("pc", FLOPPY, 2400, ""),
    "pc-360": ("pc", FLOPPY, 720, ""),
    "pc-320": ("pc", FLOPPY, 640, ""),
    "pc-protected": ("pc", FLOPPY, 2880, ",read-only=on"),
    "pc-no-medium-in-b": ("pc", FLOPPY + EMPTY, 2880, ""),
    "q35-1440": ("q35", ISA + FLOPPY, 2880, ""),
    "isapc-1440": ("isapc", FLOPPY, 2880, ""),
}


@pytest.mark.parametrize("medium", MEDIA)
def test_floppies_answer_as_under_seabios(medium, tmp_path):
    machine, args, sectors, options = MEDIA[medium]
    ours, our_disk = services.answers("slipway", machine, args, tmp_path, size=sectors * 512, options=options)
    # SeaBIOS does not boot a floppy on isapc.
    theirs, their_disk = services.answers("seabios", machine.replace("isapc", "pc"), args, tmp_path, size=sectors * 512, options=options)
    services.same(ours, theirs)
    assert our_disk == their_disk, "the two leave different floppies behind"
    wrong = [line for line in ours if any(word in line for word in ("STRAY", "STACK-OFF", "FS-GS", "A20-CHANGED", "CF8-CHANGED"))]
    assert len(ours) > 700 and not wrong, "\n".join(wrong[:20])


@pytest.mark.parametrize("sectors", (2880, 5760, 2400, 1440, 720, 640))
def test_floppies_in_ram_answer_as_under_seabios(sectors, tmp_path):
    """The host's file is that image, and is not written."""
    ours, theirs = (services.answers(bios, "q35", ["-fw_cfg", f"name=floppyimg/dos.img,file={tmp_path}/{bios}.img"], tmp_path,
                                     size=sectors * 512) for bios in ("slipway", "seabios"))
    services.same(ours[0], theirs[0])
    assert ours[1] == theirs[1] and ours[1][0][512:] == (qemu.GUESTS / "real.img").read_bytes()[512:sectors * 512]
    wrong = [line for line in ours[0] if any(word in line for word in ("STRAY", "STACK-OFF", "FS-GS", "A20-CHANGED", "CF8-CHANGED"))]
    assert len(ours[0]) > 700 and not wrong, "\n".join(wrong[:20])


def test_an_image_that_is_no_floppy_is_left_out(tmp_path):
    (tmp_path / "odd").write_bytes(bytes(1474561))
    with qemu.VM(machine="q35", memory="64", args=["-fw_cfg", f"name=floppyimg/odd,file={tmp_path}/odd",
                                                   "-fw_cfg", f"name=floppyimg/x.lzma,file={tmp_path}/odd"]) as vm:
        vm.start()
        assert vm.wait_text("boot: nothing could be booted", "log", 20) or vm.wait_text("there is no disk", "log", 1), vm.finish(0)
        log = vm.text("log")
    assert "boot: floppyimg/odd: 1474561 bytes, no floppy has so many; not used" in log
    assert "boot: floppyimg/x.lzma: packed, and nothing is unpacked here; not used" in log


def test_an_image_without_memory_is_left_out(tmp_path):
    (tmp_path / "image").write_bytes(bytes(2949120))
    with qemu.VM(machine="pc", memory="3", args=["-fw_cfg", f"name=floppyimg/x,file={tmp_path}/image"]) as vm:
        vm.start()
        assert vm.wait_text("boot: floppyimg/x: 2949120 bytes have no room in memory; not used", "log", 20), vm.finish(0)


@pytest.mark.parametrize("sectors", (20, 21, 24))
def test_tracks_longer_than_the_drive_is_made_for(sectors, tmp_path):
    lines, _ = services.answers("slipway", "pc", FLOPPY, tmp_path, size=160 * sectors * 512)
    read = [line for line in lines if f"ecx 333300{sectors:02x} edx 44440000" in line and "eax 11110201" in line]
    beyond = [line for line in lines if f"ecx 333300{sectors + 1:02x} edx 44440000" in line and "eax 11110201" in line]
    assert "-> 11110001" in read[0] and "-> 11110101" in beyond[0]


def boot(image, machine, args, tmp_path, timeout=60):
    command = [qemu.QEMU, "-M", machine, "-accel", "tcg", "-m", "128", "-nodefaults", "-display", "none", "-no-user-config", "-no-reboot",
               "-bios", qemu.firmware("slipway", machine), "-drive", f"file={image},format=raw,if=none,id=d", "-serial",
               f"file:{tmp_path}/serial", *qemu.DEBUG_EXIT, *args]
    return subprocess.run(command, timeout=timeout).returncode


def need(*names):
    for name in names:
        if not shutil.which(name):
            pytest.skip(f"{name} is not installed")


@pytest.mark.parametrize("where", ("pc-1440", "pc-720", "pc-2880", "q35-1440", "isapc-1440"))
def test_grub_on_a_floppy_reads_its_files(where, tmp_path):
    """GRUB in the reserved sectors of a FAT floppy, which checks the sum of a file and says so at the debug port."""
    need("grub-mkimage", "mkfs.fat", "mcopy")
    modules = pathlib.Path("/usr/lib/grub/i386-pc")
    if not (modules / "boot.img").exists():
        pytest.skip("grub-pc-bin is not installed")
    machine, args, sectors, _ = MEDIA[where]
    file = random.Random(7).randbytes(sectors * 512 // 2)
    (tmp_path / "file").write_bytes(file)
    (tmp_path / "sums").write_text(hashlib.md5(file).hexdigest() + "  file\n")
    (tmp_path / "grub.cfg").write_text("if hashsum --hash md5 --check (fd0)/sums --prefix (fd0); then\noutb 0xf4 0x10\nfi\noutb 0xf4 0x11\n")
    subprocess.run(["grub-mkimage", "-O", "i386-pc", "-p", "/", "-c", tmp_path / "grub.cfg", "-o", tmp_path / "core", "biosdisk",
                    "fat", "iorw", "hashsum", "gcry_md5", "normal"], check=True)
    core, first = (tmp_path / "core").read_bytes(), (modules / "boot.img").read_bytes()
    image = tmp_path / "floppy"
    reserved = len(core) // 512 + 2
    subprocess.run(["mkfs.fat", "-C", image, str(sectors // 2), "-R", str(reserved)], check=True, stdout=subprocess.PIPE)
    subprocess.run(["mcopy", "-i", image, tmp_path / "file", tmp_path / "sums", "::"], check=True)
    data = bytearray(image.read_bytes())
    data[:3], data[0x5A:510] = first[:3], first[0x5A:510]
    data[512:512 + len(core)] = core
    image.write_bytes(data)
    assert boot(image, machine, args, tmp_path) == qemu.EXIT_PASS


@pytest.mark.parametrize("where", ("pc-1440", "q35-1440"))
def test_syslinux_on_a_floppy_loads_a_kernel(where, tmp_path):
    need("syslinux", "mkfs.fat", "mcopy")
    machine, args, sectors, _ = MEDIA[where]
    image = tmp_path / "floppy"
    (tmp_path / "syslinux.cfg").write_text("DEFAULT kernel\nPROMPT 0\n")
    subprocess.run(["mkfs.fat", "-C", image, str(sectors // 2)], check=True, stdout=subprocess.PIPE)
    subprocess.run(["mcopy", "-i", image, qemu.GUESTS / "marker-256k.bzImage", "::kernel"], check=True)
    subprocess.run(["mcopy", "-i", image, tmp_path / "syslinux.cfg", "::"], check=True)
    subprocess.run(["syslinux", "-i", image], check=True)
    assert boot(image, machine, args, tmp_path) == qemu.EXIT_PASS
    assert "marker: entry 16" in (tmp_path / "serial").read_text()

# SPDX-License-Identifier: BSD-2-Clause
"""What is booted, in which order, and how: boot sectors on disks, floppies and CDs; those of our own say what they find."""
import re
import subprocess

import pytest

import media
import vm as qemu
from conftest import patched

MACHINES = ["pc", "q35", "microvm"]
NONE = "012d"  # INT 13h's answer for a drive that is not there


class Booted:
    """What the boot sectors said: their names in order, the registers and the list of drives of each."""

    def __init__(self, text, result):
        lines = text.splitlines()
        self.names = [line.split()[0] for line in lines[0::2] if len(line.split()) > 20]
        self.words = [[int(w, 16) for w in line.split()[1:]] for line in lines[0::2] if len(line.split()) > 20]
        self.drives = [[line[i:i + 5].strip() for i in range(0, len(line), 5)] for line in lines[1::2]]
        self.text, self.log, self.code, self.stderr = text, result.log, result.code, result.stderr

    def __str__(self):
        return f"exit {self.code}\n{self.text}\n-- log:\n{self.log}\n-- QEMU: {self.stderr}"


def boot(*args, machine="q35", bios="slipway", timeout=20, until=None, memory="128", **how):
    """until: a text in the log that ends a run which does not end by itself."""
    with qemu.VM(bios=bios, machine=machine, memory=memory,
                 args=list(args), **how) as vm:
        console = vm.folder / "console"
        vm.command += ["-chardev", f"file,id=con,path={console}", "-device", "isa-debugcon,iobase=0xe9,chardev=con"]
        vm.start()
        if until:
            vm.wait_text(until, "log", timeout)
        result = vm.finish(1 if until else timeout)
        return Booted(vm.text("console"), result)


def disks(machine, *files, order=()):
    """virtio disks, with bootindex by the list of numbers in order."""
    args = []
    for n, file in enumerate(files):
        kind = "virtio-blk-device" if machine == "microvm" else "virtio-blk-pci"
        index = f",bootindex={order[n]}" if order else ""
        args += ["-drive", f"file={file},format=raw,if=none,id=d{n}", "-device", f"{kind},drive=d{n}{index}"]
    return args


def cd(file, bootindex=None):
    index = "" if bootindex is None else f",bootindex={bootindex}"
    return ["-drive", f"file={file},format=raw,if=none,media=cdrom,id=cd", "-device", f"ide-cd,drive=cd{index}"]


def need_cd_driver(machine):
    driver = {"pc": "ide", "q35": "ahci"}[machine]
    if not (qemu.ROOT / f"src/hw/block/ata/{driver}.c").exists():
        raise qemu.Absent(f"this tree has no driver for {driver}")


def check_registers(booted, drive):
    """As SeaBIOS leaves them but for SP: CS:IP 0:7C00, AX AA55h, DL, all others 0; interrupts on."""
    for words in booted.words:
        cs, ip, *general = words[:18]
        di, _, si, _, bp, _, sp, _, bx, _, dx, _, cx, _, ax, ax_high = general
        assert (cs, ip, ax, ax_high, dx) == (0, 0x7c00, 0xaa55, 0, drive), booted
        assert not (di | si | bp | bx | cx), booted
        assert 0x6000 < sp < 0x7c00 and sp % 2 == 0, booted
        assert words[18] & 0x3202 == 0x0202, booted
        assert words[19:24] == [0] * 5, booted


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1)])
@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_disks_have_numbers_and_registers_as_under_seabios(machine, order, tmp_path):
    args = disks(machine, *(media.disk(tmp_path, name) for name in ("one_", "two_", "thre")), order=order)
    ours, theirs = boot(*args, machine=machine), boot(*args, machine=machine, bios="seabios")
    assert len(ours.names) == 1 and ours.names == theirs.names, f"{ours}\n{theirs}"
    assert ours.drives == theirs.drives, f"{ours}\n{theirs}"
    for booted in (ours, theirs):
        check_registers(booted, 0x80)


@pytest.mark.parametrize("machine", MACHINES)
def test_the_next_disk_is_tried_however_one_gives_up(machine, tmp_path):
    files = [media.disk(tmp_path, name, action) for name, action in
             (("iret", "I"), ("far_", "R"), ("none", None), ("int8", "8"), ("agai", "9"), ("end_", "X"))]
    booted = boot(*disks(machine, *files, order=range(1, 7)), machine=machine)
    round_one = ["iret", "far_", "int8", "agai"]
    assert booted.names == [*round_one, *round_one, "end_"], booted
    check_registers(booted, 0x80)
    assert booted.code == qemu.EXIT_PASS, booted
    assert "signature is 0000, not aa55" in booted.log
    for name, drives in zip(booted.names, booted.drives):   # what is booted is the first, the others follow in order
        others = [n for n in ("iret", "far_", "none", "int8", "agai", "end_") if n != name]
        assert drives[:3] == [name, *others[:2]], booted


def test_a_hook_of_int_13h_sees_the_next_boot_sector_read(tmp_path):
    files = [media.disk(tmp_path, "hook", "H"), media.disk(tmp_path, "next", "C")]
    booted = boot(*disks("q35", *files, order=(1, 2)))
    assert booted.names == ["hook", "next"], booted
    calls = int(booted.text.split()[-1], 16)
    assert calls == 1 + 6, booted      # the boot sector, and the list of drives


@pytest.mark.parametrize("machine", MACHINES)
def test_the_end_is_a_list_of_what_was_tried(machine, tmp_path):
    files = [media.disk(tmp_path, "one_", None), media.disk(tmp_path, "two_", "8")]
    booted = boot(*disks(machine, *files, order=(1, 2)), machine=machine, until="boot: halted")
    assert re.search("boot: tried 1: .*: no boot sector\nboot: tried 2: .*: its program gave up\n"
                     "boot: nothing could be booted\nboot: halted", booted.log), booted


@pytest.mark.parametrize("drive", ["if=floppy", "if=ide,index=0"])
@pytest.mark.parametrize("machine", ["pc", "isapc"])
def test_two_mib_boot_a_disk_and_one_says_that_it_does_not(machine, drive, tmp_path):
    disk = ["-drive", f"format=raw,file={media.disk(tmp_path, 'tiny', size=1474560)},{drive}"]
    assert boot(*disk, machine=machine, memory="2").names == ["tiny"]
    refused = boot(*disk, machine=machine, memory="1", until="boot: halted")
    line = "boot: disks and option ROMs need a machine of 2 MiB, and no RAM was found at 1 MiB\n"
    assert refused.names == [] and line in refused.log, str(refused)


def test_strict_order_boots_nothing_else(tmp_path):
    files = [media.disk(tmp_path, "one_", "8"), media.disk(tmp_path, "two_", "X")]
    args = ["-drive", f"file={files[1]},format=raw,if=none,id=e", "-device", "virtio-blk-pci,drive=e", "-boot", "strict=on"]
    booted = boot(*disks("pc", files[0], order=[1]), *args, machine="pc", until="boot: halted")
    assert booted.names == ["one_"], booted
    assert booted.drives[0][:2] == ["one_", "two_"], booted
    assert "not tried: 1 devices" in booted.log, booted


@pytest.mark.parametrize("machine", MACHINES)
def test_a_kernel_that_cannot_be_started_leaves_it_to_the_disks(machine, tmp_path):
    """One without a setup header. Nothing of the disks had been brought up before."""
    kernel = patched(qemu.GUESTS / "check.bzImage", tmp_path / "kernel", {0x202: (4, 0)})
    booted = boot(*disks(machine, media.disk(tmp_path, "disk"), order=[1]), machine=machine, kernel=kernel)
    assert booted.names == ["disk"] and booted.code == qemu.EXIT_PASS, booted
    check_registers(booted, 0x80)
    booted = boot(machine=machine, kernel=kernel, until="boot: halted")
    assert "the kernel could not be started, and there is nothing else to boot" in booted.log, booted


def test_the_disk_behind_bridges_and_other_roots_is_found_by_its_path(tmp_path):
    one, two, three = (media.disk(tmp_path, name) for name in ("one_", "two_", "thre"))
    args = ["-device", "pcie-root-port,id=rp,bus=pcie.0,chassis=1,slot=1,addr=8",
            "-device", "pxb-pcie,id=pxb,bus=pcie.0,bus_nr=20", "-device", "pcie-root-port,id=rp2,bus=pxb,chassis=2,slot=2"]
    for n, (file, bus, index) in enumerate(((one, "pcie.0", 3), (two, "rp", 2), (three, "rp2", 1))):
        args += ["-drive", f"file={file},format=raw,if=none,id=d{n}", "-device", f"virtio-blk-pci,drive=d{n},bus={bus},bootindex={index}"]
    booted = boot(*args)
    assert booted.names == ["thre"] and booted.drives[0][:3] == ["thre", "two_", "one_"], booted


IMAGES = {"no emulation": (0xe0, 0), "1.2": (0x00, 1228800), "1.44": (0x00, 1474560), "2.88": (0x00, 2949120),
          "hard disk": (0x80, 0)}


@pytest.mark.parametrize("form", IMAGES)
@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_cds_of_every_form_boot_as_under_seabios(machine, form, tmp_path):
    need_cd_driver(machine)
    drive, size = IMAGES[form]
    if form == "hard disk":
        file = media.iso(tmp_path / "cd.iso", media.hard_disk_image(tmp_path, "imag"), "-hard-disk-boot")
    elif size:
        file = media.iso(tmp_path / "cd.iso", media.disk(tmp_path, "imag", size=size))
    else:
        file = media.iso(tmp_path / "cd.iso", media.disk(tmp_path, "imag", size=2048), "-no-emul-boot", "-boot-load-size", "4")
    args = [*cd(file, bootindex=1), *disks(machine, media.disk(tmp_path, "disk"), order=[2])]
    ours, theirs = boot(*args, machine=machine), boot(*args, machine=machine, bios="seabios")
    assert ours.names == theirs.names == ["imag"], f"{ours}\n{theirs}"
    assert ours.drives[0][:5] == theirs.drives[0][:5], f"{ours}\n{theirs}"
    for booted in (ours, theirs):
        check_registers(booted, drive)


@pytest.mark.parametrize("order, first", [("d", "imag"), ("c", "disk"), ("dc", "imag"), ("cd", "disk")])
def test_without_bootindex_cmos_has_the_order(order, first, tmp_path):
    need_cd_driver("q35")
    file = media.iso(tmp_path / "cd.iso", media.disk(tmp_path, "imag", size=2048), "-no-emul-boot", "-boot-load-size", "4")
    args = [*disks("q35", media.disk(tmp_path, "disk")), *cd(file), "-boot", f"order={order}"]
    for bios in ("slipway", "seabios"):
        booted = boot(*args, bios=bios)
        assert booted.names == [first], booted


def test_an_empty_cd_drive_leads_to_the_disk(tmp_path):
    need_cd_driver("q35")
    booted = boot("-device", "ide-cd,bootindex=1", *disks("q35", media.disk(tmp_path, "disk"), order=[2]))
    assert booted.names == ["disk"], booted
    assert "no CD, or it cannot be read" in booted.log, booted


def serial(args, text, machine, timeout=30):
    with qemu.VM(machine=machine, memory="128", args=args) as vm:
        vm.start()
        found = vm.wait_text(text, timeout=timeout)
        result = vm.finish(0)
        assert found, result


def test_grub_starts_from_a_disk(tmp_path):
    iso = media.grub_iso(tmp_path)
    for machine in ("pc", "q35"):
        serial(disks(machine, iso), "GRUB-READY from hd0", machine)


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_grub_starts_from_an_sd_card(machine, tmp_path):
    iso = media.grub_iso(tmp_path)
    size = iso.stat().st_size
    with open(iso, "r+b") as f:     # as large as a card can be
        f.truncate(1 << (size - 1).bit_length())
    serial(["-drive", f"file={iso},format=raw,if=none,id=d", "-device", "sdhci-pci", "-device", "sd-card,drive=d"],
           "GRUB-READY from hd0", machine)


def test_grub_starts_from_a_floppy_in_ram(tmp_path):
    """GRUB's own floppy: its core behind the boot sector."""
    modules = media.unpacked("grub-pc-bin", "usr/lib/grub/i386-pc/boot.img").parent
    (tmp_path / "grub.cfg").write_text(media.GRUB_CFG)
    media.run_tool(media.tool("grub-mkimage"), "-d", modules, "-O", "i386-pc", "-p", "/", "-c", tmp_path / "grub.cfg", "-o",
                   tmp_path / "core", "biosdisk", "serial", "terminal", "echo", "halt", "normal")
    image = (modules / "boot.img").read_bytes() + (tmp_path / "core").read_bytes()
    (tmp_path / "floppy").write_bytes(image.ljust(1440 << 10, b"\0"))
    serial(["-fw_cfg", f"name=floppyimg/grub.img,file={tmp_path}/floppy"], "GRUB-READY from fd0", "q35")


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_grub_starts_from_a_cd(machine, tmp_path):
    need_cd_driver(machine)
    serial(cd(media.grub_iso(tmp_path)), "GRUB-READY from", machine)


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_isolinux_starts_from_a_cd(machine, tmp_path):
    need_cd_driver(machine)
    serial(cd(media.isolinux_iso(tmp_path)), "ISOLINUX 6", machine)


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_memtest_starts_from_a_floppy_on_a_cd(machine):
    """It has no console but the display: where the processor is tells."""
    need_cd_driver(machine)
    with qemu.VM(machine=machine, memory="128", args=[*cd(media.memtest_iso()), "-monitor", "unix:monitor,server=on,wait=off"]) as vm:
        vm.command[-1] = f"unix:{vm.folder}/monitor,server=on,wait=off"
        vm.start()
        assert vm.wait_text("1.44 MB floppy", "log", 20), vm.finish(0)
        for _ in range(60):
            said = subprocess.run(["python3", "-c", MONITOR, f"{vm.folder}/monitor"], stdout=subprocess.PIPE, text=True, timeout=20).stdout
            state = re.search(r"[RE]IP=([0-9a-f]+).*?CR0=([0-9a-f]+)", said, re.DOTALL)
            if state and int(state[1], 16) >= 0x100000 and int(state[2], 16) & 1 and int(state[1], 16) < 0x10000000:
                return
        pytest.fail(f"memtest86+ is not running: {said}\n{vm.finish(0)}")


MONITOR = """
import socket, sys, time
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
time.sleep(0.2)
s.sendall(b"info registers\\n")
time.sleep(0.3)
print(s.recv(65536).decode(errors="replace"))
"""


def test_a_second_ide_controller_takes_the_legacy_ports(tmp_path):
    """QEMU has the function that was added answer at 1F0h, with its own bus master: nothing waits for PIIX3's."""
    file = media.disk(tmp_path, "late")
    result = boot("-device", "piix4-ide,id=x", "-drive", f"file={file},format=raw,if=none,id=d", "-device",
                  "ide-hd,drive=d,bus=x.0,bootindex=1", machine="pc")
    assert result.names == ["late"] and "ide: " not in result.log, result

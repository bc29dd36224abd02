# SPDX-License-Identifier: BSD-2-Clause
"""Boot loaders of Debian's packages, installed on disks and CDs, up to where a user wants to be: a kernel that has its initrd
whole, a boot sector that finds the drives as the loader was told to number them."""
import contextlib
import functools
import pathlib
import shutil
import sys

import pytest

import conftest
import debian
import loader_media as loaders
import media
import test_display
import vm as qemu

sys.path.insert(0, str(qemu.ROOT / "tools"))
import bootlog_read  # noqa: E402

GRUB_CFG = """serial --unit=0
terminal_output serial
set timeout=0
menuentry it {{
{}
}}
"""
IDE, VIRTIO, NVME = "ide-hd", "virtio-blk-pci", "nvme,serial=1"     # the first is on AHCI on q35
LARGE = f"{VIRTIO},logical_block_size=4096,physical_block_size=4096"     # and media that were made for 512
LSI, AM, MEGA, PVS, SAS = (f"{adapter}+scsi-" for adapter in ("lsi53c895a", "am53c974", "megasas", "pvscsi", "mptsas1068"))     # and hd or cd


def grub_cfg(command, append):
    return GRUB_CFG.format(f"{command} /vmlinuz {append}\ninitrd{command[5:]} /initrd.gz")


def grub(scheme, command):
    return lambda folder, files, append: loaders.grub_disk(folder, scheme, grub_cfg(command, append), files)


def syslinux(scheme):
    return lambda folder, files, append: loaders.syslinux_disk(
        folder, scheme, {"syslinux.cfg": loaders.syslinux_config(append=append), **files})


def extlinux(folder, files, append):
    return loaders.extlinux_disk(folder, {"extlinux.conf": loaders.syslinux_config(append=append), **files})


def isolinux(hybrid):
    return lambda folder, files, append: loaders.isolinux_cd(
        folder, {"isolinux/isolinux.cfg": loaders.syslinux_config(append=append), **files}, hybrid)


def behind_mbr(folder, files, append):
    return loaders.install_mbr(syslinux("mbr")(folder, files, append), "-i", "n", "-t", "0")


# What makes the medium, and by which entry the kernel is entered.
LOADERS = {
    "grub-mbr": (grub("mbr", "linux"), 32), "grub-gpt": (grub("gpt", "linux"), 32),
    "grub-mbr-16": (grub("mbr", "linux16"), 16), "grub-gpt-16": (grub("gpt", "linux16"), 16),
    "syslinux-mbr": (syslinux("mbr"), 16), "syslinux-gpt": (syslinux("gpt"), 16), "syslinux-behind-mbr": (behind_mbr, 16),
    "extlinux": (extlinux, 16), "isolinux": (isolinux(False), 16), "isolinux-hybrid": (isolinux(True), 16),
}


def drive(file, device, number=0):
    adapter, _, device = device.rpartition("+")
    adapter = adapter or ("virtio-scsi-pci" if device.startswith("scsi-") else "")
    kind = ",media=cdrom" if device.endswith("-cd") else ""
    return ["-drive", f"file={file},format=raw,if=none,snapshot=on,id=d{number}{kind}", *(["-device", adapter] if adapter else []),
            "-device", f"{device},drive=d{number},bootindex={number + 1}"]


# What our kernel finds other than when a firmware starts it: facts of the loaders, as under SeaBIOS.
LOADERS_WAYS = ("the setup header is copied", "type_of_loader is 0xb0", "behind the memory map all is 0", "boot_params names the same RSDP",
                "setup code: CS is DS + 0x20")


@pytest.mark.parametrize("name, machine, device", [
    *((name, machine, VIRTIO) for name in LOADERS if name != "isolinux" for machine in ("pc", "q35")),
    *(("isolinux", machine, "ide-cd") for machine in ("pc", "q35")),
    ("grub-mbr", "q35", "scsi-hd"), ("isolinux", "pc", "scsi-cd"),
    ("grub-mbr", "q35", IDE), ("grub-gpt-16", "pc", IDE), ("syslinux-mbr", "pc", IDE), ("extlinux", "q35", IDE),
    ("grub-mbr", "pc", LARGE), ("grub-gpt", "q35", LARGE), ("syslinux-gpt", "q35", LARGE), ("extlinux", "pc", LARGE),
    ("grub-mbr", "pc", LSI + "hd"), ("grub-gpt", "q35", AM + "hd"), ("isolinux", "q35", LSI + "cd"), ("isolinux", "pc", AM + "cd"),
    ("grub-mbr", "pc", MEGA + "hd"), ("isolinux", "q35", MEGA + "cd"), ("grub-gpt", "q35", PVS + "hd"), ("isolinux", "pc", PVS + "cd"),
    ("syslinux-mbr", "pc", SAS + "hd"), ("isolinux", "q35", SAS + "cd"),
    ("grub-gpt", "q35", NVME), ("syslinux-mbr", "pc", NVME)])
def test_a_loader_starts_a_kernel_with_an_initrd(name, machine, device, tmp_path):
    make, entry = LOADERS[name]
    image = make(tmp_path, {"vmlinuz": qemu.GUESTS / "check.bzImage", "initrd.gz": conftest.make_initrd(conftest.MIB)}, "ram=128 initrd")
    result = qemu.run(60, machine=machine, memory="128", args=drive(image, device))
    tap = conftest.Tap(result.serial)
    failed = [line for line in tap.failed if not any(way in line for way in LOADERS_WAYS)]
    assert tap.boots == 1 and not failed, f"{failed}\n{result}"
    assert tap.facts["entry"] == [str(entry)], str(result)
    for what in ("initrd's checksum is right", "the kernel's checksum is right", "A20 is on"):
        assert any(line.startswith("ok ") and what in line for line in tap.lines), f"{what}?\n{result}"


@pytest.mark.parametrize("bios", ["slipway", "seabios"])
@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_syslinux_switches_off_by_apm(machine, bios, tmp_path):
    files = {f"{name}.c32": media.unpacked("syslinux-common", f"usr/lib/syslinux/modules/bios/{name}.c32") for name in ("poweroff", "libcom32")}
    config = "SERIAL 0\nPROMPT 0\nDEFAULT it\nLABEL it\nCOM32 /poweroff.c32\n"
    result = qemu.run(30, bios=bios, machine=machine, memory="64",
                      args=drive(loaders.syslinux_disk(tmp_path, "mbr", {"syslinux.cfg": config, **files}), VIRTIO))
    assert result.code == 0, str(result)


def switched_off(folder, machine, bios, command, timeout=30):
    """GRUB is told to switch the machine off: the run."""
    disk = loaders.grub_disk(folder, "mbr", f"serial --unit=0\nterminal_output serial\n{command}\n", {})
    return qemu.run(timeout, bios=bios, machine=machine, memory="64", args=drive(disk, VIRTIO))


@pytest.mark.parametrize("machine, bios", [("pc", "slipway"), ("q35", "slipway"), ("q35,acpi=off", "slipway"), ("q35,acpi=off", "seabios")])
def test_grub_switches_off(machine, bios, tmp_path):
    """By ACPI's tables, and by APM where there are none."""
    result = switched_off(tmp_path, machine, bios, "halt")
    assert result.code == 0, str(result)


def test_grub_by_apm_is_refused_where_nothing_switches_off(tmp_path):
    """It halts then; with --no-apm it does not even ask."""
    for command, asked in (("halt", 1), ("halt --no-apm", 0)):
        (folder := tmp_path / str(asked)).mkdir()
        result = switched_off(folder, "pc,acpi=off", "slipway", command, 10)
        assert result.code is None and result.log.count("apm: off: PM1 control at port 604 reads ffff") == asked, str(result)


@functools.lru_cache(None)
def debians_kernel():
    return {"vmlinuz": debian.kernel(), "initrd.gz": debian.initramfs()}


@pytest.mark.parametrize("name, machine, device, words", [
    ("grub-mbr", "pc", VIRTIO, ""), ("grub-gpt", "q35", IDE, ""), ("grub-gpt-16", "pc", IDE, "vga=0x317"),
    ("grub-mbr-16", "q35", VIRTIO, "vga=0x317"), ("isolinux", "q35", "ide-cd", ""), ("syslinux-gpt", "pc", VIRTIO, ""),
    ("grub-mbr", "q35", NVME, "")])
def test_a_loader_starts_linux_to_user_space(name, machine, device, words, tmp_path):
    """Entered at 16 bits, its setup asks for the memory map, looks at the disks and sets the screen's mode (vga=) by interrupts."""
    make, entry = LOADERS[name]
    image = make(tmp_path, debians_kernel(), f"console=ttyS0 show=dmesg {words}")
    result = qemu.run(90, machine=machine, memory="256", args=[*drive(image, device), "-device", "VGA"])
    found = debian.sections(result.serial)
    assert result.code == 0 and "end" in found and found["userspace"], str(result)
    dmesg = "\n".join(found["dmesg"])
    assert dmesg.count("BIOS-e820: ") > 5, str(result)
    assert ("Console: colour dummy device" in dmesg) == bool(words), result       # else it is the VGA's text


def booted(bios, machine, args, keys=()):
    """(what the boot sector was entered with, names of the drives that it found, the run); keys are typed again and again."""
    with qemu.VM(bios=bios, machine=machine, memory="64", args=args, qmp=bool(keys)) as vm:
        said = vm.folder / "console"
        vm.command += ["-chardev", f"file,id=con,path={said}", "-device", "isa-debugcon,iobase=0xe9,chardev=con"]
        vm.start()
        if keys:
            assert vm.wait_text("ooting " if bios == "seabios" else "boot: drive", "log", 30), vm.finish(0)
            end = qemu.now() + 30
            while vm.process.poll() is None and qemu.now() < end:
                press(vm, *keys)
                qemu.sleep(0.2)
        result = vm.finish(30)
        lines = vm.text("console").splitlines()
    assert result.code == qemu.EXIT_PASS and len(lines) == 2, f"{lines}\n{result}"
    words = lines[0].split()
    entry = {"sector": words[0], **{name: int(words[at], 16) for name, at in WORDS.items()}}
    return entry, [lines[1][n:n + 5].strip(" \0") for n in range(0, 25, 5)], result


def press(vm, *keys):
    """One after another; the end of QEMU is no error."""
    with contextlib.suppress(bootlog_read.Error, OSError):
        for key in keys:
            bootlog_read.Qmp(str(vm.folder / "qmp")).command("send-key", keys=[{"type": "qcode", "data": key}])


# Of the words that a boot sector says: what programs that start one promise it. Its name is the first.
WORDS = {"CS": 1, "IP": 2, "SI": 5, "DX": 13, "DS": 22}
NONE = "012d"       # what it says of a drive that is not there

# GRUB's commands, DL, and what is at 80h, 81h and 82h. The disk with GRUB is known by its GPT.
CHAINS = {
    "as it is": ("chainloader (hd1)+1", 0x80, ["EFI", "two_", "thre"]),
    "root": ("set root=(hd1)\nchainloader +1", 0x81, ["EFI", "two_", "thre"]),
    "swapped": ("drivemap -s (hd0) (hd1)\nset root=(hd1)\nchainloader +1", 0x80, ["two_", "EFI", "thre"]),
    "hd2 first": ("drivemap (hd2) (hd0)\nset root=(hd2)\nchainloader +1", 0x80, ["thre", "two_", "thre"]),
}


@pytest.mark.parametrize("machine, second, chain", [
    *((machine, VIRTIO, chain) for machine in ("pc", "q35") for chain in CHAINS), ("pc", IDE, "swapped"), ("q35", IDE, "swapped")])
def test_grub_chainloads_with_drives_swapped_as_under_seabios(machine, second, chain, tmp_path):
    commands, number, drives = CHAINS[chain]
    disks = [loaders.grub_disk(tmp_path, "gpt", GRUB_CFG.format(commands), {}, mib=16), media.disk(tmp_path, "two_"),
             media.disk(tmp_path, "thre")]
    args = [word for n, (disk, device) in enumerate(zip(disks, (VIRTIO, second, VIRTIO))) for word in drive(disk, device, n)]
    entry, found, result = booted("slipway", machine, args)
    assert entry["sector"] == ("thre" if chain == "hd2 first" else "two_") and entry["DX"] == number, f"{entry}\n{result}"
    assert found == [*drives, NONE, NONE], str(result)
    same_under_seabios(machine, args, entry, found)


def same_under_seabios(machine, args, entry, found, keys=()):
    theirs = booted("seabios", machine, args, keys)
    assert (entry, found) == theirs[:2], f"{entry} {found}, SeaBIOS: {theirs[0]} {theirs[1]}\n{theirs[2]}"


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_what_grub_chainloads_reads_with_a20_off(machine, tmp_path):
    """GRUB masks it. After the boot sector's reads it is masked still."""
    args = [*drive(loaders.grub_disk(tmp_path, "mbr", GRUB_CFG.format("chainloader (hd1)+1"), {}, mib=16), VIRTIO),
            *drive(media.disk(tmp_path, "two_"), VIRTIO, 1)]
    with qemu.VM(machine=machine, memory="64", args=args, qmp=True) as vm:
        at = vm.command.index(qemu.DEBUG_EXIT[1])       # without it the boot sector ends in a loop
        vm.command[at - 1:at + 1] = ["-chardev", f"file,id=con,path={vm.folder}/console", "-device", "isa-debugcon,iobase=0xe9,chardev=con"]
        vm.start()
        assert vm.wait_text("\n", "console", 30, count=2), vm.finish(0)
        said = bootlog_read.Qmp(str(vm.folder / "qmp")).command("human-monitor-command", **{"command-line": "info registers"})
        assert "two_ 012d" in vm.text("console") and "A20=0" in said, said + vm.text("console")


@pytest.mark.parametrize("machine", ["pc", "q35"])
@pytest.mark.parametrize("device, how", [("ide-cd", "harddisk"), ("ide-cd", "floppy"), (VIRTIO, "harddisk"), (VIRTIO, "harddisk int"),
                                         (VIRTIO, "harddisk raw"), (VIRTIO, "floppy")])
def test_memdisk_boots_an_image_as_under_seabios(machine, device, how, tmp_path):
    """It keeps the image in memory and answers INT 13h for it, for the rest asking the firmware; int: it reads by INT 15h AH=87h,
    raw: in protected mode of its own."""
    floppy = how == "floppy"
    files = {"image": media.disk(tmp_path, "imag", size=1474560) if floppy else media.hard_disk_image(tmp_path, "imag"),
             "memdisk": media.unpacked("syslinux-common", "usr/lib/syslinux/memdisk")}
    config = loaders.syslinux_config("/memdisk", "/image", how)
    if device == "ide-cd":
        image, drives = loaders.isolinux_cd(tmp_path, {"isolinux/isolinux.cfg": config, **files}), ["othe"]
    else:
        image, drives = loaders.syslinux_disk(tmp_path, "mbr", {"syslinux.cfg": config, **files}), ["", "othe"]
    args = [*drive(image, device), *drive(media.disk(tmp_path, "othe"), VIRTIO, 1)]
    entry, found, result = booted("slipway", machine, args)
    hard = (drives if floppy else ["imag", *drives]) + [NONE] * 3
    assert entry["sector"] == "imag" and entry["DX"] == (0 if floppy else 0x80), f"{entry}\n{result}"
    assert found == [*hard[:3], "imag" if floppy else NONE, NONE], str(result)
    same_under_seabios(machine, args, entry, found)


@pytest.mark.parametrize("machine", ["pc", "q35"])
@pytest.mark.parametrize("options, keys, partition", [("-i n -t 0 -p 2", "", 2), ("-i k -t 500 -p 1 -e 2", "2", 2)])
def test_debians_mbr_starts_a_partition_as_under_seabios(machine, options, keys, partition, tmp_path):
    """By its menu, too: any key brings that, and the second is the partition."""
    image = loaders.blank(tmp_path / "disk", 4)
    loaders.mbr(image, (loaders.LINUX, 2048, 1024), (loaders.LINUX, 3072, 1024))
    for offset, data in ((1, b"hard"), (2048, media.sector("par1", "X")), (3072, media.sector("par2", "X"))):
        loaders.put(image, offset * loaders.SECTOR, data)
    loaders.install_mbr(image, *options.split())
    args = [*drive(image, VIRTIO), "-device", "VGA"]
    entry, found, result = booted("slipway", machine, args, keys)
    assert entry["sector"] == f"par{partition}" and entry["DX"] == 0x80 and found == ["hard"] + [NONE] * 4, f"{entry}\n{result}"
    same_under_seabios(machine, args, entry, found, keys)


def wait_screen(vm, *texts):
    end = qemu.now() + 60
    while True:
        lines = test_display.screen(vm)
        if any(text in line for line in lines for text in texts):
            return
        assert qemu.now() < end, "\n".join(lines) + str(vm.finish(0))
        qemu.sleep(0.1)


@pytest.mark.parametrize("machine, medium", [("pc", "cdrom.iso"), ("q35", "cdrom.iso"), ("pc", "floppy.img"), ("q35", "floppy.img")])
def test_grubs_rescue_media_take_commands(machine, medium, tmp_path):
    """From the menu to the prompt, which reads a module from the medium and switches the machine off by ACPI."""
    image = pathlib.Path(qemu.first_file([f"/usr/lib/grub-rescue/grub-rescue-{medium}"], "grub-rescue-pc"))
    args = [*drive(image, "ide-cd"), "-device", "VGA"]
    if medium == "floppy.img":
        loaders.put(shutil.copy(image, tmp_path / medium), 1474560 - 1, b"\0")
        args = [*(["-device", "isa-fdc"] if machine == "q35" else []), "-drive", f"file={tmp_path}/{medium},format=raw,if=none,id=f",
                "-device", "floppy,drive=f", "-device", "VGA"]
    with qemu.VM(machine=machine, memory="128", args=args, qmp=True) as vm:
        vm.start()
        assert vm.wait_text("boot: drive", "log", 30), vm.finish(0)
        wait_screen(vm, "executed automatically")
        press(vm, "c")
        wait_screen(vm, "grub>")
        press(vm, *"halt")
        wait_screen(vm, "grub> halt")
        press(vm, "ret")
        result = vm.finish(30)
        assert result.code == 0, str(result)


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_ipxe_starts_from_grub_and_finds_its_card(machine, tmp_path):
    """It asks the PCI BIOS for the sizes of BARs while they are decoded: virtio-net's of 64 bits is then over the ROM."""
    files = {"vmlinuz": media.unpacked("ipxe", "**/ipxe.lkrn")}
    args = [*drive(loaders.grub_disk(tmp_path, "mbr", GRUB_CFG.format("linux16 /vmlinuz"), files, mib=24), VIRTIO), "-device", "VGA",
            "-netdev", "hubport,hubid=0,id=n", "-device", "virtio-net-pci,netdev=n,mac=52:54:00:12:34:56"]
    with qemu.VM(machine=machine, memory="128", args=args, qmp=True) as vm:
        vm.start()
        assert vm.wait_text("boot: drive", "log", 30), vm.finish(0)
        wait_screen(vm, "net0: 52:54:00:12:34:56")

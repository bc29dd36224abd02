# SPDX-License-Identifier: BSD-2-Clause
"""Disks and CDs with boot loaders of Debian's packages on them, installed as their own installers do, and with a file
system that has a kernel. None of it needs root, but extlinux."""
import os
import pathlib
import shutil
import struct
import subprocess
import uuid
import zlib

import debian
import media
import vm as qemu

SECTOR = 512
MIB = 1 << 20
FIRST = 2048            # sector of the first partition
LINUX, FAT, PROTECTIVE = 0x83, 0x0e, 0xee
GUID_LINUX, GUID_BIOS_BOOT = "0fc63daf-8483-4772-8e79-3d69d8477de4", "21686148-6449-6e6f-744e-656564454649"


def table_entry(kind, start, sectors, active):
    """A partition of a master boot record; the addresses by CHS say that they are too large, as those of new disks do."""
    return struct.pack("<B3sB3sII", 0x80 if active else 0, b"\xfe\xff\xff", kind, b"\xfe\xff\xff", start, sectors)


def put(file, offset, data):
    with open(file, "r+b") as f:
        f.seek(offset)
        f.write(data)


def mbr(file, *parts, boot=b""):
    """parts: (kind, first sector, sectors); the first is the active one. boot: code of the first sector, up to 440 bytes."""
    assert len(boot) <= 440
    table = b"".join(table_entry(*part, n == 0) for n, part in enumerate(parts))
    put(file, 0, boot.ljust(media.TABLE, b"\0") + table.ljust(64, b"\0") + b"\x55\xaa")


def gpt(file, *parts, boot=b""):
    """parts: (GUID of the kind, first sector, last sector, attributes)."""
    total = os.path.getsize(file) // SECTOR
    mbr(file, (PROTECTIVE, 1, total - 1), boot=boot)
    put(file, media.TABLE, b"\0")       # the protective partition is not active
    entries = b"".join(struct.pack("<16s16sQQQ72s", uuid.UUID(kind).bytes_le, uuid.UUID(int=n + 1).bytes_le, first, last, flags, b"")
                       for n, (kind, first, last, flags) in enumerate(parts)).ljust(128 * 128, b"\0")
    for here, other, at in ((1, total - 1, 2), (total - 1, 1, total - 33)):
        head = struct.pack("<8sIIIIQQQQ16sQIII", b"EFI PART", 0x10000, 92, 0, 0, here, other, 34, total - 34, uuid.UUID(int=99).bytes_le,
                           at, 128, 128, zlib.crc32(entries))
        put(file, here * SECTOR, head[:16] + struct.pack("<I", zlib.crc32(head)) + head[20:])
        put(file, at * SECTOR, entries)


def blank(file, mib):
    with open(file, "wb") as f:
        f.truncate(mib * MIB)
    return file


def ext2(file, first, mib, source):
    """An ext2 file system with what is in the folder source, in a partition from that sector on."""
    media.run_tool(debian.find_program("mke2fs"), "-q", "-F", "-t", "ext2", "-d", source, "-E", f"offset={first * SECTOR}", file, f"{mib}M")


def fat(file, first, mib, source):
    """A FAT file system, and the files of source (mtools)."""
    media.run_tool(debian.find_program("mkfs.fat"), "-h", first, "--offset", first, file, mib * 1024)
    media.run_tool(media.tool("mcopy"), "-s", "-i", f"{file}@@{first * SECTOR}", *sorted(source.iterdir()), "::")


def folder_of(root, files):
    """A folder with those files: {name: path, text or bytes}."""
    for name, content in files.items():
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, pathlib.Path):
            shutil.copy(content, target)
        else:
            target.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def grub_modules():
    return media.unpacked("grub-pc-bin", "usr/lib/grub/i386-pc/boot.img").parent


def grub_disk(folder, scheme, cfg, files, mib=64):
    """A disk as grub-install leaves it: core.img between the MBR and the first partition, or in the BIOS boot partition; modules
    and grub.cfg in the file system of the partition behind."""
    modules = grub_modules()
    root = folder_of(folder / "root", {"boot/grub/grub.cfg": cfg, **files})
    shutil.copytree(modules, root / "boot/grub/i386-pc", ignore=lambda _, names: [n for n in names if not n.endswith((".mod", ".lst"))])
    file = blank(folder / "grub.img", mib)
    last = mib * MIB // SECTOR - FIRST
    if scheme == "mbr":
        first, at, partition = FIRST, 1, "msdos1"
        mbr(file, (LINUX, first, last - first))
    else:
        first, at, partition = 2 * FIRST, FIRST, "gpt2"
        gpt(file, (GUID_BIOS_BOOT, at, first - 1, 0), (GUID_LINUX, first, last - 1, 0))
    ext2(file, first, (last - first) * SECTOR // MIB, root)
    core = folder / "core.img"
    media.run_tool(media.tool("grub-mkimage"), "-O", "i386-pc", "-d", modules, "-p", f"(,{partition})/boot/grub", "-o", core, "biosdisk",
                   "part_msdos" if scheme == "mbr" else "part_gpt", "ext2")
    # What grub-bios-setup fills in: where the core image is, and its own blocklist; a hard disk's DL is not doubted.
    boot, image = bytearray((modules / "boot.img").read_bytes()), bytearray(core.read_bytes())
    assert len(image) <= (first - at) * SECTOR
    struct.pack_into("<Q", boot, 0x5c, at)
    struct.pack_into("<Q", image, SECTOR - 12, at + 1)
    put(file, 0, boot[:440])
    put(file, at * SECTOR, image)
    return file


def syslinux_config(kernel="/vmlinuz", initrd="/initrd.gz", append=""):
    return f"SERIAL 0\nPROMPT 0\nDEFAULT it\nLABEL it\nLINUX {kernel}\nINITRD {initrd}\nAPPEND {append}\n"


def syslinux_code(name):
    return media.unpacked("syslinux-common", f"usr/lib/syslinux/mbr/{name}.bin").read_bytes()


def syslinux_disk(folder, scheme, files, mib=40):
    """A FAT partition with syslinux, and its code in the MBR that starts the active partition, or GPT's one with the attribute for
    that. files: with syslinux.cfg."""
    root = folder_of(folder / "root", files)
    file = blank(folder / "syslinux.img", mib)
    end = mib * MIB // SECTOR - FIRST
    if scheme == "gpt":
        gpt(file, (GUID_LINUX, FIRST, end - 1, 4), boot=syslinux_code("gptmbr"))
    else:
        mbr(file, (FAT, FIRST, end - FIRST), boot=syslinux_code("mbr"))
    fat(file, FIRST, (end - FIRST) * SECTOR // MIB, root)
    media.run_tool(media.tool("syslinux"), "-i", "-t", FIRST * SECTOR, file)
    return file


def extlinux_disk(folder, files, mib=40):
    """An ext2 partition with extlinux, whose installer wants it mounted: in a mount namespace, which leaves nothing behind."""
    if os.geteuid() != 0:
        raise qemu.Absent("extlinux is installed by root only")
    program = media.unpacked("extlinux", "usr/bin/extlinux")
    root = folder_of(folder / "root", files)
    file, at = blank(folder / "extlinux.img", mib), folder / "mnt"
    end = mib * MIB // SECTOR - FIRST
    mbr(file, (LINUX, FIRST, end - FIRST), boot=syslinux_code("mbr"))
    ext2(file, FIRST, (end - FIRST) * SECTOR // MIB, root)
    at.mkdir()
    mount = ["-o", f"loop,offset={FIRST * SECTOR},sizelimit={(end - FIRST) * SECTOR}", file, at]
    done = subprocess.run([debian.find_program("unshare"), "-m", debian.find_program("mount"), *mount], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise qemu.Absent(f"no loop device can be mounted here: {done.stdout.strip()}")
    media.run_tool("unshare", "-m", "sh", "-ec", 'mount "$1" "$2" "$3" "$4"; "$5" --install "$4"; umount "$4"', "sh", *mount, program)
    return file


def isolinux_cd(folder, files, hybrid=False):
    """A CD with isolinux; hybrid: one that is a disk too."""
    root = folder_of(folder / "root", {
        "isolinux/isolinux.bin": media.unpacked("isolinux", "usr/lib/ISOLINUX/isolinux.bin"),
        "isolinux/ldlinux.c32": media.unpacked("syslinux-common", "usr/lib/syslinux/modules/bios/ldlinux.c32"), **files})
    how = ["-isohybrid-mbr", media.unpacked("isolinux", "usr/lib/ISOLINUX/isohdpfx.bin")] if hybrid else []
    media.run_tool(media.tool("xorriso"), "-as", "mkisofs", "-quiet", "-o", folder / "isolinux.iso", "-b", "isolinux/isolinux.bin", "-c",
                   "isolinux/boot.cat", "-no-emul-boot", "-boot-load-size", "4", "-boot-info-table", *how, root)
    return folder / "isolinux.iso"


def install_mbr(file, *options):
    """The menu of Debian's package mbr, into a disk that has partitions."""
    media.run_tool(media.unpacked("mbr", "**/install-mbr"), *options, file)
    return file

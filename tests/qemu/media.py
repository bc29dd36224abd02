# SPDX-License-Identifier: BSD-2-Clause
"""Media for boot tests: disks and CDs with our own boot sector (tests/guests/media), and with loaders of Debian's
packages."""
import fcntl
import pathlib
import shutil
import struct
import subprocess

import debian
import vm as qemu

SECTOR = 512
NAME, ACTION, TABLE = 505, 509, 0x1be


def sector(name, action):
    data = bytearray((qemu.GUESTS / "media/sector.bin").read_bytes())
    assert len(data) == SECTOR and not any(data[TABLE:NAME])
    data[NAME:NAME + 4] = name.encode()
    data[ACTION] = ord(action)
    return data


def disk(folder, name, action="X", size=1 << 20, signature=True):
    """A disk or floppy that says name and does action; an action of None leaves it empty."""
    data = bytearray(size)
    if action:
        data[:SECTOR] = sector(name, action)
    if not signature:
        data[510:512] = bytes(2)
    data[SECTOR:SECTOR + 4] = name.encode()
    file = folder / f"{name}.img"
    file.write_bytes(data)
    return file


def tool(*names):
    found = shutil.which(names[0])
    if not found:
        raise qemu.Absent(f"{names[0]} is not installed")
    return found


def run_tool(*args):
    done = subprocess.run([str(a) for a in args], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
    assert done.returncode == 0, f"{args}: {done.stdout}"


def iso(target, image, *how):
    """An ISO whose boot image is that file."""
    folder = target.with_suffix(".d")
    folder.mkdir()
    shutil.copy(image, folder / "boot.img")
    run_tool(tool("xorriso"), "-as", "mkisofs", "-quiet", "-o", target, "-b", "boot.img", *how, folder)
    return target


def iso_of(target, *entries, how=()):
    """An ISO of several boot images: (file, name in the catalogue, xorriso's options for it)."""
    folder = target.with_suffix(".d")
    folder.mkdir()
    args = []
    for n, (image, name, options) in enumerate(entries):
        shutil.copy(image, folder / f"boot{n}.img")
        args += [*(["-eltorito-alt-boot"] if n else []), "-b", f"boot{n}.img", "-eltorito-id", name, *options]
    run_tool(tool("xorriso"), "-as", "mkisofs", "-quiet", "-o", target, *how, *args, folder)
    return target


def hard_disk_image(folder, name):
    """A disk image of 4 cylinders with one partition, for a CD's hard-disk emulation."""
    file = disk(folder, name, size=4 * 16 * 63 * SECTOR)
    data = bytearray(file.read_bytes())
    data[TABLE:TABLE + 16] = struct.pack("<8BII", 0x80, 1, 1, 0, 6, 15, 63, 3, 63, 3 * 16 * 63)
    file.write_bytes(data)
    return file


def unpack(deb, folder, only):
    """The package's files, or those alone that the pattern names."""
    if not only:
        run_tool("dpkg-deb", "-x", deb, folder)
        return
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(deb)], stdout=subprocess.PIPE) as tar:
        done = subprocess.run(["tar", "-x", "-C", str(folder), "--wildcards", only], stdin=tar.stdout, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, f"{deb}, {only}: {done.stdout}"
    deb.unlink()                    # what is taken a part of is large


def unpacked(package, pattern, only=None):
    """A file of a Debian package, which is downloaded and unpacked below the cache. only: a pattern of what is unpacked of it."""
    folder = debian.CACHE / "media" / package
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock:        # tests run side by side
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not list(folder.glob(pattern)):
            try:
                subprocess.run(["apt-get", "-o", "APT::Sandbox::User=root", "download", package], cwd=folder, check=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)
            except (OSError, subprocess.SubprocessError) as e:
                raise qemu.Absent(f"{package} could not be downloaded: {e}") from e
            for deb in folder.glob("*.deb"):
                unpack(deb, folder, only)
    found = sorted(folder.glob(pattern))
    if not found:
        raise qemu.Absent(f"{package} has no {pattern}")
    return found[0]


GRUB_CFG = """serial --port=0x3f8
terminal_output serial
terminal_input serial
echo "GRUB-READY from $root"
halt
"""


def grub_iso(folder, cfg=GRUB_CFG):
    """grub-mkrescue's: a CD, and a disk by its master boot record."""
    source = folder / "grub"
    (source / "boot/grub").mkdir(parents=True)
    (source / "boot/grub/grub.cfg").write_text(cfg)
    tool("xorriso")
    run_tool(tool("grub-mkrescue"), "-d", unpacked("grub-pc-bin", "usr/lib/grub/i386-pc/cdboot.img").parent, "-o",
             folder / "grub.iso", source)
    return folder / "grub.iso"


def isolinux_iso(folder):
    source = folder / "isolinux"
    source.mkdir()
    for file in (unpacked("isolinux", "usr/lib/ISOLINUX/isolinux.bin"),
                 unpacked("syslinux-common", "usr/lib/syslinux/modules/bios/ldlinux.c32")):
        shutil.copy(file, source)
    (source / "isolinux.cfg").write_text("SERIAL 0x3f8 115200\nSAY ISOLINUX-READY\nDEFAULT x\nLABEL x\nLINUX /none\n")
    run_tool(tool("xorriso"), "-as", "mkisofs", "-quiet", "-o", folder / "isolinux.iso", "-b", "isolinux.bin", "-c",
             "boot.cat", "-no-emul-boot", "-boot-load-size", "4", "-boot-info-table", source)
    return folder / "isolinux.iso"


def memtest_iso():
    """Its boot image is a floppy's."""
    return pathlib.Path(unpacked("memtest86+", "usr/lib/memtest86+/memtest86+x64.iso"))

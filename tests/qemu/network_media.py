# SPDX-License-Identifier: BSD-2-Clause
"""What a machine boots over the network: folders for QEMU's TFTP server with programs of ours and loaders of Debian's packages,
and the arguments for its cards."""
import gzip
import re
import shutil
import subprocess

import debian
import loader_media as loaders
import media
import vm as qemu

SYSLINUX = "usr/lib/syslinux/modules/bios"


def program(folder, name, action="X", code=b""):
    """Our boot sector (media.py), as a program that a card loads to 7C00h; code is run before it. Returns the file's name."""
    file = f"{name}.bin"
    (folder / file).write_bytes(code + media.sector(name, action))
    return file


def user(number, folder=None, bootfile=None):
    """A network of QEMU's own: its DHCP names the file, its TFTP has the folder."""
    tftp = f",tftp={folder}" if folder else ""
    return ["-netdev", f"user,id=n{number}{tftp}" + (f",bootfile={bootfile}" if bootfile else "")]


def card(number, model, folder=None, bootfile=None, more=""):
    """more: properties, from the comma on."""
    return [*user(number, folder, bootfile), "-device", f"{model},netdev=n{number}{more}"]


def pxelinux(folder, name, config, files):
    """pxelinux.0 or lpxelinux.0 with its configuration. Returns the boot file's name."""
    loaders.folder_of(folder, {name: media.unpacked("pxelinux", f"usr/lib/PXELINUX/{name}"),
                               "ldlinux.c32": media.unpacked("syslinux-common", f"{SYSLINUX}/ldlinux.c32"),
                               "pxelinux.cfg/default": config, **files})
    return name


def grub(folder, cfg, files):
    """GRUB's image for the network, as grub-mknetdir makes it, but with what it needs inside."""
    core = folder / "core.0"
    loaders.folder_of(folder, {"grub.cfg": cfg, **files})
    media.run_tool(media.tool("grub-mkimage"), "-O", "i386-pc-pxe", "-d", loaders.grub_modules(), "-p", "(pxe)/", "-o", core,
                   "pxe", "tftp", "linux", "linux16", "serial", "normal", "configfile", "terminal")
    return core.name


def ipxe(name):
    return media.unpacked("ipxe", f"**/{name}")


def ipxe_loader(folder, name, then):
    """A build of iPXE that is started by the card's own iPXE, and then fetches the program. Both ask the same DHCP server, which
    names the script: it tells by the driver which of them it runs in."""
    shutil.copy(ipxe(name), folder)
    (folder / "it.ipxe").write_text(f"#!ipxe\niseq ${{net0/chip}} undionly && chain {then} ||\nchain {name}\n")
    return "it.ipxe"


def newest(pattern):
    """Of the packages that apt knows, the one with the highest version in its name: what ( ) holds. Raises vm.Absent."""
    try:
        names = debian.command("apt-cache", "pkgnames", pattern.partition("(")[0]).split()
    except (OSError, subprocess.CalledProcessError):
        names = []
    found = {tuple(map(int, match[1].split("."))): name for name in names if (match := re.fullmatch(pattern, name))}
    if not found:
        raise qemu.Absent(f"apt-cache knows no package {pattern}")
    return found[max(found)]


def installer(folder, words):
    """Debian's installer for the network, with the boot loader that it comes with."""
    images = media.unpacked(newest(r"debian-installer-(\d+)-netboot-amd64"), only="*/amd64/text/*",
                            pattern="usr/lib/debian-installer/images/*/amd64/text/debian-installer/amd64/linux").parent
    config = f"SERIAL 0\nPROMPT 0\nDEFAULT it\nLABEL it\nLINUX linux\nINITRD initrd.gz\nAPPEND {words}\n"
    loaders.folder_of(folder, {"ldlinux.c32": images / "boot-screens/ldlinux.c32", "pxelinux.cfg/default": config})
    for name in ("pxelinux.0", "linux", "initrd.gz"):
        (folder / name).symlink_to(images / name)
    return "pxelinux.0"


def xen():
    return gzip.decompress(media.unpacked(newest(r"xen-hypervisor-([\d.]+)-amd64"), "boot/xen-*-amd64.gz").read_bytes())


def rom(name):
    """An option ROM of QEMU's cards."""
    return qemu.first_file([f"/usr/lib/ipxe/qemu/{name}", f"/usr/share/qemu/{name}"], f"QEMU's option ROM {name}")

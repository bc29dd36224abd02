#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A distribution's kernel, taken from its package without installing it, and a small initramfs.

The initramfs is a static busybox, dmidecode and rtcwake with their libraries, and init.sh; what it prints is
cut into sections again by sections(). Run as a program, it prints the two paths.
"""
import argparse
import ctypes
import fcntl
import gzip
import lzma
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import vm  # noqa: E402

CACHE = vm.OUT / "debian"
# Packages that only depend on the newest kernel: Debian's for virtual machines, Debian's, Ubuntu's.
META = ["linux-image-cloud-amd64", "linux-image-amd64", "linux-image-virtual", "linux-image-generic"]
HERE = pathlib.Path(__file__).resolve().parent


def command(*args, **how):
    return subprocess.run(args, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **how).stdout


def newest_package():
    """The package that holds the kernel which a distribution installs now. Raises vm.Absent."""
    for meta in META:
        try:
            out = command("apt-cache", "depends", meta)
        except (OSError, subprocess.CalledProcessError):
            continue
        found = re.search(r"Depends: (linux-image-[\w.+-]*\d[\w.+-]*)", out)
        if found:
            # From Debian 14 on that package only brings others, of which this one has the kernel.
            binary = re.search(r"Depends: (linux-binary-[\w.+-]*)", command("apt-cache", "depends", found[1]))
            return (binary or found)[1]
    raise vm.Absent("apt-cache knows no kernel package")


VMLINUZ = ["boot/vmlinuz-*", "usr/lib/modules/*/vmlinuz"]


def vmlinuz_in(folder):
    return next((file for pattern in VMLINUZ for file in sorted(folder.glob(pattern))), None)


def download(package, work, patterns):
    """Unpack those files of a package below the folder work."""
    # As root apt would hand the download to its own user, who may not write here.
    sandbox = ["-o", "APT::Sandbox::User=root"] if os.geteuid() == 0 else []
    try:
        command("apt-get", *sandbox, "download", package, cwd=work)
    except (OSError, subprocess.CalledProcessError) as e:
        raise vm.Absent(f"{package} could not be downloaded: {getattr(e, 'stderr', e)}") from e
    deb = next(work.glob("*.deb"))
    tar = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(deb)], stdout=subprocess.PIPE)
    # It complains of the pattern that finds nothing: what counts is what came out.
    subprocess.run(["tar", "-x", "-C", str(work), "--wildcards", *(f"./{pattern}" for pattern in patterns)],
                   stdin=tar.stdout, stderr=subprocess.DEVNULL)
    tar.stdout.close()
    tar.wait()
    deb.unlink()


def fetch(package):
    """Download and unpack package below the cache; the path of its vmlinuz."""
    folder = CACHE / package
    found = vmlinuz_in(folder)
    if found:
        return found
    work = CACHE / f"{package}.new"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    # Only the kernel itself: the modules are twenty times its size.
    download(package, work, VMLINUZ)
    if not vmlinuz_in(work):
        raise vm.Absent(f"{package} has no kernel at {' or '.join(VMLINUZ)}")
    shutil.rmtree(folder, ignore_errors=True)
    work.rename(folder)
    return vmlinuz_in(folder)


def kernel():
    """A vmlinuz: downloaded, cached from before, or this machine's own. Raises vm.Absent."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            return fetch(newest_package())
        except vm.Absent as e:
            cached = [vmlinuz_in(folder) for folder in sorted(CACHE.glob("linux-*")) if folder.suffix != ".new"]
            for candidates in (filter(None, cached), sorted(pathlib.Path("/boot").glob("vmlinuz-*"))):
                readable = [c for c in candidates if os.access(c, os.R_OK)]
                if readable:
                    return readable[-1]
            raise vm.Absent(f"no Linux kernel: {e}") from e


FULL = ["linux-image-amd64", "linux-image-generic"]    # those for virtual machines lack drivers


def parts_of(package, depth=3):
    """What a kernel's package brings that has the kernel or modules, itself included."""
    if not depth:
        return [package]
    found = re.findall(r"Depends: (linux-(?:image|binary|modules)-[\w.+-]*\d[\w.+-]*)",
                       command("apt-cache", "depends", package))
    return sorted({package, *(part for name in found for part in parts_of(name, depth - 1))})


def plain_module(file):
    data = file.read_bytes()
    if file.suffix == ".xz":
        return lzma.decompress(data)
    if file.suffix != ".ko":
        raise vm.Absent(f"{file.name} is packed in a way that is not known here")
    return data


def kernel_with_modules(names):
    """(vmlinuz, {name: module}) of a distribution's kernel for real machines, which has drivers for screens as well.
    Raises vm.Absent."""
    CACHE.mkdir(parents=True, exist_ok=True)
    folder = CACHE / ("full" if names else "full-alone")    # what is there has the modules that it was made with
    patterns = [*VMLINUZ, *(f"*lib/modules/*/{name}.ko*" for name in names)]
    with open(CACHE / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not vmlinuz_in(folder):
            work = folder.with_suffix(".new")
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir()
            for meta in FULL:
                try:
                    for package in parts_of(meta)[:4]:
                        if package != meta:
                            download(package, work, patterns)
                    break
                except (OSError, subprocess.CalledProcessError, vm.Absent):
                    continue
            if not vmlinuz_in(work):
                raise vm.Absent(f"none of {', '.join(FULL)} could be had")
            shutil.rmtree(folder, ignore_errors=True)
            work.rename(folder)
    modules = {name: file for name in names for file in folder.rglob(f"{name}.ko*")}
    return vmlinuz_in(folder), {name: plain_module(file) for name, file in modules.items()}


def library(name):
    """A shared library that apt or dpkg needs, so that Debian has it everywhere. Raises vm.Absent."""
    try:
        return ctypes.CDLL(name)
    except OSError as e:
        raise vm.Absent(f"{name} is not installed") from e


def by_lz4(data, size):
    """The old format of lz4: blocks of 8 MiB, each behind its packed size."""
    unpack, block, out, at = library("liblz4.so.1").LZ4_decompress_safe, 8 << 20, bytearray(), 4
    into = ctypes.create_string_buffer(block)
    while len(out) < size:
        packed = int.from_bytes(data[at:at + 4], "little")
        got = unpack(data[at + 4:at + 4 + packed], into, packed, block)
        assert got > 0, f"lz4: block at {at} of {packed} bytes: {got}"
        out += into[:got]
        at += 4 + packed
    return bytes(out)


def by_zstd(data, size):
    unpack = library("libzstd.so.1").ZSTD_decompress
    unpack.restype, unpack.argtypes = ctypes.c_size_t, [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t]
    into = ctypes.create_string_buffer(size)
    got = unpack(into, size, data, len(data))
    assert got == size, f"zstd: {got:#x}, {size:#x} bytes expected"
    return into.raw


# The payload's first bytes, and what unpacks so many bytes of it.
PACKED_BY = {b"\x1f\x8b": lambda data, size: zlib.decompressobj(31).decompress(data), b"\x02\x21\x4c\x18": by_lz4,
             b"\xfd7zXZ": lambda data, size: lzma.decompress(data), b"\x28\xb5\x2f\xfd": by_zstd, b"\x7fELF": lambda data, size: data}


def vmlinux(bzimage):
    """The ELF file in a bzImage, unpacked and kept [Linux Documentation/arch/x86/boot.rst, payload_offset]; behind what is
    packed is its size. Raises vm.Absent."""
    data = bzimage.read_bytes()
    offset, length = struct.unpack_from("<II", data, 0x248)
    start = (data[0x1f1] + 1) * 512 + offset
    payload, size = data[start:start + length - 4], int.from_bytes(data[start + length - 4:start + length], "little")
    target = CACHE / f"vmlinux-{zlib.crc32(data):08x}"
    with open(CACHE / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if target.exists():
            return target
        unpack = next((f for magic, f in PACKED_BY.items() if payload.startswith(magic)), None)
        if not unpack:
            raise vm.Absent(f"{bzimage} is packed in a way that is not known here: {payload[:4].hex()}")
        elf = unpack(payload, size)
        assert len(elf) == size and elf.startswith(b"\x7fELF"), f"{bzimage}: {len(elf)} bytes unpacked, {size} expected"
        target.with_suffix(".new").write_bytes(elf)
        target.with_suffix(".new").rename(target)
    return target


def cpio(entries):
    """A newc archive of (name, mode, bytes)."""
    out = bytearray()
    for number, (name, mode, data) in enumerate([*entries, ("TRAILER!!!", 0, b"")], 1):
        raw = name.encode() + b"\0"
        fields = [number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(raw), 0]
        out += b"070701" + b"".join(b"%08X" % f for f in fields) + raw
        out += bytes(-len(out) % 4) + data
        out += bytes(-len(out) % 4)
    return bytes(out) + bytes(-len(out) % 512)


def libraries(program):
    """What the dynamic loader takes for program, itself included."""
    return sorted(set(re.findall(r"(/\S+) \(0x", command("ldd", program))))


def find_program(*names):
    for name in names:
        found = shutil.which(name, path="/bin:/sbin:/usr/bin:/usr/sbin")
        if found:
            return found
    raise vm.Absent(f"{names[0]} is not installed")


PT_INTERP = 3


def is_static(program):
    """Whether this is an ELF program that asks for no loader: none of its program headers is PT_INTERP (System V ABI, chapter 5).

    Read here since readelf belongs to those who build programs: who has installed slipway-run may not have it.
    """
    data = pathlib.Path(program).read_bytes()
    if data[:4] != b"\x7fELF" or len(data) < 64:
        return False
    wide, order = data[4] == 2, ">" if data[5] == 2 else "<"
    at, = struct.unpack_from(f"{order}{'Q' if wide else 'I'}", data, 32 if wide else 28)
    size, count = struct.unpack_from(f"{order}HH", data, 54 if wide else 42)
    kinds = [data[start:start + 4] for start in range(at, at + size * count, max(size, 1))]
    return all(len(kind) == 4 and struct.unpack(f"{order}I", kind)[0] != PT_INTERP for kind in kinds)


def has_rtcwake():
    return bool(shutil.which("rtcwake", path="/bin:/sbin:/usr/bin:/usr/sbin"))


def initramfs():
    """The initramfs, built when what goes in has changed. Raises vm.Absent."""
    busybox, programs = find_program("busybox"), [find_program("dmidecode")]
    if has_rtcwake():		# in another package of util-linux here and there
        programs.append(find_program("rtcwake"))
    if not is_static(busybox):
        raise vm.Absent(f"{busybox} is not the static one of the package busybox-static")
    sources = [HERE / "init.sh", busybox, *programs, __file__]
    CACHE.mkdir(parents=True, exist_ok=True)
    target = CACHE / "initramfs.gz"
    with open(CACHE / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if target.exists() and all(os.path.getmtime(s) < target.stat().st_mtime for s in sources):
            return target
        files = [("init", HERE / "init.sh"), ("bin/busybox", busybox)]
        files += [(f"bin/{pathlib.Path(program).name}", program) for program in programs]
        files += [(lib[1:], lib) for lib in sorted({lib for program in programs for lib in libraries(program)})]
        folders = {str(p) for name, _ in files for p in pathlib.PurePath(name).parents if str(p) != "."}
        entries = [(f, 0o040755, b"") for f in sorted(folders | {"proc", "sys", "dev", "tmp"})]
        entries += [(name, 0o100755, pathlib.Path(file).read_bytes()) for name, file in files]
        new = target.with_suffix(".new")
        new.write_bytes(gzip.compress(cpio(entries), 1, mtime=0))
        new.rename(target)
    return target


def sections(serial):
    """{"dmesg": [lines], ...} of what init.sh printed; empty when user space was not reached."""
    found, name = {}, None
    for line in serial.splitlines():
        start = re.fullmatch(r"=== (\S+)", line)
        if start:
            name = start[1]
            found[name] = []
        elif name:
            found[name].append(line)
    return found


def main():
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    try:
        print(kernel())
        print(initramfs())
    except vm.Absent as e:
        sys.exit(str(e))


if __name__ == "__main__":
    main()

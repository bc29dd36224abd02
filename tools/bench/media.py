# SPDX-License-Identifier: BSD-2-Clause
"""The files a measured guest is given: initrds of any size, disks and a CD with the marker boot sector."""
import struct
import zlib

SECTOR = 512
CD_SECTOR = 2048
FLOPPY = 2880 * SECTOR
DISK = 4 << 20


def once(file, size, write):
    """Make file by write(stream) unless it is there with its size. Returns file."""
    if not file.exists() or file.stat().st_size != size:
        file.parent.mkdir(parents=True, exist_ok=True)
        new = file.with_name(f"{file.name}.new")
        with open(new, "wb") as f:
            write(f)
        new.rename(file)
    return file


def initrd(folder, size):
    """Bytes that no host can take for a hole in a file: a boot that reads zeroes proves little."""
    block = bytes((i * 131 + (i >> 8) * 17 + 7) & 0xff for i in range(1 << 20))

    def write(f):
        left = size
        while left:
            f.write(block[:left])
            left -= min(left, len(block))
    return once(folder / f"initrd-{size}", size, write)


def disk(folder, sector, size=DISK):
    """An image whose first sector is `sector`, the file of a boot sector. Its checksum is in its name."""
    data = sector.read_bytes()

    def write(f):
        f.write(data)
        f.truncate(size)
    return once(folder / f"disk-{size}-{zlib.crc32(data):08x}", size, write)


def cd(folder, sector):
    """An ISO 9660 image that boots `sector` without emulation [El Torito 1.0, figures 1 to 4]."""
    data = sector.read_bytes()
    catalog = bytearray(CD_SECTOR)
    struct.pack_into("<BBH24sHBB", catalog, 0, 1, 0, 0, b"Slipway", 0, 0x55, 0xaa)
    total = sum(struct.unpack_from("<16H", catalog))
    struct.pack_into("<H", catalog, 28, -total & 0xffff)	# the sixteen words of this entry add up to 0
    struct.pack_into("<BBHBBHL", catalog, 32, 0x88, 0, 0, 0, 0, 1, 20)	# bootable, no emulation, one sector at 20
    primary = bytearray(CD_SECTOR)
    struct.pack_into("<B5sBB32s32s", primary, 0, 1, b"CD001", 1, 0, b" " * 32, b"MARKER".ljust(32))
    for offset, value in ((80, 24), (120, 1), (124, 1), (128, CD_SECTOR)):	# sectors; set, number, sector size
        width = "I" if offset == 80 else "H"
        struct.pack_into(f"<{width}", primary, offset, value)
        struct.pack_into(f">{width}", primary, offset + struct.calcsize(width), value)
    record = bytearray(CD_SECTOR)
    struct.pack_into("<B5sB32s", record, 0, 0, b"CD001", 1, b"EL TORITO SPECIFICATION")
    struct.pack_into("<I", record, 71, 19)	# where the catalog is
    end = struct.pack("<B5sB", 255, b"CD001", 1).ljust(CD_SECTOR, b"\0")
    size = 24 * CD_SECTOR

    def write(f):
        f.write(bytes(16 * CD_SECTOR) + primary + record + end + catalog + data)
        f.truncate(size)
    return once(folder / f"cd-{zlib.crc32(data):08x}.iso", size, write)

#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A zoo of option ROMs, most of them malformed, each in one way. All are for the device 1234:1111 and, where they run,
write "Z" to the first serial port in their init, "V" in their bootstrap entry and "C" in their boot connection.

    specimens()             gives each as (name, data, expected, chain)
    rom_zoo.py              writes all to standard output, for tests/unit/boot/rom/rom_zoo_test.c
    rom_zoo.py FOLDER       writes each to a file
"""
import collections
import pathlib
import random
import struct
import sys

VENDOR, DEVICE = 0x1234, 0x1111
SIZE = 1024
PCIR, HEADER, CODE, MAKER, NAME, FREE = 0x1c, 0x40, 0x80, 0x100, 0x120, 0x200
RUNS = "runs"

# expected: "runs", or what is wrong with it, as the firmware says it of a device's ROM. chain, where it runs: how many
# expansion headers of Plug and Play it has, or what is wrong with one of them.
Specimen = collections.namedtuple("Specimen", "name data expected chain")

SIGNATURE, HEADER_END, SUM = "signature", "end of an image's header, at most", "sum of bytes"
PCIR_SIGNATURE, PCIR_END = "PCIR's signature", "end of PCIR, at most"
IMAGE, WHOLE, IDS = "bytes of an image, at most", "bytes of the image, at most", "device and vendor of x86 code"
CHAIN_LOW, CHAIN_END = "offset of an expansion header, at least", "end of an expansion header, at most"
CHAIN_LOOP, CHAIN_MANY = "offset behind the last expansion header", "expansion headers, at most"
CHAIN_BYTES, CHAIN_SUM = "bytes of an expansion header, at least", "sum of an expansion header's bytes"
VECTOR = "offset of code, below"


def say(letter):
    """Code: that letter to the serial port, far return."""
    return bytes([0x50, 0x52, 0xba, 0xf8, 0x03, 0xb0, ord(letter), 0xee, 0x5a, 0x58, 0x31, 0xc0, 0xcb])


def put(data, at, form, *values):
    struct.pack_into("<" + form, data, at, *values)


def get(data, at, form):
    return struct.unpack_from("<" + form, data, at)[0]


def add_up(data, start=0, end=None, at=None):
    """Make the bytes from start to end add up to 0 by the one at at, the last."""
    end = len(data) if end is None else end
    at = end - 1 if at is None else at
    data[at] = 0
    data[at] = -sum(data[start:end]) & 0xff


def pcir(units, code_type=0, last=True, vendor=VENDOR, device=DEVICE, revision=0, more=0):
    return struct.pack("<4sHHHHB3sHHBBH", b"PCIR", vendor, device, more, 24, revision, b"\0\0\2", units, 0, code_type,
                       0x80 if last else 0, 0)


def header(next_=0, signature=b"$PnP", units=2, maker=MAKER, name=NAME, bcv=CODE + 32, dv=0, bev=CODE + 16, res=0, wrong=0):
    h = bytearray(struct.pack("<4sBBHBBIHH3sBHHHHH", signature, 1, units, next_, 0, 0, 0x4242, maker, name, b"\2\0\0", 0x14,
                              bcv, dv, bev, 0, res))
    h[9] = -sum(h[:min(16 * units, 32)]) + wrong & 0xff
    return bytes(h)


def good(size=SIZE, head=None):
    """A ROM that runs, with one expansion header or what is given instead; not added up yet."""
    d = bytearray(size)
    put(d, 0, "HB", 0xaa55, size // 512 & 0xff)
    d[3:6] = b"\xe9" + struct.pack("<h", CODE - 6)
    put(d, 0x18, "HH", PCIR, HEADER)
    d[PCIR:PCIR + 24] = pcir(size // 512)
    for at, letter in ((CODE, "Z"), (CODE + 16, "V"), (CODE + 32, "C")):
        d[at:at + len(say(letter))] = say(letter)
    d[MAKER:MAKER + 6], d[NAME:NAME + 5] = b"Zoo\0\0\0", b"ROM\0\0"
    head = header() if head is None else head
    d[HEADER:HEADER + len(head)] = head
    return d


def other(size, code_type=3, last=False, units=None):
    """An image that is not for x86."""
    d = bytearray(size)
    put(d, 0, "HB", 0xaa55, size // 512 & 0xff)
    put(d, 0x18, "H", PCIR)
    d[PCIR:PCIR + 24] = pcir(size // 512 if units is None else units, code_type, last)
    return d


def changed(at, form, value, fix=True):
    d = good()
    put(d, at, form, value)
    if fix:
        add_up(d)
    return bytes(d)


def headers(*parts, first=HEADER, size=SIZE):
    """A ROM with these (offset, bytes)."""
    d = good(size)
    put(d, 0x1a, "H", first)
    d[HEADER:HEADER + 32] = bytes(32)
    for at, data in parts:
        d[at:at + len(data)] = data
    add_up(d)
    return bytes(d)


def whole_images():
    d = good()
    add_up(d)
    d = bytes(d)
    yield "good", d, RUNS, "1"
    for bit in range(16):
        yield f"signature, bit {bit}", changed(0, "H", 0xaa55 ^ 1 << bit), SIGNATURE, ""
    for n in (0, 1, 2, 3, 24, 27):
        yield f"cut to {n}", d[:n], HEADER_END, ""
    for n in (28, 29, 40, PCIR + 23):
        yield f"cut to {n}", d[:n], PCIR_END, ""
    for n in (PCIR + 24, 100, 511, 512, SIZE - 1):
        yield f"cut to {n}", d[:n], IMAGE, ""
    for n in (1, 511, 512, 513, 0x10000):
        yield f"{n} bytes behind", d + b"\xff" * n, RUNS, "1"
    for units in (0, 3, 4, 5, 8, 16, 64, 127, 128, 254, 255):
        yield f"size {units}", changed(2, "B", units), WHOLE, ""
    for at in [*range(3, 20, 2), 0x7f, 0x81, 0x123, 0x1ff, 0x200, 0x3fe, SIZE - 1]:
        yield f"sum, byte {at:#x}", changed(at, "B", d[at] ^ 0x10, fix=False) if at == SIZE - 1 else \
            d[:at] + bytes([d[at] ^ 0x10]) + d[at + 1:], SUM, ""
    half = good()
    half[2] = 1
    half[0x1ff] = -sum(half[:0x1ff]) & 0xff
    yield "half of it runs", bytes(half), RUNS, "1"
    half[0x1ff] ^= 1
    yield "half of it, sum", bytes(half), SUM, ""
    for size in (512, 2048, 32768, 65536, 255 * 512):
        large = good(size)
        add_up(large)
        yield f"{size} bytes", bytes(large), RUNS, "1"
    rng = random.Random(1)
    for n in range(10):
        noise = bytes([n]) + bytes(rng.randrange(256) for _ in range(700))
        yield f"noise {n}", noise, SIGNATURE, ""


def data_structure():
    for at in (0, 1, 2, 3, 4, 0x10, PCIR - 1, PCIR + 1, PCIR + 4, 0x200, SIZE - 24):
        yield f"PCIR at {at:#x}", changed(0x18, "H", at), PCIR_SIGNATURE, ""
    for at in (SIZE - 23, SIZE - 1, SIZE, SIZE + 1, 0x7fff, 0x8000, 0xfff0, 0xffff):
        yield f"PCIR at {at:#x}", changed(0x18, "H", at), PCIR_END, ""
    for at in (0x1ff, 0x200, 0x201, 0x2fd, SIZE - 25):
        d = good()
        put(d, 0x18, "H", at)
        d[PCIR:PCIR + 24] = bytes(24)
        d[at:at + 24] = pcir(SIZE // 512)
        add_up(d)
        yield f"PCIR moved to {at:#x}", bytes(d), RUNS, "1"
    for bit in range(0, 32, 3):
        yield f"PCIR's signature, bit {bit}", changed(PCIR, "I", 0x52494350 ^ 1 << bit), PCIR_SIGNATURE, ""
    for units in (0, 3, 4, 0xff, 0x100, 0x7fff, 0x8000, 0xffff):
        yield f"PCIR says {units} blocks", changed(PCIR + 0x10, "H", units), IMAGE, ""
    for kind in (1, 2, 3, 4, 0x7f, 0x80, 0xff):
        yield f"code type {kind}", changed(PCIR + 0x14, "B", kind), IDS, ""
    for bit in range(16):
        yield f"vendor, bit {bit}", changed(PCIR + 4, "H", VENDOR ^ 1 << bit), IDS, ""
    for bit in range(0, 16, 3):
        yield f"device, bit {bit}", changed(PCIR + 6, "H", DEVICE ^ 1 << bit), IDS, ""
    for length in (0, 1, 23, 25, 0xffff):
        yield f"PCIR's length {length}", changed(PCIR + 10, "H", length), RUNS, "1"


def listed(revision, offset, ids, fill=0):
    d = good()
    d[FREE:] = bytes([fill]) * (SIZE - FREE)
    d[PCIR:PCIR + 24] = pcir(SIZE // 512, device=0x7777, revision=revision, more=offset)
    for n, value in enumerate(ids):
        put(d, PCIR + offset + 2 * n, "H", value)
    add_up(d)
    return bytes(d)


def device_lists():
    at = FREE - PCIR
    yield "listed first", listed(3, at, [DEVICE, 0]), RUNS, "1"
    yield "listed last", listed(3, at, [1, 2, 3, DEVICE, 0]), RUNS, "1"
    yield "listed in a list without an end", listed(3, at, [1, DEVICE], 0xee), RUNS, "1"
    yield "listed at an odd place", listed(3, at + 1, [1, DEVICE, 0]), RUNS, "1"
    yield "listed, but revision 0", listed(0, at, [DEVICE, 0]), IDS, ""
    yield "listed behind the end", listed(3, at, [1, 0, DEVICE, 0]), IDS, ""
    yield "list without an end", listed(3, at, [], 0xee), IDS, ""
    for offset in (SIZE - PCIR, SIZE - PCIR - 1, 0x7fff, 0xffff):
        yield f"list at {offset:#x}", listed(3, offset, []), IDS, ""
    yield "empty list", listed(3, at, [0]), IDS, ""


def image_chains():
    last = good()
    add_up(last)
    yield "behind EFI", bytes(other(512) + last), RUNS, "1"
    for n in (2, 10, 100):
        yield f"behind {n} others", bytes(other(512) * n + last), RUNS, "1"
    yield "behind others of all kinds", b"".join(bytes(other(512, k)) for k in range(1, 256)) + bytes(last), RUNS, "1"
    strange = good()
    put(strange, PCIR + 6, "H", 0x7777)
    put(strange, PCIR + 0x15, "B", 0)
    yield "behind another device's", bytes(strange + last), RUNS, "1"
    for n in (1, 2, 64, 255):
        yield f"{n} others, none the last", bytes(other(512) * n), HEADER_END, ""
    yield "others and noise", bytes(other(512)) + b"\x12" * 600, SIGNATURE, ""
    yield "others and an empty one", bytes(other(512) + other(512, units=0)), IMAGE, ""
    yield "others and a long one", bytes(other(512) + other(512, units=2)), IMAGE, ""
    yield "others that overlap", bytes(other(1024, units=1)), SIGNATURE, ""
    yield "others, the last", bytes(other(512) + other(512, last=True)), IDS, ""
    yield "hidden behind the last", bytes(other(512, last=True) + last), IDS, ""
    d = other(512) + last
    put(d, 512 + 2, "B", 3)
    yield "behind EFI, larger than what is left", bytes(d), WHOLE, ""
    d = other(512) + last
    put(d, 512 + 0x18, "H", 0xfff0)
    yield "behind EFI, PCIR outside", bytes(d), PCIR_END, ""
    d = other(512) + last
    d[-1] ^= 1
    yield "behind EFI, sum", bytes(d), SUM, ""


def expansion_headers():
    for at in (0, 1, 2, 0x1a, 0x1b, 0x1c, 0x3f, 0x41, 0x50, 0x300, SIZE - 10, SIZE - 9, SIZE, 0x26b4, 0xffff):
        yield f"chain begins at {at:#x}", headers((HEADER, header()), first=at), RUNS, "0"
    for at in (0x1c1, 0x1e0, SIZE - 33):
        yield f"header at {at:#x}", headers((at, header()), first=at), RUNS, "1"
    yield "header across the end", headers((SIZE - 24, header()[:23]), first=SIZE - 24), RUNS, CHAIN_END
    for bit in range(0, 32, 5):
        sign = struct.pack("<I", 0x506e5024 ^ 1 << bit)
        yield f"header's signature, bit {bit}", headers((HEADER, header(signature=sign))), RUNS, "0"
        yield f"header's signature and sum, bit {bit}", headers((HEADER, header(signature=sign, wrong=1))), RUNS, "0"
    for units in (0, 1):
        yield f"header of {units} units", headers((HEADER, header(units=units))), RUNS, CHAIN_BYTES
    for units in (61, 62, 128, 255):
        yield f"header of {units} units", headers((HEADER, header(units=units))), RUNS, CHAIN_END
    yield "header that goes on", headers((HEADER, header(units=3))), RUNS, "1"
    for wrong in (1, 0x80, 0xff):
        yield f"header's sum {wrong:#x}", headers((HEADER, header(wrong=wrong))), RUNS, "1"
    a, b, c = HEADER, 0x300, 0x340
    for at in (1, 0x1b):
        yield f"next at {at:#x}", headers((a, header(at))), RUNS, CHAIN_LOW
    for at in (SIZE - 9, SIZE, 0x8000, 0xffff):
        yield f"next at {at:#x}", headers((a, header(at))), RUNS, CHAIN_END
    yield "next is nothing", headers((a, header(b))), RUNS, CHAIN_BYTES
    yield "next has a wrong sum and signature", headers((a, header(b)), (b, header(signature=b"$Zoo", wrong=1))), RUNS, CHAIN_SUM
    yield "two", headers((a, header(b)), (b, header())), RUNS, "2"
    yield "two, at odd places", headers((a, header(b + 1)), (b + 1, header())), RUNS, "2"
    yield "one and one of another kind", headers((a, header(b)), (b, header(signature=b"$Zoo"))), RUNS, "1"
    yield "one of another kind and one", headers((a, header(b, b"$Zoo")), (b, header())), RUNS, "1"
    yield "backwards", headers((b, header(a)), (a, header()), first=b), RUNS, "2"
    yield "itself", headers((a, header(a))), RUNS, CHAIN_LOOP
    yield "itself, of another kind", headers((a, header(b)), (b, header(b, b"$Zoo"))), RUNS, CHAIN_LOOP
    yield "a pair that goes round", headers((a, header(b)), (b, header(a))), RUNS, CHAIN_LOOP
    yield "three that go round", headers((a, header(b)), (b, header(c)), (c, header(a))), RUNS, CHAIN_LOOP
    yield "two that share bytes", headers((a, header(a + 1))), RUNS, CHAIN_END
    for n in (15, 16, 17, 40):
        parts = [(FREE + 32 * i, header(FREE + 32 * i + 32 if i < n - 1 else 0)) for i in range(n)]
        yield f"{n} in a chain", headers(*parts, first=FREE, size=4096), RUNS, str(n) if n <= 16 else CHAIN_MANY
    for which in ("bcv", "dv", "bev", "res"):
        for at in (SIZE, SIZE + 1, 0x8000, 0xffff):
            yield f"{which} at {at:#x}", headers((a, header(**{which: at}))), RUNS, VECTOR
        yield f"{which} at the last byte", headers((a, header(**{which: SIZE - 1}))), RUNS, "1"
    yield "no entry at all", headers((a, header(bcv=0, bev=0))), RUNS, "1"
    for which in ("maker", "name"):
        for at in (0, 1, SIZE - 1, SIZE, 0xffff):
            yield f"{which} at {at:#x}", headers((a, header(**{which: at}))), RUNS, "1"
        d = bytearray(headers((a, header(**{which: 0x300}))))
        d[0x300:] = b"x" * (SIZE - 0x300)
        d[0x301] = -(sum(d) - d[0x301]) & 0xff or 1
        if sum(d) & 0xff == 0:
            yield f"{which} without an end", bytes(d), RUNS, "1"
        yield f"{which} that cannot be printed", headers((a, header(**{which: 0x300})), (0x300, bytes(range(1, 256)) + b"\0")), RUNS, "1"


# Init that does what it should not: code, and what it is.
BEHAVIOUR = {
    "does nothing but return": b"\xcb",
    "does return by IRET with flags": b"\x58\x5a\x9c\x52\x50\xcf",
    "does hang": b"\xeb\xfe",
    "does hang with interrupts off": b"\xfa\xeb\xfe",
    "does halt for ever": b"\xfa\xf4\xeb\xfd",
    "does wipe the vectors": b"\x31\xc0\x8e\xc0\x31\xff\xb9\x00\x02\xf3\xab\xcb",
    "does wipe the BIOS data area": b"\xb8\x40\x00\x8e\xc0\x31\xc0\x31\xff\xb9\x80\x00\xf3\xab\xcb",
    "does leave the direction flag set": b"\xfd\xcb",
    "does leave interrupts off": b"\xfa\xcb",
    "does leave A20 off": b"\xb8\x00\x24\xcd\x15\xcb",
    "does take all units back": b"\x2e\xc6\x06\x02\x00\x00\xcb",
    "does take half of its units back": b"\x2e\xc6\x06\x02\x00\x01\xcb",
    "does say that it has grown": b"\x2e\xc6\x06\x02\x00\xff\xcb",
    "does change its signature": b"\x2e\xc7\x06\x00\x00\x00\x00\xcb",
    "does call INT 18h": b"\xcd\x18\xcb",
    "does call INT 19h": b"\xcd\x19\xcb",
    "does hook INT 19h": b"\x31\xc0\x8e\xc0\x26\xc7\x06\x64\x00\x80\x00\x26\x8c\x0e\x66\x00\xcb",
    "does take all conventional memory": b"\x31\xc0\x8e\xc0\x26\xc7\x06\x13\x04\x00\x00\xcb",
    "does divide by zero": b"\x31\xc9\xf7\xf1\xcb",
    "does execute what is no instruction": b"\x0f\x0b\xcb",
    "does jump to where nothing is": b"\xea\x00\x00\x00\xd0",
    "does use up its stack": b"\x50\xeb\xfd",
}


def behaviour():
    for name, code in BEHAVIOUR.items():
        d = good()
        d[CODE:CODE + len(code)] = code
        if len(code) > 16:      # over the bootstrap entry
            d[HEADER:HEADER + 32] = header(bev=CODE + 32)
        add_up(d)
        yield name, bytes(d), RUNS, "1"


def specimens():
    names = set()
    for group in (whole_images, data_structure, device_lists, image_chains, expansion_headers, behaviour):
        for one in group():
            s = Specimen(*one)
            assert s.name not in names, s.name
            names.add(s.name)
            yield s


def main():
    if len(sys.argv) > 1:
        folder = pathlib.Path(sys.argv[1])
        folder.mkdir(parents=True, exist_ok=True)
        for s in specimens():
            (folder / f"{s.name.replace(' ', '_')}.rom").write_bytes(s.data)
        return
    for s in specimens():
        sys.stdout.buffer.write(f"{len(s.data)}\t{s.expected}\t{s.chain}\t{s.name}\n".encode() + s.data)


if __name__ == "__main__":
    main()

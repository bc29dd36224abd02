# SPDX-License-Identifier: BSD-2-Clause
"""The picture that QEMU's -boot splash= gives: dot by dot in the middle of the screen while the menu's key is waited
for, and text before and after; what is no such picture costs a line."""
import struct

import pytest

import vm as qemu
from test_flat_display import picture, text
from test_menu import PROMPT, TITLE, Machine

MODES = {whose: ["-fw_cfg", f"name=opt/org.slipway/vga,string={whose}"] for whose in ("own", "card")}
# SeaVGABIOS's for bochs-display has one mode, in whose corner it shows what it is asked for.
CORNER = ("bochs-display", "card")


def colour(x, y):
    return bytes((x & 255, y & 255, (7 * x + 3 * y) & 255))     # red, green, blue


def bmp(width, height, bits=24, down=False):
    """A bitmap of colour(); with 8 bits of one for each index, which is x + y."""
    lines = []
    for y in range(height):
        if bits == 8:
            line = bytes((x + y) & 255 for x in range(width))
        else:
            line = b"".join(colour(x, y)[::-1] + b"\xa5" * (bits // 8 - 3) for x in range(width))
        lines.append(line.ljust((width * bits + 31) // 32 * 4, b"\x5a"))
    data = b"".join(lines if down else lines[::-1])
    palette = b"".join(colour(i, 99)[::-1] + b"\0" for i in range(256)) if bits == 8 else b""
    head = struct.pack("<IiiHHIIiiII", 40, width, -height if down else height, 1, bits, 0, 0, 0, 0, 0, 0)
    at = 14 + len(head) + len(palette)
    return struct.pack("<2sIHHI", b"BM", at + len(data), 0, 0, at) + head + palette + data


def wanted(width, height, bits=24):
    return [b"".join(colour((x + y) & 255, 99) if bits == 8 else colour(x, y) for x in range(width))
            for y in range(height)]


def splash(folder, data, ms=60000, name="splash.bmp"):
    (folder / name).write_bytes(data)
    return ["-boot", f"menu=on,splash-time={ms},splash={folder}/{name}"]


def by_fw_cfg(folder, data, name="bootsplash.bmp"):
    """For pictures that QEMU's option does not take."""
    (folder / name).write_bytes(data)
    return ["-boot", "menu=on,splash-time=60000", "-fw_cfg", f"name={name},file={folder}/{name}"]


def said(m):
    """The line of the log about it."""
    end = qemu.now() + 40
    while qemu.now() < end:
        lines = [line for line in m.vm.text("log").split("\n")[:-1] if "splash: " in line]
        if lines:
            return lines[0]
        qemu.sleep(0.05)
    raise AssertionError(m.vm.text("log"))


def is_shown(m, rows, screen=None):
    """In the middle of the screen, or of that part of it, and nothing around it."""
    width, height, found = picture(m.vm, m.qmp)
    if screen:
        width, height = screen
        found = [row[:3 * width] for row in found[:height]]
    across, above = len(rows[0]) // 3, (height - len(rows)) // 2
    left = (width - across) // 2
    blank = bytes(3 * width)
    for y, row in enumerate(found):
        line = blank
        if 0 <= y - above < len(rows):
            line = (bytes(3 * left) + rows[y - above]).ljust(3 * width, b"\0")
        assert row == line, f"line {y} of {width}x{height}"


def has_text(m, card, title):
    """A line of the screen begins with it."""
    end = qemu.now() + 20
    while qemu.now() < end:
        if card != "bochs-display":
            if any(line.startswith(title) for line in m.screen()) and picture(m.vm, m.qmp)[:2] == (720, 400):
                return True
        elif any(line.startswith(title) for line in text([row[:1920] for row in picture(m.vm, m.qmp)[2][:400]])):
            return True
        qemu.sleep(0.1)
    return False


@pytest.mark.parametrize("vga", MODES)
@pytest.mark.parametrize("machine, card", [("pc", "VGA"), ("q35", "cirrus-vga"), ("pc", "bochs-display")])
def test_it_is_shown_until_the_key_comes(machine, card, vga, tmp_path):
    with Machine(tmp_path, *splash(tmp_path, bmp(603, 333)), *MODES[vga], machine=machine,
                 cards=[f"{card},addr=1e"]) as m:
        line = said(m)
        assert "bootsplash.bmp, 603x333: shown in mode 0x" in line, line
        size = tuple(map(int, line.rpartition(" ")[2].split("x")))
        assert size in ((640, 400), (640, 480))
        is_shown(m, wanted(603, 333), size if (card, vga) == CORNER else None)
        m.press("f12")
        if (card, vga) != CORNER:
            assert has_text(m, card, TITLE)
        m.press("2")
        assert m.names() == ["two_"]


@pytest.mark.parametrize("vga", MODES)
def test_when_the_time_is_over_the_order_is_the_usual_one_in_text(vga, tmp_path):
    with Machine(tmp_path, *splash(tmp_path, bmp(320, 200), 1500), *MODES[vga], names=["one_"], action="I") as m:
        assert "shown in mode" in said(m)
        assert has_text(m, "VGA", "Booting from virtio disk")


@pytest.mark.parametrize("bits, down, size", [
    (8, False, (301, 200)), (32, True, (800, 600)), (24, True, (1023, 767)), (8, True, (1, 1))])
def test_every_form(bits, down, size, tmp_path):
    with Machine(tmp_path, *by_fw_cfg(tmp_path, bmp(*size, bits, down)), *MODES["own"]) as m:
        assert "shown in mode" in said(m)
        is_shown(m, wanted(*size, bits))
        m.press("esc")
        m.wait_for(TITLE)


def test_without_dma_too(tmp_path):
    qemu.need_port(["-global", qemu.NO_DMA])
    with Machine(tmp_path, *splash(tmp_path, bmp(640, 480)), *MODES["own"], "-global", qemu.NO_DMA) as m:
        assert "shown in mode" in said(m)
        is_shown(m, wanted(640, 480))


GOOD = bmp(100, 100)
BAD = {
    "JPEG": ("bootsplash.jpg", b"\xff\xd8\xff\xe0" + bytes(100),
             "BMP of 8, 24 or 32 bits without compression expected, JPEG found"),
    "16 bits": ("bootsplash.bmp", bmp(100, 100, 24)[:28] + b"\x10" + GOOD[29:],
                "bits of a pixel: 8, 24 or 32 without compression expected, 0x10 found"),
    "RLE": ("bootsplash.bmp", GOOD[:30] + b"\1" + GOOD[31:],
            "compression: 0, or 3 with the usual masks expected, 0x1 found"),
    "truncated": ("bootsplash.bmp", GOOD[:-1],
                  "start of pixels: one behind the header, with all lines in the file expected, 0x36 found"),
    "PNG": ("bootsplash.bmp", b"\x89PNG\r\n" + bytes(100),
            'start of file: "BM" and a header (0x4d42) expected, 0x5089 found'),
    "empty": ("bootsplash.bmp", b"B", 'start of file: "BM" and a header (0x4d42) expected, 0x0 found'),
    "too large": ("bootsplash.bmp", bmp(4001, 10), "4001x10: no mode of the display's holds it"),
}


@pytest.mark.parametrize("bad", BAD)
def test_what_is_no_picture_costs_a_line(bad, tmp_path):
    name, data, line = BAD[bad]
    with Machine(tmp_path, *by_fw_cfg(tmp_path, data, name), *MODES["own"]) as m:
        assert line in said(m) and said(m).endswith("; no picture")
        m.wait_for(PROMPT)
        m.press("f12")
        m.wait_for(TITLE)
        m.press("1")
        assert m.names() == ["one_"]


@pytest.mark.parametrize("ms", [0, None], ids=["no time", "no menu"])
def test_where_nobody_waits_there_is_none(ms, tmp_path):
    args = splash(tmp_path, bmp(320, 200), 0)
    if ms is None:
        args[1] = args[1].replace("menu=on,splash-time=0", "menu=off")
    with Machine(tmp_path, *args, *MODES["own"], names=["one_"]) as m:
        assert m.names() == ["one_"]
        assert "splash" not in m.vm.text("log")

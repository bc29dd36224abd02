# SPDX-License-Identifier: BSD-2-Clause
"""Scenes for a display: what tests/guests/programs/scenes.c does on it, step by step, and the same steps on a model of it."""
import struct

import vga_model

END, SCENE, MODE, VBE_MODE, CALL, ROWS, CHARACTERS, DOTS, PATTERN, PLANE, SHOW = range(11)
IN_DATA = 0xffff        # DX: the data are at ES:DX as they are at ES:BP
TEXT_MODE = 0x03
HELLO = b"Hello, World! 0123456789\r\n\xb0\xb1\xb2\xdb \xc9\xcd\xcd\xbb \x80\xe1"


class Scene:
    """Steps: bytes for the program, and functions for a model. text: a display without a VGA's registers can do it, too."""

    def __init__(self, name, text=False):
        self.name, self.text, self.steps, self.bytes, self.linear = name, text, [], b"", False
        self.step(SCENE)

    def step(self, what, a=0, b=0, c=0, d=0, data=b""):
        data += bytes(len(data) % 2)
        self.bytes += struct.pack("<6H", what, a, b, c, d, len(data)) + data

    def mode(self, number):
        self.step(MODE, number)
        self.steps.append(lambda m: m.set_mode(number))
        return self

    def vbe(self, width, height, bpp, linear):
        self.linear |= linear
        self.step(VBE_MODE, width, height, bpp, linear)
        self.steps.append(lambda m: m.set_vbe_mode(width, height, bpp))
        return self

    def call(self, ax, bx=0, cx=0, dx=0, data=b""):
        """With data, at ES:BP; ES:DX where that is what the function takes: the model is told the number that it stands for."""
        self.step(CALL, ax, bx, cx, IN_DATA if ax in (0x1002, 0x1012) else dx, data)
        self.steps.append(lambda m: m.int10(ax, bx, cx, dx, data))
        return self

    def dots(self, x, y, step, count, colour, up=0):
        self.step(DOTS, colour, 0, x, y, struct.pack("<4h", *step, count, up))
        for n in range(count):
            self.steps.append(lambda m, n=n: m.int10(0x0c00 | (colour + n * up) & 0xff, 0, x + n * step[0], y + n * step[1]))
        return self

    def plane(self, count, mask):
        self.step(PLANE, count, mask)
        self.steps.append(lambda m: m.fill_plane(count, mask))
        return self

    def pattern(self, width, height, bpp, pitch=0):
        """pitch 0: the VBE mode's."""
        self.step(PATTERN, width, height, bpp, pitch)
        self.steps.append(lambda m: m.pattern(width, height, bpp))
        return self

    def rows(self, count):
        """Go on if the BIOS data area says that there are so many."""
        self.step(ROWS, count)
        return self

    def characters(self):
        """All of them, and all attributes."""
        self.step(CHARACTERS)
        self.steps.append(every_character)
        return self

    def cell(self, row, column, character, attribute, count=1, page=0):
        return self.call(0x0200, page << 8, 0, row << 8 | column).call(0x0900 | character, page << 8 | attribute, count)

    def type(self, text, bx=7):
        for character in text:
            self.call(0x0e00 | character, bx)
        return self

    def model(self, *how):
        model = vga_model.Model(*how)
        for step in self.steps:
            step(model)
        return model


def every_character(model):
    for n in range(256):
        for at, character, attribute, count in ((n % 16, n, 0x07, 1), (18 + n % 16 * 2, 0x41 + n % 26, n, 2)):
            model.int10(0x0200, 0, 0, n // 16 << 8 | at)
            model.int10(0x0900 | character, attribute, count, 0)


def text(columns=80):
    """Strings, scrolls up and down, a line that goes on, the cursor somewhere."""
    scene = Scene(f"text{columns}", True).mode(TEXT_MODE if columns == 80 else 0x01)
    for row in range(25):
        scene.cell(row, 0, 0x61 + row, 0x10 * (row % 8) + 15 - row % 16, columns)
    scene.call(0x0602, 0x1f00, 0x0203, 0x0a1e).call(0x0701, 0x2e00, 0x0c04, 0x1424)
    scene.call(0x0600, 0x4000, 0x1600, 0x1606)
    scene.call(0x1301, 0x003e, len(HELLO), 0x0505, HELLO).call(0x1303, 0, 3, 0x0e10, b"R\x4fG\x2fB\x1f")
    scene.call(0x0200, 0, 0, 0x1800 | columns - 3).type(b"abcdef\x08\x08G").call(0x0a2a, 0, 3)
    return scene.call(0x0100, 0, 0x0d0e)


def graphics(number, lines, planes):
    """Dots, characters, a scroll; memory of planes, which begins with what is left of it."""
    scene = Scene(f"mode{number:02x}").mode(number)
    for mask in planes:
        scene.plane({0x0d: 8000, 0x10: 28000, 0x12: 38400}[number] * 3 // 4, mask)
    high = 0x0f if number == 0x13 else 0x07
    scene.dots(0, 0, (3, 2), lines // 2 - 2, 1, 1).dots(319, 0, (-1, 1), lines - 1, high)
    for n, character in enumerate(b"Slipway \xdb\xb1\x80\xff"):
        scene.cell(4, 2 + n, character, n + 1)
    scene.dots(0, 70, (1, 0), 300, 0x82)
    scene.cell(8, 3, 0x41, 0x83, 5)
    scene.call(0x0601, 0x0500, 0x0a00, 0x0f12).call(0x0702, 0x0300, 0x0906, 0x0c20)
    scene.call(0x1301, 0x0006, 12, 0x1505, b"In a string.")
    return scene


def vbe(width, height, bpp, linear):
    name = f"{width}x{height}x{bpp}{'' if linear else ' by the window'}"
    return Scene(name, linear and bpp == 32).vbe(width, height, bpp, linear).pattern(width, height, bpp)


def said_in(width, height, bpp, linear=False):
    """Text in such a mode: where rows end, and across banks."""
    scene = Scene(f"text in {width}x{height}x{bpp}", linear and bpp == 32).vbe(width, height, bpp, linear)
    for row in range(0, 30, 3):
        scene.cell(row, row, 0x41 + row, row % 15 + 1, 70).call(0x1301, 12 - row % 7, len(HELLO), row + 1 << 8 | 11, HELLO)
    return scene.dots(10, 5, (7, 5), 90, 14).call(0x0603, 0x0400, 0x0212, 0x0c2a).call(0x0705, 0x0100, 0x0f30, 0x1b44)


def ramp(first):
    """Colours of 6 bits for 256 entries, and the same of 8 in VBE's order."""
    six = bytes(part for n in range(256) for part in (n // 4, (n * 5 + first) % 64, 63 - n // 4))
    return six, b"".join(bytes((n, 255 - n, (n * 3 + first) & 255, 0)) for n in range(256))


def scenes():
    """All, by their names."""
    six, eight = ramp(9)
    hidden = (0x0100, 0, 0x2000)
    turned = b"".join(bytes(glyph[::-1]) for glyph in vga_model.font(16)[0x41:0x5b])
    made = [
        Scene("characters", True).mode(3).call(*hidden).characters(), text(80), text(40).call(*hidden),
        Scene("80x50").mode(3).call(*hidden).call(0x1112).rows(50).characters().cell(49, 60, 0x5a, 0x1e, 20),
        Scene("80x28").mode(3).call(*hidden).call(0x1111).rows(28).characters().cell(27, 60, 0x5a, 0x1e, 20),
        # Letters upside down in one block, shown where a character is bright; colours of both kinds changed.
        Scene("fonts").mode(3).call(0x1112).rows(50).mode(3).call(*hidden).call(0x1104, 1).call(0x1100, 0x1001, 26, 0x41, turned)
        .call(0x1103, 0x04).call(0x1000, 0x0207).call(0x1010, 4, 0x3f15, 0x2000).characters(),
        Scene("page", True).mode(3).call(*hidden).cell(3, 3, 0x31, 0x1e, 99, 0).cell(3, 3, 0x32, 0x2e, 99, 2).call(0x0502),
        graphics(0x04, 200, ()), graphics(0x06, 200, ()), graphics(0x0d, 200, (1, 2, 4, 8)), graphics(0x10, 350, (1, 2, 4, 8)),
        graphics(0x12, 480, (1, 6, 8)), graphics(0x13, 200, ()), graphics(0x11, 480, ()), graphics(0x0e, 200, ()),
        graphics(0x04, 200, ()).call(0x0b00, 0x0011).call(0x0b00, 0x0100),
        graphics(0x12, 480, ()).call(0x1002, 0, 0, 0, bytes(range(16, -1, -1))).call(0x1010, 3, 0x1122, 0x3300),
        Scene("13 memory").mode(0x13).call(0x1012, 0, 256, 0, six).pattern(320, 200, 8, 320).call(0x101b, 0x40, 0x40),
        vbe(640, 480, 8, False), vbe(640, 480, 8, True).call(0x4f09, 0, 256, 0, bytes(part >> 2 for part in eight)),
        Scene("8 bits").vbe(640, 480, 8, False).pattern(640, 480, 8).call(0x4f08, 0x0800).call(0x4f09, 0, 256, 0, eight),
        Scene("start").vbe(800, 600, 8, True).pattern(800, 700, 8).call(0x4f07, 0, 0, 100),
        *(said_in(640, 480, bpp) for bpp in (8, 16, 24)), said_in(640, 480, 32, True),
        Scene("800x600x4").vbe(800, 600, 4, False).plane(60000, 1).plane(45000, 6).plane(30000, 8),
        vbe(640, 480, 16, False), vbe(640, 480, 16, True), vbe(640, 480, 15, True), vbe(640, 480, 24, True),
        vbe(640, 480, 32, False), vbe(640, 480, 32, True), vbe(800, 600, 32, True),
        Scene("back", True).mode(3).call(*hidden).cell(0, 0, 0x42, 0x1f, 2000),
    ]
    named = {}
    for scene in made:
        while scene.name in named:
            scene.name += "'"
        named[scene.name] = scene
    return named


def script(chosen):
    """For the program's variable: each scene, and a picture at its end."""
    return b"".join(scene.bytes + struct.pack("<6H", SHOW, 0, 0, 0, 0, 0) for scene in chosen) + struct.pack("<6H", *[END] * 6)

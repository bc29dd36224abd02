# SPDX-License-Identifier: BSD-2-Clause
"""What a VGA shows of calls of INT 10h: a model of the services and of the screen, which knows neither registers nor memory of
the VGA. It draws what QEMU's screendump has to show, dot by dot.
Spec: IBM PS/2 and PC BIOS Interface Technical Reference, INT 10h; the displays' ways are QEMU's: a colour of 6 bits becomes one
of 8 with its last bit repeated, lines of 200 and dots of 320 are shown twice, and characters of text blink from QEMU 11 on."""
import functools
import sys

import vm as qemu

sys.path.insert(0, str(qemu.ROOT / "scripts"))
from font import Reader  # noqa: E402

TEXT, CGA, PLANAR, PACKED, DIRECT = range(5)
# Kind, dots of a line and lines, as programs count them; colours; height of characters; how often a dot is shown across and down.
MODES = {0x01: (TEXT, 40, 25, 16, 16, 1, 1), 0x03: (TEXT, 80, 25, 16, 16, 1, 1),
         0x04: (CGA, 320, 200, 4, 8, 2, 2), 0x06: (CGA, 640, 200, 2, 8, 1, 2),
         0x0d: (PLANAR, 320, 200, 16, 8, 2, 2), 0x0e: (PLANAR, 640, 200, 16, 8, 1, 2), 0x10: (PLANAR, 640, 350, 16, 14, 1, 1),
         0x11: (PLANAR, 640, 480, 16, 16, 1, 1), 0x12: (PLANAR, 640, 480, 16, 16, 1, 1),
         0x13: (PACKED, 320, 200, 256, 8, 2, 2)}
SPLIT = 0x80        # bit of a colour: it is combined with what is there by XOR


@functools.lru_cache(None)
def font(height):
    return Reader(qemu.ROOT / f"vgasrc/fonts/8x{height}.txt").font().glyphs


def ega(colour):
    """(red, green, blue) of 6 bits, of one of the EGA's 64: 2/3 and 1/3 of each."""
    return tuple(0x2a * (colour >> n & 1) + 0x15 * (colour >> n + 3 & 1) for n in (2, 1, 0))


EGA_16 = [0, 1, 2, 3, 4, 5, 0x14, 7, *range(0x38, 0x40)]        # the standard ones among those


def wheel(levels):
    """24 colours from blue by red and green and back, from five levels of each part."""
    up = [(n, 0, 4) for n in range(4)]
    down = [(4, 0, 4 - n) for n in range(4)]
    third = [*up, *down]
    whole = [tuple(colour[n - turn] for n in range(3)) for turn in range(3) for colour in third]
    order = [*whole[:8], *[(4, n, 0) for n in range(4)], *[(4 - n, 4, 0) for n in range(4)],
             *[(0, 4, n) for n in range(4)], *[(0, 4 - n, 4) for n in range(4)]]
    return [tuple(levels[part] for part in colour) for colour in order]


def vga_256():
    """The colours of mode 13h: the 16, greys, and wheels of three brightnesses, each of three saturations."""
    colours = [ega(c) for c in EGA_16]
    colours += [(grey,) * 3 for grey in (0, 5, 8, 11, 14, 17, 20, 24, 28, 32, 36, 40, 45, 50, 56, 63)]
    for levels in ((0, 16, 31, 47, 63), (31, 39, 47, 55, 63), (45, 49, 54, 58, 63), (0, 7, 14, 21, 28), (14, 17, 21, 24, 28),
                   (20, 22, 24, 26, 28), (0, 4, 8, 12, 16), (8, 10, 12, 14, 16), (11, 12, 13, 15, 16)):
        colours += wheel(levels)
    return colours + [(0, 0, 0)] * 8


def widened(part):
    """6 bits of a colour as QEMU's DAC makes 8 of them: the last bit is repeated."""
    return part << 2 | (part & 1) * 3


def pattern_line(y, width, bpp, repeat):
    """The pixels that the program puts there (scenes.c), as RGB; numbers of the palette in modes of 8 bits. What 5 and 6 bits are
    as 8 is not the VGA BIOS's to say: they are followed by their first ones (repeat), or by zeros."""
    if bpp == 8:
        return [(x ^ y) & 255 for x in range(width)]
    bits = {15: (5, 5), 16: (5, 6)}.get(bpp, (8, 8))
    part, greens = ([n >> 8 - b << 8 - b | (n >> b if repeat else 0) for n in range(256)] for b in bits)
    part, green = [bytes([n]) for n in part], bytes([greens[y & 255]])
    return [part[x & 255] + green + part[x + y >> 1 & 255] for x in range(width)]


class Model:
    """The screen. flat: a display that has neither registers nor memory of a VGA: text of 8 dots, without blinking, by painting."""

    def __init__(self, flat=False, repeat=True):
        self.flat, self.repeat, self.kind = flat, repeat, None

    def set_mode(self, number):
        self.kind, self.width, self.height, self.colours, self.rows_of_cell, self.across, self.down = MODES[number]
        self.number, self.page, self.cursors, self.shape, self.hidden = number, 0, {}, (13, 14), False
        self.fonts = {0: list(font(self.rows_of_cell))}
        self.blocks, self.palette = (0, 0), list(range(16))
        self.split = None
        if self.kind == TEXT:
            self.columns, self.rows, self.lines = self.width, self.height, 400
            self.pages = {}
            self.dac, self.palette = [ega(c) for c in range(64)], list(EGA_16)
        else:
            self.columns, self.rows = self.width // 8, self.height // self.rows_of_cell
            self.dots = [[0] * self.width for _ in range(self.height)]
            self.dac = [ega(c) for c in range(64)]
            if self.kind == PACKED:
                self.dac, self.palette = vga_256(), None
            if self.kind == CGA or self.number in (0x0d, 0x0e):         # bit 4 is bright there
                self.dac = [ega(EGA_16[c & 7 | (c & 0x10) >> 1]) for c in range(64)]
                self.palette = [c & 7 | (c & 8) << 1 for c in range(16)]
            elif self.number == 0x10 or self.number == 0x12:
                self.palette = list(EGA_16)
            if self.number == 0x04:
                self.palette[1:4] = 0x13, 0x15, 0x17
            elif self.number == 0x06:
                self.palette[1] = 0x17
            elif self.number == 0x11:
                self.palette[1:] = [0x3f] * 15

    def set_vbe_mode(self, width, height, bpp):
        self.kind, self.width, self.height = PLANAR if bpp == 4 else PACKED if bpp == 8 else DIRECT, width, height
        self.number, self.bpp, self.colours, self.across, self.down, self.rows_of_cell = 0, bpp, 1 << min(bpp, 8), 1, 1, 16
        self.columns, self.rows, self.cursors, self.page = width // 8, height // 16, {}, 0
        self.fonts, self.blocks = {0: list(font(16))}, (0, 0)
        self.dots = [[bytes(3) if self.kind == DIRECT else 0] * width for _ in range(height)]
        self.dac, self.palette = (vga_256(), None) if bpp == 8 else ([ega(c) for c in range(64)], list(EGA_16))
        self.bits, self.first_line = 6, 0

    # --- services ---------------------------------------------------------------------------------

    def cells(self, page=None):
        return self.pages.setdefault(self.page if page is None else page, [[(0x20, 0x07)] * self.columns for _ in range(self.rows)])

    def cursor(self, page):
        return self.cursors.get(page, (0, 0))

    def put_cell(self, row, column, character, attribute, page):
        """attribute None: the one that is there."""
        if self.kind != TEXT:
            self.put_glyph(row, column, character, attribute or 0)
            return
        line = self.cells(page)[row]
        line[column] = character, line[column][1] if attribute is None else attribute

    def put_glyph(self, row, column, character, colour):
        for y, bits in enumerate(self.fonts[0][character], row * self.rows_of_cell):
            for x in range(8):
                lit = bits & 0x80 >> x
                if colour & SPLIT and self.colours < 256:
                    if lit:
                        self.dot(column * 8 + x, y, colour)
                else:
                    self.dot(column * 8 + x, y, colour if lit else 0)

    def dot(self, x, y, colour):
        if not (0 <= x < self.width and 0 <= y < self.height):
            return
        if self.kind == DIRECT:
            self.dots[y][x] = self.direct(colour)
            return
        value = colour & self.colours - 1
        self.dots[y][x] = self.dots[y][x] ^ value if colour & SPLIT and self.colours < 256 else value

    def direct(self, colour):
        """One of the CGA's in bits of its own: the BIOS repeats the first ones, and leaves out what does not fit."""
        parts = [n << 2 | n >> 4 for n in ega(EGA_16[colour & 15])]
        bits = {15: (5, 5, 5), 16: (5, 6, 5)}.get(self.bpp, (8, 8, 8))
        return bytes(n >> 8 - b << 8 - b | (n >> b if self.repeat else 0) for n, b in zip(parts, bits))

    def scroll(self, lines, attribute, top, left, bottom, right):
        """Up by lines, down by negative ones, 0: all of it is cleared."""
        bottom, right = min(bottom, self.rows - 1), min(right, self.columns - 1)
        if abs(lines) > bottom - top:
            lines = 0
        if self.kind == TEXT:
            what, unit, fill = self.cells(), 1, (0x20, attribute)
            first, end = left, right + 1
        else:
            what, unit, fill = self.dots, self.rows_of_cell, attribute & self.colours - 1
            first, end = left * 8, right * 8 + 8
            fill = self.direct(attribute) if self.kind == DIRECT else fill
        rows = [list(what[y][first:end]) for y in range(top * unit, (bottom + 1) * unit)]
        blank = [[fill] * (end - first)] * (abs(lines) * unit if lines else len(rows))
        rows = blank if not lines else rows[lines * unit:] + blank if lines > 0 else blank + rows[:lines * unit]
        for y, row in enumerate(rows, top * unit):
            what[y][first:end] = row

    def teletype(self, page, character, attribute):
        row, column = self.cursor(page)
        if character == 8:
            column = max(column - 1, 0)
        elif character == 10:
            row += 1
        elif character == 13:
            column = 0
        elif character != 7:
            self.put_cell(row, column, character, attribute, page)
            column += 1
        if column == self.columns:
            row, column = row + 1, 0
        if row == self.rows:
            row -= 1
            behind = self.cells(page)[row][column][1] if self.kind == TEXT else 0
            self.scroll(1, behind, 0, 0, row, self.columns - 1)
        self.cursors[page] = row, column

    def load_font(self, block, glyphs, first, height, lines):
        """lines: the number of rows follows the height of characters."""
        if self.kind != TEXT:
            self.fonts[0] = list(glyphs)
        else:
            self.fonts.setdefault(block, [bytes(height)] * 256)[first:first + len(glyphs)] = glyphs
        if lines:
            self.rows_of_cell, self.rows = height, (400 if self.kind == TEXT else self.height) // height
            self.lines = self.rows * height
            self.shape = height - 3 + (height <= 8), height - 2 + (height <= 8)
            self.pages = {page: (cells + [[(0x20, 0x07)] * self.columns for _ in range(self.rows)])[:self.rows]
                          for page, cells in self.pages.items()}

    def int10(self, ax, bx, cx, dx, data=b""):
        ah, al, bh, bl = ax >> 8, ax & 255, bx >> 8, bx & 255
        graphics = self.kind != TEXT
        if ah == 0x01:
            self.hidden = bool(cx & 0x2000)
        elif ah == 0x02:
            self.cursors[bh] = dx >> 8, dx & 255
        elif ah == 0x05:
            self.page = al
        elif ah in (0x06, 0x07):
            self.scroll(al if ah == 6 else -al, bh, cx >> 8, cx & 255, dx >> 8, dx & 255)
        elif ah in (0x09, 0x0a):
            row, column = self.cursor(bh)
            for n in range(column, column + cx):
                if graphics and n >= self.columns:
                    break
                self.put_cell(row + n // self.columns, n % self.columns, al, bl if ah == 9 or graphics else None, bh)
        elif ah == 0x0b:
            if bx >> 8:
                self.palette[1:4] = [c & ~1 | bl & 1 for c in self.palette[1:4]]
            else:
                self.palette[0] = (bl & 7) | (bl & 8) << 1
                self.palette[1:4] = [c & ~0x10 | bl & 0x10 for c in self.palette[1:4]]
        elif ah == 0x0c:
            self.dot(cx, dx, al)
        elif ah == 0x0e:
            self.teletype(bh, al, bl if graphics else None)
        elif ah == 0x10:
            self.colour_service(al, bh, bl, cx, dx, data)
        elif ah == 0x11:
            self.font_service(al, bh, bl, cx, dx, data)
        elif ah == 0x13:
            before = self.cursor(bh)
            self.cursors[bh] = dx >> 8, dx & 255
            for n in range(cx):
                self.teletype(bh, *((data[2 * n], data[2 * n + 1]) if al & 2 else (data[n], bl)))
            if not al & 1:
                self.cursors[bh] = before
        elif ax == 0x4f07:
            self.first_line = dx
        elif ax == 0x4f08:
            self.bits = bh
        elif ax == 0x4f09:
            for n in range(cx):
                self.dac[(dx + n) & 255] = data[4 * n + 2], data[4 * n + 1], data[4 * n]
        else:
            raise ValueError(f"{ax:04x} is not in the model")

    def colour_service(self, al, bh, bl, cx, dx, data):
        if al == 0x00:
            self.palette[bl] = bh
        elif al == 0x02:
            self.palette = list(data[:16])
        elif al == 0x10:
            self.dac[bl] = dx >> 8, cx >> 8, cx & 255
        elif al == 0x12:
            first = bh << 8 | bl
            for n in range(cx):
                self.dac[first + n] = tuple(data[3 * n:3 * n + 3])
        elif al == 0x1b:
            for n in range(bl, bl + cx):
                red, green, blue = self.dac[n]
                self.dac[n] = (min(red * 77 + green * 151 + blue * 28 + 128 >> 8, 63),) * 3
        else:
            raise ValueError(f"10{al:02x} is not in the model")

    def font_service(self, al, bh, bl, cx, dx, data):
        if al == 0x03:
            self.blocks = bl & 3 | bl >> 2 & 4, bl >> 2 & 3 | bl >> 3 & 4
        elif al & ~0x10 == 0x00:
            glyphs = [data[n * bh:(n + 1) * bh] for n in range(cx)]
            self.load_font(bl, glyphs, dx if dx != 0xffff else 0, bh, al & 0x10)
        elif al & ~0x10 in (1, 2, 4):
            height = {1: 14, 2: 8, 4: 16}[al & 15]
            self.load_font(bl, font(height), 0, height, al & 0x10)
        else:
            raise ValueError(f"11{al:02x} is not in the model")

    # --- what else the program does ---------------------------------------------------------------

    def fill_plane(self, count, mask):
        """Bytes at A0000, of the planes of that mask."""
        for i in range(count):
            value, y, x = (i * 3 + (i >> 8) + mask) & 255, i * 8 // self.width, i * 8 % self.width
            if y < self.height:
                line = self.dots[y]
                for n in range(8):
                    line[x + n] = line[x + n] & ~mask | (mask if value & 0x80 >> n else 0)

    def pattern(self, width, height, bpp, *_):
        self.dots[:height] = [pattern_line(y, width, bpp, self.repeat) for y in range(height)]

    # --- pictures ---------------------------------------------------------------------------------

    def rgb(self, colour):
        """Bytes of a colour's number."""
        if self.palette:
            colour = self.palette[colour]
        parts = self.dac[colour]
        return bytes(parts if getattr(self, "bits", 6) == 8 and not self.number else map(widened, parts))

    def picture(self, cursor=False, blink=None):
        """(width, height, rows of RGB); cursor: it is shown, where there is one; blink: what blinks is shown, or not; None: bit 7
        of an attribute is a bright background, as in QEMU up to 10."""
        if self.kind == TEXT:
            return self.text_picture(cursor, blink)
        if self.kind == DIRECT:
            rows = [b"".join(line) for line in self.dots]
        else:
            colours = {c: self.rgb(c) * self.across for c in set().union(*self.dots)}
            rows = [b"".join([colours[c] for c in line]) for line in self.dots]
        first = getattr(self, "first_line", 0) if not self.number else 0
        rows = [row for row in rows[first:first + self.height] for _ in range(self.down)]
        return self.width * self.across, len(rows), rows

    def flat_colour(self, colour):
        return bytes({0: 0, 0x15: 0x55, 0x2a: 0xaa, 0x3f: 0xff}[part] for part in ega(EGA_16[colour]))

    def text_picture(self, cursor, blink=None):
        """9 dots across are 8 and a blank one, but lines go on; with 40 columns each dot of 8 is shown twice."""
        wide = 8 if self.flat else 16 if self.columns == 40 else 9
        colours = [self.flat_colour(c) if self.flat else self.rgb(c) for c in range(16)]
        cells = self.cells()
        at = self.cursor(self.page) if cursor and not self.hidden else None
        rows = []
        for row in range(self.rows):
            for y in range(self.rows_of_cell):
                line = []
                for column, (character, attribute) in enumerate(cells[row]):
                    fore, back = colours[attribute & 15], colours[attribute >> 4 & (15 if blink is None and not self.flat else 7)]
                    if blink is False and attribute & 0x80:
                        fore = back
                    bits = self.fonts[0 if self.flat else self.blocks[0 if attribute & 8 == 0 else 1]][character][y]
                    if at == (row, column) and self.shape[0] <= y <= self.shape[1]:
                        line.append((colours[7] if self.flat else fore) * wide)
                        continue
                    dots = [fore if bits & 0x80 >> n else back for n in range(8)]
                    if wide == 16:
                        dots = [dot for dot in dots for _ in range(2)]
                    elif wide == 9:
                        dots.append(dots[7] if 0xb0 <= character <= 0xdf else back)
                    line += dots
                rows.append(b"".join(line))
        return self.columns * wide, len(rows), rows

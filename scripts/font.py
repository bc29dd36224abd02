#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Check a font of code page 437 that is drawn as text, and write it as a VGA takes it or as a picture.

Such a file has these lines; the size comes first, and what is behind a semicolon is for the reader:

    size 8x16                                columns and rows of every glyph
    from 8x16.txt 1                          what is not drawn here is cut from that file's glyphs, from row 1 on
    glyph 41 U+0041 LATIN CAPITAL LETTER A   the code, and the character of code page 437
    ..####..                                 as many rows as the size says; # is lit"""
import argparse
import pathlib
import re
import struct
import sys
import unicodedata
import zlib

# Codes that are control characters elsewhere have pictures in this code page. 00 is blank.
SYMBOLS = dict(enumerate("\0☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼")) | {0x7F: "⌂"}


class FontError(Exception):
    """What is wrong, with file and line."""


def character(code):
    return SYMBOLS.get(code) or bytes([code]).decode("cp437")


def heading(code):
    char = character(code)
    return f"glyph {code:02X} U+{ord(char):04X} {unicodedata.name(char, 'NULL')}"


CODES = {character(code): code for code in range(256)}


class Font:
    """256 glyphs, each a list of rows; bit 7 of a row is its leftmost column."""

    def __init__(self, width, height, glyphs):
        self.width, self.height, self.glyphs = width, height, glyphs

    def binary(self):
        return bytes(row for glyph in self.glyphs for row in glyph)


class Reader:
    """One file from its first line to its last."""

    def __init__(self, path, whole=False):
        """whole: the file must draw all glyphs itself."""
        self.path, self.whole, self.number = pathlib.Path(path), whole, 0
        self.size = self.base = self.code = None
        self.glyphs = {}

    def wrong(self, what):
        raise FontError(f"{self.path}:{self.number}: {what}")

    def complete(self):
        if self.code is not None and len(self.glyphs[self.code]) != self.size[1]:
            self.wrong(f"glyph {self.code:02X} ends after {len(self.glyphs[self.code])} rows, not {self.size[1]}")

    def take_size(self, words):
        match = re.fullmatch(r"([1-8])x([1-9]|[12]\d|3[0-2])", " ".join(words))
        if not match or self.size:
            self.wrong("one line 'size COLUMNSxROWS' is expected, up to 8x32")
        self.size = int(match[1]), int(match[2])

    def take_from(self, words):
        if self.base or len(words) != 2 or not words[1].isdecimal():
            self.wrong("one line 'from FILE ROW' is expected")
        if self.whole:
            self.wrong("a file that another one is cut from cannot be cut itself")
        base, first = Reader(self.path.parent / words[0], whole=True).font(), int(words[1])
        if base.width != self.size[0] or first + self.size[1] > base.height:
            self.wrong(f"{self.size[0]}x{self.size[1]} from row {first} on is not inside {words[0]}, "
                       f"which is {base.width}x{base.height}")
        self.base = [glyph[first:first + self.size[1]] for glyph in base.glyphs]

    def take_glyph(self, line):
        self.complete()
        match = re.match(r"glyph ([0-9A-F]{2}) ", line)
        if not match or line != heading(int(match[1], 16)):
            expected = heading(int(match[1], 16)) if match else "glyph CODE U+NUMBER NAME"
            self.wrong(f"'{expected}' is expected, not '{line}'")
        self.code = int(match[1], 16)
        if self.code in self.glyphs:
            self.wrong(f"glyph {self.code:02X} is here a second time")
        self.glyphs[self.code] = []

    def take_row(self, line):
        if self.code is None:
            self.wrong("a row stands before the first glyph")
        if len(line) != self.size[0] or len(self.glyphs[self.code]) == self.size[1]:
            self.wrong(f"glyph {self.code:02X}: {self.size[1]} rows of {self.size[0]} columns are expected, "
                       f"this is row {len(self.glyphs[self.code])} of {len(line)} columns")
        self.glyphs[self.code].append(int(line.replace("#", "1").replace(".", "0").ljust(8, "0"), 2))

    def take(self, line):
        words = line.split()
        if words[0] == "size":
            return self.take_size(words[1:])
        if not self.size:
            self.wrong("the size comes first")
        if words[0] == "from":
            return self.take_from(words[1:])
        if words[0] == "glyph":
            return self.take_glyph(line)
        if re.fullmatch(r"[.#]+", line):
            return self.take_row(line)
        return self.wrong(f"neither size, from, glyph nor a row of . and #: '{line}'")

    def font(self):
        for self.number, line in enumerate(self.path.read_text(encoding="utf-8").splitlines(), 1):
            line = line.partition(";")[0].rstrip()
            if line:
                self.take(line)
        if not self.size:
            self.wrong("there is no size")
        self.complete()
        missing = [code for code in range(256) if code not in self.glyphs and not self.base]
        if missing:
            self.wrong(f"{len(missing)} of 256 glyphs are missing, the first is '{heading(missing[0])}'")
        return Font(*self.size, [self.glyphs.get(code) or self.base[code] for code in range(256)])


def read(path):
    """The font in a file; FontError, OSError or UnicodeDecodeError where there is none."""
    return Reader(path).font()


# --- the picture --------------------------------------------------------------------------------
SAMPLE = """\
The quick brown fox jumps over the lazy dog. 0123456789 (O0 Il1|! S5 B8 Z2)
SPHINX OF BLACK QUARTZ, JUDGE MY VOW! if (a[i] != ~b && c->d >= 0x7F) { x %= 3; }
"Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich." Ärger, Öl, Übung
Où l'été naît, ça gèle: «Noël à Besançon» ÿ ï ë û; ¿El Niño? ¡Sí, mañana! Æ æ Å å £5 ¢ ¥ ƒ
╔═══════════════╦══════════╤══════╗  ┌──────────┬─────╥─────┐  ╓───╥───╖  ╒═══╤═══╕
║ virtio-blk    ║  8 GiB   │ boot ║  │ ↑↓ move  │ F1  ║ F10 │  ║ α ║ Σ ║  │ ≤ │ ≥ │
╠═══════════════╬══════════╪══════╣  ├──────────┼─────╫─────┤  ╟───╫───╢  ╞═══╪═══╡
║ CD "Debian"   ║ 650 MiB  │   no ║  │ ←→ value │ °C  ║ ±½¼ │  ║ π ║ ∞ ║  │ ≈ │ √ │
╚═══════════════╩══════════╧══════╝  └──────────┴─────╨─────┘  ╙───╨───╜  ╘═══╧═══╛
░░░▒▒▒▓▓▓███▓▓▓▒▒▒░░░ ▄▄▄▀▀▀ ▌▐ ██▌▐██ ☺☻♥♦♣♠ ♂♀♪♫☼ ►◄▲▼ ↕↨ ∟↔ ‼¶§▬ ■ ∙· ⌠ ⌡ Γδεφτµ ⌐¬ ª º ⁿ² Θ∩Φσ
"""
INK, PAPER, FAINT = 0, 1, 2
COLOURS = bytes([0x10, 0x10, 0x10, 0xFF, 0xFF, 0xFF, 0xD0, 0xE0, 0xF0])


class Picture:
    """Pixels of COLOURS, which grow with what is drawn."""

    def __init__(self):
        self.lit = {}
        self.width = self.height = 0

    def glyph(self, font, code, x, y, dots, paper=PAPER):
        """dots 9: as a VGA shows it, whose ninth column repeats the eighth in C0 to DF and is blank elsewhere."""
        for row, bits in enumerate(font.glyphs[code]):
            bits = bits << 1 | (bits & 1 if 0xC0 <= code <= 0xDF else 0)
            for column in range(dots):
                self.lit[x + column, y + row] = INK if bits >> (8 - column) & 1 else paper
        self.width, self.height = max(self.width, x + dots), max(self.height, y + font.height)

    def text(self, font, text, x, y, dots):
        for column, char in enumerate(text):
            self.glyph(font, CODES[char], x + column * dots, y, dots)

    def png(self, scale, margin=8):
        def line(y):
            row = bytes(self.lit.get((x, y), PAPER) for x in range(-margin, self.width + margin) for _ in range(scale))
            return (b"\0" + row) * scale

        def chunk(kind, data):
            return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

        size = ((self.width + 2 * margin) * scale, (self.height + 2 * margin) * scale)
        pixels = b"".join(line(y) for y in range(-margin, self.height + margin))
        return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 3, 0, 0, 0)) +
                chunk(b"PLTE", COLOURS) + chunk(b"IDAT", zlib.compress(pixels, 9)) + chunk(b"IEND", b""))


def picture(font):
    """The code page as a table, and sample text as a VGA shows it in text modes and, below, in graphics modes."""
    drawn, cell, line = Picture(), 27, font.height + 8
    for code in range(256):
        column, row = code % 32, code // 32
        drawn.text(font, f"{column:02X}", (column + 1) * cell - 5, 0, 9)
        drawn.text(font, f"{32 * row:02X}", 0, (row + 1) * line, 9)
        drawn.glyph(font, code, (column + 1) * cell, (row + 1) * line, 8, FAINT)
    y = 9 * line
    for dots in (9, 8):
        y += line
        for text in SAMPLE.splitlines():
            drawn.text(font, text, 0, y, dots)
            y += font.height
    return drawn.png(2)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("font", help="the file")
    p.add_argument("--bin", metavar="FILE", help="write the rows of all glyphs, a byte each, bit 7 leftmost")
    p.add_argument("--picture", metavar="FILE", help="write a PNG of the code page with sample text")
    args = p.parse_args()
    try:
        font = read(args.font)
        for path, data in ((args.bin, font.binary), (args.picture, lambda: picture(font))):
            if path:
                pathlib.Path(path).write_bytes(data())
    except (FontError, OSError, UnicodeDecodeError) as e:
        sys.exit(f"font: {e}")


if __name__ == "__main__":
    main()

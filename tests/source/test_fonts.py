# SPDX-License-Identifier: BSD-2-Clause
"""The fonts of vgasrc/fonts: complete, lines and blocks meet those of the next cell, no two glyphs could be taken for
each other. And scripts/font.py, which reads them: what it refuses, what it writes."""
import pathlib
import re
import struct
import subprocess
import sys
import unicodedata
import zlib

import pytest

TREE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TREE / "scripts"))
import font  # noqa: E402

FOLDER = TREE / "vgasrc" / "fonts"
SIZES = {"8x16": 16, "8x14": 14, "8x8": 8}
BLANK = (0x00, 0x20, 0xFF)
BOXES = range(0xB3, 0xDB)


@pytest.fixture(params=SIZES, scope="module")
def drawn(request):
    return font.read(FOLDER / f"{request.param}.txt")


def glyph(drawn, char):
    return drawn.glyphs[font.CODES[char]]


def lit(rows):
    return {(x, y) for y, row in enumerate(rows) for x in range(8) if row >> (7 - x) & 1}


# --- the glyphs ---------------------------------------------------------------------------------

def test_every_file_is_a_font_of_256_glyphs():
    assert {p.stem for p in FOLDER.glob("*.txt")} == set(SIZES)
    for size, height in SIZES.items():
        assert len(font.read(FOLDER / f"{size}.txt").binary()) == 256 * height


def test_a_row_is_a_byte_with_the_leftmost_column_in_bit_7(drawn):
    code = font.CODES["▌"]
    assert set(drawn.binary()[code * drawn.height:(code + 1) * drawn.height]) == {0xF0}


def test_no_two_glyphs_are_equal_but_the_blank_ones(drawn):
    of = {}
    for code, rows in enumerate(drawn.glyphs):
        of.setdefault(tuple(rows), []).append(code)
    assert [codes for codes in of.values() if len(codes) > 1] == [list(BLANK)]
    assert not any(any(drawn.glyphs[code]) for code in BLANK)


ALIKE = ["0OQDo", "1lI|!i7", "5Ss", "2Zz", "8B3ß&", "6bG", "9gq", "uvUVüÜ", "öÖoóòôO", "äÄaáàâåÅA", "eéèêë", "nñNÑ",
         "cçCÇG¢", "-=_", "─═_", ".,:;·∙'`", "([{<", ")]}>", "xX", "εEe", "µup", "φΦ0Θ"]


@pytest.mark.parametrize("chars", ALIKE)
def test_what_could_be_taken_for_each_other_differs_in_three_dots_or_more(drawn, chars):
    for i, one in enumerate(chars):
        for other in chars[i + 1:]:
            least = 2 if one + other in (".,", ":;", "·∙") else 3
            assert len(lit(glyph(drawn, one)) ^ lit(glyph(drawn, other))) >= least, one + other


def test_letters_and_digits_leave_the_last_column_blank(drawn):
    letters = [c for c in map(font.character, range(256)) if unicodedata.category(c) in ("Lu", "Ll", "Nd", "Lo")]
    assert len(letters) > 26 * 2 + 10 + 40
    assert [c for c in letters if any(row & 1 for row in glyph(drawn, c))] == []


@pytest.mark.parametrize("chars, highest", [("ABCDEFGHIJKLMNOPRSTUVWXYZ0123456789ΓΣΘΩΦÆ", True),
                                            ("acemnorsuvwxzαστæπε", True), ("bdhkl", True), ("gjpqy", False)])
def test_letters_of_one_kind_are_of_one_height_and_stand_on_one_line(drawn, chars, highest):
    rows = {c: [y for y, row in enumerate(glyph(drawn, c)) if row] for c in chars}
    assert len({r[-1] for r in rows.values()}) == 1
    if highest:
        assert len({r[0] for r in rows.values()}) == 1


def test_an_accent_lies_above_its_letter_with_a_blank_row_between(drawn):
    """But where both grow together: ring and capital; and a capital may reach up between the dots of a diaeresis."""
    for code in range(0x80, 0xA6):
        char = font.character(code)
        mark = unicodedata.normalize("NFD", char)[1:]
        if mark and mark != "\u0327" and char not in "åÅ" and not (drawn.height == 8 and char in "ÄÖ"):
            rows = [bool(row) for row in drawn.glyphs[code]]
            first = rows.index(True)
            gap = rows.index(False, first)
            assert gap - first in (1, 2, 3) and rows[gap + 1], char


def test_accented_letters_hold_their_letter(drawn):
    """In 8x8 only where the accent takes one row: letters under others are lower."""
    for char in "üäçëöÿ" if drawn.height == 8 else "üéâäàåçêëèôöòûùÿáóúñ":
        assert lit(glyph(drawn, unicodedata.normalize("NFD", char)[0])) < lit(glyph(drawn, char)), char


# --- lines, shades and blocks -------------------------------------------------------------------

def arms(char):
    """What goes to each side of a box drawing, by its name: LIGHT, DOUBLE or nothing."""
    name = unicodedata.name(char).removeprefix("BOX DRAWINGS ").replace("SINGLE", "LIGHT")
    found, both = {}, name.split()[0] if name.split()[0] in ("LIGHT", "DOUBLE") else None
    for side, own in re.findall(r"(UP|DOWN|LEFT|RIGHT|VERTICAL|HORIZONTAL)(?: (LIGHT|DOUBLE))?", name):
        for one in {"VERTICAL": ("UP", "DOWN"), "HORIZONTAL": ("LEFT", "RIGHT")}.get(side, (side,)):
            found[one] = own or both
    assert found and all(found.values()), name
    return found


def edges(drawn, code):
    rows = drawn.glyphs[code]
    return {"UP": rows[0], "DOWN": rows[-1], "LEFT": [row >> 7 for row in rows], "RIGHT": [row & 1 for row in rows]}


def box_codes():
    return [code for code in BOXES if unicodedata.name(font.character(code)).startswith("BOX DRAWINGS ")]


def test_lines_leave_a_cell_where_those_of_the_next_one_begin(drawn):
    assert len(box_codes()) == 40
    across = {None: [0] * drawn.height, "LIGHT": edges(drawn, font.CODES["─"])["LEFT"],
              "DOUBLE": edges(drawn, font.CODES["═"])["LEFT"]}
    down = {None: 0, "LIGHT": edges(drawn, font.CODES["│"])["UP"], "DOUBLE": edges(drawn, font.CODES["║"])["UP"]}
    assert sum(across["LIGHT"]) == 1 and sum(across["DOUBLE"]) == 2 and (down["LIGHT"], down["DOUBLE"]) == (0x18, 0x66)
    for code in box_codes():
        going, seen = arms(font.character(code)), edges(drawn, code)
        for side, kinds in (("UP", down), ("DOWN", down), ("LEFT", across), ("RIGHT", across)):
            assert seen[side] == kinds[going.get(side)], (font.character(code), side)


def pieces(dots):
    """The dots in sets of those that touch by their sides."""
    dots = set(dots)
    while dots:
        piece, todo = set(), [dots.pop()]
        while todo:
            x, y = todo.pop()
            piece.add((x, y))
            near = {(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)} & dots
            dots -= near
            todo += near
        yield piece


def test_no_line_of_a_box_ends_inside_its_cell(drawn):
    for code in box_codes():
        for piece in pieces(lit(drawn.glyphs[code])):
            sides = [any(x == 0 for x, _ in piece), any(x == 7 for x, _ in piece),
                     any(y == 0 for _, y in piece), any(y == drawn.height - 1 for _, y in piece)]
            assert sum(sides) >= 2, font.character(code)


def test_lines_of_one_kind_that_meet_are_one_piece(drawn):
    for char in "│┤┐└┴┬├─┼┘┌╡╢╞╟╥╨╤╧╪╫":
        count = {"╢": 2, "╟": 2, "╤": 2, "╧": 2}.get(char, 1)
        assert len(list(pieces(lit(glyph(drawn, char))))) == count, char


def test_shades_grow_darker_and_go_on_in_the_next_cell(drawn):
    shades = [glyph(drawn, c) for c in " ░▒▓█"]
    counts = [len(lit(rows)) for rows in shades]
    assert counts == [drawn.height * 8 * quarter // 4 for quarter in range(5)]
    for rows in shades:
        assert rows[2:] == rows[:-2] and drawn.height % 2 == 0
        assert all(row >> 4 == row & 15 for row in rows)


def test_blocks_are_halves_of_the_cell(drawn):
    half = drawn.height // 2
    assert glyph(drawn, "█") == [0xFF] * drawn.height
    assert glyph(drawn, "▄") == [0] * half + [0xFF] * half
    assert glyph(drawn, "▀") == [0xFF] * half + [0] * half
    assert glyph(drawn, "▌") == [0xF0] * drawn.height and glyph(drawn, "▐") == [0x0F] * drawn.height


def test_the_halves_of_the_integral_meet_and_inverse_ones_are_inverse(drawn):
    assert glyph(drawn, "⌠")[-1] == glyph(drawn, "⌡")[0] == glyph(drawn, "│")[0]
    for one, other in ("•◘", "○◙"):
        assert [row ^ 0xFF for row in glyph(drawn, one)] == glyph(drawn, other)


# --- the script ---------------------------------------------------------------------------------

def call(*args):
    done = subprocess.run([sys.executable, TREE / "scripts" / "font.py", *args], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def small(code, rows=("#.", ".#")):
    return "\n".join([font.heading(code), *rows])


def written(tmp_path, *parts):
    path = tmp_path / "font.txt"
    path.write_text("\n".join(parts) + "\n", encoding="utf-8")
    return path


WHOLE = [small(code) for code in range(256)]


@pytest.mark.parametrize("parts, line, what", [
    ([small(0x41)], 1, "the size comes first"),
    (["size 9x16"], 1, "'size COLUMNSxROWS'"),
    (["size 8x0"], 1, "'size COLUMNSxROWS'"),
    (["size 2x2", "size 2x2"], 2, "'size COLUMNSxROWS'"),
    (["; nothing"], 1, "there is no size"),
    (["size 2x2", "#."], 2, "before the first glyph"),
    (["size 2x2", "glyph 41 U+0042 LATIN CAPITAL LETTER A"], 2, "'glyph 41 U+0041 LATIN CAPITAL LETTER A' is expected"),
    (["size 2x2", "glyph 1F U+001F"], 2, "'glyph 1F U+25BC BLACK DOWN-POINTING TRIANGLE' is expected"),
    (["size 2x2", "glyph"], 2, "'glyph CODE U+NUMBER NAME' is expected"),
    (["size 2x2", "glyph g1 U+0041 LATIN"], 2, "'glyph CODE U+NUMBER NAME' is expected"),
    (["size 2x2", small(0x41), small(0x41)], 5, "glyph 41 is here a second time"),
    (["size 2x2", small(0x41, ["#.", "#"])], 4, "41: 2 rows of 2 columns are expected, this is row 1 of 1 columns"),
    (["size 2x2", small(0x41, ["#.", ".#", ".."])], 5, "this is row 2 of 2 columns"),
    (["size 2x2", small(0x41, ["#."]), small(0x42)], 4, "glyph 41 ends after 1 rows, not 2"),
    (["size 2x2", small(0x41, ["#."])], 3, "glyph 41 ends after 1 rows, not 2"),
    (["size 2x2", small(0x41, ["#.", "x."])], 4, "neither size, from, glyph nor a row of . and #: 'x.'"),
    (["size 2x2", *WHOLE[:7], *WHOLE[8:]], 766, "1 of 256 glyphs are missing, the first is 'glyph 07 U+2022 BULLET'"),
    (["size 2x2", "from base.txt"], 2, "'from FILE ROW'"),
    (["size 2x2", "from base.txt -1"], 2, "'from FILE ROW'"),
    (["size 2x2", "from base.txt 1"], 2, "2x2 from row 1 on is not inside base.txt, which is 2x2"),
    (["size 1x1", "from base.txt 0"], 2, "1x1 from row 0 on is not inside base.txt, which is 2x2"),
])
def test_a_mistake_is_told_with_its_line(tmp_path, parts, line, what):
    (tmp_path / "base.txt").write_text("\n".join(["size 2x2", *WHOLE]))
    path = written(tmp_path, *parts)
    code, said, error = call(path, "--bin", tmp_path / "out")
    assert (code, said) == (1, "") and error.startswith(f"font: {path}:{line}: ") and what in error
    assert not (tmp_path / "out").exists()


def test_a_file_cut_from_itself_is_refused(tmp_path):
    path = written(tmp_path, "size 2x2", "from font.txt 0")
    code, _, error = call(path)
    assert code == 1 and error == f"font: {path}:2: a file that another one is cut from cannot be cut itself\n"


@pytest.mark.parametrize("make", [lambda p: None, lambda p: p.mkdir(), lambda p: p.write_bytes(b"\xff\xfe")])
def test_what_is_no_text_file_is_refused(tmp_path, make):
    make(tmp_path / "font.txt")
    code, _, error = call(tmp_path / "font.txt")
    assert code == 1 and error.startswith("font: ") and error.count("\n") == 1


def test_rows_are_cut_from_another_file_but_for_what_is_drawn(tmp_path):
    (tmp_path / "base.txt").write_text("\n".join(["size 2x2", *WHOLE]))
    path = written(tmp_path, "size 2x1", "from base.txt 1  ; the lower one", small(0x41, ["##"]))
    assert call(path, "--bin", tmp_path / "out") == (0, "", "")
    assert (tmp_path / "out").read_bytes() == b"\x40" * 0x41 + b"\xc0" + b"\x40" * (255 - 0x41)


def pixels(data):
    """Width, height and the rows of a PNG as scripts/font.py writes it."""
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    at, found = 8, {}
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 8:at + 8 + size]
        assert struct.unpack_from(">I", data, at + 8 + size)[0] == zlib.crc32(kind + body)
        found[kind] = body
        at += size + 12
    assert list(found) == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    width, height, *how = struct.unpack(">IIBBBBB", found[b"IHDR"])
    rows = zlib.decompress(found[b"IDAT"])
    assert how == [8, 3, 0, 0, 0] and len(rows) == height * (width + 1)
    return width, height, rows


@pytest.mark.parametrize("size", SIZES)
def test_the_picture_in_docs_shows_the_font(tmp_path, size):
    assert call(FOLDER / f"{size}.txt", "--picture", tmp_path / "now.png") == (0, "", "")
    kept = (TREE / "docs" / "img" / f"font-{size}.png").read_bytes()
    assert pixels(kept) == pixels((tmp_path / "now.png").read_bytes()), \
        f"scripts/font.py vgasrc/fonts/{size}.txt --picture docs/img/font-{size}.png"


def test_help_tells_the_format():
    code, said, _ = call("--help")
    assert code == 0 and "from 8x16.txt 1" in said and "--picture FILE" in said

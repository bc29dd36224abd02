# SPDX-License-Identifier: BSD-2-Clause
"""docs/runtime-config.md has every name that the source looks for in fw_cfg, and the source looks for every name that
the table says is served."""
import pathlib
import re

TREE = pathlib.Path(__file__).resolve().parents[2]
SRC = TREE / "src"
PAGE = TREE / "docs" / "runtime-config.md"

HEAD = ["name", "set by", "values", "without it", "here"]
REFUSED = "not served: "
BY_SCRIPT = "as the script of `etc/table-loader` says"

# What is a file's name where a string has one: names of fw_cfg have folders, but for some.
NAME = re.compile(r"(etc|opt|genroms|vgaroms|floppyimg|img)/|(bootorder|bios-geometry|links)$|bootsplash\.|pci.*\.rom$")


def names_in(text):
    """The names in the strings of a C source, comments left out. A folder's name ends with a slash."""
    plain = re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.DOTALL)
    plain = re.sub(r"^\s*#\s*include[^\n]*", "", plain, flags=re.MULTILINE)
    return {s for s in re.findall(r'"((?:\\.|[^"\\\n])*)"', plain) if NAME.match(s)}


def row_of(name):
    """A name as the table has it: a star for what follows a folder or a dot, and for each conversion of a format."""
    return re.sub(r"%\d*[a-z]", "*", name) + "*" * name.endswith(("/", "."))


def in_source():
    """{name in the table: files}"""
    found = {}
    for file in sorted(SRC.rglob("*.[ch]")):
        for name in names_in(file.read_text()):
            found.setdefault(row_of(name), []).append(str(file.relative_to(TREE)))
    return found


def rows(text):
    """[[cell, ...], ...] of the table."""
    lines = [re.split(r"(?<!\\)\|", line.strip())[1:-1] for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line] for line in lines]
    assert cells[0] == HEAD and set("".join(cells[1])) == {"-"}
    return cells[2:]


def differences(found, table):
    """What is wrong with a table, given the names in the source."""
    names = [row[0].strip("`") for row in table]
    for name in sorted({n for n in names if names.count(n) > 1}):
        yield f"{name}: two rows"
    for name, row in zip(names, table):
        if len(row) != len(HEAD) or row[0] != f"`{name}`" or not row[1] or not row[2] or not row[4]:
            yield f"{name}: an incomplete row"
        elif row[4].startswith(REFUSED) and len(row[4]) < len(REFUSED) + 10:
            yield f"{name}: no reason why it is not served"
        elif row[4].startswith((REFUSED, BY_SCRIPT)):
            if name in found:
                yield f"{name}: in {', '.join(found[name])}, but a row says that nobody looks for it"
        elif name not in found:
            yield f"{name}: a row says what becomes of it, but nobody looks for it"
    for name in sorted(set(found) - set(names)):
        yield f"{name}: in {', '.join(found[name])}, and no row"


def test_the_table_and_the_source_agree():
    found = in_source()
    assert {"bootorder", "etc/e820", "etc/boot-menu-wait", "vgaroms/*", "opt/org.slipway/fpdt"} <= set(found)
    assert list(differences(found, rows(PAGE.read_text()))) == []


def test_our_own_knobs_are_in_our_own_folder():
    own = [name for name in in_source() if name.startswith("opt/")]
    assert own and all(name.startswith("opt/org.slipway/") for name in own), own


def test_the_page_is_found():
    assert "docs/runtime-config.md" in (TREE / "README.md").read_text()


def test_names_are_told_from_other_strings():
    assert names_in('f("etc/x"); /* "etc/y" */ g("no/z", "etc", "log: etc/w: bad");\n#include "fw/etc/v"\n'
                    '#define F "genroms/"\nN("bootorder") "pci1af4,1000.rom"') == {
        "etc/x", "genroms/", "bootorder", "pci1af4,1000.rom"}
    assert [row_of(n) for n in ("etc/x", "genroms/", "pci%04x,%04x.rom")] == ["etc/x", "genroms/*", "pci*,*.rom"]


def test_each_difference_is_seen():
    good = ["`etc/a`", "QEMU", "0", "1", "as SeaBIOS"]
    refused = ["`etc/b`", "user", "0", "", "not served: there is no such thing"]
    script = ["`etc/c`", "QEMU", "0", "", f"{BY_SCRIPT}, which names it"]
    found = {"etc/a": ["src/a.c"]}
    assert list(differences(found, [good, refused, script])) == []
    for table, what in (([refused, script], "etc/a: in src/a.c, and no row"),
                        ([good, good], "etc/a: two rows"),
                        ([good[:4] + [""]], "etc/a: an incomplete row"),
                        ([good[:4]], "etc/a: an incomplete row"),
                        ([good, refused[:4] + ["not served: no"]], "etc/b: no reason"),
                        ([good, ["`etc/d`", *good[1:]]], "etc/d: a row says what becomes of it"),
                        ([["`etc/a`", *refused[1:]]], "etc/a: in src/a.c, but a row"),
                        ([["`etc/a`", *script[1:]]], "etc/a: in src/a.c, but a row")):
        said = list(differences(found, table))
        assert len(said) >= 1 and any(line.startswith(what) for line in said), (what, said)

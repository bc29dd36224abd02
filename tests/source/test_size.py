# SPDX-License-Identifier: BSD-2-Clause
"""What each folder takes of the ROM stays within its budget (scripts/size.py has the table)."""
import os
import pathlib
import sys

TREE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TREE / "scripts"))
import size  # noqa: E402

OUT = pathlib.Path(os.environ.get("OUT", TREE / "out"))


def test_folders_stay_within_their_budgets():
    sizes = size.by_folder(OUT)
    assert sum(sizes.values()) > 10_000, "no objects were found"
    assert size.exceeded(sizes) == []


def test_an_excess_and_an_unknown_folder_are_seen():
    assert size.exceeded({"lib": size.ROM_BUDGET["lib"] + 1, "mem": 1, "nowhere": 1}) == [
        f"size: src/lib: {size.ROM_BUDGET['lib'] + 1} bytes of ROM, budget {size.ROM_BUDGET['lib']}",
        "size: src/nowhere: 1 bytes of ROM, budget 0"]


def test_strings_are_booked_on_who_brings_them(tmp_path):
    """As the linker of Debian unstable (binutils 2.47) has them in its map: all in the first, none in the others."""
    (tmp_path / "map").write_text("""
.rom            0xfffc0000     0xf000
 .rodata.str1.1
                0xfffcf0e8     0x2ef5 out/src/boot/bzimage.o
                                0x1d3 (size before relaxing)
 .rodata.str1.1
                0xfffcf190        0x0 out/src/fw/acpi.o
                                 0x38 (size before relaxing)
 .rodata.table  0xfffcf200       0x10 out/src/fw/acpi.o
""")
    assert size.by_folder(tmp_path / "map") == {"boot": 0x1d3, "fw": 0x48}

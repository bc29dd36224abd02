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

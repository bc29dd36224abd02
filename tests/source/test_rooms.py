# SPDX-License-Identifier: BSD-2-Clause
"""The rooms of src/ as docs/architecture.md has them: a room includes only what lies below it."""
import pathlib
import re

import pytest

TREE = pathlib.Path(__file__).resolve().parents[2]
SRC = TREE / "src"

# From the ground up. A room may include itself and whatever stands before it.
ROOMS = ["std", "lib", "arch", "trace", "mem", "machine", "dma", "hw", "fw", "rt16", "pm", "smm", "services", "boot", "post"]
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)


def sources():
    return sorted(p for p in SRC.rglob("*") if p.suffix in (".c", ".h", ".S"))


def upward(name, text):
    """The includes of a source (its path below src/) that lead to its own floor or above it."""
    room = name.split("/")[0]
    for header in INCLUDE.findall(text):
        target = header.split("/")[0]
        if "/" in header and target != room and ROOMS.index(target) >= ROOMS.index(room):
            yield header


def test_every_folder_is_a_room():
    assert {p.name for p in SRC.iterdir()} <= set(ROOMS)


@pytest.mark.parametrize("room", [r for r in ROOMS if (SRC / r).is_dir()])
def test_arrows_go_down(room):
    found = {str(p.relative_to(SRC)): list(upward(str(p.relative_to(SRC)), p.read_text()))
             for p in sources() if p.relative_to(SRC).parts[0] == room}
    assert found
    assert {name: headers for name, headers in found.items() if headers} == {}


def test_an_arrow_that_goes_up_is_seen():
    assert list(upward("hw/x.c", '#include "lib/bits.h"\n  # include "fw/acpi.h"\n#include "version.h"\n')) == ["fw/acpi.h"]
    assert list(upward("mem/x.h", '#include "machine/machine.h"\n#include "mem/y.h"\n')) == ["machine/machine.h"]


def test_headers_name_their_own_path():
    """The opening line and the include guard move with the file."""
    for p in sources():
        name = str(p.relative_to(TREE))
        text = p.read_text()
        assert f" {name}: " in text[:200], f"{name}: its opening line names another file"
        if p.suffix == ".h":
            guard = str(p.relative_to(SRC)).upper().replace("/", "_").replace(".", "_")
            assert f"#ifndef {guard}\n#define {guard}\n" in text, f"{name}: its guard is not {guard}"

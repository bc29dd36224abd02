# SPDX-License-Identifier: BSD-2-Clause
"""scripts/version.sh: the version, and the release that it names, which SMBIOS has as two bytes."""
import pathlib
import re
import subprocess

import pytest

TREE = pathlib.Path(__file__).resolve().parents[2]


def version_header(*args):
    done = subprocess.run([TREE / "scripts/version.sh", *args], cwd=TREE, stdout=subprocess.PIPE, text=True, timeout=60,
                          check=True)
    return dict(re.findall(r"^#define SLIPWAY_(\w+) (.*)$", done.stdout, re.MULTILINE))


@pytest.mark.parametrize("version, major, minor", [
    ("v1.2", 1, 2), ("v1.2-3-gabcdef0", 1, 2), ("v1.2.9-dirty", 1, 2), ("v0.0", 0, 0), ("v10.20-dirty", 10, 20),
    ("v08.09", 8, 9),               # not octal
    ("v254.254", 254, 254), ("v255.1", 255, 255), ("v1.255", 255, 255), ("v1.1000", 255, 255), ("v1000.1", 255, 255),
    ("abcdef0", 255, 255), ("12.34", 255, 255), ("v1", 255, 255), ("v1.", 255, 255), ("v.1", 255, 255),
    ("vx.1", 255, 255), ("v1.x", 255, 255), ("v-1.2", 255, 255),
])
def test_release(version, major, minor):
    assert version_header(version) == {"VERSION": f'"{version}"', "MAJOR": str(major), "MINOR": str(minor)}


def test_without_a_version_it_is_the_commits():
    assert re.fullmatch(r'"\S+"', version_header()["VERSION"])

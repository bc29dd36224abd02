# SPDX-License-Identifier: BSD-2-Clause
"""A test binary is made anew when anything that it was made of has changed, headers of sources and .c
files that are included among it. Asked of make itself, which only says what it would do."""
import os
import pathlib
import subprocess

import pytest

TREE = pathlib.Path(__file__).resolve().parents[2]
OUT = pathlib.Path(os.environ.get("OUT", TREE / "out"))


def would_make(changed, target):
    command = ["make", "-n", "-C", str(TREE), f"OUT={os.environ.get('OUT', 'out')}", *(["-W", changed] if changed else []), target]
    env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("changed, test", [
    ("src/std/mp.h", "unit/fw/mptable_test"),           # a header of the source under test
    ("src/mem/e820.h", "unit/boot/kernel/place_test"),         # of one of several sources
    ("src/hw/tsc_rate.c", "unit/hw/tsc_rate_test"),     # a .c file that the test includes
    ("tests/fake/fw_cfg.h", "unit/fw/fw_cfg_test"),     # a model's header
    ("src/lib/endian.h", "fuzz/table_loader_fuzz"),
])
def test_what_changed_is_made_anew(changed, test):
    target = f"{os.environ.get('OUT', 'out')}/{test}"
    if not (OUT / test).exists() or f"-o {target}" in would_make(None, target):
        pytest.skip(f"{target} is not up to date to begin with: make unit-bins fuzz-bins")
    assert f"-o {target}" in would_make(changed, target), f"{changed} changed and {target} stays as it is"

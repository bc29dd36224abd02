# SPDX-License-Identifier: BSD-2-Clause
"""16-bit C runs in virtual-8086 mode as well, where a monitor stops a program at a privileged instruction: what is one
stands in src/rt16/*.S, behind a look at the mode."""
import os
import pathlib
import re
import subprocess

import pytest

TREE = pathlib.Path(__file__).resolve().parents[2]
OUT = pathlib.Path(os.environ.get("OUT", TREE / "out")).resolve()
PRIVILEGED = re.compile(r"\t(hlt|cli|sti|l[gi]dt\w*|lldt|ltr|lmsw\w*|clts|invd|wbinvd|invlpg|rdmsr|wrmsr|rdtsc|rdpmc|mov\w* .*%[cd]r\d.*)(\s|$)")


def privileged(listing):
    return [line for line in listing.splitlines() if PRIVILEGED.search(line)]


@pytest.mark.parametrize("source", sorted(p.stem for p in (TREE / "src/rt16").glob("*.c")))
def test_no_privileged_instruction(source):
    listing = subprocess.run(["objdump", "-d", "-m", "i8086", str(OUT / f"src/rt16/{source}.o")], check=True, text=True,
                             stdout=subprocess.PIPE).stdout
    assert not privileged(listing)


def test_privileged_instructions_are_seen():
    assert privileged(" 0:\tf4                   \thlt\n 1:\t0f 20 c0             \tmov    %cr0,%eax\n 4:\tfa   \tcli\n") and not privileged(
        " 0:\t89 c3                \tmov    %ax,%bx\n 2:\te8 00 00             \tcall   5 <sti_time>\n")

# SPDX-License-Identifier: BSD-2-Clause
"""scripts/test.sh, away from the tree, with a setup and a Makefile that only tell what they are called with."""
import os
import pathlib
import shutil
import subprocess

import pytest

WORDS = ["FUZZ_SECONDS", "PYTEST"]
TREE = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture
def run(tmp_path):
    (tmp_path / "scripts").mkdir()
    shutil.copy(TREE / "scripts" / "test.sh", tmp_path / "scripts")
    setup = tmp_path / "scripts" / "setup.sh"
    setup.write_text("#!/bin/sh\necho installed\n")
    setup.chmod(0o755)
    (tmp_path / "Makefile").write_text("check:\n\t@echo 'check $(FUZZ_SECONDS) $(PYTEST)'\n")

    # What the make that runs this test has told its children is not for this one.
    clean = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", *WORDS)}

    def call(*args):
        done = subprocess.run(["sh", tmp_path / "scripts" / "test.sh", *args], capture_output=True, text=True, env=clean)
        return done.returncode, done.stdout, done.stderr

    return call


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_is_its_own_and_installs_nothing(run, option):
    code, said, _ = run(option)
    assert code == 0 and said.startswith("usage: scripts/test.sh ") and "installed" not in said
    assert all(word in said for word in ("--short", *WORDS))


def test_what_is_no_option_of_its_is_refused_before_anything_is_installed(run):
    code, said, error = run("--shrot")
    assert (code, said) == (2, "") and "--shrot" in error


def test_arguments_go_to_make(run):
    assert run("FUZZ_SECONDS=5", "PYTEST=-k pci") == (0, "installed\ncheck 5 -k pci\n", "")
    code, said, _ = run("--short", "FUZZ_SECONDS=1")
    assert code == 0 and said.startswith("installed\ncheck 1 -k ") and "test_machine[" in said

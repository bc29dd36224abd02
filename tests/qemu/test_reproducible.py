# SPDX-License-Identifier: BSD-2-Clause
"""Two builds of one commit, in folders with names of different length, are the same bytes."""
import os
import subprocess

import vm as qemu


def build(folder, commit):
    subprocess.run(["git", "clone", "-q", "--no-checkout", str(qemu.ROOT), str(folder)], check=True)
    subprocess.run(["git", "checkout", "-q", "--detach", commit], cwd=folder, check=True)
    environment = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "OUT", "PYTEST",
                                                                    "KCONFIG_CONFIG")}
    done = subprocess.run(["make", "-s"], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout
    return (folder / "out" / "bios.bin").read_bytes()


def test_two_builds_are_identical(tmp_path):
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=qemu.ROOT, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.DEVNULL)
    if head.returncode:
        raise qemu.Absent("this is not a git clone: nothing to build twice")
    first = build(tmp_path / "a", head.stdout.strip())
    second = build(tmp_path / "another-folder-with-a-longer-name", head.stdout.strip())
    assert len(first) == 512 * 1024
    assert first == second

# SPDX-License-Identifier: BSD-2-Clause
"""The folder that `make install` makes for `qemu -L`: every machine takes this image from it."""
import os
import subprocess

import pytest

import vm as qemu


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prefix")
    clean = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    done = subprocess.run(["make", "-s", "-C", qemu.ROOT, f"OUT={qemu.OUT}", f"PREFIX={folder}", "install"], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=clean)
    assert done.returncode == 0, done.stdout
    return folder


@pytest.mark.parametrize("machine", ["pc", "q35", "microvm", "microvm,acpi=off", "isapc"])
def test_qemu_takes_its_image_from_the_folder(prefix, machine):
    """QEMU asks for another name on each of these, and for what this folder does not have in its own."""
    with qemu.VM(machine=machine, kernel=qemu.GUESTS / "check.bzImage", append="noinitrd", memory="128",
                 args=[] if machine.startswith("microvm") else ["-device", "VGA" if machine != "isapc" else "isa-vga"]) as vm:
        at = vm.command.index("-bios")
        vm.command[at:at + 2] = ["-L", str(prefix / "share/qemu/slipway")]
        result = vm.run()
    failed = [line for line in result.serial.splitlines() if line.startswith("not ok")]
    if machine in ("microvm,acpi=off", "isapc"):    # which have no ACPI
        failed = [line for line in failed if "ACPI: the RSDP is found" not in line]
    assert not failed and "# end: boot 1" in result.serial and result.log.startswith("slipway: version "), str(result)


def test_the_installed_runner_boots(prefix, tmp_path):
    """Its own kernel, since no other is at hand without apt's lists: a guest of the tree's kind, from the installed files."""
    done = subprocess.run([prefix / "bin/slipway-run", "-k", prefix / "share/slipway/guests/check.bzImage", "-a", "ram=512 noinitrd"],
                          cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120,
                          env={k: v for k, v in os.environ.items() if k not in ("OUT", "SLIPWAY_BIOS")} | {"XDG_CACHE_HOME": str(tmp_path)})
    assert done.returncode == 0 and f"-bios {prefix}/share/slipway/bios.bin" in done.stdout, done.stdout
    assert "QEMU ended after" in done.stdout and "slipway: version" in done.stdout, done.stdout


def test_the_installed_runner_boots_without_a_home(prefix, tmp_path):
    """Where nothing can be kept: what it makes is in a folder of its own that is gone with it."""
    env = {k: v for k, v in os.environ.items() if k not in ("OUT", "SLIPWAY_BIOS", "HOME")}
    done = subprocess.run([prefix / "bin/slipway-run", "-k", prefix / "share/slipway/guests/check.bzImage", "-a", "ram=512 noinitrd"],
                          cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120,
                          env=env | {"XDG_CACHE_HOME": "/dev/null", "TMPDIR": str(tmp_path)})
    assert done.returncode == 0 and "slipway: version" in done.stdout and "Traceback" not in done.stdout, done.stdout
    assert not list(tmp_path.iterdir())

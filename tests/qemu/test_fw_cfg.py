# SPDX-License-Identifier: BSD-2-Clause
"""The fw_cfg directory on a real machine: as many files as are promised, and more than that."""
import fnmatch
import pathlib
import re
import shutil

import pytest

import vm as qemu
from conftest import boot_check


def many(files, slots):
    """So many user files. x-file-slots is the machine's to set, and a global sets it for the machine."""
    args = ["-global", f"fw_cfg.x-file-slots={slots}"]
    for n in range(files):
        args += ["-fw_cfg", f"name=opt/many/{n:04},string=x"]
    return args


def own_files(machine):
    """How many files QEMU itself has on this machine: the boot says it when there are too many."""
    with qemu.VM(machine=machine, memory="128", args=many(4100, 4200), kernel=qemu.GUESTS / "check.bzImage") as vm:
        vm.start()
        vm.wait_text("no files", "log", 60)
        return int(re.search(r"fw_cfg: directory: (\d+) entries, at most 4096; no files", vm.text("log"))[1]) - 4100


@pytest.mark.parametrize("machine", ["pc", "q35", "microvm"])
def test_a_directory_of_4096_files(machine):
    """What is promised is kept, with the memory there is before the memory map is known."""
    tap, result = boot_check(machine=machine, memory="128", args=many(4096 - own_files(machine), 4200), timeout=120)
    assert tap.facts["acpi"][0] == "yes", str(result)
    assert "fw_cfg: " not in result.log and "alloc: " not in result.log, str(result)


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_without_a_directory_a_kernel_starts_all_the_same(machine):
    """Kernel, initrd and command line are numbered items, and CMOS knows how much memory there is."""
    tap, result = boot_check(machine=machine, memory="128", args=many(4097, 4200), append="noacpi", timeout=120)
    assert tap.facts["acpi"] == ["no"], str(result)
    assert "at most 4096; no files" in result.log, str(result)


NAMES = re.compile(rb"(?<=\0)((?:etc|opt|genroms|vgaroms)/[a-z0-9_./-]+|bootorder|bios-geometry|bootsplash\.[a-z]+)"
                   rb"(?=\0)")


def test_every_name_of_this_qemu_has_a_row():
    """In docs/runtime-config.md, whatever becomes of it. The names are strings of QEMU's program."""
    program = pathlib.Path(shutil.which(qemu.QEMU)).read_bytes()
    if not program.startswith(b"\x7fELF"):
        raise qemu.Absent(f"{qemu.QEMU} is not the program itself")
    names = {n.decode() for n in NAMES.findall(program)}
    page = (qemu.ROOT / "docs/runtime-config.md").read_text()
    rows = re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)
    assert {"etc/e820", "etc/boot-fail-wait", "bootorder"} <= names
    assert sorted(n for n in names if not any(fnmatch.fnmatchcase(n, row) for row in rows)) == []

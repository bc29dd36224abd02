# SPDX-License-Identifier: BSD-2-Clause
"""SMBIOS structures that are not whole, on a real machine: those before are found, and one line says why.

microvm has no SMBIOS items, so that a test can give its own by name; every byte and every cut are
tried on the host (tests/unit/fw/smbios_test.c).
"""
import pytest

import vm as qemu
from conftest import boot_check

DATA = qemu.ROOT / "tests/data/smbios"
# Type 41 as QEMU 10 and 11 write it for a device behind a root port: the NUL after its strings is missing.
TYPE_41 = b"\x29\x0b\x00\x29\x01\x83\x01\0\0\0\0nic\0"


def chain(data):
    """The structures, each with its strings."""
    at = 0
    while at < len(data):
        end = data.index(b"\0\0", at + data[at + 1]) + 2
        yield data[at:end]
        at = end


@pytest.mark.parametrize("how, lines", [
    ("whole", 0), ("type 41 without its last NUL", 1), ("cut in the third", 1), ("no end of table", 1),
    ("a length of 0", 1), ("empty", 1),
])
@pytest.mark.parametrize("name", ["q35", "pc_64"])
def test_structures_that_are_whole_are_kept(tmp_path, name, how, lines):
    good = list(chain((DATA / f"{name}.tables").read_bytes()))
    bios, end = 0, 127
    kept = good[:-1]
    tables = b"".join(good)
    if how.startswith("type 41"):
        kept = good[:-1] + [TYPE_41]
        tables = b"".join(good[:-1]) + TYPE_41 + good[-1]
    elif how.startswith("cut"):
        kept = good[:2]
        tables = b"".join(good[:3])[:-1]
    elif how.startswith("no end"):
        tables = b"".join(kept)
    elif how.startswith("a length"):
        kept = good[:4]
        tables = b"".join(kept) + bytes([good[4][0], 0]) + good[4][2:] + b"".join(good[5:])
    elif how == "empty":
        kept, tables = [], b"\x01"
    (tmp_path / "tables").write_bytes(tables)
    tap, result = boot_check(
        machine="microvm,acpi=off", append="noacpi",
        expect_failures=("there is a type 0 and a type 1",) if not kept else (),
        args=["-fw_cfg", f"name=etc/smbios/smbios-anchor,file={DATA / name}.anchor",
              "-fw_cfg", f"name=etc/smbios/smbios-tables,file={tmp_path / 'tables'}"])
    types = [int(x.split()[1]) for x in tap.facts["smbios"] if x.startswith("type ")]
    assert types == [bios, *(x[0] for x in kept), end], str(result)
    said = [x for x in result.log.splitlines() if "smbios:" in x]
    assert len(said) == lines, said


def test_a_type_41_behind_a_root_port_costs_nothing_else():
    """The command line that makes QEMU itself write such a structure."""
    if qemu.version() < (10, 0):
        raise qemu.Absent("QEMU before 10 refuses type 41 for a device behind a root port")
    tap, result = boot_check(machine="q35", args=[
        "-device", "pcie-root-port,id=root,chassis=1", "-device", "virtio-rng-pci,id=n,bus=root",
        "-smbios", "type=41,designation=nic,pcidev=n"])
    types = [int(x.split()[1]) for x in tap.facts["smbios"] if x.startswith("type ")]
    assert {0, 1, 3, 4, 16, 17, 41} < set(types) and types[-1] == 127, str(result)

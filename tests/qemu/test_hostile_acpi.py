# SPDX-License-Identifier: BSD-2-Clause
"""Hostile table-loader scripts on a real machine: complete valid ACPI, or none and one line, and the boot goes on.

QEMU leaves the names of its ACPI items free under acpi=off, so that a test can give its own. Every
mutation of every field is tried on the host (tests/unit/fw/table_loader_mutation_test.c); these
show that the same holds for the firmware as built, with the real device.
"""
import struct

import pytest

import vm as qemu
from conftest import boot_check

DATA = qemu.ROOT / "tests/data/acpi/pc"
ALLOCATE, ADD_POINTER, ADD_CHECKSUM, WRITE_POINTER = 1, 2, 3, 4
HIGH, FSEG = 1, 2
# The recorded FADT is of a machine whose power-management base nobody had programmed yet.
RECORDED_UNPROGRAMMED = ("SCI_EN is set", "the PM timer runs")


def name(text):
    return text.encode().ljust(56, b"\0")


def allocate(file, align=16, zone=HIGH):
    return struct.pack("<I56sIB63x", ALLOCATE, name(file), align, zone)


def add_pointer(dest, source, offset, size=4):
    return struct.pack("<I56s56sIB7x", ADD_POINTER, name(dest), name(source), offset, size)


def add_checksum(file, offset, start, length):
    return struct.pack("<I56sIII56x", ADD_CHECKSUM, name(file), offset, start, length)


def write_pointer(dest, source, offset=0, source_offset=0, size=8):
    return struct.pack("<I56s56sIIB3x", WRITE_POINTER, name(dest), name(source), offset, source_offset, size)


class Script:
    """The recorded script, without its padding, and its two files."""

    def __init__(self):
        raw = (DATA / "loader.bin").read_bytes()
        records = [raw[i:i + 128] for i in range(0, len(raw), 128)]
        self.records = [r for r in records if r[0]]
        self.tail = b""
        self.tables = (DATA / "tables.bin").read_bytes()
        self.rsdp = (DATA / "rsdp.bin").read_bytes()
        self.more = {}      # further files
        self.args = []

    def find(self, command):
        return next(i for i, r in enumerate(self.records) if r[0] == command)

    def put(self, command, offset, form, *values):
        """Change a field of the first record of that kind."""
        i = self.find(command)
        changed = bytearray(self.records[i])
        struct.pack_into("<" + form, changed, offset, *values)
        self.records[i] = bytes(changed)
        return self

    def append(self, *records):
        self.records += records
        return self

    def files(self, folder):
        args = list(self.args)
        items = {"etc/table-loader": b"".join(self.records) + self.tail, "etc/acpi/tables": self.tables,
                 "etc/acpi/rsdp": self.rsdp, **self.more}
        for i, (file, data) in enumerate(items.items()):
            path = folder / str(i)
            path.write_bytes(data)
            args += ["-fw_cfg", f"name={file},file={path}"]
        return args


CASES = {}      # name: (the function that spoils a Script, what the log says of it; None: ACPI is complete)


def case(line):
    def add(spoil):
        CASES[spoil.__name__] = spoil, line
        return spoil
    return add


def simple(title, line, command, offset, form, *values):
    CASES[title] = (lambda s: s.put(command, offset, form, *values)), line


def cut(title, line, file, size):
    def spoil(s):
        if file == "loader":
            whole = b"".join(s.records)[:size]
            s.records = [whole[:size // 128 * 128]]
            s.tail = whole[size // 128 * 128:]
        else:
            setattr(s, file, getattr(s, file)[:size])
    CASES[title] = spoil, line


CASES["as_recorded"] = (lambda s: s), None
simple("allocate_name_without_end", "file name has no end", ALLOCATE, 4, "56s", b"A" * 56)
simple("allocate_name_empty", "file name is empty", ALLOCATE, 4, "56s", b"")
simple("allocate_file_unknown", "file is not allocated", ALLOCATE, 4, "56s", b"etc/acpi/rsdq")
simple("allocate_alignment_0", None, ALLOCATE, 60, "I", 0)
simple("allocate_alignment_3", "alignment is not a power of two", ALLOCATE, 60, "I", 3)
simple("allocate_alignment_2_gib", "no memory", ALLOCATE, 60, "I", 1 << 31)
simple("allocate_zone_0", "no such zone", ALLOCATE, 64, "B", 0)
simple("allocate_zone_255", "no such zone", ALLOCATE, 64, "B", 255)
simple("allocate_rsdp_high", "no RSDP in the F segment", ALLOCATE, 64, "B", HIGH)
simple("pointer_name_without_end", "file name has no end", ADD_POINTER, 60, "56s", b"A" * 56)
simple("pointer_into_unallocated", "file is not allocated", ADD_POINTER, 4, "56s", b"etc/e820")
simple("pointer_size_0", "pointer size is not", ADD_POINTER, 120, "B", 0)
simple("pointer_size_2", "longer than its pointer", ADD_POINTER, 120, "B", 2)
simple("pointer_size_8", "goes behind its file", ADD_POINTER, 120, "B", 8)
simple("pointer_size_255", "pointer size is not", ADD_POINTER, 120, "B", 255)
simple("pointer_offset_end", "not inside its file", ADD_POINTER, 116, "I", 131072)
simple("pointer_offset_wraps", "not inside its file", ADD_POINTER, 116, "I", 0xfffffffe)
simple("pointer_elsewhere", "no ACPI", ADD_POINTER, 116, "I", 0x10000)
simple("checksum_offset_end", "checksum is not inside", ADD_CHECKSUM, 60, "I", 131072)
simple("checksum_start_behind", "range starts behind", ADD_CHECKSUM, 64, "I", 131073)
simple("checksum_length_wraps", "range ends behind", ADD_CHECKSUM, 68, "I", 0xffffffff)
simple("checksum_too_short", "bad checksum", ADD_CHECKSUM, 68, "I", 6000)
simple("command_unknown_instead_of_pointer", "no ACPI", ADD_POINTER, 0, "I", 99)
cut("loader_cut_to_nothing", "no whole record", "loader", 100)
cut("loader_cut_in_a_record", "no ACPI", "loader", 128 * 9 + 64)
cut("loader_cut_before_the_rsdp_is_summed", "bad checksum of the RSDP", "loader", 128 * 15)
cut("tables_cut_in_the_padding", None, "tables", 8192)
cut("tables_cut_in_the_rsdt", "no ACPI", "tables", 6750)
cut("rsdp_cut", "no ACPI", "rsdp", 19)


@case(None)
def padding_and_unknown_commands_between(s):
    s.records[3:3] = [bytes(128), struct.pack("<I124s", 77, b"\xff" * 124)]


@case("allocated twice")
def allocate_twice(s):
    s.append(s.records[0])


@case("file is not allocated")
def allocations_last(s):
    s.records = s.records[2:] + s.records[:2]


@case("no memory")
def tables_into_the_f_segment(s):
    s.records[1] = allocate("etc/acpi/tables", 64, FSEG)


@case("files are too large")
def twenty_mib_of_tables(s):
    s.tables += bytes(20 << 20)


@case("no memory")
def nine_mib_of_tables_beyond_small_memory(s):
    s.args = ["-m", "9"]
    s.tables += bytes(9 << 20)


@case("above 0x100000")
def two_mib_of_script(s):
    s.tail = bytes(2 << 20)


@case(None)
def eight_thousand_records(s):
    s.tail = bytes((1 << 20) - 128 * len(s.records))


@case("bad checksum of the table")
def pointer_into_a_summed_table(s):
    s.append(add_pointer("etc/acpi/tables", "etc/acpi/tables", 64 + 24))


@case("fw_cfg has no file")
def write_to_a_file_that_is_not_there(s):
    s.append(write_pointer("etc/none", "etc/acpi/tables"))


@case("fw_cfg refuses 8 bytes")
def write_to_a_file_that_is_not_writable(s):
    s.args = ["-device", "vmcoreinfo"]
    s.append(write_pointer("etc/vmcoreinfo", "etc/acpi/tables"), write_pointer("etc/e820", "etc/acpi/tables"))


@case("not inside its file")
def write_behind_the_end(s):
    s.args = ["-device", "vmcoreinfo"]
    s.append(write_pointer("etc/vmcoreinfo", "etc/acpi/tables", offset=9))


@case("it points behind its file")
def write_a_pointer_behind_its_file(s):
    s.args = ["-device", "vmcoreinfo"]
    s.append(write_pointer("etc/vmcoreinfo", "etc/acpi/tables", source_offset=131072))


@case(None)
def write_a_good_pointer(s):
    s.args = ["-device", "vmcoreinfo"]
    s.append(write_pointer("etc/vmcoreinfo", "etc/acpi/tables", 8))


@pytest.mark.parametrize("title", CASES)
def test_all_or_nothing(title, tmp_path):
    spoil, line = CASES[title]
    script = Script()
    spoil(script)
    small = "-m" in script.args
    tap, result = boot_check(machine="pc,acpi=off", memory="128", initrd=None, args=script.files(tmp_path),
                             append="" if line is None else "noacpi" + (" ram=9" if small else ""),
                             expect_failures=RECORDED_UNPROGRAMMED if line is None else ())
    said = [x for x in result.log.splitlines() if "no ACPI" in x]
    if line is None:
        assert tap.facts["acpi"][0] == "yes" and not said, str(result)
    else:
        assert tap.facts["acpi"] == ["no"], str(result)
        assert len(said) == 1 and line in said[0], f"{said}\n{result}"


def test_without_dma_a_script_that_writes_is_refused(tmp_path):
    script = Script()
    script.args = ["-global", "fw_cfg.dma_enabled=off"]
    script.append(write_pointer("etc/e820", "etc/acpi/tables"))
    tap, result = boot_check(machine="pc,acpi=off", memory="128", initrd=None, args=script.files(tmp_path),
                             append="noacpi", timeout=120)
    assert "writing needs DMA" in result.log, str(result)


@pytest.mark.parametrize("machine,args", [
    ("pc", ["-device", "vmgenid"]),
    ("q35", ["-device", "vmgenid"]),
    ("pc,nvdimm=on", ["-m", "128M,maxmem=1G,slots=2"]),
    ("microvm", []),
], ids=["pc-vmgenid", "q35-vmgenid", "pc-nvdimm", "microvm"])
def test_scripts_of_qemu_itself_give_complete_acpi(machine, args):
    tap, result = boot_check(machine=machine, memory="128", args=args)
    assert tap.facts["acpi"][0] == "yes" and "no ACPI" not in result.log, str(result)

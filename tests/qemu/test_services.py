# SPDX-License-Identifier: BSD-2-Clause
"""The services of a BIOS as a real-mode program finds them (tests/guests/real), under Debian's SeaBIOS and under
Slipway: every register and all memory that a call leaves must agree, but for intended_services.txt, where each
difference has its reason."""
import pathlib
import re
import subprocess

import pytest

import vm as qemu

DISK = qemu.GUESTS / "real.img"     # any file of some MiB
CD = ["-drive", f"if=none,id=c,media=cdrom,format=raw,file={DISK}"]
DISKS = {
    "q35-virtio": ("q35", ["-device", "virtio-blk-pci,drive=d"]),
    "q35-virtio-modern": ("q35", ["-device", "virtio-blk-pci,drive=d,disable-legacy=on"]),
    "pc-ide": ("pc", ["-device", "ide-hd,drive=d,bus=ide.0"]),
    "isapc-ide": ("isapc", ["-device", "ide-hd,drive=d,bus=ide.0"]),
    "q35-piix4-ide": ("q35", ["-device", "piix4-ide,id=i", "-device", "ide-hd,drive=d,bus=i.1,unit=1"]),
    "pc-virtio-legacy": ("pc", ["-device", "virtio-blk-pci,drive=d,disable-modern=on"]),
    "q35-ahci": ("q35", ["-device", "ide-hd,drive=d,bus=ide.3"]),
    "q35-sd": ("q35", ["-device", "sdhci-pci", "-device", "sd-card,drive=d"]),
    "pc-ide-and-cd": ("pc", ["-device", "ide-hd,drive=d,bus=ide.0", *CD, "-device", "ide-cd,drive=c,bus=ide.1"]),
    "q35-ahci-cd": ("q35", ["-device", "virtio-blk-pci,drive=d", *CD, "-device", "ide-cd,drive=c,bus=ide.1"]),
    "q35-empty-cd": ("q35", ["-device", "virtio-blk-pci,drive=d", "-device", "ide-cd,bus=ide.1"]),
    "q35-two-disks": ("q35", ["-device", "virtio-blk-pci,drive=d", "-drive", f"if=none,id=e,snapshot=on,format=raw,file={DISK}",
                              "-device", "virtio-blk-pci,drive=e"]),
}


# With a display its ROM serves INT 10h: what it finds of the BIOS around it shows in its answers.
DISPLAYS = {
    "none": ("pc", ["-device", "virtio-blk-pci,drive=d"]),
    "pc-vga": ("pc", ["-device", "virtio-blk-pci,drive=d", "-device", "VGA"]),
    "pc-cirrus": ("pc", ["-device", "virtio-blk-pci,drive=d", "-device", "cirrus-vga"]),
    "q35-virtio-vga": ("q35", ["-device", "virtio-blk-pci,drive=d", "-device", "virtio-vga"]),
}


def intended():
    rules = []
    for line in (pathlib.Path(__file__).parent / "intended_services.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            pattern, _, reason = line.partition("\t")
            assert reason.strip(), f"no reason for {pattern}"
            rules.append(re.compile(pattern))
    return rules


# How the program runs: it finds the number in a byte of its boot sector (MODE_AT in tests/guests/real/layout.h).
REAL, A20_OFF, BIG_REAL, V86 = range(4)
MODE_AT = 445


def answers(firmware, machine, args, folder, mode=REAL, memory="128", size=None, options=""):
    """The lines that the program prints, and the disk (of size bytes) as it left it, with what came out of its serial and
    parallel port."""
    image = folder / f"{firmware}.img"
    content = bytearray((qemu.GUESTS / "real.img").read_bytes()[:size])
    content[MODE_AT] = mode
    image.write_bytes(content)
    out = [folder / f"{firmware}.{port}" for port in ("serial", "parallel")]
    command = [qemu.QEMU, "-M", machine, "-accel", "tcg", "-m", memory, "-nodefaults", "-display", "none", "-no-user-config",
               "-no-reboot", "-bios", qemu.firmware(firmware, machine), "-device", "isa-debugcon,iobase=0xe9,chardev=console",
               "-chardev", f"file,id=console,path={folder}/{firmware}.txt", "-drive", f"file={image},format=raw,if=none,id=d{options}",
               "-serial", f"file:{out[0]}", "-serial", "null", "-parallel", f"file:{out[1]}", *qemu.DEBUG_EXIT, *args]
    done = subprocess.run(command, timeout=180, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    lines = (folder / f"{firmware}.txt").read_text(errors="replace").splitlines()
    assert done.returncode == qemu.EXIT_PASS and lines[-1:] == ["end"], (
        f"{' '.join(command)}\nexit {done.returncode}: {done.stdout}\n" + "\n".join(lines[-5:]))
    return lines, (image.read_bytes(), *(o.read_bytes() for o in out))


RAM, RESERVED, NVS = 1, 2, 4
ROW = re.compile(r"e820(/\d\d)? - (.*?) eax (\w+) ecx (\w+)( last)?")


def rows_of(lines, room=""):
    """[(start, end, type)] as INT 15h/E820 tells them to a caller with that room, and [(what was written behind the 20
    bytes, EAX, ECX, whether it was the last)]."""
    rows, rest = [], []
    for found in (ROW.fullmatch(line) for line in lines if line.startswith(f"e820{room} ")):
        words = found[2].split()
        low, high, size, size_high, kind = (int(word, 16) for word in words[:5])
        rows.append((low | high << 32, (low | high << 32) + (size | size_high << 32), kind))
        rest.append((words[5:], int(found[3], 16), int(found[4], 16), found[5] is not None))
    return rows, rest


def ram(rows):
    return [(start, end) for start, end, kind in rows if kind == RAM]


def low_end(rows):
    return max(end for _, end in ram(rows) if end <= 1 << 32)


def overlap(rows, start, end):
    return [row for row in rows if row[0] < end and row[1] > start]


def check_map(lines):
    """The rules of ACPI 6.5, 15.1 and 15.4, for every room a caller may have; the firmware's places are not RAM."""
    rows, _ = rows_of(lines)
    for room, written in (("", 20), ("/23", 20), ("/24", 24), ("/64", 24)):
        told, rest = rows_of(lines, room)
        assert told == rows, f"a caller with room for {room or 20} bytes is told another map"
        attributes = ["00000001" if written == 24 else "........", "........", "........"]
        assert rest == [(attributes, 0x534D4150, written, n == len(rows) - 1) for n in range(len(rows))], f"room {room or 20}"
    assert all(start < end and kind in (RAM, RESERVED, NVS) for start, end, kind in rows)
    assert all(above[0] >= below[1] for below, above in zip(rows, rows[1:])), "not sorted, or rows overlap"
    assert rows[0] == (0, 0x9FC00, RAM) and not ram(overlap(rows, 0x9FC00, 1 << 20))
    assert overlap(rows, 0xE8000, 1 << 20) and not ram(overlap(rows, (1 << 32) - (256 << 10), 1 << 32))
    # Its tables follow the low RAM without a gap.
    assert [kind for start, _, kind in rows if start == low_end(rows)] in ([RESERVED], [NVS])
    return rows


def need_seabios_boots(machine, args, folder):
    """With QEMU 10 SeaBIOS 1.16.3 reads 1,024 as the size of an old virtio disk's queue, and does without the disk."""
    (folder / "peer.img").write_bytes((qemu.GUESTS / "real.img").read_bytes())
    with qemu.VM(bios="seabios", machine=machine, memory="128",
                 args=["-drive", f"file={folder}/peer.img,format=raw,if=none,id=d", *args]) as vm:
        vm.start()
        if vm.wait_text("No bootable device", "log", 10):
            raise qemu.Absent(f"this SeaBIOS does not boot with {' '.join(args)}")


def same(ours, theirs):
    allowed = intended()
    assert len(ours) == len(theirs)
    theirs = [line.replace(" CF8-CHANGED", "") for line in theirs]     # SeaBIOS does not put it back
    different = [f"- {b}\n+ {a}" for a, b in zip(ours, theirs) if a != b and not any(r.fullmatch(a) for r in allowed)]
    assert not different, f"{len(different)} answers differ:\n" + "\n".join(different[:40])


def check_ram(ours, theirs):
    """RAM begins and ends where it does under SeaBIOS, but for what either keeps at the top of the RAM below 4 GiB."""
    def but_the_top(rows):
        return [(start, None if end == low_end(rows) else end) for start, end in ram(rows)]
    assert but_the_top(ours) == but_the_top(theirs)
    assert abs(low_end(ours) - low_end(theirs)) < 1 << 20


def parameters_of(line):
    """What AH=48h has written, None for other lines."""
    found = re.match(r"  parameters(( \w{4})+)", line)
    return found and bytes.fromhex(found[1])


# Of what SeaBIOS tells 26 bytes, whatever is asked for, and the path that we tell: AHCI at 00:1f.2, port 3; SD at 00:01.0.
PATHS = {"q35-ahci": "50434920 5341544120202020 001f020000000000 0300000000000000",
         "q35-sd": "50434920 5344202020202020 0001000000000000 0000000000000000"}


def check_parameters(ours, theirs, disk):
    """INT 13h AH=48h: those bytes are compared, but of SD cards no cylinders: SeaBIOS tells 16,383 of 0 heads. What follows is
    a table that is not there, and the path."""
    path, first = bytes.fromhex(PATHS[disk]), 16 if disk == "q35-sd" else 2
    both = [[told for told in map(parameters_of, lines) if told] for lines in (ours, theirs)]
    sizes = set()
    assert len(both[0]) == len(both[1])
    for told, other in zip(*both):
        what = f"- {other.hex()}\n+ {told.hex()}"
        size = told[0] | told[1] << 8
        assert told[first:26] == other[first:26], what
        if other[:2] == told[:2]:
            continue
        sizes.add(size)
        assert other[0] == 26 and size in (30, 66, 74) and told[26:30] == b"\xff" * 4, what
        if size > 30:
            assert told[30:36] == b"\xdd\xbe" + bytes([size - 30, 0, 0, 0]) and told[36:64] == path, what
            assert not any(told[64:size - 1]) and sum(told[30:size]) % 256 == 0, what
    assert sizes == {30, 66, 74}


@pytest.mark.parametrize("disk, mode", [
    *((disk, REAL) for disk in DISKS),
    *((disk, mode) for disk in ("q35-virtio", "pc-ide") for mode in (A20_OFF, BIG_REAL)),
])
def test_services_answer_as_seabios_does(disk, mode, tmp_path):
    machine, args = DISKS[disk]
    ours, our_disk = answers("slipway", machine, args, tmp_path, mode)
    if disk == "pc-virtio-legacy":
        need_seabios_boots(machine, args, tmp_path)
    theirs, their_disk = answers("seabios", machine, args, tmp_path, mode)
    check_ram(check_map(ours), rows_of(theirs)[0])
    if disk in PATHS:
        check_parameters(ours, theirs, disk)
        # Where SeaBIOS has not written the pointer to a table, the program takes what is there for one.
        theirs = [line for before, line in zip(["", *theirs], theirs) if not (line.startswith("  table") and parameters_of(before))]
        ours, theirs = ([line for line in lines if not parameters_of(line)] for lines in (ours, theirs))
    # SeaBIOS has a PCI BIOS even where there is no PCI.
    other = "e820", *{"isapc-ide": ("int 1a eax 1111b1", "routing", "bios32")}.get(disk, ())
    ours, theirs = ([line for line in lines if not line.startswith(other)] for lines in (ours, theirs))
    same(ours, theirs)
    assert our_disk == their_disk, "the two leave different disks behind, or different bytes at the ports"


def strays(lines):
    return [line for line in lines if "CF8-CHANGED" in line or " -> " in line and re.search("STRAY-WRITE|STACK-OFF|FS-GS-CHANGED|A20-CHANGED|esi|ebp ", line.split("->")[-1])]


@pytest.mark.parametrize("disk", DISKS)
def test_no_service_touches_what_is_not_its_own(disk, tmp_path):
    machine, args = DISKS[disk]
    lines, _ = answers("slipway", machine, args, tmp_path)
    wrong = strays(lines)
    assert lines[1] == ("no CF8" if machine == "isapc" else "CF8 is there")
    assert len(lines) > 1000 and not wrong, "\n".join(wrong[:20])
    if machine != "isapc":
        check_data_segments(lines)


def check_data_segments(lines):
    """What is called in protected mode answers the same wherever the caller's data segments begin."""
    elsewhere = [line.replace(", data elsewhere", "").replace("bios32,", "bios32") for line in lines if ", data elsewhere" in line]
    flat = [line for line in lines if re.match(r"bios32 |routing, 32 bits, room |pnp 32-bit stack ->", line)]
    assert elsewhere == flat and len(flat) > 10
    routing = [[line.replace(", 32 bits", "") for line in lines if line.startswith(how)] for how in ("routing, room", "routing, 32 bits, room")]
    assert routing[0] == routing[1] and "slots as in $PIR" in routing[0][-1]


@pytest.mark.parametrize("display", DISPLAYS)
def test_the_display_answers_as_with_seabios(display, tmp_path):
    """The same program of the card's runs on both (test_vga_calls.py compares this image's own with it): what is around it."""
    machine, args = DISPLAYS[display]
    args = [*args, "-fw_cfg", "name=opt/org.slipway/vga,string=card"]
    ours, theirs = ([line for line in answers(firmware, machine, args, tmp_path)[0]
                     if line.startswith(("int 10", "bda video", "screen", "ROM"))] for firmware in ("slipway", "seabios"))
    assert len(ours) > 70 and "ROM WRITTEN" not in ours
    assert display == "none" or 'screen "real-mode text      "' in ours
    assert ours == theirs


@pytest.mark.parametrize("memory", ["15", "64", "3072", "5120"])
def test_sizes_are_those_of_the_map(memory, tmp_path):
    machine, args = DISKS["q35-virtio"]
    lines, _ = answers("slipway", machine, args, tmp_path, memory=memory)
    rows = check_map(lines)
    end = next(end for start, end in ram(rows) if start == 1 << 20)
    low_mib = int(memory) if int(memory) < 2816 else 2048     # where QEMU's q35 splits it
    assert 0 < (low_mib << 20) - end < 1 << 20
    assert (int(memory) > low_mib) == any(start >> 32 for start, _ in ram(rows))
    below, above = (min(end, 16 << 20) >> 10) - 1024, max(end - (16 << 20), 0) >> 16
    answer = {function: next(line.split(" -> ")[1] for line in lines if line.startswith(f"int 15 eax 1111{function} "))
              for function in ("8800", "e801", "e881")}
    assert answer["8800"].startswith(f"1111{min(end - (1 << 20), 63 << 20) >> 10:04x} 2222bbbb 3333cccc 4444dddd -")
    assert answer["e801"].startswith(f"1111{below:04x} 2222{above:04x} 3333{below:04x} 4444{above:04x} -")
    assert answer["e881"].startswith(f"{below:08x} {above:08x} {below:08x} {above:08x} -")


@pytest.mark.parametrize("mode", [REAL, BIG_REAL])
def test_segments_have_limits_of_4_gib_after_each_call(mode, tmp_path):
    """As QEMU's log has them: what it emulates enforces no limits, and a program could not see them."""
    machine, args = DISKS["q35-virtio"]
    symbols = subprocess.run(["nm", qemu.GUESTS / "real.elf"], stdout=subprocess.PIPE, text=True, check=True).stdout
    returned = 0x10000 + int(re.search(r"^(\w+) T returned$", symbols, re.MULTILINE)[1], 16)
    log = tmp_path / "cpu.log"
    lines, _ = answers("slipway", machine, [*args, "-d", "cpu", "-dfilter", f"{returned:#x}+1", "-D", log], tmp_path, mode)
    limits = re.findall(r"^(?:[DEFG]S) =\w{4} \w{8} (\w{8} \w{8})", log.read_text(), re.MULTILINE)
    assert len(limits) >= 4 * sum(line.startswith("int ") for line in lines) > 4000
    assert set(limits) == {"ffffffff 008f9300"}


def test_the_monitor_sees_what_is_privileged(tmp_path):
    """SeaBIOS loads a descriptor table for INT 15h AH=87h. An IDE disk: what it reads virtio's by goes through SMM, and an
    interrupt in there finds no virtual 8086 mode; then QEMU ends before the program comes to that call."""
    machine, args = DISKS["pc-ide"]
    with pytest.raises(AssertionError, match=rf"(?s)exit {qemu.EXIT_FAIL}:.*move .*PRIVILEGED 0d f000:"):
        answers("seabios", machine, args, tmp_path, V86)


@pytest.mark.parametrize("disk", ["q35-virtio", "pc-ide"])
def test_virtual_8086_mode_needs_nothing_privileged(disk, tmp_path):
    """The monitor ends the program at a privileged instruction. What 16-bit code serves answers as ever; all else says that it
    cannot be had: AH=AAh, carry."""
    machine, args = DISKS[disk]
    lines, _ = answers("slipway", machine, args, tmp_path, V86)
    usual, _ = answers("slipway", machine, args, tmp_path)
    crosses = re.compile(r"(.*: )?int 1[347] |move .*: int 15 ")
    refused = 0
    for line in lines:
        if " int " in f" {line}" and (crosses.match(line) or line not in usual):
            before, after = line.split(" -> ")
            asked = re.search(r"eax (\w{4})..(\w\w) ebx (\w+) ecx (\w+) edx (\w+)", before)
            assert after.startswith("{}aa{} {} {} {} C-I".format(*asked.groups())), line
            assert "buffer" not in after
            refused += 1
    assert refused > 1000
    for served in ("int 11 ", "int 12 ", "e820 -"):
        assert [line for line in lines if line.startswith(served)] == [line for line in usual if line.startswith(served)] != []
    assert not strays(lines)
    assert [line for line in lines if line.startswith("pnp")] == [line for line in usual if re.match(r"pnp \w{4} ", line)]

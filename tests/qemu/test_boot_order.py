# SPDX-License-Identifier: BSD-2-Clause
"""Which device is booted, and what comes after it: drives, letters, indices and failures, under Debian's SeaBIOS and
under Slipway on the same command line. A boot sector says its letter and gives up, so that one boot tells the whole
order. What differs is in intended_order.txt, with reasons."""
import pathlib
import re
import struct

import pytest

import media
import vm as qemu
from test_reset import Qmp

# A case: machine, what -boot says ("-": nothing), then media: LETTER=kind[/state][@bootindex]. Kinds: fd0 and fd1, hd
# and cd (on IDE or AHCI, in the order of their places), vio (virtio), lsi, lsicd, am and amcd (on a SCSI adapter, each the
# next target), raid, pvs and sas, raidcd, pvscd and sascd (on megasas, pvscsi and mptsas1068, likewise), scsi and scsicd with
# target and LUN behind a virtio host: scsi12_3, sd (a card), ram (a floppy in RAM), nvme (a controller of its own), ns (the
# next namespace of one NVMe controller). States: ok, which is the default; nosig, a boot sector without its signature; bad,
# which cannot be read; empty, a drive without a medium; second, a CD of two images, the first of which lies beyond its end.
CASES = """
pc -                     C=hd
pc -                     A=fd0
pc -                     D=cd
pc -                     A=fd0 C=hd D=cd
pc -                     A=fd0/nosig C=hd D=cd
pc -                     A=fd0 C=hd/nosig D=cd
pc -                     A=fd0 C=hd D=cd/nosig
pc -                     A=fd0/nosig C=hd/nosig D=cd
pc -                     A=fd0/empty C=hd D=cd/empty
pc -                     A=fd0/bad C=hd/bad D=cd
pc -                     A=fd0/bad C=hd/bad D=cd/bad
pc -                     A=fd0 B=fd1
pc -                     A=fd0/empty B=fd1 C=hd
pc order=a               A=fd0 C=hd D=cd
pc order=b               A=fd0 B=fd1 C=hd
pc order=c               A=fd0 C=hd D=cd
pc order=d               A=fd0 C=hd D=cd
pc order=n               A=fd0 C=hd D=cd
pc order=ac              A=fd0 C=hd D=cd
pc order=ad              A=fd0 C=hd D=cd
pc order=ca              A=fd0 C=hd D=cd
pc order=cd              A=fd0 C=hd D=cd
pc order=da              A=fd0 C=hd D=cd
pc order=dc              A=fd0 C=hd D=cd
pc order=nd              A=fd0 C=hd D=cd
pc order=acd             A=fd0 C=hd D=cd
pc order=adc             A=fd0 C=hd D=cd
pc order=cad             A=fd0 C=hd D=cd
pc order=cda             A=fd0 C=hd D=cd
pc order=dac             A=fd0 C=hd D=cd
pc order=dca             A=fd0 C=hd D=cd
pc order=dca             A=fd0 C=hd D=cd/empty
pc order=acd             A=fd0/empty C=hd/nosig D=cd
pc order=ndc             A=fd0 C=hd/bad D=cd/bad
pc order=c               A=fd0 C=hd E=hd D=cd
pc -                     C=hd E=hd F=hd G=hd
pc -                     C=hd/nosig E=hd
pc -                     C=hd/bad E=hd D=cd
pc -                     C=hd D=cd E=hd F=cd
pc -                     C=hd V=vio
pc order=d               D=cd/empty E=cd
pc order=d               D=cd/nosig E=cd C=hd
pc -                     C=hd@1 D=cd@2 A=fd0@3
pc -                     C=hd@3 D=cd@2 A=fd0@1
pc -                     C=hd@2 D=cd@1 A=fd0@3
pc -                     C=hd@0 D=cd
pc -                     C=hd D=cd@0
pc -                     C=hd D=cd A=fd0@7
pc -                     A=fd0@2 B=fd1@1 C=hd
pc order=d               C=hd@1 D=cd A=fd0
pc order=ad              C=hd@1 D=cd A=fd0
pc order=c               C=hd D=cd@1 A=fd0@2
pc -                     C=hd@2 E=hd@1
pc -                     C=hd@2 E=hd@1 V=vio@3 D=cd@4
pc -                     C=hd@1 D=cd@2 E=hd@3
pc -                     C=hd/nosig@1 D=cd@2 E=hd@3
pc -                     C=hd/bad@1 E=hd@2 D=cd@3
pc -                     C=hd/nosig@1 E=hd D=cd
pc -                     C=hd E=hd@1 D=cd
pc -                     V=vio@1 C=hd D=cd
pc -                     D=cd/empty@1 C=hd@2
pc -                     D=cd/bad@1 A=fd0/bad@2 C=hd@3
pc -                     D=cd/nosig@1 A=fd0/nosig@2 C=hd@3
pc strict=on             C=hd D=cd A=fd0
pc strict=on             C=hd@1 D=cd A=fd0
pc strict=on             C=hd/nosig@1 D=cd A=fd0
pc strict=on             C=hd/nosig@1 D=cd@2 A=fd0
pc strict=on             A=fd0@1 B=fd1 C=hd
pc strict=on             C=hd@1 E=hd@2 V=vio
pc strict=on,order=d     C=hd D=cd A=fd0
pc strict=on,order=d     C=hd@1 D=cd A=fd0
pc strict=on             D=cd/empty@1 E=cd C=hd
pc once=d                C=hd D=cd A=fd0
pc order=a,once=c        C=hd D=cd A=fd0
pc once=d                C=hd@1 D=cd A=fd0
q35 -                    C=hd
q35 -                    D=cd
q35 -                    D=cd/second C=hd
q35 order=dc             D=cd/second C=hd
q35 -                    C=hd D=cd
q35 -                    C=hd E=hd V=vio D=cd
q35 -                    V=vio W=vio
q35 -                    V=vio C=hd D=cd
q35 order=n              D=cd C=hd
q35 -                    C=hd/nosig V=vio D=cd
q35 -                    C=hd/bad E=hd D=cd/bad F=cd
q35 order=d              C=hd D=cd
q35 order=dc             C=hd D=cd/empty E=cd
q35 order=n              C=hd D=cd
q35 -                    C=hd@2 V=vio@1 D=cd@3
q35 -                    C=hd V=vio@1 D=cd
q35 -                    C=hd E=hd@1 D=cd@2 F=cd@3
q35 order=d              C=hd@1 D=cd
q35 strict=on            C=hd V=vio@1 D=cd
q35 strict=on            C=hd/bad@1 V=vio@2 D=cd
q35 strict=on            C=hd V=vio D=cd/empty@1
q35 once=d               C=hd D=cd
pc -                     S=scsi3_0
pc -                     S=scsi255_3
pc -                     D=scsicd9_0
pc -                     V=vio S=scsi0_0 C=hd
pc -                     S=scsi4_0 T=scsi2_0 U=scsi2_1
pc -                     S=scsi4_2 T=scsi4_1
pc -                     S=scsi4_0 T=scsi4_1@1
pc -                     S=scsi4_0@3 T=scsi4_1@2 D=scsicd4_2@1
pc -                     S=scsi4_0 T=scsi4_300@1 C=hd
pc -                     S=scsi4_0@2 T=scsi4_1@1 C=hd@3
pc strict=on             S=scsi4_0 T=scsi200_1@1 V=vio
pc strict=on             S=scsi4_0/bad@1 D=scsicd4_1@2 V=vio
q35 -                    C=hd V=vio S=scsi0_0 D=scsicd1_0
q35 -                    S=scsi0_0 T=scsi0_1 D=scsicd0_2
q35 order=d              S=scsi1_0 D=scsicd1_3/empty E=scsicd2_0
q35 -                    S=scsi1_0/bad T=scsi1_1 D=scsicd1_2
q35 -                    S=sd
q35 -                    S=sd C=hd V=vio
q35 -                    V=vio S=sd D=cd
q35 -                    S=sd/nosig V=vio
q35 -                    S=sd/empty V=vio
q35 -                    S=sd V=vio@1
q35 strict=on            S=sd V=vio@1
pc -                     S=sd C=hd A=fd0
q35 -                    R=ram
q35 -                    R=ram C=hd D=cd
q35 order=ac             R=ram C=hd
q35 order=ca             R=ram/nosig C=hd
q35 order=a              R=ram C=hd@1
q35 strict=on            R=ram C=hd@1
pc order=a               R=ram A=fd0 C=hd
pc order=a               R=ram A=fd0/empty C=hd
pc order=a               Q=ram R=ram
pc -                     C=hd L=lsi
pc -                     L=lsi/bad@1 M=am@2
pc -                     C=hd L=lsicd@1 M=amcd@2
q35 -                    V=vio L=lsi M=am D=cd
q35 -                    M=am L=lsi
q35 -                    L=lsi@2 M=am@1 C=hd
q35 -                    L=lsi M=lsi@1 N=lsi@2
q35 -                    L=am M=am@1 N=am@2
q35 order=d              C=hd D=lsicd
q35 order=d              L=am D=lsicd/empty E=lsicd
q35 strict=on            L=lsi M=am@1
q35 -                    R=raid
q35 -                    R=raid S=raid
q35 -                    R=raid@2 S=raid@1
pc -                     R=raid D=raidcd@1 C=hd@2
q35 strict=on            R=raid S=raid@1 P=pvs
q35 -                    P=pvs
q35 -                    P=pvs Q=pvs D=pvscd
pc -                     P=pvs@2 Q=pvs@1 D=pvscd@3
q35 -                    M=sas
q35 -                    M=sas N=sas D=sascd
pc -                     M=sas@3 N=sas@2 D=sascd@1
q35 -                    M=sas P=pvs R=raid
q35 -                    M=sas P=pvs
q35 -                    R=raid V=vio
q35 -                    R=raid M=am
q35 -                    M=sas/bad P=pvs/nosig R=raid/bad V=vio@1
pc -                     N=nvme
pc -                     N=nvme C=hd D=cd
pc -                     N=nvme@1 C=hd D=cd A=fd0@2
q35 -                    N=nvme V=vio C=hd D=cd
q35 -                    N=nvme M=nvme
q35 -                    N=nvme@2 M=nvme@1 C=hd@3
q35 -                    N=nvme/nosig@1 M=nvme/bad@2 C=hd
q35 -                    N=ns M=ns C=hd
q35 strict=on            N=nvme C=hd@1
""".split("\n")
CASES = [" ".join(line.split()) for line in CASES if line]

ADAPTERS = {"lsi": "lsi53c895a", "am": "am53c974", "raid": "megasas", "pvs": "pvscsi", "sas": "mptsas1068"}
IDE = ["bus=ide.0,unit=0", "bus=ide.0,unit=1", "bus=ide.1,unit=0", "bus=ide.1,unit=1"]


GIVES_UP, STAYS = b"\xcd\x18", b"\xf4\xeb\xfd"        # int $0x18; 1: hlt, jmp 1b


def program(letter, then):
    """mov $letter, %al; out %al, $0xe9; and what it does then."""
    return b"\xb0" + letter.encode() + b"\xe6\xe9" + then


def image(folder, letter, kind, state, then):
    data = bytearray((1440 << 10) if kind.startswith("fd") or kind == "ram" else 1 << 20)
    code = program(letter, then)
    data[:len(code)] = code
    data[510:512] = bytes(2) if state == "nosig" else b"\x55\xaa"
    file = folder / f"{letter}.img"
    if "cd" in kind:
        boot = folder / f"{letter}.boot"
        boot.write_bytes(data[:2048])
        file = folder / f"{letter}.iso"
        entry = (boot, letter, ["-no-emul-boot", "-boot-load-size", "4"])
        media.iso_of(file, *[entry] * (2 if state == "second" else 1))
        data = bytearray(file.read_bytes())
        if state == "nosig":        # of a CD, the boot record's
            data[17 * 2048 + 1:17 * 2048 + 6] = b"CD002"
        if state == "second":
            catalogue = struct.unpack_from("<I", data, 17 * 2048 + 0x47)[0]
            struct.pack_into("<I", data, catalogue * 2048 + 32 + 8, len(data) // 2048)
        file.write_bytes(data)
    else:
        file.write_bytes(data)
    return file


def node(folder, letter, kind, state, then=GIVES_UP):
    """A block device of QEMU's for one medium."""
    text = f"node-name={letter},read-only={'on' if 'cd' in kind else 'off'}"
    file = image(folder, letter, kind, state, then)
    if state != "bad":
        return f"driver=file,filename={file},{text}"
    return (f"driver=blkdebug,image.driver=file,image.filename={file},{text},inject-error.0.event=none,"
            "inject-error.0.iotype=read,inject-error.0.errno=5")


def arguments(case, folder, then=GIVES_UP):
    """The machine, and QEMU's options. Devices have their letters in small as ids."""
    machine, boot, *rest = case.split()
    targets = {}
    args, places = [], iter(IDE if machine == "pc" else [f"bus=ide.{n}" for n in range(6)])
    for word in rest:
        letter, kind, state, index = re.fullmatch(r"(\w)=(\w+)(?:/(\w+))?(?:@(\d+))?", word).groups()
        drive = f",id={letter.lower()}"
        if kind == "ram":
            args += ["-fw_cfg", f"name=floppyimg/{letter}.img,file={image(folder, letter, kind, state, then)}"]
            continue
        if state != "empty":
            drive += f",drive={letter}"
            args += ["-blockdev", node(folder, letter, kind, state, then)]
        bootindex = f",bootindex={index}" if index else ""
        if kind.startswith("fd"):
            args += ["-device", f"floppy,unit={kind[2]}{drive}"]
            if index:
                args += ["-global", f"isa-fdc.bootindex{'AB'[int(kind[2])]}={index}"]
        elif kind.startswith("scsi"):
            if "virtio-scsi-pci,id=host" not in args:
                args += ["-device", "virtio-scsi-pci,id=host"]
            name, target, lun = re.fullmatch(r"scsi(|cd)(\d+)_(\d+)", kind).groups()
            args += ["-device", f"scsi-{name or 'hd'},bus=host.0,scsi-id={target},lun={lun}{drive}{bootindex}"]
        elif kind == "sd":
            args += ["-device", "sdhci-pci", "-device", f"sd-card{drive}"]
        elif kind.removesuffix("cd") in ADAPTERS:
            adapter = kind.removesuffix("cd")
            if adapter not in targets:
                targets[adapter] = 0
                args += ["-device", f"{ADAPTERS[adapter]},id={adapter}"]
            args += ["-device", f"scsi-{'cd' if kind.endswith('cd') else 'hd'},bus={adapter}.0,scsi-id={targets[adapter]}"
                     f"{drive}{bootindex}"]
            targets[adapter] += 1
        elif kind == "vio":
            args += ["-device", f"virtio-blk-pci{drive}{bootindex}"]
        elif kind == "nvme":
            args += ["-device", f"nvme,serial={letter}{drive}{bootindex}"]
        elif kind == "ns":
            if "nvme,serial=0,id=all" not in args:
                args += ["-device", "nvme,serial=0,id=all"]
            args += ["-device", f"nvme-ns,bus=all{drive}{bootindex}"]
        else:
            args += ["-device", f"ide-{kind},{next(places)}{drive}{bootindex}"]
    return machine, [*args, "-boot", "reboot-timeout=1" + ("" if boot == "-" else f",{boot}")]


def start(bios, machine, args, **how):
    """A machine whose debug console is the file "console"."""
    vm = qemu.VM(bios=bios, machine=machine, memory="64", args=args, **how)
    vm.command += ["-chardev", f"file,id=con,path={vm.folder}/console", "-device",
                   "isa-debugcon,iobase=0xe9,chardev=con"]
    return vm


def order(bios, case, folder):
    """The letters in the order in which they were booted, until the firmware had nothing more and restarted."""
    machine, args = arguments(case, folder)
    with start(bios, machine, args) as vm:
        result = vm.run(30)
        assert result.code == 0, result     # QEMU ends where the firmware restarts
        return vm.text("console") or "-"


def intended():
    """{case: (Slipway's order, [SeaBIOS's, or one of several])}, and every one below a reason."""
    rows, reason = {}, None
    for line in (pathlib.Path(__file__).parent / "intended_order.txt").read_text().splitlines():
        if line.startswith("="):
            reason = line[1:].strip()
        elif line and not line.startswith("#"):
            case, ours, theirs = re.fullmatch(r"(.*?) *: *(\S+) (\S+)", line).groups()
            case = " ".join(case.split())
            assert reason and case in CASES and case not in rows and ours not in theirs.split("|"), line
            rows[case] = ours, theirs.split("|")
    return rows


@pytest.mark.parametrize("case", CASES)
def test_what_is_booted_and_what_comes_after_it(case, tmp_path):
    ours, theirs = (order(bios, case, folder) for bios, folder in two(tmp_path))
    expected, possible = intended().get(case, (theirs, [theirs]))
    assert ours == expected and theirs in possible, f"{case}: {ours}, SeaBIOS {theirs}"


# Of a namespace QEMU writes a line that says no more than that it is one: those without a line of their own have the first.
NAMESPACES = {
    "q35 - N=ns M=ns@1 C=hd@2": "NMC",
    "q35 - N=ns@2 M=ns@1 C=hd": "NMC",
    "q35 - C=hd@1 N=ns@2 V=vio@3": "CNV",
    "q35 strict=on N=ns@1 C=hd V=vio@2": "NV",
    "pc - N=ns L=nvme@1 C=hd@2": "LCN",
}


@pytest.mark.parametrize("case", NAMESPACES)
def test_namespaces_come_where_a_line_may_mean_them(case, tmp_path):
    assert order("slipway", case, tmp_path) == NAMESPACES[case]


def two(tmp_path):
    """Both firmwares, each with a folder of its own."""
    for bios in ("slipway", "seabios"):
        folder = tmp_path / bios
        folder.mkdir()
        yield bios, folder


# What the first start boots, and what every one after it.
ONCE = {
    "pc order=c,once=d C=hd D=cd A=fd0": ("DAC", "CAD"),
    "pc order=a,once=c C=hd D=cd A=fd0": ("CAD", "ACD"),
    "pc once=d C=hd D=cd A=fd0": ("DAC", "CAD"),
    "pc order=dc,once=a C=hd@1 D=cd A=fd0": ("CAD", "CDA"),
    "q35 order=c,once=d C=hd D=cd": ("DC", "CD"),
    "q35 once=d,strict=on C=hd D=cd@1": ("D", "D"),
}


@pytest.mark.parametrize("bios", ["slipway", "seabios"])
@pytest.mark.parametrize("case", ONCE)
def test_an_order_for_once_holds_until_the_reset(case, bios, tmp_path):
    """The firmware restarts by itself when there is nothing more."""
    first, later = ONCE[case]
    machine, args = arguments(case, tmp_path)
    with start(bios, machine, args, no_reboot=False) as vm:
        vm.start()
        wanted = first + later + later
        vm.wait_text(wanted, "console", 20)
        assert vm.text("console")[:len(wanted)] == wanted, vm.finish(0)


# bootindex as it is changed while the program runs, for each reset in turn; what is booted before and after each.
CHANGES = {
    "pc - C=hd@1 D=cd@2 A=fd0": ([{"d": 0}, {"d": 9}, {"c": -1}], "CDCD"),
    "pc - C=hd D=cd": ([{"d": 1}, {"d": -1}], "CDC"),
    "pc - C=hd@1 E=hd@2 V=vio@3": ([{"e": 0}, {"e": 5, "v": 0}, {"v": 2}], "CEVC"),
    "q35 - C=hd@1 V=vio@2 D=cd": ([{"v": 0}, {"v": 4, "d": 0}], "CVD"),
    "q35 strict=on C=hd@1 V=vio D=cd/empty": ([{"v": 2, "c": -1}, {"c": 0}], "CVC"),
    "q35 order=d C=hd V=vio D=cd": ([{"v": 0}, {"v": -1}], "DVD"),
}


def set_bootindex(qmp, changes):
    """One after the other: QEMU refuses an index that a device has already."""
    for device, index in changes.items():
        answer = qmp.command("qom-set", path=f"/machine/peripheral/{device}", property="bootindex", value=index)
        assert "return" in answer, answer


@pytest.mark.parametrize("bios", ["slipway", "seabios"])
@pytest.mark.parametrize("case", CHANGES)
def test_an_order_that_is_changed_at_run_time_holds_from_the_next_reset_on(case, bios, tmp_path):
    changes, wanted = CHANGES[case]
    machine, args = arguments(case, tmp_path, STAYS)
    with start(bios, machine, args, qmp=True, no_reboot=False) as vm:
        vm.start()
        with Qmp(vm) as qmp:
            for n in range(len(wanted)):
                vm.wait_text(wanted[:n + 1], "console", 20)
                assert vm.text("console") == wanted[:n + 1], vm.finish(0)
                if n < len(changes):
                    set_bootindex(qmp, changes[n])
                    qmp.command("system_reset")

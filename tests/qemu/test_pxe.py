# SPDX-License-Identifier: BSD-2-Clause
"""Booting over the network by the cards' own option ROMs (iPXE), up to programs of ours and to what Debian's loaders start;
what follows when a card gives up; which ROMs are run when; and QEMU's own ROMs that load a kernel."""
import copy
import re
import struct

import pytest

import conftest
import debian
import loader_media as loaders
import measure
import media
import network_media as network
import test_media
import vm as qemu
from elf import MULTIBOOT, elf
from test_loaders import LOADERS_WAYS, grub_cfg

# An instruction takes 128 ns, and a machine that waits is at the end of its wait at once: what iPXE waits for by the
# clock (keys, links, further DHCP servers: six seconds a boot) passes in one, on a busy host as well.
FAST = ["-icount", "shift=7,sleep=off"]
CARDS = ["e1000", "e1000e", "virtio-net-pci", "rtl8139", "pcnet", "ne2k_pci", "i82557b", "vmxnet3"]
KINDS = ["e1000-82544gc", "e1000-82545em", "virtio-net-pci-transitional", "virtio-net-pci-non-transitional", "i82550", "i82551", "i82557a",
         "i82557c", "i82558a", "i82558b", "i82559a", "i82559b", "i82559c", "i82559er", "i82562", "i82801"]
RAN = re.compile(r"^rom: (\S+): option ROM, 0x([0-9a-f]+) bytes of 0x([0-9a-f]+) at ([0-9a-f]+),", re.MULTILINE)
NOTHING = "boot: no kernel was given"


def boot(*args, bios="slipway", **how):
    return test_media.boot(*FAST, *args, bios=bios, timeout=how.pop("timeout", 60), **how)


def loaded(booted, *names, code=b""):
    """Programs that came over the network were started, in that order, at 7C00h. code: what they begin with."""
    assert booted.names == list(names) and booted.code == qemu.EXIT_PASS, str(booted)
    assert all(words[:2] == [0, 0x7c00 + len(code)] for words in booted.words), str(booted)


NO_ROOM = re.compile(r"^rom: \S+: option ROM: bytes, at most: 0x(\w+) expected, 0x(\w+) found; not run$", re.MULTILINE)


def ran(booted):
    """The functions and files whose ROMs have run, but for kvmvapic's."""
    return [name for name, *_ in RAN.findall(booted.log) if "kvmvapic" not in name]


@pytest.mark.parametrize("bios, machine", [("slipway", "pc"), ("slipway", "q35"), ("seabios", "q35")])
@pytest.mark.parametrize("model", CARDS)
def test_ipxe_boots_on_every_card(model, bios, machine, tmp_path):
    """As under SeaBIOS."""
    qemu.need_device(model)
    booted = boot(*network.card(0, model, tmp_path, network.program(tmp_path, "net_")), machine=machine, bios=bios)
    loaded(booted, "net_")


@pytest.mark.parametrize("model", KINDS)
def test_a_kind_of_card_boots_if_ipxe_drives_it(model, tmp_path):
    """SeaBIOS runs the same ROM."""
    qemu.need_device(model)
    args = network.card(0, model, tmp_path, network.program(tmp_path, "net_"))
    ours, theirs = boot(*args, timeout=15, until=NOTHING), boot(*args, bios="seabios", timeout=15)
    assert ours.names == theirs.names, f"{ours}\n{theirs}"
    assert len(ran(ours)) == 1, str(ours)


BEHIND = {
    "root-port": ("q35", "e1000e", ",bus=r", ["pcie-root-port,id=r,chassis=1"]),
    "root-port-vmxnet3": ("q35", "vmxnet3", ",bus=r", ["pcie-root-port,id=r,chassis=1"]),
    "bridge": ("pc", "rtl8139", ",bus=b,addr=3", ["pci-bridge,id=b,chassis_nr=1"]),
    "bridge-no-memory": ("q35", "ne2k_pci", ",bus=b,addr=3", ["pci-bridge,id=b,chassis_nr=1"]),
    "two-bridges": ("pc", "pcnet", ",bus=c,addr=2", ["pci-bridge,id=b,chassis_nr=1", "pci-bridge,id=c,chassis_nr=2,bus=b,addr=1"]),
    "pcie-pci": ("q35", "e1000", ",bus=b,addr=3", ["pcie-root-port,id=r,chassis=1", "pcie-pci-bridge,id=b,bus=r"]),
    "switch": ("q35", "virtio-net-pci", ",bus=d", ["pcie-root-port,id=r,chassis=1", "x3130-upstream,id=u,bus=r",
                                                   "xio3130-downstream,id=d,bus=u,chassis=2"]),
    "second-root": ("pc", "e1000", ",bus=x,addr=3", ["pxb,id=x,bus_nr=80,bus=pci.0"]),
    "second-root-pcie": ("q35", "e1000e", ",bus=r", ["pxb-pcie,id=x,bus_nr=80,bus=pcie.0", "pcie-root-port,id=r,bus=x,chassis=1"]),
    "fourth-function": ("pc", "e1000", ",addr=8.3", ["virtio-rng-pci,addr=8.0,multifunction=on"]),
}


@pytest.mark.parametrize("where", BEHIND)
def test_a_card_anywhere_boots_by_its_line(where, tmp_path):
    """The disk would boot too: that the card comes first is its path's doing."""
    machine, model, at, bridges = BEHIND[where]
    disk = test_media.disks(machine, media.disk(tmp_path, "disk"), order=[2])
    booted = boot(*disk, *(word for b in bridges for word in ("-device", b)), machine=machine,
                  *network.card(0, model, tmp_path, network.program(tmp_path, "net_"), f"{at},bootindex=1"))
    loaded(booted, "net_")


def one_after_the_other(folder):
    """Name: arguments, what is booted, how many ROMs of cards have run by then. Cards and disks have the order in which they stand,
    but for those whose arguments say something else."""
    good, back, next_ = (network.program(folder, name, action) for name, action in (("good", "X"), ("back", "R"), ("next", "8")))
    files = {name: media.disk(folder, name, action) for name, action in (("disk", "X"), ("dis8", "8"), ("none", None))}

    def card(number, file, index=True, model="e1000"):
        return network.card(number, model, folder, file, f",bootindex={number}" if index else "")

    def disk(number, name, index=True):
        return test_media.disks("pc", files[name], order=[number] if index else ())

    return {
        "no file named, next card": ([*card(1, None), *card(2, good, model="virtio-net-pci")], ["good"], 2),
        "no network, disk": (["-device", "e1000,bootindex=1", *disk(2, "disk")], ["disk"], 1),
        "no such file, disk": ([*card(1, "missing"), *disk(2, "disk")], ["disk"], 1),
        "returns, next card": ([*card(1, back, model="rtl8139"), *card(2, good)], ["back", "good"], 2),
        "int 18h, disk": ([*card(1, next_, model="pcnet"), *disk(2, "disk")], ["next", "disk"], 1),
        "int 18h, next card": ([*card(1, next_), *card(2, good)], ["next", "good"], 2),
        "disk gives up, card": ([*disk(1, "dis8"), *card(2, good)], ["dis8", "good"], 1),
        "disk is empty, card": ([*disk(1, "none"), *card(2, good)], ["good"], 1),
        "disk, card, disk": ([*disk(1, "dis8"), *card(2, back), *network.user(3), "-drive", f"file={files['disk']},format=raw,if=none,id=e",
                              "-device", "virtio-blk-pci,drive=e,bootindex=3"], ["dis8", "back", "disk"], 1),
        "the second card first": ([*card(2, "missing"), *network.card(1, "e1000", folder, good, ",bootindex=1")], ["good"], 1),
        "without index": ([*card(1, good, False), *disk(2, "disk", False)], ["disk"], 0),
        "without index, disk is empty": ([*card(1, good, False), *disk(2, "none", False)], ["good"], 1),
        "-boot n": ([*card(1, good, False), *disk(2, "disk", False), "-boot", "n"], ["good"], 1),
        "-boot order=nc": ([*card(1, back, False), *disk(2, "disk", False), "-boot", "order=nc"], ["back", "disk"], 1),
        "-boot order=cn": ([*card(1, good, False), *disk(2, "dis8", False), "-boot", "order=cn"], ["dis8", "good"], 1),
        "-boot once=n": ([*card(1, good, False), *disk(2, "disk", False), "-boot", "once=n,order=c"], ["good"], 1),
        "two without index": ([*card(1, back, False), *card(2, good, False), "-boot", "n"], ["back", "good"], 2),
    }


CASES = [
    "no file named, next card", "no network, disk", "no such file, disk", "returns, next card", "int 18h, disk",
    "int 18h, next card", "disk gives up, card", "disk is empty, card", "disk, card, disk", "the second card first", "without index", "without index, disk is empty", "-boot n",
    "-boot order=nc", "-boot order=cn", "-boot once=n", "two without index"]
# SeaBIOS tries the first disk alone.
OURS_ALONE = {"disk, card, disk"}


@pytest.mark.parametrize("case", CASES)
def test_what_follows_when_one_gives_up(case, tmp_path):
    cases = one_after_the_other(tmp_path)
    assert set(cases) == set(CASES)
    args, names, roms = cases[case]
    booted = boot(*args)
    assert booted.names == names and booted.code == qemu.EXIT_PASS, str(booted)
    assert len(ran(booted)) == roms, str(booted)
    if case not in OURS_ALONE:
        theirs = boot(*args, bios="seabios")
        assert theirs.names == names, str(theirs)


def test_a_strict_order_runs_no_card_without_a_line(tmp_path):
    args = [*network.card(1, "e1000", tmp_path, network.program(tmp_path, "net_")),
            *test_media.disks("pc", media.disk(tmp_path, "dis8", "8"), order=[1]), "-boot", "strict=on"]
    booted = boot(*args, until="boot: halted", timeout=20)
    assert booted.names == ["dis8"] and not ran(booted), str(booted)
    assert "boot: not tried: 1 devices" in booted.log, str(booted)


def test_what_was_tried_is_told_with_its_reason(tmp_path):
    booted = boot(*network.card(1, "e1000", tmp_path, "missing", ",bootindex=1"),
                  *network.card(2, "rtl8139", tmp_path, network.program(tmp_path, "back", "R"), ",bootindex=2"),
                  until="boot: halted")
    assert re.search(r"boot: tried 1: iPXE .*: \S.*\nboot: tried 2: iPXE .*: \S.*\nboot: nothing could be booted", booted.log), str(booted)


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_nine_cards_have_room_and_their_turn(machine, tmp_path):
    """Each of iPXE keeps 3.5 KiB of the 75 that its init needs. Newer ones need 106: as many run as have room."""
    count = 9
    back, disk = network.program(tmp_path, "back", "R"), media.disk(tmp_path, "good")
    cards = [network.card(n, "e1000", tmp_path, back, f",bootindex={n}") for n in range(1, count + 1)]
    booted = boot("-device", "VGA", *(word for c in cards for word in c), "-drive", f"file={disk},format=raw,if=none,id=d",
                  "-device", f"virtio-blk-pci,drive=d,bootindex={count + 1}", machine=machine)
    refused = [(int(left, 16), int(size, 16)) for left, size in NO_ROOM.findall(booted.log)]
    fits = count - len(refused)
    assert fits >= 2 and all(left < size and size > 80 << 10 for left, size in refused), str(booted)
    loaded(booted, *["back"] * fits, "good")
    places = sorted((int(at, 16), int(size, 16), int(room, 16)) for _, size, room, at in RAN.findall(booted.log))
    assert len(ran(booted)) == fits, str(booted)
    assert all(0xc0000 <= at and at + room <= 0xe8000 and at % 2048 == 0 for at, _, room in places), str(booted)
    assert all(at + size <= behind for (at, size, _), (behind, _, _) in zip(places, places[1:])), str(booted)


# Ends with a reset the first time, told by a byte of CMOS that is nobody's: mov al,7f; out 70,al; in al,71; cmp al,5a; je 1f;
# mov al,7f; out 70,al; mov al,5a; out 71,al; mov dx,cf9; mov al,2; out dx,al; mov al,6; out dx,al; jmp .; 1:
RESET_ONCE = bytes.fromhex("b07fe670e4713c5a7413b07fe670b05ae671baf90cb002eeb006eeebfe")


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_after_a_reset_all_is_as_before(machine, tmp_path):
    booted = boot(*network.card(1, "e1000", tmp_path, network.program(tmp_path, "net_", code=RESET_ONCE), ",bootindex=1"),
                  machine=machine, no_reboot=False)
    loaded(booted, "net_", code=RESET_ONCE)
    told = [line for line in booted.log.splitlines() if line.startswith(("rom:", "boot:", "memory:"))]
    assert len(told) % 2 == 0 and told[:len(told) // 2] == told[len(told) // 2:], str(booted)


@pytest.mark.parametrize("machine", ["pc", "q35"])
@pytest.mark.parametrize("model", ["e1000", "virtio-net-pci"])
def test_it_is_not_slower_than_under_seabios(model, machine, tmp_path):
    """By the time stamp counter at the program's first instruction: under -icount it repeats to some microseconds, and most of it
    is what iPXE waits."""
    args = network.card(1, model, tmp_path, network.program(tmp_path, "net_", code=b"\x0f\x31"))

    def ticks(bios):
        words = boot(*args, machine=machine, bios=bios).words[0]
        return words[12] << 32 | words[13] << 48 | words[16] | words[17] << 16

    ours, theirs = ticks("slipway"), ticks("seabios")
    assert 0 < ours < theirs, f"{ours} {theirs}"


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_a_disk_that_comes_first_pays_for_no_rom_of_a_card(machine):
    """Beside a card without ROM: its BAR is sized and placed, that is all."""
    path = next(p for p in measure.PATHS if p.name == f"{machine}-virtio")

    def accesses(romfile):
        with_card = copy.copy(path)
        # both have a line, so that CMOS need not be asked which of the two comes first
        with_card.args = [*path.args, "-device", f"e1000,bootindex=2{romfile}"]
        with_card.devices = [f"{device},bootindex=1" for device in path.devices]
        return min(measure.trace_run(with_card, "slipway", False, 60, []).accesses for _ in range(3))

    placed = accesses("") - accesses(",romfile=")
    assert 0 < placed <= 4, placed


@pytest.mark.parametrize("roms, count", [("all", 2), ("off", 0)])
def test_a_knob_runs_all_or_none(roms, count, tmp_path):
    good = network.program(tmp_path, "net_")
    booted = boot(*network.card(2, "e1000", tmp_path, good), *network.card(3, "rtl8139", tmp_path, good),
                  *test_media.disks("pc", media.disk(tmp_path, "disk"), order=[1]), "-fw_cfg", f"name=opt/org.slipway/roms,string={roms}")
    assert booted.names == ["disk"] and len(ran(booted)) == count, str(booted)


@pytest.mark.parametrize("machine, card", [("microvm", "virtio-net-device"), ("microvm,pcie=on", "virtio-net-pci"), ("isapc", "ne2k_isa")])
def test_a_machine_without_roms_says_that_there_is_nothing(machine, card, tmp_path):
    """SeaBIOS has no card there either."""
    booted = boot(*network.card(1, card, tmp_path, network.program(tmp_path, "net_")), machine=machine, until="boot: halted", timeout=20)
    assert NOTHING in booted.log and not booted.names, str(booted)


@pytest.mark.parametrize("machine, card", [("microvm", "virtio-net-device"), ("isapc", "ne2k_isa")])
def test_a_machine_without_roms_boots_its_disk(machine, card, tmp_path):
    disk = media.disk(tmp_path, "disk")
    args = test_media.disks("microvm", disk) if machine == "microvm" else ["-drive", f"file={disk},format=raw,if=ide"]
    booted = boot(*network.card(1, card), *args, machine=machine)
    assert booted.names == ["disk"], str(booted)


def without_boot(*args):
    booted = boot(*args, until="boot: halted", timeout=20)
    assert NOTHING in booted.log and not booted.names and not ran(booted), str(booted)
    return booted


def test_a_rom_for_another_card_is_not_run(tmp_path):
    """romfile=: QEMU gives it the card's ids only if it is its own. SeaBIOS does not run it either."""
    other = network.rom("pxe-rtl8139.rom")
    args = network.card(1, "e1000", tmp_path, network.program(tmp_path, "net_"), f",romfile={other}")
    booted = without_boot(*args)
    assert "device and vendor of x86 code: 0x100e8086 expected, 0x813910ec found; not run" in booted.log, str(booted)
    assert not boot(*args, bios="seabios", timeout=5).names


def test_without_a_rom_there_is_nothing_to_run(tmp_path):
    booted = without_boot(*network.card(1, "e1000", tmp_path, network.program(tmp_path, "net_"), ",romfile="))
    assert "00:02.0" not in booted.log, str(booted)


def test_a_card_without_rom_bar_has_it_in_fw_cfg(tmp_path):
    """It has 244 KiB with its code for EFI: SeaBIOS finds that too large, of ours as much is read as there is room. In its own file
    iPXE does not know on which card it is, and takes the first."""
    booted = boot(*network.card(1, "e1000", tmp_path, network.program(tmp_path, "net_"), ",rombar=0"))
    loaded(booted, "net_")
    assert [name.startswith("genroms/") for name in ran(booted)] == [True], str(booted)


def test_a_users_rom_is_run_in_its_cards_place(tmp_path):
    """pciVVVV,DDDD.rom comes before the BAR's; -option-rom is one more."""
    good, rom = network.program(tmp_path, "net_"), network.rom("pxe-e1000.rom")
    own = network.card(1, "e1000", tmp_path, good, ",romfile=")
    by_id = boot(*own, "-fw_cfg", f"name=pci8086,,100e.rom,file={rom}")
    loaded(by_id, "net_")
    assert len(ran(by_id)) == 1, str(by_id)
    added = boot(*own, "-option-rom", rom)
    loaded(added, "net_")
    assert ran(added) == ["genroms/pxe-e1000.rom"], str(added)
    loaded(boot(*own, "-option-rom", rom, bios="seabios"), "net_")


# ---- loaders ----

KERNEL = {"vmlinuz": qemu.GUESTS / "check.bzImage"}
WORDS = "ram=128 initrd"
# Beside what loaders change of boot_params: iPXE and GRUB stay in conventional memory.
# iPXE stays below a loader that it has started, in conventional memory and, newer ones, at the top of RAM.
NETWORK_WAYS = (*LOADERS_WAYS, "639 KiB", "RAM comes to 128 MiB")


def kernel_with_initrd(args, machine, bios="slipway"):
    result = qemu.run(90, machine=machine, memory="128", args=[*FAST, *args], bios=bios)
    tap = conftest.Tap(result.serial)
    failed = [line for line in tap.failed if not any(way in line for way in NETWORK_WAYS)]
    assert tap.boots == 1 and (not failed or bios == "seabios"), f"{failed}\n{result}"
    for what in ("initrd's checksum is right", "the kernel's checksum is right", "A20 is on"):
        assert any(line.startswith("ok ") and what in line for line in tap.lines), f"{what}?\n{result}"
    return tap


def with_pxelinux(name):
    return lambda folder, files: network.pxelinux(folder, name, loaders.syslinux_config("vmlinuz", "initrd.gz", WORDS), files)


def by_grub(command):
    return lambda folder, files: network.grub(folder, grub_cfg(command, WORDS), files)


def by_ipxe(folder, files):
    loaders.folder_of(folder, {"it.ipxe": f"#!ipxe\nkernel vmlinuz {WORDS}\ninitrd initrd.gz\nboot\n", **files})
    return "it.ipxe"


LOADERS = {"pxelinux": (with_pxelinux("pxelinux.0"), 16), "lpxelinux": (with_pxelinux("lpxelinux.0"), 16), "ipxe": (by_ipxe, 16),
           "grub": (by_grub("linux"), 32), "grub-16": (by_grub("linux16"), 16)}


@pytest.mark.parametrize("name, machine, model", [
    ("pxelinux", "pc", "e1000"), ("pxelinux", "q35", "virtio-net-pci"), ("lpxelinux", "pc", "rtl8139"), ("lpxelinux", "q35", "e1000e"),
    ("ipxe", "pc", "pcnet"), ("ipxe", "q35", "vmxnet3"), ("grub", "pc", "virtio-net-pci"), ("grub", "q35", "e1000"),
    ("grub-16", "pc", "e1000")])
def test_a_loader_starts_a_kernel_with_an_initrd(name, machine, model, tmp_path):
    make, entry = LOADERS[name]
    files = {**KERNEL, "initrd.gz": conftest.make_initrd(conftest.MIB)}
    tap = kernel_with_initrd(network.card(1, model, tmp_path, make(tmp_path, files)), machine)
    assert tap.facts["entry"] == [str(entry)]


@pytest.mark.parametrize("machine, model", [("pc", "e1000"), ("q35", "virtio-net-pci")])
@pytest.mark.parametrize("name", ["undionly.kpxe", "undionly.kkpxe"])
def test_ipxe_over_another_roms_driver(name, machine, model, tmp_path):
    script = network.ipxe_loader(tmp_path, name, network.program(tmp_path, "net_"))
    loaded(boot(*network.card(1, model, tmp_path, script), machine=machine), "net_")


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_ipxes_kernel_file_by_pxelinux(machine, tmp_path):
    """ipxe.lkrn, as if it were Linux, with its own drivers."""
    good = network.program(tmp_path, "net_")
    config = f"SERIAL 0\nPROMPT 0\nDEFAULT it\nLABEL it\nLINUX ipxe.lkrn\nAPPEND dhcp && chain tftp://10.0.2.2/{good}\n"
    name = network.pxelinux(tmp_path, "pxelinux.0", config, {"ipxe.lkrn": network.ipxe("ipxe.lkrn")})
    loaded(boot(*network.card(1, "e1000", tmp_path, name), machine=machine), "net_")


@pytest.mark.parametrize("machine, model", [("pc", "virtio-net-pci"), ("q35", "e1000e"), ("q35", "rtl8139")])
def test_ipxes_cd_drives_a_card_without_rom(machine, model, tmp_path):
    test_media.need_cd_driver(machine)
    booted = boot(*test_media.cd(network.ipxe("ipxe.iso")), machine=machine,
                  *network.card(1, model, tmp_path, network.program(tmp_path, "net_"), ",romfile="))
    loaded(booted, "net_")


@pytest.mark.parametrize("native", ["on", "off"])
def test_ipxes_kernel_file_by_kernel_option(native, tmp_path):
    """It has no 32-bit entry: the firmware says so and takes the 16-bit one, or QEMU's ROM does."""
    booted = boot("-kernel", network.ipxe("ipxe.lkrn"), "-fw_cfg", f"name=opt/org.slipway/native,string={native}",
                  *network.card(1, "e1000", tmp_path, network.program(tmp_path, "net_"), ",romfile="))
    loaded(booted, "net_")
    assert ("boot: kernel: code32_start is 0" in booted.log) == (native == "on"), str(booted)
    assert ("boot: kernel: 16-bit entry, protocol 0x0207" in booted.log) == (native == "on"), str(booted)
    assert ("genroms/linuxboot" in booted.log) == (native == "off"), str(booted)


def test_debians_installer_over_the_network(tmp_path):
    """40 MB by TFTP, Linux, and its first question on the serial port; at the host's own pace."""
    name = network.installer(tmp_path, "console=ttyS0 ---")
    with qemu.VM(machine="q35", memory="1024", args=network.card(1, "e1000e", tmp_path, name)) as vm:
        vm.start()
        reached = vm.wait_text("language", timeout=240)
        result = vm.finish(0)
    assert reached, str(result)
    assert "Linux version" in result.serial and "BIOS-e820" in result.serial, str(result)


# ---- QEMU's own ROMs, which load the kernel of -kernel ----

# cmp REGISTER, value; jne 1f; mov al,'K'; out 0xe9,al; mov eax,0x10; 1: mov dx,0xf4; out dx,eax; hlt
def says_if(compare, value):
    return compare + struct.pack("<I", value) + bytes.fromhex("7509b04be6e9b81000000066baf400efebfe")


NATIVE_OFF = ["-fw_cfg", "name=opt/org.slipway/native,string=off"]
ELVES = {"multiboot": elf(says_if(b"\x3d", 0x2badb002), MULTIBOOT), "pvh": elf(says_if(b"\x81\x3b", 0x336ec578), pvh=True)}


@pytest.mark.parametrize("dma", [True, False], ids=["dma", "port"])
@pytest.mark.parametrize("machine", ["pc", "q35", "microvm"])
def test_qemus_rom_starts_a_kernel(machine, dma):
    """linuxboot_dma.bin, linuxboot.bin."""
    port = [] if dma else ["-global", qemu.NO_DMA]
    qemu.need_port(port)
    result = qemu.run(60, machine=machine, memory="128", args=[*NATIVE_OFF, *port], kernel=qemu.GUESTS / "check.bzImage",
                      initrd=conftest.make_initrd(conftest.MIB), append=WORDS)
    tap = conftest.Tap(result.serial)
    failed = [line for line in tap.failed if not any(way in line for way in LOADERS_WAYS)]
    assert tap.boots == 1 and not failed and tap.facts["entry"] == ["16"], f"{failed}\n{result}"
    assert re.search(r"^boot: genroms/linuxboot", result.log, re.MULTILINE), str(result)


def test_qemus_rom_starts_linux():
    result = qemu.run(90, machine="q35", memory="256", args=NATIVE_OFF, kernel=debian.kernel(), initrd=debian.initramfs(),
                      append="console=ttyS0 show=dmesg")
    found = debian.sections(result.serial)
    assert result.code == 0 and "end" in found and found["userspace"], str(result)


@pytest.mark.parametrize("native", ["on", "off"])
@pytest.mark.parametrize("machine", ["pc", "q35", "microvm"])
@pytest.mark.parametrize("form, port", [("multiboot", []), ("pvh", []), ("pvh", ["-global", qemu.NO_DMA])],
                         ids=["multiboot", "pvh", "pvh-port"])
def test_other_kinds_of_kernel_start_natively_or_by_qemus_rom(form, port, machine, native, tmp_path):
    """Or by multiboot_dma.bin, pvh.bin. (Without DMA QEMU gives multiboot_dma.bin nevertheless, and that waits for ever.)"""
    qemu.need_port(port)
    (tmp_path / "kernel").write_bytes(ELVES[form])
    args = [*port, *(NATIVE_OFF if native == "off" else [])]
    booted = test_media.boot(*args, machine=machine, kernel=tmp_path / "kernel", timeout=20)
    assert booted.text == "K" and booted.code == qemu.EXIT_PASS, str(booted)
    by_rom, natively = (bool(re.search(f"^boot: {line}", booted.log, re.MULTILINE | re.IGNORECASE))
                        for line in (f"genroms/{form}", f"kernel: {form}, "))
    assert (by_rom, natively) == (native == "off", native == "on"), str(booted)


@pytest.mark.parametrize("form", ["linux", "multiboot"])
def test_without_the_network_after_a_kernel_that_comes_first(form, tmp_path):
    """A card with a smaller bootindex than the kernel's ROM has, 0, there cannot be: no ROM of a card is run."""
    kernel = qemu.GUESTS / "marker.bzImage"
    if form != "linux":
        kernel = tmp_path / "kernel"
        kernel.write_bytes(ELVES[form])
    booted = test_media.boot(*NATIVE_OFF, *network.card(1, "e1000", tmp_path, network.program(tmp_path, "net_"), ",bootindex=1"),
                             kernel=kernel, timeout=20)
    assert booted.code == qemu.EXIT_PASS and not booted.names, str(booted)
    assert not any(":" in name for name in ran(booted)), str(booted)


def test_xen_by_its_own_loader(tmp_path):
    """Xen as QEMU's multiboot kernel says who it is on the serial port, with Linux as its module."""
    xen = tmp_path / "xen"
    xen.write_bytes(network.xen())
    with qemu.VM(memory="512", args=NATIVE_OFF, kernel=xen, append="com1=115200 console=com1",
                 initrd=f"{debian.kernel()} console=hvc0") as vm:
        vm.start()
        reached = vm.wait_text("Xen version", timeout=60)
        result = vm.finish(0)
    assert reached, str(result)

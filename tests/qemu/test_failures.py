# SPDX-License-Identifier: BSD-2-Clause
"""The n-th allocation, and the n-th transfer of fw_cfg, fails in a whole machine, for n = 1, 2, 3 ... until a boot has none that
fails: once, and all from it on. An image built for it (CONFIG_FAILURES) has the numbers behind a mark. Each run boots, or ends
with lines that name what there was no memory for; and what that is not needed for is there."""
import concurrent.futures
import re
import struct

import pytest

import media
import network_media as network
import test_media
import vm as qemu
from conftest import MIB, Tap, make_initrd, words_for

MARK = b"SLIPWAY-FAILURE\0"
ALLOCATION, TRANSFER = 0, 1
REFUSED = re.compile(r"^failures: (?:allocation|transfer) \d+ is refused: (.*)$", re.MULTILINE)
AGAIN = ["-boot", "reboot-timeout=1"]     # with -no-reboot: a boot that fails ends QEMU
AT_ONCE = 2
MOST = 100

# Without these no kernel is started, and nothing is booted from media.
NO_KERNEL = {"memory map"}
NO_MEDIA = NO_KERNEL | {"DMA bounce buffers", "drives", "boot list"}

# Of what our guest checks: what goes with each allocation.
NEEDS = {
    "PCI tree": ("ACPI: SCI_EN", "ACPI: the PM timer", "are without an address", "every function with an interrupt pin"),
    "table-loader script": ("ACPI: the RSDP",),
    "ACPI tables": ("ACPI: the RSDP",),
    "old pointers": ("ACPI: the RSDP",),
    "MP table": ("the processors are listed",),
    "MP pointer": ("the processors are listed",),
}
# Which disks go with each: the first is virtio, the second IDE's or AHCI's; and which may.
LOST = {"virtio disk": "one_", "IDE channel": "two_", "AHCI controller": "two_", "AHCI port": "two_"}
# Perhaps: without memory for its large queue a virtio disk is asked for its small one.
DISKS = {"PCI tree": "one_ two_", "block device": "one_ two_", "virtio queue": "one_", **LOST}


@pytest.fixture(scope="session")
def image(build):
    content = build({"FAILURES": "y"}).read_bytes()
    assert content.count(MARK) == 1
    return content


def with_failures(image, folder, kind, n, all_that_follow):
    content, numbers = bytearray(image), [0, 0]
    numbers[kind] = n
    struct.pack_into("<III", content, image.index(MARK) + len(MARK), *numbers, all_that_follow)
    file = folder / f"{kind}-{n}-{all_that_follow}.bin"
    file.write_bytes(content)
    return str(file)


def check_why(log, refused, text):
    """Boots that end say for what there was no memory, and that this is why."""
    for what in refused:
        assert f"alloc: {what}: " in log or what in ("option ROM's block", "fw_cfg"), text
    assert "boot: no usable memory map" in log or "boot: there was no memory for what could be booted" in log, text
    assert "boot: restart in 1 ms" in log, text


def kernel(bios, machine, folder, kind):
    """Returns what was refused."""
    args = ["-smp", "4", *AGAIN]
    result = qemu.run(timeout=40, bios=bios, machine=machine, memory="128", args=args, kernel=qemu.GUESTS / "check.bzImage",
                      initrd=make_initrd(MIB), append=words_for("128", args, True, ""))
    refused, tap, text = REFUSED.findall(result.log), Tap(result.serial), str(result)
    assert "exception" not in result.log and result.code is not None, text
    if tap.boots:
        gone = [part for what in refused for part in NEEDS.get(what, ())]
        assert not [line for line in tap.failed if not any(part in line for part in gone)], text
        assert not NO_KERNEL & set(refused), text
    else:
        assert kind == ALLOCATION and NO_KERNEL & set(refused) and result.code == 0, text
        check_why(result.log, refused, text)
    return refused


def from_media(bios, machine, folder, kind):
    """A card that boots over the network, else two disks, the first of virtio; a display."""
    one, two = (folder / f"{name}.img" for name in ("one_", "two_"))
    args = ["-drive", f"if=none,id=d,format=raw,snapshot=on,file={one}", "-device", "virtio-blk-pci,drive=d,bootindex=2",
            "-drive", f"if=none,id=e,format=raw,snapshot=on,file={two}", "-device", "ide-hd,drive=e,bus=ide.1,bootindex=3", "-device", "VGA",
            *network.card(0, "e1000", folder, "net_.bin", ",bootindex=1"), *AGAIN]
    booted = test_media.boot("-icount", "shift=7,sleep=off", *args, machine=machine, bios=bios, timeout=40)
    refused, text = REFUSED.findall(booted.log), str(booted)
    assert "exception" not in booted.log and booted.code is not None, text
    if booted.names:
        gone = " ".join(DISKS.get(what, "") for what in refused)
        assert {"one_", "two_"} - set(gone.split()) <= set(booted.drives[0][:2]), text
        assert not {LOST[what] for what in refused if what in LOST} & set(booted.drives[0]), text
        assert not NO_MEDIA & set(refused), text
        assert refused or booted.names == ["net_"], text
        assert booted.code == qemu.EXIT_PASS, text
    elif "option ROM's block" in refused and re.search("^boot: .*iPXE", booted.log, re.MULTILINE):
        # The card's own program, which is QEMU's, has been started without its memory: newer ones restart the machine.
        assert kind == ALLOCATION and booted.code == 0 and not NO_MEDIA & set(refused), text
    else:
        assert kind == ALLOCATION and booted.code == 0 and (NO_MEDIA & set(refused) or {"one_", "two_"} == set(
            " ".join(DISKS.get(what, "") for what in refused).split())), text
        check_why(booted.log, refused, text)
    return refused


BOOTS = {"kernel": kernel, "media": from_media}


def until_none_fails(boot, machine, image, folder, kind, all_that_follow):
    """What was refused first, in the order of n."""
    media.disk(folder, "one_")
    media.disk(folder, "two_")
    network.program(folder, "net_")
    first = []
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for n in range(1, MOST, AT_ONCE):
            runs = [pool.submit(BOOTS[boot], with_failures(image, folder, kind, m, all_that_follow), machine, folder, kind)
                    for m in range(n, n + AT_ONCE)]
            for refused in (run.result() for run in runs):
                if not refused:
                    return first
                assert all_that_follow or len(refused) == 1
                first.append(refused[0])
    raise AssertionError(f"{MOST} runs, and still one that fails: {first}")


@pytest.mark.parametrize("boot, machine, all_that_follow", [
    *(("kernel", machine, often) for machine in ("pc", "q35", "microvm") for often in (0, 1)),
    ("media", "q35", 0), ("media", "pc", 1)])
def test_each_allocation_fails_in_its_turn(boot, machine, all_that_follow, image, tmp_path):
    first = until_none_fails(boot, machine, image, tmp_path, ALLOCATION, all_that_follow)
    assert {"memory map", "table-loader script", "ACPI tables"} <= set(first) and len(first) >= 5
    if boot == "media":
        assert NO_MEDIA | {"PCI tree", "virtio queue", "option ROM's block", "bootorder"} <= set(first) and len(first) >= 30


@pytest.mark.parametrize("boot, machine, all_that_follow", [("kernel", "pc", 0), ("kernel", "microvm", 1), ("media", "q35", 0)])
def test_each_transfer_fails_in_its_turn(boot, machine, all_that_follow, image, tmp_path):
    """fw_cfg's port takes its place: nothing is missing."""
    assert len(until_none_fails(boot, machine, image, tmp_path, TRANSFER, all_that_follow)) > 10


def test_the_usual_image_has_no_such_words():
    with open(qemu.firmware("slipway"), "rb") as file:
        assert MARK not in file.read()

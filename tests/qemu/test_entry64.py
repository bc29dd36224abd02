# SPDX-License-Identifier: BSD-2-Clause
"""A kernel's 64-bit entry, which a user may ask for: by our guest (tests/guests/entry64.S) and by Debian's kernel."""
import pytest

from conftest import MIB, Tap, make_initrd, patched
import debian
from test_debian import OWN_TIME
import vm as qemu

ENTRY64 = ["-fw_cfg", "name=opt/org.slipway/entry,string=64"]
HAS_IT = {0x236: (2, 3)}        # xloadflags: bit 0, and initrds above 4 GiB
GIB_PAGES = ["-cpu", "max"]


def entered(folder, *args, changes=None, memory="128", machine="pc", initrd=None):
    kernel = patched(qemu.GUESTS / "entry64.bzImage", folder / "kernel", HAS_IT if changes is None else changes)
    result = qemu.run(timeout=60, machine=machine, memory=memory, kernel=kernel, initrd=initrd, args=args)
    tap = Tap(result.serial)
    assert not tap.failed and tap.boots == 1 and result.code == qemu.EXIT_PASS, f"{tap.failed}\n{result}"
    return tap.facts["entry"][0], result


@pytest.mark.parametrize("machine, memory", [("pc", "128"), ("q35", "128"), ("microvm", "128"), ("pc", "5120"), ("q35", "5120"), ("pc", "64")])
def test_all_is_as_promised(tmp_path, machine, memory):
    entry, result = entered(tmp_path, *ENTRY64, *GIB_PAGES, machine=machine, memory=memory, initrd=make_initrd(MIB))
    assert entry == "64" and "boot: kernel: 64-bit entry, page tables at" in result.log, str(result)


@pytest.mark.parametrize("memory", ["128", "5120"])
def test_its_page_tables_keep_off_an_initrd_of_parts(tmp_path, memory):
    part = ["-fw_cfg", f"name=opt/org.slipway/initrd.0,file={make_initrd(MIB)}"]
    entry, result = entered(tmp_path, *ENTRY64, *GIB_PAGES, *part, memory=memory)
    assert entry == "64" and f"initrd: {MIB} bytes at" in result.log, str(result)


@pytest.mark.parametrize("args, changes, line", [
    (["-cpu", "qemu64,pdpe1gb=off"], None, "the processor has no pages of 1 GiB"), (GIB_PAGES, {}, "the kernel has none"),
    (["-cpu", "qemu64,-lm"], {}, "the kernel has none")])
def test_where_something_lacks_it_is_32_bits_and_a_line_says_so(tmp_path, args, changes, line):
    entry, result = entered(tmp_path, *ENTRY64, *args, changes=changes)
    assert entry == "32" and f"boot: kernel: 64-bit entry: {line}" in result.log and "the 32-bit entry is taken" in result.log, str(result)


@pytest.mark.parametrize("args", [[], ["-fw_cfg", "name=opt/org.slipway/entry,string=32"]], ids=["unasked", "32"])
def test_nobody_gets_it_unasked(tmp_path, args):
    entry, result = entered(tmp_path, *args, *GIB_PAGES)
    assert entry == "32" and "64-bit entry" not in result.log, str(result)


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_debians_kernel_reaches_user_space_by_it(machine):
    result = qemu.run(120, machine=machine, memory="5120", args=[*ENTRY64, *GIB_PAGES, *OWN_TIME], kernel=debian.kernel(),
                      initrd=debian.initramfs(), append="console=ttyS0 quiet panic=-1 reboot=t show=nothing")
    assert "=== userspace" in result.serial and "boot: kernel: 64-bit entry" in result.log, str(result)

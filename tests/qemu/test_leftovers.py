# SPDX-License-Identifier: BSD-2-Clause
"""What a guest leaves behind over a reset does not reach the next boot: tests/guests/check/leave.c leaves it
and compares, docs/architecture.md lists it. An INIT, which resets the processor alone, is no way around."""
import pytest

import vm as qemu
from conftest import MIB, boot_check, make_initrd, words_for

RESETS = ["-action", "reboot=reset"]
WAYS = {"pc": "cf9", "q35": "cf9", "microvm": "triple", "microvm,acpi=off": "triple", "isapc": "kbd"}
DIRT = ["memory", "forged", "pic", "pci", "chipset", "forged-chipset", "msr", "apic", "a20", "cmos"]


def leave(machine, way, dirt, boots=2, **how):
    acpi = " noacpi" if machine == "isapc" or "acpi=off" in machine else ""
    return boot_check(machine=machine, args=RESETS, append=f"reboot={way} boots={boots} compare leave={dirt}{acpi}",
                      boots=boots, no_reboot=False, **how)[1]


@pytest.mark.parametrize("machine", ["pc", "q35", "microvm", "isapc"])
@pytest.mark.parametrize("dirt", DIRT)
def test_nothing_of_an_earlier_guest_is_met(machine, dirt):
    leave(machine, WAYS[machine], dirt)


@pytest.mark.parametrize("machine, cpu", [("pc", "max"), ("q35", "max"), ("pc", "qemu32"), ("q35", "qemu64"),
                                          ("microvm", "max"), ("isapc", "pentium")])
@pytest.mark.parametrize("dirt", ["paging", "long", "debug", "clocks", "positions", "msi", "x2apic"])
def test_nothing_of_a_processors_mode_or_of_a_clock_is_met(machine, cpu, dirt):
    """Paging with all protections, long mode, breakpoints on the reset vector, NMI masked in the CMOS index, timers at
    their fastest with HPET in their place, half-done accesses, MSI, x2APIC."""
    devices = ["-device", "virtio-rng-pci", "-device", "ich9-ahci", "-device", "e1000"] if machine in ("pc", "q35") else []
    acpi = " noacpi" if machine == "isapc" else ""
    boot_check(machine=machine, args=[*RESETS, "-cpu", cpu, *devices], no_reboot=False, boots=3,
               append=f"reboot={WAYS[machine]} boots=3 compare leave={dirt}{acpi}")


@pytest.mark.parametrize("machine", ["pc", "q35"])
@pytest.mark.parametrize("dirt", ["paging", "long", "debug", "clocks", "positions", "msi"])
def test_init_out_of_a_mode_is_turned_into_a_reset(machine, dirt):
    result = leave(machine, "init", dirt, boots=3)
    assert result.log.count("start: INIT without a reset: the machine is restarted") == 2, str(result)


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_without_dma_memory_is_cleared_as_well(machine):
    boot_check(machine=machine, args=[*RESETS, "-global", "fw_cfg.dma_enabled=off"], no_reboot=False, boots=2,
               initrd=65536, append="reboot=cf9 boots=2 compare leave=forged")


@pytest.mark.parametrize("machine", ["pc", "q35", "microvm"])
def test_an_nmi_that_is_pending_after_the_reset_is_harmless(machine):
    leave(machine, WAYS[machine], "nmi", boots=6)


@pytest.mark.parametrize("machine", ["pc", "q35", "microvm", "microvm,acpi=off"])
@pytest.mark.parametrize("dirt", ["memory", "forged", "pic", "pci", "chipset", "apic"])
def test_init_is_turned_into_a_reset(machine, dirt):
    """Without that, masks, bus mastering and MMCONFIG are as the guest had them, and POST runs on top."""
    if machine.startswith("microvm") and dirt in ("memory", "forged"):
        pytest.skip("there the vector itself is in the memory that is written over")
    result = leave(machine, "init", dirt, boots=3)
    if not machine.startswith("microvm"):		# where the vector itself leads to a reset
        assert result.log.count("start: INIT without a reset: the machine is restarted") == 2, str(result)


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_init_is_noticed_whatever_is_in_the_firmwares_memory(machine):
    result = leave(machine, "init", "init", boots=3)
    assert result.log.count("start: INIT without a reset: the machine is restarted") == 2, str(result)


def test_init_is_noticed_with_mmconfig_above_4_gib():
    """Where the start-up code finds no shadow register by it; and those were closed."""
    result = leave("q35", "init", "mmconfig", boots=3)
    assert result.log.count("start: INIT without a reset: the machine is restarted") == 2, str(result)


@pytest.mark.parametrize("dirt", ["pci", "forged"])
@pytest.mark.parametrize("machine", ["pc,pic=off", "q35,pic=off", "pc,acpi=off"])
def test_init_is_noticed_without_a_pic_or_without_power_management(machine, dirt):
    result = leave(machine, "init", dirt, boots=3)
    assert result.log.count("start: INIT without a reset: the machine is restarted") == 2, str(result)


def test_init_is_noticed_with_another_device_in_the_place_of_power_management():
    """00:01.3, whose register 0x80 is a capability's id there, with the bit that would tell of POST."""
    args = [*RESETS, "-device", "ich9-ahci,addr=1.3"]
    result = boot_check(machine="pc,acpi=off", args=args, boots=3, no_reboot=False,
                        append="reboot=init boots=3 compare leave=pci noacpi")[1]
    assert result.log.count("start: INIT without a reset: the machine is restarted") == 2, str(result)

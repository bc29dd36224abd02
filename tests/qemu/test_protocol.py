# SPDX-License-Identifier: BSD-2-Clause
"""The checking guest (tests/guests/check) on many machines: it judges, this file only varies them.

Runs of one machine are told apart by name; what it is about stands in the row.
"""
import re

import pytest

import vm as qemu
from conftest import MIB, Tap, boot_check, make_initrd, patched

# name: what boot_check() gets
MACHINES = {
    "pc": {},
    "q35": {"machine": "q35"},
    "microvm": {"machine": "microvm"},
    "microvm-no-acpi": {"machine": "microvm,acpi=off", "append": "noacpi"},
    "microvm-pcie": {"machine": "microvm,pcie=on", "args": ["-device", "virtio-rng-pci"]},
    "isapc": {"machine": "isapc", "append": "noacpi"},
    "pc-3.1": {"machine": "pc-i440fx-3.1"},
    "pc-2.7": {"machine": "pc-i440fx-2.7"},
    "pc-2.3-no-dma": {"machine": "pc-i440fx-2.3"},
    "pc-2.0": {"machine": "pc-i440fx-2.0"},
    "pc-1.7": {"machine": "pc-i440fx-1.7"},
    "q35-2.10": {"machine": "pc-q35-2.10"},
    "q35-no-smm": {"machine": "q35,smm=off"},
    "pc-no-hpet": {"machine": "pc,hpet=off"},
    "pc-port-fw_cfg": {"args": ["-global", "fw_cfg.dma_enabled=off"]},
    "q35-port-fw_cfg": {"machine": "q35", "args": ["-global", "fw_cfg.dma_enabled=off"]},
    "microvm-port-fw_cfg": {"machine": "microvm", "args": ["-global", "fw_cfg.dma_enabled=off"]},
    "pc-no-acpi": {"machine": "pc,acpi=off", "append": "noacpi"},
    "q35-no-acpi": {"machine": "q35,acpi=off", "append": "noacpi"},
    "pc-default-devices": {"args": ["-vga", "std", "-nic", "user,model=e1000", "-device", "piix3-usb-uhci"]},
    "pc-pflash": {"pflash": True},
    "q35-pflash": {"machine": "q35", "pflash": True},
    "pc-no-debug-port": {"debug_port": False},
}

PROCESSORS = {
    "pc-486": {"args": ["-cpu", "486"]},
    "isapc-486": {"machine": "isapc", "args": ["-cpu", "486"], "append": "noacpi"},
    "pc-pentium": {"args": ["-cpu", "pentium"]},
    "q35-pentium3": {"machine": "q35", "args": ["-cpu", "pentium3"]},
    "pc-qemu32": {"args": ["-cpu", "qemu32"]},
    "microvm-qemu64": {"machine": "microvm", "args": ["-cpu", "qemu64"]},
    "pc-max": {"args": ["-cpu", "max"]},
    "q35-max": {"machine": "q35", "args": ["-cpu", "max"]},
    "pc-2": {"args": ["-smp", "2"]},
    "q35-6-in-two-sockets": {"machine": "q35", "args": ["-smp", "6,sockets=2,cores=3"]},
    "pc-8": {"args": ["-smp", "8"]},
    "pc-3-id-gaps": {"args": ["-smp", "6,sockets=2,cores=3"]},
    "pc-24": {"args": ["-smp", "24"], "timeout": 120},
    "pc-2-of-8-pluggable": {"args": ["-smp", "2,maxcpus=8"]},
    "microvm-4": {"machine": "microvm", "args": ["-smp", "4"]},
    "microvm-no-acpi-6-id-gaps": {"machine": "microvm,acpi=off", "args": ["-smp", "6,sockets=2,cores=3"], "append": "noacpi"},
    "microvm-no-acpi-12-id-gaps": {"machine": "microvm,acpi=off", "args": ["-smp", "12,sockets=4,cores=3"],
                                   "append": "noacpi"},
    # The highest id is 156, far above the number that the machine tells.
    "microvm-no-acpi-100-id-gaps": {"machine": "microvm,acpi=off", "args": ["-smp", "100,sockets=20,cores=5"],
                                    "append": "noacpi", "timeout": 240},
    "pc-no-acpi-4": {"machine": "pc,acpi=off", "args": ["-smp", "4"], "append": "noacpi"},
    "pc-1.7-4": {"machine": "pc-i440fx-1.7", "args": ["-smp", "4"]},
}

NUMA = ["-smp", "4", "-object", "memory-backend-ram,id=m0,size=512M", "-object", "memory-backend-ram,id=m1,size=512M",
        "-numa", "node,nodeid=0,cpus=0-1,memdev=m0", "-numa", "node,nodeid=1,cpus=2-3,memdev=m1"]
NVDIMM = ["-object", "memory-backend-ram,id=nv,size=128M", "-device", "nvdimm,memdev=nv,label-size=128K"]

MEMORY = {
    "pc-64": {"memory": "64"},
    "q35-64": {"machine": "q35", "memory": "64"},
    "microvm-64": {"machine": "microvm", "memory": "64"},
    "pc-3000": {"memory": "3000"},
    "pc-5120": {"memory": "5120"},
    "q35-5120": {"machine": "q35", "memory": "5120"},
    "microvm-5120": {"machine": "microvm", "memory": "5120"},
    "pc-1.7-4096": {"machine": "pc-i440fx-1.7", "memory": "4096"},
    "pc-max-ram-below-4g": {"machine": "pc,max-ram-below-4g=1G", "memory": "2048"},
    "pc-numa": {"memory": "1024", "args": NUMA},
    "pc-hotplug-slots": {"memory": "512,slots=4,maxmem=4G", "append": "ram=512"},
    "q35-hotplugged-dimm": {"machine": "q35", "memory": "512,slots=4,maxmem=4G", "append": "ram=512",
                            "args": ["-object", "memory-backend-ram,id=d,size=256M", "-device", "pc-dimm,memdev=d"]},
    "pc-nvdimm": {"machine": "pc,nvdimm=on", "memory": "512,slots=2,maxmem=2G", "append": "ram=512", "args": NVDIMM},
}

# Without function 0 nobody looks at a slot's others.
PORTS = [x for n in range(9) for x in
         ("-device", f"pcie-root-port,id=rp{n},chassis={n},addr=0x{n // 8 + 2:x}.{n % 8},multifunction=on")]
DEVICES = {
    "pc-vmgenid": {"args": ["-device", "vmgenid,guid=324e6eaf-d1d1-4bf6-bf41-b9bb6c91fb87"]},
    "pc-vmcoreinfo": {"args": ["-device", "vmcoreinfo"]},
    "pc-pvpanic": {"args": ["-device", "pvpanic"]},
    "q35-root-ports": {"machine": "q35", "args": [*PORTS, "-device", "virtio-rng-pci,bus=rp1", "-device",
                                                  "virtio-net-pci,bus=rp2", "-device", "nec-usb-xhci,bus=rp3"]},
    "q35-pxb-pcie": {"machine": "q35", "args": [
        "-device", "pxb-pcie,id=pxb,bus_nr=128", "-device", "pcie-root-port,id=behind,bus=pxb,chassis=40",
        "-device", "virtio-rng-pci,bus=behind", "-device", "pcie-root-port,id=other,chassis=41",
        "-device", "virtio-rng-pci,bus=other"]},
    "pc-pxb": {"args": ["-device", "pxb,id=pxb,bus_nr=64", "-device", "virtio-rng-pci,bus=pxb,addr=1"]},
    "pc-bridges": {"args": ["-device", "pci-bridge,id=b1,chassis_nr=1", "-device", "pci-bridge,id=b2,chassis_nr=2,bus=b1,addr=1",
                            "-device", "e1000,bus=b2,addr=1", "-device", "virtio-rng-pci,bus=b1,addr=3"]},
    "pc-bar-4g": {"args": ["-device", "pci-testdev,membar=4G"]},
    "q35-bar-64g": {"machine": "q35", "memory": "5120",
                    "args": ["-cpu", "max", "-device", "pci-testdev,membar=64G"]},
    "pc-many-functions": {"args": [x for n in range(3, 20) for x in ("-device", f"virtio-rng-pci,addr={n:#x}")]},
    "q35-storage": {"machine": "q35", "args": [
        "-blockdev", "null-co,node-name=d", "-device", "virtio-blk-pci,drive=d", "-device", "ich9-usb-ehci1",
        "-device", "intel-hda", "-device", "i82801b11-bridge,id=dmi", "-device", "pci-bridge,bus=dmi,chassis_nr=3,id=pb",
        "-device", "rtl8139,bus=pb,addr=2"]},
    "q35-iommu": {"machine": "q35", "args": ["-device", "intel-iommu"]},
    "q35-tpmless-smbios-64": {"machine": "q35,smbios-entry-point-type=64"},
    "pc-smbios-given": {"args": ["-smbios", "type=0,vendor=V,version=9", "-smbios", "type=1,manufacturer=M,serial=S",
                                 "-smbios", "type=11,value=one,value=two"]},
}

PAYLOADS = {
    "pc-no-initrd": {"initrd": None},
    "microvm-no-initrd": {"machine": "microvm", "initrd": None},
    "pc-initrd-odd-size": {"initrd": 1234567},
    "pc-initrd-200m": {"initrd": 200 * MIB, "memory": "512", "timeout": 120},
    "microvm-initrd-200m": {"machine": "microvm", "initrd": 200 * MIB, "memory": "512", "timeout": 120},
    "pc-initrd-fills-memory": {"initrd": 100 * MIB, "memory": "128"},
    "pc-kernel-8m": {"kernel": "check-8m"},
    "q35-kernel-8m": {"machine": "q35", "kernel": "check-8m", "initrd": 31 * MIB},
}


def rows(*tables):
    return [pytest.param(how, id=name) for table in tables for name, how in table.items()]


@pytest.mark.parametrize("how", rows(MACHINES))
def test_machine(how):
    boot_check(**how)


@pytest.mark.parametrize("how", rows(PROCESSORS))
def test_processors(how):
    boot_check(**how)


@pytest.mark.parametrize("how", rows(MEMORY))
def test_memory(how):
    boot_check(**how)


@pytest.mark.parametrize("how", rows(DEVICES))
def test_devices(how):
    boot_check(**how)


def test_root_ports_and_what_is_behind_them_are_found():
    tap, result = boot_check(**DEVICES["q35-root-ports"])
    chipset, behind = 4, 3
    assert tap.facts["pci"][-1] == f"functions {chipset + PORTS.count('-device') + behind}", str(result)


@pytest.mark.parametrize("how", rows(PAYLOADS))
def test_payload(how):
    boot_check(**how)


@pytest.mark.parametrize("machine", ["pc", "q35", "microvm"])
def test_command_line_of_2000_bytes_arrives_whole(machine):
    if machine == "microvm":
        machine += ",auto-kernel-cmdline=off"  # QEMU would append its devices
    told = "ram=128 noinitrd length=2000 "
    filler = "".join(f"word{n:04}=x " for n in range(300))
    text = (told + filler)[:1999] + "z"
    boot_check(machine=machine, initrd=None, append=text[len("ram=128 noinitrd "):])


@pytest.mark.parametrize("machine", ["pc", "microvm"])
@pytest.mark.parametrize("name, changes", [
    ("not-relocatable", {0x234: (1, 0), 0x230: (4, 0)}),
    ("initrd-anywhere", {0x236: (2, 2)}),
    ("initrd-below-64m", {0x22c: (4, 0x3ffffff)}),
    ("protocol-2.06", {0x206: (2, 0x0206)}),
    ("protocol-2.10", {0x206: (2, 0x020a)}),
    ("init-size-32m", {0x260: (4, 32 * MIB)}),
])
def test_kernel_header(tmp_path, machine, name, changes):
    kernel = patched(qemu.GUESTS / "check.bzImage", tmp_path / "kernel", changes)
    boot_check(machine=machine, kernel=kernel, memory="256")


# What must be refused: the line that says why, and no start.
REFUSED = [
    ("64-bit-kernel-on-qemu32", {0x236: (2, 1)}, {"args": ["-cpu", "qemu32"]}, r"64-bit.*long mode"),
    ("init-size-over-ram", {0x260: (4, 1024 * MIB)}, {}, r"init_size 0x40000000"),
    ("command-line-too-long", {0x238: (4, 100)}, {"append": "x" * 200}, r"command line: 2\d\d.*100"),
]


@pytest.mark.parametrize("changes, how, line", [pytest.param(*x[1:], id=x[0]) for x in REFUSED])
def test_refusal_says_why(tmp_path, changes, how, line):
    kernel = patched(qemu.GUESTS / "check.bzImage", tmp_path / "kernel", changes)
    refused(line, kernel=kernel, **how)


# They are entered by their setup code, and the log says why; without one of QEMU's option ROMs.
BY_SETUP = [
    ("vga", {}, {"append": "vga=ext"}, r"vga=.*0xfffe"),
    ("protocol-2.05", {0x206: (2, 0x0205)}, {}, r"protocol 2\.05.*2\.06"),
]


@pytest.mark.parametrize("machine", ["pc", "q35", "microvm"])
@pytest.mark.parametrize("changes, how, line", [pytest.param(*x[1:], id=x[0]) for x in BY_SETUP])
def test_what_needs_the_16_bit_entry_gets_it(tmp_path, machine, changes, how, line):
    kernel = patched(qemu.GUESTS / "check.bzImage", tmp_path / "kernel", changes)
    with qemu.VM(machine=machine, kernel=kernel, **how) as vm:
        vm.start()
        assert vm.wait_text("# fact entry 16", "serial", 20), vm.finish(0)
        assert re.search(line, vm.text("log")) and "boot: kernel: 16-bit entry" in vm.text("log"), vm.finish(0)
        assert "linuxboot_dma.bin" not in vm.text("log"), vm.finish(0)


def test_machine_without_a_kernel_says_so():
    refused(r"boot: ")


def refused(line, memory="128", **how):
    with qemu.VM(memory=memory, args=[*how.pop("args", []), "-device", "pvpanic", "-action", "panic=none"],
                 **how) as vm:
        vm.start()
        end = qemu.now() + 20
        while qemu.now() < end and not re.search(line, vm.text("log")) and vm.process.poll() is None:
            qemu.sleep(0.02)
        assert re.search(line, vm.text("log")), vm.finish(0)
        assert vm.wait_text("boot: halted", "log", 5), vm.finish(0)
        assert "TAP version" not in vm.text("serial"), "the kernel was started nevertheless"


SCRIPTS = {
    "empty": b"",
    "short": b"\1",
    "zeroes": bytes(4096),
    "ones": b"\xff" * 4096,
    "unknown-file": (1).to_bytes(4, "little") + b"etc/none".ljust(56, b"\0") + (16).to_bytes(4, "little") + b"\2" + bytes(63),
    "no-nul": (1).to_bytes(4, "little") + b"x" * 124,
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_bad_table_loader_script_costs_acpi_and_not_the_boot(tmp_path, name):
    script = tmp_path / "script"
    script.write_bytes(SCRIPTS[name])
    boot_check(machine="pc,acpi=off", append="noacpi", args=["-fw_cfg", f"name=etc/table-loader,file={script}"])


@pytest.mark.parametrize("words, fails", [
    ("ram=64", "RAM comes to 64 MiB"),
    ("cpus=2", "the MADT has 2 processors"),
    ("noacpi", "there is no ACPI"),
    ("noinitrd", "there is no initrd"),
    ("length=7", "the command line has 7 bytes"),
])
def test_guest_notices_what_is_wrong(words, fails):
    """The judge judged: told to expect something else, it says so, and nothing else."""
    tap, _ = boot_check(append=words, args=["-smp", "1"] if "cpus" not in words else [],
                        expect_failures=[fails, "further processors start"])
    assert any(fails in line for line in tap.failed)


@pytest.mark.parametrize("where, fails", [(100, "the initrd's checksum"), (8, "the initrd's size"), (0, "begins with its header")])
def test_guest_notices_a_changed_initrd(tmp_path, where, fails):
    data = bytearray(make_initrd(MIB).read_bytes())
    data[where] ^= 1
    initrd = tmp_path / "initrd"
    initrd.write_bytes(data)
    result = qemu.run(memory="128", kernel=qemu.GUESTS / "check.bzImage", initrd=initrd, append="initrd")
    assert result.code == qemu.EXIT_FAIL, str(result)
    assert any(fails in line for line in Tap(result.serial).failed), str(result)


def test_guest_notices_a_changed_kernel(tmp_path):
    data = bytearray((qemu.GUESTS / "check-8m.bzImage").read_bytes())
    data[5 * MIB] ^= 1
    kernel = tmp_path / "kernel"
    kernel.write_bytes(data)
    tap, _ = boot_check(kernel=kernel, expect_failures=["the kernel's checksum"])
    assert tap.failed

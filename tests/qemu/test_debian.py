# SPDX-License-Identifier: BSD-2-Clause
"""A distribution's kernel to user space, and what it says about its machine there: no complaint
that it does not have under SeaBIOS on the same command line, tables that decode."""
import base64
import functools
import json
import re
import socket
import subprocess

import pytest

import debian
import vm as qemu
from test_protocol import NUMA, NVDIMM, PORTS

MATRIX = {
    "pc": {},
    "q35": {"machine": "q35"},
    "microvm": {"machine": "microvm"},
    "pc-2.3": {"machine": "pc-i440fx-2.3"},
    "pc-2.0": {"machine": "pc-i440fx-2.0"},
    "pc-1.7": {"machine": "pc-i440fx-1.7"},
    "pc-2-cpus": {"args": ["-smp", "2"]},
    # Two of four sockets, since APIC ids have gaps then (0 1 2 4 5 6): QEMU 7.2's emulated APIC loses logical
    # IPIs behind a gap, which up to 8 possible processors a kernel sends, under any firmware.
    "q35-6-cpus-in-two-sockets": {"machine": "q35", "args": ["-smp", "6,maxcpus=12,sockets=4,cores=3"]},
    "pc-8-cpus": {"args": ["-smp", "8"]},
    "microvm-2-cpus": {"machine": "microvm", "args": ["-smp", "2"]},
    "pc-128": {"memory": "128"},
    "pc-5g": {"memory": "5120"},
    "q35-5g": {"machine": "q35", "memory": "5120"},
    "pc-numa": {"memory": "1024", "args": NUMA},
    "pc-no-acpi": {"machine": "pc,acpi=off"},
    "microvm-no-acpi": {"machine": "microvm,acpi=off"},
    "q35-cpu-max": {"machine": "q35", "args": ["-cpu", "max"]},
    "pc-devices": {"machine": "pc,nvdimm=on", "memory": "512,slots=4,maxmem=4G",
                   "args": ["-device", "vmgenid", "-device", "vmcoreinfo", *NVDIMM, "-vga", "std", "-device", "e1000",
                            "-device", "pci-testdev,membar=4G"]},
    "q35-pcie": {"machine": "q35", "args": [*PORTS, "-device", "pxb-pcie,id=pxb,bus_nr=128", "-device",
                                            "pcie-root-port,id=behind,bus=pxb,chassis=40", "-device",
                                            "virtio-rng-pci,bus=behind", "-device", "pci-testdev,membar=64G,bus=rp1"]},
    # Configuration mechanism #1 alone: what the firmware left off is found and switched on as usual.
    "pc-conf1": {"args": ["-device", "e1000"], "extra": "pci=conf1"},
    "q35-conf1": {"machine": "q35", "args": ["-device", "e1000e", "-device", "VGA"], "extra": "pci=conf1"},
    "pc-port-fw_cfg": {"args": ["-global", "fw_cfg.dma_enabled=off"], "timeout": 240},
}

COMPLAINT = re.compile(r"ACPI (BIOS )?(Error|Warning|Exception)|ACPI:.*(error|fail|invalid|warn)|BIOS bug|Firmware Bug|"
                       r"mtrr|MTRR|firmware bug|BIOS.*(broken|bug)|can't claim BAR|no compatible bridge|"
                       r"address conflict|BAR \d+: (no space|failed|error)", re.I)

NO_COMPLAINT = re.compile(r"ACPI: Early table checksum verification disabled|MTRR map: \d+ entries")


# With one processor the guest's time is counted in its own instructions: a busy host would else
# make the kernel fail at calibrating its timers, under any firmware.
OWN_TIME = ["-icount", "shift=3,sleep=off"]
MISCOUNTED = "could not calculate TSC khz"
TOO_BUSY = re.compile(rf"{MISCOUNTED}|timer not connected to IO-APIC")


def boot(bios, machine="pc", memory="256", args=(), timeout=120, show="dmesg,facts", extra=""):
    several = "-smp" in args
    quiet = "earlyprintk=serial" if several else "quiet"
    with qemu.VM(bios=bios, machine=machine, memory=memory, args=[*args, *([] if several else OWN_TIME)],
                 kernel=debian.kernel(), initrd=debian.initramfs(),
                 append=f"console=ttyS0 {quiet} panic=-1 reboot=t show={show} {extra}") as vm:
        vm.start()
        end = qemu.now() + timeout
        while several and vm.process.poll() is None and qemu.now() < end and MISCOUNTED not in vm.text("serial"):
            qemu.sleep(0.1)
        # On microvm such a kernel hangs; the others have more clocks.
        if machine.startswith("microvm") and MISCOUNTED in vm.text("serial"):
            return vm.finish(0.1)
        return vm.finish(max(end - qemu.now(), 0.1))


def boot_whole(bios, **how):
    """A boot to its end, if that can be had. Several processors are emulated in real time, where a busy host
    makes a kernel miscount its clock and hang, under any firmware: that is tried again."""
    several = "-smp" in how.get("args", [])
    if several:
        how.setdefault("timeout", 60)
    for _ in range(8):
        result = boot(bios, **how)
        if not several or result.code is not None or MISCOUNTED not in result.serial:
            break
    return result


def boot_ours(**how):
    """A boot with out/bios.bin that came to its end, or a reason why none can be had on this host."""
    result = boot_whole("slipway", **how)
    if "-smp" in how.get("args", []) and result.code is None:
        if MISCOUNTED in result.serial or boot_whole("seabios", **how).code is None:
            raise qemu.Absent(f"{how}: the host is too busy for this kernel, SeaBIOS does not boot it in time either")
        result = boot_whole("slipway", **how)
    assert "end" in debian.sections(result.serial) and result.code == 0, str(result)
    return result


@functools.lru_cache(None)
def prerequisites():
    debian.kernel()
    debian.initramfs()


def complaints(result):
    """The kernel's complaints without what differs from run to run: time, level, addresses."""
    lines = debian.sections(result.serial).get("dmesg", [])
    found = set()
    for line in lines:
        text = re.sub(r"^<\d+>\[ *[\d.]+\] ", "", line)
        if COMPLAINT.search(text) and not NO_COMPLAINT.search(text):
            found.add(re.sub(r"0x[0-9a-f]+|\b[0-9a-f]{6,}\b|\d+", "#", text))
    return found


@pytest.mark.parametrize("name", MATRIX)
def test_kernel_reaches_user_space_without_a_new_complaint(name):
    prerequisites()
    how = MATRIX[name]
    ours = boot_ours(**how)
    sections = debian.sections(ours.serial)
    assert any("Linux version" in line for line in sections["dmesg"]), str(ours)
    new = complaints(ours)
    if new:
        usual = boot_whole("seabios", **how)
        if "end" not in debian.sections(usual.serial):
            raise qemu.Absent(f"{how}: the host is too busy for this kernel under SeaBIOS, nothing to compare with")
        new -= complaints(usual)
    # A busy host alone makes Linux miss a timer interrupt at times: what is ours repeats.
    for _ in range(2):
        if new:
            new &= complaints(boot_whole("slipway", **how))
    assert not new, f"complaints that SeaBIOS does not get: {sorted(new)}\n{ours}"
    cpus = re.search(r"-smp (\d+)", " ".join(how.get("args", [])))
    wanted = int(cpus[1]) if cpus else 1
    assert f"cpus {wanted}" in sections["facts"], str(ours)


PLUG = {
    "pc": ("pc", [], "pci.0"),
    "pc-behind-a-bridge": ("pc", ["-device", "pci-bridge,id=br,chassis_nr=1,addr=4"], "br"),
    "q35": ("q35", ["-device", "pcie-root-port,id=rp,chassis=1,io-reserve=4k"], "rp"),
}


@pytest.mark.parametrize("name", PLUG)
def test_a_device_that_is_plugged_in_gets_its_addresses(name):
    prerequisites()
    machine, args, bus = PLUG[name]
    with qemu.VM(machine=machine, memory="256", args=args, kernel=debian.kernel(), initrd=debian.initramfs(),
                 append="console=ttyS0 quiet panic=-1 reboot=t show=plug", qmp=True) as vm:
        vm.start()
        assert vm.wait_text("plug: ready", "serial", 60), str(vm.finish(0.1))
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(20)
            s.connect(str(vm.folder / "qmp"))
            f = s.makefile("rw")
            plug = {"driver": "pci-testdev", "id": "new", "bus": bus, **({"addr": "5"} if bus != "rp" else {})}
            for command in ({"execute": "qmp_capabilities"}, {"execute": "device_add", "arguments": plug}):
                f.write(json.dumps(command) + "\n")
                f.flush()
                reply = json.loads(f.readline())
                while "return" not in reply:
                    assert "error" not in reply, reply
                    reply = json.loads(f.readline())
        result = vm.finish(60)
    found = re.findall(r"plugged: +(.*)", result.serial)
    assert len(found) == 3, str(result)
    assert int(found[0].split()[-1], 16) & 3 == 3, str(result)
    for line in found[1:]:
        start, end, _ = (int(x, 16) for x in line.split())
        assert start and end > start, str(result)


@pytest.mark.parametrize("machine", ["pc", "q35", "microvm", "pc-i440fx-2.0"])
def test_tables_decode(machine, tmp_path):
    prerequisites()
    iasl = debian.find_program("iasl")
    args = ["-device", "vmgenid"] if machine in ("pc", "q35") else []
    result = boot_ours(machine=machine, args=args, show="acpi,dmi")
    sections = debian.sections(result.serial)
    tables = {k[5:]: base64.b64decode("".join(v)) for k, v in sections.items() if k.startswith("acpi:")}
    assert {"APIC", "DSDT", "FACP"} <= set(tables), str(result)
    for name, data in tables.items():
        if name == "FACS":
            continue
        file = tmp_path / f"{name}.dat"
        file.write_bytes(data)
        done = subprocess.run([iasl, "-d", str(file)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              cwd=tmp_path)
        assert done.returncode == 0 and "Error" not in done.stdout and "ncorrect checksum" not in done.stdout, \
            f"{name}: {done.stdout}"
    dmi = "\n".join(sections["dmidecode"])
    if machine == "microvm":
        return
    assert re.search(r"SMBIOS [\d.]+ present", dmi), dmi
    for handle in ("(BIOS|Platform Firmware) Information", "System Information", "Physical Memory Array", "End Of Table"):
        assert re.search(handle, dmi), dmi
    assert not re.search(r"BROKEN|wrong|invalid|bad|Unable|TRUNCATED", dmi, re.I), dmi

# SPDX-License-Identifier: BSD-2-Clause
"""What QEMU says its PCI devices decode after our firmware: everything placed, nothing overlapping,
everything forwarded to, and the same set of BARs that SeaBIOS places."""
import json
import socket

import pytest

import measure
import vm as qemu

PORTS = [x for n in range(24) for x in
         ("-device", f"pcie-root-port,id=rp{n},chassis={n},multifunction=on,addr={2 + n // 8:x}.{n % 8}")]
NO_NET = ["-netdev", "user,id=n,restrict=on"]

MACHINES = {
    "pc-default": ("pc", ["-device", "VGA", "-device", "e1000,netdev=n", *NO_NET]),
    "pc-usb": ("pc", ["-usb", "-device", "nec-usb-xhci", "-device", "virtio-scsi-pci", "-device", "virtio-balloon"]),
    "q35-default": ("q35", ["-device", "VGA", "-device", "e1000e,netdev=n", *NO_NET]),
    "q35-root-ports": ("q35", [*PORTS, "-device", "virtio-rng-pci,bus=rp3", "-device", "qemu-xhci,bus=rp9",
                               "-device", "e1000e,bus=rp23,netdev=n", *NO_NET]),
    "q35-pxb": ("q35", ["-device", "pxb-pcie,id=pxb,bus_nr=64,bus=pcie.0",
                        "-device", "pcie-root-port,id=rp,bus=pxb,chassis=1", "-device", "virtio-rng-pci,bus=rp",
                        "-device", "pcie-root-port,id=rq,bus=pcie.0,chassis=2",
                        "-device", "pcie-pci-bridge,id=br,bus=rq", "-device", "virtio-rng-pci,bus=br,addr=3"]),
    "pc-pxb": ("pc", ["-device", "pxb,id=pxb,bus_nr=32,bus=pci.0", "-device", "virtio-rng-pci,bus=pxb,addr=2",
                      "-device", "VGA,bus=pci.0"]),
    "q35-64g": ("q35", ["-device", "pci-testdev,membar=64G", "-device", "VGA"]),
    "q35-port-64g": ("q35", ["-device", "pcie-root-port,id=rp,chassis=1",
                             "-device", "pci-testdev,membar=64G,bus=rp"]),
}


def query_pci(bios, machine, args, ready):
    """Boot without anything to boot; (query-pci's functions flat, each with its bridges; firmware log)."""
    with qemu.VM(bios=bios, machine=machine, memory="256", args=args, qmp=True) as vm:
        vm.start()
        assert vm.wait_text(ready, "log", 60), f"no {ready!r} in the log\n{vm.finish(0.1)}"
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(20)
            s.connect(str(vm.folder / "qmp"))
            f = s.makefile("rw")
            for command in ("qmp_capabilities", "query-pci"):
                f.write(json.dumps({"execute": command}) + "\n")
                f.flush()
                reply = json.loads(f.readline())
                while "return" not in reply:
                    reply = json.loads(f.readline())
        functions = []

        def walk(devices, bridges):
            for d in devices:
                functions.append((d, bridges))
                if "pci_bridge" in d:
                    walk(d["pci_bridge"].get("devices", []), bridges + [d])

        for bus in reply["return"]:
            walk(bus["devices"], [])
        return functions, vm.text("log")


def name(d):
    return f"{d['bus']:02x}:{d['slot']:02x}.{d['function']}"


def decodes(region):
    """QEMU gives all ones, as a signed number, where it maps nothing."""
    return region["address"] > 0


def bars(functions):
    """(function, its bridges, BAR) of all BARs; a ROM decodes only while its enable bit is set."""
    return [(d, bridges, r) for d, bridges in functions for r in d["regions"] if r["bar"] != 6]


def sizes(functions):
    return {(name(d), r["bar"], r["type"], r["size"]) for d, _, r in bars(functions)}


def windows(bridge, region):
    bus = bridge["pci_bridge"]["bus"]
    if region["type"] == "io":
        return [bus["io_range"]]
    return [bus["memory_range"]] + ([bus["prefetchable_range"]] if region["prefetch"] else [])


@pytest.mark.parametrize("case", MACHINES)
def test_every_bar_is_placed_and_forwarded_to(case):
    machine, args = MACHINES[case]
    functions, log = query_pci("slipway", machine, args, "boot: halted")
    lines = "\n".join(x for x in log.splitlines() if x.startswith("pci:"))
    taken = {"io": [], "memory": []}
    for d, bridges, r in bars(functions):
        what = f"{name(d)} BAR {r['bar']}: {r}\n{lines}"
        assert decodes(r), what
        assert r["address"] % r["size"] == 0, what
        for bridge in bridges:
            assert any(w["base"] <= r["address"] and r["address"] + r["size"] - 1 <= w["limit"]
                       for w in windows(bridge, r)), what
        taken[r["type"]].append((r["address"], r["address"] + r["size"], what))
    for ranges in taken.values():
        ranges.sort()
        for (_, end, a), (start, _, b) in zip(ranges, ranges[1:]):
            assert end <= start, f"{a} and {b} overlap"
    assert not lines


@pytest.mark.parametrize("case", MACHINES)
def test_seabios_finds_the_same_functions_and_bars(case):
    machine, args = MACHINES[case]
    ours, _ = query_pci("slipway", machine, args, "boot: halted")
    theirs, _ = query_pci("seabios", machine, args, "Scan for option roms")
    assert {(name(d), d["id"]["vendor"], d["id"]["device"]) for d, _ in ours} == \
        {(name(d), d["id"]["vendor"], d["id"]["device"]) for d, _ in theirs}
    assert sizes(ours) == sizes(theirs)
    assert {name(d): d.get("irq") for d, _ in ours} == {name(d): d.get("irq") for d, _ in theirs}


def test_exhausted_io_disables_the_last_devices_and_boots_on():
    args = [x for n in range(20) for x in ("-device", f"pci-bridge,id=b{n},chassis_nr={n + 1}",
                                           "-device", f"pci-testdev,bus=b{n},addr=1")]
    functions, log = query_pci("slipway", "pc", args, "boot: halted")
    lost = [name(d) for d, _, r in bars(functions) if r["type"] == "io" and not decodes(r)]
    assert lost and all(f"pci: {x}: BAR 1: 0x100 bytes do not fit into the I/O range" in log for x in lost), log
    assert len(lost) == 8
    assert not set(lost) & {name(d) for d, _, r in bars(functions) if decodes(r)}


def cost_of_ports(count):
    """Instructions to the kernel with this many root ports, each with a device that wants 4 KiB of I/O window."""
    args = ["-M", "q35", "-nodefaults"]
    for n in range(count):
        args += ["-device", f"pcie-root-port,id=rp{n},chassis={n},multifunction=on,addr={1 + n // 8:x}.{n % 8}",
                 "-device", f"pci-testdev,bus=rp{n}"]
    path = measure.Path(f"q35-{count}-ports", args, None, None, None, None, kernel="marker-256k", initrd=0)
    return measure.trace_run(path, "slipway", False, 120, ["-icount", "shift=0,sleep=off"]).tsc


def test_an_exhausted_range_costs_in_proportion_to_what_asks_for_it():
    """13 windows of I/O fit: most of these devices are given up, all of them in a few layouts."""
    forty, eighty = cost_of_ports(40), cost_of_ports(80)
    assert eighty <= 2.5 * forty, f"{forty} instructions with 40 ports, {eighty} with 80"

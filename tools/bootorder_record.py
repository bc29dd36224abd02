#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Record how QEMU names devices in bootorder, for every kind of device that has a bootindex.

    tools/bootorder_record.py tests/data/bootorder

The processor never starts: the test protocol numbers the buses behind bridges and reads fw_cfg. Each file has the
command line, the PCI functions as a scan finds them, and the lines, each with what it must be read as; that was written
down from the device's options, here in CASES, and not from the line:

    function 01:02.0 0c03 to 00 behind 3    class; the bus behind it; the number of the bridge above it, or "-"
    line pci 01:02.0 usb 1.3 scsi 0 0 2 = /pci@i0cf8/...
"""
import argparse
import pathlib
import subprocess
import sys

from fw_cfg_record import Recorder

NONE = 0xFFFFFFFF
MICROVM_ECAM = 0xE0000000
KERNEL = bytes(0x1F1) + bytes([1]) + bytes(12) + b"\x55\xaa\xeb\x62HdrS\x06\x02" + bytes(1024)

# Machine; then its devices, in the order of their bootindex: what the line says, or None when there is none; options.
# "D" is a drive of its own, "@" a bootindex.
CASES = {
    "pc_ide": ("pc", [
        ("pci 00:01.1 drive 0 0", "ide-hd,bus=ide.0,unit=0,drive=D"),
        ("pci 00:01.1 drive 0 1", "ide-cd,bus=ide.0,unit=1,drive=D"),
        ("pci 00:01.1 drive 1 0", "ide-cd,bus=ide.1,unit=0"),
        ("pci 00:01.1 drive 1 1", "ide-hd,bus=ide.1,unit=1,drive=D"),
        (None, "piix4-ide,id=p4,addr=1e"), ("pci 00:1e.0 drive 1 0", "ide-hd,bus=p4.1,drive=D"),
        (None, "piix3-ide,id=p3,addr=8.3,multifunction=on"), ("pci 00:08.3 drive 0 0", "ide-hd,bus=p3.0,drive=D"),
        (None, "ich9-ahci,id=a,addr=a"), ("pci 00:0a.0 drive 4 0", "ide-hd,bus=a.4,drive=D"),
        (None, "isa-ide,id=w,iobase=0x168,iobase2=0x36e,irq=11"), ("isa 0168 drive 0 0", "ide-hd,bus=w.0,drive=D")]),
    "pc_floppy": ("pc", [
        ("isa 03f0 floppy 0", "-global isa-fdc.bootindexA=@"), ("isa 03f0 floppy 1", "-global isa-fdc.bootindexB=@"),
        (None, "floppy"), (None, "floppy")]),
    "pc_floppy_second": ("pc", [("isa 0370 floppy 1", "isa-fdc,iobase=0x370,bootindexB=@")]),
    "q35_ahci": ("q35", [
        ("pci 00:1f.2 drive 0 0", "ide-hd,bus=ide.0,drive=D"), ("pci 00:1f.2 drive 5 0", "ide-cd,bus=ide.5"),
        (None, "ich9-ahci,id=a,addr=9,bus=pcie.0"), ("pci 00:09.0 drive 3 0", "ide-hd,bus=a.3,drive=D")]),
    "pc_scsi": ("pc", [
        (None, "lsi53c895a,id=a,addr=4"), ("pci 00:04.0 scsi 0 3 0", "scsi-hd,bus=a.0,scsi-id=3,drive=D"),
        (None, "lsi53c810,id=b,addr=5"), ("pci 00:05.0 scsi 0 2 0", "scsi-cd,bus=b.0,scsi-id=2,drive=D"),
        (None, "megasas,id=c,addr=6"), ("pci 00:06.0 scsi 0 40 0", "scsi-hd,bus=c.0,scsi-id=64,drive=D"),
        (None, "megasas-gen2,id=d,addr=7"), ("pci 00:07.0 scsi 0 1 0", "scsi-hd,bus=d.0,scsi-id=1,drive=D"),
        (None, "mptsas1068,id=e,addr=8"), ("pci 00:08.0 scsi 0 7 0", "scsi-hd,bus=e.0,scsi-id=7,drive=D"),
        (None, "pvscsi,id=f,addr=9"), ("pci 00:09.0 scsi 0 3f 0", "scsi-hd,bus=f.0,scsi-id=63,drive=D"),
        (None, "am53c974,id=g,addr=a"), ("pci 00:0a.0 scsi 0 6 0", "scsi-hd,bus=g.0,scsi-id=6,drive=D"),
        (None, "dc390,id=h,addr=b"), ("pci 00:0b.0 scsi 0 0 0", "scsi-cd,bus=h.0,scsi-id=0,drive=D"),
        (None, "virtio-scsi-pci,id=i,addr=c"),
        ("pci 00:0c.0 scsi 0 12 3", "scsi-hd,bus=i.0,scsi-id=18,lun=3,drive=D"),
        ("pci 00:0c.0 scsi 0 ff 3fff", "scsi-cd,bus=i.0,scsi-id=255,lun=16383,drive=D"),
        (None, "virtio-scsi-pci-non-transitional,id=j,addr=d.7,multifunction=on"),
        ("pci 00:0d.7 scsi 0 0 0", "scsi-hd,bus=j.0,scsi-id=0,drive=D")]),
    "pc_virtio": ("pc", [
        ("pci 00:04.0 disk", "virtio-blk-pci,addr=4,drive=D"),
        ("pci 00:05.0 disk", "virtio-blk-pci-transitional,addr=5,drive=D"),
        ("pci 00:06.0 disk", "virtio-blk-pci-non-transitional,addr=6,drive=D"),
        ("pci 00:07.5 disk", "virtio-blk-pci,addr=7.5,multifunction=on,drive=D")]),
    "pc_bridges": ("pc", [
        (None, "pci-bridge,id=b1,chassis_nr=1,addr=4"), (None, "pci-bridge,id=b2,chassis_nr=2,bus=b1,addr=9"),
        (None, "pci-bridge,id=b3,chassis_nr=3,addr=5"),
        ("pci 02:1f.0 network", "e1000,bus=b2,addr=1f"), ("pci 01:02.0 disk", "virtio-blk-pci,bus=b1,addr=2,drive=D"),
        (None, "lsi53c895a,bus=b3,addr=3,id=l"), ("pci 03:03.0 scsi 0 5 0", "scsi-hd,bus=l.0,scsi-id=5,drive=D"),
        (None, "pxb,id=x1,bus_nr=64,bus=pci.0"), (None, "pxb,id=x2,bus_nr=32,bus=pci.0"),
        ("pci 41:03.0 disk", "virtio-blk-pci,bus=x1,addr=3,drive=D"),
        ("pci 21:04.0 network", "rtl8139,bus=x2,addr=4")]),
    "q35_ports": ("q35", [
        (None, "pcie-root-port,id=r1,bus=pcie.0,addr=4,chassis=1"),
        (None, "pcie-root-port,id=r2,bus=pcie.0,addr=5.2,multifunction=on,chassis=2"),
        (None, "pxb-pcie,id=x1,bus_nr=64,bus=pcie.0"), (None, "pcie-root-port,id=r3,bus=x1,addr=0,chassis=3"),
        (None, "pxb-pcie,id=x2,bus_nr=32,bus=pcie.0"), (None, "pcie-root-port,id=r4,bus=x2,addr=1.0,chassis=4"),
        (None, "x3130-upstream,id=up,bus=r4"), (None, "xio3130-downstream,id=dp,bus=up,addr=2,chassis=5"),
        (None, "pcie-pci-bridge,id=pb,bus=r2"), (None, "i82801b11-bridge,id=dmi,bus=pcie.0,addr=1e"),
        ("pci 01:00.0 disk", "virtio-blk-pci,bus=r1,drive=D"), ("pci 41:00.0 disk", "virtio-blk-pci,bus=r3,drive=D"),
        ("pci 23:00.0 network", "e1000e,bus=dp"), ("pci 03:02.0 network", "e1000,bus=pb,addr=2"),
        ("pci 04:03.0 network", "rtl8139,bus=dmi,addr=3")]),
    "q35_nvme": ("q35", [
        ("pci 00:04.0 namespace 1", "nvme,serial=1,addr=4,drive=D"), (None, "nvme,serial=2,id=n,addr=5"),
        ("pci 00:05.0 unknown", "nvme-ns,bus=n,nsid=5,drive=D"), (None, "nvme-subsys,id=sub"),
        (None, "nvme,serial=3,subsys=sub,addr=6"), ("nvme unknown", "nvme-ns,nsid=7,drive=D")]),
    "pc_usb": ("pc", [
        (None, "piix3-usb-uhci,id=u,addr=4"), (None, "ich9-usb-ehci1,id=e,addr=5"), (None, "pci-ohci,id=o,addr=6"),
        (None, "qemu-xhci,id=x,addr=7"), (None, "nec-usb-xhci,id=n,addr=8"),
        ("pci 00:04.0 usb 2 scsi 0 0 0", "usb-storage,bus=u.0,port=2,drive=D"),
        ("pci 00:05.0 usb 3 scsi 0 0 0", "usb-storage,bus=e.0,port=3,drive=D"),
        ("pci 00:06.0 usb 1 scsi 0 0 0", "usb-storage,bus=o.0,port=1,drive=D"),
        ("pci 00:07.0 usb 4 scsi 0 0 0", "usb-storage,bus=x.0,port=4,drive=D"),
        ("pci 00:08.0 usb 1 scsi 0 0 0", "usb-storage,bus=n.0,port=1,drive=D"),
        (None, "usb-hub,bus=u.0,port=1"), (None, "usb-hub,bus=u.0,port=1.3"),
        ("pci 00:04.0 usb 1.3.8 scsi 0 0 0", "usb-storage,bus=u.0,port=1.3.8,drive=D"),
        ("pci 00:04.0 usb 1.2 network", "usb-net,bus=u.0,port=1.2"),
        (None, "usb-bot,id=bot,bus=x.0,port=1"), ("pci 00:07.0 usb 1 scsi 0 0 0", "scsi-hd,bus=bot.0,lun=0,drive=D"),
        (None, "usb-uas,id=uas,bus=x.0,port=2"),
        ("pci 00:07.0 usb 2 scsi 0 0 2", "scsi-cd,bus=uas.0,lun=2,drive=D")]),
    "pc_network": ("pc", [(f"pci 00:{n:02x}.0 network", f"{name},addr={n:x}") for n, name in enumerate((
        "e1000", "e1000-82544gc", "e1000-82545em", "e1000e", "i82550", "i82551", "i82557a", "i82557b", "i82557c",
        "i82558a", "i82558b", "i82559a", "i82559b", "i82559c", "i82559er", "i82562", "i82801", "ne2k_pci", "pcnet",
        "rtl8139", "tulip", "vmxnet3", "virtio-net-pci", "virtio-net-pci-transitional",
        "virtio-net-pci-non-transitional"), 4)]),
    "pc_kernel": ("pc", [
        ("rom genroms/linuxboot_dma.bin", "-kernel KERNEL"), ("pci 00:04.0 disk", "virtio-blk-pci,addr=4,drive=D"),
        ("rom genroms/KERNEL", "-option-rom KERNEL,bootindex=@"), ("halt", "-boot strict=on")]),
    "microvm": ("microvm", [
        ("mmio feb02e00 disk", "virtio-blk-device,drive=D"), ("mmio feb02c00 network", "virtio-net-device"),
        (None, "virtio-scsi-device,id=s"), ("mmio feb02a00 scsi 0 4 5", "scsi-hd,bus=s.0,scsi-id=4,lun=5,drive=D")]),
    "microvm_pcie": ("microvm,pcie=on", [
        (None, "pcie-root-port,id=r,addr=4,chassis=1"), ("pci 00:05.0 disk", "virtio-blk-pci,addr=5,drive=D"),
        ("pci 01:00.0 disk", "virtio-blk-pci,bus=r,drive=D"), ("mmio feb02e00 network", "virtio-net-device"),
        (None, "qemu-xhci,id=x,addr=6"), ("pci 00:06.0 usb 2 scsi 0 0 0", "usb-storage,bus=x.0,port=2,drive=D")]),
    "isapc": ("isapc", [
        ("isa 01f0 drive 0 1", "ide-hd,bus=ide.0,unit=1,drive=D"), ("isa 0170 drive 0 0", "ide-cd,bus=ide.1,unit=0"),
        ("isa 03f0 floppy 0", "-global isa-fdc.bootindexA=@"), (None, "floppy"),
        (None, "isa-ide,id=i,iobase=0x168,iobase2=0x36e,irq=11"), ("isa 0168 drive 0 0", "ide-hd,bus=i.0,drive=D"),
        ("halt", "-boot strict=on")]),
}


def options(devices, kernel):
    """The command line, and what its lines say in the order of bootindex."""
    args, says = [], []
    for says_it, text in devices:
        if "drive=D" in text:
            node = f"d{len(args)}"
            args += ["-blockdev", f"null-co,node-name={node},size=1474560,read-zeroes=on"]
            text = text.replace("drive=D", f"drive={node}")
        text = text.replace("KERNEL", str(kernel))
        if says_it:
            says.append(says_it.replace("KERNEL", kernel.name))
        index = str(len(says))
        if text.startswith("-"):
            args += text.replace("@", index).split(" ", 1)
        else:
            named = "@" in text or not says_it
            args += ["-device", text.replace("@", index) if named else f"{text},bootindex={index}"]
    return args, says


class Functions:
    """Numbers the buses as a scan does: depth first, root buses in the order of their numbers."""

    def __init__(self, recorder, ecam):
        self.recorder, self.ecam, self.found, self.free = recorder, ecam, [], 1

    def config(self, bdf, reg, value=None):
        command = self.recorder.command
        if self.ecam:
            at = f"{self.ecam + (bdf << 12) + reg:#x}"
            return int(command(f"readl {at}"), 0) if value is None else command(f"writel {at} {value:#x}")
        command(f"outl 0xcf8 {0x80000000 | bdf << 8 | reg:#x}")
        return int(command("inl 0xcfc"), 0) if value is None else command(f"outl 0xcfc {value:#x}")

    def bus(self, bus, above):
        for slot in range(32):
            for bdf in range(bus << 8 | slot << 3, (bus << 8 | slot << 3) + 8):
                if self.config(bdf, 0) in (NONE, 0):
                    continue
                number, header = len(self.found), self.config(bdf, 0x0C) >> 16 & 0x7F
                self.found.append([bdf, self.config(bdf, 8) >> 16, 0, above])
                if header == 1:
                    secondary = self.free
                    self.free += 1
                    self.config(bdf, 0x18, 0xFF0000 | secondary << 8 | bus)
                    self.found[number][2] = secondary
                    self.bus(secondary, number)
                    self.config(bdf, 0x18, self.free - 1 << 16 | secondary << 8 | bus)

    def lines(self):
        self.bus(0, "-")
        for root in range(1, 256):
            if any(self.config(root << 8 | slot << 3, 0) not in (NONE, 0) for slot in range(32)) and root >= self.free:
                self.free = root + 1
                self.bus(root, "-")
        return [f"function {bdf >> 8:02x}:{bdf >> 3 & 31:02x}.{bdf & 7} {kind:04x} to {to:02x} behind {above}"
                for bdf, kind, to, above in self.found]


def record(qemu, machine, devices, kernel):
    args, says = options(devices, kernel)
    recorder = Recorder(qemu, ["-M", machine, *args])
    try:
        order = recorder.read(*recorder.directory()["bootorder"])
        ecam = MICROVM_ECAM if machine.startswith("microvm") else 0
        functions = Functions(recorder, ecam).lines() if machine not in ("isapc", "microvm") else []
    finally:
        recorder.close()
    assert order.endswith(b"\0"), order
    lines = order[:-1].decode().split("\n")
    if len(lines) != len(says):
        sys.exit(f"-M {machine}: {len(says)} lines were expected:\n" + "\n".join(lines))
    version = subprocess.run([qemu, "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout.split()[3]
    shown = " ".join(args).replace(f"{kernel.parent}/", "")
    out = [f"# QEMU {version}: -nodefaults -M {machine} {shown}", *functions]
    # In QEMU 10 a namespace's path does not have its controller.
    out += [f"line {'nvme unknown' if b.startswith('/nvme-ns') else a} = {b}" for a, b in zip(says, lines)]
    return "\n".join(out) + "\n"


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--qemu", default="qemu-system-x86_64", help="the QEMU program")
    p.add_argument("folder", type=pathlib.Path, help="where the files go")
    args = p.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    kernel = args.folder / "kernel"         # enough of one for QEMU to take it
    kernel.write_bytes(KERNEL)
    try:
        for name, (machine, devices) in CASES.items():
            (args.folder / f"{name}.txt").write_text(record(args.qemu, machine, devices, kernel))
    finally:
        kernel.unlink()


if __name__ == "__main__":
    main()

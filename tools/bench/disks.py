# SPDX-License-Identifier: BSD-2-Clause
"""How long GRUB takes to load an initrd from a disk on each controller, one firmware beside another.

GRUB selects a key of fw_cfg that no item has just before and just after its command `initrd`: a trace of fw_cfg_select has
the times. The kernel behind it is the checking guest, which sums the initrd up: what was not read whole counts as not
booted. Both firmwares run in each round, in changing order. The figure is the least of the rounds, since what disturbs a run only
makes it longer.
"""
import os
import pathlib
import re
import shutil
import tempfile
import zlib

from rich.table import Table

from bench import probe, stats, trace
from bench.scenario import MEDIA, MIB, need, vm

import initrd  # noqa: E402  tests/qemu, which scenario has put on the path
import loader_media  # noqa: E402

FORMAT = "slipway-disks-1"
BEFORE, AFTER = 0x3ffc, 0x3ffd	# keys; Slipway itself selects 3ffe, marker guests 3fff
RAM = 256	# MiB
SPARE = 28	# MiB of the disk beyond the initrd, at least: GRUB's modules, the kernel, what a file system keeps for itself

GRUB_CFG = f"""serial --unit=0
terminal_output serial
insmod iorw
linux /vmlinuz ram={RAM} initrd
outw 0x510 {BEFORE:#x}
initrd /initrd
outw 0x510 {AFTER:#x}
boot
"""


class Controller:
    """name, as people call it; the machine; QEMU's devices, the last of which is the drive."""

    def __init__(self, name, machine, *devices):
        self.name, self.machine, self.devices = name, machine, devices

    def args(self, image):
        for device in self.devices:
            vm.need_device(device.split(",")[0])
        return ["-drive", f"file={image},format=raw,if=none,snapshot=on,id=d",
                *[word for device in self.devices for word in ("-device", device)][:-1], f"{self.devices[-1]},drive=d"]


ALL = {
    "ide": Controller("IDE", "pc", "ide-hd"),
    "ahci": Controller("AHCI", "q35", "ide-hd"),
    "virtio-blk": Controller("virtio-blk", "q35", "virtio-blk-pci"),
    "virtio-mmio": Controller("virtio-blk, microvm", "microvm", "virtio-blk-device"),
    "virtio-scsi": Controller("virtio-scsi", "q35", "virtio-scsi-pci", "scsi-hd"),
    "nvme": Controller("NVMe", "q35", "nvme,serial=1"),
    "lsi": Controller("LSI 53C895A", "pc", "lsi53c895a", "scsi-hd"),
    "am53c974": Controller("Am53C974", "pc", "am53c974", "scsi-hd"),
    "megasas": Controller("MegaRAID SAS", "pc", "megasas", "scsi-hd"),
    "megasas-gen2": Controller("MegaRAID SAS 2", "q35", "megasas-gen2", "scsi-hd"),
    "pvscsi": Controller("PVSCSI", "pc", "pvscsi", "scsi-hd"),
    "mptsas": Controller("SAS 1068", "pc", "mptsas1068", "scsi-hd"),
    "sd": Controller("SD card", "q35", "sdhci-pci", "sd-card"),
}


def image(mib, folder=MEDIA):
    """A disk with GRUB, the checking guest and an initrd of so many MiB, made once for each of these."""
    kernel = vm.GUESTS / "check.bzImage"
    need(kernel)
    known = zlib.crc32(kernel.read_bytes() + GRUB_CFG.encode())
    size = 1 << (mib + SPARE - 1).bit_length()	# QEMU takes cards of such sizes alone
    file = folder / f"grub-{mib}-{known:08x}"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        work = pathlib.Path(tempfile.mkdtemp(dir=folder))
        try:
            made = loader_media.grub_disk(work, "mbr", GRUB_CFG, {"vmlinuz": kernel, "initrd": initrd.make_initrd(mib * MIB)},
                                          mib=size)
            os.replace(made, file)
        finally:
            shutil.rmtree(work)
    return file


def marks(text):
    """{key: seconds} of the two keys, and "start" of the guest, in a trace; what is missing is left out."""
    found = {}
    for line in text.splitlines():
        stamped = trace.stamped(line)
        if not stamped:
            continue
        when, event, rest = stamped
        if event == b"vm_state_notify":
            found.setdefault("start", when)
        elif event == b"fw_cfg_select" and (key := int(trace.SELECT.match(rest)[1], 16)) in (BEFORE, AFTER):
            found.setdefault(key, when)
    return found


def run(controller, bios, disk, limit=120):
    """{"before": reset to GRUB's first mark, "load": from there to the second} in seconds. Raises vm.Absent; trace.NotReached
    when the kernel was not started with the whole initrd."""
    with vm.VM(bios=bios, machine=controller.machine, memory=str(RAM), args=controller.args(disk)) as machine:
        file = machine.folder / "trace"
        machine.command += [*probe.STAMPS, *[word for event in trace.TIME_EVENTS for word in ("-trace", event)], "-D", str(file)]
        result = machine.run(limit)
        found = marks(file.read_bytes()) if file.exists() else {}
    if found.keys() < {"start", BEFORE, AFTER}:
        raise trace.NotReached("GRUB did not load the initrd", result.command, str(result))
    if not re.search(r"^ok .*initrd's checksum is right", result.serial, re.MULTILINE):
        raise trace.NotReached("the kernel was not started with the whole initrd", result.command, str(result))
    return {"before": found[BEFORE] - found["start"], "load": found[AFTER] - found[BEFORE]}


def measure(firmware, names, mib, rounds, progress=lambda text: None):
    """The document: format, settings, host, firmware, and results, a list of {controller, firmware, status, runs}; status is
    "ok", "no boot" or "absent" with a reason."""
    results = {(name, f.name): {"controller": name, "firmware": f.name, "status": "ok", "runs": []} for name in names for f in firmware}
    disk = image(mib)
    disk.read_bytes()	# into the page cache
    for name in names:
        for n in range(rounds):
            for f in firmware[n % len(firmware):] + firmware[:n % len(firmware)]:
                progress(f"{name}: {f.name}")
                attempt(results[name, f.name], ALL[name], f, disk)
    return {"format": FORMAT, "settings": {"runs": rounds, "mib": mib}, "host": probe.host(),
            "firmware": {f.name: f.source for f in firmware}, "results": list(results.values())}


def attempt(result, controller, firmware, disk):
    """What failed once is not tried again."""
    if result["status"] != "ok":
        return
    try:
        result["runs"].append(run(controller, firmware.image(controller.machine), disk))
    except vm.Absent as e:
        result |= {"status": "absent", "reason": str(e)}
    except trace.NotReached as e:
        result |= {"status": "no boot", "reason": e.reason, "detail": str(e)}


def least(result, what="load"):
    """Seconds of the quickest round."""
    return min(run[what] for run in result["runs"])


def against(document, result, base):
    """How many times as long as that firmware; None without a figure of it."""
    other = next((r for r in document["results"] if (r["controller"], r["firmware"]) == (result["controller"], base)), None)
    if not other or other is result or other["status"] != "ok" or result["status"] != "ok":
        return None
    return least(result) / least(other)


def slower(document, base, limit):
    """Results of other firmwares that take more than limit times as long as base's."""
    return [r for r in document["results"] if (against(document, r, base) or 0) > limit]


def table(document, base):
    mib = document["settings"]["mib"]
    shown = Table(title=f"GRUB loads an initrd of {mib} MiB, TCG: seconds, the least of {document['settings']['runs']} rounds, and their median; "
                  f"x: against {base}", title_justify="left", header_style="bold")
    for i, head in enumerate(["controller", "firmware", "to GRUB's command", "initrd", "median", "MiB/s", ""]):
        shown.add_column(head, justify="left" if i < 2 else "right", no_wrap=True)
    for r in document["results"]:
        if r["status"] != "ok":
            shown.add_row(r["controller"], r["firmware"], f"[yellow]{r['status']}[/]")
            continue
        ratio = against(document, r, base)
        shown.add_row(r["controller"], r["firmware"], f"{least(r, 'before'):.3f}", f"{least(r):.3f}",
                      f"{stats.median([run['load'] for run in r['runs']]):.3f}", f"{mib / least(r):.0f}",
                      "" if ratio is None else f"x{ratio:.2f}")
    return shown


def failures(document):
    for r in document["results"]:
        if r["status"] != "ok":
            yield f"{r['controller']}: {r['firmware']}: {r['status']}: {r['reason']}"

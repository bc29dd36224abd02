#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Count what a firmware costs from reset to the first instruction of the kernel, or of a boot sector.

  device accesses   QEMU's trace of memory_region_ops_*, up to the marker kernel's first port write
  map changes       flatview_new events after the first instruction
  instructions      the TSC under -icount shift=0,sleep=off (repeats exactly)
  translated        guest instructions that TCG translated, and blocks of them, each block once (-d in_asm,op)
  wall              seconds from start of QEMU to the marker, without trace and icount (--wall)

The firmware does not help: the marker kernel (tests/guests/marker.S) writes magic and TSC to port 0xe0, and so
does the marker boot sector (marker_sector.S). While a disk works, the firmware looks again and again, and registers
may be looked at: figures of a boot from a disk, and of a read by INT 13h, are the least of some runs.

  measure.py                          every path with out/bios.bin, against the budgets
  measure.py -b seabios -b qboot      the same table for others
  measure.py -p pc --split            accesses by device
  measure.py -p pc --list             every access in order, PCI registers decoded
"""
import argparse
import contextlib
import copy
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(pathlib.Path(__file__).resolve().parents[2] / "tools")]
import elf  # noqa: E402
import uki  # noqa: E402
import vm  # noqa: E402
from bench import trace, translated  # noqa: E402

MIB = 1 << 20


# What may be translated, and how often the memory map may change. The figures of the day, less than a
# hundredth added: to be lowered whenever the code has become smaller, never raised without a reason in the commit.
#                  translated  blocks  map changes
LIMITS = {
    "pc":          (3_850, 616, 15),
    "pc-default":  (4_370, 708, 21),    # with text on the screen
    "q35":         (3_910, 627, 18),
    "q35-default": (4_400, 711, 24),
    "microvm":     (2_280, 363, 0),
}
# What one sector by INT 13h, AH=42h, may cost on a disk path: accesses, instructions.
READ_LIMITS = {
    "q35-virtio":  (1, 340),
    "pc-virtio":   (1, 340),
    "q35-ahci":    (2, 380),
    "q35-sd":      (6, 400),
    "q35-virtio-scsi": (1, 400),
    "microvm-virtio": (1, 340),
    "q35-megasas": (1, 400),
    "q35-pvscsi":  (1, 400),
    "q35-mptsas":  (2, 400),
    "pc-ide":      (14, 400),
    "q35-lsi":     (5, 400),
    "q35-am53c974": (30, 660),      # 28 registers, one by one
    "q35-nvme":    (1, 400),
}
READ_MARK = 0xe1        # marker_reads.S writes here before each read
# What others cost there, with QEMU 7.2: the ruler measured.
KNOWN = {("pc", "seabios"): (8_785, 2_027), ("pc", "qboot"): (1_775, 290),
         ("q35", "seabios"): (9_031, 2_107), ("q35", "qboot"): (1_767, 289),
         ("microvm", "seabios"): (6_552, 1_489), ("microvm", "qboot"): (1_243, 205)}


class Path:
    """One row: a command line, sizes of kernel and initrd in bytes, and what must hold.

    accesses, instructions: no more than this; translated, blocks, maps as in LIMITS. None: no limit.
    The reference columns are what SeaBIOS 1.16.2 and qboot cost on QEMU 7.2, to see that the method
    still measures the same thing.
    """

    runs = 1    # exact

    def __init__(self, name, args, accesses, instructions, seabios, qboot, kernel="marker-8m", initrd=31 * MIB):
        self.name, self.args, self.accesses, self.instructions = name, args, accesses, instructions
        self.reference = {"seabios": seabios, "qboot": qboot}
        self.kernel, self.initrd = kernel, initrd
        self.translated, self.blocks, self.maps = LIMITS.get(name, (None, None, None))

    @property
    def machine(self):
        return self.args[self.args.index("-M") + 1].split(",")[0]

    def payload(self, folder):
        """Arguments for what is started, with its files in folder."""
        args = ["-kernel", str(vm.GUESTS / f"{self.kernel}.bzImage"), "-append", "console=ttyS0"]
        return args + (["-initrd", str(sparse(folder, self.initrd))] if self.initrd else [])


class DiskPath(Path):
    """The same up to a boot sector. devices: controller, and what uses the drive "d". Nothing of others but
    SeaBIOS's accesses is known: instructions depend on how long the host takes."""

    runs = 5    # of which the least counts

    def __init__(self, name, args, devices, accesses, instructions, seabios):
        super().__init__(name, args, accesses, instructions, (seabios, None), None, kernel=None, initrd=0)
        self.devices, self.sector = devices, "marker_sector"
        self.read_accesses, self.read_instructions = READ_LIMITS.get(name, (None, None))

    def payload(self, folder):
        file = folder / "disk"
        file.write_bytes((vm.GUESTS / f"{self.sector}.bin").read_bytes())
        os.truncate(file, MIB)
        return ["-drive", f"if=none,id=d,format=raw,file={file}", *(w for d in self.devices for w in ("-device", d))]


class FormPath(Path):
    """A kernel that is an ELF file, with modules, of a MiB each: of PVH the one that it takes."""

    def __init__(self, name, args, form, modules, accesses):
        super().__init__(name, args, accesses, None, None, None, kernel=form, initrd=MIB)
        self.modules = modules

    def payload(self, folder):
        kernel = folder / "kernel"
        kernel.write_bytes(elf.FORMS[self.kernel])
        modules = ",".join([str(sparse(folder, self.initrd))] * self.modules)
        return ["-kernel", str(kernel), "-append", "console=ttyS0", "-initrd", modules]


class PartsPath(Path):
    """An initrd of so many parts more, of a MiB each: an access for each."""

    def __init__(self, name, args, parts, accesses):
        super().__init__(name, args, accesses, None, None, None, initrd=MIB)
        self.parts = parts

    def payload(self, folder):
        file = sparse(folder, MIB)
        return super().payload(folder) + [word for n in range(self.parts) for word in
                                          ("-fw_cfg", f"name=opt/org.slipway/initrd.{n},file={file}")]


class UkiPath(Path):
    """The kernel in a Unified Kernel Image, with all that may stand in one."""

    def __init__(self, name, args, accesses):
        super().__init__(name, args, accesses, None, None, None, initrd=MIB)

    def payload(self, folder):
        kernel = (vm.GUESTS / f"{self.kernel}.bzImage").read_bytes()
        initrd = bytes(self.initrd)
        return ["-kernel", str(uki.make(folder / "uki", {".osrel": uki.OSREL.encode(), ".cmdline": b"console=ttyS0", ".ucode": initrd,
                                                         ".initrd": initrd, ".linux": kernel}))]


# A notification of virtio is no access that the trace shows where QEMU takes it elsewhere.
VIRTIO = "virtio-blk-pci,drive=d,ioeventfd=off"
VIRTIO_SCSI = "virtio-scsi-pci,ioeventfd=off"

PATHS = [
    Path("pc", ["-M", "pc", "-nodefaults"], 140, 30_000, (1_157, 5_666_579), (224, 62_473)),
    Path("q35", ["-M", "q35", "-nodefaults"], 97, 31_000, (4_522, 15_758_097), (226, 74_377)),
    Path("pc-default", ["-M", "pc"], 240, 60_000, (42_230, 8_715_478), None),
    Path("q35-default", ["-M", "q35"], 165, 60_000, (43_905, 16_817_819), None),
    Path("pc-8cpu", ["-M", "pc", "-nodefaults", "-smp", "8"], None, None, (1_158, 105_256_881), (224, 66_642)),
    Path("microvm", ["-M", "microvm", "-nodefaults"], 36, 14_000, (370, 5_924_021), (60, 14_620)),
    Path("pc-port", ["-M", "pc", "-nodefaults", "-global", "fw_cfg.dma_enabled=off"], 1_450_000, 1_500_000,
         (1_460_052, 7_117_682), (1_455_560, 1_517_531), kernel="marker-256k", initrd=MIB),
    # Three accesses more than the same machine with a bzImage.
    FormPath("pc-pvh", ["-M", "pc", "-nodefaults"], "PVH", 1, 140 + 3),
    FormPath("q35-pvh", ["-M", "q35", "-nodefaults"], "PVH", 1, 97 + 3),
    FormPath("microvm-pvh", ["-M", "microvm", "-nodefaults"], "PVH", 1, 33 + 3),
    # And what services take, which such a kernel may call: 60 in all.
    FormPath("pc-multiboot", ["-M", "pc", "-nodefaults"], "multiboot", 3, 140 + 60),
    FormPath("q35-multiboot", ["-M", "q35", "-nodefaults"], "multiboot", 3, 97 + 60),
    PartsPath("pc-parts", ["-M", "pc", "-nodefaults"], 3, 140 + 3),
    PartsPath("microvm-parts", ["-M", "microvm", "-nodefaults"], 3, 33 + 3),
    UkiPath("pc-uki", ["-M", "pc", "-nodefaults"], 140 + 17),
    UkiPath("microvm-uki", ["-M", "microvm", "-nodefaults"], 33 + 17),
    DiskPath("q35-virtio", ["-M", "q35", "-nodefaults"], [VIRTIO], 180, 80_000, 2_300),
    DiskPath("pc-virtio", ["-M", "pc", "-nodefaults"], [VIRTIO], 235, 80_000, None),
    DiskPath("pc-default-virtio", ["-M", "pc"], [VIRTIO], 420, 150_000, 42_587),
    DiskPath("q35-virtio-scsi", ["-M", "q35", "-nodefaults"], [VIRTIO_SCSI, "scsi-hd,drive=d"], 185, None, 2_375),
    DiskPath("microvm-virtio", ["-M", "microvm", "-nodefaults", "-global", "virtio-mmio.ioeventfd=off"], ["virtio-blk-device,drive=d"], 90, 40_000, None),
    DiskPath("q35-ahci", ["-M", "q35", "-nodefaults"], ["ide-hd,drive=d"], 200, None, 1_184),
    DiskPath("q35-sd", ["-M", "q35", "-nodefaults"], ["sdhci-pci", "sd-card,drive=d"], 260, None, 3_413),
    DiskPath("q35-megasas", ["-M", "q35", "-nodefaults"], ["megasas", "scsi-hd,drive=d"], 220, None, None),
    DiskPath("q35-pvscsi", ["-M", "q35", "-nodefaults"], ["pvscsi", "scsi-hd,drive=d"], 420, None, None),
    DiskPath("q35-mptsas", ["-M", "q35", "-nodefaults"], ["mptsas1068", "scsi-hd,drive=d"], 340, None, None),
    DiskPath("pc-ide", ["-M", "pc", "-nodefaults"], ["ide-hd,drive=d"], None, None, 1_972),
    DiskPath("q35-lsi", ["-M", "q35", "-nodefaults"], ["lsi53c895a", "scsi-hd,drive=d"], 320, None, 1_914),
    DiskPath("q35-am53c974", ["-M", "q35", "-nodefaults"], ["am53c974", "scsi-hd,drive=d"], 390, None, 1_575),
    DiskPath("q35-nvme", ["-M", "q35", "-nodefaults"], ["nvme,drive=d,serial=1"], 220, 90_000, 2_122),
]


def sparse(folder, size):
    file = folder / "initrd"
    with open(file, "wb") as f:
        f.truncate(size)
    return file


def command(path, bios, folder, extra):
    vm.need_port(path.args)
    return [vm.QEMU, *path.args, "-m", "512", "-display", "none", "-no-reboot", "-no-user-config", "-accel", "tcg",
            "-bios", vm.firmware(bios, path.machine), *path.payload(folder), *extra]


def measure(path, bios="slipway", keep=False, timeout=120):
    """Accesses and map changes of a run in real time (a wait that polls costs what it costs there),
    instructions of one under -icount; the least of path.runs. Raises RuntimeError when the marker is not reached."""
    best = None
    for _ in range(path.runs):
        m = trace_run(path, bios, keep, timeout, [])
        m.tsc = trace_run(path, bios, False, timeout, ["-icount", "shift=0,sleep=off"]).tsc
        if best:
            m.tsc = best.tsc = min(m.tsc, best.tsc)
        best = m if not best or m.accesses < best.accesses else best
    return best


@contextlib.contextmanager
def awake():
    """Keep the host's processors from sleeping, by what gives way to everything else: a disk's thread that has to be
    woken from a deep sleep answers so late that the firmware looks again and again."""
    loops = [subprocess.Popen([sys.executable, "-c", "import os\n"
                               "os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))\nwhile True: pass"])
             for _ in range(os.cpu_count())]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def measure_read(path, bios="slipway", timeout=120):
    """(accesses, instructions) of the cheapest of many reads of one sector on a disk path."""
    reading = copy.copy(path)
    reading.sector = "marker_reads"
    with awake():
        m = measure(reading, bios, keep=True, timeout=timeout)
    marks = [i for i, (_, addr, *_) in enumerate(m.lines) if addr == READ_MARK]
    return min(b - a - 1 for a, b in zip(marks, marks[1:])), m.tsc


def trace_run(path, bios, keep, timeout, extra):
    return in_folder(path, bios, lambda folder: trace.run(
        command(path, bios, folder, extra), trace.ACCESS_EVENTS,
        lambda stream: trace.read_counts(stream, keep), timeout)[1])


def measure_translated(path, bios="slipway", timeout=120):
    """A translated.Translated of the code up to the marker kernel. Raises RuntimeError when it is not reached."""
    return in_folder(path, bios, lambda folder: translated.measure(command(path, bios, folder, []), timeout))


def in_folder(path, bios, run):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="slipway-measure-"))
    try:
        return run(folder)
    except trace.NotReached as e:
        raise RuntimeError(f"{path.name} with {bios}: the kernel was not reached: {e}") from e
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wall(path, bios="slipway", runs=5, timeout=120):
    """Least seconds of some runs from start of QEMU to its end by the marker's triple fault."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="slipway-measure-"))
    try:
        args = command(path, bios, folder, [])
        best = None
        for _ in range(runs):
            start = time.monotonic()
            process = subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
            limit = threading.Timer(timeout, process.kill)  # wait(timeout) would poll every 50 ms
            limit.start()
            code = process.wait()
            took = time.monotonic() - start
            limit.cancel()
            if code != 0:
                raise RuntimeError(f"{path.name} with {bios}: QEMU ended with {code}")
            best = took if best is None else min(best, took)
        return best
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def listing(m):
    index = 0
    for kind, addr, value, size, name, maps in m.lines:
        what = ""
        if addr == 0xcf8 and size == 4 and kind == "write":
            index = value
        elif 0xcfc <= addr <= 0xcff and name.startswith("pci-conf"):
            what = decode(index >> 16 & 255, index >> 11 & 31, index >> 8 & 7, (index & 0xfc) + (addr & 3))
        elif name == "pcie-mmcfg-mmio":
            offset = addr & 0xfffffff
            what = decode(offset >> 20, offset >> 15 & 31, offset >> 12 & 7, offset & 0xfff)
        yield f"{maps:4} {kind:5} {addr:10x} {'=' if kind == 'write' else '->'} {value:0{size * 2}x} {name} {what}".rstrip()


def decode(bus, dev, fn, reg):
    return f"[{bus:02x}:{dev:02x}.{fn} reg {reg:02x}]"


def row(path, bios, m, code, seconds):
    limits = {"slipway": (path.accesses, path.instructions, path.translated, path.blocks, path.maps)}.get(
        bios, (path.reference.get(bios) or (None, None)) + KNOWN.get((path.name, bios), (None, None)) + (None,))
    cells = [path.name, bios]
    for value, limit in zip((m.accesses, m.tsc, code.instructions, len(code.blocks), m.maps), limits):
        cells += [f"{value:,}", "-" if limit is None else f"{limit:,}"]
    return cells + ["-" if seconds is None else f"{seconds * 1000:.0f}"]


HEAD = ["path", "firmware", "accesses", "limit", "instructions", "limit", "translated", "limit", "blocks", "limit",
        "maps", "limit", "ms"]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                epilog="limit: the budget for slipway; for the others the figure known for QEMU 7.2")
    p.add_argument("-b", "--bios", action="append", help="slipway (default), seabios, qboot, or a file")
    p.add_argument("-p", "--path", action="append", choices=[x.name for x in PATHS])
    p.add_argument("--split", action="store_true", help="accesses by device")
    p.add_argument("--list", action="store_true", help="every access: map changes so far, direction, address, value, device")
    p.add_argument("--wall", action="store_true", help="also wall time, least of five")
    args = p.parse_args()
    status = 0
    rows = [HEAD]
    reads = []
    details = []
    for path in PATHS:
        if args.path and path.name not in args.path:
            continue
        for bios in args.bios or ["slipway"]:
            try:
                vm.need_machine(path.machine)
                m = measure(path, bios, keep=args.split or args.list)
                code = measure_translated(path, bios)
                seconds = wall(path, bios) if args.wall else None
            except (vm.Absent, RuntimeError, subprocess.SubprocessError) as e:
                details.append(str(e))
                status = 1
                continue
            rows.append(row(path, bios, m, code, seconds))
            if isinstance(path, DiskPath):
                reads.append("{}, {}: a sector by INT 13h takes {} accesses, {:,} instructions".format(
                    path.name, bios, *measure_read(path, bios)))
            if args.list:
                details += [f"-- {path.name} {bios}", *listing(m)]
            if args.split:
                details += [f"-- {path.name} {bios}",
                            *[f"{n:9,} {kind:5} {name}" for (name, kind), n in m.split.most_common()]]
    print("\n".join(details + [""] if details else []), end="\n" if details else "")
    widths = [max(len(r[i]) for r in rows) for i in range(len(HEAD))]
    for r in rows:
        print("  ".join(c.ljust(w) if i < 2 else c.rjust(w) for i, (c, w) in enumerate(zip(r, widths))))
    print(*reads, sep="\n", end="\n" if reads else "")
    return status


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: BSD-2-Clause
"""What is measured: names, QEMU command lines, and in which set each belongs."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests" / "qemu"))
import vm  # noqa: E402

from bench import media  # noqa: E402

MIB = 1 << 20
MEDIA = vm.OUT / "bench" / "media"
PORT = ["-global", vm.NO_DMA]


class Scenario:
    """One QEMU command line.

    kernel: name of a marker kernel, or None for a boot from disk. initrd: bytes, 0 for none.
    want: the measures taken of it: "accesses", "instructions", "translated", "times", "kvm".
    limit: seconds that a firmware gets to reach the marker.
    """

    def __init__(self, name, args, kernel="marker-8m", initrd=31 * MIB, memory=512, disk=None, sets=(), limit=60,
                 want=("accesses", "instructions", "translated", "times")):
        self.name, self.args, self.kernel, self.initrd, self.memory = name, args, kernel, initrd, memory
        self.disk, self.sets, self.limit, self.want = disk, sets, limit, want
        self.sweep = None	# ("dma" or "port", MiB) for a point of the curve

    @property
    def machine(self):
        return self.args[self.args.index("-M") + 1] if "-M" in self.args else "pc"

    def command(self, image, accel="tcg"):
        """The arguments of one run with this firmware image. Makes the media it needs."""
        vm.need_machine(self.machine)
        args = [vm.QEMU, "-m", str(self.memory), "-display", "none", "-no-reboot", "-no-user-config",
                "-accel", accel, "-bios", str(image), *self.args]
        if self.kernel:
            vm.need_port(self.args)
            kernel = vm.GUESTS / f"{self.kernel}.bzImage"
            need(kernel)
            args += ["-kernel", str(kernel), "-append", "console=ttyS0"]
            if self.initrd:
                args += ["-initrd", str(media.initrd(MEDIA, self.initrd))]
        if self.disk:
            args += [word.replace("FILE", str(self.disk_file())) for word in DISKS[self.disk][0]]
        return args

    def disk_file(self):
        sector = vm.GUESTS / "marker_sector.bin"
        need(sector)
        if self.disk == "cd":
            return media.cd(MEDIA, sector)
        return media.disk(MEDIA, sector, media.FLOPPY if self.disk == "floppy" else media.DISK)


def need(file):
    if not file.exists():
        raise vm.Absent(f"no file {file}" if vm.INSTALLED else f"{file} is not built: run `make guests`")


# How a disk of each kind is attached, and the machine it is attached to. Locked files would keep a
# second run from starting; nothing writes to them.
FILE = "file=FILE,format=raw,readonly=on,file.locking=off"
DISKS = {
    "virtio": (["-drive", f"if=none,id=d,{FILE}", "-device", "virtio-blk-pci,drive=d"], "pc"),
    "scsi": (["-drive", f"if=none,id=d,{FILE}", "-device", "virtio-scsi-pci", "-device", "scsi-hd,drive=d"], "pc"),
    "ide": (["-drive", "if=none,id=d,file=FILE,format=raw,snapshot=on", "-device", "ide-hd,drive=d"], "pc"),
    "ahci": (["-drive", "if=none,id=d,file=FILE,format=raw,snapshot=on", "-device", "ide-hd,drive=d,bus=ide.0"], "q35"),
    "nvme": (["-drive", f"if=none,id=d,{FILE}", "-device", "nvme,drive=d,serial=1"], "q35"),
    "usb": (["-drive", "if=none,id=d,file=FILE,format=raw,snapshot=on", "-device", "qemu-xhci",
             "-device", "usb-storage,drive=d"], "q35"),
    "floppy": (["-drive", f"if=floppy,{FILE}", "-boot", "a"], "pc"),
    "cd": (["-drive", f"if=none,id=d,media=cdrom,{FILE}", "-device", "ide-cd,drive=d"], "pc"),
}

SWEEP_DMA = [1, 4, 16, 64, 256, 1024]
SWEEP_PORT = [1, 2, 4, 8, 16]	# MiB; beyond that a run takes many seconds and says nothing new


def direct():
    small = {"kernel": "marker-256k", "initrd": MIB}
    for machine in ("pc", "q35", "microvm"):
        bare = ["-M", machine, "-nodefaults"]
        yield Scenario(machine, bare, sets=("quick", "standard", "direct"),
                       want=("accesses", "instructions", "translated", "times", "kvm"))
        yield Scenario(f"{machine}-small", bare, **small, sets=("standard", "direct"))
        yield Scenario(f"{machine}-port", [*bare, *PORT], **small, sets=("standard", "direct"))
        yield Scenario(f"{machine}-8cpu", [*bare, "-smp", "8"], sets=("standard", "direct"))
        if machine == "pc":
            # As large as `pc`: forty million accesses, too many to trace one by one.
            yield Scenario("pc-port-large", [*bare, *PORT], sets=("standard", "direct"), want=("times",))
        if machine != "microvm":
            yield Scenario(f"{machine}-defaults", ["-M", machine], sets=("standard", "direct"))


def sweep():
    for how, sizes, extra in (("dma", SWEEP_DMA, []), ("port", SWEEP_PORT, PORT)):
        for size in sizes:
            s = Scenario(f"initrd-{how}-{size}m", ["-M", "pc", "-nodefaults", *extra], kernel="marker-256k",
                         initrd=size * MIB, memory=max(512, 2 * size), sets=("standard", "sweep"),
                         want=("accesses", "times") if how == "dma" else ("times",), limit=300)
            s.sweep = how, size
            yield s


def disks():
    for kind, (_, machine) in DISKS.items():
        # SeaBIOS polls the USB controller: under -icount that alone takes ten seconds.
        yield Scenario(f"disk-{kind}", ["-M", machine, "-nodefaults"], kernel=None, initrd=0, disk=kind,
                       sets=("standard", "disk"), limit=40 if kind == "usb" else 10)


ALL = [*direct(), *sweep(), *disks()]
SETS = ["quick", "direct", "sweep", "disk", "standard"]


def choose(words):
    """Scenarios named by words: names, or sets. Raises ValueError with the words that name nothing."""
    chosen = []
    for word in words:
        found = [s for s in ALL if word == s.name or word in s.sets]
        if not found:
            raise ValueError(f"no scenario or set is named {word}; `{pathlib.Path(sys.argv[0]).name} --list` shows them")
        chosen += [s for s in found if s not in chosen]
    return chosen


def own(args):
    """A scenario of the user's own QEMU arguments. Raises ValueError for what the tool itself must set."""
    for word in args:
        if re.fullmatch(r"--?(kernel|initrd|append|bios|pflash|accel|enable-kvm|icount|trace|D)", word):
            raise ValueError(f"{word} is what bootbench sets itself; leave it out (a marker kernel says when it is "
                             "entered)")
    named = next((i for i, w in enumerate(args) if w in ("-machine", "--machine", "--M")), None)
    args = [*args]
    if named is not None:
        args[named] = "-M"
    memory = 512
    if "-m" in args[:-1]:
        at = args.index("-m")
        memory = args[at + 1]
        del args[at:at + 2]
    return Scenario("own", args if "-M" in args else ["-M", "pc", *args], memory=memory,
                    want=("accesses", "instructions", "translated", "times", "kvm"))

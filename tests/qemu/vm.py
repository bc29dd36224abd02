# SPDX-License-Identifier: BSD-2-Clause
"""One QEMU run: how it is started, what it leaves, and how it ends. Used by the tests and tools."""
import atexit
import functools
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from time import monotonic as now, sleep

ROOT = pathlib.Path(__file__).resolve().parents[2]
# What `make install` has put below PREFIX/share/slipway has its image and guests there, and nobody may write to it.
INSTALLED = (ROOT / "bios.bin").exists()


def may_make(folder):
    """Whether this process may make files in folder, which need not be there yet."""
    there = next(f for f in (folder, *folder.parents) if os.path.lexists(f))
    return os.path.isdir(there) and os.access(there, os.W_OK | os.X_OK)


def cache():
    """(folder, whether it stays): where an installed tool keeps what it makes [XDG Base Directory Specification]. A user
    without a home, or one who may not write there, gets a folder that goes with the process."""
    wanted = os.environ.get("XDG_CACHE_HOME", "")
    folder = pathlib.Path(wanted if os.path.isabs(wanted) else os.path.expanduser("~/.cache")) / "slipway" / "tools"
    if folder.is_absolute() and may_make(folder):
        return folder, True
    try:
        passing = tempfile.mkdtemp(prefix="slipway-tools-")
    except OSError as e:
        sys.exit(f"{os.path.basename(sys.argv[0])}: neither {folder} nor a temporary folder can be made: {e}")
    atexit.register(shutil.rmtree, passing, ignore_errors=True)
    return pathlib.Path(passing), False


OUT, KEPT = cache() if INSTALLED and not os.environ.get("OUT") else (pathlib.Path(os.environ.get("OUT") or ROOT / "out"), True)
OUT = OUT.resolve()
GUESTS = (ROOT if INSTALLED else OUT) / "guests"
IMAGE = (ROOT if INSTALLED else OUT) / "bios.bin"
QEMU = os.environ.get("QEMU", "qemu-system-x86_64")

# isa-debug-exit turns a written value v into the exit code 2 v + 1; our guests write these.
EXIT_PASS, EXIT_FAIL = 0x10 << 1 | 1, 0x11 << 1 | 1
DEBUG_EXIT = ["-device", "isa-debug-exit,iobase=0xf4,iosize=4"]

SEABIOS = ["/usr/share/seabios/bios-256k.bin", "/usr/share/qemu/bios-256k.bin"]
# QEMU's own folder may have qboot under this name: the package's file comes first.
SEABIOS_ISAPC = ["/usr/share/seabios/bios.bin", "/usr/share/qemu/bios.bin"]    # the others do not run there
SEABIOS_MICROVM = ["/usr/share/seabios/bios-microvm.bin"]
QBOOT = ["/usr/share/qemu/qboot.rom", "/usr/share/qboot/bios.bin"]


class Absent(Exception):
    """This machine lacks something; the text says what."""


def first_file(names, what):
    for name in names:
        if os.path.isfile(name):
            return name
    raise Absent(f"{what} is not installed ({', '.join(names)})")


def firmware(name, machine="pc"):
    """The image behind "slipway", "seabios" or "qboot" for a machine type; any other name is a path."""
    if name == "slipway":
        return os.environ.get("SLIPWAY_BIOS", str(IMAGE))
    if name == "seabios":
        builds = {"microvm": SEABIOS_MICROVM, "isapc": SEABIOS_ISAPC}
        return first_file(builds.get(machine.split(",")[0], SEABIOS), "SeaBIOS")
    if name == "qboot":
        return first_file(QBOOT, "qboot")
    return name


def need_qemu():
    if not shutil.which(QEMU):
        raise Absent(f"no {QEMU} here (Debian: qemu-system-x86); the environment's QEMU names another")


@functools.lru_cache(None)
def ask_qemu(*args):
    return subprocess.run([QEMU, *args], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          stdin=subprocess.DEVNULL, timeout=60).stdout


def machines():
    """The machine types that this QEMU has."""
    return [line.split()[0] for line in ask_qemu("-M", "help").splitlines()[1:] if line.strip()]


def version():
    found = re.search(r"version (\d+)\.(\d+)", ask_qemu("--version"))
    return int(found[1]), int(found[2])


def need_machine(machine):
    name = machine.split(",")[0]
    if name not in machines():
        raise Absent(f"this QEMU has no machine type {name}")


@functools.lru_cache(None)
def devices():
    said = subprocess.run([QEMU, "-device", "help"], stdout=subprocess.PIPE, text=True, timeout=60).stdout
    return set(re.findall(r'^name "([^"]+)"', said, re.MULTILINE))


def need_device(name):
    """For devices that some builds of QEMU leave to another package."""
    if name not in devices():
        raise Absent(f"this QEMU has no device {name}")


NO_DMA = "fw_cfg.dma_enabled=off"


@functools.lru_cache(None)
def start_and_quit(*args):
    """(exit code, what it said) of a QEMU that makes its machine and is told to end before the first instruction."""
    done = subprocess.run([QEMU, *args, "-nodefaults", "-display", "none", "-no-user-config", "-S", "-monitor", "stdio"],
                          input="quit\n", text=True, timeout=60, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.returncode, done.stderr.strip()


@functools.lru_cache(None)
def refuses_port():
    """From QEMU 11 on -kernel without fw_cfg's DMA fails an assertion of QEMU's own: what it says, or None."""
    with tempfile.NamedTemporaryFile() as kernel:
        kernel.write(bytes(8192))
        kernel.flush()
        _, said = start_and_quit("-M", "pc", "-accel", "tcg", "-global", NO_DMA, "-kernel", kernel.name)
    return said if "fw_cfg_dma_enabled" in said else None


def need_port(args):
    """A kernel is wanted with these arguments: that is refused where they switch DMA off and QEMU insists on it."""
    if NO_DMA in args and refuses_port():
        raise Absent(f"this QEMU does not take -kernel without DMA: {refuses_port()}")


def need_kvm(machine, args=()):
    """KVM is there, and QEMU makes this machine with it: up to version 10 it dies of a host that refuses an MSR which it names."""
    try:
        os.close(os.open("/dev/kvm", os.O_RDWR))
    except OSError as e:
        raise Absent(f"/dev/kvm does not open: {e.strerror}") from e
    need_machine(machine)
    code, said = start_and_quit("-M", machine, "-accel", "kvm", "-m", "128", *args)
    if code != 0:
        raise Absent(f"QEMU ends by itself with KVM and {' '.join(args)} (exit code {code}): {said}")


class Result:
    """What a finished run left: serial and log as text, exit code (None: killed at the limit)."""

    def __init__(self, command, code, serial, log, stderr, seconds):
        self.command, self.code, self.serial, self.log = command, code, serial, log
        self.stderr, self.seconds = stderr, seconds

    def __str__(self):
        end = "killed at its time limit" if self.code is None else f"exit {self.code}"
        return (f"$ {' '.join(self.command)}\n-- {end} after {self.seconds:.1f} s\n-- serial:\n{self.serial[-8000:]}\n"
                f"-- firmware log:\n{self.log[-8000:]}\n-- QEMU said:\n{self.stderr[-2000:]}")


def kernel_args(kernel=None, initrd=None, append=None):
    """append may also be a path (an os.PathLike): never, QEMU takes text only."""
    args = []
    for option, value in (("-kernel", kernel), ("-initrd", initrd), ("-append", append)):
        if value is not None:
            args += [option, str(value)]
    return args


class VM:
    """A QEMU under TCG, with the serial port, the debug port 0x402 and QMP caught in a folder that goes away.

    Use as a context manager. run() waits for the end; without it, wait_serial(), qmp() and
    finish() drive a running machine.
    """

    def __init__(self, bios="slipway", machine="pc", memory="512", args=(), kernel=None, initrd=None, append=None,
                 accel="tcg", pflash=False, debug_port=True, qmp=False, no_reboot=True):
        need_machine(machine)
        if kernel is not None:
            need_port(args)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="slipway-vm-"))
        self.process = None
        image = firmware(bios, machine)
        self.command = [QEMU, "-M", machine, "-accel", accel, "-m", memory, "-nodefaults", "-display", "none",
                        "-no-user-config"]
        if no_reboot:
            self.command += ["-no-reboot"]
        if pflash:
            self.command += ["-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={image}"]
        else:
            self.command += ["-bios", image]
        self.command += ["-chardev", f"file,id=ser,path={self.folder}/serial", "-serial", "chardev:ser", *DEBUG_EXIT]
        if debug_port:
            self.command += ["-chardev", f"file,id=log,path={self.folder}/log", "-device",
                             "isa-debugcon,iobase=0x402,chardev=log"]
        if qmp:
            self.command += ["-qmp", f"unix:{self.folder}/qmp,server=on,wait=off"]
        self.command += [*map(str, args), *kernel_args(kernel, initrd, append)]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def text(self, name):
        try:
            return (self.folder / name).read_text(errors="replace").replace("\r", "")
        except FileNotFoundError:
            return ""

    def start(self):
        self.started = now()
        with open(self.folder / "stderr", "wb") as err:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=err, stderr=err)
        return self

    def finish(self, timeout):
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            code = None
        return Result(self.command, code, self.text("serial"), self.text("log"), self.text("stderr"),
                      now() - self.started)

    def run(self, timeout=60):
        return self.start().finish(timeout)

    def wait_text(self, text, name="serial", timeout=30, count=1):
        """Wait until a captured file has text count times. Returns False at the limit or when QEMU ended without."""
        return self._wait(lambda found: found.count(text) >= count, name, timeout)

    def wait_line(self, begin, name="serial", timeout=30):
        """As wait_text(), but also for the rest of that line: it comes byte by byte."""
        return self._wait(lambda found: "\n" in found.partition(begin)[2], name, timeout)

    def _wait(self, there, name, timeout):
        end = now() + timeout
        while now() < end:
            ended = self.process.poll() is not None
            if there(self.text(name)):
                return True
            if ended:
                return False
            sleep(0.02)
        return False

    def time_before(self, text, name="log", timeout=30, count=1):
        """A time at which a captured file did not have text count times yet, close before it had; None at the limit."""
        before = self.started
        end = now() + timeout
        while now() < end:
            looked = now()
            if self.text(name).count(text) >= count:
                return before
            before = looked
            sleep(0.02)
        return None


def run(timeout=60, **how):
    with VM(**how) as vm:
        return vm.run(timeout)

# SPDX-License-Identifier: BSD-2-Clause
"""What a kernel's form costs: from its entry to its first message on the serial port, for each that there is.

A bzImage unpacks itself in between, so its compressor is what is measured; a vmlinux that is entered by PVH has
nothing to unpack. The kernels are the distribution's, for all machines and for virtual ones, and what can be unpacked
of them here. The entry is the firmware's own stamp where it keeps a timeline in units of time, else the last access to
fw_cfg before the message, which is some milliseconds earlier at most.
"""
import bz2
import lzma
import pathlib
import struct
import tempfile
import zlib

import bootlog_read
import debian
from bench import guest, stats, trace
from bench.scenario import vm

MACHINE = "q35"
FIRST_MESSAGE = b"Linux version"
LIMIT = 90
SETUP_SECTS, MAGIC, VERSION_TEXT, PAYLOAD = 0x1f1, 0x202, 0x20e, 0x248
UNPACKERS = {"xz": lzma.LZMADecompressor, "lzma": lzma.LZMADecompressor, "bzip2": bz2.BZ2Decompressor,
             "gzip": lambda: zlib.decompressobj(31)}


class Form:
    """A file for -kernel. name: the kernel's version, and the form; packed: bytes of the payload."""

    def __init__(self, file, version, form, packed):
        self.file, self.version, self.form, self.packed = pathlib.Path(file), version, form, packed
        self.name = f"{version}, {form}"


def payload(data):
    """(version, compressor, payload) of a bzImage's bytes. Raises ValueError when it is none, or the header lies."""
    if len(data) < 0x250 or data[MAGIC:MAGIC + 4] != b"HdrS":
        raise ValueError("no setup header")
    setup = 512 * ((data[SETUP_SECTS] or 4) + 1)
    at, size = struct.unpack_from("<II", data, PAYLOAD)
    if setup > len(data) or at > len(data) - setup or not 4 <= size <= len(data) - setup - at:
        raise ValueError(f"a payload of {size} bytes at {at:#x} is not in it")
    packed = data[setup + at:setup + at + size]
    where = struct.unpack_from("<H", data, VERSION_TEXT)[0] + 0x200
    version = data[where:where + 80].split(b"\0")[0].split(b" ")[0].decode("ascii", "replace")
    name = next((name for mark, name in bootlog_read.COMPRESSORS.items() if packed.startswith(mark)), "")
    return version, name, packed


def forms(kernels, folder):
    """A Form for each bzImage, and for its vmlinux, kept in folder, where Python can unpack it."""
    found = []
    for kernel in kernels:
        version, compressor, packed = payload(pathlib.Path(kernel).read_bytes())
        found.append(Form(kernel, version, compressor or "unknown", len(packed)))
        if compressor not in UNPACKERS:
            continue
        vmlinux = folder / f"vmlinux-{version}"
        if not vmlinux.exists() or vmlinux.stat().st_mtime < pathlib.Path(kernel).stat().st_mtime:
            folder.mkdir(parents=True, exist_ok=True)
            new = folder / f"{vmlinux.name}.new"
            new.write_bytes(UNPACKERS[compressor]().decompress(packed[:-4]))	# its size follows
            new.rename(vmlinux)
        found.append(Form(vmlinux, version, "vmlinux by PVH", vmlinux.stat().st_size))
    return found


def kernels():
    """The distribution's bzImages: for all machines, and for virtual ones. Raises vm.Absent when there is none."""
    found, why = [], None
    for get in (lambda: debian.kernel_with_modules([])[0], debian.kernel):
        try:
            found += [pathlib.Path(k).resolve() for k in [get()]]
        except vm.Absent as e:
            why = e
    if not found:
        raise why
    return list(dict.fromkeys(found))


class FirstMessage(guest.Console):
    """At the first message: when that was, what the firmware has stamped, and QEMU's end."""

    def __init__(self, path, qmp, image):
        super().__init__(path)
        self.qmp, self.image, self.do_boot = qmp, image, None

    def look(self, text, now):
        if FIRST_MESSAGE not in text:
            return
        self.spoke = now
        self.done.set()
        try:
            qmp = bootlog_read.Qmp(str(self.qmp))
            self.do_boot = self.stamped(qmp)
            qmp.command("quit")
        except (bootlog_read.Error, OSError, ValueError):
            pass	# it ends without an answer

    def stamped(self, qmp):
        """Seconds from do_boot to the kernel's entry, as the firmware has it; None: it has no such stamps."""
        try:
            boot = bootlog_read.from_memory(qmp, bootlog_read.Image.load(str(self.image)))
        except bootlog_read.Error:
            return None
        return boot.do_boot_us / 1e6 if boot.unit == "us" and boot.do_boot_us is not None else None


def run(image, form, machine=MACHINE):
    """One boot: {to_entry, message, by}: seconds from the first instruction to the entry, and from there to the
    message; by is "timeline" or "trace". Raises trace.NotReached, vm.Absent."""
    with tempfile.TemporaryDirectory(prefix="slipway-form-") as tmp:
        qmp = pathlib.Path(tmp) / "qmp"

        def command(serial):
            return [vm.QEMU, "-M", machine, "-accel", "tcg", "-m", "512", "-nodefaults", "-display", "none",
                    "-no-reboot", "-no-user-config", "-bios", str(image), "-kernel", str(form.file), "-append",
                    "earlyprintk=ttyS0,115200 console=ttyS0 panic=-1", "-boot", "reboot-timeout=1", "-chardev",
                    f"pipe,id=s,path={serial}", "-serial", "chardev:s", "-qmp", f"unix:{qmp},server=on,wait=off",
                    "-msg", "timestamp=on"]
        console, _, stamps = guest.watch(command, lambda path: FirstMessage(path, qmp, image), LIMIT,
                                         "the kernel said nothing")
    entered, by = stamps.entered, "trace"
    if console.do_boot is not None and stamps.launch is not None:
        entered, by = stamps.launch + console.do_boot, "timeline"
    return {"to_entry": entered - stamps.running, "message": console.spoke - entered, "by": by}


def measure(firmware, found, runs, progress, machine=MACHINE):
    """Every form by every firmware, in turn within each round. What a firmware does not start is "no boot"."""
    results = {(form.name, f.name): {"kernel": form.name, "form": form.form, "packed": form.packed, "firmware": f.name,
                                     "machine": machine, "status": "ok", "runs": []}
               for form in found for f in firmware}
    for n in range(runs):
        for form in found:
            for f in firmware[n % len(firmware):] + firmware[:n % len(firmware)]:
                result = results[form.name, f.name]
                progress(f"{form.name}: {f.name}")
                if result["status"] != "ok":
                    continue
                try:
                    vm.need_machine(machine)
                    result["runs"].append(run(f.image(machine), form, machine))
                except vm.Absent as e:
                    result |= {"status": "absent", "reason": str(e)}
                except trace.NotReached as e:
                    why = e.reason.replace("the marker", "a message of the kernel")
                    result |= {"status": "no boot", "reason": why, "detail": str(e)}
    return list(results.values())


def messages(result):
    return [r["message"] for r in result["runs"]]


def ratio(result, base):
    """The median of the ratios within the rounds to another form by the same firmware; None without one."""
    if not base or base["status"] != "ok" or result["status"] != "ok":
        return None
    return stats.paired(messages(result), messages(base))


def ruler(document):
    """{firmware: the slowest form that is packed by it}, which the others are held against."""
    found = {}
    for r in document["forms"]:
        if r["status"] == "ok" and r["runs"]:
            best = found.setdefault(r["firmware"], r)
            if stats.median(messages(r)) > stats.median(messages(best)):
                found[r["firmware"]] = r
    return found

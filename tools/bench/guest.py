# SPDX-License-Identifier: BSD-2-Clause
"""The real guest: how long a distribution's kernel takes to /init, by the guest's own clock and the host's.

The kernel's clock starts when it first has a time-stamp counter it believes, a little after its
entry; "Run /init" carries its reading at the end. The host sees process start, first instruction,
first access to a kernel item, and the first line that /init prints. What lies between the last two
and is not on the guest's clock is set-up by the firmware and the kernel's unpacking of itself.
"""
import os
import pathlib
import re
import tempfile
import threading
import time

import debian
from bench import trace
from bench.scenario import vm

LIMIT = 60
LOST = 2	# boots that may fail: with a busy host under TCG a kernel on microvm finds no clock, and stays
FIRST_LINE = b"=== userspace"
RUN_INIT = re.compile(rb"\[ *(\d+\.\d+)\].*Run /init")


def command(image, machine, kernel, initramfs, serial):
    # The list of messages holds the guest's clock; the console stays quiet, or its speed is what is measured.
    append = "console=ttyS0 quiet panic=-1 reboot=t show=dmesg"
    return [vm.QEMU, "-M", machine, "-accel", "tcg", "-m", "256", "-nodefaults", "-display", "none", "-no-reboot",
            "-no-user-config", "-bios", str(image), "-kernel", str(kernel), "-initrd", str(initramfs),
            "-append", append,
            "-chardev", f"pipe,id=s,path={serial}", "-serial", "chardev:s", "-msg", "timestamp=on"]


class Console(threading.Thread):
    """Reads the serial port to the end, since a guest whose console nobody reads waits for room. look(text, now) is
    called with all that has come until it sets done, and spoke to the time of what it waits for."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.path, self.spoke = path, None
        self.done, self.stop = threading.Event(), threading.Event()

    def run(self):
        with open(self.path, "rb", buffering=0) as f:
            text = b""
            while not self.stop.is_set():
                piece = f.read(65536)
                now = time.time()
                if not self.done.is_set():
                    text += piece
                    self.look(text, now)


class Userspace(Console):
    """Notes when /init spoke first, and what the guest's clock said of it."""

    clock = None

    def look(self, text, now):
        if self.spoke is None and FIRST_LINE in text:
            self.spoke = now
        found = RUN_INIT.search(text) if self.spoke else None
        if found:
            self.clock = float(found[1])
            self.done.set()


def watch(command, make_console, limit, missing):
    """(console, started, stamps) of a boot with command(path of the serial port's pipe), whose console got done.

    stamps: running, launch, and entered, the last access to fw_cfg before the console was done. Raises
    trace.NotReached with missing as reason when the kernel was fetched, but the console was not done.
    """
    with tempfile.TemporaryDirectory(prefix="slipway-guest-") as tmp:
        serial = pathlib.Path(tmp) / "serial"
        for end in (".in", ".out"):
            os.mkfifo(f"{serial}{end}")
        console = make_console(f"{serial}.out")
        # Opened for both ways here, so that neither end waits for the other.
        ends = [os.open(f"{serial}{end}", os.O_RDWR) for end in (".in", ".out")]
        stamps = trace.Times()

        def read(stream):
            ending = "the kernel was not fetched"
            for line in stream:
                found = trace.stamped(line)
                if not found:
                    continue
                when, event, rest = found
                if event == b"vm_state_notify":
                    if b"running 0" in rest:
                        break
                    stamps.running = stamps.running or when
                elif stamps.running:
                    if int(trace.SELECT.match(rest)[1], 16) in trace.LAUNCH_KEYS:
                        stamps.launch = stamps.launch or when
                        ending = missing
                    if not console.done.is_set():
                        stamps.entered = when
            console.done.wait(2)
            return stamps if console.done.is_set() else ending
        try:
            console.start()
            started, _ = trace.run(command(serial), trace.TIME_EVENTS, read, limit)
        finally:
            console.stop.set()
            os.write(ends[1], b"\n")	# wakes the reader
            console.join()
            for end in ends:
                os.close(end)
    return console, started, stamps


def run(image, machine):
    """One boot: {start, firmware, unpack, guest, total} in seconds. Raises trace.NotReached, vm.Absent."""
    kernel, initramfs = debian.kernel(), debian.initramfs()
    console, started, stamps = watch(lambda serial: command(image, machine, kernel, initramfs, serial), Userspace,
                                     LIMIT, "/init was not reached")
    result = {"start": stamps.running - started, "total": console.spoke - started, "guest": console.clock}
    firmware = None if stamps.launch is None else stamps.launch - stamps.running
    result["firmware"] = firmware
    result["unpack"] = result["total"] - result["start"] - (firmware or 0) - console.clock
    return result


def measure(firmware, machines, runs, progress):
    """The results of all, in turn. lost: boots that did not reach /init, of a firmware that has others."""
    results = {(m, f.name): {"machine": m, "firmware": f.name, "status": "ok", "runs": []}
               for m in machines for f in firmware}
    for machine in machines:
        for n in range(runs):
            for f in firmware[n % len(firmware):] + firmware[:n % len(firmware)]:
                result = results[machine, f.name]
                progress(f"guest on {machine}: {f.name}")
                if result["status"] != "ok":
                    continue
                try:
                    vm.need_machine(machine)
                    result["runs"].append(run(f.image(machine), machine))
                except vm.Absent as e:
                    result |= {"status": "absent", "reason": str(e)}
                except trace.NotReached as e:
                    result["lost"] = result.get("lost", 0) + 1
                    if result["lost"] >= LOST:
                        why = e.reason.replace("the marker was", "/init was")
                        result |= {"status": "no boot", "reason": why, "detail": str(e)}
    for result in results.values():
        if result["runs"]:
            result["status"] = "ok"
        elif result["status"] == "ok":
            result |= {"status": "no boot", "reason": "no run reached /init"}
    return list(results.values())

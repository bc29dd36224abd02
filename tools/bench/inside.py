# SPDX-License-Identifier: BSD-2-Clause
"""What a firmware that keeps a timeline says of itself, to hold beside what was seen from outside."""
import pathlib
import tempfile
import threading

try:
    import bootlog_read
except ImportError:		# the reader is a tool of its own; without it there is nothing to read
    bootlog_read = None

from bench import trace


def read_timeline(socket, image):
    """{to_do_boot, do_boot} in seconds from the memory of the guest behind a QMP socket.

    None when the image keeps no timeline, or none in units of time.
    """
    if not bootlog_read:
        return None
    try:
        boot = bootlog_read.from_memory(bootlog_read.Qmp(str(socket)), bootlog_read.Image.load(str(image)))
    except (bootlog_read.Error, OSError):
        return None
    if boot.unit != "us" or boot.to_do_boot_us is None or boot.do_boot_us is None:
        return None
    return {"to_do_boot": boot.to_do_boot_us / 1e6, "do_boot": boot.do_boot_us / 1e6}


def measure(scenario, image):
    """read_timeline() of one run under TCG, at the marker, with the phases seen from outside in that run.

    Raises trace.NotReached.
    """
    found = {}
    with tempfile.TemporaryDirectory(prefix="slipway-inside-") as folder:
        socket = pathlib.Path(folder) / "qmp"

        def ask(_, stream):
            threading.Thread(target=lambda: all(True for _ in stream), daemon=True).start()
            found["says"] = read_timeline(socket, image)
        command = [*scenario.command(image), "-no-shutdown", "-msg", "timestamp=on",
                   "-qmp", f"unix:{socket},server=on,wait=off"]
        _, times = trace.run(command, trace.TIME_EVENTS, trace.read_times, scenario.limit, after=ask)
    if found["says"] and times.launch is not None:
        found["says"] |= {"outside_to_do_boot": times.launch - times.running,
                          "outside_do_boot": times.entered - times.launch}
    return found["says"]

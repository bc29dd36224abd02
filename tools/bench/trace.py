# SPDX-License-Identifier: BSD-2-Clause
"""Run QEMU with its trace in a pipe, and read from it what a boot did until a marker guest was entered.

The marker guests (tests/guests/marker.S, marker_sector.S) write magic, TSC low and TSC high to port
0xe0 and then select fw_cfg key 0x3fff, by their first instructions: a trace of device accesses ends
at the former, a trace of fw_cfg_select alone at the latter.
"""
import calendar
import collections
import functools
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading
import time

MARKER = b"addr 0xe0 value 0x4b524d53 size 4"
MARKER_KEY = 0x3FFF
# Items that only somebody who now fetches the kernel selects: addresses, entry and data of kernel,
# initrd, command line and setup part. Their sizes tell a planning firmware that there is a kernel.
LAUNCH_KEYS = {0x07, 0x0A, 0x10, 0x11, 0x12, 0x13, 0x15, 0x16, 0x18}

ACCESS_EVENTS = ["memory_region_ops_*", "flatview_new", "fw_cfg_select"]
TIME_EVENTS = ["vm_state_notify", "fw_cfg_select"]

ACCESS = re.compile(rb"memory_region_ops_(\w+) cpu (-?\d+) mr \S+ addr 0x(\w+) value 0x(\w+) size (\d) name '([^']*)'")
SELECT = re.compile(rb"fw_cfg_select \S+ key 0x(\w+)")
# With -msg timestamp=on: "process@seconds.micro:event", from QEMU 11 on "2026-01-31T23:59:59.123456Z event".
STAMP = re.compile(rb"(?:\d+@(\d+)|(\d+-\d+-\d+T[\d:]+))\.(\d+)(?::|Z )(\w+)")


class NotReached(RuntimeError):
    """The marker guest was not entered. reason is one line; str() has the command and QEMU's words too."""

    def __init__(self, reason, command, said):
        super().__init__(f"{reason}\n$ {' '.join(command)}\n{said}")
        self.reason = reason


class Counts:
    """Device accesses and map changes up to the marker; tsc is the guest's at its entry."""

    def __init__(self):
        self.accesses = 0
        self.before_launch = None	# accesses before the first that fetches the kernel; None: nothing was fetched
        self.maps = 0
        self.startup_maps = 0
        self.tsc = None
        self.split = collections.Counter()
        self.launch_split = collections.Counter()
        self.lines = []


class Times:
    """Seconds since the epoch, as QEMU stamps its trace."""

    def __init__(self):
        self.running = self.launch = self.entered = None


@functools.lru_cache(64)
def utc(text):
    return calendar.timegm(time.strptime(text.decode(), "%Y-%m-%dT%H:%M:%S"))


def stamped(line):
    """(seconds since the epoch, event, the line from the event's name on) of a stamped line; None: it is none."""
    found = STAMP.match(line)
    if not found:
        return None
    seconds = int(found[1]) if found[1] else utc(found[2])
    return seconds + int(found[3]) / 10 ** len(found[3]), found[4], line[found.start(4):]


def read_counts(stream, keep):
    """Count until the marker. Returns a reason (str) when the trace ends without it.

    keep: fill split, and lines up to 100,000 accesses.
    """
    m = Counts()
    marks = []
    last = None
    for line in stream:
        if line.startswith(b"memory_region_ops_"):
            if b" cpu -1 " in line:
                continue
            if marks or MARKER in line:
                if b"addr 0xe0 " not in line:
                    return "something else was traced in the middle of the marker"
                marks.append(int(re.search(rb"value 0x(\w+)", line)[1], 16))
                if len(marks) == 3:
                    m.tsc = marks[1] | marks[2] << 32
                    return m
                continue
            m.accesses += 1
            if keep:
                kind, _, addr, value, size, name = ACCESS.match(line).groups()
                last = name.decode(), kind.decode()
                m.split[last] += 1
                if m.before_launch is not None:
                    m.launch_split[last] += 1
                if len(m.lines) < 100_000:
                    m.lines.append((last[1], int(addr, 16), int(value, 16), int(size), last[0], m.maps))
        elif line.startswith(b"flatview_new"):
            if m.accesses:
                m.maps += 1
            else:
                m.startup_maps += 1
        elif m.before_launch is None and line.startswith(b"fw_cfg_select"):
            if int(SELECT.match(line)[1], 16) in LAUNCH_KEYS and m.accesses:
                m.before_launch = m.accesses - 1	# the access that selects is traced first
                if last:
                    m.launch_split[last] += 1
    return "QEMU ended, or the time limit came, before the marker"


def read_times(stream):
    """Stamps until the marker; a reason (str) when QEMU stops or ends before it."""
    t = Times()
    for line in stream:
        found = stamped(line)
        if not found:
            continue
        when, event, rest = found
        if event == b"vm_state_notify":
            if b"running 0" in rest:
                why = rest.split(b"(")[-1].strip(b") \n").decode()
                return f"the guest stopped before the marker: {why}"
            t.running = t.running or when
        elif event == b"fw_cfg_select" and t.running:
            key = int(SELECT.match(rest)[1], 16)
            if key == MARKER_KEY:
                t.entered = when
                return t
            if t.launch is None and key in LAUNCH_KEYS:
                t.launch = when
    return "QEMU ended, or the time limit came, before the marker"


def run(command, events, read, timeout, after=None):
    """Start command with these trace events; returns (started, read(stream)) and ends QEMU.

    started is the time just before QEMU was started. after(process), if given, is called with QEMU
    still there. Raises NotReached when read returns a reason, in words.
    """
    folder = pathlib.Path(tempfile.mkdtemp(prefix="slipway-trace-"))
    pipe = folder / "trace"
    os.mkfifo(pipe)
    traced = [*command, *[word for e in events for word in ("-trace", e)], "-D", str(pipe)]
    # Both ends are open before QEMU is: the end of the stream is the end of QEMU, whenever that comes.
    stream = open(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK), "rb", buffering=1 << 20)
    ours = os.open(pipe, os.O_WRONLY)
    os.set_blocking(stream.fileno(), True)
    process = guard = None
    late = threading.Event()
    try:
        with open(folder / "said", "wb") as said:
            started = time.time()
            process = subprocess.Popen(traced, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        guard = threading.Thread(target=watch, args=(process, ours, timeout, late), daemon=True)
        guard.start()
        result = read(stream)
        if not isinstance(result, str) and after:
            after(process, stream)
        if isinstance(result, str):
            if process.poll() is None and not late.is_set():
                time.sleep(0.05)	# the pipe is closed a moment before the process is gone
            raise NotReached(reason(result, process, late, timeout), traced,
                             (folder / "said").read_text(errors="replace")[-2000:])
        return started, result
    finally:
        if process:
            process.kill()
            process.wait()
        if guard:
            guard.join()
        else:
            os.close(ours)
        stream.close()	# last: whoever still reads it is at its end now
        shutil.rmtree(folder, ignore_errors=True)


def reason(text, process, late, timeout):
    if late.is_set():
        return f"the marker was not reached within {timeout:g} s"
    if process.poll() is not None and process.returncode != 0:
        how = f"exit code {process.returncode}" if process.returncode > 0 else f"signal {-process.returncode}"
        return f"QEMU ended before the marker ({how})"
    return text


def watch(process, pipe, timeout, late):
    """End QEMU at the limit, and the trace with QEMU."""
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        late.set()
        process.kill()
        process.wait()
    os.close(pipe)

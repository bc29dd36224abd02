# SPDX-License-Identifier: BSD-2-Clause
"""One measurement of one firmware in one scenario: times, accesses, instructions, code, KVM's exits."""
import errno
import functools
import json
import os
import pathlib
import re
import socket
import tempfile
import threading
import time

from bench import stats, trace
from bench import translated as translation

STAMPS = ["-msg", "timestamp=on"]
ICOUNT = ["-icount", "shift=0,sleep=off"]


def times(scenario, image, accel="tcg"):
    """The phases of one run, in seconds. Raises trace.NotReached."""
    started, t = trace.run(scenario.command(image, accel) + STAMPS, trace.TIME_EVENTS, trace.read_times, scenario.limit)
    return stats.phases_of(started, t)


def accesses(scenario, image):
    """Counts up to the marker, in real time: a wait that polls costs what it costs there."""
    _, m = trace.run(scenario.command(image), trace.ACCESS_EVENTS, lambda s: trace.read_counts(s, True),
                     scenario.limit)
    split = {}
    for (name, kind), n in m.split.items():
        split.setdefault(name, {"read": 0, "write": 0})[kind] += n
    setup = None if m.before_launch is None else m.accesses - m.before_launch
    return {"accesses": m.accesses, "firmware": m.before_launch, "setup": setup, "maps": m.maps, "split": split}


def instructions(scenario, image):
    """Guest instructions up to the marker: exact with one processor, else of all of them in turn."""
    _, m = trace.run(scenario.command(image) + ICOUNT, trace.ACCESS_EVENTS, lambda s: trace.read_counts(s, False),
                     scenario.limit)
    return m.tsc


def translated(scenario, image):
    """What TCG translated up to the marker."""
    code = translation.measure(scenario.command(image), scenario.limit)
    return {"instructions": code.instructions, "blocks": len(code.blocks)}


@functools.lru_cache(None)
def kvm_absent():
    """Why KVM cannot be used here, or None."""
    try:
        os.close(os.open("/dev/kvm", os.O_RDWR))
    except OSError as e:
        return f"/dev/kvm does not open: {e.strerror}"
    return None


def kvm_exits(scenario, image):
    """Exits up to the marker: {"user": those that QEMU handled, "all": KVM's own count or None}.

    KVM's count comes by QMP from its binary statistics (Linux 5.14, QEMU 7.1); a few exits of the
    guest's halt after the marker are in it.
    """
    folder = pathlib.Path(tempfile.mkdtemp(prefix="slipway-kvm-"))
    counts = {"user": 0, "all": None}

    def read(stream):
        running = False
        for line in stream:
            if line.startswith(b"kvm_run_exit"):
                counts["user"] += 1
            elif line.startswith(b"vm_state_notify"):
                if b"running 0" in line:
                    return "the guest stopped before the marker"
                running = True
            elif running and line.startswith(b"fw_cfg_select"):
                if int(trace.SELECT.match(line)[1], 16) == trace.MARKER_KEY:
                    return counts
        return "QEMU ended, or the time limit came, before the marker"

    def ask(_, stream):
        # Somebody must go on reading, or QEMU waits for room in the pipe instead of answering.
        drain = threading.Thread(target=lambda: all(True for _ in stream), daemon=True)
        drain.start()
        counts["all"] = query_exits(folder / "qmp")
        return drain

    # Without -no-shutdown the marker kernel's end would be the end of whom to ask.
    command = scenario.command(image, "kvm") + ["-no-shutdown", "-qmp", f"unix:{folder / 'qmp'},server=on,wait=off"]
    try:
        trace.run(command, [*trace.TIME_EVENTS, "kvm_run_exit"], read, scenario.limit, after=ask)
    finally:
        (folder / "qmp").unlink(missing_ok=True)
        folder.rmdir()
    return counts


def query_exits(path):
    """KVM's exits of all processors of the QEMU behind this QMP socket; None where it cannot tell."""
    try:
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(10)
            s.connect(str(path))
            f = s.makefile("rw")
            f.readline()
            for command in ({"execute": "qmp_capabilities"}, {"execute": "stop"},
                            {"execute": "query-stats", "arguments": {"target": "vcpu"}}):
                f.write(json.dumps(command) + "\n")
                f.flush()
                answer = {}
                while "return" not in answer and "error" not in answer:
                    answer = json.loads(f.readline())
            found = [x["value"] for cpu in answer.get("return", []) for x in cpu["stats"] if x["name"] == "exits"]
            return sum(found) if found else None
    except (OSError, ValueError):
        return None


def describe(image):
    """What an image says of itself: size, checksum, and a version where its text has one."""
    import hashlib
    data = pathlib.Path(image).read_bytes()
    if not data:
        raise OSError(errno.EINVAL, "the file is empty", str(image))
    found = re.search(rb"Slipway (\S{4,40})|(rel-[\w.-]{3,40}|\d\.\d+\.\d+-debian[\w.-]*)", data)
    version = (found[1] or found[2]).decode(errors="replace") if found else None
    return {"file": str(image), "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(), "version": version}


def host():
    """What the numbers depend on besides the firmware."""
    import platform
    from bench.scenario import vm
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return {"qemu": vm.ask_qemu("--version").splitlines()[0], "kernel": platform.release(),
            "cpu": cpu[1] if cpu else platform.machine(), "cpus": os.cpu_count(),
            "load": round(os.getloadavg()[0], 2), "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "kvm": kvm_absent() or "available"}

# SPDX-License-Identifier: BSD-2-Clause
"""What the boot tests share: our own guests and what they say, and skipping with a reason."""
import collections
import os
import pathlib
import re
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import vm as qemu  # noqa: E402
from initrd import make_initrd  # noqa: E402

MIB = 1 << 20


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """A thing that this machine lacks skips the test, with a line; it does not fail it."""
    names = pyfuncitem._fixtureinfo.argnames
    try:
        pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names})
    except qemu.Absent as e:
        pytest.skip(str(e))
    return True


class Tap:
    """The checking guest's report: failed lines, facts by their first word, notes."""

    def __init__(self, serial):
        self.lines = serial.splitlines()
        self.failed = [x for x in self.lines if x.startswith("not ok ")]
        self.passed = sum(x.startswith("ok ") for x in self.lines)
        self.boots = sum(x.startswith("1..") for x in self.lines)
        self.facts = collections.defaultdict(list)
        for x in self.lines:
            if x.startswith("# fact "):
                word, _, rest = x[7:].partition(" ")
                self.facts[word].append(rest)

    def dumps(self):
        """{name: [bytes, ...]} of what dump= asked for."""
        found, current = collections.defaultdict(list), None
        for x in self.lines:
            if x.startswith("# dump "):
                current = bytearray()
                found[x.split()[2]].append(current)
            elif x.startswith("# hex ") and current is not None:
                current += bytes.fromhex(x[6:])
        return found


def words_for(memory, args, initrd, append):
    """What the guest is told to expect from this command line."""
    number = re.search(r"-smp (\d+)", " ".join(map(str, args)))
    words = []
    if "ram=" not in append and re.fullmatch(r"\d+", memory):
        words.append(f"ram={memory}")
    if number and "cpus=" not in append:
        words.append(f"cpus={number[1]}")
    parts = any("opt/org.slipway/initrd." in str(a) for a in args)
    words.append("initrd" if initrd or parts else "noinitrd")
    return " ".join(words + ([append] if append else []))


def boot_check(bios="slipway", machine="pc", memory="128", args=(), kernel="check", initrd=MIB, append="", boots=1,
               timeout=60, expect_failures=(), **how):
    """Boot the checking guest and assert that all it checks holds. Returns (Tap, Result)."""
    file = qemu.GUESTS / f"{kernel}.bzImage" if isinstance(kernel, str) else kernel
    result = qemu.run(timeout=timeout, bios=bios, machine=machine, memory=memory, args=args, kernel=file,
                      initrd=make_initrd(initrd) if isinstance(initrd, int) and initrd else initrd or None,
                      append=words_for(memory, args, initrd, append), **how)
    tap = Tap(result.serial)
    failed = [x for x in tap.failed if not any(e in x for e in expect_failures)]
    assert not failed, f"{failed}\n{result}"
    assert tap.boots == boots, f"{tap.boots} boots ended, {boots} were wanted\n{result}"
    if bios == "slipway":
        assert tap.facts["entry"] == ["32"] * boots, f"not entered at the 32-bit entry\n{result}"
    assert result.code == (qemu.EXIT_FAIL if tap.failed else qemu.EXIT_PASS), str(result)
    return tap, result


def patched(source, target, changes):
    """A copy of a bzImage with bytes of its setup header changed: {offset: (size, value)}.

    The copy of the header in the checking guest's payload follows, so that it still agrees.
    """
    data = bytearray(pathlib.Path(source).read_bytes())
    payload = (data[0x1f1] + 1) * 512
    for offset, (size, value) in changes.items():
        raw = value.to_bytes(size, "little")
        data[offset:offset + size] = raw
        if data[payload + 8:payload + 16] == b"SLGUEST1":
            where = payload + 64 + offset - 0x1f1
            data[where:where + size] = raw
    target.write_bytes(data)
    return target


@pytest.fixture(scope="session")
def build(tmp_path_factory):
    """Build an image with some options changed: build({"DEBUG_PORT": "n"}) is its path."""
    def make(options):
        folder = tmp_path_factory.mktemp("config")
        config = folder / "config"
        config.write_text("".join(f"CONFIG_{k}={v}\n" if v != "n" else f"# CONFIG_{k} is not set\n"
                                  for k, v in options.items()))
        environment = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
        done = subprocess.run(["make", "-s", "-j2", f"OUT={folder}/out", f"KCONFIG_CONFIG={config}"], cwd=qemu.ROOT, text=True,
                              env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert done.returncode == 0, done.stdout
        return folder / "out" / "bios.bin"
    return make

# SPDX-License-Identifier: BSD-2-Clause
"""Resets in bulk: the host's at random moments of POST, option ROMs and boot, and a guest's of every kind behind dirty
devices, each followed by a boot that comes to its end. What counts is how many were stuck: none. RESETS_SEED=number repeats
a run, RESETS=number makes more of them."""
import json
import os
import random

import pytest

import vm as qemu
from conftest import MIB, boot_check, make_initrd, words_for
from test_crossing import image_of
from test_reset import RESETS, Qmp

SEED = int(os.environ.get("RESETS_SEED", random.SystemRandom().randrange(1 << 32)))
TIMES = int(os.environ.get("RESETS", 20))	# of each kind

DISKS = {
    "pc": ["-device", "ide-hd,drive=d,bus=ide.0", "-device", "VGA", "-device", "e1000"],
    "q35": ["-device", "ide-hd,drive=d,bus=ide.0", "-device", "VGA", "-device", "e1000e"],
    "isapc": ["-device", "ide-hd,drive=d,bus=ide.0"],
    "microvm": ["-device", "virtio-blk-device,drive=d"],
}


class Machine(qemu.VM):
    """What the firmware logs and what is booted says, in one file and in order; the word says that it has come to its end."""

    def __init__(self, machine, boots, folder):
        self.said = folder / "said"
        args = ["-chardev", f"file,id=said,mux=on,path={self.said}", "-device", "isa-debugcon,iobase=0x402,chardev=said"]
        how = {}
        if boots == "kernel":
            self.word = b"# end: boot"
            args += ["-serial", "chardev:said"]
            how = {"kernel": qemu.GUESTS / "check.bzImage", "initrd": make_initrd(MIB),
                   "append": words_for("128", [], True, "halt boots=100000" + (" noacpi" if machine == "isapc" else ""))}
        else:
            self.word = b"alive"
            (folder / "d").write_bytes(image_of("alive"))
            args += ["-device", "isa-debugcon,iobase=0xe9,chardev=said",
                     "-drive", f"if=none,id=d,format=raw,file={folder}/d", *DISKS[machine]]
        super().__init__(machine=machine, memory="128", qmp=True, no_reboot=False, debug_port=False, args=args, **how)
        if boots == "kernel":			# the port that VM gives is the guest's second
            at = self.command.index("chardev:ser")
            del self.command[at - 1:at + 1]

    def alive(self, behind, seconds=30):
        """Seconds until it is, None: never. behind: a place in the file."""
        start = qemu.now()
        while qemu.now() < start + seconds and self.process.poll() is None:
            if self.said.exists() and self.word in self.said.read_bytes()[behind:]:
                return qemu.now() - start
            qemu.sleep(0.002)
        return None


def reset(qmp, vm):
    """The machine stands while it is reset, so that it is known where in the file the next start begins."""
    qmp.command("stop")
    qmp.file.write(json.dumps({"execute": "system_reset"}) + "\n")
    qmp.file.flush()
    left = {"return", "RESET"}
    while left:
        line = qmp.file.readline()
        assert line, "QEMU ended"
        answer = json.loads(line)
        left -= {"return" if "return" in answer else answer.get("event")}
    end = vm.said.stat().st_size
    qmp.command("cont")
    return end


@pytest.mark.parametrize("machine, boots, times", [
    ("pc", "kernel", 2 * TIMES), ("q35", "kernel", 2 * TIMES), ("pc", "disk", TIMES), ("q35", "disk", TIMES),
    ("microvm", "kernel", TIMES // 2), ("isapc", "disk", TIMES // 4), ("microvm", "disk", TIMES // 4),
])
def test_resets_at_random_moments(machine, boots, times, tmp_path):
    """Two by two, the second at some moment of the start that the first one has begun; then it has to come to its end."""
    print(f"RESETS_SEED={SEED}")
    at_random = random.Random(f"{SEED} {machine} {boots}")
    with Machine(machine, boots, tmp_path) as vm:
        vm.start()
        first = vm.alive(0)
        assert first, vm.finish(0)
        with Qmp(vm) as qmp:
            takes = 0
            for n in range(times):
                begin = reset(qmp, vm)
                if n == 0:
                    takes = vm.alive(begin)
                    continue
                qemu.sleep(1.2 * takes * at_random.random() ** 3)	# POST is the first small part of it
                begin = reset(qmp, vm)
                assert vm.alive(begin), \
                    f"RESETS_SEED={SEED}: stuck behind reset {n}: {vm.said.read_bytes()[-3000:]!r}\n{vm.finish(0)}"
        said = vm.said.read_bytes().splitlines()
        # A time stamp in hexadecimal may well have "dead" in it. Pytest cuts a long file where it counts, hence the lines.
        bad = [line for line in said if b"not ok" in line or line.strip() == b"dead"]
        assert not bad, f"RESETS_SEED={SEED}: {bad}"


@pytest.mark.parametrize("machine, way", [
    ("pc", "kbd"), ("pc", "cf9"), ("pc", "triple"), ("pc", "fff0"), ("pc", "e05b"), ("pc", "init"),
    ("q35", "kbd"), ("q35", "cf9"), ("q35", "triple"), ("q35", "fff0"), ("q35", "acpi"), ("q35", "init"),
])
def test_a_guest_resets_behind_dirty_devices(machine, way):
    """Other dirt each time, two kinds at once; each start looks at what it finds."""
    turn = f"{SEED % 1000}{' jumps' if way in ('fff0', 'e05b') else ''}"
    boot_check(machine=machine, args=[*RESETS, "-device", "virtio-rng-pci", "-device", "e1000"], boots=TIMES, timeout=60,
               no_reboot=False, append=f"reboot={way} boots={TIMES} compare leave=turn turn={turn}")

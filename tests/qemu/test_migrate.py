# SPDX-License-Identifier: BSD-2-Clause
"""Guests that are saved and go on in another QEMU: from this image to itself, and from SeaBIOS.

QEMU's block of RAM that holds the firmware, pc.bios, is part of what it saves: a guest goes on with the bytes that it was
started with, also over a reset, whatever -bios the other process has, and both must be of one size.
"""
import pathlib
import shutil
import sys

import pytest

import vm as qemu

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import bootlog_read  # noqa: E402

DISKS = {"pc-ide": ("pc", "ide-hd"), "pc-virtio": ("pc", "virtio-blk-pci"), "q35-ahci": ("q35", "ide-hd"),
         "q35-virtio": ("q35", "virtio-blk-pci")}
PAGE = 4096


class Machine(qemu.VM):
    """The program that prints each key, with a hook of the clock that reads from its disk: it needs its BIOS at every turn."""

    def __init__(self, folder, bios, machine="pc", device="virtio-blk-pci", disk=None, args=()):
        folder.mkdir()
        self.console = folder / "console"
        drive = f"file={disk}" if disk else f"file={qemu.GUESTS}/echo.img,format=raw,snapshot=on"
        super().__init__(bios=bios, machine=machine, memory="64", qmp=True, no_reboot=False, args=[
            "-chardev", f"file,id=console,path={self.console}", "-device", "isa-debugcon,iobase=0xe9,chardev=console",
            "-drive", f"if=none,id=d,{drive}", "-device", f"{device},drive=d", *args])

    def said(self):
        return self.console.read_text(errors="replace") if self.console.exists() else ""

    def wait(self, what, why):
        end = qemu.now() + 60
        while not what():
            assert qemu.now() < end and self.process.poll() is None, f"{why}\n{self.said()}\n{self.text('log')}\n{self.text('stderr')}"
            qemu.sleep(0.02)

    def start(self):
        super().start()
        self.wait(self.connected, "no QMP")
        return self

    def connected(self):
        try:
            self.qmp = bootlog_read.Qmp(str(self.folder / "qmp"))
        except bootlog_read.Error:
            return False
        return True

    def press(self, name, down):
        key = {"type": "qcode", "data": name}
        self.qmp.command("input-send-event", events=[{"type": "key", "data": {"down": down, "key": key}}])

    def key(self, name, says):
        """Press a key, and see that the program has it from INT 16h."""
        before = self.said()
        self.press(name, True)
        self.press(name, False)
        self.wait(lambda: says in self.said()[len(before):], f"no key {name}")

    def begun(self):
        self.wait(lambda: "ready\n" in self.said(), "the program did not start")
        self.key("a", "key 1e61")

    def save(self, file):
        self.qmp.command("migrate", uri=f"exec:cat >{file}")
        self.wait(lambda: self.qmp.command("query-migrate").get("status") == "completed", "not saved")

    def goes_on(self):
        self.wait(lambda: self.qmp.command("query-status")["status"] in ("running", "paused"), "not restored")
        self.qmp.command("cont")
        self.key("b", "key 3062")

    def ends(self):
        """The program's last key: it says whether the clock went on and every read that its hook made was good."""
        qemu.sleep(0.5)     # of nine ticks one comes, also where the host is busy
        try:
            self.press("esc", True)
        except (OSError, bootlog_read.Error):
            pass    # QEMU ends, perhaps before it answers
        self.process.wait(60)
        assert self.said().endswith("hook worked\n"), self.said()

    def reset(self):
        """The log from a reset on."""
        before, starts = len(self.text("log")), self.said().count("ready\n")
        self.qmp.command("system_reset")
        self.wait(lambda: self.said().count("ready\n") > starts, "the program did not start again")
        return self.text("log")[before:]


def restored(file, *args):
    return ["-incoming", f"exec:cat {file}", *args]


def saved_under(bios, folder, file, **how):
    with Machine(folder, bios, **how) as source:
        source.start().begun()
        source.save(file)


@pytest.mark.parametrize("name", DISKS)
def test_a_saved_guest_goes_on(tmp_path, name):
    machine, device = DISKS[name]
    saved_under("slipway", tmp_path / "source", tmp_path / "state", machine=machine, device=device)
    with Machine(tmp_path / "target", "slipway", machine, device, args=restored(tmp_path / "state")) as target:
        target.start().goes_on()
        target.ends()


def test_a_snapshot_goes_on(tmp_path):
    """savevm needs a disk of qcow2, which QEMU makes by itself on top of another."""
    raw, disk = tmp_path / "disk.img", tmp_path / "disk.qcow2"
    shutil.copy(qemu.GUESTS / "echo.img", raw)
    with Machine(tmp_path / "source", "slipway", disk=f"{raw},format=raw") as source:
        source.start().begun()
        source.qmp.command("blockdev-snapshot-sync", device="d", format="qcow2", **{"snapshot-file": str(disk)})
        assert source.qmp.command("human-monitor-command", **{"command-line": "savevm here"}) == ""
    with Machine(tmp_path / "target", "slipway", disk=f"{disk},format=qcow2", args=["-loadvm", "here"]) as target:
        target.start().goes_on()
        assert target.reset().startswith("slipway: version ")


def padded(source, file):
    """SeaBIOS in an image of this one's size: QEMU places an image by its end."""
    size = len(pathlib.Path(qemu.firmware("slipway")).read_bytes())
    file.write_bytes(pathlib.Path(source).read_bytes().rjust(size, b"\0"))
    return str(file)


def test_seabios_as_it_is_has_another_size_and_is_refused(tmp_path):
    """QEMU's own check, before anything of the guest has run: the file can still be restored with what it was saved under."""
    state = tmp_path / "state"
    saved_under("seabios", tmp_path / "source", state)
    with Machine(tmp_path / "target", "slipway", args=restored(state)) as target:
        super(Machine, target).start()
        result = target.finish(60)
    theirs, ours = (pathlib.Path(qemu.firmware(name)).stat().st_size for name in ("seabios", "slipway"))
    assert result.code == 1 and "pc.bios" in result.stderr, str(result)
    assert f"{theirs:#x}" in result.stderr and f"{ours:#x}" in result.stderr, str(result)
    with Machine(tmp_path / "again", "seabios", args=restored(state)) as again:
        again.start().goes_on()
        again.ends()


def test_a_guest_of_seabios_goes_on_and_keeps_it_over_a_reset(tmp_path):
    """The display's option ROM is a block of RAM, too: of 64 KiB with each VGA BIOS."""
    seabios, state = padded(qemu.firmware("seabios"), tmp_path / "seabios.bin"), tmp_path / "state"
    saved_under(seabios, tmp_path / "source", state, args=["-device", "VGA"])
    display = ["-device", f"VGA,romfile={qemu.OUT}/vgabios-stdvga.bin"]
    with Machine(tmp_path / "target", "slipway", args=restored(state, *display)) as target:
        target.start().goes_on()
        log = target.reset()
        assert "SeaBIOS (version" in log and "slipway:" not in log


def test_a_guest_of_seabios_goes_on_and_runs_this_image_after_a_reset(tmp_path):
    """What QEMU's loader device holds is written at every reset, the one of the restored guest included. It begins below
    the ROM, where there is no memory: else QEMU would take it for the ROM's own and leave it to the saved state."""
    seabios, state = padded(qemu.firmware("seabios"), tmp_path / "seabios.bin"), tmp_path / "state"
    image = pathlib.Path(qemu.firmware("slipway")).read_bytes()
    (tmp_path / "next.bin").write_bytes(bytes(PAGE) + image)
    saved_under(seabios, tmp_path / "source", state)
    loader = ["-device", f"loader,file={tmp_path}/next.bin,addr={(1 << 32) - len(image) - PAGE:#x},force-raw=on"]
    with Machine(tmp_path / "target", "slipway", args=restored(state, *loader)) as target:
        target.start().goes_on()
        assert target.reset().startswith("slipway: version ")
        assert target.reset().startswith("slipway: version ")
        target.begun()
        target.ends()

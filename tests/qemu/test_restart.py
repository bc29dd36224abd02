# SPDX-License-Identifier: BSD-2-Clause
"""Restarts as programs and users ask for them, from real mode: each comes to a new start that finds memory above 1 MiB as
it was. Ctrl-Alt-Del is heard wherever the firmware waits: in the menu, for a disk, for a key, and where nothing could be
booted; on a terminal it is ESC [3;7~."""
import contextlib
import re
import socket
import threading

import pytest

import media
import vm as qemu
from terminal import Terminal
from test_crossing import VIRTIO, console, image_of, lines
from test_menu import number
from test_reset import Qmp
from test_sleep import entry, start_of

STARTS = 3
DELETE = [{"type": "qcode", "data": key} for key in ("ctrl", "alt", "delete")]
HALTED = "boot: halted"
BANNER = "slipway: version"


def disk(folder, way, speed=""):
    (folder / "d").write_bytes(image_of("restart", [("way", way.encode())]))
    return ["-drive", f"if=none,id=d,format=raw,file={folder}/d{speed}", *VIRTIO]


WAYS = {"c": "Ctrl-Alt-Del", "f": "FFFF:0", "e": "F000:E05B", "9": "INT 19h", "k": "64h", "r": "CF9h", "p": "92h",
        "t": "triple fault", "i": "INIT"}


@pytest.mark.parametrize("machine", ["pc", "q35"])
@pytest.mark.parametrize("way", WAYS, ids=[name.replace(" ", "-") for name in WAYS.values()])
def test_a_program_restarts_the_machine(way, machine, tmp_path):
    result = qemu.run(timeout=60, machine=machine, memory="32", no_reboot=False,
                      args=[*disk(tmp_path, way), *console(tmp_path)])
    wanted = [f"start {n} wrong 00000000 flag 0000" for n in range(1, STARTS + 1)]
    assert result.code == 3 and lines(tmp_path) == [*wanted, "end"], f"{lines(tmp_path)}\n{result}"
    assert result.log.count("INIT without a reset") == (STARTS - 1 if way == "i" else 0), str(result)
    # INT 19h boots again, without POST.
    assert result.log.count(BANNER) >= (1 if way == "9" else STARTS), str(result)
    assert way != "9" or result.log.count(BANNER) == 1, str(result)


@pytest.mark.parametrize("form", ["32", "16", "64", "pvh", "uki"])
def test_a_distributions_kernel_is_started_again(form, tmp_path):
    """By the way that it came, and it comes to its user space as before; the first leaves no line that the next lacks."""
    args = entry(form) if form in ("16", "64") else []
    what = start_of(form, "console=ttyS0 quiet panic=-1 reboot=k show=reboot", tmp_path)
    with qemu.VM(memory="256", no_reboot=False, args=["-cpu", "max", *args], **what) as vm:
        vm.start()
        assert vm.wait_text("=== end", timeout=180, count=STARTS), vm.finish(0)
        result = vm.finish(0)
    logs = result.log.split(BANNER)[1:STARTS + 1]
    said = [[re.sub(" in +[0-9]+ us", "", line) for line in log.splitlines() if line.startswith(("boot:", "acpi:", "pci:"))] for log in logs]
    assert said[0] and said[1] == said[0] and said[2] == said[0], str(result)


def restart_by_keys(vm, ready, name="log"):
    """Three times: ready comes once more behind each start."""
    with Qmp(vm) as qmp:
        for n in range(1, STARTS + 1):
            assert vm.wait_text(ready, name, 10, count=n), f"start {n}: {vm.finish(0)}"
            assert vm.text("log").count(BANNER) >= n
            qmp.command("send-key", keys=DELETE)
        assert vm.wait_text(ready, name, 10, count=STARTS + 1), vm.finish(0)


@pytest.mark.parametrize("machine", ["pc", "q35", "isapc"])
def test_ctrl_alt_del_where_nothing_could_be_booted(machine):
    with qemu.VM(machine=machine, qmp=True, no_reboot=False) as vm:
        restart_by_keys(vm.start(), HALTED)


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_ctrl_alt_del_behind_a_program_that_gave_up(machine, tmp_path):
    """By INT 18h, with vectors, interrupt controllers and the keyboard's queue as no firmware leaves them."""
    with qemu.VM(machine=machine, memory="32", qmp=True, no_reboot=False,
                 args=[*disk(tmp_path, "8"), *console(tmp_path)]) as vm:
        vm.start()
        with Qmp(vm) as qmp:
            for n in range(1, STARTS):
                assert vm.wait_text(HALTED, "log", 10, count=n), vm.finish(0)
                qemu.sleep(0.3)     # devices are set up anew, and a key that comes meanwhile is lost
                qmp.command("send-key", keys=DELETE)
            result = vm.finish(10)
    assert result.code == 3 and len(lines(tmp_path)) == STARTS + 1, f"{lines(tmp_path)}\n{result}"


@pytest.mark.parametrize("machine", ["pc", "q35"])
@pytest.mark.parametrize("way", ["d", "w", "b"], ids=["disk", "key", "loop"])
def test_ctrl_alt_del_in_a_program(way, machine, tmp_path):
    args = [*disk(tmp_path, way, ",throttling.iops-total=20"), *console(tmp_path)]
    with qemu.VM(machine=machine, memory="32", qmp=True, no_reboot=False, args=args) as vm:
        vm.start()
        with Qmp(vm) as qmp:
            for n in range(1, STARTS):
                end = qemu.now() + 10
                while len(lines(tmp_path)) < n and qemu.now() < end:
                    qemu.sleep(0.02)
                qemu.sleep(0.1)
                qmp.command("send-key", keys=DELETE)
            result = vm.finish(10)
    assert result.code == 3 and [line.split()[1] for line in lines(tmp_path)[:-1]] == ["1", "2", "3"], \
        f"{lines(tmp_path)}\n{result}"


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_ctrl_alt_del_in_the_menu(machine, tmp_path):
    """Where it is asked for, and where it is shown."""
    args = [*number(tmp_path, "etc/show-boot-menu", 1, 1), *number(tmp_path, "etc/boot-menu-wait", 60000, 4),
            "-device", "VGA"]
    for n in range(2):
        args += ["-drive", f"file={media.disk(tmp_path, f'dsk{n}', 'X')},format=raw,if=none,id=d{n}",
                 "-device", f"virtio-blk-pci,drive=d{n}"]
    with qemu.VM(machine=machine, qmp=True, no_reboot=False, args=args) as vm:
        restart_by_keys(vm.start(), "menu: 60000 ms")
        with Qmp(vm) as qmp:
            qemu.sleep(0.2)
            qmp.command("send-key", keys=[{"type": "qcode", "data": "f12"}])
            qemu.sleep(0.5)
            qmp.command("send-key", keys=DELETE)
            assert vm.wait_text("menu: 60000 ms", "log", 10, count=STARTS + 2), vm.finish(0)


@pytest.mark.parametrize("display", [[], ["-device", "VGA"]], ids=["alone", "beside"])
@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_ctrl_alt_del_from_a_terminal(machine, display):
    with Terminal(machine=f"{machine},graphics=off", args=display, no_reboot=False) as terminal:
        for n in range(1, STARTS + 1):
            assert terminal.vm.wait_text(HALTED, "log", 10, count=n), terminal.said()
            qemu.sleep(0.3)         # the rest of the log goes to the terminal
            assert any(HALTED in line or "report: " in line for line in terminal.lines()), terminal.said()
            terminal.send(b"\x1b[3;3~\x1b[3;5~")
            qemu.sleep(0.2)
            assert terminal.vm.text("log").count(HALTED) == n, terminal.said()
            terminal.send(b"\x1b[3;7~")
        assert terminal.vm.wait_text(HALTED, "log", 10, count=STARTS + 1), terminal.said()


@pytest.mark.parametrize("way, outcome", [("n", "second arrived"), ("i", "nothing arrived"), ("r", "nothing arrived")],
                         ids=["no-restart", "INIT", "CF9h"])
def test_a_request_under_way_does_not_outlive_the_restart(way, outcome, tmp_path):
    """An IDE disk that is to write to memory in a second: it does where nobody restarts the machine."""
    (tmp_path / "d").write_bytes(image_of("dma", [("way", way.encode())]))
    (tmp_path / "e").write_bytes(bytes(1 << 20))
    args = ["-drive", f"if=none,id=d,format=raw,file={tmp_path}/d", "-device", "virtio-blk-pci,drive=d,bootindex=1",
            "-drive", f"if=none,id=e,format=raw,file={tmp_path}/e,throttling.iops-total=1",
            "-device", "ide-hd,drive=e,bus=ide.0"]
    result = qemu.run(timeout=60, machine="pc", memory="32", no_reboot=False, args=[*args, *console(tmp_path)])
    said = lines(tmp_path)
    assert result.code == 3 and said == ["first arrived", outcome, "end"], f"{said}\n{result}"


# A slow disk "e" beside the boot disk "d".
BUS_MASTERS = {
    "ahci": ("q35", ["-device", "ide-hd,drive=e"]),
    "virtio-legacy": ("pc", ["-device", "virtio-blk-pci,drive=e,disable-modern=on"]),
    "virtio-modern": ("q35", ["-device", "virtio-blk-pci,drive=e,disable-legacy=on"]),
}


@pytest.mark.parametrize("controller", BUS_MASTERS)
@pytest.mark.parametrize("way, outcome", [("n", "second arrived"), ("i", "nothing arrived"), ("r", "nothing arrived")],
                         ids=["no-restart", "INIT", "CF9h"])
def test_a_request_of_the_services_does_not_outlive_the_restart(way, outcome, controller, tmp_path):
    """A tick restarts the machine while INT 13h waits for the disk: what the controller was told to write to is a program's then."""
    machine, devices = BUS_MASTERS[controller]
    (tmp_path / "d").write_bytes(image_of("dma_services", [("way", way.encode())]))
    (tmp_path / "e").write_bytes(bytes(1 << 20))
    args = ["-drive", f"if=none,id=d,format=raw,file={tmp_path}/d", "-device", "virtio-blk-pci,drive=d,bootindex=1",
            "-drive", f"if=none,id=e,format=raw,file={tmp_path}/e,throttling.iops-total=1", *devices]
    result = qemu.run(timeout=60, machine=machine, memory="32", no_reboot=False, args=[*args, *console(tmp_path)])
    said = lines(tmp_path)
    assert result.code == 3 and said == ["first arrived", outcome, "end"], f"{said}\n{result}"
    assert result.log.count(BANNER) >= (1 if way == "n" else 2), str(result)
    # POST would stop the controller too, but late: an INIT that it takes for a reset is seen by the missing line.
    assert result.log.count("INIT without a reset") == (way == "i"), str(result)


@contextlib.contextmanager
def packets():
    """Broadcasts, some twenty a second, to who takes them: a ring is not full before the next start. The arguments for that."""
    stop = threading.Event()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        for one in (ours, free):
            one.bind(("127.0.0.1", 0))
        port, own = free.getsockname()[1], ours.getsockname()[1]
        free.close()

        def send():
            while not stop.wait(0.05):
                with contextlib.suppress(OSError):      # nobody is there yet
                    ours.sendto(b"\xff" * 6 + bytes(6) + b"\x88\xb5" + b"D" * 100, ("127.0.0.1", port))

        thread = threading.Thread(target=send)
        thread.start()
        try:
            yield ["-netdev", f"socket,id=n,udp=127.0.0.1:{own},localaddr=127.0.0.1:{port}"]
        finally:
            stop.set()
            thread.join()


@pytest.mark.parametrize("machine", ["pc", "q35"])
@pytest.mark.parametrize("way, outcome", [("n", "second arrived"), ("i", "nothing arrived"), ("r", "nothing arrived")],
                         ids=["no-restart", "INIT", "CF9h"])
def test_packets_do_not_come_behind_the_restart(way, outcome, machine, tmp_path):
    """Into the ring of a card that nothing in the firmware drives: the reset stops it, and POST's first look at PCI, or nothing."""
    (tmp_path / "d").write_bytes(image_of("dma_e1000", [("way", way.encode())]))
    with packets() as net:
        args = ["-drive", f"if=none,id=d,format=raw,file={tmp_path}/d", *VIRTIO, *net, "-device", "e1000,netdev=n,romfile="]
        result = qemu.run(timeout=60, machine=machine, memory="32", no_reboot=False, args=[*args, *console(tmp_path)])
    said = lines(tmp_path)
    assert result.code == 3 and said == ["first arrived", outcome, "end"], f"{said}\n{result}"
    assert result.log.count("INIT without a reset") == (way == "i"), str(result)


@pytest.mark.parametrize("machine", ["pc", "q35"])
@pytest.mark.parametrize("way, outcome", [("n", "second arrived"), ("i", "nothing arrived"), ("r", "nothing arrived")],
                         ids=["no-restart", "INIT", "CF9h"])
def test_a_request_of_nvme_does_not_outlive_the_restart(way, outcome, machine, tmp_path):
    (tmp_path / "d").write_bytes(image_of("dma_nvme", [("way", way.encode())]))
    (tmp_path / "e").write_bytes(bytes(1 << 20))
    args = ["-drive", f"if=none,id=d,format=raw,file={tmp_path}/d", "-device", "virtio-blk-pci,drive=d,bootindex=1",
            "-drive", f"if=none,id=e,format=raw,file={tmp_path}/e,throttling.iops-total=1", "-device", "nvme,drive=e,serial=e"]
    result = qemu.run(timeout=60, machine=machine, memory="32", no_reboot=False, args=[*args, *console(tmp_path)])
    said = lines(tmp_path)
    assert result.code == 3 and said == ["first arrived", outcome, "end"], f"{said}\n{result}"
    assert result.log.count("INIT without a reset") == (way == "i"), str(result)

# SPDX-License-Identifier: BSD-2-Clause
"""What a boot that failed shows on each display, dot by dot: by the VGA BIOS where something else than a kernel was
booted, and by the firmware alone where a kernel was to be launched or the display has no program."""
import sys

import pytest

import vm as qemu
from test_display import CARDS_OWN, HALTED
from test_flat_display import COLOURS, COLUMNS, FONT, HEIGHT, ROWS, drawn, picture

sys.path.insert(0, str(qemu.ROOT / "tools"))
from bootlog_read import Qmp  # noqa: E402

SHOWN = ("boot: ", "alloc: ", "exception: ", "report: plan: ", "report: sum: ")
MORE = ["The whole log: serial port, debug port, or memory by tools/bootlog."]
RESET, AGAIN = "To try again, reset the machine.", "To try again, press Ctrl-Alt-Del."
VGA_WIDTH = 9   # dots of a character, of which the last is blank but for lines


def rows_of(lines):
    """The screen's rows when they were written one after the other, and where the next character goes."""
    rows = []
    for line in lines:
        rows += [line[i:i + COLUMNS] for i in range(0, max(len(line), 1), COLUMNS)]
    last = min(len(rows), ROWS - 1)
    return [*rows, ""][-ROWS:] + [""] * (ROWS - 1 - len(rows)), (0, last)


def cells(rows):
    return b"".join(bytes((c, 7)) for row in rows for c in row.ljust(COLUMNS).encode("cp437"))


def drawn_by_vga(rows):
    """720x400, without a cursor. A DAC of six bits has 2Ah become A8h."""
    return [b"".join(b"\xa8" * 3 if FONT[c][y] << 1 & 0x100 >> x else COLOURS[0]
                     for c in row.ljust(COLUMNS).encode("cp437") for x in range(VGA_WIDTH))
            for row in rows for y in range(HEIGHT)]


def said(vm, end):
    """The lines that are to be seen, once all of them are there."""
    assert vm.wait_line("report: sum: ", "log", 60), vm.finish(0)
    return [line for line in vm.text("log").splitlines() if line.startswith(SHOWN)] + end


def same(vm, lines, vga=False, cursor=False):
    rows, at = rows_of(lines)
    wanted = drawn_by_vga(rows) if vga else drawn(cells(rows), at if cursor else None)
    qmp, end = Qmp(str(vm.folder / "qmp")), qemu.now() + 8
    while True:
        width, height, found = picture(vm, qmp)
        if found == wanted:
            return
        if qemu.now() > end:
            break
        qemu.sleep(0.2)
    assert (width, height) == (len(wanted[0]) // 3, len(wanted)), "\n".join(rows)
    wrong = [y for y in range(height) if found[y] != wanted[y]]
    raise AssertionError(f"lines {wrong[:20]} of the picture\n" + "\n".join(rows))


@pytest.fixture(scope="module")
def broken(build):
    """An exception is the failure that comes at the right moment: no display's program has run, or will."""
    return str(build({"EXCEPTION_TEST_LATE": "y"}))


def failing(machine, args, bios="slipway", **how):
    return qemu.VM(bios=bios, machine=machine, memory="128", qmp=True, args=args, **how)


DISPLAYS = {"std": ["VGA"], "cirrus": ["cirrus-vga"], "bochs-display": ["bochs-display"],
            "secondary-vga": ["secondary-vga"], "ramfb": ["ramfb"], "port": ["pcie-root-port,id=p", "bochs-display,bus=p"]}


def device(name):
    if name == "ramfb":
        qemu.need_device("ramfb")
    return [word for d in DISPLAYS[name] for word in ("-device", d)]


@pytest.mark.parametrize("machine, display", [
    ("pc", "std"), ("q35", "cirrus"), ("q35", "bochs-display"), ("pc", "secondary-vga"), ("pc", "ramfb"), ("q35", "ramfb"),
    ("q35", "port")])
def test_a_launch_that_fails(broken, machine, display):
    with failing(machine, device(display), broken, kernel=qemu.GUESTS / "check.bzImage") as vm:
        vm.start()
        lines = said(vm, [*MORE, RESET])
        assert "exception: POST cannot go on" in lines
        same(vm, lines, vga=display in ("std", "cirrus"))


def test_a_restart_needs_no_advice(broken):
    args = [*device("bochs-display"), "-boot", "reboot-timeout=60000"]
    with failing("pc", args, broken, kernel=qemu.GUESTS / "check.bzImage") as vm:
        vm.start()
        assert vm.wait_text("boot: restart in 60000 ms", "log", 60), vm.finish(0)
        same(vm, said(vm, []))


@pytest.mark.parametrize("machine, display", [("q35", "bochs-display"), ("pc", "secondary-vga"), ("pc", "ramfb")])
def test_nothing_to_boot_by_the_vga_bios(machine, display):
    with failing(machine, device(display)) as vm:
        vm.start()
        lines = said(vm, [*MORE, AGAIN])
        version = vm.text("log").split("slipway: version ")[1].split()[0]
        assert "boot: no kernel was given (-kernel), and there is no disk, CD or floppy" in lines
        same(vm, ["Slipway " + version, "", *lines], cursor=True)


def test_a_display_without_a_program_shows_it_too():
    with failing("pc", [*device("secondary-vga"), *CARDS_OWN]) as vm:
        vm.start()
        same(vm, said(vm, [*MORE, RESET]))


def test_none_is_shown_where_the_user_wants_none():
    """QEMU then shows that nobody has set the display up, in another size."""
    with failing("pc", [*device("secondary-vga"), "-fw_cfg", "name=opt/org.slipway/vga,string=off"]) as vm:
        vm.start()
        assert vm.wait_text("report: sum: ", "serial", 60), vm.finish(0)
        assert picture(vm, Qmp(str(vm.folder / "qmp")))[:2] != (640, 400)


def test_without_a_display_it_is_on_the_ports(broken):
    with failing("pc", [], broken, kernel=qemu.GUESTS / "check.bzImage") as vm:
        vm.start()
        assert vm.wait_text("report: sum: ", "serial", 60), vm.finish(0)
        assert HALTED in vm.text("serial") and HALTED in vm.text("log")

# SPDX-License-Identifier: BSD-2-Clause
"""The display's option ROM: run first where something is booted that calls the BIOS, so that loaders and the firmware's
own messages are seen; one that cannot be run costs a line and nothing else."""
import pathlib
import struct
import sys

import pytest

import debian
import vm as qemu

sys.path.insert(0, str(qemu.ROOT / "tools"))
from bootlog_read import Qmp  # noqa: E402

VGABIOS = ["/usr/share/seabios/vgabios-stdvga.bin", "/usr/share/qemu/vgabios-stdvga.bin"]
GRUB = ["/usr/lib/grub-rescue/grub-rescue-usb.img"]
HALTED = "boot: halted"
REASON = "boot: no kernel was given"


def screen(vm, qmp=None):
    """The text in the memory of a VGA in mode 3: 25 lines. qmp: the connection that is open, if one is."""
    file = vm.folder / "screen"
    (qmp or Qmp(str(vm.folder / "qmp"))).command("pmemsave", val=0xb8000, size=4000, filename=str(file))
    cells = file.read_bytes()[::2]
    return [cells[80 * y:80 * y + 80].replace(b"\0", b" ").decode("cp437").rstrip() for y in range(25)]


def halted(machine, *args, accel="tcg"):
    """(screen, log) of a machine that has nothing to boot."""
    with qemu.VM(machine=machine, memory="128", qmp=True, args=args, accel=accel) as vm:
        vm.start()
        assert vm.wait_text(HALTED, "log", 30 if accel == "tcg" else 120), vm.finish(0)
        for _ in range(50):
            lines = screen(vm)
            if any(HALTED in line for line in lines):
                break
            vm.wait_text("never", "log", 0.1)
        return lines, vm.text("log")


CARDS = {
    "std": ["VGA"], "cirrus": ["cirrus-vga"], "vmware": ["vmware-svga"], "qxl": ["qxl-vga"], "virtio": ["virtio-vga"],
    "ati": ["ati-vga"], "secondary": ["secondary-vga", "VGA"], "bochs-first": ["bochs-display", "VGA"],
    "in-fw_cfg": ["VGA,rombar=0"], "bridge": ["pci-bridge,id=b,chassis_nr=1", "VGA,bus=b,addr=1"],
}

CARDS_OWN = ["-fw_cfg", "name=opt/org.slipway/vga,string=card"]     # not this image's VGA BIOS


def devices(card):
    return [word for device in card for word in ("-device", device)]


@pytest.mark.parametrize("machine", ["pc", "q35"])
@pytest.mark.parametrize("card", CARDS)
def test_a_failed_boot_says_why_on_the_screen(machine, card):
    if card == "qxl":   # of a package of its own, with SPICE
        qemu.need_device("qxl-vga")
    lines, log = halted(machine, *devices(CARDS[card]), *CARDS_OWN)
    assert lines[0].startswith("Slipway ") and any(line.startswith(REASON) for line in lines), "\n".join(lines) + log
    assert log.count("display: ") == 1 and ": option ROM, 0x" in log, log
    assert "vgaroms/" in log if card == "in-fw_cfg" else "vgaroms/" not in log


@pytest.mark.parametrize("machine, card", [("pc", "std"), ("q35", "std"), ("pc", "cirrus"), ("pc", "vmware"), ("q35", "virtio"),
                                           ("pc", "ati"), ("pc", "bridge"), ("pc", "in-fw_cfg"), ("pc", "qxl")])
def test_the_same_by_the_vga_bios_of_the_image(machine, card):
    if card == "qxl":
        qemu.need_device("qxl-vga")
    lines, log = halted(machine, *devices(CARDS[card]))
    assert lines[0].startswith("Slipway ") and any(line.startswith(REASON) for line in lines), "\n".join(lines) + log
    with open(qemu.OUT / "bare" / "vgabios-stdvga.bin", "rb") as f:    # as it is in the image
        assert f": option ROM, {len(f.read()):#x} bytes" in log


def test_isa_vga_by_the_vga_bios_of_the_image():
    lines, log = halted("isapc", "-device", "isa-vga")
    assert any(line.startswith(REASON) for line in lines), "\n".join(lines) + log


def test_no_program_of_a_display():
    lines, log = halted("pc", "-device", "VGA", "-fw_cfg", "name=opt/org.slipway/vga,string=off")
    assert not any(lines) and "vga=off: no program is run for it" in log


@pytest.mark.parametrize("machine, card", [("pc", "std"), ("q35", "std"), ("pc", "cirrus"), ("q35", "cirrus"), ("pc", "vmware"),
                                           ("q35", "virtio"), ("pc", "qxl"), ("pc", "ati"), ("q35", "bridge")])
def test_a_kernel_without_a_console_shows_its_lines(machine, card):
    """By the memory at B8000 and by the picture; a kernel that is not told of a screen shows none."""
    if card == "qxl":
        qemu.need_device("qxl-vga")
    with qemu.VM(machine=machine, memory="256", qmp=True, args=devices(CARDS[card]), kernel=debian.kernel()) as vm:
        vm.start()
        assert vm.wait_text("item: kernel", "log", 60), vm.finish(0)
        qmp, end = Qmp(str(vm.folder / "qmp")), qemu.now() + 60
        while qemu.now() < end and not any("] Linux version" in line or "Kernel panic" in line for line in screen(vm, qmp)):
            qemu.sleep(0.2)
        lines = screen(vm, qmp)
        qmp.command("screendump", filename=str(vm.folder / "picture"))
        picture = (vm.folder / "picture").read_bytes()
        assert sum(line.startswith("[ ") for line in lines) > 3, "\n".join(lines) + str(vm.finish(0))
        assert picture.startswith(b"P6\n720 400\n") and len(picture) - picture.count(0) > 3000


def test_isa_vga_has_its_rom_in_fw_cfg():
    lines, log = halted("isapc", "-device", "isa-vga")
    assert any(line.startswith(REASON) for line in lines), "\n".join(lines) + log
    assert "display: vgaroms/vgabios.bin: option ROM, 0x" in log


def test_kvm_enforces_the_limits_of_segments():
    """TCG does not: a ROM reaches its card's registers above 1 MiB only if it is entered with 4 GiB limits."""
    qemu.need_kvm("pc")
    lines, log = halted("pc", "-device", "VGA", accel="kvm")
    assert any(line.startswith(REASON) for line in lines), "\n".join(lines) + log


def log_of(machine, *args):
    """The log alone."""
    with qemu.VM(machine=machine, memory="128", args=args) as vm:
        vm.start()
        assert vm.wait_text(HALTED, "log", 30), vm.finish(0)
        return vm.text("log")


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_bochs_display_has_a_rom_too(machine):
    assert ": option ROM, 0x" in log_of(machine, "-device", "bochs-display")


@pytest.mark.parametrize("args", [[], ["-device", "virtio-gpu-pci"], ["-device", "secondary-vga", *CARDS_OWN]],
                         ids=lambda a: " ".join(a))
def test_without_a_rom_nothing_is_said_of_a_display(args):
    assert "display: " not in log_of("pc", *args)


def rom(change):
    data = bytearray(pathlib.Path(qemu.first_file(VGABIOS, "SeaVGABIOS")).read_bytes())
    pcir = struct.unpack_from("<H", data, 0x18)[0]
    return bytes(change(data, pcir) or data)


def put(data, at, form, value):
    struct.pack_into(form, data, at, value)


BAD = {
    "truncated": (lambda d, p: d[:20000], "end of PCIR, at most"),
    "two bytes": (lambda d, p: d[:2], "signature: 0xaa55 expected, 0x0 found"),    # QEMU makes it four, patching ids
    "checksum": (lambda d, p: put(d, 5000, "B", d[5000] ^ 1), "sum of bytes: 0x0 expected, 0x"),
    "larger than itself": (lambda d, p: put(d, 2, "B", 255), "bytes of the image, at most: 0x10000 expected, 0x1fe00 found"),
    "size 0": (lambda d, p: put(d, 2, "B", 0), "bytes of the image, at most"),
    "no PCIR": (lambda d, p: put(d, p, "B", 0), "PCIR's signature: 0x52494350 expected, 0x52494300 found"),
    "PCIR outside": (lambda d, p: put(d, 0x18, "<H", 0xfff0), "end of PCIR, at most"),
    "image of no length": (lambda d, p: put(d, p + 0x10, "<H", 0), "bytes of an image, at most"),
    "no last image": (lambda d, p: put(d, p + 0x14, "<H", 0x0003), "signature: 0xaa55 expected"),
    "only EFI": (lambda d, p: put(d, p + 0x14, "<H", 0x8003), "device and vendor of x86 code"),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_rom_costs_a_line(bad, tmp_path):
    change, said = BAD[bad]
    (tmp_path / "rom.bin").write_bytes(rom(change))
    log = log_of("pc", "-device", f"VGA,romfile={tmp_path}/rom.bin", *CARDS_OWN)
    assert f"option ROM: {said}" in log and log.count("display: ") == 1, log


def test_an_image_behind_another_is_found(tmp_path):
    first = bytearray(1024)
    struct.pack_into("<H", first, 0, 0xaa55)
    struct.pack_into("<H", first, 0x18, 0x1c)
    struct.pack_into("<4sHHHHB3sHHBB", first, 0x1c, b"PCIR", 0x1234, 0x1111, 0, 24, 0, b"\0\0\3", 2, 0, 3, 0)
    (tmp_path / "rom.bin").write_bytes(bytes(first) + rom(lambda d, p: d))
    lines, log = halted("q35", "-device", f"VGA,romfile={tmp_path}/rom.bin")
    assert any(line.startswith(REASON) for line in lines), "\n".join(lines) + log


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_grub_draws_on_a_framebuffer_in_ram(machine):
    """QEMU's ROM for ramfb has its picture in memory from the POST Memory Manager, and draws by INT 15h AH=87h and the tick."""
    qemu.need_device("ramfb")
    args = ["-device", "ramfb", *CARDS_OWN, "-drive",
            f"file={qemu.first_file(GRUB, 'grub-rescue-pc')},format=raw,if=none,id=d,snapshot=on", "-device", "virtio-blk-pci,drive=d"]
    with qemu.VM(machine=machine, memory="128", qmp=True, args=args) as vm:
        vm.start()
        assert vm.wait_text("boot: drive 80", "log", 30), vm.finish(0)
        q = Qmp(str(vm.folder / "qmp"))
        for _ in range(100):
            vm.wait_text("never", "log", 0.3)
            q.command("screendump", filename=str(vm.folder / "picture"))
            picture = (vm.folder / "picture").read_bytes()
            if picture.startswith(b"P6\n1024 768\n") and len(picture) - picture.count(0) > 20000:
                return      # some 22,000 pixels of text
        assert False, vm.text("log")


@pytest.mark.parametrize("machine, card", [("pc", "std"), ("q35", "virtio"), ("pc", "cirrus"), ("q35", "bridge")])
def test_grub_shows_its_prompt(machine, card):
    args = [*devices(CARDS[card]), "-drive", f"file={qemu.first_file(GRUB, 'grub-rescue-pc')},format=raw,if=none,id=d,snapshot=on",
            "-device", "virtio-blk-pci,drive=d"]
    with qemu.VM(machine=machine, memory="128", qmp=True, args=args) as vm:
        vm.start()
        assert vm.wait_text("boot: drive 80", "log", 30), vm.finish(0)
        for _ in range(300):
            lines = screen(vm)
            if any("GNU GRUB" in line for line in lines):
                return
            vm.wait_text("never", "log", 0.2)
        assert False, "\n".join(lines) + str(vm.finish(0))


def c0000(machine, *args):
    """(the ROM at C0000, the log) of a machine that has nothing to boot."""
    with qemu.VM(machine=machine, memory="128", qmp=True, args=args) as vm:
        vm.start()
        assert vm.wait_text(HALTED, "log", 30), vm.finish(0)
        Qmp(str(vm.folder / "qmp")).command("pmemsave", val=0xc0000, size=0x10000, filename=str(vm.folder / "rom"))
        data = (vm.folder / "rom").read_bytes()
        return data[:512 * data[2]], vm.text("log")


def is_ours(data):
    return data[0x24:0x28] == b"SLVG"


def alien(data):
    """The user's: a copy of QEMU's that does not say so, with the same sum."""
    return bytes(data).replace(b"SeaBIOS VBE", b"SOIBaeS VBE")


WHOSE = {	# QEMU's arguments, the ROM file's bytes or None; ours, what the log says besides
    "qemu's": ("VGA", None, True, None),
    "no ROM BAR": ("VGA,rombar=0", None, True, None),
    "a copy of qemu's": ("VGA,romfile={}", lambda d, p: None, True, None),
    "the user's": ("VGA,romfile={}", lambda d, p: alien(d), False, None),
    "the user's, broken": ("VGA,romfile={}", lambda d, p: put(d, 5000, "B", d[5000] ^ 1) or alien(d), True, "sum of bytes: 0x0 expected"),
    "without PCIR": ("VGA,romfile={}", lambda d, p: put(d, p, "B", 0), True, None),
    "empty": ("VGA,romfile=", None, True, None),
}


@pytest.mark.parametrize("whose", WHOSE)
def test_whose_program_runs(whose, tmp_path):
    device, change, ours, said = WHOSE[whose]
    if change:
        (tmp_path / "rom.bin").write_bytes(rom(change))
    data, log = c0000("pc", "-device", device.format(tmp_path / "rom.bin"))
    assert is_ours(data) == ours and (b"SOIBaeS VBE" in data) == (not ours), log
    assert log.count("display: ") == 1 + bool(said) and (not said or said in log), log


def test_a_file_of_the_users_comes_first(tmp_path):
    (tmp_path / "rom.bin").write_bytes(rom(lambda d, p: alien(d)))
    data, log = c0000("pc", "-device", "VGA", "-fw_cfg", f"name=vgaroms/mine.bin,file={tmp_path}/rom.bin")
    assert b"SOIBaeS VBE" in data and "display: vgaroms/mine.bin: option ROM, 0x" in log, log


@pytest.mark.parametrize("machine, card, ids", [("pc", "VGA", (0x1234, 0x1111)), ("q35", "virtio-vga", (0x1af4, 0x1050)),
                                                ("pc", "cirrus-vga", (0x1013, 0xb8)), ("pc", "vmware-svga", (0x15ad, 0x405))])
def test_the_rom_at_c0000_is_the_cards(machine, card, ids):
    """[PCI Firmware 3.0, 5.1; PnP BIOS 1.0A, 3.2] A driver that reads the card's ROM gets this one."""
    data, log = c0000(machine, "-device", card)
    pcir, pnp = struct.unpack_from("<HH", data, 0x18)
    assert data[:2] == b"\x55\xaa" and sum(data) & 0xff == 0 and len(data) == 512 * data[2], log
    assert data[pcir:pcir + 4] == b"PCIR" and struct.unpack_from("<HH", data, pcir + 4) == ids
    assert data[pcir + 13:pcir + 16] == b"\0\0\3" and data[pcir + 0x14] == 0 and data[pcir + 0x15] & 0x80
    assert struct.unpack_from("<H", data, pcir + 0x10)[0] == data[2]
    assert data[pnp:pnp + 4] == b"$PnP" and sum(data[pnp:pnp + 32]) & 0xff == 0


def heads(machine, *args, kernel=None, said=HALTED, ids="ab"):
    """How many dots are lit on each head: devices with these ids."""
    with qemu.VM(machine=machine, memory="256", qmp=True, args=args, kernel=kernel) as vm:
        vm.start()
        if not vm.wait_text(said, "log", 60):
            result = vm.finish(0)
            if "duplicate SaveStateEntry" in result.stderr:     # QEMU 10 and later: isa-vga beside a VGA
                pytest.skip("this QEMU refuses these displays beside each other")
            raise AssertionError(str(result))
        q, end = Qmp(str(vm.folder / "qmp")), qemu.now() + 30
        while True:
            lit = []
            for head in ids:
                q.command("screendump", filename=str(vm.folder / head), device=head)
                picture = (vm.folder / head).read_bytes()
                lit.append(len(picture) - picture.count(0) if picture.startswith(b"P6\n720 400\n") else 0)
            if max(lit) > 3000 or qemu.now() > end:
                return lit, vm.text("log")
            qemu.sleep(0.2)


# QEMU lets the last one that was plugged in have the legacy ports and memory.
TWO = [("pc", ["VGA,id=a", "virtio-vga,id=b"]), ("pc", ["virtio-vga,id=a", "VGA,id=b"]), ("q35", ["VGA,id=a", "cirrus-vga,id=b"]),
       ("pc", ["VGA,id=a", "pci-bridge,id=br,chassis_nr=1", "VGA,id=b,bus=br,addr=1"])]


@pytest.mark.parametrize("machine, cards", TWO, ids=lambda x: x if isinstance(x, str) else " ".join(x))
@pytest.mark.parametrize("boots", ["nothing", "kernel"])
def test_of_two_displays_the_one_that_answers_shows_text(machine, cards, boots):
    kernel = debian.kernel() if boots == "kernel" else None
    lit, log = heads(machine, *devices(cards), kernel=kernel, said="item: kernel" if kernel else HALTED)
    answers = 0 if "pci-bridge" in " ".join(cards) else 1
    assert lit[answers] > 3000 and lit[1 - answers] == 0, (lit, log)


@pytest.mark.parametrize("display", ["isa-vga", "isa-cirrus-vga"])
@pytest.mark.parametrize("boots", ["nothing", "kernel"])
def test_an_isa_display_beside_another_shows_text(boots, display):
    qemu.need_device(display)
    kernel = debian.kernel() if boots == "kernel" else None
    lit, log = heads("pc", "-device", "VGA,id=a", "-device", f"{display},id=b", kernel=kernel, said="item: kernel" if kernel else HALTED)
    assert lit[0] == 0 and lit[1] > 3000, (lit, log)


@pytest.mark.parametrize("machine, display", [("pc", "isa-vga"), ("q35", "isa-vga"), ("pc", "isa-cirrus-vga")])
def test_an_isa_display_alone_shows_a_kernel_s_text(machine, display):
    """bochs-display is no VGA, and nobody's console here."""
    qemu.need_device(display)
    lit, log = heads(machine, "-device", f"{display},id=a", "-device", "bochs-display,id=b", kernel=debian.kernel(), said="item: kernel")
    assert lit[0] > 3000 and lit[1] == 0, (lit, log)


@pytest.mark.parametrize("display", ["isa-vga", "isa-cirrus-vga"])
@pytest.mark.parametrize("machine", ["isapc", "microvm"])
def test_a_machine_without_pci_shows_a_kernel_s_text(machine, display):
    qemu.need_device(display)
    qemu.need_machine(machine)
    lit, log = heads(machine, "-cpu", "qemu64", "-device", f"{display},id=a", kernel=debian.kernel(), said="item: kernel", ids="a")
    assert lit[0] > 3000, (lit, log)


def test_an_isa_display_s_memory_before_smram_hangs_nothing():
    """On q35 it lies before SMRAM, and what was to be the SMI's handler would be in its planes."""
    lit, log = heads("q35", "-device", "isa-vga,id=a", "-device", "VGA,id=b")
    assert "smm: SMRAM is memory that everybody sees; SMIs are off" in log, (lit, log)

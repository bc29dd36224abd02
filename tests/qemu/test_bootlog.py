# SPDX-License-Identifier: BSD-2-Clause
"""tools/bootlog: a running guest, dumps of its memory, the text of its console, and everything that can
be wrong with these."""
import json
import pathlib
import struct
import subprocess
import sys

import pytest

import debian
import vm as qemu
from conftest import words_for
from test_display import CARDS_OWN
from test_fpdt import accesses, marker, stopped_marker, trace_args

TOOL = qemu.ROOT / "tools" / "bootlog"
sys.path.insert(0, str(TOOL.parent))
import bootlog_read as read  # noqa: E402

ITEMS = {"etc/e820", "etc/table-loader", "etc/acpi/tables", "kernel setup", "kernel", "command line"}


def bootlog(*args, text=None):
    return subprocess.run([sys.executable, str(TOOL), *map(str, args)], input=text, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=60)


def bios():
    return qemu.firmware("slipway")


def fails(done, code, *words):
    assert done.returncode == code, done
    assert "Traceback" not in done.stderr and all(w in done.stderr for w in words), done.stderr


class Guest:
    """A guest that stands still after its boot, with both control sockets."""

    def __init__(self, machine, *args, image=None):
        self.vm = qemu.VM(machine=machine, memory="128", qmp=True, bios=image or "slipway", args=args,
                          kernel=qemu.GUESTS / "check.bzImage", append=words_for("128", [], False, "halt boots=2"))
        self.qmp, self.monitor = self.vm.folder / "qmp", self.vm.folder / "monitor"
        self.vm.command += ["-monitor", f"unix:{self.monitor},server=on,wait=off"]

    def __enter__(self):
        self.vm.start()
        assert self.vm.wait_text("# end: boot", timeout=30), self.vm.finish(0)
        return self

    def __exit__(self, *_):
        self.vm.__exit__()

    def save(self, file, size=128 << 20, base=0):
        read.Qmp(str(self.qmp)).command("pmemsave", val=base, size=size, filename=str(file))


@pytest.fixture(scope="module")
def dumped(tmp_path_factory):
    """Memory of a q35 guest, its core, and the text of its console."""
    folder = tmp_path_factory.mktemp("dump")
    with Guest("q35") as guest:
        guest.save(folder / "memory")
        read.Qmp(str(guest.qmp)).command("dump-guest-memory", paging=False, protocol=f"file:{folder}/core")
        (folder / "text").write_text(guest.vm.text("log"))
    return folder


@pytest.mark.parametrize("machine", ["pc", "q35", "microvm"])
def test_running_guest(machine):
    with Guest(machine) as guest:
        done = bootlog("--qmp", guest.qmp, "--image", bios(), "--json")
        assert done.returncode == 0, done
        boot = json.loads(done.stdout)
        by_hmp = bootlog("--monitor", guest.monitor, "--image", bios(), "--json")
        assert by_hmp.returncode == 0 and json.loads(by_hmp.stdout) == boot, by_hmp
        log = guest.vm.text("log").splitlines()
    assert boot["start"] == "cold" and ITEMS <= {i["name"] for i in boot["items"]}, boot
    assert {i["path"] for i in boot["items"]} == {"DMA"}
    assert boot["log"] == log
    names = [p["name"] for p in boot["phases"]]
    assert names[0] == "kind of start" and names[-3:] == ["do_boot", "launch", "kernel"]
    # the phases stand in the documentation's table, in the same order
    table = (qemu.ROOT / "docs" / "architecture.md").read_text()
    at = [table.index(f"\n| {n} |" if n != "do_boot" else "\n| `do_boot` |") for n in names]
    assert at == sorted(at), names
    assert all(p["took_us"] >= 0 for p in boot["phases"])
    assert boot["do_boot_to_kernel"] > 0 and boot["to_do_boot"] > 0


def test_port_and_its_reason():
    with Guest("pc", "-global", "fw_cfg.dma_enabled=off") as guest:
        boot = read.from_memory(read.Qmp(str(guest.qmp)), read.Image.load(bios()))
    assert {i.path for i in boot.items} == {"port (the device has no DMA)"}


def test_memory_core_and_text_say_the_same(dumped):
    boots = [json.loads(bootlog(*args, "--image", bios(), "--json").stdout) for args in
             (("--dump", dumped / "memory"), ("--dump", dumped / "core"), ("--text", dumped / "text"))]
    assert boots[0] == boots[1]
    assert boots[0]["log"] == boots[2]["log"]
    assert [i["name"] for i in boots[0]["items"]] == [i["name"] for i in boots[2]["items"]]
    # the text was made before the last phase began
    assert [p["name"] for p in boots[0]["phases"][:-1]] == [p["name"] for p in boots[2]["phases"]]
    for a, b in zip(boots[0]["phases"], boots[2]["phases"]):
        assert abs(a["begin_us"] - b["begin_us"]) <= 1


def test_dump_from_elsewhere(dumped, tmp_path):
    (tmp_path / "piece").write_bytes((dumped / "memory").read_bytes()[0x80000:])
    done = bootlog("--dump", tmp_path / "piece", "--base", "0x80000", "--image", bios())
    assert done.returncode == 0 and "tables" in done.stdout, done
    fails(bootlog("--dump", tmp_path / "piece", "--image", bios()), 1, "no record")


def test_console_as_it_comes(dumped):
    done = bootlog("--text", "-", text=(dumped / "text").read_text())
    assert done.returncode == 0 and "slipway: version" in done.stdout and "do_boot to kernel" not in done.stderr
    assert "etc/acpi/tables" in done.stdout and "#" in done.stdout


@pytest.mark.parametrize("suffix, start", [("svg", b"<?xml"), ("png", b"\x89PNG")])
def test_picture(dumped, tmp_path, suffix, start):
    pytest.importorskip("matplotlib")
    file = tmp_path / f"boot.{suffix}"
    done = bootlog("--dump", dumped / "memory", "--image", bios(), "--picture", file)
    assert done.returncode == 0 and file.read_bytes().startswith(start), done
    fails(bootlog("--dump", dumped / "memory", "--image", bios(), "--picture", f"{tmp_path}/no/where.{suffix}"), 1, "where")


def test_parts(dumped):
    done = bootlog("--dump", dumped / "memory", "--image", bios(), "--show", "report")
    assert "plan:" in done.stdout and "slipway: version" not in done.stdout and "begins at" not in done.stdout


def test_help_says_how():
    done = bootlog("--help")
    assert done.returncode == 0 and all(w in done.stdout for w in ("examples:", "exit codes:", "--qmp", "pmemsave"))


@pytest.mark.parametrize("args", [
    (), ("--dump", "a", "--qmp", "b"), ("--dump", "a", "--show", "nothing"), ("--dump", "a", "--picture", "x.gif"),
    ("--dump", "a", "--base", "zero"),
])
def test_arguments_without_sense(args):
    fails(bootlog(*args), 2, "usage:")


def test_what_is_not_there(tmp_path):
    fails(bootlog("--dump", tmp_path / "no", "--image", bios()), 1, "No such file")
    fails(bootlog("--dump", tmp_path / "no", "--image", tmp_path / "none"), 1, "No such file")
    fails(bootlog("--qmp", tmp_path / "no", "--image", bios()), 1, "no QEMU listens")
    fails(bootlog("--monitor", tmp_path / "no", "--image", bios()), 1, "no QEMU listens")
    fails(bootlog("--text", tmp_path / "no"), 1, "No such file")


def test_image_of_another_kind(dumped, tmp_path):
    other = tmp_path / "other"
    for data in (b"", bytes(262144), b"SlipwayI", b"\xff" * 262136 + b"SlipwayI"):
        other.write_bytes(data)
        fails(bootlog("--dump", dumped / "memory", "--image", other), 1, "no Slipway image")


def shifted(target):
    """An image of the same kind whose strings and tables lie elsewhere."""
    data = bytearray(pathlib.Path(bios()).read_bytes())
    at = data.index(read.INFO_MAGIC)
    size = 8 + 4 * len(read.Image.FIELDS)
    info = data[at:at + size]
    data[at:at + size] = bytes(size)
    free = data.rindex(bytes(4096), 0, 0x68000)
    data[free:free + size] = info
    target.write_bytes(data)
    return target


def test_image_of_another_build(dumped, tmp_path):
    other = shifted(tmp_path / "other")
    fails(bootlog("--dump", dumped / "memory", "--image", other), 1, "is not the image")
    with Guest("pc") as guest:
        fails(bootlog("--qmp", guest.qmp, "--image", other), 1, "is not the image", "other bytes")


def test_memory_without_a_record(tmp_path):
    (tmp_path / "zeros").write_bytes(bytes(1 << 20))
    fails(bootlog("--dump", tmp_path / "zeros", "--image", bios()), 1, "no record")


def test_dumps_cut_short(dumped, tmp_path):
    whole = (dumped / "memory").read_bytes()
    cut = tmp_path / "cut"
    for size in (0, 0x1000, 0xe8010):
        cut.write_bytes(whole[:size])
        fails(bootlog("--dump", cut, "--image", bios()), 1, "cut short")
    cut.write_bytes(whole[:0xf0000])    # log and timeline are in the firmware's RAM
    assert bootlog("--dump", cut, "--image", bios()).returncode == 0
    core = (dumped / "core").read_bytes()
    for size in (10, 40, 70):
        cut.write_bytes(core[:size])
        fails(bootlog("--dump", cut, "--image", bios()), 1, "cut short")


def damage(whole, at, words):
    data = bytearray(whole)
    struct.pack_into(f"<{len(words)}I", data, at, *words)
    return bytes(data)


def test_records_that_a_guest_has_damaged(dumped, tmp_path):
    whole = (dumped / "memory").read_bytes()
    where = read.Image.load(bios()).timeline
    log, = struct.unpack_from("<I", whole, where + 12)
    STACKS = 48 + 8 * 15 + 24 * 25
    for at, words, says in [
        (where + 8, [0xfff80000], "is not the image"), (where + 36, [99], "is not the image"),
        (where + 28, [99], "is not the image"), (where + STACKS, [6145], "stacks are damaged"),
        (where + STACKS + 4, [4097], "stacks are damaged"), (where + 12, [0], "overwritten"),
        (log, [0], "overwritten"), (log + 8, [3], "damaged"), (log + 8, [1 << 30], "damaged"),
        (log + 12, [0xffff0000], "damaged"), (log + 24 + 4, [17], "damaged"), (log + 24, [0x1234], "is not the image"),
    ]:
        file = tmp_path / "damaged"
        file.write_bytes(damage(whole, at, words))
        fails(bootlog("--dump", file, "--image", bios()), 1, says)


MAGICS = {"gzip": "1f8b0800", "xz": "fd377a58", "zstd": "28b52ffd", "lz4": "02214c18", "lzo": "894c5a4f", "lzma": "5d000080",
          "bzip2": "425a6839", "none": "7f454c46", "": "fc0f0115"}


def launch_line(magic="fd377a58", protocol="020f", size=8_132_608, packed=8_122_480, init_size=0x3f00000, initrd=0):
    value = int.from_bytes(bytes.fromhex(magic), "little")
    return (f"boot: kernel: protocol 0x{protocol}, {size} bytes at 0x100000, payload 0x{value:08x} of {packed} bytes, "
            f"init_size 0x{init_size:x}; initrd: {initrd} bytes at 0x0")


@pytest.mark.parametrize("name", MAGICS)
def test_a_payload_is_called_by_its_name(name):
    kernel = read.Kernel.from_line(launch_line(MAGICS[name], initrd=12_000_000))
    assert (kernel.compressor, kernel.packed, kernel.init_size, kernel.initrd) == (name, 8_122_480, 0x3f00000, 12_000_000)
    assert "needs 66.1 MB to start" in str(kernel) and "initrd 12.0 MB" in str(kernel)
    assert ("start faster" in str(kernel)) == (name in ("gzip", "xz", "lzma", "bzip2")), str(kernel)


def test_a_header_that_does_not_say_or_lies_gets_no_name():
    assert str(read.Kernel.from_line(launch_line())) == (
        "xz, 8.1 MB packed, needs 66.1 MB to start; lz4, zstd or PVH start faster (docs/fast-boot.md)")
    for how in ({"protocol": "0207"}, {"packed": 8_132_609}, {"packed": 0xffffffff}):
        kernel = read.Kernel.from_line(launch_line(**how))
        assert (kernel.compressor, kernel.packed) == ("", 0) and "does not say how it is packed" in str(kernel)
    assert read.Kernel.from_line(launch_line(protocol="0209")).init_size == 0
    assert read.Kernel.from_line("boot: kernel: protocol 2.15, 8132608 bytes at 0x100000; initrd: 0 bytes at 0x0") is None


def distribution_kernels():
    found = {}
    for get in (lambda: debian.kernel_with_modules([])[0], debian.kernel):
        try:
            found[pathlib.Path(get()).resolve()] = None
        except qemu.Absent:
            pass
    return list(found)


def test_a_distributions_kernels_are_called_by_their_names(tmp_path):
    """Out of memory, where the kernel runs by then, and out of the text; the file itself says what must come out."""
    kernels = distribution_kernels()
    if not kernels:
        pytest.skip("no kernel of a distribution")
    for file in kernels:
        data = file.read_bytes()
        setup, (at, packed) = 512 * (data[0x1f1] + 1), struct.unpack_from("<II", data, 0x248)
        magic = data[setup + at:setup + at + 4].hex()
        want = next(name for name, text in MAGICS.items() if magic.startswith(text[:4]))
        init_size, = struct.unpack_from("<I", data, 0x260)
        with qemu.VM(machine="q35", memory="256", kernel=file, qmp=True,
                     append="console=ttyS0 earlyprintk=ttyS0") as vm:
            vm.start()
            assert vm.wait_text("Linux version", timeout=120), vm.finish(0)
            memory = read.from_memory(read.Qmp(str(vm.folder / "qmp")), read.Image.load(bios()))
            text = read.from_text(vm.text("log"))
        assert memory.kernel == text.kernel and text.kernel.bytes == len(data) - setup
        assert (text.kernel.compressor, text.kernel.packed, text.kernel.init_size) == (want, packed, init_size), text.kernel
        (tmp_path / "text").write_text("\n".join(text.log))
        shown = bootlog("--text", tmp_path / "text", "--show", "report")
        assert f"kernel: {want}, " in shown.stdout, shown
        assert json.loads(bootlog("--text", tmp_path / "text", "--json").stdout)["kernel"]["compressor"] == want


def test_a_payload_that_lies_outside_of_the_kernel_costs_only_its_name(tmp_path):
    """Offsets at and behind the end, and around 4 GiB: it starts, and nothing is said of what is not there."""
    good = (qemu.GUESTS / "check.bzImage").read_bytes()
    for offset in (len(good), 0x7fffffff, 0xfec00000, 0xfffffffc, 0xffffffff):
        data = bytearray(good)
        struct.pack_into("<II", data, 0x248, offset, 0xffffffff)
        (tmp_path / "kernel").write_bytes(data)
        with qemu.VM(machine="pc", memory="128", kernel=tmp_path / "kernel",
                     append=words_for("128", [], False, "halt boots=2")) as vm:
            vm.start()
            assert vm.wait_text("# end: boot", timeout=30), vm.finish(0)
            kernel = read.from_text(vm.text("log")).kernel
        assert kernel.compressor == "" and kernel.packed == 0, kernel


def test_text_of_something_else(tmp_path):
    (tmp_path / "text").write_text("SeaBIOS (version 1.16)\n")
    fails(bootlog("--text", tmp_path / "text"), 1, "not the text of a boot")


def stacks(boot):
    return {s.name: s.used for s in boot.stacks}


def test_the_stack_of_a_kernel_launch_in_text_and_in_memory():
    with Guest("pc") as guest:
        text = read.from_text(guest.vm.text("log"))
        memory = read.from_memory(read.Qmp(str(guest.qmp)), read.Image.load(bios()))
    assert set(stacks(text)) == set(stacks(memory)) == {"POST"}
    # The report itself is POST's as well, and ends at the launch: what is deeper, it was.
    assert 256 < stacks(text)["POST"] <= stacks(memory)["POST"] < 3072


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_the_stacks_of_services_and_option_roms(machine):
    """A program that waits for keys, and the display's own ROM. How deep POST and services are, is the compiler's choice too."""
    args = ["-drive", f"file={qemu.GUESTS}/echo.img,format=raw,if=none,snapshot=on,id=d", "-device", "virtio-blk-pci,drive=d",
            "-device", "VGA", *CARDS_OWN]
    with qemu.VM(machine=machine, memory="128", args=args, qmp=True) as vm:
        vm.command += ["-chardev", f"file,id=con,path={vm.folder}/console", "-device", "isa-debugcon,iobase=0xe9,chardev=con"]
        vm.start()
        assert vm.wait_text("ready", "console", 30), vm.finish(0)
        boot = read.from_memory(read.Qmp(str(vm.folder / "qmp")), read.Image.load(bios()))
    assert set(stacks(boot)) == {"POST", "services", "option ROMs"}
    assert all(256 < stacks(boot)[name] <= 6144 - 1024 for name in ("services", "POST")), boot.stacks
    assert 100 < stacks(boot)["option ROMs"] < 4096, boot.stacks


@pytest.mark.parametrize("plan, says", [
    (0, "none was made"), (1, "no kernel"),
    (3 | 4, "a kernel, before any device, menu not wanted; skipped: display, keyboard, disks, option ROMs"),
    (3 | 4 | 8 | 64, "a kernel, before any device, menu wanted; skipped: display, keyboard, disks, option ROMs"),
    (3, "a kernel, behind a device, menu not wanted"), (3 | 16, "a kernel, by QEMU's option ROM, menu not wanted"),
    (3 | 128, "a kernel, in its turn, since it may call services, menu not wanted"),
    (3 | 256, "a kernel, in its turn, since it may call services, menu not wanted")])
def test_a_plan_in_memory_is_said_as_the_firmware_says_it(plan, says):
    assert read.plan_text(plan) == says


def test_failing_boot_has_its_report_on_the_serial_port():
    with qemu.VM(machine="pc", memory="128") as vm:
        vm.start()
        assert vm.wait_text("report: sum:", timeout=30), vm.finish(0)
        text = vm.text("serial")
    boot = read.from_text(text)
    assert boot.plan == "no kernel" and boot.phases[-1].name == "do_boot" and boot.do_boot_us is None
    assert "boot: no kernel was given" in text


@pytest.mark.parametrize("machine", ["pc", "q35", "microvm"])
def test_counted_accesses_are_those_that_qemu_sees(build, machine):
    counting = str(build({"ACCOUNTING": "y"}))
    with marker(machine, bios=counting) as vm:
        vm.command += trace_args(vm)
        qmp = stopped_marker(vm)
        boot = read.from_memory(qmp, read.Image.load(counting))
        vm.process.kill()
        vm.process.wait()
        seen = list(accesses(vm.folder / "trace"))
    outside = next(n for n, x in enumerate(seen) if x[1] == 0xe0)
    inside = sum(n for p in boot.phases for n in p.accesses.values())
    assert inside == outside, (boot.phases, seen[:outside])
    assert sum(p.accesses.get("fw_cfg", 0) for p in boot.phases) == sum(x[2].startswith("fwcfg") for x in seen[:outside])


def test_qemu_that_dies(tmp_path):
    with Guest("pc") as guest:
        memory = read.Qmp(str(guest.qmp))
        guest.vm.process.kill()
        guest.vm.process.wait()
        with pytest.raises(read.Error, match="QEMU ended|Broken pipe"):
            memory.read(0, 16)

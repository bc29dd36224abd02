# SPDX-License-Identifier: BSD-2-Clause
"""tools/bootbench: what the firmware promises against others and against the port, and the tool
itself with bad arguments, firmware that goes nowhere and a QEMU that dies."""
import bz2
import copy
import functools
import gzip
import io
import json
import lzma
import os
import pathlib
import shutil
import subprocess
import sys

import pytest
from rich.console import Console

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import vm as qemu  # noqa: E402
from bench import (compare, disks, formats, guest, inside, media, probe, ratio, scenario, session, stats, table,  # noqa: E402
                   trace, translated)
from test_budget import judge  # noqa: E402

TOOL = pathlib.Path(__file__).resolve().parents[2] / "tools" / "bootbench"
SCENARIO = {s.name: s for s in scenario.ALL}
ONE_CPU_DMA = [s.name for s in scenario.direct() if "8cpu" not in s.name and "port" not in s.name]
BARE = [s.name for s in scenario.direct() if "-nodefaults" in s.args and "accesses" in s.want and
        s.name not in ("q35-port", "microvm-port")]


@functools.lru_cache(None)
def counts(name, bios):
    return probe.accesses(SCENARIO[name], qemu.firmware(bios, SCENARIO[name].machine))


@functools.lru_cache(None)
def instructions(name, bios):
    return probe.instructions(SCENARIO[name], qemu.firmware(bios, SCENARIO[name].machine))


# --- what is promised ---------------------------------------------------------------------------

def test_dma_needs_a_hundredth_of_the_accesses_of_the_port():
    dma, port = counts("pc-small", "slipway")["setup"], counts("pc-port", "slipway")["setup"]
    assert 0 < dma * 100 <= port, f"kernel set-up: {dma} accesses by DMA, {port} by port"


def test_dma_needs_a_tenth_of_the_time_of_the_port():
    """The least of some runs, in turns: what disturbs a run only makes it longer."""
    least = {"pc-small": 1e9, "pc-port": 1e9}
    for _ in range(5):
        for name in least:
            run = probe.times(SCENARIO[name], qemu.firmware("slipway"))
            least[name] = min(least[name], run["setup"])
        if least["pc-small"] * 10 <= least["pc-port"]:
            break
    assert least["pc-small"] * 10 <= least["pc-port"], least


@pytest.mark.parametrize("name", BARE)
def test_fewer_accesses_than_qboot(name):
    judge(f"{name}: accesses", counts(name, "slipway")["accesses"], counts(name, "qboot")["accesses"] - 1)


@pytest.mark.parametrize("name", [n for n in BARE if "8cpu" not in n])
def test_fewer_instructions_than_qboot(name):
    judge(f"{name}: instructions", instructions(name, "slipway"), instructions(name, "qboot") - 1)


@pytest.mark.parametrize("name", ONE_CPU_DMA)
def test_below_a_twentieth_of_the_instructions_of_seabios(name):
    judge(f"{name}: instructions", instructions(name, "slipway"), (instructions(name, "seabios") - 1) // 20)


# --- the method ---------------------------------------------------------------------------------

@pytest.mark.parametrize("bios", ["slipway", "seabios", "qboot"])
def test_every_firmware_has_the_same_phases(bios):
    run = probe.times(SCENARIO["pc-small"], qemu.firmware(bios))
    assert all(run[p] > 0 for p in stats.PHASES), run
    assert abs(run["start"] + run["firmware"] + run["setup"] - run["total"]) < 1e-6


def test_firmware_and_trace_agree_on_when_do_boot_was():
    """Tried again on a busy host, which stops QEMU between what happens and the stamp of it."""
    for _ in range(5):
        says = inside.measure(SCENARIO["pc"], qemu.firmware("slipway"))
        if says is None:
            raise qemu.Absent("this image keeps no timeline in units of time")
        # The firmware's first stamp comes after its first instructions, in which QEMU translates.
        if says["to_do_boot"] <= says["outside_to_do_boot"] * 1.05 and \
                says["do_boot"] == pytest.approx(says["outside_do_boot"], rel=0.25, abs=0.002):
            return
    pytest.fail(str(says))


DISASSEMBLED = b"""----------------
IN: 
0xfffe0ffb:  c7 05 a0 8c 0e 00 53 6c  movl     $0x70696c53, 0xe8ca0
0xfffe1003:  69 70
0xfffe1005:  5b                       popl     %ebx

OP:
 ld_i32 tmp9,env,$0xfffffffffffffff0

 ---- 0000000000000ffb 0000000000000000
 mov_i64 tmp0,$0x70696c53

 ---- 0000000000000005 0000000000000000
 mov_i64 tmp0,rbx

"""
# The same without a disassembler, with whole counters that leave out the base of the code segment.
BYTES = b"""----------------
IN: 
0x00000000fffe0ffb:  
OBJD-T: c705a08c0e00536c69705b

OP:
 ---- 000000000000effb 0000000000000000
 ---- 000000000000f005 0000000000000000

"""
MARKER = b"""----------------
IN: 
0x00100000:  0f 31                    rdtsc    

OP:
 ---- 0000000000000000 0000000000000000
----------------
IN: 
0x00100002:  89 c1                    movl     %eax, %ecx
0x00100004:  b8 53 4d 52 4b           movl     $0x4b524d53, %eax

OP:
 ---- 0000000000000002 0000000000000000
 ---- 0000000000000004 0000000000000000
 mov_i64 tmp0,$0x4b524d53
"""


@pytest.mark.parametrize("text", [DISASSEMBLED, BYTES], ids=["disassembled", "bytes"])
def test_translated_code_is_counted_with_and_without_a_disassembler(text):
    """Two instructions, over the end of a page, twice translated; the marker, of one block or two, is not counted."""
    def read(log):
        return translated.read(iter(log.splitlines(keepends=True)))
    for marker in (MARKER, MARKER[MARKER.rindex(b"---------------"):]):
        code = read(text + text + marker)
        assert [(b.address, b.instructions) for b in code.blocks] == [(0xfffe0ffb, [0xfffe0ffb, 0xfffe1005])]
        assert (code.instructions, code.again) == (2, 1)
    assert isinstance(read(text), str), "no marker"
    other = text.replace(b"c7 05 a0", b"c7 05 a4").replace(b"c705a0", b"c705a4")
    assert read(text + other + MARKER).instructions == 4, "other code at the same place"


def hotspots(by):
    """(rows, all that it printed) of the tool."""
    done = subprocess.run([sys.executable, TOOL.with_name("hotspots.py"), "--translated", "--by", by, "--top", "999"],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return [row.split() for row in done.stdout.splitlines()[1:]], done.stdout


@pytest.mark.parametrize("by, names", [("function", ["post  src/"]), ("file", ["src/rt16/"]), ("folder", ["src/fw", "src/rt16"])])
def test_hotspots_find_all_that_is_counted(by, names):
    for _ in range(5):  # on a busy host POST looks at the PM timer again, which is other code than in the run before
        code = probe.translated(SCENARIO["pc"], qemu.firmware("slipway"))
        rows, text = hotspots(by)
        if rows[-1] == [f"{code['instructions']:,}", f"{code['blocks']:,}", "together"]:
            break
    assert rows[-1] == [f"{code['instructions']:,}", f"{code['blocks']:,}", "together"], rows[-1]
    for i, word in enumerate(("instructions", "blocks")):
        assert sum(int(row[i].replace(",", "")) for row in rows[:-1]) == code[word]
    assert all(name in text for name in names), text
    lost = sum(int(row[0].replace(",", "")) for row in rows[:-1] if row[-1] in ("image)", "numbers)"))
    assert lost <= code["instructions"] // 100, text


def test_firmware_without_a_timeline_has_none():
    assert inside.measure(SCENARIO["pc-small"], qemu.firmware("qboot")) is None


def test_accesses_by_device_add_up():
    c = counts("pc-small", "slipway")
    assert c["firmware"] + c["setup"] == c["accesses"] == sum(sum(n.values()) for n in c["split"].values())


@pytest.mark.parametrize("kind", ["virtio", "cd", "ahci"])
def test_boot_sector_says_when_it_is_entered(kind):
    s = SCENARIO[f"disk-{kind}"]
    run = probe.times(s, qemu.firmware("seabios", s.machine))
    assert run["setup"] is None and run["firmware"] > 0


def test_initrd_of_every_size_is_that_size(tmp_path):
    for size in (0, 1, 4096, (1 << 20) - 1, (1 << 20) + 1, 3 << 20):
        assert media.initrd(tmp_path, size).stat().st_size == size


def test_real_guest_tells_its_own_clock():
    """Tried again on a busy host, where a guest may miscount its clock, or not come to an end in time."""
    for _ in range(3):
        try:
            run = guest.run(qemu.firmware("slipway"), "pc")
        except trace.NotReached as e:
            run = {"guest": None, "why": str(e)}
        if run["guest"] and 0 < run["guest"] < run["total"]:
            break
    assert run["guest"] and 0 < run["guest"] < run["total"] and run["firmware"] > 0, run


# --- statistics and comparison ------------------------------------------------------------------

def test_one_slow_run_moves_neither_median_nor_spread():
    assert stats.median([1.0, 1.1, 0.9, 50.0, 1.0]) == 1.0
    assert stats.spread([1.0, 1.1, 0.9, 50.0, 1.0]) == pytest.approx(0.1)


def test_ratios_are_taken_within_a_round():
    assert stats.paired([2.0, 20.0, 2.2], [1.0, 10.0, 1.1]) == pytest.approx(2.0)
    assert stats.paired([1.0], [0]) is None


def document(total=0.05, accesses=100, count=1000, status="ok", code=5000):
    """Two firmware in one scenario; noise of a hundredth."""
    def result(name, scale):
        runs = [{"start": 0.03, "firmware": total * scale * f / 2, "setup": total * scale * f / 2,
                 "total": 0.03 + total * scale * f} for f in (0.99, 1.0, 1.01)]
        return {"scenario": "pc", "firmware": name, "status": "ok", "times": {"tcg": runs}, "instructions": count,
                "translated": {"instructions": code, "blocks": code // 5},
                "counts": {"accesses": accesses, "firmware": accesses - 7, "setup": 7, "maps": 3,
                           "split": {"pci-conf-data": {"read": 50, "write": accesses - 57},
                                     "fwcfg.dma": {"read": 0, "write": 7}}}}
    d = {"format": session.FORMAT, "settings": {"runs": 3, "commands": {}, "sweep": {}}, "firmware": {"a": {}, "b": {}},
         "host": {"qemu": "QEMU emulator version 7.2", "cpu": "a processor"},
         "results": [result("a", 1), result("b", 2)]}
    if status != "ok":
        d["results"][0] = {"scenario": "pc", "firmware": "a", "status": status, "reason": "x"}
    return d


def kinds(old, new, **how):
    return {(d[2], d[3]): d[0] for d in compare.differences(old, new, **how)}


def test_comparison_finds_what_got_slower():
    assert set(kinds(document(), document()).values()) == {"same"}
    assert kinds(document(), document(total=0.06))["a", "firmware time"] == "slower"
    assert kinds(document(), document(total=0.04))["a", "firmware time"] == "faster"
    assert kinds(document(), document(total=0.0505))["a", "firmware time"] == "same", "within the spread"
    assert kinds(document(), document(accesses=102))["a", "accesses"] == "slower"
    assert kinds(document(), document(count=1002))["a", "instructions"] == "slower"
    assert kinds(document(), document(count=1001))["a", "instructions"] == "same"
    assert kinds(document(), document(code=5100))["a", "translated"] == "slower"
    assert kinds(document(), document(code=5010))["a", "translated"] == "same"
    assert kinds(document(), document(status="no boot"))["a", "status"] == "lost"
    assert kinds(document(status="no boot"), document())["a", "status"] == "gained"


def test_a_slower_machine_is_not_a_slower_firmware():
    old, new = document(total=0.05), document(total=0.10)
    assert kinds(old, new)["a", "setup time"] == "slower"
    assert kinds(old, new, against="b")["a", "setup time ratio"] == "same"


def test_a_kernel_that_has_more_to_unpack_is_longer_silent():
    """Every bzImage of the distribution starts, and what xz has to do is in the figure."""
    found = formats.forms(formats.kernels(), qemu.OUT / "bench" / "vmlinux")
    image = qemu.firmware("slipway", formats.MACHINE)
    said = {form: formats.run(image, form) for form in found if "PVH" not in form.form}
    assert all(0 < r["to_entry"] and 0 < r["message"] and r["by"] == "timeline" for r in said.values()), said
    slow = [r["message"] for form, r in said.items() if form.form == "xz"]
    quick = [r["message"] for form, r in said.items() if form.form in ("lz4", "zstd")]
    if not slow or not quick:
        pytest.skip(f"kernels here: {', '.join(form.name for form in found)}")
    assert min(slow) > 2 * min(quick), said


def bzimage(packed, at=0x20, size=None, sects=1):
    data = bytearray(512 * (sects + 1) + at) + packed
    data[0x1f1] = sects
    data[0x202:0x206] = b"HdrS"
    data[0x20e:0x210] = (0x280 - 0x200).to_bytes(2, "little")
    data[0x280:0x28e] = b"6.1-x (who) #1"
    data[0x248:0x250] = at.to_bytes(4, "little") + (len(packed) if size is None else size).to_bytes(4, "little")
    return bytes(data)


@pytest.mark.parametrize("pack, name", [(lzma.compress, "xz"), (gzip.compress, "gzip"), (bz2.compress, "bzip2"),
                                        (lambda data: lzma.compress(data, lzma.FORMAT_ALONE), "lzma"),
                                        (lambda data: b"\x02\x21\x4c\x18" + data, "lz4"), (lambda data: data, "none"),
                                        (lambda data: b"what" + data, "unknown")],
                         ids=lambda x: x if isinstance(x, str) else None)
def test_a_payload_is_known_and_unpacked(pack, name, tmp_path):
    kernel = tmp_path / "kernel"
    kernel.write_bytes(bzimage(pack(b"\x7fELF" + bytes(1000)) + (1004).to_bytes(4, "little")))
    found = formats.forms([kernel], tmp_path)
    assert found[0].name == f"6.1-x, {name}" and found[0].file == kernel
    unpacked = [(f.form, f.file.read_bytes()[:4]) for f in found[1:]]
    assert unpacked == [("vmlinux by PVH", b"\x7fELF")] * (name in formats.UNPACKERS)


@pytest.mark.parametrize("data", [
    b"", bytes(4096), bzimage(b"BZh"), bzimage(b"BZh8", size=5), bzimage(b"BZh8", size=0xffffffff), bzimage(b"BZh8")[:0x400],
    bzimage(b"BZh8")[:0x24f]])
def test_a_header_that_lies_names_no_payload(data):
    with pytest.raises(ValueError):
        formats.payload(data)


def test_a_form_that_never_speaks_costs_its_row():
    bad = formats.Form(qemu.GUESTS / "check.bzImage", "1", "xz", 1)
    results = formats.measure([session.Firmware("slipway", "slipway")], [bad], 2, lambda text: None, machine="pc")
    assert [(r["status"], r["runs"], r["reason"]) for r in results] == [("no boot", [], "the kernel said nothing")], results


def forms_document():
    def row(form, firmware, seconds, status="ok"):
        return {"kernel": f"6.1, {form}", "form": form, "packed": 8_000_000, "firmware": firmware, "machine": "q35",
                "status": status, "reason": "x",
                "runs": [{"to_entry": 0.02, "message": s, "by": "trace"} for s in seconds]}
    rows = [row("lz4", "a", [1, 2, 1]), row("xz", "a", [8, 32, 8]), row("lz4", "b", [2, 2, 2]),
            row("xz", "b", [], "no boot")]
    return {**document(), "forms": rows}


def test_forms_are_held_against_the_slowest_in_the_same_rounds():
    d = forms_document()
    ruler = formats.ruler(d)
    assert {f: r["form"] for f, r in ruler.items()} == {"a": "xz", "b": "lz4"}
    assert formats.ratio(ruler["a"], d["forms"][0]) == 8
    assert formats.ratio(ruler["a"], d["forms"][3]) is None
    out = io.StringIO()
    Console(file=out, width=150).print(table.forms_table(d))
    assert "x8.0" in out.getvalue() and "no boot" in out.getvalue()
    assert list(table.failures(d)) == ["6.1, xz: b: no boot: x"]


# --- the tool -----------------------------------------------------------------------------------

def tool(*args, env=None):
    return subprocess.run([sys.executable, str(TOOL), *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, timeout=120, env={**os.environ, "COLUMNS": "150", **(env or {})})


def quick(*args, **how):
    return tool("-s", "pc-small", "-n", "1", "--no-kvm", "--only", "times", *args, **how)


@pytest.mark.parametrize("args, says", [
    (["-s", "nothing"], "no scenario or set is named nothing"),
    (["x=/no/such/file"], "no file /no/such/file"),
    (["=/dev/null"], "name=image"),
    (["slipway", "slipway"], "named twice"),
    (["-b", "other", "slipway"], "--base other"),
    (["-n", "0"], "positive number"),
    (["-n", "many"], "positive number"),
    (["--timeout", "-1"], "timeout"),
    (["--no-such-option"], "unrecognized"),
    (["slipway", "--", "-kernel", "mine"], "-kernel is what bootbench sets itself"),
    (["slipway", "--", "-M", "no-such-machine"], "no machine type"),
    (["compare", "one"], "new"),
    (["compare", "/no/such", "/no/such"], "No such file"),
    (["plot", "/dev/null", "x"], "/dev/null"),
    (["ratio", "--limit", "0"], "positive number"),
    (["ratio", "slipway", "--against", "slipway"], "named twice"),
    (["ratio", "-s", "nothing"], "no scenario or set is named nothing"),
    (["disks", "-c", "nothing"], "invalid choice"),
    (["disks", "--mib", "0"], "positive number"),
    (["disks", "--base", "other"], "--base other"),
], ids=lambda x: None if isinstance(x, str) else " ".join(x))
def test_bad_arguments_get_a_line(args, says):
    done = tool(*args)
    assert (done.returncode, says in done.stderr + done.stdout) == (2, True), done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_help_explains_every_column_and_exit_code():
    text = tool("--help").stdout
    for word in ("QEMU start", "to do_boot", "first message", "set-up", "accesses", "instructions", "translated",
                 "examples:", "exit code"):
        assert word in text
    for command in ("compare", "disks", "plot", "ratio"):
        assert tool(command, "--help").returncode == 0


def reset_code(code, table=b""):
    """An image of 64 KiB with code at the reset vector and table at f000:ffe0."""
    image = bytearray(65536)
    image[0xffe0:0xffe0 + len(table)] = table
    image[0xfff0:0xfff0 + len(code)] = code
    return bytes(image)


def test_ratio_fails_above_its_limit_alone():
    for limit, verdict in (("99", "ok"), ("0.01", "TOO SLOW")):
        done = tool("ratio", "--limit", limit, "-n", "3", "-s", "pc-small")
        row = done.stdout.splitlines()[0]
        assert row.startswith("pc-small ") and f"limit x{float(limit):.2f}: {verdict}" in row, done.stdout + done.stderr
        assert done.returncode == (verdict != "ok")


def test_ratio_is_the_median_of_the_rounds(monkeypatch):
    """One round disturbed on each side, more than the firmware differ: neither moves it."""
    runs = iter([9.0, 9.0, 0.2, 0.1, 0.1, 5.0, 7.0, 0.1, 0.1, 0.22, 0.2, 0.1])
    monkeypatch.setattr(ratio, "guest_time", lambda scenario, image: next(runs))
    r = ratio.measure(SCENARIO["pc-small"], "ours", "theirs", 5)
    assert (r.ours, r.theirs) == ([0.2, 5.0, 7.0, 0.22, 0.2], [0.1, 0.1, 0.1, 0.1, 0.1])
    assert r.median == pytest.approx(2.2)
    assert "x2.20  (x2.00 to x70.00, 5 rounds)" in ratio.line(r, ("a", "b"), 2.2)
    assert "limit x2.20: ok" in ratio.line(r, ("a", "b"), 2.2000001) and "TOO SLOW" in ratio.line(r, ("a", "b"), 2.19)


def test_ratio_of_firmware_that_is_not_there_or_does_not_boot(tmp_path, monkeypatch):
    (tmp_path / "bad.bin").write_bytes(bytes(65536))
    said = []
    monkeypatch.setattr(SCENARIO["pc-small"], "limit", 2)
    firmware = {n: session.Firmware(n, n) for n in ("slipway", str(tmp_path / "bad.bin"))}
    assert ratio.run([SCENARIO["pc-small"]], *list(firmware.values())[::-1], 1, 99, said.append) == 1
    assert "no boot: " in said[0], said
    assert ratio.run([SCENARIO["pc-small"]], firmware["slipway"], firmware["slipway"], 1, 99, said.append) == 0

    def absent(machine):
        raise qemu.Absent("not installed")
    monkeypatch.setattr(firmware["slipway"], "image", absent)
    assert ratio.run([SCENARIO["pc-small"]], *firmware.values(), 1, 99, said.append) == 2
    assert any("not measured: not installed" in line for line in said), said


@pytest.mark.parametrize("image, says", [
    (bytes(262144), "not reached within 2 s"),
    (reset_code(b"\xfa\xf4\xeb\xfd"), "not reached within 2 s"),	# cli; hlt
    (reset_code(b"\x2e\x0f\x01\x1e\xe0\xff\xcc"), "stopped before the marker: shutdown"),	# no IDT; int3
    (b"", "QEMU ended before the marker (exit code 1)"),
], ids=["zeros", "halts", "triple fault", "empty"])
def test_firmware_that_never_gets_there(image, says, tmp_path):
    file = tmp_path / "bad.bin"
    file.write_bytes(image)
    done = quick(f"bad={file}", "slipway", "--timeout", "2", "--plain")
    assert done.returncode == 1, done.stdout + done.stderr
    rows = {r.split("\t")[1]: r.split("\t") for r in done.stdout.splitlines()}
    assert rows["bad"][2] == "no boot" and rows["slipway"][2] == "ok"
    done = quick(f"bad={file}", "--timeout", "2")
    assert says in done.stdout, done.stdout


@pytest.mark.parametrize("ending, says", [
    ("exit 3", "exit code 3"),
    ("kill -9 $$", "signal 9"),
    ("exec sleep 60", "not reached within 2 s"),
], ids=["exits", "is killed", "hangs"])
def test_qemu_that_dies(ending, says, tmp_path):
    fake = tmp_path / "qemu"
    fake.write_text(f'#!/bin/sh\ncase "$*" in *-trace*) {ending};; esac\nexec {shutil.which(qemu.QEMU)} "$@"\n')
    fake.chmod(0o755)
    done = quick("slipway", "--timeout", "2", env={"QEMU": str(fake)})
    assert done.returncode == 1 and says in done.stdout, done.stdout + done.stderr


def test_qemu_killed_in_the_middle_of_its_trace_is_no_result():
    lines = [b"1@5.000000:vm_state_notify running 1 reason 9 (running)\n", b"1@5.1:fw_cfg_sel"]
    assert isinstance(trace.read_times(lines[:1]), str)
    assert isinstance(trace.read_times([]), str)
    magic = b"memory_region_ops_write cpu 0 mr 0x1 addr 0xe0 value 0x4b524d53 size 4 name 'io'\n"
    assert isinstance(trace.read_counts([magic], True), str), "magic without a TSC"


@pytest.mark.parametrize("line", [
    b"123@1700000000.001500:fw_cfg_select 0x55 key 0x0018 'setup_data', ret: 1\n",
    b"2023-11-14T22:13:20.001500Z fw_cfg_select 0x55 key 0x0018 'setup_data', ret: 1\n",	# QEMU 11
], ids=["seconds", "date"])
def test_stamps_of_every_qemu_are_read(line):
    when, event, rest = trace.stamped(line)
    assert (when, event) == (1700000000.0015, b"fw_cfg_select") and rest.startswith(b"fw_cfg_select 0x55")
    running = line[:line.index(b"fw_cfg")] + b"vm_state_notify running 1 reason 9 (running)\n"
    t = trace.read_times([running, line, line.replace(b"0x0018", b"0x3fff")])
    assert (t.running, t.launch, t.entered) == (when,) * 3
    assert trace.stamped(line[line.index(b"fw_cfg"):]) is None


def test_missing_qemu_is_said(tmp_path):
    done = quick("slipway", env={"QEMU": str(tmp_path / "none")})
    assert done.returncode == 2 and "none" in done.stderr and "Traceback" not in done.stderr, done.stderr


def test_results_are_written_drawn_and_compared(tmp_path):
    done = quick("slipway", "qboot", "-o", tmp_path, "--", "-M", "q35", "-nodefaults")
    assert done.returncode == 0, done.stdout + done.stderr
    written = json.loads((tmp_path / "results.json").read_text())
    assert {(r["scenario"], r["firmware"], r["status"]) for r in written["results"]} == {
        (s, f, "ok") for s in ("pc-small", "own") for f in ("slipway", "qboot")}
    assert "-M q35" in written["settings"]["commands"]["own"]
    pytest.importorskip("matplotlib")
    assert "slipway" in (tmp_path / "phases.svg").read_text()
    assert (tmp_path / "phases.png").stat().st_size > 10_000
    slower = copy.deepcopy(written)
    for r in slower["results"]:
        for run in r["times"]["tcg"]:
            run["total"] *= 2
    (tmp_path / "slower.json").write_text(json.dumps(slower))
    same = tool("compare", tmp_path / "results.json", tmp_path / "results.json")
    assert (same.returncode, "0 slower" in same.stdout) == (0, True), same.stdout + same.stderr
    worse = tool("compare", tmp_path / "results.json", tmp_path / "slower.json")
    assert worse.returncode == 1 and "total time" in worse.stdout, worse.stdout


def test_pictures_of_every_kind(tmp_path):
    pytest.importorskip("matplotlib")
    from bench import plot
    d = document()
    for how, size in (("dma", 1), ("dma", 1024), ("port", 1), ("port", 16)):
        for r in document(total=0.001 * size)["results"]:
            d["results"].append({**r, "scenario": f"initrd-{how}-{size}m"})
            d["settings"]["sweep"][f"initrd-{how}-{size}m"] = [how, size]
    d["guest"] = [{"machine": "pc", "firmware": "a", "status": "ok",
                   "runs": [{"start": 0.1, "firmware": 0.1, "unpack": 1.0, "guest": 2.0, "total": 3.2}]}]
    d["forms"] = forms_document()["forms"]
    files = plot.draw(d, tmp_path)
    names = "phases", "accesses", "initrd", "guest", "forms"
    assert {f.name for f in files} == {f"{n}.{e}" for n in names for e in ("svg", "png")}
    assert "by port measured to 16 MiB" in (tmp_path / "initrd.svg").read_text()


def loads(ours, theirs):
    """Seconds of the rounds of two firmwares on one controller."""
    return {"format": disks.FORMAT, "settings": {"runs": len(ours), "mib": 16}, "host": {"qemu": "QEMU (x)", "cpu": "y"},
            "firmware": {"a": "a", "b": "b"}, "results": [
                {"controller": "nvme", "firmware": f, "status": "ok", "runs": [{"before": 0.1, "load": t} for t in times]}
                for f, times in (("a", ours), ("b", theirs))]}


def test_a_load_is_as_slow_as_its_quickest_round():
    for ours, slow in (([1.0, 9.0, 9.0], []), ([1.2, 1.2, 1.2], ["a"])):
        found = disks.slower(loads(ours, [1.0, 1.1, 7.0]), "b", 1.1)
        assert [r["firmware"] for r in found] == slow
    without = loads([5.0], [1.0])
    without["results"][1] |= {"status": "no boot", "reason": "z"}
    assert not disks.slower(without, "b", 1.1) and list(disks.failures(without)) == ["nvme: b: no boot: z"]


def test_marks_of_a_load_are_the_loaders_own():
    stamp = b"1@1700000000.%06d:"
    text = b"\n".join([stamp % 1 + b"vm_state_notify running 1 reason 9 (running)",
                       stamp % 2 + b"fw_cfg_select 0x3ffc key 0x0019 'x', ret: 1",
                       stamp % 3 + b"fw_cfg_select 0x55 key 0x3ffc '(null)', ret: 0", b"fw_cfg_select 0x55 key 0x3ffd",
                       stamp % 900000 + b"fw_cfg_select 0x55 key 0x3ffd '(null)', ret: 0"])
    assert disks.marks(text) == {"start": 1700000000.000001, disks.BEFORE: 1700000000.000003, disks.AFTER: 1700000000.9}


def test_loads_are_measured_drawn_and_written(tmp_path):
    done = tool("disks", "-c", "virtio-mmio", "-n", "1", "--mib", "4", "--limit", "99", "-o", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    written = json.loads((tmp_path / "disks.json").read_text())
    assert [(r["firmware"], r["status"], len(r["runs"])) for r in written["results"]] == [("slipway", "ok", 1), ("seabios", "ok", 1)]
    assert tool("compare", tmp_path / "disks.json", tmp_path / "disks.json").returncode == 2
    slow = tool("disks", "-c", "virtio-mmio", "-n", "1", "--mib", "4", "--limit", "0.01")
    assert slow.returncode == 1 and "takes more than 0.01" in slow.stdout, slow.stdout + slow.stderr
    pytest.importorskip("matplotlib")
    assert "GRUB loads an initrd of 4 MiB" in (tmp_path / "disks.svg").read_text() and (tmp_path / "disks.png").exists()
    assert tool("plot", tmp_path / "disks.json", tmp_path / "again").returncode == 0


def test_a_kernel_without_its_whole_initrd_is_no_load(tmp_path):
    """One byte of it is another; and a disk without GRUB."""
    image = tmp_path / "disk"
    shutil.copy(disks.image(4), image)
    data = bytearray(image.read_bytes())
    at = data.index(b"SLINITRD") + 2048
    data[at] ^= 1
    image.write_bytes(data)
    with pytest.raises(trace.NotReached, match="whole initrd"):
        disks.run(disks.ALL["virtio-mmio"], "slipway", image)
    with pytest.raises(trace.NotReached, match="did not load"):
        disks.run(disks.ALL["virtio-mmio"], "slipway", qemu.GUESTS / "real.img", limit=2)

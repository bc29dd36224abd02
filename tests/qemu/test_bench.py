# SPDX-License-Identifier: BSD-2-Clause
"""tools/bootbench: what the firmware promises against others and against the port, and the tool
itself with bad arguments, firmware that goes nowhere and a QEMU that dies."""
import copy
import functools
import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import vm as qemu  # noqa: E402
from bench import compare, guest, inside, media, probe, scenario, session, stats, trace  # noqa: E402
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


def document(total=0.05, accesses=100, count=1000, status="ok"):
    """Two firmware in one scenario; noise of a hundredth."""
    def result(name, scale):
        runs = [{"start": 0.03, "firmware": total * scale * f / 2, "setup": total * scale * f / 2,
                 "total": 0.03 + total * scale * f} for f in (0.99, 1.0, 1.01)]
        return {"scenario": "pc", "firmware": name, "status": "ok", "times": {"tcg": runs}, "instructions": count,
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
    assert kinds(document(), document(status="no boot"))["a", "status"] == "lost"
    assert kinds(document(status="no boot"), document())["a", "status"] == "gained"


def test_a_slower_machine_is_not_a_slower_firmware():
    old, new = document(total=0.05), document(total=0.10)
    assert kinds(old, new)["a", "setup time"] == "slower"
    assert kinds(old, new, against="b")["a", "setup time ratio"] == "same"


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
], ids=lambda x: None if isinstance(x, str) else " ".join(x))
def test_bad_arguments_get_a_line(args, says):
    done = tool(*args)
    assert (done.returncode, says in done.stderr + done.stdout) == (2, True), done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_help_explains_every_column_and_exit_code():
    text = tool("--help").stdout
    for word in ("QEMU start", "to do_boot", "set-up", "accesses", "instructions", "examples:", "exit code"):
        assert word in text
    for command in ("compare", "plot"):
        assert tool(command, "--help").returncode == 0


def reset_code(code, table=b""):
    """An image of 64 KiB with code at the reset vector and table at f000:ffe0."""
    image = bytearray(65536)
    image[0xffe0:0xffe0 + len(table)] = table
    image[0xfff0:0xfff0 + len(code)] = code
    return bytes(image)


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
    files = plot.draw(d, tmp_path)
    names = "phases", "accesses", "initrd", "guest"
    assert {f.name for f in files} == {f"{n}.{e}" for n in names for e in ("svg", "png")}
    assert "by port measured to 16 MiB" in (tmp_path / "initrd.svg").read_text()

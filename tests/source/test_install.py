# SPDX-License-Identifier: BSD-2-Clause
"""`make install`: what lies where, that the tools run from there alone, the descriptor for managers of virtual machines,
and that `make uninstall` takes all of it away."""
import json
import os
import pathlib
import re
import signal
import struct
import subprocess
import sys

import pytest

TREE = pathlib.Path(__file__).resolve().parents[2]
OUT = pathlib.Path(os.environ.get("OUT", TREE / "out")).resolve()
PREFIX = "opt/somewhere"
TOOLS = ["slipway-bench", "slipway-log", "slipway-run"]
# What a user sets for the tools, and what the make that runs this has told its children.
NOT_OURS = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "OUT", "PYTHONPATH", "KERNEL", "INITRD", "APPEND", "SLIPWAY_BIOS")


def environment(**more):
    return {k: v for k, v in os.environ.items() if k not in NOT_OURS} | more


def make(*words):
    done = subprocess.run(["make", "-s", "-C", TREE, f"OUT={OUT}", f"PREFIX=/{PREFIX}", *words], capture_output=True, text=True,
                          env=environment(), timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A root folder with Slipway installed below /opt/somewhere."""
    folder = tmp_path_factory.mktemp("root")
    make("install", f"DESTDIR={folder}")
    return folder


@pytest.fixture(scope="module")
def prefix(root):
    return root / PREFIX


def run(prefix, cwd, name, *words, **how):
    return subprocess.run([sys.executable, prefix / "bin" / name, *words], capture_output=True, text=True, timeout=60, cwd=cwd,
                          env=environment(HOME=str(cwd), XDG_CACHE_HOME=str(cwd), PYTHONDONTWRITEBYTECODE="1"), **how)


def test_images_are_those_that_were_built_under_every_name_that_qemu_asks_for(prefix):
    qemu = prefix / "share/qemu/slipway"
    bios = (OUT / "bios.bin").read_bytes()
    for name in ("bios-256k.bin", "bios.bin", "bios-microvm.bin", "qboot.rom"):
        assert (qemu / name).read_bytes() == bios, name
    assert not (qemu / "bios.bin").is_symlink()     # AppArmor asks where the file itself lies
    built = sorted(OUT.glob("vgabios*.bin"))
    assert len(built) == 9
    for file in [OUT / "bios.bin", *built]:
        assert (qemu / file.name).read_bytes() == file.read_bytes()
        assert (prefix / "share/slipway" / file.name).read_bytes() == file.read_bytes()


def test_links_stay_below_the_prefix_and_hold(root, prefix):
    links = [file for file in root.rglob("*") if file.is_symlink()]
    assert len(links) > len(TOOLS)
    for link in links:
        assert not os.path.isabs(os.readlink(link)), link
        assert link.resolve().is_relative_to(prefix) and link.resolve().is_file(), link


def test_no_file_names_the_tree_it_was_made_in(root):
    # A path that begins so: a tree at /slipway is in no name of share/slipway.
    named = re.compile(rb"(?<![\w.})])(%s|%s)(?![\w.-])" % (re.escape(os.fsencode(TREE)), re.escape(os.fsencode(root))))
    assert named.search(b"'%s/src'" % os.fsencode(TREE)) and not named.search(b"share%s/tools" % os.fsencode(TREE))
    for file in root.rglob("*"):
        if file.is_file():
            assert not named.search(file.read_bytes()), file


@pytest.mark.parametrize("name", TOOLS)
def test_a_tool_runs_by_what_is_installed_alone(prefix, tmp_path, name):
    done = run(prefix, tmp_path, name, "--help")
    assert done.returncode == 0 and done.stdout.startswith(f"usage: {name} "), done.stderr
    assert "tools/" not in done.stdout.replace("slipway/tools/bench", "")
    # The same with a list of all modules that it has taken.
    script = ("import runpy, sys\nsys.argv = sys.argv[1:]\ntry:\n    runpy.run_path(sys.argv[0], run_name='__main__')\n"
              "except SystemExit as e:\n    print(e.code)\n"
              "print(*[m.__file__ for m in list(sys.modules.values()) if getattr(m, '__file__', None)], sep='\\n')")
    done = subprocess.run([sys.executable, "-c", script, prefix / "bin" / name, "--help"], capture_output=True, text=True, timeout=60,
                          cwd=tmp_path, env=environment(HOME=str(tmp_path), PYTHONDONTWRITEBYTECODE="1"))
    files = [line for line in done.stdout.splitlines() if line.endswith(".py")]
    assert any(file.startswith(str(prefix)) for file in files), done.stdout + done.stderr
    assert not [file for file in files if pathlib.Path(file).is_relative_to(TREE)]


def test_log_reads_the_text_of_a_console(prefix, tmp_path):
    done = run(prefix, tmp_path, "slipway-log", "--text", "-", input="slipway: version x\nreport: start: cold, TSC at first stamp 0x1\n"
               "report: sum: to do_boot 26008 us, do_boot until now 20746, all 46754\n")
    assert done.returncode == 0 and done.stdout.startswith("slipway: version x\n") and "start: cold" in done.stdout, done.stderr


def test_what_tools_make_goes_to_the_users_cache(prefix, tmp_path):
    script = "import vm; print(vm.OUT, vm.GUESTS, vm.firmware('slipway'), sep='\\n')"
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=60,
                          env=environment(PYTHONPATH=str(prefix / "share/slipway/tests/qemu"), XDG_CACHE_HOME=str(tmp_path)))
    data = prefix / "share/slipway"
    assert done.stdout.split() == [str(tmp_path / "slipway/tools"), str(data / "guests"), str(data / "bios.bin")], done.stderr
    assert (data / "guests/check.bzImage").is_file()


HOMELESS = """import pwd, runpy, sys
def nobody(uid):
    raise KeyError(uid)
pwd.getpwuid = nobody
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.mark.parametrize("cache", [None, "", "relative", "/dev/null/cache"])
@pytest.mark.parametrize("name", TOOLS)
def test_a_tool_runs_for_a_user_without_a_home(prefix, tmp_path, name, cache):
    """A service's user has none, and no line in /etc/passwd where its container has other users. What it makes goes with it."""
    env = {k: v for k, v in environment(TMPDIR=str(tmp_path), PYTHONDONTWRITEBYTECODE="1").items() if k not in ("HOME", "XDG_CACHE_HOME")}
    env |= {} if cache is None else {"XDG_CACHE_HOME": cache}
    done = subprocess.run([sys.executable, "-c", HOMELESS, prefix / "bin" / name, "--help"], capture_output=True, text=True, timeout=60,
                          cwd=tmp_path, env=env)
    assert (done.returncode, done.stderr) == (0, "") and done.stdout.startswith(f"usage: {name} ")
    assert not list(tmp_path.iterdir())


def test_a_cache_that_another_user_made_is_left_alone(prefix, tmp_path):
    script = "import os\nos.access = lambda path, mode: False\nimport vm\nprint(vm.OUT, vm.OUT.is_dir(), vm.KEPT)"
    (tmp_path / "tmp").mkdir()
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=60,
                          env=environment(PYTHONPATH=str(prefix / "share/slipway/tests/qemu"), XDG_CACHE_HOME=str(tmp_path),
                                          TMPDIR=str(tmp_path / "tmp"), PYTHONDONTWRITEBYTECODE="1"))
    folder, there, kept = done.stdout.split()
    assert folder.startswith(f"{tmp_path}/tmp/slipway-tools-") and (there, kept) == ("True", "False"), done.stderr
    assert not list((tmp_path / "tmp").iterdir())


@pytest.mark.parametrize("words, code", [
    (["slipway-run"], 1), (["slipway-bench", "-s", "pc"], 2), (["slipway-bench", "ratio"], 2), (["slipway-bench", "disks"], 2),
])
def test_without_qemu_one_line_says_so(prefix, tmp_path, words, code):
    done = subprocess.run([sys.executable, prefix / "bin" / words[0], *words[1:]], capture_output=True, text=True, timeout=60, cwd=tmp_path,
                          env=environment(QEMU="no-such-qemu", HOME=str(tmp_path), PYTHONDONTWRITEBYTECODE="1"))
    assert done.returncode == code and done.stdout == "", done
    assert done.stderr.startswith(f"{words[0]}: no no-such-qemu here") and done.stderr.count("\n") == 1, done.stderr


def test_a_run_that_is_interrupted_ends_quietly(prefix, tmp_path):
    qemu = tmp_path / "qemu"
    qemu.write_text("#!/bin/sh\n[ \"$2\" != help ] || { printf 'Supported machines are:\\nq35 one\\n'; exit; }\nexec sleep 60\n")
    qemu.chmod(0o755)
    with subprocess.Popen([sys.executable, prefix / "bin/slipway-run", "-k", "kernel"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          cwd=tmp_path, text=True, env=environment(QEMU=str(qemu), HOME=str(tmp_path), PYTHONDONTWRITEBYTECODE="1"),
                          preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)) as run:    # we may ignore it
        assert run.stdout.readline().startswith("$ ")
        run.send_signal(signal.SIGINT)
        _, error = run.communicate(timeout=60)
    assert (run.returncode, error) == (130, "")


def test_a_folder_for_results_that_cannot_be_made_is_said_before_anything_is_measured(prefix, tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "qemu").write_text(f"#!/bin/sh\ntouch {tmp_path}/asked\n")
    (tmp_path / "qemu").chmod(0o755)
    done = subprocess.run([sys.executable, prefix / "bin/slipway-bench", "-s", "pc", "-o", tmp_path / "file/results", f"x={tmp_path}/file"],
                          capture_output=True, text=True, timeout=60, cwd=tmp_path,
                          env=environment(QEMU=str(tmp_path / "qemu"), HOME=str(tmp_path), PYTHONDONTWRITEBYTECODE="1"))
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "file/results" in done.stderr, done.stderr
    assert not (tmp_path / "asked").exists()


@pytest.mark.parametrize("name", TOOLS)
def test_a_manual_page_has_every_option(prefix, tmp_path, name):
    page = (prefix / f"share/man/man1/{name}.1").read_text()
    options = re.findall(r"^  (-\S.*?)(?:  |$)", run(prefix, tmp_path, name, "--help").stdout, re.MULTILINE)
    assert len(options) > 5
    for option in options:
        assert ".B " + option.replace("-", "\\-") in page
    for line in page.splitlines():
        assert not line.startswith("'") and (not line.startswith(".") or re.match(r"\.(TH|SH|SS|TP|PP|B|br|nf|fi|ad|nh)\b", line)), line


def program(wide, kinds, cut=0):
    """An ELF file with program headers of these types alone."""
    size, head = (56, 64) if wide else (32, 52)
    data = b"\x7fELF" + bytes([2 if wide else 1, 1, 1]) + bytes(9) + struct.pack("<HHI", 2, 62 if wide else 3, 1)
    data += struct.pack("<QQQ" if wide else "<III", 0, head, 0) + struct.pack("<IHHHHHH", 0, head, size, len(kinds), 0, 0, 0)
    data += b"".join(struct.pack("<I", kind).ljust(size, b"\0") for kind in kinds)
    return data[:len(data) - cut]


@pytest.mark.parametrize("data, static", [
    (program(True, [1, 1, 2]), True), (program(False, [1, 1, 2]), True), (program(True, [6, 3, 1]), False), (program(False, [6, 1, 3]), False),
    (program(True, [1, 1], cut=112), False), (b"#!/bin/sh\n".ljust(80), False), (b"", False),
], ids=["64-static", "32-static", "64-loader", "32-loader", "cut", "script", "empty"])
def test_a_tool_knows_a_static_busybox_without_programs_of_a_builder(prefix, tmp_path, data, static):
    (tmp_path / "busybox").write_bytes(data)
    code = "import sys; sys.path.append(sys.argv[1]); import debian; print(debian.is_static(sys.argv[2]))"
    done = subprocess.run([sys.executable, "-c", code, prefix / "share/slipway/tests/qemu", tmp_path / "busybox"], capture_output=True,
                          text=True, timeout=60, env=environment(PATH=str(tmp_path), PYTHONDONTWRITEBYTECODE="1"))
    assert done.stdout == f"{static}\n", done.stderr


# QEMU's docs/interop/firmware.json, of what a firmware in memory has.
INTERFACES = {"bios", "openfirmware", "uboot", "uefi"}
ARCHITECTURES = {"i386", "x86_64"}      # SysEmuTarget has more, which do not run this
FEATURES = {"acpi-s3", "acpi-s4", "amd-sev", "amd-sev-es", "amd-sev-snp", "enrolled-keys", "intel-tdx", "requires-smm", "secure-boot",
            "verbose-dynamic", "verbose-static"}


def check_descriptor(found):
    """Raises AssertionError unless the object is a Firmware of that schema with FirmwareMappingMemory."""
    def texts(value):
        return isinstance(value, list) and all(isinstance(word, str) for word in value)

    assert set(found) == {"description", "interface-types", "mapping", "targets", "features", "tags"}
    assert isinstance(found["description"], str) and texts(found["tags"])
    assert texts(found["interface-types"]) and found["interface-types"] and set(found["interface-types"]) <= INTERFACES
    assert set(found["mapping"]) == {"device", "filename"} and found["mapping"]["device"] == "memory"
    assert isinstance(found["mapping"]["filename"], str)
    assert isinstance(found["targets"], list) and found["targets"]
    for target in found["targets"]:
        assert set(target) == {"architecture", "machines"}
        assert target["architecture"] in ARCHITECTURES and texts(target["machines"]) and target["machines"]
    assert texts(found["features"]) and set(found["features"]) <= FEATURES


def descriptors(prefix):
    return sorted((prefix / "share/qemu/firmware").iterdir())


def test_the_descriptor_is_one_by_qemus_schema(root, prefix):
    file, = descriptors(prefix)
    found = json.loads(file.read_text())
    check_descriptor(found)
    assert found["interface-types"] == ["bios"]
    image = pathlib.Path(found["mapping"]["filename"])
    assert image.parts[:3] == ("/", *pathlib.Path(PREFIX).parts)
    assert (root / image.relative_to("/")).read_bytes() == (OUT / "bios.bin").read_bytes()


@pytest.mark.parametrize("change", [
    {"interface-types": []}, {"interface-types": ["legacy"]}, {"targets": []}, {"features": ["acpi-s5"]}, {"features": "acpi-s3"},
    {"tags": None}, {"mapping": {"device": "memory"}}, {"targets": [{"architecture": "x86_64"}]}, {"other": 1},
])
def test_what_is_no_descriptor_is_refused(prefix, change):
    file, = descriptors(prefix)
    with pytest.raises(AssertionError):
        check_descriptor(json.loads(file.read_text()) | change)


def test_the_descriptor_sorts_behind_those_of_distributions(prefix):
    """Debian's and Fedora's are of edk2, from 30 on; openSUSE's of SeaBIOS are 50 and 60."""
    file, = descriptors(prefix)
    assert file.name == max(file.name, "30-edk2-ovmf-x64-sb-enrolled.json", "50-seabios-256k.json", "60-seabios-128k.json",
                            "70-edk2-aarch64-verbose.json")


@pytest.mark.parametrize("words", [["DESTDIR=/x/my root"], ["PREFIX=/usr /local"], ["PREFIX=/opt/a&b"], ["DESTDIR=/x;y"], ["PREFIX=opt/x"],
                                   ["DESTDIR=/x/$$(y)"], ["PREFIX=~/.local"]])
@pytest.mark.parametrize("goal", ["install", "uninstall"])
def test_places_that_are_no_word_of_a_shell_are_refused_before_anything_is_done(goal, words):
    """`rm -rf` gets them as they are."""
    done = subprocess.run(["make", "-n", goal, *words], cwd=TREE, capture_output=True, text=True, env=environment(), timeout=60)
    assert done.returncode == 2 and done.stdout == "" and "PREFIX" in done.stderr and "found" in done.stderr, done


def files_below(folder):
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_symlink() or not file.is_dir()}


def test_the_list_of_what_is_installed_has_all_of_it(prefix):
    listed = (prefix / "share/slipway/installed").read_text().split()
    assert len(listed) == len(set(listed)) and set(listed) == {name for name in files_below(prefix) if "__pycache__" not in name}


def test_a_newer_version_takes_the_older_ones_files_away_and_no_others(tmp_path):
    make("install", f"DESTDIR={tmp_path}")
    prefix = tmp_path / PREFIX
    installed = files_below(prefix)
    old = ["share/slipway/tools/bench/old.py", "share/slipway/former/image.bin", "bin/slipway-old", "share/man/man1/slipway-old.1"]
    others = ["share/slipway/tools/mine.py", "bin/other", "share/doc/slipway/notes"]
    victims = [tmp_path / "victim", tmp_path / "opt/victim"]
    for file in [*(prefix / name for name in [*old, *others]), *victims]:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")
    (prefix / "share/slipway/tools/bench/__pycache__").mkdir()
    (prefix / "share/slipway/tools/bench/__pycache__/old.pyc").write_text("")
    with open(prefix / "share/slipway/installed", "a") as f:
        f.write("\n".join([*old, "../victim", "share/../../victim", f"/{victims[0]}", "share/$(touch victim)", "share/x y", ""]))
    make("install", f"DESTDIR={tmp_path}")
    assert files_below(prefix) == installed | set(others) and all(file.exists() for file in victims)
    assert not (prefix / "share/slipway/former").exists()
    make("uninstall", f"DESTDIR={tmp_path}")
    assert files_below(tmp_path) == {f"{PREFIX}/{name}" for name in others} | {"victim", "opt/victim"}


def test_uninstall_takes_what_an_older_version_has_installed(tmp_path):
    make("install", f"DESTDIR={tmp_path}")
    (tmp_path / PREFIX / "bin/slipway-old").write_text("")
    with open(tmp_path / PREFIX / "share/slipway/installed", "a") as f:
        f.write("bin/slipway-old\n")
    make("uninstall", f"DESTDIR={tmp_path}")
    assert not files_below(tmp_path)


def broken_links(folder):
    """(page, where to) of links in the texts below folder that are no address and lead to no file below it."""
    broken = []
    for page in folder.rglob("*.md"):
        for where in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
            file = (page.parent / where.partition("#")[0]).resolve()
            if not re.match(r"https?://|#", where) and not (file.is_file() and file.is_relative_to(folder)):
                broken.append((page.name, where))
    return broken


def test_links_in_the_texts_lead_to_what_is_installed(prefix, tmp_path):
    texts = prefix / "share/doc/slipway"
    assert len(list(texts.rglob("*.md"))) > 15 and not broken_links(texts.resolve())
    (tmp_path / "a.md").write_text("[a](a.md#x) [b](b.md) [c](../c) [d](https://d) [e](#e)")
    (tmp_path.parent / "c").write_text("")
    assert broken_links(tmp_path) == [("a.md", "b.md"), ("a.md", "../c")]


def test_manual_pages_name_the_folder_of_the_texts(tmp_path):
    make("install", f"DESTDIR={tmp_path}", "PREFIX=/opt/a-b")
    for name in TOOLS:
        page = (tmp_path / f"opt/a-b/share/man/man1/{name}.1").read_text()
        assert "\n/opt/a\\-b/share/doc/slipway, " in page and "@" not in page.replace("@GLIBC", "")


@pytest.mark.parametrize("where, told", [("/usr", False), ("/usr/local", True)])
def test_where_libvirt_does_not_look_install_says_what_to_do(tmp_path, where, told):
    said = make("install", f"DESTDIR={tmp_path}", f"PREFIX={where}")
    assert (f" {where}/share/qemu/firmware/90-slipway.json /etc/qemu/firmware/" in said) == told, said


def test_uninstall_names_descriptors_that_were_put_elsewhere(tmp_path):
    make("install", f"DESTDIR={tmp_path}")
    folder = tmp_path / "etc/qemu/firmware"
    folder.mkdir(parents=True)
    (folder / "10-slipway.json").write_bytes((tmp_path / PREFIX / "share/qemu/firmware/90-slipway.json").read_bytes())
    (folder / "50-other.json").write_text('{"mapping": {"filename": "/usr/share/other"}}')
    said = make("uninstall", f"DESTDIR={tmp_path}").splitlines()
    assert len(said) == 1 and f"rm {folder}/10-slipway.json" in said[0]
    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize("name", ["a b", "a:b", "a'b", "a%b", "a=b", "a$b", "a#b"])
def test_a_tree_whose_path_make_cannot_take_is_refused_in_one_line(tmp_path, name):
    tree = tmp_path / name
    (tree / "packaging").mkdir(parents=True)
    for file in ("Makefile", "packaging/install.mk"):
        (tree / file).write_bytes((TREE / file).read_bytes())
    done = subprocess.run(["make", "-n", "clean"], cwd=tree, capture_output=True, text=True, env=environment(), timeout=60)
    assert done.returncode == 2 and done.stdout == "" and "the path of this tree: no blanks" in done.stderr, done
    assert done.stderr.count("\n") == 1 and str(tree) in done.stderr


def test_places_of_what_is_built_have_no_blanks():
    done = subprocess.run(["make", "-n", "clean", "OUT=/tmp/a b"], cwd=TREE, capture_output=True, text=True, env=environment(), timeout=60)
    assert done.returncode == 2 and done.stdout == "" and 'OUT: no blanks' in done.stderr, done


def test_uninstall_leaves_nothing(tmp_path):
    make("install", f"DESTDIR={tmp_path}")
    others = tmp_path / PREFIX / "share/qemu/firmware/50-other.json"
    others.write_text("{}")
    make("uninstall", f"DESTDIR={tmp_path}")
    assert [file for file in tmp_path.rglob("*") if not file.is_dir()] == [others]
    others.unlink()
    make("uninstall", f"DESTDIR={tmp_path}")
    left = {str(folder.relative_to(tmp_path / PREFIX)) for folder in (tmp_path / PREFIX).rglob("*")}
    assert left == {"bin", "share", "share/doc", "share/man", "share/man/man1"}     # those of every system

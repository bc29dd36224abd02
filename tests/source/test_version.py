# SPDX-License-Identifier: BSD-2-Clause
"""scripts/version.sh: the version, and the release that it names, which SMBIOS has as two bytes."""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

TREE = pathlib.Path(__file__).resolve().parents[2]


def version_header(*args, tree=TREE):
    done = subprocess.run([TREE / "scripts/version.sh", *args], cwd=tree, stdout=subprocess.PIPE, text=True, timeout=60,
                          check=True)
    return dict(re.findall(r"^#define SLIPWAY_(\w+) (.*)$", done.stdout, re.MULTILINE))


@pytest.mark.parametrize("version, major, minor", [
    ("v1.2", 1, 2), ("v1.2-3-gabcdef0", 1, 2), ("v1.2.9-dirty", 1, 2), ("v0.0", 0, 0), ("v10.20-dirty", 10, 20),
    ("v08.09", 8, 9),               # not octal
    ("v254.254", 254, 254), ("v255.1", 255, 255), ("v1.255", 255, 255), ("v1.1000", 255, 255), ("v1000.1", 255, 255),
    ("abcdef0", 255, 255), ("12.34", 255, 255), ("v1", 255, 255), ("v1.", 255, 255), ("v.1", 255, 255),
    ("vx.1", 255, 255), ("v1.x", 255, 255), ("v-1.2", 255, 255),
])
def test_release(version, major, minor):
    assert version_header(version) == {"VERSION": f'"{version}"', "MAJOR": str(major), "MINOR": str(minor)}


@pytest.mark.parametrize("version", ["a b", 'v1"', "v1\\", "$(x)", "v" * 64, "v1\nv2"])
def test_what_is_no_version_is_refused(version):
    done = subprocess.run([TREE / "scripts/version.sh", version], cwd=TREE, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (2, "") and version in done.stderr


@pytest.fixture
def repository(tmp_path):
    """A tree of git in which to commit and tag: git(word...) is what git says."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")} | {
        f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "a"), ("EMAIL", "a@b"), ("DATE", "1700000000 +0100"))} | {
        "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}

    def git(*words):
        return subprocess.run(["git", *words], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60, check=True).stdout.strip()

    git("init", "-q")
    (tmp_path / "file").write_text("")
    git("add", "file")
    git("commit", "-qm", "first")
    git.folder = tmp_path
    return git


def said(git, *words):
    return subprocess.run(["sh", TREE / "scripts/version.sh", *words], cwd=git.folder, capture_output=True, text=True, timeout=60,
                          check=True).stdout.strip()


@pytest.mark.parametrize("plain, annotated, version", [
    (["v1.2-rc1", "v1.2"], [], "v1.2"), (["v1.2", "v1.2-rc1"], [], "v1.2"), (["v1.9", "v1.10"], [], "v1.10"),
    (["v1.2"], ["v1.2-rc1"], "v1.2"), (["v1.2-rc1"], ["v1.2"], "v1.2"), ([], ["v1.2", "v1.2-rc2"], "v1.2"),
    (["v1.2-rc1"], [], "v1.2-rc1"), (["v1.2", "v9/x", "vnext", "w3"], [], "v1.2"), (["v9/x", "vnext"], [], ""),
])
def test_of_several_tags_the_version_is_the_highest_ones(repository, plain, annotated, version):
    for tag in plain:
        repository("tag", tag)
    for tag in annotated:
        repository("tag", "-am", "x", tag)
    version = version or repository("rev-parse", "--short", "HEAD")
    assert said(repository, "--name") == said(repository, "--commit") == version
    # And that the tree is changed, and that there are commits since.
    (repository.folder / "file").write_text("changed")
    assert said(repository, "--name") == f"{version}-dirty" and said(repository, "--commit") == version
    repository("commit", "-qam", "second")
    id = repository("rev-parse", "--short", "HEAD")
    assert said(repository, "--name") == (f"{version}-1-g{id}" if version[0] == "v" else id)


def test_the_tag_that_is_named_is_taken_if_it_is_the_commits(repository):
    repository("tag", "v1.2-rc1")
    repository("tag", "v1.2")
    assert said(repository, "--commit", "v1.2-rc1") == "v1.2-rc1"
    (repository.folder / "file").write_text("changed")
    repository("commit", "-qam", "second")
    for tag in ("v1.2", "v1.3", "w", "v1/2", "v1.2^0"):
        done = subprocess.run(["sh", TREE / "scripts/version.sh", "--commit", tag], cwd=repository.folder, capture_output=True, text=True)
        assert (done.returncode, done.stdout) == (2, "") and tag in done.stderr


def test_sources_in_a_tree_of_somebody_elses_have_no_commit(repository):
    repository("tag", "v7.0")
    inner = repository.folder / "inner"
    inner.mkdir()
    assert version_header(tree=inner)["VERSION"] == '"unversioned"'
    (inner / "version").write_text("v1.2\n")
    assert version_header(tree=inner) == {"VERSION": '"v1.2"', "MAJOR": "1", "MINOR": "2"}


@pytest.mark.parametrize("version, package", [
    ("v1.2", "1.2"), ("v1.2-rc1", "1.2~rc1"), ("v1.2-3-gabcdef0", "1.2+3.gabcdef0"), ("v1.2-rc1-3-gabcdef0", "1.2~rc1+3.gabcdef0"),
    ("v1.2-dirty", "1.2+dirty"), ("v1.2-3-gabcdef0-dirty", "1.2+3.gabcdef0+dirty"), ("abcdef0", "0~20231114.abcdef0"),
    ("abcdef0-dirty", "0~20231114.abcdef0+dirty"),
])
def test_packages_have_it_in_an_order_that_dpkg_and_rpm_know(repository, version, package):
    assert said(repository, "--package", version) == package


def test_versions_of_packages_rise():
    order = ["0~20231114.abcdef0", "0.1", "1.2~rc1", "1.2~rc1+3.gabcdef0", "1.2", "1.2+3.gabcdef0", "1.3"]
    if not shutil.which("dpkg"):
        pytest.skip("no dpkg here")
    for low, high in zip(order, order[1:]):
        assert subprocess.run(["dpkg", "--compare-versions", low, "lt", high], check=False).returncode == 0, (low, high)


@pytest.mark.parametrize("words, env, version", [
    (["VERSION=v3.4"], {}, "v3.4"), ([], {"VERSION": "v3.4"}, None), (["-e"], {"VERSION": "v3.4"}, None),
])
def test_make_takes_a_version_from_its_command_line_alone(tmp_path, words, env, version):
    clean = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "VERSION", "OUT")}
    done = subprocess.run(["make", "-s", "-C", TREE, f"OUT={tmp_path}", *words, f"{tmp_path}/version.h"], capture_output=True, text=True,
                          env=clean | env, timeout=60)
    assert done.returncode == 0, done.stderr
    found = re.search(r'SLIPWAY_VERSION "(.*)"', (tmp_path / "version.h").read_text())[1]
    assert found == (version or version_header()["VERSION"].strip('"'))


def test_without_a_version_it_is_the_commits():
    assert re.fullmatch(r'"\S+"', version_header()["VERSION"])

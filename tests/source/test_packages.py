# SPDX-License-Identifier: BSD-2-Clause
"""scripts/package.sh in a small repository (versions, the same bytes each time), scripts/sbom.py, and what the descriptions of
packages for several systems must agree in."""
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile

import pytest

TREE = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(TREE / "scripts"))
import sbom  # noqa: E402

DATE = 1_700_000_000        # 14 November 2023


@pytest.fixture
def repository(tmp_path):
    folder = tmp_path / "tree"
    (folder / "scripts").mkdir(parents=True)
    for name in ("package.sh", "version.sh"):
        shutil.copy(TREE / "scripts" / name, folder / "scripts")
    (folder / "file").write_text("one\n")
    when = f"{DATE} +0100"
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") and k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "VERSION")} | {
        "GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when, "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@b", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}

    def run(*words, code=0):
        done = subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, timeout=60)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout.strip()

    run("git", "init", "-q")
    run("git", "add", "-A")
    run("git", "commit", "-qm", "first")
    run.folder = folder
    return run


def test_another_users_tree_has_its_version(repository):
    """Root installs what somebody has built: git does not want to read such a tree."""
    repository("git", "tag", "v1.2")
    said = repository("env", "GIT_TEST_ASSUME_DIFFERENT_OWNER=1", "sh", "scripts/version.sh")
    assert '#define SLIPWAY_VERSION "v1.2' in said and "MAJOR 1\n" in said, said


def packed(repository, where):
    """The name of the only file that is made there, and its bytes."""
    repository("scripts/package.sh", "--out", where, "dist")
    file, = pathlib.Path(where).iterdir()
    return file.name, file.read_bytes()


def test_the_version_is_the_tags_or_the_commits(repository, tmp_path):
    short = repository("git", "rev-parse", "--short", "HEAD")
    assert packed(repository, tmp_path / "a")[0] == f"slipway-0-20231114.{short}.tar.xz"
    repository("git", "tag", "v1.2")
    assert packed(repository, tmp_path / "b")[0] == "slipway-1.2.tar.xz"
    (repository.folder / "file").write_text("two\n")
    repository("git", "commit", "-qam", "second")
    short = repository("git", "rev-parse", "--short", "HEAD")
    name, _ = packed(repository, tmp_path / "c")
    assert name == f"slipway-1.2+1.g{short}.tar.xz"
    with tarfile.open(tmp_path / "c" / name) as tar:
        root = name[:-len(".tar.xz")]
        assert tar.extractfile(f"{root}/version").read().decode() == f"v1.2-1-g{short}\n"
        assert tar.extractfile(f"{root}/file").read() == b"two\n"
        assert {m.mtime for m in tar} == {DATE} and {(m.uid, m.gid, m.uname) for m in tar} == {(0, 0, "")}


def test_two_runs_are_the_same_bytes_and_leave_out_what_is_not_committed(repository, tmp_path):
    first = packed(repository, tmp_path / "a")
    (repository.folder / "file").write_text("changed\n")
    (repository.folder / "other").write_text("new\n")
    old = os.umask(0o077)
    try:
        assert packed(repository, tmp_path / "b") == first
    finally:
        os.umask(old)


def test_what_is_built_for_images_is_not_in_the_sources(repository, tmp_path):
    """In the order of a release: what is packed last is what was checked out."""
    folder = repository.folder
    (folder / "Makefile").write_text("all:\n\tmkdir -p out\n\tfor f in bios vgabios-std; do echo $$f $(CURDIR) > out/$$f.bin; done\n")
    (folder / "LICENSE").write_text("mine\n")
    shutil.copy(TREE / "scripts/sbom.py", folder / "scripts")
    repository("git", "add", "-A")
    repository("git", "commit", "-qm", "second")
    name, data = packed(repository, tmp_path / "a")
    repository("scripts/package.sh", "--out", tmp_path / "b", "image", "dist")
    assert (tmp_path / "b" / name).read_bytes() == data


def test_sums_are_those_of_all_files(repository, tmp_path):
    packed(repository, tmp_path / "a")
    for _ in range(2):
        repository("scripts/package.sh", "--out", tmp_path / "a", "sums")
    lines = (tmp_path / "a/SHA256SUMS").read_text().splitlines()
    file, = (tmp_path / "a").glob("*.xz")
    assert lines == [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}"]


@pytest.mark.parametrize("words", [[], ["zip"], ["--other", "dist"], ["--out"], ["dist", "zip"]])
def test_what_it_does_not_know_is_refused_before_anything_is_made(repository, words):
    repository("scripts/package.sh", *words, code=2)
    assert not (repository.folder / "out").exists()


def test_names_of_files_are_those_that_servers_keep(repository, tmp_path):
    """A release's assets lose what is no letter, digit or one of . + - _, and the sums would name other files."""
    (repository.folder / "LICENSE").write_text("mine\n")
    (repository.folder / "Makefile").write_text("all:\n\tmkdir -p out\n\techo x | tee out/bios.bin > out/vgabios.bin\n")
    shutil.copy(TREE / "scripts/sbom.py", repository.folder / "scripts")
    repository("git", "add", "-A")
    repository("git", "commit", "-qm", "second")
    repository("git", "tag", "v1.2-rc1")
    repository("git", "tag", "v1.2")
    repository("scripts/package.sh", "--out", tmp_path / "a", "--tag", "v1.2-rc1", "dist", "image", "sums")
    names = {file.name for file in (tmp_path / "a").iterdir()}
    assert names == {"slipway-1.2-rc1.tar.xz", "slipway-1.2-rc1-image.tar.xz", "slipway-1.2-rc1.spdx.json", "SHA256SUMS"}
    assert json.loads((tmp_path / "a/slipway-1.2-rc1.spdx.json").read_text())["packages"][0]["versionInfo"] == "1.2~rc1"
    with tarfile.open(tmp_path / "a/slipway-1.2-rc1.tar.xz") as tar:
        assert tar.extractfile("slipway-1.2-rc1/version").read() == b"v1.2-rc1\n"
    repository("scripts/package.sh", "--out", tmp_path / "b", "--tag", "v1.3", "dist", code=2)
    assert not (tmp_path / "b").exists()


# --- two commits are two packages -----------------------------------------------------------------------

@pytest.fixture
def debian(repository):
    """The repository with debian/ and a first entry of its changelog that names release 0.1."""
    shutil.copytree(TREE / "debian", repository.folder / "debian")
    (repository.folder / "debian/changelog").write_text("""slipway (0.1) unstable; urgency=medium

  * One.

 -- A <a@b>  Tue, 14 Nov 2023 22:13:20 +0000
""")
    repository("git", "add", "-A")
    repository("git", "commit", "-qm", "debian")
    return repository


def changelog_of(debian, folder):
    name, _ = packed(debian, folder)
    with tarfile.open(folder / name) as tar:
        return tar.extractfile(f"{name[:-len('.tar.xz')]}/debian/changelog").read().decode()


def test_sources_of_a_commit_name_it_in_their_changelog(debian, tmp_path):
    commit = debian("git", "rev-parse", "HEAD")
    first = changelog_of(debian, tmp_path / "a").splitlines()
    assert first[0] == f"slipway (0~20231114.{debian('git', 'rev-parse', '--short', 'HEAD')}) unstable; urgency=medium"
    assert f"  * Commit {commit}." in first and "slipway (0.1) unstable; urgency=medium" in first
    assert re.fullmatch(r" -- .+ <\S+@\S+>  Tue, 14 Nov 2023 22:13:20 \+0000", first[4])
    debian("git", "tag", "v0.1")
    assert changelog_of(debian, tmp_path / "b") == (debian.folder / "debian/changelog").read_text()


@pytest.mark.parametrize("tag, revision, version", [(None, "", True), ("v0.1", "", "-v0.1"), (None, "-1", "")])
def test_a_package_that_is_built_in_a_tree_of_git_has_its_commit(debian, tag, revision, version):
    if not pathlib.Path("/usr/share/dpkg/pkg-info.mk").exists() or not shutil.which("dpkg-parsechangelog"):
        pytest.skip("no dpkg-dev here")
    changelog = debian.folder / "debian/changelog"
    changelog.write_text(changelog.read_text().replace("(0.1)", f"(0.1{revision})"))
    if revision:
        debian("git", "commit", "-qam", "a distribution's")
    if tag:
        debian("git", "tag", tag)
    if version is True:
        version = f"-v0~20231114.{debian('git', 'rev-parse', '--short', 'HEAD')}"
    said = debian("make", "-s", "-n", "-f", "debian/rules", "override_dh_gencontrol")
    assert said.split() == ["dh_gencontrol", "--", *([version] if version else [])]


def test_a_source_package_of_others_making_has_its_release(debian):
    if not pathlib.Path("/usr/share/dpkg/pkg-info.mk").exists() or not shutil.which("dpkg-parsechangelog"):
        pytest.skip("no dpkg-dev here")
    (debian.folder / "Makefile").write_text("all guests man install: ;\n")
    goals = ("make", "-s", "-n", "-f", "debian/rules", "override_dh_auto_build", "override_dh_auto_install")
    assert "VERSION=" not in debian(*goals)
    shutil.rmtree(debian.folder / ".git")
    assert len(re.findall(r"^make .* VERSION=v0\.1$", debian(*goals), re.MULTILINE)) == 2
    (debian.folder / "version").write_text("v0.1-3-gabcdef0\n")
    assert "VERSION=" not in debian(*goals)


# --- the list of what is in an image, by SPDX 2.3 ----------------------------------------------------

REFERENCE = re.compile(r"SPDXRef-[A-Za-z0-9.-]+")


def check_spdx(found):
    """Raises AssertionError unless the fields that SPDX 2.3 wants are there and fit together."""
    assert found["spdxVersion"] == "SPDX-2.3" and found["dataLicense"] == "CC0-1.0" and found["SPDXID"] == "SPDXRef-DOCUMENT"
    assert found["name"] and re.fullmatch(r"https?://[^#\s]+", found["documentNamespace"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found["creationInfo"]["created"])
    assert found["creationInfo"]["creators"]
    assert all(re.match(r"(Person|Organization|Tool): ", who) for who in found["creationInfo"]["creators"])
    known = {"SPDXRef-DOCUMENT"}
    for thing in [*found["packages"], *found["files"]]:
        assert REFERENCE.fullmatch(thing["SPDXID"]) and thing["SPDXID"] not in known
        known.add(thing["SPDXID"])
    for package in found["packages"]:
        assert package["name"] and package["downloadLocation"]
        assert package["filesAnalyzed"] == ("packageVerificationCode" in package)
    for file in found["files"]:
        assert file["fileName"].startswith("./")
        assert any(s["algorithm"] == "SHA1" and re.fullmatch("[0-9a-f]{40}", s["checksumValue"]) for s in file["checksums"])
    for relation in found["relationships"]:
        assert {relation["spdxElementId"], relation["relatedSpdxElement"]} <= known
        assert relation["relationshipType"] in ("DESCRIBES", "CONTAINS", "BUILD_TOOL_OF")
    assert any(r["relationshipType"] == "DESCRIBES" for r in found["relationships"])


@pytest.fixture
def listed(tmp_path):
    (tmp_path / "bios.bin").write_bytes(b"image")
    (tmp_path / "LICENSE").write_text("words\n")
    words = ["--version", "0~1", "--commit", "c0ffee", "--date", str(DATE), tmp_path]
    done = subprocess.run([sys.executable, TREE / "scripts/sbom.py", *words],
                          capture_output=True, text=True, check=True, timeout=60)
    return json.loads(done.stdout)


def test_the_list_is_one_by_the_standard(listed):
    check_spdx(listed)
    assert listed["creationInfo"]["created"] == "2023-11-14T22:13:20Z"
    assert [f["fileName"] for f in listed["files"]] == ["./LICENSE", "./bios.bin"]
    assert {"algorithm": "SHA256", "checksumValue": hashlib.sha256(b"image").hexdigest()} in listed["files"][1]["checksums"]
    both = sorted(hashlib.sha1(data).hexdigest() for data in (b"image", b"words\n"))
    code = listed["packages"][0]["packageVerificationCode"]["packageVerificationCodeValue"]
    assert code == hashlib.sha1("".join(both).encode()).hexdigest()
    assert "gcc" in [p["name"] for p in listed["packages"]] and "c0ffee" in listed["packages"][0]["sourceInfo"]


@pytest.mark.parametrize("change", [
    {"spdxVersion": "SPDX-9"}, {"documentNamespace": "here"}, {"packages": []}, {"relationships": []},
    {"creationInfo": {"created": "today", "creators": ["Tool: x"]}},
])
def test_what_is_no_such_list_is_refused(listed, change):
    with pytest.raises(AssertionError):
        check_spdx(listed | change)


def test_another_image_is_another_document(tmp_path):
    names = set()
    for data in (b"one", b"two", b"two"):
        (tmp_path / "bios.bin").write_bytes(data)
        names.add(sbom.document(tmp_path, "1", "c", DATE)["documentNamespace"])
    assert len(names) == 2
    with pytest.raises(ValueError):
        (tmp_path / "bios.bin").unlink()
        sbom.document(tmp_path, "1", "c", DATE)


# --- descriptions of packages --------------------------------------------------------------------------

def test_every_system_packs_the_same_release_with_the_same_prerequisites():
    changelog = (TREE / "debian/changelog").read_text()
    release = re.match(r"slipway \(([\d.]+)\)", changelog)[1]
    spec = (TREE / "packaging/rpm/slipway.spec").read_text()
    nix = (TREE / "packaging/nix/default.nix").read_text()
    assert f"slipway_version {release}}}" in spec
    assert f'version = "{release}";' in nix and f'"VERSION=v{release}"' in nix
    control = (TREE / "debian/control").read_text()
    for module in ("kconfiglib", "pyelftools", "rich"):
        assert f"python3-{module}" in control and re.search(rf"BuildRequires: +python3-{module}\n", spec) and f"p.{module} " in nix


def test_a_release_is_of_the_tag_that_was_pushed():
    """Nobody can run it here: what its steps are is read."""
    steps = (TREE / ".github/workflows/release.yml").read_text()
    assert "tags: ['v[0-9]*']" in steps
    assert steps.count('scripts/package.sh --tag "$GITHUB_REF_NAME" ') == 2
    line, = re.findall(r"case \$GITHUB_REF_NAME in .*", steps)
    for tag, prerelease in (("v1.2", ""), ("v1.2-rc1", "--prerelease")):
        done = subprocess.run(["sh", "-c", f'{line}\necho "$prerelease"'], env={"GITHUB_REF_NAME": tag}, capture_output=True, text=True)
        assert done.stdout.strip() == prerelease, line
    assert 'gh release create "$GITHUB_REF_NAME" $prerelease ' in steps


def test_every_license_text_is_the_same():
    text = (TREE / "LICENSE").read_text().split("Redistribution", 1)[1].split()
    found = (TREE / "debian/copyright").read_text().split("Redistribution", 1)[1].replace("\n .\n", "\n").split()
    assert found == text

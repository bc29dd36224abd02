#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""List what a folder of images has, and what made it, as a document of SPDX 2.3 (JSON, on standard output).

The images link no library, so the list is short: the files with their sums, the sources that they are of, and the tools that made
them. The same folder, commit and tools give the same bytes.
"""
import argparse
import hashlib
import json
import pathlib
import subprocess
import sys
import time

LICENSE = "BSD-2-Clause"
COPYRIGHT = "Copyright (c) 2026, the Slipway developers"
TOOLS = {"gcc": ["gcc", "--version"], "binutils": ["ld", "--version"], "python": [sys.executable, "--version"]}


def tool_version(command):
    """The first line that a tool says of itself; None where there is none."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.splitlines()[0]


def sums(data):
    return [{"algorithm": name.upper(), "checksumValue": hashlib.new(name, data).hexdigest()} for name in ("sha1", "sha256")]


def file_entry(number, file):
    data = file.read_bytes()
    kind = "TEXT" if file.name == "LICENSE" else "BINARY"
    return {"fileName": f"./{file.name}", "SPDXID": f"SPDXRef-File-{number}", "fileTypes": [kind], "checksums": sums(data),
            "licenseConcluded": LICENSE, "licenseInfoInFiles": [LICENSE], "copyrightText": COPYRIGHT}


def document(folder, version, commit, date):
    """The document as a dict. date: seconds since 1970. Raises ValueError when the folder has no file."""
    files = [file_entry(n, file) for n, file in enumerate(sorted(folder.iterdir()), 1) if file.is_file()]
    if not files:
        raise ValueError("it has no file")
    # Verification code of a package [SPDX 2.3, 7.9]: of the sorted SHA-1 sums of its files.
    code = hashlib.sha1("".join(sorted(f["checksums"][0]["checksumValue"] for f in files)).encode()).hexdigest()
    package = {
        "SPDXID": "SPDXRef-Package", "name": "slipway", "versionInfo": version, "downloadLocation": "NOASSERTION",
        "filesAnalyzed": True, "packageVerificationCode": {"packageVerificationCodeValue": code}, "primaryPackagePurpose": "FIRMWARE",
        "sourceInfo": f"built from commit {commit}", "licenseConcluded": LICENSE, "licenseDeclared": LICENSE,
        "licenseInfoFromFiles": [LICENSE], "copyrightText": COPYRIGHT,
    }
    found = {name: tool_version(command) for name, command in TOOLS.items()}
    tools = [{"SPDXID": f"SPDXRef-Tool-{name}", "name": name, "versionInfo": said, "downloadLocation": "NOASSERTION",
              "filesAnalyzed": False, "licenseConcluded": "NOASSERTION", "licenseDeclared": "NOASSERTION",
              "copyrightText": "NOASSERTION"} for name, said in found.items() if said]
    relations = [("SPDXRef-DOCUMENT", "DESCRIBES", package["SPDXID"])]
    relations += [(package["SPDXID"], "CONTAINS", f["SPDXID"]) for f in files]
    relations += [(tool["SPDXID"], "BUILD_TOOL_OF", package["SPDXID"]) for tool in tools]
    # A name that no other document has, which the standard wants [6.5]; nothing has to be there.
    unique = hashlib.sha256(f"{version} {commit} {code} {found}".encode()).hexdigest()[:32]
    return {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": f"slipway-{version}",
        "documentNamespace": f"https://spdx.org/spdxdocs/slipway-{version.replace('~', '-')}-{unique}",
        "creationInfo": {"created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(date)),
                         "creators": ["Organization: the Slipway developers", "Tool: slipway-sbom"]},
        "packages": [package, *tools], "files": files,
        "relationships": [{"spdxElementId": a, "relationshipType": kind, "relatedSpdxElement": b} for a, kind, b in relations],
    }


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--version", required=True)
    p.add_argument("--commit", required=True)
    p.add_argument("--date", type=int, required=True, help="seconds since 1970: the commit's, for the same bytes each time")
    p.add_argument("folder", type=pathlib.Path)
    args = p.parse_args()
    try:
        print(json.dumps(document(args.folder, args.version, args.commit, args.date), indent=1))
    except (OSError, ValueError) as e:
        sys.exit(f"sbom: {args.folder}: {e}")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Run each fuzz target for a bounded time on its corpus in tests/fuzz/corpus/<target>."""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile


def run(program, seconds, grow):
    name = pathlib.Path(program).name.removesuffix("_fuzz")
    corpus = pathlib.Path("tests/fuzz/corpus") / name
    with tempfile.TemporaryDirectory() as scratch:
        where = [str(corpus)] if grow else [scratch, str(corpus)]
        cmd = [program, f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048",
               "-print_final_stats=1", f"-artifact_prefix={pathlib.Path(program).parent}/{name}-"]
        done = subprocess.run(cmd + [w for w in where if pathlib.Path(w).is_dir()],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace")
    return name, done.returncode, done.stdout


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("program", nargs="+")
    p.add_argument("--seconds", type=int, default=20, help="for each target (default 20)")
    p.add_argument("--grow", action="store_true", help="add what is found to the corpus in the tree")
    args = p.parse_args()
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, code, out in pool.map(lambda x: run(x, args.seconds, args.grow), args.program):
            runs = re.search(r"number_of_executed_units: (\d+)", out)
            if code or not runs:
                failed += 1
                print(out[-6000:])
                print(f"FAILED {name} (exit {code})")
            else:
                print(f"ok {name}: {runs.group(1)} inputs")
    print(f"fuzz: {len(args.program) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

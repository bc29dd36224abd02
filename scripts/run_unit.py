#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Run unit-test programs two at a time; show a failing one's output whole, and one closing line."""
import argparse
import concurrent.futures
import os
import re
import subprocess
import sys


def run(program, seconds):
    try:
        done = subprocess.run([program], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=seconds, text=True, errors="replace")
        return program, done.returncode, done.stdout
    except subprocess.TimeoutExpired as e:
        return program, -1, f"{e.output or ''}\nno end within {seconds} s\n"


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("program", nargs="+")
    p.add_argument("--seconds", type=int, default=300, help="limit for one program (default 300)")
    args = p.parse_args()
    passed = failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for program, code, out in pool.map(lambda x: run(x, args.seconds), args.program):
            good = len(re.findall(r"^\[       OK \]", out, re.M))
            bad = len(set(re.findall(r"^\[  FAILED  \] ([a-z_]\w+)", out, re.M)))
            if code != 0 or good == 0:
                failed += max(bad, 1)
                sys.stdout.write(out)
                print(f"FAILED {program} (exit {code})")
            else:
                print(f"ok {good:4} {program.split('/unit/')[-1]}")
            passed += good
    print(f"unit: {passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Make a disk image of the linked real-mode program: 4 MiB, behind the program each sector tells its number."""
import argparse
import subprocess

SIZE = 4 << 20


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("elf")
    p.add_argument("image")
    args = p.parse_args()
    subprocess.run(["objcopy", "-O", "binary", args.elf, args.image], check=True)
    with open(args.image, "r+b") as f:
        end = f.seek(0, 2)
        assert end <= 65 * 512, f"{end} bytes of program"
        for sector in range((end + 511) // 512, SIZE // 512):
            f.seek(sector * 512)
            f.write(bytes((sector * 7 + i * 3 + (sector >> 8)) & 0xff for i in range(512)))


if __name__ == "__main__":
    main()

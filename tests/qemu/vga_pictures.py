#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Makes the pictures of docs/vga.md: QEMU's screendumps of scenes that the tests compare, and of loaders. Run as a program:
tests/qemu/vga_pictures.py [FOLDER], docs/img without one."""
import pathlib
import struct
import sys
import tempfile
import zlib

import test_vga_screens as screens
import test_vga_software as software
import vm as qemu

SCENES = {"vga-text": ("std", "text80"), "vga-painted": ("bochs-display", "characters"), "vga-planes": ("cirrus", "mode12")}


def png(found):
    """One of numbered colours where 256 are enough."""
    width, height, rows = found
    colours = sorted({row[at:at + 3] for row in rows for at in range(0, len(row), 3)})
    if len(colours) <= 256:
        number = {colour: bytes([n]) for n, colour in enumerate(colours)}
        rows = [b"".join(number[row[at:at + 3]] for at in range(0, len(row), 3)) for row in rows]
        kind, palette = 3, [(b"PLTE", b"".join(colours))]
    else:
        kind, palette = 2, []
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)), *palette,
              (b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows), 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks)


def main():
    target = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else qemu.ROOT / "docs/img"
    with tempfile.TemporaryDirectory(prefix="slipway-vga-") as root:
        for number, (name, (display, scene)) in enumerate(SCENES.items()):
            folder = pathlib.Path(root) / str(number)
            folder.mkdir()
            with screens.showing(display, folder, [scene]) as (vm, qmp):
                screens.wait(vm, folder, "next", 1)
                qemu.sleep(0.5)
                (target / f"{name}.png").write_bytes(png(screens.picture(vm, qmp)))
        folder = pathlib.Path(root) / "menu"
        folder.mkdir()
        machine, args = software.display("virtio-port")
        with software.running(machine, [*args, *software.drive(software.isolinux_menu(folder), "ide-cd")]) as (vm, qmp):
            found, _ = software.until(vm, qmp, lambda p: p[:2] == (640, 480) and software.shows(p, "Second entry", border=8))
            (target / "vga-menu.png").write_bytes(png(found))


if __name__ == "__main__":
    main()

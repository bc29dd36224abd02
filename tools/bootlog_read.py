# SPDX-License-Identifier: BSD-2-Clause
"""Read what a boot with Slipway left: log, timeline and report, from a guest's memory or from text.

    boot = from_memory(Qmp("/tmp/qmp"), Image.load("out/bios.bin"))
    boot = from_text(open("console.txt").read())
    boot.to_do_boot_us, boot.do_boot_us       # the two phases of boot-time measurements
    boot.phases                               # [Phase(name, begin_us, took_us)]
    boot.kernel                               # Kernel(compressor, packed, init_size, ...), None

The image says where its record lies and holds the strings (struct report_info in
src/trace/report.h, struct timeline in src/trace/timeline.h, struct log_ring in src/trace/log_ring.h).
"""
import dataclasses
import json
import os
import re
import socket
import struct
import tempfile

INFO_MAGIC, TIMELINE_MAGIC, RING_MAGIC = b"SlipwayI", b"SlipwayT", b"SlipwayL"
FW_RAM = range(0xE8000, 0xF0000)
ROM32_END = 0xFFFE8000
STRING_MAX = 4096


class Error(Exception):
    """What is wrong, for a person."""


@dataclasses.dataclass
class Phase:
    name: str
    begin_us: float     # from the first stamp; ticks where the rate is not known
    took_us: float
    accesses: dict = dataclasses.field(default_factory=dict)  # by device, where the image counts them


@dataclasses.dataclass
class Item:
    name: str
    bytes: int
    path: str
    took_us: float


@dataclasses.dataclass
class Stack:
    name: str
    used: int       # bytes, at its deepest
    size: int


# A payload's first bytes, as Linux lib/decompress.c and boot.rst, "payload_offset", have them; which unpack quickly.
COMPRESSORS = {b"\x1f\x8b": "gzip", b"\xfd7zX": "xz", b"\x28\xb5\x2f\xfd": "zstd", b"\x02\x21\x4c\x18": "lz4",
               b"\x89LZO": "lzo", b"\x5d\x00\x00": "lzma", b"BZh": "bzip2", b"\x7fELF": "none"}
QUICK = {"lz4", "lzo", "zstd", "none"}
HAS_PAYLOAD, HAS_INIT_SIZE = (2, 8), (2, 10)    # protocol versions


@dataclasses.dataclass
class Kernel:
    """What the header of a kernel says of its payload; see docs/boot-report.md for what of it is checked."""

    protocol: tuple     # (2, 15)
    bytes: int          # of the part that is loaded to 1 MiB
    compressor: str     # "xz"; "": not said, or not known
    packed: int         # bytes of the payload; 0: not said
    init_size: int      # bytes of RAM that it takes to start; 0: not said
    initrd: int         # bytes

    @classmethod
    def from_line(cls, line):
        """Out of the log's line of a launch; None of any other."""
        m = KERNEL_LINE.match(line)
        if not m:
            return None
        values = (int(v, 16 if n in (0, 1, 3, 5) else 10) for n, v in enumerate(m.groups()))
        major, minor, size, magic, packed, init_size, initrd = values
        protocol, start = (major, minor), magic.to_bytes(4, "little")
        says = protocol >= HAS_PAYLOAD and packed <= size
        compressor = next((name for mark, name in COMPRESSORS.items() if start.startswith(mark)), "")
        return cls(protocol, size, compressor if says else "", packed if says else 0,
                   init_size if protocol >= HAS_INIT_SIZE else 0, initrd)

    def __str__(self):
        if self.packed:
            how = {"": "packed in a way that is not known here, {}", "none": "not packed, {}"}
            text = how.get(self.compressor, self.compressor + ", {} packed").format(mb(self.packed))
        else:
            text = f"{mb(self.bytes)}, does not say how it is packed"
        if self.init_size:
            text += f", needs {mb(self.init_size)} to start"
        if self.initrd:
            text += f"; initrd {mb(self.initrd)}"
        if self.compressor and self.compressor not in QUICK:
            text += "; lz4, zstd or PVH start faster (docs/fast-boot.md)"
        return text


KERNEL_LINE = re.compile(r"boot: kernel: protocol 0x(\w\w)(\w\w), (\d+) bytes at 0x100000, payload 0x(\w{8}) of (\d+) bytes, "
                         r"init_size 0x(\w+); initrd: (\d+) bytes")


def mb(size):
    return f"{size / 1e6:.1f} MB"


@dataclasses.dataclass
class Boot:
    start: str = ""
    khz: int = 0            # of the TSC, 0: not known
    pm_ticks: int = 0       # it was measured over that many ticks of the PM timer
    unsure_ticks: int = 0   # TSC ticks that reading the PM timer took
    has_tsc: bool = True
    first_tsc: int = 0
    plan: str = ""
    phases: list = dataclasses.field(default_factory=list)
    items: list = dataclasses.field(default_factory=list)
    items_lost: int = 0
    stacks: list = dataclasses.field(default_factory=list)
    log: list = dataclasses.field(default_factory=list)

    @property
    def kernel(self):
        """What the last launch in the log says of its kernel; None: none was, or an older firmware does not say."""
        return next(filter(None, map(Kernel.from_line, reversed(self.log))), None)

    @property
    def unit(self):
        return "us" if self.khz else "ticks"

    @property
    def rate_error(self):
        """The most by which khz can be wrong, as a part of it."""
        if not self.pm_ticks or not self.khz:
            return 0
        return 1 / self.pm_ticks + self.unsure_ticks / 2 / (self.pm_ticks / 3579545 * self.khz * 1000)

    def _begin(self, name):
        return next((p.begin_us for p in self.phases if p.name == name), None)

    @property
    def to_do_boot_us(self):
        """From the first stamp to do_boot; None when that was not reached."""
        return self._begin("do_boot")

    @property
    def do_boot_us(self):
        """From do_boot to the kernel's entry; None when there was none."""
        start, end = self._begin("do_boot"), self._begin("kernel")
        return None if start is None or end is None else end - start

    def as_dict(self):
        return {**dataclasses.asdict(self), "unit": self.unit, "to_do_boot": self.to_do_boot_us,
                "do_boot_to_kernel": self.do_boot_us, "kernel": self.kernel and dataclasses.asdict(self.kernel)}


# --- where memory comes from -------------------------------------------------------------------

class Raw:
    """Bytes of guest memory from physical address base on."""

    def __init__(self, data, base=0):
        self.pieces = [(base, data)]

    def read(self, address, size):
        for base, data in self.pieces:
            if base <= address and address + size <= base + len(data):
                return bytes(data[address - base:address - base + size])
        raise Error(f"the dump does not have {size} bytes at {address:#x}: it is cut short, or begins elsewhere (--base)")


class Dump(Raw):
    """A file: plain memory (pmemsave), or an ELF core (dump-guest-memory)."""

    def __init__(self, path, base=0):
        try:
            with open(path, "rb") as f:
                data = f.read()
        except OSError as e:
            raise Error(f"{path}: {e.strerror}") from e
        super().__init__(data, base)
        if data[:4] == b"\x7fELF":
            self.pieces = list(self.segments(data, path))

    @staticmethod
    def segments(data, path):
        try:
            wide = data[4] == 2
            offset, = struct.unpack_from("<Q" if wide else "<I", data, 32 if wide else 28)
            size, count = struct.unpack_from("<HH", data, 54 if wide else 42)
            for n in range(count):
                at = offset + n * size
                if wide:
                    kind, _, where, _, phys, length = struct.unpack_from("<IIQQQQ", data, at)
                else:
                    kind, where, _, phys, length = struct.unpack_from("<IIIII", data, at)
                if kind == 1:
                    yield phys, data[where:where + length]
        except (struct.error, IndexError) as e:
            raise Error(f"{path}: an ELF file whose headers are cut short") from e


class Monitor:
    """A running QEMU: memory comes through a file that it writes. The firmware's own is read once."""

    fw_ram = None

    def read(self, address, size):
        if address in FW_RAM and address + size <= FW_RAM.stop:
            if self.fw_ram is None:
                self.fw_ram = self.read_all(FW_RAM.start, len(FW_RAM))
            return self.fw_ram[address - FW_RAM.start:address - FW_RAM.start + size]
        return self.read_all(address, size)

    def read_all(self, address, size):
        folder = tempfile.mkdtemp(prefix="bootlog-")
        file = os.path.join(folder, "memory")
        try:
            self.save(address, size, file)
            with open(file, "rb") as f:
                data = f.read()
        except OSError as e:
            raise Error(f"QEMU did not write {file}: {e.strerror} (is it on this machine, and may it write there?)") from e
        finally:
            if os.path.exists(file):
                os.unlink(file)
            os.rmdir(folder)
        if len(data) != size:
            raise Error(f"QEMU gave {len(data)} of {size} bytes at {address:#x}")
        return data

    @staticmethod
    def connect(path, timeout):
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(timeout)
        try:
            s.connect(path)
        except OSError as e:
            s.close()
            raise Error(f"{path}: {e.strerror or e}: no QEMU listens there") from e
        return s


class Qmp(Monitor):
    """-qmp unix:PATH,server=on,wait=off"""

    def __init__(self, path, timeout=10):
        self.socket = self.connect(path, timeout)
        self.file = self.socket.makefile("rw")
        try:
            if "QMP" not in json.loads(self.file.readline() or "{}"):
                raise Error(f"{path}: what listens there is no QMP")
            self.command("qmp_capabilities")
        except (OSError, ValueError) as e:
            raise Error(f"{path}: what listens there is no QMP ({e})") from e

    def command(self, name, **arguments):
        self.file.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
        self.file.flush()
        while True:
            line = self.file.readline()
            if not line:
                raise Error("QEMU ended")
            answer = json.loads(line)
            if "error" in answer:
                raise Error(f"QEMU refuses {name}: {answer['error'].get('desc')}")
            if "return" in answer:
                return answer["return"]

    def save(self, address, size, file):
        self.command("pmemsave", val=address, size=size, filename=file)


class Hmp(Monitor):
    """-monitor unix:PATH,server=on,wait=off"""

    def __init__(self, path, timeout=10):
        self.socket = self.connect(path, timeout)
        self.until_prompt()

    def until_prompt(self):
        text = b""
        while not text.endswith(b"(qemu) "):
            try:
                more = self.socket.recv(4096)
            except OSError as e:
                raise Error("what listens there is no monitor of QEMU") from e
            if not more:
                raise Error("QEMU ended")
            text += more

    def save(self, address, size, file):
        self.socket.sendall(f'pmemsave {address:#x} {size:#x} "{file}"\n'.encode())
        self.until_prompt()


# --- the image ---------------------------------------------------------------------------------

class Image:
    """The firmware file: it ends at 4 GiB."""

    FIELDS = ("timeline", "phase_names", "phases", "path_names", "paths", "start_names", "starts", "key_names", "keys",
              "files", "file_count", "items", "accesses", "device_names", "devices", "stack_top", "stack_size",
              "rom_stack_size")

    def __init__(self, data, name="the image"):
        self.data, self.name, self.base = data, name, (1 << 32) - len(data)
        at = data.find(INFO_MAGIC)
        if at < 0 or at + 8 + 4 * len(self.FIELDS) > len(data):
            raise Error(f"{name} is no Slipway image with a boot report (no mark \"{INFO_MAGIC.decode()}\" in {len(data)} bytes)")
        self.info = self.base + at
        for field, value in zip(self.FIELDS, struct.unpack_from(f"<{len(self.FIELDS)}I", data, at + 8)):
            setattr(self, field, value)
        if self.timeline not in FW_RAM or not 0 < self.phases < 64 or not 0 < self.items < 1024 or self.devices > 64:
            raise Error(f"{name}: its boot report is of a kind that this tool does not know")

    @classmethod
    def load(cls, path):
        try:
            with open(path, "rb") as f:
                return cls(f.read(), path)
        except OSError as e:
            raise Error(f"{path}: {e.strerror}") from e

    def __contains__(self, address):
        return self.base <= address < 1 << 32

    def words(self, address, count):
        try:
            if address not in self:
                raise struct.error
            return struct.unpack_from(f"<{count}I", self.data, address - self.base)
        except struct.error:
            raise Error(f"{self.name}: {count} words at {address:#x} are not in it") from None

    def string(self, address):
        end = self.data.find(b"\0", address - self.base)
        raw = self.data[address - self.base:end] if address in self and end >= 0 else b"\xff"
        if any(c < 32 or c > 126 for c in raw):
            raise wrong_image(self.name, f"no text at {address:#x}")
        return raw.decode()

    def strings(self, address, count):
        return [self.string(a) for a in self.words(address, count)]


def wrong_image(name, why):
    return Error(f"{name} is not the image that this guest was started with ({why})")


# --- decoding ----------------------------------------------------------------------------------

CONVERSION = re.compile(r"%([-0]*)(\d*)(hh|h|ll|l|z)?([diuxXocsp%])")


def format_words(text, words, string):
    """printf as src/lib/format.c does it, from 32-bit words; string(address) finds a %s."""
    words = list(words)

    def one(m):
        flags, width, length, kind = m.groups()
        if kind == "%":
            return "%"
        value = words.pop(0) if words else 0
        if length == "ll":
            value |= (words.pop(0) if words else 0) << 32
        bits = {"hh": 8, "h": 16, "ll": 64}.get(length, 32)
        value &= (1 << bits) - 1
        if kind == "s":
            out = string(value) if value else "(null)"
        elif kind == "c":
            out = chr(value & 255)
        elif kind in "di":
            out = str(value - (1 << bits) if value >> (bits - 1) else value)
        elif kind == "p":
            out = f"0x{value:x}"
        else:
            out = format(value, {"u": "d"}.get(kind, kind))
        width = int(width or 0)
        if "-" in flags:
            return out.ljust(width)
        return out.rjust(width, "0" if "0" in flags and kind not in "sc" else " ")

    return CONVERSION.sub(one, text)


def words_at(memory, address, count):
    return struct.unpack(f"<{count}I", memory.read(address, 4 * count))


def guest_string(memory, image, address):
    if address in image:
        return image.string(address)
    try:
        raw = memory.read(address, 64)
    except Error:
        return f"(string at {address:#x})"
    return raw.split(b"\0")[0].decode("ascii", "replace")


def read_log(memory, image, address):
    header = memory.read(address, 24)
    if header[:8] != RING_MAGIC:
        raise Error(f"no log at {address:#x}, where the record says it is: the guest has overwritten it")
    size, head, tail, lost = struct.unpack("<4I", header[8:])
    if not 16 <= size <= 1 << 20 or size & (size - 1) or (head - tail) & 0xffffffff > size:
        raise Error(f"the log at {address:#x} is damaged: {size} words, {tail} to {head}")
    ring = words_at(memory, address + 24, size)
    lines = [f"({lost} lines were overwritten)"] if lost else []
    at = tail
    while at != head:
        where, count = ring[at % size], ring[(at + 1) % size]
        if count > 16 or (head - at) & 0xffffffff < 2 + count:
            raise Error(f"the log at {address:#x} is damaged: an entry of {count} words")
        words = [ring[(at + 2 + i) % size] for i in range(count)]
        lines.append(format_words(image.string(where), words, lambda a: guest_string(memory, image, a)))
        at = (at + 2 + count) & 0xffffffff
    return lines


def item_name(memory, image, key, names):
    if key in names:
        return names[key]
    for n in range(image.file_count):
        where, name = image.words(image.files + 8 * n, 2)
        if struct.unpack("<H", memory.read(where, 2))[0] == key:
            return image.string(name)
    return f"fw_cfg item {key:#x}"


# src/trace/timeline.h; the last are a multiboot kernel, and one that is entered by its 16-bit setup code.
PLAN_MADE, PLAN_KERNEL, PLAN_FIRST, PLAN_MENU, PLAN_ROM, PLAN_SERVICES = 1, 2, 4, 8, 16, 128 | 256


def plan_text(plan):
    """As the firmware says it (src/trace/report.c)."""
    if not plan & PLAN_MADE:
        return "none was made"
    if not plan & PLAN_KERNEL:
        return "no kernel"
    where = ("before any device" if plan & PLAN_FIRST else "by QEMU's option ROM" if plan & PLAN_ROM else
             "in its turn, since it may call services" if plan & PLAN_SERVICES else "behind a device")
    return (f"a kernel, {where}, menu {'' if plan & PLAN_MENU else 'not '}wanted"
            f"{'; skipped: display, keyboard, disks, option ROMs' if plan & PLAN_FIRST else ''}")


def from_memory(memory, image):
    """A Boot out of a guest's memory. Raises Error."""
    head = memory.read(image.timeline, 48)
    if head[:8] != TIMELINE_MAGIC:
        raise Error(f"no record at {image.timeline:#x}: this guest was not started with {image.name}, or has overwritten it")
    info, log, tsc, khz, pm_ticks, start, plan, reached, items, unsure = struct.unpack("<10I", head[8:])
    if info != image.info or reached >= image.phases or start >= image.starts:
        raise wrong_image(image.name, f"the record names {info:#x}, the image has {image.info:#x}")
    boot = Boot(khz=khz, pm_ticks=pm_ticks, unsure_ticks=unsure, has_tsc=bool(tsc), plan=plan_text(plan))
    boot.start = image.strings(image.start_names, image.starts)[start]
    begins = struct.unpack(f"<{image.phases}Q", memory.read(image.timeline + 48, 8 * image.phases))
    us = (lambda t: t * 1000 / khz) if khz else float
    boot.first_tsc = begins[0]
    names = image.strings(image.phase_names, image.phases)
    last = begins[reached]
    for n in range(reached + 1 if tsc else 0):
        end = begins[n + 1] if n < reached else last
        boot.phases.append(Phase(names[n], us(begins[n] - begins[0]), us(end - begins[n]), accesses(memory, image, n)))

    keys = {}
    for n in range(image.keys):
        key, name = image.words(image.key_names + 8 * n, 2)
        keys[key] = image.string(name)
    paths = image.strings(image.path_names, image.paths)
    at = image.timeline + 48 + 8 * image.phases
    for n in range(min(items, image.items)):
        size, key_path, begin, end = struct.unpack("<IIQQ", memory.read(at + 24 * n, 24))
        path = key_path >> 16
        boot.items.append(Item(item_name(memory, image, key_path & 0xffff, keys), size,
                               paths[path] if path < len(paths) else f"way {path}", us(end - begin)))
    boot.items_lost = max(items - image.items, 0)
    boot.stacks = stacks(memory, image, at + 24 * (image.items + 1))
    boot.log = read_log(memory, image, log)
    return boot


def stacks(memory, image, at):
    """What was used of each: of the firmware's own its memory tells, which was 0."""
    words = words_at(memory, image.stack_top - image.stack_size, image.stack_size // 4)
    used = image.stack_size - 4 * next((n for n, word in enumerate(words) if word), len(words))
    post, roms = words_at(memory, at, 2)
    if post > image.stack_size or roms > image.rom_stack_size:
        raise Error(f"the record's stacks are damaged: {post} of {image.stack_size} bytes, {roms} of {image.rom_stack_size}")
    found = [Stack("POST", post or used, image.stack_size)]
    if post:
        found.append(Stack("services", used, image.stack_size))
    if roms:
        found.append(Stack("option ROMs", roms, image.rom_stack_size))
    return found


def accesses(memory, image, phase):
    if not image.accesses:
        return {}
    names = image.strings(image.device_names, image.devices)
    counts = words_at(memory, image.accesses + 4 * image.devices * phase, image.devices)
    return {name: count for name, count in zip(names, counts) if count}


def from_text(text):
    """A Boot out of what the debug port or serial port got; of several boots the last. Raises Error."""
    lines = text.replace("\r", "").splitlines()
    starts = [n for n, line in enumerate(lines) if line.startswith("slipway: version ")]
    if not starts:
        raise Error("no line \"slipway: version ...\": this is not the text of a boot with Slipway")
    boot = Boot(has_tsc=False, log=lines[starts[-1]:])
    for line in boot.log:
        parse_report_line(boot, line)
    return boot


def parse_report_line(boot, line):
    m = re.match(r"report: (\w+): (.*)", line)
    if not m:
        return
    kind, rest = m.groups()
    if kind == "start":
        m = re.match(r"(.*), TSC at first stamp 0x(\w+)", rest)
        boot.start, boot.first_tsc = m[1], int(m[2], 16)
    elif kind == "rate":
        boot.has_tsc = "no TSC" not in rest
        m = re.match(r"TSC (\d+) kHz(?:, measured over (\d+) ticks)?", rest)
        if m:
            boot.khz, boot.pm_ticks = int(m[1]), int(m[2] or 0)
    elif kind == "plan":
        boot.plan = rest
    elif kind == "phase":
        m = re.match(r"(.+?) +at +(\d+) \w+, took +(\d+)", rest)
        if m:
            boot.phases.append(Phase(m[1], float(m[2]), float(m[3])))
    elif kind == "accesses":
        m = re.match(r"(.+), (.+): (\d+)", rest)
        for phase in boot.phases:
            if phase.name == m[1]:
                phase.accesses[m[2]] = int(m[3])
    elif kind == "stack":
        m = re.match(r"(.+): (\d+) of (\d+) bytes used", rest)
        if m:
            boot.stacks.append(Stack(m[1], int(m[2]), int(m[3])))
    elif kind == "item":
        m = re.match(r"(.+?) +(\d+) bytes in +(\d+) \w+ by (.+)", rest)
        if m:
            boot.items.append(Item(m[1], int(m[2]), m[4], float(m[3])))
        else:
            boot.items_lost = int(re.match(r"(\d+)", rest)[1])

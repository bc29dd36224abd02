# SPDX-License-Identifier: BSD-2-Clause
"""Pictures of results, each as SVG and PNG: phases, accesses by device, cost against initrd size, loading from disks."""
import re

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.ticker import FuncFormatter, MaxNLocator  # noqa: E402

from bench import disks, formats, stats  # noqa: E402

# Okabe and Ito's colours: told apart by everybody.
PHASE_COLOURS = {"start": "#bbbbbb", "firmware": "#d55e00", "setup": "#0072b2"}
PHASE_NAMES = {"start": "QEMU starts", "firmware": "firmware, to the first access to the kernel",
               "setup": "kernel set-up: fetch and enter"}
FIRMWARE_COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"]
# QEMU's names of memory regions, by what they are for.
DEVICES = [
    ("fw_cfg, port", "#0072b2", r"fwcfg"),
    ("fw_cfg, DMA", "#56b4e9", r"fwcfg\.dma"),
    ("PCI configuration", "#e69f00", r"pci-conf-.*|pcie-mmcfg.*"),
    ("VGA", "#cc79a7", r"(vga|vbe|bochs dispi|cirrus|qxl).*"),
    ("disk controllers", "#009e73",
     r"ahci.*|ide.*|.*(virtio|nvme|scsi|ata|bmdma|fdc).*|xhci.*|capabilities|operational|runtime|doorbell"),
    ("timers and clock", "#d55e00", r"acpi-tmr|pit|rtc.*|hpet"),
    ("ports without device", "#f0e442", r"io"),
    ("others", "#888888", r".*"),
]
SAME = 0.01	# scenarios whose accesses differ by no more share a part of the picture

STYLE = {"font.size": 9.5, "axes.spines.top": False, "axes.spines.right": False, "svg.fonttype": "none",
         "svg.hashsalt": "slipway", "figure.dpi": 110, "axes.titlesize": 10.5, "axes.titleweight": "bold",
         "axes.titlelocation": "left"}


def save(figure, folder, name):
    # No date inside: the same results give the same bytes.
    figure.savefig(folder / f"{name}.svg", metadata={"Date": None}, bbox_inches="tight")
    figure.savefig(folder / f"{name}.png", bbox_inches="tight")
    plt.close(figure)
    return [folder / f"{name}.svg", folder / f"{name}.png"]


def groups(document, usable, by="scenario"):
    """{scenario: [results]} in order, of those that booted and are usable."""
    found = {}
    for r in document["results"]:
        if r["status"] == "ok" and usable(r):
            found.setdefault(r[by], []).append(r)
    return found


def short(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def subtitle(document, figure="median"):
    host = document["host"]
    return f"{host['qemu'].split('(')[0].strip()}, TCG, {host['cpu']}, {figure} of {document['settings']['runs']} runs"


def sweeps(document):
    return document["settings"].get("sweep", {})


def facets(rows):
    """Axes for parts of so many rows each, in two columns when there are many; the last has room below."""
    columns = 2 if len(rows) > 4 else 1
    lines = -(-len(rows) // columns)
    heights = [0.34 * max(rows[i * columns:(i + 1) * columns]) + 0.5 for i in range(lines)]
    figure, axes = plt.subplots(lines, columns, figsize=(5.6 * columns + 2.8 * (columns == 1), sum(heights) + 0.4),
                                squeeze=False, gridspec_kw={"height_ratios": heights}, layout="constrained")
    flat = axes.ravel()
    for spare in flat[len(rows):]:
        spare.set_visible(False)
    return figure, flat[:len(rows)]


def finish(axis, names, widest, title):
    axis.set_yticks(range(len(names)), names)
    axis.invert_yaxis()
    axis.set_xlim(0, widest)
    axis.set_title(title)
    axis.xaxis.set_major_locator(MaxNLocator(5))
    axis.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,.0f}"))
    axis.tick_params(axis="y", length=0)
    axis.spines["left"].set_visible(False)


def explain(figure, legend, columns, text):
    """Legend above, words below."""
    handles = [plt.Rectangle((0, 0), 1, 1, color=c) for c in legend.values()]
    figure.legend(handles, list(legend), loc="lower left", bbox_to_anchor=(0, 1), ncols=columns, frameon=False)
    figure.text(0.01, -0.01, text, va="top")


def phases(document, folder):
    """Stacked phases, one picture's part for each scenario, one bar for each firmware."""
    shown = {k: v for k, v in groups(document, lambda r: r.get("times", {}).get("tcg")).items()
             if k not in sweeps(document)}
    if not shown:
        return []
    figure, axes = facets([len(v) for v in shown.values()])
    for axis, (scenario, results) in zip(axes, shown.items()):
        parts = [{n: (stats.phase_median(r, n) or 0) * 1e3 for n in PHASE_COLOURS} for r in results]
        widest = max(sum(p.values()) for p in parts)
        for y, part in enumerate(parts):
            left = 0
            for name, value in part.items():
                axis.barh(y, value, left=left, color=PHASE_COLOURS[name], height=0.72)
                if value > 0.09 * widest:
                    axis.text(left + value / 2, y, short(value), ha="center", va="center", fontsize=8,
                              color="black" if name == "start" else "white")
                left += value
            axis.text(left + widest * 0.01, y, f"{short(part['firmware'] + part['setup'])} in the guest",
                      va="center", fontsize=8.5)
        finish(axis, [r["firmware"] for r in results], widest * 1.36, scenario)
    explain(figure, {PHASE_NAMES[n]: c for n, c in PHASE_COLOURS.items()}, 3,
            f"Milliseconds since the start of the QEMU process; every part has its own scale. {subtitle(document)}.")
    return save(figure, folder, "phases")


def by_purpose(split):
    """{device: accesses} in the order of DEVICES."""
    found = {label: 0 for label, _, _ in DEVICES}
    for name, n in split.items():
        found[next(label for label, _, pattern in DEVICES if re.fullmatch(pattern, name))] += sum(n.values())
    return found


def merged(shown):
    """{"pc, pc-small": results}: scenarios in which every firmware makes the same accesses, told once."""
    found = []
    for scenario, results in shown.items():
        sums = {r["firmware"]: r["counts"]["accesses"] for r in results}
        for names, others, before in found:
            if sums.keys() == before.keys() and all(abs(sums[f] - before[f]) <= max(2, SAME * before[f]) for f in sums):
                names.append(scenario)
                break
        else:
            found.append(([scenario], results, sums))
    return {", ".join(names): results for names, results, _ in found}


def accesses(document, folder):
    """Accesses by device, one part for each scenario with its own scale."""
    shown = merged({k: v for k, v in groups(document, lambda r: r.get("counts", {}).get("split")).items()
                    if k not in sweeps(document)})
    if not shown:
        return []
    figure, axes = facets([len(v) for v in shown.values()])
    for axis, (scenario, results) in zip(axes, shown.items()):
        widest = max(r["counts"]["accesses"] for r in results)
        for y, r in enumerate(results):
            left = 0
            for (_, colour, _), n in zip(DEVICES, by_purpose(r["counts"]["split"]).values()):
                if n:
                    axis.barh(y, n, left=left, color=colour, height=0.72)
                left += n
            axis.text(left + widest * 0.01, y, f"{left:,}", va="center", fontsize=8.5)
        finish(axis, [r["firmware"] for r in results], widest * 1.22, scenario)
    explain(figure, {label: colour for label, colour, _ in DEVICES}, 4,
            "Device accesses from reset to the marker; each is an exit under KVM. Every part has its own scale:\n"
            "the longest colour is what to save.")
    return save(figure, folder, "accesses")


def initrd(document, folder):
    """Kernel set-up against initrd size, both axes logarithmic; points only where something was measured."""
    curves = {}
    for r in document["results"]:
        place = sweeps(document).get(r["scenario"])
        if place and r["status"] == "ok" and stats.phase_median(r, "setup") is not None:
            how, size = place
            curves.setdefault((r["firmware"], how), []).append(
                (size, stats.phase_median(r, "setup") * 1e3, stats.phase_spread(r, "setup") * 1e3))
    if not curves:
        return []
    names = list(document["firmware"])
    figure, axis = plt.subplots(figsize=(8.4, 4.8), layout="constrained")
    for (name, how), points in sorted(curves.items(), key=lambda c: (c[0][1], names.index(c[0][0]))):
        points.sort()
        sizes, middles, spreads = zip(*points)
        colour = FIRMWARE_COLOURS[names.index(name) % len(FIRMWARE_COLOURS)]
        axis.errorbar(sizes, middles, yerr=spreads, color=colour, marker="o" if how == "dma" else "s", markersize=4.5,
                      linestyle="-" if how == "dma" else "--", linewidth=1.6, capsize=2,
                      label=f"{name}, {'DMA' if how == 'dma' else 'port'}")
    axis.set_xscale("log", base=2)
    axis.set_yscale("log")
    ticks = sorted({size for points in curves.values() for size, *_ in points})
    axis.set_xticks(ticks, [f"{t} MiB" if t < 1024 else f"{t // 1024} GiB" for t in ticks])
    axis.minorticks_off()
    axis.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}" if v < 1000 else f"{v / 1000:g} s"))
    axis.grid(True, alpha=0.3)
    axis.set_ylabel("kernel set-up, milliseconds")
    axis.set_xlabel(f"initrd (and a kernel of 256 KiB); by port measured to {max_port(curves)} MiB\n"
                    f"{subtitle(document)}")
    axis.set_title("What the size of the initrd costs")
    axis.legend(frameon=False, ncols=2)
    return save(figure, folder, "initrd")


def max_port(curves):
    return max((size for (_, how), points in curves.items() if how == "port" for size, *_ in points), default=0)


def guest(document, folder):
    """Seconds to /init, stacked."""
    shown = [r for r in document.get("guest", []) if r["status"] == "ok"]
    if not shown:
        return []
    parts = {"start": ("#bbbbbb", "QEMU starts"), "firmware": ("#d55e00", "firmware"),
             "unpack": ("#0072b2", "set-up, kernel unpacks itself"), "guest": ("#009e73", "kernel, its own clock")}
    figure, axis = plt.subplots(figsize=(8.4, 0.36 * len(shown) + 1.4), layout="constrained")
    for y, r in enumerate(shown):
        left = 0
        for part, (colour, _) in parts.items():
            value = stats.median([run[part] or 0 for run in r["runs"]])
            axis.barh(y, value, left=left, color=colour, height=0.72)
            left += value
        axis.text(left * 1.005, y, f" {left:.2f} s", va="center", fontsize=8.5)
    axis.set_yticks(range(len(shown)), [f"{r['machine']}, {r['firmware']}" for r in shown])
    axis.invert_yaxis()
    axis.set_xlim(right=axis.get_xlim()[1] * 1.08)
    axis.set_xlabel("seconds from the start of the QEMU process to /init")
    explain(figure, {name: c for c, name in parts.values()}, 4, subtitle(document))
    return save(figure, folder, "guest")


def forms(document, folder):
    """Seconds from a kernel's entry to its first message, a group of bars for each form."""
    shown = {}
    for r in document.get("forms", []):
        if r["status"] == "ok" and r["runs"]:
            shown.setdefault(r["kernel"], []).append(r)
    names = [n for n in document["firmware"] if any(r["firmware"] == n for rows in shown.values() for r in rows)]
    if not shown:
        return []
    height = 0.8 / len(names)
    figure, axis = plt.subplots(figsize=(8.4, 0.26 * len(names) * len(shown) + 1.4), layout="constrained")
    for y, results in enumerate(shown.values()):
        for r in results:
            n = names.index(r["firmware"])
            at, seconds = y - 0.4 + (n + 0.5) * height, stats.median(formats.messages(r))
            axis.barh(at, seconds, color=FIRMWARE_COLOURS[n % len(FIRMWARE_COLOURS)], height=0.9 * height)
            axis.text(seconds, at, f" {seconds:.2f}", va="center", fontsize=8.5)
    axis.set_yticks(range(len(shown)), list(shown))
    axis.invert_yaxis()
    axis.set_xlim(0, axis.get_xlim()[1] * 1.08)
    axis.tick_params(axis="y", length=0)
    axis.set_xlabel(f"seconds from the kernel's entry to its first message\n{subtitle(document)}")
    explain(figure, {name: FIRMWARE_COLOURS[n % len(FIRMWARE_COLOURS)] for n, name in enumerate(names)}, len(names), "")
    return save(figure, folder, "forms")


def loads(document, folder):
    """Seconds that GRUB takes to load the initrd, a group of bars for each controller."""
    shown = groups(document, disks.least, "controller")
    names = list(document["firmware"])
    if not shown:
        return []
    height = 0.8 / len(names)
    figure, axis = plt.subplots(figsize=(8.4, 0.26 * len(names) * len(shown) + 1.6), layout="constrained")
    for y, (controller, results) in enumerate(shown.items()):
        for r in results:
            n = names.index(r["firmware"])
            at, seconds = y - 0.4 + (n + 0.5) * height, disks.least(r)
            axis.barh(at, seconds, color=FIRMWARE_COLOURS[n % len(FIRMWARE_COLOURS)], height=0.9 * height)
            axis.text(seconds, at, f" {seconds:.2f}", va="center", fontsize=8.5)
    axis.set_yticks(range(len(shown)), [disks.ALL[c].name if c in disks.ALL else c for c in shown])
    axis.invert_yaxis()
    axis.set_xlim(0, axis.get_xlim()[1] * 1.05)
    axis.tick_params(axis="y", length=0)
    axis.set_xlabel(f"seconds from GRUB's command to the last byte\n{subtitle(document, 'the least of at least')}")
    axis.set_title(f"GRUB loads an initrd of {document['settings']['mib']} MiB")
    explain(figure, {name: FIRMWARE_COLOURS[n % len(FIRMWARE_COLOURS)] for n, name in enumerate(names)}, len(names), "")
    return save(figure, folder, "disks")


def draw(document, folder):
    """Every picture that the results suffice for. Returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    with plt.rc_context(STYLE):
        if document["format"] == disks.FORMAT:
            return loads(document, folder)
        return [f for make in (phases, accesses, initrd, guest, forms) for f in make(document, folder)]

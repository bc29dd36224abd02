# SPDX-License-Identifier: BSD-2-Clause
"""Pictures of results, each as SVG and PNG: phases, accesses by device, cost against initrd size."""
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.ticker import FuncFormatter  # noqa: E402

from bench import stats  # noqa: E402

# Okabe and Ito's colours: told apart by everybody.
PHASE_COLOURS = {"start": "#bbbbbb", "firmware": "#d55e00", "setup": "#0072b2"}
PHASE_NAMES = {"start": "QEMU starts", "firmware": "firmware, to the first access to the kernel",
               "setup": "kernel set-up: fetch and enter"}
FIRMWARE_COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"]
DEVICE_COLOURS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#888888"]
SHOWN_DEVICES = 7
BARE = ("pc", "q35", "microvm")

STYLE = {"font.size": 9.5, "axes.spines.top": False, "axes.spines.right": False, "svg.fonttype": "none",
         "svg.hashsalt": "slipway", "figure.dpi": 110, "axes.titlesize": 10.5, "axes.titleweight": "bold",
         "axes.titlelocation": "left"}


def save(figure, folder, name):
    # No date inside: the same results give the same bytes.
    figure.savefig(folder / f"{name}.svg", metadata={"Date": None}, bbox_inches="tight")
    figure.savefig(folder / f"{name}.png", bbox_inches="tight")
    plt.close(figure)
    return [folder / f"{name}.svg", folder / f"{name}.png"]


def groups(document, usable):
    """{scenario: [results]} in order, of those that booted and are usable."""
    found = {}
    for r in document["results"]:
        if r["status"] == "ok" and usable(r):
            found.setdefault(r["scenario"], []).append(r)
    return found


def short(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def subtitle(document):
    host = document["host"]
    return f"{host['qemu'].split('(')[0].strip()}, TCG, {host['cpu']}, median of {document['settings']['runs']} runs"


def sweeps(document):
    return document["settings"].get("sweep", {})


def facets(count, heights, width):
    """Axes one below the other, each as high as its rows need."""
    figure, axes = plt.subplots(count, 1, figsize=(width, sum(heights) + 1.0), squeeze=False,
                                gridspec_kw={"height_ratios": heights}, layout="constrained")
    return figure, [a[0] for a in axes]


def phases(document, folder):
    """Stacked phases, one picture's part for each scenario, one bar for each firmware."""
    shown = {k: v for k, v in groups(document, lambda r: r.get("times", {}).get("tcg")).items()
             if k not in sweeps(document)}
    if not shown:
        return []
    figure, axes = facets(len(shown), [0.34 * len(v) + 0.42 for v in shown.values()], 8.4)
    for axis, (scenario, results) in zip(axes, shown.items()):
        widest = max(stats.phase_median(r, "total") for r in results) * 1e3
        for y, r in enumerate(results):
            left = 0
            for name in PHASE_COLOURS:
                value = stats.phase_median(r, name)
                if value is None:
                    continue
                value *= 1e3
                axis.barh(y, value, left=left, color=PHASE_COLOURS[name], height=0.72)
                if value > 0.07 * widest:
                    axis.text(left + value / 2, y, short(value), ha="center", va="center", fontsize=8,
                              color="black" if name == "start" else "white")
                left += value
            guest = sum((stats.phase_median(r, n) or 0) for n in ("firmware", "setup")) * 1e3
            axis.text(left + widest * 0.01, y, f"{short(guest)} ms in the guest", va="center", fontsize=8.5)
        axis.set_yticks(range(len(results)), [r["firmware"] for r in results])
        axis.invert_yaxis()
        axis.set_xlim(0, widest * 1.24)
        axis.set_title(scenario)
        axis.tick_params(axis="y", length=0)
        axis.spines["left"].set_visible(False)
    axes[-1].set_xlabel(f"milliseconds since the start of the QEMU process\n{subtitle(document)}")
    handles = [plt.Rectangle((0, 0), 1, 1, color=c) for c in PHASE_COLOURS.values()]
    figure.legend(handles, [PHASE_NAMES[n] for n in PHASE_COLOURS], loc="outside upper left", ncols=3, frameon=False)
    return save(figure, folder, "phases")


def accesses(document, folder):
    """Accesses by device, one part for each scenario with its own scale."""
    shown = groups(document, lambda r: r.get("counts", {}).get("split"))
    if not shown:
        return []
    totals = {}
    for results in shown.values():
        for r in results:
            for device, n in r["counts"]["split"].items():
                # By share: a scenario with a million accesses must not choose every colour.
                totals[device] = totals.get(device, 0) + sum(n.values()) / r["counts"]["accesses"]
    order = sorted(totals, key=totals.get, reverse=True)[:SHOWN_DEVICES]
    colour = dict(zip([*order, "others"], DEVICE_COLOURS[:len(order)] + [DEVICE_COLOURS[-1]]))
    figure, axes = facets(len(shown), [0.34 * len(v) + 0.46 for v in shown.values()], 8.4)
    for axis, (scenario, results) in zip(axes, shown.items()):
        widest = max(r["counts"]["accesses"] for r in results)
        for y, r in enumerate(results):
            split = {d: sum(n.values()) for d, n in r["counts"]["split"].items()}
            parts = [(d, split.get(d, 0)) for d in order]
            parts.append(("others", sum(n for d, n in split.items() if d not in order)))
            left = 0
            for device, n in parts:
                axis.barh(y, n, left=left, color=colour[device], height=0.72)
                left += n
            axis.text(left + widest * 0.01, y, f"{left:,}", va="center", fontsize=8.5)
        axis.set_yticks(range(len(results)), [r["firmware"] for r in results])
        axis.invert_yaxis()
        axis.set_xlim(0, widest * 1.14)
        axis.set_title(scenario)
        axis.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,.0f}"))
        axis.tick_params(axis="y", length=0)
        axis.spines["left"].set_visible(False)
    axes[-1].set_xlabel("device accesses from reset to the marker (each is an exit under KVM); every part has its own scale")
    handles = [plt.Rectangle((0, 0), 1, 1, color=c) for c in colour.values()]
    figure.legend(handles, list(colour), loc="outside upper left", ncols=4, frameon=False)
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
                      linestyle="-" if how == "dma" else "--", linewidth=1.6, capsize=2, label=f"{name}, {how.upper() if how == 'dma' else how}")
    axis.set_xscale("log", base=2)
    axis.set_yscale("log")
    ticks = sorted({size for points in curves.values() for size, *_ in points})
    axis.set_xticks(ticks, [f"{t} MiB" if t < 1024 else f"{t // 1024} GiB" for t in ticks])
    axis.minorticks_off()
    axis.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}" if v < 1000 else f"{v / 1000:g} s"))
    axis.grid(True, alpha=0.3)
    axis.set_ylabel("kernel set-up, milliseconds")
    axis.set_xlabel(f"initrd (and a kernel of 256 KiB); by port measured to {max_port(curves)} MiB\n{subtitle(document)}")
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
    axis.set_xlabel(f"seconds from the start of the QEMU process to /init\n{subtitle(document)}")
    handles = [plt.Rectangle((0, 0), 1, 1, color=c) for c, _ in parts.values()]
    figure.legend(handles, [n for _, n in parts.values()], loc="outside upper left", ncols=4, frameon=False)
    return save(figure, folder, "guest")


def draw(document, folder):
    """Every picture that the results suffice for. Returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    with plt.rc_context(STYLE):
        return [f for make in (phases, accesses, initrd, guest) for f in make(document, folder)]

# SPDX-License-Identifier: BSD-2-Clause
"""Results as tables in a terminal."""
from rich.table import Table

from bench import formats, stats

HEAD = ["scenario", "firmware", "QEMU start", "to do_boot", "set-up", "total ms", "accesses", "set-up acc.",
        "instructions", "translated", "blocks"]


def ms(result, name, accel):
    middle = stats.phase_median(result, name, accel)
    if middle is None:
        return "-"
    return f"{middle * 1e3:,.1f} ±{stats.phase_spread(result, name, accel) * 1e3:,.1f}"


def number(value):
    return "-" if value is None else f"{value:,}"


def times_of(value):
    """A ratio in words that fit a cell."""
    if value is None:
        return ""
    return f" x{value:.2f}" if value < 10 else f" x{value:,.0f}"


def quotient(a, b):
    return a / b if a is not None and b else None


def figures(result):
    counts, code = result.get("counts", {}), result.get("translated", {})
    return (counts.get("accesses"), counts.get("setup"), result.get("instructions"), code.get("instructions"),
            code.get("blocks"))


def time_cells(result, base, accel):
    cells = [ms(result, p, accel) for p in stats.PHASES]
    if base and base is not result and base["status"] == "ok":
        ratio = stats.paired(stats.phase(result, "total", accel), stats.phase(base, "total", accel))
        cells[-1] += times_of(ratio)
    return cells


def row(result, base, accel):
    cells = time_cells(result, base, accel)
    comparable = base if base and base is not result and base["status"] == "ok" else None
    against = figures(comparable) if comparable else (None,) * 5
    cells += [number(a) + times_of(quotient(a, b)) for a, b in zip(figures(result), against)]
    return cells


def main_table(document, base):
    """Every scenario with TCG; ratios are against the firmware named base."""
    found = {(r["scenario"], r["firmware"]): r for r in document["results"]}
    table = Table(title=f"to the marker, TCG, {document['settings']['runs']} runs: median ±spread, x: against {base}",
                  title_justify="left", header_style="bold")
    for i, h in enumerate(HEAD):
        table.add_column(h, justify="left" if i < 2 else "right", no_wrap=i < 2)
    last = None
    for r in document["results"]:
        if last and r["scenario"] != last:
            table.add_section()
        shown = r["scenario"] if r["scenario"] != last else ""
        last = r["scenario"]
        if r["status"] == "ok":
            table.add_row(shown, r["firmware"], *row(r, found.get((last, base)), "tcg"))
        else:
            table.add_row(shown, r["firmware"], f"[yellow]{r['status']}[/]", *[""] * (len(HEAD) - 3))
    return table


def kvm_table(document, base):
    """The same with KVM, or None where nothing was measured with it."""
    rows = [r for r in document["results"] if "kvm" in r.get("times", {}) or "kvm_failed" in r]
    if not rows:
        return None
    found = {(r["scenario"], r["firmware"]): r for r in rows}
    table = Table(title=f"with KVM; x: against {base}", title_justify="left", header_style="bold")
    for i, h in enumerate([*HEAD[:6], "exits to QEMU", "exits"]):
        table.add_column(h, justify="left" if i < 2 else "right", no_wrap=i < 2)
    for r in rows:
        if "kvm_failed" in r:
            table.add_row(r["scenario"], r["firmware"], f"[yellow]{r['kvm_failed']}[/]", *[""] * 5)
            continue
        exits = r.get("kvm_exits", {})
        everything = exits.get("all")
        table.add_row(r["scenario"], r["firmware"],
                      *time_cells(r, found.get((r["scenario"], base)), "kvm"), number(exits.get("user")),
                      "not available" if everything is None else number(everything))
    return table


def guest_table(document):
    """Real guests: seconds to /init."""
    table = Table(title="a distribution's kernel to /init, TCG: seconds, median ±spread", title_justify="left",
                  header_style="bold")
    head = ["machine", *HEAD[1:4], "set-up, unpacking", "guest's own clock", "total"]
    for i, h in enumerate(head):
        table.add_column(h, justify="left" if i < 2 else "right", no_wrap=i < 2)
    for r in document["guest"]:
        if r["status"] != "ok":
            table.add_row(r["machine"], r["firmware"], f"[yellow]{r['status']}[/]", *[""] * 4)
            continue
        cells = []
        for p in ("start", "firmware", "unpack", "guest", "total"):
            values = [run[p] for run in r["runs"] if run[p] is not None]
            cells.append(f"{stats.median(values):.3f} ±{stats.spread(values):.3f}" if values else "-")
        table.add_row(r["machine"], r["firmware"], *cells)
    return table


def forms_table(document):
    """Kernels by what they are packed with: seconds from their entry to their first message."""
    ruler = formats.ruler(document)
    machine = document["forms"][0]["machine"]
    table = Table(title=f"a kernel's entry to its first message, {machine}, TCG: seconds, median ±spread; "
                        "faster: than the slowest, in the same rounds", title_justify="left", header_style="bold")
    for i, h in enumerate(["kernel", "MB", "firmware", "to the entry", "to its message", "faster"]):
        table.add_column(h, justify="left" if i in (0, 2) else "right", no_wrap=i in (0, 2))
    for r in document["forms"]:
        head = r["kernel"], f"{r['packed'] / 1e6:.1f}", r["firmware"]
        if r["status"] != "ok" or not r["runs"]:
            table.add_row(*head, f"[yellow]{r['status']}[/]", "", "")
            continue
        cells = []
        for part in ("to_entry", "message"):
            values = [run[part] for run in r["runs"]]
            cells.append(f"{stats.median(values):.3f} ±{stats.spread(values):.3f}")
        slower = formats.ratio(ruler[r["firmware"]], r)
        table.add_row(*head, *cells, "" if r is ruler[r["firmware"]] else f"x{slower:.1f}")
    return table


def inside_lines(document):
    """What a firmware's own timeline says beside the trace of the same run."""
    for r in document["results"]:
        i = r.get("inside")
        if i and "outside_do_boot" in i:
            yield (f"{r['scenario']}: {r['firmware']} itself: to do_boot {i['to_do_boot'] * 1e3:.1f} ms, to the kernel "
                   f"{i['do_boot'] * 1e3:.1f} ms; seen from outside {i['outside_to_do_boot'] * 1e3:.1f} and "
                   f"{i['outside_do_boot'] * 1e3:.1f}")


def failures(document):
    """One line for each scenario that a firmware did not finish."""
    for r in document.get("guest", []):
        if r["status"] == "ok" and r.get("lost"):
            yield f"{r['machine']}: {r['firmware']}: {r['lost']} of {r['lost'] + len(r['runs'])} boots did not reach /init"
    for r in [*document["results"], *document.get("guest", []), *document.get("forms", [])]:
        if r["status"] != "ok":
            where = r.get("scenario") or r.get("kernel") or r["machine"]
            yield f"{where}: {r['firmware']}: {r['status']}: {r['reason']}"


def plain(document):
    """Tab-separated, for programs: one line for each scenario and firmware."""
    yield "\t".join(["scenario", "firmware", "status", "start_ms", "firmware_ms", "setup_ms", "total_ms", "accesses",
                     "setup_accesses", "maps", "instructions", "translated", "blocks"])
    for r in document["results"]:
        middles = [stats.phase_median(r, p) for p in stats.PHASES]
        counts, code = r.get("counts", {}), r.get("translated", {})
        values = [*(None if m is None else f"{m * 1e3:.3f}" for m in middles), counts.get("accesses"),
                  counts.get("setup"), counts.get("maps"), r.get("instructions"), code.get("instructions"), code.get("blocks")]
        yield "\t".join([r["scenario"], r["firmware"], r["status"], *("" if v is None else str(v) for v in values)])

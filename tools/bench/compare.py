# SPDX-License-Identifier: BSD-2-Clause
"""Two documents of results: what got slower, beyond what the runs themselves differ by.

Counts repeat: accesses within one in a hundred (a wait that polls depends on the clock), what is
translated too; instructions exactly with one processor. Times are slower when the medians differ by more than
`threshold` spreads of both, and by more than `least` of the old one.
"""
from bench import stats

COUNT_SLACK = 0.01
TIME_LEAST = 0.05


def time_limit(old, new, threshold, least):
    """How much more is still noise."""
    noise = threshold * (stats.spread(old) + stats.spread(new))
    return max(noise, least * stats.median(old))


def differences(old, new, threshold=3.0, least=TIME_LEAST, against=None):
    """Yields (kind, scenario, firmware, what, before, after); kind is "slower", "faster", "same",
    "lost" (booted before), "gained", or "missing" (not measured any more).

    against: name of a firmware that both have; times are then ratios to it, run by run, and the
    machine's own speed drops out.
    """
    before = {(r["scenario"], r["firmware"]): r for r in old["results"]}
    after = {(r["scenario"], r["firmware"]): r for r in new["results"]}
    for key, a in before.items():
        b = after.get(key)
        if b is None:
            yield "missing", *key, "scenario", 1, 0
        elif a["status"] != "ok" or b["status"] != "ok":
            if a["status"] != b["status"]:
                yield ("lost" if a["status"] == "ok" else "gained"), *key, "status", a["status"], b["status"]
        else:
            yield from counts(key, a, b)
            base = [d.get((key[0], against)) for d in (before, after)]
            if against is None or (all(base) and key[1] != against):
                yield from times(key, a, b, base if against else None, threshold, least)


def counts(key, a, b):
    for what, get, slack in (("accesses", lambda r: r.get("counts", {}).get("accesses"), COUNT_SLACK),
                             ("instructions", lambda r: r.get("instructions"), 0.001),
                             ("translated", lambda r: r.get("translated", {}).get("instructions"), COUNT_SLACK),
                             ("blocks", lambda r: r.get("translated", {}).get("blocks"), COUNT_SLACK)):
        x, y = get(a), get(b)
        if x is None or y is None:
            continue
        # With several processors the instructions are of all of them in turn: noise.
        if what == "instructions" and "8cpu" in key[0]:
            continue
        yield verdict(y - x, max(1, slack * x)), *key, what, x, y


def times(key, a, b, base, threshold, least):
    for accel in ("tcg", "kvm"):
        for what in stats.PHASES[1:]:
            x, y = ([v for v in stats.phase(r, what, accel) if v is not None] for r in (a, b))
            name = f"{what} time{' (KVM)' if accel == 'kvm' else ''}"
            if base:
                x, y = (ratios(mine, other, what, accel) for mine, other in ((a, base[0]), (b, base[1])))
                name += " ratio"
            if x and y:
                limit = time_limit(x, y, threshold, least)
                yield verdict(stats.median(y) - stats.median(x), limit), *key, name, stats.median(x), stats.median(y)


def ratios(mine, other, what, accel):
    pairs = zip(stats.phase(mine, what, accel), stats.phase(other, what, accel))
    return [m / o for m, o in pairs if m is not None and o]


def verdict(growth, limit):
    return "slower" if growth > limit else "faster" if growth < -limit else "same"

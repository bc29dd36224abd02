# SPDX-License-Identifier: BSD-2-Clause
"""Medians, spreads and ratios of few, noisy runs."""
import statistics

PHASES = ["start", "firmware", "setup", "total"]


def median(values):
    return statistics.median(values) if values else None


def spread(values):
    """Median distance from the median: half of the runs are closer. One slow run does not move it."""
    if not values:
        return None
    middle = median(values)
    return median([abs(v - middle) for v in values])


def paired(ours, base):
    """Median of the ratios run by run: what disturbed one round disturbed both. None without pairs."""
    ratios = [a / b for a, b in zip(ours, base) if a is not None and b]
    return median(ratios)


def phase(result, name, accel="tcg"):
    """The values of one phase, in seconds, one for each run; None where the phase has no boundary."""
    return [run[name] for run in result.get("times", {}).get(accel, [])]


def phase_median(result, name, accel="tcg"):
    return median([v for v in phase(result, name, accel) if v is not None])


def phase_spread(result, name, accel="tcg"):
    return spread([v for v in phase(result, name, accel) if v is not None])


def phases_of(started, times):
    """The three phases of one run and their sum, from the stamps of a trace.

    Without a boundary (a boot from disk fetches no kernel) firmware reaches to the entry and
    setup is None.
    """
    run = {"start": times.running - started, "total": times.entered - started}
    if times.launch is None:
        run |= {"firmware": times.entered - times.running, "setup": None}
    else:
        run |= {"firmware": times.launch - times.running, "setup": times.entered - times.launch}
    return run

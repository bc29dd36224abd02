# SPDX-License-Identifier: BSD-2-Clause
"""How much longer one firmware takes to the kernel than another, in paired rounds under TCG.

The time is the guest's, from its first instruction to the marker kernel's: QEMU's own start is not
in it. Both run in each round, in changing order, so that what disturbs one disturbs both; the figure
is the median of the rounds' ratios.
"""
import os

from bench import probe, stats
from bench.scenario import vm
from bench.trace import NotReached

SCENARIOS = ["pc-small", "q35-small", "microvm-small"]	# little to copy: the firmware itself counts most
NOISY = 0.08


class Ratio:
    """ratios, ours, theirs: one value for each round; times in seconds."""

    def __init__(self, scenario, ours, theirs):
        self.scenario, self.ours, self.theirs = scenario, ours, theirs
        self.ratios = [a / b for a, b in zip(ours, theirs)]

    @property
    def median(self):
        return stats.median(self.ratios)

    @property
    def noise(self):
        """What half of the rounds differ from the median by, as a part of it."""
        return stats.spread(self.ratios) / self.median


def guest_time(scenario, image):
    run = probe.times(scenario, image)
    return run["total"] - run["start"]


def measure(scenario, ours, theirs, rounds, progress=lambda: None):
    """A Ratio for two images. Raises vm.Absent, NotReached."""
    images = ours, theirs
    for image in images:
        guest_time(scenario, image)	# not counted: brings every file into the page cache
    times = {image: [] for image in images}
    for n in range(rounds):
        for image in images if n % 2 == 0 else images[::-1]:
            times[image].append(guest_time(scenario, image))
        progress()
    return Ratio(scenario, times[ours], times[theirs])


def line(r, names, limit):
    """One row: the verdict is on the median alone."""
    verdict = "ok" if r.median <= limit else "TOO SLOW"
    ours, theirs = (f"{name} {stats.median(t) * 1e3:.1f} ms" for name, t in zip(names, (r.ours, r.theirs)))
    noisy = f"; noisy: half of the rounds differ by {r.noise:.0%} or more" if r.noise > NOISY else ""
    return (f"{r.scenario.name:16} x{r.median:.2f}  (x{min(r.ratios):.2f} to x{max(r.ratios):.2f}, {len(r.ratios)} rounds)  "
            f"limit x{limit:.2f}: {verdict}   {ours}, {theirs}{noisy}")


def run(scenarios, ours, theirs, rounds, limit, say):
    """Measure all; say() gets a line for each. Returns the exit code: 1 when one is above the limit or does not boot,
    2 when none could be measured."""
    code = measured = 0
    load, cpus = os.getloadavg()[0], os.cpu_count()
    for s in scenarios:
        try:
            r = measure(s, ours.image(s.machine), theirs.image(s.machine), rounds)
        except vm.Absent as e:
            say(f"{s.name:16} not measured: {e}")
            continue
        except NotReached as e:
            say(f"{s.name:16} no boot: {e.reason}")
            code, measured = 1, measured + 1
            continue
        measured += 1
        say(line(r, (ours.name, theirs.name), limit))
        code |= r.median > limit
    if load > cpus / 2:
        say(f"this machine was busy (load {load:.1f} on {cpus} processors): what is measured on a quiet one counts")
    return code if measured else 2

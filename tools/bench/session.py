# SPDX-License-Identifier: BSD-2-Clause
"""A whole session: every scenario, every firmware, in turn, round by round; the results as one document.

The document (JSON) is a dict:
  format, settings, host   what made it
  firmware                 {name: {file, bytes, sha256, version}}
  results                  a list of {scenario, firmware, status, ...}; status is "ok", "no boot" or
                           "absent" with a reason. ok has, as far as measured:
    times                  {"tcg": [{start, firmware, setup, total} in seconds, one for each round], "kvm": ...}
    counts                 {accesses, firmware, setup, maps, split: {device: {read, write}}}
    instructions           a number
    translated             {instructions, blocks}, of code that TCG translated
    kvm_exits              {user, all}
    inside                 {to_do_boot, do_boot, outside_to_do_boot, outside_do_boot} in seconds, of a
                           firmware that keeps a timeline: its own stamps, and the trace's of the same run
  guest, forms             of --guest: the same kind of lists, see guest.py and formats.py
"""
import shlex

from bench import inside, probe
from bench.scenario import vm
from bench.trace import NotReached

FORMAT = "slipway-bench-1"


class Firmware:
    """A name and where its image is: a file, or a name that stands for an installed one."""

    def __init__(self, name, source):
        self.name, self.source = name, source

    def image(self, machine):
        return vm.firmware(self.source, machine)


class Session:
    """progress(text, steps=1) is called before every run; steps() says how many runs there will be at most."""

    def __init__(self, firmware, scenarios, runs, kvm=True, want=None, limit=None, progress=lambda text, steps=1: None):
        self.firmware, self.scenarios, self.runs = firmware, scenarios, runs
        self.kvm, self.want, self.limit, self.progress = kvm, want, limit, progress
        self.results = {}

    def wants(self, scenario, what):
        return what in scenario.want and (self.want is None or what in self.want)

    def kvm_possible(self, scenario):
        return self.kvm and self.wants(scenario, "kvm") and not probe.kvm_absent()

    def steps(self):
        total = 0
        for s in self.scenarios:
            each = sum(self.wants(s, what) for what in ("accesses", "instructions", "translated"))
            each += self.runs * self.wants(s, "times")
            each += bool(s.kernel) and self.wants(s, "times")
            if self.kvm_possible(s):
                each += 1 + self.runs
            total += each * len(self.firmware)
        return total

    def run(self):
        for scenario in self.scenarios:
            self.progress(f"{scenario.name}: files", 0)
            try:
                scenario.command("")	# makes what it needs, long before anything is timed
            except vm.Absent:
                pass	# said where it is measured
        for scenario in self.scenarios:
            if self.limit:
                scenario.limit = self.limit
            self.measure(scenario)
        return list(self.results.values())

    def measure(self, scenario):
        for f in self.firmware:
            self.results[scenario.name, f.name] = {"scenario": scenario.name, "firmware": f.name, "status": "ok"}
        for what, probed in (("accesses", "counts"), ("instructions", "instructions"), ("translated", "translated")):
            if self.wants(scenario, what):
                for f in self.firmware:
                    self.attempt(scenario, f, what, lambda r, image, what=what, probed=probed: r.update(
                        {probed: getattr(probe, what)(scenario, image)}))
        # After the counts, so that every file is in the page cache.
        if self.wants(scenario, "times"):
            self.rounds(scenario, "tcg")
            for f in self.firmware if scenario.kernel else []:
                self.attempt(scenario, f, "its own timeline", lambda r, image: r.update(
                    {k: v for k, v in [("inside", inside.measure(scenario, image))] if v}))
        if self.kvm_possible(scenario):
            self.rounds(scenario, "kvm")
            for f in self.firmware:
                self.attempt(scenario, f, "kvm exits", lambda r, image: r.update(
                    {"kvm_exits": probe.kvm_exits(scenario, image)}))

    def rounds(self, scenario, accel):
        """One run of each firmware in each round; who is first changes from round to round."""
        for n in range(self.runs):
            order = self.firmware[n % len(self.firmware):] + self.firmware[:n % len(self.firmware)]
            for f in order:
                self.attempt(scenario, f, accel, lambda r, image: r.setdefault("times", {}).setdefault(
                    accel, []).append(probe.times(scenario, image, accel)))

    def attempt(self, scenario, f, what, measure):
        """Measure unless this firmware failed here before: what did not boot once is not tried again."""
        result = self.results[scenario.name, f.name]
        self.progress(f"{scenario.name}: {f.name}: {what}")
        kvm = what.startswith("kvm")
        if result["status"] != "ok" or (kvm and "kvm_failed" in result):
            return
        try:
            measure(result, f.image(scenario.machine))
        except vm.Absent as e:
            result |= {"status": "absent", "reason": str(e)}
        except NotReached as e:
            if kvm:
                result["kvm_failed"] = e.reason
                result.get("times", {}).pop("kvm", None)
            else:
                result |= {"status": "no boot", "reason": e.reason, "detail": str(e)}

    def document(self):
        images = {}
        for f in self.firmware:
            try:
                images[f.name] = probe.describe(f.image("pc"))
            except (OSError, vm.Absent) as e:
                images[f.name] = {"file": f.source, "error": str(e)}
        commands = {}
        for s in self.scenarios:
            try:
                commands[s.name] = shlex.join(s.command("BIOS"))
            except vm.Absent as e:
                commands[s.name] = str(e)
        return {"format": FORMAT, "settings": {"runs": self.runs, "commands": commands,
                                               "sweep": {s.name: s.sweep for s in self.scenarios if s.sweep}},
                "host": probe.host(), "firmware": images, "results": list(self.results.values())}

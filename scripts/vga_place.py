#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Place the VGA BIOS's code so that it has few jumps, and short ones: NAME.shared.s to NAME.s.

    ends    what several ways do before the same jump or return stands once; the others jump there
    order   a run of code, up to a jump or return that is always taken, stands before the one that it jumps to, and those
            that jump to each other stand near each other: a jump has two bytes within 128, else three, or four with a
            condition
    hops    a jump that is too far goes to another one to the same place, which is not; where several would, one is put
            there

What is done stays the same, a jump more or less. A call through a table stays with the load of its register, so that who is
called can be read there. Functions have no size afterwards, since their parts lie apart. How long an instruction is says the
assembler's listing of the same file (as -aln)."""
import argparse
import collections
import pathlib
import re
import sys

from vga_share import LABEL, Line, keep_table_calls, read

SHORT, JUMP, CONDITION = 2, 3, 4        # bytes of a jump; of one with a condition that is too far
BACK, FORTH = -128, 127                 # from its end, what two bytes reach
NEAR = 110                              # of that, what is counted on before all is placed
ROUNDS = 2                              # of moving runs


class Step:
    """An instruction, and the labels before it."""

    def __init__(self, line, labels):
        self.line, self.labels = line, labels
        self.name = line.name
        self.jump = line.name.startswith("j")
        self.to = line.said.split()[-1] if self.jump else None
        self.leaves = line.name == "jmp" or line.name.startswith("ret")         # nothing follows
        self.far = JUMP if line.name == "jmp" else CONDITION

    def go(self, label):
        self.to = label
        self.line.text = f"\t{self.name}\t{label}"
        self.line.said = f"{self.name} {label}"


def jump_to(label):
    line = Line(f"\tjmp\t{label}", SHORT)
    return Step(line, [])


def split(lines):
    """Lines that are no code, and Steps."""
    rest, steps, labels, code = [], [], [], False
    for line in lines:
        word = line.text.strip()
        label = LABEL.match(line.text)
        if re.match(r"\.(section|text|data|bss)\b", word):
            code = ".text" in word
        if line.size:
            steps.append(Step(line, labels))
            labels = []
        elif code and label:
            labels.append(label[1])
        elif not code or not re.match(r"\.(section\s+)?\.?text|\.size\b", word):
            rest.append(line)
    return rest, steps


# --- ends ---

def same_end(steps, a, b):
    """How many steps before a and before b are the same, as far as those before a are entered from above alone."""
    count = 0
    while a - count and b - count and not steps[a].labels:
        x, y = steps[a - count - 1], steps[b - count - 1]
        if x.line.said != y.line.said or x.leaves or y.leaves or a - count - 1 == b or b - count - 1 == a:
            break
        count += 1
        if x.labels:
            break
    while count and steps[a - count - 1].line.kept:
        count -= 1
    return min(count, abs(a - b) - 1)


def ends_once(steps, number):
    """Take out ends that are elsewhere too. Returns the steps, and how many are gone."""
    ways = collections.defaultdict(list)
    for n, step in enumerate(steps):
        if step.leaves:
            ways[step.line.said].append((n, True))
        if n and not steps[n - 1].leaves:
            for label in step.labels:
                ways["jmp " + label].append((n, False))
    found = []
    for places in ways.values():
        for a, leaves in places:
            for b, _ in places if leaves else ():
                count = same_end(steps, a, b) if a != b else 0
                saved = sum(step.line.size for step in steps[a - count:a + 1]) - JUMP
                if count and saved > 0:
                    found.append((-saved, a, b, count))
    taken, labels, gone = set(), {}, {}
    for _, a, b, count in sorted(found):
        touched = {*range(a - count, a + 1), *range(b - count, b + 1)}
        if not touched & taken:
            taken |= touched
            gone[a - count] = a, labels.setdefault(b - count, f".Lend_{number + len(labels)}")
    out, n = [], 0
    while n < len(steps):
        step = steps[n]
        if n in labels:
            step.labels.append(labels[n])
        if n in gone:
            n, label = gone[n]
            out.append(jump_to(label))
            out[-1].labels = step.labels
        else:
            out.append(step)
        n += 1
    return out, len(labels)


# --- order ---

def runs_of(steps):
    """[[step]], each up to where nothing follows."""
    runs = [[]]
    for step in steps:
        runs[-1].append(step)
        if step.leaves:
            runs.append([])
    return [run for run in runs if run]


def join(runs):
    """Runs that go on with another: no jump between them."""
    first = {label: run for run in runs for label in run[0].labels}
    gone = set()
    for run in runs:
        while id(run) not in gone and run[-1].name == "jmp":
            other = first.get(run[-1].to)
            if other is None or other is run or id(other) in gone:
                break
            last = run.pop()
            if last.labels:
                other[0].labels += last.labels
            gone.add(id(other))
            for label in other[0].labels:
                first.pop(label, None)
            if not run:         # it was nothing but that jump
                first.update((label, run) for label in last.labels)
            run += other
    return [run for run in runs if id(run) not in gone]


class Layout:
    """Runs, of which lengths are told for one order after the other."""

    def __init__(self, runs):
        self.points, self.jumps, labels = [], [], {}
        for run in runs:
            points, done = [], 0        # (bytes since the last one, place of a label, or jump as a negative number)
            for step in run:
                for label in step.labels:
                    points.append((done, labels.setdefault(label, len(labels))))
                    done = 0
                if step.jump:
                    points.append((done, ~len(self.jumps)))
                    self.jumps.append(step)
                    done = 0
                else:
                    done += step.line.size
            self.points.append((points, done))
        self.targets = [labels.get(step.to) for step in self.jumps]
        self.labels = labels

    def measure(self, order):
        """Bytes of all in that order. self.far: by jump, whether it is too far."""
        far, ends, places = bytearray(len(self.jumps)), [0] * len(self.jumps), [0] * len(self.labels)
        while True:
            at = 0
            for run in order:
                points, rest = self.points[run]
                for size, what in points:
                    at += size
                    if what >= 0:
                        places[what] = at
                    else:
                        at += self.jumps[~what].far if far[~what] else SHORT
                        ends[~what] = at
                at += rest
            grown = False
            for jump, target in enumerate(self.targets):
                if not far[jump] and (target is None or not BACK <= places[target] - ends[jump] <= FORTH):
                    far[jump] = grown = True
            if not grown:
                self.far, self.ends, self.places = far, ends, places
                return at


def arrange(runs):
    """Runs in an order with short jumps: each that has one that is too far is tried beside those that it has to do with."""
    layout = Layout(runs)
    home = {label: n for n, run in enumerate(runs) for step in run for label in step.labels}
    beside, jumps = collections.defaultdict(set), collections.defaultdict(list)
    number = 0
    for n, run in enumerate(runs):
        for step in run:
            if step.jump:
                there = home.get(step.to)
                if there not in (n, None):
                    beside[n].add(there)
                    beside[there].add(n)
                    jumps[n].append(number)
                    jumps[there].append(number)
                number += 1
    order = list(range(len(runs)))
    best = layout.measure(order)
    far = layout.far
    for _ in range(ROUNDS):
        before = best
        for run in range(len(runs)):
            if not any(far[jump] for jump in jumps[run]):
                continue
            others = [n for n in order if n != run]
            place = {n: k for k, n in enumerate(others)}
            for k in sorted({place[n] + behind for n in beside[run] for behind in (0, 1)}):
                now = others[:k] + [run] + others[k:]
                size = layout.measure(now)
                if size < best:
                    best, order, far = size, now, layout.far
        if best == before:
            break
    return [runs[n] for n in order]


# --- hops ---

def hop(steps):
    """Send jumps that are too far to others to the same place, or to new ones. Returns the steps."""
    number = 0
    while True:
        layout = Layout([steps])
        layout.measure([0])
        at = {id(step): layout.ends[n] for n, step in enumerate(layout.jumps)}
        far = {id(step) for n, step in enumerate(layout.jumps) if layout.far[n]}
        following = {label: step for step in steps for label in step.labels}

        def way(label):
            """Jumps on the way from a label to where it leads in the end, and that."""
            passed = []
            while label in following and following[label].name == "jmp" and following[label] not in passed:
                passed.append(following[label])
                label = following[label].to
            return passed, label

        touched, ends = set(), collections.defaultdict(list)
        for step in steps:
            if step.name == "jmp":
                ends[way(step.to)[1]].append(step)
        for step in steps:
            if id(step) not in far or id(step) in touched:
                continue
            for other in sorted(ends[way(step.to)[1]], key=lambda other: abs(at[id(other)] - at[id(step)])):
                passed = [other, *way(other.to)[0]]
                if abs(at[id(other)] - at[id(step)]) < NEAR and step not in passed and not touched & {id(x) for x in passed}:
                    if not other.labels:
                        other.labels.append(f".Lhop_{number}")
                        number += 1
                    step.go(other.labels[0])
                    touched |= {id(step), id(other)}
                    break
        if touched:
            continue
        # One more jump, behind where nothing follows, for several that reach it.
        best = 0
        by_target = collections.defaultdict(list)
        for step in steps:
            if id(step) in far:
                by_target[step.to].append(step)
        place, places = 0, []
        for n, step in enumerate(steps):
            place = at.get(id(step), place + step.line.size)
            if step.leaves:
                places.append((n + 1, place))
        for target, users in by_target.items():
            for n, place in places if len(users) > 1 else ():
                near = [step for step in users if abs(at[id(step)] - place) < NEAR]
                saved = sum(step.far - SHORT for step in near) - JUMP
                if saved > best:
                    best, choice = saved, (n, target, near)
        if not best:
            return steps
        n, target, near = choice
        steps[n:n] = [jump_to(target)]
        steps[n].labels.append(f".Lhop_{number}")
        number += 1
        for step in near:
            step.go(steps[n].labels[0])


def place(text, listing):
    """The assembly anew."""
    lines = read(text, listing)
    keep_table_calls(lines)
    rest, steps = split(lines)
    number = 0
    while True:
        steps, more = ends_once(steps, number)
        if not more:
            break
        number += more
    steps = hop([step for run in arrange(join(runs_of(steps))) for step in run])
    out = [line.text for line in rest] + ["\t.text"]
    for step in steps:
        out += [f"{label}:" for label in step.labels] + [step.line.text]
    return "\n".join(out) + "\n"


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("file", type=pathlib.Path, help="assembly")
    p.add_argument("listing", type=pathlib.Path, help="what `as -aln` writes of it")
    p.add_argument("--out", required=True, type=pathlib.Path, help="the assembly to make")
    args = p.parse_args()
    args.out.write_text(place(args.file.read_text(), args.listing.read_text()))


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: BSD-2-Clause
"""bootbench's command line: what is asked, and what the exit code says."""
import argparse
import json
import os
import pathlib
import subprocess
import sys

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench import compare, disks, formats, guest, probe, ratio, scenario, session, table
from bench.scenario import vm

INSTALLED = ["slipway", "seabios", "qboot"]
PROG = pathlib.Path(sys.argv[0]).name    # bootbench, or slipway-bench where it is installed

ABOUT = """\
Run firmware images side by side and see where the time of a boot goes.

A marker kernel (or boot sector) says when it was entered; QEMU's trace says the rest. No firmware
has to help. Each firmware runs in turn, round by round, and is compared with the base within
the same round.

  QEMU start    process start to the first guest instruction: QEMU's own
  to do_boot    first instruction to the first access to an item of the kernel
  set-up        from there to the kernel's first instruction
  accesses      device accesses from reset to the marker; set-up acc.: those of the set-up
  instructions  of the guest, from reset to the marker, one per tick (-icount)
  translated    guest instructions that TCG translated till then, and blocks of them, each block once
"""

EXAMPLES = """\
examples:
  %(prog)s                                 this image, SeaBIOS and qboot as installed; the quick set
  %(prog)s slipway new=/tmp/bios.bin       one image against another
  %(prog)s -s direct -s disk -n 9          sets of scenarios, nine rounds
  %(prog)s -s q35-8cpu --base qboot        one scenario, ratios against qboot
  %(prog)s slipway seabios -- -M q35 -m 2G -device virtio-net-pci
                                            your own QEMU arguments, with the marker kernel
  %(prog)s --guest                         a distribution's kernel to /init, and what its compressor costs
  %(prog)s compare old.json new.json       what got slower; exit code 1 if something did
  %(prog)s plot results.json folder        the pictures again
  %(prog)s ratio --limit 1.5               guest time against qboot, in paired rounds; exit code 1 if above
  %(prog)s disks                           an initrd of 100 MiB by GRUB from each controller, against SeaBIOS
exit code: 0; 1 when a comparison found something slower or a firmware that was to boot did not;
2 for arguments that make no sense, or when something that is needed is not here.
"""


def firmware_list(words):
    """name=image, an installed name, or an image (named by its file). Raises ValueError."""
    found = []
    for word in words:
        name, equals, source = word.partition("=")
        if not equals:
            name, source = (word, word) if word in INSTALLED else (pathlib.Path(word).name, word)
        if not name or not source:
            raise ValueError(f"{word}: name=image, with both, is what is wanted")
        if source not in INSTALLED:
            if not os.path.isfile(source):
                raise ValueError(f"{word}: no file {source}; installed ones are {', '.join(INSTALLED)}")
            source = os.path.abspath(source)
        if name in [f.name for f in found]:
            raise ValueError(f"{name} is named twice")
        found.append(session.Firmware(name, source))
    return found


def installed():
    """What there is of the usual three; slipway always, so that its absence is said."""
    found = []
    for name in INSTALLED:
        try:
            vm.firmware(name)
            found.append(session.Firmware(name, name))
        except vm.Absent:
            pass
    return found


def positive(text):
    value = float(text) if "." in text else int(text)
    if value <= 0:
        raise ValueError
    return value


positive.__name__ = "positive number"


def measuring_parser():
    p = argparse.ArgumentParser(prog=PROG, description=ABOUT, epilog=EXAMPLES,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("firmware", nargs="*",
                   help="name=image; or slipway, seabios, qboot; default: all installed of these")
    p.add_argument("-s", "--scenario", action="append", metavar="NAME",
                   help="a scenario or a set (see --list); repeatable")
    p.add_argument("-n", "--runs", type=positive, default=5, help="rounds of timed runs (default 5)")
    p.add_argument("-b", "--base", help="firmware that ratios are against (default: the last but slipway)")
    p.add_argument("-o", "--output", type=pathlib.Path, metavar="FOLDER",
                   help="write results.json and the pictures there (default when a set is measured: out/bench, for an installed "
                        "tool ~/.cache/slipway/tools/bench)")
    p.add_argument("--only", action="append", choices=["times", "accesses", "instructions", "translated", "kvm"],
                   help="measure only this; repeatable")
    p.add_argument("--no-kvm", action="store_true", help="leave KVM alone even when /dev/kvm opens")
    p.add_argument("--guest", action="store_true",
                   help="real guests: a distribution's kernel to /init on pc, q35 and microvm; and from the kernel's entry to "
                        f"its first message, for each compressor and for PVH, on {formats.MACHINE}")
    p.add_argument("--timeout", type=positive, metavar="SECONDS", help="limit of each run (default: the scenario's)")
    p.add_argument("--plain", action="store_true", help="tab-separated lines instead of a table")
    p.add_argument("--no-plots", action="store_true", help="JSON only")
    p.add_argument("--list", action="store_true", help="show scenarios and sets, and end")
    return p


def show_list(console):
    for s in scenario.ALL:
        try:
            words = " ".join(s.args)
            what = f"{s.kernel}, initrd {s.initrd // scenario.MIB} MiB" if s.kernel else f"boot sector on {s.disk}"
            console.print(f"{s.name:16} {what:28} {words}   [dim]{', '.join(s.sets)}[/]", highlight=False)
        except vm.Absent:
            pass
    console.print(f"\nsets: {', '.join(scenario.SETS)}")


def measure(args, own):
    console = Console(width=None if sys.stdout.isatty() else 150)
    if args.list:
        show_list(console)
        return 0
    vm.need_qemu()
    firmware = firmware_list(args.firmware) if args.firmware else installed()
    scenarios = [] if args.guest and not args.scenario else scenario.choose(args.scenario or ([] if own else ["quick"]))
    if own:
        scenarios.append(scenario.own(own))
        vm.need_machine(scenarios[-1].machine)
    base = args.base or next((n for n in ("qboot", "seabios") if n in [f.name for f in firmware]), firmware[-1].name)
    if base not in [f.name for f in firmware]:
        raise ValueError(f"--base {base}: not one of {', '.join(f.name for f in firmware)}")
    folder = args.output
    if not folder and any(s in scenario.SETS for s in args.scenario or []):
        folder = vm.OUT / "bench" if vm.KEPT else None
        if not folder:
            print(f"{PROG}: no cache folder can be written to: results are shown alone (-o names a folder)", file=sys.stderr)
    if folder:
        folder.mkdir(parents=True, exist_ok=True)	# that it cannot be is said before minutes are spent
    document = run_all(args, firmware, scenarios)
    show(console, document, base, args)
    if folder:
        write(console, document, folder, "results.json", plots=not args.no_plots)
    # A disk that a firmware cannot boot from is a finding; a kernel that it cannot start is a failure.
    lost = [r for r in document["results"] if r["status"] == "no boot" and not r["scenario"].startswith("disk-")]
    lost += [r for r in document.get("guest", []) if r["status"] == "no boot"]
    lost += [r for r in document.get("forms", []) if r["status"] == "no boot" and "PVH" not in r["form"]]
    return 1 if lost else 0


def run_all(args, firmware, scenarios):
    measuring = session.Session(firmware, scenarios, args.runs, kvm=not args.no_kvm, want=args.only, limit=args.timeout)
    machines = ["pc", "q35", "microvm"] if args.guest else []
    found = formats.forms(formats.kernels(), vm.OUT / "bench" / "vmlinux") if args.guest else []
    total = measuring.steps() + (len(machines) + len(found)) * len(firmware) * args.runs
    columns = [TextColumn("{task.description:44.44}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()]
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)

        def progress(text, steps=1):
            bar.update(task, description=text, advance=steps)
        measuring.progress = progress
        measuring.run()
        document = measuring.document()
        if machines:
            document["guest"] = guest.measure(firmware, machines, args.runs, progress)
            document["forms"] = formats.measure(firmware, found, args.runs, progress)
    return document


def show(console, document, base, args):
    if args.plain:
        print("\n".join(table.plain(document)))
        return
    if document["results"]:
        console.print(table.main_table(document, base))
    kvm = table.kvm_table(document, base)
    if kvm:
        console.print(kvm)
    elif not args.no_kvm and probe.kvm_absent():
        console.print(f"KVM: not available: {probe.kvm_absent()}")
    if document.get("guest"):
        console.print(table.guest_table(document))
    if document.get("forms"):
        console.print(table.forms_table(document))
    for line in table.inside_lines(document):
        console.print(line, style="dim", highlight=False, soft_wrap=True)
    for line in table.failures(document):
        console.print(line, style="yellow", highlight=False, soft_wrap=True)


def loading(words):
    p = argparse.ArgumentParser(prog=f"{PROG} disks", description=disks.__doc__ + """
The exit code is 1 when a firmware is slower than the base by more than the limit, or when one does not boot.""",
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("firmware", nargs="*", default=["slipway", "seabios"], help="name=image, or as without a subcommand (default slipway seabios)")
    p.add_argument("-c", "--controller", action="append", choices=list(disks.ALL), help="only this one; repeatable")
    p.add_argument("-n", "--rounds", type=positive, default=3, help="default 3")
    p.add_argument("--mib", type=positive, default=100, help="size of the initrd (default 100)")
    p.add_argument("--limit", type=positive, default=1.1, metavar="RATIO", help="of the base's time (default 1.1)")
    p.add_argument("-b", "--base", help="firmware that ratios are against (default: the last)")
    p.add_argument("-o", "--output", type=pathlib.Path, metavar="FOLDER", help="write disks.json and the picture there")
    args = p.parse_args(words)
    vm.need_qemu()
    firmware = firmware_list(args.firmware)
    base = args.base or firmware[-1].name
    if base not in [f.name for f in firmware]:
        raise ValueError(f"--base {base}: not one of {', '.join(f.name for f in firmware)}")
    console = Console(width=None if sys.stdout.isatty() else 150)
    document = disks.measure(firmware, args.controller or list(disks.ALL), args.mib, args.rounds,
                             lambda text: print(text, file=sys.stderr, flush=True) if sys.stderr.isatty() else None)
    console.print(disks.table(document, base))
    for line in disks.failures(document):
        console.print(line, style="yellow", highlight=False, soft_wrap=True)
    if args.output:
        write(console, document, args.output, "disks.json", plots=True)
    slow = disks.slower(document, base, args.limit)
    for r in slow:
        print(f"{r['controller']}: {r['firmware']} takes more than {args.limit} of {base}'s time")
    return 1 if slow or any(r["status"] == "no boot" for r in document["results"]) else 0


def write(console, document, folder, name, plots):
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(json.dumps(document, indent=1) + "\n")
    files = [file]
    if plots:
        from bench import plot
        files += plot.draw(document, folder)
    console.print("written: " + " ".join(os.path.relpath(f) for f in files), highlight=False, soft_wrap=True)


def load(file, *formats):
    """A document of results. Raises ValueError when it is none."""
    try:
        document = json.loads(pathlib.Path(file).read_text())
    except (OSError, ValueError) as e:
        raise ValueError(f"{file}: {e}") from e
    if not isinstance(document, dict) or document.get("format") not in formats:
        raise ValueError(f"{file}: not a file of results of this bootbench ({', '.join(formats)})")
    return document


def comparing(words):
    p = argparse.ArgumentParser(prog=f"{PROG} compare", description=compare.__doc__ + """
The exit code is 1 when anything is slower or does not boot any more.""",
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("old")
    p.add_argument("new")
    p.add_argument("--threshold", type=positive, default=3.0, metavar="N",
                   help="spreads of both, added, that a time may differ by (default 3)")
    p.add_argument("--least", type=positive, default=compare.TIME_LEAST, metavar="PART",
                   help="part of the old median that a time may differ by (default 0.05)")
    p.add_argument("--against", metavar="FIRMWARE",
                   help="compare times as ratios to this one, measured in the same rounds: for files of "
                        "different machines, or of a busy one")
    p.add_argument("--all", action="store_true", help="show what stayed the same as well")
    args = p.parse_args(words)
    console = Console(width=None if sys.stdout.isatty() else 150)
    old, new = load(args.old, session.FORMAT), load(args.new, session.FORMAT)
    for name in [args.against] if args.against else []:
        if name not in old["firmware"] or name not in new["firmware"]:
            raise ValueError(f"--against {name}: not measured in both files")
    worse = compared = 0
    found = compare.differences(old, new, args.threshold, args.least, args.against)
    for kind, where, name, what, before, after in found:
        compared += 1
        worse += kind in ("slower", "lost")
        if kind != "same" or args.all:
            style = {"slower": "red", "lost": "red", "faster": "green", "gained": "green"}.get(kind)
            console.print(f"{kind:8} {where:16} {name:10} {what:24} {amount(what, before)} -> {amount(what, after)}",
                          style=style, highlight=False)
    if not compared:
        raise ValueError("the files have nothing in common")
    console.print(f"{compared} compared, {worse} slower")
    return 1 if worse else 0


def amount(what, value):
    if isinstance(value, str):
        return value
    if "ratio" in what:
        return f"{value:.3f}"
    return f"{value * 1e3:,.2f} ms" if "time" in what else f"{value:,}"


def plotting(words):
    p = argparse.ArgumentParser(prog=f"{PROG} plot", description="Draw the pictures of a file of results again.")
    p.add_argument("results")
    p.add_argument("folder", type=pathlib.Path)
    args = p.parse_args(words)
    from bench import plot
    print("\n".join(map(str, plot.draw(load(args.results, session.FORMAT, disks.FORMAT), args.folder))))
    return 0


def comparing_ratio(words):
    p = argparse.ArgumentParser(prog=f"{PROG} ratio", description=ratio.__doc__ + """
The exit code is 1 when a median is above the limit, 2 when nothing could be measured.""",
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("firmware", nargs="?", default="slipway", help="name=image, or as without a subcommand (default slipway)")
    p.add_argument("--against", default="qboot", metavar="FIRMWARE", help="the same (default qboot)")
    p.add_argument("-s", "--scenario", action="append", metavar="NAME",
                   help=f"a scenario or a set; repeatable (default {', '.join(ratio.SCENARIOS)})")
    p.add_argument("-n", "--rounds", type=positive, default=15, help="default 15")
    p.add_argument("--limit", type=positive, default=1.5, metavar="RATIO", help="default 1.5")
    args = p.parse_args(words)
    vm.need_qemu()
    ours, theirs = firmware_list([args.firmware, args.against])
    return ratio.run(scenario.choose(args.scenario or ratio.SCENARIOS), ours, theirs, args.rounds, args.limit,
                     lambda text: print(text, flush=True))


def main(words):
    try:
        if words[:1] == ["ratio"]:
            return comparing_ratio(words[1:])
        if words[:1] == ["disks"]:
            return loading(words[1:])
        if words[:1] == ["compare"]:
            return comparing(words[1:])
        if words[:1] == ["plot"]:
            return plotting(words[1:])
        own = words[words.index("--") + 1:] if "--" in words else []
        parser = measuring_parser()
        return measure(parser.parse_args(words[:words.index("--")] if "--" in words else words), own)
    except BrokenPipeError:	# who read this has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except (ValueError, vm.Absent, OSError, subprocess.SubprocessError) as e:
        print(f"{PROG}: {e}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130

"""The time to compile the README's service, beside the same on Boost.Beast: `python3 -m bench.compile.run [--json F]`.

Both are compiled by the same compiler with the same flags, without linking and without a cache, in turns. Ratios are
of CPU time, which is what a build of many files pays; the time on the clock stands beside it.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

from bench import peers, report

COMPILER = "clang++-19"
FLAGS = ["-std=c++20", "-O2", "-I", str(peers.ROOT), "-c", "-o", os.devnull]
SOURCES = {"krait": "examples/hello.cc", "beast": "bench/compile/beast_hello.cc"}
OF_BEAST = 0.25


def present(names):
    """The sources that can be compiled here, each tried once: this also brings the headers into the page cache."""
    if not shutil.which(COMPILER):
        sys.exit(f"cannot measure: {COMPILER} is missing (apt-get install clang-19)")
    found = {}
    for name in names:
        why = compile_once(SOURCES[name])["error"]
        if why:
            peers.say(f"left out: {name}: cannot compile {SOURCES[name]}: {why}")
        else:
            found[name] = SOURCES[name]
    return found


def compile_once(source):
    environment = os.environ | {"CCACHE_DISABLE": "1"}
    begin = time.monotonic()
    child = subprocess.Popen([COMPILER, *FLAGS, source], cwd=peers.ROOT, env=environment,
                             stderr=subprocess.PIPE, text=True)
    said = child.stderr.read()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return {"cpu_s": used.ru_utime + used.ru_stime, "clock_s": time.monotonic() - begin, "peak_kib": used.ru_maxrss,
            "error": said.strip()[:500] if child.returncode else None}


def lines_after_preprocessing(source):
    """How much the compiler reads: what makes the difference."""
    words = [COMPILER, *[flag for flag in FLAGS if flag not in ("-c", "-o", os.devnull)], "-E", "-P", source]
    return len(subprocess.run(words, cwd=peers.ROOT, capture_output=True, text=True, check=True).stdout.splitlines())


def run(rounds, sources):
    taken = defaultdict(lambda: defaultdict(list))
    names = list(sources)
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            got = compile_once(sources[name])
            peers.say(f"round {number + 1}/{rounds}  {name:<6} {got['cpu_s']:.2f} s")
            for quantity in ("cpu_s", "clock_s", "peak_kib"):
                taken[name][quantity].append(got[quantity])
    return taken


def main():
    parser = argparse.ArgumentParser(prog="./dev bench compile", description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--smoke", action="store_true", help="one round")
    parser.add_argument("--json", metavar="F", help="put the figures into the JSON file F too")
    args = parser.parse_args()
    args.rounds = 1 if args.smoke else args.rounds

    sources = present(SOURCES)
    if not sources:
        sys.exit("cannot measure: neither service compiles")
    taken = run(args.rounds, sources)
    rows, results = [], []
    for name, values in taken.items():
        middle = {quantity: report.spread(values[quantity]) for quantity in values}
        lines = lines_after_preprocessing(sources[name])
        own = len(Path(peers.ROOT, sources[name]).read_text().splitlines())
        rows.append([sources[name], report.show(middle["cpu_s"]), report.show(middle["clock_s"]),
                     report.number(middle["peak_kib"]["median"] / 1024), own, report.number(lines)])
        results.append({"peer": name, "own_lines": own, "lines": lines} | middle)
    reached = []
    if len(taken) == 2:
        reached = [report.Target("time to compile: krait / Beast",
                                 report.ratio(taken["krait"]["cpu_s"], taken["beast"]["cpu_s"]), at_most=OF_BEAST)]
    print(f"Compile time, {COMPILER} {' '.join(FLAGS[:2])} -c, {report.describe(args.rounds)}\n")
    print(report.table(["", "CPU s", "clock s", "peak MiB", "own lines", "lines read"], rows) + "\n")
    if reached:
        print(report.targets_table(reached))
    if args.json:
        report.write_json(args.json, "compile", args.rounds, peers.versions(), results, reached)


if __name__ == "__main__":
    main()

"""krait's asyncio beside CPython's, uvloop and Go: `python3 -m bench.asyncio.run [--cases ...] [--json F]`.

Every program has one thread, pinned to one core. A round runs each case in each program, a fresh process a case, so
that no case meets another's heap; programs take turns within a case.
"""

import argparse
import json
import os
import subprocess
import sys
from collections import defaultdict

from bench import peers, report

HERE = peers.ROOT / "bench" / "asyncio"

TIMED = {
    "switch": "task switch: sleep(0), 100 tasks",
    "spawn": "create_task + await",
    "queue1": "queue hand-over, capacity 1",
    "queue64": "queue hand-over, capacity 64",
    "timer": "timer create + cancel",
    "gather": "gather of 1,000",
}
SLEEPERS = {"sleepers100000": 100_000, "sleepers1000000": 1_000_000}
LABELS = TIMED | {name: f"a sleeping task, of {count:,}" for name, count in SLEEPERS.items()}

# The largest peer keeps under 3,000 bytes a task; half as much again for what the machine does besides.
BYTES_NEEDED = 4_500

# (case, peer, bound): how many times faster than the peer krait is to be.
FASTER = [("switch", "asyncio", 100), ("spawn", "asyncio", 60), ("switch", "go", 4), ("spawn", "go", 4)]
BYTES_A_TASK = 400


def krait():
    return [peers.built("bench/runtime")], {}


def asyncio():
    return [peers.python(), HERE / "runtime.py"], {}


def uvloop():
    return [peers.python(), HERE / "runtime.py", "--uvloop"], {}


def go():
    return [peers.go(HERE / "go")], {"GOMAXPROCS": "1"}


PEERS = {"krait": krait, "asyncio": asyncio, "uvloop": uvloop, "go": go}


def affordable(cases):
    """Without the sleepers that would drive this machine out of its memory."""
    with open("/proc/meminfo") as lines:
        free = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable"))
    fits = [case for case in cases if SLEEPERS.get(case, 0) * BYTES_NEEDED < free]
    for case in set(cases) - set(fits):
        peers.say(f"left out: {case}: needs {SLEEPERS[case] * BYTES_NEEDED // 2**20:,} MiB, {free // 2**20:,} are free")
    return fits


def measure(program, case, core):
    words, env = program
    work = ["sleepers", str(SLEEPERS[case])] if case in SLEEPERS else [case]
    done = subprocess.run(peers.pinned(core, *words, *work), env=os.environ | env, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"cannot measure {case} with {words[0]}: {done.stderr.strip() or done.returncode}")
    got = json.loads(done.stdout)
    return got["bytes"] if case in SLEEPERS else got["ns"]


def run(args):
    # The last core: interrupts tend to land on the first.
    core, programs = max(os.sched_getaffinity(0)), peers.ready(PEERS, args.peers)
    taken, names = defaultdict(list), list(programs)
    for number in range(args.rounds):
        first = number % len(names)
        for case in args.cases:
            for peer in names[first:] + names[:first]:
                got = measure(programs[peer], case, core)
                peers.say(f"round {number + 1}/{args.rounds}  {LABELS[case]:<34} {peer:<8} {report.number(got):>10} {unit(case)}")
                taken[case, peer].append(got)
    return taken


def unit(case):
    return "bytes" if case in SLEEPERS else "ns"


def tables(taken, cases):
    present = [peer for peer in PEERS if any(peer == other for _, other in taken)]
    figures, ratios = [], []
    for case in cases:
        figures.append([f"{LABELS[case]}, {unit(case)}"] +
                       [report.show(report.spread(taken[case, peer])) for peer in present])
        if "krait" in present:
            ratios.append([LABELS[case]] + [report.number(report.ratio(taken[case, peer], taken[case, "krait"])["median"])
                                            for peer in present if peer != "krait"])
    whole = report.table(["median (min-max)", *present], figures)
    if ratios and len(present) > 1:
        whole += "\n\n" + report.table(["times krait's", *[peer for peer in present if peer != "krait"]], ratios)
    return whole


def targets(taken):
    found = [report.Target(f"{LABELS[case]}: {peer} / krait", report.ratio(taken[case, peer], taken[case, "krait"]),
                           at_least=bound)
             for case, peer, bound in FASTER if taken.get((case, peer)) and taken.get((case, "krait"))]
    return found + [report.Target(f"bytes of {LABELS[case]}", report.spread(taken[case, "krait"]), at_most=BYTES_A_TASK)
                    for case in SLEEPERS if taken.get((case, "krait"))]


def arguments():
    parser = argparse.ArgumentParser(prog="./dev bench asyncio", description=__doc__.split("\n\n")[0])
    parser.add_argument("--cases", nargs="+", default=list(LABELS), choices=LABELS, metavar="CASE", help=", ".join(LABELS))
    parser.add_argument("--peers", nargs="+", default=list(PEERS), choices=PEERS, metavar="PEER", help=", ".join(PEERS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--smoke", action="store_true", help="one round without the million: shows that everything works")
    parser.add_argument("--json", metavar="F", help="put the figures into the JSON file F too")
    args = parser.parse_args()
    if args.smoke:
        args.rounds, args.cases = 1, [case for case in args.cases if case != "sleepers1000000"]
    args.cases = affordable(args.cases)
    return args


def main():
    args = arguments()
    try:
        taken = run(args)
    except KeyboardInterrupt:
        sys.exit(130)
    print(f"Runtime, {report.describe(args.rounds)}\n\n{tables(taken, args.cases)}\n")
    reached = targets(taken)
    if reached:
        print(report.targets_table(reached))
    if args.json:
        results = [{"case": case, "peer": peer, "unit": unit(case)} | report.spread(values)
                   for (case, peer), values in taken.items()]
        report.write_json(args.json, "asyncio", args.rounds, peers.versions(), results, reached)


if __name__ == "__main__":
    main()

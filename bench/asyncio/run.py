"""krait's asyncio beside CPython's, uvloop, Go, tokio and Boost.Asio: `python3 -m bench.asyncio.run [--cases ...] [--json F]`.

Every program has one core. A round runs each case in each program, a fresh process a case, so that no case meets
another's heap; programs take turns within a case.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
from collections import defaultdict

from bench import peers, report
from bench.asyncio import servers
from bench.http.server import ServerError

HERE = peers.ROOT / "bench" / "asyncio"

TIMED = {
    "switch": "task switch: sleep(0), 100 tasks",
    "spawn": "create_task + await",
    "queue1": "queue hand-over, capacity 1",
    "queue64": "queue hand-over, capacity 64",
    "lock2": "lock hand-over, 2 tasks",
    "lock100": "lock hand-over, 100 tasks",
    "timer": "timer create + cancel",
    "gather": "gather of 1,000",
    "group": "TaskGroup of 1,000",
    "executor": "run_in_executor, round trip",
    "process_pool": "process pool, round trip",
    "generator": "async generator, step",
}
SLEEPERS = {"sleepers100000": 100_000, "sleepers1000000": 1_000_000}
SERVED = servers.ECHOES | servers.TLS
LABELS = TIMED | {name: f"a sleeping task, of {count:,}" for name, count in SLEEPERS.items()} \
    | {name: case.label for name, case in SERVED.items()}

# The largest peer keeps under 3,000 bytes a task; half as much again for what the machine does besides.
BYTES_NEEDED = 4_500

# (case, peer, bound): how many times faster than the peer krait is to be; below one, how much slower it may be.
FASTER = [
    ("switch", "asyncio", 100), ("spawn", "asyncio", 60), ("switch", "go", 4), ("spawn", "go", 4),
    *[(case, "asyncio", 50) for case in ("queue1", "queue64", "lock2", "lock100", "generator")], ("executor", "asyncio", 5),
]
LESS = [(case, "asio", 1.1) for case in servers.ECHOES]
FASTER += [(case, "uvloop", 3) for case in servers.ECHOES]
BYTES_A_TASK = 400


def python(*words):
    return lambda: ([peers.python(), HERE / "runtime.py", *words], {})


RUNTIMES = {
    "krait": lambda: ([peers.built("bench/runtime")], {}),
    "asyncio": python(),
    "uvloop": python("--uvloop"),
    "go": lambda: ([peers.go(HERE / "go")], {"GOMAXPROCS": "1"}),
    "tokio": lambda: ([peers.cargo(HERE / "tokio")], {}),
}
# What a language has nothing like.
LACKING = {"executor": ["go"], "process_pool": ["go", "tokio"], "generator": ["go", "tokio"]}
PEERS = list(RUNTIMES | servers.ECHO_PEERS | servers.TLS_PEERS)


def affordable(cases):
    """Without the sleepers that would drive this machine out of its memory."""
    with open("/proc/meminfo") as lines:
        free = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable"))
    fits = [case for case in cases if SLEEPERS.get(case, 0) * BYTES_NEEDED < free]
    for case in set(cases) - set(fits):
        peers.say(f"left out: {case}: needs {SLEEPERS[case] * BYTES_NEEDED // 2**20:,} MiB, {free // 2**20:,} are free")
    return fits


def measure(program, case, args):
    """What one operation took, as {"cpu": …, "wall": …}; {"cpu": bytes} of a sleeper."""
    if case in SERVED:
        return servers.measure(program, SERVED[case], args.seconds)
    words, env = program
    work = ["sleepers", str(SLEEPERS[case])] if case in SLEEPERS else [case]
    # The last core: interrupts tend to land on the first.
    command = peers.pinned(max(os.sched_getaffinity(0)), *words, *work)
    done = subprocess.run(command, env=os.environ | env, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"cannot measure {case} with {words[0]}: {done.stderr.strip() or done.returncode}")
    got = json.loads(done.stdout)
    return {"cpu": got["bytes"]} if case in SLEEPERS else {"cpu": got["ns"], "wall": got["wall_ns"]}


def programs_for(cases, names):
    """For each kind of case that was asked for, its programs; a peer has no part in cases that its table leaves out."""
    kinds = [(servers.ECHO_PEERS, servers.ECHOES), (servers.TLS_PEERS, servers.TLS), (RUNTIMES, TIMED | SLEEPERS)]
    found = {}
    for table, members in kinds:
        asked = [case for case in cases if case in members]
        if asked:
            programs = peers.ready(table, [name for name in names if name in table])
            found |= {case: {name: program for name, program in programs.items() if name not in LACKING.get(case, [])}
                      for case in asked}
    return found


def run(args):
    programs = programs_for(args.cases, args.peers)
    taken = {"cpu": defaultdict(list), "wall": defaultdict(list)}  # (case, peer) -> one value a round
    for number in range(args.rounds):
        for case in args.cases:
            names = list(programs[case])
            first = number % len(names)
            for peer in names[first:] + names[:first]:
                got = measure(programs[case][peer], case, args)
                peers.say(f"round {number + 1}/{args.rounds}  {LABELS[case]:<34} {peer:<15} "
                          f"{report.number(got['cpu']):>10} {unit(case)}")
                for quantity, value in got.items():
                    taken[quantity][case, peer].append(value)
    return taken


def unit(case):
    return "bytes" if case in SLEEPERS else SERVED[case].unit if case in SERVED else "ns"


def grid(head, taken, cases, cell, names):
    """A table of `cell(case, peer)`, with no column for who has nothing to say."""
    shown = [peer for peer in names if any((case, peer) in taken for case in cases)]
    rows = [[LABELS[case] + f", {unit(case)}" * (head != "times krait's")] +
            [cell(case, peer) if (case, peer) in taken else "-" for peer in shown]
            for case in cases if any((case, peer) in taken for peer in shown)]
    return report.table([head, *shown], rows) if shown and rows else ""


def tables(taken, cases):
    parts = []
    for quantity, head in (("cpu", "CPU: median (min-max)"), ("wall", "wall: median (min-max)")):
        mine = taken[quantity]
        for some in ([case for case in cases if case not in SERVED], [case for case in cases if case in SERVED]):
            parts.append(grid(head, mine, some, lambda case, peer: report.show(report.spread(mine[case, peer])), PEERS))
            if quantity == "cpu":
                compared = [case for case in some if (case, "krait") in mine]
                parts.append(grid(
                    "times krait's", mine, compared,
                    lambda case, peer: report.show(report.ratio(mine[case, peer], mine[case, "krait"])),
                    [peer for peer in PEERS if peer != "krait"]))
    return "\n\n".join(part for part in parts if part)


def targets(taken):
    cpu = taken["cpu"]

    def both(case, peer):
        return cpu.get((case, peer)) and cpu.get((case, "krait"))

    return [report.Target(f"{LABELS[case]}: {peer} / krait", report.ratio(cpu[case, peer], cpu[case, "krait"]),
                          at_least=bound) for case, peer, bound in FASTER if both(case, peer)] + \
        [report.Target(f"{LABELS[case]}: krait / {peer}", report.ratio(cpu[case, "krait"], cpu[case, peer]),
                       at_most=bound) for case, peer, bound in LESS if both(case, peer)] + \
        [report.Target(f"bytes of {LABELS[case]}", report.spread(cpu[case, "krait"]), at_most=BYTES_A_TASK)
         for case in SLEEPERS if cpu.get((case, "krait"))]


def results(taken):
    return [{"case": case, "peer": peer, "unit": unit(case)} | report.spread(values) |
            ({"wall": report.spread(taken["wall"][case, peer])} if (case, peer) in taken["wall"] else {})
            for (case, peer), values in taken["cpu"].items()]


def arguments():
    parser = argparse.ArgumentParser(prog="./dev bench asyncio", description=__doc__.split("\n\n")[0])
    parser.add_argument("--cases", nargs="+", default=list(LABELS), choices=LABELS, metavar="CASE", help=", ".join(LABELS))
    parser.add_argument("--peers", nargs="+", default=PEERS, choices=PEERS, metavar="PEER", help=", ".join(PEERS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2, help="one load's length (default: 2)")
    parser.add_argument("--smoke", action="store_true", help="one short round without the million: shows that everything works")
    parser.add_argument("--json", metavar="F", help="put the figures into the JSON file F too")
    args = parser.parse_args()
    if args.smoke:
        args.rounds, args.seconds, args.cases = 1, 0.5, [case for case in args.cases if case != "sleepers1000000"]
    args.cases = affordable(args.cases)
    return args


def main():
    args = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers are stopped on this way out too
    try:
        taken = run(args)
    except (ServerError, OSError) as why:
        sys.exit(str(why))
    except KeyboardInterrupt:
        sys.exit(130)
    print(f"Runtime, {report.describe(args.rounds)}\n\n{tables(taken, args.cases)}\n")
    reached = targets(taken)
    if reached:
        print(report.targets_table(reached))
    if args.json:
        report.write_json(args.json, "asyncio", args.rounds, peers.versions(), results(taken), reached)


if __name__ == "__main__":
    main()

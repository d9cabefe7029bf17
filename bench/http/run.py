"""HTTP beside the limit, FastAPI and Go: `python3 -m bench.http.run [--cases ...] [--peers ...] [--json F]`.

The server has one core, wrk another. Every measurement has a fresh server, first asked whether it answers right, then
warmed up, then loaded; peers take turns within a round, so that a slow minute of the machine hits all of them.
"""

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass

from bench import peers, report
from bench.http.server import Server, ServerError, ask

HERE = peers.ROOT / "bench" / "http"

HELLO = "Hello, World!"
HELLO_JSON = '{"message":"Hello, World!"}'
ITEM = '{"name":"dumpling","price":2.5}'


@dataclass(frozen=True)
class Case:
    name: str
    target: str
    answer: str
    content_type: str = "application/json"
    depth: int = 1
    method: str = "GET"
    body: str | None = None
    # A request to the same route that a server with typed parameters refuses: (target, body).
    refused: tuple | None = None

    @property
    def words(self):
        """What load.lua takes after the number of connections."""
        return [str(self.depth), self.method] + ([self.body] if self.body else [])


CASES = [
    Case("plaintext", "/plaintext", HELLO, "text/plain"),
    Case("pipelined", "/plaintext", HELLO, "text/plain", depth=16),
    Case("json", "/json", HELLO_JSON),
    Case("item", "/items/42?q=abc", '{"item_id":42,"q":"abc"}', refused=("/items/abc?q=abc", None)),
    Case("create", "/items", '{"name":"dumpling","price":2.5,"description":null,"tax":null}', method="POST", body=ITEM,
         refused=("/items", ITEM.replace("2.5", '"dear"'))),
]

# CPU a request, krait over the limit: at most; FastAPI over krait: at least.
OF_LIMIT = {"plaintext": 1.15, "json": 1.2, "item": 1.3, "pipelined": 1.6}
OF_FASTAPI = {"plaintext": 7, "item": 10}

QUANTITIES = ["rps", "cpu_us", "p50_us", "p99_us", "peak_kib"]


def limit():
    program = peers.built("bench/limit")
    return lambda case: ([program, "PORT", case.answer, case.content_type], {})


def krait():
    program = peers.built("examples/benchmark")
    return lambda case: ([program, "PORT"], {})


def go():
    program = peers.go(HERE / "go")
    return lambda case: ([program, "PORT"], {"GOMAXPROCS": "1"})


def fastapi():
    words = [peers.python(), "-m", "uvicorn", "app:app", "--app-dir", HERE, "--host", "127.0.0.1", "--port", "PORT",
             "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
    return lambda case: (words, {})


PEERS = {"limit": limit, "krait": krait, "go": go, "fastapi": fastapi}


def verify(server, case, peer):
    """Refuses to measure a server that answers anything but the case's body."""
    for status, content_type, body in ask(server.port, case.target, case.depth, case.method, case.body):
        if (status, content_type.partition(";")[0], body) != (200, case.content_type, case.answer):
            raise ServerError(f"cannot measure {peer} {case.name}: answered {status} {content_type} {body!r}, "
                              f"not 200 {case.content_type} {case.answer!r}")
    if case.refused and peer != "limit":
        target, body = case.refused
        status = ask(server.port, target, 1, case.method, body)[0][0]
        if status != 422:
            raise ServerError(f"cannot measure {peer} {case.name}: answered {status}, not 422, to {target} {body or ''}")


def load(server, case, core, seconds, connections):
    """One wrk run, and the share of its core that wrk itself took."""
    command = peers.pinned(core, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", HERE / "load.lua",
                           f"http://127.0.0.1:{server.port}{case.target}", "--", connections, *case.words)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0 or not done.stdout.strip():
        raise ServerError(f"cannot run wrk: {done.stderr.strip() or done.stdout.strip()}")
    got = json.loads(done.stdout.strip().splitlines()[-1])
    if got["errors"] or not got["requests"]:
        raise ServerError(f"cannot measure {case.name}: {got['errors']} errors in {got['requests']} requests\n{done.stdout}")
    got["load"] = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / got["seconds"]
    return got


def measure(start, peer, case, cores, args):
    command, env = start(case)
    with Server(command, cores[0], env) as server:
        verify(server, case, peer)
        load(server, case, cores[1], args.warmup, args.connections)
        before = server.cpu_seconds()
        got = load(server, case, cores[1], args.seconds, args.connections)
        cpu = server.cpu_seconds() - before
        return {
            "rps": got["requests"] / got["seconds"], "cpu_us": cpu * 1e6 / got["requests"], "p50_us": got["p50_us"],
            "p99_us": got["p99_us"], "peak_kib": server.peak_kib(), "wrk_load": got["load"],
        }


def run(args):
    cores, starts = peers.two_cores(), peers.ready(PEERS, args.peers)
    taken = defaultdict(lambda: defaultdict(list))  # (case, peer) -> quantity -> one value a round
    names = list(starts)
    for number in range(args.rounds):
        first = number % len(names)
        for case in (c for c in CASES if c.name in args.cases):
            for peer in names[first:] + names[:first]:
                got = measure(starts[peer], peer, case, cores, args)
                peers.say(f"round {number + 1}/{args.rounds}  {case.name:<10} {peer:<8} {got['rps']:>11,.0f}/s "
                          f"{got['cpu_us']:>8.2f} us/request")
                for quantity, value in got.items():
                    taken[case.name, peer][quantity].append(value)
    return taken


def case_table(case, taken):
    rows, saturated = [], False
    mine = {peer: values for (name, peer), values in taken.items() if name == case}
    for peer in PEERS:
        if peer not in mine:
            continue
        values = mine[peer]
        middle = {quantity: report.spread(values[quantity]) for quantity in values}
        full = middle["wrk_load"]["median"] > 0.95
        saturated |= full
        rows.append([
            peer, report.number(middle["rps"]["median"]) + (" *" if full else ""), report.show(middle["cpu_us"]),
            over(values, mine.get("limit")), over(mine.get("fastapi"), values),
            report.number(middle["p50_us"]["median"]), report.number(middle["p99_us"]["median"]),
            report.number(middle["peak_kib"]["median"] / 1024),
        ])
    head = [case, "req/s", "CPU us a request", "x limit", "FastAPI x", "p50 us", "p99 us", "peak MiB"]
    note = "\n* wrk had no time left on its core: compare CPU, not requests/s" if saturated else ""
    return report.table(head, rows) + note


def over(a, b):
    return f"{report.ratio(a['cpu_us'], b['cpu_us'])['median']:.2f}" if a and b else "-"


def targets(taken):
    found = []
    for case in CASES:
        mine, limit_, fastapi_ = (taken.get((case.name, peer)) for peer in ("krait", "limit", "fastapi"))
        if mine and limit_ and case.name in OF_LIMIT:
            found.append(report.Target(f"CPU, {case.name}: krait / limit", report.ratio(mine["cpu_us"], limit_["cpu_us"]),
                                       at_most=OF_LIMIT[case.name]))
        if mine and fastapi_ and case.name in OF_FASTAPI:
            found.append(report.Target(f"CPU, {case.name}: FastAPI / krait",
                                       report.ratio(fastapi_["cpu_us"], mine["cpu_us"]), at_least=OF_FASTAPI[case.name]))
    return found


def results(taken):
    return [{"case": case, "peer": peer} | {q: report.spread(values[q]) for q in [*QUANTITIES, "wrk_load"]}
            for (case, peer), values in taken.items()]


def arguments():
    names = [case.name for case in CASES]
    parser = argparse.ArgumentParser(prog="./dev bench http", description=__doc__.split("\n\n")[0])
    parser.add_argument("--cases", nargs="+", default=names, choices=names, metavar="CASE", help=", ".join(names))
    parser.add_argument("--peers", nargs="+", default=list(PEERS), choices=PEERS, metavar="PEER", help=", ".join(PEERS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5, help="one measurement's length (default: 5)")
    parser.add_argument("--warmup", type=int, default=1, help="seconds of load before it (default: 1)")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--smoke", action="store_true", help="one round of one second: shows that everything works, measures nothing")
    parser.add_argument("--json", metavar="F", help="put the figures into the JSON file F too")
    args = parser.parse_args()
    if args.smoke:
        args.rounds, args.seconds = 1, 1
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
    print(f"HTTP, {report.describe(args.rounds)} of {args.seconds} s; {args.connections} connections\n")
    for case in CASES:
        if case.name in args.cases:
            print(case_table(case.name, taken) + "\n")
    reached = targets(taken)
    if reached:
        print(report.targets_table(reached))
    if args.json:
        report.write_json(args.json, "http", args.rounds, peers.versions(), results(taken), reached)


if __name__ == "__main__":
    main()

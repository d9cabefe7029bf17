"""krait's standard library beside CPython's, and libraries beside both: `python3 -m bench.stdlib.run [--only ...] [--json F]`.

A subject is a module of this folder that offers `run(rounds)`: a list of rows {"case", "unit", "krait": [one value a
round], PEER: [...]}, CPU time or other quantities of which less is better. It takes turns among its peers within each
round. Its `GOALS`, if it has any, are {case or "*": {peer: how many times krait's the peer's is to be}}.
"""

import argparse
import importlib
import signal
import subprocess
import sys

from bench import peers, report

SUBJECTS = {
    "documents": "JSON documents",
    "regex": "regular expressions",
    "times": "dates and times",
    "fib": "a program's start and its arguments",
}
REST = ("case", "unit")


def load(name):
    """The subject's module; None, with a sentence, when it is not there."""
    try:
        return importlib.import_module(f"bench.stdlib.{name}")
    except ModuleNotFoundError as why:
        if why.name != f"bench.stdlib.{name}":
            raise
        peers.say(f"left out: {name}: bench/stdlib/{name}.py is not there")
        return None


def peers_of(row):
    return [key for key, value in row.items() if key not in REST and isinstance(value, list) and value]


def columns(rows):
    """Every peer that has a value somewhere, krait first."""
    found = dict.fromkeys(peer for row in rows for peer in peers_of(row))
    return ["krait"] * ("krait" in found) + [peer for peer in found if peer != "krait"]


def table(rows):
    names = columns(rows)
    cells = [[f"{row['case']}, {row['unit']}"] + [report.show(report.spread(row[peer])) if peer in peers_of(row) else "-"
                                                  for peer in names] for row in rows]
    parts = [report.table(["median (min-max)", *names], cells)]
    others = [peer for peer in names if peer != "krait"]
    compared = [row for row in rows if "krait" in peers_of(row)]
    if others and compared:
        parts.append(report.table(["times krait's", *others], [
            [row["case"]] + [report.show(report.ratio(row[peer], row["krait"])) if peer in peers_of(row) else "-"
                             for peer in others] for row in compared]))
    return "\n\n".join(parts)


def targets(name, rows, goals):
    """A case's own goals go before those of "*", peer by peer."""
    return [
        report.Target(f"{name}: {row['case']}: {peer} / krait", report.ratio(row[peer], row["krait"]), at_least=bound)
        for row in rows for peer, bound in (goals.get("*", {}) | goals.get(row["case"], {})).items()
        if "krait" in peers_of(row) and peer in peers_of(row)
    ]


def results(name, rows):
    return [{"subject": name, "case": row["case"], "peer": peer, "unit": row["unit"]} | report.spread(row[peer])
            for row in rows for peer in peers_of(row)]


def arguments():
    parser = argparse.ArgumentParser(prog="./dev bench stdlib", description=__doc__.split("\n\n")[0])
    parser.add_argument("--only", nargs="+", default=list(SUBJECTS), choices=SUBJECTS, metavar="SUBJECT",
                        help=", ".join(SUBJECTS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--smoke", action="store_true", help="one round: shows that everything works")
    parser.add_argument("--json", metavar="F", help="put the figures into the JSON file F too")
    args = parser.parse_args()
    if args.smoke:
        args.rounds = 1
    return args


def main():
    args = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    wanted, figures, failed = [], [], False
    print(f"Standard library, {report.describe(args.rounds)}")
    for name in args.only:
        module = load(name)
        if module is None:
            continue
        try:
            rows = module.run(args.rounds)
        except KeyboardInterrupt:
            sys.exit(130)
        except peers.Missing as why:
            peers.say(f"left out: {name}: {why}")
            continue
        except subprocess.CalledProcessError as why:
            peers.say(f"cannot measure {name}: {why}: {(why.stderr or '').strip()}")
            failed = True
            continue
        print(f"\n### {SUBJECTS[name]}\n\n{table(rows)}", flush=True)
        wanted += targets(name, rows, getattr(module, "GOALS", {}))
        figures += results(name, rows)
    if wanted:
        print(f"\n{report.targets_table(wanted)}")
    if args.json:
        report.write_json(args.json, "stdlib", args.rounds, peers.versions(), figures, wanted)
    sys.exit(failed)


if __name__ == "__main__":
    main()

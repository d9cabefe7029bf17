"""How a measurement is kept and shown: spreads, ratios taken round by round, tables, the targets, JSON.

A ratio is formed within one round, where both sides met the same weather, and only then reduced to its median.
"""

import json
import os
import platform
import statistics
from datetime import datetime, timezone
from pathlib import Path


def spread(values):
    return {"min": min(values), "median": statistics.median(values), "max": max(values)}


def ratio(over, under):
    """Spread of over/under, pair by pair: both are the values of the same rounds."""
    return spread([a / b for a, b in zip(over, under)])


def number(value):
    """Three significant digits, thousands grouped: a reader compares, and more digits would be noise."""
    if value >= 1000:
        return f"{round(value, 3 - len(str(int(value)))):,.0f}"
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def show(a_spread):
    middle, low, high = (number(a_spread[key]) for key in ("median", "min", "max"))
    return middle if low == high else f"{middle} ({low}-{high})"


def table(head, rows):
    """Markdown, padded: it reads in a terminal and goes into docs/benchmarks.md as it is. The first column is text."""
    widths = [max(len(str(row[i])) for row in [head, *rows]) for i in range(len(head))]

    def line(cells):
        padded = [str(c).ljust(w) if i == 0 else str(c).rjust(w) for i, (c, w) in enumerate(zip(cells, widths))]
        return "| " + " | ".join(padded) + " |"

    rule = ["-" * w if i == 0 else "-" * (w - 1) + ":" for i, w in enumerate(widths)]
    return "\n".join([line(head), "| " + " | ".join(rule) + " |", *map(line, rows)])


class Target:
    """A ratio that the project wants to reach: `got` is at most (or at least) `bound`."""

    def __init__(self, name, got, at_most=None, at_least=None):
        self.name, self.got = name, got
        self.bound = at_most if at_most is not None else at_least
        self.word = "at most" if at_most is not None else "at least"
        self.reached = got["median"] <= self.bound if at_most is not None else got["median"] >= self.bound

    def row(self):
        return [self.name, f"{self.word} {self.bound:g}", show(self.got), "yes" if self.reached else "NO"]

    def data(self):
        return {"name": self.name, "bound": f"{self.word} {self.bound:g}", "got": self.got, "reached": self.reached}


def targets_table(targets):
    return table(["to reach", "wanted", "measured: median (min-max)", "reached"], [t.row() for t in targets])


def machine():
    with open("/proc/cpuinfo") as lines:
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")
    return {
        "date": datetime.now(timezone.utc).date().isoformat(),
        "cpu": model,
        "cores": len(os.sched_getaffinity(0)),
        "kernel": platform.release(),
        "load": os.getloadavg()[0],
    }


def describe(rounds):
    m = machine()
    return f"{m['date']}, {m['cores']} x {m['cpu']}, Linux {m['kernel']}, load {m['load']:.1f}; medians of {rounds} interleaved rounds"


def write_json(path, name, rounds, versions, results, targets):
    """Puts the figures into the JSON object in the file `path`, under the bench's name; those of other benches stay."""
    path = Path(path)
    whole = json.loads(path.read_text()) if path.exists() and path.stat().st_size else {}
    whole[name] = {
        "machine": machine(), "rounds": rounds, "peers": versions,
        "results": results, "targets": [t.data() for t in targets],
    }
    path.write_text(json.dumps(whole, indent=1) + "\n")

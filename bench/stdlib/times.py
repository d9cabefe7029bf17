"""krait's times beside CPython's. run(rounds) runs bench_times and this file by turns and gives a row a case:
{"case": …, "krait": [ns a round], "cpython": [ns a round]}. By itself, this file prints CPython's lines of one round."""

import json
import subprocess
import time
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

CALLS = 20_000
NEW_YORK, SHANGHAI = ZoneInfo("America/New_York"), ZoneInfo("Asia/Shanghai")
WHEN = datetime(2023, 9, 15, 14, 46, 37, 123456, NEW_YORK)
LATER = WHEN.replace(year=2060)
TUPLE = time.gmtime(1694760884)
LOG = "2023-09-15 14:46:37"
ISO = "2023-09-15T14:46:37.123456+08:00"

# The same calls as those of times.cc.
CASES = {
    "time.strftime": lambda i: time.strftime("%Y-%m-%d %H:%M:%S", TUPLE),
    "datetime.strftime": lambda i: WHEN.strftime("%a, %d %b %Y %H:%M:%S.%f %z"),
    "datetime.isoformat": lambda i: WHEN.isoformat(),
    "time.strptime": lambda i: time.strptime(LOG, "%Y-%m-%d %H:%M:%S"),
    "datetime.strptime": lambda i: datetime.strptime(ISO, "%Y-%m-%dT%H:%M:%S.%f%z"),
    "datetime.fromisoformat": lambda i: datetime.fromisoformat(ISO),
    "datetime.astimezone": lambda i: WHEN.astimezone(SHANGHAI),
    "datetime.astimezone, to UTC": lambda i: WHEN.astimezone(timezone.utc),
    "datetime.astimezone, by the rule": lambda i: LATER.astimezone(SHANGHAI),
    "datetime + timedelta": lambda i: WHEN + timedelta(0, i),
}


def measure(call):
    """Nanoseconds a call, without those of calling nothing."""
    def timed(function):
        start = time.perf_counter_ns()
        for i in range(CALLS):
            function(i)
        return time.perf_counter_ns() - start
    timed(call)
    return max(1.0, (timed(call) - timed(lambda i: None)) / CALLS)


def lines(command):
    """{case: ns} of a program that prints a line of JSON a case."""
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {line["case"]: line["ns"] for line in map(json.loads, done.stdout.splitlines())}


def run(rounds):
    from bench import peers

    sides = {"krait": [str(peers.built("bench/times"))], "cpython": [peers.base_python(), __file__]}
    rows = {case: {"case": case, "krait": [], "cpython": []} for case in CASES}
    for _ in range(rounds):
        for who, command in sides.items():
            for case, ns in lines(command).items():
                rows[case][who].append(ns)
    return list(rows.values())


if __name__ == "__main__":
    for name, case in CASES.items():
        print(json.dumps({"case": name, "who": "cpython", "ns": round(measure(case), 1)}))

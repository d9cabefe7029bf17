"""Regular expressions of krait beside CPython's re, std::regex and RE2: those of the notes, and those that read logs.

A value is CPU time for a text of a megabyte (BENCH_REGEX_MEGABYTES: of so many; std::regex is left out beyond ten). A peer
that cannot write a pattern is left out of that row: std::regex has no look-behind, RE2 no look-around.
"""

import json
import os
import random
import re
import subprocess
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from bench import peers

GOALS = {"*": {"re": 5, "std::regex": 1}}
SECONDS = 0.1  # of CPU time at least, for one figure
ALL = ["std::regex", "RE2"]

NOTES_AHEAD = "i love python, i love regex\n"
NOTES_BEHIND = "love regex or hate regex, can't ignore regex\n"

# (case, text, op, pattern, peers, repl)
CASES = [
    ("look-ahead", "ahead", "findall", r"love\s(?=python)", ["std::regex"], ""),
    ("negative look-ahead", "ahead", "findall", r"love\s(?!python)", ["std::regex"], ""),
    ("neither", "ahead", "findall", r"love\s(?!python|regex)", ["std::regex"], ""),
    ("look-behind", "behind", "findall", r"(?<=(love|hate)\s)regex", [], ""),
    ("negative look-behind", "behind", "findall", r"(?<!love\s)regex", [], ""),
    ("negative look-behind, group", "behind", "findall", r"(?<!(love|hate)\s)regex", [], ""),
    ("notes, a line at a time", "ahead", "match", r"i love\s(?=python)", ["std::regex"], ""),
    ("log: fields", "log", "findall", r'(\d+\.\d+\.\d+\.\d+) - (\S+) \[([^\]]+)\] "(\w+) ([^"]*)" (\d+) (\d+)', ALL, ""),
    ("log: status 5xx", "log", "findall", r'" 5\d\d ', ALL, ""),
    ("log: words", "log", "findall", r"\w+", ALL, ""),
    ("log: one of three", "log", "findall", r"GET|POST|DELETE", ALL, ""),
    ("log: caseless", "log", "findall", r"(?i)mozilla", ALL, ""),
    ("log: not there", "log", "findall", r"segmentation fault", ALL, ""),
    ("log: addresses", "log", "findall", r"[\w.]+@[\w.]+", ALL, ""),
    ("log: dates rewritten", "log", "sub", r"(\d{4})-(\d\d)-(\d\d)", ALL, r"\3.\2.\1"),
    ("log: a line at a time", "log", "match", r'(\S+) - (\S+) \[([^\]]+)\] "(\w+) ([^"]*)" (\d+)', ALL, ""),
    ("Unicode: words", "unicode", "findall", r"\w+", [], ""),
    ("Unicode: capitals", "unicode", "findall", r"\b[A-ZÀ-Þ]\w*", [], ""),
]


def log_line(rng):
    return '%d.%d.%d.%d - %s [2026-%02d-%02dT12:%02d:%02d] "%s /items/%d?q=%s" %d %d "Mozilla/5.0" %s\n' % (
        rng.randrange(256), rng.randrange(256), rng.randrange(256), rng.randrange(256), rng.choice(["-", "ann", "ben@example.org"]),
        rng.randint(1, 12), rng.randint(1, 28), rng.randrange(60), rng.randrange(60), rng.choice(["GET", "POST", "PUT"]), rng.randrange(10**6),
        "".join(rng.choices("abcdefgh", k=8)), rng.choice([200, 200, 200, 304, 404, 500]), rng.randrange(10**5), "".join(rng.choices("abcdef0123456789", k=16)))


def texts(size):
    rng = random.Random(1)
    lines, length = [], 0
    while length < size:
        lines.append(log_line(rng))
        length += len(lines[-1])
    unicode = "Die Straße führt über Ärger nach Ägypten; наука и жизнь, 日本語の文章。 Où était l'été? "
    return {"ahead": NOTES_AHEAD * (size // len(NOTES_AHEAD)), "behind": NOTES_BEHIND * (size // len(NOTES_BEHIND)),
            "log": "".join(lines), "unicode": unicode * (size // len(unicode.encode()))}


def by_python(op, pattern, text, lines, repl):
    if op == "findall":
        return lambda: len(pattern.findall(text))
    if op == "sub":
        return lambda: pattern.subn(repl, text)[1]
    match = pattern.match
    return lambda: sum(match(line) is not None for line in lines)


def measure(work):
    matches, times, began = work(), 0, time.process_time()
    while True:
        work()
        times += 1
        took = time.process_time() - began
        if took >= SECONDS:
            return took / times, matches


def cases(size):
    """One round: {case: {peer: CPU seconds}}. Raises ValueError when two count different matches."""
    contents = texts(size)
    with tempfile.TemporaryDirectory() as folder:
        for name, text in contents.items():
            Path(folder, name).write_text(text, encoding="utf-8")
        asked = [{"case": case, "op": op, "pattern": pattern, "repl": repl, "file": str(Path(folder, text)),
                  "peers": [peer for peer in others if size <= 10 << 20 or peer != "std::regex"]} for case, text, op, pattern, others, repl in CASES]
        listed = Path(folder, "cases")
        listed.write_text("".join(json.dumps(each) + "\n" for each in asked), encoding="utf-8")
        done = subprocess.run([peers.built("bench/regex"), listed], check=True, capture_output=True, text=True)
    found, counts = defaultdict(dict), {}
    for line in done.stdout.splitlines():
        each = json.loads(line)
        found[each["case"]][each["who"]] = each["s"]
        if each["who"] == "krait":
            counts[each["case"]] = each["matches"]
    for case, text, op, pattern, _, repl in CASES:
        seconds, matches = measure(by_python(op, re.compile(pattern), contents[text], contents[text].split("\n"), repl))
        found[case]["re"] = seconds
        if matches != counts[case]:
            raise ValueError("%s: krait finds %d, CPython %d" % (case, counts[case], matches))
    return found


def run(rounds):
    size = int(os.environ.get("BENCH_REGEX_MEGABYTES", "1")) << 20
    values = defaultdict(lambda: defaultdict(list))
    for _ in range(rounds):
        for case, by_peer in cases(size).items():
            for peer, seconds in by_peer.items():
                values[case][peer].append(1e3 * seconds)
    return [{"case": case, "unit": "CPU ms", **values[case]} for case, *_ in CASES]


if __name__ == "__main__":
    for row in run(1):
        print("%-30s" % row["case"], *("%s %.3f" % (peer, row[peer][0]) for peer in ("krait", "re", *ALL) if peer in row),
              "  re/krait %.1f" % (row["re"][0] / row["krait"][0]))
